# The fold: who approved what, what it makes of a record, and what becomes of it when something changes (approvals.md).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"

id=TKT-20261121-0001
path=records/ticket/2026/$id.yaml

# begin [settings=TEXT]: a repository with trust, three people and a ticket of somebody else
begin() {
	rm -rf "$T/work/r" && mkdir "$T/work/r" && cd "$T/work/r" || exit 1
	git init -q . && mkdir -p .fmrec/schema records/ticket/2026
	printf 'language: en\nseverity: [{code: S1, label: {en: S, ja: S}, criterion: {en: c, ja: c}}]\n' >.fmrec/config.yaml
	cp "$LIB_DIR/ticket.yaml" .fmrec/schema/ticket.yaml
	git add . && git commit -q -m config
	people sato tanaka suzuki kato
	trust_policy sato:admin,director,notary tanaka:manager,reception suzuki:manager,member kato:member "$@" || exit 1
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

receive() { forged receive $id "${1:-tanaka}" "${2:-reception}" covers=title meaning=received >"$T/act"; }
approve() { forged approve $id "${1:-suzuki}" "${2:-manager}" covers=plan,approver meaning=approved >"$T/act"; }
# edit FROM TO [git-config...]: a change of the ticket by somebody without a key
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

done_testing
