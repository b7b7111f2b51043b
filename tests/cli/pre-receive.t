# pre-receive on a real bare server: over a path, file:// and git daemon; good pushes and each class of bad ones.
# shellcheck disable=SC1091,SC2154,SC2086
. "$(dirname "$0")/lib.sh"

server=$T/server.git
git init -q --bare "$server"
(cd "$server" && "$FMREC" hooks install >"$T/installed" 2>&1)
like "in a bare repository, the hook of a server" "$(cat "$T/installed")" '^pre-receive +installed'
unlike "and none of those of a work tree" "$(cat "$T/installed")" 'pre-commit|merge-driver'

repository alice
git add -A && git commit -q -m "begin" --allow-empty
git remote add origin "$server"

tip() { git -C "$server" rev-parse -q --verify "refs/heads/$1"; }
refused() { # NAME PATTERN PUSH-ARGUMENT...: exit 1, the terminal shows the pattern, no reference moved
	refused_name=$1 refused_pattern=$2
	shift 2
	before=$(git -C "$server" for-each-ref)
	exit_is "$refused_name: refused" 1 git push origin "$@"
	like "$refused_name: the terminal says why" "$err" "$refused_pattern"
	like "$refused_name: and that nothing was taken" "$err" '^remote: fmrec: push refused'
	is "$refused_name: no reference moved" "$(git -C "$server" for-each-ref)" "$before"
}
break_record() { # ID: commit a severity that does not exist, whatever the hooks here say
	sed -i 's/^severity: .*/severity: S9/' "$(git ls-files "*/$1.yaml")" && git commit -q --no-verify -am "break $1"
}

# ---- good pushes ----

ok "the first push, into an empty repository" git push origin main
is "is taken" "$(tip main)" "$(git rev-parse main)"
unlike "without a word" "$err" 'remote:'
id=$("$FMREC" -q new incident -m one -s severity=S2)
ok "a record" git push origin main
is "is taken" "$(tip main)" "$(git rev-parse main)"
git branch proposal
ok "a branch, a tag and the trunk at once" git push origin proposal main:refs/tags/v1
ok "the deletion of a branch that is not governed" git push origin :proposal :refs/tags/v1
ok "nothing new" git push origin main

# ---- records ----

good=$(git rev-parse HEAD)
break_record "$id"
refused "an invalid record" "^remote: $(git rev-parse --short=12 HEAD):records/.*config\.value" main
refused "an invalid record on a proposal" 'config\.value' HEAD:refs/heads/proposal
refused "an invalid record behind a tag" 'config\.value' HEAD:refs/tags/v2
git -C "$server" config fmrec.receive.proposals free
ok "unless the server takes proposals as they are" git push origin HEAD:refs/heads/proposal
git -C "$server" config --unset fmrec.receive.proposals
refused "the trunk is judged whatever a proposal brought before" 'config\.value' main
git push -q origin :proposal
sed -i 's/^severity: .*/severity: S1/' "$(git ls-files "*/$id.yaml")" && git commit -q --no-verify -am mend
refused "also when a later commit mends it" 'config\.value' main
git reset -q --hard "$good"
git rm -q .fmrec/config.yaml && git commit -q --no-verify -m 'free at last'
refused "the config taken away" 'config.missing' main
git reset -q --hard "$good"
system=$("$FMREC" -q new system -s name=x)
"$FMREC" -q set "$id" "system=$system"
ok "a link and its target" git push origin main
good=$(git rev-parse HEAD)
git rm -q "records/system/$system.yaml" && git commit -q --no-verify -m 'take the target away'
refused "a link to nothing" 'ref.dangling' main
git reset -q --hard "$good"
for name in INC-20261121-O0O0 INC-20261121-0OO0; do
	sed "s/^id: .*/id: $name/" "records/incident/2026/$id.yaml" >"records/incident/2026/$name.yaml"
	git add -A && git commit -q --no-verify -m "$name"
done
refused "two ids that look alike" '(id\.case|id\.form)' main
git reset -q --hard "$good"

# ---- history ----

git commit -q --allow-empty -m 'to be lost' && git push -q origin main
git reset -q --hard HEAD~1 && git commit -q --allow-empty -m 'another'
git config --add remote.origin.push +main
refused "a forced push to the trunk" 'refs/heads/main: error: push\.rewrite' --force main
like "says what to do" "$err" 'git pull --rebase'
refused "the deletion of the trunk" 'refs/heads/main: error: push\.delete' :main
git reset -q --hard origin/main
git checkout -q --orphan other && git rm -rqf . && git commit -q --allow-empty -m 'another beginning'
refused "an unrelated history, forced" 'push\.rewrite' --force other:main
git checkout -q main
git merge -q --allow-unrelated-histories -s ours -m 'two beginnings' other
refused "a second beginning" 'push\.root' main
git reset -q --hard origin/main
git replace -f HEAD HEAD~1
refused "a replacement" 'push\.ref' refs/replace/*:refs/replace/*
git replace -d HEAD >/dev/null
ok "forced pushes to a proposal" git push origin +main~1:refs/heads/topic
ok "both ways" git push origin +main:refs/heads/topic
ok "and back" git push origin +main~1:refs/heads/topic

# ---- the clock ----

GIT_COMMITTER_DATE='2026-11-21T04:11:00+09:00' git commit -q --allow-empty -m 'a clock that is a little ahead'
ok "less than an hour ahead" git push origin main
GIT_COMMITTER_DATE='2026-11-21T05:30:00+09:00' git commit -q --allow-empty -m 'tomorrow'
refused "more than an hour ahead" "^remote: $(git rev-parse --short=12 HEAD): error: push\.time: the commit is 138 minutes ahead" main
ok "a proposal may be of any time" git push origin main:tomorrow
git -C "$server" config fmrec.receive.clock-ahead 200
ok "unless the server is told otherwise" git push origin main
git -C "$server" config fmrec.receive.clock-behind 60
GIT_COMMITTER_DATE='2026-11-20T05:30:00+09:00' git commit -q --allow-empty -m 'yesterday'
refused "behind, where the server minds" 'push\.time: the commit is 1302 minutes behind' main
git -C "$server" config fmrec.receive.clock-behind soon
exit_is "a setting that is no number" 1 git push origin main
like "is named" "$err" "^remote: fmrec: the setting 'receive.clock-behind' is no number"
git -C "$server" config --unset fmrec.receive.clock-behind
git reset -q --hard origin/main
git -C "$server" config fmrec.receive.clock-ahead 60

# ---- many references in one push ----

git commit -q --allow-empty -m 'good' && git branch -f good
break_record "$id"
refused "one bad reference among good ones" 'config\.value' main good good:good2 good:refs/tags/g
git reset -q --hard good
ok "all good ones" git push origin main good good:good2 good:refs/tags/g
refs=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do refs="$refs main:many/$i"; done
ok "twenty branches" git push origin $refs
git -C "$server" config fmrec.receive.governed 'many/1? stable'
refused "the deletion of one governed by setting" 'many/12: error: push\.delete' :many/12 :many/2
ok "of one that is not" git push origin :many/2
refused "taking commits away from it" 'many/13: error: push\.rewrite' +main~2:refs/heads/many/13
ok "a governed branch begins" git push origin main~1:refs/heads/stable
refused "not with a history of its own" 'push\.root' other:many/1a

# ---- two people ----

git -C "$T/work" clone -q "file://$server" bob
cd "$T/work/bob" || exit 1
bob=$("$FMREC" -q new incident -m bob)
ok "file://" git push origin main
cd "$T/work/alice" || exit 1
FMREC_RANDOM_SEED=2 "$FMREC" -q new incident -m alice >/dev/null
exit_is "the second of two is told to fetch" 1 git push origin main
ok "pulls" git pull -q --rebase origin main
ok "and pushes" git push origin main
ok "with the record of the first" test -e "records/incident/2026/$bob.yaml"

# Many at the same time: one wins, nothing is lost, all get in at last.
clients='c1 c2 c3 c4'
for client in $clients; do git -C "$T/work" clone -q "$server" "$client"; done
for client in $clients; do
	(cd "$T/work/$client" && FMREC_RANDOM_SEED=$client "$FMREC" -q new incident -m "$client" >id &&
		for _ in 1 2 3 4 5 6 7 8; do
			git push -q origin main 2>>log && exit 0
			git pull -q --rebase origin main 2>>log
		done; exit 1) &
done
wait
missing=
for client in $clients; do
	git -C "$server" ls-tree -r --name-only main | grep -q "$(cat "$T/work/$client/id")" || missing="$missing $client"
done
is "concurrent pushes lose nothing" "$missing" ''
is "and leave one line" "$(git -C "$server" rev-list --merges main)" ''

# ---- git daemon ----

if git daemon --help >/dev/null 2>&1 || [ -x "$(git --exec-path)/git-daemon" ]; then
	port=$((20000 + $$ % 20000))
	"$(git --exec-path)/git-daemon" --reuseaddr --listen=127.0.0.1 --port=$port --base-path="$T" --export-all \
		--enable=receive-pack --pid-file="$T/daemon.pid" "$T" >/dev/null 2>&1 &
	daemon=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		git ls-remote "git://127.0.0.1:$port/server.git" >/dev/null 2>&1 && break
		sleep 0.2
	done
	cd "$T/work/alice" && git remote set-url origin "git://127.0.0.1:$port/server.git" && git pull -q --rebase origin main
	git commit -q --allow-empty -m 'over git://'
	ok "git://" git push origin main
	break_record "$id"
	refused "an invalid record over git://" 'config\.value' main
	git reset -q --hard HEAD~1
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
else
	skip "git://" "no git daemon here"
fi

# ---- an empty server whose HEAD names another branch ----

git init -q --bare "$T/odd.git"
git -C "$T/odd.git" symbolic-ref HEAD refs/heads/trunk
(cd "$T/odd.git" && "$FMREC" hooks install >/dev/null 2>&1)
ok "a push past the trunk" git push "$T/odd.git" main
like "is remarked" "$err" "no branch is governed: HEAD of the server names 'refs/heads/trunk'"
like "with the remedy" "$err" 'git symbolic-ref HEAD refs/heads/main'
git init -q --bare "$T/two.git"
(cd "$T/two.git" && "$FMREC" hooks install >/dev/null 2>&1)
git checkout -q -b twins main && git merge -q --allow-unrelated-histories -s ours -m two other
exit_is "a first push with two beginnings" 1 git push "$T/two.git" twins:main
like "is refused" "$err" 'push\.root'
git checkout -q main

# ---- the hook beside others ----

printf '#!/bin/sh\ncat >"%s/seen"\n[ ! -e "%s/veto" ]\n' "$T" "$T" >"$T/own" && chmod +x "$T/own"
(cd "$server" && "$FMREC" hooks uninstall >/dev/null 2>&1 && cp "$T/own" hooks/pre-receive && "$FMREC" hooks install >"$T/installed" 2>&1)
like "installed after the one that was there" "$(cat "$T/installed")" '^pre-receive +installed, after your own'
git remote set-url origin "$server" && git commit -q --allow-empty -m 'both'
ok "both see the push" git push origin main
like "the other one too" "$(cat "$T/seen")" ' refs/heads/main$'
git commit -q --allow-empty -m 'veto' && touch "$T/veto"
not "and either can refuse" git push origin main
rm "$T/veto"

cd "$T/work/bob" || exit 1
ok "a work tree that others push to" "$FMREC" hooks install --server
ok "has the hook of a server" test -x .git/hooks/pre-receive
run "$FMREC" hooks
like "and is told so" "$out" '^pre-receive +installed'
exit_is "--server goes with install" 129 "$FMREC" hooks --server status
exit_is "a hook that cannot read its input" 128 sh -c "echo nonsense | '$FMREC' hook pre-receive"
done_testing
