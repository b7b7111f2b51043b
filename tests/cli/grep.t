# fmrec grep: lines of records, by the fields they belong to (issue 3 D, F-24).
. "$(dirname "$0")/lib.sh"
repository
run fmrec new incident -m '受注システムが停止' --set system=受注管理 --set found_on=2026-11-21T03:12:00+09:00 \
	--set 'situation=画面が応答しない。
timeout を確認。' --set severity=S2
inc=$(fmrec list incident --format ids)
run fmrec new lesson -m 'A timeout needs an alarm' --set 'problem=nobody saw the Timeout' --set 'keywords=timeout,監視'
lsn=$(fmrec list lesson --format ids)
tab=$(printf '\t') esc=$(printf '\033')

# One line each
ok 'a word of a title' fmrec grep 停止
like 'id, field, line, text' "$out" "^$inc:title:[0-9]+:title: 受注システムが停止$"
ok 'a word of a long text' fmrec grep timeout
like 'in the order of paths: incidents first' "$(printf '%s\n' "$out" | head -n 1)" "^$inc:situation:[0-9]+:  timeout を確認。"
like 'an item of a list has its position' "$out" "^$lsn:keywords\.0:[0-9]+:"
exit_is 'nothing found' 1 fmrec grep nosuchword
is 'says nothing' "$out$err" ''
exit_is 'a broken pattern' 128 fmrec grep '\(a'
like 'is named with the place' "$err" "not a regular expression: .* \(at byte 4\)"
exit_is 'a broken pattern of PCRE2' 128 fmrec grep -P 'a(?'
exit_is 'one good, one bad' 128 fmrec grep -E -e 'a)(b' -e '('
exit_is 'no pattern' 129 fmrec grep
exit_is 'two kinds of pattern' 129 fmrec grep -E -F x
exit_is 'a pattern that begins with a dash' 0 fmrec grep -- '-11-21'
ok 'or with -e' fmrec grep -e '-11-21'

# What is printed
run fmrec grep -l timeout
is 'ids' "$out" "$inc
$lsn"
run fmrec grep -L 受注
is 'ids without' "$out" "$lsn"
exit_is 'each record has one' 1 fmrec grep -L timeout
run fmrec grep -c -i timeout
is 'lines of each record' "$out" "$inc:1
$lsn:3"
run fmrec grep --path -l 停止
is 'paths' "$out" "$(git ls-files 'records/incident/*.yaml')"
run fmrec grep --path 停止
like 'as compilers write places' "$out" '^records/incident/2026/INC.*\.yaml:[0-9]+:title: '
run fmrec grep -o -E 'time|alarm'
like 'only what matches' "$out" "^$lsn:title:[0-9]+:alarm$"
is 'each match on a line' "$(printf '%s\n' "$out" | grep -c ':time$')" 3
run fmrec grep --heading 停止
like 'a heading says what the record is' "$(printf '%s\n' "$out" | head -n 1)" "^$inc  受注システムが停止  \(S2, 受注管理\)$"
like 'above its lines' "$out" '^title:[0-9]+:title: 受注システムが停止$'
mkdir -p records/system && printf 'id: SYS-0001\nform: 1\nname: 受注管理システム\n' >records/system/SYS-0001.yaml
fmrec set "$lsn" kind=failure >/dev/null 2>&1
fmrec set "$inc" system=SYS-0001 >/dev/null 2>&1
run fmrec grep --heading 停止
like 'links are told by the names of what they lead to' "$out" "^$inc  受注システムが停止  \(S2, 受注管理システム\)$"
fmrec set "$inc" system=受注管理 >/dev/null 2>&1
rm -r records/system
run fmrec grep --heading timeout
is 'an empty line between records' "$(printf '%s\n' "$out" | grep -c '^$')" 1
run fmrec -q grep timeout
is 'quiet: only the exit code' "$code$out" 0
run fmrec grep -C1 --field title .
like 'lines around carry dashes' "$out" "^$lsn-form-[0-9]+-form: 1$"
like 'and groups are parted' "$out" '^--$'
run fmrec grep -m1 -c -i timeout
is 'no more than asked for' "$out" "$inc:1
$lsn:1"

# Formats
run fmrec grep --format jsonl 停止
printf '%s\n' "$out" | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert len(rows) == 1 and rows[0]["field"] == "title" and isinstance(rows[0]["line"], int), rows
assert rows[0]["text"] == "title: 受注システムが停止" and rows[0]["path"].endswith(rows[0]["id"] + ".yaml")' &&
	pass 'JSON Lines' || fail 'JSON Lines'
run fmrec grep --format tsv -c timeout
like 'counts as a table' "$out" "^$lsn${tab}records/.*${tab}2$"
run fmrec grep --format ids timeout
like 'ids' "$out" "^$inc$"

# Fields
run fmrec grep --field title timeout
is 'by path' "$(printf '%s\n' "$out" | cut -d: -f1,2)" "$lsn:title"
run fmrec grep --field キーワード 監視
is 'by label' "$(printf '%s\n' "$out" | cut -d: -f1,2)" "$lsn:keywords.1"
run fmrec grep --field situation,problem -i -l TIMEOUT
is 'several' "$out" "$inc
$lsn"
ok 'anchors are those of the value' fmrec grep --field title -l '^A timeout'
ok 'also in long texts' fmrec grep --field situation '^timeout'
exit_is 'the name of the field is no part of it' 1 fmrec grep --field title title:
run fmrec grep --field situation -v timeout
like 'the other lines of the field' "$out" "^$inc:situation:[0-9]+:  画面が応答しない。$"
is 'and of no other' "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1
exit_is 'an unknown field' 128 fmrec grep --field titel x
like 'the nearest is named' "$err" "did you mean 'title'"

# Japanese, and other letters
ok 'case of other scripts' fmrec grep -i 'TIMEOUT を'
exit_is 'width is not case' 1 fmrec grep -i ｔｉｍｅｏｕｔ
ok 'a word beside kanji and kana' fmrec grep -w timeout
ok 'a word of kanji' fmrec grep -w 停止
exit_is 'a part of a word' 1 fmrec grep -w timeou
printf 'id: LSN-20260101-ÀÀ\n' >/dev/null
ok 'one character is one' fmrec grep '^title: .\{9\}$'

# All of several
run fmrec grep -l --all-match -e 停止 -e timeout
is 'each pattern somewhere in the record' "$out" "$inc"
run fmrec grep -l -e 停止 -e alarm
is 'any of them' "$out" "$inc
$lsn"

# With a query
run fmrec grep -l -i timeout lesson
is 'only a type' "$out" "$lsn"
run fmrec grep -l timeout severity:S2
is 'only what fits' "$out" "$inc"
run fmrec grep -l -e timeout -e 停止 -- -type:incident
is 'behind -e all operands are the query' "$out" "$lsn"
exit_is 'nothing fits' 1 fmrec grep timeout severity:S1
exit_is 'a wrong query' 128 fmrec grep timeout severty:S1
like 'the field that was meant' "$err" 'severity'

# As it was
git add -A && git commit -qm now --no-verify
fmrec set "$inc" title=別の件名 >/dev/null 2>&1
exit_is 'now' 1 fmrec grep 受注システムが停止
ok 'as it was' fmrec grep --at HEAD~1 受注システムが停止
ok 'as it was, with a query' fmrec grep --at HEAD~1 受注システムが停止 severity:S2
fmrec set "$inc" title=受注システムが停止 >/dev/null 2>&1

# Hostile texts
file=$(git ls-files "records/lesson/*")
cp "$file" "$T/saved"
printf 'id: %s\ntitle: "bell \033[31m\007 and \377 bytes \000 x"\nbroken: [\n' "$lsn" >"$file"
ok 'a broken record is searched like any text' fmrec grep bell
unlike 'its control characters are not printed' "$out" "$esc"
like 'but shown' "$out" '\\x1b\[31m\\x07 and \\xff bytes \\x00 x'
ok 'behind bad bytes' fmrec grep 'bytes . x'
run fmrec grep --format jsonl bell
printf '%s\n' "$out" | python3 -c 'import json, sys; json.loads(sys.stdin.read())' &&
	pass 'JSON stays JSON' || fail 'JSON stays JSON'
python3 -c 'print("a" * 60000)' >>"$file"
run fmrec grep -P '(a|aa)+$x'
is 'a catastrophic pattern ends' "$((code == 1 || code == 128))" 1
python3 -c '
for _ in range(300): print("a" * 64 + "!")' >>"$file"
exit_is 'and is given up as a whole' 128 fmrec grep -P '^(a|aa)+$'
like 'with a reason' "$err" 'too many steps'
cp "$T/saved" "$file"
rm -f "$file" && ln -s /etc/passwd "$file"
run fmrec grep root:
is 'a link is not followed' "$code" 1
like 'but said' "$err" '1 record cannot be read'
rm "$file" && cp "$T/saved" "$file"

# Where
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" grep 停止
mkdir -p deep/down && ok 'in a subdirectory' fmrec -C deep/down grep 停止
on_terminal fmrec --no-pager --color=always grep 停止 >"$T/terminal"
like 'matches stand out on a terminal' "$(cat "$T/terminal")" "$esc\[1;31m停止$esc\[0m"

done_testing
