# Files made to hurt: bounded time and memory, everything told, nothing followed, nothing run.
# shellcheck disable=SC1091,SC2154,SC2016
. "$(dirname "$0")/lib.sh"
repository
unset FMREC_RANDOM_SEED
escape=$(printf '\033')
id=$("$FMREC" -q new incident -m steady -s severity=S2)
other=$("$FMREC" -q new incident -m other -s severity=S3)
path=records/incident/2026/$id.yaml
cp "$path" "$T/good.yaml"

# A sanitizer needs address space of its own.
case $B in */san-*) limit=unlimited ;; *) limit=1000000 ;; esac
bounded() {
	# shellcheck disable=SC3045 # dash and bash know it
	(ulimit -v "$limit"; exec timeout 60 "$@")
}
repeat() { awk -v n="$1" -v text="$2" 'BEGIN { while (n--) printf "%s", text }'; }

# ---- one record of a megabyte: each command in seconds, and a report that a person can read ----
hurt() { # hurt NAME CODE_OF_VALIDATE; the end of the record comes from stdin
	{ cat "$T/good.yaml" && cat; } >"$path"
	exit_is "$1: validate" "$2" bounded "$FMREC" validate
	is "$1: validate does not print without end" "$([ "$(wc -c <"$T/out")" -lt 1000000 ] && echo yes)" yes
	run bounded "$FMREC" list
	like "$1: list still shows the others" "$out" "$other"
	run bounded "$FMREC" show "$id"
	[ "$code" -le 128 ] && pass "$1: show ends" || fail "$1: show ends"
	run bounded "$FMREC" set -n "$id" severity=S1
	[ "$code" -le 128 ] && pass "$1: set ends" || fail "$1: set ends"
	git checkout -q -- "$path"
}
{ printf 'cause_class: ['; repeat 300000 'x, '; echo 'x]'; } | hurt "very many wrong items" 1
awk 'BEGIN { for (i = 0; i < 70000; i++) print "k" i ": v" }' | hurt "very many unknown fields" 1
{ printf 'prevention: ['; repeat 45000 'PRV-20261122-AAAA, '; echo ']'; } | hurt "very many links" 1
{ printf 'situation: '; repeat 900000 '['; } | hurt "very deep" 1
{ printf 'situation: |\n'; repeat 2000000 '  x\n'; } | hurt "too large" 1

# ---- what cannot be read is told, not left out in silence ----
for kind in 'a pipe' 'a device' 'a large file' 'a broken one'; do
	rm -f "$path"
	case $kind in
	'a pipe') mkfifo "$path" ;;
	'a device') ln -s /dev/zero "$path" ;;
	'a large file') { cat "$T/good.yaml"; echo 'situation: |'; repeat 2000000 '  x\n'; } >"$path" ;;
	'a broken one') echo 'title: [' >"$path" ;;
	esac
	exit_is "$kind: list goes on" 0 bounded "$FMREC" list
	like "$kind: and tells" "$err" '1 record cannot be read'
	like "$kind: and shows the rest" "$out" "$other"
	exit_is "$kind: validate finds it" 1 bounded "$FMREC" validate
	like "$kind: in one record of two" "$err" 'error in 1 of 2 records'
	exit_is "$kind: set refuses" 128 bounded "$FMREC" set "$id" severity=S1
	exit_is "$kind: export tells" 1 bounded "$FMREC" export incident
	rm -f "$path" && git checkout -q -- "$path"
done
mv .fmrec/schema/incident.yaml "$T/schema.yaml" && mkfifo .fmrec/schema/incident.yaml
exit_is "a type that cannot be read: list goes on" 0 bounded "$FMREC" list
like "and tells" "$err" '2 records cannot be read'
rm .fmrec/schema/incident.yaml && mv "$T/schema.yaml" .fmrec/schema/incident.yaml

# ---- directories that lead elsewhere ----
for name in .fmrec records; do
	mv "$name" "$T/elsewhere" && ln -s "$T/elsewhere" "$name"
	exit_is "$name is a link: refused" 128 bounded "$FMREC" list
	like "and named" "$err" "'$name.*symbolic link"
	not "nothing is written behind it" "$FMREC" new incident -m x
	rm "$name" && mv "$T/elsewhere" "$name"
done
is "nothing was changed" "$(git status --porcelain)" ""

# ---- what is given on the command line ----
exit_is "a directory as input" 128 bounded "$FMREC" new incident --from .
exit_is "a device without end" 128 bounded "$FMREC" new incident --from /dev/zero
exit_is "a device to attach" 128 bounded "$FMREC" attach "$id" /dev/zero
exit_is "a directory to attach" 128 bounded "$FMREC" attach "$id" records
exit_is "a directory to import" 128 bounded "$FMREC" import records --type incident
for name in "$(printf 'a\377b')" "$(printf 'a\033[2Jb')" "$(printf 'a\nb')" '..' '-n' '.git' "$(repeat 300 a)"; do
	echo x >"$T/attached" && mkdir -p "$T/names" && cp "$T/attached" "$T/names/$name" 2>/dev/null
	run bounded "$FMREC" attach -n "$id" "$T/names/$name"
	unlike "an attached file of an odd name shows no escape" "$out$err" "$escape"
	rm -rf "$T/names"
done
git reset -q --hard && git clean -qfdx

# ---- names that only differ in case, or are no text ----
lower=records/incident/2026/$(printf '%s' "$id" | tr 'A-Z' 'a-z').yaml
cp "$path" "$lower"
exit_is "an id that differs only in case" 1 "$FMREC" validate
rm "$lower"
cp "$path" "records/incident/2026/$(printf 'INC-\377').yaml" 2>/dev/null && {
	exit_is "a name that is no UTF-8" 1 "$FMREC" validate
	unlike "is shown safely" "$out" "$(printf '\377')"
	rm -f records/incident/2026/INC-*"$(printf '\377')".yaml
}
cp "$path" "records/incident/2026/$(printf 'INC\033[31m').yaml"
for command in validate list 'show INC' export; do
	# shellcheck disable=SC2086
	run "$FMREC" $command
	unlike "$command shows no escape of a file's name" "$out$err" "$escape"
done
git clean -qfd

# ---- escapes from git ----
git checkout -q -b 'odd' && git commit -q --allow-empty -m "$(printf 'red \033[31m')"
printf 'ref: refs/heads/a\033[31m\n' >.git/HEAD
for command in list validate "set $id severity=S4" "show $id@HEAD" 'validate --rev HEAD'; do
	# shellcheck disable=SC2086
	run "$FMREC" $command
	unlike "$command shows no escape of a branch's name" "$out$err" "$escape"
done
done_testing
