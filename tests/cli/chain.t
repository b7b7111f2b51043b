. "$(dirname "$0")/lib.sh"

# The records that failure management is made of, and the links from the policy to the next objective (F-07 to F-11,
# F-100 to F-108).

# Each line of the input: requirement, type, field that holds what it asks for.
has_fields() {
	lacking=
	while read -r requirement type field; do
		[ -r "$T/$type.fields" ] || fmrec schema show "$type" | cut -d' ' -f1 >"$T/$type.fields"
		grep -qxF "$field" "$T/$type.fields" || lacking="$lacking$requirement: $type has no $field
"
	done
	is 'every field that the requirements name' "$lacking" ''
}

repository
put_examples
git add -A && git commit -qm 'examples'
ok 'the examples are valid' fmrec validate

has_fields <<'END'
F-07 policy business_part.value
F-07 policy business_part.importance[].business
F-07 policy business_part.importance[].class
F-07 policy system_part.value
F-07 policy system_part.importance[].system
F-07 policy system_part.importance[].class
F-07 policy system_part.severity[].class
F-64 policy system_part.severity[].criterion
F-64 policy from
F-68 policy clauses[].number
F-68 incident plan.basis[].policy
F-100 policy sources[].document
F-145 policy business_part.stated_by.role
F-145 policy system_part.stated_by.role
F-145 policy reviews_held[].result
F-08 objective kind
F-08 objective indicator
F-08 objective target.value
F-08 objective scope.systems
F-08 objective period.from
F-08 objective basis
F-35 objective negotiation[].text
F-35 objective scope.org
F-35 policy org
F-101 objective validity.judgement
F-101 objective manuals
F-114 objective validity.previous_value
F-115 objective validity.expected_value
F-115 objective validity.expected_reason
F-126 objective statement
F-126 objective replaces[].objective
F-126 objective replaces[].from
F-127 objective scope.customers_only
F-09 review findings[].text
F-94 review findings[].follow_up
F-105 review tendency
F-105 review handed_to[].department
F-148 review confirmed_by.name
F-11 evaluation achievement.results[].verdict
F-11 evaluation policy_fit.verdict
F-11 evaluation strategy_fit.verdict
F-113 evaluation achievement.results[].incidents
F-147 evaluation achievement.by.role
F-147 evaluation policy_fit.by.role
F-147 evaluation strategy_fit.by.role
F-167 evaluation carry_over
F-175 evaluation achievement.measures[].effect
F-24 incident same_cause
F-81 incident precursors
F-81 nearmiss tendency
F-84 whywhy whys[].preventions
F-84 whywhy whys[].no_prevention
F-84 prevention analyses
F-92 prevention verification.result
F-92 prevention verification.date
F-92 prevention verification.past_cases
F-92 prevention verification.outside_cases
END

# Every state can be reached with what the fields offer.
for state in POL:in-force OBJ:set OBJ:evaluated RVW:confirmed EVL:evaluated EVL:concluded WHY:agreed PRV:verified; do
	id=$(basename "$(find records -name "${state%:*}-*.yaml")" .yaml)
	exit_is "$id may become ${state#*:}" 0 fmrec validate --for "${state#*:}" "$id"
done

# A tree is asked on all its levels (F-84)
for query in 'whys.root_cause:true' 'no_prevention:品質保証部' 'preventions.due:2026-12' 'preventions:PRV-20261125-M3XA' \
	'has:whys.preventions preventions.count:2' '-missing:preventions'; do
	run fmrec list --format ids whywhy "$query"
	is "an analysis, by $query" "$out" WHY-20261122-H2RE
done
run fmrec list --format ids incident whywhy.preventions.count:0
is 'an incident whose analysis led to nothing' "$out" ''

# What a state asks for
ok 'an objective takes a title to begin with' fmrec new objective -m '復旧時間を短くする'
objective=$(basename "$(git diff --name-only HEAD~ -- records/objective)" .yaml)
exit_is 'but more to be set' 1 fmrec validate --for set "$objective"
for field in kind scope period policy basis validity owner; do
	like "it needs $field" "$out" "'$field'"
done
sed 's/^  value: 3$//' "$(find records/objective -name '*1S0Z.yaml')" >"$T/changed.yaml"
cp "$T/changed.yaml" "$(find records/objective -name '*1S0Z.yaml')"
exit_is 'a target against a figure needs the figure (F-08)' 1 fmrec validate --for set 1S0Z
ok 'one against the year before does not (F-114)' fmrec set --no-commit 1S0Z target.comparison=昨年減
ok 'so it may be set' fmrec validate --for set 1S0Z
ok 'a qualitative one (F-126)' fmrec set --no-commit 1S0Z nature=定性
exit_is 'needs a statement' 1 fmrec validate --for set 1S0Z
ok 'in words' fmrec set --no-commit 1S0Z statement='稼働品質の安定感を維持する。'
ok 'and no indicator' fmrec validate --for set 1S0Z
git checkout -q HEAD -- records

# The chain, link by link: policy, objective, incident, analysis, prevention, review, improvement, evaluation, next objective
sed 's/^id:.*/id: OBJ-20270425-9VB7/; s/^policy:.*/&\nbased_on: [EVL-20270412-5KCE]\nprevious: OBJ-20260401-1S0Z/' \
	"$top/schema/example/objective.yaml" >"$T/next.yaml"
mkdir -p records/objective/2027 && cp "$T/next.yaml" records/objective/2027/OBJ-20270425-9VB7.yaml
ok 'the next objective names the evaluation (F-108)' fmrec validate
while read -r requirement file target; do
	path=$(find records -name "*$target.yaml")
	mv "$path" "$T/away.yaml"
	exit_is "$requirement: without $target" 1 fmrec validate --no-attachments
	like "is missed in $file" "$out" "$file\\.yaml:[0-9]+:[0-9]+: error: ref\\.dangling: .*$target"
	mv "$T/away.yaml" "$path"
done <<'END'
F-101 OBJ-20260401-1S0Z POL-20260401-6BQX
F-111 INC-20261121-7KQ2 OBJ-20260401-1S0Z
F-84 WHY-20261122-H2RE INC-20261121-7KQ2
F-84 WHY-20261122-H2RE PRV-20261125-M3XA
F-105 RVW-20261127-8T4M PRV-20261125-M3XA
F-106 IMP-20261201-9FZK RVW-20261127-8T4M
F-175 EVL-20270412-5KCE IMP-20261201-9FZK
F-108 OBJ-20270425-9VB7 EVL-20270412-5KCE
END
git checkout -q HEAD -- .
ok 'and all is well again' fmrec validate

done_testing
