# Links on the whole resulting tree: who deletes and who links may be two people, two commits, two branches.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

inc=$("$FMREC" -q new incident -m 受注システムが停止)
why=$("$FMREC" -q new whywhy -m なぜ停止したか)
prv=$("$FMREC" -q new prevention -m 電源の二重化)
path=records/incident/2026/$inc.yaml
git branch linked && git branch deleted && git branch renamed

git checkout -q linked
"$FMREC" -q link "$why" subjects "$inc" --note 現象
git checkout -q deleted
ok "nobody links to it here: it may go" "$FMREC" rm "$inc"
ok "that range is good" "$FMREC" validate --rev main..deleted
ok "the other one, too" "$FMREC" validate --rev main..linked
git merge -q --no-commit linked >/dev/null 2>&1
exit_is "what is staged of their merge is not" 1 "$FMREC" validate --staged
like "the link dangles" "$out" "^records/whywhy/2026/$why.yaml:.* ref\\.dangling: no record '$inc'"
git commit -qm 'deleted, then linked'
exit_is "nor is the merge" 1 "$FMREC" validate --rev main..HEAD
like "by its commit" "$out" "^$(git rev-parse HEAD | cut -c1-12):records/whywhy/2026/$why.yaml:.* ref\\.dangling"
git checkout -q linked
git merge -q -m 'linked, then deleted' deleted~1
exit_is "with the parents the other way round" 1 "$FMREC" validate --rev main..HEAD
like "whoever links is found, though unchanged in the merge" "$out" \
	"^$(git rev-parse HEAD | cut -c1-12):records/whywhy/2026/$why.yaml:.* ref\\.dangling"
git reset -q --hard HEAD~1

# Moved by hand, without fmrec: every link to it is found.
git mv "$path" records/incident/2026/INC-20261121-ABCD.yaml
sed -i 's/^id: .*/id: INC-20261121-ABCD/' records/incident/2026/INC-20261121-ABCD.yaml
exit_is "a record that is renamed by hand" 1 "$FMREC" validate
git add -A
exit_is "before the commit" 1 "$FMREC" validate --staged
like "leaves links behind" "$out" "ref\\.dangling: no record '$inc'"
git commit -qm moved
exit_is "in the range" 1 "$FMREC" validate --rev HEAD~1..HEAD
git reset -q --hard HEAD~1

# Two commits: the one that deletes is at fault, even when the next one mends it.
git rm -q "$path" && git commit -qm deletes
"$FMREC" -q unlink "$why" "$inc"
exit_is "a commit between" 1 "$FMREC" validate --rev HEAD~2..HEAD
like "is judged by what it leaves" "$out" "^$(git rev-parse HEAD~1 | cut -c1-12):"
ok "the next one is good" "$FMREC" validate --rev HEAD~1..HEAD
git reset -q --hard HEAD~2

# The same link renamed on one branch and used on another is sent to the new id (see rename.t); two renames of one
# record on two branches are a conflict that git names.
git checkout -q renamed
"$FMREC" -q rename "$inc" INC-20261121-EFGH
git merge -q -m merged linked
exit_is "a link to a record that was renamed elsewhere" 1 "$FMREC" validate
like "says what it is called now" "$out" "it is 'INC-20261121-EFGH' now"

# ---- the chain: what the states ask for
git checkout -q linked
"$FMREC" -q set "$why" 'phenomenon=停止した' 'team=[{name: 佐藤, part: leader}]' \
	'whys=[{statement: なぜ, answer: 電源断, root_cause: true, cause_class: [process]}]'
exit_is "F-84: a root cause without prevention or a reason for none" 1 "$FMREC" validate --for agreed "$why"
like "is not agreed" "$out" 'record\.state'
ok "F-84: a prevention" "$FMREC" link "$why" preventions "$prv"
ok "F-84: answers it" "$FMREC" validate --for agreed "$why"
ok "F-84: without it" "$FMREC" unlink "$why" "$prv"
ok "F-84: the reason for none" "$FMREC" set "$why" whys.0.no_prevention=了承した
ok "F-84: does as well" "$FMREC" validate --for agreed "$why"

ext=$("$FMREC" -q new extcase -m 他社の停電)
"$FMREC" -q link "$prv" incidents "$inc"
"$FMREC" -q link "$prv" past_cases "$inc" --note 当てはめた --no-judged
"$FMREC" -q link "$prv" outside_cases "$ext" --on 2026-11-20
"$FMREC" -q set "$prv" verification.result=有効 verification.date=2026-11-21 verification.reason=再発しない
ok "F-92: verified by own and outside cases" "$FMREC" validate "$prv"
"$FMREC" -q set "$ext" note=続報
ok "F-92: the outside case goes on" "$FMREC" validate "$prv"
like "the verification has to be looked at again" "$out" "ref\\.suspect: '$ext'"
ok "F-92: still so" "$FMREC" relink "$prv" -m 結論は同じ

# Maps in lists survive the way through a table.
ok "a table of links" "$FMREC" export prevention
printf '%s\n' "$out" >"$T/table.csv"
like "with all that is said of them" "$out" '当てはめた'
git commit -qam before --allow-empty
ok "read again" "$FMREC" import "$T/table.csv" --type prevention
is "it changes nothing" "$(git status --porcelain; git log -1 --format=%s)" before
done_testing
