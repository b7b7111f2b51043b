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
#include "cmd/pushed.h"
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

/* ---- the new commits of a governed branch ---- */

struct arrival {
	struct receive *receive;
	size_t roots; /* beginnings that its history has */
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

static int look_at_commit(void *context, const struct fmr_new_commit *commit)
{
	struct arrival *arrival = context;
	judge_root(arrival, commit);
	judge_time(arrival->receive, commit);
	return 0;
}

/* ---- one reference ---- */

static struct fmr_finding *complain(struct receive *receive, enum fmr_code code, const struct fmr_ref_update *update,
	const char *sentence)
{
	return fmr_findings_add(receive->findings, code, update->name, "%s", sentence);
}

static void complain_of_rewrite(struct receive *receive, const struct fmr_ref_update *update, const char *sentence)
{
	complain(receive, FMR_CODE_PUSH_REWRITE, update, sentence)->hint =
		fmr_findings_text(receive->findings, "%s", _("put your work on top of it: git pull --rebase"));
}

/* base: where the line of first parents of what comes leaves it.  Where a policy is in force that line is the history:
 * it must go on from where it was. */
static int judge_history(struct receive *receive, const struct fmr_ref_update *update, const char *base,
	struct fmr_err *err)
{
	bool governed;
	int result = fmr_pushed_audit(receive->cli->store, update->after, base, receive->findings, &governed, err);
	if (!result && governed && !fmr_commit_is_none(update->before) && (!base || strcmp(base, update->before) != 0))
		complain_of_rewrite(receive, update, _("the push turns what the branch has into a side line of a merge"));
	return result;
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
		complain_of_rewrite(receive, update, _("the push would take commits away that the branch has"));
		return 0;
	}
	const bool has_history = !begins || receive->head_exists;
	const char *const known[] = { begins ? receive->head.bytes : update->before, NULL };
	struct arrival arrival = { .receive = receive, .roots = has_history };
	struct fmr_pushed pushed = { .look = look_at_commit, .look_context = &arrival };
	const struct fmr_new_commits query = { .tip = update->after, .without = has_history ? known : NULL };
	result = fmr_pushed_read(receive->cli->store, &query, &pushed, err);
	if (!result)
		result = fmr_pushed_check(receive->cli->store, &pushed, update->after, findings, err);
	if (!result)
		result = judge_history(receive, update, fmr_pushed_base(&pushed, update->after), err);
	fmr_pushed_release(&pushed);
	return result;
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
	struct fmr_pushed pushed = { .look = NULL };
	const struct fmr_new_commits query = { .tip = update->after, .without = known.items, .without_refs = ALL_REFS };
	int result = fmr_pushed_read(receive->cli->store, &query, &pushed, err);
	if (!result)
		result = fmr_pushed_check(receive->cli->store, &pushed, update->after, receive->findings, err);
	fmr_pushed_release(&pushed);
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
