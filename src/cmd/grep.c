#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cmd/asked.h"
#include "cmd/heading.h"
#include "cmd/index_use.h"
#include "cmd/names.h"
#include "render/print.h"
#include "search/fields.h"
#include "search/grep.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { STOP = 1, TOO_HARD = 20 /* lines given up, some 50 ms each, before all is given up */ };

struct options {
	bool basic, extended, fixed, perl, ignore_case, fold, word, invert;
	bool line_number, count, with, without, only, all_match, heading, path;
	struct fmr_strings patterns, fields;
	long most, before, after, context;
};

struct grep {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_grep_options search;
	struct fmr_grep *workers[FMR_SCAN_THREADS];
	struct fmr_table *table;    /* with --format */
	struct fmr_heading_words *words;
	struct fmr_str out;
	size_t records, hard;
	bool told;                  /* something was printed */
};

/* ---- one line ---- */

static void put_separator(struct grep *grep, char mark)
{
	const char text[] = { mark, '\0' };
	fmr_print_color(&grep->out, grep->cli->color, FMR_CYAN);
	fmr_str_puts(&grep->out, text);
	fmr_print_color(&grep->out, grep->cli->color, FMR_PLAIN);
}

static void put_colored(struct grep *grep, enum fmr_color color, const char *text)
{
	fmr_print_color(&grep->out, grep->cli->color, color);
	fmr_print_safe(&grep->out, text);
	fmr_print_color(&grep->out, grep->cli->color, FMR_PLAIN);
}

static const char *name_of(const struct grep *grep, const struct fmr_grep_found *found)
{
	return grep->options->path ? found->path : found->id;
}

/* "INC-20261121-7KQ2:timeline.0.text:12:", with "-" for ":" where the line stands around a match. */
static void put_place(struct grep *grep, const struct fmr_grep_found *found, const struct fmr_grep_line *line)
{
	const char mark = line->match ? ':' : '-';
	char number[24];
	if (!grep->options->heading) {
		put_colored(grep, FMR_BOLD, name_of(grep, found));
		put_separator(grep, mark);
	}
	if (line->field) {
		put_colored(grep, FMR_YELLOW, line->field);
		put_separator(grep, mark);
	}
	snprintf(number, sizeof(number), "%zu", line->number);
	put_colored(grep, FMR_GREEN, number);
	put_separator(grep, mark);
}

static void put_text(struct grep *grep, const struct fmr_grep_line *line)
{
	size_t at = 0, length = line->length;
	length -= length && line->bytes[length - 1] == '\r';
	for (size_t i = 0; grep->cli->color && i < line->span_count; i++) {
		const struct fmr_span *span = &line->spans[i];
		fmr_text_escape(&grep->out, line->bytes + at, span->start - at, true);
		fmr_print_color(&grep->out, true, FMR_RED);
		fmr_text_escape(&grep->out, line->bytes + span->start, span->end - span->start, true);
		fmr_print_color(&grep->out, true, FMR_PLAIN);
		at = span->end;
	}
	if (at < length)
		fmr_text_escape(&grep->out, line->bytes + at, length - at, true);
	fmr_str_putc(&grep->out, '\n');
}

static void put_matches(struct grep *grep, const struct fmr_grep_found *found, const struct fmr_grep_line *line)
{
	for (size_t i = 0; i < line->span_count; i++) {
		const struct fmr_span *span = &line->spans[i];
		put_place(grep, found, line);
		fmr_print_color(&grep->out, grep->cli->color, FMR_RED);
		fmr_text_escape(&grep->out, line->bytes + span->start, span->end - span->start, true);
		fmr_print_color(&grep->out, grep->cli->color, FMR_PLAIN);
		fmr_str_putc(&grep->out, '\n');
	}
}

/* ---- one record ---- */

/* What the record is, above its lines: id, title, and the other columns of its type. */
static void put_heading(struct grep *grep, const struct fmr_grep_found *found)
{
	if (grep->told)
		fmr_str_putc(&grep->out, '\n');
	put_colored(grep, FMR_BOLD, name_of(grep, found));
	fmr_str_puts(&grep->out, *found->title ? "  " : "");
	put_colored(grep, FMR_BOLD, found->title);
	for (size_t i = 0; i < found->column_count; i++) {
		fmr_str_puts(&grep->out, i ? ", " : "  (");
		fmr_print_safe(&grep->out, fmr_heading_word(grep->words, found->columns[i].field, found->columns[i].text));
	}
	fmr_str_puts(&grep->out, found->column_count ? ")\n" : "\n");
}

static void put_lines(struct grep *grep, const struct fmr_grep_found *found)
{
	const bool around = grep->search.before || grep->search.after;
	for (size_t i = 0; i < found->line_count; i++) {
		const struct fmr_grep_line *line = &found->lines[i];
		const bool gap = i ? line->number != line[-1].number + 1 : grep->told && !grep->options->heading;
		if (around && gap) {
			put_separator(grep, '-');
			put_separator(grep, '-');
			fmr_str_putc(&grep->out, '\n');
		}
		if (grep->options->only) {
			put_matches(grep, found, line);
			continue;
		}
		put_place(grep, found, line);
		put_text(grep, line);
	}
}

static void put_found(struct grep *grep, const struct fmr_grep_found *found)
{
	const struct options *options = grep->options;
	if (options->with || options->without) {
		put_colored(grep, FMR_BOLD, name_of(grep, found));
		fmr_str_putc(&grep->out, '\n');
	} else if (options->count) {
		put_colored(grep, FMR_BOLD, name_of(grep, found));
		put_separator(grep, ':');
		fmr_str_printf(&grep->out, "%zu\n", found->count);
	} else {
		if (options->heading)
			put_heading(grep, found);
		put_lines(grep, found);
	}
	grep->told = true;
	fwrite(grep->out.bytes, 1, grep->out.length, grep->cli->out);
	fmr_str_clear(&grep->out);
}

/* ---- for programs ---- */

static const char *const line_columns[] = { "id", "path", "field", "line", "text" };
static const char *const record_columns[] = { "id", "path", "count" };

static void open_table(struct grep *grep)
{
	enum fmr_table_format format;
	if (!grep->cli->format || strcmp(grep->cli->format, "text") == 0)
		return;
	fmr_table_format_parse(grep->cli->format, &format);
	const bool lines = grep->search.lines;
	grep->table = fmr_table_new(grep->cli->out, format, lines ? line_columns : record_columns,
		lines ? sizeof(line_columns) / sizeof(*line_columns) : sizeof(record_columns) / sizeof(*record_columns),
		fmr_cli_width(grep->cli), grep->cli->color, false);
}

static void add_line(struct grep *grep, const struct fmr_grep_found *found, const struct fmr_grep_line *line,
	struct fmr_arena *arena, struct fmr_span span)
{
	const char *bytes = line->bytes + span.start, *number = fmr_arena_format(arena, "%zu", line->number);
	const size_t length = span.end - span.start;
	struct fmr_str safe; /* tables hold UTF-8 */
	fmr_str_init(&safe);
	if (fmr_utf8_valid(bytes, length) < length || memchr(bytes, '\0', length))
		fmr_text_escape(&safe, bytes, length, true);
	else
		fmr_str_add(&safe, bytes, length);
	const char *cells[] = { found->id, found->path, line->field, number, safe.bytes };
	const struct fmr_value *values[] = { NULL, NULL, NULL, fmr_value_new_number(arena, number), NULL };
	fmr_table_row(grep->table, cells, values);
	fmr_str_release(&safe);
}

static void add_record(struct grep *grep, const struct fmr_grep_found *found, struct fmr_arena *arena)
{
	const char *number = fmr_arena_format(arena, "%zu", found->count);
	const char *cells[] = { found->id, found->path, number };
	const struct fmr_value *values[] = { NULL, NULL, fmr_value_new_number(arena, number) };
	fmr_table_row(grep->table, cells, values);
}

static void add_rows(struct grep *grep, const struct fmr_grep_found *found)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	if (!grep->search.lines)
		add_record(grep, found, &arena);
	for (size_t i = 0; i < found->line_count; i++) {
		const struct fmr_grep_line *line = &found->lines[i];
		for (size_t j = 0; grep->options->only && j < line->span_count; j++)
			add_line(grep, found, line, &arena, line->spans[j]);
		if (!grep->options->only)
			add_line(grep, found, line, &arena, (struct fmr_span){ 0, line->length });
	}
	fmr_arena_release(&arena);
}

/* ---- the scan ---- */

static void *look(void *context, int thread, const struct fmr_scan_text *text)
{
	struct grep *grep = context;
	if (!grep->workers[thread])
		grep->workers[thread] = fmr_grep_new(&grep->search);
	return fmr_grep_text(grep->workers[thread], text);
}

static bool may_keep(void *context, int thread, const char *bytes, size_t length)
{
	const struct grep *grep = context;
	(void)thread;
	return fmr_grep_may_find(&grep->search, bytes, length);
}

static int take(void *context, void *kept)
{
	struct grep *grep = context;
	struct fmr_grep_found *found = kept;
	const bool wanted = grep->options->without ? !found->count : found->count;
	grep->hard += found->hard;
	grep->records += wanted;
	if (wanted && grep->table)
		add_rows(grep, found);
	else if (wanted && !grep->cli->quiet)
		put_found(grep, found);
	fmr_grep_found_free(found);
	if (grep->hard >= TOO_HARD)
		return FMR_ERR_LIMIT;
	return (wanted && grep->cli->quiet) || ferror(grep->cli->out) ? STOP : 0;
}

static void drop(void *kept)
{
	fmr_grep_found_free(kept);
}

static int too_hard(struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_LIMIT, "%s", _("the pattern needs too many steps on these texts"));
	fmr_err_hint(err, "%s", _("repeat less inside what is repeated, or look for a literal text with -F"));
	return FMR_ERR_LIMIT;
}

static void warn(struct grep *grep, const struct fmr_asked *asked, size_t unread)
{
	if (grep->hard)
		fmr_cli_warn(grep->cli, Q_("%zu line was given up: the pattern needs too many steps there",
			"%zu lines were given up: the pattern needs too many steps there", grep->hard), grep->hard);
	if (asked->query) {
		fmr_asked_warn(grep->cli, asked->index, fmr_query_types(asked->query));
	} else if (unread) {
		fmr_cli_warn(grep->cli, Q_("%zu record cannot be read", "%zu records cannot be read", unread), unread);
		fmr_cli_hint(grep->cli, "fmrec validate");
	}
}

/* types: that have the fields; NULL: all. */
static int scan(struct grep *grep, const struct fmr_asked *asked, const char *const *types, struct fmr_err *err)
{
	struct fmr_scan scan = { .look = look, .take = take, .drop = drop, .may_keep = may_keep, .context = grep,
		.index = asked->index, .types = types, .with_types = grep->search.heading };
	int64_t *keys = NULL;
	size_t unread = 0;
	int result = asked->query ? fmr_query_keys(asked->query, asked->index, &keys, &scan.key_count, err) : 0;
	scan.keys = keys;
	if (!result && (!asked->query || scan.key_count))
		result = fmr_scan_records(grep->cli->book, &scan, &unread, err);
	free(keys);
	for (size_t i = 0; i < FMR_SCAN_THREADS; i++)
		fmr_grep_free(grep->workers[i]);
	if (result == FMR_ERR_LIMIT && grep->hard >= TOO_HARD)
		return too_hard(err);
	if (result < 0)
		return result;
	if (result == STOP) /* the rest was not looked at */
		return FMR_EXIT_OK;
	warn(grep, asked, unread);
	return grep->records ? FMR_EXIT_OK : FMR_EXIT_FINDINGS;
}

/* ---- the command ---- */

static int make_pattern(const struct options *options, const char *first, struct fmr_pattern **out, struct fmr_err *err)
{
	FMR_VEC(struct fmr_text) texts = { 0 };
	for (size_t i = 0; i < options->patterns.count; i++)
		FMR_VEC_PUSH(&texts, ((struct fmr_text){ options->patterns.items[i], strlen(options->patterns.items[i]) }));
	if (!options->patterns.count)
		FMR_VEC_PUSH(&texts, ((struct fmr_text){ first, strlen(first) }));
	const struct fmr_pattern_options how = {
		.kind = options->fixed || options->fold ? FMR_PATTERN_FIXED :
			options->perl           ? FMR_PATTERN_PERL :
			options->extended       ? FMR_PATTERN_EXTENDED :
						  FMR_PATTERN_BASIC,
		.ignore_case = options->ignore_case,
		.word = options->word,
		.fold = options->fold,
	};
	int result = fmr_pattern_new(texts.items, texts.count, &how, out, err);
	FMR_VEC_RELEASE(&texts);
	return result;
}

static int check_usage(struct fmr_cli *cli, const struct options *options, int argc)
{
	if (!argc && !options->patterns.count)
		return fmr_cli_usage(cli, "%s", _("no pattern given"));
	if (options->basic + options->extended + options->fixed + options->perl > 1)
		return fmr_cli_usage(cli, "%s", _("-G, -E, -F and -P exclude each other"));
	if (options->fold && (options->basic || options->extended || options->perl))
		return fmr_cli_usage(cli, "%s", _("--fold looks for words, not for regular expressions"));
	if (options->with && options->without)
		return fmr_cli_usage(cli, "%s", _("-l and -L exclude each other"));
	if (options->most < 0 || options->before < 0 || options->after < 0 || options->context < 0)
		return fmr_cli_usage(cli, "%s", _("numbers of lines are not negative"));
	return 0;
}

static void choose_search(struct grep *grep, const struct fmr_pattern *pattern)
{
	const struct fmr_cli *cli = grep->cli;
	const struct options *options = grep->options;
	struct fmr_grep_options *search = &grep->search;
	const bool names = options->with || options->without || cli->quiet;
	search->pattern = pattern;
	search->invert = options->invert;
	search->all = options->all_match;
	search->none = options->without;
	search->most = (size_t)options->most;
	search->count = options->count && !options->without && !cli->quiet;
	search->lines = !options->count && !names;
	search->places = search->lines && (!options->path || cli->format);
	search->spans = search->lines && (cli->color || options->only);
	search->heading = search->lines && options->heading && !cli->format;
	search->before = (size_t)(options->before ? options->before : options->context);
	search->after = (size_t)(options->after ? options->after : options->context);
	if (options->only || cli->format)
		search->before = search->after = 0;
}

/* A query needs the index; without one it is used where it is at hand. */
static int open_asked(struct fmr_cli *cli, int argc, char **argv, struct fmr_asked *out, struct fmr_err *err)
{
	if (argc)
		return fmr_asked_open(cli, argc, argv, false, out, err);
	*out = (struct fmr_asked){ .index = fmr_index_use(cli) };
	return 0;
}

/* The words make up the query. */
static int search(struct grep *grep, int argc, char **argv, struct fmr_err *err)
{
	struct fmr_arena arena;
	struct fmr_asked asked = { 0 };
	fmr_arena_init(&arena);
	const char *const *fields = fmr_names_split(&arena, &grep->options->fields), *const *types = NULL;
	int result = 0;
	if (fields)
		result = fmr_fields_resolve(grep->cli->book, fields, &arena, &grep->search.fields, &types, err);
	if (!result)
		result = open_asked(grep->cli, argc, argv, &asked, err);
	fmr_str_init(&grep->out);
	if (!result) {
		if (!grep->cli->quiet)
			fmr_cli_page(grep->cli);
		open_table(grep);
		grep->words = grep->search.heading ? fmr_heading_words_new(grep->cli) : NULL;
		result = scan(grep, &asked, types, err);
	}
	fmr_asked_close(&asked);
	if (grep->table)
		fmr_table_end(grep->table);
	fmr_heading_words_free(grep->words);
	fmr_str_release(&grep->out);
	fmr_arena_release(&arena);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	int result = check_usage(cli, options, argc);
	if (result)
		return result;
	const int first = options->patterns.count ? 0 : 1; /* of the query */
	struct fmr_pattern *pattern;
	result = make_pattern(options, argv[0], &pattern, err);
	if (result)
		return result;
	struct grep grep = { .cli = cli, .options = options };
	choose_search(&grep, pattern);
	result = search(&grep, argc - first, argv + first, err);
	fmr_pattern_free(pattern);
	return result;
}

#define FLAG(character, long_name, member, text)                                                                       \
	{                                                                                                              \
		.letter = (character), .name = (long_name), .kind = FMR_OPTION_FLAG, .help = (text),                   \
		.offset = offsetof(struct options, member)                                                             \
	}

static const struct fmr_option option_table[] = {
	{ .letter = 'e', .name = "regexp", .kind = FMR_OPTION_LIST, .argument = N_("pattern"),
		.help = N_("look for this pattern; with several, for any of them"),
		.offset = offsetof(struct options, patterns) },
	FLAG('G', "basic-regexp", basic, N_("patterns are basic regular expressions (the default)")),
	FLAG('E', "extended-regexp", extended, N_("patterns are extended regular expressions")),
	FLAG('P', "perl-regexp", perl, N_("patterns are Perl's regular expressions")),
	FLAG('F', "fixed-strings", fixed, N_("patterns are literal texts")),
	FLAG(0, "fold", fold, N_("patterns are words; case, width and kind of kana make no difference")),
	FLAG('i', "ignore-case", ignore_case, N_("upper and lower case make no difference")),
	FLAG('w', "word-regexp", word, N_("only whole words")),
	FLAG('v', "invert-match", invert, N_("lines that do not match")),
	FLAG(0, "all-match", all_match, N_("only records in which every pattern is found")),
	{ .name = "field", .kind = FMR_OPTION_LIST, .argument = N_("field"), .complete = "field",
		.help = N_("only in the values of this field, by its path or label"),
		.offset = offsetof(struct options, fields) },
	FLAG('l', "files-with-matches", with, N_("only the records in which something is found")),
	FLAG('L', "files-without-match", without, N_("only the records in which nothing is found")),
	FLAG('c', "count", count, N_("only the number of lines of each record")),
	FLAG('o', "only-matching", only, N_("only what matches of each line")),
	FLAG('n', "line-number", line_number, N_("with numbers of lines, as always")),
	FLAG(0, "path", path, N_("paths of files in place of ids and fields")),
	FLAG(0, "heading", heading, N_("what each record is above its lines")),
	{ .letter = 'm', .name = "max-count", .kind = FMR_OPTION_NUMBER, .argument = "n",
		.help = N_("at most n lines of each record"), .offset = offsetof(struct options, most) },
	{ .letter = 'A', .name = "after-context", .kind = FMR_OPTION_NUMBER, .argument = "n",
		.help = N_("n lines behind each one"), .offset = offsetof(struct options, after) },
	{ .letter = 'B', .name = "before-context", .kind = FMR_OPTION_NUMBER, .argument = "n",
		.help = N_("n lines before each one"), .offset = offsetof(struct options, before) },
	{ .letter = 'C', .name = "context", .kind = FMR_OPTION_NUMBER, .argument = "n",
		.help = N_("n lines before and behind each one"), .offset = offsetof(struct options, context) },
	{ 0 },
};

static const char *const synopsis[] = { "[<options>] <pattern> [<query>...]", "[<options>] -e <pattern>... [<query>...]", NULL };
static const char *const formats[] = { "text", "table", "json", "jsonl", "csv", "tsv", "ids", NULL };

const struct fmr_command fmr_command_grep = {
	.name = "grep",
	.group = "read",
	.summary = N_("find the lines of records that match a pattern"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "pattern query",
	.formats = formats,
	.query = true,
	.at = true,
	.run = run,
};
