# Random queries over the generated corpus give the same records as jq and recsel select from the export (issue 3, G).
. "$(dirname "$0")/lib.sh"
command -v jq >/dev/null 2>&1 || {
	skip 'queries against jq' 'no jq here'
	done_testing
}
repository
python3 "$top/tests/bench/corpus.py" . "${ORACLE_RECORDS:-150}" >/dev/null
fmrec list --limit 1 >/dev/null
recsel=
command -v recsel >/dev/null 2>&1 && recsel=--recsel
run python3 "$LIB_DIR/oracle.py" "$FMREC" "${ORACLE_QUERIES:-80}" "${ORACLE_SEED:-1}" $recsel
note "$out"
is 'fmrec and its oracles agree' "$code" 0
like 'jq was asked' "$out" 'fmrec and jq agree on'
if [ -n "$recsel" ]; then like 'recsel was asked' "$out" 'fmrec and recsel agree on'; else skip 'queries against recsel' 'no recsel here'; fi

done_testing
