# fmrec migrate: records of an older form, rewritten (F-25).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/shift.sh"
repository

# put_type FORM SYSTEM MIGRATIONS: SYSTEM is the property that says which system
put_type() {
	shift_head "$1" >.fmrec/schema/shift.yaml
	cat >>.fmrec/schema/shift.yaml <<END
  states:
    - {name: open, label: {en: Open, ja: 未}, help: {en: Open., ja: 未。}}
  ask: [title]
  columns: [id, title$3]
  heading: title
${4-}
required: [id, form, title]
additionalProperties: false
properties:
  id: {type: string, x-fmrec: {label: {en: Id, ja: 番号}, help: {en: Id., ja: 番号。}}}
  form: {type: integer, x-fmrec: {label: {en: Form, ja: 版}, help: {en: Form., ja: 版。}}}
  title: {type: string, x-fmrec: {label: {en: Title, ja: 件名}, help: {en: Title., ja: 件名。}}}
$2
END
}

words() {
	printf 'x-fmrec: {label: {en: %s, ja: %s}, help: {en: H., ja: 説。}' "$1" "$1"
}

old="  memo: {type: string, $(words Memo)}}
  level: {type: string, enum: [high, low], $(words Level), values: {high: {label: {en: H, ja: 高}, help: {en: H., ja: 高。}}, low: {label: {en: L, ja: 低}, help: {en: L., ja: 低。}}}}}
  tag: {type: string, $(words Tag)}}
  of: {type: string, $(words Of), link: {to: [shift], inverse: parts, inverse-label: {en: Parts, ja: 部}}}}
  log:
    type: array
    $(words Log)}
    items:
      type: object
      additionalProperties: false
      properties:
        at: {type: string, $(words At)}}
        said: {type: string, $(words Said)}}"
new="  about:
    type: object
    additionalProperties: false
    $(words About)}
    properties:
      memo: {type: string, $(words Memo)}}
  severity: {type: string, enum: [S1, S3], $(words Severity), values: {S1: {label: {en: One, ja: 一}, help: {en: H., ja: 高。}}, S3: {label: {en: Three, ja: 三}, help: {en: L., ja: 低。}}}}}
  tags: {type: array, $(words Tags)}, items: {type: string}}
  kind: {type: string, $(words Kind)}}
  whole: {type: string, $(words Whole), link: {to: [shift], inverse: parts, inverse-label: {en: Parts, ja: 部}}}}
  log:
    type: array
    $(words Log)}
    items:
      type: object
      additionalProperties: false
      properties:
        at: {type: string, $(words At)}}
        text: {type: string, $(words Text)}}"
steps="  migrations:
    - form: 2
      help: {en: One memo., ja: メモをまとめた。}
      steps:
        - {move: memo, to: about.memo}
        - {move: level, to: importance}
        - {field: importance, values: {high: S1, low: S3}}
        - {move: log.said, to: log.text}
        - {move: of, to: whole}
    - form: 3
      steps:
        - {move: importance, to: severity}
        - {move: tag, to: tags, as: list}
        - {field: kind, set: other}"

put_type 1 "$old" ', level, of'
mkdir -p records/shift/2026
A=SFT-20261120-AAAA B=SFT-20261120-BBBB
a=records/shift/2026/$A.yaml b=records/shift/2026/$B.yaml
cat >$a <<'END'
# the night of the 20th
id: SFT-20261120-AAAA
form: 1
title: 夜間バッチ
# why it matters
level:   high   # agreed by phone
# two lines
memo: |
  二行の
  メモ
tag: batch # of the system
log:
  - at: '22:00'
    # from the desk
    said: "started"
  - {at: '23:00', said: done}
END
cat >$b <<'END'
id: SFT-20261120-BBBB
form: 1
title: 朝
of: SFT-20261120-AAAA
level: low
END
ok 'valid as they are' fmrec validate type:shift
git add -A && git commit -q -m 'the first form'
first=$(git rev-parse HEAD)

put_type 3 "$new" ', severity, whole' "$steps"
ok 'the new form is good' fmrec schema check shift
git add -A && git commit -q -m 'the third form'

# ---- before anything is rewritten
ok 'older records are judged in the new form' fmrec validate $A $B
like 'with the advice to migrate' "$out" 'fmrec migrate SFT-20261120-AAAA'
is 'and listed in it' "$(fmrec list type:shift --columns id,severity,whole --format csv | tail -n +2 | tr -d '\r')" "$A,S1,
$B,S3,$A"
is 'found by it' "$(fmrec list type:shift severity=S1 --format ids)" $A
run fmrec show $A
like 'shown in it' "$out" 'Severity +One'
like 'what a link is called' "$(fmrec show $B)" 'Whole +SFT-20261120-AAAA'
run fmrec show --format yaml $A
printf '%s\n' "$out" >"$T/shown"
same 'the file as it is, on demand' "$T/shown" $a
run fmrec show "$A@$first"
like 'an old commit is shown by its own form' "$out" 'Level +H'

# ---- dry run
cp $a "$T/before.yaml"
ok 'a dry run' fmrec migrate -n
like 'shows what changes' "$out" '^\+severity:   S1   # agreed by phone'
like 'record by record' "$out" 'SFT-20261120-BBBB'
same 'and writes nothing' $a "$T/before.yaml"
ok 'as JSON' fmrec migrate -n --format json
printf '%s' "$out" | python3 -c '
import json,sys
rows=json.load(sys.stdin)
assert [(r["id"],r["from"],r["to"],r["outcome"]) for r in rows]==[("SFT-20261120-AAAA",1,3,"migrated"),("SFT-20261120-BBBB",1,3,"migrated")],rows
' && pass 'with what becomes of each' || fail 'with what becomes of each'

# ---- for good
ok 'one record, by its id' fmrec migrate AAAA
cat >"$T/wanted" <<'END'
# the night of the 20th
id: SFT-20261120-AAAA
form: 3
title: 夜間バッチ
about:
  # two lines
  memo: |
    二行の
    メモ
# why it matters
severity:   S1   # agreed by phone
# of the system
tags:
  - batch
kind: other
log:
  - at: '22:00'
    # from the desk
    text: "started"
  - {at: '23:00', text: done}
END
same 'nothing else is touched' $a "$T/wanted"
is 'in one commit' "$(git log -1 --format=%s)" "fmrec: migrate $A"
ok 'a query' fmrec migrate type:shift
like 'takes the others' "$out" '^SFT-20261120-BBBB +shift +1 +3 +migrated'
is 'the link leads where it did' "$(fmrec list type:shift --columns whole id=$B --format csv | tail -1 | tr -d '\r')" $A
ok 'once more' fmrec migrate
like 'is nothing' "$err" 'nothing to migrate'
is 'no commit either' "$(git log -1 --format=%s)" "fmrec: migrate $B"
ok 'all are valid' fmrec validate
ok 'each commit by its own schema' fmrec validate --rev "$first..HEAD"
ok 'the first one, too' fmrec validate --rev $first
run fmrec log $A
unlike 'history says the same before and after' "$out" 'batch'
like 'but for the version' "$out" '1 +(→|->) +3'
ok 'show at the old commit' fmrec show "$A@$first"
like 'still has the old words' "$out" 'Level'

# ---- an older record is changed
git reset -q --hard HEAD~2
ok 'what has the same name' fmrec set AAAA title='夜間バッチ 2'
like 'in the older form still' "$(cat $a)" '^form: 1$'
exit_is 'what has another name now' 1 fmrec set AAAA severity=S3
like 'is told why' "$err$out" 'cannot go there'
is 'not twice in one record' "$(git status --porcelain)" ''
ok 'it is rewritten first' fmrec migrate -q AAAA
ok 'then it can be' fmrec set AAAA severity=S3
git reset -q --hard HEAD~3

# ---- one branch migrates, the other goes on in the older form
git show HEAD:$a >"$T/base.yaml"
sed 's/^level:   high/level:   low/; s/  メモ/  メモ 改/' "$T/base.yaml" >"$T/other.yaml"
fmrec -q migrate -n --no-stage >/dev/null 2>&1
fmrec -q migrate --no-stage AAAA
cp $a "$T/current.yaml"
git checkout -q $a
ok 'both are merged in the form of now' fmrec merge-file --path $a "$T/current.yaml" "$T/base.yaml" "$T/other.yaml"
like 'with the other value' "$(cat "$T/current.yaml")" '^severity:   S3   # agreed by phone'
like 'in its new place' "$(cat "$T/current.yaml")" '^    メモ 改'
unlike 'and not twice' "$(cat "$T/current.yaml")" '^(level|memo):'

# ---- read in other ways
for way in "blame $A" "log -p $A" "diff $first..HEAD" "export --format json type:shift" "grep メモ" "similar $A" "form $A" "trace $A" "list type:shift memo:二行" "status"; do
	# shellcheck disable=SC2086
	run fmrec $way
	[ "$code" -le 1 ] || [ "$code" -eq 128 ] && pass "$way" || fail "$way"
done
ok 'a table is exported in the form of now' fmrec export --format csv type:shift
like 'by its new names' "$out" 'severity'

# ---- what was judged against it
sed -i 's/link: {to: \[shift\], inverse: parts,/link: {to: [shift], suspect: stays, inverse: parts,/' .fmrec/schema/shift.yaml
git commit -qam 'suspect links' && git tag third
python3 - .fmrec/schema/shift.yaml <<'END'
import sys
path = sys.argv[1]
text = open(path).read()
text = text.replace("  whole: {type: string,", "  whole: {type: [string, object], additionalProperties: false,")
text = text.replace("inverse-label: {en: Parts, ja: 部}}}}", "inverse-label: {en: Parts, ja: 部}}}, properties: {" + ", ".join(
    "%s: {type: string, x-fmrec: {label: {en: X, ja: 字}, help: {en: H., ja: 説。}}}" % name for name in ("to", "note", "on", "judged")) + "}}")
open(path, "w").write(text)
END
ok 'links may say more' fmrec schema check shift
git commit -qam 'links that may be maps'
C=SFT-20261120-CCCC c=records/shift/2026/SFT-20261120-CCCC.yaml
printf 'id: %s\nform: 3\ntitle: 後\n' $C >$c
git add $c && git commit -qm another
ok 'judged' fmrec -q link $C whole $A --judged
unlike 'not suspect' "$(fmrec validate $C)" 'ref.suspect'
judged=$(sed -n 's/.*judged: //p' $c)
ok 'the record that was judged is rewritten' fmrec migrate AAAA
like 'and who judged it is told' "$out" "^$C .*links only"
isnt 'what it was judged against is written anew' "$(sed -n 's/.*judged: //p' $c)" "$judged"
unlike 'so it is not suspect' "$(fmrec validate $C)" 'ref.suspect'
git reset -q --hard third~1

# ---- what has no place stays
printf 'severity: S3\n' >>$a
cp $a "$T/before.yaml"
exit_is 'a place that is taken' 1 fmrec migrate AAAA
like 'is said' "$err$out" "'importance' is called 'severity' now and cannot go there"
same 'the record stays' $a "$T/before.yaml"
exit_is 'validate says so, too' 1 fmrec validate $A
git checkout -q $a
sed -i 's/^tag: batch.*/other: x/' $a
cp $a "$T/before.yaml"
exit_is 'a field without a place' 1 fmrec migrate
like 'is named' "$out$err" "other"
same 'it stays as well' $a "$T/before.yaml"
like 'the others go on' "$(cat $b)" '^form: 3$'
git reset -q --hard HEAD~1
git checkout -q -- .
sed -i 's/^form: 1/form: 4/' $a
exit_is 'a form to come' 1 fmrec migrate AAAA
like 'cannot be known' "$out" 'form not known yet'
git checkout -q -- .
printf 'id: [\n' >$b
exit_is 'what cannot be read' 1 fmrec migrate
like 'is counted' "$err" '1 record cannot be read'
git reset -q --hard

# ---- refused or interrupted: all or nothing
mkdir -p .git/hooks
printf '#!/bin/sh\nexit 1\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
exit_is 'a hook that refuses' 128 fmrec migrate
is 'leaves everything as it was' "$(git status --porcelain)" ''
rm .git/hooks/pre-commit
exit_is 'no such record' 128 fmrec migrate ZZZZ
exit_is 'no such field in a query' 128 fmrec migrate nosuch=1
exit_is 'a format that it has not' 129 fmrec migrate --format sarif
done_testing
