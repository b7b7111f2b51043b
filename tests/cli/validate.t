. "$(dirname "$0")/lib.sh"

# ---- any file against any schema, anywhere
cat >schema.yaml <<'END'
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [name]
additionalProperties: false
properties:
  name: {type: string}
  day: {type: string, format: date}
  size: {enum: [small, large]}
END
printf 'name: a\nsize: small\n' >good.yaml
printf 'name: a\nsize: smal\n' >bad.yaml
printf '{"name": "a", "size": "large"}\n' >good.json
printf '{"name": 1,\n "size": "large"}\n' >bad.json
printf 'name: a\n---\nname: 2\n---\nname: c\n' >many.yaml
printf 'name: [a\n' >syntax.yaml
printf '{"name": \n' >syntax.json
printf 'name: a\nday: tomorrow\n' >day.yaml

ok 'a valid file' fmrec validate --schema schema.yaml good.yaml
is 'has one line' "$out" 'good.yaml: valid'
exit_is 'a file with a fault' 1 fmrec validate --schema schema.yaml bad.yaml
like 'the finding has its place' "$out" '^bad\.yaml:2:7: error: value\.enum:'
like 'and a verdict' "$out" '^bad\.yaml: invalid, 1 finding$'
ok 'JSON' fmrec validate --schema schema.yaml good.json
exit_is 'JSON with a fault' 1 fmrec validate --schema schema.yaml bad.json
like 'has its place' "$out" '^bad\.json:1:10: error: value\.type'
exit_is 'several documents' 1 fmrec validate --schema schema.yaml many.yaml
like 'each is checked' "$out" '^many\.yaml:3:7: '
exit_is 'broken YAML is a finding' 1 fmrec validate --schema schema.yaml syntax.yaml
like 'with its code' "$out" 'yaml\.syntax'
exit_is 'broken JSON is a finding' 1 fmrec validate --schema schema.yaml syntax.json
like 'with its code, too' "$out" 'json\.syntax'
ok 'standard input' sh -c 'fmrec validate --schema schema.yaml - <good.yaml'
ok 'JSON on standard input' sh -c 'fmrec validate --schema schema.yaml - <good.json'
exit_is 'all files are checked' 1 fmrec validate --schema schema.yaml good.yaml bad.yaml good.json
is 'with one verdict each' "$(printf '%s\n' "$out" | grep -cE '^[a-z.]+: (in)?valid')" 3
exit_is 'a file that is not there' 128 fmrec validate --schema schema.yaml none.yaml good.yaml
like 'is named' "$err" 'none\.yaml'
like 'the others are checked' "$out" '^good\.yaml: valid$'
exit_is 'a directory is no file' 128 fmrec validate --schema schema.yaml .
ok 'format is a remark' fmrec validate --schema schema.yaml day.yaml
exit_is 'unless it is asserted' 1 fmrec validate --schema schema.yaml --assert-format day.yaml
: >empty.yaml
exit_is 'an empty file' 1 fmrec validate --schema schema.yaml empty.yaml

printf '{"type": 12}\n' >broken.json
exit_is 'a broken schema' 128 fmrec validate --schema broken.json good.yaml
like 'is a fault of the schema' "$err" 'broken\.json'
is 'nothing is said of the file' "$out" ''
exit_is 'a schema that is not there' 128 fmrec validate --schema none.json good.yaml
printf 'type: [object\n' >broken.yaml
exit_is 'a schema that is no YAML' 128 fmrec validate --schema broken.yaml good.yaml

mkdir parts
printf '{"$ref": "https://example.com/parts/name.json"}\n' >remote.json
printf '{"type": "object", "required": ["nome"]}\n' >parts/name.json
exit_is 'no network for references' 128 fmrec validate --schema remote.json good.yaml
exit_is 'a directory instead' 1 fmrec validate --schema remote.json --map https://example.com/parts/=parts good.yaml
exit_is 'a map without a directory' 129 fmrec validate --schema remote.json --map https://example.com/ good.yaml
exit_is 'no file' 129 fmrec validate --schema schema.yaml
exit_is '--map alone' 129 fmrec validate --map a=b
exit_is '--schema and --staged' 129 fmrec validate --schema schema.yaml --staged good.yaml

for format in json sarif junit github; do
	exit_is "format $format" 1 fmrec validate --schema schema.yaml --format "$format" good.yaml bad.yaml
	case $format in
	json | sarif) printf '%s' "$out" | python3 -c 'import json,sys; json.load(sys.stdin)' && pass 'is JSON' || fail 'is JSON' ;;
	junit) printf '%s' "$out" | python3 -c 'import sys,xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())' &&
		pass 'is XML' || fail 'is XML' ;;
	github) like 'is a workflow command' "$out" '^::error file=bad\.yaml,line=2' ;;
	esac
done

# A billion laughs, a deep nest, a second of work at most
python3 -c '
print("a0: &a0 [x,x,x,x,x,x,x,x,x]")
for i in range(1, 12): print(f"a{i}: &a{i} [" + ",".join([f"*a{i-1}"] * 9) + "]")' >laughs.yaml
exit_is 'a billion laughs' 1 timeout 5 fmrec validate --schema schema.yaml laughs.yaml
python3 -c 'print("[" * 100000)' >deep.yaml
exit_is 'a deep nest' 1 timeout 5 fmrec validate --schema schema.yaml deep.yaml
head -c 4000 /dev/urandom >noise.yaml
exit_is 'noise' 1 timeout 5 fmrec validate --schema schema.yaml noise.yaml

# ---- records
repository records
fmrec new incident -m '受注システムが停止' --set severity=S2 >/dev/null 2>&1
fmrec new lesson -m 'two' >/dev/null 2>&1
ok 'valid records' fmrec validate
like 'are counted' "$err" '^2 records are valid$'
is 'and that is all' "$out" ''
id=$(fmrec list incident --format ids)
file=$(git ls-files "records/*/$id.yaml")
sed -i.bak 's/^severity: .*/severity: S7/' "$file" && rm "$file.bak"
exit_is 'a fault' 1 fmrec validate
like 'with its place' "$out" "^$file:[0-9]+:11: error: [a-z.]+: "
like 'with what is allowed' "$out" 'S1'
like 'and the sum' "$err" '^1 error in 1 of 2 records$'
exit_is 'by id' 1 fmrec validate "${id##*-}"
like 'one record is one' "$err" '^1 error in the one record$'
exit_is 'by path' 1 fmrec validate "$file"
exit_is 'by directory' 1 fmrec validate records/incident
exit_is 'from a subdirectory' 1 sh -c 'cd records/incident && fmrec validate ./*'
ok 'others are valid' fmrec validate records/lesson
exit_is 'an unknown id' 128 fmrec validate NOSUCH
exit_is 'with one thread' 1 fmrec validate -j 1
exit_is 'with four' 1 fmrec validate -j 4
exit_is 'with no thread' 129 fmrec validate -j -1

ok 'nothing is staged' fmrec validate --staged
git add "$file"
exit_is 'what is staged' 1 fmrec validate --staged
like 'has the fault' "$out" 'S7'
ok 'HEAD is valid' fmrec validate --rev HEAD
git commit -qm bad
exit_is 'now it is not' 1 fmrec validate --rev HEAD
ok 'one commit before it was' fmrec validate --rev HEAD~1
exit_is 'a range' 1 fmrec validate --rev HEAD~1..HEAD
like 'names the commit' "$out" "$(git rev-parse --short HEAD)"
exit_is 'an unknown revision' 128 fmrec validate --rev nothing
exit_is '--staged and --rev' 129 fmrec validate --staged --rev HEAD
git revert -n HEAD && git commit -qm good

ok 'valid again' fmrec validate
exit_is 'but not ready for a later state' 1 fmrec validate --for closed "$id"
like 'because fields are missing' "$out" 'record\.state'
like 'which are explained' "$out" 'expected: occurred_at; When the failure began'
exit_is 'and in Japanese' 1 env LANG=ja_JP.UTF-8 fmrec validate --for closed "$id"
like 'in Japanese words' "$out" 'occurred_at; 障害が始まった日時'
# What a CI checks out: the last commits, and not what came before them.
git clone -q --depth 2 "file://$PWD" "$T/shallow"
ok 'in a shallow clone a range' fmrec -C "$T/shallow" validate --rev HEAD~1..HEAD
ok 'and everything there is of the history' fmrec -C "$T/shallow" validate --rev ..HEAD
rm "$T/shallow/.git/shallow"
exit_is 'history that is really missing is an error' 128 fmrec -C "$T/shallow" validate --rev HEAD~2..HEAD
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" validate
exit_is 'where nothing can be staged' 128 fmrec -C "$T/bare.git" validate --staged
like 'which is said' "$err" 'nothing is staged in a bare repository'
before=$(git rev-parse HEAD:)
fmrec validate >/dev/null 2>&1
is 'checking changes nothing' "$(git status --porcelain)$(git rev-parse HEAD:)" "$before"
run fmrec validate --format junit
like 'good records are cases, too' "$out" "$id"

# ---- what fits a query
repository "$T/asked"
put_examples
ok 'what fits a query' fmrec validate incident severity:S1..S4
like 'is checked, and nothing else' "$err" '^1 record is valid'
exit_is 'a value that cannot be' 128 fmrec validate severity:S7
exit_is 'nothing that fits is not everything' 128 fmrec validate title:nosuch
like 'and said' "$err" 'no record fits the query'
ok 'a file may hold a colon' fmrec validate records/incident
exit_is 'not at a revision' 128 fmrec validate --rev HEAD severity:S1
cd "$T" && exit_is 'outside a repository' 128 fmrec validate

done_testing
