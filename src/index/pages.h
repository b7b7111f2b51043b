/*
 * A published database: a file that never changes again.  Behind the pages of SQLite it carries a sum of each page, a
 * seed for the sums and a sum of these, so that damage of any kind is noticed and never answers a question.  SQLite
 * reads it through a VFS of ours that checks each page it reads.
 */
#ifndef FMR_INDEX_PAGES_H
#define FMR_INDEX_PAGES_H

#include "index/sqlite.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pages;

/* NULL when there is none, or none that is whole and of this version. */
struct pages *fmr_pages_open(const char *path);
void fmr_pages_close(struct pages *pages); /* after the database; NULL is fine */
/* Check all pages now, so that no damage can show in the middle of an answer: 0.2 ms a megabyte. */
bool fmr_pages_verify(struct pages *pages, int threads);
int fmr_pages_database(struct pages *pages, sqlite3 **db); /* a code of SQLite */
ino_t fmr_pages_inode(const struct pages *pages);
uint64_t fmr_pages_seed(const struct pages *pages);
uint64_t fmr_pages_size(const struct pages *pages); /* of the whole file */

/* Write its pages to a new file, which is an ordinary database then; false, and no file, when that fails. */
bool fmr_pages_copy(const struct pages *pages, const char *path);

/* Put the sums behind a database that SQLite has written; false when that fails. */
bool fmr_pages_seal(const char *path, uint64_t seed);

/* 64 bits of bytes, eight at a time: some 5 GB/s.  Against damage, not against malice. */
uint64_t fmr_sum(const char *bytes, size_t length, uint64_t seed);

#endif
