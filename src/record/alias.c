/*
 * Former ids, and other names by which a record is found.  They are looked for
 * only when there is no record of that id, so the scan may take its time.
 */
#include "record/private.h"

#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <string.h>

enum { CANDIDATES = 6 };

struct search {
	struct fmr_book *book;
	struct fmr_str wanted; /* folded */
	struct fmr_str text, folded;
	struct fmr_arena arena;
	struct fmr_str found[CANDIDATES]; /* paths */
	size_t count;
};

/* The name itself, or the last part of a former id. */
static bool is_wanted(struct search *search, const char *alias)
{
	fmr_str_clear(&search->folded);
	fmr_text_fold(&search->folded, alias, strlen(alias));
	if (strcmp(search->folded.bytes, search->wanted.bytes) == 0)
		return true;
	const char *part = strrchr(search->folded.bytes, '-');
	return part && strcmp(part + 1, search->wanted.bytes) == 0;
}

/* Most records have no aliases: only a text that holds the word at the start of a line is parsed. */
static bool has_aliases(const struct fmr_str *text)
{
	static const char key[] = FMR_FIELD_ALIASES;
	for (const char *at = text->bytes; (at = strstr(at, key)); at++)
		if (at == text->bytes || at[-1] == '\n' || at[-1] == '"' || at[-1] == '\'' || at[-1] == '{' || at[-1] == ' ')
			return true;
	return false;
}

static int look(void *context, const struct fmr_entry *entry)
{
	struct search *search = context;
	fmr_str_clear(&search->text);
	if (!fmr_path_is_record(entry->path) || search->count == CANDIDATES ||
		fmr_view_read(search->book->view, entry->path, search->book->record_limit, &search->text, NULL) != FMR_OK ||
		!has_aliases(&search->text))
		return 0;
	fmr_arena_clear(&search->arena);
	struct fmr_findings *ignored = fmr_findings_new(1);
	const struct fmr_source source = { entry->path, search->text.bytes, search->text.length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &search->arena, ignored);
	const struct fmr_value *list = fmr_value_get(root, FMR_FIELD_ALIASES);
	bool found = false;
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count && !found; i++) {
		const char *alias = fmr_value_string(list->list.items[i]);
		found = alias && is_wanted(search, alias);
	}
	if (found)
		fmr_str_puts(&search->found[search->count++], entry->path);
	fmr_findings_free(ignored);
	return 0;
}

static int ambiguous(const struct search *search, const char *text, struct fmr_err *err)
{
	struct fmr_str list;
	fmr_str_init(&list);
	for (size_t i = 0; i < search->count; i++)
		fmr_str_printf(&list, "%s%s", i ? "\n" : "", search->found[i].bytes);
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' is another name of %zu records"), text, search->count);
	fmr_err_hint(err, "%s", list.bytes);
	fmr_str_release(&list);
	return FMR_ERR_AMBIGUOUS;
}

/* The names are at hand (tree) when threads ask, which must not walk the view. */
static int look_at_all(struct search *search, const struct fmr_tree *tree, const char *under, struct fmr_err *err)
{
	size_t length = strlen(under);
	if (!tree)
		return fmr_view_each(search->book->view, under, look, search, err);
	for (size_t i = 0; i < tree->files.count; i++) {
		const struct fmr_entry entry = { .path = fmr_tree_path(tree, i) };
		if (strncmp(entry.path, under, length) == 0 && entry.path[length] == '/')
			look(search, &entry);
	}
	return FMR_OK;
}

int fmr_alias_find(struct fmr_book *book, const struct fmr_tree *tree, const char *text, const struct fmr_glance *type,
	struct fmr_str *path, struct fmr_err *err)
{
	struct search search = { .book = book };
	struct fmr_str *const strings[] = { &search.wanted, &search.text, &search.folded };
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		fmr_str_init(strings[i]);
	for (size_t i = 0; i < CANDIDATES; i++)
		fmr_str_init(&search.found[i]);
	fmr_arena_init(&search.arena);
	fmr_text_fold(&search.wanted, text, strlen(text));
	char *under = type ? fmr_format(FMR_RECORDS "/%s", type->directory) : fmr_strdup(FMR_RECORDS);
	int code = search.wanted.length ? look_at_all(&search, tree, under, err) : FMR_OK;
	if (code == FMR_ERR_NOT_FOUND)
		code = FMR_OK;
	if (!code && search.count > 1)
		code = ambiguous(&search, text, err);
	else if (!code && search.count)
		fmr_str_puts(path, search.found[0].bytes);
	else if (!code)
		code = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s'"), text);
	free(under);
	fmr_arena_release(&search.arena);
	for (size_t i = 0; i < CANDIDATES; i++)
		fmr_str_release(&search.found[i]);
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		fmr_str_release(strings[i]);
	return code;
}
