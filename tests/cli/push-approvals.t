# What pre-receive, pre-push and post-merge make of approvals: the same verdict as audit, with the policy of before.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"

command -v python3 >/dev/null 2>&1 || {
	skip 'pushed approvals' 'no python3 here'
	done_testing
}
id=TKT-20261121-0001
path=records/ticket/2026/$id.yaml
server=$T/server.git
git init -q --bare "$server" && (cd "$server" && "$FMREC" hooks install >/dev/null 2>&1)
repository
sed '/- name: burn/,/Nobody may/d' "$LIB_DIR/ticket.yaml" >.fmrec/schema/ticket.yaml
mkdir -p records/ticket/2026
printf 'id: %s\nform: 1\ntitle: A\nplan: P\nresult: R\n' "$id" >"$path"
git add -A && git commit -q -m begin
git remote add origin "$server"

now=1795198400 # a little later than the clock of the tests
later() { # the next commits are made a minute later
	now=$((now + 60))
	GIT_COMMITTER_DATE="@$now +0900" GIT_AUTHOR_DATE="@$now +0900"
	export GIT_COMMITTER_DATE GIT_AUTHOR_DATE
}
refused() { # NAME PATTERN PUSH-ARGUMENT...
	refused_name=$1 refused_pattern=$2
	shift 2
	exit_is "$refused_name: refused" 1 git push -q origin "$@"
	like "$refused_name: the terminal says why" "$err" "$refused_pattern"
}
back() { git reset -q --hard origin/main; }

later
people sato tanaka suzuki
trust_policy sato:admin,cio tanaka:manager,operations suzuki:manager,development
ok 'the first policy' git push -q origin main
later
forged receive $id tanaka operations covers=title meaning=received time=$now >/dev/null
ok 'a signature' git push -q origin main
later
forged approve $id suzuki manager covers=plan,approver meaning=approved time=$now >/dev/null
ok 'another one' git push -q origin main
exit_is 'the audit says so, too' 0 "$FMREC" audit

# ---- edits ----

later
sed -i 's/^plan: P/plan: Q/' "$path" && git commit -q -am 'another plan'
ok 'an edit of what was approved is taken' git push -q origin main
like 'with a warning' "$err" "^remote: .*:$id: warning: rec\.stale: "
later
sed -i 's/^result: R/result: S/' "$path" && git commit -q -am 'another result'
ok 'a further one without' git push -q origin main
unlike 'as it is old news' "$err" 'rec\.stale'

# ---- signatures that are none ----

later
forged approve $id suzuki manager covers=plan,approver meaning=approved time=$now >/dev/null
signed_tip=$(git rev-parse HEAD)
back
later
git commit -q --allow-empty -m 'in between' && git cherry-pick --allow-empty "$signed_tip" >/dev/null 2>&1
refused 'an action that was rebased' "$id: error: sig\.missing" main
like 'says how to mend it' "$err" 'fmrec resign'
back
git commit -q --allow-empty --no-verify -m "$(printf 'fmrec: approve %s\n\nFmrec-Format: 1\nFmrec-Action: approve' "$id")"
refused 'a forged block' 'error: action\.block' main
back
later
forged approve $id sato admin covers=plan,approver meaning=approved time=$now >/dev/null
ok 'a signature that does not count is taken' git push -q origin main
like 'with a warning' "$err" 'warning: vote\.'
git reset -q --hard HEAD

# ---- trust, config, history ----

later
cp .fmrec/trust/policy.yaml "$T/policy"
printf '\n' >>.fmrec/trust/policy.yaml && git commit -q -am 'trust: mine'
refused 'a policy that nobody signed' 'error: sig\.' main
back
later
git rm -q .fmrec/trust/policy.yaml && git commit -q -m 'no trust'
refused 'the policy taken away' 'error: policy\.' main
back
later
git commit -q --allow-empty -m a && git checkout -q -b side HEAD~1 && git commit -q --allow-empty -m b && git checkout -q main
git merge -q -m merge side
refused 'a merge into a linear history' 'error: history\.merge' main
git reset -q --hard HEAD~1 && git push -q origin main
git checkout -q -b foxtrot side && later && git merge -q -m foxtrot main
refused 'the history as a side line' 'error: push\.rewrite' foxtrot:main
git checkout -q main

# ---- before it leaves ----

"$FMREC" hooks install >/dev/null 2>&1
later
git commit -q --allow-empty -m 'in between' && git cherry-pick --allow-empty "$signed_tip" >/dev/null 2>&1
exit_is 'pre-push refuses it already' 1 git push -q origin main
unlike 'without asking the server' "$err" '^remote:'
like 'for the same reason' "$err" "$id: error: sig\.missing"
ok 'who wants to passes by' git push -q --no-verify origin HEAD~1:main
ok 'a proposal without it' git push -q origin HEAD~1:refs/heads/proposal
back

# ---- after it came ----

(cd "$server" && "$FMREC" hooks uninstall >/dev/null 2>&1)
git clone -q "$server" "$T/work/other" && (cd "$T/work/other" && "$FMREC" hooks install >/dev/null 2>&1)
later
git commit -q --allow-empty -m fine && git push -q origin main
cd "$T/work/other" || exit 1
ok 'a pull of what is fine' git pull -q --ff-only origin main
unlike 'says nothing' "$err" 'fmrec'
cd "$T/work/repository" || exit 1
later
git cherry-pick --allow-empty "$signed_tip" >/dev/null 2>&1
git push -q --no-verify origin main
cd "$T/work/other" || exit 1
ok 'a pull of what is not' git pull -q --ff-only origin main
like 'tells what is wrong with it' "$err" "$id: error: sig\.missing"
like 'and what to do' "$err" 'fmrec audit'
exit_is 'as the audit does' 1 "$FMREC" audit

done_testing
