#include "cmd/tell.h"

#include "base/fs.h"
#include "cmd/acts.h"
#include "trust/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

void fmr_teller_init(struct teller *teller, struct fmr_cli *cli, const struct story *story, const char *key_directory)
{
	*teller = (struct teller){ .cli = cli, .story = story, .key_directory = fmr_strdup(key_directory),
		.rings = fmr_alloc_zero(story->persons.count + 1, sizeof(*teller->rings)) };
	fmr_arena_init(&teller->arena);
	fmr_signing_init(&teller->signing, cli, &teller->options);
}

void fmr_teller_release(struct teller *teller)
{
	for (size_t i = 0; i < teller->story->persons.count; i++) {
		for (size_t k = 0; k < teller->rings[i].files.count; k++) {
			free(teller->rings[i].files.items[k]);
			free(teller->rings[i].public_keys.items[k]);
		}
		FMR_VEC_RELEASE(&teller->rings[i].files);
		FMR_VEC_RELEASE(&teller->rings[i].public_keys);
	}
	free(teller->rings);
	free(teller->key_directory);
	for (size_t i = 0; i < teller->files.count; i++)
		free(teller->files.items[i].path);
	FMR_VEC_RELEASE(&teller->files);
	FMR_VEC_RELEASE(&teller->commits);
	fmr_signing_close(&teller->signing);
	fmr_arena_release(&teller->arena);
}

const struct story_step *fmr_tell_step_of(const struct teller *teller, const char *commit)
{
	struct fmr_oid id;
	for (size_t i = 0; fmr_oid_parse(commit, &id) && i < teller->commits.count; i++)
		if (fmr_oid_equal(&teller->commits.items[i].id, &id))
			return teller->commits.items[i].step;
	return NULL;
}

const struct story_step *fmr_tell_step_of_file(const struct teller *teller, const char *path)
{
	for (size_t i = teller->files.count; i-- > 0;)
		if (strcmp(teller->files.items[i].path, path) == 0)
			return teller->files.items[i].step;
	return NULL;
}

/* ---- keys ---- */

static struct tell_ring *ring_of(struct teller *teller, const struct story_person *person)
{
	return &teller->rings[person - teller->story->persons.items];
}

int fmr_tell_new_key(struct teller *teller, const struct story_person *person, struct fmr_err *err)
{
	struct tell_ring *ring = ring_of(teller, person);
	const size_t number = ring->files.count + 1;
	char *path = number > 1 ? fmr_format("%s/%s-%zu", teller->key_directory, person->id, number)
				: fmr_format("%s/%s", teller->key_directory, person->id);
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_store_make_key(teller->cli->store, path, person->id, err);
	if (!result)
		result = fmr_store_public_key(teller->cli->store, path, &text, err);
	if (!result) {
		FMR_VEC_PUSH(&ring->files, path);
		FMR_VEC_PUSH(&ring->public_keys, fmr_str_detach(&text));
		path = NULL;
	}
	fmr_str_release(&text);
	free(path);
	return result;
}

int fmr_tell_ring(struct teller *teller, const struct story_person *person, struct tell_ring **out, struct fmr_err *err)
{
	*out = ring_of(teller, person);
	return (*out)->files.count ? 0 : fmr_tell_new_key(teller, person, err);
}

static bool is_active(const struct teller *teller, const char *key)
{
	const struct trust_policy *policy = teller->signing.policy;
	const struct trust_policy_key *known = policy ? fmr_trust_policy_key(policy, key) : NULL;
	return !policy || (known && known->state == TRUST_KEY_ACTIVE);
}

/* Their newest key that is in force, or the newest. */
static int choose_key(struct teller *teller, const struct story_person *person, struct fmr_err *err)
{
	struct tell_ring *ring;
	int result = fmr_tell_ring(teller, person, &ring, err);
	if (result)
		return result;
	size_t number = ring->files.count - 1;
	for (size_t i = ring->files.count; i-- > 0;)
		if (is_active(teller, ring->public_keys.items[i])) {
			number = i;
			break;
		}
	teller->as.key = ring->files.items[number];
	teller->as.public_key = ring->public_keys.items[number];
	return 0;
}

/* ---- commits ---- */

static void take_identity(struct teller *teller, const struct story_step *step)
{
	const int minutes = step->at.offset < 0 ? -step->at.offset : step->at.offset;
	teller->as.time = step->at.seconds;
	teller->as.identity = fmr_arena_format(&teller->arena, "%s <%s> %lld %c%02d%02d", step->by->name, step->by->email,
		(long long)step->at.seconds, step->at.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static int write_file(struct teller *teller, const struct fmr_change *change, struct fmr_err *err)
{
	struct fmr_file_undo undo = { 0 };
	char *path = fmr_format("%s/%s", fmr_store_work_tree(teller->cli->store), change->path);
	const struct fmr_file_edit edit = { .path = path, .expected = change->expected, .bytes = change->bytes,
		.length = change->length, .mode = 0644, .later = true };
	int result = fmr_file_change(AT_FDCWD, -1, &edit, &undo, err);
	if (!result)
		fmr_file_keep(&undo);
	if (result == FMR_ERR_CHANGED && !change->expected)
		result = fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is there already"), change->path);
	free(path);
	return result;
}

static void note_commit(struct teller *teller, const struct story_step *step)
{
	FMR_VEC_PUSH(&teller->commits, ((struct tell_commit){ teller->tip, step }));
}

int fmr_tell_commit(struct teller *teller, const struct story_step *step, const struct fmr_change *changes, size_t count,
	const char *message, bool sign, struct fmr_err *err)
{
	const bool first = !teller->commits.count;
	const struct fmr_oid parent = teller->tip;
	struct fmr_oid tree;
	int result = sign ? choose_key(teller, step->by, err) : 0;
	take_identity(teller, step);
	for (size_t i = 0; i < count && !result; i++) {
		result = write_file(teller, &changes[i], err);
		FMR_VEC_PUSH(&teller->files, ((struct tell_file){ fmr_strdup(changes[i].path), step }));
	}
	if (!result)
		result = fmr_store_make_tree(teller->cli->store, first ? NULL : &teller->tree, changes, count, &tree, err);
	if (result)
		return result;
	const struct fmr_signed_commit commit = { .parent = first ? NULL : &parent, .tree = &tree,
		.author = teller->as.identity, .committer = teller->as.identity, .key = sign ? teller->as.key : NULL,
		.message = message, .time = step->at.seconds, .no_signature = !sign };
	result = fmr_store_write_signed(teller->cli->store, &commit, &teller->tip, err);
	teller->tree = tree;
	if (!result)
		note_commit(teller, step);
	return result;
}

/* ---- signatures ---- */

static const char *text_of(const struct fmr_value *map, const char *key)
{
	return fmr_value_string(fmr_value_get(map, key));
}

static int sign(struct teller *teller, const struct story_step *step, fmr_act_sign *verb, const struct fmr_act *act,
	const struct fmr_value *at, struct fmr_err *err)
{
	struct fmr_commit_result commit = { 0 };
	int result = verb(&teller->signing, act, &commit, err);
	if (result) {
		fmr_story_blame(step, at, err);
		return result;
	}
	(void)fmr_oid_parse(commit.commit, &teller->tip);
	note_commit(teller, step);
	teller->signatures++;
	return 0;
}

static int sign_list(struct teller *teller, const struct story_step *step, fmr_act_sign *verb, struct fmr_act *act,
	const struct fmr_value *ids, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < ids->list.count && !result; i++) {
		act->id = fmr_value_string(ids->list.items[i]);
		result = sign(teller, step, verb, act, ids->list.items[i], err);
	}
	return result;
}

static int advance(struct teller *teller, const struct story_step *step, struct fmr_act *act, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < step->what->map.count && !result; i++) {
		act->transition = step->what->map.members[i].key.bytes;
		result = sign_list(teller, step, fmr_act_advance, act, step->what->map.members[i].value, err);
	}
	return result;
}

/* The last signature of another person, which only its commit names. */
static const char *commit_of(struct teller *teller, const char *record, const char *signer)
{
	const struct fmr_record_status *status = fmr_audit_record(teller->signing.audit, record);
	for (size_t i = status ? status->vote_count : 0; i-- > 0;)
		if (status->votes[i]->withdrawable && strcmp(status->votes[i]->signer, signer) == 0)
			return fmr_arena_strdup(&teller->arena, status->votes[i]->commit);
	return NULL;
}

static int withdraw(struct teller *teller, const struct story_step *step, struct fmr_act *act, struct fmr_err *err)
{
	const char *signer = text_of(step->value, "of");
	int result = 0;
	for (size_t i = 0; i < step->what->list.count && !result; i++) {
		act->id = fmr_value_string(step->what->list.items[i]);
		act->commit = signer ? commit_of(teller, act->id, signer) : NULL;
		if (signer && !act->commit) {
			result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' has no signature on %s that stands"), signer, act->id);
			fmr_story_blame(step, step->what->list.items[i], err);
		} else {
			result = sign(teller, step, fmr_act_withdraw, act, step->what->list.items[i], err);
		}
	}
	return result;
}

static const char *day_of(struct teller *teller, const struct story_step *step)
{
	const int day = fmr_time_day(&step->at);
	return fmr_arena_format(&teller->arena, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static int delegate(struct teller *teller, const struct story_step *step, struct fmr_act *act, struct fmr_err *err)
{
	const struct fmr_value *types = fmr_value_get(step->what, "types");
	act->deputy = text_of(step->what, "to");
	act->role = text_of(step->what, "role");
	act->from = text_of(step->what, "from");
	act->until = text_of(step->what, "until");
	if (!act->from)
		act->from = day_of(teller, step);
	for (size_t i = 0; types && i < types->list.count; i++)
		FMR_VEC_PUSH(&act->types, fmr_value_string(types->list.items[i]));
	int result = sign(teller, step, fmr_act_delegate, act, NULL, err);
	FMR_VEC_RELEASE(&act->types);
	return result;
}

/* The last commit of the step of this name. */
static int acknowledge(struct teller *teller, const struct story_step *step, struct fmr_act *act, struct fmr_err *err)
{
	const char *name = fmr_value_string(step->what);
	char commit[FMR_COMMIT_TEXT] = "";
	for (size_t i = teller->commits.count; i-- > 0 && !*commit;) {
		const struct tell_commit *made = &teller->commits.items[i];
		if (fmr_value_is(fmr_value_get(made->step->value, "name"), name))
			fmr_oid_text(&made->id, commit);
	}
	if (!*commit) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no step before this one has the name '%s'"), name);
		fmr_story_blame(step, step->what, err);
		return FMR_ERR_NOT_FOUND;
	}
	act->commit = fmr_arena_strdup(&teller->arena, commit);
	return sign(teller, step, fmr_act_acknowledge, act, NULL, err);
}

static int tell_signature(struct teller *teller, const struct story_step *step, struct fmr_err *err)
{
	struct fmr_act act = { .reason = text_of(step->value, "reason"), .role = text_of(step->value, "role"),
		.behalf = text_of(step->value, "behalf") };
	int result = teller->signing.audit ? choose_key(teller, step->by, err) :
		fmr_err_set(err, FMR_ERR_REFUSED, _("nobody can sign before there is a trust policy"));
	if (!result) {
		take_identity(teller, step);
		result = fmr_signing_turn(&teller->signing, &teller->as, err);
	}
	if (result) {
		fmr_story_blame(step, NULL, err);
		return result;
	}
	if (strcmp(step->deed, "sign") == 0)
		return advance(teller, step, &act, err);
	if (strcmp(step->deed, "reject") == 0)
		return sign_list(teller, step, fmr_act_reject, &act, step->what, err);
	if (strcmp(step->deed, "withdraw") == 0)
		return withdraw(teller, step, &act, err);
	if (strcmp(step->deed, "delegate") == 0)
		return delegate(teller, step, &act, err);
	if (strcmp(step->deed, "acknowledge") == 0)
		return acknowledge(teller, step, &act, err);
	return sign(teller, step, strcmp(step->deed, "endorse") == 0 ? fmr_act_endorse : fmr_act_checkpoint, &act, NULL, err);
}

/* ---- any step ---- */

/* What others did becomes known to the audit that signers look at; the first policy opens it. */
static int follow(struct teller *teller, struct fmr_err *err)
{
	char commit[FMR_COMMIT_TEXT];
	fmr_oid_text(&teller->tip, commit);
	return fmr_signing_follow(&teller->signing, commit, err);
}

static bool is_edit(const char *deed)
{
	return strcmp(deed, "write") == 0 || strcmp(deed, "set") == 0 || strcmp(deed, "log") == 0 || strcmp(deed, "link") == 0 ||
		strcmp(deed, "relink") == 0;
}

int fmr_tell_step(struct teller *teller, const struct story_step *step, struct fmr_err *err)
{
	const bool trust = strcmp(step->deed, "trust") == 0;
	fmr_arena_clear(&teller->arena);
	if (!trust && !is_edit(step->deed))
		return tell_signature(teller, step, err);
	int result = trust ? fmr_tell_trust(teller, step, err) : fmr_tell_edit(teller, step, err);
	if (!result && (trust || teller->signing.audit)) {
		result = follow(teller, err);
		if (result)
			fmr_story_blame(step, NULL, err);
	}
	return result;
}
