/* Signing with ssh-keygen and commits that are nothing but a signature: real keys, real git. */
#include "unit.h"

#include "fmrec/store.h"
#include "sandbox.h"
#include "trust/sshsig.h"

#define NOW 1795222800 /* 2026-11-21T01:00:00Z */

static struct fmr_store *open_store(void)
{
	struct fmr_store *store;
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_open(".", &store, &err), 0);
	return store;
}

static int setup(void **state)
{
	int result = sandbox_setup(state);
	unsetenv("SSH_AUTH_SOCK");
	sandbox_shell(NULL, "git init -q -b main . && git config user.name Sato && git config user.email sato@example.jp && "
			    "ssh-keygen -q -t ed25519 -N '' -C sato -f key && ssh-keygen -q -t ecdsa -N '' -f other && "
			    "echo '* namespaces=\"git\" '\"$(cat key.pub)\" >allowed && "
			    "git config gpg.ssh.allowedSignersFile \"$PWD/allowed\" && "
			    "git config user.signingKey \"$PWD/key.pub\" && echo a >a && git add a && git commit -q -m first");
	return result;
}

static int head(struct fmr_store *store, struct fmr_oid *id)
{
	return fmr_store_resolve(store, "HEAD", id, NULL);
}

/* Each form of user.signingKey leads to the same public key; what cannot be used has a hint. */
static void keys(void **state)
{
	(void)state;
	struct fmr_str public, file;
	fmr_str_init(&public);
	fmr_str_init(&file);
	sandbox_shell(&file, "cut -d' ' -f1,2 key.pub");
	const char *const settings[] = { "git config user.signingKey key.pub", "git config user.signingKey key",
		"git config user.signingKey '~/key'", "git config user.signingKey \"$(cat key.pub)\"",
		"git config user.signingKey \"key::$(cat key.pub)\"", "cp key alone; git config user.signingKey alone",
		"git config user.signingKey 0123ABCD; git config fmrec.signingKey key" };
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		sh(settings[i]);
		struct fmr_store *store = open_store();
		struct fmr_err err = { 0 };
		fmr_str_clear(&public);
		assert_int_equal(fmr_store_signing_key(store, &public, &err), 0);
		assert_string_equal(public.bytes, file.bytes);
		fmr_store_close(store);
	}
	sh("git config --unset fmrec.signingKey");
	struct fmr_store *store = open_store();
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_signing_key(store, &public, &err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "0123ABCD"));
	assert_non_null(strstr(err.hint, "ssh-keygen -t ed25519"));
	fmr_store_close(store);
	sh("git config --unset user.signingKey");
	store = open_store();
	err = (struct fmr_err){ 0 };
	assert_int_equal(fmr_store_signing_key(store, &public, &err), FMR_ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "user.signingKey"));
	fmr_store_close(store);
	fmr_str_release(&file);
	fmr_str_release(&public);
}

/* What we sign is good for ssh-keygen and in this process. */
static void signatures(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct fmr_str armour;
	struct fmr_err err = { 0 };
	fmr_str_init(&armour);
	assert_int_equal(fmr_store_sign(store, NULL, "text\n", 5, &armour, &err), 0);
	struct trust_verifier *verifier;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_key key;
	const char *fault;
	assert_int_equal(fmr_trust_verifier_new(&verifier, &err), 0);
	assert_int_equal(fmr_trust_sshsig_verify(verifier, (struct fmr_text){ armour.bytes, armour.length },
				 (struct fmr_text){ "text\n", 5 }, &arena, &key, &fault), TRUST_GOOD);
	fmr_trust_verifier_free(verifier);
	fmr_arena_release(&arena);
	fmr_str_release(&armour);
	fmr_store_close(store);
}

static int note_text(void *context, const char *bytes, size_t length, struct fmr_err *err)
{
	(void)err;
	fmr_str_add(context, bytes, length);
	return 0;
}

static void a_commit(void **state)
{
	(void)state;
	sh("echo staged >b && git add b && echo changed >a && git update-ref refs/heads/before HEAD");
	sh("printf '#!/bin/sh\\nexit 1\\n' >.git/hooks/pre-commit; cp .git/hooks/pre-commit .git/hooks/reference-transaction;"
	   "chmod +x .git/hooks/*");
	struct fmr_store *store = open_store();
	struct fmr_err err = { 0 };
	struct fmr_oid parent;
	struct fmr_str text;
	fmr_str_init(&text);
	assert_int_equal(head(store, &parent), 0);
	const struct fmr_signed_commit commit = { .parent = &parent, .message = "fmrec: approve X\n\nFmrec-Format: 1\n",
		.time = NOW, .check = note_text, .context = &text };
	struct fmr_commit_result result;
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), 0);
	assert_string_equal(result.branch, "main");
	struct fmr_oid now;
	assert_int_equal(head(store, &now), 0);
	char hex[41];
	fmr_oid_text(&now, hex);
	assert_string_equal(result.commit, hex);
	assert_output("git log -1 --format='%s %G? %an %ae %cn %at %ct'",
		"fmrec: approve X G Sato sato@example.jp Sato 1795222800 1795222800");
	assert_output("git diff --stat HEAD^ HEAD", "");
	assert_output("git reflog -1 --format=%gs", "commit: fmrec: approve X");
	assert_output("git status --short a b", " M a\nA  b");
	assert_output("git fsck --strict 2>&1", "");
	struct fmr_str raw;
	fmr_str_init(&raw);
	assert_int_equal(fmr_store_object(store, &now, FMR_OBJECT_COMMIT, 1 << 20, &raw, &err), 0);
	assert_string_equal(raw.bytes, text.bytes);
	assert_non_null(strstr(raw.bytes, "\ngpgsig -----BEGIN SSH SIGNATURE-----\n "));
	fmr_str_release(&raw);
	/* the branch is no longer where this parent is */
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), FMR_ERR_CHANGED);
	assert_string_equal(result.commit, "");
	fmr_str_release(&text);
	fmr_store_close(store);
	sh("rm .git/hooks/*");
}

static int refuse(void *context, const char *bytes, size_t length, struct fmr_err *err)
{
	(void)context;
	(void)bytes;
	(void)length;
	return fmr_err_set(err, FMR_ERR_REFUSED, "no");
}

static void what_is_refused(void **state)
{
	(void)state;
	struct fmr_store *store = open_store();
	struct fmr_err err = { 0 };
	struct fmr_oid parent, now;
	assert_int_equal(head(store, &parent), 0);
	struct fmr_commit_result result;
	const struct fmr_signed_commit checked = { .parent = &parent, .message = "m\n", .time = NOW, .check = refuse };
	assert_int_equal(fmr_store_commit_signed(store, &checked, &result, &err), FMR_ERR_REFUSED);
	assert_string_equal(err.text, "no");
	const struct fmr_signed_commit commit = { .parent = &parent, .message = "m\n", .time = NOW };
	sh("git config user.signingKey nowhere");
	fmr_store_close(store);
	store = open_store();
	assert_int_not_equal(fmr_store_commit_signed(store, &commit, &result, &err), 0);
	/* a public key whose private half nobody has */
	sh("ssh-keygen -q -t ed25519 -N '' -f lost; rm lost; git config user.signingKey \"$(cat lost.pub)\"");
	fmr_store_close(store);
	store = open_store();
	err = (struct fmr_err){ 0 };
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), FMR_ERR_GIT);
	assert_non_null(strstr(err.hint, "ssh-add"));
	assert_output("ls .git/fmrec | grep -c pub", "0");
	sh("git config user.signingKey key; touch .git/MERGE_HEAD");
	fmr_store_close(store);
	store = open_store();
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), FMR_ERR_REFUSED);
	sh("rm .git/MERGE_HEAD");
	assert_int_equal(head(store, &now), 0);
	assert_true(fmr_oid_equal(&parent, &now));
	fmr_store_close(store);
}

static void detached_and_unborn(void **state)
{
	(void)state;
	sh("git checkout -q --detach");
	struct fmr_store *store = open_store();
	struct fmr_err err = { 0 };
	struct fmr_oid parent;
	assert_int_equal(head(store, &parent), 0);
	struct fmr_commit_result result;
	const struct fmr_signed_commit commit = { .parent = &parent, .message = "m\n", .time = NOW };
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), 0);
	assert_string_equal(result.branch, "HEAD");
	assert_output("git log -1 --format='%G?' HEAD; git rev-list --count main..HEAD", "G\n1");
	sh("git checkout -q --orphan empty");
	assert_int_equal(fmr_store_commit_signed(store, &commit, &result, &err), FMR_ERR_REFUSED);
	fmr_store_close(store);
}

/* A Trust commit is made by git itself, signed with the SSH key even where git is set to sign with another kind. */
static void through_git(void **state)
{
	(void)state;
	sh("git config gpg.format openpgp; git config gpg.ssh.program /nowhere; git config commit.gpgSign false");
	struct fmr_store *store = open_store();
	struct fmr_err err = { 0 };
	const struct fmr_change change = { .path = "c", .bytes = "c\n", .length = 2 };
	const struct fmr_commit_options options = { .message = "trust\n", .sign = true };
	struct fmr_commit_result result;
	assert_int_equal(fmr_store_apply(store, &change, 1, &options, &result, &err), 0);
	sh("git config gpg.format ssh; git config --unset gpg.ssh.program");
	assert_output("git log -1 --format='%s %G?'", "trust G");
	fmr_store_close(store);
	/* without a key nothing is touched */
	sh("git config --unset user.signingKey");
	store = open_store();
	const struct fmr_change more = { .path = "d", .bytes = "d\n", .length = 2 };
	assert_int_equal(fmr_store_apply(store, &more, 1, &options, &result, &err), FMR_ERR_NOT_FOUND);
	assert_int_equal(access("d", F_OK), -1);
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys),
		TEST(signatures),
		TEST(a_commit),
		TEST(what_is_refused),
		TEST(detached_and_unborn),
		TEST(through_git),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
