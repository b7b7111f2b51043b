#include "cmd/asked.h"

#include "base/i18n.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN = 5 };

static void show_progress(void *context, size_t done, size_t total)
{
	fmr_progress_show(context, done, total);
}

int fmr_asked_index(struct fmr_cli *cli, bool trust, struct fmr_index **out, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(cli, _("reading records"));
	const struct fmr_index_options options = {
		.trust = trust, .progress = show_progress, .progress_context = progress };
	int result = fmr_index_open(cli->book, &options, out, NULL, err);
	fmr_progress_end(progress);
	return result;
}

static int read_words(struct fmr_book *book, int argc, char **argv, struct fmr_query **out, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	for (int i = 0; i < argc; i++)
		fmr_str_printf(&text, "%s%s", i ? " " : "", argv[i]);
	int result = fmr_query_new(book, text.bytes, out, err);
	fmr_str_release(&text);
	return result;
}

int fmr_asked_open(struct fmr_cli *cli, int argc, char **argv, bool trust, struct fmr_asked *out, struct fmr_err *err)
{
	*out = (struct fmr_asked){ 0 };
	int result = read_words(cli->book, argc, argv, &out->query, err);
	return result ? result : fmr_asked_index(cli, trust, &out->index, err);
}

void fmr_asked_close(struct fmr_asked *asked)
{
	fmr_index_close(asked->index);
	fmr_query_free(asked->query);
	*asked = (struct fmr_asked){ 0 };
}

bool fmr_asked_is_query(int argc, char **argv)
{
	static const char *const signs[] = { ":", "=", "<", ">", "：", "＝", "＜", "＞" };
	for (int i = 0; i < argc; i++) {
		struct stat status;
		for (size_t j = 0; j < sizeof(signs) / sizeof(*signs); j++)
			if (strstr(argv[i], signs[j]) && stat(argv[i], &status) != 0)
				return true;
	}
	return false;
}

int fmr_asked_each_path(struct fmr_cli *cli, int argc, char **argv, fmr_asked_path_visit *visit, void *context,
	struct fmr_err *err)
{
	static const struct fmr_query_column path = { .name = "path" };
	const struct fmr_query_select select = { .columns = &path, .column_count = 1 };
	enum { PATH = 2 }; /* behind key and type */
	struct fmr_asked asked;
	struct fmr_rows *rows = NULL;
	int result = fmr_asked_open(cli, argc, argv, false, &asked, err);
	if (!result)
		result = fmr_query_rows(asked.query, asked.index, &select, &rows, err);
	while (!result && (result = fmr_rows_next(rows, err)) == 1)
		result = visit(context, fmr_rows_text(rows, PATH, NULL));
	fmr_rows_free(rows);
	if (!result)
		fmr_asked_warn(cli, asked.index, fmr_query_types(asked.query));
	fmr_asked_close(&asked);
	return result;
}

const char *const *fmr_asked_columns(struct fmr_cli *cli, struct fmr_arena *arena, const char *const *columns)
{
	size_t count = 0;
	bool shown = !cli->states;
	for (; columns[count]; count++)
		shown = shown || strcmp(columns[count], "state") == 0;
	if (shown || !count || strcmp(columns[0], "id") != 0)
		return columns;
	const char **all = fmr_arena_zero(arena, count + 2, sizeof(*all));
	all[0] = columns[0];
	all[1] = "state";
	memcpy(all + 2, columns + 1, (count - 1) * sizeof(*all));
	return all;
}

static bool is_among(const char *type, const char *const *types)
{
	for (; type && types && *types; types++)
		if (strcmp(*types, type) == 0)
			return true;
	return !type || !types;
}

void fmr_asked_warn(struct fmr_cli *cli, struct fmr_index *index, const char *const *types)
{
	struct fmr_rows *rows;
	struct fmr_str paths;
	size_t count = 0;
	if (fmr_index_prepare(index, "SELECT path, type FROM unreadable ORDER BY path", &rows, NULL))
		return;
	fmr_str_init(&paths);
	while (fmr_rows_next(rows, NULL) == 1) {
		const char *path = fmr_rows_text(rows, 0, NULL);
		if (!is_among(fmr_rows_text(rows, 1, NULL), types))
			continue;
		if (count++ < SHOWN)
			fmr_str_printf(&paths, "%s\n", path);
	}
	if (count) {
		fmr_cli_warn(cli, Q_("%zu record cannot be read", "%zu records cannot be read", count), count);
		fmr_cli_hint(cli, "%s%sfmrec validate", paths.bytes, count > SHOWN ? "...\n" : "");
	}
	fmr_str_release(&paths);
	fmr_rows_free(rows);
}
