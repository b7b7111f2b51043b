#include "store/gitindex.h"

#include "base/fs.h"
#include "base/i18n.h"
#include "store/odb.h"
#include "store/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER = 12,
	ENTRY = 62,           /* fixed part: stat data, id, flags */
	ENTRY_MODE = 24, ENTRY_ID = 40, ENTRY_FLAGS = 60,
	ID = 20,
	FLAG_STAGE = 0x3000, FLAG_EXTENDED = 0x4000,
	MORE_INTENT_TO_ADD = 0x2000, MORE_SKIP_WORK_TREE = 0x4000,
};
static const size_t index_limit = (size_t)2 << 30;

static unsigned long be32(const unsigned char *bytes)
{
	return (unsigned long)bytes[0] << 24 | (unsigned long)bytes[1] << 16 | (unsigned long)bytes[2] << 8 | bytes[3];
}

static unsigned be16(const unsigned char *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

struct reader {
	const unsigned char *at, *end;
	unsigned long version;
	bool skim;            /* only to get behind the entries */
	const char *previous; /* path of the entry before: version 4 stores only what differs */
	size_t previous_length;
};

/* Git's variable-length number; false at the end of the bytes or beyond a path's length. */
static bool read_number(struct reader *reader, size_t *out)
{
	size_t value = 0;
	for (int i = 0; reader->at < reader->end && i < 4; i++) {
		unsigned char byte = *reader->at++;
		value = value << 7 | (byte & 0x7F);
		if (!(byte & 0x80)) {
			*out = value;
			return true;
		}
		value++;
	}
	return false;
}

/* The name of an entry that starts at `start`; version 4 takes the beginning of the name before. */
static bool read_name(struct reader *reader, const unsigned char *start, struct fmr_arena *arena, const char **out)
{
	size_t dropped = 0;
	if (reader->version == 4 && !read_number(reader, &dropped))
		return false;
	const unsigned char *end = memchr(reader->at, '\0', (size_t)(reader->end - reader->at));
	if (!end || dropped > reader->previous_length)
		return false;
	size_t length = (size_t)(end - reader->at);
	if (reader->version == 4) {
		size_t kept = reader->previous_length - dropped;
		char *name = fmr_arena_alloc(arena, kept + length + 1);
		if (kept)
			memcpy(name, reader->previous, kept);
		memcpy(name + kept, reader->at, length + 1);
		reader->previous = name;
		reader->previous_length = kept + length;
		reader->at = end + 1;
		*out = name;
		return true;
	}
	*out = (const char *)reader->at;
	size_t size = ((size_t)(end - start) + 8) & ~(size_t)7; /* padded with 1 to 8 NULs */
	if (size > (size_t)(reader->end - start))
		return false;
	reader->at = start + size;
	return true;
}

/* Each side of a conflict has an entry. */
static void add_conflict(struct gitindex *index, const char *path)
{
	size_t count = index->conflicts.count;
	if (!count || strcmp(index->conflicts.items[count - 1], path) != 0)
		FMR_VEC_PUSH(&index->conflicts, path);
}

static bool read_entry(struct reader *reader, struct gitindex *index, bool *needs_git)
{
	const unsigned char *start = reader->at;
	if ((size_t)(reader->end - start) < ENTRY + 2)
		return false;
	unsigned flags = be16(start + ENTRY_FLAGS), more = 0;
	reader->at += ENTRY;
	if (flags & FLAG_EXTENDED) {
		more = be16(reader->at);
		reader->at += 2;
	}
	struct gitindex_entry entry = { .id = start + ENTRY_ID, .mode = (unsigned)be32(start + ENTRY_MODE), .stat = start,
		.absent = more & MORE_SKIP_WORK_TREE };
	if (!read_name(reader, start, &index->arena, &entry.path))
		return false;
	if (entry.mode == 0040000) /* a directory outside a sparse work tree */
		*needs_git = true;
	if (flags & FLAG_STAGE || more & MORE_INTENT_TO_ADD)
		index->partial = true;
	if (!reader->skim && (flags & FLAG_STAGE))
		add_conflict(index, entry.path);
	else if (!reader->skim && !(more & MORE_INTENT_TO_ADD))
		FMR_VEC_PUSH(&index->entries, entry);
	return true;
}

/* Extensions with small letters change what the entries mean: "link" a split index, "sdir" a sparse one. */
static bool needs_unknown_extension(const struct reader *reader, struct gitindex *index)
{
	const unsigned char *at = reader->at;
	while ((size_t)(reader->end - at) >= 8) {
		if (at[0] < 'A' || at[0] > 'Z')
			return true;
		unsigned long size = be32(at + 4);
		if (size > (size_t)(reader->end - at) - 8)
			return false;
		if (memcmp(at, "TREE", 4) == 0) {
			index->notes = at + 8;
			index->notes_length = size;
		}
		at += 8 + size;
	}
	return false;
}

static bool in_order(const struct gitindex *index)
{
	for (size_t i = 1; i < index->entries.count; i++)
		if (strcmp(index->entries.items[i - 1].path, index->entries.items[i].path) >= 0)
			return false;
	return true;
}

static enum gitindex_result read_entries(struct gitindex *index, struct reader *reader)
{
	const unsigned char *bytes = (const unsigned char *)index->bytes.bytes;
	const size_t length = index->bytes.length;
	if (length < HEADER + ID || memcmp(bytes, "DIRC", 4) != 0)
		return INDEX_BROKEN;
	reader->at = bytes + HEADER;
	reader->end = bytes + length - ID;
	reader->version = be32(bytes + 4);
	reader->previous = "";
	if (reader->version < 2 || reader->version > 4)
		return INDEX_NEEDS_GIT;
	bool needs_git = false, good = true;
	const size_t promised = be32(bytes + 8), most = length / ENTRY;
	if (!reader->skim && promised)
		FMR_VEC_RESERVE(&index->entries, promised < most ? promised : most + 1);
	for (unsigned long left = be32(bytes + 8); good && left; left--)
		good = read_entry(reader, index, &needs_git);
	good = good && in_order(index);
	needs_git = needs_git || (good && needs_unknown_extension(reader, index));
	if (good && !needs_git)
		return INDEX_READ;
	index->entries.count = index->conflicts.count = 0;
	index->notes = NULL;
	return needs_git ? INDEX_NEEDS_GIT : INDEX_BROKEN;
}

enum gitindex_result fmr_git_index_parse(struct gitindex *index)
{
	struct reader reader = { 0 };
	return read_entries(index, &reader);
}

/* ---- asking git ---- */

/* "100644 <id> 0 TAB path NUL"; git does not tell intended additions apart here, they look like empty files */
static bool parse_list(struct gitindex *index)
{
	char *at = index->bytes.bytes, *end = at + index->bytes.length;
	while (at < end) {
		char *rest, *line = at;
		at += strlen(at) + 1;
		unsigned long mode = strtoul(line, &rest, 8);
		char *tab = strchr(rest, '\t');
		if (*rest != ' ' || !tab || tab - rest != 1 + 2 * ID + 2)
			return false;
		unsigned char *id = fmr_arena_alloc(&index->arena, ID);
		if (!fmr_odb_id_parse(rest + 1, id))
			return false;
		if (tab[-1] == '0')
			FMR_VEC_PUSH(&index->entries, ((struct gitindex_entry){ .path = tab + 1, .id = id, .mode = (unsigned)mode }));
		else
			add_conflict(index, tab + 1);
	}
	return in_order(index);
}

static int ask_git(struct fmr_store *store, struct gitindex *index, struct fmr_err *err)
{
	const char *const arguments[] = { "ls-files", "--stage", "-z", NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	fmr_str_clear(&index->bytes);
	index->partial = true; /* perhaps */
	index->notes = NULL;
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .output = &index->bytes, .errors = &errors, .reading = true },
		&status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot read the index"));
	if (result == 0 && !parse_list(index))
		result = fmr_err_set(err, FMR_ERR_GIT, _("git's list of the index cannot be understood"));
	fmr_str_release(&errors);
	return result;
}

int fmr_git_index_read(struct fmr_store *store, struct gitindex *index, struct fmr_err *err)
{
	*index = (struct gitindex){ 0 };
	fmr_str_init(&index->bytes);
	fmr_arena_init(&index->arena);
	int result = fmr_file_read(AT_FDCWD, store->index_file, index_limit, false, &index->bytes, err);
	if (result == FMR_ERR_NOT_FOUND)
		return 0; /* nothing was ever staged */
	if (result != 0)
		return result;
	switch (fmr_git_index_parse(index)) {
	case INDEX_READ:
		return 0;
	case INDEX_NEEDS_GIT:
	case INDEX_BROKEN: /* git says in its own words what is wrong with it */
		break;
	}
	return ask_git(store, index, err);
}

bool fmr_git_index_skim(struct fmr_store *store, struct gitindex *index)
{
	struct reader reader = { .skim = true };
	*index = (struct gitindex){ 0 };
	fmr_str_init(&index->bytes);
	fmr_arena_init(&index->arena);
	return fmr_file_read(AT_FDCWD, store->index_file, index_limit, false, &index->bytes, NULL) == 0 &&
		read_entries(index, &reader) == INDEX_READ;
}

void fmr_git_index_release(struct gitindex *index)
{
	FMR_VEC_RELEASE(&index->entries);
	FMR_VEC_RELEASE(&index->conflicts);
	fmr_arena_release(&index->arena);
	fmr_str_release(&index->bytes);
}

size_t fmr_git_index_find(const struct gitindex *index, const char *path)
{
	size_t low = 0, high = index->entries.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(index->entries.items[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
