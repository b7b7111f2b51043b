# Whatever the schema of a type allows can be filed, read, changed, found and printed, in every type: records made from
# the schemas go through the commands (F-25, X-05).  tests/cli/every-link.t, every-import.t and every-state.t go on.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/every-lib.sh"
generated

# ---- new, validate, show

filed=$(while read -r id type kind; do
	fmrec -q new --alone --no-commit --from "$T/made/$id.yaml" "$type" >"$T/new.log" 2>&1 </dev/null || {
		printf '%s %s %s\n' "$type" "$id" "$kind"
		head -n 3 "$T/new.log"
	}
done <"$T/made/records")
is 'every record is filed' "$filed" ''
git commit -q -m 'records of every type'
ok 'and valid' fmrec validate
is 'all of them' "$(fmrec list --format ids | sort)" "$(cut -f1 "$T/made/records" | sort)"

# shellcheck disable=SC2046
fmrec show --format json $(cut -f1 "$T/made/records") >"$T/shown"
same 'nothing is lost or changed' "$T/shown" "$T/made/all.jsonl"
the_file() {
	fmrec show --format yaml "$1" | cmp - "$(git ls-files "*/$1.yaml")"
}
none_fails 'as text it is the file' the_file

# Each text that was made begins with a number of its own.
numbers() {
	grep -oE '"[ ]?[0-9]+ ' "$1" | tr -dc '0-9\n' | sort -u
}
tells() {
	fmrec show "$1" >"$T/told" || return 1
	numbers "$T/made/$1.json" >"$T/wanted"
	grep -oE '[0-9]+' "$T/told" | sort -u | comm -13 - "$T/wanted" >"$T/missing"
	[ ! -s "$T/missing" ] || {
		grep -oE "\"[a-z_]+\":\"[ ]?$(head -n 1 "$T/missing") .{0,40}" "$T/made/$1.json"
		return 1
	}
}
none_fails 'a page shows every text' tells
# shellcheck disable=SC2086
fmrec form $whole >"$T/forms"
for id in $whole; do grep -qF "$id" "$T/forms" || printf '%s\n' "$id"; done >"$T/missing"
is 'a form is printed' "$(cat "$T/missing")" ''
blank() {
	fmrec form --blank "$2" && LANGUAGE=ja fmrec -q form --blank "$2"
}
none_fails 'each type has a blank form' blank

# ---- set

before=$(git rev-parse HEAD)
set_to() { # WHICH ID
	xargs -0 fmrec -q set --no-commit "$2" <"$T/made/$2.$1"
}
none_fails 'a value that is there is set' set_to same
is 'and changes nothing' "$(git status --porcelain)$(git rev-parse HEAD)" "$before"

one_line_each() {
	path=$(git ls-files "*/$1.yaml")
	set_to there "$1"
	git show "HEAD:$path" |
		awk 'NR == FNR { line[FNR] = $0; next } line[FNR] != $0 { count++ } END { print count + 0 }' - "$path" >"$T/lines"
	tr -cd '\0' <"$T/made/$1.there" | wc -c | tr -d ' ' | diff - "$T/lines"
	set_to back "$1"
	git status --porcelain -- "$path"
}
is 'a value is one line, there and back the same bytes' "$(for id in $whole; do one_line_each "$id"; done)" ''
other() {
	set_to other "$1" && fmrec show --format json "$1" | diff "$T/made/$1.changed" - && set_to same "$1" &&
		fmrec show --format json "$1" | diff "$T/made/$1.json" -
}
none_fails 'every value is changed, and changed back' other
git reset -q --hard

wrong() {
	while IFS= read -r edit; do
		fmrec set "$1" "$edit" >"$T/wrong.log" 2>&1 </dev/null
		[ $? -eq 1 ] || printf '%s: %s\n' "$edit" "$(cat "$T/wrong.log")"
	done <"$T/made/$1.wrong" >"$T/taken"
	cat "$T/taken"
	[ ! -s "$T/taken" ]
}
none_fails 'a value that cannot be is refused' wrong
is 'and nothing is written' "$(git status --porcelain)" ''

# ---- list, query, sql, grep, similar

listed() { # a list tells where a link leads, an export all of it
	fmrec export "$2" | sed 's/"json:{""to"":""\([^"]*\)""\([^"]\|""\)*"/\1/g' >"$T/exported" &&
		fmrec list "type:$2" --format csv --columns "$(head -n 1 "$T/exported" | tr -d '\r')" | cmp - "$T/exported"
}
none_fails 'every field is a column of a list' listed
found() {
	[ "$(xargs -0 -n 60 fmrec list --format ids "type:$2" <"$T/made/$1.query" | sort -u)" = "$1" ]
}
none_fails 'every value finds its record' found
tables=$(fmrec sql --tables | sed 1d | cut -d' ' -f1)
for table in $tables; do printf "select '%s', count(*) from \"%s\" union all " "$table" "$table"; done >"$T/statement"
fmrec sql --limit 1000 --format tsv "$(cat "$T/statement") select 'x', 0" >"$T/counts"
is 'every table is there to be read' "$(sed '1d;$d' "$T/counts" | cut -f1)" "$tables"
same_count() {
	[ "$(fmrec sql --format tsv "select count(*) from \"$2\"" | tail -n 1)" = "$(grep -c "	$2	" "$T/made/records")" ]
}
none_fails 'and has all records' same_count
grepped() {
	fmrec grep -F "$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' "$T/made/$1.json")" "type:$2"
}
none_fails 'grep finds it' grepped
like_it() {
	fmrec similar "$1" || fmrec similar "$1" 2>&1 | grep -q 'not compared by their words'
}
none_fails 'what is like it is looked for' like_it

done_testing
