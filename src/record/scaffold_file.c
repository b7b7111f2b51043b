#include "record/scaffold_file.h"

#include "base/i18n.h"
#include "base/text.h"
#include "record/loader.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is read becomes steps and specs ---- */

static size_t length_of(const struct fmr_value *list)
{
	return list && list->kind == FMR_LIST ? list->list.count : 0;
}

static const struct fmr_type *type_of(struct fmr_book *book, const char *name)
{
	const struct fmr_type *type;
	return name && book && fmr_book_type(book, name, &type, NULL, NULL) == 0 ? type : NULL;
}

static struct fmr_scaffold_spec read_spec(struct fmr_book *book, const struct fmr_scaffold_step *step,
	const struct fmr_value *value)
{
	const struct fmr_value *each = fmr_value_get(value, "each");
	struct fmr_scaffold_spec spec = { .step = step, .type_name = fmr_load_word(value, "type"),
		.as = fmr_load_word(value, "as"), .id = fmr_load_word(value, "id"), .fields = fmr_value_get(value, "fields"),
		.decide = fmr_value_get(value, "decide"), .value = value };
	spec.type = type_of(book, spec.type_name);
	if (each && each->kind == FMR_MAP)
		spec.each[spec.each_count++] = each;
	for (size_t i = 0; i < length_of(each) && i < FMR_SCAFFOLD_EACH; i++)
		spec.each[spec.each_count++] = each->list.items[i];
	return spec;
}

/* What a step does not say itself its entry in the catalogue says. */
static void read_step(struct fmr_arena *arena, const struct fmr_value *value, const struct fmr_catalogue *catalogue,
	struct fmr_scaffold_step *step)
{
	*step = (struct fmr_scaffold_step){ .name = fmr_load_word(value, "name"), .label = fmr_load_words(value, "label"),
		.requirements = fmr_load_strings(arena, fmr_value_get(value, "requirement")),
		.decide = fmr_value_get(value, "decide") };
	for (size_t i = 0; step->name && catalogue && i < catalogue->count; i++) {
		const struct fmr_catalogue_entry *entry = &catalogue->entries[i];
		if (strcmp(entry->choice.code, step->name) != 0)
			continue;
		if (!fmr_value_get(value, "label"))
			step->label = entry->choice.label;
		if (!*step->requirements)
			step->requirements = entry->requirements;
	}
}

void fmr_scaffold_file_read(struct fmr_scaffold_file *file, struct fmr_book *book)
{
	const struct fmr_value *list = fmr_value_get(file->root, "steps");
	const char *name = fmr_load_word(file->root, "catalogue");
	const struct fmr_catalogue *catalogue = NULL;
	struct fmr_scaffold_step *steps = fmr_arena_zero(&file->arena, length_of(list) + 1, sizeof(*steps));
	size_t count = 0;
	if (name && book)
		fmr_book_catalogue(book, name, &catalogue, NULL, NULL);
	for (size_t i = 0; i < length_of(list); i++)
		count += length_of(fmr_value_get(list->list.items[i], "records"));
	struct fmr_scaffold_spec *specs = fmr_arena_zero(&file->arena, count + 1, sizeof(*specs));
	for (size_t i = 0; i < length_of(list); i++) {
		const struct fmr_value *records = fmr_value_get(list->list.items[i], "records");
		read_step(&file->arena, list->list.items[i], catalogue, &steps[i]);
		for (size_t j = 0; j < length_of(records); j++)
			specs[file->spec_count++] = read_spec(book, &steps[i], records->list.items[j]);
	}
	file->steps = steps;
	file->step_count = length_of(list);
	file->specs = specs;
}

/* ---- the file ---- */

static int no_such(struct fmr_book *book, const char *name, struct fmr_err *err)
{
	const char *const *names;
	size_t count;
	int code = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no scaffold '%s'"), name);
	const char *nearest = err && fmr_book_names(book, FMR_SCAFFOLD_DIRECTORY, false, &names, &count, NULL) == 0 ?
		fmr_text_nearest(name, names, count) : NULL;
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	return code;
}

int fmr_scaffold_file_load(struct fmr_scaffold_file *file, struct fmr_book *book, const char *name,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_str text;
	*file = (struct fmr_scaffold_file){ 0 };
	fmr_arena_init(&file->arena);
	fmr_str_init(&text);
	file->source.path = fmr_arena_format(&file->arena, "%s/%s.yaml", FMR_SCAFFOLD_DIRECTORY, name);
	int code = strchr(name, '/') ? FMR_ERR_NOT_FOUND :
		fmr_view_read(book->view, file->source.path, FMR_SCAFFOLD_SIZE, &text, err);
	if (code == FMR_ERR_NOT_FOUND)
		code = no_such(book, name, err);
	if (!code) {
		file->source.bytes = fmr_arena_strndup(&file->arena, text.bytes, text.length);
		file->source.length = text.length;
		file->root = fmr_yaml_read_record(&file->source, &file->arena, findings);
	}
	if (file->root)
		fmr_scaffold_file_read(file, book);
	fmr_str_release(&text);
	return code;
}

void fmr_scaffold_file_release(struct fmr_scaffold_file *file)
{
	fmr_arena_release(&file->arena);
}
