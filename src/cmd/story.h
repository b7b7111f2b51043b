/*
 * The story of a sample (fmrec-sample(5)): who there is, and what they did when, as files say it.
 *
 * Values are borrowed from the files, which live as long as the story.
 */
#ifndef FMR_CMD_STORY_H
#define FMR_CMD_STORY_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/source.h"
#include "base/vec.h"
#include "cli/cli.h"

struct story_person {
	const char *id, *name, *email, *department, *contact; /* the last two may be NULL */
	const struct fmr_value *roles;                        /* a list, or NULL */
};

struct story_step {
	const struct fmr_source *source;  /* the file that tells it */
	const struct fmr_value *value;
	struct fmr_time at;
	const struct story_person *by;
	const char *deed;                 /* "write", "sign", ... */
	const struct fmr_value *what;     /* of the deed */
};

struct story {
	struct fmr_arena arena;
	char *top;                        /* directory of the sample: records/ and story/ */
	const char *organisation, *language, *time_zone; /* or NULL */
	FMR_VEC(struct story_person) persons;
	FMR_VEC(struct story_step) steps; /* in order of time */
};

/*
 * Read and check the files story/ that end in .yaml below top.  What is wrong in a file is a finding, and FMR_EXIT_FINDINGS is
 * returned then; what does not fit together (a person that nobody introduces, a time before that of the step above, a
 * file that is not below records/) is an error that names the place.  Release the story in any case.
 */
int fmr_story_read(const char *top, struct story *story, struct fmr_findings *findings, struct fmr_err *err);
void fmr_story_release(struct story *story);

/* NULL when there is none. */
const struct story_person *fmr_story_person(const struct story *story, const char *id);

/* Put "path:line:column" of a place in a step in front of the error. */
void fmr_story_blame(const struct story_step *step, const struct fmr_value *at, struct fmr_err *err);

/* The files of a path below records/: the file itself; a directory: all in it; a record without ".yaml": its file and
 * its attachments.  As paths below the top of a repository ("records/..."), in order, in arena. */
struct story_paths {
	const char **items;
	size_t count, capacity;
};
int fmr_story_files(const struct story *story, const char *path, struct fmr_arena *arena, struct story_paths *out,
	struct fmr_err *err);

/* All files below records/. */
int fmr_story_all_files(const struct story *story, struct fmr_arena *arena, struct story_paths *out, struct fmr_err *err);

/* Where a file of the story goes and comes from: "TOP/records/...".  In arena. */
const char *fmr_story_source(const struct story *story, const char *path, struct fmr_arena *arena);

#endif
