# fmrec log-entry: the running log of a failure.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

id=$("$FMREC" -q new incident -m 受注システムが停止)
path=records/incident/2026/$id.yaml
ok "an entry" "$FMREC" log-entry "${id##*-}" 再起動を開始
like "tells when, what and where" "$out" "^$id  2026-11-21T03:12:00\\+09:00  再起動を開始   \\[main [0-9a-f]{7}\\]\$"
is "the commit says what was done" "$(git log -1 --format=%s)" "fmrec: log-entry $id"
like "the time is now, in the zone of the config" "$(cat "$path")" '^ *- at: 2026-11-21T03:12:00\+09:00$'
like "the text is there" "$(cat "$path")" '^ *text: 再起動を開始$'
ok "time, kind and actor" "$FMREC" log-entry "$id" -t '2026年11月21日 3時5分' -k 発生 -a '監視班 田中' 電源が 断
like "time" "$(cat "$path")" '^ *- at: 2026-11-21T03:05:00\+09:00$'
like "kind by its label" "$(cat "$path")" '^ *kind: occurrence$'
like "actor" "$(cat "$path")" '^ *actor: 監視班 田中$'
like "words are joined" "$(cat "$path")" '^ *text: 電源が 断$'
is "nothing above was touched" "$(git show --numstat --format= HEAD | cut -f 2)" 0
is "text from stdin" "$(printf 'line one\nline two\n' | "$FMREC" log-entry "$id" - >/dev/null && grep -c 'line two' "$path")" 1
ok "the time alone" "$FMREC" log-entry "$id" -t 3:05 電話連絡
like "is the last one" "$out" '2026-11-21T03:05:00\+09:00'
ok "before midnight" "$FMREC" log-entry "$id" -t 23:50 異常音
like "was yesterday" "$out" '2026-11-20T23:50:00\+09:00'
ok "all is valid" "$FMREC" validate

commits=$(git rev-list --count HEAD)
exit_is "a wrong kind" 1 "$FMREC" log-entry "$id" -k recovry x
like "names the nearest" "$err" 'recovery'
exit_is "a wrong time" 1 "$FMREC" log-entry "$id" -t sometimes x
exit_is "no text" 129 "$FMREC" log-entry "$id"
exit_is "empty text" 128 "$FMREC" log-entry "$id" ''
system=$("$FMREC" -q new system -s name=x)
exit_is "a type without a log" 128 "$FMREC" log-entry "$system" x
like "says so" "$err" "keep no log"
is "none of this made a commit" "$(git rev-list --count HEAD)" $((commits + 1))

for i in 1 2 3 4 5 6; do
	"$FMREC" -q log-entry "$id" "parallel $i" 2>>"$T/errors" &
done
wait
is "entries made at the same time are all there" "$(grep -c 'text: parallel' "$path")" 6
done_testing
