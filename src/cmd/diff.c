#include "base/alloc.h"
#include "base/arena.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "fmrec/history.h"
#include "render/commit.h"
#include "render/difference.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

struct options {
	bool staged, exit_code;
};

/* One side: a state of all records, and of one record its name there. */
struct side {
	struct fmr_named named;
	bool record; /* named.id and path are of a record */
	bool open;
};

struct diff {
	struct fmr_cli *cli;
	const struct options *options;
	struct side sides[2];
	struct fmr_arena arena;
	FMR_VEC(const char *) paths; /* that may differ */
	size_t shown;
	bool json;
};

/* ---- sides ---- */

static int open_view(struct diff *diff, struct side *side, enum fmr_view_kind kind, const char *revision,
	struct fmr_err *err)
{
	side->open = true;
	side->named = (struct fmr_named){ .own = true, .revision = revision };
	fmr_str_init(&side->named.id);
	fmr_str_init(&side->named.path);
	int result = fmr_view_open(diff->cli->store, kind, revision, &side->named.view, err);
	return result ? result : fmr_book_open(side->named.view, &side->named.book, NULL, err);
}

/* What is to be compared when a side is not named: HEAD with the work tree, or with what is staged. */
static int open_default(struct diff *diff, size_t side, struct fmr_err *err)
{
	if (side == 0)
		return open_view(diff, &diff->sides[0], FMR_VIEW_COMMIT, "HEAD", err);
	if (diff->options->staged)
		return open_view(diff, &diff->sides[1], FMR_VIEW_STAGED, NULL, err);
	bool bare = !fmr_store_work_tree(diff->cli->store);
	return open_view(diff, &diff->sides[1], bare ? FMR_VIEW_COMMIT : FMR_VIEW_WORK_TREE, bare ? "HEAD" : NULL, err);
}

/* A record is looked for first: nobody gives a branch the name of one. */
static int open_operand(struct diff *diff, struct side *side, const char *typed, struct fmr_err *err)
{
	int result = fmr_names_open(diff->cli, typed, &side->named, err);
	side->open = side->record = true;
	if (result != FMR_ERR_NOT_FOUND || strchr(typed, '@'))
		return result;
	struct side revision = { 0 };
	if (open_view(diff, &revision, FMR_VIEW_COMMIT, typed, NULL) == 0) {
		fmr_names_close(&side->named);
		*side = revision;
		return 0;
	}
	fmr_names_close(&revision.named);
	return result;
}

static void take_name(struct side *to, const struct side *from)
{
	to->record = true;
	fmr_str_puts(&to->named.id, from->named.id.bytes);
	fmr_str_puts(&to->named.path, from->named.path.bytes);
}

/* The same record at the other side, where it may have had another id. */
static void find_other(struct diff *diff, size_t known)
{
	struct side *to = &diff->sides[!known];
	const struct side *from = &diff->sides[known];
	struct fmr_entry entry;
	struct fmr_err unknown = { 0 }; /* only who asks why is told of former names */
	to->record = true;
	if (fmr_view_entry(to->named.view, from->named.path.bytes, &entry, NULL) == 0)
		take_name(to, from);
	else if (fmr_names_former(from->named.book, from->named.path.bytes, &to->named) != 0 &&
		fmr_id_find(to->named.book, from->named.id.bytes, &to->named.id, &to->named.path, &unknown) != 0)
		take_name(to, from);
}

/* ID alone: what became of it since HEAD. */
static int open_since_head(struct diff *diff, struct fmr_err *err)
{
	struct side record = diff->sides[0];
	diff->sides[0] = (struct side){ 0 };
	int result = open_default(diff, 0, err);
	if (!result && diff->options->staged)
		result = open_default(diff, 1, err);
	else
		diff->sides[1] = record;
	if (!result && diff->options->staged)
		take_name(&diff->sides[1], &record);
	if (diff->options->staged)
		fmr_names_close(&record.named);
	if (!result)
		find_other(diff, 1);
	return result;
}

/* One that is gone from the work tree is known by what HEAD has. */
static int open_gone(struct diff *diff, const char *typed)
{
	static const char head[] = "HEAD";
	struct fmr_named *named = &diff->sides[0].named;
	char *at_head = fmr_format("%s@%s", typed, head);
	fmr_names_close(named);
	int result = fmr_names_open(diff->cli, at_head, named, NULL);
	named->revision = head; /* it was borrowed from what goes now */
	free(at_head);
	return result;
}

static int open_sides(struct diff *diff, int argc, char **argv, struct fmr_err *err)
{
	int result = argc ? open_operand(diff, &diff->sides[0], argv[0], err) : open_default(diff, 0, err);
	if (result == FMR_ERR_NOT_FOUND && argc == 1 && !strchr(argv[0], '@') && open_gone(diff, argv[0]) == 0)
		result = 0;
	if (result)
		return result;
	if (argc == 1 && diff->sides[0].record && !diff->sides[0].named.revision)
		return open_since_head(diff, err);
	result = argc > 1 ? open_operand(diff, &diff->sides[1], argv[1], err) : open_default(diff, 1, err);
	if (!result && diff->sides[0].record != diff->sides[1].record)
		find_other(diff, diff->sides[0].record ? 0 : 1);
	return result;
}

/* ---- for people ---- */

static void put_side(struct fmr_str *out, const struct side *side)
{
	switch (fmr_view_kind(side->named.view)) {
	case FMR_VIEW_WORK_TREE:
	case FMR_VIEW_OVERLAY:
		fmr_str_puts(out, _("work tree"));
		break;
	case FMR_VIEW_STAGED:
		fmr_str_puts(out, _("staged"));
		break;
	case FMR_VIEW_COMMIT:
		fmr_print_safe(out, side->named.revision);
		fmr_str_printf(out, "%s%.*s", side->named.revision ? " " : "", FMR_COMMIT_DIGITS,
			fmr_view_name(side->named.view));
		break;
	}
}

/* "INC-... Title   4be91c7 → work tree" */
static void put_heading(const struct diff *diff, const struct fmr_record both[2], struct fmr_str *out)
{
	const struct fmr_record *before = &both[0], *after = &both[1], *shown = after->id ? after : before;
	const bool color = diff->cli->color;
	fmr_print_color(out, color, FMR_BOLD);
	if (before->id && after->id && strcmp(before->id, after->id) != 0) {
		fmr_print_safe(out, before->id);
		fmr_str_puts(out, " → ");
	}
	fmr_print_safe(out, shown->id);
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_puts(out, "  ");
	if (shown->root) {
		fmr_print_safe(out, fmr_record_title(shown));
		fmr_str_puts(out, "  ");
	}
	fmr_print_color(out, color, FMR_DIM);
	fmr_str_putc(out, '(');
	put_side(out, &diff->sides[0]);
	fmr_str_puts(out, " → ");
	put_side(out, &diff->sides[1]);
	fmr_str_puts(out, ")");
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_putc(out, '\n');
}

static bool is_broken(const struct fmr_record *record)
{
	return record->id && !record->root;
}

static void put_note(struct fmr_str *out, const char *sign, const char *text)
{
	fmr_str_printf(out, "    %s %s\n", sign, text);
}

static void put_text(const struct diff *diff, const struct fmr_record both[2], const struct fmr_deltas *deltas,
	struct fmr_str *out)
{
	struct fmr_cli *cli = diff->cli;
	const struct fmr_record *before = &both[0], *after = &both[1];
	const struct fmr_deltas_style style = { { diff->sides[after->id ? 1 : 0].named.book, cli->language },
		after->id ? after->type : before->type, cli->color, false, 4, fmr_cli_width(cli) };
	put_heading(diff, both, out);
	for (size_t i = 0; i < 2; i++)
		if (is_broken(&both[i]))
			put_note(out, "!", i ? _("the text cannot be read as a record (fmrec validate)")
					     : _("the text before cannot be read as a record"));
	if (is_broken(before) || is_broken(after)) {
		fmr_str_putc(out, '\n');
	} else if (!after->id) {
		put_note(out, "-", _("the record was removed"));
	} else if (!before->id && !cli->verbose) {
		put_note(out, "+", _("a new record"));
		fmr_render_delta_names(out, deltas, &style);
	} else if (!deltas->count) {
		put_note(out, "=", _("only layout, comments or line ends"));
	} else {
		fmr_render_deltas(out, deltas, &style);
	}
}

/* ---- for programs ---- */

static void put_side_json(struct fmr_str *out, bool *first, const char *name, const struct side *side,
	const struct fmr_record *record)
{
	bool first_member = true;
	fmr_print_key(out, first, name);
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first_member, "state", fmr_view_name(side->named.view));
	fmr_print_member(out, &first_member, "id", record->id);
	fmr_print_member(out, &first_member, "path", record->path);
	fmr_str_putc(out, '}');
}

static const char *event_of(const struct fmr_record both[2], const struct fmr_deltas *deltas)
{
	for (size_t i = 0; i < 2; i++)
		if (is_broken(&both[i]))
			return "broken";
	return !both[0].id ? "created" : !both[1].id ? "removed" : deltas->count ? "changed" : "restyled";
}

static void put_json(const struct diff *diff, const struct fmr_record both[2], const struct fmr_deltas *deltas,
	struct fmr_str *out)
{
	bool first = true;
	fmr_str_puts(out, diff->shown ? ",\n{" : "[\n{");
	fmr_print_member(out, &first, "id", both[1].id ? both[1].id : both[0].id);
	fmr_print_member(out, &first, "event", event_of(both, deltas));
	put_side_json(out, &first, "from", &diff->sides[0], &both[0]);
	put_side_json(out, &first, "to", &diff->sides[1], &both[1]);
	fmr_print_key(out, &first, "changes");
	fmr_render_deltas_json(out, deltas);
	fmr_str_putc(out, '}');
}

/* ---- one record ---- */

/* Absent is no error here. */
static int read_side(struct fmr_book *book, const char *path, struct fmr_record *out, struct fmr_err *err)
{
	struct fmr_err why = { 0 };
	int result = fmr_record_read(book, path, out, NULL, &why);
	if (result == FMR_ERR_NOT_FOUND)
		return 0;
	if (result && err)
		*err = why;
	return result;
}

static bool same_text(const struct fmr_record both[2])
{
	return both[0].id && both[1].id && both[0].length == both[1].length &&
		memcmp(both[0].text, both[1].text, both[0].length) == 0;
}

static int compare(struct diff *diff, const char *const paths[2], struct fmr_err *err)
{
	struct fmr_record both[2] = { 0 };
	struct fmr_arena arena;
	struct fmr_deltas deltas = { 0 };
	struct fmr_str out;
	fmr_arena_init(&arena);
	fmr_str_init(&out);
	int result = 0;
	for (size_t i = 0; i < 2 && !result; i++)
		result = read_side(diff->sides[i].named.book, paths[i], &both[i], err);
	if (!result && (both[0].id || both[1].id) && !same_text(both)) {
		const struct fmr_type *type = both[1].id ? both[1].type : both[0].type;
		fmr_deltas_find(type, both[0].root, both[1].root, &arena, &deltas);
		if (diff->json) {
			put_json(diff, both, &deltas, &out);
		} else {
			fmr_str_puts(&out, diff->shown ? "\n" : "");
			put_text(diff, both, &deltas, &out);
		}
		diff->shown++;
		fwrite(out.bytes, 1, out.length, diff->cli->out);
		if (!diff->json && (is_broken(&both[0]) || is_broken(&both[1])))
			fmr_render_diff(diff->cli->out, both[1].id ? both[1].path : both[0].path,
				(struct fmr_render_side){ both[0].text, both[0].length },
				(struct fmr_render_side){ both[1].text, both[1].length }, diff->cli->color);
	}
	for (size_t i = 0; i < 2; i++)
		fmr_record_release(&both[i]);
	fmr_str_release(&out);
	fmr_arena_release(&arena);
	return result;
}

/* ---- all records ---- */

static int add_path(void *context, enum fmr_difference difference, const char *path)
{
	struct diff *diff = context;
	const struct fmr_type *type;
	struct fmr_text id;
	(void)difference;
	if (fmr_names_record(diff->sides[1].named.book, path, &type, &id) ||
		fmr_names_record(diff->sides[0].named.book, path, &type, &id))
		FMR_VEC_PUSH(&diff->paths, fmr_arena_strdup(&diff->arena, path));
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* From the commit on the left over HEAD and the index to the work tree, as far as the right side lies. */
static int collect(struct diff *diff, struct fmr_err *err)
{
	struct fmr_store *store = diff->cli->store;
	const struct fmr_view *before = diff->sides[0].named.view, *after = diff->sides[1].named.view;
	const enum fmr_view_kind kind = fmr_view_kind(after);
	const char *to = kind == FMR_VIEW_COMMIT ? fmr_view_name(after) : "HEAD";
	int result = fmr_store_between(store, fmr_view_name(before), to, "records", add_path, diff, err);
	if (!result && kind != FMR_VIEW_COMMIT)
		result = fmr_store_staged(store, "records", add_path, diff, err);
	if (!result && kind == FMR_VIEW_WORK_TREE)
		result = fmr_store_unstaged(store, "records", add_path, diff, err);
	return result;
}

static void sort_paths(struct diff *diff)
{
	size_t kept = 0;
	if (diff->paths.count)
		qsort(diff->paths.items, diff->paths.count, sizeof(*diff->paths.items), by_path);
	for (size_t i = 0; i < diff->paths.count; i++)
		if (kept == 0 || strcmp(diff->paths.items[i], diff->paths.items[kept - 1]) != 0)
			diff->paths.items[kept++] = diff->paths.items[i];
	diff->paths.count = kept;
}

/* Where the record of a path lay before: elsewhere when it has another id since. */
static const char *path_before(struct diff *diff, const char *path)
{
	const struct fmr_named *before = &diff->sides[0].named, *after = &diff->sides[1].named;
	struct fmr_named former = { .view = before->view, .book = before->book };
	struct fmr_entry entry;
	const char *found = path;
	if (fmr_view_entry(before->view, path, &entry, NULL) == 0)
		return path;
	fmr_str_init(&former.id);
	fmr_str_init(&former.path);
	if (fmr_names_former(after->book, path, &former) == 0 &&
		fmr_view_entry(after->view, former.path.bytes, &entry, NULL) != 0)
		found = fmr_arena_strdup(&diff->arena, former.path.bytes);
	fmr_names_close(&former);
	return found;
}

/* A record that was renumbered is one difference, not one gone and one new. */
static int compare_all(struct diff *diff, struct fmr_err *err)
{
	int result = collect(diff, err);
	sort_paths(diff);
	const size_t count = diff->paths.count;
	const char **before = fmr_alloc_zero(count + 1, sizeof(*before));
	bool *moved = fmr_alloc_zero(count + 1, sizeof(*moved));
	for (size_t i = 0; !result && i < count; i++) {
		before[i] = path_before(diff, diff->paths.items[i]);
		const char *const *old = before[i] == diff->paths.items[i] ? NULL :
			bsearch(&before[i], diff->paths.items, count, sizeof(*before), by_path);
		if (old)
			moved[old - diff->paths.items] = true;
	}
	for (size_t i = 0; !result && i < count; i++)
		if (!moved[i])
			result = compare(diff, (const char *const[2]){ before[i], diff->paths.items[i] }, err);
	free(before);
	free(moved);
	return result;
}

/* ---- the command ---- */

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	struct diff diff = { .cli = cli, .options = given, .json = cli->format && strcmp(cli->format, "json") == 0 };
	if (argc > 2)
		return fmr_cli_usage(cli, "%s", _("there are two sides to compare, not more"));
	if (diff.options->staged && argc > 1)
		return fmr_cli_usage(cli, "%s", _("--staged is one of the two sides: name one other at most"));
	fmr_arena_init(&diff.arena);
	int result = open_sides(&diff, argc, argv, err);
	if (!result)
		fmr_cli_page(cli);
	if (!result && diff.sides[0].record) {
		const char *const paths[2] = { diff.sides[0].named.path.bytes, diff.sides[1].named.path.bytes };
		result = compare(&diff, paths, err);
	} else if (!result) {
		result = compare_all(&diff, err);
	}
	if (!result && diff.json)
		fputs(diff.shown ? "\n]\n" : "[]\n", cli->out);
	for (size_t i = 0; i < 2; i++)
		if (diff.sides[i].open)
			fmr_names_close(&diff.sides[i].named);
	FMR_VEC_RELEASE(&diff.paths);
	fmr_arena_release(&diff.arena);
	return result ? result : diff.options->exit_code && diff.shown ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] [<revision> [<revision>]]",
	"[<options>] <id>[@<revision>] [<id>[@<revision>]]", NULL };
static const struct fmr_option option_table[] = {
	{ .name = "staged",
		.kind = FMR_OPTION_FLAG,
		.help = N_("compare with what is staged, not with the work tree"),
		.offset = offsetof(struct options, staged) },
	{ .name = "exit-code",
		.kind = FMR_OPTION_FLAG,
		.help = N_("exit with 1 when there are differences"),
		.offset = offsetof(struct options, exit_code) },
	{ 0 },
};

const struct fmr_command fmr_command_diff = {
	.name = "diff",
	.group = "read",
	.summary = N_("compare records by field"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "id",
	.formats = formats,
	.run = run,
};
