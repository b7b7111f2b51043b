#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/cli.h"
#include "render/line.h"
#include "render/render.h"
#include "render/wrap.h"

#include <string.h>

enum { INDENT = 4 };

struct shown {
	struct fmr_cli *cli;
	const struct fmr_catalogue *catalogue;
};

static enum fmr_table_format format_of(const struct fmr_cli *cli)
{
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (cli->format)
		fmr_table_format_parse(cli->format, &format);
	return format;
}

static struct fmr_table *new_table(struct fmr_cli *cli, const char *const *columns, size_t count)
{
	return fmr_table_new(cli->out, format_of(cli), columns, count, fmr_cli_width(cli), cli->color, false);
}

static const char *words(const struct shown *shown, const struct fmr_words *words)
{
	return fmr_words_in(words, shown->cli->language);
}

/* ---- all ---- */

/* One row; false for a catalogue that cannot be used, with the reason in place of its help. */
static bool put_catalogue(struct fmr_cli *cli, struct fmr_table *table, const char *name)
{
	const struct fmr_catalogue *catalogue = NULL;
	struct fmr_err fault = { 0 };
	char entries[24] = "";
	const char *cells[] = { name, NULL, NULL, NULL, fault.text };
	if (fmr_book_catalogue(cli->book, name, &catalogue, NULL, &fault) == 0) {
		snprintf(entries, sizeof(entries), "%zu", catalogue->count);
		cells[1] = entries;
		cells[2] = catalogue->of_config ? "config" : "catalogue";
		cells[3] = fmr_words_in(&catalogue->label, cli->language);
		cells[4] = fmr_words_in(&catalogue->help, cli->language);
	}
	fmr_table_row(table, cells, NULL);
	return catalogue != NULL;
}

static int list_all(struct fmr_cli *cli, struct fmr_err *err)
{
	static const char *const columns[] = { "name", "entries", "in", "label", "help" };
	const char *const *names;
	size_t count, broken = 0;
	int result = fmr_book_catalogue_names(cli->book, &names, &count, err);
	if (result)
		return result;
	fmr_cli_page(cli);
	struct fmr_table *table = new_table(cli, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < count; i++)
		broken += !put_catalogue(cli, table, names[i]);
	fmr_table_end(table);
	if (!broken)
		return FMR_EXIT_OK;
	fmr_cli_warn(cli, Q_("%zu catalogue is broken", "%zu catalogues are broken", broken), broken);
	fmr_cli_hint(cli, "fmrec schema check");
	return FMR_EXIT_FINDINGS;
}

/* ---- one, as a table ---- */

static void put_day(struct fmr_str *out, int day)
{
	if (day)
		fmr_str_printf(out, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static void put_row(const struct shown *shown, struct fmr_table *table, const struct fmr_catalogue_entry *entry)
{
	struct fmr_str requirements, from, until;
	fmr_str_init(&requirements);
	fmr_str_init(&from);
	fmr_str_init(&until);
	for (size_t i = 0; entry->requirements[i]; i++)
		fmr_str_printf(&requirements, "%s%s", i ? ", " : "", entry->requirements[i]);
	put_day(&from, entry->from);
	put_day(&until, entry->until);
	const char *const cells[] = { entry->choice.code, entry->group ? entry->group : "", words(shown, &entry->choice.label),
		words(shown, &entry->choice.help), words(shown, &entry->examples), words(shown, &entry->notes),
		requirements.bytes, entry->strength ? entry->strength : "", from.bytes, until.bytes };
	fmr_table_row(table, cells, NULL);
	fmr_str_release(&requirements);
	fmr_str_release(&from);
	fmr_str_release(&until);
}

static void show_rows(const struct shown *shown)
{
	static const char *const columns[] = { "code", "group", "label", "help", "examples", "notes", "requirement", "strength",
		"from", "until" };
	struct fmr_table *table = new_table(shown->cli, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < shown->catalogue->count; i++)
		put_row(shown, table, &shown->catalogue->entries[i]);
	fmr_table_end(table);
}

/* ---- one, for people ---- */

/* A text below its entry, wrapped; what: "examples", or NULL. */
static void put_text(const struct shown *shown, const char *what, const char *text)
{
	struct fmr_str line, wrapped;
	if (!*text)
		return;
	fmr_str_init(&line);
	fmr_str_init(&wrapped);
	fmr_str_printf(&line, what ? "%s: %s" : "%s%s", what ? what : "", text);
	fmr_str_repeat(&wrapped, ' ', INDENT);
	fmr_wrap(&wrapped, line.bytes, line.length, INDENT, fmr_cli_width(shown->cli));
	fmr_render_line(shown->cli->out, "%s\n", wrapped.bytes);
	fmr_str_release(&wrapped);
	fmr_str_release(&line);
}

static void put_bound(struct fmr_str *out, const char *word, int day)
{
	if (!day)
		return;
	fmr_str_printf(out, "%s%s ", out->length ? "; " : "", word);
	put_day(out, day);
}

/* "C-36, C-37; must; until 2027-03-31" */
static void put_marks(const struct fmr_catalogue_entry *entry, struct fmr_str *out)
{
	static const struct { const char *code, *word; } strengths[] = { { "M", N_("must") }, { "P", N_("should") },
		{ "R", N_("recommended") }, { "S", N_("supplement") } };
	for (size_t i = 0; entry->requirements[i]; i++)
		fmr_str_printf(out, "%s%s", i ? ", " : "", entry->requirements[i]);
	for (size_t i = 0; entry->strength && i < sizeof(strengths) / sizeof(*strengths); i++)
		if (strcmp(strengths[i].code, entry->strength) == 0)
			fmr_str_printf(out, "%s%s", out->length ? "; " : "", _(strengths[i].word));
	put_bound(out, _("from"), entry->from);
	put_bound(out, _("until"), entry->until);
}

static void put_entry(const struct shown *shown, const struct fmr_catalogue_entry *entry)
{
	struct fmr_str marks;
	fmr_str_init(&marks);
	put_marks(entry, &marks);
	fmr_render_line(shown->cli->out, marks.length ? "  %s  %s  [%s]\n" : "  %s  %s\n", entry->choice.code,
		words(shown, &entry->choice.label), marks.bytes);
	put_text(shown, NULL, words(shown, &entry->choice.help));
	put_text(shown, _("examples"), words(shown, &entry->examples));
	put_text(shown, _("notes"), words(shown, &entry->notes));
	fmr_str_release(&marks);
}

/* group NULL: those of none */
static void put_group(const struct shown *shown, const struct fmr_choice *group)
{
	bool any = false;
	for (size_t i = 0; i < shown->catalogue->count; i++) {
		const struct fmr_catalogue_entry *entry = &shown->catalogue->entries[i];
		if (group ? !entry->group || strcmp(entry->group, group->code) != 0 : entry->group != NULL)
			continue;
		if (!any && group)
			fmr_render_line(shown->cli->out, "\n%s\n", words(shown, &group->label));
		else if (!any)
			fputc('\n', shown->cli->out);
		any = true;
		put_entry(shown, entry);
	}
}

static void show_text(const struct shown *shown)
{
	const struct fmr_catalogue *catalogue = shown->catalogue;
	const char *label = words(shown, &catalogue->label), *help = words(shown, &catalogue->help);
	fmr_render_line(shown->cli->out, *label ? "%s: %s\n" : "%s\n", catalogue->name, label);
	if (*help)
		fmr_render_line(shown->cli->out, "%s\n", help);
	put_group(shown, NULL);
	for (size_t i = 0; i < catalogue->group_count; i++)
		put_group(shown, &catalogue->groups[i]);
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
	struct shown shown = { .cli = cli };
	if (argc > 1)
		return fmr_cli_usage(cli, "%s", _("one catalogue at a time"));
	if (!argc)
		return list_all(cli, err);
	int result = fmr_book_catalogue(cli->book, argv[0], &shown.catalogue, NULL, err);
	if (result)
		return result;
	fmr_cli_page(cli);
	if (cli->format && strcmp(cli->format, "text") != 0)
		show_rows(&shown);
	else
		show_text(&shown);
	return FMR_EXIT_OK;
}

static const char *const synopsis[] = { "[--format text|table|csv|tsv|json|jsonl] [<name>]", NULL };
static const char *const formats[] = { "text", "table", "json", "jsonl", "csv", "tsv", NULL };

const struct fmr_command fmr_command_catalogue = {
	.name = "catalogue",
	.group = "start",
	.summary = N_("list and show catalogues: the codes that fields take"),
	.synopsis = synopsis,
	.needs = FMR_NEEDS_BOOK,
	.complete = "catalogue",
	.formats = formats,
	.at = true,
	.run = run,
};
