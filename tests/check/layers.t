# Every #include points down (tests/check/layers.txt), and there is no layer without a row.
. "$(dirname "$0")/../cli/lib.sh"
cd "$top" || exit 1

rules=tests/check/layers.txt
includes() { # part included-part file, for all #include "..." of src
	grep -n '^#include "' src/*/*.[ch] | sed -n 's|^src/\([^/]*\)/\([^:]*\):[0-9]*:#include "\([^"]*\)".*|\1 \3 src/\1/\2|p'
}

part_of() { # the part that an included path belongs to
	case $1 in
	fmrec/arena.h | fmrec/error.h | fmrec/finding.h | fmrec/source.h | fmrec/str.h | fmrec/value.h | fmrec/codes.def) echo base ;;
	fmrec/fmrec.h) echo public ;;
	fmrec/history.h) echo record ;;
	fmrec/audit.h) echo trust ;;
	fmrec/*.h) basename "$1" .h ;;
	*/*) echo "${1%%/*}" ;;
	*) echo "?$1" ;;
	esac
}

includes | sort -u >"$T/includes"
faults=
while read -r from included file; do
	to=$(part_of "$included")
	[ "$from" = "$to" ] && continue
	[ "$to" = po ] && continue
	case $to in
	public) case $from in record | exchange | render | cli | cmd | base) continue ;; esac ;;
	esac
	allowed=" $(sed -n "s/^$from: *//p" "$rules") "
	case $allowed in
	*" $to "*) ;;
	*) faults="$faults$file includes $included
" ;;
	esac
done <"$T/includes"
is 'every include points down' "$faults" ''

missing=
for directory in src/*/; do
	part=$(basename "$directory")
	[ "$part" = po ] && continue
	grep -q "^$part:" "$rules" || missing="$missing $part"
done
is 'every part of src has its row' "$missing" ''

# A rule nobody uses is a door left open.
unused=
while IFS=': ' read -r part allowed; do
	case $part in '' | '#'*) continue ;; esac
	[ -d "src/$part" ] || unused="$unused $part"
done <"$rules"
is 'every row has its part' "$unused" ''

done_testing
