# Roles are lent, for some days (F-34).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast
sign sato record "$id" >/dev/null

exit_is 'to nobody' 129 as tanaka fmrec delegate --role manager --until 2026-12-01
exit_is 'for ever' 129 as tanaka fmrec delegate --role manager p-suzuki
exit_is 'no role' 129 as tanaka fmrec delegate --until 2026-12-01 p-suzuki
exit_is 'a stranger' 128 as tanaka fmrec delegate -n --role manager --until 2026-12-01 p-suzuku
like 'with a suggestion' "$err" "did you mean 'p-suzuki'"
exit_is 'to oneself' 128 as tanaka fmrec delegate -n --role manager --until 2026-12-01 p-tanaka
exit_is 'a role one does not hold' 128 as tanaka fmrec delegate -n --role cio --until 2026-12-01 p-suzuki
exit_is 'no day' 128 as tanaka fmrec delegate -n --role manager --until someday p-suzuki
exit_is 'days that run backwards' 128 as tanaka fmrec delegate -n --role manager --from 2026-12-02 --until 2026-12-01 p-suzuki
exit_is 'an unknown type' 128 as tanaka fmrec delegate -n --role manager --until 2026-12-01 --type incidnet p-suzuki
exit_is 'the deputy cannot sign yet' 128 as suzuki fmrec receive -n "$id"
run as tanaka fmrec delegate -n --role manager --until 2026-12-01 --type incident p-suzuki
like 'it is shown what is lent' "$out" '^鈴木 \(p-suzuki\) may sign in your role .* from 2026-11-21 until 2026-12-01; you sign as 田中 \(p-tanaka\)$'
exit_is 'lent' 0 sign tanaka delegate --role manager --until 2026-12-01 --type incident p-suzuki
like 'and reported' "$out" '^p-suzuki is the deputy of p-tanaka as manager, from 2026-11-21 until 2026-12-01   \['
run as suzuki fmrec receive -n "$id"
like 'the deputy signs, and is told for whom' "$out" '^as the deputy of 田中 \(p-tanaka\), whose role it is$'
exit_is 'when asked to, too' 0 as suzuki fmrec receive -n --on-behalf-of p-tanaka "$id"
exit_is 'not for somebody else' 128 as suzuki fmrec receive -n --on-behalf-of p-sato --role manager "$id"
exit_is 'not after the last day' 128 env FMREC_NOW=2026-12-02T09:00:00+09:00 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.signingkey \
	GIT_CONFIG_VALUE_0="$T/keys/suzuki" fmrec receive -n "$id"
exit_is 'signed' 0 sign suzuki receive "$id"
run fmrec form "$id"
like 'F-34: shown wherever the signature is: on the form' "$out" 'as the deputy of 田中'
run fmrec approvals "$id"
like 'and among the approvals' "$out" '鈴木 \(p-suzuki\), .*for 田中 \(p-tanaka\)'
exit_is 'audit agrees' 0 fmrec audit
exit_is 'records of other types are not meant' 128 as suzuki fmrec approve -n PRV-20261125-M3XA

done_testing
