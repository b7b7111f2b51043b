/*
 * A rejection: nobody brings the record any further until who signed it takes it back.
 */
#include "base/vec.h"
#include "cmd/acts.h"
#include "cmd/capacity.h"
#include "cmd/names.h"

#include <string.h>

struct options {
	struct fmr_signing_options signing;
	const char *role, *behalf, *reason;
};

static const struct fmr_option options_table[] = {
	FMR_REASON_OPTION(options, N_("the reason; it is asked for")),
	FMR_ROLE_OPTION(options),
	{ .name = "on-behalf-of", .kind = FMR_OPTION_STRING, .argument = N_("id"),
		.help = N_("sign as the deputy of this person"), .offset = offsetof(struct options, behalf) },
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

struct rejection {
	const struct options *options;
	struct fmr_str id, path, done;
};

/* Who could bring the record further may also reject it. */
static int find_roles(const struct fmr_signing *signing, const char *id, struct fmr_arena *arena, const char *const **roles,
	struct fmr_err *err)
{
	struct fmr_next *next = NULL;
	size_t count = 0, room = 0, used = 0;
	int result = fmr_audit_next(signing->audit, id, signing->me->id, signing->now, arena, &next, &count, err);
	if (result)
		return result;
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < next[i].slot_count; s++)
			for (size_t r = 0; next[i].slots[s].by[r]; r++)
				room++;
	const char **list = fmr_arena_zero(arena, room + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < next[i].slot_count; s++)
			for (size_t r = 0; next[i].slots[s].by[r]; r++)
				list[used++] = next[i].slots[s].by[r];
	*roles = list;
	return 0;
}

static int choose(const struct fmr_signing *signing, const struct rejection *rejection, const char *const *roles,
	const char *type, struct fmr_capacity *out, struct fmr_err *err)
{
	const struct fmr_next_slot any = { .by = roles };
	const struct fmr_capacity_wish wish = { rejection->options->role, rejection->options->behalf };
	struct fmr_capacities found = { 0 };
	for (int as_deputy = wish.behalf != NULL; as_deputy < 2 && !found.count; as_deputy++)
		fmr_capacity_add(signing, &any, type, &wish, as_deputy, &found);
	int result = 0;
	if (found.count == 1 || (found.count && !wish.role)) {
		*out = found.items[0]; /* any of them will do */
	} else if (found.count) {
		result = fmr_capacity_choose(&found, "reject", out, err);
	} else {
		struct fmr_str who;
		fmr_str_init(&who);
		fmr_signing_holders(&who, signing, roles);
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' holds no role that could bring %s any further"),
			signing->me->id, rejection->id.bytes);
		fmr_err_hint(err, _("who does: %s"), who.bytes);
		fmr_str_release(&who);
	}
	out->slot = NULL;
	FMR_VEC_RELEASE(&found);
	return result;
}

static void put_words(const struct fmr_signing *signing, const struct rejection *rejection,
	const struct fmr_record_status *status, const struct fmr_capacity *capacity, struct fmr_declaration *out)
{
	struct fmr_str me, role;
	fmr_str_init(&me);
	fmr_str_init(&role);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_signing_role(&role, signing->cli, capacity->role);
	fmr_str_printf(&out->words, _("%s: you reject it as %s, role %s; state %s\n"), status->id, me.bytes, role.bytes,
		status->state);
	if (capacity->behalf) {
		fmr_str_clear(&me);
		fmr_signing_person(&me, signing->policy, capacity->behalf);
		fmr_str_printf(&out->words, _("as the deputy of %s, whose role it is\n"), me.bytes);
	}
	fmr_str_printf(&out->words, _("Reason: %s\n"), rejection->options->reason);
	fmr_str_printf(&out->words, _("Content %s, the whole record and its attachments\n"), out->digest);
	fmr_str_release(&role);
	fmr_str_release(&me);
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct rejection *rejection = context;
	const struct fmr_record_status *status;
	const char *const *roles = NULL;
	struct fmr_capacity capacity = { 0 };
	fmr_declaration_init(out, signing, "reject");
	fmr_str_clear(&rejection->done);
	int result = fmr_signing_record(signing, rejection->id.bytes, rejection->path.bytes, &status, err);
	if (!result)
		result = find_roles(signing, status->id, &out->arena, &roles, err);
	if (!result)
		result = choose(signing, rejection, roles, status->type, &capacity, err);
	if (!result)
		result = fmr_audit_manifest(signing->audit, status->id, NULL, &out->content, out->digest, err);
	if (result)
		return result;
	fmr_declaration_record(out, status);
	out->action.role = fmr_declaration_text(out, capacity.role);
	out->action.behalf = fmr_declaration_text(out, capacity.behalf);
	out->action.meaning = fmr_declaration_text(out, "rejected");
	out->action.reason = fmr_declaration_text(out, rejection->options->reason);
	put_words(signing, rejection, status, &capacity, out);
	fmr_str_printf(&rejection->done, _("%s rejected in the state %s"), status->id, status->state);
	return 0;
}

int fmr_act_reject(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct options options = { .role = act->role, .behalf = act->behalf, .reason = act->reason };
	struct rejection rejection = { .options = &options };
	fmr_str_init(&rejection.id);
	fmr_str_init(&rejection.path);
	fmr_str_init(&rejection.done);
	fmr_str_puts(&rejection.id, act->id);
	fmr_str_puts(&rejection.path, fmr_act_path(signing, act));
	int result = fmr_signing_check_reason(act->reason, true, err);
	if (!result)
		result = fmr_act_run(signing, prepare, &rejection, commit, err);
	fmr_str_release(&rejection.id);
	fmr_str_release(&rejection.path);
	fmr_str_release(&rejection.done);
	return result;
}

static int reject(struct fmr_cli *cli, const struct options *options, const char *name, struct fmr_err *err)
{
	struct rejection rejection = { .options = options };
	fmr_str_init(&rejection.id);
	fmr_str_init(&rejection.path);
	fmr_str_init(&rejection.done);
	int result = fmr_names_find(cli->store, cli->book, name, &rejection.id, &rejection.path, err);
	if (!result)
		result = fmr_signing_once(cli, &options->signing, prepare, &rejection, &rejection.done, err);
	fmr_str_release(&rejection.id);
	fmr_str_release(&rejection.path);
	fmr_str_release(&rejection.done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one record at a time is rejected") : _("which record?"));
	int result = fmr_signing_check_reason(options->reason, true, err);
	return result ? result : reject(cli, options, argv[0], err);
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] -m <reason> <id>", NULL };

const struct fmr_command fmr_command_reject = {
	.name = "reject",
	.group = "approve",
	.summary = N_("stop a record until you take that back"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id",
	.formats = formats,
	.run = run,
};
