# A notary witnesses where the history ends.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast

exit_is 'not of a part' 129 as sato fmrec checkpoint HEAD~1
exit_is 'only notaries' 128 as tanaka fmrec checkpoint -n
like 'who they are' "$err" 'who does: 佐藤 花子 \(p-sato\)'
tip=$(git rev-parse HEAD)
run as sato fmrec checkpoint -n
like 'what is witnessed' "$out" '^You witness, as 佐藤 花子 \(p-sato\), role notary, .* commits: [0-9]+$'
like 'down to the commit' "$out" "^   tip $tip\$"
exit_is 'witnessed' 0 sign sato checkpoint
like 'and reported' "$out" "^checkpoint at $(printf %.12s "$tip")   \["
is 'no file changed' "$(git diff --stat "$tip")" ''
exit_is 'audit tells it' 0 fmrec audit
like 'as an anchor' "$out" 'checkpoint|notary'
seen=$(digest sato checkpoint)
git commit -q --allow-empty -m later
exit_is 'what was seen is no longer the end' 128 as sato fmrec checkpoint --yes --content "$seen"

done_testing
