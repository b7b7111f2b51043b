/*
 * The processes of failure management, and who takes part in them: a file of
 * the repository, else the shipped one.
 */
#include "record/private.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "record/loader.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <stdlib.h>

#define PROCESSES_PATH ".fmrec/raci.yaml"

enum { PROCESSES_SIZE = 1 << 20 };

static int read_text(struct fmr_book *book, struct fmr_arena *arena, struct fmr_source *out, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	out->path = PROCESSES_PATH;
	int code = fmr_view_read(book->view, PROCESSES_PATH, PROCESSES_SIZE, &text, err);
	if (code == FMR_ERR_NOT_FOUND) {
		out->path = fmr_arena_format(arena, "%s/schema/raci.yaml", fmr_data_dir());
		code = fmr_file_read(AT_FDCWD, out->path, PROCESSES_SIZE, false, &text, err);
	}
	if (!code) {
		out->bytes = fmr_arena_strndup(arena, text.bytes, text.length);
		out->length = text.length;
	}
	fmr_str_release(&text);
	return code;
}

static int check_form(const struct fmr_source *source, const struct fmr_value *root, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_schema *schema = NULL;
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir(), .assert_format = true,
		.skip_metaschema = true };
	char *path = fmr_format("%s/schema/raci-form.yaml", fmr_data_dir());
	int code = fmr_schema_compile_file(path, &options, &schema, findings, err);
	if (schema) {
		struct fmr_checker *checker = fmr_checker_new();
		fmr_schema_check(schema, checker, source, root, findings);
		fmr_checker_free(checker);
	}
	fmr_schema_free(schema);
	free(path);
	return code;
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
	const size_t before = fmr_findings_count(findings);
	int code = read_text(book, arena, &source, err);
	if (code)
		return code;
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	code = root ? check_form(&source, root, findings, err) : FMR_OK;
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
