/*
 * A signature is taken back: by who gave it, or by as many of those who may give it as it asks for.
 */
#include "base/vec.h"
#include "cmd/acts.h"
#include "cmd/capacity.h"
#include "cmd/names.h"
#include "render/commit.h"

#include <string.h>

enum { LEAST_DIGITS = 4 };

struct options {
	struct fmr_signing_options signing;
	const char *role, *reason;
};

static const struct fmr_option options_table[] = {
	FMR_REASON_OPTION(options, N_("the reason; it is asked for")),
	FMR_ROLE_OPTION(options),
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

struct withdrawal {
	const struct options *options;
	const char *commit; /* as typed, or NULL */
	struct fmr_str id, path, done;
};

static int refuse_none(const struct withdrawal *withdrawal, const struct fmr_record_status *status, struct fmr_err *err)
{
	struct fmr_str known;
	fmr_str_init(&known);
	for (size_t i = 0; i < status->vote_count; i++)
		if (status->votes[i]->withdrawable)
			fmr_str_printf(&known, "%s%.7s %s (%s)", known.length ? ", " : "", status->votes[i]->commit,
				status->votes[i]->action, status->votes[i]->signer);
	if (withdrawal->commit)
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("commit '%s' is no signature on %s"), withdrawal->commit, status->id);
	else
		fmr_err_set(err, FMR_ERR_NOT_FOUND, _("you have no signature on %s that stands"), status->id);
	if (known.length)
		fmr_err_hint(err, _("name one by its commit: %s"), known.bytes);
	fmr_str_release(&known);
	return FMR_ERR_NOT_FOUND;
}

/* The one that is named, or my last one that still stands. */
static int find_vote(const struct fmr_signing *signing, const struct withdrawal *withdrawal,
	const struct fmr_record_status *status, const struct fmr_vote **out, struct fmr_err *err)
{
	const size_t digits = withdrawal->commit ? strlen(withdrawal->commit) : 0;
	*out = NULL;
	for (size_t i = status->vote_count; i-- > 0 && !*out;) {
		const struct fmr_vote *vote = status->votes[i];
		if (withdrawal->commit ? digits >= LEAST_DIGITS && strncmp(vote->commit, withdrawal->commit, digits) == 0 :
			vote->withdrawable && strcmp(vote->signer, signing->me->id) == 0)
			*out = vote;
	}
	if (!*out)
		return refuse_none(withdrawal, status, err);
	if (!(*out)->withdrawable)
		return fmr_err_set(err, FMR_ERR_REFUSED, _("the signature %.7s does not count any more, so that there is nothing "
			"to withdraw"), (*out)->commit);
	return 0;
}

/* In the role it was given in; or, for somebody else's, in one that may give it. */
static int choose_role(const struct fmr_signing *signing, const struct withdrawal *withdrawal,
	const struct fmr_record_status *status, const struct fmr_vote *vote, struct fmr_capacity *out, struct fmr_err *err)
{
	const char *const own[] = { vote->role, NULL };
	const struct fmr_capacity_wish wish = { withdrawal->options->role, NULL };
	const struct fmr_type *type = NULL;
	struct fmr_capacities found = { 0 };
	*out = (struct fmr_capacity){ .role = vote->role, .behalf = vote->on_behalf_of };
	if (strcmp(vote->signer, signing->me->id) == 0)
		return 0;
	fmr_capacity_add(signing, &(struct fmr_next_slot){ .by = own }, status->type, &wish, false, &found);
	(void)fmr_book_type(signing->cli->book, status->type, &type, NULL, NULL);
	for (size_t i = 0; type && i < type->transition_count; i++)
		for (size_t s = 0; strcmp(type->transitions[i].name, vote->action) == 0 && s < type->transitions[i].slot_count; s++)
			fmr_capacity_add(signing, &(struct fmr_next_slot){ .by = type->transitions[i].slots[s].by }, status->type, &wish,
				false, &found);
	int result = 0;
	if (found.count)
		*out = found.items[0];
	else
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' neither gave this signature nor holds a role that may withdraw it"),
			signing->me->id);
	FMR_VEC_RELEASE(&found);
	return result;
}

static void put_words(const struct fmr_signing *signing, const struct withdrawal *withdrawal,
	const struct fmr_record_status *status, const struct fmr_vote *vote, const struct fmr_capacity *capacity,
	struct fmr_declaration *out)
{
	struct fmr_str me, role, who;
	fmr_str_init(&me);
	fmr_str_init(&role);
	fmr_str_init(&who);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_signing_role(&role, signing->cli, capacity->role);
	fmr_signing_person(&who, signing->policy, vote->signer);
	fmr_str_printf(&out->words, _("%s: you withdraw '%s' by %s of "), status->id, vote->action, who.bytes);
	fmr_render_when(&out->words, vote->time, fmr_book_zone(signing->cli->book));
	fmr_str_printf(&out->words, _(" [%.7s]\nas %s, role %s\n"), vote->commit, me.bytes, role.bytes);
	if (strcmp(vote->signer, signing->me->id) != 0)
		fmr_str_puts(&out->words, _("it counts when as many have withdrawn it as the transition asks for\n"));
	fmr_str_printf(&out->words, _("Reason: %s\n"), withdrawal->options->reason);
	fmr_str_printf(&out->words, _("Content %s, the whole record and its attachments\n"), out->digest);
	fmr_str_release(&who);
	fmr_str_release(&role);
	fmr_str_release(&me);
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct withdrawal *withdrawal = context;
	const struct fmr_record_status *status;
	const struct fmr_vote *vote = NULL;
	struct fmr_capacity capacity = { 0 };
	fmr_declaration_init(out, signing, "withdraw");
	fmr_str_clear(&withdrawal->done);
	int result = fmr_signing_record(signing, withdrawal->id.bytes, withdrawal->path.bytes, &status, err);
	if (!result)
		result = find_vote(signing, withdrawal, status, &vote, err);
	if (!result)
		result = choose_role(signing, withdrawal, status, vote, &capacity, err);
	if (!result)
		result = fmr_audit_manifest(signing->audit, status->id, NULL, &out->content, out->digest, err);
	if (result)
		return result;
	fmr_declaration_record(out, status);
	out->action.role = fmr_declaration_text(out, capacity.role);
	out->action.behalf = fmr_declaration_text(out, capacity.behalf);
	out->action.target = fmr_declaration_text(out, vote->commit);
	out->action.meaning = fmr_declaration_text(out, "withdrawn");
	out->action.reason = fmr_declaration_text(out, withdrawal->options->reason);
	put_words(signing, withdrawal, status, vote, &capacity, out);
	fmr_str_printf(&withdrawal->done, _("%s: '%s' of %.7s withdrawn"), status->id, vote->action, vote->commit);
	return 0;
}

int fmr_act_withdraw(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct options options = { .role = act->role, .reason = act->reason };
	struct withdrawal withdrawal = { .options = &options, .commit = act->commit };
	fmr_str_init(&withdrawal.id);
	fmr_str_init(&withdrawal.path);
	fmr_str_init(&withdrawal.done);
	fmr_str_puts(&withdrawal.id, act->id);
	fmr_str_puts(&withdrawal.path, fmr_act_path(signing, act));
	int result = fmr_signing_check_reason(act->reason, true, err);
	if (!result)
		result = fmr_act_run(signing, prepare, &withdrawal, commit, err);
	fmr_str_release(&withdrawal.id);
	fmr_str_release(&withdrawal.path);
	fmr_str_release(&withdrawal.done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc < 1)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	if (argc > 2)
		return fmr_cli_usage(cli, _("one signature at a time is withdrawn"));
	struct withdrawal withdrawal = { .options = options, .commit = argc > 1 ? argv[1] : NULL };
	fmr_str_init(&withdrawal.id);
	fmr_str_init(&withdrawal.path);
	fmr_str_init(&withdrawal.done);
	int result = fmr_signing_check_reason(options->reason, true, err);
	if (!result)
		result = fmr_names_find(cli->store, cli->book, argv[0], &withdrawal.id, &withdrawal.path, err);
	if (!result)
		result = fmr_signing_once(cli, &options->signing, prepare, &withdrawal, &withdrawal.done, err);
	fmr_str_release(&withdrawal.id);
	fmr_str_release(&withdrawal.path);
	fmr_str_release(&withdrawal.done);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] -m <reason> <id> [<commit>]", NULL };

const struct fmr_command fmr_command_withdraw = {
	.name = "withdraw",
	.group = "approve",
	.summary = N_("take a signature or a rejection back"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id rev",
	.formats = formats,
	.run = run,
};
