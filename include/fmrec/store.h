/*
 * The store: a Git repository seen as trees of files that can be read at any
 * state and changed one commit at a time.  src/store is the only place that
 * knows libgit2 and runs git.
 */
#ifndef FMREC_STORE_H
#define FMREC_STORE_H

#include "fmrec/error.h"
#include "fmrec/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fmr_store;

/* Open the repository that holds `directory` (any subdirectory, a linked worktree, a bare repository; honours
 * GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE and the quarantine environment as git does).  Does not need libgit2 to
 * be loaded: that happens when objects are read.  FMR_ERR_NOT_FOUND outside a repository; SHA-256 repositories
 * are FMR_ERR_UNSUPPORTED.  Never runs anything that the repository's config names. */
int fmr_store_open(const char *directory, struct fmr_store **out, struct fmr_err *err);
void fmr_store_close(struct fmr_store *store);

const char *fmr_store_work_tree(const struct fmr_store *store);  /* absolute; NULL in a bare repository */
const char *fmr_store_git_dir(const struct fmr_store *store);    /* absolute */
const char *fmr_store_common_dir(const struct fmr_store *store); /* absolute; shared by linked worktrees */
/* $GIT_COMMON_DIR/fmrec: drafts, lock, caches.  Made by fmr_store_private_make only. */
const char *fmr_store_private_dir(const struct fmr_store *store);
int fmr_store_private_make(const struct fmr_store *store, const char *subdirectory, struct fmr_err *err);

/* ---- reading: a view is one state of all files ---- */

enum fmr_view_kind { FMR_VIEW_WORK_TREE, FMR_VIEW_STAGED, FMR_VIEW_COMMIT, FMR_VIEW_OVERLAY };

struct fmr_view;

/* revision: any revision git understands, for FMR_VIEW_COMMIT only. */
int fmr_view_open(struct fmr_store *store, enum fmr_view_kind kind, const char *revision, struct fmr_view **out,
	struct fmr_err *err);
/* What `under` would be if these changes (each path once; `expected` does not matter) were written: to judge them before.
 * Both must outlive it. */
struct fmr_change;
struct fmr_view *fmr_view_lay_over(struct fmr_view *under, const struct fmr_change *changes, size_t count);
void fmr_view_close(struct fmr_view *view);
enum fmr_view_kind fmr_view_kind(const struct fmr_view *view);
const char *fmr_view_name(const struct fmr_view *view); /* for messages: "work tree", "staged", commit id */
struct fmr_store *fmr_view_store(const struct fmr_view *view);

struct fmr_entry {
	const char *path;   /* relative to the top, "/" between parts; borrowed during the visit */
	unsigned mode;      /* 0100644, 0100755, 0120000, 0040000 (directories are not visited), 0160000 */
	uint64_t size;      /* bytes; 0 when the view does not know it */
};

/* Visit the files below directory `under` ("" for all; nothing when it is absent) in byte order of their paths.  A
 * visitor that returns non-zero ends the walk with that value.  Walking a work tree does not stat the files: size is 0
 * and an executable file has mode 0100644 there; fmr_view_entry and fmr_view_load tell them.  ".git" and temporary
 * files of fmrec are left out; links are reported, never followed. */
typedef int fmr_view_visit(void *context, const struct fmr_entry *entry);
int fmr_view_each(struct fmr_view *view, const char *under, fmr_view_visit *visit, void *context,
	struct fmr_err *err);

/* One file's entry; FMR_ERR_NOT_FOUND when absent.  entry->path is borrowed from the argument. */
int fmr_view_entry(struct fmr_view *view, const char *path, struct fmr_entry *entry, struct fmr_err *err);

/* Append the bytes of a file to out; more than limit: FMR_ERR_LIMIT; a symbolic link or other non-file:
 * FMR_ERR_UNSUPPORTED.  May be called from several threads at once. */
int fmr_view_read(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out, struct fmr_err *err);
/* The same, and what fmr_view_entry would say of the file, at no further cost. */
int fmr_view_load(struct fmr_view *view, const char *path, size_t limit, struct fmr_str *out, struct fmr_entry *entry,
	struct fmr_err *err);

/* Reads file after file in one thread: those of one directory in less time than fmr_view_read takes. */
struct fmr_reader;
struct fmr_reader *fmr_reader_new(struct fmr_view *view); /* the view must outlive it */
int fmr_reader_read(struct fmr_reader *reader, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_err *err);
void fmr_reader_free(struct fmr_reader *reader);

enum fmr_difference { FMR_ADDED = 'A', FMR_MODIFIED = 'M', FMR_DELETED = 'D', FMR_CONFLICTED = 'U' };
typedef int fmr_difference_visit(void *context, enum fmr_difference difference, const char *path);

/* What is staged against HEAD (everything when there is no commit yet), as a view of the staged state saw it when it
 * was opened. */
int fmr_view_staged(struct fmr_view *staged, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err);
/* The same as it is now. */
int fmr_store_staged(struct fmr_store *store, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err);
/* The work tree against what is staged, in order of paths: files that are not staged at all are added, those that a
 * merge left in conflict are so.  A file is read only when its stat data does not answer.  No filter of the
 * repository runs: where one would, a file that it changes counts as modified. */
int fmr_store_unstaged(struct fmr_store *store, const char *under, fmr_difference_visit *visit, void *context,
	struct fmr_err *err);
/* What leads from one commit to another (revisions). */
int fmr_store_between(struct fmr_store *store, const char *from, const char *to, const char *under,
	fmr_difference_visit *visit, void *context, struct fmr_err *err);
/* The operation that git is in the middle of: "merge", "rebase", "cherry-pick", "revert"; NULL: none. */
const char *fmr_store_operation(const struct fmr_store *store);
/* The name of the branch that is checked out, appended to out; "HEAD" when there is none. */
int fmr_store_branch(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err);
/* What a commit changed against its first parent. */
int fmr_store_changed(struct fmr_store *store, const char *commit, const char *under, fmr_difference_visit *visit,
	void *context, struct fmr_err *err);
/* The commits of a range ("A..B", "A", "--not --remotes" is not understood), oldest first. */
typedef int fmr_commit_visit(void *context, const char *commit);
int fmr_store_range(struct fmr_store *store, const char *range, fmr_commit_visit *visit, void *context,
	struct fmr_err *err);

/* Which commits of a tip (a full id; one of a tag or of anything else will do) are new. */
struct fmr_new_commits {
	const char *tip;
	const char *const *without; /* commits whose history is known, NULL-terminated; or NULL */
	const char *without_refs;   /* neither what these references hold: "refs/", "refs/remotes/origin/"; or NULL */
};

struct fmr_new_commit { /* borrowed during the visit */
	const char *id;
	const char *const *parents; /* NULL-terminated */
	int64_t committed;          /* seconds since 1970, as its committer claims */
};

/* Visit the new commits, parents before their children.  Replacements are not followed.  A visitor that returns
 * non-zero ends the visit with that value. */
typedef int fmr_new_commit_visit(void *context, const struct fmr_new_commit *commit);
int fmr_store_new_commits(struct fmr_store *store, const struct fmr_new_commits *query, fmr_new_commit_visit *visit,
	void *context, struct fmr_err *err);
/* Is the one commit the other, or in its history? */
int fmr_store_is_ancestor(struct fmr_store *store, const char *ancestor, const char *commit, bool *is,
	struct fmr_err *err);

/* The commit that HEAD was at, as far as its line of first parents tells: the last one made up to this second.
 * FMR_ERR_NOT_FOUND when the history begins later. */
int fmr_store_commit_at(struct fmr_store *store, int64_t seconds, struct fmr_str *commit, struct fmr_err *err);

/* ---- history ---- */

struct fmr_history_file {
	const char *path;
	enum fmr_difference difference; /* against the first parent */
	unsigned mode;                  /* 0 when the commit took it away */
	char blob[41];                  /* its content, empty when the commit took it away */
};

struct fmr_history_commit { /* borrowed during the visit; texts are UTF-8 as far as their author wrote it */
	const char *id;
	const char *author, *email, *message;
	int64_t written, committed;  /* seconds since 1970 UTC */
	int written_offset;          /* minutes east of UTC */
	const char *const *parents;  /* the commits of this walk that come next before it, when asked for */
	size_t parent_count;
	bool cut;                    /* a shallow clone begins here: what came before is not known */
	const struct fmr_history_file *files; /* that it changed; of a merge those that differ from every parent */
	size_t file_count;
};

struct fmr_history_query {
	const char *from;            /* a revision or range; NULL: HEAD */
	bool before;                 /* begin with the parents of `from`, not with itself */
	const char *const *paths;    /* files and directories, at least one */
	size_t path_count;
	int64_t since, until;        /* commits made then, as seconds since 1970; 0: no bound */
	size_t limit;                /* 0: all */
	bool connected;              /* tell parents, and never a parent before its child (costs a walk of all commits) */
};

/* Visit the commits that changed one of the paths, the newest first, as `git log -- PATH` finds them.  Runs nothing
 * that the repository names and fetches nothing.  A visitor that returns non-zero ends the walk with that value; what
 * it adds up to is no error on an unborn branch. */
typedef int fmr_history_visit(void *context, const struct fmr_history_commit *commit);
int fmr_store_history(struct fmr_store *store, const struct fmr_history_query *query, fmr_history_visit *visit,
	void *context, struct fmr_err *err);
/* Append the file that became `path` in this commit, as git recognises renames; nothing when there is none. */
int fmr_store_renamed(struct fmr_store *store, const char *commit, const char *path, struct fmr_str *from,
	struct fmr_err *err);
/* Append the content of a blob.  path: for messages.  FMR_ERR_LIMIT; FMR_ERR_GIT when it is not there. */
int fmr_store_blob(struct fmr_store *store, const char *blob, const char *path, size_t limit, struct fmr_str *out,
	struct fmr_err *err);

/* ---- objects as they are ---- */

struct fmr_oid {
	unsigned char bytes[20];
};

/* Exactly 40 lower-case digits, as objects themselves name each other. */
bool fmr_oid_parse(const char *hex, struct fmr_oid *out);
void fmr_oid_text(const struct fmr_oid *id, char hex[41]);
bool fmr_oid_equal(const struct fmr_oid *a, const struct fmr_oid *b);

enum fmr_object_kind { FMR_OBJECT_COMMIT = 1, FMR_OBJECT_TREE, FMR_OBJECT_BLOB, FMR_OBJECT_TAG };

/* Append an object exactly as it is stored, after its SHA-1 was computed and compared with its id.  Looked for where git
 * looks (quarantine of a push, alternates), but replace refs and grafts change nothing and nothing is ever fetched.
 * What it costs in time and memory is bounded by limit, whatever the repository holds.
 *   FMR_ERR_NOT_FOUND   it is not here: a clone that is shallow, partial or damaged
 *   FMR_ERR_LIMIT       it is larger than limit, or only to be had by unpacking much more
 *   FMR_ERR_INVALID     it is of another kind, or its bytes are not those of its id
 * Anything else could not be done at all.  out is unchanged then.  May be called from several threads at once, as soon
 * as one call has returned. */
int fmr_store_object(struct fmr_store *store, const struct fmr_oid *id, enum fmr_object_kind kind, size_t limit,
	struct fmr_str *out, struct fmr_err *err);

/* The commit that a revision names, replace refs left aside.  FMR_ERR_NOT_FOUND when there is none. */
int fmr_store_resolve(struct fmr_store *store, const char *revision, struct fmr_oid *commit, struct fmr_err *err);

/* What makes a clone less than the whole history, or lets git show another than the true one. */
struct fmr_store_oddities {
	bool shallow;  /* history was cut off: a shallow clone */
	bool partial;  /* objects were left with a promisor remote: a partial clone */
	bool replaced; /* refs/replace/ has entries */
	bool grafted;  /* info/grafts has lines */
};
int fmr_store_oddities(struct fmr_store *store, struct fmr_store_oddities *out, struct fmr_err *err);

/* ---- writing ---- */

struct fmr_change {
	const char *path;                /* relative to the top, inside it */
	const char *bytes;               /* new content; NULL: take the file away */
	size_t length;
	const struct fmr_str *expected;  /* what the file must hold now; NULL: it must not exist */
};

struct fmr_commit_options {
	const char *message;  /* whole commit message, UTF-8 */
	bool no_commit;       /* write and stage only */
	bool no_stage;        /* write only */
	bool no_verify;       /* as git commit --no-verify */
	bool sign;            /* with the key of fmr_store_signing_key, whatever git is set to */
	int lock_timeout;     /* seconds to wait for other fmrec processes; 0: 60 */
};

struct fmr_commit_result {
	char commit[65]; /* full id, empty when nothing was committed */
	char branch[256];/* branch name or "HEAD" when detached */
};

/*
 * Apply all changes as one commit, or none: under the lock, compare, replace
 * each file atomically, stage just these paths, commit just these paths
 * (other staged changes stay staged and out of it) with the user's identity,
 * hooks and signature as `git commit` would.  When anything fails, files and
 * index entries are put back as they were and the error says so.  Refuses
 * during an unfinished merge, rebase, cherry-pick or revert, without an
 * identity, in a bare repository.
 */
int fmr_store_apply(struct fmr_store *store, const struct fmr_change *changes, size_t count,
	const struct fmr_commit_options *options, struct fmr_commit_result *result, struct fmr_err *err);

/* ---- signing ---- */

/*
 * The key that signs is named by `fmrec.signingKey` of git's configuration, else by `user.signingKey`, in the forms
 * git knows: the path of a private key or of a public one whose private half an agent or a token holds (`~/` is the
 * home directory), or the public key itself ("ssh-ed25519 AAAA...", "key::ecdsa-sha2-nistp256 AAAA...").  Signing runs
 * ssh-keygen, or what gpg.ssh.program of the user's own configuration names: agents, tokens and questions for a
 * passphrase on the terminal work as in git.
 */

/* Append the public key that would sign, "ssh-ed25519 AAAA..." without a comment.  FMR_ERR_NOT_FOUND, with a hint how
 * to set one, when there is none. */
int fmr_store_signing_key(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err);
/* The same of a key in one of the forms above. */
int fmr_store_public_key(struct fmr_store *store, const char *key, struct fmr_str *out, struct fmr_err *err);

/* Sign bytes for the namespace `git` and append the armour, with its line end.  key: NULL for the configured one. */
int fmr_store_sign(struct fmr_store *store, const char *key, const char *bytes, size_t length, struct fmr_str *armour,
	struct fmr_err *err);
/* Make a pair of keys (ed25519, without a passphrase): the private one in the file at path, the public one in PATH.pub. */
int fmr_store_make_key(struct fmr_store *store, const char *path, const char *comment, struct fmr_err *err);

struct fmr_signed_commit {
	const struct fmr_oid *parent; /* the commit that HEAD is expected to be at; NULL, with a tree: it is the first one */
	const struct fmr_oid *tree;   /* NULL: that of the parent */
	const char *author;           /* "Name <address> seconds zone", as a commit has it; NULL: git's, at `time` */
	const char *committer;        /* the same of the committer */
	const char *key;              /* that signs, in one of the forms above; NULL: the configured one */
	const char *message;          /* whole message, UTF-8, taken as it is */
	int64_t time;                 /* of author and committer, seconds since 1970 */
	bool no_signature;            /* none, after all: an ordinary commit that is made again */
	/* Looks at the commit as it will be written; not 0: nothing is written, and this is returned.  May be NULL. */
	int (*check)(void *context, const char *bytes, size_t length, struct fmr_err *err);
	void *context;
};

/*
 * Make a signed commit that changes no file, and move the branch that is checked out (or HEAD itself, when detached)
 * from the parent to it.  Neither hooks nor index nor work tree are touched.  FMR_ERR_CHANGED when HEAD is not at
 * the parent any more; FMR_ERR_REFUSED without an identity or during an unfinished merge or rebase.
 */
int fmr_store_commit_signed(struct fmr_store *store, const struct fmr_signed_commit *commit,
	struct fmr_commit_result *result, struct fmr_err *err);
/* In two steps: write the commit, to which nothing leads yet ... */
int fmr_store_write_signed(struct fmr_store *store, const struct fmr_signed_commit *commit, struct fmr_oid *id,
	struct fmr_err *err);
/* ... and move HEAD's branch to the last one of several, which has the same tree.  note: for the reflog. */
int fmr_store_move_head(struct fmr_store *store, const struct fmr_oid *from, const struct fmr_oid *to, const char *note,
	struct fmr_commit_result *result, struct fmr_err *err);

/* ---- history that is made beside the one that is checked out ---- */

/* Write a tree that holds the files of another one (NULL: none) with these changes; files are ordinary ones, and what
 * they are expected to hold is not looked at.  Nothing leads to it yet. */
int fmr_store_make_tree(struct fmr_store *store, const struct fmr_oid *base, const struct fmr_change *changes,
	size_t count, struct fmr_oid *tree, struct fmr_err *err);
/* Let the branch that is checked out, which has no commit yet, lead to this one, and the index hold its files; those in
 * the work tree are the caller's. */
int fmr_store_begin_at(struct fmr_store *store, const struct fmr_oid *commit, const char *note, struct fmr_err *err);

/* The lock alone, for work that must read and then apply: nested fmr_store_apply calls reuse it. */
int fmr_store_lock(struct fmr_store *store, int timeout, struct fmr_err *err);
void fmr_store_unlock(struct fmr_store *store);

/* user.name as git knows it, or NULL; borrowed from the store. */
const char *fmr_store_user_name(struct fmr_store *store);
const char *fmr_store_user_email(struct fmr_store *store);
/* `git config --get NAME`, appended to out; FMR_ERR_NOT_FOUND when unset.  store may be NULL: outside repositories. */
int fmr_store_git_config(struct fmr_store *store, const char *name, struct fmr_str *out, struct fmr_err *err);
/* The same without what the repository's own files say: for names of programs to run (core.editor, core.pager), so
 * that reading a stranger's clone runs nothing that the stranger chose. */
int fmr_store_user_config(struct fmr_store *store, const char *name, struct fmr_str *out, struct fmr_err *err);

/* Visit every setting of git's configuration that is seen in this repository (NULL: outside of repositories), later ones
 * win.  value: NULL for a key without one, which means true.  scope, in git's words: system, global, local (of the
 * repository itself) or command.  Reads the files itself; starts git only for those with includes. */
typedef void fmr_setting_visit(void *context, const char *key, const char *value, const char *scope);
int fmr_store_each_setting(struct fmr_store *store, fmr_setting_visit *visit, void *context, struct fmr_err *err);

/* Version of libgit2, or why it cannot be loaded; appended to out. */
void fmr_store_library(struct fmr_str *out);

/* `git init` in a directory (made when missing). */
int fmr_store_create(const char *directory, struct fmr_err *err);

/* ---- hooks ---- */

/* Install, or take away, fmrec's hooks and its merge driver (merge.fmrec in the repository's config, info/attributes).
 * server: pre-receive, for a repository that others push to; else pre-commit, pre-merge-commit, commit-msg,
 * post-merge, pre-push and the driver, for one that somebody works in.  Respects core.hooksPath; an existing hook is kept as
 * NAME.before-fmrec and called first; uninstalling takes all away and puts those back.  Installing twice changes
 * nothing.  program: absolute path of fmrec. */
int fmr_hooks_install(struct fmr_store *store, bool server, const char *program, const char *template_directory,
	struct fmr_err *err);
int fmr_hooks_uninstall(struct fmr_store *store, struct fmr_err *err);
/* Each hook that belongs in the repository or is installed there, and "merge-driver" with the file that names it. */
typedef void fmr_hook_visit(void *context, const char *name, const char *path, bool installed, bool chained);
int fmr_hooks_each(struct fmr_store *store, fmr_hook_visit *visit, void *context, struct fmr_err *err);

#endif
