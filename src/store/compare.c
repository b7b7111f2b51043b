/*
 * The index against the tree of HEAD.  The index notes the ids of the trees
 * that it has not departed from, so that only the directories with changes are
 * read and compared name by name.
 */
#include "store/compare.h"

#include "base/alloc.h"
#include "store/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ID = 20, COMMIT_LIMIT = 16 << 20, TREE_LIMIT = 1 << 30 };

/* ---- the trees that the index notes ---- */

struct noted {
	const char *name; /* of the directory in the one above */
	size_t entries;   /* of the index, below it */
	const unsigned char *id; /* NULL: changed since */
	struct noted *children;
	size_t count;
};

struct note_reader {
	const unsigned char *at, *end;
	struct fmr_arena *arena;
};

static bool read_count(struct note_reader *reader, char behind, long *out)
{
	long value = 0;
	const bool negative = reader->at < reader->end && *reader->at == '-';
	const unsigned char *first = reader->at += negative;
	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9' && value < 100000000; reader->at++)
		value = value * 10 + (*reader->at - '0');
	*out = negative ? -value : value;
	return reader->at > first && reader->at < reader->end && *reader->at++ == (unsigned char)behind;
}

/* name NUL, number of entries (-1: changed since) SP, number of subtrees LF, id; then the subtrees */
static bool read_noted(struct note_reader *reader, struct noted *noted, int depth)
{
	const unsigned char *end = memchr(reader->at, '\0', (size_t)(reader->end - reader->at));
	long entries, count;
	if (!end || depth > TREE_DEPTH)
		return false;
	noted->name = (const char *)reader->at;
	reader->at = end + 1;
	if (!read_count(reader, ' ', &entries) || !read_count(reader, '\n', &count) || count < 0 ||
		count > (reader->end - reader->at) / 5)
		return false;
	if (entries >= 0) {
		if (reader->end - reader->at < ID)
			return false;
		noted->entries = (size_t)entries;
		noted->id = reader->at;
		reader->at += ID;
	}
	noted->count = (size_t)count;
	noted->children = fmr_arena_zero(reader->arena, noted->count + 1, sizeof(*noted->children));
	for (size_t i = 0; i < noted->count; i++)
		if (!read_noted(reader, &noted->children[i], depth + 1))
			return false;
	return true;
}

static const struct noted *noted_child(const struct noted *noted, const char *name, size_t length)
{
	for (size_t i = 0; noted && i < noted->count; i++)
		if (strlen(noted->children[i].name) == length && memcmp(noted->children[i].name, name, length) == 0)
			return &noted->children[i];
	return NULL;
}

/* ---- trees ---- */

struct tree_entry {
	const char *name;
	size_t length;
	unsigned mode;
	const unsigned char *id;
};

struct tree {
	struct fmr_str bytes;
	FMR_VEC(struct tree_entry) entries;
};

static unsigned canonical_mode(unsigned long mode)
{
	if (S_ISREG(mode))
		return mode & 0100 ? 0100755 : 0100644;
	return S_ISLNK(mode) ? 0120000 : S_ISDIR(mode) ? 0040000 : 0160000;
}

/* "100644 name" NUL, id */
static bool parse_tree(struct tree *tree)
{
	const char *at = tree->bytes.bytes, *end = at + tree->bytes.length;
	while (at < end) {
		char *blank;
		const unsigned long mode = strtoul(at, &blank, 8);
		const size_t length = *blank == ' ' ? strlen(blank + 1) : 0;
		if (!length || (size_t)(end - blank) < 1 + length + 1 + ID)
			return false;
		const unsigned char *id = (const unsigned char *)blank + 1 + length + 1;
		FMR_VEC_PUSH(&tree->entries, ((struct tree_entry){ blank + 1, length, canonical_mode(mode), id }));
		at = (const char *)id + ID;
	}
	return true;
}

static bool load_tree(struct fmr_store *store, const unsigned char *id, struct tree *tree)
{
	char hex[41];
	*tree = (struct tree){ 0 };
	fmr_str_init(&tree->bytes);
	fmr_odb_id_text(id, hex);
	return fmr_objects_read(store, hex, ODB_TREE, hex, TREE_LIMIT, &tree->bytes, NULL) == 0 && parse_tree(tree);
}

static void tree_release(struct tree *tree)
{
	FMR_VEC_RELEASE(&tree->entries);
	fmr_str_release(&tree->bytes);
}

static bool tree_of_commit(struct fmr_store *store, const char *commit, unsigned char id[ID])
{
	struct fmr_str text;
	fmr_str_init(&text);
	const bool good = fmr_objects_read(store, commit, ODB_COMMIT, commit, COMMIT_LIMIT, &text, NULL) == 0 &&
		strncmp(text.bytes, "tree ", 5) == 0 && fmr_odb_id_parse(text.bytes + 5, id);
	fmr_str_release(&text);
	return good;
}

/* ---- comparing ---- */

struct comparison {
	struct fmr_store *store;
	const struct gitindex *index;
	struct staged_list *out;
	struct fmr_str path; /* of the directory, with a "/" behind it */
};

/* A part of a path, as trees sort them: a directory as if "/" were behind it. */
struct part {
	const char *name;
	size_t length;
	bool directory;
};

static int compare_parts(struct part a, struct part b)
{
	const size_t shorter = a.length < b.length ? a.length : b.length;
	const int order = memcmp(a.name, b.name, shorter);
	if (order)
		return order;
	const unsigned char left = a.length > shorter ? (unsigned char)a.name[shorter] : a.directory ? '/' : 0;
	const unsigned char right = b.length > shorter ? (unsigned char)b.name[shorter] : b.directory ? '/' : 0;
	return (left > right) - (left < right);
}

static struct part part_of_entry(const struct tree_entry *entry)
{
	return (struct part){ entry->name, entry->length, entry->mode == 0040000 };
}

static struct part part_of_path(const char *rest)
{
	const size_t length = strcspn(rest, "/");
	return (struct part){ rest, length, rest[length] == '/' };
}

/* old or new NULL: there is none */
static void put(struct comparison *c, const char *path, size_t length, const struct tree_entry *old,
	const struct gitindex_entry *new)
{
	struct staged_entry *entry = FMR_VEC_ADD(&c->out->entries);
	*entry = (struct staged_entry){ .path = fmr_arena_strndup(&c->out->arena, path, length),
		.old_mode = old ? old->mode : 0, .new_mode = new ? new->mode : 0 };
	static const unsigned char zero[ID];
	fmr_odb_id_text(old ? old->id : zero, entry->old_id);
	fmr_odb_id_text(new ? new->id : zero, entry->new_id);
	entry->status = !old ? 'A' : !new ? 'D' : (old->mode ^ new->mode) & S_IFMT ? 'T' : 'M';
}

static bool put_gone(struct comparison *c, const struct tree_entry *entry, int depth)
{
	const size_t length = c->path.length;
	struct tree tree;
	bool good = depth < TREE_DEPTH;
	fmr_str_add(&c->path, entry->name, entry->length);
	if (entry->mode != 0040000) {
		put(c, c->path.bytes, c->path.length, entry, NULL);
	} else {
		fmr_str_putc(&c->path, '/');
		good = good && load_tree(c->store, entry->id, &tree);
		for (size_t i = 0; good && i < tree.entries.count; i++)
			good = put_gone(c, &tree.entries.items[i], depth + 1);
		if (depth < TREE_DEPTH)
			tree_release(&tree);
	}
	fmr_str_truncate(&c->path, length);
	return good;
}

/* Behind the last entry of the index that is in this directory (a path with "/" at its end). */
static size_t end_of_directory(const struct comparison *c, const char *path, size_t length)
{
	char *behind = fmr_strndup(path, length);
	behind[length - 1] = '/' + 1;
	const size_t end = fmr_git_index_find(c->index, behind);
	free(behind);
	return end;
}

static bool compare_directory(struct comparison *c, const unsigned char *old, size_t low, size_t high,
	const struct noted *noted, int depth);

/* A file or directory that both have. */
static bool compare_both(struct comparison *c, const struct tree_entry *old, size_t low, size_t high,
	const struct noted *noted, int depth)
{
	const struct gitindex_entry *new = &c->index->entries.items[low];
	if (old->mode != 0040000) {
		if (old->mode != new->mode || memcmp(old->id, new->id, ID) != 0)
			put(c, new->path, strlen(new->path), old, new);
		return true;
	}
	const size_t length = c->path.length;
	fmr_str_add(&c->path, old->name, old->length);
	fmr_str_putc(&c->path, '/');
	const bool good = compare_directory(c, old->id, low, high, noted_child(noted, old->name, old->length), depth + 1);
	fmr_str_truncate(&c->path, length);
	return good;
}

static bool compare_names(struct comparison *c, const struct tree *tree, size_t low, size_t high,
	const struct noted *noted, int depth)
{
	const struct gitindex_entry *entries = c->index->entries.items;
	size_t i = 0, end;
	bool good = true;
	for (size_t j = low; good;) {
		const struct tree_entry *old = i < tree->entries.count ? &tree->entries.items[i] : NULL;
		const char *path = j < high ? entries[j].path : NULL;
		if (!old && !path)
			break;
		const struct part mine = path ? part_of_path(path + c->path.length) : (struct part){ 0 };
		const int order = !old ? 1 : !path ? -1 : compare_parts(part_of_entry(old), mine);
		if (order < 0) {
			good = put_gone(c, old, depth);
			i++;
			continue;
		}
		end = mine.directory ? end_of_directory(c, path, c->path.length + mine.length + 1) : j + 1;
		if (end <= j || end > high)
			return false; /* not in order */
		if (order == 0) {
			good = compare_both(c, old, j, end, noted, depth);
			i++;
		} else {
			for (size_t k = j; k < end; k++)
				put(c, entries[k].path, strlen(entries[k].path), NULL, &entries[k]);
		}
		j = end;
	}
	return good;
}

/* The entries low to high of the index against a tree; false when something cannot be read. */
static bool compare_directory(struct comparison *c, const unsigned char *old, size_t low, size_t high,
	const struct noted *noted, int depth)
{
	if (noted && noted->id && noted->entries == high - low && memcmp(noted->id, old, ID) == 0)
		return true;
	struct tree tree;
	const bool good = depth < TREE_DEPTH && load_tree(c->store, old, &tree) &&
		compare_names(c, &tree, low, high, noted, depth);
	if (depth < TREE_DEPTH)
		tree_release(&tree);
	return good;
}

bool fmr_compare_staged(struct fmr_store *store, const char *commit, const struct gitindex *index, struct staged_list *out)
{
	struct comparison c = { .store = store, .index = index, .out = out };
	struct note_reader notes = { index->notes, index->notes ? index->notes + index->notes_length : NULL, &out->arena };
	const struct tree none = { 0 };
	struct noted noted = { 0 };
	unsigned char tree[ID];
	if (index->partial)
		return false;
	const bool known = index->notes && read_noted(&notes, &noted, 0);
	fmr_str_init(&c.path);
	bool good;
	if (*commit)
		good = tree_of_commit(store, commit, tree) &&
			compare_directory(&c, tree, 0, index->entries.count, known ? &noted : NULL, 0);
	else
		good = compare_names(&c, &none, 0, index->entries.count, NULL, 0);
	fmr_str_release(&c.path);
	return good;
}

bool fmr_git_index_is_head(struct fmr_store *store, const char *commit)
{
	struct gitindex index = { 0 };
	struct fmr_arena arena;
	struct noted noted = { 0 };
	unsigned char tree[ID];
	fmr_arena_init(&arena);
	bool same = *commit && fmr_git_index_skim(store, &index) && index.notes && !index.partial;
	if (same) {
		struct note_reader notes = { index.notes, index.notes + index.notes_length, &arena };
		same = read_noted(&notes, &noted, 0) && noted.id && tree_of_commit(store, commit, tree) &&
			memcmp(noted.id, tree, ID) == 0;
	}
	fmr_git_index_release(&index);
	fmr_arena_release(&arena);
	return same;
}
