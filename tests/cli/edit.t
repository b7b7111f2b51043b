# fmrec edit and new -e: the editor loop, with scripts for editors.
# shellcheck disable=SC1091,SC2154,SC2016
. "$(dirname "$0")/lib.sh"
repository

editor() { # editor NAME: the script on stdin becomes the editor; $1 is the file, $round counts its calls
	{
		printf '#!/bin/sh\nround=$(cat "%s/round" 2>/dev/null || echo 0)\nround=$((round + 1))\n' "$T"
		printf 'echo $round >"%s/round"\ncp "$1" "%s/seen.$round"\n' "$T" "$T"
		cat
	} >"$T/$1"
	chmod +x "$T/$1"
	rm -f "$T/round"
	GIT_EDITOR=$T/$1
	export GIT_EDITOR
}
commits() { git rev-list --count HEAD; }

id=$("$FMREC" -q new incident -m 受注システムが停止 -s severity=S2)
path=records/incident/2026/$id.yaml

editor good <<'EOS'
sed -i 's/^severity: .*/severity: S1/' "$1"
EOS
ok "an edit" "$FMREC" edit "$id"
is "is one commit" "$(git log -1 --format=%s)" "fmrec: edit $id"
like "with the change" "$(cat "$path")" '^severity: S1$'

before=$(commits)
editor nothing <<'EOS'
:
EOS
ok "no change" "$FMREC" edit "$id"
like "is told" "$err" 'nothing changed'
is "and writes nothing" "$(commits)$(git status --porcelain)" "$before"

editor twice <<'EOS'
case $round in
1) sed -i 's/^severity: .*/severity: S9/' "$1" ;;
2) sed -i 's/^severity: .*/severity: S3/' "$1" ;;
esac
EOS
ok "a fault, mended in the second round" "$FMREC" edit "$id"
like "the finding stood below its line" "$(sed -n '/^severity/{n;p;}' "$T/seen.2")" '^#! [0-9]+:[0-9]+ '
like "with what is allowed" "$(cat "$T/seen.2")" '^#! .*; allowed: S1 Critical'
like "the mended text is recorded" "$(cat "$path")" '^severity: S3$'
unlike "without the findings" "$(cat "$path")" '^#!'

before=$(commits)
editor bad <<'EOS'
[ "$round" -gt 1 ] || sed -i 's/^severity: .*/severity: S9/' "$1"
EOS
exit_is "a fault that stays" 1 "$FMREC" edit "$id"
like "is shown" "$err" 'S9'
like "the draft is kept" "$err" "fmrec edit $id"
is "nothing is written" "$(commits)$(git status --porcelain)" "$before"
editor mend <<'EOS'
sed -i 's/^severity: .*/severity: S4/' "$1"
EOS
ok "edit goes on with the draft" "$FMREC" edit "$id"
like "which holds what was typed" "$(cat "$T/seen.1")" '^severity: S9$'
like "and is recorded when it is valid" "$(cat "$path")" '^severity: S4$'
exit_is "the draft is gone then" 128 "$FMREC" edit --discard "$id"

editor empty <<'EOS'
: >"$1"
EOS
before=$(commits)
exit_is "an emptied file gives up" 1 "$FMREC" edit "$id"
is "and nothing is written" "$(commits)$(git status --porcelain)" "$before"

editor failing <<'EOS'
sed -i 's/^severity: .*/severity: S1/' "$1"
exit 3
EOS
exit_is "an editor that fails" 128 "$FMREC" edit "$id"
is "writes nothing" "$(commits)$(git status --porcelain)" "$before"
"$FMREC" edit --discard "$id" >/dev/null 2>&1

editor meanwhile <<'EOS'
sed -i 's/^severity: .*/severity: S1/' "$1"
GIT_EDITOR=: "$FMREC" -q set "$ID" situation=meanwhile
EOS
exit_is "somebody else was faster" 128 env ID="$id" "$FMREC" edit "$id"
like "is told" "$err" 'draft'
like "their text stands" "$(cat "$path")" '^situation: meanwhile$'
like "and ours is not in it" "$(cat "$path")" '^severity: S4$'
editor nothing <<'EOS'
:
EOS
ok "the draft takes over what only they changed" "$FMREC" edit "$id"
like "their field" "$(cat "$path")" '^situation: meanwhile$'
like "and ours" "$(cat "$path")" '^severity: S1$'

before=$(commits)
editor nothing <<'EOS'
:
EOS
exit_is "new -e, left unchanged" 1 "$FMREC" new incident -e
is "records nothing" "$(commits)$(git status --porcelain)" "$before"
like "the template has comments" "$(cat "$T/seen.1")" '^# '
unlike "and no draft is kept of an untouched template" "$err" 'draft'
editor title <<'EOS'
case $round in
1) printf 'severity: S8\n' >>"$1" ;;
2) sed -i 's/^severity: S8/severity: S2/' "$1" ;;
esac
EOS
ok "new -e with a title and a fault in the first round" "$FMREC" new incident -e -m 編集した
like "is recorded in the end" "$out" '^INC-20261121-[0-9A-Z]{4} recorded'
new=$(printf '%s' "$out" | sed -n '1s/.*  //p')
like "with what was typed" "$(cat "$new")" '^severity: S2$'
unlike "and without findings" "$(cat "$new")" '^#!'

editor partly <<'EOS'
sed -i -e 's/^title:.*/title: partly/' -e '/^# finder:/,/person:/s/^# //' "$1"
sed -i -e '/^finder:/,/person:/s/name: /name: 田中/' -e '/^title/a# my own note' "$1"
EOS
ok "new -e, with a group filled in partly" "$FMREC" new incident -e
new=$(printf '%s' "$out" | sed -n '1s/.*  //p')
is "what was left empty, and the notes, are gone" "$(sed '1,2d' "$new")" 'form: 1
title: partly
# my own note
found_on: 2026-11-21T03:12:00+09:00
finder:
  name: 田中'

editor bad <<'EOS'
[ "$round" -gt 1 ] || printf 'severity: S8\n' >>"$1"
EOS
before=$(commits)
exit_is "new -e, given up" 1 "$FMREC" new incident -e -m 下書き
draft=$(printf '%s\n' "$err" | sed -n 's/.*fmrec edit //p')
like "keeps a draft" "$draft" '^INC-20261121-'
is "and records nothing" "$(commits)$(git status --porcelain)" "$before"
editor mend <<'EOS'
sed -i 's/^severity: S8/severity: S2/' "$1"
EOS
ok "edit finishes the new record" "$FMREC" edit "${draft##*-}"
is "as a new one" "$(git log -1 --format=%s)" "fmrec: new $draft incident"

printf 'id: [\n' >"$path"
git commit -qam broken
editor whole <<'EOS'
printf 'id: %s\nform: 1\ntitle: whole again\n' "$ID" >"$1"
EOS
ok "a record that cannot be parsed can be edited" env ID="$id" "$FMREC" edit "$id"
ok "all is valid" "$FMREC" validate
exit_is "nothing named" 129 "$FMREC" edit
exit_is "what is not there" 128 "$FMREC" edit INC-20261121-ZZZZ
done_testing
