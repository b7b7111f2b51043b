# --at: every command that reads can read the records as they were.
. "$(dirname "$0")/lib.sh"

commit_at() { # DATE COMMAND...
	date=$1
	shift
	GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date "$@" >/dev/null 2>&1
}

mkdir repository && cd repository || exit 1
commit_at 2026-09-01T09:00:00+09:00 fmrec init
commit_at 2026-09-10T09:00:00+09:00 fmrec new incident -m 'first'
commit_at 2026-09-30T23:30:00+09:00 fmrec new incident -m 'second'
commit_at 2026-10-15T09:00:00+09:00 fmrec new incident -m 'third'
git tag v1 HEAD~1
id=$(basename "$(grep -rl 'title: first' records)" .yaml)

count() {
	printf '%s\n' "$out" | grep -c .
}

ok 'a revision' fmrec list --at HEAD~1 --format ids
is 'holds what it held' "$(count)" 2
ok 'a tag' fmrec list --at v1 --format ids
is 'the same' "$(count)" 2
ok 'a day' fmrec list --at 2026-09-30 --format ids
is 'up to its end, in the zone of the organisation' "$(count)" 2
ok 'the day before' fmrec list --at 2026-09-29 --format ids
is 'one was there' "$(count)" 1
ok 'a month' fmrec list --at 2026-10 --format ids
is 'up to its end' "$(count)" 3
ok 'a year alone is no commit id' fmrec list --at 2026 --format ids
is 'up to its end, too' "$(count)" 3
ok 'words' fmrec list --at 'last month' --format ids
is 'are understood' "$(count)" 3
ok 'Japanese' fmrec list --at 2026年9月10日 --format ids
is 'is understood' "$(count)" 1
ok 'a half of the fiscal year' fmrec list --at 2026年度上期 --format ids
is 'ends in September' "$(count)" 2

sed 's/^title:.*/title: changed/' "records/incident/2026/$id.yaml" >"$T/new" && cp "$T/new" "records/incident/2026/$id.yaml"
run fmrec show "$id" --at HEAD --format json
unlike 'show has the text of then' "$out" changed
run fmrec show "$id@HEAD~1" --at HEAD --format json
like 'and a revision of its own wins' "$out" '"title":"(first|second)"'
run fmrec export incident --at v1
is 'export' "$(count)" 3

exit_is 'before the first commit' 128 fmrec list --at 2020-01-01
like 'says so' "$err" 'begins later'
exit_is 'neither revision nor date' 128 fmrec list --at nonsense
like 'says what there is' "$err" 'HEAD~3'
exit_is 'a command that writes has no such option' 129 fmrec new --at HEAD incident
like 'it is in the usage' "$(fmrec list -h)" '--at <revision.date>'
like 'and completed' "$(fmrec __complete list --a)" '^--at'
git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" list --at 2026-09-29 --format ids
is 'as well' "$(count)" 1

done_testing
