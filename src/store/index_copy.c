#include "store/index_copy.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/gitindex.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fmr_index_copy_note(const struct fmr_store *store, struct index_copy *copy)
{
	struct stat st;
	*copy = (struct index_copy){ 0 };
	if (lstat(store->index_file, &st) == 0 && S_ISREG(st.st_mode)) {
		copy->device = st.st_dev;
		copy->inode = st.st_ino;
	}
}

/* git never writes into an index, it puts another one in its place. */
bool fmr_index_copy_is_current(const struct fmr_store *store, const struct index_copy *copy)
{
	struct index_copy now;
	fmr_index_copy_note(store, &now);
	return now.inode == copy->inode && now.device == copy->device;
}

void fmr_index_copy_take(const struct fmr_store *store, struct index_copy *copy)
{
	if (!copy->inode)
		return;
	copy->path = fmr_format("%s/" FMR_TEMPORARY_PREFIX "%ld-index", store->private_dir, (long)getpid());
	struct stat st;
	if (link(store->index_file, copy->path) != 0) {
		free(copy->path);
		copy->path = NULL;
	} else if (lstat(copy->path, &st) != 0 || st.st_ino != copy->inode || st.st_dev != copy->device) {
		fmr_index_copy_drop(copy);
	}
}

bool fmr_index_copy_drop(struct index_copy *copy)
{
	const bool gone = !copy->path || unlink(copy->path) == 0;
	free(copy->path);
	copy->path = NULL;
	return gone;
}

static bool read_file(const char *path, struct gitindex *index)
{
	*index = (struct gitindex){ 0 };
	fmr_str_init(&index->bytes);
	fmr_arena_init(&index->arena);
	return fmr_file_read(AT_FDCWD, path, (size_t)2 << 30, true, &index->bytes, NULL) == 0 &&
		fmr_git_index_parse(index) == INDEX_READ && !index->partial;
}

static bool same_entry(const struct gitindex_entry *a, const struct gitindex_entry *b)
{
	return a->mode == b->mode && memcmp(a->id, b->id, 20) == 0;
}

static bool same_but_for_ours(const struct gitindex *a, const struct gitindex *b, fmr_index_ours *is_ours, const void *context)
{
	for (size_t i = 0, j = 0;;) {
		const struct gitindex_entry *left = i < a->entries.count ? &a->entries.items[i] : NULL;
		const struct gitindex_entry *right = j < b->entries.count ? &b->entries.items[j] : NULL;
		if (!left && !right)
			return true;
		const int order = !left ? 1 : !right ? -1 : strcmp(left->path, right->path);
		if ((order != 0 || !same_entry(left, right)) && !is_ours(context, order <= 0 ? left->path : right->path))
			return false;
		i += order <= 0;
		j += order >= 0;
	}
}

bool fmr_index_copy_restore(struct fmr_store *store, const struct index_copy *copy, fmr_index_ours *is_ours,
	const void *context)
{
	char *lock = fmr_format("%s.lock", store->index_file);
	/* link(2) fails when the lock is there: it takes the lock, as git does, and already holds what is to be */
	if (!copy->path || link(copy->path, lock) != 0) {
		free(lock);
		return false;
	}
	struct gitindex before, now;
	const bool there = fmr_index_copy_is_current(store, copy); /* rename(2) would do nothing then */
	bool done = read_file(copy->path, &before);
	done = read_file(store->index_file, &now) && done && same_but_for_ours(&before, &now, is_ours, context);
	if (!done || there || rename(lock, store->index_file) != 0) {
		done = done && there;
		unlink(lock);
	}
	fmr_git_index_release(&before);
	fmr_git_index_release(&now);
	free(lock);
	return done;
}
