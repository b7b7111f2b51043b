#include "store/history.h"

#include "base/i18n.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 7, MOST_PARENTS = 1024 };

void fmr_history_begin(struct history_reader *reader, fmr_history_visit *visit, void *context)
{
	*reader = (struct history_reader){ .visit = visit, .context = context };
	fmr_arena_init(&reader->arena);
}

void fmr_history_release(struct history_reader *reader)
{
	FMR_VEC_RELEASE(&reader->files);
	FMR_VEC_RELEASE(&reader->parents);
	fmr_arena_release(&reader->arena);
}

static int not_understood(struct fmr_err *err)
{
	return fmr_err_set(err, FMR_ERR_GIT, "%s", _("git's history cannot be understood"));
}

/* ---- the fields of a commit ---- */

static bool is_id(const char *text)
{
	return strspn(text, "0123456789abcdef") == 40 && !text[40];
}

/* "1795198320 +0900" */
static void read_time(const char *text, struct fmr_history_commit *commit)
{
	char *end;
	commit->written = strtoll(text, &end, 10);
	long zone = strtol(end, NULL, 10);
	if (zone >= -9959 && zone <= 9959)
		commit->written_offset = (int)(zone / 100 * 60 + zone % 100);
}

static bool read_parents(struct history_reader *reader, char *text)
{
	while (*text) {
		if (strspn(text, "0123456789abcdef") != 40 || (text[40] && text[40] != ' ') ||
			reader->parents.count == MOST_PARENTS)
			return false;
		FMR_VEC_PUSH(&reader->parents, text);
		text += 40;
		if (*text)
			*text++ = '\0';
	}
	return true;
}

static bool read_field(struct history_reader *reader, char *text)
{
	struct fmr_history_commit *commit = &reader->commit;
	switch (reader->fields++) {
	case 0:
		commit->id = text + 1;
		return *text == '\1' && is_id(commit->id);
	case 1:
		return read_parents(reader, text);
	case 2:
		commit->author = text;
		return true;
	case 3:
		commit->email = text;
		return true;
	case 4:
		read_time(text, commit);
		return true;
	case 5:
		commit->committed = strtoll(text, NULL, 10);
		return true;
	default:
		commit->message = text;
		return true;
	}
}

/* ---- its files ---- */

/* ":100644 100644 <id> <id> M"; of a merge as many colons as parents, and a mode, an id and a letter more for each */
static bool read_header(struct history_reader *reader, const char *at)
{
	size_t parents = strspn(at, ":");
	struct fmr_history_file file = { .difference = FMR_MODIFIED };
	if (parents > MOST_PARENTS)
		return false;
	at += parents;
	for (size_t i = 0; i <= parents; i++)
		if (!fmr_raw_mode(&at, &file.mode))
			return false;
	for (size_t i = 0; i <= parents; i++)
		if (!fmr_raw_id(&at, file.blob))
			return false;
	if (*at == 'A')
		file.difference = FMR_ADDED;
	if (!file.mode) {
		file.difference = FMR_DELETED;
		file.blob[0] = '\0';
	}
	FMR_VEC_PUSH(&reader->files, file);
	return *at != '\0';
}

/* ---- */

static int tell(struct history_reader *reader)
{
	struct fmr_history_commit *commit = &reader->commit;
	commit->parents = reader->parents.items;
	commit->parent_count = reader->parents.count;
	commit->files = reader->files.items;
	commit->file_count = reader->files.count;
	int result = reader->visit(reader->context, commit);
	fmr_arena_clear(&reader->arena);
	*commit = (struct fmr_history_commit){ 0 };
	reader->files.count = reader->parents.count = 0;
	reader->fields = 0;
	return result;
}

int fmr_history_word(struct history_reader *reader, const char *word, size_t length, struct fmr_err *err)
{
	if (reader->wants_path) {
		reader->wants_path = false;
		reader->files.items[reader->files.count - 1].path = fmr_arena_strndup(&reader->arena, word, length);
		return length ? 0 : not_understood(err);
	}
	if (reader->fields == 0 || reader->fields == FIELDS) /* git separates the parts by line ends */
		while (length && *word == '\n') {
			word++;
			length--;
		}
	int result = 0;
	if (reader->fields == FIELDS) {
		if (!length)
			return 0;
		if (*word == ':') {
			reader->wants_path = true;
			return read_header(reader, word) ? 0 : not_understood(err);
		}
		result = tell(reader);
	}
	if (result == 0 && !read_field(reader, fmr_arena_strndup(&reader->arena, word, length)))
		result = not_understood(err);
	return result;
}

int fmr_history_end(struct history_reader *reader, struct fmr_err *err)
{
	if (reader->wants_path || (reader->fields && reader->fields < FIELDS))
		return not_understood(err);
	return reader->fields ? tell(reader) : 0;
}
