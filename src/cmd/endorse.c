/*
 * One more admin agrees to a change of trust that waits for several.
 */
#include "cmd/acts.h"
#include "fmrec/store.h"
#include "render/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct fmr_signing_options signing;
};

static const struct fmr_option options_table[] = {
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

struct endorsement {
	const char *commit; /* as typed, or NULL */
	struct fmr_str done;
};

static int read_policy(struct fmr_store *store, const char *revision, struct fmr_str *out, struct fmr_err *err)
{
	struct fmr_view *view = NULL;
	int result = fmr_view_open(store, FMR_VIEW_COMMIT, revision, &view, err);
	if (!result)
		result = fmr_view_read(view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE, out, err);
	fmr_view_close(view);
	return result;
}

/* What is different in the policy, as a diff, and then the policy as a whole, whose digest is shown. */
static int put_policy(struct fmr_store *store, const char *commit, struct fmr_declaration *out, struct fmr_err *err)
{
	struct fmr_str before;
	fmr_str_init(&before);
	char *parent = fmr_arena_format(&out->arena, "%s^1", commit), *diff = NULL;
	size_t length = 0;
	int result = read_policy(store, parent, &before, err);
	if (!result)
		result = read_policy(store, commit, &out->content, err);
	FILE *memory = result ? NULL : open_memstream(&diff, &length);
	if (memory) {
		fmr_render_diff(memory, FMR_TRUST_POLICY_PATH, (struct fmr_render_side){ before.bytes, before.length },
			(struct fmr_render_side){ out->content.bytes, out->content.length }, false);
		fclose(memory);
		fmr_str_add(&out->words, diff, length);
		free(diff);
	}
	fmr_str_release(&before);
	return result ? result : fmr_declaration_digest(out, err);
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct endorsement *endorsement = context;
	char commit[FMR_COMMIT_TEXT];
	size_t signatures = 0;
	struct fmr_oid wanted;
	fmr_declaration_init(out, signing, "endorse");
	fmr_str_clear(&endorsement->done);
	int result = fmr_signing_need_role(signing, FMR_TRUST_ADMIN, err);
	if (result)
		return result;
	if (!fmr_audit_candidate(signing->audit, commit, &signatures))
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no change of trust waits for more signatures"));
	if (endorsement->commit) {
		char named[FMR_COMMIT_TEXT];
		result = fmr_store_resolve(signing->cli->store, endorsement->commit, &wanted, err);
		if (result)
			return result;
		fmr_oid_text(&wanted, named);
		if (strcmp(named, commit) != 0) {
			fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' is not the change of trust that waits"), endorsement->commit);
			fmr_err_hint(err, "fmrec endorse %.12s", commit);
			return FMR_ERR_REFUSED;
		}
	}
	if (fmr_audit_candidate_has(signing->audit, signing->me->id))
		return fmr_err_set(err, FMR_ERR_REFUSED, _("you have signed the change of trust %.12s already"), commit);
	struct fmr_str me;
	fmr_str_init(&me);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_str_printf(&out->words, _("You endorse the change of trust %.12s as %s, role admin; %zu of %u have signed it\n"),
		commit, me.bytes, signatures, fmr_audit_summary(signing->audit)->admins);
	fmr_str_release(&me);
	result = put_policy(signing->cli->store, commit, out, err);
	if (result)
		return result;
	fmr_str_printf(&out->words, _("The policy as it would be then: %s\n"), out->digest);
	out->action.role = fmr_declaration_text(out, FMR_TRUST_ADMIN);
	out->action.target = fmr_declaration_text(out, commit);
	out->action.meaning = fmr_declaration_text(out, "endorsed");
	fmr_str_printf(&endorsement->done, _("change of trust %.12s endorsed"), commit);
	return 0;
}

int fmr_act_endorse(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	struct endorsement endorsement = { .commit = act->commit };
	fmr_str_init(&endorsement.done);
	int result = fmr_act_run(signing, prepare, &endorsement, commit, err);
	fmr_str_release(&endorsement.done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc > 1)
		return fmr_cli_usage(cli, _("one commit at a time"));
	struct endorsement endorsement = { .commit = argc ? argv[0] : NULL };
	fmr_str_init(&endorsement.done);
	int result = fmr_signing_once(cli, &options->signing, prepare, &endorsement, &endorsement.done, err);
	fmr_str_release(&endorsement.done);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] [<commit>]", NULL };

const struct fmr_command fmr_command_endorse = {
	.name = "endorse",
	.group = "approve",
	.summary = N_("agree, as an admin, to a change of trust that waits"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "rev",
	.formats = formats,
	.run = run,
};
