#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cmd/names.h"
#include "render/commit.h"
#include "render/form.h"
#include "render/render.h"
#include "trust/policy.h"

#include <string.h>

struct options {
	const char *blank;
};

static const struct fmr_option options_table[] = {
	{ .name = "blank", .kind = FMR_OPTION_STRING, .argument = N_("type"),
		.help = N_("an empty form of this type, to be filled in by hand"), .offset = offsetof(struct options, blank),
		.complete = "type" },
	{ 0 },
};

static int print_blank(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	const struct fmr_type *type;
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_book_type(cli->book, name, &type, findings, err);
	const struct fmr_findings_style style = { .color = cli->color_errors };
	if (fmr_findings_count(findings))
		fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
	fmr_findings_free(findings);
	if (result)
		return result;
	const struct fmr_form form = { .book = cli->book, .language = cli->language, .type = type };
	fmr_render_form(cli->out, &form);
	return FMR_EXIT_OK;
}

/* ---- signatures ---- */

struct boxes {
	FMR_VEC(struct fmr_form_signature) list;
	struct fmr_arena arena;
};

static const char *copy(struct fmr_arena *arena, const char *text)
{
	return text ? fmr_arena_strdup(arena, text) : NULL;
}

static const char *day_of(struct fmr_arena *arena, int64_t seconds, const char *zone)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_render_when(&text, seconds, zone);
	fmr_str_truncate(&text, strcspn(text.bytes, " "));
	const char *day = fmr_arena_strdup(arena, text.bytes);
	fmr_str_release(&text);
	return day;
}

static const char *role_of(struct boxes *boxes, struct fmr_cli *cli, struct fmr_book *book, const char *role)
{
	const struct fmr_choice *known = role ? fmr_book_role(book, role) : NULL;
	const char *label = known ? fmr_words_in(&known->label, cli->language) : "";
	return copy(&boxes->arena, *label ? label : role);
}

static void add_signature(struct boxes *boxes, struct fmr_cli *cli, struct fmr_book *book, const struct fmr_vote *vote,
	const struct trust_policy *policy)
{
	const struct trust_person *person = policy ? fmr_trust_policy_person(policy, vote->signer) : NULL;
	struct fmr_arena *arena = &boxes->arena;
	const char *principal = vote->behalf_name ? vote->behalf_name : vote->on_behalf_of;
	FMR_VEC_PUSH(&boxes->list, ((struct fmr_form_signature){
		.transition = copy(arena, vote->action), .meaning = copy(arena, vote->meaning),
		.name = copy(arena, vote->name ? vote->name : vote->signer), .department = copy(arena, vote->department),
		.role = role_of(boxes, cli, book, vote->role),
		.date = day_of(arena, vote->time, fmr_book_zone(book)), .contact = copy(arena, person ? person->contact : NULL),
		.note = principal ? fmr_arena_format(arena, _("as the deputy of %s"), principal) : NULL }));
}

/* Of the signatures on the record those that its state rests on. */
static int find_signatures(struct fmr_cli *cli, struct fmr_book *book, const char *id, struct boxes *boxes,
	struct fmr_err *err)
{
	struct fmr_states *states = fmr_states_new(fmr_book_view(book));
	struct fmr_audit *audit = NULL;
	int result = fmr_states_audit(states, &audit, err);
	const struct fmr_record_status *status = audit ? fmr_audit_record(audit, id) : NULL;
	for (size_t i = 0; status && i < status->step_count; i++)
		for (size_t v = 0; status->steps[i].stands && v < status->steps[i].vote_count; v++)
			if (status->steps[i].votes[v]->status == FMR_VOTE_COUNTS)
				add_signature(boxes, cli, book, status->steps[i].votes[v], fmr_audit_policy(audit));
	fmr_states_free(states);
	return result;
}

/* ---- forms ---- */

static int print_form(struct fmr_cli *cli, struct fmr_book *book, const struct fmr_record *record, struct fmr_err *err)
{
	if (!record->root || !record->type) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot be read as a record"), record->path);
		fmr_err_hint(err, _("what is wrong with it: fmrec validate %s"), record->id);
		return FMR_ERR_REFUSED;
	}
	struct boxes boxes = { 0 };
	fmr_arena_init(&boxes.arena);
	int result = find_signatures(cli, book, record->id, &boxes, err);
	if (!result) {
		const struct fmr_form form = { .book = book, .language = cli->language, .type = record->type, .record = record,
			.signatures = boxes.list.items, .signature_count = boxes.list.count };
		fmr_render_form(cli->out, &form);
	}
	FMR_VEC_RELEASE(&boxes.list);
	fmr_arena_release(&boxes.arena);
	return result;
}

static int print_named(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	struct fmr_named named;
	int result = fmr_names_open(cli, name, &named, err);
	if (!result) {
		struct fmr_record record = { 0 };
		struct fmr_findings *findings = fmr_findings_new(0);
		result = fmr_record_read(named.book, named.path.bytes, &record, findings, err);
		if (!result)
			fmr_record_migrate(&record);
		if (!result)
			result = print_form(cli, named.book, &record, err);
		fmr_record_release(&record);
		fmr_findings_free(findings);
	}
	fmr_names_close(&named);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (options->blank && argc)
		return fmr_cli_usage(cli, _("a blank form is of no record: '%s'"), argv[0]);
	if (options->blank)
		return print_blank(cli, options->blank, err);
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	fmr_cli_page(cli);
	int result = FMR_EXIT_OK;
	for (int i = 0; i < argc && !result; i++) {
		if (i)
			fputc('\f', cli->out);
		result = print_named(cli, argv[i], err);
	}
	return result;
}

static const char *const synopsis[] = { "[--at <revision|date>] <id>[@<revision>]...", "--blank <type>", NULL };

const struct fmr_command fmr_command_form = {
	.name = "form",
	.group = "read",
	.summary = N_("print the form of a record, or an empty one"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.at = true,
	.run = run,
};
