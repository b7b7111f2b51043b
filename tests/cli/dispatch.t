# Global options, dispatch, aliases, errors: what main does for every command.
. "$(dirname "$0")/lib.sh"

exit_is 'an unknown command is wrong usage' 129 fmrec versoin
like 'with a suggestion' "$err" "'versoin' is not a command; did you mean 'version'\?"
is 'nothing on standard output' "$out" ''
exit_is 'an unknown option is wrong usage' 129 fmrec version --colour=always
like 'with a suggestion' "$err" "unknown option '--colour'; did you mean '--color'\?"
exit_is 'an unknown letter' 129 fmrec version -x
like 'is named' "$err" "unknown option '-x'"
exit_is 'an ambiguous beginning' 129 fmrec --ver
like 'lists what it could be' "$err" "'--verbose'.*'--version'"
exit_is 'a unique beginning' 0 fmrec --versi
exit_is 'options before the command' 0 fmrec -q --no-pager version
exit_is 'options behind the command' 0 fmrec version -q -P
exit_is 'letters in one word' 0 fmrec -qP version
exit_is '-- ends the options' 129 fmrec version -- -q
exit_is 'a value is missing' 129 fmrec -C
exit_is 'a flag takes no value' 129 fmrec --quiet=yes version
exit_is 'a wrong value' 129 fmrec --color=sometimes version || true
like 'lists the allowed ones' "$err" 'always, never, auto'
exit_is '-h wins over wrong operands' 0 fmrec version -h too many
exit_is 'an empty -C is nothing' 0 fmrec -C '' version

mkdir -p a/b
printf '#!/bin/sh\necho "$PWD|$*|$GIT_DIR"\n' >a/fmrec-where
chmod +x a/fmrec-where
PATH=$T/work/a:$PATH
exit_is 'fmrec-foo on PATH is fmrec foo' 0 fmrec where 1 --two
is 'it gets its arguments as they are' "$out" "$T/work|1 --two|"
run fmrec -C a -C b --git-dir x where
is '-C is followed step by step, --git-dir handed on' "$out" "$T/work/a/b||x"
exit_is 'a directory that is not there' 128 fmrec -C nowhere version
like 'is named' "$err" "cannot change to 'nowhere'"

git config --global fmrec.alias.v 'version "-q"'
exit_is 'an alias of mine' 0 fmrec v
like 'is the command' "$out" '^fmrec [0-9]'
git config --global fmrec.alias.sh '!touch pwned'
exit_is 'a shell alias is refused' 128 fmrec sh
is 'and not run' "$(ls pwned 2>/dev/null)" ''
git init -q repo
git -C repo config fmrec.alias.w version
exit_is 'an alias of the repository does not count' 129 fmrec -C repo w
git config --global fmrec.alias.loop loop
exit_is 'an alias of itself' 129 fmrec loop

if [ -w /dev/full ]; then
	fmrec help >/dev/full 2>"$T/err"
	is 'a full disk is not success' "$?" 128
	like 'and is told' "$(cat "$T/err")" 'cannot write the results'
else
	skip 'a full disk is not success' 'no /dev/full'
	skip 'and is told' 'no /dev/full'
fi
fmrec help 2>"$T/err" | head -n 1 >/dev/null
is 'a closed pipe is silent' "$(cat "$T/err")" ''
fmrec version >&- 2>"$T/err"
unlike 'closed standard output does not crash' "$(cat "$T/err")" 'fault|abort'

run fmrec "$(printf 'a\033[31mb')"
unlike 'an escape sequence does not reach the terminal' "$err" "$(printf '\033')"

done_testing
