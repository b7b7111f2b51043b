# fmrec merge-file: by hand, and as the driver of a real git that merges, rebases, picks and pops.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

# ---- by hand ----
printf 'a: 1\nb: 2\nc: [x]\n' >base
printf 'a: 2\nb: 2 # two\nc: [x, y]\n' >ours
printf 'a: 1\nb: 3\nc: [x, z]\n' >theirs
ok "outside a repository" fmrec merge-file -p ours base theirs
is "by field" "$out" 'a: 2
b: 3 # two
c: [x, y, z]'
printf 'a: 3\nb: 2\n' >theirs
exit_is "a conflict" 1 fmrec merge-file -p ours base theirs
is "is on its field" "$out" '<<<<<<< ours
a: 2
=======
a: 3
>>>>>>> theirs
b: 2 # two
<<<<<<< ours
c: [x, y]
=======
>>>>>>> theirs'
like "which is named" "$err" '^fmrec: ours: both sides changed a, c$'
exit_is "markers as wanted" 1 fmrec merge-file -p --marker-size 9 --diff3 -L mine -L old -L yours ours base theirs
like "with names" "$out" '^<<<<<<<<< mine$'
like "and base" "$out" '^\|\|\|\|\|\|\|\|\| old$'
ok "in favour of ours" fmrec merge-file -p --ours ours base theirs
is "no markers" "$out" 'a: 2
b: 2 # two
c: [x, y]'
ok "in favour of theirs" fmrec merge-file -p --theirs ours base theirs
is "no markers there" "$out" 'a: 3
b: 2 # two'
cp ours mine
exit_is "the file is changed" 1 fmrec merge-file -q mine base theirs
like "in place" "$(cat mine)" '^<<<<<<< mine$'
git config --global merge.conflictStyle diff3
exit_is "merge.conflictStyle counts" 1 fmrec merge-file -p ours base theirs
like "in its way" "$out" '^\|\|\|\|\|\|\| base$'
git config --global --unset merge.conflictStyle
printf 'a: [\n' >theirs
exit_is "what is no YAML is merged by line" 1 fmrec merge-file -p ours base theirs
git merge-file -p ours base theirs >git 2>/dev/null
is "as git does it" "$out" "$(cat git)"
exit_is "two files are not enough" 129 fmrec merge-file ours base
exit_is "a file that is not there" 128 fmrec merge-file ours base none

# ---- as the driver ----
repository record
ok "hooks install registers the driver" fmrec hooks install
like "and says so" "$out" '^merge-driver +installed'
is "for records alone" "$(git check-attr merge records/incident/2026/x.yaml records/system/x.yaml a.yaml .fmrec/config.yaml |
	sed 's/.*: //' | tr '\n' ' ')" 'fmrec fmrec unspecified unspecified '
id=$(fmrec -q new incident -m '停止した' -s severity=S2 -s situation='一行目' -s found_on=2026-11-21)
file=records/incident/2026/$id.yaml
fmrec -q log-entry "$id" --at 2026-11-21T03:00:00+09:00 '検知した'
git tag start

back() { # a branch for each side, from the beginning
	git checkout -q -f -B side start && git checkout -q -f -B here start
}
here() { git checkout -q here; }
side() { git checkout -q side; }

back
fmrec -q set "$id" severity=S1
fmrec -q log-entry "$id" --at 2026-11-21T04:00:00+09:00 '切替えた'
side
fmrec -q set "$id" urgency=immediate
fmrec -q log-entry "$id" --at 2026-11-21T03:30:00+09:00 '報告した'
here
git tag one here && git tag two side
ok "git merge" git merge -q --no-edit side
is "both fields" "$(fmrec show --format json "$id" | grep -oE '"(severity|urgency)":"[^"]*"' | tr '\n' ' ')" \
	'"severity":"S1" "urgency":"immediate" '
is "the log in order of time" "$(grep 'text:' "$file")" '    text: 検知した
    text: 報告した
    text: 切替えた'
ok "a valid tree" fmrec validate
git tag merged
git checkout -q -f -B here two
ok "the other way round" git merge -q --no-edit one
is "says the same" "$(git diff merged HEAD -- records)" ''
git checkout -q -f -B here one
ok "git rebase" git rebase -q two
is "says it, too" "$(git diff merged HEAD -- records)" ''
git checkout -q -f -B here one
ok "git cherry-pick" git cherry-pick two~1 two
is "and so does that" "$(git diff merged HEAD -- records)" ''
git checkout -q -f -B here one
ok "git revert of one of two changes" git revert --no-edit here~1
is "takes just that back" "$(sed -n 's/^severity: //p' "$file") $(grep -c text: "$file")" 'S2 2'

back
fmrec -q set "$id" severity=S1
sed -i 's/^title:.*/& # by hand/' "$file"
git stash -q
fmrec -q set "$id" urgency=immediate
ok "git stash pop" git stash pop -q
like "has the comment" "$(cat "$file")" '^title: 停止した # by hand$'
like "and the field" "$(cat "$file")" '^urgency: immediate$'
git checkout -q -f .

back
fmrec -q set "$id" severity=S1
fmrec -q set "$id" 'target=受注'
side
fmrec -q set "$id" severity=S3
fmrec -q set "$id" urgency=immediate
here
exit_is "a conflict stops git" 1 git merge -q --no-edit side
like "it names the field" "$out$err" 'both sides changed severity$'
is "the markers are on that field alone" "$(sed -n '/^<<<<<<</,/^>>>>>>>/p' "$file")" '<<<<<<< ours
severity: S1
=======
severity: S3
>>>>>>> theirs'
like "the rest is merged" "$(cat "$file")" '^urgency: immediate$'
exit_is "the markers are no record" 1 fmrec validate
git checkout -q --theirs "$file" 2>/dev/null
git merge --abort
git config merge.conflictStyle zdiff3
not "a conflict in diff3 style" git merge -q --no-edit side
like "shows what it was" "$(sed -n '/^|||||||/,/^=======/p' "$file")" '^severity: S2$'
sed -i '/^<<<<<<</d; /^|||||||/,/^>>>>>>>/d' "$file"
git add "$file"
ok "is resolved in an editor" git commit -q --no-edit
git config --unset merge.conflictStyle

back
sed -i 's/$/\r/' "$file" && git commit -qam 'fmrec: CRLF'
side
sed -i 's/^severity:.*/severity: S1 # 重大/' "$file" && git commit -qam 'S1'
here
ok "CRLF on one side" git merge -q --no-edit side
is "all lines have it" "$(grep -c "$(printf '\r')\$" "$file")" "$(wc -l <"$file" | tr -d ' ')"
like "and the comment is there" "$(cat "$file")" '^severity: S1 # 重大'

back
git mv "$file" "records/incident/2026/moved.yaml" && git commit -qnm 'move'
side
fmrec -q set "$id" severity=S1
here
run git merge -q --no-edit --no-verify side
is "a rename on one side" "$(sed -n 's/^severity: //p' records/incident/2026/moved.yaml)" S1
git merge --abort 2>/dev/null

back
git rm -q "$file" && git commit -qnm 'gone'
side
fmrec -q set "$id" severity=S1
here
not "deleted here, changed there" git merge -q --no-edit side
is "is git's own conflict" "$(git status --porcelain "$file" | cut -c1-2)" DU
git merge --abort

back
side
cp "$file" "$T/copy"
sed "s/$id/INC-20261120-ZZZZ/; s/^severity:.*/severity: S1/" "$T/copy" >records/incident/2026/INC-20261120-ZZZZ.yaml
git add records && git commit -qm 'the same record'
here
sed "s/$id/INC-20261120-ZZZZ/; s/^title:.*/title: 再開した/; \$a priority: high" "$T/copy" >records/incident/2026/INC-20261120-ZZZZ.yaml
git add records && git commit -qm 'the same record here'
exit_is "both made the record" 1 git merge -q --no-edit side
is "its fields are in conflict one by one" "$(grep -c '^<<<<<<<' records/incident/2026/INC-20261120-ZZZZ.yaml)" 2
like "what one has is there" "$(cat records/incident/2026/INC-20261120-ZZZZ.yaml)" '^priority: high$'
git merge --abort

back
fmrec -q set "$id" occurred_at=2026-11-21T05:00:00+09:00
side
fmrec -q set "$id" recovered_at=2026-11-21T04:00:00+09:00
here
exit_is "each side is valid, both are not" 1 git merge -q --no-edit side
like "with the finding" "$out$err" 'record\.time-order'
like "the file has both, to be mended" "$(cat "$file")" '^recovered_at: 2026-11-21T04:00:00\+09:00$'
sed -i 's/^recovered_at: .*/recovered_at: 2026-11-21T06:00:00+09:00/' "$file"
git add "$file"
ok "then the merge goes on" git commit -q --no-edit

# a link that dangles only when both sides are together: git merges the files, the hook looks at the tree
back
system=$(fmrec -q new system -s name=x)
git branch -f side here && git tag -f start here >/dev/null
git rm -q "records/system/$system.yaml" && git commit -qm 'remove x'
side
fmrec -q set "$id" "system=$system"
here
not "pre-merge-commit refuses what no file shows" git merge -q --no-edit side
like "naming the link" "$out$err" 'ref\.dangling'
git merge --abort

# ---- without the driver ----
git checkout -q -f -B here merged && git checkout -q -f -B side merged
fmrec -q set "$id" severity=S3
here
fmrec -q set "$id" priority=high
git config merge.fmrec.driver "/nowhere/fmrec merge-file %A %O %B || { s=\$?; test \$s -eq 1 && exit 1; git merge-file %A %O %B; }"
ok "a program that is gone leaves it to git" git merge -q --no-edit side
is "nothing is lost" "$(sed -n 's/^severity: //p' "$file")" S3
ok "uninstall" fmrec hooks uninstall
is "leaves nothing" "$(git config --get-regexp 'merge\.fmrec' ; ls .git/info/attributes 2>/dev/null)" ''
echo '*.png binary' >.git/info/attributes
fmrec hooks install >/dev/null && fmrec hooks install >/dev/null
is "installed beside other attributes, once" "$(grep -c . .git/info/attributes)" 3
fmrec hooks uninstall 2>/dev/null
is "which stay" "$(cat .git/info/attributes)" '*.png binary'
exit_is "status" 1 fmrec hooks
like "tells of the driver" "$out" '^merge-driver +not installed'
exit_is 'which of both sides?' 129 fmrec merge-file -p --ours --theirs a b c

done_testing
