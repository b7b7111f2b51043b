# The session in the README is real.
. "$(dirname "$0")/../cli/lib.sh"

grep -q '^```console' "$top/README.md" || {
	skip 'the session of the README' 'it shows none yet'
	done_testing
}
FIRST=$((tests + 1)) python3 "$top/tests/check/session.py" readme "$top/README.md" "$T/work"
read -r count failed <"$T/session.count"
tests=$((tests + count))
failures=$((failures + failed))

done_testing
