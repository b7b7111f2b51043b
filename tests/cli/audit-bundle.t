# Bundles: evidence that is checked without fmrec, by the commands of its own README.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust.sh"

trust_repository
mkdir -p records/memo/2026/MEM-20261121-0001
printf 'a photograph\n' >records/memo/2026/MEM-20261121-0001/photo.txt
file MEM-20261121-0001 '受注が停止' '再起動する'
file MEM-20261121-0002 'Something else' 'Wait.'
act p-ito receive MEM-20261121-0002 operations received title
act p-sato receive MEM-20261121-0001 manager received title # never counted: she holds another role
act p-ito receive MEM-20261121-0001 operations received title
lines='Fmrec-Deputy: p-stranger
Fmrec-From: 2026-11-01
Fmrec-Until: 2026-11-30
'
act p-sato delegate p-stranger manager delegated
lines='' behalf=p-sato
act p-stranger approve MEM-20261121-0001 manager approved plan
behalf=''
act p-kato close MEM-20261121-0001 manager closed
first=$policy_digest
more_roles='  - {role: notary, person: p-stranger, from: 2026-01-01}
'
put_policy 2 "$first"
tick
git add -A && signed p-admin -m 'a notary'
file MEM-20261121-0001 '受注が停止した' '再起動する' p-sato

exit_is 'the history has findings' 1 fmrec audit
ok 'a bundle of one record' fmrec audit bundle 0001 "$T/one.tar"
like 'says what to do with it' "$err" 'README'
exit_is 'is not replaced' 128 fmrec audit bundle 0001 "$T/one.tar"
ok 'once more' fmrec audit bundle MEM-20261121-0001 "$T/two.tar"
same 'it is the same archive' "$T/two.tar" "$T/one.tar"
git clone -q --bare . "$T/bare.git"
ok 'from a bare clone' git -C "$T/bare.git" config core.bare true
(cd "$T/bare.git" && fmrec audit bundle MEM-20261121-0001 "$T/three.tar") 2>/dev/null
same 'it is the same archive, too' "$T/three.tar" "$T/one.tar"
is 'times and owners say nothing' "$(tar --numeric-owner -tvf "$T/one.tar" | awk '{ print $1, $2, $4, $5 }' | sort -u | wc -l)" 1

mkdir "$T/away" && cd "$T/away" && tar -xf "$T/one.tar" && cd evidence-MEM-20261121-0001 || fail 'it unpacks'
PATH=/usr/bin:/bin
for language in en ja; do
	sed -n 's/^    \([^ ]\)/\1/p' "README.$language.txt" >"$T/commands.$language"
	rm -rf check.git
	ok "the commands of README.$language succeed" sh -eu "$T/commands.$language"
	like 'ssh-keygen says good' "$out" 'Good "git" signature for p-stranger with ED25519 key'
	like 'of the delegation, too' "$out" 'Good "git" signature for p-sato with ED25519 key'
	like 'of the policy as well' "$out" 'Good "git" signature for p-admin'
	like 'the record is shown as it was signed' "$out" '^title: 受注が停止$'
done
same 'both READMEs have the same commands' "$T/commands.ja" "$T/commands.en"
is 'each approval has its manifest' "$(ls manifests | wc -l)" "$(wc -l <signatures.txt)"
is 'three signatures are good' "$(wc -l <signatures.txt)" 3
is 'one never counted' "$(wc -l <refused.txt)" 1
is 'both policies are there' "$(echo policies/*)" 'policies/1.yaml policies/2.yaml'
like 'what is attached is there' "$(cat files/records/memo/2026/MEM-20261121-0001/photo.txt)" photograph
like 'and belongs to what was signed' "$(cat manifests/*)" '^attachment records/memo/2026/MEM-20261121-0001/photo.txt 100644 13 sha256:'
is 'the schema is there' "$(ls files/.fmrec/schema/memo.yaml)" files/.fmrec/schema/memo.yaml
ok 'the page is well-formed' python3 -c 'import xml.dom.minidom as d; d.parse("report.html")'
like 'the prose names who and what' "$(cat report.txt)" 'signed by Stranger \(p-stranger\) for 佐藤 花子 \(p-sato, manager\)'

# One byte anywhere, and some step of the README notices.
for file in policies/1.yaml signatures.txt $(ls manifests/* | head -n 1) $(ls signatures/*.sig | head -n 1) $(ls objects/*.blob | head -n 1); do
	cp "$file" "$T/kept"
	rm -rf check.git
	sed '1s/^./x/' "$T/kept" >"$file"
	sed 's/^[^ ]*  //' SHA256SUMS | xargs sha256sum >"$T/sums" # who forges one forges the other
	cp SHA256SUMS "$T/kept.sums" && cp "$T/sums" SHA256SUMS
	not "a change of ${file%%/*} is noticed" sh -eu "$T/commands.en"
	cp "$T/kept" "$file" && cp "$T/kept.sums" SHA256SUMS
done

cd "$T/work/repository" || exit 1
PATH=$(dirname "$FMREC"):$PATH
ok 'a bundle of a query' fmrec audit bundle type:memo "$T/all.tar"
tar -tf "$T/all.tar" >"$T/names"
like 'has both records' "$(cat "$T/names")" '^evidence/files/records/memo/2026/MEM-20261121-0002.yaml$'
exit_is 'a query that nothing fits' 128 fmrec audit bundle type:memo title:nonesuch "$T/none.tar"
is 'leaves nothing behind' "$(ls "$T/none.tar" 2>/dev/null)" ''
exit_is 'where nothing can be written' 128 fmrec audit bundle 0001 "$T/one.tar/x.tar"

# A record that was withdrawn and moved: each signature is checked where the record lay then.
reason='again, elsewhere'
target=$(git log --format=%H --grep='receive MEM-20261121-0002')
act p-ito withdraw MEM-20261121-0002 operations withdrawn
reason='' target=''
mkdir -p records/memo/2025
git mv records/memo/2026/MEM-20261121-0002.yaml records/memo/2025/
tick
as p-ito git commit -q -m 'moved'
ok 'a bundle of what was withdrawn' fmrec audit bundle MEM-20261121-0002 "$T/moved.tar"
mkdir "$T/moved" && tar -xf "$T/moved.tar" -C "$T/moved"
ok 'is as good' sh -c 'cd "$T/moved/evidence-MEM-20261121-0002" && sh -eu "$T/commands.en"'
like 'it is told' "$(cat "$T/moved/evidence-MEM-20261121-0002/signatures.txt")" 'receive withdrawn$'

done_testing
