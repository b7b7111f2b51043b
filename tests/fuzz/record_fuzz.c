/*
 * A type file and, behind a line "%%%%", the text of a record: neither can
 * make the loader or the judge crash or run long.
 */
#include "base/fs.h"
#include "fmrec/fmrec.h"
#include "record/private.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
	"severity: [{code: S1, label: {en: A, ja: a}}, {code: S2, label: {en: B, ja: b}, until: 2020-01-01}]\n";

static struct fmr_store *store;
static struct fmr_view *view;
static char directory[] = "/tmp/fmrec-fuzz-XXXXXX";

static void clean_up(void)
{
	fmr_view_close(view);
	fmr_store_close(store);
	char *path = fmr_format("%s/.fmrec/config.yaml", directory);
	unlink(path);
	free(path);
	static const char *const parts[] = { "/.fmrec", "/.git/objects", "/.git/refs", "/.git/HEAD", "/.git", "" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		path = fmr_format("%s%s", directory, parts[i]);
		remove(path);
		free(path);
	}
}

/* An empty repository, made by hand: links have somewhere to be looked up. */
static void set_up(void)
{
	static const char head[] = "ref: refs/heads/main\n";
	struct fmr_err err = { 0 };
	int top = mkdtemp(directory) ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (top < 0 || mkdirat(top, ".git", 0777) || mkdirat(top, ".git/objects", 0777) ||
		mkdirat(top, ".git/refs", 0777) ||
		fmr_file_replace(top, ".git/HEAD", NULL, head, strlen(head), 0666, &err) ||
		fmr_file_replace(top, ".fmrec/config.yaml", NULL, config, strlen(config), 0666, &err) ||
		fmr_store_open(directory, &store, &err) ||
		fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	close(top);
	atexit(clean_up);
}

/* A book that holds this one type, as if it had been read from the repository. */
static void shelve(struct fmr_book *book, struct fmr_type *type)
{
	book->listed = true;
	book->count = 1;
	const char **names = fmr_arena_zero(&book->arena, 2, sizeof(*names));
	names[0] = type->name;
	book->names = names;
	book->slots = fmr_alloc_zero(1, sizeof(*book->slots));
	book->slots[0] = (struct fmr_type_slot){ .type = type, .tried = true, .glance = { .taken = true,
		.name = type->name, .directory = type->directory, .prefix = type->prefix, .pattern = type->pattern,
		.shipped_pattern = type->shipped_pattern, .by_year = type->by_year } };
}

static void use_fields(struct fmr_book *book, const struct fmr_type *type, const char *text)
{
	struct fmr_arena arena;
	struct fmr_value *value;
	struct fmr_err err = { 0 };
	fmr_arena_init(&arena);
	for (size_t i = 0; i < type->field_count && i < 50; i++)
		fmr_field_parse(book, &type->fields[i], text, &arena, &value, &err);
	fmr_type_nearest_field(type, "titel");
	fmr_arena_release(&arena);
}

/* What the template says must be YAML, with and without its comments. */
static void use_template(struct fmr_book *book, const struct fmr_type *type, const char *id)
{
	for (int comments = 0; comments < 2; comments++) {
		struct fmr_str text;
		struct fmr_arena arena;
		fmr_str_init(&text);
		fmr_arena_init(&arena);
		struct fmr_findings *findings = fmr_findings_new(1);
		if (fmr_template_write(book, type, id, NULL, FMR_JAPANESE, comments, &text, NULL) == FMR_OK) {
			const struct fmr_source source = { "template", text.bytes, text.length };
			if (!fmr_yaml_read_record(&source, &arena, findings) &&
				fmr_findings_at(findings, 0)->code != FMR_CODE_YAML_DEPTH &&
				fmr_findings_at(findings, 0)->code != FMR_CODE_YAML_SIZE) {
				fprintf(stderr, "%s\n%s\n", fmr_findings_at(findings, 0)->message, text.bytes);
				abort();
			}
		}
		fmr_findings_free(findings);
		fmr_arena_release(&arena);
		fmr_str_release(&text);
	}
}

static void use_type(struct fmr_book *book, struct fmr_type *type, const char *text, size_t length,
	struct fmr_findings *findings)
{
	struct fmr_err err = { 0 };
	char id[FMR_ID_LENGTH + 1];
	shelve(book, type);
	setenv("FMREC_RANDOM_SEED", "1", 1);
	if (fmr_id_make(book, type, "NAME", 1795198320, id, &err) != FMR_OK)
		return;
	struct fmr_str path;
	fmr_str_init(&path);
	if (!fmr_id_path(type, id, &path))
		abort();
	if (fmr_path_is_record(path.bytes)) {
		fmr_check_text(book, path.bytes, text, length, NULL, findings, &err);
		fmr_check_text(book, path.bytes, text, length, type->states[type->state_count - 1].name, findings, &err);
		use_template(book, type, id);
	}
	use_fields(book, type, text);
	fmr_str_release(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%%%\n";
	if (!view)
		set_up();
	char *all = fmr_strndup((const char *)data, size);
	char *text = strstr(all, mark);
	size_t schema_length = text ? (size_t)(text - all) : size;
	text = text ? text + strlen(mark) : all + size;
	struct fmr_book *book;
	struct fmr_findings *findings = fmr_findings_new(1000);
	if (fmr_book_open(view, &book, NULL, NULL) != FMR_OK)
		abort();
	struct fmr_type *type = fmr_type_load("t.yaml", "t", all, schema_length, NULL, findings);
	if (type)
		use_type(book, type, text, (size_t)(all + size - text), findings);
	fmr_book_close(book);
	fmr_findings_free(findings);
	free(all);
	return 0;
}
