/* What an audit looks like, with an audit made by hand: this program brings its own, in place of the library's. */
#include "unit.h"

#include "base/alloc.h"
#include "render/audit.h"
#include "render/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX10(c) c c c c c c c c c c
#define COMMIT(c) HEX10(c) HEX10(c) HEX10(c) HEX10(c)
#define DIGEST(c) "sha256:" COMMIT(c) HEX10(c) HEX10(c) c c c c

enum { DAY = 86400, T0 = 1775012400 /* 2026-04-01 12:00 +09:00 */ };

static const char *const plan[] = { "plan", "system", NULL };
static const struct fmr_vote votes[] = {
	{ .commit = COMMIT("1"), .action = "receive", .signer = "p-ito", .name = "伊藤 <次郎>", .department = "運用課",
		.role = "duty", .meaning = "received", .key = "SHA256:abc", .time = T0 + DAY, .content = DIGEST("a"),
		.policy_version = 1, .status = FMR_VOTE_COUNTS },
	{ .commit = COMMIT("2"), .action = "approve", .signer = "p-sato", .name = "佐藤 花子", .role = "manager",
		.on_behalf_of = "p-cio", .behalf_name = "山田", .meaning = "plan-approved", .key = "SHA256:def",
		.time = T0 + 2 * DAY, .content = DIGEST("b"), .now = DIGEST("c"), .changed_in = COMMIT("3"), .covers = plan,
		.policy_version = 1, .status = FMR_VOTE_STALE, .why = "its content changed" },
};
static const struct fmr_vote *const all_votes[] = { &votes[0], &votes[1] };
static const char *const authors[] = { "p-ito", "stranger@example.com", NULL };
static const struct fmr_step steps[] = {
	{ .transition = "receive", .from = "filed", .to = "received", .stands = true, .commit = COMMIT("1"), .time = T0 + DAY,
		.votes = all_votes, .vote_count = 1 },
};
static const struct fmr_record_status records[] = {
	{ .id = "AAA-20260401-0001", .path = "records/a/2026/AAA-20260401-0001.yaml", .type = "a", .state = "received",
		.was_approved = true, .steps = steps, .step_count = 1, .votes = all_votes, .vote_count = 2,
		.authors = authors },
	{ .id = "BBB-20260401-0002", .path = "records/b/2026/BBB-20260401-0002.yaml", .type = "b", .state = "draft",
		.deleted = true },
};

struct fmr_audit {
	struct fmr_audit_summary summary;
	struct fmr_audit_finding findings[3];
	size_t finding_count;
	enum fmr_verdict verdict;
};

/* ---- the audit of this program ---- */

const struct fmr_audit_summary *fmr_audit_summary(const struct fmr_audit *audit)
{
	return &audit->summary;
}

enum fmr_verdict fmr_audit_verdict(const struct fmr_audit *audit, bool strict)
{
	return strict ? FMR_UNPROVEN : audit->verdict;
}

size_t fmr_audit_finding_count(const struct fmr_audit *audit)
{
	return audit->finding_count;
}

const struct fmr_audit_finding *fmr_audit_finding(const struct fmr_audit *audit, size_t index)
{
	return &audit->findings[index];
}

const struct fmr_record_status *fmr_audit_record(struct fmr_audit *audit, const char *id)
{
	(void)audit;
	for (size_t i = 0; i < 2; i++)
		if (strcmp(records[i].id, id) == 0)
			return &records[i];
	return NULL;
}

int fmr_audit_each_record(struct fmr_audit *audit, fmr_record_status_visit *visit, void *context)
{
	(void)audit;
	int result = visit(context, &records[0]);
	return result ? result : visit(context, &records[1]);
}

bool fmr_audit_candidate(const struct fmr_audit *audit, char commit[FMR_COMMIT_TEXT], size_t *signatures)
{
	(void)audit, (void)commit, (void)signatures;
	return false;
}

static struct fmr_audit sample(void)
{
	return (struct fmr_audit){
		.summary = { .commits = 1204, .edits = 880, .actions = 320, .approvals = 312, .persons = 9, .trusted = true,
			.policy_version = 7, .policy_digest = DIGEST("d"), .repository = "0123456789abcdef0123456789abcdef",
			.genesis = COMMIT("4"), .tip = COMMIT("5"), .genesis_time = T0, .tip_time = T0 + 3 * DAY, .admins = 2,
			.pinned = true, .pin_time = T0 + DAY },
		.verdict = FMR_PROVEN,
	};
}

static struct fmr_audit faulty(void)
{
	struct fmr_audit audit = sample();
	audit.verdict = FMR_VIOLATION;
	audit.summary.pinned = false;
	audit.summary.unanchored = 1204;
	audit.summary.admins = 1;
	audit.finding_count = 2;
	audit.findings[0] = (struct fmr_audit_finding){ .code = FMR_CODE_RECORD_MODE, .commit = COMMIT("3"),
		.time = T0 + 3 * DAY, .record = "AAA-20260401-0001", .sentence = "changed after approval by 佐藤 花子",
		.hint = "approve it again" };
	audit.findings[1] = (struct fmr_audit_finding){ .code = FMR_CODE_POLICY_NONE, .sentence = "a <clone> & more",
		.acknowledged = true };
	return audit;
}

/* ---- what it looks like ---- */

static char *take(FILE *out, char **text)
{
	fclose(out);
	char *copy = fmr_strdup(*text);
	free(*text);
	return copy;
}

static char *print(struct fmr_audit *audit, enum fmr_audit_format format, const struct fmr_audit_style *style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	fmr_render_audit(out, audit, format, style);
	return take(out, &text);
}

static void expect(struct fmr_audit *audit, const struct fmr_audit_style *style, const char *wanted)
{
	char *text = print(audit, FMR_AUDIT_TEXT, style);
	assert_string_equal(text, wanted);
	free(text);
}

static void the_verdict_comes_first(void **state)
{
	(void)state;
	struct fmr_audit audit = sample();
	const struct fmr_audit_style style = { .zone = "+09:00" };
	expect(&audit, &style,
		"PROVEN  1,204 commits, 312 approvals by 9 persons, policy version 7, since 2026-04-01\n"
		"        anchored by pin of 2026-04-02\n"
		"        authorship: claimed (edits are not required to be signed)\n");
}

static void a_violation_names_commit_code_record_and_both_digests(void **state)
{
	(void)state;
	struct fmr_audit audit = faulty();
	const struct fmr_audit_style style = { .zone = "+09:00" };
	expect(&audit, &style,
		"VIOLATION  2 findings: 1 violation, 1 acknowledged\n"
		"           1,204 commits, 312 approvals by 9 persons, policy version 7, since 2026-04-01\n"
		"           no anchor: a history that was cut off or replaced before it came here would look like this, too\n"
		"           authorship: claimed (edits are not required to be signed)\n"
		"           trust: one admin alone can change the policy\n"
		"!3333333  2026-04-04 12:00  record.mode  AAA-20260401-0001  changed after approval by 佐藤 花子\n"
		"          approved " DIGEST("b") "\n"
		"          now      " DIGEST("c") "\n"
		"          covered: plan, system   state is now received\n"
		"          approve it again\n"
		" policy.none  (acknowledged)  a <clone> & more\n");
}

static void records_stand_in_a_table(void **state)
{
	(void)state;
	struct fmr_audit audit = sample();
	const struct fmr_audit_style style = { .zone = "+09:00", .records = true };
	char *text = print(&audit, FMR_AUDIT_TEXT, &style);
	const char *table = strstr(text, "\n\n");
	assert_non_null(table);
	assert_string_equal(table,
		"\n\nid                 state            signatures\n"
		"AAA-20260401-0001  received         receive 伊藤 <次郎> (p-ito, duty) 2026-04-02; "
		"approve 佐藤 花子 (p-sato) for 山田 (p-cio, manager) 2026-04-03 [stale]\n"
		"BBB-20260401-0002  draft (deleted)\n");
	free(text);
}

/* Nothing that a person is called can become part of the page. */
static void pages_are_escaped(void **state)
{
	(void)state;
	struct fmr_audit audit = faulty();
	const struct fmr_audit_style style = { .zone = "UTC", .language = "en", .program = "0" };
	char *text = print(&audit, FMR_AUDIT_HTML, &style);
	assert_null(strstr(text, "<clone>"));
	assert_null(strstr(text, "<次郎>"));
	assert_non_null(strstr(text, "a &lt;clone&gt; &amp; more"));
	assert_non_null(strstr(text, "<html lang=\"en\""));
	assert_null(strstr(text, "src="));
	free(text);
}

static void only_the_records_asked_for(void **state)
{
	(void)state;
	static const char *const ids[] = { "BBB-20260401-0002", NULL };
	struct fmr_audit audit = faulty();
	const struct fmr_audit_style style = { .zone = "UTC", .ids = ids, .records = true, .program = "0" };
	char *text = print(&audit, FMR_AUDIT_TEXT, &style);
	assert_null(strstr(text, "AAA-"));
	assert_non_null(strstr(text, "BBB-"));
	assert_non_null(strstr(text, "policy.none")); /* of the clone as a whole */
	free(text);
	text = print(&audit, FMR_AUDIT_JSON, &style);
	assert_null(strstr(text, "AAA-"));
	free(text);
}

static void evidence_is_prose(void **state)
{
	(void)state;
	struct fmr_audit audit = faulty();
	const struct fmr_audit_style style = { .zone = "+09:00" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	fmr_render_evidence(out, &audit, &records[0], NULL, FMR_ENGLISH, &style);
	char *copy = take(out, &text);
	static const char *const wanted[] = {
		"Evidence for the record AAA-20260401-0001\n",
		"1. 2026-04-02 12:00  receive (receive)\n   signed by 伊藤 <次郎> (p-ito, duty)\n",
		"   by delegation: p-sato acted for p-cio, and both together have one signature\n",
		"   content signed: " DIGEST("b") "\n   that is: plan, system\n",
		"   This signature no longer counts: what it covers was changed after it was given.\n",
		"   changed in commit " COMMIT("3") "\n   content then: " DIGEST("c") "\n",
		"- The authors of what it holds are p-ito, stranger@example.com, as the commits claim",
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_non_null(strstr(copy, wanted[i]));
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_comes_first),
		cmocka_unit_test(a_violation_names_commit_code_record_and_both_digests),
		cmocka_unit_test(records_stand_in_a_table),
		cmocka_unit_test(pages_are_escaped),
		cmocka_unit_test(only_the_records_asked_for),
		cmocka_unit_test(evidence_is_prose),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
