/*
 * Three-way, by field: the file as it came (base), as the repository has it
 * (ours), as the pack has it now (theirs).  The bases are in the history; see
 * pack.h.  All or nothing: one field in conflict, and no file is written.
 */
#include "cmd/upgrade.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/pack.h"
#include "cmd/upgrade_check.h"
#include "fmrec/history.h"
#include "json/json.h"
#include "record/merge.h"
#include "render/difference.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

#define INIT_SUBJECT "fmrec: init"

enum { SHOWN_BYTES = 160 };

enum fate {
	SAME,     /* both are the same */
	KEPT,     /* only the repository changed it */
	TAKEN,    /* only the pack did */
	MERGED,
	ADDED,
	DELETED,  /* by the repository, and stays so */
	CONFLICT,
};

struct file {
	const struct fmr_pack_file *pack;
	struct fmr_str base, ours, result;
	bool has_base, has_ours, was_here; /* was_here: it came once */
	enum fate fate;
};

struct upgrade {
	struct fmr_cli *cli;
	const struct fmr_upgrade_options *options;
	struct fmr_pack pack;
	struct fmr_origins origins;
	struct fmr_str origins_before, origins_after;
	bool has_origins, cut;           /* cut: the history of this clone does not go back to its beginning */
	FMR_VEC(struct file) files;
	FMR_VEC(struct fmr_change) changes;
	FMR_VEC(struct fmr_str *) texts; /* of changes, owned */
	struct fmr_str conflicts;        /* what is said of them */
	size_t conflict_count;
};

static void release(struct upgrade *upgrade)
{
	for (size_t i = 0; i < upgrade->files.count; i++) {
		fmr_str_release(&upgrade->files.items[i].base);
		fmr_str_release(&upgrade->files.items[i].ours);
		fmr_str_release(&upgrade->files.items[i].result);
	}
	for (size_t i = 0; i < upgrade->changes.count; i++)
		free((char *)upgrade->changes.items[i].path);
	for (size_t i = 0; i < upgrade->texts.count; i++) {
		fmr_str_release(upgrade->texts.items[i]);
		free(upgrade->texts.items[i]);
	}
	FMR_VEC_RELEASE(&upgrade->files);
	FMR_VEC_RELEASE(&upgrade->changes);
	FMR_VEC_RELEASE(&upgrade->texts);
	fmr_str_release(&upgrade->conflicts);
	fmr_str_release(&upgrade->origins_before);
	fmr_str_release(&upgrade->origins_after);
	fmr_origins_release(&upgrade->origins);
	fmr_pack_release(&upgrade->pack);
}

static bool same(const struct fmr_str *a, const struct fmr_str *b)
{
	return a->length == b->length && (!a->length || memcmp(a->bytes, b->bytes, a->length) == 0);
}

static void copy(struct fmr_str *to, const struct fmr_str *from)
{
	fmr_str_clear(to);
	fmr_str_add(to, from->bytes, from->length);
}

/* ---- what the options say of a file or field ---- */

/* The path, the end of it, the name without .yaml, or "all". */
static bool names_file(const char *word, size_t length, const char *path)
{
	const size_t whole = strlen(path);
	const char *name = strrchr(path, '/') + 1;
	if (length == 3 && memcmp(word, "all", 3) == 0)
		return true;
	if (length <= whole && memcmp(path + whole - length, word, length) == 0 &&
		(length == whole || path[whole - length - 1] == '/'))
		return true;
	return strlen(name) == length + strlen(".yaml") && memcmp(name, word, length) == 0;
}

static bool is_at_or_below(const char *field, const char *above)
{
	const size_t length = strlen(above);
	return length && strncmp(field, above, length) == 0 && (!field[length] || field[length] == '.');
}

/* field NULL: is the whole file named? */
static bool is_named(const struct fmr_strings *words, const char *path, const char *field)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i], *colon = strchr(word, ':');
		if (!names_file(word, colon ? (size_t)(colon - word) : strlen(word), path))
			continue;
		if (!colon || (field && is_at_or_below(field, colon + 1)))
			return true;
	}
	return false;
}

static int check_words(const struct upgrade *upgrade, const struct fmr_strings *words, struct fmr_err *err)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		bool known = false;
		for (size_t j = 0; j < upgrade->pack.count; j++)
			known |= names_file(word, strcspn(word, ":"), upgrade->pack.items[j].path);
		if (!known)
			return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the pack has no file '%s'"), word);
	}
	return 0;
}

static enum fmr_merge_favor favor_of(const struct upgrade *upgrade, const char *path, const char *field)
{
	return is_named(upgrade->options->theirs, path, field) ? FMR_FAVOR_THEIRS :
		is_named(upgrade->options->ours, path, field)  ? FMR_FAVOR_OURS :
								 FMR_FAVOR_NONE;
}

/* ---- the three sides ---- */

static int read_sides(struct upgrade *upgrade, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < upgrade->pack.count; i++) {
		struct fmr_pack_file *pack = &upgrade->pack.items[i];
		struct file *file = FMR_VEC_ADD(&upgrade->files);
		*file = (struct file){ .pack = pack };
		fmr_str_init(&file->base);
		fmr_str_init(&file->ours);
		fmr_str_init(&file->result);
		struct fmr_err why = { 0 };
		result = fmr_view_read(upgrade->cli->view, pack->path, FMR_PACK_FILE_LIMIT, &file->ours, &why);
		file->has_ours = !result;
		if (result == FMR_ERR_NOT_FOUND)
			result = 0;
		else if (result)
			*err = why;
		if (file->has_ours && strcmp(pack->path, FMR_PACK_CONFIG) == 0)
			result = fmr_pack_answer_like(&pack->content, &file->ours, err);
	}
	return result;
}

static bool has_id(const struct fmr_str *content, const char *wanted)
{
	char blob[FMR_BLOB_TEXT];
	return fmr_digest_blob(content->bytes, content->length, blob) == 0 && strcmp(blob, wanted) == 0;
}

static int refuse_lost(const struct upgrade *upgrade, const char *path, struct fmr_err *err)
{
	struct fmr_store_oddities oddities = { 0 };
	(void)fmr_store_oddities(upgrade->cli->store, &oddities, NULL);
	fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' as it came with the pack is not in this clone"), path);
	if (oddities.shallow)
		fmr_err_hint(err, _("its history was cut off: git fetch --unshallow"));
	else if (oddities.partial)
		fmr_err_hint(err, _("some contents were left behind: git fetch --refetch --filter=blob:limit=4m"));
	else
		fmr_err_hint(err, _("upgrade in a whole clone"));
	return FMR_ERR_REFUSED;
}

/* Its content by its id: ours or theirs, a copy that was kept, or in the history. */
static int find_by_id(struct upgrade *upgrade, struct file *file, const char *blob, struct fmr_err *err)
{
	const char *path = file->pack->path;
	char *kept = fmr_origins_copy_path(path);
	file->was_here = file->has_base = true;
	if (file->has_ours && has_id(&file->ours, blob))
		copy(&file->base, &file->ours);
	else if (has_id(&file->pack->content, blob))
		copy(&file->base, &file->pack->content);
	else if (fmr_view_read(upgrade->cli->view, kept, FMR_PACK_FILE_LIMIT, &file->base, NULL) || !has_id(&file->base, blob))
		file->has_base = false;
	free(kept);
	if (file->has_base || !file->has_ours)
		return 0;
	fmr_str_clear(&file->base);
	file->has_base = fmr_store_blob(upgrade->cli->store, blob, path, FMR_PACK_FILE_LIMIT, &file->base, NULL) == 0;
	return file->has_base ? 0 : refuse_lost(upgrade, path, err);
}

/* A repository of an older fmrec notes nothing: what `fmrec init` committed is what came. */
static int see_commit(void *context, const struct fmr_history_commit *commit)
{
	struct upgrade *upgrade = context;
	upgrade->cut |= commit->cut;
	if (strncmp(commit->message, INIT_SUBJECT, strlen(INIT_SUBJECT)) != 0)
		return 0;
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct fmr_history_file *found = &commit->files[i];
		for (size_t j = 0; found->mode && j < upgrade->files.count; j++) {
			struct file *file = &upgrade->files.items[j];
			if (file->was_here || strcmp(file->pack->path, found->path) != 0)
				continue;
			file->was_here = true;
			file->has_base = fmr_store_blob(upgrade->cli->store, found->blob, found->path, FMR_PACK_FILE_LIMIT,
				&file->base, NULL) == 0;
		}
	}
	return 0;
}

static int find_bases(struct upgrade *upgrade, struct fmr_err *err)
{
	const char **paths = fmr_alloc_zero(upgrade->files.count + 1, sizeof(*paths));
	size_t count = 0;
	int result = 0;
	for (size_t i = 0; !result && i < upgrade->files.count; i++) {
		struct file *file = &upgrade->files.items[i];
		const char *blob = fmr_origins_find(&upgrade->origins, file->pack->path);
		if (blob)
			result = find_by_id(upgrade, file, blob, err);
		else
			paths[count++] = file->pack->path;
	}
	const struct fmr_history_query query = { .paths = paths, .path_count = count };
	if (!result && count)
		result = fmr_store_history(upgrade->cli->store, &query, see_commit, upgrade, err);
	free(paths);
	return result;
}

/* ---- merging ---- */

static void put_side(struct fmr_str *out, const char *label, const struct fmr_value *value)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (value)
		fmr_json_write(&text, value);
	const bool cut = text.length > SHOWN_BYTES;
	if (cut)
		fmr_str_truncate(&text, fmr_utf8_valid(text.bytes, SHOWN_BYTES));
	fmr_str_printf(out, "    %-8s%s%s\n", label, value ? text.bytes : "-", cut ? "..." : "");
	fmr_str_release(&text);
}

struct asking {
	struct upgrade *upgrade;
	const char *path;
};

static enum fmr_merge_favor settle(void *context, const char *field, const struct fmr_value *const values[3])
{
	const struct asking *asking = context;
	struct upgrade *upgrade = asking->upgrade;
	const enum fmr_merge_favor favor = favor_of(upgrade, asking->path, field);
	if (favor != FMR_FAVOR_NONE)
		return favor;
	upgrade->conflict_count++;
	fmr_str_printf(&upgrade->conflicts, "%s:%s\n", asking->path, field);
	put_side(&upgrade->conflicts, "base", values[0]);
	put_side(&upgrade->conflicts, "ours", values[1]);
	put_side(&upgrade->conflicts, "theirs", values[2]);
	return FMR_FAVOR_NONE;
}

static struct fmr_text text_of(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

/* No field can be told from another: one side or the other. */
static enum fate merge_whole(struct upgrade *upgrade, const char *path)
{
	const enum fmr_merge_favor favor = favor_of(upgrade, path, NULL);
	if (favor != FMR_FAVOR_NONE)
		return favor == FMR_FAVOR_OURS ? KEPT : TAKEN;
	upgrade->conflict_count++;
	fmr_str_printf(&upgrade->conflicts, "%s\n    %s\n", path, _("cannot be merged by field"));
	return CONFLICT;
}

static enum fate merge(struct upgrade *upgrade, struct file *file)
{
	static const char *const keys[] = { "code", "name", "id", "role", "form", "type", "move", "field", NULL };
	struct asking asking = { upgrade, file->pack->path };
	const struct fmr_merge_options options = { .keys = keys, .settle = settle, .context = &asking };
	struct fmr_merge_result result = { 0 };
	const size_t before = upgrade->conflict_count;
	fmr_str_init(&result.fields);
	fmr_merge_texts(&options, text_of(&file->base), text_of(&file->ours), text_of(&file->pack->content), &file->result,
		&result);
	fmr_str_release(&result.fields);
	if (upgrade->conflict_count > before)
		return CONFLICT;
	return result.by_lines || result.conflicts ? merge_whole(upgrade, file->pack->path) : MERGED;
}

static void decide(struct upgrade *upgrade, struct file *file)
{
	const struct fmr_str *theirs = &file->pack->content;
	if (!file->has_ours)
		file->fate = file->was_here && !is_named(upgrade->options->theirs, file->pack->path, NULL) ? DELETED : ADDED;
	else if (same(&file->ours, theirs))
		file->fate = SAME;
	else if (file->has_base && same(&file->base, theirs))
		file->fate = KEPT;
	else if (file->has_base && same(&file->base, &file->ours))
		file->fate = TAKEN;
	else
		file->fate = merge(upgrade, file);
	if (file->fate == MERGED && same(&file->result, &file->ours))
		file->fate = KEPT;
	if (file->fate == ADDED || file->fate == TAKEN)
		copy(&file->result, theirs);
}

/* ---- what is written ---- */

static bool is_written(const struct file *file)
{
	return file->fate == TAKEN || file->fate == MERGED || file->fate == ADDED;
}

static void change(struct upgrade *upgrade, const char *path, const struct fmr_str *text, const struct fmr_str *expected)
{
	FMR_VEC_PUSH(&upgrade->changes, ((struct fmr_change){ fmr_strdup(path), text ? text->bytes : NULL,
		text ? text->length : 0, expected }));
}

/* Is what came nowhere in the repository?  Then a copy is kept, until both are the same again. */
static void keep_copy(struct upgrade *upgrade, const struct file *file)
{
	char *path = fmr_origins_copy_path(file->pack->path);
	struct fmr_str *now = fmr_alloc(sizeof(*now));
	fmr_str_init(now);
	FMR_VEC_PUSH(&upgrade->texts, now);
	const bool there = fmr_view_read(upgrade->cli->view, path, FMR_PACK_FILE_LIMIT, now, NULL) == 0;
	const bool known = file->has_base && same(&file->base, &file->pack->content);
	const bool wanted = file->fate == MERGED || (file->fate == KEPT && !known);
	if (wanted && !(there && same(now, &file->pack->content)))
		change(upgrade, path, &file->pack->content, there ? now : NULL);
	else if (!wanted && there && file->fate != KEPT)
		change(upgrade, path, NULL, now);
	free(path);
}

/* Those that the pack has no more are forgotten, and stay. */
static int note_origins(struct upgrade *upgrade, struct fmr_err *err)
{
	struct fmr_origins now = { 0 };
	int result = 0;
	for (size_t i = 0; !result && i < upgrade->files.count; i++)
		result = fmr_origins_note(&now, upgrade->files.items[i].pack->path, &upgrade->files.items[i].pack->content, err);
	fmr_origins_write(&now, &upgrade->origins_after);
	fmr_origins_release(&now);
	if (!result && !(upgrade->has_origins && same(&upgrade->origins_before, &upgrade->origins_after)))
		change(upgrade, FMR_PACK_ORIGINS, &upgrade->origins_after,
			upgrade->has_origins ? &upgrade->origins_before : NULL);
	return result;
}

static int list_changes(struct upgrade *upgrade, struct fmr_err *err)
{
	for (size_t i = 0; i < upgrade->files.count; i++) {
		struct file *file = &upgrade->files.items[i];
		if (is_written(file))
			change(upgrade, file->pack->path, &file->result, file->has_ours ? &file->ours : NULL);
		keep_copy(upgrade, file);
	}
	return note_origins(upgrade, err);
}

static const char *fate_name(enum fate fate)
{
	return fate == MERGED ? _("merged") : fate == TAKEN ? _("replaced") : fate == ADDED ? _("added") :
		fate == DELETED ? _("left out") : _("kept");
}

/* ---- what is said ---- */

static void put_deltas(const struct upgrade *upgrade, const struct file *file)
{
	struct fmr_cli *cli = upgrade->cli;
	struct fmr_arena arena;
	struct fmr_str text;
	struct fmr_deltas deltas;
	fmr_arena_init(&arena);
	fmr_str_init(&text);
	const struct fmr_deltas_style style = { .reader = { cli->book, cli->language }, .color = cli->color, .brief = true,
		.indent = 4, .width = fmr_cli_width(cli) };
	fmr_deltas_find(NULL, fmr_yaml_read_quietly(file->ours.bytes, file->ours.length, &arena),
		fmr_yaml_read_quietly(file->result.bytes, file->result.length, &arena), &arena, &deltas);
	fmr_render_deltas(&text, &deltas, &style);
	fwrite(text.bytes, 1, text.length, cli->out);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
}

/* In a dry run with what changes in our files, by field. */
static size_t put_files(const struct upgrade *upgrade)
{
	const bool dry = upgrade->options->write->dry_run;
	size_t written = 0;
	for (size_t i = 0; i < upgrade->files.count; i++) {
		const struct file *file = &upgrade->files.items[i];
		const bool deleted = file->fate == DELETED && upgrade->cli->verbose;
		written += is_written(file);
		if (upgrade->cli->quiet || (!is_written(file) && !deleted))
			continue;
		fmr_render_line(upgrade->cli->out, "%s  %s\n", file->pack->path, fate_name(file->fate));
		if (dry && file->has_ours)
			put_deltas(upgrade, file);
	}
	return written;
}

static int refuse_conflicts(const struct upgrade *upgrade)
{
	struct fmr_cli *cli = upgrade->cli;
	fmr_render_line(cli->out, "%s", upgrade->conflicts.bytes);
	fmr_cli_say(cli, Q_("nothing written: %zu field is in conflict", "nothing written: %zu fields are in conflict",
		upgrade->conflict_count), upgrade->conflict_count);
	fmr_cli_hint(cli, _("fmrec schema upgrade --ours FILE:FIELD keeps what is here, --theirs FILE:FIELD takes what the pack "
			    "has; FILE alone: all of the file"));
	if (upgrade->cut)
		fmr_cli_hint(cli, _("its history was cut off: git fetch --unshallow"));
	return FMR_EXIT_FINDINGS;
}

static void write_message(const struct upgrade *upgrade, struct fmr_str *out)
{
	fmr_str_puts(out, "fmrec: schema upgrade\n");
	for (size_t i = 0; i < upgrade->files.count; i++) {
		const struct file *file = &upgrade->files.items[i];
		static const char *const words[] = { [TAKEN] = "replaced", [MERGED] = "merged", [ADDED] = "added" };
		if (is_written(file))
			fmr_str_printf(out, "\n%s %s", words[file->fate], file->pack->path);
	}
}

static int write_changes(struct upgrade *upgrade, struct fmr_commit_result *commit, struct fmr_err *err)
{
	struct fmr_str message;
	fmr_str_init(&message);
	write_message(upgrade, &message);
	int result = upgrade->options->write->dry_run ? 0 :
		fmr_write_apply(upgrade->cli, upgrade->options->write, upgrade->changes.items, upgrade->changes.count,
			message.bytes, commit, err);
	fmr_str_release(&message);
	return result;
}

static int finish(struct upgrade *upgrade, struct fmr_err *err)
{
	struct fmr_cli *cli = upgrade->cli;
	struct fmr_commit_result commit = { 0 };
	struct fmr_upgrade_effect effect = { 0 };
	const size_t written = put_files(upgrade);
	int result = written ?
		fmr_upgrade_check(cli, upgrade->changes.items, upgrade->changes.count, &effect, err) : 0;
	if (!result && effect.broken) {
		fmr_cli_say(cli, _("nothing written: what comes of it could not be used"));
		fmr_cli_hint(cli, _("mend your file, or take that of the pack: fmrec schema upgrade --theirs FILE"));
		return FMR_EXIT_FINDINGS;
	}
	if (!result)
		result = write_changes(upgrade, &commit, err);
	if (result)
		return result;
	struct fmr_str where;
	fmr_str_init(&where);
	fmr_write_where(&where, upgrade->options->write, &commit);
	fmr_cli_say(cli, Q_("%zu file upgraded   %s", "%zu files upgraded   %s", written), written, where.bytes);
	fmr_str_release(&where);
	if (effect.older)
		fmr_cli_hint(cli, _("records follow older forms now; fmrec migrate -n shows what it would rewrite"));
	return effect.faulty ? FMR_EXIT_FINDINGS : FMR_EXIT_OK;
}

static int upgrade_files(struct upgrade *upgrade, struct fmr_err *err)
{
	const struct fmr_upgrade_options *options = upgrade->options;
	struct fmr_view *view = upgrade->cli->view;
	int result = fmr_pack_read(options->pack, &upgrade->pack, err);
	if (!result)
		result = check_words(upgrade, options->ours, err);
	if (!result)
		result = check_words(upgrade, options->theirs, err);
	if (!result)
		result = fmr_origins_read(view, &upgrade->origins, err);
	upgrade->has_origins = fmr_view_read(view, FMR_PACK_ORIGINS, FMR_PACK_FILE_LIMIT, &upgrade->origins_before, NULL) == 0;
	if (!result)
		result = fmr_digest_ready(err);
	if (!result)
		result = read_sides(upgrade, err);
	if (!result)
		result = find_bases(upgrade, err);
	for (size_t i = 0; !result && i < upgrade->files.count; i++)
		decide(upgrade, &upgrade->files.items[i]);
	if (result || upgrade->conflict_count)
		return result ? result : refuse_conflicts(upgrade);
	result = list_changes(upgrade, err);
	if (!result && !upgrade->changes.count) {
		fmr_cli_say(upgrade->cli, _("up to date"));
		return FMR_EXIT_OK;
	}
	return result ? result : finish(upgrade, err);
}

int fmr_schema_upgrade(struct fmr_cli *cli, const struct fmr_upgrade_options *options, struct fmr_err *err)
{
	struct upgrade upgrade = { .cli = cli, .options = options };
	fmr_str_init(&upgrade.conflicts);
	fmr_str_init(&upgrade.origins_before);
	fmr_str_init(&upgrade.origins_after);
	int result = upgrade_files(&upgrade, err);
	release(&upgrade);
	return result;
}
