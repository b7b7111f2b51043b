/* Steps of a story that begin and change the trust policy. */
#include "cmd/tell.h"

#include "cmd/trust.h"

#include <string.h>

struct change {
	struct teller *teller;
	const struct story_step *step;
	struct trust_work work;
	struct trust_options options;     /* of the verb that is next */
	struct fmr_str subject;           /* of all verbs */
	const char *day;                  /* of the step */
};

static const char *text_of(const struct fmr_value *map, const char *key)
{
	return fmr_value_string(fmr_value_get(map, key));
}

/* The options of the next verb. */
static void set_options(struct change *change, const struct trust_options *options)
{
	FMR_VEC_RELEASE(&change->options.emails);
	FMR_VEC_RELEASE(&change->options.roles);
	FMR_VEC_RELEASE(&change->options.types);
	change->options = *options;
	change->work.options = &change->options;
}

static int run(struct change *change, trust_verb *verb, const char *operand, const char *more, struct fmr_err *err)
{
	char *words[] = { operand ? fmr_arena_strdup(&change->work.arena, operand) : NULL,
		more ? fmr_arena_strdup(&change->work.arena, more) : NULL, NULL };
	fmr_str_clear(&change->work.subject);
	int result = verb(&change->work, more ? 2 : operand ? 1 : 0, words, err);
	fmr_str_printf(&change->subject, "%s%s", change->subject.length ? ", " : "", change->work.subject.bytes);
	return result;
}

static int newest_key(struct change *change, const struct story_person *person, const char **out, struct fmr_err *err)
{
	struct tell_ring *ring;
	int result = fmr_tell_ring(change->teller, person, &ring, err);
	if (!result)
		*out = ring->public_keys.items[ring->public_keys.count - 1];
	return result;
}

/* ---- persons and their roles ---- */

static void describe(struct change *change, const struct story_person *person, const char *key,
	struct trust_options *options)
{
	*options = (struct trust_options){ .id = person->id, .name = person->name, .department = person->department,
		.contact = person->contact, .key = key, .from = change->day };
	FMR_VEC_PUSH(&options->emails, person->email);
}

static int begin(struct change *change, const struct fmr_value *how, struct fmr_err *err)
{
	struct trust_options options;
	const char *key;
	int result = newest_key(change, change->step->by, &key, err);
	if (result)
		return result;
	describe(change, change->step->by, key, &options);
	options.edits = text_of(how, "edits");
	options.history = text_of(how, "history");
	set_options(change, &options);
	return run(change, fmr_trust_init, NULL, NULL, err);
}

static bool holds(const struct trust_policy *policy, const char *id, const char *role)
{
	for (size_t i = 0; i < policy->grant_count; i++)
		if (strcmp(policy->grants[i].holder, id) == 0 && strcmp(policy->grants[i].role, role) == 0)
			return true;
	return false;
}

/* The roles that the story introduces the person with, as far as the policy does not have them. */
static int give_roles(struct change *change, const struct story_person *person, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; person->roles && i < person->roles->list.count && !result; i++) {
		const struct fmr_value *item = person->roles->list.items[i];
		const char *role = text_of(item, "role"), *from = text_of(item, "from");
		if (holds(change->work.policy, person->id, role))
			continue;
		set_options(change, &(struct trust_options){ .from = from ? from : change->day, .until = text_of(item, "until") });
		result = fmr_trust_append_role(&change->work, person->id, role, err);
	}
	return result;
}

static int join(struct change *change, const char *id, struct fmr_err *err)
{
	const struct story_person *person = fmr_story_person(change->teller->story, id);
	struct trust_options options;
	const char *key;
	int result = 0;
	if (fmr_trust_policy_person(change->work.policy, id)) {
		fmr_str_printf(&change->subject, "%sgrant %s", change->subject.length ? ", " : "", id);
		return give_roles(change, person, err);
	}
	result = newest_key(change, person, &key, err);
	if (result)
		return result;
	describe(change, person, key, &options);
	set_options(change, &options);
	result = run(change, fmr_trust_add_person, id, NULL, err);
	return result ? result : give_roles(change, person, err);
}

static int change_role(struct change *change, const struct fmr_value *item, trust_verb *verb, struct fmr_err *err)
{
	set_options(change, &(struct trust_options){ .from = text_of(item, "from"), .until = text_of(item, "until") });
	if (!change->options.from)
		change->options.from = change->day;
	if (verb == fmr_trust_revoke && !change->options.until)
		change->options.until = change->day;
	return run(change, verb, text_of(item, "to"), text_of(item, "role"), err);
}

static int grant(struct change *change, const struct fmr_value *item, struct fmr_err *err)
{
	return change_role(change, item, fmr_trust_grant, err);
}

static int revoke(struct change *change, const struct fmr_value *item, struct fmr_err *err)
{
	return change_role(change, item, fmr_trust_revoke, err);
}

static int join_item(struct change *change, const struct fmr_value *item, struct fmr_err *err)
{
	return join(change, fmr_value_string(item), err);
}

/* ---- keys ---- */

static int new_key(struct change *change, const struct fmr_value *item, struct fmr_err *err)
{
	const struct story_person *person = fmr_story_person(change->teller->story, item->text.bytes);
	const char *key = NULL;
	int result = fmr_tell_new_key(change->teller, person, err);
	if (!result)
		result = newest_key(change, person, &key, err);
	if (result)
		return result;
	set_options(change, &(struct trust_options){ 0 });
	return run(change, fmr_trust_add_key, person->id, key, err);
}

/* The oldest one that is still in use. */
static int retire_key(struct change *change, const struct fmr_value *item, struct fmr_err *err)
{
	const struct trust_policy *policy = change->work.policy;
	char fingerprint[TRUST_FINGERPRINT] = "";
	for (size_t i = 0; i < policy->key_count && !*fingerprint; i++)
		if (policy->keys[i].state == TRUST_KEY_ACTIVE && strcmp(policy->keys[i].owner, item->text.bytes) == 0)
			fmr_trust_fingerprint(policy->keys[i].key, fingerprint);
	set_options(change, &(struct trust_options){ 0 });
	return run(change, fmr_trust_retire_key, *fingerprint ? fingerprint : item->text.bytes, NULL, err);
}

/* ---- the rest ---- */

static void add_texts(struct fmr_strings *out, const struct fmr_value *list)
{
	for (size_t i = 0; list && i < list->list.count; i++)
		FMR_VEC_PUSH(out, fmr_value_string(list->list.items[i]));
}

static int deputy(struct change *change, const struct fmr_value *said, struct fmr_err *err)
{
	struct trust_options options = { .principal = text_of(said, "for"), .from = text_of(said, "from"),
		.until = text_of(said, "until") };
	if (!options.from)
		options.from = change->day;
	add_texts(&options.roles, fmr_value_get(said, "roles"));
	add_texts(&options.types, fmr_value_get(said, "types"));
	set_options(change, &options);
	return run(change, fmr_trust_delegate, text_of(said, "to"), NULL, err);
}

static int settings(struct change *change, const struct fmr_value *said, struct fmr_err *err)
{
	const struct fmr_value *admins = fmr_value_get(said, "admins");
	set_options(change, &(struct trust_options){ .edits = text_of(said, "edits"), .history = text_of(said, "history"),
		.admins = admins ? strtol(admins->text.bytes, NULL, 10) : 0 });
	return run(change, fmr_trust_set, NULL, NULL, err);
}

static int each(struct change *change, const char *key, int (*verb)(struct change *change, const struct fmr_value *item,
	struct fmr_err *err), struct fmr_err *err)
{
	const struct fmr_value *list = fmr_value_get(change->step->what, key);
	int result = 0;
	for (size_t i = 0; list && i < list->list.count && !result; i++) {
		result = verb(change, list->list.items[i], err);
		if (result)
			fmr_story_blame(change->step, list->list.items[i], err);
	}
	return result;
}

static int run_verbs(struct change *change, struct fmr_err *err)
{
	const struct fmr_value *what = change->step->what, *said;
	int result = each(change, "join", join_item, err);
	if (!result)
		result = each(change, "grant", grant, err);
	if (!result)
		result = each(change, "revoke", revoke, err);
	if (!result)
		result = each(change, "new-key", new_key, err);
	if (!result)
		result = each(change, "retire-key", retire_key, err);
	if (!result && (said = fmr_value_get(what, "deputy"))) {
		result = deputy(change, said, err);
		if (result)
			fmr_story_blame(change->step, said, err);
	}
	if (!result && (said = fmr_value_get(what, "settings"))) {
		result = settings(change, said, err);
		if (result)
			fmr_story_blame(change->step, said, err);
	}
	return result;
}

static int change_policy(struct change *change, struct fmr_err *err)
{
	const struct fmr_value *first = fmr_value_get(change->step->what, "begin");
	if (first && change->work.policy)
		return fmr_err_set(err, FMR_ERR_EXISTS, _("the trust policy has begun already"));
	if (!first && !change->work.policy)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no step has begun the trust policy yet"));
	return first ? begin(change, first, err) : 0;
}

/* The policy as it becomes, in a signed commit of its own. */
static int commit(struct change *change, struct fmr_err *err)
{
	const struct trust_policy *policy = change->work.policy;
	struct fmr_str before, subject;
	struct tell_ring *ring;
	fmr_str_init(&before);
	fmr_str_init(&subject);
	int result = fmr_tell_ring(change->teller, change->step->by, &ring, err);
	for (size_t i = 0; !result && i < ring->public_keys.count; i++) {
		const struct trust_policy_key *key = policy ? fmr_trust_policy_key(policy, ring->public_keys.items[i]) : NULL;
		if (!policy || (key && key->state == TRUST_KEY_ACTIVE))
			change->work.key = ring->public_keys.items[i];
	}
	if (!result && !change->work.key)
		change->work.key = ring->public_keys.items[0];
	if (!result)
		result = fmr_trust_compose(&change->work, err);
	/* what stands in the file need not be in force */
	if (!result && policy)
		result = fmr_view_read(change->teller->cli->view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE + 1, &before, err);
	if (!result) {
		const struct fmr_change file = { FMR_TRUST_POLICY_PATH, change->work.text.bytes, change->work.text.length,
			policy ? &before : NULL };
		fmr_write_subject(&subject, "trust", change->subject.bytes, NULL);
		fmr_str_putc(&subject, '\n');
		result = fmr_tell_commit(change->teller, change->step, &file, 1, subject.bytes, true, err);
	}
	fmr_str_release(&subject);
	fmr_str_release(&before);
	return result;
}

int fmr_tell_trust(struct teller *teller, const struct story_step *step, struct fmr_err *err)
{
	struct change change = { .teller = teller, .step = step };
	const int day = fmr_time_day(&step->at);
	fmr_trust_work_init(&change.work, teller->cli, &change.options, step->at.seconds);
	fmr_str_init(&change.subject);
	change.work.policy = teller->signing.policy;
	change.day = fmr_arena_format(&teller->arena, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
	int result = change_policy(&change, err);
	if (!result)
		result = run_verbs(&change, err);
	if (!result)
		result = commit(&change, err);
	if (result && !strstr(err->text, step->source->path))
		fmr_story_blame(step, NULL, err);
	set_options(&change, &(struct trust_options){ 0 });
	fmr_str_release(&change.subject);
	fmr_trust_work_release(&change.work);
	return result;
}
