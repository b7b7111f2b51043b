/*
 * Understanding what `git log -z --raw` says, apart from running it.
 */
#ifndef FMR_STORE_HISTORY_H
#define FMR_STORE_HISTORY_H

#include "base/arena.h"
#include "base/vec.h"
#include "store/repo.h"

/* One commit is: HISTORY_FORMAT, then for each file a header and a path; all of them words that end in NUL. */
#define HISTORY_FORMAT "tformat:%x01%H%x00%P%x00%an%x00%ae%x00%ad%x00%ct%x00%B"

struct history_reader {
	struct fmr_arena arena;   /* of the commit that is being read */
	struct fmr_history_commit commit;
	FMR_VEC(struct fmr_history_file) files;
	FMR_VEC(const char *) parents;
	unsigned fields;          /* of the commit that were read */
	bool wants_path;          /* the last word was the header of a file */
	fmr_history_visit *visit;
	void *context;
};

void fmr_history_begin(struct history_reader *reader, fmr_history_visit *visit, void *context);
/* The next word, without its NUL.  FMR_ERR_GIT when it does not fit; else what the visitor returned. */
int fmr_history_word(struct history_reader *reader, const char *word, size_t length, struct fmr_err *err);
/* No more words. */
int fmr_history_end(struct history_reader *reader, struct fmr_err *err);
void fmr_history_release(struct history_reader *reader);

#endif
