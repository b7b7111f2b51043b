# fmrec new on a terminal: questions, lists, proposals.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository
unset FMREC_PROMPT

ask() { # ask ANSWERS COMMAND...
	printf '%b' "$1" >"$T/answers"
	shift
	out=$(on_terminal "$@" <"$T/answers" | tr -d '\r')
}
file() { git show --name-only --format= HEAD; }

"$FMREC" -q new system -s name=受注管理システム >/dev/null
mail=$("$FMREC" -q new system -s name='Mail relay')
"$FMREC" -q new system -s name='Mail archive' >/dev/null

LANG=ja_JP.UTF-8 ask '受注システムが停止\n受注\n\n画面が応答しない。\n受注バッチも停止。\n\n' "$FMREC" new incident
like "labels in the language of the user, with the name of the field" "$out" '発生した事象 \(title\)'
like "a link by a part of a title" "$out" '→ SYS-[0-9A-Z]{4}  受注管理システム'
like "the present time is proposed" "$out" '\(found_on\) \[.*2026-11-21 03:12\]'
text=$(cat "$(file)")
like "the title is recorded" "$text" '^title: 受注システムが停止$'
like "the link" "$text" '^system: SYS-'
like "the proposed time" "$text" '^found_on: 2026-11-21T03:12:00\+09:00$'
like "the text of several lines" "$text" '^  受注バッチも停止。$'

ask 'Queue stuck\n?\nmail\n1\n2026-11-20\n\n' "$FMREC" new incident
like "? lists the candidates" "$out" 'Mail relay'
like "and a number picks one of those that fit" "$out" '→ SYS-[0-9A-Z]{4}  Mail (relay|archive)'
like "an empty answer leaves a field out" "$(cat "$(file)")" '^found_on: 2026-11-20$'
unlike "of course" "$(cat "$(file)")" '^situation: '

ask "x\n${mail#SYS-}\nsometime\n2026-11-20\n\n" "$FMREC" new incident
like "an answer that cannot be read is asked again" "$(cat "$(file)")" '^found_on: 2026-11-20$'
like "a link by an abbreviation" "$(cat "$(file)")" "^system: $mail\$"

ask '\nat last\n\n\n\n' "$FMREC" new incident
like "a field that is needed is asked again" "$(cat "$(file)")" '^title: at last$'

commits=$(git rev-list --count HEAD)
ask 'half\n\004' "$FMREC" new incident
is "the end of the input gives up" "$(git rev-list --count HEAD)$(git status --porcelain)" "$commits"
like "what was answered is kept" "$out" 'fmrec edit INC-20261121-'
exit_is "without a terminal nothing is asked" 129 "$FMREC" new incident
done_testing
