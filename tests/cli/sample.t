# fmrec init --sample: a repository whose history a story tells.
. "$(dirname "$0")/lib.sh"

ok 'the sample is made' fmrec init --sample try
like 'and says so' "$out" '^sample made in try: [0-9]+ commits, [0-9]+ signatures$'
like 'where the keys are, and what for' "$err" 'for trying only: .git/fmrec/sample-keys'
cd try || exit 1
is 'nothing of it is left over' "$(ls -A)" "$(printf '.fmrec\n.git\nrecords')"
is 'what is in the work tree is what is committed' "$(git status --porcelain)" ''
ok 'it is valid' fmrec validate
ok 'its history stands up to an audit' fmrec audit
like 'a notary witnessed it' "$out" 'checkpoint of a notary'
ok 'git knows all of its objects' git fsck --strict
is 'the directory of the keys is closed to others' "$(stat -c %a .git/fmrec/sample-keys)" 700
is 'so are the keys' "$(stat -c %a .git/fmrec/sample-keys/* | sort -u)" "$(printf '600\n644')"
is 'none is committed' "$(git log --all --format= --name-only | grep -c sample-keys)" 0
is 'times never run backwards' "$(git log --reverse --format=%ct)" "$(git log --reverse --format=%ct | sort -n)"
is 'authors commit' "$(git log --format='%an %ae %at')" "$(git log --format='%cn %ce %ct')"
is 'no commit is of the user' "$(git log --format=%ae | grep -c sato@example.com)" 0

# Every case of the survey is told by a record, which names it in a comment (F-170..F-189).
silent=
for case in $(seq 170 189); do
	grep -rqE "^ *# .*F-$case" records || silent="$silent F-$case"
done
is 'every case of the survey occurs' "$silent" ''

# Every type has a record, and every transition of every type is signed, in this sample.
signed=$(git log --format=%B | awk -F ': ' '$1 == "Fmrec-Action" { action = $2 }
	$1 == "Fmrec-Path" { split($2, part, "/"); print part[2] "/" action }
	$1 == "Fmrec-Time" { print action }' | sort -u)
missing=
for type in .fmrec/schema/*.yaml; do
	name=$(basename "$type" .yaml)
	ls records/"$name"/* >/dev/null 2>&1 || missing="$missing $name"
	for transition in $(fmrec schema show "$name" --workflow 2>/dev/null |
		awk -F '   *' '/^state  +transition /{on=1; next} /^$/{on=0} on{print $2}' | sort -u); do
		printf '%s\n' "$signed" | grep -qx "$name/$transition" || missing="$missing $name/$transition"
	done
done
for action in reject withdraw delegate endorse acknowledge checkpoint; do
	printf '%s\n' "$signed" | grep -qx "$action" || missing="$missing $action"
done
is 'all types and transitions occur' "$missing" ''


ok 'the stories fit their schema' fmrec validate --schema "$top/schema/story.yaml" "$top"/schema/sample/story/*.yaml

# ---- somebody signs as one of its people ----
key=.git/fmrec/sample-keys/$(sed -n 's/.*by: \([a-z]*\), checkpoint: true.*/\1/p' "$top"/schema/sample/story/*.yaml | head -n 1)
run fmrec -c user.signingkey="$key" checkpoint -n -q
digest=$out
ok 'with their key' fmrec -c user.signingkey="$key" checkpoint --yes --content "$digest"
ok 'which counts' fmrec audit

# ---- the steps ----
cd "$T/work" || exit 1
ok 'a dry run' fmrec init --sample -n dry
like 'lists the steps' "$out" '^2025-03-24T10:00:00\+09:00  hara +trust begin$'
is 'in the order of time' "$(printf '%s\n' "$out" | cut -c1-25)" "$(printf '%s\n' "$out" | cut -c1-25 | sort)"
is 'and makes nothing' "$(ls -A)" try
cd try || exit 1
exit_is 'not where something is' 128 fmrec init --sample
like 'it needs an empty place' "$err" "'\.' is not empty"
exit_is 'always committed' 129 fmrec init --sample --no-commit other
cd "$T/work" || exit 1

# ---- a pack of one's own, and what can be wrong with it ----
pack=$T/pack story=$T/pack/sample/story/10.yaml record=$T/pack/sample/records/system/SYS-0R12.yaml
mkdir -p "$T/pack/sample/records/system" "$T/pack/sample/story"
cp -R "$top/schema/types" "$top/schema/catalogue" "$pack" && cp "$top/schema/pack/config.yaml" "$pack"
printf 'id: SYS-0R12\nform: 1\nname: 受注\n' >"$record"
tell() { # the story, with these steps (from standard input) behind the first two, which are lines 3 and 4
	{
		cat <<-'END'
			persons: [{id: ann, name: Ann, email: ann@example.org, roles: [{role: manager}]}, {id: bob, name: Bob B, email: b@example.org}]
			steps:
			  - {at: 2025-01-02T09:00:00Z, by: ann, trust: {begin: {}}}
			  - {at: 2025-01-02T09:01:00Z, by: ann, trust: {join: [ann, bob]}}
		END
		cat
	} >"$story"
	rm -rf told
	run fmrec init --sample --pack "$pack" told
}
wrong() { # NAME LINE MESSAGE, steps on standard input
	tell
	is "$1: fails" "$code" 128
	like "$1: where" "$err" "sample/story/10\.yaml:$2"
	like "$1: why" "$err" "$3"
	is "$1: nothing is left" "$(ls -d told 2>/dev/null)" ''
}
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T10:02:00+01:00, by: bob, message: its owner, set: {SYS-0R12: [owner.department=IT, class=enterprise-core]}}
  - {at: 2025-01-02T09:03:00Z, by: ann, sign: {confirm: [SYS-0R12]}}
  - {at: 2025-01-02T09:04:00Z, by: ann, trust: {new-key: [ann], retire-key: [ann], settings: {edits: signed}}}
  - {at: 2025-01-02T09:05:00Z, by: ann, set: {SYS-0R12: {importance: A}}}
  - {at: 2025-01-02T09:06:00Z, by: ann, reason: again, withdraw: [SYS-0R12]}
  - {at: 2025-01-02T09:07:00Z, by: ann, sign: {confirm: [SYS-0R12]}}
END
if [ "$code" -ne 0 ]; then note "$err"; fi
is 'a story of its own' "$code" 0
is 'is told' "$(git -C told log --date=format:'%H:%M %z' --format='%an %ad %s' | grep -v 'fmrec: \(trust\|init\)')" \
	"Ann 09:07 +0000 fmrec: confirm SYS-0R12
Ann 09:06 +0000 fmrec: withdraw SYS-0R12
Ann 09:05 +0000 fmrec: set SYS-0R12
Ann 09:03 +0000 fmrec: confirm SYS-0R12
Bob B 10:02 +0100 its owner
Bob B 09:02 +0000 fmrec: new SYS-0R12"
is 'edits are signed from when they must be' "$(git -C told log --format=%H --grep='^fmrec: set' --grep='^its owner' |
	while read -r commit; do git -C told cat-file commit "$commit" | grep -c '^gpgsig'; done)" "$(printf '1\n0')"
is 'with the new key' "$(ls told/.git/fmrec/sample-keys)" "$(printf 'ann\nann-2\nann-2.pub\nann.pub\nbob\nbob.pub')"

mkdir -p "$T/pack/sample/records/incident/2025" "$T/pack/sample/records/prevention/2025"
printf 'id: INC-20250102-AAAA\nform: 1\ntitle: stop\n' >"$T/pack/sample/records/incident/2025/INC-20250102-AAAA.yaml"
printf 'id: PRV-20250102-BBBB\nform: 1\ntitle: never again\n' >"$T/pack/sample/records/prevention/2025/PRV-20250102-BBBB.yaml"
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system, incident, prevention/2025/PRV-20250102-BBBB]}
  - {at: 2025-01-02T09:03:00Z, by: bob, link: {from: PRV-20250102-BBBB, link: incidents, to: INC-20250102-AAAA, note: it would help}}
  - {at: 2025-01-02T09:04:00Z, by: bob, log: {INC-20250102-AAAA: seen}}
  - {at: 2025-01-02T09:05:00Z, by: bob, set: {INC-20250102-AAAA: {title: stopped, target: all}}}
  - {at: 2025-01-02T09:06:00Z, by: ann, relink: [PRV-20250102-BBBB], reason: looked at it}
  - {at: 2025-01-02T09:07:00Z, by: ann, set: {INC-20250102-AAAA: {timeline: null}}}
  - {at: 2025-01-02T09:08:00Z, by: ann, relink: [PRV-20250102-BBBB], reason: and again}
END
is 'links are made and judged again' "$code $(git -C told show -s --format=%B HEAD)" "0 fmrec: relink PRV-20250102-BBBB

and again"
is 'none is suspect at the end' "$(fmrec -C told relink PRV-20250102-BBBB 2>&1)" 'PRV-20250102-BBBB: no suspect link'
unlike 'null took a field away' "$(cat told/records/incident/2025/INC-20250102-AAAA.yaml)" '^timeline'
rm -r "$T/pack/sample/records/incident" "$T/pack/sample/records/prevention"

wrong 'an unknown person' 5:36 "introduces nobody as 'anne'" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: anne, write: [system/SYS-0R12]}
END
like 'who may be meant' "$err" "did you mean 'ann'"
wrong 'an unknown path' 5:49 "there is no 'system/SYS-0R1' below" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R1]}
END
wrong 'a path that leads out' 5:49 "'\.\./story/10' is no path" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [../story/10]}
END
wrong 'time that runs backwards' 5:10 'lies before the one above it' <<'END'
  - {at: 2025-01-02T09:00:59Z, by: bob, write: [system/SYS-0R12]}
END
wrong 'a transition that is not possible' 6:58 "has no transition 'confirn'; did you mean 'confirm'" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: ann, sign: {confirn: [SYS-0R12]}}
END
wrong 'a transition that this person may not sign' 6: "needs a role that 'bob' does not hold" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: bob, sign: {confirm: [SYS-0R12]}}
END
wrong 'a field that the type does not have' 6: "'system' has no field 'ownerr'" <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: bob, set: {SYS-0R12: {ownerr: x}}}
END
wrong 'what makes a record invalid' 6: 'is not valid in this step' <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: bob, set: {SYS-0R12: {importance: Z}}}
END
wrong 'a file that is written twice' 6: 'is there already' <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: bob, write: [system]}
END
wrong 'a signature that goes stale, at the end' 7: 'rec.stale' <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: ann, sign: {confirm: [SYS-0R12]}}
  - {at: 2025-01-02T09:04:00Z, by: bob, set: {SYS-0R12: {name: other}}}
END
echo 'id: SYS-0R13' >"$T/pack/sample/records/system/SYS-0R13.yml"
wrong 'a stray file, at the end' 6: 'no record can lie here' <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
  - {at: 2025-01-02T09:03:00Z, by: bob, write: [system/SYS-0R13.yml]}
END
rm "$T/pack/sample/records/system/SYS-0R13.yml"
wrong 'a second beginning' 5: 'has begun already' <<'END'
  - {at: 2025-01-02T09:02:00Z, by: ann, trust: {begin: {}}}
END
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: ann, endorse: true}
END
like 'nothing to endorse' "$err" '10\.yaml:5.*no change of trust waits'
tell </dev/null
is 'a file that nobody writes' "$code" 128
like 'is named' "$err" "no step writes '.*records/system/SYS-0R12.yaml'"
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12], sign: {confirm: [SYS-0R12]}}
END
is 'two deeds in one step' "$code" 1
like 'are found by the schema' "$err" '10\.yaml:5:[0-9]+: error: '
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, reason: x, write: [system/SYS-0R12]}
END
is 'a circumstance that does not go with the deed' "$code" 1
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]
END
is 'broken YAML' "$code" 1
like 'with its place' "$err" '10\.yaml:[0-9]+:[0-9]+: error: yaml'
# ---- the machine ----
tell <<'END'
  - {at: 2025-01-02T09:02:00Z, by: bob, write: [system/SYS-0R12]}
END
mkdir here && cd here || exit 1
ok 'in an empty directory, without a name' fmrec init --sample -q --pack "$pack"
is 'silently' "$out$err" ''
cd "$T/work" || exit 1
git init -q elsewhere
exit_is 'a repository that git is told to work on is not touched' 128 env GIT_DIR="$PWD/elsewhere/.git" "$FMREC" init --sample --pack "$pack" other
not 'and stays empty' git -C elsewhere rev-parse --verify HEAD
mkdir "$T/bin"
ln -s "$(command -v git)" "$T/bin/git"
exit_is 'no ssh-keygen' 128 env PATH="$T/bin" "$FMREC" init --sample --pack "$pack" bare
like 'what to install' "$err" 'install openssh-client'
is 'and nothing is left' "$(ls -d bare 2>/dev/null)" ''
ok 'nobody need be known to git' env -u EMAIL HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=1 \
	GIT_CONFIG_KEY_0=user.useConfigOnly GIT_CONFIG_VALUE_0=true "$FMREC" init --sample --pack "$pack" anon

# Interrupted on the way: all is taken away, then the signal ends it.
"$FMREC" init --sample ended >/dev/null 2>&1 &
job=$!
while kill -0 $job 2>/dev/null && ! ls -d ended/.fmrec-tmp-sample-*/.git/fmrec/sample-keys/* >/dev/null 2>&1; do :; done
kill -TERM $job 2>/dev/null
code=0
wait $job 2>/dev/null || code=$?
is 'interrupted: ended by the signal' "$code" 143
is 'and nothing is left' "$(ls -A ended 2>/dev/null)" ''

# Killed on the way: what is there is no repository, and the next try takes it away.
mkdir killed
"$FMREC" init --sample killed >/dev/null 2>&1 &
job=$!
while kill -0 $job 2>/dev/null && ! ls -d killed/.fmrec-tmp-sample-*/.git/fmrec/sample-keys/* >/dev/null 2>&1; do :; done
kill -9 $job 2>/dev/null
wait $job 2>/dev/null
not 'killed: no repository' git -C killed rev-parse --verify HEAD
ok 'killed: the next try works' fmrec init --sample --pack "$pack" killed
is 'killed: and leaves nothing else' "$(ls -A killed)" "$(printf '.fmrec\n.git\nrecords')"

rm -r "$pack/sample/story"
run fmrec init --sample --pack "$pack" told
is 'no story' "$code" 128

done_testing
