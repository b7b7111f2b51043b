/* One change of the trust policy: from the policy in force to a signed commit. */
#include "cmd/trust.h"

#include "base/clock.h"
#include "base/text.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS = 100, SHOWN_ROLES = 64 };

/* ---- the policy ---- */

static int parse(struct fmr_cli *cli, const char *bytes, size_t length, struct trust_policy **out, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS);
	int result = fmr_trust_policy_parse(bytes, length, out, findings, err);
	if (!result && !*out) {
		const struct fmr_findings_style style = { .color = cli->color_errors };
		fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no trust policy"), FMR_TRUST_POLICY_PATH);
	}
	fmr_findings_free(findings);
	return result;
}

/* Is the file of this commit what is in force?  Else a change waits for others, or is one that does not count. */
static void tell_other(struct fmr_cli *cli, struct fmr_view *view, const struct fmr_audit *audit)
{
	const struct trust_policy *policy = fmr_audit_policy(audit);
	struct fmr_str text;
	fmr_str_init(&text);
	char commit[FMR_COMMIT_TEXT];
	size_t signatures;
	bool there = fmr_view_read(view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE + 1, &text, NULL) == 0;
	bool same = policy && there && text.length == policy->text.length &&
		memcmp(text.bytes, policy->text.bytes, text.length) == 0;
	if (!same && fmr_audit_candidate(audit, commit, &signatures)) {
		fmr_cli_warn(cli, _("a change of the trust policy has %zu of %u signatures and is not in force yet"), signatures,
			policy ? policy->settings.admins : 1);
		fmr_cli_hint(cli, "git show %.10s   fmrec endorse %.10s", commit, commit);
	} else if (!same && (policy || there)) {
		fmr_cli_warn(cli, _("what stands in '%s' is not in force"), FMR_TRUST_POLICY_PATH);
		fmr_cli_hint(cli, _("fmrec audit tells why"));
	}
	fmr_str_release(&text);
}

static int judge(struct fmr_cli *cli, struct fmr_view *view, struct fmr_audit **out, struct fmr_err *err)
{
	const struct fmr_audit_options options = { .revision = fmr_view_name(view), .states_only = true };
	int result = fmr_audit_open(cli->store, &options, out, err);
	if (!result)
		tell_other(cli, view, *out);
	return result;
}

int fmr_trust_open(struct fmr_cli *cli, struct fmr_audit **out, struct fmr_err *err)
{
	*out = NULL;
	if (cli->at)
		return judge(cli, cli->view, out, err);
	struct fmr_view *view;
	int result = fmr_view_open(cli->store, FMR_VIEW_COMMIT, "HEAD", &view, err);
	if (result == FMR_ERR_NOT_FOUND)
		return 0; /* no commit yet */
	if (result)
		return result;
	result = judge(cli, view, out, err);
	fmr_view_close(view);
	return result;
}

void fmr_trust_fingerprint(const char *key, char out[TRUST_FINGERPRINT])
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_key parsed;
	const char *fault;
	*out = '\0';
	if (fmr_trust_key_parse(key, &arena, &parsed, &fault))
		fmr_trust_key_fingerprint(&parsed, out);
	fmr_arena_release(&arena);
}

/* ---- for the verbs ---- */

void fmr_trust_append(struct trust_work *work, const char *path, struct fmr_value *value)
{
	FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_APPEND, .path = path, .value = value }));
}

void fmr_trust_put(struct trust_work *work, struct fmr_value *map, const char *key, const char *text)
{
	map->style = FMR_STYLE_FLOW; /* one line for each key, role and delegation */
	if (text)
		fmr_value_put(&work->arena, map, key, fmr_value_new_string(&work->arena, text, strlen(text)));
}

struct fmr_value *fmr_trust_texts(struct trust_work *work, const struct fmr_strings *strings)
{
	struct fmr_value *list = fmr_value_new_list(&work->arena);
	list->style = FMR_STYLE_FLOW;
	for (size_t i = 0; i < strings->count; i++)
		fmr_value_append(&work->arena, list,
			fmr_value_new_string(&work->arena, strings->items[i], strlen(strings->items[i])));
	return list;
}

/* Minutes east of UTC at which days begin: the policy's, else those of the config's zone. */
static int offset_of(const struct trust_work *work)
{
	int offset = 0;
	if (work->policy)
		return work->policy->settings.offset;
	(void)fmr_zone_offset(fmr_book_zone(work->cli->book), work->now, &offset);
	return offset;
}

int fmr_trust_day(struct trust_work *work, const char *text, const char *usual, const char **out, struct fmr_err *err)
{
	const char *said = text ? text : usual;
	struct fmr_time time;
	*out = NULL;
	if (!said)
		return 0;
	if (!fmr_time_parse_human(said, strlen(said), offset_of(work), &time)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no day"), said);
		fmr_err_hint(err, _("write it like 2026-04-01"));
		return FMR_ERR_INVALID;
	}
	const int day = fmr_time_day(&time);
	*out = fmr_arena_format(&work->arena, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
	return 0;
}

int fmr_trust_read_key(struct trust_work *work, const char *text, const char **out, struct fmr_err *err)
{
	char *path = realpath(text, NULL); /* of the directory where it was typed */
	struct fmr_str line;
	fmr_str_init(&line);
	struct trust_key key;
	const char *fault;
	int result = fmr_store_public_key(work->cli->store, path ? path : text, &line, err);
	if (!result && !fmr_trust_key_parse(line.bytes, &work->arena, &key, &fault))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("this key cannot be used: %s"), fault);
	*out = fmr_arena_strndup(&work->arena, line.bytes, line.length);
	fmr_str_release(&line);
	free(path);
	return result;
}

int fmr_trust_need_role(struct trust_work *work, const char *role, struct fmr_err *err)
{
	const char *known[SHOWN_ROLES] = { FMR_TRUST_ADMIN, FMR_TRUST_NOTARY };
	size_t count = 2;
	const struct fmr_value *list = fmr_value_get(fmr_book_config(work->cli->book), "roles");
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count && count < SHOWN_ROLES; i++) {
		known[count] = fmr_value_string(fmr_value_get(list->list.items[i], "code"));
		count += known[count] != NULL;
	}
	struct fmr_str all;
	fmr_str_init(&all);
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		found |= strcmp(known[i], role) == 0;
		fmr_str_printf(&all, "%s%s", i ? ", " : "", known[i]);
	}
	const char *nearest = fmr_text_nearest(role, known, count);
	if (!found) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no role '%s'"), role);
		if (nearest)
			fmr_err_hint(err, _("did you mean '%s'?"), nearest);
		else
			fmr_err_hint(err, _("the roles of this repository: %s"), all.bytes);
	}
	fmr_str_release(&all);
	return found ? 0 : FMR_ERR_NOT_FOUND;
}

int fmr_trust_need_person(struct trust_work *work, const char *id, const struct trust_person **out,
	struct fmr_err *err)
{
	*out = fmr_trust_policy_person(work->policy, id);
	if (*out)
		return 0;
	const size_t count = work->policy->person_count;
	const char **ids = fmr_arena_zero(&work->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = work->policy->persons[i].id;
	const char *nearest = fmr_text_nearest(id, ids, count);
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("there is no person '%s' in the trust policy"), id);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	else
		fmr_err_hint(err, _("fmrec trust show lists them; fmrec trust add-person %s --name NAME adds one"), id);
	return FMR_ERR_NOT_FOUND;
}

/* ---- the new text ---- */

/* The edits of the verb, the next version, and the digest of the one before. */
static int edit(struct trust_work *work, struct fmr_err *err)
{
	static const char *const order[] = { "schema", "repository", "version", "previous", "settings", "persons", "keys",
		"roles", "deputies", "rules", NULL };
	const struct trust_policy *policy = work->policy;
	const char *version = fmr_arena_format(&work->arena, "%u", policy->version + 1);
	FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_SET, .path = "version",
		.value = fmr_value_new_number(&work->arena, version) }));
	FMR_VEC_PUSH(&work->edits, ((struct fmr_edit){ .kind = FMR_EDIT_SET, .path = "previous",
		.value = fmr_value_new_string(&work->arena, policy->digest, strlen(policy->digest)) }));
	for (size_t i = 0; i < work->edits.count; i++)
		work->edits.items[i].field_order = order;
	const struct fmr_source source = { FMR_TRUST_POLICY_PATH, policy->text.bytes, policy->text.length };
	return fmr_yaml_edit(&source, work->edits.items, work->edits.count, &work->text, err);
}

/* The key that git is set to sign with must be that of an admin: else the commit would change nothing. */
static int check_signer(struct trust_work *work, const struct trust_policy *judge, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char fingerprint[TRUST_FINGERPRINT];
	int result = 0;
	if (work->key)
		fmr_str_puts(&text, work->key);
	else
		result = fmr_store_signing_key(work->cli->store, &text, err);
	const struct trust_policy_key *key = result ? NULL : fmr_trust_policy_key(judge, text.bytes);
	fmr_trust_fingerprint(text.bytes, fingerprint);
	if (!result && (!key || key->state != TRUST_KEY_ACTIVE || fmr_trust_key_expired(judge, key, work->now))) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, key ? _("your key %s is not active any more")
							       : _("your key %s is not in the trust policy"), fingerprint);
		fmr_err_hint(err, _("an admin can add it: fmrec trust add-key ID '%s'"), text.bytes);
	} else if (!result && !fmr_trust_policy_holds(judge, key->owner, FMR_TRUST_ADMIN, work->now)) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' is no admin of the trust policy"), key->owner);
		fmr_err_hint(err, _("fmrec trust show tells who is"));
	}
	fmr_str_release(&text);
	return result;
}

static int check(struct trust_work *work, struct fmr_err *err)
{
	struct trust_policy *next = NULL;
	struct fmr_str fault;
	fmr_str_init(&fault);
	int result = parse(work->cli, work->text.bytes, work->text.length, &next, err);
	if (result)
		fmr_err_hint(err, _("nothing was changed"));
	else if (work->policy ? !fmr_trust_policy_follows(work->policy, next, &fault) : !fmr_trust_policy_begins(next, &fault))
		result = fmr_err_set(err, FMR_ERR_REFUSED, "%s", fault.bytes);
	else if (!work->options->write.dry_run)
		result = check_signer(work, work->policy ? work->policy : next, err);
	fmr_trust_policy_free(next);
	fmr_str_release(&fault);
	return result;
}

int fmr_trust_compose(struct trust_work *work, struct fmr_err *err)
{
	int result = work->policy ? edit(work, err) : 0;
	return result ? result : check(work, err);
}

/* ---- the commit ---- */

static void report(struct trust_work *work, const struct fmr_commit_result *commit)
{
	struct fmr_cli *cli = work->cli;
	const unsigned version = work->policy ? work->policy->version + 1 : 1;
	const unsigned admins = work->policy ? work->policy->settings.admins : 1;
	struct fmr_str where;
	fmr_str_init(&where);
	fmr_write_where(&where, &work->options->write, commit);
	fmr_cli_say(cli, _("trust policy version %u: %s   %s"), version, work->subject.bytes, where.bytes);
	if (*commit->commit && admins > 1)
		fmr_cli_say(cli, Q_("it is a candidate until %u more admin has signed it: fmrec endorse %.10s",
			"it is a candidate until %u more admins have signed it: fmrec endorse %.10s", admins - 1),
			admins - 1, commit->commit);
	if (*work->waiting)
		fmr_cli_say(cli, _("it takes the place of the change in %.10s, which no longer waits"), work->waiting);
	if (!*commit->commit && !work->options->write.dry_run)
		fmr_cli_hint(cli, _("it counts only when it is committed alone and signed by an admin: git commit -S"));
	fmr_str_release(&where);
}

static int commit(struct trust_work *work, struct fmr_err *err)
{
	struct fmr_str before, message;
	fmr_str_init(&before);
	fmr_str_init(&message);
	/* whatever stands in the work tree, also a text that is no policy, gives way to the one that follows */
	int result = fmr_view_read(work->cli->view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE + 1, &before, err);
	const bool there = result == 0;
	if (result == FMR_ERR_NOT_FOUND)
		result = 0;
	const struct fmr_change change = { FMR_TRUST_POLICY_PATH, work->text.bytes, work->text.length,
		there ? &before : NULL };
	struct fmr_commit_result commit = { 0 };
	fmr_write_subject(&message, "trust", work->subject.bytes, NULL);
	if (!result)
		result = fmr_write_apply(work->cli, &work->options->write, &change, 1, message.bytes, &commit, err);
	if (!result)
		report(work, &commit);
	fmr_str_release(&message);
	fmr_str_release(&before);
	return result;
}

static int need_none(const struct trust_policy *policy, struct fmr_err *err)
{
	if (!policy)
		return 0;
	fmr_err_set(err, FMR_ERR_EXISTS, _("this repository has a trust policy already: version %u"), policy->version);
	fmr_err_hint(err, _("fmrec trust show"));
	return FMR_ERR_EXISTS;
}

static int need_one(const struct trust_policy *policy, struct fmr_err *err)
{
	if (policy)
		return 0;
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("this repository has no trust policy yet"));
	fmr_err_hint(err, _("make one with: fmrec trust init"));
	return FMR_ERR_NOT_FOUND;
}

void fmr_trust_work_init(struct trust_work *work, struct fmr_cli *cli, const struct trust_options *options, int64_t now)
{
	*work = (struct trust_work){ .cli = cli, .options = options, .now = now };
	fmr_arena_init(&work->arena);
	fmr_str_init(&work->text);
	fmr_str_init(&work->subject);
}

void fmr_trust_work_release(struct trust_work *work)
{
	FMR_VEC_RELEASE(&work->edits);
	fmr_str_release(&work->subject);
	fmr_str_release(&work->text);
	fmr_arena_release(&work->arena);
}

struct call {
	const struct trust_options *options;
	trust_verb *verb;
	bool first;
};

static int work_locked(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct call *call = given;
	struct trust_work work;
	struct fmr_audit *audit = NULL;
	fmr_trust_work_init(&work, cli, call->options, fmr_clock_now());
	int result = fmr_trust_open(cli, &audit, err);
	work.policy = audit ? fmr_audit_policy(audit) : NULL;
	size_t signatures;
	if (audit)
		(void)fmr_audit_candidate(audit, work.waiting, &signatures);
	if (!result)
		result = call->first ? need_none(work.policy, err) : need_one(work.policy, err);
	if (!result)
		result = call->verb(&work, argc, argv, err);
	if (!result)
		result = fmr_trust_compose(&work, err);
	if (!result)
		result = commit(&work, err);
	fmr_audit_close(audit);
	fmr_trust_work_release(&work);
	return result;
}

int fmr_trust_change(struct fmr_cli *cli, const struct trust_options *options, trust_verb *verb, bool first, int argc,
	char **argv, struct fmr_err *err)
{
	int result = fmr_cli_need(cli, FMR_NEEDS_WORK_TREE, err);
	const struct call call = { options, verb, first };
	return result ? result : fmr_write_locked(cli, &options->write, work_locked, &call, argc, argv, err);
}
