# Catalogues: codes in files of their own (issue 5 B), and who may see a field (C-172, F-80)
. "$(dirname "$0")/lib.sh"
mkdir -p "$T/pack/types" "$T/pack/catalogue"
cp "$top/schema/pack/config.yaml" "$T/pack"
cat >"$T/pack/catalogue/kinds.yaml" <<'END'
catalogue: kinds
label: {en: Kinds, ja: 種類}
help: {en: What a thing can be., ja: 物の種類。}
groups:
  - {code: big, label: {en: Big ones, ja: 大きいもの}}
entries:
  - code: K1
    label: {en: Quake, ja: 地震}
    help: {en: The earth moves., ja: 地面が揺れる。}
    also: [震災]
    group: big
    requirement: [C-36]
    examples: {en: Under the capital., ja: 首都直下。}
  - {code: K2, label: {en: Flood, ja: 洪水}, until: 2020-03-31}
END
cat >"$T/pack/types/thing.yaml" <<'END'
$schema: https://json-schema.org/draft/2020-12/schema
$id: urn:fmrec:type:thing
title: Thing
type: object
x-fmrec:
  type: thing
  form: 1
  label: {en: Thing, ja: 物}
  help: {en: A thing., ja: 物。}
  directory: thing
  by-year: false
  audience: outside
  id: {prefix: THG, pattern: '{prefix}-{random}'}
  states:
    - {name: draft, label: {en: Draft, ja: 下書き}, help: {en: D., ja: 下。}}
  ask: [title]
  columns: [id, title, kind]
  heading: title
required: [id, form, title]
additionalProperties: false
properties:
  id: {type: string, x-fmrec: {label: {en: Id, ja: 番号}, help: {en: I., ja: 番。}, template: false}}
  form: {type: integer, x-fmrec: {label: {en: Form, ja: 版}, help: {en: F., ja: 版。}, template: false}}
  title: {type: string, minLength: 1, x-fmrec: {label: {en: Title, ja: 名称}, help: {en: T., ja: 名。}}}
  kind:
    type: string
    x-fmrec: {label: {en: Kind, ja: 種類}, help: {en: K., ja: 種。}, values-from: kinds}
  where:
    type: object
    additionalProperties: false
    x-fmrec: {label: {en: Where, ja: 場所}, help: {en: W., ja: 場。}, audience: inside}
    properties:
      room: {type: string, x-fmrec: {label: {en: Room, ja: 部屋}, help: {en: R., ja: 部。}}}
END

ok 'init takes the catalogues of a pack' fmrec init -q --pack "$T/pack" "$T/r"
cd "$T/r" || exit 1
same 'as they are' .fmrec/catalogue/kinds.yaml "$T/pack/catalogue/kinds.yaml"
ok 'schema check checks them, too' fmrec schema check
like 'and counts them' "$err" '2 schemas'
ok 'one by its name' fmrec schema check kinds
ok 'or as a file anywhere' fmrec schema check "$T/pack/catalogue/kinds.yaml"

run fmrec schema show thing
like 'the codes in force are shown' "$out" '^ +K1 +Quake'
unlike 'and no others' "$out" 'K2'
like 'who may not see which field' "$out" 'outside the organisation, except: where$'
LANG=ja_JP.UTF-8 run fmrec schema show thing
like 'in Japanese' "$out" '^ +K1 +地震'

ok 'a code' fmrec -q new thing -m A -s kind=K1
ok 'a label' fmrec -q new thing -m B -s kind=地震
ok 'another spelling' fmrec -q new thing -m C -s kind=震災
is 'all of them are the code' "$(cat records/thing/*.yaml | grep -c '^kind: K1$')" 3
not 'no code' fmrec -q new thing -m D -s kind=Quaek
like 'has a nearest one' "$err" "did you mean 'K1'"
ok 'all is valid' fmrec validate
run fmrec list thing --format csv --columns title,kind
like 'a list shows it' "$out" '^A,(K1|Quake)'
run fmrec list thing kind:地震
is 'queries take the label' "$(printf '%s\n' "$out" | tail -n +2 | wc -l | tr -d ' ')" 3

file=$(ls records/thing/*.yaml | head -1)
sed -i 's/K1/K9/' "$file"
exit_is 'a code that is not there' 1 fmrec validate
like 'in which catalogue' "$out" "'K9' is not in the catalogue 'kinds'"
git checkout -q .

# The command
run fmrec catalogue
like 'all of them' "$out" '^kinds +2 +catalogue +Kinds +What a thing can be\.$'
like 'and the lists of the config' "$out" '^roles +[0-9]+ +config'
run fmrec catalogue --format json
printf '%s' "$out" | python3 -c 'import json,sys; assert [r["entries"] for r in json.load(sys.stdin) if r["name"]=="kinds"] in ([2],["2"])' &&
	pass 'as JSON' || fail 'as JSON'
run fmrec catalogue kinds
is 'one, by group' "$out" 'kinds: Kinds
What a thing can be.

  K2  Flood  [until 2020-03-31]

Big ones
  K1  Quake  [C-36]
    The earth moves.
    examples: Under the capital.'
LANG=ja_JP.UTF-8 run fmrec catalogue kinds
like 'in Japanese' "$out" '^    例: 首都直下。$'
run fmrec catalogue kinds --format csv
is 'as rows' "$out" 'code,group,label,help,examples,notes,requirement,strength,from,until
K1,big,Quake,The earth moves.,Under the capital.,,C-36,,,
K2,,Flood,,,,,,,2020-03-31'
run fmrec catalogue roles --format csv
like 'a list of the config' "$out" '^manager,'
exit_is 'no such catalogue' 128 fmrec catalogue kind
like 'the nearest' "$err" "did you mean 'kinds'"
exit_is 'no way out of the directory' 128 fmrec catalogue ../schema/thing
exit_is 'one at a time' 129 fmrec catalogue kinds roles
is 'its name is completed' "$(fmrec __complete catalogue ki 2>/dev/null | cut -f1)" kinds

# The index notices a changed catalogue.
sed -i 's/code: K1/code: K7/' .fmrec/catalogue/kinds.yaml
exit_is 'what became of the records of a code that is gone' 1 fmrec validate
is 'all three are found' "$(printf '%s\n' "$out" | grep -c "'K1' is not in")" 3
git add -A
exit_is 'staged, too' 1 fmrec validate --staged
like 'all records are judged again' "$out" "'K1' is not in"
git commit -qnm 'Change a code'
exit_is 'in a commit' 1 fmrec validate --rev HEAD~1..HEAD
like 'named' "$out" "^[0-9a-f]{12}:records/thing/.*'K1' is not in"
ok 'the commit before is judged by its own' fmrec validate --rev HEAD~1
git clone -q --bare . "$T/bare.git"
(cd "$T/bare.git" && fmrec schema show thing --format text >"$T/shown" 2>&1)
like 'a bare repository has it, too' "$(cat "$T/shown")" 'K7 +Quake'
git revert --no-edit HEAD >/dev/null

# A type that names another list
sed -i 's/values-from: kinds/values-from: kind/' .fmrec/schema/thing.yaml
exit_is 'a list that is not there' 1 fmrec schema check thing
like 'is told with its place' "$out" "thing\.yaml:[0-9]+:[0-9]+: error: .*has the list: 'kind'"
like 'and the nearest' "$out" "did you mean 'kinds'"
git checkout -q .

# Broken ones
cp .fmrec/catalogue/kinds.yaml "$T/good"
sed -i 's/^    also:/    alos:/' .fmrec/catalogue/kinds.yaml
exit_is 'a word that is not of the vocabulary' 1 fmrec schema check
like 'with its place and what was meant' "$out$err" "kinds\.yaml:[0-9]+:5: .*alos"
like 'the nearest word' "$out" "did you mean 'also'"
exit_is 'found by validate' 1 fmrec validate
git add -A
exit_is 'and staged' 1 fmrec validate --staged
printf 'catalogue: kinds\nentries: [\n' >.fmrec/catalogue/kinds.yaml
exit_is 'no YAML' 1 fmrec validate
is 'one finding, not one for each record' "$(printf '%s\n' "$out" | grep -c ': error:')" 1
not 'nothing can be filed' fmrec -q new thing -m E -s kind=K1
like 'because of' "$err" "catalogue 'kinds' cannot be used: .fmrec/catalogue/kinds.yaml:"
not 'not even what does not need it' fmrec -q new thing -m E
ok 'reading goes on' fmrec list thing
exit_is 'the list of catalogues says so' 1 fmrec catalogue
like 'in its row' "$out" '^kinds .*cannot be used'
like 'the others are there' "$out" '^roles'
rm .fmrec/catalogue/kinds.yaml
exit_is 'one that is gone' 1 fmrec validate
like 'is told' "$out" "neither the config nor a catalogue has the list 'kinds'"
sed 's/catalogue: kinds/catalogue: kind/' "$T/good" >.fmrec/catalogue/kinds.yaml
exit_is 'another name than the file' 1 fmrec schema check kinds
like 'is told, too' "$out" 'another name than its file'

done_testing
