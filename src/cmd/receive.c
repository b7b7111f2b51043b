/*
 * pre-receive: what a server takes.  A push is taken as a whole or not at all.
 *
 * The governed branches are the one that HEAD names and those of the setting
 * receive.governed.  They only grow: no commit is taken away, no branch is
 * deleted, no second beginning comes in.  Other branches are proposals: they
 * come and go as their owners like, but their records must be valid, as what
 * would be refused later is better refused now.
 */
#include "cmd/receive.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/input.h"
#include "base/vec.h"
#include "cmd/write.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define ALL_REFS "refs/"
#define BRANCHES "refs/heads/"
#define REPLACEMENTS "refs/replace/"

enum { FINDINGS_CAP = 500, REFS_LIMIT = 16 << 20, SHORT_ID = 12, MINUTE = 60, AHEAD = 60 /* minutes */ };

struct receive {
	struct fmr_cli *cli;
	struct fmr_findings *findings;
	struct fmr_arena arena;
	FMR_VEC(struct fmr_ref_update) updates;
	struct fmr_str head;        /* "refs/heads/main": the branch that HEAD names */
	bool head_exists;           /* before the push */
	int64_t now, ahead, behind; /* seconds; behind 0: any */
};

bool fmr_commit_is_none(const char *id)
{
	return id[strspn(id, "0")] == '\0';
}

/* ---- settings ---- */

static int minutes(struct fmr_cli *cli, const char *key, long usual, int64_t *seconds, struct fmr_err *err)
{
	const char *text = fmr_cli_setting(cli, key);
	char *end = NULL;
	const long value = text ? strtol(text, &end, 10) : usual;
	if (text && (end == text || *end || value < 0 || value > INT32_MAX))
		return fmr_err_set(err, FMR_ERR_INVALID, _("the setting '%s' is no number of minutes: '%s'"), key, text);
	*seconds = (int64_t)value * MINUTE;
	return 0;
}

static bool is_governed(struct receive *receive, const char *ref)
{
	if (strcmp(ref, receive->head.bytes) == 0)
		return true;
	if (strncmp(ref, BRANCHES, strlen(BRANCHES)) != 0)
		return false;
	const char *list = fmr_cli_setting(receive->cli, "receive.governed");
	bool governed = false;
	for (size_t length; list && *list && !governed; list += length + strspn(list + length, " ")) {
		length = strcspn(list, " ");
		const char *pattern = fmr_arena_strndup(&receive->arena, list, length);
		governed = length && fnmatch(pattern, ref + strlen(BRANCHES), 0) == 0;
	}
	return governed;
}

static bool takes_any_proposal(struct receive *receive)
{
	const char *value = fmr_cli_setting(receive->cli, "receive.proposals");
	return value && strcmp(value, "free") == 0;
}

/* ---- the new commits of one reference ---- */

struct arrival {
	struct receive *receive;
	bool governed;
	size_t roots;  /* beginnings that its history may not have any more */
	FMR_VEC(const char *) commits;
};

static void judge_time(struct receive *receive, const struct fmr_new_commit *commit)
{
	const int64_t ahead = commit->committed - receive->now;
	if (ahead <= receive->ahead && (!receive->behind || -ahead <= receive->behind))
		return;
	struct fmr_findings *findings = receive->findings;
	struct fmr_finding *row = fmr_findings_add(findings, FMR_CODE_PUSH_TIME,
		fmr_findings_text(findings, "%.*s", SHORT_ID, commit->id), ahead > 0 ?
		_("the commit is %lld minutes ahead of the server's clock") :
		_("the commit is %lld minutes behind the server's clock"),
		(long long)(ahead > 0 ? ahead : -ahead) / MINUTE);
	row->hint = fmr_findings_text(findings, "%s", _("set your clock and make the commit again"));
}

static void judge_root(struct arrival *arrival, const struct fmr_new_commit *commit)
{
	struct fmr_findings *findings = arrival->receive->findings;
	if (commit->parents[0] || !arrival->roots++)
		return;
	struct fmr_finding *row = fmr_findings_add(findings, FMR_CODE_PUSH_ROOT,
		fmr_findings_text(findings, "%.*s", SHORT_ID, commit->id), "%s",
		_("the commit has no parent: it is the beginning of another history"));
	row->hint = fmr_findings_text(findings, "%s", _("clone the repository again and make your changes there"));
}

static int add_commit(void *context, const struct fmr_new_commit *commit)
{
	struct arrival *arrival = context;
	FMR_VEC_PUSH(&arrival->commits, fmr_arena_strdup(&arrival->receive->arena, commit->id));
	if (arrival->governed) {
		judge_root(arrival, commit);
		judge_time(arrival->receive, commit);
	}
	return 0;
}

static int judge_commits(struct arrival *arrival, const struct fmr_new_commits *query, struct fmr_err *err)
{
	struct receive *receive = arrival->receive;
	struct fmr_check_result checked;
	int result = fmr_store_new_commits(receive->cli->store, query, add_commit, arrival, err);
	if (!result)
		result = fmr_check_commits(receive->cli->store, arrival->commits.items, arrival->commits.count,
			receive->findings, &checked, err);
	FMR_VEC_RELEASE(&arrival->commits);
	return result;
}

/* ---- one reference ---- */

static struct fmr_finding *complain(struct receive *receive, enum fmr_code code, const struct fmr_ref_update *update,
	const char *sentence)
{
	return fmr_findings_add(receive->findings, code, update->name, "%s", sentence);
}

static int judge_governed(struct receive *receive, const struct fmr_ref_update *update, struct fmr_err *err)
{
	struct fmr_findings *findings = receive->findings;
	const bool begins = fmr_commit_is_none(update->before);
	bool grows = true;
	if (fmr_commit_is_none(update->after)) {
		complain(receive, FMR_CODE_PUSH_DELETE, update, _("this branch is governed and is not deleted"));
		return 0;
	}
	int result = begins ? 0 :
		fmr_store_is_ancestor(receive->cli->store, update->before, update->after, &grows, err);
	if (result)
		return result;
	if (!grows) {
		complain(receive, FMR_CODE_PUSH_REWRITE, update,
			_("the push would take commits away that the branch has"))->hint =
			fmr_findings_text(findings, "%s", _("put your work on top of them: git pull --rebase"));
		return 0;
	}
	const char *const known[] = { begins ? receive->head.bytes : update->before, NULL };
	const bool has_history = !begins || receive->head_exists;
	struct arrival arrival = { .receive = receive, .governed = true, .roots = has_history };
	const struct fmr_new_commits query = { .tip = update->after, .without = has_history ? known : NULL };
	return judge_commits(&arrival, &query, err);
}

/* What a governed branch of the same push brings was judged there. */
static int judge_proposal(struct receive *receive, const struct fmr_ref_update *update, struct fmr_err *err)
{
	FMR_VEC(const char *) known = { 0 };
	for (size_t i = 0; i < receive->updates.count; i++) {
		const struct fmr_ref_update *other = &receive->updates.items[i];
		if (is_governed(receive, other->name) && !fmr_commit_is_none(other->after))
			FMR_VEC_PUSH(&known, other->after);
	}
	FMR_VEC_PUSH(&known, NULL);
	struct arrival arrival = { .receive = receive };
	const struct fmr_new_commits query = { .tip = update->after, .without = known.items, .without_refs = ALL_REFS };
	int result = judge_commits(&arrival, &query, err);
	FMR_VEC_RELEASE(&known);
	return result;
}

static int judge(struct receive *receive, const struct fmr_ref_update *update, struct fmr_err *err)
{
	const bool deletes = fmr_commit_is_none(update->after);
	if (is_governed(receive, update->name))
		return judge_governed(receive, update, err);
	if (deletes)
		return 0;
	if (strncmp(update->name, REPLACEMENTS, strlen(REPLACEMENTS)) == 0) {
		complain(receive, FMR_CODE_PUSH_REF, update, _("replacements of commits are not taken"));
		return 0;
	}
	return takes_any_proposal(receive) ? 0 : judge_proposal(receive, update, err);
}

/* ---- the push ---- */

/* Each line: what it was, what it becomes, name. */
static int read_updates(struct receive *receive, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_input_read("-", REFS_LIMIT, &text, err);
	char *line = fmr_arena_strndup(&receive->arena, text.bytes, text.length);
	for (char *end; !result && *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (strlen(line) < 83 || line[40] != ' ' || line[81] != ' ') {
			result = fmr_err_set(err, FMR_ERR_INVALID, _("hook pre-receive cannot read its input"));
			break;
		}
		line[40] = line[81] = '\0';
		const struct fmr_ref_update update = { line, line + 41, line + 82 };
		FMR_VEC_PUSH(&receive->updates, update);
	}
	fmr_str_release(&text);
	return result;
}

static bool is_there(struct fmr_cli *cli, const char *revision)
{
	struct fmr_view *view = NULL;
	const bool there = fmr_view_open(cli->store, FMR_VIEW_COMMIT, revision, &view, NULL) == 0;
	fmr_view_close(view);
	return there;
}

static int look_around(struct receive *receive, struct fmr_err *err)
{
	struct fmr_cli *cli = receive->cli;
	fmr_str_puts(&receive->head, BRANCHES);
	int result = fmr_store_branch(cli->store, &receive->head, err);
	if (!result)
		result = minutes(cli, "receive.clock-ahead", AHEAD, &receive->ahead, err);
	if (!result)
		result = minutes(cli, "receive.clock-behind", 0, &receive->behind, err);
	receive->now = fmr_clock_now();
	receive->head_exists = !result && is_there(cli, receive->head.bytes);
	return result;
}

/* A server whose HEAD names a branch that nobody pushes governs nothing. */
static void warn_of_head(struct receive *receive)
{
	const char *pushed = NULL;
	for (size_t i = 0; i < receive->updates.count; i++) {
		if (is_governed(receive, receive->updates.items[i].name))
			return;
		if (strncmp(receive->updates.items[i].name, BRANCHES, strlen(BRANCHES)) == 0)
			pushed = receive->updates.items[i].name;
	}
	if (receive->head_exists || !pushed)
		return;
	fmr_cli_warn(receive->cli, _("no branch is governed: HEAD of the server names '%s', which does not exist"),
		receive->head.bytes);
	fmr_cli_hint(receive->cli, _("on the server: git symbolic-ref HEAD %s"), pushed);
}

static int answer(struct receive *receive)
{
	struct fmr_cli *cli = receive->cli;
	fmr_write_show_findings(cli, receive->findings);
	if (fmr_findings_errors(receive->findings) == 0) {
		warn_of_head(receive);
		return FMR_EXIT_OK;
	}
	fmr_cli_say(cli, _("fmrec: push refused: nothing of it was taken"));
	fmr_cli_hint(cli, _("each commit must be right by itself: mend those named above (git rebase --interactive), "
			    "then push again"));
	return FMR_EXIT_FINDINGS;
}

int fmr_hook_pre_receive(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	(void)argc, (void)argv;
	struct receive receive = { .cli = cli, .findings = fmr_findings_new(FINDINGS_CAP) };
	fmr_arena_init(&receive.arena);
	fmr_str_init(&receive.head);
	int result = read_updates(&receive, err);
	if (!result)
		result = look_around(&receive, err);
	for (size_t i = 0; i < receive.updates.count && !result; i++)
		result = judge(&receive, &receive.updates.items[i], err);
	if (!result)
		result = answer(&receive);
	FMR_VEC_RELEASE(&receive.updates);
	fmr_str_release(&receive.head);
	fmr_arena_release(&receive.arena);
	fmr_findings_free(receive.findings);
	return result;
}
