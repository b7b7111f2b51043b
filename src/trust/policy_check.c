/* What a policy of good shape must not say. */
#include "trust/policy_private.h"

#include "base/i18n.h"

#include <string.h>

struct fmr_finding *fmr_policy_fault(const struct policy_text *text, struct fmr_span span, enum fmr_code code,
	const char *format, ...)
{
	struct fmr_str message;
	fmr_str_init(&message);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	struct fmr_finding *finding = fmr_source_fault(text->source, span, code, message.bytes, text->findings);
	fmr_str_release(&message);
	return finding;
}

char *fmr_policy_lower(struct fmr_arena *arena, const char *text)
{
	char *lower = fmr_arena_strdup(arena, text);
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return lower;
}

/* ---- nothing twice ---- */

static void index_persons(const struct policy_text *text)
{
	struct trust_policy *policy = text->policy;
	for (size_t i = 0; i < policy->person_count; i++) {
		const struct trust_person *person = &policy->persons[i];
		if (!fmr_dict_add(&policy->person_of_id, fmr_policy_lower(&policy->arena, person->id), i))
			fmr_policy_fault(text, person->at, FMR_CODE_POLICY_TWICE, _("the id '%s' stands twice"), person->id)->hint =
				_("ids that differ only in upper and lower case count as the same");
		for (const char *const *email = person->emails; email && *email; email++)
			if (!fmr_dict_add(&policy->person_of_email, fmr_policy_lower(&policy->arena, *email), i))
				fmr_policy_fault(text, person->at, FMR_CODE_POLICY_TWICE, _("the address '%s' stands twice"), *email);
	}
}

static void index_keys(const struct policy_text *text)
{
	struct trust_policy *policy = text->policy;
	for (size_t i = 0; i < policy->key_count; i++) {
		const struct trust_policy_key *key = &policy->keys[i];
		size_t first;
		if (fmr_dict_add(&policy->key_of_text, key->key, i) || !fmr_dict_get(&policy->key_of_text, key->key, &first))
			continue;
		fmr_policy_fault(text, key->at, FMR_CODE_POLICY_TWICE, _("the key stands twice: it belongs to '%s'"),
			policy->keys[first].owner);
	}
}

/* ---- nobody who is not there ---- */

static void must_be_person(const struct policy_text *text, struct fmr_span at, const char *id)
{
	if (fmr_trust_policy_person(text->policy, id))
		return;
	fmr_policy_fault(text, at, FMR_CODE_POLICY_PERSON, _("there is no person '%s' in this policy"), id);
}

static void must_be_period(const struct policy_text *text, struct fmr_span at, int from, int until)
{
	if (until && until < from)
		fmr_policy_fault(text, at, FMR_CODE_POLICY_PERIOD, _("it ends before it begins"));
}

static void check_keys(const struct policy_text *text)
{
	for (size_t i = 0; i < text->policy->key_count; i++) {
		const struct trust_policy_key *key = &text->policy->keys[i];
		must_be_person(text, key->at, key->owner);
		if ((key->state == TRUST_KEY_COMPROMISED) != (key->compromised_since != NULL))
			fmr_policy_fault(text, key->at, FMR_CODE_POLICY_KEY,
				_("'compromised-since' belongs to a key of state 'compromised', and to no other"));
	}
}

static void check_grants(const struct policy_text *text)
{
	for (size_t i = 0; i < text->policy->grant_count; i++) {
		const struct trust_grant *grant = &text->policy->grants[i];
		must_be_person(text, grant->at, grant->holder);
		must_be_period(text, grant->at, grant->from, grant->until);
	}
}

static void check_deputies(const struct policy_text *text)
{
	for (size_t i = 0; i < text->policy->deputy_count; i++) {
		const struct trust_deputy *deputy = &text->policy->deputies[i];
		must_be_person(text, deputy->at, deputy->deputy);
		must_be_person(text, deputy->at, deputy->principal);
		must_be_period(text, deputy->at, deputy->from, deputy->until);
		if (strcmp(deputy->deputy, deputy->principal) == 0)
			fmr_policy_fault(text, deputy->at, FMR_CODE_POLICY_PERSON, _("nobody is their own deputy"));
		for (const char *const *role = deputy->roles; *role; role++)
			if (strcmp(*role, FMR_TRUST_ADMIN) == 0 || strcmp(*role, FMR_TRUST_NOTARY) == 0)
				fmr_policy_fault(text, deputy->at, FMR_CODE_POLICY_PERSON, _("the role '%s' cannot be lent"), *role);
	}
}

/* ---- the policy can be changed, and follows another or none ---- */

static bool can_ever_sign(const struct trust_policy *policy, const struct trust_person *person)
{
	bool admin = false, key = false;
	for (size_t i = 0; i < policy->grant_count && !admin; i++)
		admin = strcmp(policy->grants[i].role, FMR_TRUST_ADMIN) == 0 &&
			strcmp(policy->grants[i].holder, person->id) == 0;
	for (size_t i = 0; admin && i < policy->key_count && !key; i++)
		key = policy->keys[i].state == TRUST_KEY_ACTIVE && strcmp(policy->keys[i].owner, person->id) == 0;
	return admin && key;
}

static void check_admins(const struct policy_text *text, struct fmr_span at)
{
	const struct trust_policy *policy = text->policy;
	unsigned count = 0;
	for (size_t i = 0; i < policy->person_count && count < policy->settings.admins; i++)
		count += can_ever_sign(policy, &policy->persons[i]);
	if (count >= policy->settings.admins)
		return;
	fmr_policy_fault(text, at, FMR_CODE_POLICY_ADMINS,
		_("nobody could change this policy any more: %u persons of the role 'admin' with an active key are needed, and "
		  "it has %u"),
		policy->settings.admins, count);
}

static void check_previous(const struct policy_text *text, struct fmr_span at)
{
	const struct trust_policy *policy = text->policy;
	if ((policy->version > 1) != (policy->previous != NULL))
		fmr_policy_fault(text, at, FMR_CODE_POLICY_CHAIN,
			_("'previous' belongs to every version but the first; this is version %u"), policy->version);
}

void fmr_policy_check(const struct policy_text *text)
{
	static const char *const admin[] = { FMR_TRUST_ADMIN, NULL };
	struct trust_policy *policy = text->policy;
	const struct fmr_span start = { 0, 0 };
	if (!policy->settings.admins)
		policy->settings.admins = 1;
	if (!policy->settings.config_roles)
		policy->settings.config_roles = admin;
	index_persons(text);
	index_keys(text);
	check_keys(text);
	check_grants(text);
	check_deputies(text);
	check_admins(text, start);
	check_previous(text, start);
}
