# fmrec log: who changed which field when, from git alone.
. "$(dirname "$0")/lib.sh"
repository
commit() { git add -A && git commit -q -m "$1"; }
tick=1795198320
at() { # each commit a minute later
	tick=$((tick + 60))
	export GIT_AUTHOR_DATE="$tick +0900" GIT_COMMITTER_DATE="$tick +0900"
}
at
mkdir -p records/incident/2026
file=records/incident/2026/INC-20261121-7KQ2.yaml
cp "$top/schema/example/incident.yaml" "$file"
commit 'the first report'
at
fmrec set 7KQ2 severity=S3 >/dev/null 2>&1
at
fmrec log-entry 7KQ2 '再起動を開始' >/dev/null 2>&1

exit_is 'the log of a record' 0 fmrec log 7KQ2
like 'it is named once' "$out" '^INC-20261121-7KQ2  受注システムが停止$'
like 'who and when' "$out" '^[0-9a-f]{7} 2026-11-21 03:14 Sato Hanako  fmrec: set INC-20261121-7KQ2 severity$'
like 'a field from one value to another, with labels' "$out" '^    ~ Severity: Serious \(S2\) → Moderate \(S3\)$'
like 'one more item of a list' "$out" '^    \+ Timeline 9: .*What: 再起動を開始'
like 'the first version lists its fields' "$out" '^    \+ Record number, Form version, Event, .*, and [0-9]+ more$'
is 'newest first' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 3
like 'newest first, indeed' "$(printf '%s\n' "$out" | sed -n 3p)" 'log-entry'
LANG=ja_JP.UTF-8 run fmrec log 7KQ2
like 'in Japanese' "$out" '^    ~ 障害の重大さ: 重 \(S2\) → 中 \(S3\)$'

# Which
run fmrec log 7KQ2 --field severity
is 'of one field' "$(printf '%s\n' "$out" | grep -E '^    ' | sed 's/^ *//')" \
	"~ Severity: Serious (S2) → Moderate (S3)
+ Severity: Serious (S2)"
run fmrec log 7KQ2 --field 障害の重大さ
like 'a field by its label' "$out" 'Severity: Serious'
run fmrec log 7KQ2 --field timeline.text
like 'of the items of a list' "$out" 'Timeline 9'
exit_is 'an unknown field' 128 fmrec log 7KQ2 --field severty
like 'the field that was meant' "$err" "did you mean 'severity'"
run fmrec log 7KQ2 -n 1
is 'no more than asked for' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 1
run fmrec log 7KQ2 --since '2026-11-21 03:14' --until '2026-11-21 03:14'
is 'within bounds of time' "$(printf '%s\n' "$out" | grep -E '^[0-9a-f]{7} ' | cut -c9-)" \
	'2026-11-21 03:14 Sato Hanako  fmrec: set INC-20261121-7KQ2 severity'
run fmrec log 7KQ2@HEAD~1
unlike 'from a revision on' "$out" 'log-entry'
run fmrec log --at HEAD~1 7KQ2
unlike 'as of a revision' "$out" 'log-entry'
exit_is 'no such date' 128 fmrec log 7KQ2 --since someday
exit_is 'no such record' 128 fmrec log NOSUCH
exit_is 'a number below 0' 129 fmrec log -n -1

# For programs
run fmrec log --format json 7KQ2
printf '%s' "$out" | python3 -c '
import json, sys
log = json.load(sys.stdin)
assert [e["event"] for e in log] == ["changed", "changed", "created"], log
assert log[0]["changes"][0]["op"] == "add" and log[0]["changes"][0]["path"] == "timeline.8"
assert log[1]["changes"] == [{"op": "change", "path": "severity", "old": "S2", "new": "S3"}]
assert log[1]["parents"] == [log[2]["commit"]] and log[2]["parents"] == []
assert log[1]["author"] == "Sato Hanako" and log[1]["date"] == "2026-11-21T03:14:00+09:00"
' && pass 'the JSON says the same' || fail 'the JSON says the same'
run fmrec log --format jsonl 7KQ2
is 'an object a line' "$(printf '%s\n' "$out" | grep -c '^{.*}$')" 3
run fmrec log --format json 7KQ2 --since 2027
is 'nothing is a list, too' "$out" '[]'

# Long texts by the words that changed
at
sed -i 's/画面が応答しない。受注バッチも停止。/画面が応答しない。全バッチも停止。/' "$file"
commit 'reword'
run fmrec log 7KQ2 -n 1
like 'the words that changed, without colour' "$out" '~ 画面が応答しない。\[-受注-\]\{\+全\+\}バッチも停止。$'
unlike 'but not the lines that did not' "$out" '監視画面'

# Layout, line ends, and texts that are no records
at
sed -i 's/$/\r/' "$file"
commit 'CRLF'
run fmrec log 7KQ2 -n 1
like 'line ends change no field' "$out" '= only layout, comments or line ends'
at
printf 'id: INC-20261121-7KQ2\ntitle: [\033[31mred\n' >"$file"
commit 'broken'
broken=$(git rev-parse --short=7 HEAD)
at
git show HEAD~1:"$file" | sed 's/^severity: S3/severity: S1/' >"$file"
commit 'mended'
run fmrec log 7KQ2
is 'a broken text ends nothing' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 7
like 'it is shown as such' "$out" '! the text cannot be read as a record: [0-9]+:[0-9]+: yaml\.'
like 'with the way to see it' "$out" "! fmrec show --format yaml INC-20261121-7KQ2@$broken"
like 'what was mended differs from the last that could be read' "$out" '~ Severity: Moderate \(S3\) → Critical \(S1\)'
unlike 'no control characters' "$out" "$(printf '\033')"

# Removed, and back again
at
git rm -q "$file"
commit 'gone'
exit_is 'a record that is gone, by its full id' 0 fmrec log INC-20261121-7KQ2
like 'says so' "$out" '^    - the record was removed$'
at
git checkout -q HEAD~1 -- "$file"
commit 'back'
run fmrec log 7KQ2
like 'and that it came back' "$out" '^    \+ the record came back$'
is 'nothing of it is lost' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 9

# Merges
at
git checkout -q -b side
sed -i 's/^severity: S1/severity: S2/; s/内線 2210/内線 2211/' "$file"
commit 'on the side'
git checkout -q main
at
sed -i 's/^severity: S1/severity: S4/; s/^first_aid: .*/first_aid: none\r/' "$file"
commit 'on the trunk'
at
git merge -q --no-edit side >/dev/null 2>&1
sed -i '/^<<<<<<</d; /^=======/d; /^>>>>>>>/d; /^severity: S2/d; s/^severity: S4/severity: S3/' "$file"
commit 'both'
run fmrec log 7KQ2 -n 3
merge=$(printf '%s\n' "$out" | sed -n '/  both$/,/^$/p')
like 'a merge: what it did itself' "$merge" '~ Severity: Minor \(S4\) → Moderate \(S3\)'
is 'not what came from either side' "$(printf '%s\n' "$merge" | grep -c '^    ')" 1
like 'the side is in the log' "$out" '内線 2210 → 内線 2211'
like 'and the trunk' "$out" '^    ~ First aid: '

# Renumbered: by git's recognition, and by the alias
at
new=records/incident/2026/INC-20261121-9XYZ.yaml
git mv "$file" "$new" && sed -i 's/^id: .*/id: INC-20261121-9XYZ/' "$new"
commit 'renumber'
run fmrec log 9XYZ
like 'the former name' "$out" "^    > was $file$"
is 'the history before it' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 13
at
printf 'aliases: [INC-20261121-7KQ2]\n' >>"$new"
commit 'alias'
run fmrec log 9XYZ
is 'and by the alias' "$(printf '%s\n' "$out" | grep -cE '^[0-9a-f]{7} ')" 14
run fmrec show --format yaml 9XYZ@HEAD~4
like 'shown as it was under its former name' "$out" '^id: INC-20261121-7KQ2'

# All records
at
ok 'one more' fmrec new incident -m 'disk full'
run fmrec log -n 2
like 'all records: what was added' "$out" '^    \+ INC-[0-9A-Z-]*  disk full$'
like 'and what was changed' "$out" '^    ~ INC-20261121-9XYZ  受注システムが停止$'
run fmrec log --format json -n 1
printf '%s' "$out" | python3 -c '
import json, sys
log = json.load(sys.stdin)
assert len(log) == 1 and log[0]["records"][0]["type"] == "incident" and log[0]["records"][0]["change"] == "added"
' && pass 'as JSON' || fail 'as JSON'
exit_is 'a field needs a record' 129 fmrec log --field title

# Where history is not whole
git clone -q --depth 1 "file://$T/work/repository" "$T/shallow"
run fmrec -C "$T/shallow" log 9XYZ
like 'a shallow clone says so' "$out" '! this clone is shallow'
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" log 9XYZ
git config log.showSignature true && git config gpg.program "$T/evil" && git config diff.external "$T/evil"
printf '#!/bin/sh\ntouch "%s/evil-ran"\n' "$T" >"$T/evil" && chmod +x "$T/evil"
ok 'in a repository with programs of its own' fmrec log 9XYZ
if [ -e "$T/evil-ran" ]; then fail 'none of them ran'; else pass 'none of them ran'; fi
mkdir "$T/empty" && cd "$T/empty" && git init -q . && cp -R "$T/work/repository/.fmrec" .
ok 'before the first commit' fmrec log
is 'there is nothing' "$out" ''

done_testing
