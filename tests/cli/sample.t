# fmrec init --sample: a repository whose history a story tells.
. "$(dirname "$0")/lib.sh"

# Once the data are complete: complete=true makes a type or transition that the sample lacks a failure.
complete=${FMREC_SAMPLE_COMPLETE:-false}

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

# Every type has a record, and every transition of every type is signed, in this sample.
missing=
for type in .fmrec/schema/*.yaml; do
	name=$(basename "$type" .yaml)
	ls records/"$name"/* >/dev/null 2>&1 || missing="$missing $name"
	for transition in $(fmrec schema show "$name" --workflow 2>/dev/null |
		awk -F '   *' '/^state  +transition /{on=1; next} /^$/{on=0} on{print $2}' | sort -u); do
		git log --format=%B --grep="^Fmrec-Path: records/$name/" | grep -qx "Fmrec-Action: $transition" ||
			missing="$missing $name/$transition"
	done
done
for action in reject withdraw delegate checkpoint; do
	git log --format=%B | grep -qx "Fmrec-Action: $action" || missing="$missing $action"
done
if [ -z "$missing" ]; then
	pass 'all types and transitions occur'
elif [ "$complete" = true ]; then
	fail 'all types and transitions occur'
	note "missing:$missing"
else
	note "missing:$missing"
fi

done_testing
