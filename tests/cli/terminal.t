# What is different on a terminal: the pager, colour, and that no record can move the cursor.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository
TERM=xterm
export TERM
escape=$(printf '\033')

"$FMREC" -q new incident -m "$(printf 'a\033[31mred')" >/dev/null
terminal() { out=$(on_terminal "$@" </dev/null | tr -d '\r'); }

export GIT_PAGER='sed s/^/paged:/'
terminal fmrec list
like 'a list goes through the pager of git' "$out" '^paged:'
terminal env FMREC_PAGER='sed s/^/own:/' fmrec list
like 'or through its own' "$out" '^own:'
# A stranger's clone, unpacked with its .git/config, runs nothing that the stranger chose.
for setting in core.pager fmrec.pager pager.list core.editor; do git config "$setting" "touch $T/pwned; cat"; done
terminal env -u GIT_PAGER PAGER='sed s/^/mine:/' fmrec list
like "the repository's config names no pager" "$out" '^mine:'
terminal env -u GIT_EDITOR -u VISUAL EDITOR=true fmrec edit INC
exit_is 'and no editor' 1 test -e "$T/pwned"
git config --global core.pager 'sed s/^/user:/'
terminal env -u GIT_PAGER PAGER='sed s/^/mine:/' fmrec list
like "the user's does" "$out" '^user:'
git config --global --unset core.pager
for setting in core.pager fmrec.pager pager.list core.editor; do git config --unset "$setting"; done

terminal fmrec --no-pager list
unlike 'or through none' "$out" '^paged:'
terminal env GIT_PAGER=no-such-pager fmrec list
like 'a pager that is not there is named' "$out" "no pager 'no-such-pager'"
like 'and nothing is lost' "$out" 'INC-'
run fmrec list
unlike 'no pager for a pipe' "$out" '^paged:'
export GIT_PAGER=cat

terminal fmrec list
like 'colour' "$out" "$escape\\[1m"
terminal env NO_COLOR=1 fmrec list
unlike 'NO_COLOR' "$out" "$escape"
terminal env NO_COLOR=1 fmrec --color=always list
like 'the option before NO_COLOR' "$out" "$escape\\[1m"
run fmrec list
unlike 'none in a pipe' "$out" "$escape"

export NO_COLOR=1
for words in 'list' 'list --format csv' 'list --format json' 'show INC' 'show --format yaml INC' 'show --format json INC' \
	'export incident' 'export --format jsonl'; do
	# shellcheck disable=SC2086
	terminal fmrec $words
	like "$words: the record" "$out" 'red'
	unlike "$words: does not speak to the terminal" "$out" "$escape"
done
run fmrec export incident
like 'a file gets every byte' "$out" "$escape"

done_testing
