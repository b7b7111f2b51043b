. "$(dirname "$0")/lib.sh"
sample=$top/schema/sample

count() {
	fmrec list incident --format ids 2>/dev/null | grep -c . || :
}

# utf8 FILE ENCODING: rewrite a UTF-8 file in another encoding, with a mark where it has one
recode() {
	python3 -c 'import sys; s=open(sys.argv[1],encoding="utf-8").read(); open(sys.argv[3],"wb").write(s.encode(sys.argv[2]))' \
		"$1" "$2" "$3"
}

repository first
# ---- the shipped sample, with its mapping
ok 'a dry run' fmrec import -n --map "$sample/mapping.yaml" "$sample/incidents.csv"
like 'says what would be' "$err" 'would be: 25 added, 0 changed, 0 unchanged'
is 'and does nothing' "$(count)$(git status --porcelain)" 0
ok 'import' fmrec import --map "$sample/mapping.yaml" "$sample/incidents.csv"
is 'all rows are records' "$(count)" 25
is 'in one commit' "$(git log --format=%s | grep -c import)" 1
like 'which says what it did' "$(git log -1 --format=%B)" '25 added'
is 'nothing is left over' "$(git status --porcelain)" ''
ok 'they are valid' fmrec validate
before=$(git rev-parse HEAD)
ok 'import again' fmrec import --map "$sample/mapping.yaml" "$sample/incidents.csv"
like 'finds nothing new' "$err" '0 added, 0 changed, 25 unchanged'
is 'and commits nothing' "$(git rev-parse HEAD)" "$before"

# ---- original dates are kept, and it is marked
cat >"$T/map.yaml" <<'END'
type: incident
source: 障害管理台帳
key: 番号
columns:
  事象: title
  発見日: found_on
  発生: occurred_at
  重大さ: severity
  区分: [classification, note]
constants:
  organisation: 例示製作所
templates:
  situation: {text: '{事象}（{担当}）', max: 20}
values:
  重大さ: {大: S1, 小: S4, '-': null}
empty: [不明, なし]
ignore: [備考]
END
cat >"$T/table.csv" <<'END'
番号,事象,発見日,発生,重大さ,区分,担当,備考
1,受注が停止した,平成24年11月5日,２０１２年１１月４日,大,設備,佐藤,x
2,"出荷が
停止した",2012/11/6 3:12,なし,-,,,
END
ok 'a mapping of our own' fmrec import --map "$T/map.yaml" "$T/table.csv"
one=$(grep -rl '受注が停止した$' records/incident | head -n 1)
two=$(grep -rl '停止した$' records/incident | grep -v "$one" | head -n 1)
like 'the id has the day of the record' "$one" 'INC-20121105-'
like 'it lies in its year' "$one" 'records/incident/2012/'
like 'a Japanese date' "$(cat "$one")" '^found_on: 2012-11-05$'
like 'full-width digits' "$(cat "$one")" '^occurred_at: 2012-11-04$'
like 'a replaced value' "$(cat "$one")" '^severity: S1$'
like 'a label becomes its code' "$(cat "$one")" '^classification: facility$'
like 'one column, two fields' "$(cat "$one")" '^note: 設備$'
like 'a constant' "$(cat "$one")" '^organisation: 例示製作所$'
like 'a template, cut' "$(cat "$one")" '^situation: 受注が停止した（佐藤）$'
like 'it is marked imported' "$(cat "$one")" '^  source: 障害管理台帳$'
like 'with its key' "$(cat "$one")" '^  key: .?1.?$'
like 'on this day' "$(cat "$one")" '^  date: 2026-11-21$'
like 'its editor finds the schema' "$(head -n 1 "$one")" 'schema=\.\./\.\./\.\./\.fmrec/schema/incident\.yaml'
like 'a time' "$(cat "$two")" '^found_on: 2012-11-06T03:12:00\+09:00$'
unlike 'what is absent is not invented' "$(cat "$two")" '^(occurred_at|severity|classification):'

# ---- only what changed is changed
printf '# a remark\n' >>"$one"
git commit -qam remark
sed 's/平成24年11月5日/平成24年11月7日/' "$T/table.csv" >"$T/table2.csv"
ok 'a changed row' fmrec import --map "$T/map.yaml" "$T/table2.csv"
like 'is told' "$err" '0 added, 1 changed, 1 unchanged'
is 'one line of difference' "$(git show --format= --numstat | cut -f1,2 | tr '\t' /)" 1/1
like 'the remark is still there' "$(cat "$one")" '^# a remark$'
is 'the id stays' "$(git diff --name-status HEAD~1 | cut -f1)" M

# ---- at once
for i in 1 2 3 4; do
	sed "s/受注が停止した/並行 $i/; s/^1,/P1,/; s/^2,/P2,/" "$T/table.csv" >"$T/same.csv"
	cp "$T/same.csv" "$T/parallel-$i.csv"
	fmrec import --map "$T/map.yaml" "$T/parallel-$i.csv" >/dev/null 2>"$T/parallel-$i.log" &
done
wait
is 'four imports at once double nothing' "$(grep -rlE '^  key: .?P1.?$' records | wc -l | tr -d ' ')" 1
ok 'and leave a valid repository' fmrec validate

# ---- encodings
repository ../second
for encoding in utf-8 utf-8-sig cp932 utf-16; do
	recode "$T/table.csv" "$encoding" "$T/encoded.csv"
	ok "$encoding" fmrec import -n --map "$T/map.yaml" "$T/encoded.csv"
	like "$encoding gives both rows" "$err" '2 added'
done
recode "$T/table.csv" cp932 "$T/encoded.csv"
run fmrec import -n --map "$T/map.yaml" "$T/encoded.csv"
like 'the encoding is told' "$err" 'as csv, cp932'
recode "$T/table.csv" utf-16-be "$T/encoded.csv"
exit_is 'UTF-16 without a mark' 1 fmrec import -n --map "$T/map.yaml" "$T/encoded.csv"
like 'is a finding' "$out" 'import\.encoding'
like 'with advice' "$out" 'utf-16|--encoding'
ok 'and can be named' fmrec import -n --map "$T/map.yaml" --encoding utf-16be "$T/encoded.csv"
recode "$T/table.csv" euc-jp "$T/encoded.csv"
ok 'EUC-JP can be named' fmrec import -n --map "$T/map.yaml" --encoding EUC-JP "$T/encoded.csv"
exit_is 'an unknown encoding' 128 fmrec import --map "$T/map.yaml" --encoding latin "$T/table.csv"
tr , '\t' <"$T/table.csv" >"$T/table.tsv"
ok 'TSV' fmrec import -n --map "$T/map.yaml" "$T/table.tsv"
tr , '|' <"$T/table.csv" >"$T/table.txt"
ok 'a delimiter of choice' fmrec import -n --map "$T/map.yaml" --delimiter '|' "$T/table.txt"
exit_is 'no delimiter' 128 fmrec import -n --map "$T/map.yaml" --delimiter '||' "$T/table.txt"

# ---- columns by path and label, JSON, JSON Lines, standard input
cat >"$T/label.csv" <<'END'
title,障害の重大さ,Found on,impact.customers_min
ラベルの列,重大,令和8年4月1日,１２０
END
ok 'labels in both languages' fmrec import --type incident "$T/label.csv"
file=$(grep -rl 'ラベルの列' records)
like 'a label of a config list' "$(cat "$file")" '^severity: S1$'
like 'full-width numbers' "$(cat "$file")" '^  customers_min: 120$'
ok 'the same file again' fmrec import --type incident "$T/label.csv"
like 'is known by its contents' "$err" '0 added, 0 changed, 1 unchanged'
cat >"$T/rows.json" <<'END'
[{"title": "from JSON", "found_on": "2020年1月2日", "impact": {"customers_min": 3}, "timeline":
  [{"at": "2020年1月2日 3時4分", "text": "一行"}]}]
END
ok 'JSON' fmrec import --type incident "$T/rows.json"
file=$(grep -rl 'from JSON' records)
like 'dates inside lists too' "$(cat "$file")" 'at: 2020-01-02T03:04:00\+09:00'
printf '{"title":"a line"}\n\n{"title":"another line"}\n' >"$T/rows.jsonl"
ok 'JSON Lines from standard input' sh -c 'fmrec import --type incident - <"$1"' sh "$T/rows.jsonl"
like 'two of them' "$err" '2 added'

# ---- what is wrong is told, all of it, and nothing is written
before=$(git rev-parse HEAD)
cat >"$T/bad.csv" <<'END'
title,severity,found_on,occurred_at,recovered_at
good,S1,2026-01-01,,
bad code,S7,2026-01-01,,
bad date,S1,someday,,
ragged,S1
bad order,S1,2026-01-01,2026-01-03T00:00:00+09:00,2026-01-02T00:00:00+09:00
,S1,2026-01-01,,
"quote"x,S1,2026-01-01,,
END
exit_is 'bad rows' 1 fmrec import --type incident "$T/bad.csv"
like 'a bad code, with its line and row' "$out" 'bad\.csv:3:1: error: import\.value: row 2: .severity.'
like 'the nearest code' "$out" 'S1'
like 'a bad date' "$out" 'bad\.csv:4:1: .*row 3: .found_on.'
like 'a ragged row' "$out" 'bad\.csv:5:1: error: import\.row: row 4: 2 cells'
like 'times in the wrong order' "$out" 'bad\.csv:6:1: error: record\.time-order: row 5'
like 'a missing title' "$out" 'bad\.csv:7:1: error: .*row 6'
like 'a bad quote' "$out" 'bad\.csv:8:1: error: import\.row: row 7'
unlike 'the good row has none' "$out" 'row 1[:,]'
like 'it is said that nothing was done' "$err" 'nothing imported: 6 of 7 rows'
is 'nothing was done' "$(git rev-parse HEAD)$(git status --porcelain)" "$before"
exit_is 'skip the bad ones' 1 fmrec import --type incident --skip-bad "$T/bad.csv"
like 'the good one is in' "$err" '1 added'
exit_is 'findings for programs' 1 fmrec import --type incident --format json "$T/bad.csv"
printf '%s\n' "$out" | python3 -c 'import json,sys; json.load(sys.stdin)' && pass 'are JSON' || fail 'are JSON'

printf 'title,colour\nx,red\n' >"$T/column.csv"
exit_is 'a column without a field' 1 fmrec import --type incident "$T/column.csv"
like 'is a finding, at its place' "$out" "column.csv:1:7: error: import\.column: no field for the column 'colour'"
printf 'title,"発生曰時","severty"\nx,2026-11-21,S1\n' >"$T/near.csv"
exit_is 'columns nearly named right' 1 fmrec import --type incident "$T/near.csv"
like 'a label nearly right names its field' "$out" "did you mean 'occurred_at'"
like 'a path nearly right too' "$out" "did you mean 'severity'"
like 'at their places' "$out" 'near.csv:1:14: error: import.column'
printf '番号,番号\n1,2\n' >"$T/twice.csv"
exit_is 'a column twice' 1 fmrec import --map "$T/map.yaml" "$T/twice.csv"
printf '番号,事象,発見日,発生,重大さ,区分,担当,備考\n7,a,,,,,,\n7,b,,,,,,\n' >"$T/keys.csv"
exit_is 'a key twice' 1 fmrec import --map "$T/map.yaml" "$T/keys.csv"
like 'both rows are named' "$out" 'row 2: it has the same key .7. as row 1'
printf '番号,事象,発見日,発生,重大さ,区分,担当,備考\n,a,,,,,,\n' >"$T/keys.csv"
exit_is 'a row without a key' 1 fmrec import --map "$T/map.yaml" "$T/keys.csv"
sed 's/severity$/severty/' "$T/map.yaml" >"$T/badmap.yaml"
exit_is 'a mapping to a field that is not there' 1 fmrec import --map "$T/badmap.yaml" "$T/table.csv"
like 'has its place' "$out" 'badmap\.yaml:8:.*severty'
printf 'type: incident\nsource: x\nkey: no\nclumns: {}\n' >"$T/badmap.yaml"
exit_is 'a mapping that is none' 1 fmrec import --map "$T/badmap.yaml" "$T/table.csv"
exit_is 'a mapping for another type' 128 fmrec import --type lesson --map "$T/map.yaml" "$T/table.csv"
printf 'title\nx\n' >"$T/no-id.csv"
exit_is 'no type at all' 1 fmrec import "$T/no-id.csv"
like 'is said' "$out" '\-\-type'
exit_is 'an unknown type' 128 fmrec import --type incidnt "$T/no-id.csv"
exit_is 'a file that is not there' 128 fmrec import --type incident "$T/none.csv"
exit_is 'a directory' 128 fmrec import --type incident "$T"
exit_is 'no file' 129 fmrec import --type incident
: >"$T/empty.csv"
exit_is 'an empty file' 1 fmrec import --type incident "$T/empty.csv"
printf 'title\n"never closed\n' >"$T/quote.csv"
exit_is 'an open quote' 1 fmrec import --type incident "$T/quote.csv"
printf '{"title":\n' >"$T/broken.jsonl"
exit_is 'broken JSON' 1 fmrec import --type incident "$T/broken.jsonl"
head -c 3000 /dev/urandom >"$T/noise.csv"
not 'noise' fmrec import --type incident "$T/noise.csv"

printf 'title,occurred_at\nx,昨日\ny,3:12\n' >"$T/relative.csv"
exit_is 'times that count from the day of writing' 1 fmrec import --type incident "$T/relative.csv"
like 'are not guessed' "$out" "row 1: .*'昨日' counts from a day that the table does not tell"
like 'nor is a time alone' "$out" "row 2: .*'3:12' counts from"

# ---- links between rows; no commit; a row of an existing id
printf '{"id":"LSN-20260101-AAAA","title":"t","from":["INC-20260101-BBBB"],"form":1}\n{"id":"INC-20260101-BBBB","title":"u","form":1}\n' >"$T/linked.jsonl"
ok 'a link to a later row' fmrec import "$T/linked.jsonl"
printf '{"id":"LSN-20260101-EEEE","title":"t","from":[{"to":"INC-20260101-FFFF","note":"why"}],"form":1}\n{"id":"INC-20260101-FFFF","title":"u","form":1}\n' >"$T/linked.jsonl"
ok 'also where more is said of the link' fmrec import "$T/linked.jsonl"
printf '{"id":"LSN-20260101-CCCC","title":"t","from":["INC-20260101-DDDD"],"form":1}\n' >"$T/linked.jsonl"
exit_is 'a link to nowhere' 1 fmrec import "$T/linked.jsonl"
like 'is a finding' "$out" 'ref\.dangling'
before=$(git rev-parse HEAD)
printf 'id,title\nINC-20260101-BBBB,changed\n' >"$T/id.csv"
ok 'no commit' fmrec import --no-commit --type incident "$T/id.csv"
is 'staged only' "$(git rev-parse HEAD) $(git diff --cached --name-only)" "$before records/incident/2026/INC-20260101-BBBB.yaml"
git commit -qm changed
printf 'id,title,note\nINC-20260101-BBBB,changed,remark\n' >"$T/id.csv"
fmrec import -q --type incident "$T/id.csv"
printf 'id,title,note\nINC-20260101-BBBB,changed,\n' >"$T/id.csv"
run fmrec import --type incident "$T/id.csv"
like 'an empty cell takes nothing away' "$err" '0 changed'
ok 'unless it is asked for' fmrec import --clear --type incident "$T/id.csv"
unlike 'then it does' "$(cat records/incident/2026/INC-20260101-BBBB.yaml)" '^note:'

# ---- a table from before a record was renamed
fmrec -q rename INC-20260101-BBBB INC-20260101-EEEE
printf 'id,title\nINC-20260101-BBBB,by its former id\n' >"$T/id.csv"
ok 'a former id' fmrec import --type incident "$T/id.csv"
like 'is no new record' "$err" '0 added, 1 changed'
like 'but the one that had it' "$(cat records/incident/2026/INC-20260101-EEEE.yaml)" '^title: .by its former id.$'
like 'which keeps its own' "$(cat records/incident/2026/INC-20260101-EEEE.yaml)" '^id: INC-20260101-EEEE$'
fmrec -q new person --id ITO -m Ito
fmrec -q rename PSN-ITO SATO
printf 'id,name\nITO,another\n' >"$T/id.csv"
exit_is 'a name whose id was given before' 1 fmrec import --type person "$T/id.csv"
like 'is refused' "$out" "'PSN-ITO' is a former id"
printf 'id,title\nINC-20260101-EEEE,one\nINC-20260101-BBBB,two\n' >"$T/id.csv"
exit_is 'both ids in one table' 1 fmrec import --type incident "$T/id.csv"

# ---- a list of maps, which JSON has in one line, is written as people write it
printf '{"id":"INC-20260101-FFFF","title":"x","timeline":[{"at":"2026-01-01T00:00:00Z","text":"a"}]}\n' >"$T/id.jsonl"
ok 'nested' fmrec import --type incident "$T/id.jsonl"
is 'line by line' "$(sed -n '/^timeline/,$p' records/incident/2026/INC-20260101-FFFF.yaml)" "timeline:
  - at: 2026-01-01T00:00:00Z
    text: a"
ok 'all is valid' fmrec validate

done_testing
