# A disk that is full, and one that is read-only, for real: a small file system of our own, gone with this process.
# shellcheck disable=SC1091,SC2154
if [ -z "${FMREC_TEST_DISK:-}" ]; then
	for how in -m -rm; do
		FMREC_TEST_DISK=$(mktemp -d "${TMPDIR:-/tmp}/fmrec-disk.XXXXXX") && export FMREC_TEST_DISK || exit 1
		trap 'rmdir "$FMREC_TEST_DISK"' EXIT
		# shellcheck disable=SC2016
		if unshare "$how" mount -t tmpfs -o size=3m none "$FMREC_TEST_DISK" 2>/dev/null; then
			unshare "$how" sh -c 'mount -t tmpfs -o size=3m none "$FMREC_TEST_DISK" && sh "$0"' "$0"
			exit $?
		fi
		rmdir "$FMREC_TEST_DISK"
	done
	trap - EXIT
	echo '1..0 # SKIP no file system can be mounted here'
	exit 0
fi
disk=$FMREC_TEST_DISK
. "$(dirname "$0")/lib.sh"
unset FMREC_RANDOM_SEED
export TMPDIR="$disk" # the editor's file as well
cd "$disk" || exit 1
repository
git config gc.auto 0
id=$("$FMREC" -q new incident -m steady -s severity=S2)
path=records/incident/2026/$id.yaml
printf '#!/bin/sh\nsed "s/^severity: .*/severity: S3/" "$1" >"%s/edited" && cat "%s/edited" >"$1"\n' "$T" "$T" >"$T/editor"
chmod +x "$T/editor"
export GIT_EDITOR="$T/editor"

# Leave just so many bytes free.
fill() {
	head -c 10000000 /dev/zero >"$disk/fill" 2>/dev/null
	truncate -s "-$1" "$disk/fill"
}

before=$(git rev-parse HEAD)
for command in "new incident -m full" "set $id severity=S1 situation=full" "edit $id" "log-entry $id full"; do
	complaints='' refused=0
	for left in 0 4096 8192 12288 16384 20480 24576 32768; do
		fill "$left"
		# shellcheck disable=SC2086
		run "$FMREC" $command
		rm -f "$disk/fill"
		if [ "$code" -ne 0 ]; then
			refused=$((refused + 1))
			[ -z "$(git status --porcelain)" ] || complaints="$complaints
$left: half a state: $(git status --porcelain) $err"
			printf '%s\n' "$err" | grep -Eq 'No space left|diskspace|write|failed' || complaints="$complaints
$left: does not say why: $err"
			git diff --quiet "$before" || complaints="$complaints
$left: something was changed: $err"
		fi
		[ ! -e .git/index.lock ] || complaints="$complaints
$left: the index stays locked"
		"$FMREC" validate >/dev/null 2>"$T/valid" || complaints="$complaints
$left: $(cat "$T/valid")"
		git reset -q --hard "$before"
		"$FMREC" edit --discard "$id" >/dev/null 2>&1
	done
	is "${command%% *}: all or nothing on a full disk" "$complaints" ""
	[ "$refused" -gt 1 ] && pass "... which was full $refused times" || fail "... which was never full"
done
ok "nothing is torn" git fsck --strict
unlike "and nothing left lying about" "$(find . -name '.fmrec-tmp-*')" .
ok "with space again it works" "$FMREC" set "$id" severity=S1

# ---- read-only ----
cp "$path" "$T/before.yaml"
if mount -o remount,ro "$disk" 2>/dev/null; then
	for command in "new incident -m x" "set $id severity=S4" "edit $id" "attach $id $T/editor" "rm $id" "hooks install"; do
		# shellcheck disable=SC2086
		TMPDIR=$T exit_is "${command%% *}: refused on a read-only disk" 128 "$FMREC" $command
		like "${command%% *}: and says so" "$err" 'Read-only file system'
	done
	for command in list "show $id" validate 'validate --rev HEAD' 'validate --staged' 'export incident'; do
		# shellcheck disable=SC2086
		exit_is "$command: reads all the same" 0 "$FMREC" $command
	done
	mount -o remount,rw "$disk"
	same "the record is as it was" "$path" "$T/before.yaml"
else
	skip "a read-only disk" "it cannot be made so"
fi
cd "$T" || exit 1
done_testing
