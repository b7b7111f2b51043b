# A power cut: kill -9 of fmrec and the git it runs at some point of each command that writes.  What is there is whole;
# a lock that git left is named; without it everything goes on.
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"
command -v setsid >/dev/null 2>&1 || {
	skip "killing whole groups of processes" "no setsid here"
	done_testing
}
unset FMREC_RANDOM_SEED
repository base
id=$("$FMREC" -q new incident -m steady -s severity=S2)
gone=$("$FMREC" -q new incident -m gone -s severity=S2)
why=$("$FMREC" -q new whywhy -m why)
"$FMREC" -q link "$why" subjects "$id"
"$FMREC" -q set "$id" note='changed since'
printf 'title,severity\none,S1\ntwo,S2\nthree,S3\n' >"$T/table.csv"
awk 'BEGIN { for (i = 0; i < 200000; i++) print "a line of a log", i }' >"$T/syslog.txt"
printf '#!/bin/sh\nsed -i "s/^severity: .*/severity: S3/" "$1"\n' >"$T/editor"
chmod +x "$T/editor"
export GIT_EDITOR="$T/editor"
git config gc.auto 0
cd ..

# An older form, to be migrated; and a pack that has changed since.
cp -a base older && cd older || exit 1
sed -i -e 's/^  form: 1$/  form: 2/' -e 's/^  note:/  remark:/' \
	-e '0,/^  states:/s//  migrations:\n    - {form: 2, steps: [{move: note, to: remark}]}\n  states:/' .fmrec/schema/incident.yaml
git commit -qam 'another form'
cd ..
mkdir "$T/pack" && cp -R "$top/schema/types" "$top/schema/catalogue" "$T/pack" && cp "$top/schema/pack/config.yaml" "$T/pack"
for pack_type in incident lesson whywhy system; do
	sed -i '0,/^  help:/s//  # newer\n  help:/' "$T/pack/types/$pack_type.yaml"
done

milliseconds() { date +%s%N | sed 's/......$//'; }

# The steady record must be there, whole; so must everything that is committed.
look() {
	grep -q '^title: steady$' "records/incident/2026/$id.yaml" || echo "lost"
	case $command in
	rename*) # two ids for one record, until git takes what is not committed back
		rm -f .git/index.lock && git reset -q --hard && git clean -fdq records
		;;
	esac
	git fsck --strict >"$T/fsck" 2>&1 || cat "$T/fsck"
	"$FMREC" validate >"$T/valid" 2>&1 || cat "$T/valid"
	if [ -e .git/index.lock ]; then
		locked=$((locked + 1))
		"$FMREC" set "$id" target=locked >/dev/null 2>"$T/locked" && echo "wrote in spite of the lock"
		grep -q 'index\.lock' "$T/locked" || cat "$T/locked"
		rm -f .git/index.lock
	fi
	rm -f .git/HEAD.lock .git/refs/heads/main.lock # git's own, which it names too
	"$FMREC" -q set "$id" "target=after $round" >"$T/set" 2>&1 || cat "$T/set"
	find . -name '.fmrec-tmp-*' ! -path './.git/fmrec/drafts/*'
	git show HEAD:"records/incident/2026/$id.yaml" | grep -q "^target: after $round$" || echo "the next one is not committed"
}

locked=0
for command in "new incident -m killed" "set $id severity=S4 situation=x" "edit $id" "log-entry $id restarted" \
	"attach $id $T/syslog.txt" "rm $gone" \
	"link $gone same_cause $id" "relink $why -m holds" "rename $gone INC-20261121-ABCD" "import $T/table.csv --type incident" \
	"migrate" "schema upgrade --pack $T/pack"; do
	case $command in migrate) base=older ;; *) base=base ;; esac
	rm -rf try && cp -a "$base" try && cd try || exit 1
	start=$(milliseconds)
	# shellcheck disable=SC2086
	"$FMREC" $command >/dev/null 2>&1 </dev/null
	took=$(($(milliseconds) - start + 1))
	cd ..
	complaints=''
	for round in 1 2 3 4 5 6 7; do
		rm -rf try && cp -a "$base" try && cd try || exit 1
		# shellcheck disable=SC2086
		setsid "$FMREC" $command >/dev/null 2>&1 </dev/null &
		victim=$!
		sleep "$(printf '%d.%03d' $((took * round / 8 / 1000)) $((took * round / 8 % 1000)))"
		kill -9 -$victim 2>/dev/null
		wait $victim 2>/dev/null
		said=$(look)
		[ -z "$said" ] || complaints="$complaints
$round of 8 of $took ms: $said"
		cd ..
	done
	is "${command%% *}: whole wherever it is cut" "$complaints" ""
done
done_testing
