# fmrec unlink: one link less, and nothing else.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

commits() { git rev-list --count HEAD; }

inc=$("$FMREC" -q new incident -m 受注システムが停止)
inc2=$("$FMREC" -q new incident -m 同じ電源で停止)
why=$("$FMREC" -q new whywhy -m なぜ停止したか)
path=records/whywhy/2026/$why.yaml
printf '# first\n\nsubjects:   # both\n  - %s # one\n  - to: %s\n    note: two\n' "$inc" "$inc2" >>"$path"
git commit -qam 'by hand'

ok "from the other side" "$FMREC" unlink "$inc2" whywhy "$why"
like "tells which link went" "$out" "^$why  subjects\\.1: - $inc2   \\[main [0-9a-f]{7}\\]\$"
is "the commit says so" "$(git log -1 --format=%s)" "fmrec: unlink $why subjects.1 $inc2"
is "only its lines went" "$(git show --numstat --format= HEAD)" "0	2	$path"
before=$(commits)
ok "what is not there" "$FMREC" unlink "$inc2" whywhy "$why"
like "is told" "$err" 'not linked'
is "without a commit" "$(commits)" "$before"
ok "-n" "$FMREC" unlink -n "$why" "$inc"
is "writes nothing" "$(commits) $(git status --porcelain)" "$before "
ok "without the name, when there is one link" "$FMREC" unlink "$inc" "$why"
unlike "no empty list stays" "$(cat "$path")" '^subjects'
like "other comments do" "$(cat "$path")" '^# first$'

"$FMREC" -q link "$inc" same_cause "$inc2"
"$FMREC" -q link "$inc" duplicate_of "$inc2"
exit_is "several links between two records" 128 "$FMREC" unlink "$inc" "$inc2"
like "are named" "$err" "^hint: same_cause\\.0"
ok "one of them" "$FMREC" unlink "$inc2" same_cause "$inc"
ok "and the other one, not committed" "$FMREC" unlink --no-commit "$inc" 重複元 "$inc2"
is "is staged" "$(git status --porcelain)" "M  records/incident/2026/$inc.yaml"
git commit -qm staged

# A link to what is gone can be taken away.
"$FMREC" -q link "$why" subjects "$inc2"
"$FMREC" -q rm --force "$inc2"
exit_is "a dangling link" 1 "$FMREC" validate
ok "is taken away by the id that is gone" "$FMREC" unlink "$why" subjects "$inc2"
ok "and all is well" "$FMREC" validate
exit_is "too few words" 129 "$FMREC" unlink "$why"
exit_is "no such record" 128 "$FMREC" unlink INC-20261121-ZZZZ "$why"
done_testing
