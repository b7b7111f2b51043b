# Persons, keys and signed commits for tests, made with git and ssh-keygen alone.  Source it behind lib.sh.
#
#	trust_repository        a record repository with the type `memo`, a policy of version 1, and nothing else
#	file ID TITLE PLAN [PERSON]   file a memo (p-ito does, unless said otherwise) and commit it
#	act PERSON VERB ID ROLE MEANING [FIELD...]   sign a memo; without fields everything is covered; an ID
#	                        in small letters is no record
#	                        reason=TEXT target=COMMIT behalf=PERSON lines=TEXT before it say more
#	signed PERSON GIT-COMMIT-ARGUMENTS...        commit what is staged, signed
#	tick                    a minute passes
#
# Persons: p-admin (admin), p-ito (operations), p-sato and p-kato (manager), p-stranger (a key, no role).  The workflow of a
# memo: filed -receive (covers title)-> received -approve (covers plan)-> approved -close-> closed.
#
# shellcheck shell=sh

now=1795197600 # 2026-11-21 03:20 +09:00
REPOSITORY_ID=0123456789abcdef0123456789abcdef

tick() {
	now=$((now + 60))
	GIT_COMMITTER_DATE="@$now +0000" GIT_AUTHOR_DATE="@$now +0000"
	export GIT_COMMITTER_DATE GIT_AUTHOR_DATE
}

make_keys() {
	mkdir -p "$T/keys"
	for person in p-admin p-ito p-sato p-kato p-stranger; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$T/keys/$person"
	done
}

as() { # PERSON COMMAND...
	as_person=$1
	shift
	env GIT_AUTHOR_NAME="$as_person" GIT_AUTHOR_EMAIL="$as_person@example.com" GIT_COMMITTER_NAME="$as_person" \
		GIT_COMMITTER_EMAIL="$as_person@example.com" "$@"
}

signed() {
	signer=$1
	shift
	as "$signer" git -c gpg.format=ssh -c user.signingkey="$T/keys/$signer" commit -q -S --cleanup=verbatim "$@"
}

public() {
	cut -d' ' -f1,2 "$T/keys/$1.pub"
}

put_policy() { # VERSION [PREVIOUS]; what else is in $more_roles
	mkdir -p .fmrec/trust
	{
		printf 'schema: 1\nrepository: %s\nversion: %s\n' "'$REPOSITORY_ID'" "$1"
		[ -z "${2:-}" ] || printf 'previous: %s\n' "'$2'"
		printf "settings: {edits: claimed, history: linear, admins: 1, utc-offset: '+09:00', config-roles: [admin]}\npersons:\n"
		printf '  - {id: p-admin, name: Admin, emails: [p-admin@example.com]}\n'
		printf '  - {id: p-ito, name: 伊藤 次郎, department: 運用課, emails: [p-ito@example.com]}\n'
		printf '  - {id: p-sato, name: 佐藤 花子, department: 情報システム部, emails: [p-sato@example.com]}\n'
		printf '  - {id: p-kato, name: 加藤 <三郎>, emails: [p-kato@example.com]}\n'
		printf '  - {id: p-stranger, name: Stranger, emails: [p-stranger@example.com]}\nkeys:\n'
		for person in p-admin p-ito p-sato p-kato p-stranger; do
			printf "  - {key: '%s', owner: %s, state: active}\n" "$(public "$person")" "$person"
		done
		printf 'roles:\n  - {role: admin, person: p-admin, from: 2026-01-01}\n'
		printf '  - {role: operations, person: p-ito, from: 2026-01-01}\n'
		printf '  - {role: manager, person: p-sato, from: 2026-01-01}\n'
		printf '  - {role: manager, person: p-kato, from: 2026-01-01}\n'
		printf '%s' "${more_roles:-}"
	} >.fmrec/trust/policy.yaml
	policy_version=$1
	policy_digest=sha256:$(sha256sum <.fmrec/trust/policy.yaml | cut -d' ' -f1)
}

transition() { # NAME FROM TO ROLE MEANING [COVERS]
	cat <<-Y
		    - name: $1
		      label: {en: $1, ja: $1}
		      help: {en: A step., ja: 手続き。}
		      from: [$2]
		      to: $3
		      by: [$4]
		      meaning: $5
		      declares: {en: I $1 it., ja: これを認める。}
		      not-by: [author]
	Y
	[ -z "${6:-}" ] || printf '      covers: [%s]\n' "$6"
}

put_type() {
	{
		cat <<-'Y'
			$schema: https://json-schema.org/draft/2020-12/schema
			$id: urn:fmrec:type:memo
			title: Memo
			description: What the tests sign.
			type: object
			x-fmrec:
			  type: memo
			  form: 1
			  label: {en: Memo, ja: メモ}
			  help: {en: What the tests sign., ja: 試験用。}
			  directory: memo
			  by-year: true
			  id: {prefix: MEM, pattern: '{prefix}-{date}-{random}'}
			  states:
			    - name: filed
			      label: {en: Filed, ja: 起票}
			      help: {en: A state., ja: 状態。}
		Y
		before=filed
		for state in received approved closed; do
			printf '    - name: %s\n      label: {en: %s, ja: %s}\n' "$state" "$state" "$state"
			printf '      help: {en: A state., ja: 状態。}\n      after: %s\n' "$before"
			before=$state
		done
		printf '  transitions:\n'
		transition receive filed received operations received title | sed '/not-by/d'
		transition approve received approved manager approved plan
		transition close approved closed manager closed | sed '/not-by/d'
		cat <<-'Y'
			  ask: [title]
			  columns: [id, title]
			  heading: title
			  attachments: attachments
			required: [id, form, title]
			additionalProperties: false
			properties:
			  id:
			    type: string
			    pattern: '^[A-Z0-9]+(-[A-Z0-9]+)*$'
			    x-fmrec: {label: {en: Id, ja: 管理番号}, help: {en: Its name., ja: 番号。}, template: false}
			  form:
			    type: integer
			    minimum: 1
			    x-fmrec: {label: {en: Form, ja: 様式}, help: {en: Its form., ja: 様式の版。}, template: false}
			  title:
			    type: string
			    minLength: 1
			    x-fmrec: {label: {en: Title, ja: 件名}, help: {en: What happened., ja: 事象。}}
			  plan:
			    type: string
			    minLength: 1
			    x-fmrec: {label: {en: Plan, ja: 方針}, help: {en: What to do., ja: 対処。}}
			  attachments:
			    type: array
			    minItems: 1
			    x-fmrec: {label: {en: Attachments, ja: 添付}, help: {en: Files., ja: 添付。}}
			    items:
			      type: object
			      required: [file]
			      additionalProperties: false
			      properties:
			        file:
			          type: string
			          x-fmrec: {label: {en: File, ja: ファイル}, help: {en: Its name., ja: 名前。}}
			        sha256:
			          type: string
			          x-fmrec: {label: {en: SHA-256, ja: SHA-256}, help: {en: Its digest., ja: 検証値。}}
			        size:
			          type: integer
			          x-fmrec: {label: {en: Size, ja: 大きさ}, help: {en: Bytes., ja: バイト数。}}
		Y
	} >.fmrec/schema/memo.yaml
}

trust_repository() {
	[ -d "$T/keys" ] || make_keys
	repository "$@"
	put_type
	tick
	git add -A && git commit -q -m 'config' || exit 1
	put_policy 1
	tick
	git add -A && signed p-admin -m 'trust' || exit 1
}

place() { # ID
	printf 'records/memo/%s/%s.yaml' "$(printf '%s' "$1" | cut -c5-8)" "$1"
}

file() {
	mkdir -p "$(dirname "$(place "$1")")"
	printf 'id: %s\nform: 1\ntitle: %s\nplan: %s\n' "$1" "$2" "$3" >"$(place "$1")"
	tick
	git add -A && as "${4:-p-ito}" git commit -q -m "fmrec: new $1"
}

manifest() { # ID [FIELD...], of what is in the work tree; fields are lines
	manifest_id=$1
	manifest_file=$(place "$1")
	shift
	printf 'fmrec-manifest 1\nrecord %s\npath %s\nmode 100644\n' "$manifest_id" "$manifest_file"
	[ $# -gt 0 ] || {
		printf 'file %s\n' "$(wc -c <"$manifest_file" | tr -d ' ')"
		cat "$manifest_file"
		echo
		find "${manifest_file%.yaml}" -type f 2>/dev/null | LC_ALL=C sort | while read -r attached; do
			printf 'attachment %s 100644 %s sha256:%s\n' "$attached" "$(wc -c <"$attached" | tr -d ' ')" \
				"$(sha256sum <"$attached" | cut -d' ' -f1)"
		done
	}
	for field in "$@"; do
		bytes=$(grep "^$field:" "$manifest_file")
		printf 'field %s %s\n%s\n' "$field" "$(printf '%s' "$bytes" | wc -c | tr -d ' ')" "$bytes"
	done
}

act() {
	act_person=$1 act_verb=$2 act_id=$3 act_role=$4 act_meaning=$5
	shift 5
	tick
	{
		printf 'fmrec: %s %s\n\n' "$act_verb" "$act_id"
		[ -z "${reason:-}" ] || printf '> %s\n\n' "$reason"
		printf 'Fmrec-Format: 1\nFmrec-Action: %s\nFmrec-Repo: %s\n' "$act_verb" "$REPOSITORY_ID"
		case $act_id in
		MEM-*)
			printf 'Fmrec-Record: %s\nFmrec-Path: %s\n' "$act_id" "$(place "$act_id")"
			printf 'Fmrec-Content: sha256:%s\n' "$(manifest "$act_id" "$@" | sha256sum | cut -d' ' -f1)"
			;;
		esac
		printf 'Fmrec-Policy: %s %s\nFmrec-Signer: %s\nFmrec-Role: %s\n' "$policy_version" "$policy_digest" "$act_person" \
			"$act_role"
		[ -z "${behalf:-}" ] || printf 'Fmrec-On-Behalf-Of: %s\n' "$behalf"
		printf '%s' "${lines:-}"
		[ -z "${target:-}" ] || printf 'Fmrec-Target: %s\n' "$target"
		printf 'Fmrec-Meaning: %s\nFmrec-Time: %s\n' "$act_meaning" "$(date -u -d "@$now" +%Y-%m-%dT%H:%M:%SZ)"
	} >"$T/message"
	signed "$act_person" --allow-empty -F "$T/message"
}
