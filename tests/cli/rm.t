# fmrec rm
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

system=$("$FMREC" -q new system -s name=受注管理システム)
incident=$("$FMREC" -q new incident -m "$(printf 'title \033[2J')" -s system="$system")
[ -n "$incident" ] || incident=$("$FMREC" -q new incident -m title -s system="$system")
commits=$(git rev-list --count HEAD)

exit_is "a record that others link to" 1 "$FMREC" rm "$system"
like "they are listed" "$err" "$incident links to it: system"
unlike "without their control characters" "$err" "$(printf '\033')"
is "nothing is written" "$(git rev-list --count HEAD)$(git status --porcelain)" "$commits"
ok "-n --force" "$FMREC" rm -n --force "$system"
like "shows what goes" "$out" '^-name: 受注管理システム$'
is "and writes nothing" "$(git rev-list --count HEAD)$(git status --porcelain)" "$commits"

printf log >"$T/a.log"
"$FMREC" attach "$incident" "$T/a.log" >/dev/null 2>&1
ok "rm" "$FMREC" rm "$incident"
like "says so" "$out" "^$incident removed, with 1 file beside it   \\[main "
is "the commit says what was done" "$(git log -1 --format=%s)" "fmrec: rm $incident"
is "the attachments are gone too" "$(ls -A records/incident 2>/dev/null)" ""
mkdir -p records/incident && echo 'broken: [' >records/incident/TEST.yaml
ok "what cannot be read does not stand in the way" "$FMREC" rm -n "$system"
like "but it is said" "$err" '1 record cannot be read and may link to it'
rm records/incident/TEST.yaml
ok "nobody links to it now" "$FMREC" rm "$system"
ok "all is valid" "$FMREC" validate
is "nothing left over" "$(git status --porcelain)" ""
exit_is "what is not there" 128 "$FMREC" rm "$system"
exit_is "nothing named" 129 "$FMREC" rm
done_testing
