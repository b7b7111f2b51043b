# fmrec diff: two states of a record, or two records, by field.
. "$(dirname "$0")/lib.sh"
repository
commit() { git add -A && git commit -q -m "$1"; }
mkdir -p records/incident/2026
file=records/incident/2026/INC-20261121-7KQ2.yaml
cp "$top/schema/example/incident.yaml" "$file"
commit one && git tag v1
fmrec set 7KQ2 severity=S3 >/dev/null 2>&1
git tag v2

exit_is 'nothing has changed' 0 fmrec diff
is 'and nothing is said' "$out" ''
sed -i 's/^severity: S3/severity: S1/; s/内線 2210/内線 2211/' "$file"
exit_is 'the work tree against HEAD' 0 fmrec diff
like 'names the record and the sides' "$out" '^INC-20261121-7KQ2  受注システムが停止  \(HEAD [0-9a-f]{7} → work tree\)$'
like 'a field' "$out" '^    ~ Severity: Moderate \(S3\) → Critical \(S1\)$'
like 'a field inside a map' "$out" '^    ~ Finder › Contact: 内線 2210 → 内線 2211$'
ok 'of one record' fmrec diff 7KQ2
is 'the same' "$(printf '%s\n' "$out" | grep -c '^    ~')" 2
exit_is 'there are differences' 1 fmrec diff --exit-code
LANG=ja_JP.UTF-8 run fmrec diff 7KQ2
like 'in Japanese' "$out" '^    ~ 障害の重大さ: 中 \(S3\) → 重大 \(S1\)$'

# Staged
ok 'nothing is staged' fmrec diff --staged
is 'so nothing is shown' "$out" ''
git add -A
run fmrec diff --staged 7KQ2
like 'what is staged' "$out" '\(HEAD [0-9a-f]{7} → staged\)'
printf '# note\n' >>"$file"
run fmrec diff --staged
like 'is not what is in the work tree' "$out" 'Severity'
git add -A && git commit -qm three
printf '# another\n' >>"$file"
run fmrec diff
like 'a comment changes no field' "$out" '^    = only layout, comments or line ends$'
git checkout -q "$file"

# Revisions
run fmrec diff 7KQ2@v1 7KQ2@v2
like 'one revision with another' "$out" '^    ~ Severity: Serious \(S2\) → Moderate \(S3\)$'
like 'named as they were typed' "$out" '\(v1 [0-9a-f]{7} → v2 [0-9a-f]{7}\)'
run fmrec diff 7KQ2@v1
like 'a revision with the work tree' "$out" '^    ~ Severity: Serious \(S2\) → Critical \(S1\)$'
run fmrec diff v1 v2
like 'all records of two revisions' "$out" '^    ~ Severity: Serious \(S2\) → Moderate \(S3\)$'
run fmrec diff v1
like 'all records since a revision' "$out" '→ Critical \(S1\)$'
exit_is 'neither a record nor a revision' 128 fmrec diff NOSUCH
exit_is 'three of them' 129 fmrec diff v1 v2 HEAD
exit_is 'staged is a side' 129 fmrec diff --staged v1 v2

# Lists
python3 - "$file" <<'END'
import sys
text = open(sys.argv[1]).read()
first, second = text.index("  - at: 2026-11-21T03:05"), text.index("  - at: 2026-11-21T03:12")
third = text.index("  - at: 2026-11-21T03:20")
text = text[:first] + text[second:third].replace("監視で", "監視盤で") + text[first:second] + text[third:]
text = text.replace("downtime:", "  - at: 2026-11-21T07:00:00+09:00\n    kind: other\n    text: 終\ndowntime:", 1)
open(sys.argv[1], "w").write(text)
END
run fmrec diff 7KQ2
is 'items are known wherever they are' "$(printf '%s\n' "$out" | grep -c '^    [-+] Timeline')" 1
like 'one was moved' "$out" '^    > Timeline [12] \(was [12]\): '
like 'and changed' "$out" '^    ~ Timeline 1 › What: 1号機|^    ~ Timeline 1 › What: 監視で'
like 'one came' "$out" '^    \+ Timeline 9$'
like 'with all it holds' "$out" '^        \+ What: 終$'
git checkout -q "$file"

# Two records
sed 's/^id: .*/id: INC-20261121-9XYZ/; s/^severity: S1/severity: S4/' "$file" >records/incident/2026/INC-20261121-9XYZ.yaml
run fmrec diff 7KQ2 9XYZ
like 'two records' "$out" '^INC-20261121-7KQ2 → INC-20261121-9XYZ '
like 'by their fields' "$out" '^    ~ Severity: Critical \(S1\) → Minor \(S4\)$'
run fmrec diff
like 'a new record' "$out" '^    \+ a new record$'
commit four
rm records/incident/2026/INC-20261121-9XYZ.yaml
run fmrec diff INC-20261121-9XYZ
like 'a record that is gone' "$out" '^    - the record was removed$'
run fmrec diff
like 'among all' "$out" '^    - the record was removed$'
git checkout -q .
git mv "$file" records/incident/2026/INC-20261121-5ABC.yaml
sed -i 's/^id: .*/id: INC-20261121-5ABC/' records/incident/2026/INC-20261121-5ABC.yaml
printf 'aliases: [INC-20261121-7KQ2]\n' >>records/incident/2026/INC-20261121-5ABC.yaml
run fmrec diff INC-20261121-5ABC@HEAD 5ABC
run fmrec diff 5ABC
like 'a record that was renumbered' "$out" '^INC-20261121-7KQ2 → INC-20261121-5ABC '
run fmrec diff
like 'among all, too' "$out" '^INC-20261121-7KQ2 → INC-20261121-5ABC '
unlike 'it is not gone' "$out" 'was removed|a new record'
run fmrec diff 5ABC@HEAD
like 'and since a revision, by its new number' "$out" '^INC-20261121-7KQ2 → INC-20261121-5ABC '
run fmrec diff 7KQ2@HEAD
like 'or by its old one' "$out" '^INC-20261121-7KQ2 → INC-20261121-5ABC '
git reset -q --hard

# Texts that are no records
printf 'title: [\033[31m\n' >"$file"
run fmrec diff
like 'a text that cannot be read' "$out" '! the text cannot be read as a record'
like 'is compared by lines' "$out" '^\+title: \[\\x1b\[31m$'
git checkout -q "$file"

# For programs
run fmrec diff --format json v1 v2
printf '%s' "$out" | python3 -c '
import json, sys
(entry,) = json.load(sys.stdin)
assert entry["event"] == "changed" and entry["id"] == "INC-20261121-7KQ2"
assert entry["changes"] == [{"op": "change", "path": "severity", "old": "S2", "new": "S3"}]
assert len(entry["from"]["state"]) == 40
' && pass 'as JSON' || fail 'as JSON'
run fmrec diff --format json
is 'nothing as JSON' "$out" '[]'
git clone -q --bare . "$T/bare.git"
run fmrec -C "$T/bare.git" diff v1
like 'in a bare repository: with HEAD' "$out" '→ Critical \(S1\)$'
done_testing
