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

# Words are looked for in the texts as they are before anything is folded: as good as folding everything
id=INC-20260401-AAAA
printf 'id: %s\nform: 1\ntitle: "\\u30b5\\u30fc\\u30d0 ﾊﾞｯﾁ Ｂａｔｃｈ ㌔"\nsituation: |\n  サ－バ と さーばー、ディスク\n  ㎏ ｶﾞｷﾞ か\xe3\x82\x99\n' $id >"$T/odd"
mkdir -p records/incident/2026 && cp "$T/odd" records/incident/2026/$id.yaml
for word in サーバ ｻｰﾊﾞ さーば ディスク ﾃﾞｨｽｸ でぃすく タイムアウト ﾀｲﾑｱｳﾄ TIMEOUT ｔｉｍｅｏｕｔ 接続 バッチ batch キロ が ガ ギ 監視サーバ 受注管理 ー、; do
	wanted=$(fmrec sql --format ids "SELECT id FROM record WHERE instr(fold(text(key)), fold('$word')) ORDER BY id")
	[ "$word" = サーバ ] || [ "$word" = ｻｰﾊﾞ ] || [ "$word" = さーば ] && wanted=$(printf '%s\n%s\n' "$wanted" "$id" | sort -u)
	is "$word is found as if all were folded" "$(fmrec list --format ids -- "\"$word\"" | sort)" "$(printf '%s\n' "$wanted" | sort)"
done
if [ -n "$recsel" ]; then like 'recsel was asked' "$out" 'fmrec and recsel agree on'; else skip 'queries against recsel' 'no recsel here'; fi

done_testing
