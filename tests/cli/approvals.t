# Who signed a record, and whether it counts.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast
file=records/incident/2026/$id.yaml

exit_is 'no record' 129 fmrec approvals
exit_is 'an unknown one' 128 fmrec approvals INC-19990101-AAAA
exit_is 'one that nobody signed' 0 fmrec approvals "$id"
like 'is told to be so' "$out" '^nobody has signed it$'
like 'and what comes next' "$out" '^next: .*\(record\)'
new=$(fmrec -q new incident -m new --no-commit)
exit_is 'one that is not committed' 128 fmrec approvals "$new"
git reset -q && rm "records/incident/2026/$new.yaml"
sign sato record "$id" >/dev/null
sign tanaka receive "$id" >/dev/null
run fmrec approvals "${id##*-}"
like 'state and path' "$out" "^$id  received  $file\$"
like 'when, what, from where to where, whether' "$out" '^2026-11-21 03:12  receive  recorded → received  counts  \[[0-9a-f]{7}\]$'
like 'who' "$out" '^    田中 \(p-tanaka\), 情報システム部, .*\(manager\)$'
like 'what it covers' "$out" '^    covers finder, found_on, situation, system, target$'
like 'which bytes' "$out" "^    signed $(content "$id" covers=system,found_on,finder,target,situation)\$"

was=$(content "$id" covers=system,found_on,finder,target,situation)
sed -i 's/^target: .*/target: 全部/' "$file" && git commit -qam 'change what was signed'
changed=$(git rev-parse HEAD)
now=$(content "$id" covers=system,found_on,finder,target,situation)
run fmrec approvals "$id"
like 'what was signed has changed' "$out" 'receive .*stale'
like 'it was this' "$out" "^    signed $was\$"
like 'it is this' "$out" "^    now    $now\$"
like 'since there' "$out" "^    changed in $changed\$"
like 'the state has fallen' "$out" "^$id  draft  "
run fmrec approvals --standing "$id"
like 'nothing stands' "$out" 'nobody has signed it'
sign sato record "$id" >/dev/null
run fmrec approvals --standing "$id"
is 'one stands again' "$(printf '%s\n' "$out" | grep -c '  counts  ')" 1
run fmrec approvals --format json "$id"
printf '%s' "$out" | python3 -c 'import json, sys
r = json.load(sys.stdin)
votes = r["signatures"]
assert [v["status"] for v in votes] == ["stale", "stale", "counts"], votes
assert votes[0]["now"] != votes[0]["content"] and votes[0]["changed_in"] and votes[0]["why"]
for v in votes:
    assert all(v[k] for k in ("commit", "signer", "key", "role", "meaning", "time", "content", "policy_version")), v
assert votes[2]["from"] == "draft" and votes[2]["to"] == "recorded"' && pass 'all of it as JSON' || fail 'all of it as JSON'
exit_is 'several' 0 fmrec approvals "$id" PRV-20261125-M3XA
LANG=ja_JP.UTF-8
run fmrec approvals "$id"
like 'in Japanese' "$out" '^次に: |次に'

# Signatures of a record that is gone
git rm -q "$file" && git commit -qm 'delete it'
exit_is 'of a record that is gone, by its number' 0 fmrec approvals "$id"

done_testing
