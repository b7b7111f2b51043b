# After a rebase the signatures are made again by who gave them, when what they cover is the same.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
cast
file=records/incident/2026/$id.yaml
git clone -q --bare . "$T/server.git"
git remote add origin "$T/server.git" && git fetch -q && git branch -q -u origin/main
git clone -q "$T/server.git" "$T/other"

exit_is 'nothing to do' 0 as sato fmrec resign
like 'which is said' "$err" 'nothing to sign again'
sign sato record "$id" >/dev/null
fmrec -q set "$id" severity=S1 >/dev/null
sign sato receive "$id" >/dev/null
(cd "$T/other" && git commit -q --allow-empty -m faster && git push -q)
exit_is 'the branches have parted' 0 git fetch -q
exit_is 'that must be mended first' 128 as sato fmrec resign
like 'with git' "$err" 'git pull --rebase'
exit_is 'git does' 0 as sato git pull -q --rebase
exit_is 'and takes the signatures off' 1 fmrec audit
fmrec -q hooks install
exit_is 'which cannot be pushed' 1 as sato git push -q
like 'and is told how to mend' "$err" 'fmrec resign'
before=$(git rev-parse HEAD) tree=$(git rev-parse 'HEAD^{tree}')
exit_is 'a look' 0 as sato fmrec resign -n
like 'at what would be signed' "$out" "^[0-9a-f]{7}  record $id sha256:"
like 'and what stays' "$out" '^[0-9a-f]{7}  as it is$'
is 'changes nothing' "$(git rev-parse HEAD)" "$before"
exit_is 'no terminal, no signature' 128 as sato fmrec resign
exit_is 'somebody else cannot' 128 as tanaka fmrec resign --yes
like 'and is told whose they are' "$err" "one of 'p-sato'"
exit_is 'signed again' 0 as sato fmrec resign --yes
like 'the old tip is named' "$out" "^2 signatures made again   \[main [0-9a-f]{7}\]   was $(printf %.12s "$before")\$"
is 'no file changed' "$(git rev-parse 'HEAD^{tree}') $(git status --porcelain)" "$tree "
is 'edits keep who and when' "$(git log -1 --format=%an%ad HEAD~1)" "$(git log -1 --format=%an%ad "$before~1")"
exit_is 'audit is content' 0 fmrec audit
like 'the state is what it was' "$(fmrec list incident --columns id,state --format csv)" "^$id,received"
exit_is 'it can be pushed' 0 as sato git push -q
exit_is 'once is enough' 0 as sato fmrec resign
like 'the reflog knows' "$(git reflog -3)" "resign, was $before"

# What was signed is not what it is now
sign tanaka judge "$id" >/dev/null
(cd "$T/other" && git pull -q && sed -i 's/^urgency: .*/urgency: soon/' "$file" && git commit -qam 'less urgent' && git push -q)
as tanaka git pull -q --rebase
before=$(git rev-parse HEAD)
exit_is 'another content' 128 as tanaka fmrec resign --yes
like 'is not signed unseen' "$err" 'is not what it is now'
is 'nothing is done' "$(git rev-parse HEAD)" "$before"

# Bad input
exit_is 'no such upstream' 128 as sato fmrec resign nowhere
exit_is 'two of them' 129 as sato fmrec resign a b
git checkout -q -b lonely
exit_is 'no upstream' 128 as sato fmrec resign
git checkout -q -b merged HEAD~1 && git commit -q --allow-empty -m side && git merge -q --no-edit main 2>/dev/null
exit_is 'a merge' 128 as sato fmrec resign origin/main

done_testing
