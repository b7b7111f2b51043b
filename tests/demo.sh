#!/bin/sh
# make demo: the main job of fmrec from an empty directory to checked records, on real output.
# Each step says what it shows and fails the demo when it does not.  Works in a temporary directory only.
set -u
unset FMREC_RANDOM_SEED # a fixed one gives the same random part on every day
top=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)
B=${B:-$top/build}
case $B in /*) ;; *) B=$top/$B ;; esac
[ -x "$B/fmrec" ] || { echo "demo: $B/fmrec is not built; type: make demo" >&2; exit 1; }
FMREC=$B/fmrec
FMREC_DATA_DIR=${FMREC_DATA_DIR:-$top}
PATH=$B:$PATH
export FMREC FMREC_DATA_DIR PATH FMREC_PROMPT=0 GIT_TERMINAL_PROMPT=0
[ "${LANG:-}" ] || export LANG=C.UTF-8

place=$(mktemp -d "${TMPDIR:-/tmp}/fmrec-demo.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM HUP
# An identity of its own, so that the demo runs before `git config` was ever typed.
export GIT_CONFIG_GLOBAL="$place/gitconfig" GIT_CONFIG_NOSYSTEM=1
git config --global user.name '佐藤 花子'
git config --global user.email sato@example.com
git config --global init.defaultBranch main

steps=0 failed=0

step() {
	steps=$((steps + 1))
	printf '\n=== %d. %s\n' "$steps" "$1"
}

wrong() {
	failed=$((failed + 1))
	printf '!!! %s\n' "$1"
}

# show COMMAND...: print it and what it says; the exit code is kept in $code, the output in $said
show() {
	printf '$'
	for word; do
		case $word in
		*[!a-zA-Z0-9_./=:@,+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
	"$@" >"$place/said" 2>&1 </dev/null
	code=$?
	said=$(cat "$place/said")
	[ -z "$said" ] || printf '%s\n' "$said"
}

succeeds() {
	show "$@"
	[ "$code" -eq 0 ] || wrong "this should have succeeded; exit code $code"
}

refused() {
	show "$@"
	case $code in
	0) wrong 'this should have been refused' ;;
	1 | 128) ;;
	*) wrong "refused, but with exit code $code" ;;
	esac
}

says() {
	case $said in
	*"$1"*) ;;
	*) wrong "the output should hold: $1" ;;
	esac
}

is() { # NAME GOT WANTED
	[ "$2" = "$3" ] || wrong "$1: $2, not $3"
}

count() {
	fmrec list --format ids "$@" 2>/dev/null | wc -l | tr -d ' '
}

the_id() { # the id of the only record of a type that has this title
	fmrec list "$1" "title:$2" --format ids | head -n 1
}

step 'Start a record repository.'
mkdir "$place/records" && cd "$place/records" || exit 1
succeeds fmrec init
[ -f .fmrec/schema/incident.yaml ] || wrong 'the types are not there'

step 'Import the sample incidents; a dry run first, then one commit.'
rows=$(grep -c '^S[0-9]' "$top/schema/sample/incidents.csv")
succeeds fmrec import -n --map "$top/schema/sample/mapping.yaml" "$top/schema/sample/incidents.csv"
is 'records before' "$(count incident)" 0
succeeds fmrec import --map "$top/schema/sample/mapping.yaml" "$top/schema/sample/incidents.csv"
is 'records after' "$(count incident)" "$rows"
succeeds fmrec import --map "$top/schema/sample/mapping.yaml" "$top/schema/sample/incidents.csv"
says '0 added, 0 changed'

step 'File an incident, in Japanese, at night.'
succeeds fmrec new incident -m '受注システムが停止' --set system=受注管理 --set 'found_on=2026年11月21日 午前3時12分' \
	--set '状況=画面が応答しない。受注バッチも停止。' --set severity=S2
incident=$(the_id incident 受注システムが停止)
[ -n "$incident" ] || wrong 'the incident is not there'
succeeds git log -1 --format='%an: %s' --stat
succeeds fmrec log-entry "$incident" '再起動を開始'

step 'Ask why, prevent it, and keep the lesson.'
cat >"$place/whywhy.yaml" <<END
title: なぜ受注システムが停止したか
subjects: [$incident]
phenomenon: データベースサーバーの電源断の後、受注管理システムが3時間使えなかった。
whys:
  - statement: なぜ予備機へ自動で切り替わらなかったか。
    answer: 自動切替が保留の設定になっていた。
    evidence: 切替制御の設定記録
    whys:
      - statement: なぜ保留のままだったか。
        answer: 保守作業の後、戻す作業が手順書になかった。
        evidence: 保守作業の手順書
        cause_class: [process]
        root_cause: true
END
cat >"$place/prevention.yaml" <<END
title: 自動切替の保留を監視し、月次で切替を確認する
incidents: [$incident]
cause: 保守作業の後に自動切替を戻す手順がなく、保留の状態も監視していなかった。
kind: operation-process
content: |
  1. 保留の設定が1時間を超えたら、当番へ警告する。
  2. 毎月第3日曜に、予備機への切替を実際に行って確かめる。
due: 2026-12-25
END
cat >"$place/lesson.yaml" <<END
title: 冗長構成は、切り替わることを確かめ続ける
from: [$incident]
problem: 主系の電源断で待機系へ切り替わらず、業務が3時間止まった。
lesson: |
  切替の仕組みは、使わない間に使えなくなる。
  一時的に変えた設定は、戻していないことが見えるようにする。
END
for type in whywhy prevention lesson; do
	succeeds fmrec new "$type" --from "$place/$type.yaml"
	is "records of $type" "$(count "$type")" 1
done

step 'A bad value is refused, and the finding says what would be right.'
before=$(git rev-parse HEAD)
refused fmrec set "$incident" severity=S7
says S7
says S1
refused fmrec new incident -m '時刻の逆転' --set occurred_at=2026-11-21T05:00:00+09:00 --set recovered_at=2026-11-21T04:00:00+09:00
is 'commits after refusals' "$(git rev-parse HEAD)" "$before"

step 'Change one field: one line of difference.'
succeeds fmrec set "$incident" severity=S1
show git show --format=%s
is 'changed lines' "$(git show --format= --numstat | cut -f1,2 | tr '\t' /)" 1/1

step 'Install the hook; it refuses a bad commit made without fmrec.'
succeeds fmrec hooks install
file=$(fmrec show --format yaml "$incident" >/dev/null && git ls-files "*$incident.yaml")
sed 's/^severity: .*/severity: S9/' "$file" >"$place/bad" && cat "$place/bad" >"$file"
refused git commit -a -m 'make it worse'
says S9
is 'commits after the hook' "$(git log -1 --format=%s | grep -c 'make it worse')" 0
succeeds git checkout -q -- "$file"
git reset -q && git checkout -q -- .

step 'List and show.'
succeeds fmrec list incident severity:S1
says "$incident"
succeeds fmrec list
succeeds fmrec show "${incident##*-}"
says 受注システムが停止

step 'Link what belongs together; follow it, both ways.'
why=$(the_id whywhy なぜ受注システムが停止したか)
measure=$(the_id prevention 自動切替の保留を監視し、月次で切替を確認する)
succeeds fmrec link "$measure" analyses "$why"
is 'changed files' "$(git show --format= --name-only | grep -c .)" 1
succeeds fmrec trace "$incident"
says "$why"
says "$measure"

step 'Ask: by fields, through links, in words however they are spelt.'
succeeds fmrec list 'found_on:2026-11 severity:S1 whywhy.count:>=1'
says "$incident"
succeeds fmrec list 'type:incident ﾊﾞｯﾁ'
says "$incident"
succeeds fmrec grep -n '切替' type:prevention
says "$measure"
succeeds fmrec query type:incident --group-by severity --count

step 'Who changed which field, and when?'
succeeds fmrec log "$incident"
says S2
says S1

step 'Everything is valid, and a round trip through a spreadsheet changes nothing.'
succeeds fmrec validate
fmrec export --excel incident >"$place/incidents.csv" || wrong 'the export failed'
succeeds fmrec import --type incident "$place/incidents.csv"
says '0 added, 0 changed'
is 'uncommitted changes' "$(git status --porcelain)" ''

public=$top/../shared/data/public-incidents.csv
if [ -r "$public" ]; then
	step 'Import a table of public failures.'
	before=$(count incident)
	succeeds fmrec import --map "$top/schema/sample/public-incidents-mapping.yaml" "$public"
	is 'rows imported' "$(($(count incident) - before))" 189
	succeeds fmrec validate
	says 'no errors'
fi

step 'Approve: two people, two keys; nothing is signed unseen.'
ssh-keygen -q -t ed25519 -N '' -C sato -f "$place/sato" && ssh-keygen -q -t ed25519 -N '' -C tanaka -f "$place/tanaka"
git config user.signingkey "$place/sato.pub"
succeeds fmrec trust init --id p-sato --name '佐藤 花子' --role operations
succeeds fmrec trust add-person p-tanaka --name '田中 一郎' --email tanaka@example.com --department 情報システム部
succeeds fmrec trust add-key p-tanaka "$place/tanaka.pub"
succeeds fmrec trust grant p-tanaka manager
signs() { # PERSON VERB ID: what was seen, and nothing else
	who=$1
	shift
	succeeds fmrec -c "user.signingkey=$place/$who.pub" "$@" --yes --content "$(fmrec -c "user.signingkey=$place/$who.pub" "$@" -n -q)"
}
refused fmrec record "$incident"
says 'finder'
system=$(fmrec -q new system -m 受注管理)
succeeds fmrec set "$incident" "system=$system" finder.name=監視班 urgency=immediate priority=high classification=facility \
	occurred_at=2026-11-21 recovered_at=2026-11-21 plan.class=normal plan.implementer.name=高橋 plan.details=2号機へ切り替える \
	result.cause=電源断 result.details=切り替えた
succeeds fmrec record -n "$incident"
says 'you sign as 佐藤 花子'
refused fmrec judge "$incident"
for row in sato:record sato:receive tanaka:judge tanaka:approve sato:recover tanaka:review tanaka:close; do
	signs "${row%%:*}" "${row##*:}" "$incident"
done
says 'closed'
succeeds fmrec approvals "$incident"
is 'signatures that count' "$(printf '%s\n' "$said" | grep -c '  counts  ')" 7
succeeds fmrec form "$incident"
says '田中 一郎'
succeeds fmrec audit
says PROVEN

step 'Somebody tidies up what was approved; the audit says what happened.'
sed -i 's/^severity: S1/severity: S4/' "records/incident/$(printf '%s' "$incident" | cut -c5-8)/$incident.yaml"
git commit -q --no-verify -a -m 'tidy up' # a hook would have told
refused fmrec audit
says VIOLATION
says 'rec.stale'
says '田中 一郎'
succeeds fmrec list incident severity:S4 --columns id,state

step 'Look at a whole organisation: a year of failures, and an IT continuity plan, signed by its people.'
mkdir "$place/company" && cd "$place/company" || exit 1
succeeds fmrec init --sample
succeeds fmrec audit
says PROVEN
succeeds fmrec validate
says 'valid'
is 'types without a record' "$(for type in $(fmrec schema list --format csv | tail -n +2 | cut -d, -f1); do
	[ "$(count "$type")" -gt 0 ] || printf '%s ' "$type"
done)" ''
succeeds fmrec query type:incident --group-by severity --count
worst=$(fmrec list type:incident severity:S1 --format ids | head -n 1)
succeeds fmrec trace "$worst"
succeeds fmrec approvals "$worst"
succeeds fmrec list type:plan --columns id,state,title
succeeds fmrec list 'type:system has:rto' --columns id,title,rto.hours,rto.rank --sort rto.hours

step 'Begin a continuity plan: all that belongs to it, as drafts that say what is to be decided.'
before=$(count)
succeeds fmrec new plan -m '子会社の運用継続計画'
[ "$(count)" -gt $((before + 20)) ] || wrong 'the plan is not whole'
succeeds fmrec validate
succeeds fmrec catalogue vulnerabilities

printf '\n'
if [ "$failed" -gt 0 ]; then
	printf 'demo: %d of its checks failed\n' "$failed"
	exit 1
fi
printf 'demo: all %d steps did what they say\n' "$steps"
