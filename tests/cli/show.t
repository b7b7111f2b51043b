. "$(dirname "$0")/lib.sh"
repository
run fmrec new incident -m '受注システムが停止' --set system=受注管理 --set found_on=2026-11-21T03:12:00+09:00 \
	--set 'situation=画面が応答しない。' --set severity=S2
id=$(fmrec list incident --format ids)
file=$(git ls-files "records/*/$id.yaml")

ok 'show a record by its id' fmrec show "$id"
like 'it has the id' "$out" "$id"
like 'labels are in English' "$out" 'Severity'
ok 'show by the random part' fmrec show "${id##*-}"
ok 'in lower case too' fmrec show "$(printf '%s' "${id##*-}" | tr 'A-Z' 'a-z')"
ok 'show by path' fmrec show "$file"

LANG=ja_JP.UTF-8 FMREC_LANGUAGE=ja run fmrec show "$id"
like 'labels are in Japanese' "$out" '発生した事象'

run fmrec show --format yaml "$id"
printf '%s\n' "$out" >"$T/shown"
same 'yaml is the bytes of the file' "$T/shown" "$file"
ok 'as JSON' fmrec show --format json "$id"
printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); assert r["id"] and r["title"]=="受注システムが停止"' &&
	pass 'the JSON is the record' || fail 'the JSON is the record'

# As it was
fmrec set "$id" severity=S1 >/dev/null 2>&1
run fmrec show --format yaml "$id@HEAD~1"
like 'as it was before' "$out" '^severity: S2$'
run fmrec show --format yaml "$id"
like 'as it is' "$out" '^severity: S1$'
not 'a revision that is not there' fmrec show "$id@v9.9"
like 'is named' "$err" 'v9\.9'
ok 'a revision with an @ in it' fmrec show "$id@HEAD@{0}"

# Several
fmrec new incident -m 'second' >/dev/null 2>&1
all=$(fmrec list --format ids)
# shellcheck disable=SC2086
run fmrec show --format yaml $all
is 'several documents of YAML' "$(printf '%s\n' "$out" | grep -c '^---$')" 1
# shellcheck disable=SC2086
run fmrec show --format json $all
is 'a line of JSON each' "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 2

# Where nothing is checked out
# A partial clone lacks old contents: reading says so and fetches nothing; git may.  (libgit2 1.5 forgets the match data
# of each setting that is no extension, in repositories of format 1.)
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
"$FMREC" -q set "$id" situation='changed since' >/dev/null 2>&1
git config uploadpack.allowFilter true
git clone -q --filter=blob:none "file://$PWD" "$T/partial"
lacking() { git -C "$T/partial" rev-list --objects --all --missing=print | grep -c '^?'; }
before=$(lacking)
isnt 'a partial clone lacks something' "$before" 0
ok 'what is there can be shown' fmrec -C "$T/partial" show "$id"
exit_is 'what is not, not' 128 fmrec -C "$T/partial" show "$id@HEAD~1"
like 'with the way to get it' "$err" 'partial clone; git can fetch what it lacks: git archive [0-9a-f]+'
exit_is 'nor judged' 128 fmrec -C "$T/partial" validate --rev HEAD~1
is 'nothing was fetched' "$(lacking)" "$before"
(cd "$T/partial" && git archive HEAD~1 >/dev/null)
ok 'after that it can' fmrec -C "$T/partial" show "$id@HEAD~1"
git config --unset uploadpack.allowFilter
unset ASAN_OPTIONS

git clone -q --bare . "$T/bare.git"
ok 'in a bare repository' fmrec -C "$T/bare.git" show "$id"
ok 'at a revision in a bare repository' fmrec -C "$T/bare.git" show "$id@main"
mkdir -p deep/down && ok 'in a subdirectory' fmrec -C deep/down show "$id"
ok 'by its path from there' fmrec -C deep/down show "../../$file"
ok 'by the name of its file' fmrec -C "$(dirname "$file")" show "$id.yaml"
ok 'by its path from the top, wherever one is' fmrec -C deep/down show "$file"

# Links to it, and links that have to be judged again
why=$(fmrec -q new whywhy -m なぜ停止したか)
lesson=$(fmrec -q new lesson -m 教訓)
fmrec -q link "$why" subjects "$id" --note 現象 && fmrec -q link "$lesson" from "$why"
ok 'F-24: what links to a record' fmrec show --linked "$id"
like 'stands under what it is called from here' "$(printf '%s\n' "$out" | grep -A1 '^  Why-why analyses$')" "^    $why  なぜ停止したか \\(現象\\)\$"
ok 'in Japanese, too' env LANG=ja_JP.UTF-8 fmrec show --linked "$id"
like 'by its label' "$out" '^  なぜなぜ分析$'
ok 'by default only on a terminal' fmrec show "$id"
unlike 'not for programs' "$out" 'Linked from'
on_terminal fmrec --no-pager show "$id" </dev/null >"$T/shown" 2>&1
like 'but for people' "$(cat "$T/shown")" 'Linked from'
on_terminal fmrec --no-pager show --no-linked "$id" </dev/null >"$T/shown" 2>&1
unlike 'unless they want none' "$(cat "$T/shown")" 'Linked from'
fmrec -q set "$id" note=変わった
ok 'a record that changed' fmrec show --linked "$id"
like 'has suspect links to it' "$out" "^    $why .*\\[suspect\\]\$"
ok 'the record that holds the link' fmrec show --linked "$why"
like 'shows it' "$out" "^  1\\. $id .*\\[suspect\\]\$"
like 'and what rests on it' "$out" "^    $lesson  教訓 \\[suspect\\]\$"
ok 'JSON is the record' fmrec show --format json --linked "$id"
unlike 'and nothing else' "$out" "$why"

# What cannot be shown
exit_is 'no operand' 129 fmrec show
exit_is 'an unknown id' 128 fmrec show NOSUCH
like 'is named' "$err" 'NOSUCH'
exit_is 'a wrong letter in an abbreviation' 128 fmrec show "$(printf '%s' "${id##*-}" | sed 's/.$/U/')"
like 'the record that was meant' "$err" "did you mean '$id'"
exit_is 'an abbreviation of several' 128 fmrec show INC
like 'each is listed on a line of its own' "$err" "^hint: $id  "
exit_is 'an unknown revision' 128 fmrec show "$id@nowhere"
is 'is said once' "$(printf '%s\n' "$err" | grep -c 'no revision')" 1
exit_is 'an unknown format' 129 fmrec show --format xml "$id"
printf 'id: %s\ntitle: [broken\n\033[31mred\n' "$id" >"$file"
exit_is 'a broken record is shown as text' 1 fmrec show "$id"
like 'with the reason' "$err" 'error: yaml\.'
unlike 'without its control characters' "$out" "$(printf '\033')"
ok 'its bytes can be had' fmrec show --format yaml "$id"

done_testing
