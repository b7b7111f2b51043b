/*
 * What the commands that write have in common: the check before, the one
 * commit, the dry run, the report, and the drafts of texts that were refused.
 */
#ifndef FMR_CMD_WRITE_H
#define FMR_CMD_WRITE_H

#include "base/i18n.h"
#include "base/str.h"
#include "cli/cli.h"

struct fmr_write_options {
	bool dry_run, no_commit, no_stage, no_verify;
};

/* Rows of an option table whose options struct holds `struct fmr_write_options write`. */
#define FMR_WRITE_OPTIONS(options)                                                                                     \
	{ .letter = 'n', .name = "dry-run", .kind = FMR_OPTION_FLAG,                                                   \
		.help = N_("show what would change, write nothing"), .offset = offsetof(struct options, write.dry_run) }, \
	{ .name = "no-commit", .kind = FMR_OPTION_FLAG, .help = N_("write and stage, do not commit"),                  \
		.offset = offsetof(struct options, write.no_commit) },                                                 \
	{ .name = "no-stage", .kind = FMR_OPTION_FLAG, .help = N_("write the files only"),                             \
		.offset = offsetof(struct options, write.no_stage) },                                                  \
	{ .name = "no-verify", .kind = FMR_OPTION_FLAG, .help = N_("do not run the commit hooks of the repository"),   \
		.offset = offsetof(struct options, write.no_verify) }

/*
 * Do the work of a command (of the kind of its run function) under the lock of
 * the repository: read, change and write as one step, so that two people who
 * set two fields at once both win.  A dry run takes no lock.
 */
typedef int fmr_write_work(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err);
int fmr_write_locked(struct fmr_cli *cli, const struct fmr_write_options *options, fmr_write_work *work,
	const void *given, int argc, char **argv, struct fmr_err *err);

/* Apply the changes as one commit, or with --dry-run print them as a diff. */
int fmr_write_apply(struct fmr_cli *cli, const struct fmr_write_options *options, const struct fmr_change *changes,
	size_t count, const char *message, struct fmr_commit_result *result, struct fmr_err *err);

/* Is a commit of these changes signed?  What lies below .fmrec is as soon as there is a trust policy, everything else
 * where the policy says so.  FMR_ERR_REFUSED when the user's key may not sign it, FMR_ERR_NOT_FOUND without one. */
int fmr_write_signed(struct fmr_cli *cli, const struct fmr_change *changes, size_t count, bool *sign,
	struct fmr_err *err);

/* Append a commit subject "fmrec: VERB ID REST" (REST may be NULL); nothing in it can break the line. */
void fmr_write_subject(struct fmr_str *out, const char *verb, const char *id, const char *rest);

/* Append where the change went: "[main 4be91c7]", "(staged)", "(not staged)", "(dry run)". */
void fmr_write_where(struct fmr_str *out, const struct fmr_write_options *options,
	const struct fmr_commit_result *result);

/*
 * Check text as the record at path would be checked.  *refused is true when it
 * has an error that `before` (NULL: there is no record yet) had not; findings
 * then holds just the new ones, otherwise all.
 */
int fmr_write_check(struct fmr_cli *cli, const char *path, const struct fmr_str *before, const struct fmr_str *text,
	struct fmr_findings *findings, bool *refused, struct fmr_err *err);

/* Is the same fault, wherever its line is now, among these? */
bool fmr_write_has_finding(const struct fmr_findings *findings, const struct fmr_finding *wanted);

/*
 * Check the new text of the record at path (before: what it is now, or NULL),
 * print the findings, and apply it as one commit together with `more` changes
 * of other files.  Returns FMR_EXIT_FINDINGS when it was refused: nothing is
 * written then.
 */
struct fmr_write {
	const struct fmr_write_options *options;
	const char *path;
	const struct fmr_str *before, *text;
	const char *message;
	const struct fmr_change *more;
	size_t more_count;
};
int fmr_write_record(struct fmr_cli *cli, const struct fmr_write *write, struct fmr_commit_result *commit,
	struct fmr_err *err);

/* Carry edits out on a record as it was read, and write it as fmr_write_record does.  *changed is false, and nothing is
 * written, when the text stays what it is. */
struct fmr_edit;
int fmr_write_edits(struct fmr_cli *cli, const struct fmr_write_options *options, const struct fmr_record *record,
	const struct fmr_edit *edits, size_t count, const char *message, struct fmr_commit_result *commit, bool *changed,
	struct fmr_err *err);

/* fmr_write_record for a whole text that somebody wrote (new, edit): keeps the text as a draft when it is refused or
 * something fails, takes the draft away when it is written, and reports. */
struct fmr_write_text {
	const struct fmr_write_options *options;
	const struct fmr_type *type;
	const char *id, *path;
	const struct fmr_str *before, *text; /* before NULL: a new record */
};
int fmr_write_text(struct fmr_cli *cli, const struct fmr_write_text *write, struct fmr_err *err);

/* Print findings on talk, or as results when --format names a format of findings. */
void fmr_write_show_findings(struct fmr_cli *cli, const struct fmr_findings *findings);

/* A record that is about to be changed: its file as it is.  Release with fmr_record_release. */
int fmr_write_open(struct fmr_cli *cli, const char *id_text, struct fmr_record *record, struct fmr_err *err);

/* Say on talk what can be done next with this record, unless -q. */
void fmr_write_next(struct fmr_cli *cli, const struct fmr_type *type, const char *id);

/* ---- drafts: $GIT_COMMON_DIR/fmrec/drafts/ID.yaml, with what they started from beside them ---- */

enum { FMR_DRAFT_LIMIT = 16 << 20 };

/* base: the text of the record the draft changes; NULL for a new record. */
int fmr_draft_save(struct fmr_cli *cli, const char *id, const struct fmr_str *text, const struct fmr_str *base,
	struct fmr_err *err);
/* base is left empty, and *has_base false, for the draft of a new record. */
int fmr_draft_read(struct fmr_cli *cli, const char *id, struct fmr_str *text, struct fmr_str *base, bool *has_base,
	struct fmr_err *err);
void fmr_draft_remove(struct fmr_cli *cli, const char *id);
/* Append the id of the draft that text abbreviates; FMR_ERR_NOT_FOUND, FMR_ERR_AMBIGUOUS. */
int fmr_draft_find(struct fmr_cli *cli, const char *text, struct fmr_str *id, struct fmr_err *err);
/* Save, and tell how to go on. */
void fmr_draft_keep(struct fmr_cli *cli, const char *id, const struct fmr_str *text, const struct fmr_str *base);

/* The ids of all drafts, in order. */
struct fmr_drafts {
	char **items;
	size_t count, capacity;
};
void fmr_drafts_list(struct fmr_cli *cli, struct fmr_drafts *drafts);
void fmr_drafts_release(struct fmr_drafts *drafts);
/* The heading of a draft, as far as it can be read, or ""; yours to free. */
char *fmr_draft_title(struct fmr_cli *cli, const char *id);

#endif
