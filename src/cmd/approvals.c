/*
 * Every signature on a record: who gave it, what it covers, and whether it counts.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/names.h"
#include "cmd/signing.h"
#include "cmd/waiting.h"
#include "json/json.h"
#include "render/commit.h"
#include "render/line.h"
#include "render/print.h"

#include <string.h>

struct options {
	bool standing;
};

static const struct fmr_option options_table[] = {
	{ .name = "standing", .kind = FMR_OPTION_FLAG, .help = N_("only the signatures that the state rests on"),
		.offset = offsetof(struct options, standing) },
	{ 0 },
};

struct page {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_audit *audit;
	const char *zone;
	struct fmr_str out;
};

static const struct {
	const char *code, *label;
	enum fmr_color color;
} statuses[] = {
	[FMR_VOTE_COUNTS] = { "counts", N_("counts"), FMR_GREEN },
	[FMR_VOTE_OPEN] = { "open", N_("waits for others"), FMR_YELLOW },
	[FMR_VOTE_STALE] = { "stale", N_("stale"), FMR_RED },
	[FMR_VOTE_WITHDRAWN] = { "withdrawn", N_("withdrawn"), FMR_DIM },
	[FMR_VOTE_DISPUTED] = { "disputed", N_("disputed"), FMR_RED },
	[FMR_VOTE_REFUSED] = { "refused", N_("does not count"), FMR_RED },
	[FMR_VOTE_PASSED] = { "passed", N_("left behind"), FMR_DIM },
};

/* The step that a signature is a part of, or NULL. */
static const struct fmr_step *step_of(const struct fmr_record_status *status, const struct fmr_vote *vote)
{
	for (size_t i = 0; i < status->step_count; i++)
		for (size_t j = 0; j < status->steps[i].vote_count; j++)
			if (status->steps[i].votes[j] == vote)
				return &status->steps[i];
	return NULL;
}

static bool is_shown(const struct page *page, const struct fmr_record_status *status, const struct fmr_vote *vote)
{
	const struct fmr_step *step = step_of(status, vote);
	return !page->options->standing || (step && step->stands && vote->status == FMR_VOTE_COUNTS);
}

/* ---- for people ---- */

static void put_who(struct page *page, const struct fmr_vote *vote)
{
	struct fmr_str who;
	fmr_str_init(&who);
	if (vote->name)
		fmr_str_printf(&who, "%s (%s)", vote->name, vote->signer);
	else
		fmr_str_puts(&who, vote->signer);
	if (vote->department)
		fmr_str_printf(&who, ", %s", vote->department);
	if (vote->role) {
		fmr_str_puts(&who, ", ");
		fmr_signing_role(&who, page->cli, vote->role);
	}
	if (vote->on_behalf_of)
		fmr_str_printf(&who, _(", for %s (%s)"), vote->behalf_name ? vote->behalf_name : "", vote->on_behalf_of);
	fmr_print_safe(&page->out, who.bytes);
	fmr_str_release(&who);
}

static void put_line(struct page *page, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	fmr_str_printf(&page->out, "    %s ", label);
	fmr_print_safe(&page->out, text);
	fmr_str_putc(&page->out, '\n');
}

static void put_covers(struct page *page, const struct fmr_vote *vote)
{
	fmr_str_printf(&page->out, "    %s ", _("covers"));
	for (size_t i = 0; vote->covers && vote->covers[i]; i++) {
		fmr_str_puts(&page->out, i ? ", " : "");
		fmr_print_safe(&page->out, vote->covers[i]);
	}
	if (!vote->covers)
		fmr_str_puts(&page->out, _("the whole record and its attachments"));
	fmr_str_putc(&page->out, '\n');
}

static void put_vote(struct page *page, const struct fmr_record_status *status, const struct fmr_vote *vote)
{
	struct fmr_str *out = &page->out;
	const struct fmr_step *step = step_of(status, vote);
	fmr_str_putc(out, '\n');
	fmr_render_when(out, vote->time, page->zone);
	fmr_str_puts(out, "  ");
	fmr_print_color(out, page->cli->color, FMR_BOLD);
	fmr_print_safe(out, vote->action);
	fmr_print_color(out, page->cli->color, FMR_PLAIN);
	if (step && strcmp(step->from, step->to) != 0)
		fmr_str_printf(out, "  %s → %s", step->from, step->to);
	fmr_str_puts(out, "  ");
	fmr_print_color(out, page->cli->color, statuses[vote->status].color);
	fmr_str_puts(out, _(statuses[vote->status].label));
	fmr_print_color(out, page->cli->color, FMR_PLAIN);
	fmr_str_printf(out, "  [%.7s]\n    ", vote->commit);
	put_who(page, vote);
	fmr_str_putc(out, '\n');
	put_line(page, _("because"), vote->why);
	put_line(page, _("reason:"), vote->reason);
	put_line(page, _("takes back"), vote->target);
	put_covers(page, vote);
	put_line(page, _("signed"), vote->content);
	put_line(page, _("now   "), vote->now);
	put_line(page, _("changed in"), vote->changed_in);
}

static int put_text(struct page *page, const struct fmr_record_status *status, struct fmr_err *err)
{
	struct fmr_str *out = &page->out, next;
	fmr_str_init(&next);
	fmr_print_color(out, page->cli->color, FMR_BOLD);
	fmr_print_safe(out, status->id);
	fmr_print_color(out, page->cli->color, FMR_PLAIN);
	fmr_str_printf(out, "  %s  ", status->state ? status->state : "-");
	fmr_print_safe(out, status->path);
	fmr_str_puts(out, status->deleted ? _("  (deleted)\n") : "\n");
	size_t shown = 0;
	for (size_t i = 0; i < status->vote_count; i++)
		if (is_shown(page, status, status->votes[i]) && ++shown)
			put_vote(page, status, status->votes[i]);
	if (!shown)
		fmr_str_printf(out, "%s\n", _("nobody has signed it"));
	for (size_t i = 0; i < status->reject_count; i++) {
		fmr_str_printf(out, "\n%s ", _("rejected by"));
		fmr_print_safe(out, status->rejects[i]->signer);
		fmr_str_printf(out, "  [%.7s]\n", status->rejects[i]->commit);
	}
	int result = status->deleted || !status->state ? 0 :
		fmr_waiting_next(&next, page->cli, page->audit, status->id, fmr_clock_now(), err);
	if (!result && next.length) {
		fmr_str_printf(out, "\n%s ", _("next:"));
		fmr_print_safe(out, next.bytes);
		fmr_str_putc(out, '\n');
	}
	fmr_str_release(&next);
	return result;
}

/* ---- for programs ---- */

static void put_time_json(struct fmr_str *out, bool *first, int64_t seconds)
{
	struct fmr_time time = { .seconds = seconds };
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	fmr_print_member(out, first, "time", text.bytes);
	fmr_str_release(&text);
}

static void put_list_json(struct fmr_str *out, bool *first, const char *name, const char *const *items)
{
	fmr_print_key(out, first, name);
	if (!items) {
		fmr_str_puts(out, "null");
		return;
	}
	fmr_str_putc(out, '[');
	for (size_t i = 0; items[i]; i++) {
		fmr_str_puts(out, i ? "," : "");
		fmr_json_write_string(out, items[i], strlen(items[i]));
	}
	fmr_str_putc(out, ']');
}

static void put_vote_json(struct page *page, const struct fmr_record_status *status, const struct fmr_vote *vote)
{
	struct fmr_str *out = &page->out;
	const struct fmr_step *step = step_of(status, vote);
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "commit", vote->commit);
	fmr_print_member(out, &first, "action", vote->action);
	fmr_print_member(out, &first, "from", step ? step->from : NULL);
	fmr_print_member(out, &first, "to", step ? step->to : NULL);
	fmr_print_member(out, &first, "status", statuses[vote->status].code);
	fmr_print_member(out, &first, "why", vote->why);
	fmr_print_member(out, &first, "signer", vote->signer);
	fmr_print_member(out, &first, "name", vote->name);
	fmr_print_member(out, &first, "department", vote->department);
	fmr_print_member(out, &first, "on_behalf_of", vote->on_behalf_of);
	fmr_print_member(out, &first, "role", vote->role);
	fmr_print_member(out, &first, "meaning", vote->meaning);
	fmr_print_member(out, &first, "key", vote->key);
	put_time_json(out, &first, vote->time);
	fmr_print_member(out, &first, "reason", vote->reason);
	fmr_print_member(out, &first, "target", vote->target);
	fmr_print_member(out, &first, "content", vote->content);
	fmr_print_member(out, &first, "now", vote->now);
	fmr_print_member(out, &first, "changed_in", vote->changed_in);
	put_list_json(out, &first, "covers", vote->covers);
	fmr_print_member_number(out, &first, "policy_version", vote->policy_version);
	fmr_str_putc(out, '}');
}

static void put_json(struct page *page, const struct fmr_record_status *status)
{
	struct fmr_str *out = &page->out;
	bool first = true, any = false;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "id", status->id);
	fmr_print_member(out, &first, "path", status->path);
	fmr_print_member(out, &first, "type", status->type);
	fmr_print_member(out, &first, "state", status->state);
	put_list_json(out, &first, "authors", status->authors);
	fmr_print_key(out, &first, "signatures");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < status->vote_count; i++) {
		if (!is_shown(page, status, status->votes[i]))
			continue;
		fmr_str_puts(out, any ? "," : "");
		any = true;
		put_vote_json(page, status, status->votes[i]);
	}
	fmr_str_puts(out, "]}\n");
}

/* ---- the command ---- */

/* A record of the work tree, or one that is gone from it and was signed once: by its full id. */
static int find_status(struct page *page, const char *typed, const struct fmr_record_status **out, struct fmr_err *err)
{
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	*out = fmr_audit_record(page->audit, typed);
	int result = *out ? 0 : fmr_names_find(page->cli->store, page->cli->book, typed, &id, &path, err);
	if (!result && !*out)
		*out = fmr_audit_record(page->audit, id.bytes);
	if (!result && !*out) {
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("%s is not committed yet, so that there is nothing to sign"),
			id.bytes);
		fmr_err_hint(err, _("commit it first: git add %s && git commit"), path.bytes);
	}
	fmr_str_release(&path);
	fmr_str_release(&id);
	return result;
}

static int show(struct page *page, int argc, char **argv, struct fmr_err *err)
{
	const bool json = page->cli->format && strcmp(page->cli->format, "json") == 0;
	int result = 0;
	for (int i = 0; i < argc && !result; i++) {
		const struct fmr_record_status *status;
		result = find_status(page, argv[i], &status, err);
		if (result)
			break;
		if (json)
			put_json(page, status);
		else
			result = put_text(page, status, err);
		if (!json && i + 1 < argc)
			fmr_str_putc(&page->out, '\n');
	}
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	if (argc < 1)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	struct page page = { .cli = cli, .options = given, .zone = fmr_book_zone(cli->book) };
	const struct fmr_audit_options options = { .states_only = true };
	fmr_str_init(&page.out);
	int result = fmr_audit_open(cli->store, &options, &page.audit, err);
	if (!result)
		result = show(&page, argc, argv, err);
	if (!result)
		fmr_cli_page(cli);
	fmr_print_out(cli->out, &page.out);
	fmr_audit_close(page.audit);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[--standing] <id>...", NULL };

const struct fmr_command fmr_command_approvals = {
	.name = "approvals",
	.group = "approve",
	.summary = N_("show who signed a record, and whether it counts"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.run = run,
};
