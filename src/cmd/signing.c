#include "cmd/acts.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "json/json.h"
#include "render/line.h"
#include "render/print.h"
#include "trust/key.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_MOVES = 5, SLACK = 60 /* seconds by which clocks may differ */, HOLDERS = 8 };

/* ---- who ---- */

/* A key that was somebody's. */
static int refuse_key(const struct fmr_signing *signing, const struct trust_policy_key *key, struct fmr_err *err)
{
	const char *print = signing->fingerprint.bytes;
	if (key->state == TRUST_KEY_RETIRED)
		fmr_err_set(err, FMR_ERR_REFUSED, _("the key %s of '%s' is retired"), print, key->owner);
	else if (key->state == TRUST_KEY_COMPROMISED)
		fmr_err_set(err, FMR_ERR_REFUSED, _("the key %s of '%s' was reported as compromised"), print, key->owner);
	else
		fmr_err_set(err, FMR_ERR_REFUSED, _("the key %s of '%s' has expired"), print, key->owner);
	fmr_err_hint(err, _("sign with another key of yours (git config user.signingkey FILE), or have an admin add one: "
			    "fmrec trust add-key %s KEY.pub"), key->owner);
	return FMR_ERR_REFUSED;
}

static int find_fingerprint(struct fmr_signing *signing, struct fmr_err *err)
{
	struct fmr_arena arena;
	struct trust_key key;
	const char *fault = NULL;
	char text[TRUST_FINGERPRINT];
	fmr_arena_init(&arena);
	int result = 0;
	if (fmr_trust_key_parse(signing->key.bytes, &arena, &key, &fault)) {
		fmr_trust_key_fingerprint(&key, text);
		fmr_str_puts(&signing->fingerprint, text);
	} else {
		result = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("git would sign with a key that fmrec cannot use: %s"), fault);
	}
	fmr_arena_release(&arena);
	return result;
}

/* Three commands make a signer of somebody. */
static int refuse_stranger(const struct fmr_signing *signing, struct fmr_err *err)
{
	const char *email = fmr_store_user_email(signing->cli->store);
	const struct trust_person *person = email ? fmr_trust_policy_by_email(signing->policy, email) : NULL;
	fmr_err_set(err, FMR_ERR_REFUSED, _("the key %s belongs to nobody in the trust policy"), signing->fingerprint.bytes);
	if (person)
		fmr_err_hint(err, _("an admin adds it: fmrec trust add-key %s KEY.pub"), person->id);
	else
		fmr_err_hint(err, _("an admin makes you a signer: fmrec trust add-person, fmrec trust add-key, fmrec trust "
				    "grant; see fmrec-trust(1)"));
	return FMR_ERR_REFUSED;
}

static int read_key(struct fmr_signing *signing, struct fmr_err *err)
{
	if (signing->key.length)
		return 0;
	int result = 0;
	if (signing->as)
		fmr_str_puts(&signing->key, signing->as->public_key);
	else
		result = fmr_store_signing_key(signing->cli->store, &signing->key, err);
	return result ? result : find_fingerprint(signing, err);
}

/* Whose key is it, in the policy of the audit? */
static int find_me(struct fmr_signing *signing, struct fmr_err *err)
{
	int result = read_key(signing, err);
	if (result)
		return result;
	const struct trust_policy_key *key = fmr_trust_policy_key(signing->policy, signing->key.bytes);
	if (!key)
		return refuse_stranger(signing, err);
	if (key->state != TRUST_KEY_ACTIVE || fmr_trust_key_expired(signing->policy, key, signing->now))
		return refuse_key(signing, key, err);
	signing->me = fmr_trust_policy_person(signing->policy, key->owner);
	return 0;
}

/* ---- the history ---- */

static void show_progress(void *progress, size_t done, size_t total)
{
	fmr_progress_show(progress, done, total);
}

static int judge_all(struct fmr_signing *signing, const char *revision, struct fmr_err *err)
{
	struct fmr_progress *progress = fmr_progress_new(signing->cli, _("reading the history"));
	const struct fmr_audit_options options = {
		.revision = revision, .states_only = true, .progress = show_progress, .progress_context = progress
	};
	fmr_audit_close(signing->audit);
	signing->audit = NULL;
	int result = fmr_audit_open(signing->cli->store, &options, &signing->audit, err);
	fmr_progress_end(progress);
	return result;
}

/* Mostly it is the commit behind the one that was judged. */
static int open_audit(struct fmr_signing *signing, const char *revision, struct fmr_err *err)
{
	bool follows = false;
	int result = signing->audit ? fmr_audit_follow(signing->audit, revision, &follows, err) : 0;
	if (!result && !follows)
		result = judge_all(signing, revision, err);
	if (result)
		return result;
	signing->policy = fmr_audit_policy(signing->audit);
	if (!signing->policy) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("this repository has no trust policy, so that nobody can sign anything"));
		fmr_err_hint(err, _("'fmrec trust init' makes you its first admin"));
		return FMR_ERR_REFUSED;
	}
	return 0;
}

/* A commit that claims to be older than the one before it would not count. */
static int read_clock(struct fmr_signing *signing, struct fmr_err *err)
{
	const int64_t before = fmr_audit_summary(signing->audit)->tip_time;
	signing->now = signing->as ? signing->as->time : fmr_clock_now();
	if (before - signing->now > SLACK) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("the clock here is %lld seconds behind the last commit"),
			(long long)(before - signing->now));
		fmr_err_hint(err, _("set the clock; if the commit's is wrong, wait until its time has come"));
		return FMR_ERR_REFUSED;
	}
	return 0;
}

static int refuse_operation(struct fmr_cli *cli, struct fmr_err *err)
{
	const char *operation = fmr_store_operation(cli->store);
	if (!operation)
		return 0;
	fmr_err_set(err, FMR_ERR_REFUSED, _("git is in the middle of a %s"), operation);
	fmr_err_hint(err, _("finish it, or 'git %s --abort', and sign then"), operation);
	return FMR_ERR_REFUSED;
}

int fmr_signing_move(struct fmr_signing *signing, const char *revision, struct fmr_err *err)
{
	int result = open_audit(signing, revision, err);
	if (!result)
		result = read_clock(signing, err);
	return result ? result : find_me(signing, err);
}

int fmr_signing_follow(struct fmr_signing *signing, const char *commit, struct fmr_err *err)
{
	return open_audit(signing, commit, err);
}

int fmr_signing_turn(struct fmr_signing *signing, const struct fmr_signing_as *as, struct fmr_err *err)
{
	signing->as = as;
	signing->now = as->time;
	fmr_str_clear(&signing->key);
	fmr_str_clear(&signing->fingerprint);
	return find_me(signing, err);
}

void fmr_signing_init(struct fmr_signing *signing, struct fmr_cli *cli, const struct fmr_signing_options *options)
{
	*signing = (struct fmr_signing){ .cli = cli, .options = options };
	fmr_str_init(&signing->key);
	fmr_str_init(&signing->fingerprint);
}

int fmr_signing_open(struct fmr_signing *signing, struct fmr_err *err)
{
	int result = refuse_operation(signing->cli, err);
	return result ? result : fmr_signing_move(signing, "HEAD", err);
}

void fmr_signing_close(struct fmr_signing *signing)
{
	fmr_audit_close(signing->audit);
	fmr_str_release(&signing->key);
	fmr_str_release(&signing->fingerprint);
}

/* ---- the record ---- */

struct uncommitted {
	const char *path;   /* of the record */
	size_t stem;        /* its length without ".yaml" */
	bool found;
};

static int note_uncommitted(void *context, enum fmr_difference difference, const char *path)
{
	struct uncommitted *work = context;
	(void)difference;
	if (strcmp(path, work->path) == 0 || (strncmp(path, work->path, work->stem) == 0 && path[work->stem] == '/'))
		work->found = true;
	return work->found;
}

static int check_committed(const struct fmr_signing *signing, const char *path, struct fmr_err *err)
{
	struct uncommitted work = { .path = path, .stem = strlen(path) - strlen(".yaml") };
	const char *slash = strrchr(path, '/');
	char *directory = fmr_strndup(path, slash ? (size_t)(slash - path) : 0);
	int result = fmr_store_staged(signing->cli->store, directory, note_uncommitted, &work, err);
	if (result == 0 && !work.found)
		result = fmr_store_unstaged(signing->cli->store, directory, note_uncommitted, &work, err);
	free(directory);
	if (work.found) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' or an attachment of it has changes that are not committed"),
			path);
		fmr_err_hint(err, _("commit them first, or take them back: git diff HEAD -- %s"), path);
	}
	return result;
}

int fmr_signing_record(const struct fmr_signing *signing, const char *id, const char *path,
	const struct fmr_record_status **out, struct fmr_err *err)
{
	*out = fmr_audit_record(signing->audit, id);
	if (!*out || (*out)->deleted) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("%s is not committed yet, so that there is nothing to sign"), id);
		fmr_err_hint(err, _("commit it first: git add %s && git commit"), path);
		return FMR_ERR_REFUSED;
	}
	if (!(*out)->type || !(*out)->state)
		return fmr_err_set(err, FMR_ERR_REFUSED, _("no type says who signs %s"), id);
	return signing->as ? 0 : check_committed(signing, (*out)->path, err);
}

/* ---- what ---- */

struct fmr_text fmr_declaration_text(struct fmr_declaration *declaration, const char *text)
{
	if (!text)
		return (struct fmr_text){ "", 0 };
	return (struct fmr_text){ fmr_arena_strdup(&declaration->arena, text), strlen(text) };
}

void fmr_declaration_init(struct fmr_declaration *declaration, const struct fmr_signing *signing, const char *action)
{
	*declaration = (struct fmr_declaration){ 0 };
	fmr_arena_init(&declaration->arena);
	fmr_str_init(&declaration->words);
	fmr_str_init(&declaration->content);
	struct trust_action *fields = &declaration->action;
	fields->action = fmr_declaration_text(declaration, action);
	fields->repo = fmr_declaration_text(declaration, signing->policy->repository);
	fields->policy_version = signing->policy->version;
	fields->policy_digest = fmr_declaration_text(declaration, signing->policy->digest);
	fields->signer = fmr_declaration_text(declaration, signing->me->id);
	fields->time = signing->now;
}

void fmr_declaration_release(struct fmr_declaration *declaration)
{
	fmr_str_release(&declaration->words);
	fmr_str_release(&declaration->content);
	fmr_arena_release(&declaration->arena);
}

void fmr_declaration_record(struct fmr_declaration *declaration, const struct fmr_record_status *status)
{
	declaration->action.record = fmr_declaration_text(declaration, status->id);
	declaration->action.path = fmr_declaration_text(declaration, status->path);
	declaration->action.content = fmr_declaration_text(declaration, declaration->digest);
}

int fmr_declaration_digest(struct fmr_declaration *declaration, struct fmr_err *err)
{
	int result = fmr_digest_ready(err);
	if (result)
		return result;
	memcpy(declaration->digest, FMR_DIGEST_PREFIX, strlen(FMR_DIGEST_PREFIX));
	(void)fmr_digest_bytes(declaration->content.bytes, declaration->content.length,
		declaration->digest + strlen(FMR_DIGEST_PREFIX));
	return 0;
}

/* Every line behind a margin, so that nothing in the content can pass for a line of ours. */
static void show(const struct fmr_signing *signing, const struct fmr_declaration *declaration)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_text_escape(&text, declaration->words.bytes, declaration->words.length, true);
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, declaration->content.bytes, declaration->content.length, true);
	for (const char *line = safe.bytes; *line;) {
		const size_t length = strcspn(line, "\n");
		fmr_str_puts(&text, "   ");
		fmr_str_add(&text, line, length);
		fmr_str_putc(&text, '\n');
		line += length + (line[length] == '\n');
	}
	fwrite(text.bytes, 1, text.length, signing->cli->out);
	fmr_str_release(&safe);
	fmr_str_release(&text);
}

/* For programs: what they would agree to. */
static void show_json(const struct fmr_signing *signing, const struct fmr_declaration *declaration)
{
	const struct trust_action *action = &declaration->action;
	const struct {
		const char *name;
		struct fmr_text text;
	} members[] = { { "action", action->action }, { "id", action->record }, { "signer", action->signer },
		{ "role", action->role }, { "on_behalf_of", action->behalf }, { "meaning", action->meaning },
		{ "target", action->target }, { "deputy", action->deputy } };
	struct fmr_str line;
	bool first = true;
	fmr_str_init(&line);
	fmr_str_putc(&line, '{');
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (members[i].text.length)
			fmr_print_member(&line, &first, members[i].name, members[i].text.bytes);
	fmr_print_member(&line, &first, "content", declaration->digest);
	fmr_print_key(&line, &first, "bytes");
	fmr_json_write_string(&line, declaration->content.bytes, declaration->content.length);
	fmr_str_puts(&line, "}\n");
	fmr_print_out(signing->cli->out, &line);
}

static bool is_agreed(const struct fmr_signing *signing, const char *digest)
{
	for (size_t i = 0; i < signing->options->content.count; i++)
		if (strcmp(signing->options->content.items[i], digest) == 0)
			return true;
	return false;
}

/* Everything that would be asked can be known before; so nothing is signed that nobody looked at. */
static int agree(struct fmr_signing *signing, const struct fmr_declaration *declaration, bool *agreed,
	struct fmr_err *err)
{
	const struct fmr_signing_options *options = signing->options;
	*agreed = signing->as != NULL;
	if (*agreed)
		return FMR_EXIT_OK;
	if (options->yes || options->content.count) {
		if (!is_agreed(signing, declaration->digest)) {
			if (options->content.count)
				fmr_err_set(err, FMR_ERR_REFUSED, _("the content is not what you agreed to; its digest is %s"),
					declaration->digest);
			else
				fmr_err_set(err, FMR_ERR_REFUSED, _("'--yes' signs only what you have seen; say which: --content %s"),
					declaration->digest);
			fmr_err_hint(err, _("look at it with -n first"));
			return FMR_ERR_REFUSED;
		}
		if (options->yes) {
			*agreed = true;
			return FMR_EXIT_OK;
		}
	}
	const bool json = signing->cli->format && strcmp(signing->cli->format, "json") == 0;
	if (options->dry_run && (json || signing->cli->quiet)) {
		if (json)
			show_json(signing, declaration);
		else
			fmr_render_line(signing->cli->out, "%s\n", declaration->digest);
		return FMR_EXIT_OK;
	}
	show(signing, declaration);
	if (options->dry_run)
		return FMR_EXIT_OK;
	if (!signing->cli->may_prompt) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("there is no terminal to ask on"));
		fmr_err_hint(err, _("to sign exactly this from a program: --yes --content %s"), declaration->digest);
		return FMR_ERR_REFUSED;
	}
	char *question = fmr_format(_("Sign with ssh key %s ?"), signing->fingerprint.bytes);
	*agreed = fmr_cli_confirm(signing->cli, question);
	free(question);
	if (!*agreed)
		fmr_cli_say(signing->cli, _("nothing signed"));
	return *agreed ? FMR_EXIT_OK : FMR_EXIT_FINDINGS;
}

/* ---- the commit ---- */

static int write_message(const struct fmr_declaration *declaration, struct fmr_str *message, struct fmr_err *err)
{
	const char *fault = NULL;
	fmr_str_clear(message);
	if (fmr_trust_action_write(&declaration->action, message, &fault))
		return 0;
	return fmr_err_set(err, FMR_ERR_INVALID, _("this cannot be signed: %s"), fault);
}

/* What the signature would be judged as: one that does not count must not leave this place. */
static int check_counts(const struct fmr_signing *signing, const char *commit, struct fmr_err *err)
{
	for (size_t i = 0; i < fmr_audit_finding_count(signing->audit); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(signing->audit, i);
		if (strcmp(finding->commit, commit) == 0 && fmr_code_outcome(finding->code) > FMR_OUTCOME_NOTE)
			return fmr_err_set(err, FMR_ERR_REFUSED, _("this signature would not count: %s"), finding->sentence);
	}
	return 0;
}

/* Sign, judge the history with it as audit would, and only then let the branch lead to it. */
static int commit(struct fmr_signing *signing, const struct fmr_declaration *declaration, const struct fmr_str *message,
	struct fmr_commit_result *result, struct fmr_err *err)
{
	struct fmr_oid parent, made;
	char id[FMR_COMMIT_TEXT];
	if (!fmr_oid_parse(fmr_audit_summary(signing->audit)->tip, &parent))
		return fmr_err_set(err, FMR_ERR_INVALID, _("the branch has no commit yet"));
	struct fmr_signed_commit wanted = { .parent = &parent, .message = message->bytes, .time = declaration->action.time };
	if (signing->as) {
		wanted.author = wanted.committer = signing->as->identity;
		wanted.key = signing->as->key;
	}
	int code = fmr_store_write_signed(signing->cli->store, &wanted, &made, err);
	if (code)
		return code;
	fmr_oid_text(&made, id);
	code = fmr_signing_move(signing, id, err);
	if (!code)
		code = check_counts(signing, id, err);
	memcpy(result->commit, id, sizeof(id));
	if (code || signing->as)
		return code;
	char *note = fmr_format("commit: %.*s", (int)strcspn(message->bytes, "\n"), message->bytes);
	code = fmr_store_move_head(signing->cli->store, &parent, &made, note, result, err);
	free(note);
	return code;
}

/* Somebody was faster: on what they made, is it still the same that was agreed to? */
static int prepare_again(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context,
	struct fmr_declaration *declaration, struct fmr_err *err)
{
	char before[FMR_RECORD_DIGEST];
	memcpy(before, declaration->digest, sizeof(before));
	fmr_declaration_release(declaration);
	*declaration = (struct fmr_declaration){ 0 };
	int result = fmr_signing_move(signing, "HEAD", err);
	if (!result)
		result = prepare(signing, context, declaration, err);
	if (!result && strcmp(before, declaration->digest) != 0) {
		fmr_err_set(err, FMR_ERR_CHANGED, _("somebody changed the content while you were reading it; nothing was signed"));
		fmr_err_hint(err, _("look again at what it is now"));
		result = FMR_ERR_CHANGED;
	}
	return result;
}

static int commit_on_tip(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context,
	struct fmr_declaration *declaration, struct fmr_str *message, struct fmr_commit_result *result, struct fmr_err *err)
{
	int code = commit(signing, declaration, message, result, err);
	for (int moves = 0; code == FMR_ERR_CHANGED && moves < MOST_MOVES; moves++) {
		code = prepare_again(signing, prepare, context, declaration, err);
		if (code)
			return code;
		code = write_message(declaration, message, err);
		if (!code)
			code = commit(signing, declaration, message, result, err);
	}
	return code;
}

int fmr_signing_run(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context,
	struct fmr_commit_result *result, bool *signed_it, struct fmr_err *err)
{
	struct fmr_declaration declaration = { 0 };
	struct fmr_str message;
	bool agreed = false;
	*signed_it = false;
	*result = (struct fmr_commit_result){ 0 };
	fmr_str_init(&message);
	int code = prepare(signing, context, &declaration, err);
	if (!code)
		code = write_message(&declaration, &message, err);
	if (!code)
		code = agree(signing, &declaration, &agreed, err);
	if (!code && agreed && (signing->as || !signing->options->dry_run)) {
		code = commit_on_tip(signing, prepare, context, &declaration, &message, result, err);
		*signed_it = !code;
	}
	fmr_str_release(&message);
	fmr_declaration_release(&declaration);
	return code;
}

int fmr_act_run(struct fmr_signing *signing, fmr_signing_prepare *prepare, void *context, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	bool signed_it;
	return fmr_signing_run(signing, prepare, context, commit, &signed_it, err);
}

const char *fmr_act_path(const struct fmr_signing *signing, const struct fmr_act *act)
{
	const struct fmr_record_status *status = fmr_audit_record(signing->audit, act->id);
	return status ? status->path : act->id;
}

static void report(struct fmr_cli *cli, const struct fmr_commit_result *commit, const struct fmr_str *done)
{
	if (cli->format && strcmp(cli->format, "json") == 0) {
		struct fmr_str line;
		bool first = true;
		fmr_str_init(&line);
		fmr_str_putc(&line, '{');
		fmr_print_member(&line, &first, "commit", commit->commit);
		fmr_print_member(&line, &first, "branch", commit->branch);
		fmr_str_puts(&line, "}\n");
		fmr_print_out(cli->out, &line);
	} else if (!cli->quiet) {
		fmr_render_line(cli->out, "%s   [%s %.7s]\n", done->bytes, commit->branch, commit->commit);
	}
}

int fmr_signing_once(struct fmr_cli *cli, const struct fmr_signing_options *options, fmr_signing_prepare *prepare,
	void *context, const struct fmr_str *done, struct fmr_err *err)
{
	struct fmr_signing signing;
	struct fmr_commit_result commit;
	bool signed_it = false;
	fmr_signing_init(&signing, cli, options);
	int result = fmr_signing_open(&signing, err);
	if (!result)
		result = fmr_signing_run(&signing, prepare, context, &commit, &signed_it, err);
	if (!result && signed_it)
		report(cli, &commit, done);
	fmr_signing_close(&signing);
	return result;
}

/* ---- words ---- */

void fmr_signing_person(struct fmr_str *out, const struct trust_policy *policy, const char *id)
{
	const struct trust_person *person = policy ? fmr_trust_policy_person(policy, id) : NULL;
	if (person)
		fmr_str_printf(out, "%s (%s)", person->name, id);
	else
		fmr_str_puts(out, id);
}

void fmr_signing_role(struct fmr_str *out, struct fmr_cli *cli, const char *role)
{
	const struct fmr_choice *known = fmr_book_role(cli->book, role);
	const char *label = known ? fmr_words_in(&known->label, cli->language) : "";
	if (*label && strcmp(label, role) != 0)
		fmr_str_printf(out, "%s (%s)", label, role);
	else
		fmr_str_puts(out, role);
}

void fmr_signing_holders(struct fmr_str *out, const struct fmr_signing *signing, const char *const *roles)
{
	size_t found = 0;
	for (size_t i = 0; i < signing->policy->person_count; i++) {
		const char *id = signing->policy->persons[i].id;
		if (!fmr_trust_policy_role(signing->policy, id, roles, signing->now))
			continue;
		if (found++ == HOLDERS) {
			fmr_str_puts(out, ", …");
			return;
		}
		fmr_str_puts(out, found > 1 ? ", " : "");
		fmr_signing_person(out, signing->policy, id);
	}
	if (!found)
		fmr_str_puts(out, _("nobody"));
}

int fmr_signing_check_reason(const char *reason, bool required, struct fmr_err *err)
{
	const struct fmr_text text = reason ? fmr_text_trim(reason, strlen(reason)) : (struct fmr_text){ "", 0 };
	if (!text.length && (required || reason)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("a reason is asked for"));
		fmr_err_hint(err, _("give it with -m"));
		return FMR_ERR_INVALID;
	}
	return 0;
}

int fmr_signing_need_role(const struct fmr_signing *signing, const char *role, struct fmr_err *err)
{
	if (fmr_trust_policy_holds(signing->policy, signing->me->id, role, signing->now))
		return 0;
	const char *const roles[] = { role, NULL };
	struct fmr_str who;
	fmr_str_init(&who);
	fmr_signing_holders(&who, signing, roles);
	fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' does not hold the role '%s'"), signing->me->id, role);
	fmr_err_hint(err, _("who does: %s"), who.bytes);
	fmr_str_release(&who);
	return FMR_ERR_REFUSED;
}
