# Each foreign library is known in one place, and what ends the process or prints is known too.
. "$(dirname "$0")/../cli/lib.sh"
cd "$top" || exit 1

# Calls are looked for in the code alone, not in comments and strings.
for file in src/*/*.[ch] include/fmrec/*.h; do
	mkdir -p "$T/code/${file%/*}"
	awk -f tests/check/strip.awk "$file" >"$T/code/$file"
done

# wall NAME REGEX ALLOWED-REGEX: the files that match REGEX must be the allowed ones
wall() {
	case $2 in
	'#include'*) place=$top ;;
	*) place=$T/code ;;
	esac
	found=$(cd "$place" && grep -nE "$2" src/*/*.[ch] include/fmrec/*.h | grep -vE "^($3)" || true)
	is "$1" "$found" ''
}

wall 'libyaml only in src/yaml' '#include <yaml\.h>' 'src/yaml/'
wall 'libgit2 only in src/store' '#include <git2' 'src/store/'
wall 'SQLite only in src/index' '#include <sqlite3' 'src/index/'
wall 'PCRE2 only in base/regex' '#include <pcre2' 'src/base/regex'
wall 'utf8proc only in base/text' '#include <utf8proc' 'src/base/text\.c:'
wall 'libcrypto only in base/digest and trust/crypto' '#include <openssl' 'src/(base/digest|trust/crypto)\.c:'
wall 'gettext catalogues only in base/i18n' '#include <libintl' 'src/base/i18n\.c:'
wall 'only main ends the process' '(^|[^a-zA-Z0-9_.>])(_?exit|_Exit|quick_exit)\(' 'src/cli/main\.c:'
wall 'only the out-of-memory hook aborts' '(^|[^a-zA-Z0-9_.>])abort\(' 'src/base/(alloc|text|digest)\.c:'
wall 'only render and cli print' '(^|[^a-zA-Z0-9_])(printf|puts|putchar|perror|vprintf)\(|(std(out|err))[^_a-zA-Z]' \
	'src/(render|cli|cmd)/'
wall 'no shell' '(^|[^a-zA-Z0-9_])(system|popen|wordexp)\(' 'none'
wall 'no unbounded or stateful calls' \
	'(^|[^a-zA-Z0-9_])(sprintf|vsprintf|strcpy|strcat|strtok|gets|atoi|atol|atof|scanf|tmpnam|mktemp|alloca|asctime|ctime|localtime|gmtime|strerror)\(' \
	'none'
wall 'memory comes from base/alloc' '(^|[^a-zA-Z0-9_])(malloc|calloc|realloc|strdup|strndup|asprintf)\(' 'src/base/alloc\.c:'

# Record types are data.
types=$(for file in schema/types/*.yaml; do basename "$file" .yaml; done | paste -sd '|' -)
isnt 'the shipped types are known' "$types" ''
is 'no C file names a shipped type' "$(grep -nE "\"($types)\"" src/*/*.[ch] include/fmrec/*.h | grep -v "/\* \(git\|GitHub\|the policy\)'s word \*/" || true)" ''

done_testing
