# Records that are signed stay where they are until the signatures are withdrawn (approvals, section 5).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast
file=records/incident/2026/$id.yaml

sign sato record "$id" >/dev/null
recorded=$(git rev-parse HEAD)
sign sato receive "$id" >/dev/null
received=$(git rev-parse HEAD)
exit_is 'a signed record is not removed' 128 fmrec rm -f "$id"
like 'and is told why' "$err" 'is signed'
like 'and what to do' "$err" "fmrec approvals $id"
exit_is 'nor renamed' 128 fmrec rename "$id" INC-20261121-0000
exit_is 'nor in a dry run' 128 fmrec rm -f -n "$id"
is 'nothing was written' "$(git rev-parse HEAD) $(git status --porcelain)" "$received "
git rm -q "$file"
exit_is 'nor by git' 1 fmrec validate --staged
like 'with the finding that an audit would have' "$out$err" "$file.*rec\.deleted.*$id"
git reset -q --hard
fmrec -q hooks install
git mv "$file" "records/incident/2026/INC-20261121-0000.yaml"
exit_is 'the hook refuses a move' 1 git commit -q -m move
like 'with the same words' "$err" 'rec\.deleted'
git reset -q --hard

# What a branch withdraws counts with the merge, not before it: such a record goes afterwards.
git checkout -q -b side
sign sato withdraw -m 'not this one' "$id" "$recorded" >/dev/null
sign sato withdraw -m 'nor this one' "$id" "$received" >/dev/null
exit_is 'on a branch it may go' 0 fmrec rm -f --no-verify "$id"
git checkout -q main
git commit -q --no-verify --allow-empty -m other
exit_is 'the hook refuses the merge' 1 git merge -q --no-edit side
like 'because the deletion came too early' "$err" 'rec\.deleted'
git reset -q --hard
git merge -q --no-verify --no-edit side 2>/dev/null
exit_is 'as an audit would' 1 fmrec audit
like 'with the same finding' "$out" 'rec\.deleted'
git reset -q --hard "$received"

# An edit makes the signatures stale; they bind all the same.
fmrec -q set "$id" situation='違う'
exit_is 'what is stale binds' 128 fmrec rm -f "$id"

# The first step is withdrawn before the second: the second is still owed.
exit_is 'the first signature is withdrawn' 0 sign sato withdraw -m 'not this one' "$id" "$recorded"
exit_is 'the other one binds' 128 fmrec rm -f "$id"
exit_is 'and can be withdrawn, too' 0 sign sato withdraw -m 'nor this one' "$id" "$received"
exit_is 'not twice' 128 as sato fmrec withdraw -n -m x "$id" "$received"
exit_is 'then the record may go' 0 fmrec rm -f --no-verify "$id" # the links to it dangle
exit_is 'and audit has nothing to say' 0 fmrec audit

done_testing
