. "$(dirname "$0")/lib.sh"

# Which role does and signs what (F-30, F-39, F-100 to F-110).

repository

run fmrec raci --format csv
is 'F-39: the processes by the roles' "$(printf '%s\n' "$out" | cut -d, -f1,3-8 | sed 's/S//g')" \
	'process,top,cio,planning,manager,operations,development
policy,AR,AR,,,,
objectives,,,AR,,,
operation,,,,AR,R,
response,,,,A,R,
prevention,,,,A,R,C
check,,,,AR,,
improvement,,,A,R,R,R
monitoring,,AR,,,,
evaluation,AR,AR,,,,
organisation,,AR,AR,AR,,
effectiveness,,A,R,R,R,'
is 'F-39: roles with a part in none of them have no column' "$(printf '%s\n' "$out" | sed -n 1p)" \
	'process,phase,top,cio,planning,manager,operations,development,label'
is 'F-100 to F-110: eleven of them' "$(sed -n 's/^    requirement: \[\(.*\)\]/\1/p' .fmrec/catalogue/processes.yaml | paste -sd ' ' -)" \
	'F-100 F-101 F-102 F-103 F-104 F-105 F-106 F-107 F-108 F-109 F-110'
run fmrec raci
like 'for people' "$out" '^response +Do +S +S +AS +RS +S +Response to failures$'
like 'with what the letters mean' "$out" '^A answers for it'
like 'and the roles by their names' "$out" '^manager +Manager responsible$'
run env LANG=ja_JP.UTF-8 fmrec raci
like 'in Japanese' "$out" '^response +実行 +S +S +AS +RS +S +障害対応$'
like 'roles, too' "$out" '^manager +情報システム管理責任者$'
ok 'json' sh -c 'fmrec raci --format json | python3 -c "
import json, sys
rows = json.load(sys.stdin)
assert len(rows) == 11 and rows[3][\"manager\"] == \"AS\", rows[3]"'

# ---- one process

run fmrec raci prevention --format tsv
is 'F-104: what each role does, and signs' "$(printf '%s\n' "$out" | cut -f1-3)" "$(printf '%s\t%s\t%s\n' role share signs \
	manager AS 'approve-report, agree, approve, verify' operations RS 'deploy, finish' development CS 'deploy, finish')"
like 'in words' "$out" 'Approves the failure report and the preventions\.'
like 'for people' "$(fmrec raci prevention)" '^output: Approved preventions'
run fmrec raci --signatures response --format csv
like 'F-133: each step' "$out" '^response,incident,approve,judged,plan-approved,"manager, cio, top",Approve the plan$'
run fmrec raci -s --format csv
like 'F-145: of all processes' "$out" '^policy,policy,enact,draft,in-force,top \+ cio,'
exit_is 'no such process' 128 fmrec raci respnse
like 'the one that was meant' "$err" "did you mean 'response'"
exit_is 'one at a time' 129 fmrec raci response check

# ---- another share of the work

# F-32, F-33: a role of the organisation's own, which signs objectives
sed -i 's/^roles:$/roles:\n  - code: risk\n    label: {en: Risk department, ja: リスク管理部門}/' .fmrec/config.yaml
sed -i '/- name: adopt/,/- name: enact/s/by: \[planning\]/by: [risk]/' .fmrec/schema/objective.yaml
is 'F-33: a new role has its column, and signs' "$(fmrec raci --format csv | sed -n '1p;3p' | cut -d, -f3-6)" 'risk,top,cio,planning
S,,,ARS'
# the processes are data, too
sed -i 's/share: C$/share: RC/; /- code: monitoring/,/- code: evaluation/s/^        cio:/        auditor:/' \
	.fmrec/catalogue/processes.yaml
is 'F-32: the catalogue of the repository goes first' "$(fmrec raci --format csv | sed -n '6p' | cut -d, -f9)" 'RCS'
is 'a role that only it names comes last' "$(fmrec raci --format csv | sed -n '1p;9p' | cut -d, -f10)" 'auditor
AR'
rm .fmrec/schema/lesson.yaml
ok 'a type may be gone' fmrec raci improvement
sed -i 's/share: RC/share: X/' .fmrec/catalogue/processes.yaml
exit_is 'letters are checked' 128 fmrec raci
like 'with their place' "$err$out" '^\.fmrec/catalogue/processes\.yaml:[0-9]+:[0-9]+: error: '
rm .fmrec/catalogue/processes.yaml
is 'without a catalogue there is the shipped one' "$(fmrec raci --format csv | wc -l | tr -d ' ')" 12
cat >.fmrec/raci.yaml <<'END'
processes:
  - name: response
    label: {en: Response, ja: 対応}
    signs: [incident]
    roles: {manager: {share: RC}}
END
is 'a file of its own goes before both' "$(fmrec raci --format csv | sed -n '2p' | cut -d, -f1)" 'response'
sed -i 's/share: RC/share: X/' .fmrec/raci.yaml
exit_is 'and is checked' 128 fmrec raci
like 'with the place' "$err$out" '^\.fmrec/raci\.yaml:5:[0-9]+: error: '
printf '[' >.fmrec/raci.yaml
exit_is 'a file that is no YAML' 128 fmrec raci

done_testing
