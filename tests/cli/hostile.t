# Writing where it is dangerous: paths, links, escapes, unfinished work, broken surroundings.
# shellcheck disable=SC1091,SC2154,SC2016
. "$(dirname "$0")/lib.sh"
repository
escape=$(printf '\033')
id=$("$FMREC" -q new incident -m steady -s severity=S2)
path=records/incident/2026/$id.yaml
commits() { git rev-list --count HEAD; }
before=$(commits)

# ---- names ----
for name in ../../x /etc/x 'a/b' '..' '.' 'INC-20261121-../x' "$(printf 'A\033[2J')" "$(printf 'A\nB')" 'INC-20261121-AAAA.yaml'; do
	not "new --id '$(printf '%s' "$name" | tr '\033\n' '??')' is refused" "$FMREC" new incident --id "$name" -m x
	unlike "without an escape on the terminal" "$out$err" "$escape"
done
not "an id with tricks in a file" sh -c 'printf "id: ../../../x\ntitle: x\n" | "$FMREC" new incident --from -'
not "a type with tricks" "$FMREC" new ../../etc/passwd -m x
not "an id with tricks" "$FMREC" set ../../../etc/passwd title=x
not "a draft with tricks" "$FMREC" new incident --draft ../../config
not "a draft to discard with tricks" "$FMREC" edit --discard ../../config
is "nothing was written" "$(commits)$(git status --porcelain)" "$before"

# ---- escapes ----
run "$FMREC" new incident -m "$(printf 'red \033[31m title \007')"
unlike "new prints no escape" "$out$err" "$escape"
run "$FMREC" set "$id" "situation=$(printf 'red \033[31m')"
unlike "set prints no escape" "$out$err" "$escape"
run "$FMREC" set "$id" "$(printf 'red\033[31m=x')"
unlike "nor for a field" "$out$err" "$escape"
run "$FMREC" new "$(printf 'x\033[31m')" -m x
unlike "nor for a type" "$out$err" "$escape"
run "$FMREC" new incident -n -m "$(printf 'a\xc2\x9b31m')"
unlike "nor C1 controls in a dry run" "$out$err" "$(printf '\302\233')"
unlike "no commit message holds one" "$(git log --format=%B)" "$escape"
git reset -q --hard && git clean -qfdx
before=$(commits)

# ---- links in the work tree ----
mkdir "$T/outside"
git mv records/incident "$T/moved" 2>/dev/null || mv records/incident "$T/moved"
ln -s "$T/outside" records/incident
not "a directory that is a link" "$FMREC" new incident -m x
is "nothing is written behind it" "$(ls -A "$T/outside")" ""
rm records/incident && mv "$T/moved" records/incident
git reset -q --hard
cp "$path" "$T/outside/r.yaml" && rm "$path" && ln -s "$T/outside/r.yaml" "$path"
not "a record that is a link" "$FMREC" set "$id" severity=S1
same "is not followed" "$T/outside/r.yaml" "$T/outside/r.yaml"
unlike "its target stays" "$(cat "$T/outside/r.yaml")" 'severity: S1'
git checkout -q -- "$path"

# ---- somebody's half-done work ----
git checkout -q -b side && "$FMREC" -q set "$id" severity=S3
git checkout -q main && "$FMREC" -q set "$id" severity=S4
git merge side >/dev/null 2>&1
before=$(commits)
exit_is "an unfinished merge" 128 "$FMREC" new incident -m x
like "is named" "$err" 'merge'
like "and the text is kept" "$err" 'draft'
exit_is "the conflict is not edited away" 128 "$FMREC" set "$id" severity=S1
is "nothing was committed" "$(commits)" "$before"
git merge --abort
is "the merge could still be aborted" "$(git status --porcelain)" ""

# ---- who are you ----
exit_is "without an identity" 128 env -u EMAIL GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=1 \
	GIT_CONFIG_KEY_0=user.useConfigOnly GIT_CONFIG_VALUE_0=true "$FMREC" new incident -m x
is "nothing is left over" "$(git status --porcelain)" ""

# ---- no space ----
exit_is "a disk that takes nothing" 128 sh -c 'trap "" XFSZ; ulimit -f 0; exec "$FMREC" set "$0" severity=S1' "$id"
is "nothing is left over" "$(git status --porcelain)" ""
ok "and the next one works" "$FMREC" set "$id" severity=S1

# ---- a directory that cannot be written ----
if [ "$(id -u)" -eq 0 ]; then
	skip "a read-only directory" "root may write anywhere"
else
	chmod a-w records/incident/2026
	exit_is "a read-only directory" 128 "$FMREC" new incident -m x
	like "is named" "$err" 'records/incident/2026'
	chmod u+w records/incident/2026
	is "nothing is left over" "$(git status --porcelain)" ""
fi
mv records r && : >records
not "a file where a directory should be" "$FMREC" new incident -m x
rm records && mv r records

# ---- config that names programs ----
for setting in core.fsmonitor core.sshCommand diff.external core.pager gpg.program merge.tool; do
	git config "$setting" "touch $T/pwned;:"
done
printf '*.yaml filter=evil\n' >.git/info/attributes
git config filter.evil.clean "touch $T/pwned; cat"
printf 'editor: touch %s/pwned\nhooks: touch %s/pwned\n' "$T" "$T" >>.fmrec/config.yaml
run "$FMREC" list
run "$FMREC" validate
exit_is "reading runs nothing that a config names" 1 test -e "$T/pwned"
git checkout -q .fmrec/config.yaml

# ---- another object format ----
cd "$T/work" || exit 1
if git init -q --object-format=sha256 sha256 2>/dev/null; then
	cd sha256 || exit 1
	exit_is "a SHA-256 repository" 128 "$FMREC" init
	like "is named" "$err" '[Ss][Hh][Aa]-?256'
	is "and left as it was" "$(ls -A)" ".git"
fi
done_testing
