# Records of every type go out as tables and as JSON, and come back into an empty repository as they were.
. "$(dirname "$0")/lib.sh"
. "$LIB_DIR/every-lib.sh"
generated
imported
all=$(wc -l <"$T/made/all.jsonl" | tr -d ' ')
ok 'every record is valid' fmrec validate
fmrec export --format jsonl | sort >"$T/there"
sort "$T/made/all.jsonl" >"$T/made.sorted"
same 'and as it was made' "$T/there" "$T/made.sorted"

mkdir "$T/csv" "$T/tsv" "$T/json" "$T/jsonl" "$T/excel"
for type in $(cut -f2 "$T/made/records" | sort -u); do
	fmrec export --format csv "$type" >"$T/csv/$type.csv"
	fmrec export --format tsv "$type" >"$T/tsv/$type.tsv"
	fmrec export --excel "$type" >"$T/excel/$type.csv"
done
fmrec export --format json >"$T/json/all.json"
fmrec export --format jsonl >"$T/jsonl/all.jsonl"

for form in csv tsv json jsonl excel; do
	repository "$T/back-$form"
	run fmrec import "$T/$form"/*
	like "$form: all of it is taken" "$err" "^$all added, 0 changed, 0 unchanged"
	fmrec export --format jsonl | sort >"$T/back"
	same "$form: nothing is lost or changed" "$T/back" "$T/there"
	before=$(git rev-parse HEAD)
	run fmrec import "$T/$form"/*
	like "$form: taken again" "$err" "^0 added, 0 changed, $all unchanged"
	is "$form: changes nothing" "$(git rev-parse HEAD)$(git status --porcelain)" "$before"
done
ok 'what came back is valid' fmrec validate

done_testing
