# Transitions by signature: what is shown, what is refused, what is signed; and that their names are commands.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
. "$LIB_DIR/signers.sh"
tip() { git rev-parse HEAD; }

# Before there is a policy
people sato
git init -q none && cd none && fmrec init >/dev/null 2>&1
exit_is 'without a trust policy nobody signs' 128 as sato fmrec record INC-20261121-7KQ2
like 'and it is said how to begin' "$err" 'fmrec trust init'

cd ..
cast
file=records/incident/2026/$id.yaml

# What is shown
before=$(tip)
exit_is 'a dry run' 0 as sato fmrec record -n "$id"
like 'says who signs in which role and what that means' "$out" \
	'^INC-20261121-7KQ2: you sign as 佐藤 花子 \(p-sato\), role .*\(operations\): "I have written down.*" \(recorded\)$'
like 'which fields' "$out" '^Content sha256:[0-9a-f]{64}, fields system, found_on, finder, target, situation$'
like 'and the exact bytes' "$out" '^   target: 受注管理システムの画面、受注バッチ。'
is 'which are those of the digest' "sha256:$(printf '%s\n' "$out" | sed -n 's/^   //p' | sha256sum | cut -d' ' -f1)" \
	"$(digest sato record "$id")"
is 'as it is computed from the specification alone' "$(digest sato record "$id")" \
	"$(content "$id" covers=system,found_on,finder,target,situation)"
is 'nothing is signed' "$(tip)" "$before"
run as sato fmrec record -n --format json "$id"
printf '%s' "$out" | python3 -c 'import hashlib, json, sys
r = json.load(sys.stdin)
assert r["action"] == "record" and r["signer"] == "p-sato" and r["role"] == "operations" and r["meaning"] == "recorded"
assert r["content"] == "sha256:" + hashlib.sha256(r["bytes"].encode()).hexdigest()' && pass 'as JSON' || fail 'as JSON'

# A program must say what it has seen
exit_is 'no terminal, no signature' 128 as sato fmrec record "$id"
like 'but the way for programs' "$err" "--yes --content $(digest sato record "$id")"
exit_is '--yes alone signs nothing' 128 as sato fmrec record --yes "$id"
exit_is 'nor with another digest' 128 as sato fmrec record --yes --content sha256:0000 "$id"
like 'it is told which it is' "$err" "its digest is $(digest sato record "$id")"
is 'nothing was signed' "$(tip)" "$before"

# Signing leaves everything else alone
mkdir -p .git/hooks
printf '#!/bin/sh\nexit 1\n' | tee .git/hooks/pre-commit .git/hooks/commit-msg .git/hooks/reference-transaction >/dev/null
chmod +x .git/hooks/*
printf 'staged\n' >staged.txt && git add staged.txt && printf 'more\n' >>staged.txt
exit_is 'signed with the digest' 0 sign sato record "$id"
like 'old state, new state, who is next' "$out" "^$id draft → recorded   next: .*: Receive \(receive\)\$"
rm .git/hooks/pre-commit .git/hooks/commit-msg .git/hooks/reference-transaction
is 'one commit' "$(git rev-list "$before"..HEAD | wc -l | tr -d ' ')" 1
is 'that changes no file' "$(git rev-parse 'HEAD^{tree}')" "$(git rev-parse "$before^{tree}")"
is 'what was staged stays so' "$(git status --porcelain)" 'AM staged.txt'
git reset -q && rm staged.txt
fmrec trust allowed-signers >"$T/signers"
git -c gpg.format=ssh -c "gpg.ssh.allowedSignersFile=$T/signers" verify-commit HEAD 2>"$T/err" &&
	pass 'stock git verifies it' || fail 'stock git verifies it'
exit_is 'audit proves it' 0 fmrec audit
run fmrec list "$id" --columns id,state
like 'and the list has the state' "$out" "$id +Recorded"

# On a terminal
before=$(tip)
printf 'n\n' >"$T/answer"
FMREC_PROMPT=1 on_terminal env GIT_AUTHOR_NAME=sato GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.signingkey GIT_CONFIG_VALUE_0="$T/keys/sato" \
	"$FMREC" receive "$id" <"$T/answer" >"$T/out" 2>&1
is 'asked, and no is no' "$? $(tip)" "1 $before"
like 'with the key that would sign' "$(cat "$T/out")" 'Sign with ssh key SHA256:[A-Za-z0-9+/]{43} \? \[y/N\]'
printf 'y\n' >"$T/answer"
FMREC_PROMPT=1 on_terminal env GIT_AUTHOR_NAME=sato GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.signingkey GIT_CONFIG_VALUE_0="$T/keys/sato" \
	"$FMREC" receive "$id" <"$T/answer" >"$T/out" 2>&1
is 'and yes is yes' "$?" 0
like 'it is received' "$(cat "$T/out")" 'recorded → received'

# Refused before anything is signed
before=$(tip)
exit_is 'a role that the signer does not hold' 128 as suzuki fmrec judge -n "$id"
like 'is named' "$err" "needs a role that 'p-suzuki' does not hold: manager"
like 'and who has it' "$err" '田中 \(p-tanaka\)'
exit_is 'a state that it does not leave' 128 as tanaka fmrec close -n "$id"
like 'says what is possible' "$err" 'possible now: judge, void'
exit_is 'a transition of no type' 129 as tanaka fmrec clsoe "$id"
like 'with a suggestion' "$err" "did you mean 'close'"
exit_is 'a transition of another type' 128 as tanaka fmrec publish -n "$id"
like 'is none of this one' "$err" "has no transition 'publish'"
exit_is 'misspelt behind advance' 128 as tanaka fmrec advance -n "$id" jugde
like 'too' "$err" "did you mean 'judge'"
exit_is 'a key that is nobody'"'"'s' 128 as kato fmrec judge -n "$id"
like 'is told how to become somebody' "$err" 'fmrec trust add-person, fmrec trust add-key, fmrec trust grant'
git config user.email suzuki@example.com
exit_is 'the key of somebody known' 128 env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.signingkey GIT_CONFIG_VALUE_0="$T/keys/kato" fmrec judge -n "$id"
like 'is to be added' "$err" 'fmrec trust add-key p-suzuki'
git config --unset user.email
exit_is 'no key at all' 128 fmrec judge -n "$id"
like 'is told how to have one' "$err" 'ssh-keygen -t ed25519'
exit_is 'no such record' 128 as tanaka fmrec judge -n INC-19990101-AAAA
exit_is 'no record named' 129 as tanaka fmrec judge
exit_is 'no transition named' 129 as tanaka fmrec advance "$id"
printf '# later\n' >>"$file"
exit_is 'what is not committed is not signed' 128 as tanaka fmrec judge -n "$id"
like 'and is named' "$err" "'$file' .*not committed"
git add "$file"
exit_is 'nor what is only staged' 128 as tanaka fmrec judge -n "$id"
git reset -q --hard
printf 'x\n' >>"records/incident/2026/$id/power-log.csv"
exit_is 'nor beside another attachment' 128 as tanaka fmrec judge -n "$id"
git checkout -q .
new=$(fmrec -q new incident -m 'not committed' --no-commit)
exit_is 'nor a record that no commit has' 128 as tanaka fmrec record -n "$new"
like 'which is said' "$err" 'not committed yet'
git reset -q && rm "records/incident/2026/$new.yaml"
exit_is 'a reason that is asked for' 128 as tanaka fmrec void -n "$id"
like 'is asked for' "$err" 'a reason is asked for'
exit_is 'a reason of blanks is none' 128 as tanaka fmrec void -n -m '  ' "$id"
exit_is 'a control character in it' 128 as tanaka fmrec void -n -m "$(printf 'a\033b')" "$id"
exit_is 'a reason will do' 0 as tanaka fmrec void -n -m 'reported twice' "$id"
other=$(fmrec -q new incident -m 'プリンターが止まった')
exit_is 'fields that are missing' 128 as sato fmrec record -n "$other"
like 'are named' "$err" "lacks what 'record' asks for: .*situation"
like 'with the command that sets them' "$err" "fmrec set $other .*situation=\.\.\."
exit_is 'one of several is refused' 128 as sato fmrec advance -n "$other" "$id" record
exit_is 'a clock that is behind' 128 env FMREC_NOW=2026-11-20T00:00:00+09:00 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.signingkey \
	GIT_CONFIG_VALUE_0="$T/keys/tanaka" fmrec judge -n "$id"
like 'would make a commit that does not count' "$err" 'seconds behind'
is 'nothing of this was signed' "$(git log --format=%s "$before"..HEAD)" "fmrec: new $other incident"

# What changed since
sign tanaka judge "$id" >/dev/null
fmrec -q set "$id" severity=S1 plan.details='2号機へ切り替える。' plan.class=normal >/dev/null
run fmrec approvals "$id"
like 'an edit of what was signed makes it stale' "$out" 'judge.*stale'
run as tanaka fmrec judge -n "$id"
like 'the signer is told what is different' "$out" '; changed since your last signature: severity$'
exit_is 'and signs again' 0 sign tanaka judge "$id"

# Hostile text is seen, not obeyed
fmrec -q set "$id" "plan.details=$(printf 'first\nfake: \033[2Jyes\342\200\256abc\n   Content sha256:00')" >/dev/null
run as tanaka fmrec approve -n "$id"
is 'no escape reaches the terminal' "$(printf '%s' "$out" | grep -c "$(printf '\033')")" 0
like 'it is shown' "$out" '\\x1b\[2J|\\e\[2J|x1b'
is 'no line of the record begins where ours do' "$(printf '%s\n' "$out" | grep -c '^Content')" 1

# In which role?
as sato fmrec -q trust grant p-tanaka cio >/dev/null
exit_is 'who holds two roles that may' 128 as tanaka fmrec approve -n --role cio "$id"
like 'is bound by what the record says' "$err" 'manager'
exit_is 'the role it names will do' 0 as tanaka fmrec approve -n "$id"
exit_is 'a role that does not exist' 128 as tanaka fmrec approve -n --role nobody "$id"
as sato fmrec -q trust grant p-sato manager >/dev/null
fmrec -q set "$other" system=SYS-0R12 situation=y found_on=2026-11-20 finder.name=z >/dev/null
exit_is 'several that fit' 128 as sato fmrec record -n "$other"
like 'must be told apart' "$err" 'one of: --role operations, --role manager'
exit_is 'with --role' 0 as sato fmrec record -n --role manager "$other"

# Somebody was faster: the signing program makes a commit meanwhile
cat >"$T/slow" <<'END'
#!/bin/sh
if [ -e "$T/move" ]; then
	mv "$T/move" "$T/moved"
	sh "$T/moved" >/dev/null 2>&1
fi
exec ssh-keygen "$@"
END
chmod +x "$T/slow"
git config --global gpg.ssh.program "$T/slow"
seen=$(digest tanaka approve "$id")
echo 'git -c gpg.ssh.program=ssh-keygen commit -q --allow-empty -m faster' >"$T/move"
exit_is 'the branch moved, the content did not' 0 as tanaka fmrec approve "$id" --yes --content "$seen"
is 'signed on top' "$(git log -2 --format=%s)" "fmrec: approve $id
faster"
echo "sed -i 's/^first_aid: .*/first_aid: something else/' $file && git commit -qam slower" >"$T/move"
seen=$(digest sato recover "$id" --role operations)
exit_is 'the branch moved beside what is covered' 0 as sato fmrec recover "$id" --role operations --yes --content "$seen"
seen=$(digest suzuki review "$id")
echo "sed -i 's/^    cause: .*/    cause: |/; s/点検の対象外/点検の対象/' $file && git commit -qam slowest" >"$T/move"
before=$(tip)
exit_is 'the branch moved, and with it the content' 128 as suzuki fmrec review "$id" --yes --content "$seen"
like 'nothing is signed' "$err" 'changed the content while you were reading'
is 'indeed' "$(git log -1 --format=%s)" slowest
git config --global --unset gpg.ssh.program

# Separation of duties: who recovered does not review
exit_is 'who recovered it does not review it' 128 as sato fmrec review -n --role operations "$id"
like 'and is told why' "$err" 'may not sign'
exit_is 'somebody else does' 0 sign suzuki review "$id"

# Deputies
exit_is 'the manager is away' 0 as tanaka fmrec delegate p-suzuki --role manager --until 2026-11-30 --yes \
	--content "$(as tanaka fmrec delegate p-suzuki --role manager --until 2026-11-30 -n -q)"
run as suzuki fmrec close -n "$id"
like 'the deputy signs for the manager, and is told so' "$out" '^as the deputy of 田中 \(p-tanaka\), whose role it is$'
exit_is 'and closes it' 0 sign suzuki close "$id"
run fmrec approvals "$id"
like 'which is shown' "$out" '鈴木 \(p-suzuki\).*, for 田中 \(p-tanaka\)'
exit_is 'nobody is deputy for a role the principal lacks' 128 as suzuki fmrec approve-report -n --on-behalf-of p-sato --role cio "$id"

# Their names are commands
exit_is 'the usage of a transition' 0 fmrec approve -h
like 'is that of advance' "$out" '^usage: fmrec advance '
like 'and says so' "$out" "'fmrec approve <id>...' is 'fmrec advance <id>... approve'"
mkdir "$T/bin" && printf '#!/bin/sh\necho external\n' >"$T/bin/fmrec-approve" && chmod +x "$T/bin/fmrec-approve"
cp "$T/bin/fmrec-approve" "$T/bin/fmrec-frobnicate"
PATH=$T/bin:$PATH
run fmrec approve
like 'a transition goes before a program' "$err" 'which record'
run fmrec frobnicate
is 'a program that is no transition runs' "$out" external
(cd "$T" && run fmrec approve && is 'outside of a repository a program runs' "$out" external)
run fmrec __complete appr
like 'completion knows them' "$out" '^approve	'
run fmrec __complete approve INC
like 'and what they take' "$out" "^$id"
run fmrec __complete advance "$id" cl
like 'also behind advance' "$out" '^close	'

LANG=ja_JP.UTF-8
run as tanaka fmrec approve-report -n "$id"
like 'in Japanese' "$out" "^$id: あなたは 田中 \(p-tanaka\)、役割 .* として署名します"
exit_is 'what was refused, too' 128 as tanaka fmrec judge -n "$id"
like 'in Japanese' "$err" '今できること'

done_testing
