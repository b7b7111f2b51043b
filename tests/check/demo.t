# The demo does what it says, and can tell when it does not.
. "$(dirname "$0")/../cli/lib.sh"

ok 'the demo' sh "$top/tests/demo.sh"
like 'ends with a plain verdict' "$(printf '%s\n' "$out" | tail -n 1)" '^demo: all [0-9]+ steps did what they say$'
is 'and leaves nothing behind' "$(ls -A "$TMPDIR")" ''

mkdir "$T/broken" && printf '#!/bin/sh\nexit 0\n' >"$T/broken/fmrec" && chmod +x "$T/broken/fmrec"
exit_is 'a program that does nothing fails it' 1 env B="$T/broken" sh "$top/tests/demo.sh"
like 'and the verdict says so' "$(printf '%s\n' "$out" | tail -n 1)" '^demo: [0-9]+ of its checks failed$'

done_testing
