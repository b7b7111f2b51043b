# On a terminal: colour, pager, prompts, editor.
. "$(dirname "$0")/lib.sh"
repository
export TERM=xterm
escape=$(printf '\033')
on() { run sh -c 'python3 "$0" "$@" </dev/null' "$LIB_DIR/terminal.py" "$@"; }

# ---- colour: flag, NO_COLOR, CLICOLOR, config, terminal ----
printf 'id: SYS-ABCD\nform: 1\n' >records.yaml
mkdir -p records/system && mv records.yaml records/system/SYS-ABCD.yaml
on fmrec -P validate
like 'colour on a terminal' "$out" "$escape\\[1;31merror:"
run fmrec -P validate
unlike 'none in a pipe' "$out" "$escape"
run fmrec -P --color validate
like '--color is always' "$out" "$escape"
on fmrec -P --color=never validate
unlike '--color=never' "$out" "$escape"
on env NO_COLOR=1 fmrec -P validate
unlike 'NO_COLOR' "$out" "$escape"
on env NO_COLOR=1 fmrec -P --color=auto validate
like 'the flag is stronger' "$out" "$escape"
run env CLICOLOR_FORCE=1 fmrec -P validate
like 'CLICOLOR_FORCE' "$out" "$escape"
run env CLICOLOR_FORCE=1 NO_COLOR=1 fmrec -P validate
unlike 'NO_COLOR is stronger' "$out" "$escape"
on env CLICOLOR=0 fmrec -P validate
unlike 'CLICOLOR=0' "$out" "$escape"
git config color.ui never
on fmrec -P validate
unlike 'color.ui of git' "$out" "$escape"
git config fmrec.color always
on fmrec -P validate
like 'fmrec.color is stronger' "$out" "$escape"
git config --unset fmrec.color
git config --unset color.ui
on env TERM=dumb fmrec -P validate
unlike 'a dumb terminal' "$out" "$escape"

# ---- pager ----
on env FMREC_PAGER='sed s/^/PAGED:/' fmrec config list
like 'long output goes through the pager' "$out" '^PAGED:.*key'
is 'the exit code stays' "$code" 0
on env GIT_PAGER='sed s/^/GIT:/' fmrec config list
like "git's choice" "$out" '^GIT:.*key'
on env GIT_PAGER='sed s/^/GIT:/' FMREC_PAGER='sed s/^/OWN:/' fmrec config list
like 'FMREC_PAGER before it' "$out" '^OWN:.*key'
on env FMREC_PAGER='sed s/^/PAGED:/' fmrec -P config list
unlike '-P: none' "$out" 'PAGED'
on env FMREC_PAGER='sed s/^/PAGED:/' fmrec -p version
like '-p: for everything' "$out" '^PAGED:fmrec'
run env FMREC_PAGER='sed s/^/PAGED:/' fmrec config list
unlike 'never in a pipe' "$out" 'PAGED'
on env FMREC_PAGER='exit 1' fmrec config list
unlike 'a pager that fails does not hang' "$out" 'fault'
# shellcheck disable=SC2016 # the pager's shell expands it
on env -u LESS FMREC_PAGER='echo LESS=$LESS; cat' fmrec config list
like 'LESS is set for it' "$out" '^LESS=FRX'

on env FMREC_PAGER='sed s/^/PAGED:/' fmrec validate
like 'talk stays behind the results' "$(printf '%s\n' "$out" | tail -n 1)" '^PAGED:1 error in 1 of 1 record'
is 'with its exit code' "$code" 1

# ---- no terminal, no question ----
exit_is 'without a terminal nothing is asked' 128 env GIT_EDITOR= EDITOR= TERM=dumb fmrec edit SYS-ABCD
unlike 'there is no prompt' "$err" '\?'

done_testing
