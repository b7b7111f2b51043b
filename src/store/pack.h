/*
 * Packs (gitformat-pack(5)), as far as reading single objects goes.  Nothing that a pack says is believed before it is
 * compared with the size of the file or a limit; what unpacking one object may cost is bounded by the limit of its size.
 */
#ifndef FMR_STORE_PACK_H
#define FMR_STORE_PACK_H

#include "base/str.h"
#include "base/vec.h"
#include "store/inflate.h"
#include "store/odb.h"

#include <stdbool.h>
#include <stdint.h>

struct pack {
	char *path;       /* without ".idx" */
	int idx, file;    /* -1: not open */
	uint32_t count;   /* of objects */
	uint64_t size;    /* of the file */
	uint32_t *fanout; /* 256; how many ids begin with this byte or a lower one; NULL: not read yet */
	bool bad;         /* cannot be used */
	bool foreign;     /* ... because its index is of another version */
};

/* Objects that were unpacked on the way to others: the versions of a file are deltas of each other. */
enum { PACK_KEPT = 256, PACK_KEPT_LENGTH = 1 << 20, PACK_KEPT_SIZE = 16 << 20 };
struct pack_kept {
	const struct pack *pack; /* NULL: nothing */
	uint64_t offset;
	enum odb_kind kind;
	struct fmr_str bytes;
};

struct packs {
	struct inflater inflater;
	FMR_VEC(struct pack *) all;
	size_t open;            /* of their files */
	size_t last;            /* the one that had the object before */
	struct pack_kept *kept; /* by offset; NULL: nothing yet */
	size_t kept_size, hand; /* bytes that are kept; what goes next when they are too many */
	struct fmr_str buffer;  /* compressed bytes */
};

void fmr_packs_release(struct packs *packs);
/* Add the packs of a directory that are not there yet. */
void fmr_packs_list(struct packs *packs, const char *directory);
/* One that cannot be read for its version? */
bool fmr_packs_foreign(const struct packs *packs);

/* As fmr_odb_read. */
enum odb_result fmr_packs_read(struct packs *packs, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out);

/* Take a size as packs write it: seven bits a byte, the lowest first. */
bool fmr_delta_size(const unsigned char **at, const unsigned char *end, uint64_t *out);
/* How many bytes a delta claims to make; 0 when it says nothing. */
uint64_t fmr_delta_makes(const unsigned char *delta, size_t length);
/* Append what a delta makes of base; false, and nothing appended, when it does not fit or makes more than limit. */
bool fmr_delta_apply(const struct fmr_str *base, const unsigned char *delta, size_t length, size_t limit,
	struct fmr_str *out);

#endif
