# fmrec index: and that no command can tell whether there is one.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

exit_is "at first there is none" 1 "$FMREC" index
like "which is told" "$out" '^there is none that can be used'
ok "rebuild makes it" "$FMREC" index rebuild
like "and tells its size" "$out" '^tables [0-9.]+ MiB, texts [0-9.]+ MiB$'
ok "clear takes it away" "$FMREC" index clear
is "with all its files" "$(ls .git/fmrec | grep -v lock)" ''
ok "also when there is none" "$FMREC" index clear
exit_is "an unknown verb" 129 "$FMREC" index rebuidl
like "is guessed at" "$err" "rebuild"

for number in 1 2 3; do
	"$FMREC" -q new system -s name="system $number" -s id="SYS-$number" >/dev/null 2>&1
	"$FMREC" -q new incident -m "ディスク $number" -s severity=S$number >/dev/null
done
id=$("$FMREC" -q new incident -m 'the last one' -s severity=S1)
path=records/incident/2026/$id.yaml
echo 'no: [yaml' >records/incident/2026/INC-20261120-AAAA.yaml

# What the commands say, with whatever is there of an index.
answers() {
	for command in 'validate' 'validate -v' 'list' 'list incident' 'list incident severity:S1' 'list ディスク' \
		"show $id" '__next' '__complete fmrec show INC' 'export incident --to json' "trace $id" 'grep 2' \
		'query incident --group-by severity' 'validate --format json'; do
		echo "== $command"
		# shellcheck disable=SC2086 # words
		"$FMREC" $command </dev/null 2>&1
		echo "= $?"
	done
}
compare() { # NAME: the answers now, without, and with what is there
	mv .git/fmrec "$T/kept"
	: >.git/fmrec # nothing can be written
	answers >"$T/without"
	rm .git/fmrec
	mv "$T/kept" .git/fmrec
	answers >"$T/with"
	same "$1" "$T/with" "$T/without"
}
compare "with an index all commands say the same"
compare "and once more"
sed -i 's/severity: S1/severity: S2/' "$path"
compare "after an edit of the same size"
rm "$path"
compare "after a removal"
git checkout -q -- "$path"
compare "when it is back"
git checkout -q -b other && git rm -q "$path" && git commit -qm removed
compare "on another branch"
git checkout -q -
compare "back on the first"
touch -d '2001-01-01' "$path" && sed -i 's/S1/S3/' "$path" && touch -d '2001-01-01' "$path"
compare "when the clock goes back"
sed -i 's/by-year: true/by-year: false/' .fmrec/schema/incident.yaml
compare "when a type changes"
git checkout -q -- .fmrec
chmod -R a-w .git/fmrec
compare "when nothing can be written"
chmod -R u+w .git/fmrec
printf 'x' | dd of=.git/fmrec/index.sqlite bs=1 seek=5000 conv=notrunc 2>/dev/null
compare "with a damaged index"
for file in .git/fmrec/contents-*; do printf 'xxxxxxxx' | dd of="$file" bs=1 seek=300 conv=notrunc 2>/dev/null; done
compare "with damaged texts"
: >.git/fmrec/index.sqlite
compare "with an empty index"
git checkout -q .
"$FMREC" -q new whywhy -m 'why' >"$T/why" && "$FMREC" -q new lesson -m 'a lesson' >"$T/lesson"
why=$(cat "$T/why") lesson=$(cat "$T/lesson")
"$FMREC" -q link "$why" subjects "$id" && "$FMREC" -q link "$lesson" from "$why"
compare "with links that were judged"
"$FMREC" -q set "$id" situation=停止している
like "a change that makes them suspect is seen" "$("$FMREC" validate 2>&1)" 'ref\.suspect'
compare "when they are suspect"
"$FMREC" -q relink "$why" -m 'looked at it'
compare "when they are judged again"
"$FMREC" -q rm --force "$why"
compare "when what they lead to is gone"
git revert --no-edit HEAD >/dev/null 2>&1
compare "when it is there again"
git worktree add -q "$T/linked" other
cd "$T/linked" || exit 1
"$FMREC" list incident >"$T/with"
"$FMREC" -q validate >"$T/validate" 2>&1
unlike "a linked worktree has its own view" "$(cat "$T/with")" "the last one"
ok "and its own index" test -f "$T/work/repository/.git/worktrees/linked/fmrec/index.sqlite"

done_testing
