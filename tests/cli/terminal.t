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

# Ctrl-C is for the pager, which may have more to do than to end; fmrec waits for it and then dies of the signal.
cat >"$T/pager" <<'END'
trap 'interrupted=yes' INT
sleep 1
cat >/dev/null
echo "pager done, interrupted: $interrupted"
END
terminal_keys() { keys=$1; shift; out=$(printf "$keys" | on_terminal "$@"); code=$?; out=$(printf '%s\n' "$out" | tr -d '\r'); }
terminal_keys '\003' env GIT_PAGER="sh $T/pager" fmrec list
like 'the pager lives on' "$out" 'pager done, interrupted: yes$'
is 'and fmrec dies of the signal' "$code" 254 # -2
long=$(printf '%20000s' x | tr ' ' x)
for i in 1 2; do fmrec -q new incident -m "long $i" -s situation="$long" >/dev/null; done
columns=situation,situation,situation,situation,situation,situation,situation,situation
terminal_keys '\003' env GIT_PAGER="sh $T/pager" fmrec list incident --columns "$columns" --format csv
like 'also while fmrec is still writing' "$out" 'pager done, interrupted: yes$'
is 'which it ends with' "$code" 254

# The progress line: drawn after a second, so the clock is made to run; nothing of it is left.
cat >"$T/clock.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *out)
{
	static int (*real)(clockid_t, struct timespec *);
	static long calls;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(clock, out);
	out->tv_sec += __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) / 2;
	return result;
}
END
awk 'BEGIN { print "title"; for (i = 0; i < 640; i++) print "row " i }' >"$T/rows.csv"
case $B in
*/san-*) skip 'the progress line' 'nothing can be preloaded into this build' ;;
*)
	"${CC:-cc}" -shared -fPIC "$T/clock.c" -o "$T/clock.so" -ldl
	terminal env LD_PRELOAD="$T/clock.so" fmrec import -n --type incident "$T/rows.csv"
	like 'a progress line' "$out" 'reading rows +[0-9]+% \[#+\.+\] [0-9]+/[0-9]+'
	like 'is taken away before the answer' "$out" "$escape\[K.?read 640 rows"
	terminal env LD_PRELOAD="$T/clock.so" fmrec -q import -n --type incident "$T/rows.csv"
	unlike 'none with -q' "$out" 'reading rows'
	run env LD_PRELOAD="$T/clock.so" fmrec import -n --type incident "$T/rows.csv"
	unlike 'none for a pipe' "$err" 'reading rows'
	;;
esac

done_testing
