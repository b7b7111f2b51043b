# What all types have in common is the same in all of them, and each of them is whole.
top=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd)
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/every-lib.sh"
generated
types=$(for file in "$top"/schema/types/*.yaml; do basename "$file" .yaml; done)

# ---- shared blocks, byte by byte

block() { # SECTION NAME TYPE: the lines of it
	awk -v section="$1:" -v start="  $2:" '/^[^ #]/ { inside = $0 == section; on = 0 }
		/^  [^ ]/ { on = inside && index($0, start) == 1 }
		on && NF' "$top/schema/types/$3.yaml"
}
differing() { # SECTION NAME [SED-SCRIPT]: types whose block is not the first one's, nor missing
	first=
	for type in $types; do
		text=$(block "$1" "$2" "$type" | sed "${3:-}")
		[ -n "$text" ] || continue
		[ -n "$first" ] || first=$text
		[ "$text" = "$first" ] || printf '%s ' "$type"
	done
}
is 'id, which a form may call by another name' "$(differing properties id /label:/d)" ''
for name in form attachments note imported; do
	is "$name" "$(differing properties "$name")" ''
done
is 'aliases, which may be other names in use, too' \
	"$(differing properties aliases '/label:/d; /help:/,/ja:/d; /template:/d')" ''
for name in attachment imported link; do
	is "\$defs/$name" "$(differing '\$defs' "$name")" ''
done

# ---- each type

is 'each has an example' "$(for type in $types; do [ -f "$top/schema/example/$type.yaml" ] || echo "$type"; done)" ''
is 'each has its place in fmrec-types(7)' "$(for type in $types; do
	grep -qE "^\.(Cm|It Cm|It) (.* )?$type([. ]|$)" "$top/man/fmrec-types.7" || echo "$type"
done)" ''
is 'each asks for one to four fields' "$(for type in $types; do
	sed -n '/^  ask: /{:more;/\]/!{N;b more
	};p;}' "$top/schema/types/$type.yaml" | tr -cd ',]' | grep -qE '^,{0,3}\]$' || echo "$type"
done)" ''

# ---- words, of types, fields, values, states, transitions, and what signers declare

is 'everything is said in both languages' "$(awk -F '\t' '$3 == "" || $4 == ""' "$T/made/words")" ''
is 'which differ, but for abbreviations and units' "$(awk -F '\t' '$3 == $4 && $3 !~ /^[A-Z%-]+$/' "$T/made/words" | head -n 20)" ''
is 'Japanese is Japanese' "$(awk -F '\t' '$2 ~ /(help|declares)$/' "$T/made/words" | cut -f1,2,4 | LC_ALL=C grep -v '[^ -~	]')" ''
is 'English is English, but for a term of the documents' "$(cut -f1-3 "$T/made/words" | sed 's/([^)]*)//' | LC_ALL=C grep '[^ -~	]')" ''

# ---- links

sort -u "$T/made/inverses" >"$T/inverses"
is 'no link has the name of another one there' "$(cut -f1-3 "$T/inverses" | sort -u | cut -f1,2 | uniq -d)" ''
is 'nor another label' "$(cut -f1,2,4,5 "$T/inverses" | sort -u | cut -f1,2 | uniq -d)" ''
awk -F '\t' '$1 != $3 { print $1; print $3 }' "$T/inverses" | sort -u >"$T/linked"
is 'no type is an island' "$(printf '%s\n' "$types" | grep -vxFf "$T/linked")" ''

done_testing
