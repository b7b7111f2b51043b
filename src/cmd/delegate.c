/*
 * A person lends a role to a deputy for some days (F-34).
 */
#include "base/clock.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/acts.h"

#include <string.h>

enum { DAY_TEXT = sizeof("2026-11-21") };

struct options {
	struct fmr_signing_options signing;
	const char *role, *from, *until, *reason;
	struct fmr_strings types;
};

static const struct fmr_option options_table[] = {
	{ .name = "role", .kind = FMR_OPTION_STRING, .argument = N_("role"), .help = N_("the role that is lent"),
		.offset = offsetof(struct options, role) },
	{ .name = "from", .kind = FMR_OPTION_STRING, .argument = N_("day"), .help = N_("the first day; else today"),
		.offset = offsetof(struct options, from) },
	{ .name = "until", .kind = FMR_OPTION_STRING, .argument = N_("day"), .help = N_("the last day"),
		.offset = offsetof(struct options, until) },
	{ .name = "type", .kind = FMR_OPTION_LIST, .argument = N_("type"),
		.help = N_("only for records of this type; may be repeated"), .offset = offsetof(struct options, types),
		.complete = "type" },
	FMR_REASON_OPTION(options, N_("give a reason")),
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

struct delegation {
	const struct options *options;
	const char *deputy;
	char from[DAY_TEXT], until[DAY_TEXT];
	struct fmr_str types, done;
};

/* Days are those of the policy, wherever the signer is. */
static int read_day(const struct fmr_signing *signing, const char *typed, char out[DAY_TEXT], struct fmr_err *err)
{
	struct fmr_time time;
	if (!fmr_time_parse_human(typed, strlen(typed), signing->policy->settings.offset, &time))
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is not a day"), typed);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	fmr_str_truncate(&text, text.length < DAY_TEXT - 1 ? text.length : DAY_TEXT - 1);
	memcpy(out, text.bytes, text.length + 1);
	fmr_str_release(&text);
	return 0;
}

static int read_days(const struct fmr_signing *signing, struct delegation *delegation, struct fmr_err *err)
{
	const struct options *options = delegation->options;
	int result = read_day(signing, options->from ? options->from : "today", delegation->from, err);
	if (!result)
		result = read_day(signing, options->until, delegation->until, err);
	if (!result && strcmp(delegation->from, delegation->until) > 0)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("it would end on %s, before it begins on %s"), delegation->until,
			delegation->from);
	return result;
}

static int check_types(const struct fmr_signing *signing, struct delegation *delegation, struct fmr_err *err)
{
	const struct fmr_type *type;
	fmr_str_clear(&delegation->types);
	for (size_t i = 0; i < delegation->options->types.count; i++) {
		const char *name = delegation->options->types.items[i];
		int result = fmr_book_type(signing->cli->book, name, &type, NULL, err);
		if (result)
			return result;
		fmr_str_printf(&delegation->types, "%s%s", i ? "," : "", name);
	}
	return 0;
}

static int find_deputy(const struct fmr_signing *signing, const char *name, struct fmr_err *err)
{
	if (!fmr_trust_policy_person(signing->policy, name)) {
		FMR_VEC(const char *) ids = { 0 };
		for (size_t i = 0; i < signing->policy->person_count; i++)
			FMR_VEC_PUSH(&ids, signing->policy->persons[i].id);
		const char *nearest = fmr_text_nearest(name, ids.items, ids.count);
		if (nearest)
			fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the trust policy knows no person '%s'; did you mean '%s'?"), name, nearest);
		else
			fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the trust policy knows no person '%s'"), name);
		fmr_err_hint(err, _("see all of them: fmrec trust show"));
		FMR_VEC_RELEASE(&ids);
		return FMR_ERR_NOT_FOUND;
	}
	if (strcmp(name, signing->me->id) == 0)
		return fmr_err_set(err, FMR_ERR_INVALID, _("nobody is their own deputy"));
	return 0;
}

static void put_content(const struct delegation *delegation, const struct fmr_signing *signing, struct fmr_str *out)
{
	fmr_str_printf(out, "principal %s\ndeputy %s\nrole %s\nfrom %s\nuntil %s\n", signing->me->id, delegation->deputy,
		delegation->options->role, delegation->from, delegation->until);
	if (delegation->types.length)
		fmr_str_printf(out, "types %s\n", delegation->types.bytes);
}

static void put_words(const struct delegation *delegation, const struct fmr_signing *signing, struct fmr_declaration *out)
{
	struct fmr_str me, deputy, role;
	fmr_str_init(&me);
	fmr_str_init(&deputy);
	fmr_str_init(&role);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_signing_person(&deputy, signing->policy, delegation->deputy);
	fmr_signing_role(&role, signing->cli, delegation->options->role);
	fmr_str_printf(&out->words, _("%s may sign in your role %s, from %s until %s; you sign as %s\n"), deputy.bytes,
		role.bytes, delegation->from, delegation->until, me.bytes);
	if (delegation->options->reason)
		fmr_str_printf(&out->words, _("Reason: %s\n"), delegation->options->reason);
	fmr_str_printf(&out->words, _("Content %s\n"), out->digest);
	fmr_str_release(&role);
	fmr_str_release(&deputy);
	fmr_str_release(&me);
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct delegation *delegation = context;
	fmr_declaration_init(out, signing, "delegate");
	int result = find_deputy(signing, delegation->deputy, err);
	if (!result)
		result = fmr_signing_need_role(signing, delegation->options->role, err);
	if (!result)
		result = read_days(signing, delegation, err);
	if (!result)
		result = check_types(signing, delegation, err);
	if (result)
		return result;
	put_content(delegation, signing, &out->content);
	result = fmr_declaration_digest(out, err);
	if (result)
		return result;
	put_words(delegation, signing, out);
	out->action.role = fmr_declaration_text(out, delegation->options->role);
	out->action.deputy = fmr_declaration_text(out, delegation->deputy);
	out->action.from = fmr_declaration_text(out, delegation->from);
	out->action.until = fmr_declaration_text(out, delegation->until);
	out->action.types = fmr_declaration_text(out, delegation->types.bytes);
	out->action.meaning = fmr_declaration_text(out, "delegated");
	out->action.reason = fmr_declaration_text(out, delegation->options->reason);
	fmr_str_clear(&delegation->done);
	fmr_str_printf(&delegation->done, _("%s is the deputy of %s as %s, from %s until %s"), delegation->deputy,
		signing->me->id, delegation->options->role, delegation->from, delegation->until);
	return 0;
}

int fmr_act_delegate(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct options options = { .role = act->role, .from = act->from, .until = act->until, .reason = act->reason,
		.types = act->types };
	struct delegation delegation = { .options = &options, .deputy = act->deputy };
	fmr_str_init(&delegation.types);
	fmr_str_init(&delegation.done);
	int result = fmr_act_run(signing, prepare, &delegation, commit, err);
	fmr_str_release(&delegation.types);
	fmr_str_release(&delegation.done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one deputy at a time") : _("to whom?"));
	if (!options->role || !options->until)
		return fmr_cli_usage(cli, _("say which role, and until when: --role ROLE --until DAY"));
	struct delegation delegation = { .options = options, .deputy = argv[0] };
	fmr_str_init(&delegation.types);
	fmr_str_init(&delegation.done);
	int result = options->reason ? fmr_signing_check_reason(options->reason, false, err) : 0;
	if (!result)
		result = fmr_signing_once(cli, &options->signing, prepare, &delegation, &delegation.done, err);
	fmr_str_release(&delegation.types);
	fmr_str_release(&delegation.done);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] --role <role> [--from <day>] --until <day> <person>", NULL };

const struct fmr_command fmr_command_delegate = {
	.name = "delegate",
	.group = "approve",
	.summary = N_("lend a role of yours to a deputy for some days"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.formats = formats,
	.run = run,
};
