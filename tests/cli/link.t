# fmrec link: two records, either way round, by any name of the link; one commit, one edit.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

inc=$("$FMREC" -q new incident -m 受注システムが停止)
inc2=$("$FMREC" -q new incident -m 同じ電源で停止)
near=$("$FMREC" -q new nearmiss -m 電源の警告 --set system=受注)
why=$("$FMREC" -q new whywhy -m なぜ停止したか)
prv=$("$FMREC" -q new prevention -m 電源の二重化)
sys=$("$FMREC" -q new system -m 受注管理)
why_path=records/whywhy/2026/$why.yaml
inc_path=records/incident/2026/$inc.yaml
printf '# judged on the spot\n' >>"$why_path"
git commit -qam 'by hand'

# ---- either direction, any name
before=$(commits)
cp "$inc_path" "$T/incident"
ok "by the name of the inverse, from the other side" "$FMREC" link "$inc" whywhy "$why"
like "tells where the link stands, and what it leads to" "$out" "^$why  subjects: \\+ $inc 受注システムが停止   \\[main [0-9a-f]{7}\\]\$"
is "one commit" "$(commits)" $((before + 1))
is "that says so" "$(git log -1 --format=%s)" "fmrec: link $why subjects $inc"
same "the inverse is not stored" "$inc_path" "$T/incident"
like "comments stay" "$(cat "$why_path")" '^# judged on the spot$'
is "only lines are added" "$(git show --numstat --format= HEAD)" "3	0	$why_path"
like "a link that rests on what the other says notes what that was" "$(cat "$why_path")" '^    judged: sha256:[0-9a-f]{64}$'

before=$(commits)
cp -p "$why_path" "$T/copy"
ok "twice is once (no new commit)" "$FMREC" link "$why" subjects "$inc"
like "it is told" "$err" "^$why: linked already\$"
ok "nor from the other side, by a label" "$FMREC" link "$inc" なぜなぜ分析 "$why"
is "no commit" "$(commits)" "$before"
same "no change" "$why_path" "$T/copy"
ok "by a Japanese label, with an abbreviation" "$FMREC" link "$why" 対象 "${near##*-}" --no-judged
like "as the id alone, when there is no more to say" "$(cat "$why_path")" "^  - $near\$"
ok "by an English label" "$FMREC" link "$prv" for "$inc"
ok "the field of the other record" "$FMREC" link "$near" incidents "$prv"
like "is meant, too" "$out" "^$prv  incidents: \\+ $near"

# ---- F-24: incidents with the same underlying cause, with a note and a day
ok "F-24: same underlying cause" "$FMREC" link "$inc2" same_cause "$inc" --note '同じ分電盤' --on '令和8年11月20日'
like "the note" "$(cat "records/incident/2026/$inc2.yaml")" '^    note: 同じ分電盤$'
like "the day, from a Japanese date" "$(cat "records/incident/2026/$inc2.yaml")" "^    '?on'?: 2026-11-20\$"
before=$(commits)
ok "a symmetric link is there from the other side, too" "$FMREC" link "$inc" 本源的な原因が同じ障害 "$inc2"
is "no second one is written" "$(commits)" "$before"
ok "but more can be said of it" "$FMREC" link "$inc" same_cause "$inc2" --note '同じ分電盤、同じ作業'
is "in the one place" "$(git show --numstat --format= HEAD)" "1	1	records/incident/2026/$inc2.yaml"
ok "F-24: the list finds them" "$FMREC" list --format ids type:incident "same_cause:$inc"
is "by the id in the map" "$out" "$inc2"

# ---- F-81: a near miss that was the sign of an incident
ok "F-81: a near miss becomes an incident" "$FMREC" link "$near" became "$inc" --note 予兆だった
like "is stored in the incident" "$out" "^$inc  precursors: \\+ $near 電源の警告"
ok "all of it is valid" "$FMREC" validate

# ---- F-84, in the tree of whys
ok "a tree" "$FMREC" set "$why" 'whys=[{statement: なぜ1, whys: [{statement: なぜ2}]}]'
exit_is "F-84: a prevention of a root cause: of which?" 128 "$FMREC" link "$why" preventions "$prv"
like "all are named" "$err" "whys\\.0\\.whys\\.0\\.preventions .*\\($why: なぜ2\\)"
ok "by its path" "$FMREC" link "$why" whys.0.whys.0.preventions "$prv"
like "there it is" "$(cat "$why_path")" "^ +- $prv\$"

# ---- F-92: verification by own and outside cases
ext=$("$FMREC" -q new extcase -m 他社の停電)
ok "F-92: past cases" "$FMREC" link "$prv" 過去事例 "$inc2" --note 防げたはず
ok "F-92: outside cases" "$FMREC" link "$prv" 他社事例 "$ext"
like "in the map that was not there yet" "$(cat "records/prevention/2026/$prv.yaml")" '^verification:$'
like "both were judged" "$(grep -c 'judged: sha256' "records/prevention/2026/$prv.yaml")" '^4$'

# ---- single links
ok "a field for one link" "$FMREC" link "$inc" system "$sys"
sys2=$("$FMREC" -q new system -m 別のシステム)
exit_is "is not overwritten" 128 "$FMREC" link "$inc" system "$sys2"
like "says how to" "$err" "fmrec unlink $inc system $sys"
"$FMREC" -q set "$inc2" system=受注
ok "but a free name gives way" "$FMREC" link "$inc2" system "$sys"
like "to the id" "$(cat "records/incident/2026/$inc2.yaml")" "^system: $sys\$"

# ---- refused
before=$(commits)
exit_is "no such link" 128 "$FMREC" link "$inc" nonsense "$why"
like "what is possible is listed" "$err" "subjects .*\\($why\\)"
exit_is "a link that leads elsewhere" 128 "$FMREC" link "$why" subjects "$prv"
like "says where it leads" "$err" "'subjects' of whywhy leads to incident, nearmiss, not to a record of type 'prevention'"
exit_is "types that have no link" 128 "$FMREC" link "$sys" systems "$ext" --note x
exit_is "no such record" 128 "$FMREC" link "$inc" same_cause INC-20261121-ZZZZ
exit_is "the record itself" 128 "$FMREC" link "$inc" same_cause "$inc"
exit_is "a note where ids only may stand" 128 "$FMREC" link "$inc" impact.systems "$sys" --note x
like "says so" "$err" 'holds ids only'
exit_is "a day that is none" 128 "$FMREC" link "$inc" same_cause "$inc2" --on 'someday'
exit_is "too few words" 129 "$FMREC" link "$inc" "$why"
ok "-n" "$FMREC" link -n "$why" subjects "$inc2"
like "shows the difference" "$out" "^\\+  - to: $inc2\$"
is "and writes nothing" "$(commits) $(git status --porcelain)" "$before "
ok "--no-commit" "$FMREC" link --no-commit "$why" subjects "$inc2"
is "stages only" "$(commits) $(git status --porcelain)" "$before M  $why_path"
git commit -qm staged

# ---- circles
part=$("$FMREC" -q new system -m 部品)
whole=$("$FMREC" -q new system -m 全体)
ok "a part" "$FMREC" link "$part" parent "$whole"
exit_is "a circle is refused" 1 "$FMREC" link "$whole" parent "$part"
like "with its finding" "$err" 'error: ref\.cycle: .*circle'
printf 'parent: %s\n' "$part" >>"records/system/$whole.yaml"
exit_is "by hand, validate sees it" 1 "$FMREC" validate
is "in both records" "$(printf '%s\n' "$out" | grep -c 'error: ref.cycle')" 2
git add -A
exit_is "before the commit" 1 "$FMREC" validate --staged
git commit -qm circle
exit_is "and in every range" 1 "$FMREC" validate --rev HEAD~1..HEAD
like "by its commit" "$out" "^$(git rev-parse HEAD | cut -c1-12):records/system/$whole.yaml:.* ref\\.cycle"
git revert -n HEAD && git commit -qm reverted

# A circle of two branches, each of them good.
a=$("$FMREC" -q new system -m 甲)
b=$("$FMREC" -q new system -m 乙)
git checkout -q -b other
"$FMREC" -q link "$a" parent "$b" || note failed
git checkout -q main
"$FMREC" -q link "$b" parent "$a" || note failed
git merge -q -m merged other
exit_is "a circle that only the merge closes" 1 "$FMREC" validate --rev HEAD~1..HEAD
like "is found in the merge" "$out" "^$(git rev-parse HEAD | cut -c1-12):.* ref\\.cycle"
done_testing
