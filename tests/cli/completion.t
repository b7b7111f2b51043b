. "$(dirname "$0")/lib.sh"

for shell in bash zsh fish; do
	exit_is "a script for $shell" 0 fmrec completion "$shell"
	like "it asks fmrec itself ($shell)" "$out" 'fmrec __complete'
	printf '%s\n' "$out" >script
	if command -v "$shell" >/dev/null 2>&1; then
		ok "$shell reads it" "$shell" -n script
	else
		skip "$shell reads it" "no $shell here"
	fi
done
exit_is 'no script for other shells' 129 fmrec completion tcsh

run fmrec __complete ver
is 'a command' "$out" "$(printf 'version\tprint the version of fmrec')"
run fmrec __complete completion ''
is 'literal words' "$out" "$(printf 'bash\nzsh\nfish')"
run fmrec __complete version --verb
like 'options of every command' "$out" '^--verbose'
run fmrec __complete --color=
is 'values stuck to an option' "$out" "$(printf -- '--color=always\n--color=auto\n--color=never')"
run fmrec __complete -C ''
is 'a directory is left to the shell' "$out" ':directory'
exit_is 'nothing to offer is no error' 0 fmrec __complete nosuchcommand x
is 'and says nothing' "$out$err" ''

cat >drive.bash <<'E2'
source script.bash
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
compopt() { :; }
complete_line() { COMP_LINE=$1 COMP_POINT=${#1}; _fmrec; printf '%s\n' "${COMPREPLY[@]}"; }
complete_line 'fmrec vers'
complete_line 'fmrec --color=al'
complete_line 'git fmrec completion z'
E2
fmrec completion bash >script.bash
run bash drive.bash
is 'bash completes a command, behind an equals sign, and behind git' "$out" "$(printf 'version\nalways\nzsh')"

done_testing
