# Manual pages are well-formed and in the style of the house.
. "$(dirname "$0")/../cli/lib.sh"

command -v mandoc >/dev/null 2>&1 || {
	skip 'manual pages' 'no mandoc here'
	done_testing
}
for page in "$top"/man/*.[1-9]; do
	name=$(basename "$page")
	# EXAMPLES stand near the top in this house.
	run mandoc -Tlint -W warning "$page"
	is "$name is well-formed" "$(printf '%s\n' "$out" | grep -v 'sections out of conventional order' | sed '/^$/d')" ''
	is "$name is named like its file" "$(sed -n 's/^\.Nm //p' "$page" | head -n 1).${name##*.}" "$name"
	is "$name refers to pages that exist" "$(sed -n 's/^\.\(It \)\{0,1\}Xr \(fmrec[a-z-]*\) \([0-9]\).*/\2.\3/p' "$page" |
		sort -u | while read -r other; do [ -r "$top/man/$other" ] || printf '%s ' "$other"; done)" ''
done

done_testing
