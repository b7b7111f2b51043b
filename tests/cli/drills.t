# Drills, trainings, the year plan and contact nets, as they are filled in and signed
# (F-18, F-20, F-166, F-181, C-130 to C-141, C-162, X-01, X-04)
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/workflow-lib.sh"
people boss eval staff
repository
put_examples
drl=DRL-20261031-6FVB trn=TRN-20260512-T8RN tpl=TPL-20260410-2WQH net=NET-4K7C
drill=records/drill/2026/$drl.yaml training=records/training/2026/$trn.yaml
plan=records/trainplan/2026/$tpl.yaml contacts=records/contactnet/$net.yaml
# the one who signs as boss took part; the one who signs as eval only looked on
sed -i 's/^participants:/&\n  - {name: 訓練 太郎, part: 復旧作業, attended: true}/' "$drill"
git add -A && git commit -qm examples

cast 'boss:訓練 太郎:continuity-responsible' eval:continuity-responsible staff:continuity-staff

# ---- a drill from plan to reflection (C-162)

state_is 'C-162: planned' planned "$drl"
refused staff prepare "$drl"
like 'C-162: the responsible says that it is prepared' "$err" 'continuity-responsible'
signs boss prepare "$drl"
state_is 'C-162: prepared' prepared "$drl"
signs staff hold "$drl"
state_is 'C-162: done' 'done' "$drl"
refused boss evaluate "$drl"
like 'C-162: who took part does not evaluate' "$err" 'may not sign'
signs eval evaluate "$drl"
state_is 'C-162: evaluated' evaluated "$drl"
change 's/due: 2026-12-25/&\n    done_on: 2026-11-18/' "$drill"
state_is 'what is written of the findings later undoes no evaluation' evaluated "$drl"
signs boss reflect "$drl"
state_is 'C-162: reflected' reflected "$drl"
change 's/^  result: partly/  result: met/' "$drill"
state_is 'a changed verdict has to be signed again' 'done' "$drl"
git checkout -q HEAD~1 -- "$drill"

# ---- what a drill has to say (C-133 to C-139)

cp "$drill" saved
for element in team purpose scope scenario audience conditions schedule method preparation; do
	awk -v e="$element:" '$1 == e && /^[a-z]/ { skip = 1; next } /^[a-z#]/ { skip = 0 } !skip' saved >"$drill"
	like "C-138: $element must be given" "$(findings prepared "$drl")" "'$element' is missing"
	printf 'waived:\n  - {element: %s, reason: 机上の読み合わせのため。}\n' "$element" >>"$drill"
	unlike "C-138: or waived with a reason ($element)" "$(findings prepared "$drl")" error
done
printf 'waived:\n  - {element: weather, reason: 関係がない。}\n' | cat saved - >"$drill"
like 'C-138: only what is an element can be waived' "$(findings prepared "$drl")" "'weather' is not in the catalogue"
cp saved "$drill"

sed -i -e '/^recoveries:/,/^results:/{/^results:/!d;}' "$drill"
like 'C-135, X-01: a recovery drill has its times' "$(findings 'done' "$drl")" "'recoveries' is missing"
sed -i 's/^kind: recovery/kind: read-through/' "$drill"
unlike 'a read-through has none' "$(findings 'done' "$drl")" error
sed -i 's/^kind: read-through/kind: switch-over/' "$drill"
like 'C-136: a switch-over plans the time to switch back' "$(findings prepared "$drl")" "switch_back_by' is missing"
sed -i '/^care:/,/^#/d' saved
cp saved "$drill"
like 'C-135: a recovery says how production is cared for' "$(findings prepared "$drl")" "'care' is missing"
git checkout -q -- "$drill"
sed -i 's/  - {name: 伊藤 五月, /  - {/' "$drill"
like 'C-162: participants are named, to be told from the evaluator' "$(findings 'done' "$drl")" 'participants\[\].name'
git checkout -q -- "$drill"
sed -i '/    no_change: 対応手順に/d' "$drill"
like 'C-139: each finding leads to a change or says why not' "$(findings reflected "$drl")" 'findings.2.changes'
git checkout -q -- "$drill"
sed -i 's/usable_at: 2026-10-31T12:50/usable_at: 2026-10-31T12:00/' "$drill"
like 'time runs one way' "$(fmrec validate "$drl" 2>&1)" 'usable_at'
git checkout -q -- "$drill"

ok 'the course is written while the drill goes on' fmrec -q log-entry "$drl" --at 2026-10-31T13:00 --kind decision '照合を終える。'
like 'X-04: an improvement shows the drill that found the need' "$(fmrec show --linked IMP-20261201-9FZK)" "$drl"
like 'C-140: so does a system show its drills' "$(fmrec show --linked SYS-0R12)" "$drl"
git checkout -q -- "$drill"

# ---- the scenario is kept from participants until the drill is done (C-134)

sed -i -e '/^  crisis: /d;/^  event: /d;/^  damage: /d;/^  expected: /d' -e 's/^  hidden: false/  hidden: true/' "$drill"
like 'C-134: somebody keeps what is not written yet' "$(findings prepared "$drl")" 'scenario.event. is missing'
change 's/^  hidden: true/&\n  kept_by: 山本 四郎/' "$drill"
signs boss prepare "$drl"
state_is 'C-134: prepared anew, with the scenario hidden' 'done' "$drl"
change 's/^  hidden: true/&\n  event: 夜間の地震/' "$drill"
state_is 'C-134: told afterwards, nothing signed is undone' 'done' "$drl"

# ---- training and the year plan (C-130 to C-132, C-137)

signs staff hold "$trn"
signs eval evaluate "$trn"
state_is 'F-20: a training is held and evaluated' evaluated "$trn"
sed -i '/^participants:/,/^check:/{/^check:/!d;}' "$training"
like 'F-20: who took part is known' "$(findings held "$trn")" "'participants' is missing"
git checkout -q -- "$training"
sed -i 's/^kinds: \[upkeep\]/kinds: [sport]/' "$training"
like 'C-130: kinds come from the catalogue' "$(fmrec validate "$trn" 2>&1)" 'training_kinds'
git checkout -q -- "$training"
ok 'C-130: a kind is also accepted by its name' fmrec -q set "$trn" kinds+=事前対策
like 'and written as its code' "$(cat "$training")" 'premeasure'
git checkout -q -- "$training"
signs boss approve "$tpl"
state_is 'C-159: the responsible approves the year plan' approved "$tpl"
change 's/reached_on: 2026-02-20/reached_on: 2026-02-21/' "$plan"
state_is 'C-137: the steps over the years are part of what is approved' draft "$tpl"
like 'C-14: the year plan shows its drills' "$(fmrec show --linked "$tpl")" "$drl"

# ---- contact nets (F-18, F-166, F-181, C-94)

signs boss enact "$net"
change 's/value: 090-0000-0012/value: 090-0000-0013/' "$contacts"
state_is 'F-181: a new number every week does not take the net out of force' in-force "$net"
signs staff check "$net"
like 'F-166: the check is signed' "$(fmrec approvals "$net" 2>&1)" 'check'
sed -i '/^patterns:/,/^kept_at:/{/^kept_at:/!d;}' "$contacts"
like 'F-181, C-94: gathering patterns must be there' "$(findings in-force "$net")" "'patterns' is missing"
git checkout -q -- "$contacts"
like 'F-166: the next check is shown as due' "$(fmrec list "$net" --columns id,next_check --format csv)" '2026-11-23'
like 'X-05: a person shows the nets, trainings and drills' "$(fmrec show --linked PSN-SATO)" "$net"
sed -i "s/hours: 'off'/hours: midnight/" "$contacts"
like 'a wrong value is refused' "$(fmrec validate "$net" 2>&1)" 'hours'
git checkout -q -- "$contacts"

done_testing
