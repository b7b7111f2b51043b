# fmrec set: one field, one line, one commit.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

id=$("$FMREC" -q new incident -m 受注システムが停止)
path=records/incident/2026/$id.yaml
printf '# a comment\nseverity: "S2"   # judged by phone\n' >>"$path"
git commit -qam 'by hand'

ok "set one field" "$FMREC" set "$id" severity=S1
like "tells what became what, and where" "$out" "^$id  severity: S2 → S1   \\[main [0-9a-f]{7}\\]\$"
is "the commit says what was done" "$(git log -1 --format=%s)" "fmrec: set $id severity"
is "the change is one line" "$(git show --numstat --format= HEAD)" "1	1	$path"
like "quotes and comments stay" "$(cat "$path")" '^severity: "S1"   # judged by phone$'

before=$(commits)
cp -p "$path" "$T/copy"
ok "the same value again" "$FMREC" set "$id" severity=S1
like "is told" "$err" 'nothing to change'
is "without a commit" "$(commits)" "$before"
is "or a write" "$(stat -c %Y%i "$path")" "$(stat -c %Y%i "$path")"
same "or a change" "$path" "$T/copy"

ok "an abbreviation, a label, a label as the value, several at once" \
	"$FMREC" set "${id##*-}" 障害の重大さ=重 'found_on=2012年11月5日' plan.class=urgent
like "first" "$out" "severity: S1 → S2$"
like "second" "$out" "found_on: .* → 2012-11-05$"
like "third" "$out" "plan.class: - → urgent   \\["
is "one commit" "$(commits)" $((before + 1))

ok "= with a list as people write it" "$FMREC" set "$id" 'cause_class=技術、手順'
ok "--unset" "$FMREC" set "$id" --unset cause_class
ok "+= makes a list" "$FMREC" set "$id" cause_class+=technical
ok "+= adds to it" "$FMREC" set "$id" --append cause_class=process
like "both are there" "$out" 'cause_class: \[technical\] → \[technical, process\]'
ok "-= takes away" "$FMREC" set "$id" cause_class-=technical
ok "-= of the last takes the list away" "$FMREC" set "$id" cause_class-=process
unlike "no empty list stays" "$(cat "$path")" 'cause_class'
ok "-= of what is not there" "$FMREC" set "$id" cause_class-=process
like "changes nothing" "$err" 'nothing to change'
ok "--unset" "$FMREC" set "$id" --unset plan
unlike "the field is gone" "$(cat "$path")" '^plan'
ok "--unset of what is not there" "$FMREC" set "$id" --unset plan
like "changes nothing" "$err" 'nothing to change'
ok "text of several lines" "$FMREC" set "$id" 'situation=一行目
二行目'
like "told on one line" "$out" 'situation: .*一行目 ⏎ 二行目   \['
like "as a block" "$(cat "$path")" '^situation: \|'
ok "item of a list" "$FMREC" set "$id" 'timeline=[{at: 2026-11-21T03:12:00+09:00, text: x}]' 'timeline[0].text=y'
like "by its position" "$out" 'timeline\.0\.text: x → y'
ok "one more item" "$FMREC" set "$id" 'timeline+={at: 2026-11-21T03:13:00+09:00, text: "z"}'
like "only that is shown" "$out" 'timeline: \+ \{at: 2026-11-21T03:13:00\+09:00, text: z\}'
like "written as the others" "$(cat "$path")" '^ +text: z$'
ok "inside a mapping as if alone" "$FMREC" set "$id" \
	'downtime+={from: 2026年11月21日3時, to: 不明}' 'notified+={name: 鈴木, contact: 0120123}'
like "dates" "$(cat "$path")" '^  - from: 2026-11-21T03:00:00\+09:00$'
like "unknown" "$(cat "$path")" '^    to: unknown$'
like "numbers that are texts, digit for digit" "$(cat "$path")" "^    contact: [\"']0120123[\"']\$"
ok "--unset of the only item" "$FMREC" set "$id" --unset 'downtime[0]'
unlike "takes the list away" "$(cat "$path")" '^downtime'
ok "--unset of the only field but one, then of the last" "$FMREC" set "$id" --unset 'notified[0].name' --unset 'notified[0].contact'
unlike "leaves nothing empty" "$(cat "$path")" '^notified'

before=$(commits)
exit_is "a wrong value" 1 "$FMREC" set "$id" severity=S9
like "names the allowed ones" "$err" 'S1'
exit_is "a wrong field" 128 "$FMREC" set "$id" severty=S1
like "did you mean" "$err" "did you mean 'severity'"
exit_is "a wrong id" 128 "$FMREC" set INC-20261121-ZZZZ severity=S1
exit_is "no assignment" 129 "$FMREC" set "$id"
exit_is "not an assignment" 128 "$FMREC" set "$id" severity
exit_is "no value" 128 "$FMREC" set "$id" severity=
like "says how to unset" "$err" '--unset severity'
exit_is "the id stays" 128 "$FMREC" set "$id" id=INC-20261121-AAAA
exit_is "the form stays" 128 "$FMREC" set "$id" form=2
exit_is "a group is no value" 128 "$FMREC" set "$id" plan=urgent
exit_is "a finding refuses it" 1 "$FMREC" set "$id" occurred_at=2026-11-22 recovered_at=2026-11-21
like "and is shown" "$err" 'record\.time-order'
exit_is "a required field stays" 1 "$FMREC" set "$id" --unset title
is "none of this made a commit" "$(commits)" "$before"
is "or a change" "$(git status --porcelain)" ""

printf 'unknwn: 1\n' >>"$path"
git commit -qam 'a fault by hand'
ok "an old finding does not hold a change back" "$FMREC" set "$id" severity=S3
like "but is shown" "$err" "unknwn"
exit_is "a new one does" 1 "$FMREC" set "$id" --unset title
unlike "and only that is shown" "$err" "unknwn"
"$FMREC" -q set "$id" severity=S3 >/dev/null 2>&1
sed -i '/^unknwn/d' "$path" && git commit -qam mended

ok "-n" "$FMREC" set -n "$id" severity=S4
like "shows the line" "$out" '^\+severity: "S4"'
is "writes nothing" "$(git status --porcelain)" ""
ok "--no-commit" "$FMREC" set --no-commit "$id" severity=S4
is "stages" "$(git status --porcelain)" "M  $path"
git reset -q --hard

printf 'id: INC-20261121-CRLF\r\nform: 1\r\ntitle: x\r\nseverity: S2' >records/incident/2026/INC-20261121-CR1F.yaml
sed -i 's/CRLF/CR1F/' records/incident/2026/INC-20261121-CR1F.yaml
git add -A && git commit -qm crlf
ok "CRLF and no final newline" "$FMREC" set CR1F severity=S1
printf 'id: INC-20261121-CR1F\r\nform: 1\r\ntitle: x\r\nseverity: S1' >"$T/want"
same "stay" records/incident/2026/INC-20261121-CR1F.yaml "$T/want"

free=$("$FMREC" -q new incident -m 受注停止 -s system=受注)
ok "a free name where a link comes later" "$FMREC" set "$free" severity=S2
is "is no matter for now: advice is kept back" "$(printf %s "$err" | grep -c advice)" 0
ok "-v gives advice" "$FMREC" -v set "$free" severity=S3
like "it is there" "$err" 'advice: ref.free'
done_testing
