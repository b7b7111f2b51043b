/*
 * A notary dates the history: what lies before the checkpoint cannot be cut off unseen any more.
 */
#include "cmd/acts.h"

#include <string.h>

struct options {
	struct fmr_signing_options signing;
};

static const struct fmr_option options_table[] = {
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct fmr_str *done = context;
	const struct fmr_audit_summary *summary = fmr_audit_summary(signing->audit);
	fmr_declaration_init(out, signing, "checkpoint");
	fmr_str_clear(done);
	int result = fmr_signing_need_role(signing, FMR_TRUST_NOTARY, err);
	if (result)
		return result;
	fmr_str_printf(&out->content, "genesis %s\ntip %s\npolicy %u %s\n", summary->genesis, summary->tip,
		summary->policy_version, summary->policy_digest);
	result = fmr_declaration_digest(out, err);
	if (result)
		return result;
	struct fmr_str me;
	fmr_str_init(&me);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_str_printf(&out->words, _("You witness, as %s, role notary, that the history ends here today; commits: %zu\n"),
		me.bytes, summary->commits);
	fmr_str_printf(&out->words, _("Content %s\n"), out->digest);
	fmr_str_release(&me);
	out->action.role = fmr_declaration_text(out, FMR_TRUST_NOTARY);
	out->action.meaning = fmr_declaration_text(out, "witnessed");
	fmr_str_printf(done, _("checkpoint at %.12s"), summary->tip);
	return 0;
}

int fmr_act_checkpoint(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	struct fmr_str done;
	(void)act;
	fmr_str_init(&done);
	int result = fmr_act_run(signing, prepare, &done, commit, err);
	fmr_str_release(&done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	(void)argv;
	if (argc)
		return fmr_cli_usage(cli, _("a checkpoint is made of the whole history, without arguments"));
	struct fmr_str done;
	fmr_str_init(&done);
	int result = fmr_signing_once(cli, &options->signing, prepare, &done, &done, err);
	fmr_str_release(&done);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>]", NULL };

const struct fmr_command fmr_command_checkpoint = {
	.name = "checkpoint",
	.group = "approve",
	.summary = N_("witness, as a notary, where the history ends today"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.formats = formats,
	.run = run,
};
