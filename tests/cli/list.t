. "$(dirname "$0")/lib.sh"
repository
cat >"$T/rows.csv" <<END
title,system,severity,found_on,occurred_at,impact.customers_min
受注システムが停止,受注管理,S1,2026-11-21,2026-11-20,120
Outbound queue stuck,Mail relay,S2,2026-10-30,2026-10-29,9
ｻｰﾊﾞのディスクが満杯,受注管理,S2,2025-04-01,2025-04-01,
END
run fmrec import --type incident "$T/rows.csv"
is 'the records are there' "$code" 0
fmrec new lesson -m 'ディスクの残りを見る' >/dev/null 2>&1

lines() {
	printf '%s\n' "$out" | grep -c .
}

ok 'list everything' fmrec list
is 'a heading and four records' "$(lines)" 5
ok 'list a type' fmrec list incident
is 'three of them' "$(lines)" 4
like 'the columns are those of the type' "$out" '^id +severity +system +title$'
is 'columns align in any script' "$(printf '%s\n' "$out" | python3 -c '
import sys, unicodedata
def width(s): return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
rows = [l.rstrip("\n") for l in sys.stdin]
head = rows[0].index("title")
print(all(" " in r and width(r[:len(r)-len(t)]) == head for r in rows[1:] for t in [r.split("  ")[-1]]))')" True
ok 'type:A,B' fmrec list type:incident,lesson
is 'both types' "$(lines)" 5

run fmrec list incident severity:S2 --format ids
is 'a code' "$(lines)" 2
run fmrec list incident severity:S1,S2 --format ids
is 'one of two codes' "$(lines)" 3
run fmrec list incident found_on:2026-11 --format ids
is 'the beginning of a time' "$(lines)" 1
run fmrec list サーバー --format ids
is 'width and long vowels do not matter' "$(lines)" 1
run fmrec list ディスク --format ids
is 'words are looked for in all types' "$(lines)" 2
run fmrec list incident ディスク severity:S1 --format ids
is 'all terms must hold' "$out" ''
is 'nothing found is no failure' "$code" 0
run fmrec list impact.customers_min:120 --format ids
is 'a nested number' "$(lines)" 1

run fmrec list incident --columns id,impact.customers_min --sort impact.customers_min --format csv
is 'sorted by number, rows without it last' "$(printf '%s\n' "$out" | sed 's/.*,//' | paste -sd' ' -)" 'impact.customers_min 9 120 '
run fmrec list incident --columns title --sort -found_on --format tsv --limit 1
is 'the latest first' "$(printf '%s\n' "$out" | tail -n 1)" '受注システムが停止'
run fmrec list incident --limit 2 --format ids
is 'a limit' "$(lines)" 2
run fmrec list incident --format jsonl --columns id,impact.customers_min
printf '%s\n' "$out" | python3 -c 'import json,sys
rows=[json.loads(l) for l in sys.stdin]
assert len(rows)==3 and {r["impact.customers_min"] for r in rows}=={120,9,None}' &&
	pass 'numbers stay numbers in JSON' || fail 'numbers stay numbers in JSON'
run fmrec list incident --format json --columns title --sort title
printf '%s\n' "$out" | python3 -c 'import json,sys; assert len(json.load(sys.stdin))==3' &&
	pass 'JSON is one list' || fail 'JSON is one list'
run fmrec list --columns id,type,title,path --format csv
like 'virtual columns' "$out" 'lesson,ディスクの残りを見る,records/lesson/'

# A broken record stops nothing
file=$(git ls-files 'records/*' | head -n 1)
printf 'title: "\n' >"$file"
ok 'a broken record stops nothing' fmrec list --format ids
is 'the others are listed' "$(lines)" 3
like 'it is counted' "$err" '1 record cannot be read'
like 'and it is said what to do' "$err" 'fmrec validate'
git checkout -q -- "$file"

# Wrong questions
exit_is 'an unknown field' 128 fmrec list severty:S1
like 'the nearest is offered' "$err" "severity"
exit_is 'an unknown column' 128 fmrec list --columns severty
like 'the nearest column is offered' "$err" "severity"
exit_is 'an unknown type' 128 fmrec list type:incidnt
like 'the nearest type is offered' "$err" "incident"
run fmrec list incidnt
like 'a word that may be a type' "$err" "incident"
exit_is 'a limit below nothing' 129 fmrec list --limit=-3
exit_is 'nor is nothing a limit' 129 fmrec list --limit 0
ok 'without one' fmrec list --limit 1 --no-limit
exit_is 'an unknown format' 129 fmrec list --format html
cd "$T" && exit_is 'not in a repository' 128 fmrec list
like 'says how to start one' "$err" 'fmrec init'
cd "$T/work/repository" || exit 1

# Escapes of a hostile record
fmrec new incident -m 'harmless' >/dev/null 2>&1
file=$(grep -rl harmless records | head -n 1)
sed -i.bak 's/^title: .*/title: "\\e[31mred\\e]0;owned\\a"/' "$file" && rm -f "$file.bak"
run fmrec list
unlike 'no escape reaches the terminal' "$out" "$(printf '\033')"

# One type that cannot be used is not the end of the others.
echo 'broken: [' >>.fmrec/schema/incident.yaml
ok 'beside a broken type' fmrec list --format ids
like 'the other types are listed' "$out" '^LSN-'
unlike 'its own records are not' "$out" '^INC-'
like 'which is said' "$err" 'records cannot be read'
like 'with where to look' "$err" 'fmrec validate'
exit_is 'but asked for by name it is an error' 128 fmrec list incident
like 'that names the type' "$err" "type 'incident' cannot be used"
git checkout -q .fmrec/schema/incident.yaml

git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" list --format ids

done_testing
