. "$(dirname "$0")/lib.sh"

# Workflow as data: what is shipped, shown and changed (F-32, F-33, F-35, F-130 to F-150).

repository

# Each line of the input: requirement, type, state, transition, next state, who signs.
has_rows() {
	lacking=
	while read -r requirement type row; do
		[ -r "$T/$type.rows" ] || fmrec schema show "$type" --workflow | tr -s ' ' >"$T/$type.rows"
		grep -qxF "$row" "$T/$type.rows" || lacking="$lacking$requirement: $type has no row '$row'
"
	done
	is 'every transition that the requirements name' "$lacking" ''
}

has_rows <<'END'
F-130 incident draft record recorded operations, development, manager
F-131 incident recorded receive received operations, manager
F-132 incident received judge judged manager
F-133 incident judged approve plan-approved manager, cio, top
F-134 incident plan-approved recover recovered operations, development
F-135 incident recovered review result-reviewed manager, operations, development
F-136 incident result-reviewed close closed manager
F-137 incident closed approve-report report-approved manager
F-138 incident judged recover recovered operations, development
F-138 incident recovered approve recovered manager, cio, top
F-138 incident result-reviewed approve result-reviewed manager, cio, top
F-138 incident judged await waiting manager
F-138 incident waiting resume judged manager
F-139 incident any state void void manager
F-139 incident closed reopen reopened manager
F-139 incident reopened judge judged manager
F-140 prevention draft approve approved manager
F-141 prevention approved deploy deployed operations, development
F-141 prevention deployed finish done operations, development
F-142 prevention done verify verified manager
F-143 improvement proposed approve approved planning
F-144 improvement approved start in-progress operations, development, manager, planning
F-144 improvement in-progress finish done operations, development, manager, planning
F-144 improvement done check-effect effect-checked planning
F-145 policy draft enact in-force top + cio
F-145 policy in-force review reviewed top, cio
F-145 policy reviewed supersede superseded top, cio
F-146 objective draft adopt set planning
F-146 objective set enact in-force planning
F-146 objective in-force evaluate evaluated cio
F-147 evaluation draft evaluate evaluated cio
F-147 evaluation evaluated conclude concluded top
F-148 review draft confirm confirmed manager
F-149 nearmiss reported analyse analysed operations, development, manager, planning
F-149 nearmiss analysed share shared operations, development, manager, planning
F-149 whywhy draft agree agreed manager
F-149 lesson draft publish published planning
F-150 org draft enact in-force cio + planning + manager
END

# ... and none is hidden by a command of the same name
sed -n 's/^FMR_COMMAND(\(.*\))/\1/p' "$top/src/cmd/commands.def" | tr _ - | sort >"$T/commands"
sed -n '/^  transitions:/,/^  [a-z]*:/s/^    - name: //p' "$top"/schema/types/*.yaml | sort -u >"$T/transitions"
isnt 'there are transitions to compare' "$(wc -l <"$T/transitions")" 0
is 'no transition is called like a command' "$(comm -12 "$T/commands" "$T/transitions")" ''

# ---- the shape of what is shown

# part TYPE STATE TRANSITION: what is told of it
part() {
	fmrec schema show "$1" --workflow | awk -v state="^$2 " -v row="^  $3( |$)" '
		$0 ~ state && !/  / { here = 1; next }
		here && /^$/ { exit }
		here && /^  [a-z]/ { show = $0 ~ row }
		here && show { print }'
}
part incident recovered review >"$T/review"
like 'F-135: the reviewer did not do the work' "$(cat "$T/review")" \
	"not by +who signed 'recover', who stands in 'plan.implementer'"
like 'F-55: the signature fills the box' "$(cat "$T/review")" 'fills +result.reviewed_by$'
like 'the cause is asked for' "$(cat "$T/review")" 'needs +result.cause$'
part incident judged recover >"$T/recover"
like 'F-138: without an approved plan only urgent work' "$(cat "$T/recover")" 'only for +urgent$'
part incident result-reviewed close >"$T/close"
like 'F-138: the plan is approved before the incident is closed' "$(cat "$T/close")" 'after +approve$'
part incident closed approve-report >"$T/report"
like 'F-137: the report is approved as a whole' "$(cat "$T/report")" 'covers +everything, and what is attached$'
part incident judged approve >"$T/approve"
like 'F-50: the role that the form names' "$(cat "$T/approve")" "the one that 'plan.approved_by.role' names"
like 'F-139: a reason' "$(part incident closed reopen)" 'note +the signer gives a reason'
like 'F-140: the author does not approve' "$(part prevention draft approve)" 'not by +who wrote it'
is 'F-145: two signatures, of different fields' "$(part policy draft enact | grep -E 'signed by|covers' | tr -s ' ')" \
	' signed by Top management (top)
 covers title, org, from, principle, business_part, clauses
 signed by CIO (cio)
 covers title, org, from, principle, system_part, clauses'
run env LC_ALL=ja_JP.UTF-8 fmrec schema show incident -w
like 'in Japanese' "$out" '^judged 判断済$'
like 'roles, too' "$out" '情報システム管理責任者 \(manager\)'

# What is written down later than it was approved must not undo the approval.
for field in timeline notified note attachments precursors same_cause; do
	unlike "an incident grows: $field" "$(fmrec schema show incident --workflow | grep -E 'covers')" "(^|[ ,])$field(,|$)"
done
unlike 'F-145: the last day of a policy is written at its end' "$(part policy draft enact | grep covers)" '[ ,]to(,|$)'
unlike 'figures on the way to an objective' "$(part objective draft adopt | grep covers)" 'progress'

# ---- pictures

run fmrec schema show incident --workflow --format dot
like 'dot' "$out" '"judged" -> "waiting" \[label="await \(manager\)'
like 'what does not leave a state stands in its box' "$out" '"recovered" \[label="recovered\\nRecovered\\napprove \(manager,'
run fmrec schema show incident --workflow --format svg
like 'svg' "$out" '<title id="trace-title">Incident</title>'
ok 'svg is XML' sh -c 'fmrec schema show incident -w --format svg | python3 -c "import sys, xml.dom.minidom as m; m.parse(sys.stdin)"'
ok 'mermaid' fmrec schema show objective --workflow --format mermaid
exit_is 'no other format' 129 fmrec schema show incident --workflow --format yaml
exit_is 'only of a type' 129 fmrec schema check --workflow

# ---- no transition is a command of its own

fmrec schema list --format csv | cut -d, -f1 | sed 1d >"$T/types"
while read -r type; do sed -n '/^  transitions:$/,/^  [a-z]/s/^    - name: //p' ".fmrec/schema/$type.yaml"; done <"$T/types" | sort -u >"$T/verbs"
sed -n 's/^FMR_COMMAND(\(.*\))$/\1/p' "$top/src/cmd/commands.def" | tr _ - | sort -u >"$T/commands"
is 'no verb hides behind a command' "$(comm -12 "$T/verbs" "$T/commands")" ''

# ---- an organisation has its own way

# F-32: a further role, which receives incidents; F-33: objectives are approved by the risk department.
sed -i 's/^roles:$/roles:\n  - code: risk\n    label: {en: Risk department, ja: リスク管理部門}/' .fmrec/config.yaml
sed -i '/- name: adopt/,/- name: enact/s/by: \[planning\]/by: [risk]/' .fmrec/schema/objective.yaml
ok 'F-33: the risk department approves objectives' fmrec schema check objective
like 'which is shown' "$(part objective draft adopt)" 'signed by +Risk department \(risk\)'
# F-35: divisions agree to their objectives: a signature of their own, and another state
python3 - <<'END'
path = '.fmrec/schema/objective.yaml'
text = open(path).read()
text = text.replace('''    - name: in-force
''', '''    - name: agreed
      label: {en: Agreed, ja: 合意済}
      help: {en: The division agrees., ja: 事業部門と合意した。}
      after: set
    - name: in-force
''', 1)
text = text.replace('''    - name: enact
''', '''    - name: agree
      label: {en: Agree, ja: 合意}
      help: {en: The division agrees (すり合わせ)., ja: 事業部門とすり合わせた。}
      from: set
      to: agreed
      by: [risk, manager]
      votes: 2
      meaning: agreed
      declares: {en: We agree to this objective., ja: この目標に合意する。}
      covers: [title, target, negotiation]
      requires: [negotiation]
      not-by: ['signer:adopt']
    - name: enact
''', 1).replace('from: set\n      to: in-force', 'from: agreed\n      to: in-force')
open(path, 'w').write(text)
END
ok 'F-35: a state and a transition are added' fmrec schema check objective
like 'with two persons' "$(part objective set agree)" 'signed by +Risk department \(risk\), Manager responsible \(manager\) \(2 persons\)'
like 'and a field that is needed' "$(part objective set agree)" 'needs +negotiation$'
git add -A && git commit -qm 'own workflow'
ok 'the records are still good' fmrec validate
# ... but not any way
sed -i 's/by: \[risk\]/by: [risks]/' .fmrec/schema/objective.yaml
exit_is 'a role that nobody can have' 1 fmrec schema check objective
like 'has its place' "$out" "^\.fmrec/schema/objective\.yaml:[0-9]+:[0-9]+: error: .*the config has no role: 'risks'"
git checkout -q .fmrec

# No transition, no approval.
python3 - <<'END'
import re
path = '.fmrec/schema/lesson.yaml'
text = open(path).read()
open(path, 'w').write(re.sub(r'\n  transitions:\n(    .*\n)+', '\n', text))
END
ok 'a type without transitions' fmrec schema check lesson
run fmrec schema show lesson --workflow
like 'says what that means' "$out" 'nothing can be approved'

done_testing
