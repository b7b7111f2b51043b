# The fold: who approved what, what it makes of a record, and what becomes of it when something changes (approvals.md).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"

id=TKT-20261121-0001
path=records/ticket/2026/$id.yaml

# begin: a repository with trust, three people and a ticket of somebody else
begin() {
	rm -rf "$T/work/r" && mkdir "$T/work/r" && cd "$T/work/r" || exit 1
	git init -q . && mkdir -p .fmrec/schema records/ticket/2026
	printf 'language: en\nseverity: [{code: S1, label: {en: S, ja: S}, criterion: {en: c, ja: c}}]\n' >.fmrec/config.yaml
	cp "$LIB_DIR/ticket.yaml" .fmrec/schema/ticket.yaml
	git add . && git commit -q -m config
	people sato tanaka suzuki kato
	trust_policy sato:admin,cio,notary tanaka:manager,operations suzuki:manager,development kato:development || exit 1
	printf 'id: %s\nform: 1\ntitle: A\nplan: P\nresult: R\nnote_free: x\n' "$id" | sed '/note_free/d' >"$path"
	git add . && git -c user.email=writer@example.com commit -q -m 'a ticket'
}

state() { # STATE VERDICT NAME: of the ticket, as the audit sees it
	run fmrec audit --format json
	cp "$T/out" audit.json 2>/dev/null
	got=$(python3 - "$id" <<'PY'
import json, sys
audit = json.load(open('audit.json'))
print(next((r.get('state') for r in audit['records'] if r['id'] == sys.argv[1]), '-'))
PY
	)
	rm -f audit.json
	is "$3: state" "$got" "$1"
	is "$3: verdict" "$code" "$2"
}

receive() { forged receive $id tanaka operations covers=title meaning=received >"$T/act"; }
approve() { forged approve $id suzuki manager covers=plan,approver meaning=approved >"$T/act"; }
# edit FROM TO: a change of the ticket by somebody without a key
edit() { sed "s/$1/$2/" "$path" >"$T/new" && cp "$T/new" "$path" && at=$(($(git log -1 --format=%ct) + 60)) &&
		GIT_COMMITTER_DATE="@$at +0900" git commit -q -am "edit $1"; }
has() { like "$1" "$(fmrec audit)" "  $2  "; } # NAME CODE

begin
state draft 0 'nothing signed'
receive
state received 0 'received'
approve
state approved 0 'approved'
edit 'result: R' 'result: S'
state approved 0 'an edit outside of what was covered'
edit 'plan: P' 'plan: Q'
state received 1 'an edit of what was covered'
has 'is told' rec.stale
edit 'plan: Q' 'plan: P'
state received 1 'put back as it was, the vote stays stale'
approve
state approved 0 'approved again'

# What was not as it must be before there was trust is told when trust begins.
rm -rf "$T/work/old" && mkdir -p "$T/work/old/records/ticket/2026" "$T/work/old/.fmrec/schema" && cd "$T/work/old" || exit 1
git init -q . && cp ../r/.fmrec/config.yaml .fmrec/ && cp ../r/.fmrec/schema/ticket.yaml .fmrec/schema/
printf 'id: %s\nform: 1\ntitle: A\n' "$id" >"$path" && chmod +x "$path"
printf 'id: %s\nform: 1\ntitle: A\ntitle: B\n' "${id%1}2" >"${path%1.yaml}2.yaml"
git add . && git commit -q -m 'before trust'
run fmrec audit
is 'without trust nothing is told of records' "$code $(printf '%s\n' "$out" | grep -c '  rec\.')" '3 0'
trust_policy sato:admin
has 'an executable file' rec.mode
has 'a key that stands twice' rec.text

# Files beside a record whose names are one name on other systems.
begin
mkdir "${path%.yaml}" && echo a >"${path%.yaml}/log.txt" && git add . && git commit -q -m 'a log'
exit_is 'one attachment' 0 fmrec audit
echo a >"${path%.yaml}/LOG.txt" && git add . && git commit -q -m 'another log'
has 'another one that differs in case' rec.alike

# A change of trust that calls itself an action is neither.
begin
cp .fmrec/trust/policy.yaml "$T/policy" && forged receive $id tanaka operations covers=title meaning=received >"$T/act"
message=$(git log -1 --format=%B) && git reset -q --hard HEAD~1
sed "s/^version: 1/version: 2\nprevious: sha256:$(sha256sum <"$T/policy" | cut -d' ' -f1)/; s/admin,//" "$T/policy" >.fmrec/trust/policy.yaml
signed sato -a -m "$message"
has 'an action that changes trust' action.tree
has 'is not in force either' history.mixed

# Only what is new is told: what a server asks before it takes a push.
begin
edit 'plan: P' 'title: B'
exit_is 'a key twice' 1 fmrec audit
edit 'result: R' 'result: S'
exit_is 'from there on' 1 fmrec audit HEAD~1..
edit 'title: B' 'plan: P'
exit_is 'mended: nothing new is wrong' 0 fmrec audit HEAD~1..HEAD

# Who wrote something is its author, through whatever door it came.
begin
git checkout -q -b side HEAD~1 && git checkout -q --orphan older && git rm -q -r --cached . && rm -rf .fmrec
git checkout -q main -- .fmrec/config.yaml .fmrec/schema && git commit -q -m config && git checkout -q -b branch
mkdir -p records/ticket/2026 && printf 'id: %s\nform: 1\ntitle: A\nplan: P\n' "$id" >"$path" && git add . &&
	git -c user.email=suzuki@example.com commit -q -m 'written on a branch'
git checkout -q older && git -c user.email=robot@example.com merge -q --no-ff -m merge branch
git reset -q --hard && trust_policy sato:admin,cio tanaka:operations suzuki:manager
receive
approve
state received 1 'an author on a branch that was merged before there was trust'
has 'may not approve it' vote.excluded

begin
printf 'id: %s\nform: 1\ntitle: A\nplan: mine\nresult: R\n' "$id" >"$path"
at=$(($(git log -1 --format=%ct) + 60))
GIT_COMMITTER_DATE="@$at +0900" git -c user.email=suzuki@example.com commit -q -am mine
cp .fmrec/trust/policy.yaml "$T/policy"
sed "s/^version: 1/version: 2\nprevious: sha256:$(sha256sum <"$T/policy" | cut -d' ' -f1)/; s/suzuki@example.com/elsewhere@example.com/" \
	"$T/policy" >.fmrec/trust/policy.yaml
GIT_COMMITTER_DATE="@$((at + 60)) +0900" as sato git commit -q -S -am 'another address'
receive
approve
state received 1 'an author whose address left the policy'
has 'is an author still' vote.excluded

done_testing
