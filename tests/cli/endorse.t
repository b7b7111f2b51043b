# A change of trust that several admins must sign; what audit finds is acknowledged; where the history ends.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast

exit_is 'nothing waits' 128 as sato fmrec endorse -n
like 'which is said' "$err" 'no change of trust waits'
exit_is 'only admins are asked' 128 as tanaka fmrec endorse -n
like 'who they are' "$err" '佐藤 花子 \(p-sato\)'
exit_is 'one at a time' 129 as sato fmrec endorse a b
as sato fmrec -q trust grant p-tanaka admin >/dev/null
as sato fmrec -q trust set --admins 2 >/dev/null
as sato fmrec -q trust grant p-suzuki cio >/dev/null
waits=$(git rev-parse HEAD)
exit_is 'now one does' 0 as tanaka fmrec endorse -n
like 'it is named, and how far it is' "$out" "^You endorse the change of trust $(printf %.12s "$waits") as 田中 \(p-tanaka\), role admin; 1 of 2 have signed it\$"
like 'the difference is shown' "$out" '^\+.*cio'
like 'and the policy as a whole' "$out" '^   version: '
exit_is 'another commit is not it' 128 as tanaka fmrec endorse -n HEAD~1
exit_is 'no commit at all' 128 as tanaka fmrec endorse -n nowhere
exit_is 'who made it has signed it' 128 sign sato endorse
exit_is 'somebody else endorses it' 0 sign tanaka endorse "$waits"
like 'and is told so' "$out" "^change of trust $(printf %.12s "$waits") endorsed   \["
run fmrec trust show
like 'it is in force' "$out" 'cio'
exit_is 'audit agrees' 0 fmrec audit

done_testing
