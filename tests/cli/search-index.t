# grep and similar say the same with the cache and without, and build none.
. "$(dirname "$0")/lib.sh"
if ! command -v python3 >/dev/null; then
	skip 'with the cache and without' 'no python3'
	done_testing
fi
repository
python3 "$top/tests/bench/corpus.py" . 120 >/dev/null
git add records
git commit -qm corpus --no-verify
printf 'id: INC-20260101-ABCD\nform: 1\ntitle: timeout [\nbroken: [\n' >records/incident/2026/INC-20260101-ABCD.yaml
: >records/incident/2026/INC-20260101-EMPT.yaml
ln -s /etc/passwd records/incident/2026/INC-20260101-L1NK.yaml
mkdir -p records/nosuch && printf 'id: NOS-1\ntitle: timeout\n' >records/nosuch/NOS-1.yaml
python3 -c 'print("# " + "timeout " * 700000)' >records/incident/2026/INC-20260101-HVGE.yaml
cache=.git/fmrec

alike() { # ARGUMENTS...
	rm -rf "$cache"
	fmrec "$@" >"$T/without" 2>"$T/without.err"
	without=$?
	if [ -e "$cache/index.sqlite" ]; then fail "$*: builds no cache"; fi
	fmrec -q validate >/dev/null 2>&1
	fmrec "$@" >"$T/with" 2>"$T/with.err"
	with=$?
	if [ ! -e "$cache/index.sqlite" ]; then fail "$*: there is a cache"; fi
	if [ "$with" -eq "$without" ] && cmp -s "$T/with" "$T/without" && cmp -s "$T/with.err" "$T/without.err"; then
		pass "$*"
	else
		fail "$*"
		note "exit codes: $without without, $with with"
		note "$(diff "$T/without" "$T/with" | head -n 6; diff "$T/without.err" "$T/with.err" | head -n 6)"
	fi
}

alike grep timeout
alike grep -l 接続
alike grep -L timeout
alike grep -c -v e
alike grep --heading --fold タイムアウト
alike grep -C2 flux
alike grep --field title -i '^the'
alike grep --field title -F The
alike grep --field title -v the
alike grep --format jsonl --path disk
alike grep -l --all-match -e timeout -e 接続
alike grep nosuchword
alike -q grep timeout
alike similar 'the nightly batch 夜間バッチ'
alike similar --type lesson --format json 'timeout 接続'
alike similar INC-20260101-ABCD

# What changed since is seen
fmrec -q validate >/dev/null 2>&1
printf 'id: INC-20260101-ZZZZ\nform: 1\ntitle: xylophone\n' >records/incident/2026/INC-20260101-ZZZZ.yaml
run fmrec grep -l xylophone
is 'a new record' "$out" INC-20260101-ZZZZ
rm records/incident/2026/INC-20260101-ZZZZ.yaml
exit_is 'a record that is gone' 1 fmrec grep -l xylophone
printf 'garbage' >"$cache/index.sqlite"
ok 'a broken cache' fmrec grep -l timeout

done_testing
