/*
 * From what a person types to a record: ids in full cost one stat a type;
 * abbreviations cost a walk over the names.
 */
#include "record/private.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>

enum { CANDIDATES = 6, NAMES = 200000 };

static void record_name(const char *path, const char **id, size_t *length)
{
	const char *name = strrchr(path, '/');
	*id = name ? name + 1 : path;
	*length = strlen(*id) - strlen(".yaml");
}

bool fmr_path_is_record(const char *path)
{
	static const char top[] = FMR_RECORDS "/";
	if (strncmp(path, top, strlen(top)) != 0)
		return false;
	const char *part = path + strlen(top), *slash = strchr(part, '/');
	if (!slash || slash == part)
		return false;
	part = slash + 1;
	slash = strchr(part, '/');
	if (slash && (strspn(part, "0123456789") != 4 || slash != part + 4))
		return false;
	if (slash)
		part = slash + 1;
	size_t length = strlen(part);
	return length > 5 && part[0] != '.' && !strchr(part, '/') && strcmp(part + length - 5, ".yaml") == 0;
}

static bool exists(struct fmr_book *book, const char *path)
{
	struct fmr_entry entry;
	return fmr_view_entry(book->view, path, &entry, NULL) == FMR_OK;
}

/* The year in an id: the first four of a run of digits behind a hyphen; NULL when there is none. */
static const char *year_in(const char *id)
{
	for (const char *part = strchr(id, '-'); part; part = strchr(part + 1, '-'))
		if (strspn(part + 1, "0123456789") >= 4)
			return part + 1;
	return NULL;
}

/* Directories are nearly always named as their types: two looks a type, and only the type found is read. */
static bool guess_full(struct fmr_book *book, const char *id, struct fmr_str *path)
{
	const char *year = year_in(id);
	struct fmr_str right;
	fmr_str_init(&right);
	size_t before = path->length;
	bool found = false;
	for (size_t i = 0; !found && i < 2 * book->count; i++) {
		const char *name = book->names[i / 2];
		if (i % 2 && !year)
			continue;
		fmr_str_truncate(path, before);
		fmr_str_printf(path, "%s/%s/%.*s%s%s.yaml", FMR_RECORDS, name, i % 2 ? 4 : 0, year ? year : "",
			i % 2 ? "/" : "", id);
		if (!exists(book, path->bytes + before))
			continue;
		const struct fmr_glance *glance = fmr_book_glance(book, i / 2);
		fmr_str_clear(&right);
		found = glance && fmr_glance_path(glance, id, &right) && strcmp(right.bytes, path->bytes + before) == 0;
	}
	if (!found)
		fmr_str_truncate(path, before);
	fmr_str_release(&right);
	return found;
}

/* The id as it would be in full: one look per type whose pattern it fits. */
static bool find_full(struct fmr_book *book, const char *id, struct fmr_str *path)
{
	if (guess_full(book, id, path))
		return true;
	if (!strchr(id, '-'))
		return false; /* an abbreviation: the walk finds it, and a full id of an unusual pattern as well */
	for (size_t i = 0; i < book->count; i++) {
		const struct fmr_glance *glance = fmr_book_glance(book, i);
		size_t before = path->length;
		if (glance && fmr_glance_path(glance, id, path) && exists(book, path->bytes + before))
			return true;
		fmr_str_truncate(path, before);
	}
	return false;
}

/* ---- abbreviations ---- */

struct search {
	struct fmr_book *book;
	const char *const *types; /* only records of these; NULL: all */
	const char *text;
	size_t length;
	bool loose; /* O is 0, I and L are 1 */
	size_t found;
	size_t whole_count;               /* candidates that end where the text does: they go before the others */
	struct fmr_str paths[CANDIDATES];
};

static char fold(char c, bool loose)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	return !loose ? c : c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

static bool begins(const char *id, size_t length, const struct search *search)
{
	if (length < search->length)
		return false;
	for (size_t i = 0; i < search->length; i++)
		if (fold(id[i], search->loose) != fold(search->text[i], search->loose))
			return false;
	return true;
}

/* 0 no, 1 from the start of the id or of one of its parts, 2 and up to its end */
static int fits(const char *id, size_t length, const struct search *search)
{
	int best = 0;
	for (size_t start = 0; start < length && best < 2; start++)
		if ((start == 0 || id[start - 1] == '-') && begins(id + start, length - start, search))
			best = start + search->length == length ? 2 : 1;
	return best;
}

static bool is_wanted(const struct search *search, const char *path)
{
	const char *directory = path + strlen(FMR_RECORDS "/");
	int slot = search->types ? fmr_book_slot_of_directory(search->book, directory, strcspn(directory, "/")) : -1;
	for (const char *const *type = search->types; type && slot >= 0 && *type; type++)
		if (strcmp(*type, search->book->names[slot]) == 0)
			return true;
	return !search->types;
}

static int look(void *context, const struct fmr_entry *entry)
{
	struct search *search = context;
	const char *id;
	size_t length;
	if (!fmr_path_is_record(entry->path))
		return 0;
	record_name(entry->path, &id, &length);
	int fit = fits(id, length, search);
	if (!fit || !is_wanted(search, entry->path))
		return 0;
	if (fit == 2) {
		if (search->whole_count < CANDIDATES) {
			fmr_str_clear(&search->paths[search->whole_count]);
			fmr_str_puts(&search->paths[search->whole_count], entry->path);
		}
		search->whole_count++;
	} else if (!search->whole_count && search->found < CANDIDATES) {
		fmr_str_puts(&search->paths[search->found], entry->path);
	}
	search->found++;
	return 0;
}

static void add_candidate(struct fmr_book *book, const char *path, struct fmr_str *out)
{
	struct fmr_record record;
	const char *id;
	size_t length;
	record_name(path, &id, &length);
	fmr_str_printf(out, "%s%.*s", out->length ? "\n" : "", (int)length, id);
	if (fmr_record_read(book, path, &record, NULL, NULL) != FMR_OK)
		return;
	const char *title = fmr_record_title(&record);
	size_t fit = fmr_text_fit(title, strlen(title), 40);
	if (fit) {
		fmr_str_puts(out, "  ");
		fmr_text_escape(out, title, fit, false);
	}
	fmr_record_release(&record);
}

static int ambiguous(struct fmr_book *book, const struct search *search, size_t count, struct fmr_err *err)
{
	struct fmr_str list;
	fmr_str_init(&list);
	for (size_t i = 0; i < count && i < CANDIDATES; i++)
		add_candidate(book, search->paths[i].bytes, &list);
	if (count > CANDIDATES)
		fmr_str_puts(&list, "\n...");
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' fits %zu records"), search->text, count);
	fmr_err_hint(err, "%s", list.bytes);
	fmr_str_release(&list);
	return FMR_ERR_AMBIGUOUS;
}

static int abbreviation(struct fmr_book *book, const char *text, const char *const *types, bool loose,
	struct fmr_str *path, struct fmr_err *err)
{
	struct search search = { .book = book, .types = types, .text = text, .length = strlen(text), .loose = loose };
	for (int i = 0; i < CANDIDATES; i++)
		fmr_str_init(&search.paths[i]);
	int code = fmr_view_each(book->view, FMR_RECORDS, look, &search, err);
	size_t count = search.whole_count ? search.whole_count : search.found;
	if (code == FMR_ERR_NOT_FOUND || (!code && !count))
		code = fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s'"), text);
	else if (!code && count > 1)
		code = ambiguous(book, &search, count, err);
	else if (!code)
		fmr_str_puts(path, search.paths[0].bytes);
	for (int i = 0; i < CANDIDATES; i++)
		fmr_str_release(&search.paths[i]);
	return code;
}

/* ---- nothing fits ---- */

struct names {
	struct fmr_arena arena;
	FMR_VEC(const char *) list;
};

static int collect(void *context, const struct fmr_entry *entry)
{
	struct names *names = context;
	const char *id;
	size_t length;
	if (!fmr_path_is_record(entry->path) || names->list.count == NAMES)
		return 0;
	record_name(entry->path, &id, &length);
	FMR_VEC_PUSH(&names->list, fmr_arena_strndup(&names->arena, id, length));
	return 0;
}

/* The id whose last part is nearest to an abbreviation. */
static const char *nearest_part(struct names *names, const char *text)
{
	const char **parts = fmr_arena_zero(&names->arena, names->list.count + 1, sizeof(*parts));
	for (size_t i = 0; i < names->list.count; i++) {
		const char *dash = strrchr(names->list.items[i], '-');
		parts[i] = dash ? dash + 1 : names->list.items[i];
	}
	const char *nearest = fmr_text_nearest(text, parts, names->list.count);
	for (size_t i = 0; nearest && i < names->list.count; i++)
		if (parts[i] == nearest)
			return names->list.items[i];
	return NULL;
}

static void hint_nearest(struct fmr_book *book, const char *text, struct fmr_err *err)
{
	struct names names = { 0 };
	fmr_arena_init(&names.arena);
	fmr_view_each(book->view, FMR_RECORDS, collect, &names, NULL);
	const char *nearest = strchr(text, '-') ? fmr_text_nearest(text, names.list.items, names.list.count) :
						  nearest_part(&names, text);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	FMR_VEC_RELEASE(&names.list);
	fmr_arena_release(&names.arena);
}

/* ---- */

static int find_path(struct fmr_book *book, const char *text, struct fmr_str *id, struct fmr_str *path,
	struct fmr_err *err)
{
	const char *name;
	size_t length;
	while (strncmp(text, "./", 2) == 0)
		text += 2;
	if (!fmr_path_is_record(text) || !exists(book, text))
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no record '%s'"), text);
	record_name(text, &name, &length);
	fmr_str_add(id, name, length);
	fmr_str_puts(path, text);
	return FMR_OK;
}

/* Full-width and lower-case letters as they are in ids; false when the text cannot be part of an id. */
static bool plain_id(const char *text, struct fmr_str *out)
{
	if (strlen(text) > 3 * (size_t)FMR_ID_LENGTH)
		return false;
	fmr_text_nfkc(out, text, strlen(text));
	for (char *p = out->bytes; *p; p++) {
		*p = fold(*p, false);
		if (!((*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '-'))
			return false;
	}
	return out->length > 0 && out->length <= FMR_ID_LENGTH;
}

/* As people copy ids from paper: O for 0, I or L for 1, in the random part only. */
static void mend_look_alikes(struct fmr_str *id)
{
	char *part = strrchr(id->bytes, '-');
	for (char *p = part ? part : id->bytes; *p; p++)
		*p = fold(*p, true);
}

/* The type whose ids look like this, or NULL: a former id is that of a record of the same type. */
static const struct fmr_glance *type_meant(struct fmr_book *book, const char *id)
{
	for (size_t i = 0; strchr(id, '-') && i < book->count; i++) {
		const struct fmr_glance *glance = fmr_book_glance(book, i);
		if (glance && fmr_glance_fits(glance, id))
			return glance;
	}
	return NULL;
}

/* Nothing has this id now: had something?  Whoever does not ask why (err NULL) is not worth the scan. */
static int find_alias(struct fmr_book *book, const char *text, const char *plain, struct fmr_str *path,
	struct fmr_err *err)
{
	if (!err)
		return FMR_ERR_NOT_FOUND;
	int code = fmr_alias_find(book, NULL, text, plain ? type_meant(book, plain) : NULL, path, err);
	if (code == FMR_ERR_NOT_FOUND)
		hint_nearest(book, text, err);
	return code;
}

static int find_id(struct fmr_book *book, struct fmr_str *plain, const char *text, const char *const *types,
	struct fmr_str *path, struct fmr_err *err)
{
	if (find_full(book, plain->bytes, path))
		return FMR_OK;
	int code = abbreviation(book, plain->bytes, types, false, path, err);
	if (code != FMR_ERR_NOT_FOUND)
		return code;
	mend_look_alikes(plain);
	if (find_full(book, plain->bytes, path))
		return FMR_OK;
	code = abbreviation(book, plain->bytes, types, true, path, err);
	return code == FMR_ERR_NOT_FOUND ? find_alias(book, text, plain->bytes, path, err) : code;
}

int fmr_id_find(struct fmr_book *book, const char *text, struct fmr_str *id, struct fmr_str *path,
	struct fmr_err *err)
{
	return fmr_id_find_among(book, text, NULL, id, path, err);
}

int fmr_id_find_among(struct fmr_book *book, const char *text, const char *const *types, struct fmr_str *id,
	struct fmr_str *path, struct fmr_err *err)
{
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	if (strchr(text, '/'))
		return find_path(book, text, id, path, err);
	struct fmr_str plain;
	fmr_str_init(&plain);
	size_t before = path->length;
	code = plain_id(text, &plain) ? find_id(book, &plain, text, types, path, err) : find_alias(book, text, NULL, path, err);
	if (!code) {
		const char *name;
		size_t length;
		record_name(path->bytes + before, &name, &length);
		fmr_str_add(id, name, length);
	}
	fmr_str_release(&plain);
	return code;
}
