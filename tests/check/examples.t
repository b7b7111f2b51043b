# The commands under EXAMPLES of the manual pages do what the pages say.
. "$(dirname "$0")/../cli/lib.sh"

# A repository with one record of each type, from the pack, a history that began months ago, a remote that lags
# behind, and files to work with.
place_records() {
	for file in "$top"/schema/example/*.yaml; do
		id=$(sed -n 's/^id: *//p' "$file" | head -n 1)
		type=$(basename "$file" .yaml)
		directory=$(sed -n 's/^  directory: *//p' "$top/schema/types/$type.yaml" | head -n 1)
		path=records/${directory:-$type}
		year=$(printf '%s' "$id" | sed -n 's/^[A-Z]*-\([0-9]\{4\}\)[0-9]\{4\}-.*/\1/p')
		mkdir -p "$path/$year"
		cp "$file" "$path/$year/$id.yaml"
		if [ -d "$top/schema/example/$id" ]; then cp -R "$top/schema/example/$id" "$path/$year/"; fi
	done
}

commit_on() { # DATE MESSAGE
	git add -A && GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1 git commit -q --allow-empty -m "$2"
}

prepare() {
	rm -rf "$T/examples" "$T/other" "$T/home/drafts"
	mkdir "$T/examples" "$T/home/drafts" && cd "$T/examples" || exit 1

	GIT_AUTHOR_DATE=2026-05-01T09:00:00+09:00 GIT_COMMITTER_DATE=2026-05-01T09:00:00+09:00 "$FMREC" init . >"$T/init.log" 2>&1 || return 1
	place_records
	commit_on 2026-06-01T09:00:00+09:00 'records to show' || return 1
	commit_on 2026-11-10T09:00:00+09:00 'later' || return 1
	git update-ref refs/remotes/origin/main HEAD
	commit_on 2026-11-20T09:00:00+09:00 'latest' || return 1
	printf 'disk 3: read error\n' >syslog.txt
	printf 'title,found_on\nPrinter is down,2026-11-20\n' >incidents.csv
	cp records/incident/2026/INC-20261121-7KQ2.yaml draft.yaml
	printf '{"type": "object"}\n' | tee schema.json >schema.yaml
	printf 'a: 1\n' >data.yaml
	printf '{"a": 1}\n' >more.json
}

# The type that fmrec-schema(5) shows, as a file.
shown_type() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh /{/^\.Bd -literal/,/^\.Ed/{/^\.Bd/d;/^\.Ed/q;p;};}' "$top/man/fmrec-schema.5"
}

if prepare; then pass 'a repository with one record of each type'; else
	fail 'a repository with one record of each type'
	note "$(cat "$T/init.log")"
	done_testing
fi

for page in "$top"/man/*.[1-9]; do
	grep -q '^\.Sh EXAMPLES' "$page" || continue
	prepare
	case $page in
	*/fmrec-schema.5) shown_type >.fmrec/schema/handover.yaml ;;
	*/fmrec-schema.1) shown_type | sed 's/handover/contract/; s/HND/CTR/' >"$T/home/drafts/contract.yaml" ;;
	esac
	FIRST=$((tests + 1)) python3 "$top/tests/check/session.py" mdoc "$page" "$T/examples"
	read -r count failed <"$T/session.count"
	tests=$((tests + count))
	failures=$((failures + failed))
done

done_testing
