. "$(dirname "$0")/lib.sh"

exit_is 'version is printed' 0 fmrec version
like 'name and number' "$out" '^fmrec [0-9]+\.[0-9]+\.[0-9]+$'
version=$out
run fmrec --version
is '--version is the same' "$out" "$version"
run fmrec version -v
like 'libgit2 has a version' "$out" '^libgit2 [0-9]+\.[0-9]+\.[0-9]+$'
like 'libcrypto has one' "$out" '^libcrypto [A-Za-z]+ [0-9]+\.[0-9]+'
exit_is 'an operand is wrong usage' 129 fmrec version more
is 'nothing on standard output' "$out" ''
like 'the way to the usage' "$err" "see 'fmrec version -h'"

done_testing
