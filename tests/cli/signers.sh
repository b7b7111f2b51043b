# The cast of the tests of commands that sign.  Source it behind lib.sh and trust-lib.sh:
#
#	cast                            a repository with the shipped examples and a policy: p-sato, admin, notary and
#	                                operations; p-tanaka, manager; p-suzuki, development.  kato is nobody.  $id is the
#	                                incident of the examples
#	digest NAME ARGUMENTS...        of what NAME would sign with `fmrec ARGUMENTS`
#	sign NAME ARGUMENTS...          sign it
#
# shellcheck shell=sh

cast() {
	people sato tanaka suzuki kato
	repository
	put_examples
	id=INC-20261121-7KQ2
	# forge.py knows texts of one line
	sed -i -e '/^situation: |/,/^[a-z]/{/^  /d;s/^situation: |/situation: 画面が応答しない。/;}' "records/incident/2026/$id.yaml"
	git add -A && git commit -qm examples
	as sato fmrec -q trust init --id p-sato --name '佐藤 花子' --role operations --role notary >/dev/null
	for member in tanaka:田中:manager suzuki:鈴木:development; do
		member_name=${member%%:*}
		as sato fmrec -q trust add-person "p-$member_name" --name "$(printf '%s' "$member" | cut -d: -f2)" \
			--email "$member_name@example.com" --department 情報システム部 >/dev/null
		as sato fmrec -q trust add-key "p-$member_name" "$T/keys/$member_name.pub" >/dev/null
		as sato fmrec -q trust grant "p-$member_name" "${member##*:}" >/dev/null
	done
}

digest() {
	digest_name=$1
	shift
	as "$digest_name" fmrec "$@" -n -q
}

sign() {
	sign_name=$1
	shift
	as "$sign_name" fmrec "$@" --yes --content "$(as "$sign_name" fmrec "$@" -n -q)"
}
