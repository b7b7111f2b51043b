# fmrec new: filing records without a terminal.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

ok "new with a title" "$FMREC" new incident -m 受注システムが停止
like "tells the id and the path" "$out" \
	'^INC-20261121-[0-9A-Z]{4} recorded  records/incident/2026/INC-20261121-[0-9A-Z]{4}.yaml$'
like "and what comes next" "$err" '^next: fmrec log-entry [0-9A-Z]{4} '
id=${out%% *}
path=records/incident/2026/$id.yaml
is "the commit says what was done" "$(git log -1 --format=%s)" "fmrec: new $id incident"
is "one file in it" "$(git show --name-only --format= HEAD)" "$path"
is "nothing left over" "$(git status --porcelain)" ""
like "the schema is named on the first line" "$(head -n 1 "$path")" \
	'^# yaml-language-server: \$schema=\.\./\.\./\.\./\.fmrec/schema/incident\.yaml$'
like "the record has its id" "$(cat "$path")" "^id: $id\$"
like "and its title" "$(cat "$path")" '^title: 受注システムが停止$'
ok "it is valid" "$FMREC" validate

run "$FMREC" -q new incident -m quiet
like "-q prints only the id" "$out" '^INC-20261121-[0-9A-Z]{4}$'
is "and no talk" "$err" ""
run "$FMREC" --format json new incident -m json
is "--format json" "$(printf '%s' "$out" | python3 -c 'import json, sys; print(*sorted(json.load(sys.stdin)))')" \
	"branch commit id path"

ok "values as people write them" "$FMREC" new incident -m x -s severity=重大 -s found_on=平成24年11月5日 \
	-s 'detected_at=２０１２年１１月５日 3時12分' -s impact.customers_min=１２０ -s cause_class+=technical
text=$(cat "$(printf '%s' "$out" | sed 's/.* //')")
like "label to code" "$text" '^severity: S1$'
like "Japanese date" "$text" '^found_on: 2012-11-05$'
like "full-width time with the zone of the config" "$text" '^detected_at: 2012-11-05T03:12:00\+09:00$'
like "full-width number, in a group" "$text" '^  customers_min: 120$'
like "item of a list" "$text" '^ *- technical$'

run "$FMREC" -q new system -s name=受注管理システム
system=$out
ok "a link by abbreviation" "$FMREC" new incident -m x -s "system=${system#SYS-}"
like "is resolved" "$(cat "$(printf '%s' "$out" | sed 's/.* //')")" "^system: $system\$"
"$FMREC" -q new incident -m x --id INC-20261121-DB77
"$FMREC" -q new incident -m x --id INC-20261121-DB78
for name in DB DB7 DB78; do
	ok "a name that begins as ids of other types do: $name" "$FMREC" new incident -m x -s "system=$name"
	like "stays a name" "$(cat "$(printf '%s' "$out" | sed 's/.* //')")" "^system: $name\$"
done

before=$(commits)
exit_is "a wrong value" 1 "$FMREC" new incident -m x -s severity=S7
like "names what is allowed" "$err" 'S1'
exit_is "a wrong field" 128 "$FMREC" new incident -m x -s severty=S1
like "did you mean" "$err" "did you mean 'severity'"
exit_is "a wrong type" 128 "$FMREC" new incdent -m x
like "did you mean the type" "$err" "incident"
exit_is "nothing given" 129 "$FMREC" new incident
exit_is "nothing given, not even a type" 129 "$FMREC" new
exit_is "the id is not set" 128 "$FMREC" new incident -m x -s id=INC-20261121-AAAA
is "none of this made a commit" "$(commits)" "$before"

exit_is "a record that is not valid" 1 "$FMREC" new incident -s situation=x
like "shows the finding" "$err" 'value\.required'
like "and keeps a draft" "$err" 'fmrec edit INC-20261121-'
is "and writes nothing" "$(git status --porcelain)" ""
draft=$(printf '%s' "$err" | sed -n 's/.*fmrec edit //p')
ok "the draft can be filed" "$FMREC" new incident --draft "$draft" -m 'now with a title'
like "under its id" "$out" "^$draft recorded"
exit_is "once" 128 "$FMREC" new incident --draft "$draft" -m again

# What the config limits cannot be filed, either.
"$FMREC" config --repo set limits.record_bytes 2000 >/dev/null 2>&1
"$FMREC" config --repo set limits.depth 8 >/dev/null 2>&1
long=$(printf '%2100s' x | tr ' ' x)
printf 'title: long\nsituation: %s\n' "$long" >"$T/long.yaml"
exit_is "--from a file beyond the limit of the config" 128 "$FMREC" new incident --from "$T/long.yaml"
exit_is "a text beyond it" 1 "$FMREC" new incident -m x -s "situation=$long"
like "is told" "$err" 'yaml\.size'
printf 'title: [[[[[[[[[x]]]]]]]]]\n' >"$T/deep.yaml"
exit_is "nor deeper than the config says" 1 "$FMREC" new incident --from "$T/deep.yaml"
like "which is told, too" "$err" 'yaml\.depth.*8'
"$FMREC" config --repo set limits.record_bytes 1048576 >/dev/null 2>&1
"$FMREC" config --repo set limits.depth 64 >/dev/null 2>&1

printf 'title: from a file # why\nsituation: |\n  two\n  lines\n' >"$T/in.yaml"
ok "--from FILE" "$FMREC" new incident --from "$T/in.yaml"
path=$(printf '%s' "$out" | sed 's/.* //')
like "keeps comments" "$(cat "$path")" '^title: from a file # why$'
like "gets an id" "$(cat "$path")" '^id: INC-20261121-'
like "and a form version" "$(cat "$path")" '^form: 1$'
like "and the schema line" "$(head -n 1 "$path")" '^# yaml-language-server: '
run sh -c 'printf "title: piped\n" | "$FMREC" new incident --from - -s severity=S2'
like "--from -" "$out" '^INC-20261121-[0-9A-Z]{4} recorded  '
like "with --set" "$(cat "$(printf '%s' "$out" | sed 's/.* //')")" '^severity: S2$'
printf 'title: [broken\n' >"$T/bad.yaml"
exit_is "--from a broken file" 1 "$FMREC" new incident --from "$T/bad.yaml"
like "finding with its place" "$err" '^records/.*:[0-9]+:[0-9]+: error: yaml\.'
printf 'id: INC-20260101-AAAA\ntitle: own id\n' >"$T/own.yaml"
ok "--from with its own id" "$FMREC" new incident --from "$T/own.yaml"
like "keeps it" "$out" '^INC-20260101-AAAA recorded  records/incident/2026/INC-20260101-AAAA.yaml$'
exit_is "an id is used once" 128 "$FMREC" new incident --from "$T/own.yaml"
like "and the reason is told" "$err" "'INC-20260101-AAAA' already exists"

ok "a name of one's own" "$FMREC" new person --id SATO -s name='佐藤 花子'
like "where the type has names" "$out" '^PSN-SATO recorded  records/person/PSN-SATO.yaml$'
exit_is "twice" 128 "$FMREC" new person --id SATO -s name=x
exit_is "without a name" 128 "$FMREC" new person -s name=x
like "and how to give one" "$err" '--id PSN-SATO'
exit_is "without a link that it needs" 1 "$FMREC" new flow -m x
like "and what it leads to" "$err" 'expected: a record of type plan'

before=$(commits)
ok "-n" "$FMREC" new incident -n -m dry
like "shows the record" "$out" '^\+title: dry$'
is "writes nothing" "$(git status --porcelain)$(commits)" "$before"
ok "--no-commit" "$FMREC" new incident --no-commit -m staged
like "says so" "$out" '\(staged\)$'
like "stages" "$(git status --porcelain)" '^A  records/incident/'
git reset -q --hard
ok "--no-stage" "$FMREC" new incident --no-stage -m written
like "writes only" "$(git status --porcelain --untracked-files=all)" '^\?\? records/incident/'
git clean -qfd
is "and no commit was made" "$(commits)" "$before"

exit_is "a type misspelt" 128 "$FMREC" new incidnt
like "what was meant, before what is missing" "$err" "did you mean 'incident'"

echo other >other && git add other
ok "other staged work stays out" "$FMREC" new incident -m apart
is "of the commit" "$(git show --name-only --format= HEAD | grep -c .)" 1
is "and stays staged" "$(git diff --cached --name-only)" other
done_testing
