# fmrec migrate and signatures: what would lose one is left, unless that is wanted (F-25, fmrec-approvals(7)).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast
other=INC-20261121-9AAA
file=records/incident/2026/$id.yaml
type=.fmrec/schema/incident.yaml
state() {
	fmrec list id="$id" --columns state --format csv | tail -1 | tr -d '\r'
}

sign sato record "$id" >/dev/null
sign sato receive "$id" >/dev/null
is 'received' "$(state)" received
received=$(git rev-parse HEAD)

# ---- a field that no signature covers
sed -i -e 's/^  form: 1$/  form: 2/' -e 's/^  note:/  remark:/' \
	-e '0,/^  states:/s//  migrations:\n    - {form: 2, steps: [{move: note, to: remark}]}\n  states:/' $type
ok 'the new form is good' fmrec schema check incident
git add $type && signed sato -m 'a remark' || note 'not committed'
ok 'signed records are valid in it' fmrec validate "$id"
ok 'rewriting loses nothing' fmrec migrate "$id"
like 'nor says so' "$out" '1 +2 +migrated$'
is 'the state stays' "$(state)" received
ok 'audit has nothing to say' fmrec audit

# ---- a field that is covered
sed -i -e 's/^  form: 2$/  form: 3/' -e 's/\bsituation\b/facts/g' \
	-e 's/^    - {form: 2, .*/&\n    - {form: 3, steps: [{move: situation, to: facts}]}/' $type
ok 'the next form is good' fmrec schema check incident
git add $type && signed sato -m 'facts' || note 'not committed'
ok 'the record is valid as it is' fmrec validate "$id"
is 'its state stays' "$(state)" received
like 'it is read in the new form' "$(fmrec list 'facts:応答' --format ids)" "$id"
before=$(git rev-parse HEAD)
ok 'it is left' fmrec migrate
like 'and told what it would lose' "$out" "^$id +incident +2 +2 +left: signed +record, receive"
like 'and how to rewrite it' "$err" '--signed'
is 'no commit' "$(git rev-parse HEAD)" "$before"
like 'the next step is open' "$(as tanaka fmrec approvals "$id" 2>&1)" 'received'
sed -e "s/$id/$other/" -e 's/^facts:/situation:/' -e '/^attachments:/,/^[a-z]*:/{/^attachments:/d;/^ /d;/^-/d;}' "$file" \
	>records/incident/2026/$other.yaml
git add records && git commit -qm other
exit_is 'what a signature would not find cannot be signed for' 128 as sato fmrec record "$other" -n -q
like 'it is named' "$err" "lacks what 'record' asks for: facts"
like 'and what to do' "$err" "fmrec migrate --signed $other"
git reset -q --hard HEAD~1
ok 'by name, too' fmrec migrate "$id"
is 'still none' "$(git rev-parse HEAD)" "$before"
ok 'when told' fmrec migrate --signed "$id"
like 'with what it loses' "$out" 'migrated +record, receive'
like 'in the file' "$(cat $file)" '^facts: 画面が応答しない。'
is 'the state falls' "$(state)" draft
ok 'it can be signed again' sign sato record "$id"
is 'and is' "$(state)" recorded
exit_is 'audit tells what was signed before' 1 fmrec audit
like 'and is stale' "$out" "rec\.stale +'$id' changed after 'receive'"
ok 'the next one, too' sign sato receive "$id"
is 'all is as it was' "$(state)" received
ok 'every commit is judged by its own schema' fmrec validate --rev "$received..HEAD"
done_testing
