#include "cmd/heading.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/dict.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

struct fmr_heading_words {
	struct fmr_cli *cli;
	struct fmr_arena arena;
	struct fmr_dict known;     /* id -> index in titles */
	FMR_VEC(const char *) titles;
};

struct fmr_heading_words *fmr_heading_words_new(struct fmr_cli *cli)
{
	struct fmr_heading_words *words = fmr_alloc_zero(1, sizeof(*words));
	words->cli = cli;
	fmr_arena_init(&words->arena);
	fmr_dict_init(&words->known);
	return words;
}

void fmr_heading_words_free(struct fmr_heading_words *words)
{
	if (!words)
		return;
	FMR_VEC_RELEASE(&words->titles);
	fmr_dict_release(&words->known);
	fmr_arena_release(&words->arena);
	free(words);
}

/* The title of a record; its id when it cannot be read. */
static const char *read_title(struct fmr_heading_words *words, const char *id)
{
	struct fmr_book *book = words->cli->book;
	const struct fmr_type *type;
	struct fmr_record record = { 0 };
	struct fmr_str path;
	fmr_str_init(&path);
	struct fmr_findings *ignored = fmr_findings_new(1);
	const char *title = id;
	if (fmr_book_type_of_id(book, id, &type, NULL) == 0 && fmr_id_path(type, id, &path) &&
		fmr_record_read(book, path.bytes, &record, ignored, NULL) == 0 && *fmr_record_title(&record))
		title = fmr_record_title(&record);
	title = fmr_arena_strdup(&words->arena, title);
	fmr_record_release(&record);
	fmr_findings_free(ignored);
	fmr_str_release(&path);
	return title;
}

static const char *title_of(struct fmr_heading_words *words, const char *id)
{
	size_t number;
	if (fmr_dict_get(&words->known, id, &number))
		return words->titles.items[number];
	fmr_dict_add(&words->known, id, words->titles.count);
	FMR_VEC_PUSH(&words->titles, read_title(words, id));
	return words->titles.items[words->titles.count - 1];
}

const char *fmr_heading_word(struct fmr_heading_words *words, const struct fmr_field *field, const char *text)
{
	if (field && field->kind == FMR_FIELD_LINK)
		return title_of(words, text);
	for (size_t i = 0; field && field->kind == FMR_FIELD_CHOICE && i < field->choice_count; i++)
		if (strcmp(field->choices[i].code, text) == 0)
			return fmr_words_in(&field->choices[i].label, words->cli->language);
	return text;
}
