# What audit finds in a commit is acknowledged: listed, and no longer counted.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast

exit_is 'a reason is asked for' 128 as sato fmrec acknowledge -n HEAD
exit_is 'no commit' 129 as sato fmrec acknowledge -m x
exit_is 'one at a time' 129 as sato fmrec acknowledge -m x HEAD HEAD~1
exit_is 'an unknown one' 128 as sato fmrec acknowledge -n -m x nowhere
exit_is 'one with nothing wrong' 128 as sato fmrec acknowledge -n -m x HEAD
like 'which is said' "$err" 'audit finds nothing'
printf '# looser\n' >>.fmrec/schema/incident.yaml
git commit -qam 'change the types without a signature'
bad=$(git rev-parse HEAD)
exit_is 'audit finds it' 1 fmrec audit
exit_is 'only admins acknowledge' 128 as tanaka fmrec acknowledge -n -m x "$bad"
run as sato fmrec acknowledge -n -m 'checked: a comment only' "$bad"
like 'they see what' "$out" "^   $bad history\.config: "
like 'and why' "$out" '^Reason: checked'
exit_is 'acknowledged' 0 sign sato acknowledge -m 'checked: a comment only' "$bad"
like 'and reported' "$out" "^$(printf %.12s "$bad") acknowledged   \["
exit_is 'audit is content' 0 fmrec audit
like 'and still lists it' "$out" "$(printf %.7s "$bad")"
exit_is 'not twice' 128 as sato fmrec acknowledge -n -m x "$bad"

done_testing
