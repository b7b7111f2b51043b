# What a continuity plan rests on: its scope, team and editions, events and their damage, recovery times of systems and
# the businesses that use them, documents and waivers (C-01 to C-07, C-16 to C-67, C-155 to C-160, C-170 to C-172).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/workflow-lib.sh"
people boss chief resp staff
repository
put_examples
git add -A && git commit -qm examples
plan=PLN-T7C2 crisis=CRS-QK01 damage=DMG-H0NS system=SYS-0R12 business=BUS-J4CH document=REF-8BCP waiver=WVR-7S1T

cast boss:manager chief:continuity-chief resp:continuity-responsible staff:continuity-staff

codes() { # CATALOGUE REQUIREMENT: its entries that come from it, side by side
	python3 - ".fmrec/catalogue/$1.yaml" "$2" <<'END'
import re, sys
entries = open(sys.argv[1], encoding='utf-8').read().split('\n  - code: ')[1:]
print(*(e.split('\n')[0] for e in entries if re.search(r'requirement: \[.*\b%s\b' % sys.argv[2], e)))
END
}

# ---- catalogues

is 'C-20: what must be in the scope' "$(codes scope_parts C-20)" 'information lan authentication'
is 'C-18: nine steps' "$(sed -n 's/^      number: //p' .fmrec/catalogue/plan_steps.yaml | paste -sd ' ' -)" '1 2 3 4 5 6 7 8 9'
is 'C-18: six activities' "$(codes plan_activities C-18)" 'measures progress training feedback review response'
is 'C-36: the two events that are built in' "$(codes crisis_events C-36)" 'earthquake unexpected-stop'
is 'C-39: the cases of an unexpected stop' "$(codes crisis_cases C-39)" 'weekday-0900 saturday-2400 system-worst'
is 'C-45: eight units' "$(codes damage_units C-45)" 'location transport power water telephone network equipment data'
is 'C-47: needs of the staff' "$(codes damage_units C-47)" 'toilet sewer drinking-water food sleep'
is 'C-62: six ranks' "$(codes recovery_ranks C-62)" 'S A B C D E'
is 'C-18: the steps and activities are fields of the plan' "$(python3 - <<'END'
import re
type_file = open('.fmrec/schema/plan.yaml', encoding='utf-8').read()
def fields(name):
    block = re.search(r'\n  %s:\n(.*?)\n  [a-z]' % name, type_file, re.S).group(1)
    return re.findall(r'\n      ([a-z]+):\n', block)
def codes(name):
    return re.findall(r'\n  - code: (\S+)', open('.fmrec/catalogue/%s.yaml' % name, encoding='utf-8').read())
print(fields('making') == codes('plan_steps'), fields('running') == codes('plan_activities'))
END
)" 'True True'

# ---- the plan: what an edition needs

edited '/^  lan: /d' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-20: what is missing of the scope is named' "$err" 'scope\.lan|Backbone LAN'
restored
edited '/^  authentication: /s/: {.*/: {}/' "records/plan/$plan.yaml"
exit_is 'C-20: nothing is no part of it' 1 fmrec validate "$plan"
restored
edited 's/^reach: part/reach: whole/' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-30: a whole organisation has a secretariat' "$err" 'team\.secretariat|Secretariat'
restored
edited '/^  staff:/,/^  others:/{/^  others:/!d;}' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-25: somebody makes it' "$err" 'team\.staff|Staff'
restored
edited '/^      cooperation:/d' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-25: how one works with another department' "$err" 'cooperation|Cooperation'
restored
edited '/^holders:/,/^storage:/{/^storage:/!d;}' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-170: who has it' "$err" "holders|Holders"
restored
edited '/^measure_policy:/,/^listing:/{/^listing:/!d;}' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-77: the policy of measures' "$err" 'measure_policy|Policy of measures'
restored
edited 's/^  damage: {state: done.*/  damage: {state: put-off}/' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-18: a step is put off with a reason' "$err" 'making\.damage\.reason|Reason'
restored
edited '/^references:/d' "records/plan/$plan.yaml"
refused chief approve "$plan"
like 'C-16: what it refers to' "$err" 'references|References'
restored
exit_is 'C-73: ranks are those of the catalogue' 1 fmrec set "$plan" listing.rank=Z
exit_is 'C-160: editions are numbers' 1 fmrec set "$plan" edition=first

# ---- the plan: who signs, and what becomes of it

refused resp approve "$plan"
like 'C-155: the chief signs' "$err" 'continuity-chief|Chief of continuity'
signs chief settle "$plan"
state_is 'C-155: policy and team come first, and the state stays' draft "$plan"
signs chief approve "$plan"
state_is 'C-160: approved' approved "$plan"
signs resp enact "$plan"
state_is 'C-160: in force' in-force "$plan"
git tag -f before >/dev/null
ok 'C-18: a step is to be done again' fmrec -q set "$plan" running.training.state=done running.training.last_on=2026-11-20 'team.staff.0.name=中村 恵' \
	'making.damage.state=to-redo' 'making.damage.reason=新しい被害想定が公表された。'
state_is 'C-18, C-25: running it and changes of staff undo nothing' in-force "$plan"
restored
git tag -f before >/dev/null
fmrec -q set "$plan" 'basic_policy=別の方針' >/dev/null
state_is 'C-21: another policy is another edition' draft "$plan"
restored
exit_is 'C-160: a revision has its reason' 128 as resp fmrec revise "$plan" --yes
signs resp revise "$plan" -m '年次の見直し'
state_is 'C-160: under revision' revised "$plan"
refused resp enact "$plan"
isnt 'C-160: what was signed before is left behind' "$err" 'it may be signed'
fmrec -q set "$plan" edition=2 'editions.1={number: 2, date: 2027-04-30, change: 対象を広げた。, trigger: periodic}' >/dev/null
signs chief approve "$plan"
signs resp enact "$plan"
state_is 'C-160: the second edition' in-force "$plan"
like 'C-152: what brought it about' "$(LANG=ja_JP.UTF-8 fmrec show "$plan")" '定期的な点検・是正による維持改善 \(periodic\)'

# ---- a plan of one's own begins with its name

own=$(fmrec -q new plan --alone -m '人事給与システム運用継続計画')
state_is 'C-02: a name is enough to begin' draft "$own"
run fmrec validate --for approved "$own"
for field in purpose basic_policy scope team references editions holders storage making; do
	like "C-20 to C-30, C-170: it will need its $field" "$out$err" "'$field'"
done

# ---- events

edited '/^probability:/d' "records/crisis/$crisis.yaml"
refused resp select "$crisis"
like 'C-35: impact, probability and the BCP are told' "$err" 'probability|Probability'
restored
edited '/^preconditions:/,/^decision:/{/^decision:/!d;}' "records/crisis/$crisis.yaml"
refused resp select "$crisis"
like 'C-38: under what conditions' "$err" 'preconditions|Preconditions'
restored
edited 's/^decision: selected/decision: not-selected/' "records/crisis/$crisis.yaml"
refused resp leave-out "$crisis"
like 'C-37: what the BCP covers is not left out' "$err" 'asks for: decision'
restored
refused staff select "$crisis"
like 'C-156: the responsible person decides' "$err" 'continuity-responsible|Responsible'
signs resp select "$crisis"
state_is 'C-35: selected' selected "$crisis"
flood=$(fmrec -q new crisis -m 大規模水害 -s plan="$plan" -s event=水害 -s decision=順次対象とする -s impact.level=中 \
	-s probability.level=低 -s bcp_consistency.covered=true -s reason=次の版で加える。)
like 'C-40: an event by its other name' "$(cat "records/crisis/$flood.yaml")" '^event: flood$'
signs resp leave-out "$flood"
state_is 'C-40: put off to the next edition' not-selected "$flood"
signs resp reconsider "$flood" -m '業務継続計画に加わった。'
state_is 'C-40: looked at again' draft "$flood"

# ---- damage

edited '/^  water:/,/^  telephone:/{/^  telephone:/!d;}' "records/damage/$damage.yaml"
refused resp agree "$damage"
like 'C-45: all eight units' "$err" 'units\.water|Water'
restored
edited '/^  food: /d' "records/damage/$damage.yaml"
refused resp agree "$damage"
like 'C-47: needs of the staff' "$err" 'staff_needs\.food|Food'
restored
edited 's/^  telephone:/  telephone:\n    need: not-needed/' "records/damage/$damage.yaml"
refused resp agree "$damage"
like 'C-45: an earthquake touches all of them' "$err" "units\.telephone\.need|Need|'assumed'"
restored
edited '/^sources:/,/^heaviness:/{/^heaviness:/!d;}' "records/damage/$damage.yaml"
refused resp agree "$damage"
like 'C-51: what it rests on' "$err" 'sources|Sources'
restored
signs resp agree "$damage"
state_is 'C-156: settled by the responsible person' agreed "$damage"
stop=$(fmrec -q new damage -m '予期せぬ停止 本社' -s plan="$plan" -s crisis="$crisis" -s event=予期せぬ停止 -s site=本社 \
	-s ip_telephone=true -s units.network.text=感染 -s units.equipment.text=停止 -s units.data.text=改ざん -s 'sources=[{text: 公表資料}]')
refused resp agree "$stop"
like 'C-48: IP telephones stop, too' "$err" 'units\.telephone|Telephone'
fmrec -q set "$stop" ip_telephone=false >/dev/null
signs resp agree "$stop"
state_is 'C-48: place, transport, power and water need not be' agreed "$stop"
exit_is 'C-48: what is not needed has its reason' 1 fmrec -q set "$stop" units.power.need=想定の必要なし
fmrec -q set "$damage" 'further=[{name: 駐車場, damage: {text: 液状化する。}}]' >/dev/null
ok 'C-50: units of one'"'"'s own' fmrec validate "$damage"

# ---- recovery times of systems

for bound in 0:S 3:S 3.5:A 24:A 25:B 72:B 73:C 168:C 169:D 336:D 337:E; do
	hours=${bound%%:*} rank=${bound##*:}
	ok "C-62: $hours hours are $rank" fmrec -q set -n "$system" "rto.hours=$hours" "rto.rank=$rank"
	other=S
	[ "$rank" != S ] || other=A
	exit_is "C-62: and not $other" 1 fmrec -q set -n "$system" "rto.hours=$hours" "rto.rank=$other"
done
exit_is 'C-62: there are no others' 1 fmrec -q set "$system" rto.rank=F
exit_is 'C-66: the method is told' 1 fmrec -q set "$system" --unset rto.method
exit_is 'C-66: and the grounds' 1 fmrec -q set "$system" --unset rto.grounds
exit_is 'C-22: no plan for a reason' 1 fmrec -q set "$system" 'plan_decision={decision: not-needed}'
ok 'C-22: yes or no' fmrec -q set -n "$system" 'plan_decision={decision: 不要, reason: 試験用。}'
refused staff set-rto "$system"
like 'C-157: the responsible person signs' "$err" 'continuity-responsible|Responsible'
ok 'C-157: for time and rank' signs resp set-rto "$system"
like 'C-65: first a hypothesis, then agreed' "$(LANG=ja_JP.UTF-8 fmrec show "$system")" '種別 +仮説 \(proposed\)'
base=$(fmrec -q new system -m 統合認証 -s base=true)
fmrec -q set "$system" "base_systems=[$base]" >/dev/null
like 'C-61: a base system knows who needs it' "$(fmrec show --linked "$base")" "Systems that need it.*|$system"

# ---- businesses and the systems they use

like 'C-05: a system knows the businesses' "$(fmrec show --linked "$system")" 'Used by businesses'
exit_is 'C-58: an alternative lasts for a time' 1 fmrec -q set "$business" "uses.0={system: $system, alternative: available, means: 電話}"
ok 'C-67: or is not studied yet' fmrec -q set -n "$business" "uses.0={system: $system, alternative: 未検討, to_confirm: true}"
is 'C-57: what is to be confirmed is found' "$(fmrec -q set "$business" 'uses.0.to_confirm=true' >/dev/null
	fmrec list --format ids uses.to_confirm:true)" "$business"
exit_is 'C-03: events are those of the catalogue' 1 fmrec -q set "$business" 'recovery_by_event=[{event: storm}]'
ok 'C-157: the relation is signed for' signs resp agree-uses "$business"
is 'C-03: the kind by its Japanese name' "$(fmrec -q set "$business" kind=応急業務 >/dev/null; fmrec list --format ids kind:emergency)" "$business"

# ---- documents

like 'C-16: a document knows the plans' "$(fmrec show --linked "$document")" "$plan"
exit_is 'C-16: day, month or year' 1 fmrec -q set "$document" 'issued_on=spring'
ok 'C-16: as far as it is known' fmrec -q set "$document" issued_on=2026
signs staff confirm "$document"
newer=$(fmrec -q new refdoc -m 事業継続計画 -s kind=BCP -s edition=第4版 -s replaces="$document")
signs staff replace "$document"
state_is 'C-16: another edition took its place' replaced "$document"
like 'C-16: which one' "$(fmrec show --linked "$document")" "$newer"

# ---- waivers

edited '/^expires:/d' "records/waiver/$waiver.yaml"
refused resp grant "$waiver"
like 'C-01: until when' "$err" 'expires|Lapses on'
restored
edited '/^reason:/d' "records/waiver/$waiver.yaml"
refused resp grant "$waiver"
like 'C-01: why' "$err" 'reason|Reason'
restored
edited '/^requirement:/d' "records/waiver/$waiver.yaml"
refused resp grant "$waiver"
like 'C-01: what' "$err" 'requirement|Requirement|rule'
restored
exit_is 'C-01: it does not lapse before it begins' 1 fmrec -q set "$waiver" expires=2026-09-30
refused staff grant "$waiver"
like 'C-01: who' "$err" 'continuity-chief|Chief'
signs resp grant "$waiver"
state_is 'C-01: granted' granted "$waiver"
like 'C-01: the plan knows its waivers' "$(fmrec show --linked "$plan")" "$waiver"
exit_is 'C-01: only for records of continuity' 1 fmrec -q set "$waiver" subjects+=INC-20261121-7KQ2

# ---- what leaves the organisation

run fmrec schema show plan
is 'C-172: only what a summary may show' "$(printf '%s\n' "$out" | sed -n 's/^may be shown outside the organisation: //p')" \
	'title, edition, summary, purpose, editions[].number, editions[].date'

ok 'all of it is valid' fmrec validate
done_testing
