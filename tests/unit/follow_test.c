/* An audit that follows a history commit by commit says what one says that judges all of it again. */
#include "unit.h"

#include "views.h"

#include "fmrec/audit.h"

/* A history with all that ends are summed up from: what waits, what is stale, what was withdrawn, acknowledged, what does
 * not count, and a merge. */
static const char history[] =
	"set -e; mkdir -p pack/sample/records/system pack/sample/story; cp -R \"$top\"/schema/types \"$top\"/schema/catalogue pack;"
	"cp \"$top\"/schema/pack/config.yaml pack;"
	"printf 'id: SYS-0R12\\nform: 1\\nname: x\\n' >pack/sample/records/system/SYS-0R12.yaml;"
	"cat >pack/sample/story/1.yaml <<'END'\n"
	"persons: [{id: ann, name: Ann, email: a@example.org, roles: [{role: manager}]},"
	" {id: bob, name: Bob, email: b@example.org, roles: [{role: admin}, {role: manager}, {role: notary}]}]\n"
	"steps:\n"
	"  - {at: 2025-01-02T09:00:00Z, by: ann, trust: {begin: {history: clean}}}\n"
	"  - {at: 2025-01-02T09:01:00Z, by: ann, trust: {join: [ann, bob]}}\n"
	"  - {at: 2025-01-02T09:02:00Z, by: ann, write: [system]}\n"
	"  - {at: 2025-01-02T09:03:00Z, by: bob, sign: {confirm: [SYS-0R12]}}\n"
	"  - {at: 2025-01-02T09:04:00Z, by: bob, reject: [SYS-0R12], reason: no}\n"
	"  - {at: 2025-01-02T09:05:00Z, by: bob, withdraw: [SYS-0R12], reason: yes}\n"
	"  - {at: 2025-01-02T09:06:00Z, by: bob, checkpoint: true}\n"
	"  - {at: 2025-01-02T09:07:00Z, by: ann, trust: {settings: {admins: 2}}}\n"
	"END\n"
	"\"$FMREC\" init --sample -q --pack pack repo; cd repo;"
	"git config user.name Ann; git config user.email a@example.org; unset FMREC_NOW;"
	"export FMREC_NOW=2025-01-02T09:08:00Z GIT_AUTHOR_DATE='1735808880 +0000' GIT_COMMITTER_DATE='1735808880 +0000';"
	"K=.git/fmrec/sample-keys;"
	"sed -i 's/name: x/name: y/' records/system/SYS-0R12.yaml; git commit -qam stale;"
	"sed -i 's/^language: .*/language: en/' .fmrec/config.yaml; git commit -qam 'unsigned config';"
	"\"$FMREC\" -q -c user.signingkey=$K/ann trust set --admins 1;"
	"\"$FMREC\" -q -c user.signingkey=$K/bob endorse --yes --content"
	" $(\"$FMREC\" -q -c user.signingkey=$K/bob endorse -n);"
	"git checkout -qb side; echo >README; git add README; git commit -qm side; git checkout -q -;"
	"git commit -q --allow-empty -m 'fmrec: approve SYS-0R12'; git merge -q --no-ff -m merge side;"
	"\"$FMREC\" -q -c user.signingkey=$K/bob confirm SYS-0R12 --yes --content"
	" $(\"$FMREC\" -q -c user.signingkey=$K/bob confirm SYS-0R12 -n)";

static int history_setup(void **state)
{
	return sandbox_setup(state) != 0 ? -1 : sandbox_shell(NULL, history);
}

static struct fmr_audit *open_audit(struct fmr_store *store, const char *revision, bool states_only)
{
	struct fmr_audit *audit = NULL;
	struct fmr_err err = { 0 };
	const struct fmr_audit_options options = { .revision = revision, .states_only = states_only };
	if (fmr_audit_open(store, &options, &audit, &err) != 0)
		fail_msg("%s", err.text);
	return audit;
}

static int put_record(void *context, const struct fmr_record_status *status)
{
	struct fmr_str *out = context;
	fmr_str_printf(out, "%s %s %s bound %d\n", status->id, status->type, status->state, status->bound);
	for (size_t i = 0; i < status->vote_count; i++)
		fmr_str_printf(out, "  %s %s %s %d %s\n", status->votes[i]->commit, status->votes[i]->action,
			status->votes[i]->signer, (int)status->votes[i]->status, status->votes[i]->now ? status->votes[i]->now : "-");
	return 0;
}

/* All that an audit tells. */
static void put_audit(struct fmr_audit *audit, struct fmr_str *out)
{
	const struct fmr_audit_summary *s = fmr_audit_summary(audit);
	char candidate[FMR_COMMIT_TEXT] = "-";
	size_t signatures = 0;
	(void)fmr_audit_candidate(audit, candidate, &signatures);
	fmr_str_printf(out, "%d %d commits %zu edits %zu actions %zu approvals %zu persons %zu policy %u %s admins %u\n",
		(int)fmr_audit_verdict(audit, false), (int)fmr_audit_verdict(audit, true), s->commits, s->edits, s->actions,
		s->approvals, s->persons, s->policy_version, s->policy_digest ? s->policy_digest : "-", s->admins);
	fmr_str_printf(out, "tip %s %lld genesis %s checkpoint %s unanchored %zu waits %s %zu\n", s->tip, (long long)s->tip_time,
		s->genesis, s->checkpoint, s->unanchored, candidate, signatures);
	for (size_t i = 0; i < fmr_audit_finding_count(audit); i++) {
		const struct fmr_audit_finding *f = fmr_audit_finding(audit, i);
		fmr_str_printf(out, "%s %s %d %s\n", fmr_code_name(f->code), f->commit, f->acknowledged, f->sentence);
	}
	assert_int_equal(fmr_audit_each_record(audit, put_record, out), 0);
}

static void assert_same(struct fmr_audit *followed, struct fmr_store *store, const char *commit, bool states_only)
{
	struct fmr_str got, wanted;
	struct fmr_audit *fresh = open_audit(store, commit, states_only);
	fmr_str_init(&got);
	fmr_str_init(&wanted);
	put_audit(followed, &got);
	put_audit(fresh, &wanted);
	assert_string_equal(got.bytes, wanted.bytes);
	fmr_audit_close(fresh);
	fmr_str_release(&wanted);
	fmr_str_release(&got);
}

/* The commits of the line, oldest first, with a line end each. */
static void read_line(struct fmr_str *out, size_t *count)
{
	fmr_str_init(out);
	assert_int_equal(sandbox_shell(out, "git -C repo rev-list --first-parent --reverse HEAD"), 0);
	*count = (out->length + 1) / 41;
	assert_true(*count > 14);
}

static void follow_all(bool states_only)
{
	struct fmr_store *store = open_store("repo");
	struct fmr_err err = { 0 };
	struct fmr_str line;
	char commit[FMR_COMMIT_TEXT] = "";
	size_t count;
	read_line(&line, &count);
	memcpy(commit, line.bytes, 40);
	struct fmr_audit *audit = open_audit(store, commit, states_only);
	for (size_t i = 1; i < count; i++) {
		bool follows = false;
		memcpy(commit, line.bytes + i * 41, 40);
		assert_int_equal(fmr_audit_follow(audit, commit, &follows, &err), 0);
		assert_true(follows);
		assert_same(audit, store, commit, states_only);
	}
	fmr_audit_close(audit);
	fmr_str_release(&line);
	fmr_store_close(store);
}

static void each_commit_that_follows(void **state)
{
	(void)state;
	follow_all(false);
	follow_all(true);
}

static void what_does_not_follow_changes_nothing(void **state)
{
	(void)state;
	struct fmr_store *store = open_store("repo");
	struct fmr_err err = { 0 };
	struct fmr_str line;
	char first[FMR_COMMIT_TEXT] = "", third[FMR_COMMIT_TEXT] = "";
	size_t count;
	bool follows = true;
	read_line(&line, &count);
	memcpy(first, line.bytes, 40);
	memcpy(third, line.bytes + 2L * 41, 40);
	struct fmr_audit *audit = open_audit(store, first, false);
	const char *const others[] = { first, third, "HEAD", "", "0123456789012345678901234567890123456789" };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_int_equal(fmr_audit_follow(audit, others[i], &follows, &err), 0);
		assert_false(follows);
		assert_same(audit, store, first, false);
	}
	fmr_audit_close(audit);
	fmr_str_release(&line);
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, history_setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_commit_that_follows),
		TEST(what_does_not_follow_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
