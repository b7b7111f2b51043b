#include "base/arena.h"
#include "base/clock.h"
#include "base/vec.h"
#include "cmd/assign.h"
#include "cmd/compose.h"
#include "cmd/relation.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <string.h>

enum { TITLE_COLUMNS = 50 };

struct options {
	struct fmr_write_options write;
	const char *note, *on;
	int judged;
};

static const struct fmr_option options_table[] = {
	{ .name = "note", .kind = FMR_OPTION_STRING, .argument = N_("text"), .help = N_("why the two belong together"),
		.offset = offsetof(struct options, note) },
	{ .name = "on", .kind = FMR_OPTION_STRING, .argument = N_("date"), .help = N_("day on which that was judged"),
		.offset = offsetof(struct options, on) },
	{ .name = "judged", .kind = FMR_OPTION_SWITCH,
		.help = N_("note what the other record says now, or with --no-judged do not"),
		.offset = offsetof(struct options, judged) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* ---- what is to be said of the link ---- */

static struct fmr_value *text_value(struct fmr_arena *arena, const char *text)
{
	return fmr_value_new_string(arena, text, strlen(text));
}

static int parse_day(struct fmr_cli *cli, const struct fmr_field *link, const char *typed, struct fmr_arena *arena,
	const char **out, struct fmr_err *err)
{
	for (size_t i = 0; i < link->child_count; i++) {
		struct fmr_value *value;
		if (link->children[i].kind != FMR_FIELD_DATE)
			continue;
		int result = fmr_field_parse(cli->book, &link->children[i], typed, arena, &value, err);
		*out = fmr_value_string(value);
		return result;
	}
	*out = typed;
	return 0;
}

/* Should the link remember what it was judged against? */
static bool is_judged(const struct options *options, const struct fmr_link_rule *rule, const struct fmr_link *old)
{
	if (options->judged)
		return options->judged > 0;
	return old->to ? old->judged != NULL : rule->takes_map && rule->suspicion != FMR_SUSPICION_NONE;
}

static int judge(const struct options *options, const struct fmr_link_place *place, const struct fmr_link *old,
	struct fmr_arena *arena, const char **out, struct fmr_err *err)
{
	char digest[FMR_RECORD_DIGEST];
	*out = NULL;
	if (!is_judged(options, place->field->link, old))
		return 0;
	*out = old->judged;
	if (old->judged && options->judged <= 0)
		return 0; /* what was judged is judged again by relink only, where a reason is asked for */
	int result = fmr_record_digest(place->target->type, place->target->root, digest);
	if (result)
		return fmr_err_set(err, result, _("no digest can be computed"));
	if (old->judged && strcmp(old->judged, digest) != 0) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' is no longer what the link was judged against"), place->target->id);
		fmr_err_hint(err, _("judge it again: fmrec relink %s -m REASON"), place->holder->id);
		return FMR_ERR_REFUSED;
	}
	*out = fmr_arena_strdup(arena, digest);
	return 0;
}

/* The link as it is to stand: the id alone when there is nothing more to say. */
static int build(struct fmr_cli *cli, const struct options *options, const struct fmr_link_place *place,
	const struct fmr_link *old, struct fmr_arena *arena, const struct fmr_value **out, struct fmr_err *err)
{
	const char *note = options->note ? options->note : old->note, *on = old->on, *judged;
	int result = options->on ? parse_day(cli, place->field, options->on, arena, &on, err) : 0;
	if (!result)
		result = judge(options, place, old, arena, &judged, err);
	if (result)
		return result;
	*out = text_value(arena, place->target->id);
	if (!note && !on && !judged)
		return 0;
	if (!place->field->link->takes_map) {
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' holds ids only: nothing can be said of a link there"), place->path);
		fmr_err_hint(err, _("link without --note, --on and --judged"));
		return FMR_ERR_INVALID;
	}
	struct fmr_value *map = fmr_value_new_map(arena);
	const char *const parts[][2] = { { "to", place->target->id }, { "note", note }, { "on", on },
		{ "judged", judged } };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i][1])
			fmr_value_put(arena, map, parts[i][0], text_value(arena, parts[i][1]));
	*out = map;
	return 0;
}

/* ---- writing ---- */

static void report(struct fmr_cli *cli, const struct options *options, const struct fmr_link_place *place,
	const struct fmr_commit_result *commit)
{
	struct fmr_str line;
	fmr_str_init(&line);
	const char *title = fmr_record_title(place->target);
	fmr_str_printf(&line, "%s  %s: + %s", place->holder->id, place->path, place->target->id);
	if (*title) {
		const struct fmr_value text = { .kind = FMR_STRING, .text = { title, strlen(title) } };
		fmr_str_putc(&line, ' ');
		fmr_render_value_short(&line, &text, TITLE_COLUMNS);
	}
	fmr_str_puts(&line, "   ");
	fmr_write_where(&line, &options->write, commit);
	if (!cli->quiet)
		fmr_render_line(cli->out, "%s\n", line.bytes);
	fmr_str_release(&line);
}

static struct fmr_edit edit_of(const struct fmr_link_place *place, const struct fmr_value *value)
{
	return (struct fmr_edit){ place->is_list && !place->item ? FMR_EDIT_APPEND : FMR_EDIT_SET,
		place->item ? place->item : place->path, value, place->holder->type->field_order };
}

static int write_link(struct fmr_cli *cli, const struct options *options, const struct fmr_link_place *place,
	const struct fmr_value *value, struct fmr_err *err)
{
	const struct fmr_record *holder = place->holder;
	const struct fmr_edit edit = edit_of(place, value);
	struct fmr_commit_result commit;
	struct fmr_str message, what;
	bool changed;
	fmr_str_init(&message);
	fmr_str_init(&what);
	fmr_str_printf(&what, "%s %s", place->path, place->target->id);
	fmr_write_subject(&message, "link", holder->id, what.bytes);
	int result = fmr_write_edits(cli, &options->write, holder, &edit, 1, message.bytes, &commit, &changed, err);
	if (!result && changed)
		report(cli, options, place, &commit);
	else if (!result)
		fmr_cli_say(cli, _("%s: linked already"), holder->id);
	fmr_str_release(&what);
	fmr_str_release(&message);
	return result;
}

/* A field for one link must be free, or hold a name that the record takes the place of. */
static int check_free(struct fmr_cli *cli, const struct fmr_link_place *place, struct fmr_err *err)
{
	const char *other = fmr_link_target(fmr_value_at(place->holder->root, place->path));
	const struct fmr_type *type;
	if (place->is_list || place->item || !other)
		return 0;
	if (place->field->link->free_until && fmr_book_type_of_id(cli->book, other, &type, NULL) != 0)
		return 0;
	fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' of %s holds another link, to '%s'"), place->path, place->holder->id, other);
	fmr_err_hint(err, _("take it away first: fmrec unlink %s %s %s"), place->holder->id, place->path, other);
	return FMR_ERR_EXISTS;
}

/* Where the link goes, and as what. */
static int find_link(struct fmr_cli *cli, const struct options *options, const struct fmr_record *a,
	const struct fmr_record *b, const char *word, struct fmr_arena *arena, struct fmr_link_place *place,
	const struct fmr_value **value, struct fmr_err *err)
{
	struct fmr_link old = { 0 };
	int result = strcmp(a->id, b->id) == 0 ? fmr_err_set(err, FMR_ERR_INVALID, _("a record is not linked to itself")) : 0;
	if (!result)
		result = fmr_relation_choose(cli, a, b, word, arena, place, err);
	if (!result)
		result = check_free(cli, place, err);
	if (!result && place->item)
		fmr_link_read(fmr_value_at(place->holder->root, place->item), &old);
	return result ? result : build(cli, options, place, &old, arena, value, err);
}

int fmr_link_compose(struct fmr_cli *cli, const struct fmr_record *a, const char *word, const struct fmr_record *b,
	const char *note, const char *on, const struct fmr_record **holder, struct fmr_str *text, struct fmr_err *err)
{
	const struct options options = { .note = note, .on = on };
	struct fmr_arena arena;
	struct fmr_link_place place;
	const struct fmr_value *value = NULL;
	fmr_arena_init(&arena);
	int result = find_link(cli, &options, a, b, word, &arena, &place, &value, err);
	if (!result) {
		const struct fmr_edit edit = edit_of(&place, value);
		const struct fmr_source source = { place.holder->path, place.holder->text, place.holder->length };
		*holder = place.holder;
		result = fmr_yaml_edit(&source, &edit, 1, text, err);
	}
	fmr_arena_release(&arena);
	return result;
}

static int link_places(struct fmr_cli *cli, const struct options *options, const struct fmr_record *a,
	const struct fmr_record *b, const char *word, struct fmr_err *err)
{
	struct fmr_arena arena;
	struct fmr_link_place place;
	const struct fmr_value *value = NULL;
	fmr_arena_init(&arena);
	int result = find_link(cli, options, a, b, word, &arena, &place, &value, err);
	if (!result)
		result = write_link(cli, options, &place, value, err);
	fmr_arena_release(&arena);
	return result;
}

static int link_records(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	struct fmr_record a = { 0 }, b = { 0 };
	(void)argc;
	int result = fmr_write_open(cli, argv[0], &a, err);
	if (!result)
		result = fmr_write_open(cli, argv[2], &b, err);
	if (!result)
		result = link_places(cli, options, &a, &b, argv[1], err);
	fmr_record_release(&b);
	fmr_record_release(&a);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 3)
		return fmr_cli_usage(cli, _("name a record, the link, and the other record"));
	return fmr_write_locked(cli, &options->write, link_records, given, argc, argv, err);
}

static const char *const synopsis[] = { "[<options>] <id> <link> <id>", NULL };

const struct fmr_command fmr_command_link = {
	.name = "link",
	.group = "write",
	.summary = N_("link two records"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id relation id",
	.run = run,
};
