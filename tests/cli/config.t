. "$(dirname "$0")/lib.sh"

# ---- the user's settings ----
exit_is 'outside a repository there may be nothing' 0 fmrec config list
is 'nothing is listed' "$out" ''
exit_is 'a setting that is not there' 1 fmrec config get pager
is 'says nothing' "$out$err" ''
ok 'a setting for everything' fmrec config set pager 'less -S'
is 'goes to the global config of git' "$(git config --global fmrec.pager)" 'less -S'
run fmrec config get pager
is 'and comes back' "$out" 'less -S'
run fmrec config get fmrec.pager
is 'also by its name in git' "$out" 'less -S'
run env FMREC_PAGER=most fmrec config get pager
is 'the environment wins' "$out" 'most'
run env FMREC_PAGER=most fmrec -c pager=cat config get pager
is '-c wins over it' "$out" 'cat'
run fmrec config list
like 'it is listed with its place' "$out" '^fmrec\.pager +git config \(global\) +less -S$'
run fmrec config --format json
like 'for programs too' "$out" '"key":"fmrec.pager","where":"git config \(global\)","value":"less -S"'
ok 'a setting is taken away' fmrec config unset pager
exit_is 'it is gone' 1 fmrec config get pager
exit_is 'a bad name' 128 fmrec config set 'a b' x
exit_is 'too few operands' 129 fmrec config set pager
exit_is 'an unknown verb' 129 fmrec config frob
exit_is 'an unknown format' 129 fmrec config --format xml

# ---- the organisation's ----
repository
exit_is 'a field of the config' 0 fmrec config get time_zone
is 'has its value' "$out" 'Asia/Tokyo'
run fmrec config list
like 'lists show their codes' "$out" '^severity +\.fmrec/config\.yaml +S1, S2'
cp .fmrec/config.yaml "$T/before"
exit_is 'a dry run prints the new file' 0 fmrec config --repo -n set time_zone UTC
like 'with the change' "$out" '^time_zone: UTC'
same 'and writes nothing' .fmrec/config.yaml "$T/before"
ok 'one field is set' fmrec config --repo set time_zone UTC
is 'one line changes' "$(diff "$T/before" .fmrec/config.yaml | grep -c '^[<>]')" 2
is 'in one commit' "$(git log -1 --format=%s)" 'fmrec: config time_zone'
is 'that leaves nothing behind' "$(git status --porcelain)" ''
commits=$(git rev-list --count HEAD)
ok 'the same again' fmrec config --repo set time_zone UTC
is 'is no commit' "$(git rev-list --count HEAD)" "$commits"
exit_is 'a wrong value is refused' 1 fmrec config --repo set language fr
like 'with a finding' "$err" '^\.fmrec/config\.yaml:[0-9]+:[0-9]+: error: value\.enum: '
is 'nothing is written' "$(git status --porcelain)" ''
exit_is 'a zone that there is not is refused' 1 fmrec config --repo set time_zone Nowhere/City
like 'because no record could be dated' "$err" 'config\.value: '
exit_is 'an unknown field is refused' 1 fmrec config --repo set limits.frobs 3
ok 'a setting of mine for this repository' fmrec config set color never
is 'stays out of the global config' "$(git config --global fmrec.color)" ''
ok 'a program is named for all repositories' fmrec config set pager more
is 'as none may name one' "$(git config --global fmrec.pager) $(git config --local fmrec.pager)" 'more '
git config fmrec.pager 'touch pwned'
run fmrec config get pager
is 'what one names does not count' "$out" more
run fmrec config list
unlike 'and is not listed' "$out" pwned
git config --unset fmrec.pager
fmrec config unset pager
exit_is 'a bare repository has no files to change' 128 sh -c 'git clone -q --bare . ../bare.git && cd ../bare.git && fmrec config --repo set time_zone UTC'

done_testing
