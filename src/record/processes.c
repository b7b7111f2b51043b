/*
 * The processes of failure management, and who takes part in them: a file of
 * the repository's own, else its catalogue of processes, else the shipped one.
 */
#include "record/private.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "record/loader.h"
#include "yaml/yaml.h"

#include <fcntl.h>

#define OWN_PATH ".fmrec/raci.yaml"
#define CATALOGUE_NAME "/processes.yaml"

enum { PROCESSES_SIZE = 1 << 20 };

/* catalogue: is it one, and not the organisation's own file? */
static int read_text(struct fmr_book *book, struct fmr_arena *arena, struct fmr_source *out, bool *catalogue,
	struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	out->path = OWN_PATH;
	int code = fmr_view_read(book->view, out->path, PROCESSES_SIZE, &text, err);
	*catalogue = code == FMR_ERR_NOT_FOUND;
	if (*catalogue) {
		out->path = FMR_CATALOGUE_DIRECTORY CATALOGUE_NAME;
		code = fmr_view_read(book->view, out->path, PROCESSES_SIZE, &text, err);
	}
	if (code == FMR_ERR_NOT_FOUND) {
		out->path = fmr_arena_format(arena, "%s/schema/catalogue" CATALOGUE_NAME, fmr_data_dir());
		code = fmr_file_read(AT_FDCWD, out->path, PROCESSES_SIZE, false, &text, err);
	}
	if (!code) {
		out->bytes = fmr_arena_strndup(arena, text.bytes, text.length);
		out->length = text.length;
	}
	fmr_str_release(&text);
	return code;
}

/* ---- a catalogue in the form of the organisation's own file; values keep their places in the text ---- */

static struct fmr_value *borrow(const struct fmr_value *value)
{
	return (struct fmr_value *)(uintptr_t)value;
}

static void put_value(struct fmr_arena *arena, struct fmr_value *map, const char *key, const struct fmr_value *value)
{
	if (value)
		fmr_value_put(arena, map, key, borrow(value));
}

static const struct fmr_value *label_of_group(const struct fmr_value *groups, const char *code)
{
	for (size_t i = 0; code && groups && groups->kind == FMR_LIST && i < groups->list.count; i++)
		if (fmr_value_is(fmr_value_get(groups->list.items[i], "code"), code))
			return fmr_value_get(groups->list.items[i], "label");
	return NULL;
}

static struct fmr_value *process_of_entry(struct fmr_arena *arena, const struct fmr_value *groups,
	const struct fmr_value *entry)
{
	const struct fmr_value *values = fmr_value_get(entry, "values");
	struct fmr_value *process = fmr_value_new_map(arena);
	process->span = entry->span;
	put_value(arena, process, "name", fmr_value_get(entry, "code"));
	put_value(arena, process, "label", fmr_value_get(entry, "label"));
	put_value(arena, process, "phase", label_of_group(groups, fmr_value_string(fmr_value_get(entry, "group"))));
	put_value(arena, process, "requirement", fmr_value_at(entry, "requirement.0"));
	for (size_t i = 0; values && values->kind == FMR_MAP && i < values->map.count; i++)
		put_value(arena, process, values->map.members[i].key.bytes, values->map.members[i].value);
	return process;
}

static const struct fmr_value *processes_of(struct fmr_arena *arena, const struct fmr_value *catalogue)
{
	const struct fmr_value *entries = fmr_value_get(catalogue, "entries");
	struct fmr_value *root = fmr_value_new_map(arena), *list = fmr_value_new_list(arena);
	root->span = list->span = catalogue->span;
	for (size_t i = 0; entries && entries->kind == FMR_LIST && i < entries->list.count; i++)
		fmr_value_append(arena, list, process_of_entry(arena, fmr_value_get(catalogue, "groups"), entries->list.items[i]));
	fmr_value_put(arena, root, "processes", list);
	return root;
}

/* ---- what was checked becomes processes ---- */

static void read_shares(struct fmr_arena *arena, const struct fmr_value *roles, struct fmr_process *process)
{
	struct fmr_process_share *shares = fmr_arena_zero(arena, roles->map.count + 1, sizeof(*shares));
	for (size_t i = 0; i < roles->map.count; i++) {
		const struct fmr_member *member = &roles->map.members[i];
		shares[i] = (struct fmr_process_share){ .role = member->key.bytes,
			.share = fmr_load_word(member->value, "share"), .does = fmr_load_words(member->value, "does") };
	}
	process->shares = shares;
	process->share_count = roles->map.count;
}

static void read_process(struct fmr_arena *arena, const struct fmr_value *map, struct fmr_process *process)
{
	*process = (struct fmr_process){ .name = fmr_load_word(map, "name"), .label = fmr_load_words(map, "label"),
		.phase = fmr_load_words(map, "phase"), .output = fmr_load_words(map, "output"),
		.requirement = fmr_load_word(map, "requirement"),
		.signs = fmr_load_strings(arena, fmr_value_get(map, "signs")) };
	read_shares(arena, fmr_value_get(map, "roles"), process);
}

int fmr_book_processes(struct fmr_book *book, struct fmr_arena *arena, const struct fmr_process **out, size_t *count,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_source source = { 0 };
	bool catalogue;
	const size_t before = fmr_findings_count(findings);
	int code = read_text(book, arena, &source, &catalogue, err);
	if (code)
		return code;
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	if (root && catalogue)
		root = processes_of(arena, root);
	code = root ? fmr_shipped_check(NULL, "raci-form", &source, root, findings, err) : FMR_OK;
	if (!code && fmr_findings_count(findings) > before)
		code = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is wrong"), source.path);
	if (code)
		return code;
	const struct fmr_value *list = fmr_value_get(root, "processes");
	struct fmr_process *processes = fmr_arena_zero(arena, list->list.count, sizeof(*processes));
	for (size_t i = 0; i < list->list.count; i++)
		read_process(arena, list->list.items[i], &processes[i]);
	*out = processes;
	*count = list->list.count;
	return FMR_OK;
}
