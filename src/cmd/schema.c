#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/input.h"
#include "base/source.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cmd/in_force.h"
#include "cmd/upgrade.h"
#include "json/json.h"
#include "record/scaffold.h"
#include "render/line.h"
#include "render/render.h"
#include "render/workflow.h"
#include "yaml/yaml.h"

#include <string.h>

enum { FILE_LIMIT = 4 << 20, SHOWN_FINDINGS = 1000, CODE_COLUMNS = 16 };

struct options {
	struct fmr_write_options write;
	bool workflow;
	const char *pack;
	struct fmr_strings ours, theirs;
};

/* ---- fields ---- */

static const char *kind_name(const struct fmr_field *field)
{
	static const char *const names[] = {
		[FMR_FIELD_TEXT] = N_("text"),
		[FMR_FIELD_TIME] = N_("time"),
		[FMR_FIELD_DATE] = N_("date"),
		[FMR_FIELD_NUMBER] = N_("number"),
		[FMR_FIELD_BOOL] = N_("yes/no"),
		[FMR_FIELD_CHOICE] = N_("choice"),
		[FMR_FIELD_LINK] = N_("link"),
		[FMR_FIELD_MAP] = N_("group"),
		[FMR_FIELD_LIST] = N_("list"),
	};
	return _(names[field->kind]);
}

/* "list: link: system"; the values of a choice stand below the table */
static void put_kind(struct fmr_str *out, const struct fmr_field *field)
{
	fmr_str_puts(out, kind_name(field));
	if (field->kind == FMR_FIELD_LIST && field->child_count) {
		fmr_str_puts(out, ": ");
		put_kind(out, &field->children[0]);
	} else if (field->kind == FMR_FIELD_LINK && field->link) {
		for (size_t i = 0; field->link->to[i]; i++)
			fmr_str_printf(out, "%s%s", i ? ", " : ": ", field->link->to[i]);
	} else if (field->kind == FMR_FIELD_CHOICE && field->values_from) {
		fmr_str_printf(out, _(": list '%s'"), field->values_from);
	}
}

static size_t count_fields(const struct fmr_field *fields, size_t count)
{
	size_t total = 0;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		bool leaf = field->kind != FMR_FIELD_MAP;
		const struct fmr_field *items =
			field->kind == FMR_FIELD_LIST && field->child_count ? &field->children[0] : NULL;
		total += leaf;
		if (!leaf)
			total += count_fields(field->children, field->child_count);
		else if (items && items->kind == FMR_FIELD_MAP)
			total += count_fields(items->children, items->child_count);
	}
	return total;
}

/* The items of a list, else the field itself. */
static const struct fmr_field *inside(const struct fmr_field *field)
{
	return field->kind == FMR_FIELD_LIST && field->child_count ? &field->children[0] : field;
}

/* "always", "recorded", "recorded (form 2)", "recorded (2027-04-01)": the day or form since which */
static void put_required_from(struct fmr_str *out, const struct fmr_field *field)
{
	const struct fmr_since since = field->required_since;
	fmr_str_puts(out, field->required ? _("always") : field->required_from ? field->required_from : "");
	if (since.form)
		fmr_str_printf(out, _(" (form %d)"), since.form);
	else if (since.day)
		fmr_str_printf(out, " (%04d-%02d-%02d)", since.day / 10000, since.day / 100 % 100, since.day % 100);
}

static void put_fields(struct fmr_cli *cli, struct fmr_table *table, const struct fmr_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		struct fmr_str kind, required;
		fmr_str_init(&kind);
		fmr_str_init(&required);
		put_kind(&kind, field);
		put_required_from(&required, field);
		const char *const cells[] = {field->path, kind.bytes, fmr_words_in(&field->label, cli->language),
			required.length ? required.bytes : NULL, fmr_words_in(&field->help, cli->language)};
		fmr_table_row(table, cells, NULL);
		fmr_str_release(&required);
		fmr_str_release(&kind);
		const struct fmr_field *inner = inside(field);
		if (inner->kind == FMR_FIELD_MAP)
			put_fields(cli, table, inner->children, inner->child_count);
	}
}

/* ---- list ---- */

/* One row; false for a type that cannot be used, with the reason in place of its help. */
static bool put_type(struct fmr_cli *cli, struct fmr_table *table, const char *name)
{
	const struct fmr_type *type = NULL;
	struct fmr_err fault = { 0 };
	char fields[24] = "";
	const char *cells[] = { name, NULL, NULL, NULL, fault.text };
	if (fmr_book_type(cli->book, name, &type, NULL, &fault) == 0) {
		snprintf(fields, sizeof(fields), "%zu", count_fields(type->fields, type->field_count));
		cells[1] = type->prefix;
		cells[2] = fields;
		cells[3] = fmr_words_in(&type->label, cli->language);
		cells[4] = fmr_words_in(&type->help, cli->language);
	}
	fmr_table_row(table, cells, NULL);
	return type != NULL;
}

static int list_types(struct fmr_cli *cli, struct fmr_err *err)
{
	const char *const *names;
	size_t count;
	int result = fmr_book_type_names(cli->book, &names, &count, err);
	if (result)
		return result;
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (cli->format)
		fmr_table_format_parse(cli->format, &format);
	static const char *const columns[] = { "type", "prefix", "fields", "label", "help" };
	fmr_cli_page(cli);
	struct fmr_table *table = fmr_table_new(
		cli->out, format, columns, sizeof(columns) / sizeof(*columns), fmr_cli_width(cli), false, false);
	size_t broken = 0;
	for (size_t i = 0; i < count; i++)
		broken += !put_type(cli, table, names[i]);
	fmr_table_end(table);
	if (!broken)
		return FMR_EXIT_OK;
	fmr_cli_warn(cli, Q_("%zu schema is broken", "%zu schemas are broken", broken), broken);
	fmr_cli_hint(cli, "fmrec schema check");
	return FMR_EXIT_FINDINGS;
}

/* ---- show ---- */

static int show_text(struct fmr_cli *cli, const struct fmr_type *type, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_view_read(cli->view, type->schema_path, FILE_LIMIT, &text, err);
	if (!result && strcmp(cli->format, "json") == 0) {
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		const struct fmr_value *root = fmr_yaml_read_quietly(text.bytes, text.length, &arena);
		struct fmr_str json;
		fmr_str_init(&json);
		if (root)
			fmr_json_write(&json, root);
		fmr_str_putc(&json, '\n');
		fmr_str_clear(&text);
		fmr_str_add(&text, json.bytes, json.length);
		fmr_str_release(&json);
		fmr_arena_release(&arena);
	}
	if (!result)
		fwrite(text.bytes, 1, text.length, cli->out);
	fmr_str_release(&text);
	return result;
}

static void put_required(
	struct fmr_cli *cli, const struct fmr_field *fields, size_t count, const char *state, bool *any)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if (field->required_from && strcmp(field->required_from, state) == 0) {
			fmr_render_line(cli->out, "%s%s", *any ? ", " : "", field->path);
			*any = true;
		}
		const struct fmr_field *inner = inside(field);
		if (inner->kind == FMR_FIELD_MAP)
			put_required(cli, inner->children, inner->child_count, state, any);
	}
}

/* Today where the organisation is, as a date. */
static void put_today(const struct fmr_cli *cli, struct fmr_str *out)
{
	struct fmr_time now = { .seconds = fmr_clock_now(), .date_only = true };
	if (!fmr_zone_offset(fmr_book_zone(cli->book), now.seconds, &now.offset))
		now.offset = 0;
	fmr_time_format(out, &now);
}

/* Of lists the codes that are in force today. */
static void put_choices(struct fmr_cli *cli, const struct fmr_field *fields, size_t count, const char *today, bool *any)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *inner = inside(&fields[i]);
		const struct fmr_choice *choices = NULL;
		size_t choice_count = 0;
		if (inner->kind == FMR_FIELD_CHOICE)
			fmr_field_choices(cli->book, inner, today, &choices, &choice_count);
		if (choice_count) {
			if (!*any)
				fmr_render_line(cli->out, "\n%s\n", _("values to choose from:"));
			*any = true;
			fmr_render_line(cli->out, "  %s\n", fields[i].path);
		}
		for (size_t j = 0; j < choice_count; j++) {
			const struct fmr_choice *choice = &choices[j];
			fmr_render_line(cli->out, "    %-*s  %s\n", CODE_COLUMNS, choice->code,
				fmr_words_in(&choice->label, cli->language));
		}
		if (inner->kind == FMR_FIELD_MAP)
			put_choices(cli, inner->children, inner->child_count, today, any);
	}
}

static void put_states(struct fmr_cli *cli, const struct fmr_type *type)
{
	fmr_render_line(cli->out, "\n%s\n", _("states, and what each asks for in addition:"));
	for (size_t i = 0; i < type->state_count; i++) {
		const struct fmr_state_rule *state = &type->states[i];
		bool any = false;
		fmr_render_line(cli->out, "  %s (%s): ", state->name, fmr_words_in(&state->label, cli->language));
		put_required(cli, type->fields, type->field_count, state->name, &any);
		fputs(any ? "\n" : "-\n", cli->out);
	}
}

/* Fields whose audience is another one than that of what is around them. */
static void put_audiences(struct fmr_cli *cli, const struct fmr_field *fields, size_t count, bool outside, bool *any)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i], *inner = inside(field);
		if (field->outside != outside) {
			fmr_render_line(cli->out, "%s%s", *any ? ", " : "", field->path);
			*any = true;
		}
		if (inner->kind == FMR_FIELD_MAP)
			put_audiences(cli, inner->children, inner->child_count, field->outside, any);
	}
}

static void put_audience(struct fmr_cli *cli, const struct fmr_type *type)
{
	bool any = false;
	fputs(type->outside ? _("\nmay be shown outside the organisation, except: ") :
		_("\nmay be shown outside the organisation: "), cli->out);
	put_audiences(cli, type->fields, type->field_count, type->outside, &any);
	fputs(any ? "\n" : "-\n", cli->out);
}

static int show_type(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	const struct fmr_type *type = NULL;
	int result = fmr_book_type(cli->book, name, &type, NULL, err);
	if (result)
		return result;
	fmr_cli_page(cli);
	if (cli->format && (strcmp(cli->format, "yaml") == 0 || strcmp(cli->format, "json") == 0))
		return show_text(cli, type, err);
	enum fmr_language language = cli->language;
	const char *title = fmr_words_in(&type->title, language);
	fmr_render_line(cli->out, "%s: %s\n", type->name, fmr_words_in(&type->label, language));
	if (*title)
		fmr_render_line(cli->out, "%s\n", title);
	fmr_render_line(cli->out, "%s\n", fmr_words_in(&type->help, language));
	fmr_render_line(cli->out, _("ids %s, in records/%s%s, form version %d, schema %s\n\n"), type->pattern, type->directory,
		type->by_year ? _("/YEAR") : "", type->form, type->schema_path);
	static const char *const columns[] = { "field", "kind", "label", "required", "help" };
	struct fmr_table *table = fmr_table_new(cli->out, FMR_TABLE_TEXT, columns, sizeof(columns) / sizeof(*columns),
		fmr_cli_width(cli), cli->color, false);
	put_fields(cli, table, type->fields, type->field_count);
	fmr_table_end(table);
	bool any = false;
	struct fmr_str today;
	fmr_str_init(&today);
	put_today(cli, &today);
	put_choices(cli, type->fields, type->field_count, today.bytes, &any);
	fmr_str_release(&today);
	if (type->state_count)
		put_states(cli, type);
	put_audience(cli, type);
	return FMR_EXIT_OK;
}

static int show_workflow(struct fmr_cli *cli, const char *name, struct fmr_err *err)
{
	const struct fmr_type *type = NULL;
	enum fmr_graph_format format = FMR_GRAPH_TEXT;
	int result = fmr_book_type(cli->book, name, &type, NULL, err);
	if (result)
		return result;
	if (cli->format)
		fmr_graph_format_parse(cli->format, &format);
	struct fmr_in_force in_force;
	fmr_in_force_open(cli, &in_force);
	const struct fmr_workflow_style style = { .language = cli->language, .color = cli->color,
		.width = fmr_cli_width(cli) };
	fmr_cli_page(cli);
	fmr_render_workflow(cli->out, cli->book, type, fmr_in_force_rules(&in_force, type), format, &style);
	fmr_in_force_close(&in_force);
	return FMR_EXIT_OK;
}

/* ---- check ---- */

/* The types around the files that are named; there need not be any. */
static struct fmr_book *book_around(struct fmr_cli *cli)
{
	return fmr_cli_need(cli, FMR_NEEDS_BOOK, NULL) == 0 ? cli->book : NULL;
}

/* Is the file a catalogue or a scaffold?  The word stands at its top, or it lies in a directory of that name. */
static bool is_a(const char *kind, const char *path, const struct fmr_str *text)
{
	const char *slash = strrchr(path, '/');
	const size_t length = slash ? (size_t)(slash - path) : 0, end = strlen(kind);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = fmr_yaml_read_quietly(text->bytes, text->length, &arena);
	const bool placed = length > end && slash[-(long)end - 1] == '/' && strncmp(slash - end, kind, end) == 0;
	const bool is = !fmr_value_get(root, "x-fmrec") && (placed || fmr_value_get(root, kind));
	fmr_arena_release(&arena);
	return is;
}

static void check_text(const char *path, const struct fmr_str *text, struct fmr_book *book, struct fmr_findings *findings)
{
	if (is_a("scaffold", path, text))
		fmr_scaffold_file_check(path, text->bytes, text->length, book, findings);
	else if (is_a("catalogue", path, text))
		fmr_catalogue_file_check(path, text->bytes, text->length, findings);
	else
		fmr_type_file_check(path, text->bytes, text->length, book, findings);
}

/* A type or a catalogue of the repository, or a file anywhere.  false when it could not be read */
static bool check_named(struct fmr_cli *cli, const char *name, struct fmr_findings *findings)
{
	struct fmr_book *book = book_around(cli);
	struct fmr_err err = { 0 };
	bool known = book && (fmr_book_check_type(book, name, findings, NULL) == 0 ||
		fmr_book_check_catalogue(book, name, findings, NULL) == 0);
	if (book && fmr_book_check_scaffold(book, name, findings, NULL) == 0)
		known = true; /* it often has the name of its type */
	if (known)
		return true;
	struct fmr_str text;
	fmr_str_init(&text);
	bool readable = fmr_input_read(name, FILE_LIMIT, &text, &err) == 0;
	if (readable)
		check_text(name, &text, book, findings);
	else
		fmr_cli_warn(cli, "%s", err.text);
	fmr_str_release(&text);
	return readable;
}

/* The types, catalogues and scaffolds of the repository, when none is named. */
static int check_own(struct fmr_cli *cli, struct fmr_findings *findings, size_t *count, struct fmr_err *err)
{
	const char *const *names;
	size_t catalogues = 0, scaffolds = 0;
	int result = fmr_cli_need(cli, FMR_NEEDS_BOOK, err);
	if (!result)
		result = fmr_book_type_names(cli->book, &names, count, err);
	for (size_t i = 0; !result && i < *count; i++)
		result = fmr_book_check_type(cli->book, names[i], findings, err);
	if (!result)
		result = fmr_book_check_catalogues(cli->book, findings, &catalogues, err);
	if (!result)
		result = fmr_book_check_scaffolds(cli->book, findings, &scaffolds, err);
	*count += catalogues + scaffolds;
	return result;
}

static int check_files(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(SHOWN_FINDINGS);
	size_t count = (size_t)argc, unreadable = 0;
	int result = argc ? 0 : check_own(cli, findings, &count, err);
	for (int i = 0; i < argc; i++)
		unreadable += !check_named(cli, argv[i], findings);
	if (!result) {
		enum fmr_findings_format format = FMR_FINDINGS_TEXT;
		if (cli->format)
			fmr_findings_format_parse(cli->format, &format);
		const struct fmr_findings_style style = { .color = cli->color };
		fmr_findings_sort(findings);
		fmr_render_findings(cli->out, findings, format, &style);
		size_t errors = fmr_findings_errors(findings);
		fmr_cli_say(cli, Q_("%zu error in %zu schemas", "%zu errors in %zu schemas", errors), errors, count);
		result = fmr_findings_count(findings) ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
	}
	if (unreadable)
		result = fmr_err_set(err, FMR_ERR_IO,
			Q_("%zu file of %zu could not be read", "%zu files of %zu could not be read", unreadable),
			unreadable, count);
	fmr_findings_free(findings);
	return result;
}

/* ---- the command ---- */

static bool format_is_one_of(const struct fmr_cli *cli, const char *const *formats)
{
	for (size_t i = 0; cli->format && formats[i]; i++)
		if (strcmp(cli->format, formats[i]) == 0)
			return true;
	return !cli->format;
}

static int upgrade(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	(void)argv;
	const struct options *options = given;
	const struct fmr_upgrade_options wanted = { &options->write, options->pack, &options->ours, &options->theirs };
	return fmr_schema_upgrade(cli, &wanted, err);
}

static int run_upgrade(struct fmr_cli *cli, const struct options *options, int argc, char **argv, struct fmr_err *err)
{
	if (argc > 1)
		return fmr_cli_usage(cli, "%s", _("'schema upgrade' takes no operand; files are named by --ours and --theirs"));
	int result = fmr_cli_need(cli, FMR_NEEDS_WORK_TREE, err);
	return result ? result : fmr_write_locked(cli, &options->write, upgrade, options, argc, argv, err);
}

static bool writes(const struct options *options)
{
	const struct fmr_write_options *write = &options->write;
	return write->dry_run || write->no_commit || write->no_stage || write->no_verify || options->pack ||
		options->ours.count || options->theirs.count;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	static const char *const show_formats[] = { "text", "table", "yaml", "json", NULL };
	static const char *const workflow_formats[] = { "text", "dot", "mermaid", "svg", NULL };
	static const char *const upgrade_formats[] = { "text", NULL };
	static const char *const verbs[] = { "list", "show", "check", "upgrade", NULL };
	const char *verb = argc ? argv[0] : "list";
	bool is_list = strcmp(verb, "list") == 0, is_show = strcmp(verb, "show") == 0,
	     is_check = strcmp(verb, "check") == 0, is_upgrade = strcmp(verb, "upgrade") == 0;
	if (!is_list && !is_show && !is_check && !is_upgrade)
		return fmr_cli_usage_word(cli, verb, verbs);
	if (!is_upgrade && writes(options))
		return fmr_cli_usage(cli, "%s", _("of these options only --workflow goes without 'schema upgrade'"));
	if (is_list && argc > 1)
		return fmr_cli_usage(cli, "%s", _("'schema list' takes no operand; fmrec schema show TYPE"));
	if (is_show && argc != 2)
		return fmr_cli_usage(cli, "%s", _("'schema show' wants the name of one type"));
	if (options->workflow && !is_show)
		return fmr_cli_usage(cli, "%s", _("--workflow goes with 'schema show TYPE'"));
	const char *const *formats = is_list ? fmr_table_formats : options->workflow ? workflow_formats :
		is_show ? show_formats : is_upgrade ? upgrade_formats : fmr_findings_formats;
	if (!format_is_one_of(cli, formats))
		return fmr_cli_usage(cli, _("'schema %s' has no format '%s'"), verb, cli->format);
	if (is_upgrade)
		return run_upgrade(cli, options, argc, argv, err);
	if (is_check)
		return check_files(cli, argc - 1, argv + 1, err);
	int result = fmr_cli_need(cli, FMR_NEEDS_BOOK, err);
	if (result)
		return result;
	return is_list ? list_types(cli, err) :
		options->workflow ? show_workflow(cli, argv[1], err) : show_type(cli, argv[1], err);
}

static const char *const synopsis[] = { "[list]", "show [--format text|yaml|json] <type>",
	"show --workflow [--format text|dot|mermaid|svg] <type>", "check [<type>|<catalogue>|<scaffold>|<file>...]",
	"upgrade [<options>]", NULL };
static const struct fmr_option option_table[] = {
	{.letter = 'w',
		.name = "workflow",
		.kind = FMR_OPTION_FLAG,
		.help = N_("show who brings a record from state to state by signing what"),
		.offset = offsetof(struct options, workflow)},
	{.name = "pack",
		.kind = FMR_OPTION_STRING,
		.argument = N_("directory"),
		.help = N_("upgrade: take record types and config from here, not from the shipped pack"),
		.offset = offsetof(struct options, pack),
		.complete = "file"},
	{.name = "ours",
		.kind = FMR_OPTION_LIST,
		.argument = N_("file"),
		.help = N_("upgrade: what is here wins, in conflicts of this file or FILE:FIELD"),
		.offset = offsetof(struct options, ours)},
	{.name = "theirs",
		.kind = FMR_OPTION_LIST,
		.argument = N_("file"),
		.help = N_("upgrade: what the pack has wins, in conflicts of this file or FILE:FIELD"),
		.offset = offsetof(struct options, theirs)},
	FMR_WRITE_OPTIONS(options),
	{0},
};

const struct fmr_command fmr_command_schema = {
	.name = "schema",
	.group = "start",
	.summary = N_("list, show, check and upgrade record types"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_NOTHING,
	.complete = "type",
	.run = run,
};
