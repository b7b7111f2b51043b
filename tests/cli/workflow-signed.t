# The shipped workflows as they are signed: urgent, waiting, reopened and void incidents, two signatures of one policy.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
people ops boss dev chief
repository
put_examples
git add -A && git commit -qm examples
id=INC-20261121-7KQ2
file=records/incident/2026/$id.yaml

as boss fmrec -q trust init --id p-boss --name '管理 太郎' --role manager >/dev/null
for person in ops:operations dev:development chief:cio; do
	name=${person%%:*}
	as boss fmrec -q trust add-person "p-$name" --name "$name" --email "$name@example.com" >/dev/null
	as boss fmrec -q trust add-key "p-$name" "$T/keys/$name.pub" >/dev/null
	as boss fmrec -q trust grant "p-$name" "${person##*:}" >/dev/null
done

sign() { # NAME ARGUMENTS...
	who=$1
	shift
	as "$who" fmrec "$@" --yes --content "$(as "$who" fmrec "$@" -n -q)"
}
signs() { # NAME ARGUMENTS...: signed without a word
	sign "$@" >/dev/null || note "$* is not signed"
}
refused() { # NAME ARGUMENTS...: not to be signed; why, in $err
	who=$1
	shift
	run as "$who" fmrec "$@" -n
	[ "$code" -ne 0 ] || err='it may be signed'
}
state_is() { # DESCRIPTION STATE [ID]
	is "$1" "$(fmrec list "id:${3:-$id}" --columns state --format csv | sed 1d)" "$2"
}
change() { # SED-SCRIPT [FILE]
	sed -i "$1" "${2:-$file}" && git commit -qam 'an edit'
}
git tag begin


# ---- the usual way (F-130 to F-137)

change 's/^  class: urgent/  class: normal/'
signs ops record "$id"
signs ops receive "$id"
state_is 'F-131: received' received
signs boss judge "$id"
refused ops recover "$id"
like 'F-138: no work before the plan is approved' "$err" 'recover'
signs boss approve "$id"
state_is 'F-133: the plan is approved' plan-approved
fmrec -q log-entry "$id" --at 2026-11-21T04:00 "one more thing" >/dev/null
fmrec -q set "$id" note='a note' >/dev/null
state_is 'what is noted later undoes nothing' plan-approved
signs ops recover "$id"
refused ops review "$id"
like 'F-135: who did the work does not review it' "$err" 'signed a step that another person must have signed'
signs dev review "$id"
state_is 'F-135: reviewed by another' result-reviewed
change 's/^    1\. 2号機の/    1. 3号機の/'
state_is 'a changed plan is no approved plan' judged
signs boss approve "$id"
state_is 'approved again, what did not change still counts' result-reviewed
signs boss close "$id"
signs boss approve-report "$id"
state_is 'F-137: the report is approved' report-approved
exit_is 'all of it is proved' 0 fmrec audit
fmrec -q set "$id" note='another note' >/dev/null
state_is 'F-137: as a whole' closed
git tag closed HEAD~1

# What the form shows comes from signatures
run fmrec form "$id"
like 'F-55: the reviewer on the form is who signed' "$out" 'dev'

# ---- urgent (F-138)

git reset -q --hard begin
signs ops record "$id"
signs ops receive "$id"
signs boss judge "$id"
signs ops recover "$id"
state_is 'F-138: urgent work comes before the approval of its plan' recovered
signs dev review "$id"
refused boss close "$id"
like 'F-138: but the plan is approved before the incident is closed' "$err" 'approve'
signs boss approve "$id"
state_is 'which leaves the state as it is' result-reviewed
signs boss close "$id"
state_is 'and then it is closed' closed
exit_is 'this is proved' 0 fmrec audit

# ---- a role that the form names (F-50)

git reset -q --hard begin
signs ops record "$id"
signs ops receive "$id"
signs boss judge "$id"
change 's/^    role: manager/    role: cio/'
refused boss approve "$id"
like 'F-50: the manager does not approve what the CIO must' "$err" 'cio'
signs chief approve "$id"
state_is 'F-50: the CIO does' plan-approved

# ---- waiting (F-138)

git reset -q --hard begin
signs ops record "$id"
signs ops receive "$id"
signs boss judge "$id"
refused boss await "$id"
like 'F-138: only a plan that waits' "$err" 'plan'
change 's/^  class: urgent/  class: await-repro\n  recheck_on: 2026-12-21/'
signs boss await "$id"
state_is 'F-138: waiting' waiting
sed -i '/recheck_on/d' "$file" && git add "$file"
exit_is 'a state asks for its fields on every later edit' 1 fmrec validate --staged
like 'and says so' "$out" "plan.recheck_on.*'waiting'"
git reset -q --hard
signs boss resume "$id"
change 's/^  class: await-repro/  class: normal/; /recheck_on/d'
state_is 'F-138: resumed' judged
signs boss approve "$id"
state_is 'and on its way' plan-approved
exit_is 'with nothing to complain of' 0 fmrec audit

# ---- reopened, void (F-139)

git reset -q --hard closed
refused boss reopen "$id"
like 'F-139: not without a reason' "$err" 'reason'
signs boss reopen "$id" -m 'It failed again.'
state_is 'F-139: reopened' reopened
change 's/^  details: 2号機へ手動で切り替え、/  details: 1号機を修理し、/; s/^    1\. 3号機の/    1. 1号機の/'
state_is 'the work goes on' reopened
signs boss judge "$id"
signs boss approve "$id"
signs ops recover "$id"
signs dev review "$id"
signs boss close "$id"
state_is 'F-139: and is closed again' closed
exit_is 'with two rounds of signatures' 0 fmrec audit
signs boss void "$id" -m 'A test of the alarm.'
state_is 'F-139: void from any state' void
fmrec -q set "$id" title='no failure at all' >/dev/null
state_is 'and stays so' void

# ---- two signatures (F-145)

git reset -q --hard begin
as boss fmrec -q trust grant p-boss top >/dev/null
policy=POL-20260401-6BQX
signs boss enact "$policy"
state_is 'F-145: one signature is not enough' draft "$policy"
refused boss enact "$policy"
isnt 'F-145: nor the same person twice' "$err" 'it may be signed'
signs chief enact "$policy"
state_is 'F-145: top management and the CIO' in-force "$policy"
fmrec form "$policy" >"$T/form"
is 'F-145: each box of the form has its own signature' "$(grep -oE 'Name (chief|管理 太郎)' "$T/form" | paste -sd ' ' -)" \
	'Name 管理 太郎 Name chief'
unlike 'and never the text of the record' "$(cat "$T/form")" '加藤 八重子|吉田 九郎'
policy_file=$(git ls-files "records/policy/*$policy.yaml")
change 's/^review_due: .*/review_due: 2027-01-31/' "$policy_file"
state_is 'a date of review undoes nothing' in-force "$policy"
printf 'to: 2027-03-31\n' >>"$policy_file" && git commit -qam 'last day'
signs boss supersede "$policy"
state_is 'F-145: superseded on its last day' superseded "$policy"
exit_is 'the policy is proved, too' 0 fmrec audit

done_testing
