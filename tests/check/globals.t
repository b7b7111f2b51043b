# Below cli nothing is kept in variables that change, but for tests/check/globals.txt.
. "$(dirname "$0")/../cli/lib.sh"

case $B in */san-*) skip 'no changing globals' 'sanitizers add their own'; done_testing ;; esac
command -v objdump >/dev/null 2>&1 || { skip 'no changing globals' 'no objdump here'; done_testing; }

# Symbols of the sections .data and .bss (with .local, .tbss); .data.rel.ro is constant after loading.
found=$(objdump -t "$B/libfmrec.a" 2>/dev/null |
	awk '/ O / && $0 ~ /[ \t]\.(t?data|t?bss|data\.rel|data\.rel\.local)[ \t]/ { sub(/\.[0-9]+$/, "", $NF); print $NF }' | sort -u)
sed -e '/^#/d' -e 's/[ 	].*//' "$top/tests/check/globals.txt" | sort -u >"$T/allowed"
printf '%s\n' "$found" | sed '/^$/d' >"$T/found"
is 'no changing globals below cli' "$(comm -23 "$T/found" "$T/allowed")" ''
is 'no row for a variable that is gone' "$(comm -13 "$T/found" "$T/allowed")" ''

done_testing
