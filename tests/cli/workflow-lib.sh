# Walking shipped records through their workflows.  Source it behind trust-lib.sh:
#
#	cast BOSS[:NAME]:ROLE PERSON:ROLE...  a policy begun by the first of `people`; NAME where the text of a record has it
#	signs PERSON ARGUMENTS...             `fmrec ARGUMENTS` is signed without a word
#	refused PERSON ARGUMENTS...           it is not to be signed; why, in $err
#	state_is DESCRIPTION STATE ID
#	change SED-SCRIPT FILE                a change by hand, committed
#	edited SED-SCRIPT FILE / restored     a change by hand, and back to what was before it
#	findings STATE ID                     what is missing for the state
#
# shellcheck shell=sh

cast() {
	cast_boss=${1%%:*} cast_role=${1##*:}
	cast_name=${1#*:}
	cast_name=${cast_name%"$cast_role"}
	cast_name=${cast_name%:}
	shift
	as "$cast_boss" fmrec -q trust init --id "p-$cast_boss" --name "${cast_name:-管理 太郎}" --role "$cast_role" >/dev/null
	for cast_person; do
		cast_name=${cast_person%%:*}
		as "$cast_boss" fmrec -q trust add-person "p-$cast_name" --name "$cast_name" --email "$cast_name@example.com" >/dev/null
		as "$cast_boss" fmrec -q trust add-key "p-$cast_name" "$T/keys/$cast_name.pub" >/dev/null
		as "$cast_boss" fmrec -q trust grant "p-$cast_name" "${cast_person##*:}" >/dev/null
	done
}

signs() {
	signs_who=$1
	shift
	as "$signs_who" fmrec "$@" --yes --content "$(as "$signs_who" fmrec "$@" -n -q)" >/dev/null 2>"$T/why" ||
		note "$* is not signed: $(cat "$T/why")"
}

refused() {
	refused_who=$1
	shift
	run as "$refused_who" fmrec "$@" -n
	[ "$code" -ne 0 ] || err='it may be signed'
}

state_is() {
	is "$1" "$(fmrec list "id:$3" --columns state --format csv | sed 1d)" "$2"
}

change() {
	sed -i "$1" "$2" && git commit -qam 'an edit'
}

edited() {
	git tag -f before >/dev/null && sed -i "$1" "$2" && git commit -qam 'an edit' --no-verify
}

restored() {
	git reset -q --hard before
}

findings() {
	fmrec validate --for "$1" "$2" 2>&1
}
