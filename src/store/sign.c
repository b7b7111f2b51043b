/* Signing with the user's SSH key, as git would, and commits that are nothing but a signature. */
#include "store/repo.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "store/program.h"
#include "store/ready.h"
#include "store/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_FILE_LIMIT = 64 * 1024, COMMIT_LIMIT = 1 << 20 };

#define LITERAL "key::"

/* ---- which key ---- */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The public key that a setting holds itself, or NULL when it names a file. */
static const char *literal(const char *key)
{
	if (begins(key, LITERAL))
		return key + strlen(LITERAL);
	return begins(key, "ssh-") || begins(key, "ecdsa-sha2-") || begins(key, "sk-") ? key : NULL;
}

static int hint_at_key(struct fmr_err *err)
{
	fmr_err_hint(err, _("git config --global user.signingKey ~/.ssh/id_ed25519.pub\n"
			    "make a key with: ssh-keygen -t ed25519"));
	return FMR_ERR_NOT_FOUND;
}

int fmr_signing_key_name(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err)
{
	if (fmr_store_git_config(store, "fmrec.signingkey", out, NULL) == 0 && out->length)
		return 0;
	fmr_str_clear(out);
	if (fmr_store_git_config(store, "user.signingkey", out, NULL) == 0 && out->length)
		return 0;
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no key to sign with: git's 'user.signingKey' is not set"));
	return hint_at_key(err);
}

/* "ssh-ed25519 AAAA..." out of a line that may have a comment behind it; false when it is no such line. */
static bool take_public(const char *line, struct fmr_str *out)
{
	size_t type = strcspn(line, " \t\r\n");
	const char *blob = line + type + strspn(line + type, " \t");
	size_t length = strcspn(blob, " \t\r\n");
	if (!literal(line) || !type || !length || blob == line + type)
		return false;
	fmr_str_add(out, line, type);
	fmr_str_putc(out, ' ');
	fmr_str_add(out, blob, length);
	return true;
}

/* From a file that holds a public key; false when there is none, or it holds something else. */
static bool read_public(const char *path, struct fmr_str *out)
{
	struct fmr_str text;
	fmr_str_init(&text);
	bool found = fmr_file_read(AT_FDCWD, path, KEY_FILE_LIMIT, false, &text, NULL) == 0 && take_public(text.bytes, out);
	fmr_str_release(&text);
	return found;
}

static int run_keygen(struct fmr_store *store, const struct fmr_spawn *spawn, const char *what, struct fmr_err *err);

/* A private key alone: ssh-keygen knows its public half, perhaps after a passphrase. */
static int ask_public(struct fmr_store *store, const char *path, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_str line;
	fmr_str_init(&line);
	const char *const argv[] = { "ssh-keygen", "-y", "-f", path, NULL };
	char *what = fmr_format(_("'%s' is no SSH key that can be used"), path);
	int result = run_keygen(store, &(struct fmr_spawn){ .argv = argv, .output = &line }, what, err);
	if (result == 0 && !take_public(line.bytes, out))
		result = fmr_err_set(err, FMR_ERR_NOT_FOUND, "%s", what);
	free(what);
	fmr_str_release(&line);
	return result;
}

static int public_of_file(struct fmr_store *store, const char *key, struct fmr_str *out, struct fmr_err *err)
{
	char *path = fmr_store_path(store, key), *beside = fmr_format("%s.pub", path);
	int result = 0;
	if (!read_public(path, out) && !read_public(beside, out)) {
		if (access(path, R_OK) == 0)
			result = ask_public(store, path, out, err);
		else
			result = fmr_err_system(err, errno, _("cannot read the key '%s'"), path);
	}
	free(beside);
	free(path);
	return result;
}

int fmr_store_public_key(struct fmr_store *store, const char *key, struct fmr_str *out, struct fmr_err *err)
{
	const char *text = literal(key);
	if (!text)
		return public_of_file(store, key, out, err);
	return take_public(text, out) ? 0 : fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no public key"), text);
}

int fmr_store_signing_key(struct fmr_store *store, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_str name;
	fmr_str_init(&name);
	int result = fmr_signing_key_name(store, &name, err);
	if (result == 0)
		result = fmr_store_public_key(store, name.bytes, out, err);
	if (result == FMR_ERR_NOT_FOUND)
		hint_at_key(err);
	fmr_str_release(&name);
	return result;
}

/* ---- ssh-keygen ---- */

void fmr_signing_program(struct fmr_store *store, struct fmr_str *out)
{
	if (fmr_store_user_config(store, "gpg.ssh.program", out, NULL) != 0 || !out->length)
		fmr_str_puts(out, "ssh-keygen");
}

static int keygen_failed(const struct fmr_str *errors, const char *what, struct fmr_err *err)
{
	fmr_git_failed(errors, err, what);
	if (strstr(errors->bytes, "agent"))
		fmr_err_hint(err, _("does the agent hold the key?  ssh-add -l   ssh-add KEY"));
	else if (strstr(errors->bytes, "unknown option") || strstr(errors->bytes, "illegal option"))
		fmr_err_hint(err, _("OpenSSH 8.2 or later is needed; for keys that only an agent holds, 8.9"));
	return FMR_ERR_GIT;
}

/* argv[0] is put in the place of by the program that the user chose.  Its questions go to the terminal itself. */
static int run_keygen(struct fmr_store *store, const struct fmr_spawn *spawn, const char *what, struct fmr_err *err)
{
	const char *argv[16] = { 0 };
	struct fmr_str program, errors;
	fmr_str_init(&program);
	fmr_str_init(&errors);
	fmr_signing_program(store, &program);
	argv[0] = program.bytes;
	for (size_t i = 1; i < 15 && spawn->argv[i]; i++)
		argv[i] = spawn->argv[i];
	struct fmr_spawn run = *spawn;
	run.argv = argv;
	run.errors = &errors;
	int status = 0, result = fmr_spawn_run(&run, &status, err);
	if (result != 0)
		fmr_err_hint(err, _("signatures are made by OpenSSH's ssh-keygen: install openssh-client"));
	else if (status != 0)
		result = keygen_failed(&errors, what, err);
	fmr_str_release(&errors);
	fmr_str_release(&program);
	return result;
}

/* ssh-keygen wants a file: make one of a key that stands in the configuration itself.  *path is yours. */
static int write_key(struct fmr_store *store, const char *text, char **path, struct fmr_err *err)
{
	int result = fmr_store_private_make(store, NULL, err);
	if (result != 0)
		return result;
	*path = fmr_format("%s/" FMR_TEMPORARY_PREFIX "key-XXXXXX.pub", store->private_dir);
	int file = mkstemps(*path, 4);
	if (file < 0) {
		result = fmr_err_system(err, errno, _("cannot write '%s'"), *path);
		free(*path);
		*path = NULL;
		return result;
	}
	if (fmr_write_all(file, text, strlen(text)) != 0 || fmr_write_all(file, "\n", 1) != 0)
		result = fmr_err_system(err, errno, _("cannot write '%s'"), *path);
	close(file);
	return result;
}

int fmr_store_make_key(struct fmr_store *store, const char *path, const char *comment, struct fmr_err *err)
{
	const char *const argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path, NULL };
	char *what = fmr_format(_("ssh-keygen did not make the key '%s'"), path);
	int result = run_keygen(store, &(struct fmr_spawn){ .argv = argv }, what, err);
	free(what);
	return result;
}

int fmr_store_sign(struct fmr_store *store, const char *key, const char *bytes, size_t length, struct fmr_str *armour,
	struct fmr_err *err)
{
	struct fmr_str name;
	fmr_str_init(&name);
	char *path = NULL;
	int result = 0;
	if (key)
		fmr_str_puts(&name, key);
	else
		result = fmr_signing_key_name(store, &name, err);
	const char *text = result == 0 ? literal(name.bytes) : NULL;
	if (text)
		result = write_key(store, text, &path, err);
	else if (result == 0)
		path = fmr_store_path(store, name.bytes);
	if (result == 0) {
		const char *const argv[] = { "ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", path, text ? "-U" : NULL, NULL };
		const struct fmr_spawn spawn = { .argv = argv, .input = bytes, .input_length = length, .output = armour };
		result = run_keygen(store, &spawn, _("ssh-keygen did not sign"), err);
	}
	if (text && path)
		unlink(path);
	free(path);
	fmr_str_release(&name);
	return result;
}

/* ---- a commit that is nothing but a signature ---- */

/* "author Name <address> seconds zone": git's words for who it is, at the time that is given. */
static int put_person(struct fmr_store *store, const char *variable, const char *key, int64_t time,
	struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_str line;
	fmr_str_init(&line);
	int result = fmr_identity(store, variable, &line, err);
	const char *close = result == 0 ? strrchr(line.bytes, '>') : NULL;
	const char *zone = close ? strrchr(close, ' ') : NULL;
	if (zone && strlen(zone) >= 6)
		fmr_str_printf(out, "%s %.*s> %lld%.6s\n", key, (int)(close - line.bytes), line.bytes, (long long)time, zone);
	else if (result == 0)
		result = fmr_err_set(err, FMR_ERR_GIT, _("git's answer to 'git var %s' cannot be understood"), variable);
	fmr_str_release(&line);
	return result;
}

/* "tree <40 digits>" and a line end, as the parent has it. */
static int put_tree(struct fmr_store *store, const struct fmr_oid *parent, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_str raw;
	fmr_str_init(&raw);
	int result = fmr_store_object(store, parent, FMR_OBJECT_COMMIT, COMMIT_LIMIT, &raw, err);
	if (result == 0 && (!begins(raw.bytes, "tree ") || strcspn(raw.bytes, "\n") != 45))
		result = fmr_err_set(err, FMR_ERR_GIT, _("the commit that HEAD is at cannot be understood"));
	if (result == 0)
		fmr_str_add(out, raw.bytes, 46);
	fmr_str_release(&raw);
	return result;
}

/* The commit as it is signed; *headers is where the blank line stands. */
static int compose(struct fmr_store *store, const struct fmr_signed_commit *commit, struct fmr_str *out,
	size_t *headers, struct fmr_err *err)
{
	char id[41], tree[41];
	int result = 0;
	if (commit->tree) {
		fmr_oid_text(commit->tree, tree);
		fmr_str_printf(out, "tree %s\n", tree);
	} else {
		result = put_tree(store, commit->parent, out, err);
	}
	if (commit->parent) {
		fmr_oid_text(commit->parent, id);
		fmr_str_printf(out, "parent %s\n", id);
	}
	if (commit->author)
		fmr_str_printf(out, "author %s\n", commit->author);
	else if (result == 0)
		result = put_person(store, "GIT_AUTHOR_IDENT", "author", commit->time, out, err);
	if (commit->committer)
		fmr_str_printf(out, "committer %s\n", commit->committer);
	else if (result == 0)
		result = put_person(store, "GIT_COMMITTER_IDENT", "committer", commit->time, out, err);
	*headers = out->length;
	fmr_str_printf(out, "\n%s", commit->message);
	return result;
}

/* As git does: in front of the blank line, each further line of the armour behind a space. */
static void insert_signature(struct fmr_str *commit, size_t headers, const struct fmr_str *armour)
{
	struct fmr_str header;
	fmr_str_init(&header);
	fmr_str_puts(&header, "gpgsig");
	for (const char *line = armour->bytes; *line;) {
		size_t length = strcspn(line, "\n");
		fmr_str_printf(&header, " %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	fmr_str_splice(commit, headers, 0, header.bytes, header.length);
	fmr_str_release(&header);
}

static int write_commit(struct fmr_store *store, const struct fmr_str *commit, char id[41], struct fmr_err *err)
{
	const char *const arguments[] = { "hash-object", "-t", "commit", "-w", "--stdin", NULL };
	struct fmr_str out, errors;
	fmr_str_init(&out);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments, .input = commit->bytes,
		.input_length = commit->length, .output = &out, .errors = &errors, .locked = true }, &status, err);
	fmr_str_truncate(&out, strcspn(out.bytes, "\n"));
	struct fmr_oid oid;
	if (result == 0 && (status != 0 || !fmr_oid_parse(out.bytes, &oid)))
		result = fmr_git_failed(&errors, err, _("git cannot write the commit"));
	else if (result == 0)
		fmr_oid_text(&oid, id);
	fmr_str_release(&errors);
	fmr_str_release(&out);
	return result;
}

static int branch_moved(const struct head *head, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_CHANGED, _("'%s' has moved meanwhile: nothing was committed"), head->branch);
	fmr_err_hint(err, _("run the command again"));
	return FMR_ERR_CHANGED;
}

static int move_head(struct fmr_store *store, const char *from, const char *to, const char *note,
	struct fmr_err *err)
{
	const char *const arguments[] = { "-c", "core.hooksPath=/dev/null", "update-ref", "-m", note, "HEAD", to, from,
		NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	struct head now = { 0 };
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments, .errors = &errors, .locked = true },
		&status, err);
	if (result == 0 && status != 0) {
		if (fmr_head_read(store, &now, NULL) == 0 && strcmp(now.commit, from) != 0)
			result = branch_moved(&now, err);
		else
			result = fmr_git_failed(&errors, err, _("git cannot move the branch"));
	}
	fmr_str_release(&errors);
	return result;
}

/* HEAD is at the parent, and nothing is under way that would be disturbed. */
static int check_head(struct fmr_store *store, const char *parent, struct head *head, struct fmr_err *err)
{
	int result = fmr_refuse_unfinished(store, err);
	if (result == 0)
		result = fmr_head_read(store, head, err);
	if (result == 0 && !*head->commit)
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("the branch '%s' has no commit yet"), head->branch);
	else if (result == 0 && strcmp(head->commit, parent) != 0)
		result = branch_moved(head, err);
	return result;
}

/* The signed commit, written as an object that nothing leads to yet. */
static int make_commit(struct fmr_store *store, const struct fmr_signed_commit *commit, char id[41], struct fmr_err *err)
{
	struct fmr_str text, armour;
	fmr_str_init(&text);
	fmr_str_init(&armour);
	size_t headers = 0;
	int code = compose(store, commit, &text, &headers, err);
	if (code == 0 && !commit->no_signature)
		code = fmr_store_sign(store, commit->key, text.bytes, text.length, &armour, err);
	if (code == 0) {
		if (!commit->no_signature)
			insert_signature(&text, headers, &armour);
		code = commit->check ? commit->check(commit->context, text.bytes, text.length, err) : 0;
	}
	if (code == 0)
		code = write_commit(store, &text, id, err);
	fmr_str_release(&armour);
	fmr_str_release(&text);
	return code;
}

int fmr_store_write_signed(struct fmr_store *store, const struct fmr_signed_commit *commit, struct fmr_oid *id,
	struct fmr_err *err)
{
	char text[41] = "";
	int code = make_commit(store, commit, text, err);
	if (code == 0 && !fmr_oid_parse(text, id))
		code = fmr_err_set(err, FMR_ERR_GIT, _("git cannot write the commit"));
	return code;
}

static int move_locked(struct fmr_store *store, const char *from, const char *to, const char *note,
	struct fmr_commit_result *result, struct fmr_err *err)
{
	struct head head = { 0 };
	int code = fmr_store_lock(store, 0, err);
	if (code != 0)
		return code;
	code = check_head(store, from, &head, err);
	if (code == 0)
		code = move_head(store, from, to, note, err);
	fmr_store_unlock(store);
	if (code == 0) {
		snprintf(result->commit, sizeof(result->commit), "%s", to);
		snprintf(result->branch, sizeof(result->branch), "%s", head.branch);
	}
	return code;
}

int fmr_store_move_head(struct fmr_store *store, const struct fmr_oid *from, const struct fmr_oid *to, const char *note,
	struct fmr_commit_result *result, struct fmr_err *err)
{
	char old[41], new[41];
	fmr_oid_text(from, old);
	fmr_oid_text(to, new);
	*result = (struct fmr_commit_result){ 0 };
	return move_locked(store, old, new, note, result, err);
}

/* Nobody waits for the lock while a passphrase is typed: it is taken when everything is signed. */
int fmr_store_commit_signed(struct fmr_store *store, const struct fmr_signed_commit *commit,
	struct fmr_commit_result *result, struct fmr_err *err)
{
	*result = (struct fmr_commit_result){ 0 };
	struct head head = { 0 };
	char parent[41], id[41] = "";
	fmr_oid_text(commit->parent, parent);
	int code = check_head(store, parent, &head, err);
	if (code == 0)
		code = make_commit(store, commit, id, err);
	if (code != 0)
		return code;
	char *note = fmr_format("commit: %.*s", (int)strcspn(commit->message, "\n"), commit->message);
	code = move_locked(store, parent, id, note, result, err);
	free(note);
	return code;
}
