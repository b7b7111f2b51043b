# Each public header compiles alone, in strict C and in C++, and declares what the library has.
. "$(dirname "$0")/../cli/lib.sh"

for header in "$top"/include/fmrec/*.h; do
	name=fmrec/$(basename "$header")
	printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$name" "$name" >header.c
	cp header.c header.cc
	# shellcheck disable=SC2086 # as for make, a compiler may have words before it
	ok "$name is C on its own" ${CC:-cc} -std=c17 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror \
		-I"$top/include" -fsyntax-only header.c
	if command -v "${CXX:-c++}" >/dev/null 2>&1; then
		ok "$name is C++ on its own" "${CXX:-c++}" -std=c++17 -Wall -Wextra -Werror -I"$top/include" \
			-fsyntax-only header.cc
	else
		skip "$name is C++ on its own" 'no C++ compiler here'
	fi
done

# What a header promises must be in the library.
case $B in */san-*) done_testing ;; esac
cat "$top"/include/fmrec/*.h | tr '\n' ' ' | sed 's/typedef [^;]*;//g' | grep -oE '\bfmr_[a-z0-9_]+\(' | tr -d '(' | sort -u >"$T/declared"
nm -g --defined-only "$B/libfmrec.a" 2>/dev/null | awk '$2 == "T" || $2 == "D" || $2 == "R" { print $3 }' | sort -u >"$T/defined"
is 'every declared function exists' "$(comm -23 "$T/declared" "$T/defined")" ''

done_testing
