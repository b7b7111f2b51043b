# Every sentence is translated, and every translation fits its sentence.
. "$(dirname "$0")/../cli/lib.sh"
cd "$top" || exit 1

command -v xgettext >/dev/null 2>&1 || {
	skip 'translations' 'no xgettext here'
	done_testing
}
ok 'the sentences can be collected' make "$B/fmrec.pot" "B=$B"
for po in src/po/*.po; do
	language=$(basename "$po" .po)
	ok "$language is well-formed" msgfmt -c --check-accelerators='&' -o "$T/$language.mo" "$po"
	msgmerge -q --no-fuzzy-matching -o "$T/merged.po" "$po" "$B/fmrec.pot"
	msgattrib --untranslated --no-obsolete "$T/merged.po" 2>/dev/null | grep '^msgid ' | grep -v '^msgid ""$' >"$T/missing"
	msgattrib --untranslated --no-obsolete --no-wrap "$T/merged.po" 2>/dev/null | sed -n 's/^msgid "\(..*\)"$/\1/p' >"$T/missing"
	is "$language: every sentence is translated" "$(cat "$T/missing")" ''
	is "$language: no guess is left" "$(msgattrib --only-fuzzy --no-obsolete "$po" | grep -c '^msgid')" 0
	is "$language: nothing obsolete is kept" "$(msgattrib --only-obsolete "$po" | grep -c '^#~ msgid')" 0
done

done_testing
