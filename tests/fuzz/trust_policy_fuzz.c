/*
 * Any bytes as a trust policy, and behind a line "%%%%" as its successor: no crash; what is parsed has its persons,
 * keys and grants in its tables, and nothing follows itself.
 */
#include "bytes.h"
#include "trust/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look(const struct trust_policy *policy)
{
	for (size_t i = 0; i < policy->person_count; i++)
		must(fmr_trust_policy_person(policy, policy->persons[i].id) == &policy->persons[i]);
	for (size_t i = 0; i < policy->key_count; i++)
		must(fmr_trust_policy_key(policy, policy->keys[i].key) == &policy->keys[i] &&
			fmr_trust_policy_person(policy, policy->keys[i].owner));
	for (size_t i = 0; i < policy->grant_count; i++)
		must(fmr_trust_policy_person(policy, policy->grants[i].holder) != NULL);
	for (size_t i = 0; i < policy->deputy_count; i++)
		(void)fmr_trust_policy_deputy(policy, policy->deputies[i].deputy, policy->deputies[i].principal,
			policy->deputies[i].roles[0], "x", 1700000000);
	for (size_t i = 0; i < policy->override_count; i++)
		must(fmr_trust_policy_override(policy, policy->overrides[i].type, policy->overrides[i].transition) ==
			&policy->overrides[i]);
	(void)fmr_trust_policy_admins(policy, 1700000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size), *split = strstr(text, "%%%%\n");
	size_t length = split ? (size_t)(split - text) : size;
	struct fmr_findings *findings = fmr_findings_new(0);
	struct trust_policy *policy = NULL, *next = NULL;
	struct fmr_err err;
	must(fmr_trust_policy_parse(text, length, &policy, findings, &err) == 0);
	must((policy == NULL) == (fmr_findings_errors(findings) > 0));
	if (split)
		must(fmr_trust_policy_parse(split + 5, size - length - 5, &next, findings, &err) == 0);
	struct fmr_str fault;
	fmr_str_init(&fault);
	if (policy) {
		look(policy);
		must(!fmr_trust_policy_follows(policy, policy, &fault));
	}
	if (policy && next) {
		fmr_str_clear(&fault);
		must(fmr_trust_policy_follows(policy, next, &fault) == (fault.length == 0));
	}
	fmr_str_release(&fault);
	fmr_trust_policy_free(next);
	fmr_trust_policy_free(policy);
	fmr_findings_free(findings);
	free(text);
	return 0;
}
