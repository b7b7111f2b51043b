/* Whether one policy may follow another. */
#include "trust/policy.h"

#include "base/i18n.h"

#include <string.h>

static bool all_persons_stay(const struct trust_policy *before, const struct trust_policy *after,
	struct fmr_str *fault)
{
	for (size_t i = 0; i < before->person_count; i++) {
		const char *id = before->persons[i].id;
		if (fmr_trust_policy_person(after, id))
			continue;
		fmr_str_printf(fault, _("the person '%s' is gone; persons are never taken away"), id);
		return false;
	}
	return true;
}

static bool key_stays(const struct trust_policy_key *before, const struct trust_policy *after, struct fmr_str *fault)
{
	const struct trust_policy_key *key = fmr_trust_policy_key(after, before->key);
	if (!key)
		fmr_str_printf(fault, _("a key of '%s' is gone; keys are retired, never taken away"), before->owner);
	else if (strcmp(key->owner, before->owner) != 0)
		fmr_str_printf(fault, _("a key of '%s' became one of '%s'; a key belongs to one person for ever"),
			before->owner, key->owner);
	else if (before->state == TRUST_KEY_COMPROMISED && key->state != TRUST_KEY_COMPROMISED)
		fmr_str_printf(fault, _("a compromised key of '%s' was made good again"), before->owner);
	else
		return true;
	return false;
}

static bool all_keys_stay(const struct trust_policy *before, const struct trust_policy *after, struct fmr_str *fault)
{
	for (size_t i = 0; i < before->key_count; i++)
		if (!key_stays(&before->keys[i], after, fault))
			return false;
	return true;
}

bool fmr_trust_policy_follows(const struct trust_policy *before, const struct trust_policy *after,
	struct fmr_str *fault)
{
	if (strcmp(after->repository, before->repository) != 0)
		fmr_str_puts(fault, _("the repository id is another one"));
	else if (after->version != before->version + 1)
		fmr_str_printf(fault, _("version %u follows version %u"), after->version, before->version);
	else if (!after->previous || strcmp(after->previous, before->digest) != 0)
		fmr_str_printf(fault, _("'previous' is not the digest of version %u, %s"), before->version, before->digest);
	else
		return all_persons_stay(before, after, fault) && all_keys_stay(before, after, fault);
	return false;
}

bool fmr_trust_policy_begins(const struct trust_policy *policy, struct fmr_str *fault)
{
	if (policy->version != 1)
		fmr_str_printf(fault, _("the first policy of a repository is version 1, not %u"), policy->version);
	return policy->version == 1;
}
