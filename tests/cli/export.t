. "$(dirname "$0")/lib.sh"

put_attachments() { # they are not in a table
	(cd "$1" && find records -type f ! -name '*.yaml') | while read -r file; do
		mkdir -p "$(dirname "$file")" && cp "$1/$file" "$file"
	done
	git add -A
	git commit -qm attachments
}

repository source
put_examples
git add -A && git commit -qm examples
source=$PWD
types=$(cd .fmrec/schema && ls ./*.yaml | sed 's|./||; s/\.yaml$//')
ok 'the examples are valid' fmrec validate
before=$(git rev-parse HEAD)

# Into the same repository: no difference
for type in $types; do
	for options in '--format csv' '--format csv --excel' '--format tsv' '--format jsonl' '--format json'; do
		ending=$(printf '%s' "$options" | cut -d' ' -f2)
		# shellcheck disable=SC2086
		fmrec export $options "$type" >"$T/table.$ending" 2>"$T/err" || fail "export $options $type"
		run fmrec import --type "$type" "$T/table.$ending"
		case $code$err in
		*'0 added, 0 changed'*) pass "$type $options comes back unchanged" ;;
		*)
			fail "$type $options comes back unchanged"
			note "$out$err"
			;;
		esac
	done
done
is 'nothing was committed' "$(git rev-parse HEAD)$(git status --porcelain)" "$before"

# Into an empty repository: equal records
fmrec export >"$T/all.jsonl"
repository ../lines
put_attachments "$source"
ok 'all types as JSON Lines' fmrec import "$T/all.jsonl"
fmrec export >"$T/again.jsonl"
same 'give equal records' "$T/again.jsonl" "$T/all.jsonl"
ok 'which are valid' fmrec validate

repository ../tables
put_attachments "$source"
for type in $types; do
	fmrec -C "$source" export --excel "$type" >"$T/$type.csv"
done
# shellcheck disable=SC2046
ok 'all types as tables' fmrec import $(for type in $types; do printf '%s\n' "$T/$type.csv"; done)
fmrec export >"$T/again.jsonl"
same 'give equal records too' "$T/again.jsonl" "$T/all.jsonl"

# What spreadsheets do with cells
repository ../excel
printf '{"title":"=1+2","note":"say \\"hi\\",\\nthen go","target":"-x","first_aid":"'"'"'=quoted","cause_none":1}\n' >"$T/row.jsonl"
exit_is 'an unknown field' 1 fmrec import --type incident "$T/row.jsonl"
printf '{"title":"=1+2","note":"say \\"hi\\",\\nthen go","target":"-x","first_aid":"'"'"'=quoted","situation":"json:1","phenomenon":" edges \\n"}\n' >"$T/row.jsonl"
ok 'a hostile row' fmrec import --type incident "$T/row.jsonl"
run fmrec export --excel incident
is 'begins with a mark' "$(printf '%s' "$out" | head -c 3 | od -An -tx1 | tr -d ' ')" efbbbf
is 'its lines end in CRLF' "$(fmrec export --excel incident | head -n 1 | tail -c 2 | od -An -tx1 | tr -d ' ')" 0d0a
like 'no formula runs' "$out" "\"'=1\+2\""
unlike 'no cell begins like one' "$out" '(^|,)"?[=@+-][^0-9]'
fmrec export incident >"$T/before.jsonl" --format jsonl
fmrec export --excel incident >"$T/x.csv"
run fmrec import --type incident "$T/x.csv"
like 'it comes back unchanged' "$err" '0 added, 0 changed, 1 unchanged'
rm -rf records && git commit -qam 'start again'
ok 'also where it was not' fmrec import --type incident "$T/x.csv"
fmrec export incident >"$T/after.jsonl" --format jsonl
same 'byte for byte' "$T/after.jsonl" "$T/before.jsonl"

# Columns
run fmrec export --columns id,title incident
is 'only these columns' "$(printf '%s\n' "$out" | head -n 1)" id,title
exit_is 'an unknown column' 128 fmrec export --columns titel incident
like 'the nearest is offered' "$err" title
run fmrec export lesson
like 'no record: a table to fill in' "$out" '^id,.*title'
ok 'in a bare repository' sh -c 'git clone -q --bare . "$T/bare.git" && fmrec -C "$T/bare.git" export incident'

# Only what fits a query
id=$(fmrec list incident --format ids --limit 1)
fmrec export incident --format jsonl >"$T/incidents.jsonl"
run fmrec export incident "id:$id" --format jsonl
is 'one record of a query' "$out" "$(grep "\"$id\"" "$T/incidents.jsonl")"
run fmrec export "id:$id"
is 'without a type: JSON' "$out" "$(grep "\"$id\"" "$T/incidents.jsonl")"
run fmrec export --columns id incident "id:$id"
is 'a table' "$(printf '%s' "$out" | tr -d '\r' | tr '\n' ' ')" "id $id"
run fmrec export incident title:nothing-like-it
is 'of nothing: the heading alone' "$(printf '%s\n' "$out" | wc -l)" 1
exit_is 'a value that cannot be' 128 fmrec export incident severity:S9

# Bad requests, bad records
exit_is 'an unknown type' 128 fmrec export incidnt
like 'the nearest type is offered' "$err" incident
exit_is 'a table of all types' 128 fmrec export --format csv
exit_is 'a table of two types' 128 fmrec export --format csv incident lesson
exit_is 'Excel and JSON' 129 fmrec export --excel --format json incident
file=$(git ls-files 'records/*' | head -n 1)
printf 'title: "\n' >"$file"
exit_is 'a broken record' 1 fmrec export incident
like 'is counted' "$err" '1 record cannot be read'
[ ! -e /dev/full ] || not 'a full disk' sh -c 'fmrec export >/dev/full lesson'

done_testing
