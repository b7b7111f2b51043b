# Codes of findings: well-formed, unique, and each explained in fmrec-codes(7) as codes.def says it.
. "$(dirname "$0")/../cli/lib.sh"

exit_is 'the program lists its codes' 0 fmrec __codes
printf '%s\n' "$out" >codes
is 'codes are words with a dot' "$(cut -f1 codes | grep -vE '^[a-z]+\.[a-z]+(-[a-z]+)*$' || true)" ''
is 'no code twice' "$(cut -f1 codes | sort | uniq -d)" ''
is 'every code has a severity' "$(cut -f2 codes | grep -vxE 'error|warning|advice' || true)" ''
is 'every code has a sentence' "$(awk -F '\t' '$3 == ""' codes)" ''

page=$top/man/fmrec-codes.7
run fmrec __codes --mdoc
printf '%s\n' "$out" >wanted
sed '1,/^\.\\" begin of rows/d; /^\.\\" end of rows/,$d' "$page" >written
same 'fmrec-codes(7) has these rows (else: make man)' written wanted

# A code in the sources that is not in the list would not compile; one that nobody uses is a promise not kept.
cat "$top"/src/*/*.c >"$T/sources"
unused=
for constant in $(sed -n 's/^FMR_\(AUDIT_\)\{0,1\}CODE(\([A-Z0-9_]*\),.*/\2/p' "$top/include/fmrec/codes.def"); do
	grep -q "FMR_CODE_$constant\>" "$T/sources" || unused="$unused $constant"
done
is 'every code is used' "$unused" ''

done_testing
