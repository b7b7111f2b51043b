# Bare fmrec: what to do next.
. "$(dirname "$0")/lib.sh"

exit_is 'outside a repository' 0 fmrec
like 'it says how to begin' "$out" 'fmrec init DIRECTORY'
git init -q plain
exit_is 'in a repository without records' 0 fmrec -C plain
like 'it says how to begin there' "$out" '^  fmrec init '

repository
exit_is 'in a record repository' 0 fmrec
like 'it counts' "$out" '^0 records, everything is valid\.'
like 'and says what to start' "$out" '^Start one:  fmrec new .*incident'
mkdir -p .git/fmrec/drafts
printf 'id: NMS-20261121-D0C5\ntitle: バックアップ容量の警告\n' >.git/fmrec/drafts/NMS-20261121-D0C5.yaml
run fmrec
like 'a draft is listed with the way to go on' "$out" '^  draft +NMS-20261121-D0C5  バックアップ容量の警告 +fmrec edit D0C5$'
like 'and counted' "$out" '^0 records, 1 draft is unfinished, '
mkdir -p records/incident/2026
printf 'id: INC-20261121-7KQ2\nform: 1\ntitle: x\nfrob: 1\n' >records/incident/2026/INC-20261121-7KQ2.yaml
run fmrec
like 'a faulty record is listed with its first fault' "$out" '^  invalid +INC-20261121-7KQ2 +value\.unknown-field: '
like 'and counted' "$out" '1 is not valid'
is 'it is no error' "$code" 0
run env LANG=ja_JP.UTF-8 fmrec
like 'in Japanese too' "$out" '^記録 1 件、書きかけの下書き 1 件、無効なもの 1 件'
is 'reading wrote nothing' "$(git status --porcelain | grep -v records)" ''
git rm -rq --cached . && git reset -q --hard && git clean -qfd
id=$(fmrec -q new incident -m '途中で切れた' --no-commit)
run fmrec
like 'what was staged and not committed is counted' "$out" '^1 record, 1 draft is unfinished, 1 is staged and not committed, everything'
like 'and listed' "$out" "^  staged +$id +途中で切れた +git commit$"
git commit -qm x
run fmrec
unlike 'until it is committed' "$out" 'staged'

done_testing
