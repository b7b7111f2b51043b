# fmrec new plan: the shipped scaffold of a continuity plan (issue 5 A; C-155 to C-159)
. "$(dirname "$0")/lib.sh"
repository
sed -i 's/^language: .*/language: ja/' .fmrec/config.yaml
git diff --quiet || git commit -qam 'Japanese'
ok 'the shipped scaffold is good' fmrec schema check plan
ok 'and all that belongs to it' fmrec schema check
fmrec -q new system -s name=受注管理システム >/dev/null
fmrec -q new system -s name=全社LAN >/dev/null
before=$(git rev-list --count HEAD)
LANG=ja_JP.UTF-8 run fmrec new plan -m 例示商事情報システム運用継続計画
is 'made' "$code" 0
is 'in one commit' "$(git rev-list --count HEAD)" $((before + 1))
printf '%s\n' "$out" | grep '^[1-9]\.' >"$T/steps"
is 'C-18: nine steps' "$(wc -l <"$T/steps" | tr -d ' ')" 9
is 'C-155 to C-159: with their requirements, in order' "$(sed 's/.*\[//; s/\]//' "$T/steps" | paste -sd ' ' -)" \
	'C-155 C-155 C-156 C-156 C-157 C-158 C-159 C-159 C-159'
like 'what is to be decided' "$out" '^    要決定: 策定の主旨'
ok 'all of it is valid at once' fmrec validate

count() { ls records/"$1" 2>/dev/null | wc -l | tr -d ' '; }
is 'C-36: two events' "$(count crisis)" 2
is 'C-45: damage of each' "$(count damage)" 2
is 'C-70: components of each system' "$(count component)" 2
is 'C-91: vulnerabilities of each system' "$(count vuln)" 2
is 'C-105: a first step of each system' "$(count step)" 2
is 'C-75, C-76: level tables' "$(count levels)" 9
is 'C-115 to C-120: an organisation' "$(count erorg)" 1
is 'C-125: four procedures of each event, the media of a stop, security' "$(count procedure)" 10
is 'C-127: the security of an emergency' "$(grep -l '^kind: security' records/procedure/*.yaml | wc -l | tr -d ' ')" 1
is 'C-133, C-135: the drills to be held first' "$(sed -n 's/^    drill: //p' $(find records/trainplan -name '*.yaml') | paste -sd ' ' -)" \
	'read-through recovery'
is 'C-124: a flow of each event' "$(count flow)" 2
is 'C-130, C-146: training and maintenance' "$(count trainplan) $(count maintplan)" '1 1'

quake=$(grep -l '^event: earthquake' records/damage/*.yaml) stop=$(grep -l '^event: unexpected-stop' records/damage/*.yaml)
is 'C-45: all units of an earthquake' "$(sed -n '/^units:/,/^[^ ]/s/^  \([a-z]*\):$/\1/p' "$quake" | paste -sd ' ' -)" \
	'location transport power water telephone network equipment data'
is 'C-48: fewer of an unexpected stop' "$(sed -n '/^units:/,/^[^ ]/s/^  \([a-z]*\):$/\1/p' "$stop" | paste -sd ' ' -)" \
	'telephone network equipment data'
is 'C-201 to C-225: the appendix table is asked for, row by row' "$(cat records/checklist/*.yaml | grep -c '^# 要決定: 別表1')" 25
is 'C-110: what nobody answered is not there' "$(cat records/checklist/*.yaml | grep -c '^rows:\|^stop_rows:')" 0
is 'C-111: the three rows' "$(cat records/checklist/*.yaml | grep -c '^# 要決定: 表2.7-1')" 3
is 'C-91 to C-102: twelve questions' "$(sed -n '/^# 要決定/p' "$(ls records/vuln/*.yaml | head -1)" | wc -l | tr -d ' ')" 12
is 'C-146: thirteen questions in the yearly inspection' \
	"$(sed -n '/trigger: periodic/,/trigger: experience/p' records/maintplan/*.yaml | grep -c '^      - ')" 13
plan=$(ls records/plan/*.yaml)
is 'C-16: the references of the plan' "$(sed -n '/^references:/,/^[^ ]/p' "$plan" | grep -c 'REF-')" "$(count refdoc)"
is 'C-18: the state of each step' "$(sed -n '/^making:/,/^running:/p' "$plan" | grep -c 'state: not-started')" 9
like 'what was given goes first' "$(cat "$plan")" '^title: 例示商事情報システム運用継続計画$'
run fmrec grep 要決定 --format json
ok 'what is open is found' test "$(fmrec grep 要決定 | grep -c 要決定)" -gt 100

# what is filled in is decided
plan_id=$(basename "$plan" .yaml)
before=$(fmrec grep 要決定 | grep -c 要決定)
ok 'set' fmrec -q set "$plan_id" purpose=早期に復旧させる
ok 'set, inside a group' fmrec -q set "$plan_id" 'team.chief={name: 山本 四郎}'
ok 'link' fmrec -q link "$plan_id" systems "$(basename "$(grep -l 受注管理 records/system/*.yaml)" .yaml)"
is 'takes the comment away' "$(fmrec grep 要決定 | grep -c 要決定)" $((before - 3))
unlike 'with its place' "$(cat "$plan")" '^# (purpose|systems):'
like 'other questions stay' "$(cat "$plan")" '^# 要決定: 運用を継続する責任者'
like 'with theirs' "$(cat "$plan")" '^team:'

# only the systems that the plan names
system=$(basename "$(grep -l 受注管理 records/system/*.yaml)" .yaml)
run fmrec --format json new plan -m 小さな計画 -s "systems+=$system"
is 'the systems of the plan' "$(printf '%s' "$out" | python3 -c '
import json, sys
print(sum(r["type"] == "component" for r in json.load(sys.stdin)["records"]))')" 1
ok 'still valid' fmrec validate
run fmrec -q new plan -m Alone --alone
is 'alone' "$(git show --name-only --format= HEAD)" "records/plan/$out.yaml"

# on a terminal it asks what a plan asks for first, and then makes the rest
printf '聞かれた計画\n\n\n\n\n' >"$T/answers"
before=$(git rev-list --count HEAD)
FMREC_PROMPT=1 on_terminal fmrec new plan <"$T/answers" >"$T/asked"
is 'asked, and made' "$(git rev-list --count HEAD)" $((before + 1))
asked=$(git show --name-only --format= HEAD | grep records/plan/)
like 'with the answer' "$(cat "$asked")" '^title: 聞かれた計画$'
ok 'the whole set' test "$(git show --name-only --format= HEAD | wc -l)" -gt 30

# in English
sed -i 's/^language: .*/language: en/' .fmrec/config.yaml
git commit -qam 'English'
ok 'in English' fmrec new plan
like 'titles' "$(cat records/plan/*.yaml)" '^title: Continuity plan of information systems$'
ok 'and valid' fmrec validate

done_testing
