# Audit: the verdict first, then what was found; for people, for programs, and as a page.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust.sh"
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
exit_is 'and no options' 129 fmrec audit --strict bundle INC-20261121-7KQ2 x.tar
exit_is 'and something to prove' 128 fmrec audit bundle INC-20261121-7KQ2 x.tar
like 'which is said' "$err" 'no trust policy'
touch there.tar
exit_is 'a bundle replaces nothing' 128 fmrec audit bundle INC-20261121-7KQ2 there.tar

# ---- a history that was kept well
cd "$T/work" && trust_repository well
file MEM-20261121-0001 '受注が停止' '再起動する'
act p-ito receive MEM-20261121-0001 operations received title
act p-sato approve MEM-20261121-0001 manager approved plan
file MEM-20261121-0002 '<b>bold & "loud"</b>' 'Wait.'
rm -rf .git/fmrec
exit_is 'is proven' 0 fmrec audit
is 'says so first' "$(printf '%s\n' "$out" | head -n 1)" 'PROVEN  7 commits, 2 approvals by 2 persons, policy version 1, since 2026-11-21'
like 'says what anchors it' "$out" '^        no anchor: '
like 'says who is the author' "$out" '^        authorship: claimed'
like 'lists the records' "$out" '^MEM-20261121-0001  approved  receive 伊藤 次郎 \(p-ito, operations\) 2026-11-21; approve 佐藤 花子 \(p-sato, manager\) 2026-11-21$'
like 'aligned' "$out" '^MEM-20261121-0002  filed$'
is 'leaves nothing behind' "$(ls .git/fmrec 2>/dev/null)" ''
exit_is 'without the table' 0 fmrec audit --no-records
unlike 'no record is told' "$out" '^MEM-'
exit_is 'of one record' 0 fmrec audit 0002
unlike 'the other is not told' "$out" '^MEM-20261121-0001'
exit_is 'of a record that is none' 128 fmrec audit NONE-0001
exit_is 'of two at once' 128 fmrec audit MEM-2026
like 'the candidates are named' "$err" 'MEM-20261121-0002'
exit_is 'quiet is as good' 0 fmrec -q audit
exit_is 'strict wants an anchor' 3 fmrec audit --strict
exit_is 'a revision' 0 fmrec audit HEAD~1
unlike 'is without what came later' "$out" 'MEM-20261121-0002'
exit_is 'a range' 0 fmrec audit HEAD~2..HEAD
exit_is 'a revision that is none' 128 fmrec audit nonesuch

# Nothing is believed, and everywhere is as good as anywhere.
mkdir -p sub/directory
exit_is 'in a subdirectory' 0 sh -c 'cd sub/directory && fmrec audit'
git worktree add -q "$T/linked" HEAD
exit_is 'in a linked work tree' 0 sh -c 'cd "$T/linked" && fmrec audit'
git clone -q --bare . "$T/bare.git"
exit_is 'in a bare repository' 0 sh -c 'cd "$T/bare.git" && fmrec audit'
exit_is 'without an index, work tree, or config that can be read' 0 sh -c 'cp -R .git "$T/mangled.git" &&
	rm -f "$T/mangled.git/index" && printf "[core]\n\tbare = true\n[gpg]\n\tformat = x509\n[gpg \"ssh\"]\n\tprogram = false\n" >"$T/mangled.git/config" &&
	cd "$T/mangled.git" && PATH=/nonexistent "$FMREC" audit'

exit_is 'json' 0 fmrec audit --format json
cp "$T/out" audit.json
exit_is 'follows its schema' 0 fmrec validate --schema "$schema" --assert-format audit.json
cat >look.py <<'P'
import json
audit = json.load(open("audit.json", encoding="utf-8"))
assert audit["verdict"] == "proven" and audit["summary"]["approvals"] == 2
record, other = audit["records"]
assert record["state"] == "approved" and other["state"] == "filed" and other["votes"] == []
vote = record["votes"][1]
assert vote["person"] == "p-sato" and vote["role"] == "manager" and vote["meaning"] == "approved", vote
assert vote["status"] == "counts" and vote["covers"] == ["plan"] and vote["policy_version"] == 1
assert vote["key"].startswith("SHA256:") and len(vote["commit"]) == 40 and vote["digest"].startswith("sha256:")
assert vote["time"] == "2026-11-20T18:05:00+00:00", vote["time"]
assert [step["stands"] for step in record["steps"]] == [True, True]
assert "p-ito" in record["authors"]
P
ok 'each vote has commit, person, key, role, meaning, time, digest and policy' python3 look.py
exit_is 'html' 0 fmrec audit --format html
cp "$T/out" audit.html
ok 'is well-formed' python3 -c 'import xml.dom.minidom as d; d.parse("audit.html")'
unlike 'nothing escapes its place' "$out" '<b>'
exit_is 'html in Japanese' 0 env LANG=ja_JP.UTF-8 fmrec audit --format html
like 'says so' "$out" '<html lang="ja"'
rm -f audit.json audit.html look.py

exit_is 'the evidence of a record' 0 fmrec audit --record 0001
like 'names the title' "$out" '^Evidence for the record MEM-20261121-0001  受注が停止$'
like 'names who' "$out" '^   signed by 佐藤 花子 \(p-sato, manager\)$'
like 'names the role' "$out" '^   role held that day: Manager responsible \(manager\)$'
like 'names the department' "$out" '情報システム部'
like 'names what was declared' "$out" '^   declared: "I approve it\." \(meaning signed: approved\)$'
like 'names what was covered' "$out" '^   that is: Plan \(plan\)$'
like 'names what is not proved' "$out" 'as the commits claim: nobody had to sign edits'
exit_is 'in Japanese' 0 env LANG=ja_JP.UTF-8 fmrec audit --record 0001
like 'as a lawyer reads it' "$out" '宣言:「これを認める。」'

# ---- pins
exit_is 'note what was found' 0 fmrec audit --write-pin "$T/audit.pin"
is 'the tip is in it' "$(sed -n "s/^tip: '\(.*\)'/\1/p" "$T/audit.pin")" "$(git rev-parse HEAD)"
exit_is 'hold the history against it' 0 fmrec audit --pin "$T/audit.pin"
like 'it is anchored' "$out" 'anchored by pin of 2026-11-21'
exit_is 'strict is content' 0 fmrec audit --strict --pin "$T/audit.pin"
file MEM-20261121-0003 'Third' 'Wait.'
exit_is 'later commits are not covered' 0 fmrec audit --pin "$T/audit.pin"
like 'and told' "$out" 'no anchor for the last'
cp "$T/audit.pin" "$T/old.pin"
exit_is 'a pin moves on' 0 fmrec audit --write-pin "$T/audit.pin"
is 'to the new tip' "$(sed -n "s/^tip: '\(.*\)'/\1/p" "$T/audit.pin")" "$(git rev-parse HEAD)"
git branch later
git reset -q --hard HEAD~2
cp "$T/audit.pin" "$T/kept.pin"
exit_is 'a tail that was cut off' 1 fmrec audit --pin "$T/audit.pin"
like 'is a violation' "$out" '^!.*pin\.'
exit_is 'without the pin nobody can tell' 0 fmrec audit
like 'which is said' "$out" 'no anchor'
exit_is 'a pin does not move back' 128 fmrec audit --write-pin "$T/audit.pin"
same 'and is as it was' "$T/audit.pin" "$T/kept.pin"
exit_is 'nor is one replaced by another' 128 fmrec audit --pin "$T/old.pin" --write-pin "$T/audit.pin"
git reset -q --hard later

# ---- what was approved is changed
file MEM-20261121-0001 '受注が停止' '何もしない' p-kato
exit_is 'is a violation' 1 fmrec audit
is 'the verdict' "$(printf '%s\n' "$out" | head -n 1 | cut -d' ' -f1)" VIOLATION
like 'names commit, time, code and record' "$out" "^!$(git rev-parse --short=7 HEAD)  2026-11-21 03:..  rec\.stale  .*MEM-20261121-0001"
like 'what was approved' "$out" '^          approved sha256:[0-9a-f]{64}$'
like 'and what is there now' "$out" '^          now      sha256:[0-9a-f]{64}$'
like 'the fields' "$out" '^          covered: plan   state is now received$'
exit_is 'the evidence tells it' 1 fmrec audit --record 0001
like 'what became of it' "$out" 'no longer counts'
exit_is 'only what came before it' 0 fmrec audit HEAD~1

# ---- what cannot be read is not proven (approvals, section 6)
if git init -q --object-format=sha256 "$T/other" 2>"$T/note"; then
	exit_is 'a SHA-256 repository is unproven' 3 fmrec -C "$T/other" audit
	like 'which is said' "$out" '^UNPROVEN'
	like 'and why' "$err" 'sha256'
else
	skip 'a SHA-256 repository is unproven' 'this git makes none'
fi

done_testing
