# Many at once: nothing is lost.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
unset FMREC_RANDOM_SEED
repository

before=$(git rev-list --count HEAD)
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	("$FMREC" -q new incident -m "parallel $i" >"$T/id.$i" 2>"$T/talk.$i" || echo "$?" >"$T/failed.$i") &
done
wait
is "no process failed" "$(cat "$T"/failed.* 2>/dev/null; cat "$T"/talk.*)" ""
is "40 records" "$(find records -name 'INC-*.yaml' | wc -l | tr -d ' ')" 40
is "40 ids, none twice" "$(cat "$T"/id.* | sort -u | wc -l | tr -d ' ')" 40
is "40 commits" $(($(git rev-list --count HEAD) - before)) 40
is "one record in each" "$(git log --format= --name-only "HEAD~40..HEAD" | sort -u | grep -c .)" 40
is "every title is there" "$(cat records/incident/2026/*.yaml | grep -cE "^title: '?parallel [0-9]+")" 40
is "nothing left over" "$(git status --porcelain)" ""
ok "all is valid" "$FMREC" validate
ok "git thinks so too" git fsck --strict

id=$(cat "$T/id.1")
for field in severity=S1 situation=x target=y phenomenon=z first_aid=a urgency=immediate; do
	"$FMREC" -q set "$id" "$field" 2>>"$T/set.errors" &
done
wait
is "fields set at the same time" "$(cat "$T/set.errors")" ""
is "are all there" "$(grep -cE '^(severity|situation|target|phenomenon|first_aid|urgency):' \
	"records/incident/2026/$id.yaml")" 6
done_testing
