# Every command has help, a manual page that says the same, and a test.
. "$(dirname "$0")/../cli/lib.sh"

fmrec help | sed -n 's/^    \([a-z][a-z-]*\)  .*/\1/p' >commands
isnt 'there are commands' "$(cat commands)" ''
mkdir outside && git init -q inside

# "usage: fmrec set [<options>] <id>" and mdoc's "fmrec set [options] id" are the same.
normal() {
	sed -e 's/[<>]//g' -e 's/ *\.\.\./.../g' -e 's/[[:space:]][[:space:]]*/ /g' -e 's/ $//' -e 's/ |/|/g' -e 's/| /|/g'
}

rendered() { # a page as plain text: mandoc prints bold letters twice, with a backspace between
	mandoc -Tascii -Owidth=1000 "$1" | sed "s/.$(printf '\b')//g"
}

synopsis_of_page() { # one synopsis a line, from the rendered page
	rendered "$1" |
		sed -n '/^SYNOPSIS/,/^[A-Z]/{/^SYNOPSIS/d;/^[A-Z]/d;/^ *$/d;s/^ *//;p;}' | normal
}

synopsis_of_help() {
	sed -n -e 's/^usage: //p' -e 's/^   or: //p' "$1" | normal
}

options_of_page() { # "-n, --dry-run", from the tags of OPTIONS
	rendered "$1" | sed -n '/^OPTIONS/,/^[A-Z]/p' |
		grep -oE '^     -[-a-zA-Z][^ ]*(, --[a-z-]+)?( <?[a-z=-]+>?| ?\[=[^]]*\]|=[a-z-]+)?' | normal | sed 's/^ *//; s/=.*//; s/ .*$//' |
		sed 's/,$//' | sort -u
}

options_of_help() {
	sed -n 's/^    \(-[^ ]*\).*/\1/p' "$1" | sed 's/,$//; s/\[.*//; s/=.*//' | sort -u
}

while read -r command; do
	cd "$T/work/outside" || exit 1
	exit_is "$command -h outside a repository" 0 fmrec "$command" -h
	printf '%s\n' "$out" >"$T/help"
	like "$command -h says how to use it" "$out" "^usage: fmrec $command"
	is "$command -h talks to nobody" "$err" ''
	cd "$T/work/inside" || exit 1
	exit_is "$command -h in a repository" 0 fmrec "$command" -h
	exit_is "$command refuses an unknown option" 129 fmrec "$command" --no-such-option
	page=$top/man/fmrec-$command.1
	if [ -r "$page" ]; then
		pass "$command has a manual page"
		synopsis_of_page "$page" >"$T/page"
		synopsis_of_help "$T/help" >"$T/usage"
		same "$command: synopsis of page and -h" "$T/page" "$T/usage"
		options_of_page "$page" >"$T/page"
		options_of_help "$T/help" >"$T/usage"
		same "$command: options of page and -h" "$T/page" "$T/usage"
		for section in NAME SYNOPSIS EXAMPLES DESCRIPTION 'EXIT STATUS' 'SEE ALSO'; do
			grep -q "^\.Sh $section" "$page" || note "no section $section in $page"
		done
		is "$command: the sections of the house" \
			"$(grep -cE '^\.Sh (NAME|SYNOPSIS|EXAMPLES|DESCRIPTION|EXIT STATUS|SEE ALSO)$' "$page")" 6
	else
		fail "$command has a manual page"
	fi
	if [ -r "$top/tests/cli/$command.t" ]; then pass "$command has a test"; else fail "$command has a test"; fi
	if grep -q "^\.It Xr fmrec-$command 1" "$top/man/fmrec.1"; then pass "$command is in fmrec(1)"; else
		fail "$command is in fmrec(1)"
	fi
done <commands

done_testing
