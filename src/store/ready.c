/* What must hold before anything is committed. */
#include "store/ready.h"

#include "base/i18n.h"
#include "store/program.h"

#include <stdlib.h>

int fmr_refuse_unfinished(const struct fmr_store *store, struct fmr_err *err)
{
	const char *operation = fmr_store_operation(store);
	if (!operation)
		return 0;
	fmr_err_set(err, FMR_ERR_REFUSED, _("a %s is not finished: nothing was changed"), _(operation));
	fmr_err_hint(err, _("finish it with 'git %s --continue' or give it up with 'git %s --abort'"), operation, operation);
	return FMR_ERR_REFUSED;
}

int fmr_identity(struct fmr_store *store, const char *variable, struct fmr_str *out, struct fmr_err *err)
{
	const char *const arguments[] = { "var", variable, NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments, .output = out, .errors = &errors,
			.reading = true }, &status, err);
	fmr_str_release(&errors);
	if (result == 0 && status != 0) {
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("git does not know who you are: nothing was changed"));
		fmr_err_hint(err, _("git config --global user.name 'Your Name' and git config --global user.email you@example.org"));
	}
	return result;
}

/* git is asked only when the usual settings are missing: it may know an identity in other ways. */
int fmr_need_identity(struct fmr_store *store, struct fmr_err *err)
{
	const char *name = getenv("GIT_COMMITTER_NAME"), *email = getenv("GIT_COMMITTER_EMAIL");
	bool author = fmr_store_user_name(store) && fmr_store_user_email(store);
	const struct config_entry *user_name = fmr_config_find(&store->config, "user.name", false);
	const struct config_entry *user_email = fmr_config_find(&store->config, "user.email", false);
	bool committer = ((name && *name) || (user_name && user_name->value && *user_name->value)) &&
		((email && *email) || (user_email && user_email->value && *user_email->value));
	int result = author ? 0 : fmr_identity(store, "GIT_AUTHOR_IDENT", NULL, err);
	return result != 0 || committer ? result : fmr_identity(store, "GIT_COMMITTER_IDENT", NULL, err);
}
