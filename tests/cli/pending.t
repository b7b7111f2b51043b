# What waits for a signature, and bare fmrec.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
people sato
repository
exit_is 'without a policy' 128 fmrec pending
like 'it is said how to begin' "$err" 'fmrec trust init'
cd ..
. "$LIB_DIR/signers.sh"
rm -rf repository
cast

exit_is 'what waits' 0 fmrec pending
like 'for whom, with which verb' "$out" "^$id +draft +受注システムが停止 +.*\(record\)"
unlike 'not what needs a reason' "$out" '\(void\)'
exit_is 'for me' 0 as tanaka fmrec pending --me
like 'what I can sign' "$out" "$id"
sign sato record "$id" >/dev/null
sign sato receive "$id" >/dev/null
run as suzuki fmrec pending --me
unlike 'not what others must sign' "$out" "$id"
run as tanaka fmrec pending --me
like 'it waits for the manager' "$out" "^$id +received .*\(judge\)"
exit_is 'a stranger' 128 as kato fmrec pending --me
exit_is 'no words' 129 fmrec pending incident
like 'a measure has its date' "$(fmrec pending)" 'PRV-20261125-M3XA .*2026-'
first=$(fmrec -q new incident -m 'not enough')
run fmrec pending
unlike 'what lacks fields waits for nobody' "$out" "$first"
run fmrec pending --all
like 'unless it is asked for' "$out" "$first .*missing:.*situation"
run fmrec pending --format jsonl
printf '%s\n' "$out" | python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert all(r["ready"] is True for r in rows), rows
assert {"id", "state", "transition", "needs", "since"} <= set(rows[0])
assert [r["since"] for r in rows] == sorted(r["since"] for r in rows)' && pass 'as JSON, oldest first' || fail 'as JSON, oldest first'
like 'in a repository without a work tree' "$(git clone -q --bare . "$T/bare.git" && fmrec -C "$T/bare.git" pending)" "$id"

# Bare fmrec
run as tanaka fmrec
like 'bare fmrec counts what waits for me' "$out" 'records?, [0-9]+ waits? for you, '
like 'and says what to type' "$out" "^  pending   $id  受注システムが停止 +fmrec judge 7KQ2\$"
run as kato fmrec
unlike 'nothing for those who do not sign' "$out" 'for you'
LANG=ja_JP.UTF-8 run as tanaka fmrec
like 'in Japanese' "$out" '署名待ち'

done_testing
