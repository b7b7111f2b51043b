# Every link that a type may have is made and unmade from either end, and seen from both (X-01 to X-05, section 21).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/every-lib.sh"
generated
imported

# ---- seen from the other end

tab=$(printf '\t')
links() { # of the records with everything: from, to, name there
	fmrec sql --limit 100000 --format tsv 'select source, target, inverse from link' | tr -d '\r' | sort -u |
		join -t "$tab" - "$T/whole"
}
printf '%s\n' "$whole" | sort >"$T/whole"
cut -f1,3,4 "$T/made/links" | sort -u >"$T/wanted"
links >"$T/links"
same 'the table of links' "$T/links" "$T/wanted"

# A query by the name from the other end, and what is shown there, for each name once.
sort -t "$tab" -k4,4 -k3,3 "$T/made/links" | awk -F '\t' '{ split($3, part, "-") } !seen[part[1] $4]++' >"$T/names"
is 'a query finds what it leads to' "$(while read -r id _ target inverse; do
	fmrec list --format ids "id:$target $inverse:$id" >"$T/found" 2>&1
	grep -qx "$target" "$T/found" || printf '%s %s %s: %s\n' "$target" "$inverse" "$id" "$(head -n 1 "$T/found")"
done <"$T/names")" ''
is 'a page tells where it comes from, and a trace' "$(cut -f3 "$T/names" | sort -u | while read -r target; do
	fmrec show --linked "$target" >"$T/page"
	fmrec trace --up --depth 1 "$target" >"$T/trace"
	fmrec trace --down --depth 1 "$target" >>"$T/trace"
	awk -F '\t' -v target="$target" '$3 == target { print $1 }' "$T/made/links" | sort -u | while read -r id; do
		grep -q "$id\|and [0-9]* more" "$T/page" || printf 'page of %s: %s\n' "$target" "$id"
		grep -q "$id" "$T/trace" || printf 'trace of %s: %s\n' "$target" "$id"
	done
done)" ''

# ---- unmade from here, made from there

awk -F '\t' '{ path = $2; gsub(/\.[0-9]+/, "", path); split($1, part, "-") } !seen[part[1] path]++' "$T/made/links" >"$T/kinds"
remade=$(while read -r id path target inverse; do
	fmrec -q unlink --no-commit "$id" "$path" "$target" >"$T/said" 2>&1 </dev/null || {
		grep -q 'value\.required\|is not valid' "$T/said" || printf 'unlink %s %s: %s\n' "$id" "$path" "$(cat "$T/said")"
		continue
	}
	path=$(printf '%s' "$path" | sed 's/\.[0-9]*$//')
	{ [ "${path##*.}" != "$inverse" ] && fmrec -q link --no-commit "$target" "$inverse" "$id"; } >"$T/said" 2>&1 </dev/null ||
		fmrec -q link --no-commit "$id" "$path" "$target" >"$T/said" 2>&1 </dev/null ||
		printf 'link %s %s %s: %s\n' "$id" "$path" "$target" "$(cat "$T/said")"
done <"$T/kinds")
is 'every link is unmade and made again' "$remade" ''
links >"$T/links"
same 'all of them are there again' "$T/links" "$T/wanted"
ok 'and valid' fmrec validate

done_testing
