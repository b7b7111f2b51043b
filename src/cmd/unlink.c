#include "base/arena.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "cmd/relation.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <string.h>

struct options {
	struct fmr_write_options write;
};

static const struct fmr_option options_table[] = {
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* ---- the links that are there ---- */

struct found {
	const struct fmr_record *holder;
	const char *path, *to;
};

struct search {
	struct fmr_arena *arena;
	const struct fmr_record *holder;
	const char *to, *word; /* word NULL: whatever it is called */
	bool inverse;
	FMR_VEC(struct found) found;
};

static int see_link(void *context, const struct fmr_link *link)
{
	struct search *search = context;
	struct fmr_str path;
	if (strcmp(link->to, search->to) != 0)
		return 0;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	if (!search->word || fmr_relation_is_called(search->holder->type, path.bytes, link->field, search->word,
				     search->inverse)) {
		const struct found found = { search->holder, fmr_arena_strdup(search->arena, path.bytes),
			fmr_arena_strdup(search->arena, link->to) };
		FMR_VEC_PUSH(&search->found, found);
	}
	fmr_str_release(&path);
	return 0;
}

static void search_in(struct search *search, const struct fmr_record *holder, const char *to, bool inverse)
{
	search->holder = holder;
	search->to = to;
	search->inverse = inverse;
	fmr_links_each(holder->type, holder->root, see_link, search);
}

/* In a, then in b (which may have gone: its root is NULL then), each by its own names and by those of the other side. */
static void search_both(struct search *search, const struct fmr_record *a, const struct fmr_record *b)
{
	search_in(search, a, b->id, false);
	if (b->root && (search->found.count == 0 || !search->word))
		search_in(search, b, a->id, search->word != NULL);
	if (search->word && search->found.count == 0)
		search_in(search, a, b->id, true);
	if (search->word && search->found.count == 0 && b->root)
		search_in(search, b, a->id, false);
}

/* ---- taking one away ---- */

/* A list goes with its last link, and a map with its last field. */
static const char *whole_of(struct fmr_arena *arena, const struct fmr_value *root, const char *path)
{
	for (const char *dot; (dot = strrchr(path, '.'));) {
		const char *above = fmr_arena_strndup(arena, path, (size_t)(dot - path));
		const struct fmr_value *value = fmr_value_at(root, above);
		if (!value || (value->kind == FMR_LIST ? value->list.count : value->map.count) != 1)
			break;
		path = above;
	}
	return path;
}

static void report(struct fmr_cli *cli, const struct options *options, const struct found *found,
	const struct fmr_commit_result *commit)
{
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_printf(&line, "%s  %s: - %s   ", found->holder->id, found->path, found->to);
	fmr_write_where(&line, &options->write, commit);
	if (!cli->quiet)
		fmr_render_line(cli->out, "%s\n", line.bytes);
	fmr_str_release(&line);
}

static int take_away(struct fmr_cli *cli, const struct options *options, const struct found *found,
	struct fmr_arena *arena, struct fmr_err *err)
{
	const struct fmr_record *holder = found->holder;
	const struct fmr_edit edit = { FMR_EDIT_REMOVE, whole_of(arena, holder->root, found->path), NULL,
		holder->type->field_order };
	struct fmr_commit_result commit;
	struct fmr_str message, what;
	bool changed;
	fmr_str_init(&message);
	fmr_str_init(&what);
	fmr_str_printf(&what, "%s %s", found->path, found->to);
	fmr_write_subject(&message, "unlink", holder->id, what.bytes);
	int result = fmr_write_edits(cli, &options->write, holder, &edit, 1, message.bytes, &commit, &changed, err);
	if (!result && changed)
		report(cli, options, found, &commit);
	fmr_str_release(&what);
	fmr_str_release(&message);
	return result;
}

static int refuse_ambiguous(const struct search *search, struct fmr_err *err)
{
	struct fmr_str list;
	fmr_str_init(&list);
	for (size_t i = 0; i < search->found.count; i++)
		fmr_str_printf(&list, "%s%s  (%s)", i ? "\n" : "", search->found.items[i].path,
			search->found.items[i].holder->id);
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("the two are linked %zu times: name one link by its path"),
		search->found.count);
	fmr_err_hint(err, "%s", list.bytes);
	fmr_str_release(&list);
	return FMR_ERR_AMBIGUOUS;
}

static bool is_exact(const struct search *search, const struct found *found)
{
	return search->word && strcmp(found->path, search->word) == 0;
}

static int unlink_found(struct fmr_cli *cli, const struct options *options, struct search *search, const char *a,
	const char *b, struct fmr_err *err)
{
	for (size_t i = 0; i < search->found.count; i++)
		if (is_exact(search, &search->found.items[i]))
			return take_away(cli, options, &search->found.items[i], search->arena, err);
	if (search->found.count > 1)
		return refuse_ambiguous(search, err);
	if (search->found.count)
		return take_away(cli, options, &search->found.items[0], search->arena, err);
	fmr_cli_say(cli, _("%s and %s are not linked so"), a, b);
	return 0;
}

/* The other record; when there is none, its id as it was typed, so that a dangling link can be taken away. */
static int open_other(struct fmr_cli *cli, const char *typed, struct fmr_record *out, struct fmr_err *err)
{
	struct fmr_err why = { 0 };
	int result = fmr_write_open(cli, typed, out, &why);
	if (result == FMR_ERR_NOT_FOUND) {
		*out = (struct fmr_record){ .id = typed };
		return 0;
	}
	if (result && err)
		*err = why;
	return result;
}

static int unlink_records(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_record a = { 0 }, b = { 0 };
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct search search = { .arena = &arena, .word = argc == 3 ? argv[1] : NULL };
	int result = fmr_write_open(cli, argv[0], &a, err);
	if (!result)
		result = open_other(cli, argv[argc - 1], &b, err);
	if (!result) {
		search_both(&search, &a, &b);
		result = unlink_found(cli, options, &search, a.id, b.id, err);
	}
	FMR_VEC_RELEASE(&search.found);
	fmr_record_release(&b);
	fmr_record_release(&a);
	fmr_arena_release(&arena);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 2 && argc != 3)
		return fmr_cli_usage(cli, _("name two records, and between them the link when there are several"));
	return fmr_write_locked(cli, &options->write, unlink_records, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> [<link>] <id>", NULL };

const struct fmr_command fmr_command_unlink = {
	.name = "unlink",
	.group = "write",
	.summary = N_("take a link between two records away"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id relation id",
	.run = run,
};
