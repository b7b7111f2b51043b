/*
 * Hidden: what the installed hooks run.  `fmrec hook NAME ARGS` has the
 * arguments and the stdin that git gives the hook of that name.
 */
#include "base/alloc.h"
#include "base/input.h"
#include "cmd/pushed.h"
#include "cmd/receive.h"
#include "cmd/validate.h"
#include "cmd/write.h"
#include "trust/action.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS_CAP = 500, MESSAGE_LIMIT = 1 << 20, REFS_LIMIT = 4 << 20 };

/* ---- pre-commit ---- */

static int refuse(struct fmr_cli *cli, const struct fmr_findings *findings, const char *sentence)
{
	fmr_write_show_findings(cli, findings);
	if (fmr_findings_errors(findings) == 0)
		return FMR_EXIT_OK;
	fmr_cli_say(cli, "fmrec: %s", sentence);
	return FMR_EXIT_FINDINGS;
}

static int pre_commit(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	(void)argc, (void)argv;
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	struct fmr_check_result checked;
	int result = fmr_validate_staged(cli, findings, &checked, err);
	if (!result)
		result = refuse(cli, findings, _("commit refused: mend what is named above and stage it again"));
	fmr_findings_free(findings);
	return result;
}

/* ---- what a history proves ---- */

/* Where there never was a policy, no history is read. */
static int check_history(struct fmr_cli *cli, const char *tip, const char *since, struct fmr_findings *findings,
	bool *governed, struct fmr_err *err)
{
	struct fmr_view *view;
	*governed = false;
	int result = fmr_view_open(cli->store, FMR_VIEW_COMMIT, tip, &view, err);
	if (!result && fmr_states_are_governed(view))
		result = fmr_pushed_audit(cli->store, tip, since, findings, governed, err);
	fmr_view_close(view);
	return result;
}

/* ---- post-merge ---- */

/* It is too late to refuse: say what came. */
static int tell_what_came(struct fmr_cli *cli, const char *tip, const char *since, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	bool governed;
	int result = check_history(cli, tip, since, findings, &governed, err);
	if (!result)
		fmr_write_show_findings(cli, findings);
	if (!result && fmr_findings_errors(findings)) {
		fmr_cli_warn(cli, _("what came breaks the rules of approval, or cannot be proved"));
		fmr_cli_hint(cli, _("tell whoever keeps the repository; the whole of it: fmrec audit"));
	}
	fmr_findings_free(findings);
	return result;
}

static int post_merge(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	struct fmr_oid head, before;
	char tip[41], start[41];
	if (argc && strcmp(argv[0], "1") == 0)
		return FMR_EXIT_OK; /* squashed: there is no commit yet */
	if (fmr_store_resolve(cli->store, "HEAD", &head, NULL) || fmr_store_resolve(cli->store, "ORIG_HEAD", &before, NULL))
		return FMR_EXIT_OK;
	fmr_oid_text(&head, tip);
	fmr_oid_text(&before, start);
	const char *const known[] = { start, NULL };
	const struct fmr_new_commits query = { .tip = tip, .without = known };
	struct fmr_pushed pushed = { .look = NULL };
	int result = fmr_pushed_read(cli->store, &query, &pushed, err);
	if (!result && pushed.ids.count)
		result = tell_what_came(cli, tip, fmr_pushed_base(&pushed, tip), err);
	fmr_pushed_release(&pushed);
	return result;
}

/* ---- commit-msg ---- */

/* With `git commit -v` the difference follows below this line; git cuts it off afterwards. */
static size_t message_length(const struct fmr_str *text)
{
	static const char scissors[] = " ------------------------ >8 ------------------------";
	for (const char *hit = text->bytes; (hit = strstr(hit, scissors)); hit++)
		if (hit - text->bytes == 1 || (hit - text->bytes > 1 && hit[-2] == '\n'))
			return (size_t)(hit - 1 - text->bytes);
	return text->length;
}

static int commit_msg(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	if (argc != 1)
		return fmr_err_set(err, FMR_ERR_INVALID, _("hook commit-msg wants the file of the message"));
	struct fmr_str message;
	fmr_str_init(&message);
	int result = fmr_input_read(argv[0], MESSAGE_LIMIT, &message, err);
	size_t length, number;
	const char *line = result ? NULL :
		fmr_trust_fmrec_line(message.bytes, message_length(&message), &length, &number);
	if (line) {
		fmr_cli_say(cli, _("fmrec: commit refused: line %zu of the message looks like a signed decision: '%.*s'"), number,
			(int)(length < 100 ? length : 100), line);
		fmr_cli_hint(cli, _("only fmrec writes 'fmrec-' lines; reword the message"));
		result = FMR_EXIT_FINDINGS;
	}
	fmr_str_release(&message);
	return result;
}

/* ---- pre-push ---- */

struct push {
	struct fmr_cli *cli;
	const char *remote; /* its name, or its address when it has none */
	struct fmr_findings *findings;
};

static bool is_known(struct fmr_cli *cli, const char *revision)
{
	struct fmr_err unknown = { 0 };
	struct fmr_view *view = NULL;
	bool known = fmr_view_open(cli->store, FMR_VIEW_COMMIT, revision, &view, &unknown) == 0;
	fmr_view_close(view);
	return known;
}

/* A commit that the other side has: what the branch is there, or for a new branch what its main branch was when we
 * last looked.  Yours to free; NULL when we know none. */
static char *common_commit(const struct push *push, const char *theirs)
{
	static const char *const names[] = { "HEAD", "main", "master" };
	if (!fmr_commit_is_none(theirs) && is_known(push->cli, theirs))
		return fmr_strdup(theirs);
	for (size_t i = 0; push->remote && i < sizeof(names) / sizeof(*names); i++) {
		char *name = fmr_format("refs/remotes/%s/%s", push->remote, names[i]);
		if (is_known(push->cli, name))
			return name;
		free(name);
	}
	return NULL;
}

/* What we have and the other side may lack. */
static int check_push(const struct push *push, const char *ours, const char *theirs, struct fmr_err *err)
{
	struct fmr_store *store = push->cli->store;
	char *start = common_commit(push, theirs);
	char *refs = push->remote ? fmr_format("refs/remotes/%s/", push->remote) : NULL;
	const char *const known[] = { start, NULL };
	const struct fmr_new_commits query = { .tip = ours, .without = known, .without_refs = refs };
	struct fmr_pushed pushed = { .look = NULL };
	bool governed;
	int result = fmr_pushed_read(store, &query, &pushed, err);
	if (!result)
		result = fmr_pushed_check(store, &pushed, ours, push->findings, err);
	if (!result && pushed.ids.count)
		result = check_history(push->cli, ours, fmr_pushed_base(&pushed, ours), push->findings, &governed, err);
	fmr_pushed_release(&pushed);
	free(refs);
	free(start);
	return result;
}

/* Cut the next word off *text; NULL when there is none before the line ends. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " ");
	size_t length = strcspn(word, " \n");
	*text = word + length;
	if (**text == ' ')
		*(*text)++ = '\0';
	return length ? word : NULL;
}

/* Each line of stdin: local ref, local commit, remote ref, remote commit. */
static int check_line(const struct push *push, char *line, struct fmr_err *err)
{
	char *words[4];
	for (int i = 0; i < 4; i++)
		words[i] = next_word(&line);
	if (!words[3])
		return fmr_err_set(err, FMR_ERR_INVALID, _("hook pre-push cannot read its input"));
	return fmr_commit_is_none(words[1]) ? 0 : check_push(push, words[1], words[3], err);
}

static int pre_push(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	struct fmr_str refs;
	fmr_str_init(&refs);
	struct fmr_findings *findings = fmr_findings_new(FINDINGS_CAP);
	const struct push push = { cli, argc ? argv[0] : NULL, findings };
	int result = fmr_input_read("-", REFS_LIMIT, &refs, err);
	for (char *line = refs.bytes, *next; *line && !result; line = next) {
		size_t length = strcspn(line, "\n");
		next = line + length + (line[length] == '\n');
		line[length] = '\0';
		result = check_line(&push, line, err);
	}
	if (!result)
		result = refuse(cli, findings, _("push refused: mend the commits named above"));
	fmr_findings_free(findings);
	fmr_str_release(&refs);
	return result;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options;
	static const struct {
		const char *name;
		int (*run)(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err);
	} hooks[] = { { "pre-commit", pre_commit }, { "pre-merge-commit", pre_commit }, { "commit-msg", commit_msg },
		{ "post-merge", post_merge }, { "pre-push", pre_push }, { "pre-receive", fmr_hook_pre_receive } };
	for (size_t i = 0; argc && i < sizeof(hooks) / sizeof(*hooks); i++)
		if (strcmp(hooks[i].name, argv[0]) == 0)
			return hooks[i].run(cli, argc - 1, argv + 1, err);
	return fmr_cli_usage(cli, argc ? _("no hook '%s'") : _("no hook named"), argc ? argv[0] : "");
}

const struct fmr_command fmr_command_hook = {
	.name = "hook",
	.summary = N_("run as a hook of git"),
	.needs = FMR_NEEDS_STORE,
	.run = run,
};
