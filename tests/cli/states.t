# Computed states: listed, shown, asked for and enforced (fmrec-query(7), issue "requires is enforced on every later edit").
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"

id=TKT-20261121-0001 other=TKT-20261121-0002
path=records/ticket/2026/$id.yaml

git init -q . && mkdir -p .fmrec/schema records/ticket/2026
printf 'language: en\nseverity: [{code: S1, label: {en: S, ja: S}, criterion: {en: c, ja: c}}]\n' >.fmrec/config.yaml
# a field that a state asks for
sed 's/x-fmrec: {label: {en: Result, ja: 結果}, help: {en: R., ja: 結。}}/x-fmrec: {label: {en: Result, ja: 結果}, help: {en: R., ja: 結。}, required-from: closed}/' \
	"$LIB_DIR/ticket.yaml" >.fmrec/schema/ticket.yaml
for one in "$id" "$other"; do
	printf 'id: %s\nform: 1\ntitle: %s\nplan: P\nresult: R\n' "$one" "$one" >"records/ticket/2026/$one.yaml"
done
git add . && git commit -q -m begin

state() { "$FMREC" list "$id" --columns state --format csv 2>&1 | sed 1d; }
states() { # NAME STATE: all who tell it agree
	is "$1: list" "$("$FMREC" list --columns id,state --format csv 2>&1 | grep "^$id" | cut -d, -f2)" "$2"
	is "$1: again, from the cache as it is" "$("$FMREC" list --no-refresh --columns id,state --format csv | grep "^$id" | cut -d, -f2)" "$2"
	is "$1: query" "$("$FMREC" query "state:$2" --format ids 2>&1 | grep -c "$id")" 1
	is "$1: sql" "$("$FMREC" sql --format csv "SELECT state FROM record WHERE id = '$id'" | sed 1d)" "$2"
	is "$1: of the commit" "$("$FMREC" list --at HEAD --columns id,state --format csv | grep "^$id" | cut -d, -f2)" "$2"
}

# ---- without a policy ----

states 'nothing signed' draft
unlike 'no column for what nobody has' "$("$FMREC" list ticket)" '^id +state'
is 'and nothing is noted' "$("$FMREC" sql --format csv 'SELECT count(*) FROM transition' | sed 1d)" 0

# ---- with one ----

people sato tanaka suzuki
trust_policy sato:admin,cio tanaka:manager,operations suzuki:manager,development
states 'a policy' draft
like 'the state is a column now' "$("$FMREC" list ticket)" '^id +state +title'
forged receive $id tanaka operations covers=title meaning=received >"$T/act"
states 'received' received
is 'the other one is where it was' "$("$FMREC" list --columns id,state --format csv | grep "^$other" | cut -d, -f2)" draft
is 'state:draft finds only that' "$("$FMREC" list state:draft --format ids)" "$other"
is 'by its label, too' "$("$FMREC" list state:Received --format ids)" "$id"
is 'in Japanese' "$("$FMREC" list state:受理 --format ids)" "$id"
like 'show says where it stands' "$("$FMREC" show "$id")" '^state: Received \(received\)$'
like 'by whose signature' "$("$FMREC" show "$id")" '^  2026-11-21  receive  .*p-tanaka, operations\)$'
like 'and what it needs' "$("$FMREC" show "$id")" '^needs: manager or cio: Approve \(approve\)'
unlike 'not for programs' "$("$FMREC" show --format yaml "$id")" 'needs|state'
like 'as it was before' "$("$FMREC" show "$id@HEAD~1")" '^needs: operations or manager: Receive'
like 'a list on request' "$("$FMREC" list "$id" --columns id,needs --format csv 2>&1; "$FMREC" list --columns id,needs --format csv)" \
	"^$id,manager or cio: Approve \(approve\)"
exit_is 'nothing is looked for in it' 128 "$FMREC" list needs:manager
like 'which is said' "$err" 'not looked for'
forged approve $id suzuki manager covers=plan,approver meaning=approved >"$T/act"
states 'approved' approved
is 'as it was before' "$("$FMREC" list --at HEAD~1 --columns id,state --format csv | grep "^$id" | cut -d, -f2)" received
is 'each signature is a row' "$("$FMREC" sql --format csv 'SELECT record, transition, "from", "to", person, role, status, stands FROM transition')" \
	"record,transition,from,to,person,role,status,stands
$id,receive,draft,received,p-tanaka,operations,counts,1
$id,approve,received,approved,p-suzuki,manager,counts,1"
is 'grouped by state' "$("$FMREC" query --group-by state --format csv | sort)" 'approved,1
draft,1
state,count'
is 'exported' "$("$FMREC" export ticket --columns id,state 2>/dev/null | grep "^$id")" "$id,approved"

# ---- edits ----

sed -i 's/^title: .*/title: another/' "$path"
states 'a file that is not committed changes no state' approved
git checkout -q "$path"
sed -i 's/^plan: .*/plan: Q/' "$path" && git commit -q -am 'another plan'
states 'a commit does' received
is 'what is stale is said to be' "$("$FMREC" sql --format csv "SELECT transition, status, stands FROM transition ORDER BY time" | sed 1d)" 'receive,counts,1
approve,stale,0'
git reset -q --hard HEAD~1
states 'the branch moved back' approved
git checkout -q -b side HEAD~1
states 'another branch' received
git checkout -q main
states 'and back' approved

# ---- what the state asks for ----

forged close $id suzuki manager covers=title,plan meaning=closed >"$T/act"
run "$FMREC" list --columns id,state --format csv
forged close $id tanaka manager meaning=closed >"$T/act"
states 'closed' closed
ok 'valid as it is' "$FMREC" validate
sed -i '/^result:/d' "$path"
exit_is 'the work tree must have what the state asks for' 1 "$FMREC" validate
like 'it says what' "$out" "record\.state: 'result' is missing, which state 'closed' asks for"
exit_is 'one record' 1 "$FMREC" validate "$path"
exit_is 'again, with what was judged before' 1 "$FMREC" validate
git add "$path"
exit_is 'what is staged' 1 "$FMREC" validate --staged
git reset -q --hard
exit_is 'set refuses it' 1 "$FMREC" set "$id" --unset result
exit_is 'the other one may do without' 0 "$FMREC" set "$other" --unset result

done_testing
