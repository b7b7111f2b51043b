/* The verbs that change a trust policy, as edits of its text. */
#include "cmd/trust.h"

#include "base/clock.h"

#include <string.h>
#include <strings.h>

static void set_text(struct trust_work *work, const char *path, const char *text)
{
	FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_SET, .path = path,
		.value = fmr_value_new_string(&work->arena, text, strlen(text)) }));
}

/* ---- persons and keys ---- */

static int append_key(struct trust_work *work, const char *owner, const char *text, struct fmr_err *err)
{
	const char *key, *last;
	int result = fmr_trust_read_key(work, text, &key, err);
	if (!result)
		result = fmr_trust_day(work, work->options->not_after, NULL, &last, err);
	if (result)
		return result;
	const struct trust_policy_key *known = fmr_trust_policy_key(work->policy, key);
	if (known)
		return fmr_err_set(err, FMR_ERR_EXISTS, _("this key is in the trust policy already: it belongs to '%s'"),
			known->owner);
	struct fmr_value *map = fmr_value_new_map(&work->arena);
	fmr_trust_put(work, map, "key", key);
	fmr_trust_put(work, map, "owner", owner);
	fmr_trust_put(work, map, "state", "active");
	fmr_trust_put(work, map, "not-after", last);
	fmr_trust_append(work, "keys", map);
	return 0;
}

int fmr_trust_append_role(struct trust_work *work, const char *id, const char *role, struct fmr_err *err)
{
	const char *from, *until;
	int result = fmr_trust_need_role(work, role, err);
	if (!result)
		result = fmr_trust_day(work, work->options->from, "today", &from, err);
	if (!result)
		result = fmr_trust_day(work, work->options->until, NULL, &until, err);
	if (result)
		return result;
	struct fmr_value *map = fmr_value_new_map(&work->arena);
	fmr_trust_put(work, map, "role", role);
	fmr_trust_put(work, map, "person" /* the policy's word */, id);
	fmr_trust_put(work, map, "from", from);
	fmr_trust_put(work, map, "until", until);
	fmr_trust_append(work, "roles", map);
	return 0;
}

/* --name, or what is typed when asked for it. */
static int ask_name(struct trust_work *work, const char **name, struct fmr_err *err)
{
	char *answer = NULL;
	*name = work->options->name;
	if (*name)
		return 0;
	if (!work->cli->may_prompt) {
		fmr_err_set(err, FMR_ERR_INVALID, _("the person's name is missing"));
		fmr_err_hint(err, _("give it with --name"));
		return FMR_ERR_INVALID;
	}
	int result = fmr_cli_ask(work->cli, _("name as it is printed on forms"), NULL, &answer, err);
	if (!result)
		*name = fmr_arena_strdup(&work->arena, answer);
	free(answer);
	return result;
}

int fmr_trust_add_person(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct trust_options *options = work->options;
	const char *id = argv[0], *name;
	if (fmr_trust_policy_person(work->policy, id)) {
		fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is in the trust policy already"), id);
		fmr_err_hint(err, "fmrec trust add-key %s KEY   fmrec trust grant %s ROLE", id, id);
		return FMR_ERR_EXISTS;
	}
	int result = ask_name(work, &name, err);
	if (result)
		return result;
	struct fmr_value *person = fmr_value_new_map(&work->arena);
	fmr_trust_put(work, person, "id", id);
	fmr_trust_put(work, person, "name", name);
	fmr_trust_put(work, person, "department", options->department);
	fmr_trust_put(work, person, "contact", options->contact);
	if (options->emails.count)
		fmr_value_put(&work->arena, person, "emails", fmr_trust_texts(work, &options->emails));
	fmr_trust_append(work, "persons", person);
	if (options->key)
		result = append_key(work, id, options->key, err);
	for (size_t i = 0; !result && i < options->roles.count; i++)
		result = fmr_trust_append_role(work, id, options->roles.items[i], err);
	fmr_str_printf(&work->subject, "add-person %s", id);
	return result;
}

int fmr_trust_add_key(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct trust_person *person;
	int result = fmr_trust_need_person(work, argv[0], &person, err);
	if (!result)
		result = append_key(work, person->id, argv[1], err);
	fmr_str_printf(&work->subject, "add-key %s", argv[0]);
	return result;
}

/* ---- the key that is meant ---- */

/* By its fingerprint, any beginning of at least eight characters. */
static bool has_fingerprint(const struct trust_policy_key *key, const char *word)
{
	char fingerprint[TRUST_FINGERPRINT];
	const char *digits = strncmp(word, "SHA256:", 7) == 0 ? word + 7 : word;
	fmr_trust_fingerprint(key->key, fingerprint);
	return strlen(digits) >= 8 && strncmp(fingerprint + 7, digits, strlen(digits)) == 0;
}

/* A fingerprint, the only active key of a person, a file, or the key itself. */
static int find_key(struct trust_work *work, const char *word, size_t *number, struct fmr_err *err)
{
	const struct trust_policy *policy = work->policy;
	size_t found = 0;
	for (size_t i = 0; i < policy->key_count; i++) {
		const struct trust_policy_key *key = &policy->keys[i];
		bool of_person = strcmp(key->owner, word) == 0 && key->state == TRUST_KEY_ACTIVE;
		if (!of_person && !has_fingerprint(key, word))
			continue;
		*number = i;
		found++;
	}
	if (found == 1)
		return 0;
	if (found) {
		fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' fits %zu keys"), word, found);
		fmr_err_hint(err, _("name it by its fingerprint: fmrec trust show"));
		return FMR_ERR_AMBIGUOUS;
	}
	const char *text;
	struct fmr_err own;
	if (fmr_trust_read_key(work, word, &text, &own) == 0)
		for (size_t i = 0; i < policy->key_count; i++)
			if (strcmp(policy->keys[i].key, text) == 0) {
				*number = i;
				return 0;
			}
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no key '%s' in the trust policy"), word);
	fmr_err_hint(err, _("name it by its fingerprint: fmrec trust show"));
	return FMR_ERR_NOT_FOUND;
}

static void set_state(struct trust_work *work, size_t number, const char *state, const char *verb)
{
	char fingerprint[TRUST_FINGERPRINT];
	fmr_trust_fingerprint(work->policy->keys[number].key, fingerprint);
	set_text(work, fmr_arena_format(&work->arena, "keys.%zu.state", number), state);
	fmr_str_printf(&work->subject, "%s %s %s", verb, work->policy->keys[number].owner, fingerprint);
}

int fmr_trust_retire_key(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	size_t number = 0;
	int result = find_key(work, argv[0], &number, err);
	if (!result && work->policy->keys[number].state != TRUST_KEY_ACTIVE)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("this key is not active any more"));
	if (!result)
		set_state(work, number, "retired", "retire-key");
	return result;
}

int fmr_trust_compromised(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	size_t number = 0;
	struct fmr_oid commit;
	char id[41];
	if (!work->options->since) {
		fmr_err_set(err, FMR_ERR_INVALID, _("--since is missing: from which commit on is the key not to be believed?"));
		fmr_err_hint(err, _("the first commit that somebody else may have signed; those before it stay good"));
		return FMR_ERR_INVALID;
	}
	int result = find_key(work, argv[0], &number, err);
	if (!result)
		result = fmr_store_resolve(work->cli->store, work->options->since, &commit, err);
	if (result)
		return result;
	fmr_oid_text(&commit, id);
	set_state(work, number, "compromised", "compromised");
	set_text(work, fmr_arena_format(&work->arena, "keys.%zu.compromised-since", number), id);
	return 0;
}

/* ---- roles ---- */

int fmr_trust_grant(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct trust_person *person;
	int result = fmr_trust_need_person(work, argv[0], &person, err);
	if (!result)
		result = fmr_trust_append_role(work, person->id, argv[1], err);
	fmr_str_printf(&work->subject, "grant %s %s", argv[0], argv[1]);
	return result;
}

static bool is_grant(const struct trust_grant *grant, const char *id, const char *role, int last)
{
	return strcmp(grant->holder, id) == 0 && strcmp(grant->role, role) == 0 && (!grant->until || grant->until > last);
}

/* The role ends with this day; one that would not have begun by then is taken out.  From the last row to the first, so
 * that the numbers of those before it stay. */
static size_t end_grants(struct trust_work *work, const char *id, const char *role, int last, const char *day)
{
	size_t count = 0;
	for (size_t i = work->policy->grant_count; i-- > 0;) {
		const struct trust_grant *grant = &work->policy->grants[i];
		if (!is_grant(grant, id, role, last))
			continue;
		count++;
		if (grant->from <= last)
			set_text(work, fmr_arena_format(&work->arena, "roles.%zu.until", i), day);
		else
			FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_REMOVE,
				.path = fmr_arena_format(&work->arena, "roles.%zu", i) }));
	}
	return count;
}

int fmr_trust_revoke(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct trust_person *person;
	const char *day;
	int result = fmr_trust_need_person(work, argv[0], &person, err);
	if (!result)
		result = fmr_trust_day(work, work->options->until, "yesterday", &day, err);
	if (result)
		return result;
	struct fmr_time time;
	const int last = fmr_time_parse(day, strlen(day), &time) ? fmr_time_day(&time) : 0;
	if (!end_grants(work, argv[0], argv[1], last, day)) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' does not hold the role '%s' then"), argv[0], argv[1]);
		fmr_err_hint(err, _("fmrec trust show lists the roles"));
		return FMR_ERR_NOT_FOUND;
	}
	fmr_str_printf(&work->subject, "revoke %s %s", argv[0], argv[1]);
	return 0;
}

int fmr_trust_delegate(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	const struct trust_options *options = work->options;
	const struct trust_person *deputy, *principal;
	const char *from, *until;
	if (!options->principal || !options->roles.count || !options->until)
		return fmr_err_set(err, FMR_ERR_INVALID, _("a delegation needs --for, --role and --until"));
	int result = fmr_trust_need_person(work, argv[0], &deputy, err);
	if (!result)
		result = fmr_trust_need_person(work, options->principal, &principal, err);
	for (size_t i = 0; !result && i < options->roles.count; i++)
		result = fmr_trust_need_role(work, options->roles.items[i], err);
	if (!result)
		result = fmr_trust_day(work, options->from, "today", &from, err);
	if (!result)
		result = fmr_trust_day(work, options->until, NULL, &until, err);
	if (result)
		return result;
	struct fmr_value *map = fmr_value_new_map(&work->arena);
	fmr_trust_put(work, map, "deputy", deputy->id);
	fmr_trust_put(work, map, "for", principal->id);
	fmr_value_put(&work->arena, map, "roles", fmr_trust_texts(work, &options->roles));
	if (options->types.count)
		fmr_value_put(&work->arena, map, "types", fmr_trust_texts(work, &options->types));
	fmr_trust_put(work, map, "from", from);
	fmr_trust_put(work, map, "until", until);
	fmr_trust_append(work, "deputies", map);
	fmr_str_printf(&work->subject, "delegate %s for %s", deputy->id, principal->id);
	return 0;
}

/* ---- settings ---- */

int fmr_trust_set(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	(void)argv;
	const struct trust_options *options = work->options;
	if (!options->edits && !options->history && !options->admins)
		return fmr_err_set(err, FMR_ERR_INVALID, _("nothing to set: --edits, --history or --admins"));
	fmr_str_puts(&work->subject, "set");
	if (options->edits) {
		set_text(work, "settings.edits", options->edits);
		fmr_str_printf(&work->subject, " edits %s", options->edits);
	}
	if (options->history) {
		set_text(work, "settings.history", options->history);
		fmr_str_printf(&work->subject, " history %s", options->history);
	}
	if (options->admins) {
		const char *number = fmr_arena_format(&work->arena, "%ld", options->admins);
		FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_SET, .path = "settings.admins",
			.value = fmr_value_new_number(&work->arena, number) }));
		fmr_str_printf(&work->subject, " admins %ld", options->admins);
	}
	return 0;
}
