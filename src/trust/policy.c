#include "trust/policy_private.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FINDINGS = 100 };

/* ---- parsing ---- */

static void parse(struct trust_policy *policy, const struct fmr_source *source, struct fmr_findings *findings)
{
	const struct policy_text text = { policy, source, findings };
	const struct fmr_span start = { 0, 0 };
	if (source->length > FMR_TRUST_POLICY_SIZE) {
		fmr_source_fault(source, start, FMR_CODE_YAML_SIZE, _("the trust policy is larger than 1 MiB"), findings);
		return;
	}
	const struct fmr_value *root = fmr_yaml_read_record(source, &policy->arena, findings);
	if (root && !fmr_findings_errors(findings))
		fmr_policy_read(&text, root);
	if (root && !fmr_findings_errors(findings))
		fmr_policy_check(&text);
}

int fmr_trust_policy_parse(const char *text, size_t length, struct trust_policy **out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	*out = NULL;
	int result = fmr_digest_ready(err);
	if (result)
		return result;
	struct trust_policy *policy = fmr_alloc_zero(1, sizeof(*policy));
	fmr_arena_init(&policy->arena);
	fmr_dict_init(&policy->person_of_id);
	fmr_dict_init(&policy->person_of_email);
	fmr_dict_init(&policy->key_of_text);
	memcpy(policy->digest, FMR_DIGEST_PREFIX, strlen(FMR_DIGEST_PREFIX));
	(void)fmr_digest_bytes(text, length, policy->digest + strlen(FMR_DIGEST_PREFIX));
	if (length > FMR_TRUST_POLICY_SIZE + 1)
		length = FMR_TRUST_POLICY_SIZE + 1; /* enough to be refused */
	policy->text = (struct fmr_text){ fmr_arena_strndup(&policy->arena, text, length), length };
	struct fmr_findings *own = fmr_findings_new(MOST_FINDINGS);
	const struct fmr_source source = { FMR_TRUST_POLICY_PATH, policy->text.bytes, length };
	parse(policy, &source, own);
	if (fmr_findings_errors(own))
		fmr_trust_policy_free(policy);
	else
		*out = policy;
	fmr_findings_merge(findings, own);
	fmr_findings_free(own);
	return 0;
}

void fmr_trust_policy_free(struct trust_policy *policy)
{
	if (!policy)
		return;
	fmr_dict_release(&policy->person_of_id);
	fmr_dict_release(&policy->person_of_email);
	fmr_dict_release(&policy->key_of_text);
	fmr_arena_release(&policy->arena);
	free(policy);
}

/* ---- who ---- */

static bool find_lower(const struct fmr_dict *dict, const char *text, size_t *number)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	bool found = fmr_dict_get(dict, fmr_policy_lower(&arena, text), number);
	fmr_arena_release(&arena);
	return found;
}

const struct trust_person *fmr_trust_policy_person(const struct trust_policy *policy, const char *id)
{
	size_t number;
	if (!find_lower(&policy->person_of_id, id, &number) || strcmp(policy->persons[number].id, id) != 0)
		return NULL;
	return &policy->persons[number];
}

const struct trust_person *fmr_trust_policy_by_email(const struct trust_policy *policy, const char *email)
{
	size_t number;
	return find_lower(&policy->person_of_email, email, &number) ? &policy->persons[number] : NULL;
}

const struct trust_policy_key *fmr_trust_policy_key(const struct trust_policy *policy, const char *key)
{
	size_t number;
	return fmr_dict_get(&policy->key_of_text, key, &number) ? &policy->keys[number] : NULL;
}

/* ---- when ---- */

int fmr_trust_policy_day(const struct trust_policy *policy, int64_t seconds)
{
	const struct fmr_time time = { .seconds = seconds, .offset = policy->settings.offset };
	return fmr_time_day(&time);
}

static bool is_within(int day, int from, int until)
{
	return day >= from && (!until || day <= until);
}

bool fmr_trust_key_expired(const struct trust_policy *policy, const struct trust_policy_key *key, int64_t seconds)
{
	return key->not_after && fmr_trust_policy_day(policy, seconds) > key->not_after;
}

static bool has_word(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

const char *fmr_trust_policy_role(const struct trust_policy *policy, const char *person, const char *const *roles,
	int64_t seconds)
{
	const int day = fmr_trust_policy_day(policy, seconds);
	for (size_t i = 0; i < policy->grant_count; i++) {
		const struct trust_grant *grant = &policy->grants[i];
		if (strcmp(grant->holder, person) == 0 && is_within(day, grant->from, grant->until) &&
			(!roles || has_word(roles, grant->role)))
			return grant->role;
	}
	return NULL;
}

bool fmr_trust_policy_holds(const struct trust_policy *policy, const char *person, const char *role, int64_t seconds)
{
	const char *const roles[] = { role, NULL };
	return fmr_trust_policy_role(policy, person, roles, seconds) != NULL;
}

const struct trust_deputy *fmr_trust_policy_deputy(const struct trust_policy *policy, const char *deputy,
	const char *principal, const char *role, const char *type, int64_t seconds)
{
	const int day = fmr_trust_policy_day(policy, seconds);
	if (!fmr_trust_policy_holds(policy, principal, role, seconds))
		return NULL;
	for (size_t i = 0; i < policy->deputy_count; i++) {
		const struct trust_deputy *row = &policy->deputies[i];
		if (strcmp(row->deputy, deputy) == 0 && strcmp(row->principal, principal) == 0 &&
			is_within(day, row->from, row->until) && has_word(row->roles, role) &&
			(!row->types || has_word(row->types, type)))
			return row;
	}
	return NULL;
}

static bool has_key(const struct trust_policy *policy, const char *person, int64_t seconds)
{
	for (size_t i = 0; i < policy->key_count; i++) {
		const struct trust_policy_key *key = &policy->keys[i];
		if (key->state == TRUST_KEY_ACTIVE && strcmp(key->owner, person) == 0 &&
			!fmr_trust_key_expired(policy, key, seconds))
			return true;
	}
	return false;
}

size_t fmr_trust_policy_admins(const struct trust_policy *policy, int64_t seconds)
{
	size_t count = 0;
	for (size_t i = 0; i < policy->person_count; i++) {
		const char *person = policy->persons[i].id;
		count += fmr_trust_policy_holds(policy, person, FMR_TRUST_ADMIN, seconds) && has_key(policy, person, seconds);
	}
	return count;
}

/* ---- what ---- */

const struct trust_override *fmr_trust_policy_override(const struct trust_policy *policy, const char *type,
	const char *transition)
{
	for (size_t i = 0; i < policy->override_count; i++)
		if (strcmp(policy->overrides[i].type, type) == 0 && strcmp(policy->overrides[i].transition, transition) == 0)
			return &policy->overrides[i];
	return NULL;
}
