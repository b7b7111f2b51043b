#include "cmd/audit.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "render/audit.h"
#include "render/audit_print.h"
#include "render/evidence.h"
#include "render/line.h"
#include "trust/pin.h"
#include "trust/policy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FEW_RECORDS = 20, MOST_CANDIDATES = 5 };

/* ---- which history ---- */

/* Ids are written in capitals, revisions hardly ever. */
static bool looks_like_id(const char *word)
{
	if (strncmp(word, "HEAD", 4) == 0 || strchr(word, '/') || strstr(word, "..") || strpbrk(word, "~^@{"))
		return false;
	for (const char *p = word; *p; p++)
		if (islower((unsigned char)*p))
			return false;
	return true;
}

static int take_range(struct fmr_asked_audit *asked, const char *range, struct fmr_err *err)
{
	const char *dots = strstr(range, "..");
	if (asked->options.revision)
		return fmr_err_set(err, FMR_ERR_INVALID, "%s", _("an audit is of one revision or range"));
	asked->options.revision = range;
	if (!dots)
		return 0;
	if (dots[2] == '.')
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' names two histories; an audit follows one, 'A..B'"), range);
	asked->options.since = dots == range ? "HEAD" : fmr_arena_strndup(&asked->arena, range, (size_t)(dots - range));
	asked->options.revision = dots[2] ? dots + 2 : "HEAD";
	return 0;
}

static int take_operands(struct fmr_asked_audit *asked, int argc, char **argv, struct fmr_err *err)
{
	int result = 0;
	for (int i = 0; !result && i < argc; i++) {
		if (looks_like_id(argv[i]))
			FMR_VEC_PUSH(&asked->words, argv[i]);
		else
			result = take_range(asked, argv[i], err);
	}
	return result;
}

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

static int open_audit(struct fmr_asked_audit *asked, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(asked->cli, _("auditing commits"));
	asked->options.progress = show_progress;
	asked->options.progress_context = progress;
	int result = fmr_audit_open(asked->cli->store, &asked->options, &asked->audit, err);
	fmr_progress_end(progress);
	return result;
}

/* Days begin where the policy says; without one, at the meridian. */
static const char *zone_of(struct fmr_asked_audit *asked)
{
	const struct trust_policy *policy = fmr_audit_policy(asked->audit);
	if (!policy)
		return "UTC";
	const int offset = policy->settings.offset, minutes = abs(offset);
	return fmr_arena_format(&asked->arena, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

int fmr_asked_audit_open(struct fmr_cli *cli, int argc, char **argv, const struct fmr_pin *pin,
	struct fmr_asked_audit *asked, struct fmr_err *err)
{
	*asked = (struct fmr_asked_audit){ .cli = cli, .options = { .pin = pin } };
	fmr_arena_init(&asked->arena);
	int result = take_operands(asked, argc, argv, err);
	if (!result)
		result = open_audit(asked, err);
	if (!result)
		asked->zone = zone_of(asked);
	for (size_t i = 0; !result && i < asked->words.count; i++)
		result = fmr_asked_audit_find(asked, asked->words.items[i], err);
	return result;
}

void fmr_asked_audit_close(struct fmr_asked_audit *asked)
{
	fmr_audit_close(asked->audit);
	FMR_VEC_RELEASE(&asked->words);
	FMR_VEC_RELEASE(&asked->ids);
	fmr_arena_release(&asked->arena);
}

/* ---- which records ---- */

struct search {
	struct fmr_asked_audit *asked;
	const char *word;
	size_t length, found;
	bool exact;
	const char *first;
	struct fmr_str candidates;
};

static bool begins(const char *id, const struct search *search)
{
	return strncasecmp(id, search->word, search->length) == 0;
}

/* Ids may be shortened as everywhere: any part from its start, or from the start of a `-` part. */
static int look(void *context, const struct fmr_record_status *record)
{
	struct search *search = context;
	bool fits = begins(record->id, search);
	for (const char *dash = strchr(record->id, '-'); dash && !fits; dash = strchr(dash + 1, '-'))
		fits = begins(dash + 1, search);
	if (!fits)
		return 0;
	search->exact = strcasecmp(record->id, search->word) == 0;
	if (!search->found++ || search->exact)
		search->first = fmr_arena_strdup(&search->asked->arena, record->id);
	if (search->found <= MOST_CANDIDATES)
		fmr_str_printf(&search->candidates, "%s%s", search->found > 1 ? "\n" : "", record->id);
	return search->exact;
}

int fmr_asked_audit_find(struct fmr_asked_audit *asked, const char *word, struct fmr_err *err)
{
	struct search search = { .asked = asked, .word = word, .length = strlen(word) };
	int result = 0;
	fmr_str_init(&search.candidates);
	fmr_audit_each_record(asked->audit, look, &search);
	if (search.exact || search.found == 1) {
		FMR_VEC_PUSH(&asked->ids, search.first);
	} else if (search.found) {
		result = fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' fits %zu records"), word, search.found);
		fmr_err_hint(err, "%s", search.candidates.bytes);
	} else {
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s' is in the audited history"), word);
	}
	fmr_str_release(&search.candidates);
	return result;
}

/* ---- pins ---- */

struct pins {
	struct fmr_pin_file file;
	const struct fmr_pin *pin; /* that the audit is held against; or NULL */
};

/* A pin that is to be replaced is one that the history must have kept. */
static int read_pins(const struct fmr_audit_arguments *arguments, struct pins *pins, struct fmr_err *err)
{
	const char *write = arguments->write_pin;
	const bool exists = write && access(write, F_OK) == 0;
	const char *path = arguments->pin ? arguments->pin : exists ? write : NULL;
	*pins = (struct pins){ 0 };
	if (!path)
		return 0;
	if (exists && arguments->pin && strcmp(arguments->pin, write) != 0) {
		fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is there, and is not the pin that this audit is held against"), write);
		fmr_err_hint(err, "fmrec audit --pin %s --write-pin %s", write, write);
		return FMR_ERR_EXISTS;
	}
	int result = fmr_pin_read(path, &pins->file, err);
	if (!result)
		pins->pin = &pins->file.pin;
	return result;
}

static int write_pin(const struct fmr_asked_audit *asked, const char *path, bool strict, struct fmr_err *err)
{
	const struct fmr_audit_summary *summary = fmr_audit_summary(asked->audit);
	if (!summary->trusted || !summary->repository || !summary->policy_digest)
		return fmr_err_set(err, FMR_ERR_REFUSED, "%s", _("there is nothing to pin: no trust policy is in force"));
	if (asked->options.pin && !summary->pinned)
		return fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' stays as it is: this history is not the one that was pinned"), path);
	struct fmr_pin_file file = { .commits = summary->commits, .policy_version = summary->policy_version,
		.verdict = fmr_audit_verdict(asked->audit, strict), .pin.time = fmr_clock_now() };
	snprintf(file.pin.repository, sizeof(file.pin.repository), "%s", summary->repository);
	snprintf(file.pin.policy, sizeof(file.pin.policy), "%s", summary->policy_digest);
	memcpy(file.pin.genesis, summary->genesis, sizeof(file.pin.genesis));
	memcpy(file.pin.tip, summary->tip, sizeof(file.pin.tip));
	int result = fmr_pin_write(path, &file, err);
	if (!result)
		fmr_cli_say(asked->cli, _("pinned %.7s in '%s'; keep it outside of the repository"), file.pin.tip, path);
	return result;
}

/* ---- the answer ---- */

static int count_record(void *context, const struct fmr_record_status *record)
{
	size_t *count = context;
	(void)record;
	return ++*count > FEW_RECORDS;
}

struct fmr_audit_style fmr_asked_audit_style(struct fmr_asked_audit *asked, bool strict)
{
	if (asked->ids.count)
		FMR_VEC_PUSH(&asked->ids, NULL);
	return (struct fmr_audit_style){
		.strict = strict,
		.ids = asked->ids.count ? asked->ids.items : NULL,
		.language = asked->cli->language == FMR_JAPANESE ? "ja" : "en",
		.program = FMR_VERSION,
		.zone = asked->zone,
	};
}

static void show(struct fmr_asked_audit *asked, const struct fmr_audit_arguments *arguments)
{
	struct fmr_cli *cli = asked->cli;
	const enum fmr_audit_format format = fmr_audit_format_parse(cli->format);
	struct fmr_audit_style style = fmr_asked_audit_style(asked, arguments->strict);
	size_t count = 0;
	fmr_audit_each_record(asked->audit, count_record, &count);
	fmr_cli_page(cli);
	style.color = cli->color;
	style.width = fmr_cli_width(cli);
	style.records = arguments->records > 0 || style.ids || (!arguments->records && count && count <= FEW_RECORDS);
	fmr_render_audit(cli->out, asked->audit, format, &style);
	if (format == FMR_AUDIT_TEXT && !style.records && count && !arguments->records)
		fmr_cli_hint(cli, "%s", _("fmrec audit --records shows every record with its signatures"));
}

/* The state that was audited, for titles and labels; a history whose files nobody can read has evidence all the same. */
static int show_evidence(struct fmr_asked_audit *asked, const struct fmr_audit_arguments *arguments, struct fmr_err *err)
{
	struct fmr_view *view = NULL;
	struct fmr_book *book = NULL;
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_cli *cli = asked->cli;
	struct fmr_audit_style style = fmr_asked_audit_style(asked, arguments->strict);
	const struct fmr_record_status *record = fmr_audit_record(asked->audit, asked->ids.items[0]);
	if (!record) {
		fmr_findings_free(findings);
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s' is in the audited history"), asked->ids.items[0]);
	}
	if (fmr_view_open(cli->store, FMR_VIEW_COMMIT, fmr_audit_summary(asked->audit)->tip, &view, NULL) == 0)
		fmr_book_open(view, &book, findings, NULL);
	fmr_cli_page(cli);
	style.color = cli->color;
	style.width = fmr_cli_width(cli);
	fmr_render_evidence(cli->out, asked->audit, record, book, cli->language, &style);
	fmr_book_close(book);
	fmr_view_close(view);
	fmr_findings_free(findings);
	return 0;
}

static int run_audit(struct fmr_asked_audit *asked, const struct fmr_audit_arguments *arguments, struct fmr_err *err)
{
	static const enum fmr_exit exits[] = { [FMR_PROVEN] = FMR_EXIT_OK, [FMR_VIOLATION] = FMR_EXIT_FINDINGS,
		[FMR_UNPROVEN] = FMR_EXIT_UNPROVEN };
	int result = 0;
	if (arguments->record)
		result = fmr_asked_audit_find(asked, arguments->record, err);
	if (!result && arguments->record && fmr_audit_format_parse(asked->cli->format) == FMR_AUDIT_TEXT)
		result = show_evidence(asked, arguments, err);
	else if (!result)
		show(asked, arguments);
	if (!result && arguments->write_pin)
		result = write_pin(asked, arguments->write_pin, arguments->strict, err);
	return result ? result : (int)exits[fmr_audit_verdict(asked->audit, arguments->strict)];
}

/* A repository whose objects cannot be read, such as one of SHA-256: nothing is proved of it, and nothing disproved. */
static int say_unproven(struct fmr_cli *cli, const struct fmr_err *err)
{
	fmr_cli_say(cli, "fmrec: %s", err->text);
	if (*err->hint)
		fmr_cli_hint(cli, "%s", err->hint);
	if (fmr_audit_format_parse(cli->format) == FMR_AUDIT_TEXT)
		fmr_render_line(cli->out, "%s  %s\n", fmr_audit_verdict_word(FMR_UNPROVEN), _("the audit cannot read this repository"));
	return FMR_EXIT_UNPROVEN;
}

static int run_bundle(struct fmr_cli *cli, const struct fmr_audit_arguments *arguments, int argc, char **argv,
	struct fmr_err *err)
{
	if (arguments->pin || arguments->write_pin || arguments->record || arguments->strict || arguments->records || cli->format)
		return fmr_cli_usage(cli, "%s", _("'bundle' takes no options"));
	return fmr_audit_bundle(cli, argc, argv, err);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct fmr_audit_arguments *arguments = given;
	struct fmr_asked_audit asked;
	struct pins pins;
	int opened = fmr_cli_need(cli, FMR_NEEDS_STORE, err);
	if (opened)
		return opened == FMR_ERR_UNSUPPORTED ? say_unproven(cli, err) : opened;
	if (argc && strcmp(argv[0], "bundle") == 0)
		return run_bundle(cli, arguments, argc - 1, argv + 1, err);
	int result = read_pins(arguments, &pins, err);
	if (result)
		return result;
	result = fmr_asked_audit_open(cli, argc, argv, pins.pin, &asked, err);
	if (!result)
		result = run_audit(&asked, arguments, err);
	fmr_asked_audit_close(&asked);
	return result;
}

static const char *const synopsis[] = {
	"[<options>] [--pin <file>] [--write-pin <file>] [<revision>|<revision>..<revision>] [<id>...]",
	"[<options>] --record <id> [<revision>]",
	"bundle <id>|<query>... <file>",
	NULL,
};
static const struct fmr_option option_table[] = {
	{ .name = "pin", .kind = FMR_OPTION_STRING, .argument = N_("file"), .complete = "file",
		.help = N_("hold the history against what was noted here before"),
		.offset = offsetof(struct fmr_audit_arguments, pin) },
	{ .name = "write-pin", .kind = FMR_OPTION_STRING, .argument = N_("file"), .complete = "file",
		.help = N_("note what this audit ended with, for the next one"),
		.offset = offsetof(struct fmr_audit_arguments, write_pin) },
	{ .name = "strict", .kind = FMR_OPTION_FLAG,
		.help = N_("signatures that do not count, and a missing anchor, matter too"),
		.offset = offsetof(struct fmr_audit_arguments, strict) },
	{ .name = "records", .kind = FMR_OPTION_SWITCH,
		.help = N_("show every record with its state and signatures, also when there are many"),
		.offset = offsetof(struct fmr_audit_arguments, records) },
	{ .name = "record", .kind = FMR_OPTION_STRING, .argument = "id", .complete = "id",
		.help = N_("tell the evidence of one record in prose"),
		.offset = offsetof(struct fmr_audit_arguments, record) },
	{ 0 },
};

const struct fmr_command fmr_command_audit = {
	.name = "audit",
	.group = "approve",
	.summary = N_("prove who approved what, believing nobody"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct fmr_audit_arguments),
	.complete = "rev",
	.formats = fmr_audit_formats,
	.run = run,
};
