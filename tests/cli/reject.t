# A rejection stops a record until it is taken back.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast

exit_is 'a reason is asked for' 128 as tanaka fmrec reject -n "$id"
exit_is 'no record' 129 as tanaka fmrec reject -m no
exit_is 'one at a time' 129 as tanaka fmrec reject -m no "$id" "$id"
exit_is 'an unknown one' 128 as tanaka fmrec reject -m no INC-19990101-AAAA
exit_is 'a stranger' 128 as kato fmrec reject -n -m no "$id"
run as tanaka fmrec reject -n -m 'システムが違う' "$id"
like 'it is shown who rejects' "$out" "^$id: you reject it as 田中 \(p-tanaka\), role .*; state draft\$"
like 'why' "$out" '^Reason: システムが違う$'
like 'and what, byte for byte' "$out" '^   title: 受注システムが停止$'
is 'of which this is the digest' "$(digest tanaka reject -m x "$id")" "$(content "$id")"
exit_is 'rejected' 0 sign tanaka reject -m 'システムが違う' "$id"
like 'and reported' "$out" "^$id rejected in the state draft   \[main [0-9a-f]{7}\]\$"
is 'no file changed' "$(git diff --stat HEAD~1)" ''
exit_is 'nobody else brings it further' 128 as sato fmrec record -n "$id"
like 'they are told who and why' "$err" "was rejected by 'p-tanaka': システムが違う"
like 'and what helps' "$err" "fmrec withdraw $id [0-9a-f]{7}"
run fmrec pending
unlike 'it waits for nobody' "$out" "$id"
run fmrec approvals "$id"
like 'approvals shows it' "$out" '^rejected by p-tanaka'
exit_is 'somebody else cannot take it back' 128 as suzuki fmrec withdraw -n -m x "$id" "$(git rev-parse --short HEAD)"
exit_is 'who rejected it can' 0 sign tanaka withdraw -m 'looked again' "$id"
exit_is 'then it goes on' 0 sign sato record "$id"
exit_is 'audit finds nothing wrong in that' 0 fmrec audit
LANG=ja_JP.UTF-8
run as tanaka fmrec reject -n -m x "$id"
like 'in Japanese' "$out" 'として差し戻します'

done_testing
