# Versions of a form (F-25): what a record pins, what is asked of later records only.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/shift.sh"
repository

# write_type FORM [FIELD...]: a type with that version of its form, and more properties
write_type() {
	type_form=$1
	shift
	shift_head "$type_form" >.fmrec/schema/shift.yaml
	cat >>.fmrec/schema/shift.yaml <<END
  states:
    - {name: open, label: {en: Open, ja: 未}, help: {en: Open., ja: 未。}}
    - {name: taken, label: {en: Taken, ja: 済}, help: {en: Taken., ja: 済。}, after: open${must-}}
  ask: [title]
  columns: [id, title]
  heading: title
required: [id, form, title]
additionalProperties: false
properties:
  id: {type: string, x-fmrec: {label: {en: Id, ja: 番号}, help: {en: Id., ja: 番号。}}}
  form: {type: integer, x-fmrec: {label: {en: Form, ja: 版}, help: {en: Form., ja: 版。}}}
  title: {type: string, x-fmrec: {label: {en: Title, ja: 件名}, help: {en: Title., ja: 件名。}}}
END
	for type_field; do
		printf '  %s\n' "$type_field" >>.fmrec/schema/shift.yaml
	done
	printf '$defs:\n  short: {properties: {title: {maxLength: 3}}}\n' >>.fmrec/schema/shift.yaml
}

# put_shift DATE NAME FORM: a record
put_shift() {
	mkdir -p "records/shift/$(printf %.4s "$1")"
	printf 'id: SFT-%s-%s\nform: %s\ntitle: 夜間バッチ\n' "$1" "$2" "$3" >"records/shift/$(printf %.4s "$1")/SFT-$1-$2.yaml"
}

words='x-fmrec: {label: {en: By, ja: 者}, help: {en: Who., ja: 誰。}'
write_type 3
put_shift 20261120 AAAA 2
put_shift 20261122 BBBB 3

ok 'a record keeps the version it was written by' fmrec validate AAAA
like 'which is advice' "$out" 'advice: record.form:'
fmrec new shift --no-commit -m '朝の点検' >/dev/null 2>&1
like 'new ones follow the form as it is' "$(cat records/shift/2026/SFT-20261121-*.yaml)" '^form: 3$'
rm -f records/shift/2026/SFT-20261121-*.yaml
put_shift 20261123 CCCC 4
exit_is 'what follows a form to come cannot be judged' 1 fmrec validate CCCC
like 'it is said so' "$out" 'record\.form-later'
like 'and where to get the form' "$out" 'fmrec schema upgrade'
rm records/shift/2026/SFT-20261123-CCCC.yaml

# ---- since a version of the form
write_type 3 "by: {type: string, $words, required-since: 3}}"
ok 'the type is good' fmrec schema check shift
ok 'a record of an older version need not have the field' fmrec validate AAAA
exit_is 'one of that version must' 1 fmrec validate BBBB
like 'it is named' "$out" "'by' is missing, which the form asks for since version 3"
LANG=ja_JP.UTF-8 run fmrec validate BBBB
like 'in Japanese' "$out" '様式の第 3 版から'
run fmrec schema show shift
like 'shown with the type' "$out" '^by .*open \(form 3\)'
FMREC_NOW=2031-01-01T00:00:00+09:00 run fmrec validate AAAA
is 'no clock changes that' "$code" 0

# ---- since a day
write_type 3 "by: {type: string, $words, required-since: 2026-11-21}}"
ok 'the type is good, too' fmrec schema check shift
ok 'a record of an earlier day need not have the field' fmrec validate AAAA
exit_is 'one of a later day must' 1 fmrec validate BBBB
like 'since when is told' "$out" 'asked for since 2026-11-21'
run fmrec schema show shift
like 'with the type, too' "$out" '^by .*open \(2026-11-21\)'
exit_is 'new records must have it' 1 fmrec new shift --no-commit -m '朝の点検'

# ---- from a state on, since
write_type 3 "by: {type: string, $words, required-from: taken, required-since: 2026-11-21}}"
ok 'nothing is missing in an earlier state' fmrec validate BBBB
exit_is 'from the state on, it is' 1 fmrec validate --for taken BBBB
ok 'not of an earlier day' fmrec validate --for taken AAAA

# ---- a condition of a state, since
must=", must: '#/\$defs/short', must-since: 3"
write_type 3
must=
ok 'good' fmrec schema check shift
ok 'the condition is not for earlier records' fmrec validate --for taken AAAA
exit_is 'it is for later ones' 1 fmrec validate --for taken BBBB

# ---- nonsense
wrong() {
	exit_is "refused: $1" 1 fmrec schema check shift
	like "$1: why" "$out" "$2"
}
write_type 3 "by: {type: string, $words, required-since: 4}}"
wrong 'a version that is to come' "not a version that the form has had"
write_type 3 "by: {type: string, $words, required-since: 1}}"
wrong 'the first version' 'not a version that the form has had'
write_type 3 "by: {type: string, $words, required-since: 2026-13-01}}"
wrong 'no day' 'neither a day nor a version'
write_type 3 "by: {type: string, $words, required-since: soon}}"
wrong 'a word' 'neither a day nor a version'
write_type 3 "by: {type: string, $words, required-since: 2026-11-21}}"
sed -i "s/{date}-{random}/{year}-{random}/" .fmrec/schema/shift.yaml
wrong 'a day where ids tell none' 'tell no day'
write_type 3 "by: {type: string, $words, required-since: 2}}"
sed -i 's/^required: .*/required: [id, form, title, by]/' .fmrec/schema/shift.yaml
wrong 'required of all, too' 'required of all records'
must=', must-since: 2'
write_type 3
wrong 'no condition' 'there is no must in state'
done_testing
