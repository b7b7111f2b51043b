# A plan is invoked by a deputy, carried out, and reviewed afterwards, with signatures (C-119, C-152, C-163, C-164, F-34).
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/trust-lib.sh"
people chief resp holder deputy staff
repository
put_examples
git add -A && git commit -qm examples
act=ACT-20280116-5N8C mrv=MRV-20280510-3G7T prc=PRC-8H5Q
export FMREC_NOW=2028-06-01T09:00:00+09:00 GIT_AUTHOR_DATE=2028-06-01T09:00:00+09:00 GIT_COMMITTER_DATE=2028-06-01T09:00:00+09:00

as chief fmrec -q trust init --id p-chief --name '最高 太郎' --role continuity-chief >/dev/null
for person in resp:continuity-responsible holder:recovery deputy: staff:continuity-staff; do
	name=${person%%:*} role=${person##*:}
	as chief fmrec -q trust add-person "p-$name" --name "$name" --email "$name@example.com" >/dev/null
	as chief fmrec -q trust add-key "p-$name" "$T/keys/$name.pub" >/dev/null
	[ -z "$role" ] || as chief fmrec -q trust grant "p-$name" "$role" >/dev/null
done

sign() { # NAME ARGUMENTS...
	who=$1
	shift
	as "$who" fmrec "$@" --yes --content "$(as "$who" fmrec "$@" -n -q)"
}
state_is() { # DESCRIPTION STATE ID
	is "$1" "$(fmrec list "id:$3" --columns state --format csv | sed 1d)" "$2"
}

# ---- a deputy acts in the place of the responsible

exit_is 'C-164: not everybody invokes the plan' 128 as deputy fmrec invoke -n "$act"
ok 'C-119: the role is lent to the deputy' sign holder delegate --role recovery --until 2028-07-01 --type activation p-deputy
ok 'C-164: who then invokes it' sign deputy invoke "$act"
state_is 'C-164: invoked' invoked "$act"
like 'F-34: for whom is shown' "$(fmrec approvals "$act")" 'deputy \(p-deputy\), .*for holder \(p-holder\)'
ok 'C-164: recovery is decided' sign deputy recover "$act"
ok 'the log goes on' fmrec log-entry "$act" --at '2028-01-17 03:00' -k 交代 二班へ引き継いだ。
ok 'and who comes' fmrec set "$act" headquarters='研修棟 1階'
state_is 'which undoes nothing' recovering "$act"
ok 'C-115: done, and users told' sign holder finish "$act"
state_is 'C-164: recovered' recovered "$act"
fmrec set "$act" recoveries.0.recovered_at=2028-01-17T04:25:00+09:00 >/dev/null 2>&1 ||
	{ sed -i 's/recovered_at: 2028-01-17T02:25/recovered_at: 2028-01-17T02:35/' "$(find records -name "$act.yaml")" && git commit -qam 'another time'; }
state_is 'X-01: another time of recovery has to be signed again' recovering "$act"
ok 'it is' sign holder finish "$act"
exit_is 'a reason to go on' 128 as holder fmrec resume -n "$act"
ok 'struck again' sign holder resume -m '余震で再び停電' "$act"
ok 'recovered again' sign holder finish "$act"
ok 'C-164: lessons' sign resp learn "$act"
state_is 'C-164: drawn' lessons "$act"

# ---- procedures

ok 'C-159: written by the staff' sign staff submit "$prc"
exit_is 'who does not adopt it' 128 as staff fmrec adopt -n "$prc"
ok 'C-159: the responsible does' sign resp adopt "$prc"
state_is 'C-159: agreed' agreed "$prc"
ok 'a reminder changes nothing' fmrec set "$prc" review_on=2029-04-30
state_is 'it is still agreed' agreed "$prc"

# ---- the review

exit_is 'C-163: not decided before it is answered' 128 as chief fmrec change -n "$mrv"
ok 'C-163: answered' sign resp answer "$mrv"
exit_is 'by one, decided by another' 128 as resp fmrec change -n "$mrv"
ok 'C-163: the chief approves the change of the plan' sign chief change "$mrv"
state_is 'C-163: changed' plan-changed "$mrv"
ok 'audit agrees' fmrec audit

done_testing
