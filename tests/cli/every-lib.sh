# Records of every type, made from the schemas (tests/generate/main.c tells what).  Source it behind lib.sh:
#
#	generated                       a repository, and in $T/made what was made for it; $whole are the ids of the
#	                                records with everything
#	imported                        the records are in the repository, in one commit
#	each_whole COMMAND...           run with the id and the type of each of them
#	none_fails NAME COMMAND...      passes when each of these runs succeeds; tells which does not
#
# shellcheck shell=sh

generated() {
	repository
	mkdir "$T/made"
	if ! "$B/generate" "$T/made" 2>"$T/err"; then
		fail 'records are made of every type'
		note "$(cat "$T/err")"
		done_testing
	fi
	whole=$(sed -n 's/\twhole$//p' "$T/made/records" | cut -f1)
	cut -f1 "$T/made/records" | while read -r id; do cat "$T/made/$id.json"; done >"$T/made/all.jsonl"
}

imported() {
	"$FMREC" import "$T/made/all.jsonl" >"$T/import.log" 2>&1 || {
		fail 'the records are imported'
		note "$(head -n 20 "$T/import.log")"
	}
}

each_whole() {
	sed -n 's/\twhole$//p' "$T/made/records" | while read -r id type; do
		"$@" "$id" "$type" </dev/null >"$T/each.log" 2>&1 || {
			printf '%s %s\n' "$type" "$id"
			head -n 5 "$T/each.log" | cut -c1-300
		}
	done
}

none_fails() {
	none_name=$1
	shift
	is "$none_name" "$(each_whole "$@")" ''
}
