# fmrec schema upgrade: a newer pack in a repository that has changed its copy (F-25).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/shift.sh"
repository

# ---- the shipped pack
ok 'after init' fmrec schema upgrade
like 'there is nothing to do' "$err" 'up to date'
is 'what came is noted' "$(sed -n 's/^  \.fmrec\/schema\/lesson.yaml: //p' .fmrec/pack.yaml)" \
	"$(git rev-parse HEAD:.fmrec/schema/lesson.yaml)"
ok 'all of it' test "$(grep -c '^  ' .fmrec/pack.yaml)" -eq "$(git ls-files .fmrec | grep -vc '^\.fmrec/pack.yaml$')"
ok 'the repository is valid' fmrec validate

# ---- a pack of our own
cd "$T" || exit 1
mkdir -p pack/types pack/catalogue
pack_config() {
	cat >pack/config.yaml <<END
# the config
organisation: Nobody
language: ja
time_zone: Asia/Tokyo
severity:
  - code: S1
    label: {en: Severe, ja: 重}
  - code: S2 # the usual one
    label: {en: Minor, ja: $1}
$2
END
}
pack_type() { # FORM MIGRATIONS FIELDS
	{ echo "# handed over" && shift_head "$1"; } >pack/types/shift.yaml
	cat >>pack/types/shift.yaml <<END
  states:
    - name: open
      label: {en: Open, ja: 未}
      help: {en: Open., ja: 未。}
    - name: taken
      label: {en: Taken, ja: 済}
      help: {en: Taken., ja: 済。}
      after: open
  columns: [id, title]
  heading: title
$2
required: [id, form, title]
additionalProperties: false
properties:
  id:
    type: string
    x-fmrec: {label: {en: Id, ja: 番号}, help: {en: Id., ja: 番号。}}
  form:
    type: integer
    x-fmrec: {label: {en: Form, ja: 版}, help: {en: Form., ja: 版。}}
  title:
    type: string
    x-fmrec:
      label: {en: Title, ja: 件名}
      help: {en: In short., ja: 要旨。}
$3
END
	sed -i '/^$/d' pack/types/shift.yaml
}
memo='  memo:
    type: string
    x-fmrec: {label: {en: Memo, ja: メモ}, help: {en: M., ja: 文。}}'
note='  note:
    type: string
    x-fmrec: {label: {en: Note, ja: 備考}, help: {en: M., ja: 文。}}'
pack_config 軽 ''
pack_type 1 '' "$memo"
sed 's/shift/other/g; s/SFT/OTH/' pack/types/shift.yaml >pack/types/other.yaml
sed 's/shift/third/g; s/SFT/TRD/' pack/types/shift.yaml >pack/types/third.yaml
cp -R pack pack1
mkdir own && cd own || exit 1
fmrec -q init --pack ../pack --organisation '例示商事' --language ja --time-zone Asia/Tokyo
file=.fmrec/schema/shift.yaml
mkdir -p records/shift/2026
printf 'id: SFT-20261120-AAAA\nform: 1\ntitle: 夜\nmemo: x\n' >records/shift/2026/SFT-20261120-AAAA.yaml
git add -A && git commit -qm record
ok 'up to date with its own pack' fmrec schema upgrade --pack ../pack

# we change a label, add a state and a field, and delete a type
sed -i -e 's/label: {en: Title, ja: 件名}/label: {en: Subject, ja: 題}  # ours/' \
	-e 's/^  columns:/    - name: void\n      label: {en: Void, ja: 無効}\n      help: {en: V., ja: 無。}\n      after: open\n  columns:/' $file
cat >>$file <<'END'
  ours: # for the night shift
    type: string
    x-fmrec: {label: {en: Ours, ja: 自社}, help: {en: O., ja: 自。}}
END
git rm -q .fmrec/schema/third.yaml
sed -i 's/^severity:/roles:\n  - {code: boss, label: {en: Boss, ja: 長}}\nseverity:/' .fmrec/config.yaml
ok 'our own changes are good' fmrec schema check shift
git add -A && git commit -qm ours
cp $file "$T/ours.yaml"
ok 'of which there is nothing to upgrade' fmrec schema upgrade --pack ../pack
like 'it is up to date' "$err" 'up to date'

# the pack changes a state, the help of a field, renames one, and adds a type, a catalogue and a class
cd "$T" || exit 1
pack_config 軽微 '  - {code: S3, label: {en: None, ja: 無}}'
pack_type 2 '  migrations:
    - {form: 2, steps: [{move: memo, to: note}]}' "$note"
sed -i -e 's/help: {en: Taken., ja: 済。}/help: {en: Taken over., ja: 引継済。}/' -e 's/help: {en: In short., ja: 要旨。}/help: {en: One line., ja: 一行で。}/' \
	pack/types/shift.yaml
sed 's/shift/fourth/g; s/SFT/FRT/' pack1/types/shift.yaml >pack/types/fourth.yaml
sed -i 's/Handed over/Other/' pack/types/other.yaml
cat >pack/catalogue/kinds.yaml <<'END'
catalogue: kinds
label: {en: Kinds, ja: 種類}
help: {en: Kinds., ja: 種類。}
entries:
  - code: a
    label: {en: A, ja: あ}
END
cd own || exit 1
ok 'a dry run' fmrec schema upgrade --pack ../pack -n
like 'names the files' "$out" '^\.fmrec/schema/shift.yaml +merged'
like 'and fields' "$out" 'properties › title › x-fmrec › help › en: In short\. → One line\.'
like 'new ones' "$out" '^\.fmrec/schema/fourth.yaml +added'
like 'those taken whole' "$out" '^\.fmrec/schema/other.yaml +replaced'
same 'and writes nothing' $file "$T/ours.yaml"
is 'nothing at all' "$(git status --porcelain)" ''
ok 'the upgrade' fmrec schema upgrade --pack ../pack
like 'tells of older records' "$err" 'fmrec migrate'
sed -e 's/help: {en: Taken., ja: 済。}/help: {en: Taken over., ja: 引継済。}/' -e 's/help: {en: In short., ja: 要旨。}/help: {en: One line., ja: 一行で。}/' \
	-e 's/^  form: 1/  form: 2/' -e '/^  memo:/,/^    x-fmrec:/d' \
	-e 's/^  heading: title/&\n  migrations:\n    - {form: 2, steps: [{move: memo, to: note}]}/' "$T/ours.yaml" >"$T/wanted.yaml"
printf '%s\n' "$note" >>"$T/wanted.yaml"
same 'both changes, and nothing else' $file "$T/wanted.yaml"
is 'in one commit' "$(git log -1 --format=%s)" 'fmrec: schema upgrade'
like 'our answers stay' "$(cat .fmrec/config.yaml)" '^organisation: 例示商事'
like 'what we added to the config, too' "$(cat .fmrec/config.yaml)" 'code: boss'
like 'with what came' "$(cat .fmrec/config.yaml)" 'ja: 軽微'
like 'in lists' "$(cat .fmrec/config.yaml)" 'code: S3'
like 'comments stay' "$(cat .fmrec/config.yaml)" 'S2 # the usual one'
not 'what we deleted stays so' test -e .fmrec/schema/third.yaml
ok 'catalogues come, too' test -e .fmrec/catalogue/kinds.yaml
ok 'what came is kept where we changed it' test -e .fmrec/pack/schema/shift.yaml
same 'as it came' .fmrec/pack/schema/shift.yaml ../pack/types/shift.yaml
not 'and nowhere else' test -e .fmrec/pack/schema/other.yaml
is 'the work tree is clean' "$(git status --porcelain)" ''
ok 'once more' fmrec schema upgrade --pack ../pack
like 'is nothing' "$err" 'up to date'
ok 'records are valid, read in their new form' fmrec validate
ok 'and can be rewritten' fmrec migrate
like 'as the pack says' "$(cat records/shift/2026/*.yaml)" '^note: x'
ok 'all commits are valid, each by its own schema' fmrec validate --rev HEAD~3..HEAD
run fmrec show "AAAA@HEAD~2"
like 'an old commit has the old words' "$out" 'Memo'
run fmrec log AAAA
unlike 'history tells of no field that went' "$out" 'memo'
ok 'what was deleted comes when asked for' fmrec schema upgrade --pack ../pack --theirs third
ok 'there it is' test -e .fmrec/schema/third.yaml

# ---- conflicts
before=$(git rev-parse HEAD)
sed -i -e 's/en: Subject, ja: 題/en: Topic, ja: 話題/' -e 's/en: One line., ja: 一行で。/en: Our line., ja: 我が社の行。/' $file
git commit -qam 'ours again'
sed -i -e 's/en: Title, ja: 件名/en: Heading, ja: 見出し/' -e 's/en: One line., ja: 一行で。/en: Short., ja: 短く。/' ../pack/types/shift.yaml
sed -i 's/en: Note, ja: 備考/en: Remark, ja: 備考/' ../pack/types/shift.yaml
exit_is 'fields that both changed' 1 fmrec schema upgrade --pack ../pack
like 'are shown' "$out" '^\.fmrec/schema/shift.yaml:properties\.title\.x-fmrec\.label\.en$'
like 'as it came' "$out" '^    base +"Title"'
like 'as it is here' "$out" '^    ours +"Topic"'
like 'as it is in the pack' "$out" '^    theirs +"Heading"'
like 'and what to do' "$err" '--ours FILE:FIELD'
is 'nothing is written' "$(git status --porcelain)" ''
exit_is 'not before all are settled' 1 fmrec schema upgrade --pack ../pack --ours shift:properties.title.x-fmrec.label
like 'the rest is told' "$out" 'help\.ja'
unlike 'what is settled is not' "$out" 'label\.ja'
ok 'field by field' fmrec schema upgrade --pack ../pack --ours shift:properties.title.x-fmrec.label --theirs shift:properties.title.x-fmrec.help
like 'ours' "$(cat $file)" 'en: Topic, ja: 話題.*# ours'
like 'theirs' "$(cat $file)" 'en: Short\., ja: 短く。'
like 'what was in no conflict comes as well' "$(cat $file)" 'en: Remark'
ok 'and it is settled for good' fmrec schema upgrade --pack ../pack
like 'so' "$err" 'up to date'
exit_is 'a file that the pack has not' 128 fmrec schema upgrade --pack ../pack --ours nosuch
exit_is 'an operand' 129 fmrec schema upgrade shift
exit_is 'options of upgrade elsewhere' 129 fmrec schema list -n
exit_is 'no pack' 128 fmrec schema upgrade --pack ../nowhere

# ---- what comes of it must be usable, and records that fail are told
git reset -q --hard $before
cp -R ../pack ../pack3
sed -i 's/^required: .*/required: [id, form, title, note]/' ../pack3/types/shift.yaml
printf 'id: SFT-20261121-BBBB\nform: 2\ntitle: 朝\n' >records/shift/2026/SFT-20261121-BBBB.yaml
git add -A && git commit -qm 'another record'
exit_is 'a record fails by it' 1 fmrec schema upgrade --pack ../pack3 --ours shift -n
like 'which is told before' "$err" 'SFT-20261121-BBBB'
exit_is 'and when it is written' 1 fmrec schema upgrade --pack ../pack3 --ours shift
is 'which it is' "$(git log -1 --format=%s)" 'fmrec: schema upgrade'
git reset -q --hard HEAD~1
printf 'x: [\n' >../pack3/types/shift.yaml
exit_is 'a type that is no YAML' 1 fmrec schema upgrade --pack ../pack3
like 'is nothing to merge' "$out" 'cannot be merged by field'
exit_is 'nor taken' 1 fmrec schema upgrade --pack ../pack3 --theirs shift
like 'as it could not be used' "$err" 'could not be used'
is 'nothing was written' "$(git status --porcelain)" ''
printf 'files: 3\n' >.fmrec/pack.yaml
exit_is 'a note that makes no sense' 128 fmrec schema upgrade --pack ../pack
git checkout -q .
mkdir -p .git/hooks && printf '#!/bin/sh\nexit 1\n' >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
exit_is 'a hook refuses' 128 fmrec schema upgrade --pack ../pack --theirs all
is 'and all is as it was' "$(git status --porcelain)" ''
rm .git/hooks/pre-commit

# ---- a clone that lacks the history, and a repository that notes nothing
sed -i 's/en: Ours/en: Our/' $file
sed -i 's/en: Open, ja: 未/en: Opened, ja: 未/' .fmrec/schema/other.yaml
git commit -qam 'more of ours'
cd "$T" || exit 1
git clone -q --depth 1 "file://$T/own" shallow
cd shallow || exit 1
sed -i 's/Other/Another/' ../pack/types/other.yaml
exit_is 'what came is not in a shallow clone' 128 fmrec schema upgrade --pack ../pack
like 'which is said' "$err" 'git fetch --unshallow'
cd ../own || exit 1
ok 'in a whole one it is' fmrec schema upgrade --pack ../pack --ours shift
like 'merged' "$(cat .fmrec/schema/other.yaml)" 'en: Another'
cd "$T" || exit 1
mkdir old && cd old || exit 1
fmrec -q init --pack ../pack1 --organisation '例示商事' --language ja --time-zone Asia/Tokyo
git rm -q .fmrec/pack.yaml && git commit -q --amend --no-edit
sed -i 's/en: Title, ja: 件名/en: Subject, ja: 題/' $file
git rm -q .fmrec/schema/third.yaml
git commit -qam ours
ok 'an older repository, whose init is in the history' fmrec schema upgrade --pack ../pack --ours shift
like 'is merged as well' "$(cat $file)" 'en: Subject, ja: 題'
like 'with what came' "$(cat $file)" 'en: Short\.'
not 'what was deleted there stays so' test -e .fmrec/schema/third.yaml
ok 'from then on it is noted' test -e .fmrec/pack.yaml
ok 'once more' fmrec schema upgrade --pack ../pack
like 'is nothing there, too' "$err" 'up to date'

# ---- a file that was there before init came to no agreement yet
cd "$T" || exit 1
mkdir early && cd early && git init -q . && mkdir -p .fmrec/schema
sed 's/en: Title/en: Early/' ../pack1/types/shift.yaml >$file
git add -A && git commit -qm early
fmrec -q init --pack ../pack1 --organisation '例示商事' --language ja --time-zone Asia/Tokyo 2>/dev/null
is 'it was kept' "$(grep -c 'en: Early' $file)" 1
exit_is 'both are asked for' 1 fmrec schema upgrade --pack ../pack1
like 'without a base' "$out" '^    base +-$'
ok 'once' fmrec schema upgrade --pack ../pack1 --ours shift
ok 'and not again' fmrec schema upgrade --pack ../pack1
like 'as what came is kept' "$err" 'up to date'

# ---- where a trust policy is in force it is signed
cd ../old || exit 1
people sato kato
as sato fmrec -q trust init --id p-sato --name '佐藤 花子' >/dev/null
sed -i 's/Another/Different/' ../pack/types/other.yaml
exit_is 'not by anybody' 128 as kato fmrec schema upgrade --pack ../pack
is 'who leaves no trace' "$(git status --porcelain)" ''
ok 'by who may change the config' as sato fmrec schema upgrade --pack ../pack
like 'with a signature' "$(git cat-file commit HEAD)" '^gpgsig '
ok 'that an audit takes' fmrec audit
done_testing
