/* The shape of a policy: one table for each kind of mapping in it. */
#include "trust/policy_private.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "base/text.h"
#include "trust/key.h"

#include <string.h>

enum { LONGEST_TEXT = 400, LONGEST_KEY = 16384, LONGEST_ID = 64, LONGEST_CODE = 32, MOST_SIGNATURES = 99 };

/* Puts what a value says into a member of a struct. */
typedef void read_value(const struct policy_text *in, const struct fmr_value *value, void *into);

struct key {
	const char *name;
	read_value *read;
	size_t into;     /* offset in the struct */
	bool required;
};

/* ---- faults ---- */

static bool is_kind(const struct policy_text *in, const struct fmr_value *value, enum fmr_kind kind,
	const char *wanted)
{
	if (value->kind != kind)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_TYPE, _("%s is wanted here"), wanted);
	return value->kind == kind;
}

/* The text of a value of bounded length that cannot steer a terminal; NULL after a finding. */
static const char *text_of(const struct policy_text *in, const struct fmr_value *value, size_t longest)
{
	if (!is_kind(in, value, FMR_STRING, _("a text")))
		return NULL;
	if (!value->text.length || value->text.length > longest) {
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_LENGTH, _("a text of 1 to %zu bytes is wanted here"), longest);
		return NULL;
	}
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, value->text.bytes, value->text.length, false);
	bool plain = safe.length == value->text.length;
	fmr_str_release(&safe);
	if (!plain)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_PATTERN, _("control characters have no place here"));
	return plain ? value->text.bytes : NULL;
}

/* ---- single values ---- */

static void read_text(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	*(const char **)into = text_of(in, value, LONGEST_TEXT);
}

static bool is_word(const char *text, size_t longest, const char *others)
{
	static const char *const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t length = strlen(text), good = strspn(text, alnum);
	if (!length || length > longest || !good)
		return false;
	while (good < length && (strchr(alnum, text[good]) || strchr(others, text[good])))
		good++;
	return good == length;
}

static void read_word(const struct policy_text *in, const struct fmr_value *value, size_t longest, const char *others,
	const char **into)
{
	const char *text = text_of(in, value, LONGEST_TEXT);
	if (text && is_word(text, longest, others))
		*into = text;
	else if (text)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_PATTERN,
			_("'%s' is no name here: letters, digits and '%s' of ASCII, at most %zu"), text, others, longest);
}

static void read_id(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_word(in, value, LONGEST_ID, "._-", into);
}

static void read_code(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_word(in, value, LONGEST_CODE, "_-", into);
}

/* Lower-case hexadecimal digits, exactly so many, behind this prefix. */
static void read_digits(const struct policy_text *in, const struct fmr_value *value, const char *prefix, size_t count,
	const char **into)
{
	const char *text = text_of(in, value, LONGEST_TEXT);
	size_t length = strlen(prefix);
	if (text && strncmp(text, prefix, length) == 0 && strspn(text + length, "0123456789abcdef") == count &&
		!text[length + count])
		*into = text;
	else if (text)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_PATTERN,
			_("'%s' is wanted here with %zu small hexadecimal digits"), prefix, count);
}

static void read_repository(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_digits(in, value, "", FMR_TRUST_REPOSITORY, into);
}

static void read_digest(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_digits(in, value, FMR_DIGEST_PREFIX, 64, into);
}

static void read_commit(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_digits(in, value, "", 40, into);
}

static void read_count(const struct policy_text *in, const struct fmr_value *value, unsigned most, unsigned *into)
{
	long long number = 0;
	if (!is_kind(in, value, FMR_NUMBER, _("a number")))
		return;
	if (!fmr_decimal_to_integer(value->text, &number) || number < 1 || number > (long long)most)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_RANGE, _("a whole number from 1 to %u is wanted here"), most);
	else
		*into = (unsigned)number;
}

static void read_signatures(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_count(in, value, MOST_SIGNATURES, into);
}

static void read_version(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_count(in, value, 1000000000, into);
}

static void read_one(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	unsigned number = 0;
	read_count(in, value, 1000000000, &number);
	if (number > 1)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_CONST, _("a policy of format %u; this program knows format 1"),
			number)->hint = _("a newer fmrec can read it");
	*(unsigned *)into = number;
}

static void read_day(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	struct fmr_time time;
	const char *text = text_of(in, value, LONGEST_TEXT);
	if (text && strlen(text) == 10 && fmr_time_parse(text, 10, &time) && time.date_only)
		*(int *)into = fmr_time_day(&time);
	else if (text)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_FORMAT, _("'%s' is no day like 2026-04-01"), text);
}

static void read_offset(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	const char *text = text_of(in, value, LONGEST_TEXT);
	if (!text)
		return;
	if (strlen(text) == 6 && (*text == '+' || *text == '-') && fmr_zone_offset(text, 0, into))
		return;
	fmr_policy_fault(in, value->span, FMR_CODE_VALUE_FORMAT, _("'%s' is no offset like +09:00"), text);
}

/* The position of a text among the words that are allowed; -1 after a finding. */
static int choice_of(const struct policy_text *in, const struct fmr_value *value, const char *const *words,
	size_t count)
{
	const char *text = text_of(in, value, LONGEST_TEXT);
	for (size_t i = 0; text && i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return (int)i;
	if (text) {
		struct fmr_str expected;
		fmr_str_init(&expected);
		for (size_t i = 0; i < count; i++)
			fmr_str_printf(&expected, "%s%s", i ? ", " : "", words[i]);
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_ENUM, _("'%s' is none of: %s"), text, expected.bytes);
		fmr_str_release(&expected);
	}
	return -1;
}

static void read_edits(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const char *const words[] = { "claimed", "signed" };
	*(bool *)into = choice_of(in, value, words, 2) == 1;
}

static void read_history(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const char *const words[] = { "linear", "clean" };
	*(bool *)into = choice_of(in, value, words, 2) == 1;
}

static void read_state(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const char *const words[] = { "active", "retired", "compromised" };
	int state = choice_of(in, value, words, 3);
	*(enum trust_key_state *)into = state < 0 ? TRUST_KEY_RETIRED : (enum trust_key_state)state;
}

static void read_reason(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const char *const words[] = { "required" };
	*(bool *)into = choice_of(in, value, words, 1) == 0;
}

/* A public key, with or without a comment, which is not kept. */
static void read_key(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	const char *text = text_of(in, value, LONGEST_KEY), *fault;
	struct trust_key key;
	if (!text)
		return;
	if (!fmr_trust_key_parse(text, &in->policy->arena, &key, &fault)) {
		fmr_policy_fault(in, value->span, FMR_CODE_POLICY_KEY, _("this key cannot be used: %s"), fault);
		return;
	}
	struct fmr_str spelling;
	fmr_str_init(&spelling);
	fmr_trust_key_text(&key, &spelling);
	*(const char **)into = fmr_arena_strndup(&in->policy->arena, spelling.bytes, spelling.length);
	fmr_str_release(&spelling);
}

/* ---- lists of texts ---- */

static void read_list(const struct policy_text *in, const struct fmr_value *value, read_value *read,
	bool may_be_empty, const char *const **into)
{
	if (!is_kind(in, value, FMR_LIST, _("a list")))
		return;
	if (!value->list.count && !may_be_empty)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_ITEMS, _("the list is empty"));
	const char **texts = fmr_arena_zero(&in->policy->arena, value->list.count + 1, sizeof(*texts));
	size_t count = 0;
	for (size_t i = 0; i < value->list.count; i++) {
		read(in, value->list.items[i], &texts[count]);
		count += texts[count] != NULL;
	}
	*into = texts;
}

static void read_emails(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_list(in, value, read_text, true, into);
}

static void read_codes(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_list(in, value, read_code, false, into);
}

static void read_anybody(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_list(in, value, read_code, true, into);
}

static void read_exclusion(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	enum fmr_exclusion exclusion;
	const char *text = text_of(in, value, LONGEST_TEXT), *name;
	if (text && fmr_exclusion_read(text, &exclusion, &name))
		*(const char **)into = text;
	else if (text)
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_PATTERN,
			_("'%s' is none of: author, signer:TRANSITION, field:PATH"), text);
}

static void read_exclusions(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	read_list(in, value, read_exclusion, true, into);
}

/* ---- mappings ---- */

static const struct key *find_key(const struct key *keys, const struct fmr_text *name)
{
	for (; keys->name; keys++)
		if (strcmp(keys->name, name->bytes) == 0)
			return keys;
	return NULL;
}

static void unknown_key(const struct policy_text *in, const struct key *keys, const struct fmr_member *member)
{
	const char *names[32];
	size_t count = 0;
	for (; count < sizeof(names) / sizeof(*names) && keys[count].name; count++)
		names[count] = keys[count].name;
	struct fmr_finding *finding = fmr_policy_fault(in, member->key_span, FMR_CODE_VALUE_UNKNOWN_FIELD,
		_("a trust policy has no '%s' here"), member->key.bytes);
	const char *near = fmr_text_nearest(member->key.bytes, names, count);
	if (near)
		finding->hint = fmr_findings_text(in->findings, _("did you mean '%s'?"), near);
}

/* Read the members of a map into a struct. */
static bool read_map(const struct policy_text *in, const struct fmr_value *value, const struct key *keys, void *into)
{
	if (!is_kind(in, value, FMR_MAP, _("a mapping")))
		return false;
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *member = &value->map.members[i];
		const struct key *key = find_key(keys, &member->key);
		if (key)
			key->read(in, member->value, (char *)into + key->into);
		else
			unknown_key(in, keys, member);
	}
	for (; keys->name; keys++)
		if (keys->required && !fmr_value_get(value, keys->name))
			fmr_policy_fault(in, value->span, FMR_CODE_VALUE_REQUIRED, _("'%s' is missing"), keys->name);
	return true;
}

/* Read a list of maps into an array of structs of this size, which note their place. */
static void *read_maps(const struct policy_text *in, const struct fmr_value *value, const struct key *keys,
	size_t size, size_t place, size_t *count)
{
	*count = 0;
	if (!is_kind(in, value, FMR_LIST, _("a list")))
		return NULL;
	char *items = fmr_arena_zero(&in->policy->arena, value->list.count, size);
	for (size_t i = 0; i < value->list.count; i++) {
		char *item = items + i * size;
		if (read_map(in, value->list.items[i], keys, item))
			memcpy(item + place, &value->list.items[i]->span, sizeof(struct fmr_span));
	}
	*count = value->list.count;
	return items;
}

static void read_settings(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "edits", read_edits, offsetof(struct trust_settings, edits_signed), false },
		{ "history", read_history, offsetof(struct trust_settings, merges_clean), false },
		{ "admins", read_signatures, offsetof(struct trust_settings, admins), false },
		{ "utc-offset", read_offset, offsetof(struct trust_settings, offset), false },
		{ "config-roles", read_codes, offsetof(struct trust_settings, config_roles), false },
		{ "author-roles", read_codes, offsetof(struct trust_settings, author_roles), false },
		{ 0 },
	};
	read_map(in, value, keys, into);
}

static void read_persons(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "id", read_id, offsetof(struct trust_person, id), true },
		{ "name", read_text, offsetof(struct trust_person, name), true },
		{ "department", read_text, offsetof(struct trust_person, department), false },
		{ "contact", read_text, offsetof(struct trust_person, contact), false },
		{ "emails", read_emails, offsetof(struct trust_person, emails), false },
		{ 0 },
	};
	struct trust_policy *policy = into;
	policy->persons = read_maps(in, value, keys, sizeof(struct trust_person), offsetof(struct trust_person, at),
		&policy->person_count);
}

static void read_keys(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "key", read_key, offsetof(struct trust_policy_key, key), true },
		{ "owner", read_id, offsetof(struct trust_policy_key, owner), true },
		{ "state", read_state, offsetof(struct trust_policy_key, state), true },
		{ "compromised-since", read_commit, offsetof(struct trust_policy_key, compromised_since), false },
		{ "not-after", read_day, offsetof(struct trust_policy_key, not_after), false },
		{ 0 },
	};
	struct trust_policy *policy = into;
	policy->keys = read_maps(in, value, keys, sizeof(struct trust_policy_key),
		offsetof(struct trust_policy_key, at), &policy->key_count);
}

static void read_roles(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "role", read_code, offsetof(struct trust_grant, role), true },
		{ "person" /* the policy's word */, read_id, offsetof(struct trust_grant, holder), true },
		{ "from", read_day, offsetof(struct trust_grant, from), true },
		{ "until", read_day, offsetof(struct trust_grant, until), false },
		{ 0 },
	};
	struct trust_policy *policy = into;
	policy->grants = read_maps(in, value, keys, sizeof(struct trust_grant), offsetof(struct trust_grant, at),
		&policy->grant_count);
}

static void read_deputies(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "deputy", read_id, offsetof(struct trust_deputy, deputy), true },
		{ "for", read_id, offsetof(struct trust_deputy, principal), true },
		{ "roles", read_codes, offsetof(struct trust_deputy, roles), true },
		{ "types", read_codes, offsetof(struct trust_deputy, types), false },
		{ "from", read_day, offsetof(struct trust_deputy, from), true },
		{ "until", read_day, offsetof(struct trust_deputy, until), true },
		{ 0 },
	};
	struct trust_policy *policy = into;
	policy->deputies = read_maps(in, value, keys, sizeof(struct trust_deputy), offsetof(struct trust_deputy, at),
		&policy->deputy_count);
}

/* ---- rules: TYPE: {TRANSITION: {...}} ---- */

struct slots {
	const struct trust_slot *items;
	size_t count;
};

struct rule {
	struct trust_slot only;
	struct slots several;
	const char *const *not_by;
	bool reason;
};

struct placed_slot {
	struct trust_slot slot;
	struct fmr_span at;
};

static void read_slots(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	static const struct key keys[] = {
		{ "by", read_anybody, offsetof(struct placed_slot, slot.by), false },
		{ "votes", read_signatures, offsetof(struct placed_slot, slot.votes), false },
		{ 0 },
	};
	struct slots *slots = into;
	const struct placed_slot *placed = read_maps(in, value, keys, sizeof(struct placed_slot),
		offsetof(struct placed_slot, at), &slots->count);
	struct trust_slot *items = fmr_arena_zero(&in->policy->arena, slots->count, sizeof(*items));
	for (size_t i = 0; i < slots->count; i++)
		items[i] = placed[i].slot;
	slots->items = items;
}

static void read_rule(const struct policy_text *in, const struct fmr_value *value, struct trust_override *out)
{
	static const struct key keys[] = {
		{ "by", read_anybody, offsetof(struct rule, only.by), false },
		{ "votes", read_signatures, offsetof(struct rule, only.votes), false },
		{ "signatures", read_slots, offsetof(struct rule, several), false },
		{ "not-by", read_exclusions, offsetof(struct rule, not_by), false },
		{ "reason", read_reason, offsetof(struct rule, reason), false },
		{ 0 },
	};
	struct rule rule = { 0 };
	if (!read_map(in, value, keys, &rule))
		return;
	bool only = rule.only.by || rule.only.votes;
	if (only && fmr_value_get(value, "signatures"))
		fmr_policy_fault(in, value->span, FMR_CODE_VALUE_FORBIDDEN, _("'signatures' stands in place of 'by' and 'votes'"));
	if (only) {
		struct trust_slot *slot = fmr_arena_zero(&in->policy->arena, 1, sizeof(*slot));
		*slot = rule.only;
		rule.several = (struct slots){ slot, 1 };
	}
	out->slots = rule.several.items;
	out->slot_count = rule.several.count;
	out->not_by = rule.not_by;
	out->reason = rule.reason;
	out->at = value->span;
}

static bool is_name(const struct policy_text *in, const struct fmr_member *member)
{
	bool good = is_word(member->key.bytes, LONGEST_ID, "-");
	if (!good)
		fmr_policy_fault(in, member->key_span, FMR_CODE_VALUE_KEY_NAME, _("'%s' is no name of a type or transition"),
			member->key.bytes);
	return good;
}

static size_t count_rules(const struct fmr_value *rules)
{
	size_t count = 0;
	for (size_t i = 0; i < rules->map.count; i++)
		if (rules->map.members[i].value->kind == FMR_MAP)
			count += rules->map.members[i].value->map.count;
	return count;
}

static void read_rules(const struct policy_text *in, const struct fmr_value *value, void *into)
{
	struct trust_policy *policy = into;
	if (!is_kind(in, value, FMR_MAP, _("a mapping")))
		return;
	struct trust_override *rules = fmr_arena_zero(&in->policy->arena, count_rules(value), sizeof(*rules));
	for (size_t i = 0; i < value->map.count; i++) {
		const struct fmr_member *type = &value->map.members[i];
		if (!is_name(in, type) || !is_kind(in, type->value, FMR_MAP, _("a mapping")))
			continue;
		for (size_t j = 0; j < type->value->map.count; j++) {
			const struct fmr_member *transition = &type->value->map.members[j];
			struct trust_override *rule = &rules[policy->override_count];
			if (!is_name(in, transition))
				continue;
			rule->type = type->key.bytes;
			rule->transition = transition->key.bytes;
			read_rule(in, transition->value, rule);
			policy->override_count++;
		}
	}
	policy->overrides = rules;
}

/* ---- the whole ---- */

void fmr_policy_read(const struct policy_text *in, const struct fmr_value *root)
{
	/* Lists are read into the policy as a whole: they set a count as well. */
	static const struct key keys[] = {
		{ "schema", read_one, offsetof(struct trust_policy, format), true },
		{ "repository", read_repository, offsetof(struct trust_policy, repository), true },
		{ "version", read_version, offsetof(struct trust_policy, version), true },
		{ "previous", read_digest, offsetof(struct trust_policy, previous), false },
		{ "settings", read_settings, offsetof(struct trust_policy, settings), false },
		{ "persons", read_persons, 0, true },
		{ "keys", read_keys, 0, true },
		{ "roles", read_roles, 0, true },
		{ "deputies", read_deputies, 0, false },
		{ "rules", read_rules, 0, false },
		{ 0 },
	};
	read_map(in, root, keys, in->policy);
}
