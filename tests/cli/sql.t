# SQL on the records: read-only, limited, in all formats.
. "$(dirname "$0")/lib.sh"
repository
cat >"$T/rows.csv" <<END
title,severity,found_on,impact.customers_min
受注システムが停止,S1,2026-11-21,120
Outbound queue stuck,S2,2026-10-30,9
ﾃﾞｨｽｸ満杯,S2,2025-04-01,
END
fmrec import --type incident "$T/rows.csv" >/dev/null 2>&1

run fmrec sql "SELECT severity, count(*) AS n FROM incident GROUP BY 1 ORDER BY 1"
is 'a table' "$out" "severity  n
S1        1
S2        2"
run fmrec sql --format json "SELECT count(*) AS n, NULL AS x, 1.5 AS r, 'a' AS t"
is 'JSON is typed' "$out" '[
{"n":1,"x":null,"r":1.5,"t":"a"}
]'
run fmrec sql --format csv 'SELECT title, "impact.customers_min" AS c FROM incident ORDER BY c'
is 'CSV' "$(printf '%s\n' "$out" | paste -sd' ' -)" 'title,c ﾃﾞｨｽｸ満杯, Outbound queue stuck,9 受注システムが停止,120'
run sh -c 'echo "SELECT 1 AS one" | "$FMREC" sql -'
is 'from standard input' "$(printf '%s' "$out" | tr '\n' ' ')" 'one 1'
run fmrec sql --limit 1 --format ids 'SELECT id FROM record'
is 'a limit of rows' "$(printf '%s\n' "$out" | grep -c .)" 1
run fmrec sql --format ids "SELECT count(*) FROM incident WHERE fold(title) LIKE '%' || fold('ディスク') || '%'"
is 'fold' "$out" 1
run fmrec sql --format ids "SELECT fiscal_year(found_on) || 'Q' || fiscal_quarter(found_on) FROM incident WHERE severity = 'S1'"
is 'fiscal years' "$out" 2026Q3
run fmrec sql --format ids "SELECT instant('2026-04-01T09:00:00+09:00') - instant('2026-04-01', 0)"
is 'instants' "$out" 32400
run fmrec sql --format ids "SELECT rank('incident', 'severity', 'S2')"
is 'ranks' "$out" 1
run fmrec sql --tables
like 'tables' "$out" '^incident +key, id, path, title, state'
like 'lists' "$out" '^incident_timeline +key, id, position, at'
like 'links' "$out" '^link +source, field, target'

# Nothing but reading
for statement in 'DELETE FROM record' 'DROP VIEW record' 'INSERT INTO link_ VALUES(1)' 'CREATE TABLE x(y)' 'PRAGMA user_version = 3' \
	"ATTACH '$T/evil.db' AS e" "SELECT load_extension('x')" 'SELECT 1; SELECT 2' 'VACUUM' 'BEGIN' "SELECT writefile('$T/evil','x')" \
	'EXPLAIN DELETE FROM record' ''; do
	exit_is "refused: $statement" 128 fmrec sql "$statement"
done
is 'no file came out of it' "$(ls "$T" | grep -c evil)" 0
exit_is 'a table that is not there' 128 fmrec sql 'SELECT * FROM nosuch'
like 'says what can be asked' "$err" 'sql --tables'
exit_is 'a statement without end' 128 fmrec sql --timeout 1 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
like 'is ended' "$err" 'takes too long'
exit_is 'a text without end' 128 fmrec sql "SELECT length(replace(hex(zeroblob(60000000)), '0', 'abcdefgh'))"
exit_is 'a time limit below nothing' 129 fmrec sql --timeout=-1 'SELECT 1'
exit_is '--tables and a statement' 129 fmrec sql --tables 'SELECT 1'

run fmrec sql "SELECT char(27) || '[31m' AS x"
unlike 'no escape reaches the terminal' "$out" "$(printf '\033')"
printf 'title: "\n' >records/incident/2026/INC-20260402-AAA9.yaml
run fmrec sql 'SELECT id FROM unreadable' --format ids
is 'what cannot be read is a table, too' "$out" INC-20260402-AAA9
like 'and warned of' "$err" 'cannot be read'
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" sql 'SELECT 1'

# fields of items that are called like the columns of every list
python3 - >.fmrec/schema/box.yaml <<'END'
field = 'x-fmrec: {label: {en: F, ja: 欄}, help: {en: F., ja: 欄。}}'
text = '{type: string, %s}' % field
print(f'''$schema: https://json-schema.org/draft/2020-12/schema
$id: urn:fmrec:type:box
title: Box
type: object
x-fmrec:
  type: box
  form: 1
  label: {{en: Box, ja: 箱}}
  help: {{en: A box., ja: 箱。}}
  directory: box
  by-year: false
  id: {{prefix: BOX, pattern: '{{prefix}}-{{random}}'}}
  states: [{{name: open, label: {{en: Open, ja: 開}}, help: {{en: O., ja: 開。}}}}]
  columns: [id]
  heading: title
required: [id, form, title]
additionalProperties: false
properties:
  id: {text}
  form: {{type: integer, {field}}}
  title: {text}
  things:
    type: array
    {field}
    items:
      type: object
      additionalProperties: false
      properties: {{key: {text}, id: {text}, parent: {text}, position: {text}}}''')
END
box=$(fmrec -q new box -m 箱 -s 'things=[{key: k, id: i, parent: p, position: 上}, {key: l}]')
for name in key:k id:i parent:p position:上; do
	is "a field of an item may be called ${name%%:*}" "$(fmrec list --format ids "type:box things.$name")" "$box"
done
is 'and is seen beside the column' "$(fmrec sql --format csv 'SELECT position, key_, id_, parent_, position_ FROM box_things' |
	paste -sd' ' -)" 'position,key_,id_,parent_,position_ 0,k,i,p,上 1,l,,,'

# A type has a table from its first record on
repository "$T/tables"
ok "a record of one type" fmrec new nearmiss -m one --set situation=x --set system=y
run fmrec sql --format csv 'SELECT count(*) FROM lesson l JOIN nearmiss n'
is 'no record, no row' "$(printf '%s\n' "$out" | tail -n 1)" 0
run fmrec list has:theme --format ids
is 'nothing to list either' "$code$out" 0
lesson=$(fmrec -q new lesson -m first)
run fmrec sql --format csv 'SELECT l.title, n.title FROM lesson l JOIN nearmiss n'
is 'the first record' "$(printf '%s\n' "$out" | tail -n 1)" first,one
fmrec -q rm -f "$lesson" >/dev/null
run fmrec sql --format csv 'SELECT count(*) FROM lesson'
is 'removed again' "$(printf '%s\n' "$out" | tail -n 1)" 0
fmrec -q new lesson -m second >/dev/null
rm -rf .git/fmrec
run fmrec sql --format csv 'SELECT title FROM lesson'
is 'and in a cache that is made anew' "$(printf '%s\n' "$out" | tail -n 1)" second
run fmrec sql --format csv 'SELECT (SELECT count(*) FROM lesson), (SELECT count(*) FROM incident)'
is 'with tables and without' "$(printf '%s\n' "$out" | tail -n 1)" 1,0

done_testing
