# fmrec init: a record repository from nothing, or in a repository that is there.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

ok "init makes a repository" "$FMREC" init --organisation 例示製作所 --language en --time-zone UTC new
like "and says where" "$out" '^record repository made in .*/new: [0-9]+ files   \[main [0-9a-f]{7}\]$'
like "and what to do next" "$err" 'fmrec new TYPE'
cd new || exit 1
is "one commit" "$(git log --format=%s)" "fmrec: init"
is "nothing left over" "$(git status --porcelain)" ""
is "every type of the pack is there" "$(ls .fmrec/schema)" "$(ls "$top/schema/types")"
like "the organisation is in the config" "$(cat .fmrec/config.yaml)" '^organisation: 例示製作所$'
like "the language is in the config" "$(cat .fmrec/config.yaml)" '^language: en$'
like "the zone is in the config" "$(cat .fmrec/config.yaml)" '^time_zone: UTC$'
ok "the repository is valid" "$FMREC" validate

ok "again" "$FMREC" init
like "there is nothing to add" "$err" 'nothing to add'
is "still one commit" "$(git rev-list --count HEAD)" 1

first=$(ls .fmrec/schema | head -n 1)
last=$(ls .fmrec/schema | tail -n 1)
git rm -q ".fmrec/schema/$first" && git commit -qm 'not needed'
echo '# ours' >>".fmrec/schema/$last"
cp ".fmrec/schema/$last" "$T/ours"
mkdir sub && cd sub || exit 1
ok "init adds what is missing, from a subdirectory" "$FMREC" init
cd .. || exit 1
like "and says so" "$out" ': 1 files added '
like "and what it kept" "$err" "kept .fmrec/schema/$last, which differs"
like "and how to get what is new" "$err" "^hint: 'fmrec schema upgrade'"
same "nothing is overwritten" ".fmrec/schema/$last" "$T/ours"
is "only the missing file is committed" "$(git show --name-only --format= HEAD)" ".fmrec/schema/$first"

cd "$T/work" || exit 1
git init -q theirs && cd theirs || exit 1
echo hello >README && git add README && git commit -qm 'their own'
echo staged >staged && git add staged
ok "init in an existing repository" "$FMREC" init
is "what was staged stays staged" "$(git diff --cached --name-only)" "staged"
unlike "and is not committed" "$(git show --name-only --format= HEAD)" '^staged$'

cd "$T/work" || exit 1
mkdir dry && cd dry || exit 1
ok "init -n" "$FMREC" init -n
like "shows the files" "$out" '^\+\+\+ b/.fmrec/config.yaml$'
is "and writes nothing" "$(ls -A)" ""
ok "init --no-commit" "$FMREC" init --no-commit
exit_is "has no commit" 128 git rev-parse HEAD
like "but staged files" "$(git diff --cached --name-only)" '^.fmrec/config.yaml$'

cd "$T/work" || exit 1
exit_is "an unknown language" 129 "$FMREC" init --language jp a
exit_is "an unknown zone" 128 "$FMREC" init --time-zone Asia/Nowhere b
like "is named" "$err" "no time zone 'Asia/Nowhere'"
is "before anything is made" "$(ls -d b 2>/dev/null)" ""
git init -q --bare bare.git
exit_is "a bare repository" 128 "$FMREC" -C bare.git init
like "is refused with a reason" "$err" 'bare repository'
mkdir anon
exit_is "without an identity" 128 env -u EMAIL HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=1 \
	GIT_CONFIG_KEY_0=user.useConfigOnly GIT_CONFIG_VALUE_0=true "$FMREC" init anon
like "says what is missing" "$err" 'git does not know who you are'
is "and leaves no half state" "$(ls -A anon)" ".git"
done_testing
