/* Raw commits, read strictly (approvals.md section 6). */
#include "unit.h"

#include "sandbox.h"

#include "trust/commit.h"

#define T "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define P "parent 1111111111111111111111111111111111111111\n"
#define A "author Ann <a@b> 1795000000 +0900\n"
#define C "committer \xE4\xBD\x90\xE8\x97\xA4 <c@d> 1795000001 -0330\n"
#define S "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n"
#define M "\nsubject\n"

static void assert_text(struct fmr_text text, const char *expected)
{
	char *copy = fmr_strndup(text.bytes ? text.bytes : "", text.length);
	assert_string_equal(copy, expected);
	free(copy);
}

static bool parse(const char *bytes, size_t length, struct fmr_arena *arena, struct trust_commit *out)
{
	const char *fault = "";
	/* of just that size, so that a step too far is seen */
	char *copy = fmr_arena_strndup(arena, bytes, length);
	const bool good = fmr_trust_commit_parse(copy, length, arena, out, &fault);
	assert_true(good == !fault);
	return good;
}

static void a_commit_has_its_parts(void **state)
{
	(void)state;
	struct fmr_arena arena;
	struct trust_commit commit;
	char hex[41];
	fmr_arena_init(&arena);
	assert_true(parse(T P P A C M, strlen(T P P A C M), &arena, &commit));
	fmr_oid_text(&commit.tree, hex);
	assert_string_equal(hex, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_int_equal(commit.parent_count, 2);
	fmr_oid_text(&commit.parents[1], hex);
	assert_string_equal(hex, "1111111111111111111111111111111111111111");
	assert_text(commit.author.name, "Ann");
	assert_text(commit.author.email, "a@b");
	assert_int_equal(commit.author.time, 1795000000);
	assert_int_equal(commit.author.offset, 540);
	assert_text(commit.committer.name, "\xE4\xBD\x90\xE8\x97\xA4");
	assert_int_equal(commit.committer.offset, -210);
	assert_text(commit.encoding, "");
	assert_text(commit.signature, "");
	assert_text(commit.message, "subject\n");
	assert_true(parse(T A C "encoding EUC-JP\n" S M, strlen(T A C "encoding EUC-JP\n" S M), &arena, &commit));
	assert_int_equal(commit.parent_count, 0);
	assert_text(commit.encoding, "EUC-JP");
	assert_text(commit.signature, "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n");
	fmr_arena_release(&arena);
}

static void the_payload_is_all_but_the_signature(void **state)
{
	(void)state;
	struct fmr_str payload;
	fmr_str_init(&payload);
	fmr_trust_commit_payload(T P A C S "\nx\ngpgsig y\n z\n", strlen(T P A C S "\nx\ngpgsig y\n z\n"), &payload);
	assert_string_equal(payload.bytes, T P A C "\nx\ngpgsig y\n z\n");
	fmr_str_clear(&payload);
	fmr_trust_commit_payload(T A C M, strlen(T A C M), &payload);
	assert_string_equal(payload.bytes, T A C M);
	fmr_str_release(&payload);
}

/* libgit2 1.5 takes this for a signature: a signed commit's header as the message of another one. */
static void a_signature_in_the_message_is_none(void **state)
{
	(void)state;
	static const char trap[] = T A C "\n" T A C S M;
	struct fmr_arena arena;
	struct trust_commit commit;
	struct fmr_str payload;
	fmr_arena_init(&arena);
	fmr_str_init(&payload);
	assert_true(parse(trap, strlen(trap), &arena, &commit));
	assert_text(commit.signature, "");
	fmr_trust_commit_payload(trap, strlen(trap), &payload);
	assert_string_equal(payload.bytes, trap);
	static const char shorter[] = T A C "\n" S;
	assert_true(parse(shorter, strlen(shorter), &arena, &commit));
	assert_text(commit.signature, "");
	fmr_str_release(&payload);
	fmr_arena_release(&arena);
}

static void what_two_could_read_differently_is_a_fault(void **state)
{
	(void)state;
	static const char *const faulty[] = {
		"", "\n", "tree", T, T A, T A C, T A C "x", A C M, P T A C M, T T A C M, " " T A C M, "Tree" T A C M,
		T P, T A P C M, T C A M, T A A C M, T A C C M, T A C P M,
		/* ids */
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee490\n" A C M, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee49044\n" A C M,
		"tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\n" A C M, "tree  b825dc642cb6eb9a060e54bf8d69288fbee4904\n" A C M,
		T "parent 111111111111111111111111111111111111111\n" A C M, T "parent 1111111111111111111111111111111111111111 \n" A C M,
		T "parent  1111111111111111111111111111111111111111\n" A C M, T "parent\n" A C M,
		/* persons */
		T "author a@b 1 +0000\n" C M, T "author A<a@b> 1 +0000\n" C M,
		T "author A <a@b 1 +0000\n" C M, T "author A <a@b>1 +0000\n" C M, T "author A <a<b> 1 +0000\n" C M,
		T "author A> <a@b> 1 +0000\n" C M, T "author A <a@b> 1 0000\n" C M, T "author A <a@b> 1 +000\n" C M,
		T "author A <a@b> 1 +00000\n" C M, T "author A <a@b> 1 +0060\n" C M, T "author A <a@b> 1 +2500\n" C M,
		T "author A <a@b> 01 +0000\n" C M, T "author A <a@b> -1 +0000\n" C M, T "author A <a@b> +1 +0000\n" C M,
		T "author A <a@b>  1 +0000\n" C M, T "author A <a@b> 1  +0000\n" C M, T "author A <a@b> 1 +0000 \n" C M,
		T "author A <a@b> 1 +00x0\n" C M, T "author A <a@b> x +0000\n" C M, T "author A <a@b>\n" C M, T "author \n" C M,
		T "author A <a@b> 253402300800 +0000\n" C M, T "author A <a@b> 99999999999999999999999 +0000\n" C M,
		T "author A <a@b> 1 +0000\n B <c@d> 2 +0000\n" C M, T "author A <a@b> 1 +0000 <c@d> 1 +0000\n" C M,
		T "author A <a@b> 18446744073709551617 +0000\n" C M,
		/* the rest of the header */
		T A C S S M, T A C "x y\n" M, T A C "mergetag object x\n" M, T A C "gpgsig-sha256 x\n" M, T A C S "x y\n" M,
		T A C "x y\n" S M, T A C S "encoding x\n" M, T A C "encoding x\nencoding x\n" M, T A C "encoding \n" M,
		T A C "encoding x y\n" M, T A C " x\n" M, T " x\n" A C M, T A C S, T A C "gpgsig", T A C "gpgsig x", T A C "gpgsig x\n y",
		T A C "gpgsig\n" M, S T A C M, T S A C M, T A S C M, T A C "Gpgsig x\n" M,
		/* carriage returns */
		T A C "\r\n\r\nx", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\r\n" A C M, T "author A\r <a@b> 1 +0000\n" C M,
		T A C "gpgsig x\r\n y\n" M, T A C "\r" M,
	};
	struct fmr_arena arena;
	struct trust_commit commit;
	fmr_arena_init(&arena);
	for (size_t i = 0; i < sizeof(faulty) / sizeof(*faulty); i++)
		if (parse(faulty[i], strlen(faulty[i]), &arena, &commit))
			fail_msg("good: %s", faulty[i]);
	static const char nul[] = T A C "\nvisible\0Fmrec-Format: 1\n";
	assert_false(parse(nul, sizeof(nul) - 1, &arena, &commit));
	static const char nul_in_name[] = T "author A\0 <a@b> 1 +0000\n" C M;
	assert_false(parse(nul_in_name, sizeof(nul_in_name) - 1, &arena, &commit));
	/* these are not: git itself writes them */
	static const char *const good[] = { T A C "\n", T A C M "\r\n", T "author  <> 0 +0000\n" C M,
		T "author A <a@b> 253402300799 -1200\n" C M, T A C S "\n" };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!parse(good[i], strlen(good[i]), &arena, &commit))
			fail_msg("faulty: %s", good[i]);
	fmr_arena_release(&arena);
}

static void parents_without_number(void **state)
{
	(void)state;
	struct fmr_str bytes;
	struct fmr_arena arena;
	struct trust_commit commit;
	fmr_str_init(&bytes);
	fmr_arena_init(&arena);
	fmr_str_puts(&bytes, T);
	for (size_t i = 0; i < 20000; i++)
		fmr_str_puts(&bytes, P);
	fmr_str_puts(&bytes, A C M);
	assert_true(bytes.length < TRUST_COMMIT_LIMIT);
	assert_true(parse(bytes.bytes, bytes.length, &arena, &commit));
	assert_int_equal(commit.parent_count, 20000);
	fmr_arena_release(&arena);
	fmr_str_release(&bytes);
}

/* What git and ssh-keygen make is what is read, and what ssh-keygen signed is the payload. */
static void commits_of_git(void **state)
{
	(void)state;
	setenv("GIT_AUTHOR_DATE", "2026-11-21T00:00:00+09:00", 1);
	setenv("GIT_COMMITTER_DATE", "2026-11-21T00:00:01Z", 1);
	sh("ssh-keygen -q -t ed25519 -N '' -f key && git init -q -b main . && git config user.name 'S. Ato' && git config user.email a@b.c &&"
	   "git config gpg.format ssh && git config user.signingkey $PWD/key.pub && git commit -q --allow-empty -m one && git branch side &&"
	   "git commit -q --allow-empty -S -m two && git checkout -q side && git commit -q --allow-empty -m three &&"
	   "git merge -q -S -m four main && git cat-file commit HEAD > raw");
	struct fmr_str raw, payload;
	struct fmr_arena arena;
	struct trust_commit commit;
	fmr_str_init(&raw);
	fmr_str_init(&payload);
	fmr_arena_init(&arena);
	sandbox_shell(&raw, "cat raw");
	fmr_str_putc(&raw, '\n'); /* the shell's answer lost it */
	assert_true(parse(raw.bytes, raw.length, &arena, &commit));
	assert_int_equal(commit.parent_count, 2);
	assert_text(commit.author.name, "S. Ato");
	assert_text(commit.message, "four\n");
	assert_int_equal(commit.author.offset, 540);
	assert_int_equal(commit.committer.time - commit.author.time, 9 * 3600 + 1);
	fmr_trust_commit_payload(raw.bytes, raw.length, &payload);
	FILE *file = fopen("payload", "w");
	fwrite(payload.bytes, 1, payload.length, file);
	fclose(file);
	file = fopen("armour", "w");
	fwrite(commit.signature.bytes, 1, commit.signature.length, file);
	fclose(file);
	sh("ssh-keygen -Y check-novalidate -n git -s armour < payload");
	fmr_arena_release(&arena);
	fmr_str_release(&payload);
	fmr_str_release(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_has_its_parts),
		cmocka_unit_test(the_payload_is_all_but_the_signature),
		cmocka_unit_test(a_signature_in_the_message_is_none),
		cmocka_unit_test(what_two_could_read_differently_is_a_fault),
		cmocka_unit_test(parents_without_number),
		cmocka_unit_test_setup_teardown(commits_of_git, sandbox_setup, sandbox_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
