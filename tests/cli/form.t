# The printed form (F-40 to F-58).
. "$(dirname "$0")/lib.sh"
repository
put_examples
git add -A && git commit -qm examples
id=INC-20261121-7KQ2
export LANG=ja_JP.UTF-8

# No line sticks out of its box, whatever the script: every line of a page but its head is 80 columns wide.
widths() {
	python3 -c '
import sys, unicodedata
wrong = 0
for page in sys.stdin.read().split("\f"):
    for line in page.split("\n")[2:]:
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        wrong += bool(line) and width != 80
print(wrong)'
}
order() { # the numbers of the lines that hold these words
	for word; do printf '%s\n' "$out" | grep -n -- "$word" | head -n 1 | cut -d: -f1; done
}

exit_is 'the form of a record' 0 fmrec form "$id"
is 'F-40: its title, exactly' "$(printf '%s\n' "$out" | sed 1q)" '障害等の発生に関する報告・申請書'
blocks=$(order '^│ 障害等の詳細  *│$' '^│ 障害等への対処方針  *│$' '^│ 障害等への対処結果  *│$')
is 'F-40: three blocks' "$(printf '%s\n' "$blocks" | grep -c .)" 3
is 'F-40: in this order' "$blocks" "$(printf '%s\n' "$blocks" | sort -n)"
is 'F-40: on one page' "$(printf '%s' "$out" | tr -cd '\f' | wc -c | tr -d ' ')" 0
details=$(order 受理者確認 障害等管理番号 システム名 発見日 発見者 '│ 対象' '│ 状況' 通知先 応急措置 承認権限者承認 対処実施者 対処区分 \
	方針の詳細 審査者確認 '│ 原因' 対処の詳細)
is 'F-41 to F-57: all fields' "$(printf '%s\n' "$details" | grep -c .)" 16
is 'in the order of the paper' "$details" "$(printf '%s\n' "$details" | sort -n)"
like 'F-42: the number stands at the head' "$(printf '%s\n' "$out" | sed -n 2p)" "^ +$id  1/1$"
like 'F-52: three boxes, one ticked' "$out" '│ 対処区分 +│ ☑ 緊急   ☐ 通常   ☐ 再現待ち +│'
like 'F-44: day and time' "$out" '│ 発見日 +│ 2026-11-21 03:12 \+09:00 '
like 'F-48: who was told, by labels' "$out" '1\. 氏名 佐藤 花子  所属 情報システム部'
is 'full-width letters fit into the boxes' "$(printf '%s\n' "$out" | widths)" 0
ok 'as it was' fmrec form --at HEAD "$id"
ok 'by a part of its number' fmrec form 7kq2
LANG=C.UTF-8 run fmrec form "$id"
like 'in English' "$out" '│ Class +│ ☑ Urgent   ☐ Normal   ☐ Awaiting reproduction +│'
is 'English fits, too' "$(printf '%s\n' "$out" | widths)" 0

# F-41, F-50, F-55: what is signed is filled from signatures, never from the text
LANG=C.UTF-8 run fmrec form "$id"
like 'the box stays empty although the text names somebody' "$out" '│ Received by +│ Name __________  Department __________'
unlike 'nobody is printed who did not sign' "$out" '内線 2001'
. "$LIB_DIR/trust-lib.sh"
people sato tanaka
signs() { as "$1" fmrec "$2" "$id" --yes --content "$(as "$1" fmrec "$2" "$id" -n -q)" >/dev/null; }
as sato fmrec -q trust init --id p-sato --name '佐藤 花子' --role operations >/dev/null
as sato fmrec -q trust add-person p-tanaka --name '田中 一郎' --department 運用部 --contact '内線 2210' --email tanaka@example.com >/dev/null
as sato fmrec -q trust add-key p-tanaka "$T/keys/tanaka.pub" >/dev/null
as sato fmrec -q trust grant p-tanaka manager >/dev/null
signs sato record
signs tanaka receive
run fmrec form "$id"
like 'F-41: name, department, role and date of who signed' "$out" '│ 受理者確認 +│ 氏名 田中 一郎  所属 運用部  役割 情報システム管理責任者 +│'
like 'and how to reach them' "$out" '日付 2026-11-21  連絡先 内線 2210'
is 'the boxes are whole' "$(printf '%s\n' "$out" | widths)" 0
run fmrec form --at HEAD~1 "$id"
unlike 'not before it was signed' "$out" '受理者確認.*田中'
sed -i 's/^target: .*/target: 全部/' "records/incident/2026/$id.yaml" && git commit -qam 'change it'
run fmrec form "$id"
unlike 'nor after it was changed' "$out" '受理者確認.*田中'
like 'then the box is empty again' "$out" '│ 受理者確認 +│ 氏名 __________'

# A long one goes on on the next page
python3 - "records/incident/2026/$id.yaml" <<'END'
import re, sys
path = sys.argv[1]
text = open(path, encoding="utf-8").read()
long = "situation: |\n" + "".join(f"  {i}行目。監視画面には応答なしと表示され、再起動しても変わらない。\n" for i in range(1, 151))
open(path, "w", encoding="utf-8").write(re.sub(r"(?ms)^situation:.*?(?=^\S)", long, text))
END
exit_is 'F-40: a long one is continued' 0 fmrec form "$id"
pages=$(($(printf '%s' "$out" | tr -cd '\f' | wc -c) + 1))
like 'over several pages' "$pages" '^[4-6]$'
is 'F-42: the number on each' "$(printf '%s\n' "$out" | grep -cE "^ +$id  [1-6]/$pages\$")" "$pages"
is 'no page is longer than paper' "$(printf '%s\n' "$out" | awk 'BEGIN { RS = "\f" } { n = gsub(/\n/, ""); if (n > 64) long++ } END { print long + 0 }')" 0
is 'every line is there' "$(printf '%s\n' "$out" | grep -c '行目。監視')" 150
is 'boxes are closed on each' "$(printf '%s\n' "$out" | widths)" 0
git checkout -q records

# Hostile text
fmrec -q set "$id" target="$(printf 'a\033[31mb\342\200\256c\td')" >/dev/null 2>&1
exit_is 'control characters of a record' 0 fmrec form "$id"
is 'are shown, not sent' "$(printf '%s' "$out" | tr -d '\f' | grep -c "$(printf '\033')")" 0
is 'nor are they wider than their box' "$(printf '%s\n' "$out" | widths)" 0

# F-58: a blank form
exit_is 'F-58: a blank form' 0 fmrec form --blank incident
like 'nothing is ticked' "$out" '☐ 緊急   ☐ 通常   ☐ 再現待ち'
like 'there is room for a name' "$out" '│ 発見者 +│ 氏名 __________  所属 __________'
like 'F-41: who receives it' "$out" '│ 受理者確認 +│ 氏名 _+  所属 _+  日付 _+ +│'
like 'F-50: who approves says in which role, before the name' "$out" '│ 承認権限者承認 +│ 役割 _+  氏名 _+  所属 _+ +│'
unlike 'it has no number' "$out" 'INC-'
is 'its boxes are whole' "$(printf '%s\n' "$out" | widths)" 0
for type in $(fmrec schema list --format json 2>/dev/null | grep -oE '"(type|name)":"[a-z]+"' | cut -d'"' -f4 | sort -u); do
	run fmrec form --blank "$type"
	is "a blank form of $type" "$code $(printf '%s\n' "$out" | widths)" '0 0'
done
for other in $(fmrec list --format ids); do
	run fmrec form "$other"
	is "the form of $other" "$code $(printf '%s\n' "$out" | widths)" '0 0'
done

# Bad input
LANG=C.UTF-8
exit_is 'no record' 129 fmrec form
exit_is 'an unknown record' 128 fmrec form INC-19990101-AAAA
exit_is 'an unknown type' 128 fmrec form --blank incidnet
like 'with a suggestion' "$err" "did you mean 'incident'"
exit_is 'a blank form of a record' 129 fmrec form --blank incident "$id"
printf 'id: [\n' >records/incident/2026/INC-20261121-BAD0.yaml
exit_is 'a record that cannot be read' 128 fmrec form INC-20261121-BAD0
like 'is named' "$err" "INC-20261121-BAD0.*cannot be read"

done_testing
