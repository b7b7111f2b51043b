/*
 * Git's objects read without git: those in files of their own and those in packs, in the repository's directory and those
 * that it borrows from (alternates).  Starting git for them costs more than all else that a hook does.  Bytes are not
 * compared with the id.
 */
#ifndef FMR_STORE_ODB_H
#define FMR_STORE_ODB_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum odb_kind { ODB_COMMIT = 1, ODB_TREE, ODB_BLOB, ODB_TAG };

enum odb_result {
	ODB_READ,
	ODB_MISSING,    /* not here */
	ODB_BROKEN,     /* here, but not to be unpacked */
	ODB_OTHER_KIND,
	ODB_TOO_LARGE,  /* or only to be had by unpacking much more */
};

/* Ids as bytes and as 40 lower-case digits; false when there are no 40 digits. */
bool fmr_odb_id_parse(const char *hex, unsigned char id[20]);
void fmr_odb_id_text(const unsigned char id[20], char hex[41]);

struct odb;
/* Of a directory of objects, of those that it names as alternates, and of those that GIT_ALTERNATE_OBJECT_DIRECTORIES
 * does. */
struct odb *fmr_odb_open(const char *directory);
void fmr_odb_close(struct odb *odb); /* NULL is fine */

/* Append the object of this id; nothing unless ODB_READ.  limit: of its size; what it may cost in time and memory is
 * bounded by it too. */
enum odb_result fmr_odb_read(struct odb *odb, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out);

/* May an object be missing only because its pack is of a kind that is not known here?  Or zlib is missing. */
bool fmr_odb_is_limited(struct odb *odb);

#endif
