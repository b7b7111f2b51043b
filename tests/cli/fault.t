# The n-th open, write, fsync, rename, fork, allocation fails: nothing is torn or lost, and the error says what failed.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
inject=$B/tests/inject.so
if [ ! -e "$inject" ] || ! LD_PRELOAD=$inject "$FMREC" version >"$T/out" 2>&1; then
	echo "1..0 # SKIP nothing can be preloaded into this build"
	exit 0
fi
python3 "$top/tests/fault/fault.py" "$inject"
