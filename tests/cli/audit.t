# Audit: the verdict first, then what was found; for people, for programs, and as a page.
. "$(dirname "$0")/lib.sh"
schema=$top/schema/output/audit.json

repository
exit_is 'without a trust policy nothing is proved' 3 fmrec audit
is 'the verdict comes first' "$(printf '%s\n' "$out" | head -n 1 | cut -d' ' -f1)" UNPROVEN
like 'the code is told' "$out" '^\?.*policy\.none  '
exit_is 'in Japanese' 3 env FMREC_LANG=ja LANG=ja_JP.UTF-8 fmrec audit
like 'the word is there in both' "$out" '^立証不能 \(UNPROVEN\)'

exit_is 'json' 3 fmrec audit --format json
cp "$T/out" audit.json
exit_is 'follows its schema' 0 fmrec validate --schema "$schema" --assert-format audit.json
exit_is 'html' 3 fmrec audit --format html
cp "$T/out" audit.html
ok 'is well-formed' python3 -c 'import sys, xml.dom.minidom as d; d.parse("audit.html")'
unlike 'loads nothing' "$out" '(src|href)='
exit_is 'no other format' 129 fmrec audit --format yaml
exit_is 'two histories' 128 fmrec audit main...main
exit_is 'no pin without trust' 128 fmrec audit --write-pin "$T/x.pin"
is 'none was written' "$(ls "$T/x.pin" 2>/dev/null)" ''
printf 'pin: 1\n' >"$T/bad.pin"
exit_is 'a pin that is none' 128 fmrec audit --pin "$T/bad.pin"
exit_is 'a pin that is not there' 128 fmrec audit --pin "$T/none.pin"
exit_is 'a bundle wants a record and a file' 129 fmrec audit bundle INC-20261121-7KQ2
touch there.tar
exit_is 'a bundle replaces nothing' 128 fmrec audit bundle INC-20261121-7KQ2 there.tar

done_testing
