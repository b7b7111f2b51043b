/* The trust policy: what it may say, who holds what on which day, and which policy may follow which. */
#include "unit.h"

#include "base/clock.h"
#include "trust/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "schema: 1\nrepository: 0123456789abcdef0123456789abcdef\n"
#define SATO "persons:\n  - {id: p-sato, name: 佐藤 花子, emails: [Sato@Example.jp]}\n"
#define SUZUKI "  - {id: p-suzuki, name: 鈴木 一郎}\n"
#define KEY_B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define KEY_C "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
#define KEY_D "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIADDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"
#define KEYS "keys:\n  - {key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f sato', owner: p-sato, state: active}\n"
#define ADMIN "roles:\n  - {role: admin, person: p-sato, from: 2026-04-01}\n"
#define SIMPLE HEAD "version: 1\n" SATO KEYS ADMIN

static struct trust_policy *parse(const char *text, struct fmr_findings *findings)
{
	struct trust_policy *policy;
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_trust_policy_parse(text, strlen(text), &policy, findings, &err), 0);
	return policy;
}

static struct trust_policy *good(const char *text)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct trust_policy *policy = parse(text, findings);
	for (size_t i = 0; i < fmr_findings_count(findings); i++)
		print_error("%zu: %s\n", fmr_findings_at(findings, i)->value.line, fmr_findings_at(findings, i)->message);
	assert_non_null(policy);
	fmr_findings_free(findings);
	return policy;
}

/* The text is refused with a first finding of this code in this line. */
static void bad(const char *text, const char *code, size_t line)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct trust_policy *policy = parse(text, findings);
	assert_null(policy);
	assert_true(fmr_findings_count(findings) > 0);
	const struct fmr_finding *first = fmr_findings_at(findings, 0);
	assert_string_equal(fmr_code_name(first->code), code);
	assert_int_equal(first->value.line, line);
	assert_string_equal(first->path, FMR_TRUST_POLICY_PATH);
	fmr_findings_free(findings);
}

static int64_t at(const char *text)
{
	struct fmr_time time;
	assert_true(fmr_time_parse(text, strlen(text), &time));
	return time.seconds;
}

static void the_simplest(void **state)
{
	(void)state;
	struct trust_policy *policy = good(SIMPLE);
	assert_int_equal(policy->version, 1);
	assert_string_equal(policy->repository, "0123456789abcdef0123456789abcdef");
	assert_null(policy->previous);
	assert_int_equal(strlen(policy->digest), 71);
	assert_false(policy->settings.edits_signed);
	assert_false(policy->settings.merges_clean);
	assert_int_equal(policy->settings.admins, 1);
	assert_string_equal(policy->settings.config_roles[0], "admin");
	assert_string_equal(fmr_trust_policy_person(policy, "p-sato")->name, "佐藤 花子");
	assert_null(fmr_trust_policy_person(policy, "P-sato"));
	assert_string_equal(fmr_trust_policy_by_email(policy, "sATO@example.JP")->id, "p-sato");
	assert_null(fmr_trust_policy_by_email(policy, "sato@example.com"));
	assert_string_equal(policy->keys[0].key + strlen(policy->keys[0].key) - 4, "HR4f");
	assert_string_equal(fmr_trust_policy_key(policy, policy->keys[0].key)->owner, "p-sato");
	fmr_trust_policy_free(policy);
}

static void shapes_that_are_refused(void **state)
{
	(void)state;
	bad("", "yaml.empty", 1);
	bad("[]\n", "value.type", 1);
	bad("schema: 1\nschema: 1\n", "yaml.duplicate-key", 2);
	bad(SIMPLE "---\na: 1\n", "yaml.second-document", 10);
	bad(SIMPLE "color: red\n", "value.unknown-field", 10);
	bad("schema: 2\n", "value.const", 1);
	bad("schema: 1\nversion: 1\n" SATO KEYS ADMIN, "value.required", 1);
	bad("schema: 1\nrepository: 0123456789ABCDEF0123456789abcdef\nversion: 1\n" SATO KEYS ADMIN, "value.pattern", 2);
	bad(HEAD "version: 0\n" SATO KEYS ADMIN, "value.range", 3);
	bad(HEAD "version: 1\nsettings: {edits: maybe}\n" SATO KEYS ADMIN, "value.enum", 4);
	bad(HEAD "version: 1\nsettings: {utc-offset: JST}\n" SATO KEYS ADMIN, "value.format", 4);
	bad(HEAD "version: 1\nsettings: {admins: 0}\n" SATO KEYS ADMIN, "value.range", 4);
	bad(HEAD "version: 1\npersons: [{id: sato hanako, name: x}]\n" KEYS ADMIN, "value.pattern", 4);
	bad(HEAD "version: 1\npersons: [{id: p-sato, name: \"a\\eb\"}]\n" KEYS ADMIN, "value.pattern", 4);
	bad(HEAD "version: 1\n" SATO "keys: [{key: ssh-ed25519, owner: p-sato, state: active}]\n" ADMIN, "policy.key", 6);
	bad(HEAD "version: 1\n" SATO "keys: [{key: ssh-dss AAAAB3NzaC1kc3M=, owner: p-sato, state: active}]\n" ADMIN, "policy.key", 6);
	bad(HEAD "version: 1\n" SATO "keys: [{key: '" KEY_B "B', owner: p-sato, state: active}]\n" ADMIN, "policy.key", 6);
	bad(SIMPLE "  - {role: manager, person: p-sato, from: 2026-02-30}\n", "value.format", 10);
}

static void what_makes_no_sense(void **state)
{
	(void)state;
	bad(HEAD "version: 1\n" SATO "  - {id: P-SATO, name: x}\n" KEYS ADMIN, "policy.twice", 6);
	bad(HEAD "version: 1\n" SATO "  - {id: x, name: x, emails: [SATO@example.jp]}\n" KEYS ADMIN, "policy.twice", 6);
	bad(HEAD "version: 1\n" SATO SUZUKI KEYS
	    "  - {key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f', owner: p-suzuki, state: active}\n" ADMIN,
		"policy.twice", 9);
	bad(SIMPLE "  - {role: manager, person: p-mori, from: 2026-04-01}\n", "policy.person", 10);
	bad(SIMPLE "  - {role: manager, person: p-sato, from: 2026-04-02, until: 2026-04-01}\n", "policy.period", 10);
	bad(SIMPLE "deputies: [{deputy: p-sato, for: p-sato, roles: [manager], from: 2026-04-01, until: 2026-04-01}]\n",
		"policy.person", 10);
	bad(HEAD "version: 1\n" SATO SUZUKI KEYS ADMIN
		"deputies: [{deputy: p-sato, for: p-suzuki, roles: [admin], from: 2026-04-01, until: 2026-04-01}]\n",
		"policy.person", 11);
	bad(HEAD "version: 1\nsettings: {admins: 2}\n" SATO KEYS ADMIN, "policy.admins", 1);
	bad(HEAD "version: 1\n" SATO KEYS "roles: []\n", "policy.admins", 1);
	bad(HEAD "version: 2\n" SATO KEYS ADMIN, "policy.chain", 1);
	bad(SIMPLE "rules: {incident: {approve: {by: [cio], signatures: [{by: [cio]}]}}}\n", "value.forbidden", 10);
}

/* F-146: roles and delegations hold from their first day to their last, as days are counted in the policy. */
static void days(void **state)
{
	(void)state;
	struct trust_policy *policy = good(HEAD "version: 1\nsettings: {utc-offset: '+09:00'}\n" SATO SUZUKI KEYS ADMIN
		"  - {role: manager, person: p-sato, from: 2026-04-01, until: 2026-04-30}\n"
		"  - {role: manager, person: p-sato, from: 2026-06-01}\n"
		"deputies:\n"
		"  - {deputy: p-suzuki, for: p-sato, roles: [manager], types: [incident], from: 2026-04-10, until: 2026-05-10}\n");
	assert_false(fmr_trust_policy_holds(policy, "p-sato", "manager", at("2026-03-31T23:59:59+09:00")));
	assert_true(fmr_trust_policy_holds(policy, "p-sato", "manager", at("2026-03-31T15:00:00Z")));
	assert_true(fmr_trust_policy_holds(policy, "p-sato", "manager", at("2026-04-30T23:59:59+09:00")));
	assert_false(fmr_trust_policy_holds(policy, "p-sato", "manager", at("2026-04-30T15:00:00Z")));
	assert_true(fmr_trust_policy_holds(policy, "p-sato", "manager", at("2030-01-01T00:00:00Z")));
	assert_false(fmr_trust_policy_holds(policy, "p-suzuki", "manager", at("2026-04-15T00:00:00Z")));
	const char *const roles[] = { "cio", "manager", NULL };
	assert_string_equal(fmr_trust_policy_role(policy, "p-sato", roles, at("2026-04-15T00:00:00Z")), "manager");
	const char *deputy = "p-suzuki", *principal = "p-sato";
	assert_non_null(fmr_trust_policy_deputy(policy, deputy, principal, "manager", "incident", at("2026-04-15T00:00:00Z")));
	assert_null(fmr_trust_policy_deputy(policy, deputy, principal, "manager", "lesson", at("2026-04-15T00:00:00Z")));
	assert_null(fmr_trust_policy_deputy(policy, deputy, principal, "cio", "incident", at("2026-04-15T00:00:00Z")));
	assert_null(fmr_trust_policy_deputy(policy, principal, deputy, "manager", "incident", at("2026-04-15T00:00:00Z")));
	assert_null(fmr_trust_policy_deputy(policy, deputy, principal, "manager", "incident", at("2026-04-09T00:00:00Z")));
	/* the delegation runs on, but its principal no longer holds the role */
	assert_null(fmr_trust_policy_deputy(policy, deputy, principal, "manager", "incident", at("2026-05-05T00:00:00Z")));
	assert_int_equal(fmr_trust_policy_admins(policy, at("2026-05-05T00:00:00Z")), 1);
	assert_int_equal(fmr_trust_policy_admins(policy, at("2026-01-05T00:00:00Z")), 0);
	fmr_trust_policy_free(policy);
}

static void keys_that_end(void **state)
{
	(void)state;
	struct trust_policy *policy = good(HEAD "version: 1\n" SATO KEYS
		"  - {key: " KEY_B ", owner: p-sato, state: retired, not-after: 2026-12-31}\n"
		"  - {key: " KEY_C ", owner: p-sato, state: compromised, compromised-since: abcdef6789012345678901234567890123456789}\n"
		ADMIN);
	const struct trust_policy_key *key = fmr_trust_policy_key(policy, KEY_B);
	assert_int_equal(key->state, TRUST_KEY_RETIRED);
	assert_false(fmr_trust_key_expired(policy, key, at("2026-12-31T23:59:59Z")));
	assert_true(fmr_trust_key_expired(policy, key, at("2027-01-01T00:00:00Z")));
	assert_int_equal(fmr_trust_policy_key(policy, KEY_C)->state, TRUST_KEY_COMPROMISED);
	assert_null(fmr_trust_policy_key(policy, KEY_D));
	fmr_trust_policy_free(policy);
	bad(HEAD "version: 1\n" SATO KEYS "  - {key: " KEY_C ", owner: p-sato, state: compromised}\n" ADMIN,
		"policy.key", 8);
	bad(HEAD "version: 1\n" SATO KEYS
		"  - {key: " KEY_C ", owner: p-sato, state: active, compromised-since: abcdef6789012345678901234567890123456789}\n" ADMIN,
		"policy.key", 8);
}

static void rules(void **state)
{
	(void)state;
	struct trust_policy *policy = good(SIMPLE
		"rules:\n"
		"  incident:\n"
		"    approve: {by: [cio], votes: 2, not-by: [author, 'field:plan.implementer'], reason: required}\n"
		"    close: {signatures: [{by: [top]}, {votes: 3}]}\n"
		"    void: {by: []}\n");
	const struct trust_override *rule = fmr_trust_policy_override(policy, "incident", "approve");
	assert_int_equal(rule->slot_count, 1);
	assert_string_equal(rule->slots[0].by[0], "cio");
	assert_null(rule->slots[0].by[1]);
	assert_int_equal(rule->slots[0].votes, 2);
	assert_string_equal(rule->not_by[1], "field:plan.implementer");
	assert_true(rule->reason);
	rule = fmr_trust_policy_override(policy, "incident", "close");
	assert_int_equal(rule->slot_count, 2);
	assert_null(rule->slots[1].by);
	assert_int_equal(rule->slots[1].votes, 3);
	assert_null(rule->not_by);
	rule = fmr_trust_policy_override(policy, "incident", "void");
	assert_null(rule->slots[0].by[0]);
	assert_null(fmr_trust_policy_override(policy, "incident", "receive"));
	fmr_trust_policy_free(policy);
}

/* F-33: what the organisation asks for in place of what the type does. */
static void effective_rules(void **state)
{
	(void)state;
	struct trust_policy *policy = good(SIMPLE
		"rules: {incident: {approve: {by: [cio], votes: 2}, close: {not-by: [author], reason: required}, "
		"void: {signatures: [{by: [top]}, {by: [cio]}]}}}\n");
	static const char *const manager[] = { "manager", NULL }, *const none[] = { NULL };
	const struct fmr_slot_rule slot = { .by = manager, .meaning = "approved", .votes = 1 };
	struct fmr_transition_rule rule = { .name = "approve", .slots = &slot, .slot_count = 1, .not_by = none }, out;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	fmr_trust_policy_rule(policy, "incident", &rule, &arena, &out);
	assert_string_equal(out.slots[0].by[0], "cio");
	assert_int_equal(out.slots[0].votes, 2);
	assert_string_equal(out.slots[0].meaning, "approved");
	fmr_trust_policy_rule(policy, "lesson", &rule, &arena, &out);
	assert_ptr_equal(out.slots, &slot);
	rule.name = "close";
	fmr_trust_policy_rule(policy, "incident", &rule, &arena, &out);
	assert_ptr_equal(out.slots, &slot);
	assert_string_equal(out.not_by[0], "author");
	assert_true(out.reason);
	rule.name = "void"; /* two kinds of signature where the type has one: nobody */
	fmr_trust_policy_rule(policy, "incident", &rule, &arena, &out);
	assert_int_equal(out.slot_count, 1);
	assert_null(out.slots[0].by[0]);
	fmr_arena_release(&arena);
	fmr_trust_policy_free(policy);
	bad(SIMPLE "rules: {incident: {approve: {not-by: [everybody]}}}\n", "value.pattern", 10);
}

/* ---- one after another ---- */

/* A policy of version 2 with this `previous`, or that of SIMPLE when NULL. */
static struct trust_policy *second(const char *previous, const char *rest)
{
	struct trust_policy *before = good(SIMPLE);
	char text[4096];
	snprintf(text, sizeof(text), HEAD "version: 2\nprevious: %s\n%s", previous ? previous : before->digest, rest);
	fmr_trust_policy_free(before);
	return good(text);
}

static bool follows(struct trust_policy *after, const char *fault)
{
	struct trust_policy *before = good(SIMPLE);
	struct fmr_str why;
	fmr_str_init(&why);
	bool result = fmr_trust_policy_follows(before, after, &why);
	if (!result && fault && !strstr(why.bytes, fault))
		print_error("%s\n", why.bytes);
	assert_true(result ? why.length == 0 : !fault || strstr(why.bytes, fault) != NULL);
	fmr_str_release(&why);
	fmr_trust_policy_free(before);
	fmr_trust_policy_free(after);
	return result;
}

#define OTHER_KEY "keys:\n  - {key: '" KEY_B "', owner: p-sato, state: active}\n"

static void followers(void **state)
{
	(void)state;
	assert_true(follows(second(NULL, SATO SUZUKI KEYS ADMIN), NULL));
	assert_true(follows(second(NULL, "persons: [{id: p-sato, name: 田中 花子}]\n" KEYS ADMIN), NULL));
	assert_false(follows(good(SIMPLE), "version 1 follows version 1"));
	assert_false(follows(second("sha256:0000000000000000000000000000000000000000000000000000000000000000",
				     SATO KEYS ADMIN), "'previous'"));
	assert_false(follows(second(NULL, "persons: [{id: p-x, name: x}]\nkeys: [{key: '" KEY_B "', owner: p-x, state: active}]\n"
					 "roles: [{role: admin, person: p-x, from: 2026-01-01}]\n"),
		"'p-sato' is gone"));
	assert_false(follows(second(NULL, SATO OTHER_KEY ADMIN), "a key of 'p-sato' is gone"));
	assert_false(follows(second(NULL, SATO SUZUKI OTHER_KEY
				"  - {key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f', owner: p-suzuki, state: active}\n" ADMIN),
		"became one of 'p-suzuki'"));
	struct trust_policy *other = good("schema: 1\nrepository: ffffffffffffffffffffffffffffffff\nversion: 1\n" SATO KEYS ADMIN);
	assert_false(follows(other, "repository id"));
}

static void first_of_all(void **state)
{
	(void)state;
	struct fmr_str fault;
	fmr_str_init(&fault);
	struct trust_policy *policy = good(SIMPLE), *later = second(NULL, SATO KEYS ADMIN);
	assert_true(fmr_trust_policy_begins(policy, &fault));
	assert_false(fmr_trust_policy_begins(later, &fault));
	assert_non_null(strstr(fault.bytes, "version 1"));
	fmr_trust_policy_free(later);
	fmr_trust_policy_free(policy);
	fmr_str_release(&fault);
}

static void too_large(void **state)
{
	(void)state;
	size_t length = FMR_TRUST_POLICY_SIZE + 1;
	char *text = malloc(length + 1);
	assert_non_null(text);
	memset(text, '#', length);
	text[length] = '\0';
	bad(text, "yaml.size", 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_simplest),
		cmocka_unit_test(shapes_that_are_refused),
		cmocka_unit_test(what_makes_no_sense),
		cmocka_unit_test(days),
		cmocka_unit_test(keys_that_end),
		cmocka_unit_test(rules),
		cmocka_unit_test(effective_rules),
		cmocka_unit_test(followers),
		cmocka_unit_test(first_of_all),
		cmocka_unit_test(too_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
