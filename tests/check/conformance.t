# The official JSON Schema test suite, when it lies beside the project.
# SUITE=DIR says where else it is.
. "$(dirname "$0")/../cli/lib.sh"
cd "$top" || exit 1

suite=${SUITE:-../shared/conformance/json-schema-test-suite}
if [ ! -d "$suite/tests" ]; then
	echo "1..0 # SKIP no test suite at $suite"
	exit 0
fi
"$B/conformance" "$suite" . >"$T/log" 2>&1
code=$?
sed 's/^/# /' "$T/log"
is 'all required tests pass' "$code" 0
is 'none of them failed' "$(sed -n 's/^required: .* passed, //p' "$T/log")" '0 failed'
done_testing
