# fmrec-types(7) says of every requirement where it is kept, or that it is still to come; what it names exists.
#	.It F-41
#	.Cm incident.received_by , ...     fields, or whole types
#	.Ic form                           a command that does it
#	.Pa catalogue/crisis_events.yaml   a file below schema/
#	.Em rule                           still to come: a rule, a metric or an output
. "$(dirname "$0")/../cli/lib.sh"
repository

page=$top/man/fmrec-types.7
list=$top/tests/check/requirements.txt
sed '1,/^\.\\" begin of requirements/d; /^\.\\" end of requirements/,$d' "$page" >rows
sed -n 's/^\.It \([FCX]-[0-9]*\)$/\1/p' rows >listed
same 'every requirement has its row, in order' listed "$list"
silent=$(awk '/^\.It /{ if (id && !said) print id; id = $2; said = 0 } /^\.(Cm|Ic|Pa|Em) /{ said = 1 }
	END { if (id && !said) print id }' rows)
is 'every row says where' "$silent" ''

for type in $(fmrec schema list --format csv | tail -n +2 | cut -d, -f1); do
	printf '%s\n' "$type"
	fmrec schema show "$type" | awk -v type="$type" '/^field /{ on = 1; next } !NF { on = 0 } on { print type "." $1 }'
done | sed 's/\[\]//g' >known
named() { # MACRO: the words of its lines
	sed -n "s/^\\.$1 //p" rows | tr ' ' '\n' | grep -v '^,$' | sort -u
}
named Cm >fields
is 'every field exists' "$(grep -vxFf known fields)" ''
is 'every type is named' "$(for type in $(grep -v '\.' known); do
	grep -q "^$type\(\.\|$\)" fields || printf '%s ' "$type"
done)" ''
is 'every command exists' "$(for command in $(named Ic); do [ -f "$top/man/fmrec-$command.1" ] || printf '%s ' "$command"; done)" ''
is 'every file exists' "$(for file in $(named Pa); do [ -e "$top/schema/$file" ] || printf '%s ' "$file"; done)" ''
is 'only these are still to come' "$(named Em | grep -vxE 'rule|metric|output')" ''

# The tables above them
for language in en ja; do
	FMREC_LANG=$language fmrec schema list --format json |
		sed -n 's/^{"type":"\([^"]*\)","prefix":"\([^"]*\)".*"label":"\([^"]*\)".*/\1 \2 \3/p' >labels
	[ "$(wc -l <labels)" -eq "$(grep -vc '\.' known)" ] || fail "the labels of all types, $language"
	is "every type is listed, $language" "$(while read -r type prefix label; do
		grep -A1 "^\.It Cm $type Pq Li $prefix\$" "$page" | grep -qF "$label" || printf '%s ' "$type"
	done <labels)" ''
done
is 'every catalogue is listed' "$(for file in "$top"/schema/catalogue/*.yaml; do
	grep -q "^\.It Pa catalogue/${file##*/}\$" "$page" || printf '%s ' "${file##*/}"
done)" ''

# The list itself, where the requirements are at hand
source=$top/../shared/domain-requirements.md
if [ -r "$source" ]; then
	sed -n 's/^| *\([FCX]\)-\([0-9]*\)\(\.\.\([FCX]-\)\{0,1\}\([0-9]*\)\)\{0,1\} *|.*/\1 \2 \5/p' "$source" |
		awk '{ for (n = $2 + 0; n <= ($3 ? $3 : $2) + 0; n++) printf "%s-%02d\n", $1, n }' | sort >wanted
	sort "$list" >have
	same 'the list is that of the requirements' have wanted
else
	skip 'the list is that of the requirements' 'the requirements are not here'
fi
done_testing
