#!/bin/sh
# Run every kind of test and end with one line: N passed, N failed, N skipped.
# All tests speak TAP: unit programs (cmocka), tests/cli/*.t, tests/check/*.t, tests/golden/*.t.
# Usage: B=build tests/run.sh [TEST...]   (without tests: all)
set -u
top=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
B=${B:-build}
case $B in /*) ;; *) B=$top/$B ;; esac
export B top FMREC="$B/fmrec" CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
logs=$B/test-logs

if [ "${1:-}" = --one ]; then # one test: its TAP goes to a log, its exit code behind it
	log=$logs/$(basename "$2").tap
	case $2 in
	*.t) timeout 300 sh "$2" >"$log" 2>&1 </dev/null ;;
	*) timeout 300 "$2" >"$log" 2>&1 </dev/null ;;
	esac
	echo "# exit $?" >>"$log"
	exit 0
fi

rm -rf "$logs"
mkdir -p "$logs"
[ $# -gt 0 ] || set -- "$B"/tests/*_test tests/cli/*.t tests/check/*.t tests/golden/*.t
for test in "$@"; do
	[ ! -e "$test" ] || printf '%s\n' "$test"
done | xargs -P "${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}" -I{} sh "$top/tests/run.sh" --one {}

# A test that dies, or says nothing, is a failure even when it printed no "not ok".
awk '
function close_file() {
	if (name == "") return
	if (code != 0 && !bad) { failed++; print name ": exit " code " (see " file ")" }
	else if (!seen) { failed++; print name ": printed no result (see " file ")" }
}
FNR == 1 { close_file(); file = FILENAME; name = file; sub(/.*\//, "", name); sub(/\.tap$/, "", name); bad = seen = 0; code = 1 }
/^not ok/ { if ($0 ~ /# (TODO|SKIP)/) { skipped++; print name ": " $0 } else { failed++; bad++; print name ": " $0 } seen++; next }
/^ok/ { if ($0 ~ /# [Ss][Kk][Ii][Pp]/) { skipped++; print name ": " $0 } else passed++; seen++; next }
/^1\.\.0 *# [Ss][Kk][Ii][Pp]/ { skipped++; seen++; print name ": " $0; next }
/^# exit / { code = $3 }
END {
	close_file()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit (failed > 0 || passed == 0)
}' "$logs"/*.tap
