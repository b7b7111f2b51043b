# fmrec hooks: each hook can refuse, in a real repository with real git.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

exit_is "no hooks yet" 1 "$FMREC" hooks
like "is told" "$out" '^pre-commit +not installed'
ok "install" "$FMREC" hooks install
like "is told" "$out" '^pre-commit +installed'
ok "status" "$FMREC" hooks status
ok "install again" "$FMREC" hooks install

id=$("$FMREC" -q new incident -m x -s severity=S2)
path=records/incident/2026/$id.yaml
sed -i 's/^severity: .*/severity: S9/' "$path"
git add "$path"
exit_is "pre-commit refuses a bad record" 1 git commit -m 'by hand'
like "with the finding" "$err" "^$path:[0-9]+:[0-9]+: error: "
sed -i 's/^severity: .*/severity: S1/' "$path"
not "what is staged counts, not the work tree" git commit -m 'by hand'
git add "$path"
ok "pre-commit lets a good record pass" git commit -m 'by hand'
system=$("$FMREC" -q new system -s name=x)
"$FMREC" -q set "$id" "system=$system"
git rm -q "records/system/$system.yaml"
exit_is "pre-commit refuses the removal of a linked record" 1 git commit -m 'by hand'
like "naming who links to it" "$err" 'ref\.dangling'
git reset -q --hard

echo a >a && git add a
exit_is "commit-msg refuses a forged decision" 1 git commit -m 'subject

fmrec-action: approve'
like "naming the line" "$err" 'line 3'
exit_is "in any case" 1 git commit -m 'subject

Fmrec-Action : approve'
ok "commit-msg lets other words pass" git commit -m 'words like fmrec: are fine here, see fmrec-set(1)'

ok "nor does it look at the difference that 'git commit -v' shows" env GIT_EDITOR="sed -i '1s/^/subject/'" git commit -q -v --allow-empty
printf 'fmrec-x: y\n' >b && git add b
ok "whatever that says" env GIT_EDITOR="sed -i '1s/^/subject/'" git commit -q -v

git init -q --bare "$T/remote.git"
git remote add origin "$T/remote.git"
ok "pre-push lets good commits pass" git push -q origin main
sed -i 's/^severity: .*/severity: S9/' "$path"
git commit -q --no-verify -am 'around the hook'
exit_is "pre-push refuses a bad commit" 1 git push -q origin main
like "naming the commit" "$err" "$(git rev-parse --short HEAD)|$(git rev-parse HEAD)"
sed -i 's/^severity: .*/severity: S1/' "$path"
git commit -q --no-verify -am 'mended on top'
exit_is "also when a later commit mends it" 1 git push -q origin main
git branch topic HEAD~1
exit_is "and on a new branch" 1 git push -q origin topic
git reset -q --hard origin/main
ok "a deletion is let pass" git push -q origin main:other
ok "really" git push -q origin :other

ok "fmrec itself commits through the hooks" "$FMREC" new incident -m through
ok "uninstall" "$FMREC" hooks uninstall
like "says what it did" "$err" 'no longer checked'
exit_is "they are gone" 1 "$FMREC" hooks
sed -i 's/^severity: .*/severity: S9/' "$path"
ok "and nothing is refused any more" git commit -qam 'free again'
git reset -q --hard HEAD~1

printf '#!/bin/sh\necho mine >>"%s/mine"\n' "$T" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
ok "install beside a hook of one's own" "$FMREC" hooks install
like "is told" "$out" '^pre-commit +installed, after your own'
ok "a commit" git commit -q --allow-empty -m x
is "runs it" "$(cat "$T/mine")" mine
"$FMREC" hooks uninstall >/dev/null 2>&1
like "uninstall puts it back" "$(cat .git/hooks/pre-commit)" 'echo mine'

mkdir elsewhere && git config core.hooksPath elsewhere
ok "core.hooksPath is respected" "$FMREC" hooks install
ok "there it is" test -x elsewhere/pre-commit
exit_is "an unknown word" 129 "$FMREC" hooks instal
like "what was meant" "$err" "did you mean 'install'"
exit_is "a hook that is none" 129 "$FMREC" hook pre-lunch
done_testing
