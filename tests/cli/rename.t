# fmrec rename: another id, everywhere at once; the old one is still understood and never given again.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

inc=$("$FMREC" -q new incident -m 受注システムが停止)
inc2=$("$FMREC" -q new incident -m 二つ目)
why=$("$FMREC" -q new whywhy -m なぜ停止したか)
les=$("$FMREC" -q new lesson -m 教訓)
new=INC-20261121-ABCD
printf 'log\n' >"$T/a.log" && printf '\000\001' >"$T/b.bin"
"$FMREC" -q attach "$inc" "$T/a.log" "$T/b.bin"
"$FMREC" -q link "$why" subjects "$inc"
"$FMREC" -q link "$inc2" same_cause "$inc" --note 同じ電源
"$FMREC" -q link "$les" from "$inc2"
printf '# 手書きの注  \n' >>"records/whywhy/2026/$why.yaml"
git commit -qam 'by hand'
git branch other

before=$(commits)
ok "-n" "$FMREC" rename -n "$inc" "$new"
is "writes nothing" "$(commits) $(git status --porcelain)" "$before "
ok "another id" "$FMREC" rename "${inc##*-}" "$new"
like "tells both" "$out" "^$inc is $new now  records/incident/2026/$new.yaml   \\[main"
like "and who was linked" "$out" "^  $why: 1 link rewritten\$"
is "one commit" "$(commits) $(git status --porcelain)" "$((before + 1)) "
is "that says so" "$(git log -1 --format=%s)" "fmrec: rename $inc $new"
like "git sees a rename" "$(git show -M --summary --format= HEAD)" "rename records/incident/2026/\\{$inc.yaml => $new.yaml\\}"
is "the attachments moved along" "$(git show -M --summary --format= HEAD | grep -c 'rename .*(100%)')" 2
is "of the others one line changed each" "$(git show -M --numstat --format= HEAD | grep -c "^1	1	records/whywhy/2026/$why.yaml")" 1
like "comments stay" "$(cat "records/whywhy/2026/$why.yaml")" '^# 手書きの注  $'
like "the old id is kept" "$(cat "records/incident/2026/$new.yaml")" "^  - $inc\$"
ok "everything is valid" "$FMREC" validate
unlike "and nothing suspect because of it" "$out" 'ref\.suspect'

# ---- the old id is understood
ok "show OLD" "$FMREC" show "$inc"
like "shows the record" "$out" "^$new  受注システムが停止"
ok "an abbreviation of the old id" "$FMREC" set "${inc##*-}" severity=S1
like "works on the record" "$out" "^$new  severity"
ok "a link to the old id" "$FMREC" link "$les" from "$inc"
like "becomes one to the new id" "$out" "from: \\+ $new"
exit_is "an old id that nobody had" 128 "$FMREC" show INC-20261121-ZZZZ

# ---- it is never given again
exit_is "to another record" 128 "$FMREC" rename "$inc2" "$inc"
like "it is taken" "$err" "taken by '$new'"
exit_is "nor the id of another record" 128 "$FMREC" rename "$inc2" "$new"
exit_is "nor one that looks like it" 128 "$FMREC" rename "$inc2" "INC-2026I121-ABCD"
"$FMREC" -q new person --id SATO -m 佐藤 >/dev/null
ok "a name is changed by its name alone" "$FMREC" rename PSN-SATO SUZUKI
like "as when it was given" "$out" '^PSN-SATO is PSN-SUZUKI now'
exit_is "and is not given again" 128 "$FMREC" new person --id PSN-SATO -m 別の佐藤
like "it says whose it was" "$err" 'PSN-SUZUKI'
sed "s/^id: .*/id: $inc/;/^aliases/,/^  -/d" "records/incident/2026/$new.yaml" >"records/incident/2026/$inc.yaml"
exit_is "by hand" 1 "$FMREC" validate
like "validate sees it" "$out" "$new.yaml:.* id\\.duplicate: '$inc' is the id of a record, and here a former one"
rm "records/incident/2026/$inc.yaml"

# ---- a link that comes later, from another branch
git checkout -q other
"$FMREC" -q link "$inc2" duplicate_of "$inc" || note failed
git checkout -q main && git merge -q -m merged other
exit_is "is found after the merge" 1 "$FMREC" validate
like "with what to do" "$out" "it is '$new' now; rewrite the link: fmrec rename $inc $new"
exit_is "also in the range" 1 "$FMREC" validate --rev HEAD~1..HEAD
ok "which does it" "$FMREC" rename "$inc" "$new"
like "for what is left" "$out" "^links to $inc lead to $new now"
ok "once" "$FMREC" rename "$inc" "$new"
like "is enough" "$err" 'nothing to change'
ok "all is well" "$FMREC" validate

# ---- a new number
before=$(commits)
ok "renumber gives a number" "$FMREC" renumber "$inc2"
like "of the same day" "$out" "^$inc2 is INC-20261121-[0-9A-Z]{4} now"
is "in one commit" "$(commits)" $((before + 1))
ok "back to the old number" "$FMREC" rename "$inc2" "$inc2"
like "which is its own" "$out" "now  records/incident/2026/$inc2.yaml"
is "the other one is kept" "$(grep -c '^  - INC' "records/incident/2026/$inc2.yaml")" 1
ok "its own id" "$FMREC" rename "$inc2" "$inc2"
like "is nothing to change" "$err" 'nothing to change'

exit_is "an id of another form" 128 "$FMREC" rename "$les" foo
like "the form is told" "$err" 'LSN'
exit_is "a path is no id" 128 "$FMREC" rename "$les" ../../etc
printf 'from: [%s\n' "$new" >"records/lesson/2026/LSN-20261121-XXXX.yaml"
exit_is "a record that cannot be read, and names it" 128 "$FMREC" rename "$new" INC-20261121-EFGH
like "is mended first" "$err" 'cannot be read'
rm "records/lesson/2026/LSN-20261121-XXXX.yaml"
sed -i '/^  aliases:/,/^    items/d' .fmrec/schema/lesson.yaml
exit_is "a type without aliases" 128 "$FMREC" rename "$les" LSN-20261121-EFGH
like "says what to add" "$err" "no field 'aliases'"
exit_is "no record" 129 "$FMREC" rename
done_testing
