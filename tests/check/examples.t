# The commands under EXAMPLES of the manual pages do what the pages say.
. "$(dirname "$0")/../cli/lib.sh"

# A repository with one record of each type, from the pack, and a few files to work with.
prepare() {
	rm -rf "$T/examples" && mkdir "$T/examples" && cd "$T/examples" || exit 1
	"$FMREC" init . >"$T/init.log" 2>&1 || return 1
	for file in "$top"/schema/example/*.yaml; do
		id=$(sed -n 's/^id: *//p' "$file" | head -n 1)
		type=$(basename "$file" .yaml)
		directory=$(sed -n 's/^  directory: *//p' "$top/schema/types/$type.yaml" | head -n 1)
		path=records/${directory:-$type}
		year=$(printf '%s' "$id" | sed -n 's/^[A-Z]*-\([0-9]\{4\}\)[0-9]\{4\}-.*/\1/p')
		mkdir -p "$path/$year"
		cp "$file" "$path/$year/$id.yaml"
		[ -d "$top/schema/example/$id" ] && cp -R "$top/schema/example/$id" "$path/$year/"
	done
	git add -A && git commit -q -m 'records to show' || return 1
	printf 'disk 3: read error\n' >syslog.txt
	printf 'title,found_on\nPrinter is down,2026-11-20\n' >incidents.csv
}

if prepare; then pass 'a repository with one record of each type'; else
	fail 'a repository with one record of each type'
	note "$(cat "$T/init.log")"
	done_testing
fi

for page in "$top"/man/*.[1-9]; do
	grep -q '^\.Sh EXAMPLES' "$page" || continue
	prepare
	FIRST=$((tests + 1)) python3 "$top/tests/check/session.py" mdoc "$page" "$T/examples"
	read -r count failed <"$T/session.count"
	tests=$((tests + count))
	failures=$((failures + failed))
done

done_testing
