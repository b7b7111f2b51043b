/* Which commits are signed: trust and config always, edits where the trust policy wants them to be. */
#include "cmd/write.h"

#include "base/clock.h"
#include "trust/policy.h"

#include <string.h>

static bool any_below(const struct fmr_change *changes, size_t count, const char *directory)
{
	const size_t length = strlen(directory);
	for (size_t i = 0; i < count; i++)
		if (strncmp(changes[i].path, directory, length) == 0 && changes[i].path[length] == '/')
			return true;
	return false;
}

/* A text that is no policy asks for nothing: a failure report must not be held up by it. */
static int parse(const struct fmr_str *text, struct trust_policy **out, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	int result = fmr_trust_policy_parse(text->bytes, text->length, out, findings, err);
	fmr_findings_free(findings);
	return result;
}

/* A commit signed by somebody who may not would be a violation for ever: better none. */
static int check_signer(struct fmr_cli *cli, const struct trust_policy *policy, const char *const *roles,
	struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_store_signing_key(cli->store, &text, err);
	const struct trust_policy_key *key = result ? NULL : fmr_trust_policy_key(policy, text.bytes);
	const int64_t now = fmr_clock_now();
	if (!result && (!key || key->state != TRUST_KEY_ACTIVE || fmr_trust_key_expired(policy, key, now))) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("your key signs nothing here: it is not in the trust policy, or not "
							     "active any more"));
		fmr_err_hint(err, _("an admin can add it: fmrec trust add-key ID '%s'"), text.bytes);
	} else if (!result && !fmr_trust_policy_role(policy, key->owner, roles, now)) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' holds no role that may change this"), key->owner);
		fmr_err_hint(err, _("fmrec trust show tells who holds which"));
	}
	fmr_str_release(&text);
	return result;
}

int fmr_write_signed(struct fmr_cli *cli, const struct fmr_change *changes, size_t count, bool *sign,
	struct fmr_err *err)
{
	*sign = any_below(changes, count, FMR_TRUST_DIRECTORY);
	if (*sign || !cli->view)
		return 0;
	struct trust_policy *policy = NULL;
	struct fmr_str text;
	fmr_str_init(&text);
	int result = 0;
	if (fmr_view_read(cli->view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE, &text, NULL) == 0)
		result = parse(&text, &policy, err);
	if (policy) {
		const bool config = any_below(changes, count, ".fmrec");
		*sign = config || policy->settings.edits_signed;
		if (*sign)
			result = check_signer(cli, policy,
				config ? policy->settings.config_roles : policy->settings.author_roles, err);
	}
	fmr_trust_policy_free(policy);
	fmr_str_release(&text);
	return result;
}
