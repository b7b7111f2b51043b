# Sandbox and TAP for the tests of the command line.  First line of a test:
#
#	. "$(dirname "$0")/lib.sh"
#
# Then $T is an empty directory of its own (and the current one), HOME lies in
# it, git and fmrec have an identity, a clock that stands still and no config
# but their own, and `fmrec` is the program under test.  Nothing leaves $T.
#
#	repository [DIR]                start a record repository and go there
#	put_examples                    the shipped example of each type, where it belongs; not committed
#	run COMMAND...                  run; $out, $err, $code tell the result
#	ok NAME COMMAND...              passes when the command succeeds
#	not NAME COMMAND...             passes when it fails, but is not killed
#	exit_is NAME CODE COMMAND...    as run, passes on this exit code
#	is NAME GOT WANTED              equal texts
#	isnt NAME GOT UNWANTED          different texts
#	like NAME GOT REGEX             some line matches (grep -E)
#	unlike NAME GOT REGEX           no line matches
#	same NAME FILE FILE             equal files
#	pass NAME / fail NAME           without a condition
#	skip NAME REASON                not run here
#	note TEXT                       shown in the log
#	on_terminal COMMAND...          run on a pseudo-terminal, output to stdout
#	done_testing                    last line of a test
#
# shellcheck shell=sh

set -u
LIB_DIR=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
top=${top:-$(CDPATH='' cd -- "$LIB_DIR/../.." && pwd)}
B=${B:-$top/build}
case $B in /*) ;; *) B=$top/$B ;; esac
FMREC=${FMREC:-$B/fmrec}
export FMREC top B

for name in $(env | sed -n 's/^\(GIT_[A-Z0-9_]*\|FMREC_[A-Z0-9_]*\|LC_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
unset LANGUAGE EDITOR VISUAL PAGER LESS LV NO_COLOR CLICOLOR CLICOLOR_FORCE COLUMNS XDG_CONFIG_HOME CDPATH

T=$(mktemp -d "${TMPDIR:-/tmp}/fmrec-test.XXXXXX") || exit 1
T=$(CDPATH='' cd -- "$T" && pwd -P)
mkdir "$T/home" "$T/tmp" "$T/work"
trap 'chmod -R u+w "$T" 2>/dev/null; rm -rf "$T"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export T
HOME=$T/home TMPDIR=$T/tmp PATH=$(dirname "$FMREC"):$PATH
export HOME TMPDIR PATH
export LANG=C.UTF-8 TZ=JST-9 TERM=dumb
export FMREC_NOW=2026-11-21T03:12:00+09:00 FMREC_RANDOM_SEED=1 FMREC_PROMPT=0
export GIT_CONFIG_GLOBAL="$T/home/.gitconfig" GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$T"
export GIT_AUTHOR_DATE='2026-11-21T03:12:00+09:00' GIT_COMMITTER_DATE='2026-11-21T03:12:00+09:00'
export GIT_TERMINAL_PROMPT=0 GIT_EDITOR=false
git config --global user.name 'Sato Hanako'
git config --global user.email sato@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false
cd "$T/work" || exit 1

tests=0 failures=0
out='' err='' code=0

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass() {
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$1"
}

fail() {
	tests=$((tests + 1))
	failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$tests" "$1"
}

skip() {
	tests=$((tests + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tests" "$1" "$2"
}

run() {
	"$@" >"$T/out" 2>"$T/err" </dev/null
	code=$?
	out=$(cat "$T/out")
	err=$(cat "$T/err")
}

explain_run() {
	note "command: $*"
	note "exit code: $code"
	note "stdout:"
	note "$out"
	note "stderr:"
	note "$err"
}

ok() {
	ok_name=$1
	shift
	run "$@"
	if [ "$code" -eq 0 ]; then pass "$ok_name"; else
		fail "$ok_name"
		explain_run "$@"
	fi
}

# A test that a command refuses must not be content with a crash.
not() {
	not_name=$1
	shift
	run "$@"
	if [ "$code" -ne 0 ] && { [ "$code" -le 129 ] && [ "$code" -ne 126 ] && [ "$code" -ne 127 ]; }; then
		pass "$not_name"
	else
		fail "$not_name"
		explain_run "$@"
	fi
}

exit_is() {
	exit_name=$1 exit_wanted=$2
	shift 2
	run "$@"
	if [ "$code" -eq "$exit_wanted" ]; then pass "$exit_name"; else
		fail "$exit_name"
		note "wanted exit code: $exit_wanted"
		explain_run "$@"
	fi
}

is() {
	if [ "$2" = "$3" ]; then pass "$1"; else
		fail "$1"
		note "got:"
		note "$2"
		note "wanted:"
		note "$3"
	fi
}

isnt() {
	if [ "$2" != "$3" ]; then pass "$1"; else
		fail "$1"
		note "got what must not be: $2"
	fi
}

like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then pass "$1"; else
		fail "$1"
		note "got:"
		note "$2"
		note "wanted a line that matches: $3"
	fi
}

unlike() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		fail "$1"
		note "got:"
		note "$2"
		note "wanted no line that matches: $3"
	else pass "$1"; fi
}

same() {
	if cmp -s "$2" "$3"; then pass "$1"; else
		fail "$1"
		note "$(diff -u "$3" "$2" 2>&1 | head -n 40)"
	fi
}

repository() {
	mkdir -p "${1:-repository}" && cd "${1:-repository}" || exit 1
	"$FMREC" init >"$T/init.log" 2>&1 || {
		note "fmrec init failed"
		note "$(cat "$T/init.log")"
		exit 1
	}
}

put_examples() {
	for example in "$top"/schema/example/*.yaml; do
		example_id=$(sed -n 's/^id: *//p' "$example")
		example_type=$(basename "$example" .yaml)
		example_place=records/$example_type
		if grep -q 'by-year: true' ".fmrec/schema/$example_type.yaml"; then
			example_place=$example_place/$(printf '%s' "$example_id" | cut -d- -f2 | cut -c1-4)
		fi
		mkdir -p "$example_place" && cp "$example" "$example_place/$example_id.yaml"
		[ ! -d "$top/schema/example/$example_id" ] || cp -R "$top/schema/example/$example_id" "$example_place/"
	done
}

# Run with a terminal of 80 columns as stdin, stdout and stderr; input for it comes from our stdin.
on_terminal() {
	python3 "$LIB_DIR/terminal.py" "$@"
}

done_testing() {
	printf '1..%d\n' "$tests"
	[ "$failures" -eq 0 ] && [ "$tests" -gt 0 ]
	exit $?
}
