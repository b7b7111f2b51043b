# Attacks on approvals, and what audit must say of each (approvals.md, sections 2 to 9): audit-attacks.py.
. "$(dirname "$0")/lib.sh"

"$FMREC" audit -h >/dev/null 2>&1 || {
	skip 'attacks' 'there is no audit'
	done_testing
}
repository
python3 -B "$LIB_DIR/audit-attacks.py" "${ATTACKS:-.}"
