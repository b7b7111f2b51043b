#include "cmd/similar.h"

#include "base/i18n.h"
#include "base/input.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/index_use.h"
#include "cmd/names.h"
#include "fmrec/yaml.h"
#include "render/line.h"
#include "render/print.h"
#include "search/similar.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT = 10, MOST = 1000, TEXT_SIZE = 1 << 20, HINTS = 3, NEWEST = 4000, LONG_WORD = 10 /* columns */ };

static const double HINT_LIKENESS = 0.05; /* below this nobody would call records alike */

struct options {
	long limit;
	struct fmr_strings types;
};

/* ---- for people ---- */

static const char *label_of(const struct fmr_cli *cli, const struct fmr_type *type, const char *path)
{
	const struct fmr_field *field = fmr_type_field(type, path);
	return field ? fmr_words_in(&field->label, cli->language) : path;
}

/* "title: disk, full  cause: backup": the words in common by fields, in the order of their weight. */
static void put_reasons(struct fmr_str *out, const struct fmr_cli *cli, const struct fmr_similar_match *match)
{
	for (size_t i = 0; i < match->reason_count; i++) {
		const char *field = match->reasons[i].field;
		size_t first = 0;
		while (strcmp(match->reasons[first].field, field) != 0)
			first++;
		if (first < i)
			continue; /* told with the first word of the field */
		fmr_str_printf(out, "%s%s: ", i ? "  " : "", label_of(cli, match->type, field));
		for (size_t j = i; j < match->reason_count; j++)
			if (strcmp(match->reasons[j].field, field) == 0)
				fmr_str_printf(out, "%s%s", j > i ? ", " : "", match->reasons[j].words);
	}
}

static void put_match(struct fmr_cli *cli, const struct fmr_similar_match *match)
{
	struct fmr_str line, raw;
	fmr_str_init(&line);
	fmr_str_init(&raw);
	fmr_print_color(&line, cli->color, FMR_BOLD);
	fmr_print_safe(&line, match->id);
	fmr_print_color(&line, cli->color, FMR_PLAIN);
	fmr_str_printf(&line, "  %2d%%  ", (int)(match->likeness * 100 + 0.5));
	fmr_print_safe(&line, fmr_words_in(&match->type->label, cli->language));
	fmr_str_puts(&line, "  ");
	fmr_print_safe(&line, match->title);
	fmr_str_puts(&line, "\n    ");
	put_reasons(&raw, cli, match);
	fmr_print_color(&line, cli->color, FMR_DIM);
	fmr_text_escape(&line, raw.bytes, raw.length, false);
	fmr_print_color(&line, cli->color, FMR_PLAIN);
	fmr_str_putc(&line, '\n');
	fmr_print_out(cli->out, &line);
	fmr_str_release(&raw);
}

/* ---- for programs ---- */

static struct fmr_value *reasons_value(struct fmr_arena *arena, const struct fmr_similar_match *match)
{
	struct fmr_value *list = fmr_value_new_list(arena);
	for (size_t i = 0; i < match->reason_count; i++) {
		const struct fmr_similar_reason *reason = &match->reasons[i];
		struct fmr_value *item = fmr_value_new_map(arena);
		fmr_value_put(arena, item, "field", fmr_value_new_string(arena, reason->field, strlen(reason->field)));
		fmr_value_put(arena, item, "words", fmr_value_new_string(arena, reason->words, strlen(reason->words)));
		fmr_value_append(arena, list, item);
	}
	return list;
}

static void put_table(struct fmr_cli *cli, enum fmr_table_format format, const struct fmr_similar *similar)
{
	static const char *const columns[] = { "id", "type", "likeness", "title", "why" };
	struct fmr_arena arena;
	struct fmr_str why;
	fmr_arena_init(&arena);
	fmr_str_init(&why);
	struct fmr_table *table = fmr_table_new(cli->out, format, columns, sizeof(columns) / sizeof(*columns),
		fmr_cli_width(cli), cli->color, false);
	for (size_t i = 0; i < similar->count; i++) {
		const struct fmr_similar_match *match = &similar->matches[i];
		const char *likeness = fmr_arena_format(&arena, "%.3f", match->likeness);
		fmr_str_clear(&why);
		put_reasons(&why, cli, match);
		const char *cells[] = { match->id, match->type->name, likeness, match->title, why.bytes };
		const struct fmr_value *values[] = { NULL, NULL, fmr_value_new_number(&arena, likeness), NULL,
			reasons_value(&arena, match) };
		fmr_table_row(table, cells, values);
	}
	fmr_table_end(table);
	fmr_str_release(&why);
	fmr_arena_release(&arena);
}

/* ---- the command ---- */

/* The operands as one text, or standard input for "-". */
static int read_text(int argc, char **argv, struct fmr_str *text, struct fmr_err *err)
{
	if (argc == 1 && strcmp(argv[0], "-") == 0)
		return fmr_input_read("-", TEXT_SIZE, text, err);
	for (int i = 0; i < argc; i++)
		fmr_str_printf(text, "%s%s", i ? " " : "", argv[i]);
	return 0;
}

/* One word may be the id of a record, as far as it is one. */
static int read_record(struct fmr_cli *cli, int argc, char **argv, struct fmr_record *record, struct fmr_err *err)
{
	if (argc != 1 || strpbrk(argv[0], " \n"))
		return 0;
	struct fmr_str id, path;
	fmr_str_init(&id);
	fmr_str_init(&path);
	struct fmr_findings *findings = fmr_findings_new(0);
	int result = fmr_names_find(cli->store, cli->book, argv[0], &id, &path, err);
	if (result == FMR_ERR_NOT_FOUND)
		result = 0; /* a word, then */
	else if (!result)
		result = fmr_record_read(cli->book, path.bytes, record, findings, err);
	if (!result && record->path && (!record->root || !record->type))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be read as a record"), id.bytes);
	fmr_findings_free(findings);
	fmr_str_release(&id);
	fmr_str_release(&path);
	return result;
}

static int show(struct fmr_cli *cli, const struct fmr_similar *similar)
{
	enum fmr_table_format format;
	if (similar->count)
		fmr_cli_page(cli);
	if (cli->format && strcmp(cli->format, "text") != 0) {
		fmr_table_format_parse(cli->format, &format);
		put_table(cli, format, similar);
	} else {
		for (size_t i = 0; i < similar->count; i++)
			put_match(cli, &similar->matches[i]);
	}
	if (similar->unread) {
		fmr_cli_warn(cli, Q_("%zu record cannot be read", "%zu records cannot be read", similar->unread),
			similar->unread);
		fmr_cli_hint(cli, "fmrec validate");
	}
	return similar->count ? FMR_EXIT_OK : FMR_EXIT_FINDINGS;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc == 0)
		return fmr_cli_usage(cli, "%s", _("similar to what? give an id or words"));
	if (options->limit > MOST)
		return fmr_cli_usage(cli, _("--limit wants a number from 1 to %d"), MOST);
	struct fmr_arena arena;
	struct fmr_str text;
	struct fmr_record record = { 0 };
	struct fmr_similar similar;
	fmr_arena_init(&arena);
	fmr_str_init(&text);
	const struct fmr_similar_options how = { .limit = options->limit ? (size_t)options->limit : LIMIT,
		.types = fmr_names_split(&arena, &options->types) };
	int result = read_record(cli, argc, argv, &record, err);
	if (!result && !record.path)
		result = read_text(argc, argv, &text, err);
	if (!result) {
		struct fmr_index *index = fmr_index_use(cli);
		const struct fmr_similar_query query = { record.path ? &record : NULL, text.bytes, text.length, index };
		result = fmr_similar_find(cli->book, &query, &how, &similar, err);
		fmr_index_close(index);
		if (!result)
			result = show(cli, &similar);
		fmr_similar_release(&similar);
	}
	fmr_record_release(&record);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	return result;
}

/* ---- the hint ---- */

/* One word in common is chance; two, or two that stand together, are not. */
static bool is_telling(const struct fmr_similar_match *match)
{
	const char *words = match->reason_count ? match->reasons[0].words : "";
	const size_t length = strlen(words);
	return match->likeness >= HINT_LIKENESS &&
		(match->reason_count > 1 || strchr(words, ' ') || fmr_text_width(words, length) >= LONG_WORD);
}

static void say_match(struct fmr_cli *cli, const struct fmr_similar_match *match)
{
	struct fmr_str why;
	fmr_str_init(&why);
	for (size_t i = 0; i < match->reason_count && i < HINTS; i++)
		fmr_str_printf(&why, "%s%s", i ? ", " : "", match->reasons[i].words);
	fmr_cli_say(cli, _("similar: %s %s (%s)"), match->id, match->title, why.bytes);
	fmr_str_release(&why);
}

void fmr_similar_hint(struct fmr_cli *cli, const struct fmr_type *type, const char *path, const struct fmr_str *text)
{
	if (!cli->err_tty || cli->quiet || !type->search || !type->by_year)
		return;
	struct fmr_arena arena;
	struct fmr_similar similar;
	fmr_arena_init(&arena);
	struct fmr_findings *ignored = fmr_findings_new(1);
	const struct fmr_source source = { path, text->bytes, text->length };
	const struct fmr_record record = { .path = path, .type = type, .text = text->bytes, .length = text->length,
		.root = fmr_yaml_read_record(&source, &arena, ignored) };
	const struct fmr_similar_query query = { .record = &record };
	const struct fmr_similar_options how = { .limit = HINTS, .newest = NEWEST };
	if (record.root) {
		const int result = fmr_similar_find(cli->book, &query, &how, &similar, NULL);
		for (size_t i = 0; !result && i < similar.count; i++)
			if (is_telling(&similar.matches[i]))
				say_match(cli, &similar.matches[i]);
		fmr_similar_release(&similar);
	}
	fmr_findings_free(ignored);
	fmr_arena_release(&arena);
}

static const char *const synopsis[] = { "[<options>] <id>", "[<options>] <word>...", "[<options>] -", NULL };
static const char *const formats[] = { "text", "table", "json", "jsonl", "csv", "tsv", "ids", NULL };
static const struct fmr_option option_table[] = {
	{ .name = "limit", .kind = FMR_OPTION_NUMBER, .argument = "n", .help = N_("show at most n records; otherwise 10"),
		.least = 1,
		.offset = offsetof(struct options, limit) },
	{ .name = "type", .kind = FMR_OPTION_LIST, .argument = N_("type"), .complete = "type",
		.help = N_("only records of this type"), .offset = offsetof(struct options, types) },
	{ 0 },
};

const struct fmr_command fmr_command_similar = {
	.name = "similar",
	.group = "read",
	.summary = N_("find the records closest in words to a record or a text"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.at = true,
	.run = run,
};
