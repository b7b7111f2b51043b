# fmrec similar: what happened before, in other words (F-24, F-92, X-04).
. "$(dirname "$0")/lib.sh"
repository
file() { # TYPE ID FIELDS...: a record without ceremony
	type=$1 id=$2
	shift 2
	mkdir -p "records/$type/2026"
	printf 'id: %s\nform: 1\n' "$id" >"records/$type/2026/$id.yaml"
	printf '%s\n' "$@" >>"records/$type/2026/$id.yaml"
}
file incident INC-20260101-AAAA 'title: 夜間バッチがディスク容量不足で停止' 'situation: ログが溜まりディスクが一杯になった。'
file incident INC-20260102-BBBB 'title: The mail relay lost its route' 'situation: A BGP session was configured wrongly.'
file incident INC-20260103-CCCC 'title: 印刷できない' 'situation: 紙がない。'
file lesson LSN-20260104-DDDD 'title: ログは溜まる' 'lesson: ディスク容量は増えることしかない。' 'keywords: [ﾃﾞｨｽｸ, 容量]'
file nearmiss NMS-20260105-EEEE 'title: configuration of BGP nearly lost' 'situation: The relay was saved.'
file incident INC-20260106-FFFF 'title: 受注画面が遅い' 'situation: 応答に三十秒かかる。'
mkdir -p records/person
printf 'id: PSN-DISK\nform: 1\nname: ディスク容量 太郎\n' >records/person/PSN-DISK.yaml

# By words
ok 'a text' fmrec similar バッチのディスク容量
is 'the closest first' "$(printf '%s\n' "$out" | grep -o '^[A-Z]*-[0-9]*-[A-Z]*' | head -n 2 | tr '\n' ' ')" \
	'INC-20260101-AAAA LSN-20260104-DDDD '
like 'with the words in common, by field' "$out" '^    Event: .*ディスク容量'
unlike 'registers do not take part' "$out" 'PSN-'
unlike 'nor what has nothing in common' "$out" 'CCCC|FFFF'
ok 'unless asked for' fmrec similar --type person ディスク容量
like 'they do' "$out" '^PSN-DISK '
ok 'width, kana and marks make no difference' fmrec similar --format ids ﾃﾞｨｽｸ
is 'half-width kana' "$out" 'LSN-20260104-DDDD
INC-20260101-AAAA'
ok 'other forms of a word' fmrec similar --format ids configure bgp sessions
like 'are found by its beginning' "$out" 'NMS-20260105-EEEE'
exit_is 'nothing alike' 1 fmrec similar zebra
is 'is silent' "$out$err" ''
exit_is 'no words at all' 128 fmrec similar '。。'
exit_is 'no operand' 129 fmrec similar
printf 'ディスクが一杯\n' >"$T/mail"
fmrec similar --format ids - <"$T/mail" >"$T/out"
is 'from standard input' "$(head -n 1 "$T/out")" INC-20260101-AAAA

# By a record
ok 'a record by its id' fmrec similar --format ids INC-20260102-BBBB
is 'does not find itself' "$out" 'NMS-20260105-EEEE'
ok 'by a part of its id' fmrec similar --format ids bbbb
is 'the same' "$out" 'NMS-20260105-EEEE'
ok 'at most so many' fmrec similar --limit 1 --format ids 容量
is 'is so many' "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1
ok 'only some types' fmrec similar --type lesson,nearmiss --format ids AAAA
is 'are those' "$out" 'LSN-20260104-DDDD'
exit_is 'an unknown type' 128 fmrec similar --type leson 容量
like 'the nearest is named' "$err" "did you mean 'lesson'"
exit_is 'a limit below 1' 129 fmrec similar --limit -1 x

# For programs
run fmrec similar --format json ディスク容量
printf '%s\n' "$out" | python3 -c '
import json, sys
rows = json.load(sys.stdin)
first = rows[0]
assert first["id"] == "LSN-20260104-DDDD" and first["type"] == "lesson", first
assert 0 < first["likeness"] <= 1 and [r["likeness"] for r in rows] == sorted((r["likeness"] for r in rows), reverse=True)
assert first["why"][0] == {"field": "lesson", "words": "ディスク容量"}, first["why"]' && pass 'as JSON' || fail 'as JSON'
fmrec similar AAAA >"$T/one"
fmrec similar AAAA >"$T/two"
same 'the same answer each time' "$T/one" "$T/two"

# A broken record stops nothing
printf 'id: [\n' >records/incident/2026/INC-20260107-GGGG.yaml
ok 'with a broken record' fmrec similar 容量
printf 'id: LSN-20260108-HHHH\nform: 1\ntitle: "\033[31m容量 \\e[0m"\n' >records/lesson/2026/LSN-20260108-HHHH.yaml
printf 'id: LSN-20260108-JJJJ\nform: 1\ntitle: "\\e[31m容量"\n' >records/lesson/2026/LSN-20260108-JJJJ.yaml
ok 'with control characters in a record' fmrec similar 容量
unlike 'none is printed' "$out" "$(printf '\033')"

# The hint behind new
rm records/incident/2026/INC-20260107-GGGG.yaml records/lesson/2026/LSN-20260108-*.yaml
printf '' | on_terminal fmrec new incident -m 'バッチがディスク容量不足で止まった' >"$T/terminal" 2>&1
like 'new names what is alike' "$(cat "$T/terminal")" '^similar: INC-20260101-AAAA .*\(.*ディスク容量不足.*\)'
is 'in at most three lines' "$([ "$(grep -c '^similar:' "$T/terminal")" -le 3 ] && echo yes)" yes
run fmrec new incident -m 'バッチがディスク容量不足で止まった。また'
unlike 'but tells no program' "$out$err" 'similar:'

done_testing
