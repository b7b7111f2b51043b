# fmrec relink: a link whose target changed is suspect until somebody says why it still holds.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

inc=$("$FMREC" -q new incident -m 受注システムが停止)
why=$("$FMREC" -q new whywhy -m なぜ停止したか)
les=$("$FMREC" -q new lesson -m 遮断器の表示)
ok "a link that is judged" "$FMREC" link "$why" subjects "$inc"
ok "and one that rests on it" "$FMREC" link "$les" from "$why"
"$FMREC" -q set "$inc" imported='{source: 旧台帳, key: "1", date: 2026-11-21}'
ok "cosmetic fields of the target do not matter" "$FMREC" validate
unlike "no link is suspect" "$out" 'ref\.suspect'

# ---- the target changes
"$FMREC" -q set "$inc" severity=S1
"$FMREC" -q set "$inc" situation=停止している
ok "a suspect link is a warning" "$FMREC" validate
like "in the record that holds it" "$out" "^records/whywhy/2026/$why.yaml:6:5: warning: ref\\.suspect: '$inc' is no longer what the link was judged against\$"
like "with what to do" "$out" "fmrec relink $why"
like "and it travels along the chain" "$out" "^records/lesson/2026/$les.yaml:.* warning: ref\\.suspect: '$why' rests on"
ok "one record alone says the same" "$FMREC" validate "$les"
like "by way of the others" "$out" 'ref\.suspect'

exit_is "suspicion that came from elsewhere" 1 "$FMREC" relink "$les" -m 'still true'
like "is sent there" "$err" "because of '$why'.*fmrec relink $why"
before=$(commits)
exit_is "without a reason" 1 "$FMREC" relink "$why"
like "what changed since is shown" "$out" '^\+severity: S1$'
like "all of it" "$out" '^\+situation: 停止している$'
unlike "and only that" "$out" '^[+-]title'
like "the reason is asked for" "$err" '-m REASON'
is "nothing is written" "$(commits) $(git status --porcelain)" "$before "
exit_is "a blank is no reason" 1 "$FMREC" relink "$why" -m '  '
ok "-n needs none" "$FMREC" relink -n "$why"
like "and shows what would be written" "$out" '^\+    judged: sha256:'
is "which is nothing" "$(commits) $(git status --porcelain)" "$before "

ok "with a reason" "$FMREC" relink "$why" -m '重大さが判っただけで、
分析は変わらない'
like "is told" "$out" "^$why: 1 link judged again   \\[main"
is "the reason is in the commit" "$(git log -1 --format=%B)" "fmrec: relink $why $inc

重大さが判っただけで、
分析は変わらない"
is "one line of the record changed" "$(git show --numstat --format= HEAD)" "1	1	records/whywhy/2026/$why.yaml"
ok "no link is suspect" "$FMREC" validate
unlike "nor does anything rest on one" "$out" 'ref\.suspect'
ok "nothing is left to do" "$FMREC" relink "$why" -m again
like "it is told" "$err" 'no suspect link'

# ---- one link of several, and one that was never judged
inc2=$("$FMREC" -q new incident -m 別の停止)
"$FMREC" -q link --no-judged "$why" subjects "$inc2"
"$FMREC" -q set "$inc" severity=S2
ok "a named link" "$FMREC" relink "$why" 対象 "${inc2##*-}" -m 見た
like "is judged for the first time" "$(cat "records/whywhy/2026/$why.yaml")" "^  - to: $inc2\$"
ok "the other one" "$FMREC" validate "$why"
like "stays suspect" "$out" "ref\\.suspect: '$inc'"
exit_is "linking again does not judge again" 128 "$FMREC" link --judged "$why" subjects "$inc"
like "but says how to" "$err" "fmrec relink $why"

# ---- a renamed target, and one whose history is gone
"$FMREC" -q rename "$inc" INC-20261121-ABCD
ok "a rename" "$FMREC" relink -n "$why"
like "does not hide what changed before" "$out" '^-severity: S1$'
ok "a reason, not committed" "$FMREC" relink --no-commit "$why" -m 見た
git commit -qm staged
sed -i 's/judged: sha256:..../judged: sha256:0000/' "records/whywhy/2026/$why.yaml"
git commit -qam 'by hand'
ok "what nobody wrote" "$FMREC" relink "$why" -m 見た
like "is not in the history" "$err" 'not in the history'

# ---- what the digest is made of does not depend on how it is written
"$FMREC" -q set INC-20261121-ABCD note=備考 && "$FMREC" -q relink "$why" -m 見た
printf '%s\n' 'note: "備考"' 'situation: 停止している' 'severity: S2' 'form: 1' 'title: 受注システムが停止' \
	'found_on: 2026-11-21T03:12:00+09:00' 'id: INC-20261121-ABCD' "aliases: [$inc]" \
	'imported: {date: 2026-11-21, key: "1", source: 別の名}' >records/incident/2026/INC-20261121-ABCD.yaml
ok "another order and other quotes" "$FMREC" validate "$why"
unlike "are no change" "$out" 'ref\.suspect'
exit_is "a link that is not there" 128 "$FMREC" relink "$why" nonsense INC-20261121-ABCD -m 見た
is "is not called unsuspected" "$err" "fmrec: $why and INC-20261121-ABCD are not linked so"
exit_is "too few words" 129 "$FMREC" relink
exit_is "a link without its target" 129 "$FMREC" relink "$why" subjects
done_testing
