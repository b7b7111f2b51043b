/*
 * What the work tree looked like when it was last read: folders with their entries, and the look that finds out what
 * has changed since.  An entry whose times are so near the time of the look that it may still change unseen is racy
 * and counts as changed at the next look, as in git.
 */
#ifndef FMR_INDEX_FOLDER_H
#define FMR_INDEX_FOLDER_H

#include "base/str.h"
#include "base/vec.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ENTRY_RECORD = 1,      /* named as a record */
	ENTRY_FOLDER = 2,
	ENTRY_ODD = 4,         /* no ordinary file */
	ENTRY_PROGRAM = 8,     /* executable */
	ENTRY_RACY = 16,
	ENTRY_SCHEMA = 32,     /* config and types: when one changes, everything is read again */
	ENTRY_CLEAN = 64,      /* judged, nothing found */
	ENTRY_UNREADABLE = 128,
	/* of this look, not stored */
	ENTRY_CHANGED = 0x1000, /* to be read */
	ENTRY_NEW = 0x2000,
	ENTRY_GONE = 0x4000,
	ENTRY_STORED = 0x0FFF,
};

struct entry {
	uint64_t modified, status; /* times in nanoseconds */
	uint32_t size, inode;      /* what fits of them */
	uint32_t key;              /* of a record; of a folder its position in the set; of SCHEMA a sum */
	uint32_t name;             /* offset in the names of the folder */
	uint16_t flags, length;
};

struct folder {
	char *path;        /* "records/incident/2026" */
	uint64_t modified, status;
	uint32_t inode;
	bool racy;
	bool there;        /* false: an unused position, or gone */
	bool moved;        /* names were added or taken away */
	bool dirty;        /* to be stored */
	FMR_VEC(struct entry) entries; /* in byte order of their names, those of folders with "/" behind */
	struct fmr_str names;
};

struct folders {
	FMR_VEC(struct folder) list;
	FMR_VEC(uint32_t) gone; /* keys of records that are no more */
	size_t changed;         /* entries */
	bool moved;             /* anything was added or taken away */
	bool schema_moved;      /* the same of config and types */
};

void fmr_folders_release(struct folders *folders);
const char *fmr_entry_name(const struct folder *folder, const struct entry *entry);
/* Append the path of an entry. */
void fmr_entry_path(const struct folder *folder, const struct entry *entry, struct fmr_str *out);

/* Look at everything below the top directory (open): mark what changed since. */
int fmr_folders_look(struct folders *folders, int top, int threads, struct fmr_err *err);
/* Take the entry's times from the file as it is now, before it is read; false when it is gone or no ordinary file. */
bool fmr_entry_stat(struct entry *entry, int top, const char *path, uint64_t start);
/* Is there anything to be stored? */
bool fmr_entry_differs(const struct entry *a, const struct entry *b);
/* Nanoseconds since 1970, on the clock of local file systems. */
uint64_t fmr_folders_now(void);

/* Visit the entries that are no folders in byte order of their paths. */
typedef int fmr_entry_visit(void *context, struct folder *folder, struct entry *entry, const char *path);
int fmr_folders_each(struct folders *folders, const char *root, fmr_entry_visit *visit, void *context);

/* An entry list as bytes, and back: false when they make no sense. */
void fmr_folder_pack(const struct folder *folder, struct fmr_str *out);
bool fmr_folder_unpack(struct folder *folder, const char *bytes, size_t length);

#endif
