/* Action messages: what is written is read, and nothing else is (approvals.md section 4). */
#include "unit.h"

#include "base/alloc.h"
#include "trust/action.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TARGET "89abcdef0123456789abcdef0123456789abcdef"
#define HEAD "fmrec: approve INC-20261121-7KQ2\n\n"
#define BEGIN "Fmrec-Format: 1\nFmrec-Action: approve\nFmrec-Repo: 0123456789abcdef0123456789abcdef\n"
#define RECORD "Fmrec-Record: INC-20261121-7KQ2\nFmrec-Path: records/incident/2026/INC-20261121-7KQ2.yaml\nFmrec-Content: " DIGEST "\n"
#define POLICY "Fmrec-Policy: 7 " DIGEST "\n"
#define SIGNER "Fmrec-Signer: p-sato\nFmrec-Role: manager\n"
#define END "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21T10:00:00Z\n"
#define WHOLE HEAD BEGIN RECORD POLICY SIGNER END

static struct fmr_text text(const char *string)
{
	return (struct fmr_text){ string, strlen(string) };
}

static void assert_text(struct fmr_text got, const char *expected)
{
	char *copy = fmr_strndup(got.bytes ? got.bytes : "", got.length);
	assert_string_equal(copy, expected);
	free(copy);
}

static struct trust_action approval(void)
{
	return (struct trust_action){ .action = text("approve"), .repo = text("0123456789abcdef0123456789abcdef"),
		.record = text("INC-20261121-7KQ2"), .path = text("records/incident/2026/INC-20261121-7KQ2.yaml"),
		.content = text(DIGEST), .policy_version = 7, .policy_digest = text(DIGEST), .signer = text("p-sato"),
		.role = text("manager"), .meaning = text("approved"), .time = 1795255200 };
}

static enum trust_block parse(const char *message, struct fmr_arena *arena, struct trust_action *out)
{
	const char *fault = "";
	const size_t length = strlen(message);
	const enum trust_block block = fmr_trust_action_parse(fmr_arena_strndup(arena, message, length), length, arena, out, &fault);
	assert_true((block == TRUST_BLOCK_FAULTY) == (fault != NULL));
	return block;
}

static void assert_written_and_read(const struct trust_action *action)
{
	struct fmr_str first, second;
	struct fmr_arena arena;
	struct trust_action again;
	const char *fault = NULL;
	fmr_str_init(&first);
	fmr_str_init(&second);
	fmr_arena_init(&arena);
	if (!fmr_trust_action_write(action, &first, &fault))
		fail_msg("%s", fault);
	if (parse(first.bytes, &arena, &again) != TRUST_BLOCK)
		fail_msg("not read: %s", first.bytes);
	assert_true(fmr_trust_action_write(&again, &second, &fault));
	assert_string_equal(first.bytes, second.bytes);
	assert_int_equal(again.time, action->time);
	assert_int_equal(again.policy_version, action->policy_version);
	assert_int_equal(again.reason.length, action->reason.length);
	assert_int_equal(again.target.length, action->target.length);
	fmr_arena_release(&arena);
	fmr_str_release(&first);
	fmr_str_release(&second);
}

static void the_form_is_the_one_of_the_manual(void **state)
{
	(void)state;
	struct trust_action action = approval();
	struct fmr_str message;
	struct fmr_arena arena;
	const char *fault;
	fmr_str_init(&message);
	fmr_arena_init(&arena);
	assert_true(fmr_trust_action_write(&action, &message, &fault));
	assert_string_equal(message.bytes, WHOLE);
	action.reason = text("Tested on site.\n\n  fmrec-action: approve\n> quoted");
	fmr_str_clear(&message);
	assert_true(fmr_trust_action_write(&action, &message, &fault));
	assert_string_equal(message.bytes,
		HEAD "> Tested on site.\n> \n>   fmrec-action: approve\n> > quoted\n\n" BEGIN RECORD POLICY SIGNER END);
	struct trust_action again;
	assert_int_equal(parse(message.bytes, &arena, &again), TRUST_BLOCK);
	assert_text(again.reason, "Tested on site.\n\n  fmrec-action: approve\n> quoted");
	assert_text(again.action, "approve");
	assert_text(again.record, "INC-20261121-7KQ2");
	assert_text(again.policy_digest, DIGEST);
	assert_text(again.behalf, "");
	fmr_arena_release(&arena);
	fmr_str_release(&message);
}

static void every_action_is_read_as_written(void **state)
{
	(void)state;
	struct trust_action action = approval();
	assert_written_and_read(&action);
	action.behalf = text("p-suzuki");
	assert_written_and_read(&action);
	static const char *const reasons[] = { "a", "\n", "\na", "a\n", "a\n\n\nb", "> ", " ", "\t日本語\n", "\xE2\x80\xAE" };
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		action.reason = text(reasons[i]);
		assert_written_and_read(&action);
	}
	action.action = text("reject");
	assert_written_and_read(&action);
	action.action = text("withdraw");
	action.target = text(TARGET);
	assert_written_and_read(&action);
	struct trust_action bare = { .action = text("endorse"), .repo = action.repo, .policy_version = 999999999,
		.policy_digest = text(DIGEST), .signer = text("A"), .role = text("admin"), .target = text(TARGET), .meaning = text("m") };
	assert_written_and_read(&bare);
	bare.action = text("acknowledge");
	bare.reason = text("known");
	assert_written_and_read(&bare);
	bare.action = text("checkpoint");
	bare.target = (struct fmr_text){ 0 };
	bare.time = 253402300799;
	assert_written_and_read(&bare);
	bare.action = text("delegate");
	bare.deputy = text("p-ito");
	bare.from = text("2026-02-28");
	bare.until = text("2028-02-29");
	assert_written_and_read(&bare);
	bare.types = text("incident,problem");
	assert_written_and_read(&bare);
}

/* A title with a line end, control characters, a value too many: the writer cannot produce it. */
static void what_is_not_an_action_cannot_be_written(void **state)
{
	(void)state;
	struct fmr_str out;
	const char *fault;
	fmr_str_init(&out);
#define REFUSED(member, value)                                                                                         \
	do {                                                                                                           \
		struct trust_action action_ = approval();                                                              \
		action_.member = value;                                                                                \
		fault = NULL;                                                                                          \
		if (fmr_trust_action_write(&action_, &out, &fault) || !fault || out.length)                            \
			fail_msg("written: " #member " " #value);                                                      \
	} while (0)
	REFUSED(action, text(""));
	REFUSED(action, text("Approve"));
	REFUSED(action, text("approve\nFmrec-Action: x"));
	REFUSED(action, text("-x"));
	REFUSED(action, text("withdraw"));
	REFUSED(action, text("endorse"));
	REFUSED(action, text("delegate"));
	REFUSED(target, text(TARGET));
	REFUSED(deputy, text("p"));
	REFUSED(from, text("2026-01-01"));
	REFUSED(repo, text("0123456789abcdef0123456789abcde"));
	REFUSED(repo, text("0123456789ABCDEF0123456789ABCDEF"));
	REFUSED(record, text("inc-1"));
	REFUSED(record, text("INC 1"));
	REFUSED(record, text("INC-1\n"));
	REFUSED(path, text("records/../x"));
	REFUSED(path, text("/x"));
	REFUSED(path, text("a b"));
	REFUSED(path, text("日"));
	REFUSED(content, text("sha256:00"));
	REFUSED(content, text("md5"));
	REFUSED(policy_version, 0);
	REFUSED(policy_version, 1000000000);
	REFUSED(signer, text("p sato"));
	REFUSED(signer, text(".p"));
	REFUSED(signer, text("12345678901234567890123456789012345678901234567890123456789012345"));
	REFUSED(role, text(""));
	REFUSED(meaning, text("Approved"));
	REFUSED(time, -1);
	REFUSED(time, 253402300800);
	REFUSED(reason, text("a\rb"));
	REFUSED(reason, text("a\x1B[2J"));
	REFUSED(reason, text("a\xFF"));
	REFUSED(reason, text("a\xC2\x85" "fmrec-action: x"));
	REFUSED(reason, text("a\xE2\x80\xA8" "fmrec-action: x"));
	REFUSED(reason, ((struct fmr_text){ "a\0b", 3 }));
#undef REFUSED
	struct trust_action action = approval();
	char *large = fmr_alloc(TRUST_REASON_LIMIT + 1);
	memset(large, 'x', TRUST_REASON_LIMIT + 1);
	action.reason = (struct fmr_text){ large, TRUST_REASON_LIMIT + 1 };
	assert_false(fmr_trust_action_write(&action, &out, &fault));
	memset(large, '\n', TRUST_REASON_LIMIT);
	action.reason.length = TRUST_REASON_LIMIT;
	assert_written_and_read(&action);
	free(large);
	fmr_str_release(&out);
}

static void all_but_the_one_form_is_faulty(void **state)
{
	(void)state;
	static const char *const faulty[] = {
		/* not the last, not the first, not whole */
		WHOLE "\n", WHOLE "x\n", WHOLE "\nSigned-off-by: A <a@b>\n", WHOLE END, "\n" WHOLE, " " WHOLE, "x\n\n" WHOLE,
		BEGIN RECORD POLICY SIGNER END, "\n\n" BEGIN RECORD POLICY SIGNER END, HEAD BEGIN RECORD POLICY SIGNER, HEAD BEGIN,
		"fmrec: approve INC-20261121-7KQ2\n" BEGIN RECORD POLICY SIGNER END,
		"fmrec: approve INC-20261121-7KQ3\n\n" BEGIN RECORD POLICY SIGNER END,
		"fmrec: approve\n\n" BEGIN RECORD POLICY SIGNER END, "Fmrec: approve INC-20261121-7KQ2\n\n" BEGIN RECORD POLICY SIGNER END,
		"fmrec: receive INC-20261121-7KQ2\n\n" BEGIN RECORD POLICY SIGNER END,
		/* order, repetition, absence */
		HEAD BEGIN RECORD POLICY POLICY SIGNER END, HEAD BEGIN POLICY RECORD SIGNER END, HEAD BEGIN RECORD SIGNER END,
		HEAD BEGIN RECORD POLICY END, HEAD RECORD POLICY SIGNER END, HEAD BEGIN BEGIN RECORD POLICY SIGNER END,
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Role: cio\n" END, HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Other: x\n" END,
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Target: " TARGET "\n" END, HEAD BEGIN RECORD POLICY SIGNER "Other: x\n" END,
		HEAD BEGIN "\n" RECORD POLICY SIGNER END, HEAD BEGIN RECORD POLICY SIGNER " folded\n" END,
		HEAD BEGIN RECORD POLICY SIGNER END END,
		/* how lines are written */
		HEAD "Fmrec-Format: 2\nFmrec-Action: approve\nFmrec-Repo: 0123456789abcdef0123456789abcdef\n" RECORD POLICY SIGNER END,
		HEAD "fmrec-Format: 1\nFmrec-Action: approve\nFmrec-Repo: 0123456789abcdef0123456789abcdef\n" RECORD POLICY SIGNER END,
		HEAD "Fmrec-Format:1\nFmrec-Action: approve\nFmrec-Repo: 0123456789abcdef0123456789abcdef\n" RECORD POLICY SIGNER END,
		HEAD BEGIN RECORD "Fmrec-Policy: 07 " DIGEST "\n" SIGNER END, HEAD BEGIN RECORD "Fmrec-Policy: 7  " DIGEST "\n" SIGNER END,
		HEAD BEGIN RECORD "Fmrec-Policy: 4294967303 " DIGEST "\n" SIGNER END, HEAD BEGIN RECORD "Fmrec-Policy: " DIGEST "\n" SIGNER END,
		HEAD BEGIN RECORD "Fmrec-Policy: 7\n" SIGNER END, HEAD BEGIN RECORD "Fmrec-Policy: -7 " DIGEST "\n" SIGNER END,
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21T10:00:00+00:00\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21T10:00:00.0Z\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21t10:00:00Z\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-02-30T10:00:00Z\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved \nFmrec-Time: 2026-11-21T10:00:00Z\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\r\nFmrec-Time: 2026-11-21T10:00:00Z\r\n",
		HEAD BEGIN RECORD POLICY SIGNER "Fmrec-Meaning: approved\nFmrec-Time: 2026-11-21T10:00:00Z",
		HEAD BEGIN RECORD POLICY "Fmrec-Signer: p-sato\nFmrec-Role: manager\nFmrec-On-Behalf-Of: \n" END,
		/* the reason */
		HEAD "x\n\n" BEGIN RECORD POLICY SIGNER END, HEAD ">x\n\n" BEGIN RECORD POLICY SIGNER END, HEAD "> x\n" BEGIN RECORD POLICY SIGNER END,
		HEAD ">\n\n" BEGIN RECORD POLICY SIGNER END, HEAD "> x\n\n\n" BEGIN RECORD POLICY SIGNER END, HEAD "\n> x\n\n" BEGIN RECORD POLICY SIGNER END,
		HEAD "> x\ny\n\n" BEGIN RECORD POLICY SIGNER END, HEAD "> x\r\n\n" BEGIN RECORD POLICY SIGNER END,
		HEAD "> x\x1B\n\n" BEGIN RECORD POLICY SIGNER END, HEAD "> \n\n" BEGIN RECORD POLICY SIGNER END,
		/* lines of fmrec's elsewhere */
		"subject\n\nfmrec-action: approve\n", "FMREC-X", "subject\n\n \t Fmrec-\n", "revert\n\nFmrec-Format: 1\n",
		HEAD "Fmrec-Format: 1\n\n" BEGIN RECORD POLICY SIGNER END,
	};
	struct fmr_arena arena;
	struct trust_action action;
	fmr_arena_init(&arena);
	assert_int_equal(parse(WHOLE, &arena, &action), TRUST_BLOCK);
	for (size_t i = 0; i < sizeof(faulty) / sizeof(*faulty); i++)
		if (parse(faulty[i], &arena, &action) != TRUST_BLOCK_FAULTY)
			fail_msg("not faulty: %s", faulty[i]);
	static const char *const none[] = { "", "\n", "fmrec: approve INC-1\n", "x fmrec-action: y\n", "> fmrec-x: y\n", "fmrec\n-x\n",
		"fmre-\n", "Fmrec: x\n", "# fmrec-\n", "fm rec-x" };
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (parse(none[i], &arena, &action) != TRUST_NO_BLOCK)
			fail_msg("not plain: %s", none[i]);
	fmr_arena_release(&arena);
}

static void lines_that_look_like_fmrecs(void **state)
{
	(void)state;
	static const char *const lines[] = { "fmrec-", "FMREC-ACTION: X", "  \tfmrec-x", "\xE3\x80\x80" "fmrec-x",
		"\xEF\xBD\x86\xEF\xBD\x8D\xEF\xBD\x92\xEF\xBD\x85\xEF\xBD\x83\xEF\xBC\x8D" "action",
		"fmrec\xE2\x80\x90" "action", "fmrec\xE2\x88\x92" "action", "fm\xE2\x80\x8B" "rec-x", "\xEF\xBB\xBF" "fmrec-x",
		"\xE2\x80\xAE" "fmrec-x", "fmrec\xC2\xAD-x", "\x1B" "fmrec-x" };
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		static const char *const before[] = { "", "subject\n\n", "subject\r", "subject\v", "subject\f", "subject\xC2\x85",
			"subject\xE2\x80\xA8", "subject\xE2\x80\xA9", "x\xFF\n" };
		for (size_t j = 0; j < sizeof(before) / sizeof(*before); j++) {
			char *message = fmr_format("%s%s\nrest", before[j], lines[i]);
			size_t length, number;
			const char *found = fmr_trust_fmrec_line(message, strlen(message), &length, &number);
			if (found != message + strlen(before[j]) || length != strlen(lines[i]))
				fail_msg("not found: %s", message);
			assert_int_equal(number, j == 1 ? 3 : j == 8 ? 2 : 1);
			free(message);
		}
	}
	assert_null(fmr_trust_fmrec_line("", 0, NULL, NULL));
	assert_null(fmr_trust_fmrec_line("fmrec-", 5, NULL, NULL));
	assert_null(fmr_trust_fmrec_line("a fmrec-x\nfmrec: x\n-fmrec-x\nfmrecs-x", 37, NULL, NULL));
	assert_non_null(fmr_trust_fmrec_line("a\0fmrec-x", 9, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_the_one_of_the_manual),
		cmocka_unit_test(every_action_is_read_as_written),
		cmocka_unit_test(what_is_not_an_action_cannot_be_written),
		cmocka_unit_test(all_but_the_one_form_is_faulty),
		cmocka_unit_test(lines_that_look_like_fmrecs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
