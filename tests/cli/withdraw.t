# Signatures are taken back by who gave them.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast

exit_is 'there is nothing yet' 128 as sato fmrec withdraw -n -m x "$id"
like 'which is said' "$err" 'you have no signature'
sign sato record "$id" >/dev/null
recorded=$(git rev-parse HEAD)
sign sato receive "$id" >/dev/null
exit_is 'a reason is asked for' 128 as sato fmrec withdraw -n "$id"
exit_is 'no record' 129 as sato fmrec withdraw -m x
exit_is 'one signature at a time' 129 as sato fmrec withdraw -m x "$id" a b
exit_is 'a commit that is no signature' 128 as sato fmrec withdraw -n -m x "$id" "$(git rev-parse "$recorded^")"
like 'tells which are' "$err" 'name one by its commit: [0-9a-f]{7} record \(p-sato\), [0-9a-f]{7} receive \(p-sato\)'
exit_is 'an abbreviation of nothing' 128 as sato fmrec withdraw -n -m x "$id" 'HEAD~0'
run as sato fmrec withdraw -n -m 'too early' "$id"
like 'the last one is meant' "$out" "^$id: you withdraw 'receive' by 佐藤 花子 \(p-sato\) of 2026-11-21 03:12 \[[0-9a-f]{7}\]\$"
exit_is 'taken back' 0 sign sato withdraw -m 'too early' "$id"
like 'and reported' "$out" "^$id: 'receive' of [0-9a-f]{7} withdrawn   \[main [0-9a-f]{7}\]\$"
run fmrec list incident --columns id,state --format csv
like 'it is in the state before' "$out" "^$id,recorded"
exit_is 'not twice' 128 as sato fmrec withdraw -n -m x "$id" "$(git rev-parse HEAD~1)"
like 'because it does not count' "$err" 'does not count any more'
exit_is 'by its commit' 0 sign sato withdraw -m 'all of it' "$id" "$(printf %.9s "$recorded")"
run fmrec list incident --columns id,state --format csv
like 'back to the beginning' "$out" "^$id,draft"
exit_is 'it can begin again' 0 sign sato record "$id"
exit_is 'others need a role that may sign it' 128 as kato fmrec withdraw -n -m x "$id" "$(git rev-parse HEAD)"
exit_is 'one that the transition asks for will do' 0 sign tanaka withdraw -m 'not ours' "$id" "$(git rev-parse HEAD)"
exit_is 'audit agrees' 0 fmrec audit
run fmrec list incident --columns id,state --format csv
like 'with what became of it' "$out" "^$id,draft"

done_testing
