/*
 * The index visits texts by keys, in the order in which they lie in it, and tells names by SQL, which costs more than
 * searching the text.  So: first all texts, to find those of which something may be kept; then the names of these, in
 * their order; then these again, some at a time, so that what is kept does not grow with the corpus.
 */
#include "search/scan_index.h"

#include "base/str.h"
#include "base/vec.h"
#include "record/private.h"

#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 4096, /* texts of which something is kept at a time */
	MANY = 2000,  /* names that are asked for one by one; beyond, all of them are cheaper */
};

struct keys {
	int64_t *items;
	size_t count, capacity;
};

struct scanning {
	struct fmr_book *book;
	const struct fmr_scan *scan;
	struct fmr_err *err;
	struct keys found[FMR_INDEX_THREADS]; /* what may be kept, by thread */
};

/* ---- names ---- */

static const char all_names[] = "SELECT key, id, path, type FROM record UNION ALL SELECT key, id, path, type FROM unreadable";
static const char one_name[] = "SELECT key, id, path, type FROM record WHERE key = ?1 "
	"UNION ALL SELECT key, id, path, type FROM unreadable WHERE key = ?1";
static const char names_of_type[] = "SELECT key, id, path, type FROM record WHERE type = ?1 "
	"UNION ALL SELECT key, id, path, type FROM unreadable WHERE type = ?1";

static int add_row(struct fmr_book *book, struct fmr_rows *rows, bool with_types, struct fmr_scan_list *list,
	struct fmr_err *err)
{
	const char *path = fmr_rows_text(rows, 2, NULL), *name = fmr_rows_text(rows, 3, NULL);
	struct fmr_scan_item item = { fmr_arena_strdup(&list->arena, path), NULL, fmr_rows_integer(rows, 0) };
	const int code = with_types && name ? fmr_book_type(book, name, &item.type, NULL, err) : 0;
	FMR_VEC_PUSH(list, item);
	return code == FMR_ERR_INVALID || code == FMR_ERR_NOT_FOUND ? 0 : code; /* a type with faults */
}

static int by_key(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Rows whose keys are among these (sorted; NULL: any) are added. */
static int add_rows(struct fmr_book *book, struct fmr_rows *rows, bool with_types, const struct keys *among,
	struct fmr_scan_list *list, struct fmr_err *err)
{
	int code;
	while ((code = fmr_rows_next(rows, err)) > 0) {
		const int64_t key = fmr_rows_integer(rows, 0);
		if (!among || bsearch(&key, among->items, among->count, sizeof(key), by_key))
			code = add_row(book, rows, with_types, list, err);
		else
			code = 0;
		if (code)
			break;
	}
	return code;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct fmr_scan_item *)a)->path, ((const struct fmr_scan_item *)b)->path);
}

static void sort(struct fmr_scan_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_path);
}

int scan_index_list(struct fmr_book *book, struct fmr_index *index, const char *const *types, bool with_types,
	struct fmr_scan_list *out, struct fmr_err *err)
{
	struct fmr_rows *rows;
	int code = fmr_index_prepare(index, types ? names_of_type : all_names, &rows, err);
	if (code)
		return code;
	if (!types)
		code = add_rows(book, rows, with_types, NULL, out, err);
	for (; types && *types && !code; types++) {
		fmr_rows_bind_text(rows, 1, *types, strlen(*types));
		code = add_rows(book, rows, with_types, NULL, out, err);
		fmr_rows_again(rows);
	}
	fmr_rows_free(rows);
	sort(out);
	return code;
}

/* The names of the records with these keys. */
static int name_keys(const struct scanning *s, struct keys *keys, struct fmr_scan_list *out)
{
	struct fmr_rows *rows;
	const bool many = keys->count > MANY;
	if (!keys->count)
		return 0;
	int code = fmr_index_prepare(s->scan->index, many ? all_names : one_name, &rows, s->err);
	if (code)
		return code;
	if (many) {
		qsort(keys->items, keys->count, sizeof(*keys->items), by_key);
		code = add_rows(s->book, rows, s->scan->with_types, keys, out, s->err);
	}
	for (size_t i = 0; !many && i < keys->count && !code; i++) {
		fmr_rows_bind_integer(rows, 1, keys->items[i]);
		code = add_rows(s->book, rows, s->scan->with_types, NULL, out, s->err);
		fmr_rows_again(rows);
	}
	fmr_rows_free(rows);
	sort(out);
	return code;
}

/* ---- what may be kept ---- */

static int ask(void *context, int thread, int64_t key, const char *text, size_t length)
{
	struct scanning *s = context;
	if (!length || s->scan->may_keep(s->scan->context, thread, text, length))
		FMR_VEC_PUSH(&s->found[thread], key);
	return 0;
}

/* Of these (NULL: all). */
static int ask_all(struct scanning *s, const struct keys *among, struct keys *found)
{
	const int code = among && !among->count ? 0 :
						  fmr_index_scan(s->scan->index, among ? among->items : NULL,
							  among ? among->count : 0, ask, s, s->err);
	for (size_t i = 0; i < FMR_INDEX_THREADS; i++) {
		for (size_t j = 0; j < s->found[i].count; j++)
			FMR_VEC_PUSH(found, s->found[i].items[j]);
		FMR_VEC_RELEASE(&s->found[i]);
	}
	return code;
}

/* The keys that are asked for, when not all are. */
static int asked_keys(struct scanning *s, struct keys *out)
{
	const struct fmr_scan *scan = s->scan;
	for (size_t i = 0; scan->keys && i < scan->key_count; i++)
		FMR_VEC_PUSH(out, scan->keys[i]);
	if (scan->keys)
		return 0;
	struct fmr_scan_list typed = { 0 };
	fmr_arena_init(&typed.arena);
	const int code = scan_index_list(s->book, scan->index, scan->types, false, &typed, s->err);
	for (size_t i = 0; i < typed.count; i++)
		FMR_VEC_PUSH(out, typed.items[i].key);
	fmr_scan_list_release(&typed);
	return code;
}

/* The records to look at, in the order of their paths. */
static int choose(struct scanning *s, struct fmr_scan_list *out)
{
	const struct fmr_scan *scan = s->scan;
	const bool some = scan->keys || scan->types;
	struct keys asked = { 0 }, found = { 0 };
	if (!some && !scan->may_keep)
		return scan_index_list(s->book, scan->index, NULL, scan->with_types, out, s->err);
	int code = some ? asked_keys(s, &asked) : 0;
	if (!code && scan->may_keep)
		code = ask_all(s, some ? &asked : NULL, &found);
	if (!code)
		code = name_keys(s, scan->may_keep ? &found : &asked, out);
	FMR_VEC_RELEASE(&asked);
	FMR_VEC_RELEASE(&found);
	return code;
}

/* ---- looking ---- */

struct place {
	int64_t key; /* first, for by_key */
	size_t item;
};

struct batch {
	const struct fmr_book *book;
	const struct fmr_scan *scan;
	const struct fmr_scan_item *items;
	size_t count;
	struct place places[BATCH]; /* by key */
	void *kept[BATCH];
	struct {
		struct fmr_str id, text; /* the index has no NUL behind a text */
		size_t unread;
	} desks[FMR_INDEX_THREADS];
};

_Static_assert((int)FMR_INDEX_THREADS <= (int)FMR_SCAN_THREADS, "who looks counts threads");

/* The index has no text of what is too large or no ordinary file, as it has none of an empty file. */
static bool is_empty(struct batch *batch, int thread, const char *path)
{
	struct fmr_str *text = &batch->desks[thread].text;
	const int code = fmr_view_read(batch->book->view, path, batch->book->record_limit, text, NULL);
	batch->desks[thread].unread += code && code != FMR_ERR_NOT_FOUND;
	return !code;
}

static int look(void *context, int thread, int64_t key, const char *bytes, size_t length)
{
	struct batch *batch = context;
	const struct place *place = bsearch(&key, batch->places, batch->count, sizeof(*place), by_key);
	if (!place)
		return 0;
	const struct fmr_scan_item *item = &batch->items[place->item];
	const char *name = strrchr(item->path, '/') + 1;
	struct fmr_str *id = &batch->desks[thread].id, *text = &batch->desks[thread].text;
	fmr_str_clear(id);
	fmr_str_add(id, name, strlen(name) - strlen(".yaml"));
	fmr_str_clear(text);
	fmr_str_add(text, bytes, length);
	if (!length && !is_empty(batch, thread, item->path))
		return 0;
	const struct fmr_scan_text looked = { item->path, id->bytes, item->type, text->bytes, text->length };
	batch->kept[place->item] = batch->scan->look(batch->scan->context, thread, &looked);
	return 0;
}

static int take_batch(struct batch *batch)
{
	int code = 0;
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->kept[i] && !code)
			code = batch->scan->take(batch->scan->context, batch->kept[i]);
		else if (batch->kept[i])
			batch->scan->drop(batch->kept[i]);
	}
	return code;
}

static int look_at(const struct scanning *s, const struct fmr_scan_item *items, size_t count, size_t *unread)
{
	struct batch *batch = fmr_alloc_zero(1, sizeof(*batch));
	for (size_t i = 0; i < FMR_INDEX_THREADS; i++) {
		fmr_str_init(&batch->desks[i].id);
		fmr_str_init(&batch->desks[i].text);
	}
	int64_t *keys = fmr_alloc_zero(count, sizeof(*keys));
	batch->book = s->book;
	batch->scan = s->scan;
	batch->items = items;
	batch->count = count;
	for (size_t i = 0; i < count; i++) {
		keys[i] = items[i].key;
		batch->places[i] = (struct place){ items[i].key, i };
	}
	qsort(batch->places, count, sizeof(*batch->places), by_key);
	int code = fmr_index_scan(s->scan->index, keys, count, look, batch, s->err);
	const int taken = take_batch(batch);
	for (size_t i = 0; i < FMR_INDEX_THREADS; i++) {
		fmr_str_release(&batch->desks[i].id);
		fmr_str_release(&batch->desks[i].text);
		*unread += batch->desks[i].unread;
	}
	free(keys);
	free(batch);
	return code ? code : taken;
}

int scan_index_records(struct fmr_book *book, const struct fmr_scan *scan, size_t *unread, struct fmr_err *err)
{
	struct scanning s = { .book = book, .scan = scan, .err = err };
	struct fmr_scan_list list = { 0 };
	fmr_arena_init(&list.arena);
	*unread = 0;
	int code = scan->items ? 0 : choose(&s, &list);
	const struct fmr_scan_item *items = scan->items ? scan->items : list.items;
	const size_t count = scan->items ? scan->item_count : list.count;
	for (size_t i = 0; i < count && !code; i += BATCH)
		code = look_at(&s, items + i, count - i < BATCH ? count - i : BATCH, unread);
	fmr_scan_list_release(&list);
	return code;
}
