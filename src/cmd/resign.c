/*
 * Sign again what a rebase tore off: signatures hold for one parent only.
 */
#include "base/alloc.h"
#include "base/vec.h"
#include "cmd/signing.h"
#include "render/line.h"
#include "trust/commit.h"
#include "trust/sshsig.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COMMITS = 1000 };

struct options {
	bool dry_run, yes;
};

static const struct fmr_option options_table[] = {
	{ .letter = 'n', .name = "dry-run", .kind = FMR_OPTION_FLAG, .help = N_("show what would be signed, sign nothing"),
		.offset = offsetof(struct options, dry_run) },
	{ .name = "yes", .kind = FMR_OPTION_FLAG, .help = N_("do not ask"), .offset = offsetof(struct options, yes) },
	{ 0 },
};

/* A commit of ours, above the upstream. */
struct commit {
	struct fmr_oid id;
	struct fmr_str raw;
	struct fmr_arena arena;
	struct trust_commit parsed;
	struct trust_action action; /* when it is one */
	bool is_action, again;      /* again: it must be made anew */
	struct fmr_oid made;        /* what it became; else its own id */
};

struct resigning {
	struct fmr_cli *cli;
	const struct options *options;
	struct fmr_oid upstream, tip;
	FMR_VEC(struct commit) commits;
	struct fmr_signing signing;  /* of the state that the next commit is made on */
	size_t signatures;
	struct fmr_err *err;
};

/* ---- the commits ---- */

static int read_commit(struct resigning *work, struct commit *commit)
{
	const char *fault = NULL;
	int result = fmr_store_object(work->cli->store, &commit->id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &commit->raw,
		work->err);
	if (result)
		return result;
	char id[FMR_COMMIT_TEXT];
	fmr_oid_text(&commit->id, id);
	if (!fmr_trust_commit_parse(commit->raw.bytes, commit->raw.length, &commit->arena, &commit->parsed, &fault))
		return fmr_err_set(work->err, FMR_ERR_REFUSED, _("the commit %.12s cannot be made again: %s"), id, fault);
	if (commit->parsed.parent_count != 1) {
		fmr_err_set(work->err, FMR_ERR_REFUSED, _("the commit %.12s is a merge"), id);
		fmr_err_hint(work->err, _("commits can be signed again only in one line: git pull --rebase"));
		return FMR_ERR_REFUSED;
	}
	commit->is_action = fmr_trust_action_parse(commit->parsed.message.bytes, commit->parsed.message.length, &commit->arena,
		&commit->action, &fault) == TRUST_BLOCK;
	commit->made = commit->id;
	return 0;
}

static int add_commit(void *context, const char *id)
{
	struct resigning *work = context;
	if (work->commits.count == MOST_COMMITS)
		return fmr_err_set(work->err, FMR_ERR_LIMIT, _("more than %d commits"), MOST_COMMITS);
	struct commit *commit = FMR_VEC_ADD(&work->commits);
	*commit = (struct commit){ 0 };
	fmr_str_init(&commit->raw);
	fmr_arena_init(&commit->arena);
	if (!fmr_oid_parse(id, &commit->id))
		return fmr_err_set(work->err, FMR_ERR_INVALID, _("'%s' is no commit"), id);
	return read_commit(work, commit);
}

/* One line of commits from the upstream to HEAD. */
static int check_line(struct resigning *work)
{
	const struct fmr_oid *before = &work->upstream;
	for (size_t i = 0; i < work->commits.count; i++) {
		if (!fmr_oid_equal(&work->commits.items[i].parsed.parents[0], before)) {
			fmr_err_set(work->err, FMR_ERR_REFUSED, _("the branch does not begin where the upstream ends"));
			fmr_err_hint(work->err, _("first: git pull --rebase"));
			return FMR_ERR_REFUSED;
		}
		before = &work->commits.items[i].id;
	}
	return 0;
}

static int find_commits(struct resigning *work, const char *upstream)
{
	char from[FMR_COMMIT_TEXT], to[FMR_COMMIT_TEXT];
	int result = fmr_store_resolve(work->cli->store, upstream, &work->upstream, work->err);
	if (result == FMR_ERR_NOT_FOUND && strcmp(upstream, "@{upstream}") == 0)
		fmr_err_hint(work->err, _("name it: fmrec resign origin/main"));
	if (!result)
		result = fmr_store_resolve(work->cli->store, "HEAD", &work->tip, work->err);
	if (result)
		return result;
	fmr_oid_text(&work->upstream, from);
	fmr_oid_text(&work->tip, to);
	char *range = fmr_format("%s..%s", from, to);
	result = fmr_store_range(work->cli->store, range, add_commit, work, work->err);
	free(range);
	return result ? result : check_line(work);
}

/* ---- which of them ---- */

/* Is the signature on it one of these bytes, by whomever? */
static bool is_intact(struct resigning *work, struct commit *commit)
{
	struct fmr_str payload;
	struct trust_key key;
	const char *fault = NULL;
	if (!commit->parsed.signature.length || commit->action.time != commit->parsed.committer.time)
		return false;
	fmr_str_init(&payload);
	fmr_trust_commit_payload(commit->raw.bytes, commit->raw.length, &payload);
	struct trust_verifier *verifier = NULL;
	const bool good = fmr_trust_verifier_new(&verifier, work->err) == 0 && fmr_trust_sshsig_verify(verifier, commit->parsed.signature,
		(struct fmr_text){ payload.bytes, payload.length }, &commit->arena, &key, &fault) == TRUST_GOOD;
	fmr_trust_verifier_free(verifier);
	fmr_str_release(&payload);
	return good;
}

static int refuse_other(struct resigning *work, const struct commit *commit)
{
	char id[FMR_COMMIT_TEXT];
	fmr_oid_text(&commit->id, id);
	fmr_err_set(work->err, FMR_ERR_REFUSED, _("the signature %.12s is one of '%.*s', who must give it again"), id,
		(int)commit->action.signer.length, commit->action.signer.bytes);
	fmr_err_hint(work->err, _("leave it out: git rebase --onto %.12s~1 %.12s"), id, id);
	return FMR_ERR_REFUSED;
}

/* What stands on something that is made again must be made again. */
static int choose(struct resigning *work)
{
	bool moved = false;
	for (size_t i = 0; i < work->commits.count; i++) {
		struct commit *commit = &work->commits.items[i];
		if (commit->is_action && !moved)
			moved = !is_intact(work, commit);
		commit->again = moved;
		if (!moved || !commit->is_action)
			continue;
		const struct fmr_text signer = commit->action.signer;
		const char *me = work->signing.me->id;
		if (strlen(me) != signer.length || memcmp(me, signer.bytes, signer.length) != 0)
			return refuse_other(work, commit);
		work->signatures++;
	}
	return 0;
}

/* ---- making them again ---- */

static bool is_word(struct fmr_text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

static char *word_of(struct commit *commit, struct fmr_text text)
{
	return fmr_arena_strndup(&commit->arena, text.bytes, text.length);
}

static bool may_sign(const struct fmr_slot_rule *slot, const struct commit *commit)
{
	return is_word(commit->action.meaning, slot->meaning);
}

/* The digest of what the action is about, where it stands now. */
static int digest_now(struct resigning *work, struct commit *commit, char digest[FMR_RECORD_DIGEST])
{
	const char *id = word_of(commit, commit->action.record);
	const struct fmr_slot_rule *slot = NULL;
	struct fmr_next *next = NULL;
	struct fmr_str manifest;
	size_t count = 0;
	int result = fmr_audit_next(work->signing.audit, id, work->signing.me->id, work->signing.now, &commit->arena, &next,
		&count, work->err);
	for (size_t i = 0; !result && i < count && !slot; i++)
		for (size_t s = 0; is_word(commit->action.action, next[i].rule->name) && s < next[i].slot_count && !slot; s++)
			slot = may_sign(next[i].slots[s].rule, commit) ? next[i].slots[s].rule : NULL;
	if (result)
		return result;
	const bool whole = is_word(commit->action.action, "reject") || is_word(commit->action.action, "withdraw");
	if (!slot && !whole)
		return fmr_err_set(work->err, FMR_ERR_REFUSED, _("'%s' of %s is not possible any more"),
			word_of(commit, commit->action.action), id);
	fmr_str_init(&manifest);
	result = fmr_audit_manifest(work->signing.audit, id, slot, &manifest, digest, work->err);
	fmr_str_release(&manifest);
	return result;
}

static int check_content(struct resigning *work, struct commit *commit)
{
	char digest[FMR_RECORD_DIGEST];
	if (!commit->action.record.length)
		return 0;
	int result = digest_now(work, commit, digest);
	if (result || is_word(commit->action.content, digest))
		return result;
	fmr_err_set(work->err, FMR_ERR_REFUSED, _("what you signed of %s is not what it is now"),
		word_of(commit, commit->action.record));
	fmr_err_hint(work->err, _("leave that signature out with git rebase, look at the record, and sign it again"));
	return FMR_ERR_REFUSED;
}

/* Commits that it speaks of may have been made again themselves. */
static void follow_target(const struct resigning *work, struct commit *commit)
{
	struct fmr_oid target;
	char *text = word_of(commit, commit->action.target);
	if (!fmr_oid_parse(text, &target))
		return;
	for (size_t i = 0; i < work->commits.count; i++) {
		if (!fmr_oid_equal(&work->commits.items[i].id, &target))
			continue;
		fmr_oid_text(&work->commits.items[i].made, text);
		commit->action.target = (struct fmr_text){ text, strlen(text) };
	}
}

static int sign_again(struct resigning *work, const struct fmr_oid *parent, struct commit *commit)
{
	char at[FMR_COMMIT_TEXT];
	const char *fault = NULL;
	struct fmr_str message;
	fmr_oid_text(parent, at);
	int result = fmr_signing_move(&work->signing, at, work->err);
	if (!result)
		result = check_content(work, commit);
	if (result)
		return result;
	follow_target(work, commit);
	commit->action.policy_version = work->signing.policy->version;
	commit->action.policy_digest = (struct fmr_text){ work->signing.policy->digest, strlen(work->signing.policy->digest) };
	commit->action.time = work->signing.now;
	fmr_str_init(&message);
	if (!fmr_trust_action_write(&commit->action, &message, &fault)) {
		result = fmr_err_set(work->err, FMR_ERR_INVALID, _("this cannot be signed: %s"), fault);
	} else {
		const struct fmr_signed_commit wanted = { .parent = parent, .message = message.bytes,
			.time = commit->action.time };
		result = fmr_store_write_signed(work->cli->store, &wanted, &commit->made, work->err);
	}
	fmr_str_release(&message);
	return result;
}

/* An edit stays what it is, on its new parent; signed again when it was signed. */
static int commit_again(struct resigning *work, const struct fmr_oid *parent, struct commit *commit)
{
	const char *start = strstr(commit->raw.bytes, "\nauthor ") + strlen("\nauthor ");
	const struct fmr_signed_commit wanted = { .parent = parent, .tree = &commit->parsed.tree,
		.author = fmr_arena_strndup(&commit->arena, start, strcspn(start, "\n")),
		.message = word_of(commit, commit->parsed.message), .time = work->signing.now,
		.no_signature = !commit->parsed.signature.length };
	return fmr_store_write_signed(work->cli->store, &wanted, &commit->made, work->err);
}

static int make_all(struct resigning *work)
{
	const struct fmr_oid *parent = &work->upstream;
	int result = 0;
	for (size_t i = 0; i < work->commits.count && !result; i++) {
		struct commit *commit = &work->commits.items[i];
		if (commit->again)
			result = commit->is_action ? sign_again(work, parent, commit) : commit_again(work, parent, commit);
		parent = &commit->made;
	}
	if (result)
		return result;
	char old[FMR_COMMIT_TEXT];
	struct fmr_commit_result moved;
	fmr_oid_text(&work->tip, old);
	char *note = fmr_format("fmrec: resign, was %s", old);
	result = fmr_store_move_head(work->cli->store, &work->tip, parent, note, &moved, work->err);
	free(note);
	if (!result && !work->cli->quiet)
		fmr_render_line(work->cli->out, Q_("%zu signature made again   [%s %.7s]   was %.12s\n",
			"%zu signatures made again   [%s %.7s]   was %.12s\n", work->signatures), work->signatures, moved.branch,
			moved.commit, old);
	return result;
}

/* ---- the command ---- */

static void show(const struct resigning *work)
{
	for (size_t i = 0; i < work->commits.count; i++) {
		const struct commit *commit = &work->commits.items[i];
		char id[FMR_COMMIT_TEXT];
		if (!commit->again)
			continue;
		fmr_oid_text(&commit->id, id);
		if (!commit->is_action)
			fmr_render_line(work->cli->out, _("%.7s  as it is\n"), id);
		else
			fmr_render_line(work->cli->out, "%.7s  %.*s %.*s %.*s\n", id, (int)commit->action.action.length,
				commit->action.action.bytes, (int)commit->action.record.length, commit->action.record.bytes,
				(int)commit->action.content.length, commit->action.content.bytes);
	}
}

static int agree(struct resigning *work, bool *agreed)
{
	*agreed = work->options->yes;
	if (work->options->yes || work->options->dry_run)
		return FMR_EXIT_OK;
	if (!work->cli->may_prompt) {
		fmr_err_set(work->err, FMR_ERR_REFUSED, _("there is no terminal to ask on"));
		fmr_err_hint(work->err, _("to sign these again without a question: --yes"));
		return FMR_ERR_REFUSED;
	}
	char *question = fmr_format(_("Sign with ssh key %s ?"), work->signing.fingerprint.bytes);
	*agreed = fmr_cli_confirm(work->cli, question);
	free(question);
	return *agreed ? FMR_EXIT_OK : FMR_EXIT_FINDINGS;
}

static int resign(struct resigning *work, const char *upstream)
{
	bool agreed = false;
	int result = find_commits(work, upstream);
	if (!result)
		result = fmr_signing_open(&work->signing, work->err);
	if (!result)
		result = choose(work);
	if (result)
		return result;
	if (!work->signatures) {
		fmr_cli_say(work->cli, _("nothing to sign again"));
		return FMR_EXIT_OK;
	}
	if (!work->options->yes)
		show(work);
	result = agree(work, &agreed);
	return result || !agreed ? result : make_all(work);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	if (argc > 1)
		return fmr_cli_usage(cli, _("'%s' is one word too many"), argv[1]);
	struct resigning work = { .cli = cli, .options = given, .err = err };
	fmr_signing_init(&work.signing, cli, NULL);
	int result = resign(&work, argc ? argv[0] : "@{upstream}");
	fmr_signing_close(&work.signing);
	for (size_t i = 0; i < work.commits.count; i++) {
		fmr_str_release(&work.commits.items[i].raw);
		fmr_arena_release(&work.commits.items[i].arena);
	}
	FMR_VEC_RELEASE(&work.commits);
	return result;
}

static const char *const synopsis[] = { "[-n] [--yes] [<upstream>]", NULL };

const struct fmr_command fmr_command_resign = {
	.name = "resign",
	.group = "approve",
	.summary = N_("sign again what a rebase tore off"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "rev",
	.run = run,
};
