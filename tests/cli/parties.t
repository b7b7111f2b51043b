# Three parties agree to a stage of development, and a person's skills are agreed by somebody else
# (F-22, F-23, F-38, F-94, F-184, F-189, C-22, C-132)
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/workflow-lib.sh"
people boss shop plan build
repository
put_examples
drv=DRV-20261215-N5JE cpt=CPT-8M2D
review=records/devreview/2026/$drv.yaml skills=records/competence/$cpt.yaml
git add -A && git commit -qm examples

cast 'boss:佐藤 花子:manager' shop:business plan:planning build:development

# ---- one record, three signatures (F-184)

signs boss review "$drv"
state_is 'F-189: reviewed with the eyes of operation' reviewed "$drv"
refused boss agree "$drv"
like 'F-184: operation is not one of the three' "$err" 'business'
signs shop agree "$drv"
state_is 'F-184: one party is not enough' reviewed "$drv"
signs build agree "$drv"
state_is 'F-184: neither are two' reviewed "$drv"
change 's/^conditions: .*/conditions: なし/' "$review"
signs plan agree "$drv"
state_is 'F-184: two of them agreed to another text' reviewed "$drv"
signs shop agree "$drv"
signs build agree "$drv"
state_is 'F-184: agreed when all three have signed the same text' agreed "$drv"
change 's/done_on: 2027-02-24/done_on: 2027-02-25/' "$review"
state_is 'F-22: answers to points undo no agreement' agreed "$drv"
signs boss settle "$drv"
state_is 'F-22: settled' settled "$drv"
form=$(fmrec form "$drv" 2>&1)
like 'F-184: the form has the boxes of the three' "$form" 'shop'
like 'with the date' "$form" '2026-11-21'

# ---- what a review has to say (F-94, C-22)

like 'F-94: an improvement shows where it was given to development' "$(fmrec show --linked IMP-20261201-9FZK)" "$drv"
sed -i 's/^    answer: taken$//' "$review"
like 'F-94: each requirement is answered' "$(findings agreed "$drv")" 'requirements\[\].answer'
git checkout -q -- "$review"
sed -i 's/^  - improvement: IMP.*/  - how: 未定/; /^    how: 作業票/d' "$review"
like 'F-94: and is named' "$(findings agreed "$drv")" 'requirements.0.improvement'
git checkout -q -- "$review"
sed -i '/^    answer: 仕様凍結まで/d' "$review"
like 'F-22: each point is answered before it is settled' "$(findings settled "$drv")" 'points.0.answer'
git checkout -q -- "$review"
sed -i 's/^  needed: needed/  needed: maybe/' "$review"
like 'C-22: the decision on a continuity plan is yes, no or open' "$(fmrec validate "$drv" 2>&1)" 'continuity.needed'
git checkout -q -- "$review"
sed -i 's/viewpoint: backup/viewpoint: taste/' "$review"
like 'F-189: viewpoints come from the catalogue' "$(fmrec validate "$drv" 2>&1)" 'operation_viewpoints'
git checkout -q -- "$review"

# ---- skills (F-23, F-38, C-132)

refused boss agree "$cpt"
like 'F-23: nobody agrees to their own skills' "$err" 'may not sign'
signs plan agree "$cpt"
state_is 'F-23: agreed with somebody above' agreed "$cpt"
fmrec -q set "$cpt" trainings+=TRN-20260512-T8RN >/dev/null 2>&1
change 's/state: aimed/state: held/' "$skills"
state_is 'C-132: a qualification that was got undoes nothing' agreed "$cpt"
signs plan review "$cpt"
state_is 'F-38: reviewed' reviewed "$cpt"
for group in crisis operation critical-thinking communication; do
	sed -i "/^skills:/,/^systems:/s/group: $group\$/group: mine/" "$skills"
	like "F-38: a manager answers for $group" "$(findings agreed "$cpt")" "skills"
	git checkout -q -- "$skills"
done
sed -i 's/^role: manager/role: operations/; /^  - group: crisis/,/障害4件/d' "$skills"
unlike 'others need not have all four' "$(findings agreed "$cpt")" error
git checkout -q -- "$skills"
sed -i 's/body: bcao/body: nobody/' "$skills"
like 'C-132: bodies come from the catalogue' "$(fmrec validate "$cpt" 2>&1)" 'qualification_bodies'
git checkout -q -- "$skills"
ok 'a body is also accepted by its short name' fmrec -q set "$cpt" qualifications.0.body=DRII
like 'and written as its code' "$(cat "$skills")" 'body: drii'

done_testing
