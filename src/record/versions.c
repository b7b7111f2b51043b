/*
 * The versions of a record.  They are read as git tells its commits, and
 * visited, in order, as soon as their parents are known: of a history in one
 * line no more than two are held at a time.
 */
#include "record/private.h"

#include "base/dict.h"
#include "base/i18n.h"
#include "fmrec/history.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 64 };

struct node {
	struct fmr_version version;
	struct fmr_arena arena;
	const char **parents;
	size_t parent_count;
	bool first;    /* no commit before it has the file: it may have come from another one */
	bool settled;  /* version.root is known */
	struct node *next; /* in a list of nodes that wait for the same parent */
};

struct versions {
	struct fmr_book *book;
	fmr_version_visit *visit;
	void *context;
	struct fmr_err *err;
	FMR_VEC(struct node *) nodes;  /* NULL once visited */
	size_t next;                   /* to be visited */
	struct fmr_dict by_commit;     /* number of the node */
	struct fmr_dict awaited;       /* by the commit of a parent: index in waiting */
	FMR_VEC(struct node *) waiting;/* not settled, as long as that parent is not */
	struct fmr_arena arena;
	FMR_VEC(const char *) names;   /* paths it has and had */
	struct node *successor;        /* whose parent is the next commit to come */
	bool in_line;                  /* each commit is the parent of the one before it, as long as there is no merge */
	bool forked;                   /* there was one */
	size_t known;                  /* commits that a walk in line has told already */
};

static void free_node(struct node *node)
{
	if (!node)
		return;
	fmr_arena_release(&node->arena);
	free(node);
}

static struct node *new_node(struct versions *work)
{
	struct node *node = fmr_alloc_zero(1, sizeof(*node));
	fmr_arena_init(&node->arena);
	node->version.number = work->nodes.count;
	FMR_VEC_PUSH(&work->nodes, node);
	return node;
}

/* ---- visiting ---- */

static struct node *parent_of(const struct versions *work, const struct node *node, size_t index)
{
	size_t number;
	return fmr_dict_get(&work->by_commit, node->parents[index], &number) ? work->nodes.items[number] : NULL;
}

/* What cannot be read stands for what was there before. */
static void await_parent(struct versions *work, struct node *node)
{
	size_t index;
	if (node->settled || !node->parent_count)
		return;
	if (!fmr_dict_get(&work->awaited, node->parents[0], &index)) {
		index = work->waiting.count;
		fmr_dict_add(&work->awaited, node->parents[0], index);
		FMR_VEC_PUSH(&work->waiting, NULL);
	}
	node->next = work->waiting.items[index];
	work->waiting.items[index] = node;
}

/* Those that waited for this one, and those that waited for them. */
static void settle_waiting(struct versions *work, struct node *settled)
{
	settled->next = NULL;
	while (settled) {
		struct node *rest = settled->next;
		size_t index;
		if (settled->version.commit && fmr_dict_get(&work->awaited, settled->version.commit, &index)) {
			struct node *node = work->waiting.items[index];
			work->waiting.items[index] = NULL;
			for (struct node *next; node; node = next) {
				next = node->next;
				node->version.root = settled->version.root;
				node->settled = true;
				node->next = rest;
				rest = node;
			}
		}
		settled = rest;
	}
}

/* last: no more commits will come; a parent that has not come never will. */
static bool is_ready(const struct versions *work, const struct node *node, bool last)
{
	if (last)
		return true;
	bool ready = !node->first && node != work->successor && node->settled;
	for (size_t i = 0; ready && i < node->parent_count; i++) {
		const struct node *parent = parent_of(work, node, i);
		ready = parent && parent->settled;
	}
	return ready;
}

static int visit_node(struct versions *work, const struct node *node)
{
	const struct fmr_version **parents = fmr_alloc_zero(node->parent_count + 1, sizeof(*parents));
	size_t count = 0;
	for (size_t i = 0; i < node->parent_count; i++) {
		const struct node *parent = parent_of(work, node, i);
		if (parent)
			parents[count++] = &parent->version;
	}
	int result = work->visit(work->context, &node->version, parents, count);
	free(parents);
	return result;
}

static int visit_ready(struct versions *work, bool last)
{
	int result = 0;
	while (result == 0 && work->next < work->nodes.count) {
		struct node *node = work->nodes.items[work->next];
		if (!is_ready(work, node, last))
			break;
		result = visit_node(work, node);
		work->nodes.items[work->next++] = NULL;
		free_node(node);
	}
	return result;
}

/* ---- reading ---- */

static const char *first_fault(struct fmr_arena *arena, const struct fmr_findings *findings)
{
	if (!fmr_findings_count(findings))
		return "";
	const struct fmr_finding *finding = fmr_findings_at(findings, 0);
	return fmr_arena_format(arena, "%zu:%zu: %s: %s", finding->value.line, finding->value.column,
		fmr_code_name(finding->code), finding->message);
}

/* An older form is read as what it is called now: so a form that is changed does not change what a record said. */
static void read_text(struct versions *work, struct node *node, const struct fmr_str *text)
{
	const struct fmr_type *type;
	struct fmr_findings *findings = fmr_findings_new(1);
	const struct fmr_source source = { node->version.path, text->bytes, text->length };
	node->version.root = fmr_yaml_read_record(&source, &node->arena, findings);
	if (node->version.root && fmr_book_type_of_path(work->book, node->version.path, &type, NULL) == FMR_OK)
		node->version.root = fmr_migrate_value(type, node->version.root, &node->arena, NULL, NULL);
	node->settled = node->version.root != NULL;
	node->version.state = node->settled ? FMR_VERSION_READ : FMR_VERSION_BROKEN;
	if (!node->settled)
		node->version.fault = first_fault(&node->arena, findings);
	fmr_findings_free(findings);
}

static void read_blob(struct versions *work, struct node *node, const struct fmr_history_file *file)
{
	struct fmr_err why = { 0 };
	struct fmr_str text;
	fmr_str_init(&text);
	int code = file->mode == 0100644 || file->mode == 0100755
		? fmr_store_blob(fmr_view_store(work->book->view), file->blob, file->path, work->book->record_limit, &text, &why)
		: fmr_err_set(&why, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file"), file->path);
	if (code == 0) {
		read_text(work, node, &text);
	} else {
		node->version.state = FMR_VERSION_LOST;
		node->version.fault = fmr_arena_strdup(&node->arena, why.text);
	}
	fmr_str_release(&text);
}

/* ---- under which name ---- */

static size_t rank_of(const struct versions *work, const char *path)
{
	size_t rank = 0;
	while (rank < work->names.count && strcmp(work->names.items[rank], path) != 0)
		rank++;
	return rank;
}

static bool add_name(struct versions *work, const char *path)
{
	if (rank_of(work, path) < work->names.count || work->names.count == MOST_NAMES)
		return false;
	FMR_VEC_PUSH(&work->names, fmr_arena_strdup(&work->arena, path));
	return true;
}

/* Records that were there before this one are found by the ids that it lists; not those that are still there. */
static void add_aliases(struct versions *work, const struct fmr_value *root)
{
	const struct fmr_value *list = fmr_value_get(root, FMR_FIELD_ALIASES);
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		const char *id = fmr_value_string(list->list.items[i]);
		const struct fmr_type *type;
		struct fmr_entry entry;
		struct fmr_str path;
		fmr_str_init(&path);
		if (id && fmr_book_type_of_id(work->book, id, &type, NULL) == 0 && fmr_id_path(type, id, &path) &&
			fmr_view_entry(work->book->view, path.bytes, &entry, NULL) != 0)
			add_name(work, path.bytes);
		fmr_str_release(&path);
	}
}

/* The old file may go in a commit after the one that brought the new one. */
static bool has_another(struct versions *work, const struct fmr_history_commit *commit)
{
	struct fmr_view *view = NULL;
	bool found = false;
	if (work->names.count < 2 ||
		fmr_view_open(fmr_view_store(work->book->view), FMR_VIEW_COMMIT, commit->id, &view, NULL) != 0)
		return false;
	for (size_t i = 0; !found && i < work->names.count; i++) {
		struct fmr_entry entry;
		found = fmr_view_entry(view, work->names.items[i], &entry, NULL) == 0;
	}
	fmr_view_close(view);
	return found;
}

/* The file that is the record after this commit: the one with the newest name. */
static const struct fmr_history_file *choose_file(const struct versions *work, const struct fmr_history_commit *commit)
{
	const struct fmr_history_file *best = NULL;
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct fmr_history_file *file = &commit->files[i];
		if (!best || (best->mode == 0) > (file->mode == 0) ||
			((best->mode == 0) == (file->mode == 0) && rank_of(work, file->path) < rank_of(work, best->path)))
			best = file;
	}
	return best;
}

/* ---- commits ---- */

static void keep_commit(struct node *node, const struct fmr_history_commit *commit)
{
	struct fmr_arena *arena = &node->arena;
	struct fmr_version *version = &node->version;
	version->commit = fmr_arena_strdup(arena, commit->id);
	version->author = fmr_arena_strdup(arena, commit->author);
	version->email = fmr_arena_strdup(arena, commit->email);
	version->message = fmr_arena_strdup(arena, commit->message);
	version->written = commit->written;
	version->written_offset = commit->written_offset;
	version->committed = commit->committed;
	version->cut = commit->cut;
}

/* Those of a walk in line are the commits that follow. */
static void keep_parents(struct node *node, const struct fmr_history_commit *commit)
{
	node->parent_count = commit->parent_count;
	node->parents = fmr_arena_zero(&node->arena, commit->parent_count + 1, sizeof(*node->parents));
	for (size_t i = 0; i < commit->parent_count; i++)
		node->parents[i] = fmr_arena_strdup(&node->arena, commit->parents[i]);
}

/* What was not committed, or got its file by a rename, comes from the commit that is told next. */
static void join_successor(struct versions *work, const char *commit)
{
	struct node *node = work->successor;
	if (!node)
		return;
	work->successor = NULL;
	node->parents = fmr_arena_zero(&node->arena, 1, sizeof(*node->parents));
	node->parents[0] = fmr_arena_strdup(&node->arena, commit);
	node->parent_count = 1;
	await_parent(work, node);
}

static void read_file(struct versions *work, struct node *node, const struct fmr_history_commit *commit,
	const struct fmr_history_file *file)
{
	node->version.path = fmr_arena_strdup(&node->arena, file->path);
	if (file->mode) {
		read_blob(work, node, file);
		node->first = file->difference == FMR_ADDED && !commit->cut && (work->in_line || !commit->parent_count);
	} else if (has_another(work, commit)) {
		node->version.state = FMR_VERSION_READ;
	} else {
		node->version.state = FMR_VERSION_ABSENT;
		node->settled = true;
	}
}

static int add_commit(void *context, const struct fmr_history_commit *commit)
{
	struct versions *work = context;
	const struct fmr_history_file *file = choose_file(work, commit);
	if (!file)
		return 0;
	work->forked = work->in_line && commit->parent_count > 1;
	if (work->forked)
		return 1;
	if (work->known) {
		work->known--;
		return 0;
	}
	struct node *successor = work->successor;
	join_successor(work, commit->id);
	if (work->in_line && successor)
		successor->first = false; /* the file was there before */
	if (!fmr_dict_add(&work->by_commit, commit->id, work->nodes.count))
		return visit_ready(work, false); /* under another name already */
	struct node *node = new_node(work);
	keep_commit(node, commit);
	if (!work->in_line)
		keep_parents(node, commit);
	read_file(work, node, commit, file);
	if (work->in_line) {
		node->first = node->first && commit->parent_count;
		work->successor = node;
	}
	if (node->settled)
		settle_waiting(work, node);
	else
		await_parent(work, node);
	return visit_ready(work, false);
}

/* ---- walks ---- */

/* The commits as git finds them: while it walks on, they are read.  A merge needs to know more: which are its parents
 * among the commits that touched the file, and that they come after it.  git can tell only when it has walked all. */
static int walk(struct versions *work, const char *from, bool before, const char *const *paths, size_t count)
{
	struct fmr_history_query query = { .from = from, .before = before, .paths = paths, .path_count = count };
	struct fmr_store *store = fmr_view_store(work->book->view);
	const size_t start = work->by_commit.count;
	work->in_line = true;
	int result = fmr_store_history(store, &query, add_commit, work, work->err);
	work->in_line = false;
	if (work->forked) {
		work->forked = false;
		query.connected = true;
		work->known = work->by_commit.count - start;
		result = fmr_store_history(store, &query, add_commit, work, work->err);
	}
	work->successor = NULL;
	return result;
}

/* Where the history of the file begins, that of another name may end. */
static int follow(struct versions *work, struct node *node)
{
	struct fmr_str path;
	fmr_str_init(&path);
	int result = fmr_store_renamed(fmr_view_store(work->book->view), node->version.commit, node->version.path, &path,
		work->err);
	node->first = false;
	if (result == 0 && path.length && fmr_path_is_record(path.bytes) && add_name(work, path.bytes)) {
		work->successor = node;
		const char *commit = fmr_arena_strdup(&work->arena, node->version.commit);
		result = walk(work, commit, true, &work->names.items[work->names.count - 1], 1);
	}
	fmr_str_release(&path);
	return result;
}

static int follow_all(struct versions *work)
{
	int result = 0;
	for (size_t i = work->next; result == 0 && i < work->nodes.count; i++) {
		struct node *node = i < work->next ? NULL : work->nodes.items[i];
		if (node && node->first)
			result = follow(work, node);
		if (result == 0)
			result = visit_ready(work, false);
	}
	return result;
}

static void begin(struct versions *work, const struct fmr_versions_query *query)
{
	struct fmr_record record;
	add_name(work, query->path);
	if (query->uncommitted) {
		struct node *node = work->successor = new_node(work);
		node->version.path = query->path;
		read_text(work, node, query->uncommitted);
		add_aliases(work, node->version.root);
	} else if (fmr_record_read(work->book, query->path, &record, NULL, NULL) == 0) {
		add_aliases(work, record.root);
		fmr_record_release(&record);
	}
}

int fmr_versions_each(struct fmr_book *book, const struct fmr_versions_query *query, fmr_version_visit *visit,
	void *context, struct fmr_err *err)
{
	struct versions work = { .book = book, .visit = visit, .context = context, .err = err };
	fmr_arena_init(&work.arena);
	fmr_dict_init(&work.by_commit);
	fmr_dict_init(&work.awaited);
	begin(&work, query);
	int result = walk(&work, query->from, false, work.names.items, work.names.count);
	if (result == 0)
		result = follow_all(&work);
	if (result == 0)
		result = visit_ready(&work, true);
	for (size_t i = 0; i < work.nodes.count; i++)
		free_node(work.nodes.items[i]);
	FMR_VEC_RELEASE(&work.nodes);
	FMR_VEC_RELEASE(&work.names);
	FMR_VEC_RELEASE(&work.waiting);
	fmr_dict_release(&work.by_commit);
	fmr_dict_release(&work.awaited);
	fmr_arena_release(&work.arena);
	return result;
}
