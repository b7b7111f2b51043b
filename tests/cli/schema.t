. "$(dirname "$0")/lib.sh"
repository

ok 'list' fmrec schema list
is 'as many as there are' "$(printf '%s\n' "$out" | tail -n +2 | wc -l | tr -d ' ')" "$(ls .fmrec/schema/*.yaml | wc -l | tr -d ' ')"
like 'with label and number of fields' "$out" '^incident +INC +[0-9]+ +Incident'
ok 'list is the default' fmrec schema
run fmrec schema list --format json
printf '%s' "$out" | python3 -c 'import json,sys; assert any(r["type"]=="lesson" for r in json.load(sys.stdin))' &&
	pass 'as JSON' || fail 'as JSON'
LANG=ja_JP.UTF-8 run fmrec schema list
like 'in Japanese' "$out" '障害'

ok 'show' fmrec schema show incident
like 'a field with kind and label' "$out" '^severity +choice.*Severity'
like 'a nested field' "$out" '^impact\.customers_min +number'
like 'a field in a list' "$out" '^timeline\[\]\.at +time'
like 'a link' "$out" 'link: system'
like 'from which state it is required' "$out" '^system .* recorded'
like 'what a state asks for' "$out" '^  recorded \(Recorded\): .*situation'
run fmrec schema show --format yaml incident
printf '%s\n' "$out" >"$T/shown"
same 'the schema itself' "$T/shown" .fmrec/schema/incident.yaml
run fmrec schema show --format json incident
printf '%s' "$out" | python3 -c 'import json,sys; assert json.load(sys.stdin)["x-fmrec"]["type"]=="incident"' &&
	pass 'the schema as JSON' || fail 'the schema as JSON'
exit_is 'an unknown type' 128 fmrec schema show incidnt
like 'the nearest is offered' "$err" 'incident'

ok 'check the types of the repository' fmrec schema check
cp .fmrec/schema/lesson.yaml "$T/lesson.yaml"
cd "$T" || exit 1
ok 'check a file anywhere' fmrec schema check lesson.yaml
sed 's/^  directory: .*/  directry: lesson/' lesson.yaml >typo.yaml
exit_is 'a misspelt word' 1 fmrec schema check typo.yaml
like 'has its place' "$out" '^typo\.yaml:[0-9]+:[0-9]+: error:'
exit_is 'good and bad files' 1 fmrec schema check lesson.yaml typo.yaml
printf 'type: [x\n' >broken.yaml
exit_is 'no YAML' 1 fmrec schema check broken.yaml
exit_is 'a file that is not there' 128 fmrec schema check none.yaml
for format in json sarif junit github; do
	exit_is "findings as $format" 1 fmrec schema check --format "$format" typo.yaml
done
exit_is 'an unknown verb' 129 fmrec schema lst
like 'what was meant' "$err" "did you mean 'list'"
exit_is 'show what?' 129 fmrec schema show
exit_is 'a format that show has not' 129 fmrec -C "$T/work/repository" schema show --format csv incident
exit_is 'list outside a repository' 128 fmrec schema list

# A type is a file, nothing else
cd "$T/work/repository" || exit 1
cat >.fmrec/schema/contract.yaml <<'END'
$schema: https://json-schema.org/draft/2020-12/schema
$id: urn:fmrec:type:contract
title: Contract
type: object
x-fmrec:
  type: contract
  form: 1
  label: {en: Contract, ja: 契約}
  help: {en: A contract with a supplier., ja: 業者との契約。}
  directory: contract
  by-year: false
  id: {prefix: CON, pattern: '{prefix}-{random}'}
  states:
    - {name: open, label: {en: Open, ja: 有効}, help: {en: In force., ja: 有効。}}
  columns: [id, partner, title]
  heading: title
required: [id, form, title]
additionalProperties: false
properties:
  id:
    type: string
    x-fmrec: {label: {en: Number, ja: 番号}, help: {en: Given by fmrec., ja: fmrec が付ける。}, template: false}
  form:
    type: integer
    x-fmrec: {label: {en: Form, ja: 版}, help: {en: Version of the form., ja: 様式の版。}, template: false}
  title:
    type: string
    x-fmrec: {label: {en: Subject, ja: 件名}, help: {en: What it is about., ja: 契約の件名。}}
  partner:
    type: string
    x-fmrec: {label: {en: Partner, ja: 相手方}, help: {en: With whom., ja: 契約の相手方。}}
END
ok 'a new type' fmrec schema check
git add -A && git commit -qm 'a new type'
# ... that gets on with the others
exit_is 'an inverse that is a field of the target' 1 sh -c 'sed "s/inverse: preventions/inverse: severity/" \
	"$0/types/prevention.yaml" >.fmrec/schema/prevention.yaml; fmrec schema check' "$top/schema"
like 'has its place' "$out" "^\.fmrec/schema/prevention\.yaml:[0-9]+:[0-9]+: error: .*name of the inverse: 'severity'"
exit_is 'one type, by its name' 1 fmrec schema check prevention
ok 'another one is good' fmrec schema check incident
git add .fmrec
exit_is 'it is not to be committed' 1 fmrec validate --staged
git checkout -q HEAD -- .fmrec
sed 's/type: contract/type: deal/; s/directory: contract/directory: deal/' .fmrec/schema/contract.yaml >"$T/deal.yaml"
exit_is 'a draft with the prefix of another type' 1 fmrec schema check "$T/deal.yaml"
like 'says whose' "$out" "type 'contract' has the id prefix 'CON', too"
ok 'new' fmrec new contract -m '保守契約' --set 相手方=例示電機
ok 'validate' fmrec validate
ok 'list' fmrec list contract
like 'its columns' "$out" '^CON-[0-9A-Z]+ +例示電機 +保守契約'
ok 'show' fmrec show "$(fmrec list contract --format ids)"
like 'its labels' "$out" 'Partner'
ok 'export' sh -c 'fmrec export contract >"$T/contract.csv"'
run fmrec import --type contract "$T/contract.csv"
like 'import' "$err" '0 added, 0 changed, 1 unchanged'
ok 'set' fmrec set "$(fmrec list contract --format ids)" partner=見本電機

done_testing
