# fmrec attach: files with a record.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
repository

id=$("$FMREC" -q new incident -m x)
path=records/incident/2026/$id.yaml
folder=records/incident/2026/$id
printf 'a,b\n1,2\n' >"$T/power.csv"
printf '\000\001binary' >"$T/rack.jpg"

ok "attach two files" "$FMREC" attach "$id" "$T/power.csv" "$T/rack.jpg"
like "tells their names" "$out" "^$id  \\+ $folder/power.csv\$"
is "one commit" "$(git log -1 --format=%s)" "fmrec: attach $id (2 files)"
same "the file is copied" "$folder/power.csv" "$T/power.csv"
same "byte by byte" "$folder/rack.jpg" "$T/rack.jpg"
sum=$(sha256sum <"$T/power.csv")
like "its digest is in the record" "$(cat "$path")" "^ *sha256: ${sum%% *}\$"
like "and its size" "$(cat "$path")" '^ *size: 8$'
ok "the record is valid" "$FMREC" validate
is "nothing left over" "$(git status --porcelain)" ""

ok "name and label" sh -c 'printf log | "$0" attach "$1" --name orders.log -l "ログ" -' "$FMREC" "$id"
like "label" "$(cat "$path")" '^ *label: ログ$'

commits=$(git rev-list --count HEAD)
exit_is "a name that is taken" 128 "$FMREC" attach "$id" "$T/power.csv"
like "is told" "$err" "already has an attachment 'power.csv'"
exit_is "or differs only in case" 128 "$FMREC" attach "$id" --name POWER.CSV "$T/rack.jpg"
for name in ../x a/b /etc/x .hidden .. '' "$(printf 'a\033[2Jb')" 'a\b'; do
	exit_is "the name '$(printf '%s' "$name" | tr '\033' '?')' is refused" 128 \
		"$FMREC" attach "$id" --name="$name" "$T/rack.jpg"
	unlike "without an escape on the terminal" "$err" "$(printf '\033')"
done
exit_is "a file that is not there" 128 "$FMREC" attach "$id" "$T/nothing"
exit_is "a directory" 128 "$FMREC" attach "$id" "$T"
echo in-the-way >"$folder/stray.txt"
exit_is "a file in the way" 128 "$FMREC" attach "$id" --name stray.txt "$T/power.csv"
is "is not overwritten" "$(cat "$folder/stray.txt")" in-the-way
rm "$folder/stray.txt"
sed -i 's/attachment_bytes: .*/attachment_bytes: 16/' .fmrec/config.yaml && git commit -qam 'small limit'
head -c 17 /dev/zero >"$T/big"
exit_is "a file that is too large" 128 "$FMREC" attach "$id" "$T/big"
like "names the limit" "$err" 'limits.attachment_bytes'
exit_is "an endless file" 128 "$FMREC" attach "$id" --name zero /dev/zero
ln -s /etc/passwd "records/incident/2026/link" 2>/dev/null
rm -f records/incident/2026/link
is "none of this made a commit" "$(git rev-list --count HEAD)" $((commits + 1))
is "or left a file" "$(git status --porcelain)" ""

printf 'changed\n' >"$folder/power.csv"
exit_is "a changed attachment is a finding" 1 "$FMREC" validate
like "by its code" "$out$err" 'attachment\.changed'
git checkout -q "$folder/power.csv"

ok "--remove" "$FMREC" attach --remove "$id" rack.jpg
exit_is "takes the file away" 1 test -e "$folder/rack.jpg"
unlike "and its entry" "$(cat "$path")" 'rack.jpg'
exit_is "--remove of what is not there" 128 "$FMREC" attach --remove "$id" nothing.txt
like "names what is there" "$err" 'power.csv'
ok "--remove the others" "$FMREC" attach --remove "$id" power.csv orders.log
unlike "no empty list stays" "$(cat "$path")" 'attachments'
ok "still valid" "$FMREC" validate
done_testing
