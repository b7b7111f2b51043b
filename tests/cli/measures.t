# What a plan does beforehand: components and their levels, vulnerabilities, measures and their steps, and the check
# list of what comes first (C-08 to C-11, C-70 to C-114, C-158, C-159, C-161, C-201 to C-225, X-03).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/workflow-lib.sh"
people boss resp staff
repository
put_examples
git add -A && git commit -qm examples
component=CPN-4K7R levels=LVL-H3WD vuln=VUL-9T2M measure=PRM-6B1X step=STP-D5S1 checklist=CHK-Q8E1

cast boss:manager resp:continuity-responsible staff:continuity-staff

rows() { # CATALOGUE REQUIREMENT: how many of its entries come from it
	grep -c "requirement: .*$2" ".fmrec/catalogue/$1.yaml"
}

# ---- catalogues

is 'C-201 to C-225: appendix table 1' "$(rows countermeasures 'C-2[0-2][0-9]')" 25
is 'C-111: table 2.7-1' "$(rows stop_measures C-111)" 3
is 'C-91 to C-102: the twelve vulnerabilities' "$(rows vulnerabilities 'C-\(9[1-9]\|10[0-2]\)')" 12
is 'C-70: eight categories' "$(rows component_categories C-70)" 8
is 'C-76: four levels and two' "$(grep -c 'policy: backup-site, level' .fmrec/catalogue/level_sets.yaml)+$(
	grep -c 'policy: data-centre, level' .fmrec/catalogue/level_sets.yaml)" 4+2
answers=$(sed -n "/^  answers:/,/^  findings:/s/^      \([a-z_]*\):$/\1/p" .fmrec/schema/vuln.yaml | sort)
is 'C-90: the answers are those of the catalogue' "$answers" "$(sed -n '/^entries:/,$s/^  - code: //p' .fmrec/catalogue/vulnerabilities.yaml | sort)"

# ---- components

edited '/^vendor:/,/^emergency:/{/^emergency:/!d;}' "records/component/$component.yaml"
refused resp confirm "$component"
like 'C-70: each category is there' "$err" "vendor|Continuity ability"
fmrec -q set "$component" 'vendor={none: 自組織で保守している}' >/dev/null
refused staff confirm "$component"
like 'C-158: the responsible person signs' "$err" 'continuity-responsible|Responsible'
signs resp confirm "$component"
state_is "C-70: or there is none, with the reason" listed "$component"
restored
edited 's/^  department: 総務部/  none: 別の部局が持つ/' "records/component/$component.yaml"
refused resp confirm "$component"
like 'C-70: not both' "$err" 'facility\.sites|Sites'
restored
edited '/^  recovery_data:/d' "records/component/$component.yaml"
refused resp confirm "$component"
like 'C-74: what only an emergency needs' "$err" 'emergency\.recovery_data|Data for recovery'
restored
signs resp confirm "$component"
signs staff assess "$component"
state_is 'C-85, C-159: staff find the present levels' assessed "$component"
git tag -f before >/dev/null
fmrec -q set "$component" current.0.level=2 >/dev/null
state_is 'C-85: a new level leaves the listing as it was signed' listed "$component"
fmrec -q set "$component" 'coordination.0.solved_on=2026-12-20' 'open_points.0.answer=被災しない。' 'open_points.0.answered_on=2026-12-01' >/dev/null
state_is 'C-72, C-79: what is followed up undoes nothing' listed "$component"
restored
exit_is 'C-75: levels are whole numbers' 1 fmrec set "$component" current.0.level=high
exit_is 'C-79: nothing is solved before it is raised' 1 fmrec set "$component" coordination.0.solved_on=2026-01-01
is 'C-85: the lowest level of a system is found' "$(fmrec show "$component" --format json | python3 -c 'import json, sys
record = json.load(sys.stdin); record = record[0] if isinstance(record, list) else record
print(min(row["level"] for row in record["current"] if row["category"] == "hardware"))')" 1

# ---- target levels

edited '/ranks:/d' "records/levels/$levels.yaml"
refused resp adopt "$levels"
like 'C-75: some rank needs a level' "$err" 'table|Levels'
restored
signs resp adopt "$levels"
state_is 'C-158: the targets are set' set "$levels"
like 'C-75: several ranks share a level' "$(fmrec show "$levels" --format yaml | tr -d '\n')" 'ranks: *(\[A, B\]|- A *- B)'
stop=$(fmrec -q new levels -m 'ネットワーク（予期せぬシステム停止）' -s plan=PLN-T7C2 -s category=ネットワーク -s policy=any \
	-s standard='政府機関統一基準群' -s grounds='基準が対策を定めている。')
signs resp adopt "$stop"
state_is 'C-80: or a standard takes their place' set "$stop"
exit_is 'C-75: ranks are those of the catalogue' 1 fmrec set "$levels" table.0.ranks+=Z
like 'C-18: who was judged by the table is found' "$(fmrec trace "$levels")" "$component"

# ---- vulnerabilities

edited '/^  one_person:/d' "records/vuln/$vuln.yaml"
refused staff assess "$vuln"
like 'C-90: all twelve are answered' "$err" 'one_person|Dependence'
restored
edited 's/answer: present, text: 休日[^}]*}/answer: present}/' "records/vuln/$vuln.yaml"
refused staff assess "$vuln"
like 'C-94: yes, where' "$err" 'off_hours_unclear\.text|State or reason'
restored
edited '/^      - {name: /s/, backed_up_every: 24//' "records/vuln/$vuln.yaml"
refused staff assess "$vuln"
like 'C-97: no, by the intervals' "$err" 'backed_up_every|Backed up every'
restored
edited '/^  restore_untested:/s/{.*}/{answer: absent}/' "records/vuln/$vuln.yaml"
refused staff assess "$vuln"
like 'C-100: no, by a drill' "$err" 'restore_untested\.drill|Recovery drill'
restored
like 'C-100: the drill shows what it proved' "$(fmrec trace DRL-20261031-6FVB)" "$vuln"
exit_is 'C-90: yes, no, n.a., and nothing else' 1 fmrec set "$vuln" answers.one_person.answer=maybe
fmrec -q set "$vuln" answers.one_person.answer=いいえ >/dev/null
is 'C-90: as people say it' "$(fmrec list 'type:vuln answers.one_person.answer:absent' --format ids)" "$vuln"
signs staff assess "$vuln"
state_is 'C-90: assessed' assessed "$vuln"
is 'C-87: by the category it lies in' "$(fmrec list 'type:vuln findings.category:hardware' --format ids)" "$vuln"

# ---- measures

like 'C-10: what solves a vulnerability is found' "$(fmrec trace "$vuln")" "$measure"
like 'X-03: the improvement shows what realises it' "$(fmrec trace IMP-20261201-9FZK)" "$measure"
refused staff budget "$measure"
like 'C-161: the responsible person signs' "$err" 'continuity-responsible|Responsible'
edited '/^cost:/,/^procurement:/{/^procurement:/!d;}' "records/premeasure/$measure.yaml"
refused resp budget "$measure"
like 'C-108: what it costs, or why nothing' "$err" 'cost|Cost'
fmrec -q set "$measure" no_cost=規程の改訂だけで済む >/dev/null
signs resp budget "$measure"
state_is 'C-108: nothing, with the reason' budgeted "$measure"
restored
signs resp budget "$measure"
state_is 'C-161: budgeted' budgeted "$measure"
as staff fmrec -q log-entry "$measure" '仕様書を公示した' >/dev/null
state_is 'C-114: progress undoes nothing' budgeted "$measure"
is 'C-108: by fiscal year' "$(fmrec list 'type:premeasure cost.fiscal_year:2027' --format ids)" "$measure"
refused resp finish "$measure"
like 'C-161: done on a day, with evidence' "$err" 'done_on|Done on'
fmrec -q set "$measure" done_on=2027-09-20 evidence=検収書 >/dev/null
signs resp finish "$measure"
state_is 'C-161: done' done "$measure"
refused resp check "$measure"
like 'C-161: checked, with the result' "$err" 'check|Check'
exit_is 'no check before it is done' 1 fmrec set "$measure" 'check={date: 2027-01-01, result: effective, text: 確認}'
fmrec -q set "$measure" 'check={date: 2027-10-05, result: 有効, text: 復元を試した。}' >/dev/null
signs resp check "$measure"
state_is 'C-161: checked' checked "$measure"
other=$(fmrec -q new premeasure -m '無線LANの整備' -s plan=PLN-T7C2 -s common=true -s 'countermeasures=[無線LANの活用]' 2>/dev/null ||
	fmrec -q new premeasure -m '無線LANの整備' -s plan=PLN-T7C2 -s common=true -s 'countermeasures=[wireless-lan]')
refused resp drop "$other"
like 'C-106: given up for a reason' "$err" 'reason'
is 'C-107: common measures' "$(fmrec list 'type:premeasure common:true' --format ids)" "$other"

# ---- steps

edited '/^targets:/,$d' "records/step/$step.yaml"
refused resp adopt "$step"
like 'C-105: the last step reaches levels' "$err" 'targets|Levels reached'
restored
edited '/^residual_risk:/d' "records/step/$step.yaml"
refused resp adopt "$step"
like 'C-106: residual risk' "$err" 'residual_risk|Residual risk'
restored
edited '/^solved:/,/^residual_risk:/{/^residual_risk:/!d;}' "records/step/$step.yaml"
refused resp adopt "$step"
like 'C-106: effect' "$err" 'solved|Effect'
restored
signs resp adopt "$step"
state_is 'C-105: adopted' adopted "$step"
fmrec -q set "$step" reached_on=2027-09-30 outcome='費用は概算の範囲内。' >/dev/null
signs resp reach "$step"
state_is 'C-114: what came of it' reached "$step"
exit_is 'C-105: steps count from 1' 1 fmrec set "$step" number=0

# ---- what comes first

is 'C-110: every row of the table is answered in the example' \
	"$(sed -n 's/.*{countermeasure: \([a-z-]*\),.*/\1/p' "records/checklist/$checklist.yaml" | sort)" \
	"$(sed -n 's/^  - code: //p' .fmrec/catalogue/countermeasures.yaml | sort)"
edited '/wireless-lan/s/, reason: [^}]*}/}/' "records/checklist/$checklist.yaml"
refused resp answer "$checklist"
like 'C-110: not needed, because' "$err" 'reason|Reason'
restored
edited '/hard-to-procure/s/, premeasures: [^]]*]}/}/' "records/checklist/$checklist.yaml"
refused resp answer "$checklist"
like 'C-110: planned, by a measure or a day' "$err" 'rows|Measures'
restored
signs resp answer "$checklist"
state_is 'C-110: answered' answered "$checklist"
like 'C-110: the measure shows its rows' "$(fmrec trace "$measure")" "$checklist"
exit_is 'C-110: rows are those of the catalogue' 1 fmrec set "$checklist" rows.0.countermeasure=magic
event=$(fmrec -q new crisis -m 予期せぬシステム停止 -s plan=PLN-T7C2 -s event=unexpected-stop)
stop=$(fmrec -q new checklist -m '予期せぬシステム停止の優先対策' -s plan=PLN-T7C2 -s crisis="$event" -s checked_on=2026-11-10 \
	-s 'stop_rows=[{countermeasure: vendor-contract, state: planned, premeasures: [PRM-6B1X]}, {countermeasure: organisation, state: planned, date: 2026-12-25}, {countermeasure: procedures, state: planned, date: 2027-01-31}]')
signs resp answer "$stop"
state_is 'C-111: three rows for the unexpected stop' answered "$stop"
exit_is 'what was signed is proved' 0 fmrec audit

done_testing
