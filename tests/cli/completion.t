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
run fmrec __complete hooks st
is 'verbs' "$out" status
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

# The shells themselves: a tab is pressed and the line that it makes is run.
repository
run fmrec -q new incident -m 'first'
id=$out abbreviation=${out##*-}
run fmrec __complete set "$abbreviation" sever
is 'an assignment ends in an equals sign' "$out" "$(printf 'severity=\tSeverity')"
run fmrec __complete new incident -s severity=S
like 'and goes on with the values' "$out" '^severity=S1'
run fmrec __complete list inc
like 'a query begins with a type' "$out" '^incident'
run fmrec __complete list incident sever
is 'goes on with a field' "$out" "$(printf 'severity:\tSeverity')"
run fmrec __complete query severity:S1,S
like 'and with values, behind a comma, too' "$out" '^severity:S1,S2'
run fmrec __complete grep word has:sever
like 'asks for what is there' "$out" '^has:severity'
run fmrec __complete grep inc
is 'but a pattern is no query' "$out" ''

run fmrec __complete link "$abbreviation" ''
like 'a relation is a link of the record' "$out" "$(printf '^same_cause\tSame underlying cause')"
like 'or what another calls it by' "$out" "$(printf '^whywhy\t')"
unlike 'no other field' "$out" '^(title|severity|members)'
is 'each once' "$(printf '%s\n' "$out" | cut -f1 | sort | uniq -d)" ''
run fmrec __complete unlink "$abbreviation" dup
is 'by what is typed of it' "$(printf '%s\n' "$out" | cut -f1)" "$(printf 'duplicate_of\nduplicates')"

press() { printf 'fmrec vers\t\nfmrec show %s\t--format jso\t\nfmrec -q set %s sever\tS2\nexit\n' "${abbreviation%?}" "$abbreviation"; }
completes() { # completes SHELL COMMAND...
	shell=$1
	shift
	out=$(press | TERM=xterm FMREC_PAGER=cat on_terminal "$@" | tr -d '\r')
	like "$shell completes a command" "$out" 'fmrec 0\.'
	like "$shell completes an id and the value of an option" "$out" "\"id\": *\"$id\""
	like "$shell leaves no blank behind an equals sign" "$(fmrec show --format yaml "$id")" '^severity: S2$'
	fmrec -q set --unset severity "$id" >/dev/null 2>&1
}
{
	fmrec completion bash
	echo "PS1='$ '"
} >"$T/bashrc"
completes bash bash --noprofile --rcfile "$T/bashrc" -i
if command -v zsh >/dev/null 2>&1; then
	mkdir -p "$T/zsh"
	fmrec completion zsh >"$T/zsh/_fmrec"
	printf "PS1='$ '; fpath=('%s' \$fpath); autoload -Uz compinit; compinit -u -D\n" "$T/zsh" >"$T/zsh/.zshrc"
	completes zsh env ZDOTDIR="$T/zsh" zsh -i
else
	skip 'zsh completes' 'no zsh here'
fi
if command -v fish >/dev/null 2>&1; then
	fmrec completion fish >"$T/fmrec.fish"
	run fish --no-config -c "source '$T/fmrec.fish'
		complete -C 'fmrec vers'; complete -C 'fmrec show ${abbreviation%?}'
		complete -C 'fmrec set $abbreviation sever'; complete -C 'fmrec --color=al'; complete -C 'fmrec import $T/fmrec.f'"
	is 'fish completes a command, an id, a field, a value, a file' "$out" "$(printf 'version\tprint the version of fmrec\n%s\t%s\nseverity=\tSeverity\n--color=always\n%s/fmrec.fish' "$abbreviation" "$id" "$T")"
else
	skip 'fish completes' 'no fish here'
fi

done_testing
