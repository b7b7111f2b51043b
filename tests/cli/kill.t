# kill -9 at any point: what is there is whole, and the next command works.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
unset FMREC_RANDOM_SEED
repository
id=$("$FMREC" -q new incident -m steady -s severity=S2)
path=records/incident/2026/$id.yaml

kill_after() { # kill_after SECONDS COMMAND...
	delay=$1
	shift
	"$@" >/dev/null 2>&1 </dev/null &
	victim=$!
	sleep "$delay"
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
}

printf '#!/bin/sh\nsed -i "s/^severity: .*/severity: S3/" "$1"\n' >"$T/editor"
chmod +x "$T/editor"
export GIT_EDITOR="$T/editor"
failed=''
round=0
for delay in 0.001 0.003 0.005 0.008 0.011 0.014 0.018 0.022 0.027 0.033 0.04 0.05; do
	round=$((round + 1))
	kill_after "$delay" "$FMREC" new incident -m "killed $round"
	kill_after "$delay" "$FMREC" set "$id" "severity=S$((round % 2 + 1))" "situation=round $round"
	kill_after "$delay" "$FMREC" edit "$id"
	"$FMREC" validate >"$T/validate" 2>&1 || failed="$failed validate@$delay: $(cat "$T/validate")"
	find records .fmrec -type f ! -name '*.yaml' >"$T/litter"
	grep -q '^title: steady$' "$path" || failed="$failed lost@$delay"
done
is "records are whole after every kill" "$failed" ""
ok "git finds nothing torn" git fsck --strict
ok "the next new works" "$FMREC" new incident -m after
ok "the next set works" "$FMREC" set "$id" target=after
note "left after the kills: $(git status --porcelain | tr '\n' ' ')"
# What a kill left written but not committed is a whole record, visible to git.
unlike "nothing is half written" "$(git status --porcelain --untracked-files=all)" '\.(tmp|lock|new)'
ok "all is valid" "$FMREC" validate
done_testing
