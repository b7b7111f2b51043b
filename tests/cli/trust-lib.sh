# People, keys and signed commits for the tests of trust and audit.  Source it behind lib.sh:
#
#	people NAME...                  a key each in $T/keys; they are p-NAME, NAME@example.com
#	as NAME COMMAND...              run with that person's identity and signing key
#	trust_policy NAME:ROLE,ROLE...  begin with this policy, signed by the first; settings=TEXT for its settings
#	signed NAME git-commit-args...  git commit, signed by NAME
#	forged VERB ID NAME ROLE...     an Action commit on HEAD made by hand; ID may be -; options: covers=a,b key=NAME
#	                                target=COMMIT behalf=NAME meaning=WORD reason=TEXT namespace=file time=SECONDS
#	content ID [covers=a,b]         the digest that such an Action carries
#
# shellcheck shell=sh

people() {
	mkdir -p "$T/keys"
	for person; do
		[ -f "$T/keys/$person" ] || ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$T/keys/$person"
	done
}

as() {
	as_name=$1
	shift
	env GIT_AUTHOR_NAME="$as_name" GIT_AUTHOR_EMAIL="$as_name@example.com" GIT_COMMITTER_NAME="$as_name" \
		GIT_COMMITTER_EMAIL="$as_name@example.com" GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.signingkey \
		GIT_CONFIG_VALUE_0="$T/keys/$as_name" GIT_CONFIG_KEY_1=gpg.format GIT_CONFIG_VALUE_1=ssh "$@"
}

signed() {
	signed_name=$1
	shift
	as "$signed_name" git commit -q -S "$@"
}

trust_policy() {
	mkdir -p .fmrec/trust
	python3 -B "$LIB_DIR/forge.py" policy "$@" >.fmrec/trust/policy.yaml && git add .fmrec/trust/policy.yaml || return 1
	for person; do
		case $person in *=*) ;; *) break ;; esac
	done
	signed "${person%%:*}" -m 'trust: begin'
}

forged() {
	python3 -B "$LIB_DIR/forge.py" act "$@" 2>&1
}

content() {
	python3 -B "$LIB_DIR/forge.py" manifest "$@"
}
