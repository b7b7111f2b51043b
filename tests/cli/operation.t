# Operation and what is told of it: rules, operation reports, urgent reports, disseminations, meetings
# (F-10, F-12, F-13, F-17, F-19, F-102, F-107, F-119, F-124, F-161, F-174, F-179, F-183).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/workflow-lib.sh"
people ops boss plan chief
repository
put_examples
git add -A && git commit -qm examples
rule=RUL-5R7S report=OPR-20261123-W47A notice=NTC-20261121-5Q4C spread=DIS-20261201-K0CH meeting=MTG-20261127-C0M1

cast boss:manager ops:operations plan:planning chief:cio

# ---- a quiet week: period, state, summary

quiet=$(fmrec -q new opsreport -m '運用週報 11月第4週' -s 'period={from: 2026-11-16, to: 2026-11-21}' -s condition=良好 -s summary='特記事項なし。')
like 'F-10: a quiet week is one line' "$quiet" '^OPR-20261121-....$'
signs ops report "$quiet"
state_is 'F-102: operations report' reported "$quiet"
refused ops check "$quiet"
like 'F-102: the manager checks' "$err" 'manager'
signs boss check "$quiet"
state_is 'F-102: checked' checked "$quiet"
refused boss share "$quiet"
like 'F-10: shared means shared with somebody' "$err" 'shared_with|Shared with'
fmrec -q set "$quiet" 'shared_with=[{department: 開発部}]' >/dev/null
signs boss share "$quiet"
state_is 'F-10: shared' shared "$quiet"
signs chief monitor "$quiet"
state_is 'F-107: the CIO takes note, the state stays' shared "$quiet"
like 'F-161: who has seen it is on the report' "$(LANG=ja_JP.UTF-8 fmrec form "$quiet")" 'chief'

sheet=$(LANG=ja_JP.UTF-8 fmrec form "$report")
like 'F-161: the sheet names the system' "$sheet" 'システム SYS-0R12 受注管理システム'
like 'F-124: and the rule' "$sheet" 'ルール RUL-5R7S'
unlike 'no number beside the name of a person' "$(fmrec form "$meeting")" 'PSN-SATO'
like 'but where it stands alone' "$(fmrec form ORG-Z5P0)" 'PSN-SATO 佐藤 花子'

exit_is 'no period that runs backwards' 1 fmrec set "$quiet" period.to=2026-11-01
exit_is 'no state of another kind' 1 fmrec set "$quiet" condition=fine
exit_is 'F-118: availability is a share' 1 fmrec set "$report" operation.0.availability=120

# ---- rules and what is held against them

state_is 'F-17: a rule begins as a draft' draft "$rule"
signs boss enact "$rule"
state_is 'F-17: in force' in-force "$rule"
like 'F-124: observations are found from the rule' "$(fmrec trace "$rule")" "$report"
is 'F-179: fixed at development' "$(fmrec list 'type:rule fixed.phase:development' --format ids)" "$rule"
is 'F-124: thresholds that were reached or nearly' "$(fmrec list 'type:opsreport observations.crossed:caution' --format ids)" "$report"
severe=$(fmrec -q new rule -m '重大障害の報告' -s kind=severity -s 'tell=[{role: cio}]')
fmrec -q set "$severe" from=2026-12-01 >/dev/null
refused boss enact "$severe"
like 'F-17: a rule on severity names the severity' "$err" 'severity|Severity'
fmrec -q set "$severe" severity+=S1 >/dev/null
signs boss enact "$severe"
state_is 'F-17: then it is in force' in-force "$severe"
exit_is 'F-17: a threshold has a value' 1 fmrec set "$severe" threshold.comparison=at-least
exit_is 'F-17: nobody is told in negative time' 1 fmrec set "$rule" tell.0.within=-5
refused boss retire "$rule"
like 'a rule ends on a day' "$err" "'to'|In force to|to"

# ---- what needs action, with its measures

is 'F-10: items by the measures made for them' "$(fmrec list 'type:prevention ops_reports:*' --format ids 2>/dev/null)" PRV-20261125-M3XA
signs ops report "$report"
git tag before
sed -i '/measure: 受注データベースの索引/d' "records/opsreport/2026/$report.yaml" && git commit -qam 'an edit'
refused boss check "$report"
like 'F-10: what needs action has its measure' "$err" 'measure|Measure'
git reset -q --hard before
signs boss check "$report"
state_is 'F-10: checked' checked "$report"
due_is() { # DESCRIPTION DATE
	is "$1" "$(as boss fmrec pending --format jsonl | sed -n "s/.*\"id\":\"$report\".*\"due\":\"\([0-9-]*\)\".*/\1/p" | head -n 1)" "$2"
}
due_is 'the earliest of what is to be done is due' 2026-12-05
fmrec -q set "$report" items.0.done_on=2026-12-05 >/dev/null
due_is 'then the next one' 2027-01-31
state_is 'what is done later undoes nothing' checked "$report"

# ---- urgent reports and how executives respond

signs ops send "$notice"
state_is 'F-19: executives are told' sent "$notice"
fmrec -q log-entry "$notice" --at 2026-11-21T03:11 '復旧を確認した' >/dev/null
state_is 'F-19: later news undo nothing' sent "$notice"
refused ops answer "$notice"
like 'F-107: executives respond' "$err" 'cio|CIO'
signs chief answer "$notice"
state_is 'F-107: and it is on record' answered "$notice"
like 'F-107: the failure shows its urgent report' "$(fmrec trace INC-20261121-7KQ2)" "$notice"
git tag before -f >/dev/null
sed -i '/done_on: 2026-11-21/d' "records/notice/2026/$notice.yaml" && git commit -qam 'an edit'
refused boss close "$notice"
like 'F-107: closed when every instruction is done' "$err" 'done_on|Done on'
git reset -q --hard before
signs boss close "$notice"
state_is 'F-107: closed' closed "$notice"
exit_is 'F-188: no response before the report' 1 fmrec set "$notice" response.at=2026-11-21T03:00:00+09:00

# ---- disseminations: who has confirmed, and when

signs plan issue "$spread"
state_is 'F-13: issued' issued "$spread"
as ops fmrec -q log-entry "$spread" -k 対面 渡辺 六郎 >/dev/null
like 'F-13: whoever confirms is named, with the time' "$(fmrec show "$spread" --format yaml | tr -d '\n')" \
	'at: 2026-11-21T03:12:00\+09:00 +name: 渡辺 六郎 +means: in-person'
state_is 'F-13: confirmations undo nothing' issued "$spread"
like 'F-73: the failure shows that it was made known' "$(fmrec trace INC-20261121-7KQ2)" "$spread"
is 'F-119: numerator' "$(fmrec show "$spread" --format json | python3 -c 'import json, sys
record = json.load(sys.stdin); record = record[0] if isinstance(record, list) else record
print(sum(1 for one in record["confirmations"] if one["at"][:10] <= record["confirm_by"]), record["population"]["persons"])')" '4 64'
like 'F-85: the course and the model are on the sheet' "$(LANG=ja_JP.UTF-8 fmrec form "$spread")" '障害に至った経緯'
exit_is 'F-119: nobody is confirmed of no population' 1 fmrec set "$spread" population.persons=0
signs plan close "$spread"
state_is 'F-13: the result is signed' closed "$spread"
as ops fmrec -q log-entry "$spread" 中村 七子 >/dev/null
state_is 'F-13: who confirms late does not undo it' closed "$spread"
fmrec -q set "$spread" result.confirmed=64 >/dev/null
state_is 'F-119: a result that was changed is not the signed one' issued "$spread"
git reset -q --hard HEAD~1
policy=$(fmrec -q new dissemination -m '信頼性方針の周知' -s kind=policy -s 'subjects=[POL-20260401-6BQX]' -s text=確認してください。)
refused plan issue "$policy"
like 'F-37: to whom is needed before it is sent' "$err" 'population|Population'

# ---- meetings

signs boss confirm "$meeting"
state_is 'F-12: the minutes are confirmed' confirmed "$meeting"
signs boss close "$meeting"
state_is 'F-12: what was to be done is done' closed "$meeting"
is 'F-97: good examples by query' "$(fmrec list 'type:meeting agenda.kind:good-example' --format ids)" "$meeting"
is 'F-174: committees by their label' "$(fmrec list 'type:meeting kind:委員会' --format ids)" "$meeting"
like 'F-12: records show the meetings' "$(fmrec trace "$rule")" "$meeting"
other=$(fmrec -q new meeting -m '失敗分析会' -s kind=失敗分析会 -s 'attendees=[{name: 山本 四郎}]' -s summary=要旨)
like 'F-12: by label, held now' "$(fmrec show "$other" --format yaml | tr '\n' ' ')" 'kind: failure-analysis.*held_at: 2026-11-21T03:12'
fmrec -q set "$other" 'actions=[{text: 再現を試みる}]' >/dev/null
refused boss confirm "$other"
like 'F-12: an action has an owner' "$err" 'owner|Owner'
exit_is 'what was signed is proved' 0 fmrec audit

# ---- tables that were kept before, and what does not belong

printf 'no,title,condition\n47,運用週報 第47週,要注意\n48,運用週報 第48週,良好\n' >"$T/weeks.csv"
run fmrec import --type opsreport "$T/weeks.csv"
isnt 'a column that is no field is refused' "$code" 0
printf 'title,condition,imported.source,imported.key,imported.date\n運用週報 第47週,要注意,weeks,47,2026-11-20\n' >"$T/weeks.csv"
ok 'F-10: reports of another list come in' fmrec import --type opsreport "$T/weeks.csv"
ok 'and are valid' fmrec validate
exit_is 'F-19: a system is no subject of an urgent report' 1 fmrec set "$notice" subjects+=SYS-0R12
exit_is 'F-13: nor a person of a dissemination' 1 fmrec set "$spread" subjects+=PSN-SATO
exit_is 'F-12: no kind of meeting that the catalogue has not' 1 fmrec set "$meeting" kind=party
exit_is 'F-13: a confirmation has a name' 1 fmrec set "$spread" 'confirmations+={at: 2026-12-01}'
printf '  - code: party\n    label: {en: Party, ja: 懇親会}\n' >>.fmrec/catalogue/meeting_kinds.yaml
git add -A && git commit -qm 'a kind of our own'
ok 'F-12: but one that the organisation adds' fmrec set "$meeting" kind=懇親会

done_testing
