/*
 * Whose signature is it?  The bytes of the commit are verified in this process, then the key is looked up in the policy:
 * nothing that git's configuration says matters (approvals, sections 2 and 6).
 */
#include "trust/fold.h"

#include "base/i18n.h"

#include <string.h>

static enum fmr_code code_of(enum trust_signature signature)
{
	switch (signature) {
	case TRUST_GOOD:
		return FOLD_FINE;
	case TRUST_UNSUPPORTED:
		return FMR_CODE_SIG_UNSUPPORTED;
	case TRUST_BAD:
	case TRUST_MALFORMED:
		break;
	}
	return FMR_CODE_SIG_BAD;
}

/* Was the key good when the commit was made? */
static void judge_key(struct fold *fold, const struct trust_policy *policy, const struct trust_policy_key *key,
	struct fold_signer *out)
{
	out->person = fmr_fold_name(fold, key->owner, strlen(key->owner));
	if (key->state == TRUST_KEY_COMPROMISED) {
		out->code = FMR_CODE_SIG_COMPROMISED_KEY;
		out->sentence = _("the key that signed is known to be compromised");
	} else if (key->state != TRUST_KEY_ACTIVE) {
		out->code = FMR_CODE_SIG_RETIRED_KEY;
		out->sentence = _("the key that signed was retired before");
	} else if (fmr_trust_key_expired(policy, key, fold->here.parsed.committer.time) ||
		fmr_trust_key_expired(policy, key, fold->here.entered)) {
		out->code = FMR_CODE_SIG_EXPIRED_KEY;
		out->sentence = _("the key that signed had expired");
	}
}

static void look_up(struct fold *fold, const struct trust_policy *policy, const struct trust_key *key,
	struct fold_signer *out)
{
	struct fmr_str text;
	char fingerprint[TRUST_FINGERPRINT];
	fmr_str_init(&text);
	fmr_trust_key_text(key, &text);
	out->key_text = fmr_fold_name(fold, text.bytes, text.length);
	fmr_trust_key_fingerprint(key, fingerprint);
	out->fingerprint = fmr_fold_name(fold, fingerprint, strlen(fingerprint));
	const struct trust_policy_key *known = fmr_trust_policy_key(policy, text.bytes);
	if (known) {
		judge_key(fold, policy, known, out);
	} else {
		out->code = FMR_CODE_SIG_UNKNOWN_KEY;
		out->sentence = _("the key that signed is not in the trust policy");
	}
	fmr_str_release(&text);
}

static int get_verifier(struct fold *fold, struct fmr_err *err)
{
	return fold->verifier ? 0 : fmr_trust_verifier_new(&fold->verifier, err);
}

/* Of the commit being judged. */
static enum trust_signature verify_now(struct fold *fold, struct trust_key *key, const char **fault)
{
	struct fmr_str payload;
	fmr_str_init(&payload);
	fmr_trust_commit_payload(fold->here.raw.bytes, fold->here.raw.length, &payload);
	enum trust_signature signature = fmr_trust_sshsig_verify(fold->verifier, fold->here.parsed.signature,
		(struct fmr_text){ payload.bytes, payload.length }, &fold->here.arena, key, fault);
	fmr_str_release(&payload);
	return signature;
}

static int verify(struct fold *fold, struct trust_key *key, enum trust_signature *signature, const char **fault,
	struct fmr_err *err)
{
	unsigned char digest[TRUST_KNOWN_DIGEST];
	if (fold->known) {
		fmr_trust_known_digest(fold->known, fold->here.raw.bytes, fold->here.raw.length, digest);
		const char *line = fmr_trust_known_key(fold->known, digest);
		*signature = TRUST_GOOD;
		if (line && fmr_trust_key_parse(line, &fold->here.arena, key, fault))
			return 0;
	}
	int result = get_verifier(fold, err);
	if (result != 0)
		return result;
	*signature = verify_now(fold, key, fault);
	if (fold->known && *signature == TRUST_GOOD) {
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_trust_key_text(key, &text);
		fmr_trust_known_add(fold->known, digest, text.bytes);
		fmr_str_release(&text);
	}
	return 0;
}

int fmr_fold_signer(struct fold *fold, const struct trust_policy *policy, struct fold_signer *out, struct fmr_err *err)
{
	*out = (struct fold_signer){ .code = FMR_CODE_SIG_MISSING, .sentence = _("it is not signed") };
	if (!fold->here.readable || !fold->here.parsed.signature.length)
		return 0;
	struct trust_key key = { 0 };
	const char *fault = NULL;
	enum trust_signature signature;
	int result = verify(fold, &key, &signature, &fault, err);
	if (result != 0)
		return result;
	out->code = code_of(signature);
	out->sentence = fault;
	if (signature == TRUST_GOOD)
		look_up(fold, policy, &key, out);
	if (out->code == FOLD_FINE && fold->here.backdated) {
		out->code = FMR_CODE_HISTORY_TIME; /* roles and keys are judged by a time that cannot be true */
		out->sentence = _("it claims to be older than the commit before it");
	}
	return 0;
}
