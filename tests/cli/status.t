# fmrec status: what is not committed, or not in order.
. "$(dirname "$0")/lib.sh"
repository
commit() { git add -A && git commit -q -m "$1"; }
run fmrec new incident -m 'first'
id=$(fmrec list incident --format ids)
file=$(git ls-files "records/*/$id.yaml")
run fmrec new incident -m 'second'
other=$(fmrec list incident --format ids | grep -v "$id")
other_file=$(git ls-files "records/*/$other.yaml")

exit_is 'all is well' 0 fmrec status
is 'and said so' "$out" 'On branch main
Everything is committed and valid'
LANG=ja_JP.UTF-8 run fmrec status
like 'in Japanese' "$out" '^すべてコミット済みで、誤りはありません$'

sed -i 's/^title: .*/title: First/' "$file"
exit_is 'a change is no fault' 0 fmrec status
like 'it is listed' "$out" "^  ~ $id  First$"
like 'with what can be done' "$out" '^Not staged  \(fmrec diff; git add FILE, or git restore FILE\)$'
git add "$file"
rm "$other_file"
printf 'x\n' >records/incident/notes.txt
run fmrec status
like 'what is staged' "$out" '^Staged  '
like 'what is gone' "$out" "^  - $other$"
like 'other files are counted' "$out" '1 other file$'
git reset -q --hard && rm records/incident/notes.txt
ok 'read by a touch, not by its time' touch "$file"
run fmrec status
like 'a file written again as it was is no change' "$out" '^Everything is committed and valid$'

# Not in order
printf 'unknown_field: 1\n' >>"$file"
exit_is 'invalid' 1 fmrec status
like 'the first error of each' "$out" "^  ! $id  [a-z]+\\.[a-z-]+: "
run fmrec status --format json
printf '%s' "$out" | python3 -c '
import json, sys
status = json.load(sys.stdin)
assert status["branch"] == "main" and status["operation"] is None and status["records"] == 2
assert [row["change"] for row in status["unstaged"]] == ["changed"] and len(status["invalid"]) == 1
' && pass 'as JSON' || fail 'as JSON'
git checkout -q "$file"
fmrec new incident --set severity=S9 -m 'third' >/dev/null 2>&1
run fmrec status
like 'a draft is kept' "$out" '^Drafts  \(fmrec edit ID\)$'
like 'with its title' "$out" '  third$'

# Links judged against what is no longer there
why=$(fmrec -q new whywhy -m 'why')
fmrec -q link "$why" subjects "$other"
exit_is 'a link that holds' 0 fmrec status
fmrec -q set "$other" situation=down
exit_is 'one that has to be judged again' 1 fmrec status
like 'where, and to what' "$out" "^  \\? $why  subjects\\.0 → $other$"
like 'and what to do' "$out" '^Suspect links  \(fmrec relink ID\)$'
fmrec -q relink "$why" -m 'it still holds'
exit_is 'until somebody did' 0 fmrec status

# A merge in the middle
git checkout -q -b side && sed -i 's/^title: .*/title: Side/' "$file" && commit side
git checkout -q main && sed -i 's/^title: .*/title: Trunk/' "$file" && commit trunk
git merge -q side >/dev/null 2>&1
exit_is 'a merge that is not finished' 1 fmrec status
like 'is said' "$out" '^A merge is not finished  \(git merge --continue \| --abort\)$'
like 'with what is in conflict' "$out" "^  ! $id"
is 'once' "$(printf '%s\n' "$out" | sed -n '/^Staged/,/^$/p' | grep -c "$id")" 0
git merge --abort

# Nothing that the repository names runs
printf '*.yaml filter=evil\n' >.gitattributes
git config filter.evil.clean "touch '$T/evil-ran'; cat" && git config core.fsmonitor "touch '$T/evil-ran'"
touch "$file"
ok 'with filters' fmrec status
if [ -e "$T/evil-ran" ]; then fail 'none ran'; else pass 'none ran'; fi
exit_is 'no operands' 129 fmrec status here
git clone -q --bare . "$T/bare.git"
exit_is 'not in a bare repository' 128 fmrec -C "$T/bare.git" status
done_testing
