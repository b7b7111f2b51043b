# fmrec blame: the commit that each field and each item of a list comes from.
. "$(dirname "$0")/lib.sh"
repository
commit() { git add -A && git commit -q -m "$1"; }
id_of() { git rev-parse --short=7 "${1:-HEAD}"; }
mkdir -p records/incident/2026
file=records/incident/2026/INC-20261121-7KQ2.yaml
sed '/^attachments:/,$d' "$top/schema/example/incident.yaml" >"$file"
commit one
first=$(id_of)
fmrec set 7KQ2 severity=S3 >/dev/null 2>&1
severity=$(id_of)
fmrec log-entry 7KQ2 '再起動を開始' >/dev/null 2>&1
entry=$(id_of)

exit_is 'a record' 0 fmrec blame 7KQ2
like 'a field that never changed' "$out" "^$first  2026-11-21 03:12  Sato Hanako +Event +受注システムが停止$"
like 'one that did' "$out" "^$severity  .* Severity +Moderate \(S3\)$"
like 'an item that was there' "$out" "^$first  .* Timeline 8 "
like 'one that came' "$out" "^$entry  .* Timeline 9 .*再起動を開始"
sed -i 's/^first_aid: .*/first_aid: none/' "$file"
run fmrec blame 7KQ2
like 'what is not committed' "$out" '^-------  +not committed yet  First aid +none$'
like 'and the rest' "$out" "^$severity  .* Severity "
git checkout -q "$file"

# Items that move, layout, broken texts on the way
python3 - "$file" <<'END'
import sys
text = open(sys.argv[1]).read()
first, second, third = (text.index("  - at: 2026-11-21T03:%s" % m) for m in ("05", "12", "20"))
open(sys.argv[1], "w").write("# moved\n" + text[:first] + text[second:third] + text[first:second] + text[third:])
END
commit 'moved'
cp "$file" "$T/good"
printf 'title: [' >"$file"
commit 'broken'
cp "$T/good" "$file"
commit 'mended'
run fmrec blame 7KQ2
is 'nothing is blamed for a new order' "$(printf '%s\n' "$out" | grep -cE "^($(id_of HEAD)|$(id_of HEAD~1)|$(id_of HEAD~2))")" 0

# Merges
git checkout -q -b side
sed -i 's/内線 2210/内線 2211/' "$file"
commit side
side=$(id_of)
git checkout -q main
sed -i 's/^first_aid: .*/first_aid: none/' "$file"
commit trunk
trunk=$(id_of)
git merge -q --no-edit side
run fmrec blame 7KQ2
like 'what came from the side' "$out" "^$side  .* Finder › Contact "
like 'and from the trunk' "$out" "^$trunk  .* First aid "
like 'and from before both' "$out" "^$severity  .* Severity "

# Renumbered
new=records/incident/2026/INC-20261121-9XYZ.yaml
git mv "$file" "$new" && sed -i 's/^id: .*/id: INC-20261121-9XYZ/' "$new"
commit renumber
run fmrec blame 9XYZ
like 'the new id' "$out" "^$(id_of)  .* Record number "
like 'all else is as old as it was' "$out" "^$first  .* Event "

# Which, when, and for programs
run fmrec blame 9XYZ --field finder
is 'one field' "$(printf '%s\n' "$out" | grep -c Finder)" 3
run fmrec blame 9XYZ@HEAD --field severity
like 'as of a revision' "$out" 'Severity'
exit_is 'no such field' 128 fmrec blame 9XYZ --field fnder
run fmrec blame 9XYZ --format json --field severity
printf '%s' "$out" | python3 -c '
import json, sys
(row,) = json.load(sys.stdin)
assert row["field"] == "severity" and row["value"] == "S3" and row["author"] == "Sato Hanako" and len(row["commit"]) == 40
assert row["date"] == "2026-11-20T18:12:00Z"
' && pass 'as JSON' || fail 'as JSON'
git clone -q --depth 1 "file://$T/work/repository" "$T/shallow"
run fmrec -C "$T/shallow" blame 9XYZ
like 'a shallow clone marks where it begins' "$out" '^\^[0-9a-f]{7}  .* Severity '
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" blame 9XYZ
printf 'title: [\033[31m' >"$new"
exit_is 'a record that cannot be read' 1 fmrec blame 9XYZ
like 'says why' "$err" 'error: yaml\.'
exit_is 'no record' 129 fmrec blame
exit_is 'no such record' 128 fmrec blame NOSUCH
done_testing
