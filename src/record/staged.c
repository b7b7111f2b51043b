/*
 * Checking what changed, in the index or commit by commit: the changed
 * records, the records whose attachments changed, and - only when an id
 * vanished - whoever links to it.  A change of config or schema concerns
 * every record.
 */
#include "record/private.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* ---- one change of the tree ---- */

struct delta {
	struct fmr_arena arena;
	FMR_VEC(const char *) records; /* paths to judge */
	FMR_VEC(const char *) gone;    /* paths of records that were deleted */
	FMR_VEC(const char *) others;  /* paths below records/ that are no records */
	bool rules;                    /* config, types, catalogues or scaffolds changed */
	bool ended;                    /* the config was taken away */
};

static bool begins(const char *path, const char *directory)
{
	size_t length = strlen(directory);
	return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* records/DIR/[YEAR/]ID/... to records/DIR/[YEAR/]ID.yaml; NULL when it lies beside no record */
static const char *owner_of(struct fmr_arena *arena, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *owner = fmr_arena_format(arena, "%.*s.yaml", (int)(slash - path), path);
		const char *name = strrchr(owner, '/');
		/* a year is a directory, not the id of a record */
		if (fmr_path_is_record(owner) && !(strspn(name + 1, "0123456789") == 4 && strlen(name) == 10))
			return owner;
	}
	return NULL;
}

static int add_change(void *context, enum fmr_difference difference, const char *path)
{
	struct delta *delta = context;
	const char *copy = fmr_arena_strdup(&delta->arena, path);
	if (strcmp(path, FMR_CONFIG_PATH) == 0 || begins(path, FMR_SCHEMA_DIRECTORY) ||
		begins(path, FMR_CATALOGUE_DIRECTORY) || begins(path, FMR_SCAFFOLD_DIRECTORY)) {
		delta->rules = true;
		delta->ended |= difference == FMR_DELETED && strcmp(path, FMR_CONFIG_PATH) == 0;
	} else if (begins(path, FMR_RECORDS)) {
		bool record = fmr_path_is_record(path);
		if (record && difference == FMR_DELETED)
			FMR_VEC_PUSH(&delta->gone, copy);
		else if (record)
			FMR_VEC_PUSH(&delta->records, copy);
		else
			FMR_VEC_PUSH(&delta->others, copy);
	}
	return 0;
}

static void delta_init(struct delta *delta)
{
	*delta = (struct delta){ 0 };
	fmr_arena_init(&delta->arena);
}

static void delta_release(struct delta *delta)
{
	FMR_VEC_RELEASE(&delta->records);
	FMR_VEC_RELEASE(&delta->gone);
	FMR_VEC_RELEASE(&delta->others);
	fmr_arena_release(&delta->arena);
}

static bool exists(struct fmr_book *book, const char *path)
{
	struct fmr_entry entry;
	return fmr_view_entry(book->view, path, &entry, NULL) == FMR_OK;
}

/* Attachments that came, went or changed: their record is judged again. */
static void add_owners(struct fmr_book *book, struct delta *delta, struct fmr_findings *findings)
{
	for (size_t i = 0; i < delta->others.count; i++) {
		const char *path = delta->others.items[i], *owner = owner_of(&delta->arena, path);
		if (owner && exists(book, owner))
			FMR_VEC_PUSH(&delta->records, owner);
		else if (strrchr(path, '/')[1] != '.' && exists(book, path))
			fmr_findings_add(findings, FMR_CODE_ATTACHMENT_STRAY, path, "%s",
				_("the file belongs to no record"));
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_unique(struct delta *delta)
{
	size_t used = 0;
	if (!delta->records.count)
		return;
	qsort(delta->records.items, delta->records.count, sizeof(*delta->records.items), compare);
	for (size_t i = 0; i < delta->records.count; i++)
		if (!i || strcmp(delta->records.items[i], delta->records.items[used - 1]) != 0)
			delta->records.items[used++] = delta->records.items[i];
	delta->records.count = used;
}

/* Ids of deleted files that no other file took over. */
static const char **vanished_ids(struct fmr_book *book, struct delta *delta, size_t *count)
{
	const char **ids = fmr_arena_zero(&delta->arena, delta->gone.count + 1, sizeof(*ids));
	struct fmr_str path;
	fmr_str_init(&path);
	*count = 0;
	for (size_t i = 0; i < delta->gone.count; i++) {
		const char *name = strrchr(delta->gone.items[i], '/') + 1;
		const char *id = fmr_arena_strndup(&delta->arena, name, strlen(name) - strlen(".yaml"));
		bool there = false;
		for (size_t slot = 0; !there && slot < book->count; slot++) {
			const struct fmr_glance *glance = fmr_book_glance(book, slot);
			fmr_str_clear(&path);
			there = glance && fmr_glance_path(glance, id, &path) && exists(book, path.bytes);
		}
		if (!there)
			ids[(*count)++] = id;
	}
	fmr_str_release(&path);
	return ids;
}

static int check_all(struct fmr_book *book, struct fmr_findings *findings, struct fmr_check_result *result,
	struct fmr_err *err)
{
	const char *const *names;
	size_t count;
	int code = fmr_book_check_config(book, findings, err);
	if (!code)
		code = fmr_book_type_names(book, &names, &count, err);
	for (size_t i = 0; !code && i < count; i++)
		code = fmr_book_check_type(book, names[i], findings, err);
	struct fmr_check_result all;
	if (!code)
		code = fmr_check(book, NULL, findings, &all, err);
	if (!code) {
		result->records += all.records;
		result->faulty += all.faulty;
	}
	return code;
}

static int check_delta(struct fmr_book *book, struct delta *delta, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err)
{
	if (delta->rules)
		return check_all(book, findings, result, err);
	int code = fmr_book_list_types(book, err);
	if (code)
		return code;
	add_owners(book, delta, findings);
	sort_unique(delta);
	if (delta->records.count) {
		const struct fmr_check_options options = { .paths = delta->records.items,
			.path_count = delta->records.count };
		struct fmr_check_result some;
		code = fmr_check(book, &options, findings, &some, err);
		result->records += some.records;
		result->faulty += some.faulty;
	}
	size_t count;
	const char **ids = vanished_ids(book, delta, &count);
	if (!code && count)
		code = fmr_check_links_to(book, ids, count, delta->records.items, delta->records.count, findings,
			result, err);
	return code;
}

/* ---- the index ---- */

int fmr_check_staged(struct fmr_store *store, fmr_state_of *state_of, void *context, struct fmr_findings *findings,
	struct fmr_check_result *result, struct fmr_err *err)
{
	struct fmr_check_result ignored;
	struct fmr_view *view = NULL;
	struct fmr_book *book = NULL;
	struct delta delta;
	delta_init(&delta);
	result = result ? result : &ignored;
	*result = (struct fmr_check_result){ 0 };
	int code = fmr_view_open(store, FMR_VIEW_STAGED, NULL, &view, err);
	if (!code)
		code = fmr_view_staged(view, "", add_change, &delta, err);
	if (!code && !delta.rules && !delta.records.count && !delta.gone.count && !delta.others.count)
		goto out; /* nothing of ours */
	if (!code)
		code = fmr_book_open(view, &book, findings, err);
	if (!code)
		fmr_book_set_states(book, state_of, context);
	if (code == FMR_ERR_INVALID && fmr_findings_errors(findings))
		code = FMR_OK; /* the config is broken: that is the finding */
	else if (!code)
		code = check_delta(book, &delta, findings, result, err);
out:
	fmr_findings_sort(findings);
	fmr_book_close(book);
	fmr_view_close(view);
	delta_release(&delta);
	return code;
}

/* ---- a range of commits ---- */

enum { BOOKS = 4 };

struct seen { /* which book judged a commit */
	char *commit;
	size_t book;
};

struct range {
	struct fmr_store *store;
	struct fmr_findings *findings;
	struct fmr_check_result *result;
	struct fmr_err *err;
	FMR_VEC(struct seen) seen;
	struct fmr_book *books[BOOKS]; /* the last ones opened, as book number modulo BOOKS */
	size_t opened;
	char tip[65];
	fmr_state_of *state_of;        /* at the tip; or NULL */
	void *state_context;
	struct delta touched;          /* records that any commit changed; noted only for the states */
};

/* The first parent as a full id; false for a first commit. */
static bool first_parent(struct range *range, const char *commit, char out[65])
{
	struct fmr_view *view;
	char *revision = fmr_format("%s^1", commit);
	bool found = fmr_view_open(range->store, FMR_VIEW_COMMIT, revision, &view, NULL) == FMR_OK;
	free(revision);
	if (!found)
		return false;
	const char *name = fmr_view_name(view);
	size_t length = strlen(name);
	if (length < 65)
		memcpy(out, name, length + 1);
	fmr_view_close(view);
	return length < 65;
}

/* The book of the first parent, when this commit changed nothing in it: long ranges compile each schema once. */
static struct fmr_book *known_book(struct range *range, const char *commit, const struct delta *delta, size_t *number)
{
	char parent[65];
	if (delta->rules || !range->seen.count || !first_parent(range, commit, parent))
		return NULL;
	for (size_t i = range->seen.count; i-- > 0;) {
		const struct seen *seen = &range->seen.items[i];
		if (strcmp(seen->commit, parent) != 0)
			continue;
		*number = seen->book;
		return seen->book + BOOKS >= range->opened ? range->books[seen->book % BOOKS] : NULL;
	}
	return NULL;
}

static int open_book(struct range *range, const char *commit, struct fmr_view *view, const struct delta *delta,
	struct fmr_findings *findings, struct fmr_book **out)
{
	size_t number = 0;
	*out = known_book(range, commit, delta, &number);
	if (*out) {
		(*out)->view = view;
	} else {
		int code = fmr_book_open(view, out, findings, range->err);
		if (code)
			return code;
		number = range->opened++;
		fmr_book_close(range->books[number % BOOKS]);
		range->books[number % BOOKS] = *out;
	}
	const struct seen seen = { fmr_strdup(commit), number };
	FMR_VEC_PUSH(&range->seen, seen);
	return FMR_OK;
}

/* Findings of one commit, as COMMIT:path. */
static void name_commit(struct range *range, const char *commit, const struct fmr_findings *from)
{
	for (size_t i = 0; i < fmr_findings_count(from); i++) {
		const struct fmr_finding *row = fmr_findings_at(from, i);
		fmr_findings_copy(range->findings, row)->path =
			fmr_findings_text(range->findings, "%.12s:%s", commit, row->path ? row->path : "");
	}
}

static int check_commit(void *context, const char *commit)
{
	struct range *range = context;
	struct fmr_findings *own = fmr_findings_new(10000);
	struct fmr_view *view = NULL;
	struct fmr_book *book;
	struct delta delta;
	delta_init(&delta);
	int code = fmr_store_changed(range->store, commit, "", add_change, &delta, range->err);
	if (!code)
		code = fmr_view_open(range->store, FMR_VIEW_COMMIT, commit, &view, range->err);
	if (!code)
		code = open_book(range, commit, view, &delta, own, &book);
	if (code == FMR_ERR_NOT_FOUND && delta.ended)
		fmr_findings_add(own, FMR_CODE_CONFIG_MISSING, FMR_CONFIG_PATH, "%s",
			_("the commit takes the config away, and with it every rule"));
	if (code == FMR_ERR_NOT_FOUND || (code == FMR_ERR_INVALID && fmr_findings_errors(own)))
		code = FMR_OK; /* before the first config; or the config is broken and has its finding */
	else if (!code)
		code = check_delta(book, &delta, own, range->result, range->err);
	for (size_t i = 0; range->state_of && i < delta.records.count; i++)
		FMR_VEC_PUSH(&range->touched.records, fmr_arena_strdup(&range->touched.arena, delta.records.items[i]));
	name_commit(range, commit, own);
	if (!code && strlen(commit) < sizeof(range->tip))
		memcpy(range->tip, commit, strlen(commit) + 1);
	fmr_findings_free(own);
	fmr_view_close(view);
	delta_release(&delta);
	return code;
}

/* Two branches may each be good and make the same id together. */
static int check_names(struct range *range, struct fmr_book *book)
{
	struct fmr_tree tree;
	struct fmr_findings *names = fmr_findings_new(10000), *twins = fmr_findings_new(0);
	int code = fmr_tree_load(book, &tree, names, range->err);
	for (size_t i = 0; i < fmr_findings_count(names); i++) {
		const struct fmr_finding *row = fmr_findings_at(names, i);
		if (row->code == FMR_CODE_ID_DUPLICATE || row->code == FMR_CODE_ID_CASE)
			fmr_findings_copy(twins, row);
	}
	name_commit(range, range->tip, twins);
	fmr_tree_release(&tree);
	fmr_findings_free(names);
	fmr_findings_free(twins);
	return code;
}

static bool is_known(const struct fmr_findings *findings, const struct fmr_finding *wanted)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		const char *path = row->path ? strchr(row->path, ':') : NULL;
		if (row->code == wanted->code && path && strcmp(path + 1, wanted->path) == 0 &&
			strcmp(row->message, wanted->message) == 0)
			return true;
	}
	return false;
}

/* What the state of a record asks for is judged where the range ends: on the way there it may be in any. */
static int check_states(struct range *range, struct fmr_book *book)
{
	struct delta *touched = &range->touched;
	struct fmr_findings *all = fmr_findings_new(10000), *more = fmr_findings_new(0);
	struct fmr_check_result result;
	size_t count = 0;
	sort_unique(touched);
	for (size_t i = 0; i < touched->records.count; i++)
		if (exists(book, touched->records.items[i]))
			touched->records.items[count++] = touched->records.items[i];
	const struct fmr_check_options options = { .paths = touched->records.items, .path_count = count };
	fmr_book_set_states(book, range->state_of, range->state_context);
	int code = count ? fmr_check(book, &options, all, &result, range->err) : FMR_OK;
	for (size_t i = 0; i < fmr_findings_count(all); i++)
		if (!is_known(range->findings, fmr_findings_at(all, i)))
			fmr_findings_copy(more, fmr_findings_at(all, i));
	name_commit(range, range->tip, more);
	fmr_findings_free(all);
	fmr_findings_free(more);
	return code;
}

static int check_tip(struct range *range)
{
	struct fmr_view *view = NULL;
	struct fmr_book *book = NULL;
	if (!*range->tip)
		return FMR_OK;
	int code = fmr_view_open(range->store, FMR_VIEW_COMMIT, range->tip, &view, range->err);
	if (!code)
		code = fmr_book_open(view, &book, NULL, range->err);
	if (code == FMR_ERR_NOT_FOUND || code == FMR_ERR_INVALID) {
		code = FMR_OK; /* no record repository (any more) */
	} else if (!code) {
		code = check_names(range, book);
		if (!code && range->state_of)
			code = check_states(range, book);
	}
	fmr_book_close(book);
	fmr_view_close(view);
	return code;
}

static void range_release(struct range *range)
{
	for (size_t i = 0; i < BOOKS; i++)
		fmr_book_close(range->books[i]);
	for (size_t i = 0; i < range->seen.count; i++)
		free(range->seen.items[i].commit);
	FMR_VEC_RELEASE(&range->seen);
	delta_release(&range->touched);
}

int fmr_check_commits(struct fmr_store *store, const char *const *commits, size_t count, fmr_state_of *state_of,
	void *context, struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err)
{
	struct range range = { .store = store, .findings = findings, .result = result, .err = err,
		.state_of = state_of, .state_context = context };
	int code = FMR_OK;
	delta_init(&range.touched);
	*result = (struct fmr_check_result){ 0 };
	for (size_t i = 0; !code && i < count; i++)
		code = check_commit(&range, commits[i]);
	if (!code)
		code = check_tip(&range);
	range_release(&range);
	return code;
}

int fmr_check_range(struct fmr_store *store, const char *text, fmr_state_of *state_of, void *context,
	struct fmr_findings *findings, struct fmr_check_result *result, struct fmr_err *err)
{
	struct fmr_check_result ignored;
	result = result ? result : &ignored;
	*result = (struct fmr_check_result){ 0 };
	struct range range = { .store = store, .findings = findings, .result = result, .err = err,
		.state_of = state_of, .state_context = context };
	delta_init(&range.touched);
	int code = fmr_store_range(store, text, check_commit, &range, err);
	if (!code)
		code = check_tip(&range);
	range_release(&range);
	return code;
}
