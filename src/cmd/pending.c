#include "cmd/pending.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "render/commit.h"
#include "render/render.h"

#include <string.h>

struct options {
	bool me, all;
};

static const struct fmr_option options_table[] = {
	{ .name = "me", .kind = FMR_OPTION_FLAG, .help = N_("only what waits for my signature"),
		.offset = offsetof(struct options, me) },
	{ .name = "all", .kind = FMR_OPTION_FLAG, .help = N_("also what cannot be signed yet, because fields are missing"),
		.offset = offsetof(struct options, all) },
	{ 0 },
};

/* "2026-11-30", and how late it is. */
static void put_due(struct fmr_str *out, const char *due, int64_t now, const char *zone)
{
	struct fmr_time day;
	if (!due || !fmr_time_parse_in_zone(due, strlen(due), zone, &day))
		return;
	fmr_str_puts(out, due);
	const int64_t late = (now - day.seconds) / (24 * 60 * 60);
	if (late > 0)
		fmr_str_printf(out, Q_(" (%lld day late)", " (%lld days late)", (unsigned long)late), (long long)late);
}

/* "3d", "2h": how long it has waited. */
static void put_age(struct fmr_str *out, int64_t since, int64_t now)
{
	const int64_t minutes = (now - since) / 60;
	if (!since || minutes < 0)
		return;
	if (minutes < 60)
		fmr_str_printf(out, "%lldm", (long long)minutes);
	else if (minutes < 48 * 60)
		fmr_str_printf(out, "%lldh", (long long)(minutes / 60));
	else
		fmr_str_printf(out, "%lldd", (long long)(minutes / (24 * 60)));
}

static void put_since(struct fmr_str *out, int64_t since, const char *zone)
{
	if (since)
		fmr_render_when(out, since, zone);
}

static void put_rows(struct fmr_cli *cli, enum fmr_table_format format, const struct fmr_pendings *pendings)
{
	static const char *const for_people[] = { "id", "state", "title", "needs", "due", "age" };
	static const char *const for_programs[] = { "id", "state", "title", "transition", "needs", "due", "since", "mine",
		"ready" };
	const bool people = format == FMR_TABLE_TEXT;
	const size_t count = people ? 6 : 9;
	const char *zone = fmr_book_zone(cli->book);
	const int64_t now = fmr_clock_now();
	struct fmr_table *table = fmr_table_new(cli->out, format, people ? for_people : for_programs, count, fmr_cli_width(cli),
		cli->color, false);
	for (size_t i = 0; i < pendings->count; i++) {
		const struct fmr_pending *one = &pendings->items[i];
		struct fmr_str due, age;
		fmr_str_init(&due);
		fmr_str_init(&age);
		put_due(&due, people ? one->due : NULL, now, zone);
		if (people)
			put_age(&age, one->since, now);
		else
			put_since(&age, one->since, zone);
		const char *const shown[] = { one->id, one->state, one->title, one->needs, due.bytes, age.bytes };
		const char *const all[] = { one->id, one->state, one->title, one->transition, one->needs, one->due,
			*age.bytes ? age.bytes : NULL, one->mine ? "true" : "false", one->ready ? "true" : "false" };
		const struct fmr_value mine = { .kind = FMR_BOOL, .boolean = one->mine };
		const struct fmr_value ready = { .kind = FMR_BOOL, .boolean = one->ready };
		const struct fmr_value *const typed[] = { NULL, NULL, NULL, NULL, NULL, NULL, NULL, &mine, &ready };
		fmr_table_row(table, people ? shown : all, people ? NULL : typed);
		fmr_str_release(&age);
		fmr_str_release(&due);
	}
	fmr_table_end(table);
}

static void show_progress(void *progress, size_t done, size_t total)
{
	fmr_progress_show(progress, done, total);
}

static int open_audit(struct fmr_cli *cli, struct fmr_audit **audit, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(cli, _("reading the history"));
	const struct fmr_audit_options options = {
		.states_only = true, .progress = show_progress, .progress_context = progress
	};
	int result = fmr_audit_open(cli->store, &options, audit, err);
	fmr_progress_end(progress);
	return result;
}

static int show(struct fmr_cli *cli, const struct options *options, enum fmr_table_format format, struct fmr_audit *audit,
	struct fmr_err *err)
{
	const struct trust_policy *policy = fmr_audit_policy(audit);
	const struct trust_person *me = policy ? fmr_pending_me(cli, policy) : NULL;
	if (!policy) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("this repository has no trust policy, so that nobody can sign anything"));
		fmr_err_hint(err, _("'fmrec trust init' makes you its first admin"));
		return FMR_ERR_NOT_FOUND;
	}
	if (options->me && !me) {
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("neither your key nor your address is in the trust policy"));
		fmr_err_hint(err, _("an admin makes you a signer: fmrec trust add-person, fmrec trust add-key, fmrec trust "
				    "grant; see fmrec-trust(1)"));
		return FMR_ERR_NOT_FOUND;
	}
	const struct fmr_pending_query query = { me ? me->id : NULL, options->me, options->all };
	struct fmr_pendings pendings = { 0 };
	int result = fmr_pending_find(cli, audit, &query, &pendings, err);
	if (!result) {
		fmr_cli_page(cli);
		put_rows(cli, format, &pendings);
		if (!pendings.count && format == FMR_TABLE_TEXT)
			fmr_cli_say(cli, options->me ? _("nothing waits for your signature") : _("nothing waits for a signature"));
	}
	fmr_pending_release(&pendings);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (argc)
		return fmr_cli_usage(cli, _("'%s' is one word too many"), argv[0]);
	if (cli->format)
		(void)fmr_table_format_parse(cli->format, &format);
	struct fmr_audit *audit = NULL;
	int result = open_audit(cli, &audit, err);
	if (!result)
		result = show(cli, given, format, audit, err);
	fmr_audit_close(audit);
	return result;
}

static const char *const synopsis[] = { "[--me] [--all]", NULL };

const struct fmr_command fmr_command_pending = {
	.name = "pending",
	.group = "approve",
	.summary = N_("list what waits for a signature"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.formats = fmr_table_formats,
	.run = run,
};
