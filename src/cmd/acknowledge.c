/*
 * Admins take note of what is wrong with a commit that cannot be unmade: audit keeps listing it, marked.
 */
#include "cmd/acts.h"

#include <string.h>

struct options {
	struct fmr_signing_options signing;
	const char *reason;
};

static const struct fmr_option options_table[] = {
	FMR_REASON_OPTION(options, N_("the reason; it is asked for")),
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

struct acknowledgement {
	const struct options *options;
	const char *commit; /* as typed */
	struct fmr_str done;
};

/* What audit finds in the commit, one line each: that is what is acknowledged. */
static int put_findings(struct fmr_signing *signing, const char *commit, struct fmr_str *out, struct fmr_err *err)
{
	const struct fmr_audit_options options = { .revision = fmr_audit_summary(signing->audit)->tip };
	struct fmr_audit *whole = NULL;
	int result = fmr_audit_open(signing->cli->store, &options, &whole, err);
	size_t found = 0;
	for (size_t i = 0; !result && i < fmr_audit_finding_count(whole); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(whole, i);
		if (strcmp(finding->commit, commit) != 0)
			continue;
		fmr_str_printf(out, "%s %s: %s%s%s\n", commit, fmr_code_name(finding->code), finding->record ? finding->record : "",
			finding->record ? " " : "", finding->sentence);
		found += !finding->acknowledged;
	}
	fmr_audit_close(whole);
	if (!result && !found) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("audit finds nothing in %.12s that is not acknowledged"), commit);
		fmr_err_hint(err, _("see what it finds: fmrec audit"));
	}
	return result;
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct acknowledgement *acknowledgement = context;
	struct fmr_oid id;
	char commit[FMR_COMMIT_TEXT];
	fmr_declaration_init(out, signing, "acknowledge");
	fmr_str_clear(&acknowledgement->done);
	int result = fmr_signing_need_role(signing, FMR_TRUST_ADMIN, err);
	if (!result)
		result = fmr_store_resolve(signing->cli->store, acknowledgement->commit, &id, err);
	if (result)
		return result;
	fmr_oid_text(&id, commit);
	result = put_findings(signing, commit, &out->content, err);
	if (!result)
		result = fmr_declaration_digest(out, err);
	if (result)
		return result;
	struct fmr_str me;
	fmr_str_init(&me);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_str_printf(&out->words, _("You acknowledge, as %s, role admin, what is wrong with the commit %.12s\n"), me.bytes,
		commit);
	const unsigned admins = fmr_audit_summary(signing->audit)->admins;
	if (admins > 1)
		fmr_str_printf(&out->words, _("it counts when %u admins have done so\n"), admins);
	fmr_str_printf(&out->words, _("Reason: %s\n"), acknowledgement->options->reason);
	fmr_str_printf(&out->words, _("Content %s\n"), out->digest);
	fmr_str_release(&me);
	out->action.role = fmr_declaration_text(out, FMR_TRUST_ADMIN);
	out->action.target = fmr_declaration_text(out, commit);
	out->action.meaning = fmr_declaration_text(out, "acknowledged");
	out->action.reason = fmr_declaration_text(out, acknowledgement->options->reason);
	fmr_str_printf(&acknowledgement->done, _("%.12s acknowledged"), commit);
	return 0;
}

int fmr_act_acknowledge(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct options options = { .reason = act->reason };
	struct acknowledgement acknowledgement = { .options = &options, .commit = act->commit };
	fmr_str_init(&acknowledgement.done);
	int result = fmr_signing_check_reason(act->reason, true, err);
	if (!result)
		result = fmr_act_run(signing, prepare, &acknowledgement, commit, err);
	fmr_str_release(&acknowledgement.done);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc != 1)
		return fmr_cli_usage(cli, argc ? _("one commit at a time") : _("which commit?"));
	struct acknowledgement acknowledgement = { .options = options, .commit = argv[0] };
	fmr_str_init(&acknowledgement.done);
	int result = fmr_signing_check_reason(options->reason, true, err);
	if (!result)
		result = fmr_signing_once(cli, &options->signing, prepare, &acknowledgement, &acknowledgement.done, err);
	fmr_str_release(&acknowledgement.done);
	return result;
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] -m <reason> <commit>", NULL };

const struct fmr_command fmr_command_acknowledge = {
	.name = "acknowledge",
	.group = "approve",
	.summary = N_("take note, as an admin, of what audit finds in a commit"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "rev",
	.formats = formats,
	.run = run,
};
