. "$(dirname "$0")/lib.sh"

exit_is 'help lists the commands' 0 fmrec help
like 'with what they are for' "$out" '^    config  +show and change settings$'
list=$out
run fmrec -h
is '-h is the same' "$out" "$list"
unlike 'hidden commands stay hidden' "$list" '__'

exit_is 'the page of a command' 0 fmrec help config
like 'from this build' "$out" 'show and change settings'
exit_is '--help is the same page' 0 fmrec config --help
like 'of the command' "$out" 'show and change settings'
exit_is 'a guide' 0 fmrec help fmrec-codes
like 'it is the guide' "$out" 'yaml\.syntax'
exit_is 'no page, no guess' 128 fmrec help nonsense
like 'says so' "$err" "no manual for 'nonsense'"
exit_is 'a command misspelt' 129 fmrec help shwo
is 'man(1) is not asked' "$(printf '%s\n' "$err" | head -n 1)" "fmrec: 'shwo' is not a command; did you mean 'show'?"
exit_is 'one at a time' 129 fmrec help config version

mkdir empty
exit_is 'without man(1) the usage is printed' 0 env PATH="$T/work/empty" "$FMREC" help config
like 'usage of the command' "$out" '^usage: fmrec config'

done_testing
