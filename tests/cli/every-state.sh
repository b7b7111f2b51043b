# Every row of every workflow is signed for on records made from the schemas, and proven (F-130 to F-150, section 18).
# Sourced by the tests that share the types between them: $part is 0 or 1, for every other type.
#
# shellcheck shell=sh
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/every-lib.sh"
generated
imported
for table in steps early; do
	awk -F '\t' -v part="$part" 'NR == FNR { if (!($2 in types)) types[$2] = count++; if (types[$2] % 2 == part) ours[$1] = 1; next }
		$NF in ours' "$T/made/records" "$T/made/$table" >"$T/$table"
done
signers='person1 person2 person3 person4'
# shellcheck disable=SC2086
people $signers stranger

# All of them hold every role but the stranger, who holds one that no workflow asks for.
mkdir -p .fmrec/trust
{
	printf 'schema: 1\nrepository: 0123456789abcdef0123456789abcdef\nversion: 1\npersons:\n'
	for person in $signers stranger; do
		printf '  - {id: %s, name: %s, emails: [%s@example.com]}\n' "$person" "$person" "$person"
	done
	printf 'keys:\n'
	for person in $signers stranger; do
		printf "  - {key: '%s', owner: %s, state: active}\n" "$(cut -d' ' -f1,2 "$T/keys/$person.pub")" "$person"
	done
	printf 'roles:\n'
	for role in admin $(cut -f4 "$T/steps" "$T/early" | sort -u); do
		for person in $signers; do
			printf '  - {role: %s, person: %s, from: 2026-04-01}\n' "$role" "$person"
		done
	done
	printf '  - {role: notary, person: stranger, from: 2026-04-01}\n'
} >.fmrec/trust/policy.yaml
git add .fmrec && signed person1 -m 'trust: begin'

# Signed wave by wave: what one person signs in one role by one transition is signed at once.
sign_together() { # WAVE TRANSITION PERSON ROLE ID...
	transition=$2 person=$3 role=$4
	shift 4
	set -- "$@" "$transition" --role "$role" -m 'as it should be'
	as "$person" fmrec advance "$@" -n -q >"$T/contents" 2>"$T/why" </dev/null
	# shellcheck disable=SC2046
	as "$person" fmrec -q advance "$@" --yes $(sed 's/^/--content /' "$T/contents") >/dev/null 2>>"$T/why" </dev/null || {
		printf '%s as %s: %s\n' "$person" "$role" "$*"
		head -n 3 "$T/why"
	}
}
sort "$T/steps" |
	awk -F '\t' '{ key = $1 " " $2 " " $3 " " $4; ids[key] = ids[key] " " $6 } END { for (key in ids) print key ids[key] }' |
	sort >"$T/waves"

strange=$(cut -d' ' -f1,2,4- "$T/waves" | sort -u -k2,2 | while read -r _ transition role ids; do
	as stranger fmrec advance "${ids%% *}" "$transition" -n >"$T/strange" 2>&1 </dev/null && printf '%s %s\n' "$transition" "$role"
done)
is 'nobody signs in a role that may not' "$strange" ''
early=$(while read -r transition role id; do
	as person1 fmrec advance "$id" "$transition" --role "$role" -n >"$T/strange" 2>&1 </dev/null && printf '%s %s\n' "$transition" "$id"
done <"$T/early")
is 'nobody signs for a record that lacks what the state asks for' "$early" ''

# shellcheck disable=SC2046,SC2086
is 'every transition is signed' "$(while read -r line; do sign_together $line; done <"$T/waves")" ''

# The state that the last step of each record leads to.
awk -F '\t' '{ state[$6] = $5 } END { for (id in state) print id, state[id] }' "$T/steps" | sort >"$T/wanted"
fmrec list --columns id,state --format csv | tr -d '\r' | tr , ' ' | sort | join - "$T/wanted" | cut -d' ' -f1,2 >"$T/states"
same 'each record is where it was to go' "$T/states" "$T/wanted"
ok 'and valid there' fmrec validate
ok 'every signature is proven' fmrec audit
like 'in words' "$out" 'PROVEN'
unlike 'and none is not' "$out" 'BROKEN|CLAIMED|REFUSED'
signatures=$(cut -d' ' -f1 "$T/wanted" | while read -r id; do
	fmrec approvals "$id" --format json
done | grep -o '"status":"counts"' | wc -l)
is 'all signatures count' "$signatures" "$(wc -l <"$T/steps")"
found=$(while read -r id state; do
	printf '%s\n' "$(fmrec list --format ids "id:$id state:$state")"
done <"$T/wanted")
is 'a query for the state finds the record' "$found" "$(cut -d' ' -f1 "$T/wanted")"

done_testing
