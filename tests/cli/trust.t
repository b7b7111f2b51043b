# fmrec trust: who may sign what, with which key (X-05, F-33, F-146, approvals section 2).
. "$(dirname "$0")/lib.sh"

unset SSH_AUTH_SOCK
repository repo
for name in sato suzuki mori; do
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$T/$name"
done
policy=.fmrec/trust/policy.yaml
as() { # as NAME COMMAND...: with that key
	as_name=$1
	shift
	git -c user.signingKey="$T/$as_name.pub" -c alias.x="!${FMREC}" x "$@"
}
made=$(ls -A .fmrec)
version() { sed -n 's/^version: //p' $policy; }

# ---- before the first ----
exit_is 'nothing to show' 128 fmrec trust
like 'what to do is said' "$err" 'fmrec trust init'
exit_is 'nothing to change' 128 fmrec trust grant sato admin
exit_is 'no key, no policy' 128 fmrec trust init
like 'how to set a key' "$err" 'git config --global user.signingKey'
is 'nothing was written' "$(git status --short; ls -A .fmrec)" "$made"

# ---- the first ----
ok 'a dry run shows the policy' as sato trust init -n --name '佐藤 花子'
like 'as a difference' "$out" '^\+version: 1$'
is 'nothing was committed' "$(git rev-list --count HEAD)" 1
ok 'whoever makes it is first person and admin' as sato trust init --name '佐藤 花子' --department 運用部 --role manager
like 'by the address of the commits' "$(cat $policy)" '\{id: sato, name: 佐藤 花子, department: 運用部, emails: \[sato@example.com\]\}'
is 'with the key that git signs with' "$(grep -cF "key: $(cut -d' ' -f1,2 "$T/sato.pub"), owner: sato, state: active" $policy)" 1
like 'days begin where the repository is' "$(cat $policy)" "utc-offset: '\+09:00'"
is 'one commit that changes nothing else' "$(git show --name-only --format=%s HEAD)" "fmrec: trust init sato

$policy"
exit_is 'there is no second first one' 128 as sato trust init
like 'why' "$err" 'has a trust policy already: version 1'

# ---- approver in one command ----
ok 'a person, a key and a role at once' as sato trust add-person suzuki --name '鈴木 一郎' \
	--email suzuki@example.com --key "$T/suzuki.pub" --role manager --role cio
is 'one version' "$(version)" 2
is 'previous is the digest of the one before' "$(sed -n 's/^previous: sha256://p' $policy)" \
	"$(git show HEAD^:$policy | sha256sum | cut -d' ' -f1)"
like 'comments stay' "$(head -1 $policy)" '^# '
is 'only lines are added' "$(git diff --numstat HEAD^ HEAD | cut -f1,2)" "$(printf '6\t1')"
git config gpg.ssh.allowedSignersFile "$T/allowed"
fmrec trust allowed-signers >"$T/allowed"
is 'every change is signed' "$(git log --format='%G? %GS' HEAD~2..HEAD)" "$(printf 'G sato\nG sato')"

# ---- who may ----
exit_is 'a key that is not in it changes nothing' 128 as mori trust grant suzuki admin
like 'how it would get in' "$err" "fmrec trust add-key ID '?ssh-ed25519"
exit_is 'who is no admin changes nothing' 128 as suzuki trust grant suzuki admin
like 'it is said' "$err" "'suzuki' is no admin"
is 'nothing was committed' "$(version) $(git status --short)" '2 '

# ---- keys ----
ok 'a key as text' as sato trust add-key suzuki "$(cat "$T/mori.pub")" --not-after 2027-03-31
like 'with its last day' "$(cat $policy)" 'owner: suzuki, state: active, not-after: 2027-03-31'
exit_is 'a key belongs to one person' 128 as sato trust add-key sato "$T/mori.pub"
like 'whose it is' "$err" "belongs to 'suzuki'"
exit_is 'two keys fit' 128 as sato trust retire-key suzuki
like 'name it' "$err" 'fits 2 keys'
mori=$(ssh-keygen -lf "$T/mori.pub" | cut -d' ' -f2)
ok 'a key is named by the beginning of its fingerprint' as sato trust retire-key "$(printf %.20s "$mori")"
is 'it is retired' "$(grep -c 'state: retired' $policy)" 1
exit_is 'once' 128 as sato trust retire-key "$mori"
exit_is 'since when must be said' 128 as sato trust compromised "$T/suzuki.pub"
ok 'a stolen key' as sato trust compromised --since HEAD~2 "$T/suzuki.pub"
like 'since a commit' "$(cat $policy)" "state: compromised, compromised-since: '?$(git rev-parse HEAD~3)"
exit_is 'the last admin is not locked out' 128 as sato trust retire-key sato
like 'why not' "$err" 'nobody could change this policy any more'
unlike 'a stolen key is not exported' "$(fmrec trust allowed-signers)" "$(cut -d' ' -f2 "$T/suzuki.pub")"
like 'one with a last day is, until then' "$(fmrec trust allowed-signers)" \
	'^suzuki namespaces="git",valid-before="20270331150000Z" ssh-ed25519'
exit_is 'no such key' 128 as sato trust retire-key SHA256:0123456789

# ---- roles ----
exit_is 'an unknown role' 128 as sato trust grant suzuki manger
like 'the nearest is named' "$err" "did you mean 'manager'"
exit_is 'an unknown person' 128 as sato trust grant suzuky manager
like 'the nearest is named' "$err" "did you mean 'suzuki'"
exit_is 'a day that is none' 128 as sato trust grant suzuki top --from soon
exit_is 'it ends before it begins' 128 as sato trust grant suzuki top --from 2026-12-01 --until 2026-11-30
like 'the line is shown' "$err" 'policy.yaml:[0-9]+:[0-9]+: error: policy.period'
ok 'a role for a time' as sato trust grant suzuki top --from 2026-12-01 --until 2027-03-31
ok 'a role ends yesterday' as sato trust revoke suzuki cio
unlike 'it began today: gone' "$(cat $policy)" 'role: cio'
ok 'a role ends on a day' as sato trust revoke suzuki manager --until 2026-12-31
like 'the day is in the policy' "$(cat $policy)" 'role: manager, person: suzuki, from: 2026-11-21, until: 2026-12-31'
exit_is 'what is not held cannot end' 128 as sato trust revoke suzuki cio
ok 'F-146: a deputy' as sato trust delegate sato --for suzuki --role manager --until 2026-12-10 --type incident
exit_is 'who is deputy must be said in full' 128 as sato trust delegate sato --for suzuki
exit_is 'nobody lends the role of an admin' 128 as sato trust delegate suzuki --for sato --role admin --until 2026-12-10
exit_is 'nor is anybody their own deputy' 128 as sato trust delegate sato --for sato --role manager --until 2026-12-10

# ---- settings ----
ok 'edits can be asked to be signed' as sato trust set --edits signed
exit_is 'there must be enough admins' 128 as sato trust set --admins 2
exit_is 'nothing to set' 128 as sato trust set
exit_is 'bad words are wrong use' 129 as sato trust set --edits maybe

# ---- showing ----
run fmrec trust show
like 'version and repository' "$out" '^trust policy version 10 of repository [0-9a-f]{32}$'
like 'persons with the roles they hold' "$out" '^suzuki +鈴木 一郎 +manager +suzuki@example.com'
like 'keys' "$out" '^suzuki +compromised +SHA256:'
like 'roles to come' "$out" '^top +suzuki +2026-12-01 +2027-03-31 +not yet'
like 'deputies' "$out" '^sato +suzuki +manager +incident +2026-11-21 +2026-12-10 +now'
run fmrec trust show --format json
like 'for programs' "$out" '"fingerprint":"SHA256:[^"]*","state":"compromised"'
run fmrec trust show --at HEAD~9
like 'of any state' "$out" '^trust policy version 1 '
exit_is 'changes are made now' 129 as sato trust grant suzuki top --at HEAD~1
exit_is 'verbs are known' 129 fmrec trust grnt
like 'the nearest is named' "$err" "did you mean 'grant'"
exit_is 'operands are counted' 129 fmrec trust grant suzuki
run env LANGUAGE=ja LC_ALL=ja_JP.UTF-8 fmrec trust show
like 'in Japanese' "$out" '^信頼ポリシー 第 10 版'

# ---- what is signed ----
ok 'config is signed once there is a policy' as sato config --repo set organisation 例示
fmrec trust allowed-signers >"$T/allowed"
is 'by whoever changed it' "$(git log -1 --format='%G? %GS')" 'G sato'
exit_is 'but not by somebody who may not' 128 as suzuki config --repo set organisation x
like 'the key is of no use' "$err" 'your key signs nothing here'
exit_is 'nor without a key' 128 fmrec config --repo set organisation x
ok 'who does not commit needs none' fmrec config --repo --no-commit set organisation x
git checkout -q HEAD .fmrec
exit_is 'edits need a key, too' 128 fmrec new person --id ARAI -m Arai
like 'how to get one' "$err" 'ssh-keygen -t ed25519'
ok 'edits are signed when the policy says so' as sato new person --id ITO -m Ito
is 'it is signed' "$(git log -1 --format='%G?')" G
ok 'or not' as sato trust set --edits claimed
ok 'who has no key can file' fmrec new person --id ARAI -m Arai
is 'it is not signed' "$(git log -1 --format='%G?')" N

# ---- X-05: persons of the policy and records about persons ----
ok 'a person of the id of a record' as sato trust add-person PSN-ITO --name Ito --department 運用部
run fmrec validate
unlike 'alike' "$out" 'policy.differs'
ok 'another name' fmrec set PSN-ITO name='Ito Jiro' department=開発部
exit_is 'a difference is no error' 0 fmrec validate
like 'of the name' "$out" "^records/person/PSN-ITO.yaml:[0-9]+:[0-9]+: warning: policy.differs: 'name' is 'Ito Jiro' here, but 'Ito' in the trust policy"
like 'of the department' "$out" "'department' is '開発部' here, but '運用部' in the trust policy"

# ---- a text that is no policy ----
echo 'color: red' >>$policy
exit_is 'validate tells' 1 fmrec validate
like 'where' "$out" "policy.yaml:[0-9]+:1: error: value.unknown-field"
git add $policy
exit_is 'also before it is committed' 1 fmrec validate --staged
git commit -qm 'break it'
run fmrec trust show
like 'the last good one is shown' "$out" '^trust policy version 12 '
like 'and that the other is not in force' "$err" "what stands in '.fmrec/trust/policy.yaml' is not in force"
ok 'the next change mends it' as sato trust grant suzuki operations
unlike 'the bad line is gone' "$(cat $policy)" color
is 'it follows the good one' "$(version)" 13
run fmrec trust show
is 'nothing to warn of' "$err" ''
printf 'version: 15\n' >$policy
git commit -qm 'empty it' $policy
run fmrec trust show
like 'whatever stands there' "$out" '^trust policy version 13 '
ok 'can be mended' as sato trust revoke suzuki operations

# ---- two admins ----
ssh-keygen -q -t ed25519 -N '' -f "$T/new"
ok 'a second admin' as sato trust add-person mori --name 森 --key "$T/new.pub" --role admin
ok 'two must sign from now on' as sato trust set --admins 2
ok 'a change is a candidate' as sato trust grant mori top
like 'it is said' "$err" 'candidate until 1 more admin has signed it: fmrec endorse [0-9a-f]{10}'
run fmrec trust show
unlike 'it is not in force' "$out" '^top +mori'
like 'that is said, too' "$err" 'a change of the trust policy has 1 of 2 signatures and is not in force yet'
like 'and what to do' "$err" 'fmrec endorse [0-9a-f]{10}'
ok 'another change' as sato trust grant mori cio
like 'takes its place' "$err" 'takes the place of the change in [0-9a-f]{10}, which no longer waits'

# ---- a passphrase, and an agent: whatever ssh-keygen asks goes on ----
cd "$T/work" && repository asked
ssh-keygen -q -t ed25519 -N 'correct horse' -f "$T/locked"
printf '#!/bin/sh\necho "$1" >>%s/questions\necho "correct horse"\n' "$T" >"$T/askpass"
chmod +x "$T/askpass"
git config user.signingKey "$T/locked"
not 'nobody answers: no signature' env SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force fmrec trust init
is 'and no change' "$(git status --short; git rev-list --count HEAD)" 1
ok 'the passphrase is asked for' env SSH_ASKPASS="$T/askpass" SSH_ASKPASS_REQUIRE=force fmrec trust init
like 'by ssh-keygen' "$(cat "$T/questions")" 'passphrase'
trap 'ssh-agent -k >/dev/null 2>&1; chmod -R u+w "$T" 2>/dev/null; rm -rf "$T"' EXIT
eval "$(ssh-agent -s)" >/dev/null
SSH_ASKPASS="$T/askpass" SSH_ASKPASS_REQUIRE=force ssh-add -q "$T/locked" </dev/null
rm "$T/locked"
git config user.signingKey "$T/locked.pub"
ok 'an agent holds the key' fmrec trust set --history clean
git config user.signingKey "key::$(cat "$T/locked.pub")"
ok 'that is named by its text' fmrec trust set --history linear
ssh-add -q -D
not 'the agent has lost it' fmrec trust set --history clean
is 'nothing was changed' "$(git status --short; git rev-list --count HEAD)" 4

done_testing
