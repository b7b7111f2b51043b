# Scaffolds: a whole set of records by one `new` (issue 5 A: fmrec new plan, C-155 to C-159)
. "$(dirname "$0")/lib.sh"
mkdir -p "$T/pack/types" "$T/pack/catalogue" "$T/pack/scaffold"
sed 's/^language: .*/language: ja/' "$top/schema/pack/config.yaml" >"$T/pack/config.yaml"

# put_type NAME PREFIX ENGLISH JAPANESE PATTERN [MORE x-fmrec lines]; properties from stdin
put_type() {
	cat >"$T/pack/types/$1.yaml" <<END
\$schema: https://json-schema.org/draft/2020-12/schema
\$id: urn:fmrec:type:$1
title: $3
type: object
x-fmrec:
  type: $1
  form: 1
  label: {en: $3, ja: $4}
  help: {en: A record., ja: 記録。}
  directory: $1
  by-year: false
  id: {prefix: $2, pattern: '{prefix}-$5'}
  states:
    - {name: draft, label: {en: Draft, ja: 下書き}, help: {en: D., ja: 下。}}
  ask: [title]
  columns: [id, title]
  heading: title
${6-}
required: [id, form, title]
additionalProperties: false
properties:
  id: {type: string, x-fmrec: {label: {en: Id, ja: 番号}, help: {en: I., ja: 番。}, template: false}}
  form: {type: integer, x-fmrec: {label: {en: Form, ja: 版}, help: {en: F., ja: 版。}, template: false}}
  title: {type: string, minLength: 1, x-fmrec: {label: {en: Title, ja: 名称}, help: {en: T., ja: 名。}}}
END
	cat >>"$T/pack/types/$1.yaml"
}
put_type project PRJ Project 計画書 '{random}' '  scaffold: project' <<'END'
  scope: {type: string, x-fmrec: {label: {en: Scope, ja: 対象範囲}, help: {en: What it is about., ja: 対象とするもの。}}}
  goal: {type: string, x-fmrec: {label: {en: Goal, ja: 目標}, help: {en: What for., ja: 何のためか。}, multiline: true}}
  power_by: {type: string, x-fmrec: {label: {en: Power, ja: 電力担当}, help: {en: P., ja: 電。}}}
  water_by: {type: string, x-fmrec: {label: {en: Water, ja: 水道担当}, help: {en: W., ja: 水。}}}
  data_by: {type: string, x-fmrec: {label: {en: Data, ja: データ担当}, help: {en: D., ja: デ。}}}
  weights:
    type: object
    additionalProperties: {type: integer}
    properties: {}
    x-fmrec: {label: {en: Weights, ja: 重み}, help: {en: W., ja: 重。}}
END
put_type event EVT Event 事象 '{random}' <<'END'
  project:
    type: string
    x-fmrec:
      label: {en: Project, ja: 計画書}
      help: {en: P., ja: 計。}
      link: {to: [project], inverse: events, inverse-label: {en: Events, ja: 事象}}
  kind: {type: string, x-fmrec: {label: {en: Kind, ja: 種類}, help: {en: K., ja: 種。}, values-from: kinds}}
  units:
    type: array
    x-fmrec: {label: {en: Units, ja: 単位}, help: {en: U., ja: 単。}}
    items:
      type: object
      additionalProperties: false
      properties:
        unit: {type: string, x-fmrec: {label: {en: Unit, ja: 単位}, help: {en: U., ja: 単。}}}
        days: {type: integer, x-fmrec: {label: {en: Days, ja: 日数}, help: {en: D., ja: 日。}}}
END
put_type damage DMG Damage 被害 '{random}' <<'END'
  event:
    type: string
    x-fmrec:
      label: {en: Event, ja: 事象}
      help: {en: E., ja: 事。}
      link: {to: [event], inverse: damages, inverse-label: {en: Damages, ja: 被害}}
  site:
    type: string
    x-fmrec:
      label: {en: Site, ja: 拠点}
      help: {en: S., ja: 拠。}
      link: {to: [site], inverse: damages, inverse-label: {en: Damages, ja: 被害}}
  text: {type: string, x-fmrec: {label: {en: Text, ja: 内容}, help: {en: What is hit., ja: 何が被害を受けるか。}, multiline: true}}
END
put_type site SIT Site 拠点 '{name}' <<'END'
  big: {type: boolean, x-fmrec: {label: {en: Big, ja: 大}, help: {en: B., ja: 大。}}}
END
cat >"$T/pack/catalogue/kinds.yaml" <<'END'
catalogue: kinds
label: {en: Kinds, ja: 種類}
groups:
  - {code: first, label: {en: First, ja: 先}}
entries:
  - {code: K1, label: {en: Quake, ja: 地震}, group: first, values: {units: [power, water], days: 7}}
  - {code: K2, label: {en: Stop, ja: 停止}, group: first, values: {units: [data]}}
  - {code: K3, label: {en: Flood, ja: 洪水}}
  - {code: K4, label: {en: Comet, ja: 彗星}, group: first, until: 2020-01-01}
END
cat >"$T/pack/catalogue/units.yaml" <<'END'
catalogue: units
label: {en: Units, ja: 単位}
entries:
  - {code: power, label: {en: Power, ja: 電力}}
  - {code: water, label: {en: Water, ja: 水道}}
  - {code: data, label: {en: Data, ja: データ}}
END
cat >"$T/pack/scaffold/project.yaml" <<'END'
scaffold: project
label: {en: A whole project, ja: 計画書の一式}
steps:
  - name: begin
    label: {en: 1. Begin, ja: 1. 始める}
    requirement: [C-155]
    records:
      - type: project
        as: project
        fields:
          title: {en: Continuity plan, ja: 運用継続計画}
          scope: {en: All systems, ja: 全システム}
          weights: {each: {catalogue: units, as: unit}, key: $(unit.code), item: $(unit.position)}
        decide: [scope, {field: goal, what: {en: What the plan is for, ja: 計画の目的}}]
  - name: people
    label: {en: People, ja: 2. 人}
    decide:
      - {each: {catalogue: units, as: unit}, field: '$(unit.code)_by', what: {en: Who, ja: $(unit.position)番目の$(unit.label)の担当}}
  - name: events
    label: {en: 3. Events, ja: 3. 事象}
    requirement: [C-156]
    records:
      - type: event
        as: event
        each: {catalogue: kinds, as: kind, group: first}
        fields:
          project: $(project)
          title: $(kind.label)
          kind: $(kind.code)
          units:
            each: {catalogue: units, as: unit, only: $(kind.units)}
            item: {unit: $(unit.label), days: $(kind.days)}
        decide: [units.days]
      - type: damage
        each:
          - {made: event}
          - {records: site, as: site, where: {big: true}}
        fields:
          event: $(event)
          site: $(site)
          title: {en: '$(event.title) at $(site.title)', ja: $(site.title)の$(kind.label)}
        decide: [text]
END

fmrec init -q --pack "$T/pack" "$T/r" && cd "$T/r" || exit 1
same 'init takes the scaffolds of a pack' .fmrec/scaffold/project.yaml "$T/pack/scaffold/project.yaml"
ok 'schema check' fmrec schema check
like 'counts types, catalogues and scaffolds' "$err" '0 errors in 7 schemas'
ok 'a scaffold as a file anywhere' fmrec schema check "$T/pack/scaffold/project.yaml"
fmrec -q new site -m 東京 -s big=true --id TOKYO >/dev/null
fmrec -q new site -m 大阪 -s big=true --id OSAKA >/dev/null
fmrec -q new site -m 名古屋 -s big=false --id NAGOYA >/dev/null
commits() { git rev-list --count HEAD; }

# ---- dry run

before=$(commits)
ok 'dry run' fmrec new project -n
like 'shows the texts' "$out" '^\+kind: K1$'
like 'and the list' "$out" '7 records   \(dry run\)'
is 'and writes nothing' "$(git status --porcelain; commits)" "$before"

# ---- the whole set

LANG=ja_JP.UTF-8 run fmrec new project
is 'made' "$code" 0
is 'in one commit' "$(commits)" $((before + 1))
is 'of seven records' "$(git show --name-only --format= HEAD | wc -l | tr -d ' ')" 7
id=$(git show --name-only --format= HEAD | sed -n 's|^records/project/\(.*\)\.yaml$|\1|p')
is 'the commit says so' "$(git log -1 --format=%s)" "fmrec: new $id project, 7 records"
like 'the report, too' "$out" "^$id: 7 件"
like 'step by step' "$out" '^1\. 始める  \[C-155\]$'
like 'with titles' "$out" "^  $id  計画書  運用継続計画$"
like 'and what is to be decided' "$out" '^    要決定: 対象範囲: 対象とするもの。$'
like 'in own words' "$out" '^    要決定: 目標: 計画の目的$'
is 'a step without records is about the one that was asked for' "$(printf '%s\n' "$out" | sed -n '/^2\. 人/,/^$/p')" "2. 人
  $id
    要決定: 電力担当: 1番目の電力の担当
    要決定: 水道担当: 2番目の水道の担当
    要決定: データ担当: 3番目のデータの担当"
is 'once for records that are alike' "$(printf '%s\n' "$out" | grep -c '要決定: 日数')" 1
like 'what to do next' "$err" "fmrec edit ${id#PRJ-}"
ok 'all of it is valid' fmrec validate
like 'the text is marked where the answer belongs' "$(cat "records/project/$id.yaml")" '^# 要決定: 対象範囲: 対象とするもの。$'
is 'above the field' "$(grep -A1 '要決定: 対象範囲' "records/project/$id.yaml" | tail -1)" 'scope: 全システム'
is 'and stands in its text' "$(grep -A1 '要決定: 水道担当' "records/project/$id.yaml" | tail -1)" '# water_by:'
is 'a map of what is repeated' "$(sed -n '/^weights:/,$p' "records/project/$id.yaml")" 'weights:
  power: 1
  water: 2
  data: 3'
is 'or where it will stand' "$(grep -A1 '要決定: 目標' "records/project/$id.yaml" | tail -1)" '# goal:'
is 'an entry of the catalogue each, but none that is over' \
	"$(cat records/event/*.yaml | sed -n 's/^title: //p' | sort | paste -sd ' ' -)" '停止 地震'
quake=$(grep -l 地震 records/event/*.yaml)
is 'with a list of its own' "$(sed -n '/^units/,/^[a-z]/p' "$quake")" 'units:
  - unit: 電力
    days: 7
  - unit: 水道
    days: 7'
is 'what an entry does not say is left out' "$(sed -n '/^units/,$p' "$(grep -l 停止 records/event/*.yaml)")" 'units:
  - unit: データ'
is 'each event at each site' "$(cat records/damage/*.yaml | sed -n 's/^title: //p' | sort | paste -sd ' ' -)" \
	'大阪の停止 大阪の地震 東京の停止 東京の地震'
is 'linked both ways' "$(fmrec list damage event:"$(basename "$quake" .yaml)" --format csv | tail -n +2 | wc -l | tr -d ' ')" 2
run fmrec grep 要決定
is 'what is open is found' "$(printf '%s\n' "$out" | grep -c '要決定')" 11

# ---- ways to ask for it

run fmrec --format json new project -m Mine -s scope=Some
is 'what was given goes first' "$(printf '%s' "$out" | python3 -c '
import json, sys
it = json.load(sys.stdin)
first = it["records"][0]
print(len(it["records"]), first["id"] == it["id"], first["title"], first["stage"], first["decide"][1]["field"], bool(it["commit"]))')" \
	'7 True Mine begin goal True'
ok 'and stands in the record' grep -q '^scope: Some$' "$(ls -t records/project/*.yaml | head -1)"
run fmrec -q new project
like '-q prints the id of the one that was asked for' "$out" '^PRJ-[0-9A-Z]{4}$'
before=$(commits)
run fmrec -q new project -m Alone --alone
is 'alone' "$(git show --name-only --format= HEAD)" "records/project/$out.yaml"
exit_is 'alone and with nothing' 129 fmrec new project --alone
printf 'title: From a file\n' >"$T/file.yaml"
ok 'from a file' fmrec -q new project --from "$T/file.yaml"
is 'it is the whole set' "$(git show --name-only --format= HEAD | wc -l | tr -d ' ')" 7
GIT_EDITOR="sed -i 's/^title:.*/title: Edited/'" run fmrec -q new project -e
is 'in the editor' "$code" 0
like 'what was edited counts' "$(cat "records/project/$out.yaml")" '^title: Edited$'
ok 'still valid' fmrec validate

# ---- nothing half done

before=$(commits)
state=$(git status --porcelain; ls records/*)
exit_is 'a value that is wrong' 128 fmrec new project -s scpe=x
mkdir -p .git/hooks
printf '#!/bin/sh\nexit 1\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
not 'a hook that refuses' fmrec new project -m Refused
rm .git/hooks/pre-commit
is 'leaves nothing' "$(commits) $(git status --porcelain; ls records/*)" "$before $state"
cp .fmrec/scaffold/project.yaml "$T/good"
sed -i 's/kind: \$(kind.code)/kind: K9/' .fmrec/scaffold/project.yaml
exit_is 'a record of the set that is not valid' 1 fmrec new project -m Bad
like 'is told' "$err" "'K9' is not in the catalogue 'kinds'"
is 'and nothing is written' "$(commits) $(ls records/*)" "$before ${state#?M *}"
sed "s/field: '..unit.code._by'/field: \$(unit.code)_of/" "$T/good" >.fmrec/scaffold/project.yaml
exit_is 'a field that is not there, found when it is made' 128 fmrec new project -m Bad
like 'is named' "$err" "no field 'power_of'"
ok 'but what was asked for is kept as a draft' test -n "$(ls .git/fmrec/drafts/*.yaml)"
cp "$T/good" .fmrec/scaffold/project.yaml

# ---- wrong ones

# wrong NAME SED MESSAGE
wrong() {
	sed "$2" "$T/good" >.fmrec/scaffold/project.yaml
	cmp -s "$T/good" .fmrec/scaffold/project.yaml && fail "$1: the test changes nothing"
	exit_is "$1" 1 fmrec schema check
	like "$1: the message" "$out" "^\.fmrec/scaffold/project\.yaml:[0-9]+:[0-9]+: error: .*$3"
}
wrong 'an unknown type' 's/type: damage/type: damge/' "no such record type: 'damge'"
like 'the nearest type' "$out" "did you mean 'damage'"
wrong 'an unknown field' 's/          scope:/          scpe:/' "no such field: 'scpe'"
like 'the nearest field' "$out" "did you mean 'scope'"
wrong 'an unknown field in a list' 's/days: \$(kind/dyas: $(kind/' "no such field: 'dyas'"
wrong 'an unknown catalogue' 's/catalogue: kinds/catalogue: kind/' "no such catalogue: 'kind'"
wrong 'an unknown group' 's/group: first/group: frist/' "no such group: 'frist'"
wrong 'an unknown name' 's/\$(project)/$(projct)/' "'projct'"
like 'the nearest name' "$out" "did you mean 'project'"
wrong 'an unknown value of an entry' 's/\$(kind.days)/$(kind.dayz)/' "no entry of the catalogue has the value: 'dayz'"
wrong 'an unknown field of a record' 's/\$(event.title)/$(event.titel)/' "no such field: 'titel'"
wrong 'several records' 's/          - {made: event}/          - {records: site, as: other}/; s/\$(kind.label)}/x}/' 'several records'
wrong 'records that are not made' 's/{made: event}/{made: evnt}/' "'evnt'"
wrong 'a field that a name leads to' "s/field: '..unit.code._by'/field: \$(unit.kode)/" "has the value: 'kode'"
wrong 'a decision about nothing' 's/decide: \[text\]/decide: [txt]/' "no such field: 'txt'"
wrong 'a name that does not end' 's/\$(kind.code)/$(kind.code/' 'does not end'
wrong 'a word that is not of the vocabulary' 's/requirement: \[C-155\]/requirements: [C-155]/' 'requirements'
like 'the nearest word' "$out" "did you mean 'requirement'"
wrong 'another name than the file' 's/^scaffold: project/scaffold: projct/' 'another name than its file'
wrong 'no YAML' 's/^steps:/steps: [/' ''
exit_is 'it is not used' 128 fmrec new project
like 'with what helps' "$err" '--alone'
exit_is 'validate finds it, too' 1 fmrec validate
ok 'alone works' fmrec new project -m x --alone
rm .fmrec/scaffold/project.yaml
exit_is 'one that is gone' 128 fmrec new project
like 'has the same help' "$err" '--alone'
sed '/name: people/,/each:.*_by/d; /weights:/d; s/type: project/type: event/; s/\$(project)/PRJ-0000/; s/^ *scope:.*//; s/decide: \[scope.*/decide: [kind]/' "$T/good" >.fmrec/scaffold/project.yaml
exit_is 'one without the record that was asked for' 1 fmrec schema check project
like 'says so' "$out" "makes no record of type 'project'"
rm .fmrec/scaffold/project.yaml
exit_is 'a scaffold that is not there' 1 fmrec schema check project
like 'is told of the type' "$out" "^\.fmrec/schema/project\.yaml: error: .*no scaffold 'project'"

done_testing
