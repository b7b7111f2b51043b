/*
 * A story becomes history: commits and signatures, one behind the other, as the commands that its steps are named after
 * make them, by whom and when the story says.  No branch leads to them before all of it is told.
 */
#ifndef FMR_CMD_TELL_H
#define FMR_CMD_TELL_H

#include "cmd/signing.h"
#include "cmd/story.h"

struct tell_ring { /* the keys of a person, the oldest first */
	FMR_VEC(char *) files;
	FMR_VEC(char *) public_keys;
};

struct tell_commit {
	struct fmr_oid id;
	const struct story_step *step;
};

struct tell_file { /* that a step wrote */
	char *path;
	const struct story_step *step;
};

struct teller {
	struct fmr_cli *cli;              /* store, view and book of the new repository */
	const struct story *story;
	char *key_directory;
	struct tell_ring *rings;          /* one for each person of the story */
	struct fmr_signing signing;       /* its audit is of the tip; NULL before the first trust policy */
	struct fmr_signing_options options;
	struct fmr_signing_as as;
	struct fmr_arena arena;           /* of one step */
	struct fmr_oid tip, tree;
	FMR_VEC(struct tell_commit) commits;
	FMR_VEC(struct tell_file) files;  /* in the order of the steps; some more than once */
	size_t signatures;
};

/* The keys go into key_directory. */
void fmr_teller_init(struct teller *teller, struct fmr_cli *cli, const struct story *story, const char *key_directory);
void fmr_teller_release(struct teller *teller);

/* Write files, and commit them as the person of the step; their own key signs when it must be.  message: as it is. */
int fmr_tell_commit(struct teller *teller, const struct story_step *step, const struct fmr_change *changes, size_t count,
	const char *message, bool sign, struct fmr_err *err);
/* The same, signed by this step's person, as a change of trust. */
int fmr_tell_trust(struct teller *teller, const struct story_step *step, struct fmr_err *err);
/* Records are written and changed. */
int fmr_tell_edit(struct teller *teller, const struct story_step *step, struct fmr_err *err);
/* Any step; an error names its place. */
int fmr_tell_step(struct teller *teller, const struct story_step *step, struct fmr_err *err);

/* The ring of a person, who has at least one key afterwards. */
int fmr_tell_ring(struct teller *teller, const struct story_person *person, struct tell_ring **out, struct fmr_err *err);
int fmr_tell_new_key(struct teller *teller, const struct story_person *person, struct fmr_err *err);

/* The step that made a commit, and the last one that wrote a file; or NULL. */
const struct story_step *fmr_tell_step_of(const struct teller *teller, const char *commit);
const struct story_step *fmr_tell_step_of_file(const struct teller *teller, const char *path);

#endif
