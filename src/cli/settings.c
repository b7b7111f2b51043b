/*
 * Settings of fmrec: -c, environment, git config.
 */
#include "base/i18n.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/frame.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct setting {
	char *key, *value;  /* key in full: "fmrec.pager" */
	const char *scope;  /* as of fmr_store_each_setting; NULL of -c */
};

struct fmr_settings {
	FMR_VEC(struct setting) given; /* -c */
	FMR_VEC(struct setting) git;
	bool git_was_read;
};

struct fmr_settings *fmr_settings_new(void)
{
	return fmr_alloc_zero(1, sizeof(struct fmr_settings));
}

void fmr_settings_free(struct fmr_settings *settings)
{
	if (!settings)
		return;
	for (size_t i = 0; i < settings->given.count; i++) {
		free(settings->given.items[i].key);
		free(settings->given.items[i].value);
	}
	for (size_t i = 0; i < settings->git.count; i++) {
		free(settings->git.items[i].key);
		free(settings->git.items[i].value);
	}
	FMR_VEC_RELEASE(&settings->given);
	FMR_VEC_RELEASE(&settings->git);
	free(settings);
}

/* The git that fmrec runs shall see `-c user.name=...` too. */
static void hand_to_git(const struct setting *setting)
{
	const char *text = getenv("GIT_CONFIG_COUNT");
	long count = text ? strtol(text, NULL, 10) : 0;
	if (count < 0 || count > 100000)
		count = 0;
	char *key_name = fmr_format("GIT_CONFIG_KEY_%ld", count);
	char *value_name = fmr_format("GIT_CONFIG_VALUE_%ld", count);
	char *next = fmr_format("%ld", count + 1);
	setenv(key_name, setting->key, 1);
	setenv(value_name, setting->value, 1);
	setenv("GIT_CONFIG_COUNT", next, 1);
	free(key_name);
	free(value_name);
	free(next);
}

int fmr_settings_add(struct fmr_settings *settings, const char *pair, struct fmr_err *err)
{
	const char *equals = strchr(pair, '=');
	size_t length = equals ? (size_t)(equals - pair) : strlen(pair);
	if (!length)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'-c %s' names no setting"), pair);
	const char *prefix = memchr(pair, '.', length) ? "" : "fmrec.";
	struct setting setting = {
		.key = fmr_format("%s%.*s", prefix, (int)length, pair),
		.value = fmr_strdup(equals ? equals + 1 : "true"),
	};
	FMR_VEC_PUSH(&settings->given, setting);
	hand_to_git(&setting);
	return 0;
}

bool fmr_setting_names_program(const char *key)
{
	return strcasecmp(strncmp(key, "fmrec.", 6) == 0 ? key + 6 : key, "pager") == 0;
}

static void take(void *context, const char *key, const char *value, const char *scope)
{
	struct fmr_settings *settings = context;
	if (strncasecmp(key, "fmrec.", 6) != 0 && strcasecmp(key, "color.ui") != 0)
		return;
	bool of_repository = strcmp(scope, "local") == 0;
	if (of_repository && fmr_setting_names_program(key))
		return;
	const struct setting setting = { fmr_strdup(key), fmr_strdup(value ? value : "true"), scope };
	FMR_VEC_PUSH(&settings->git, setting);
}

/* Of git's configuration; read when first asked for, as that takes the store. */
static void read_git(struct fmr_cli *cli)
{
	if (cli->settings->git_was_read)
		return;
	cli->settings->git_was_read = true;
	fmr_cli_need(cli, FMR_NEEDS_STORE, NULL); /* outside of repositories there is still the user's own */
	fmr_store_each_setting(cli->store, take, cli->settings, NULL);
}

void fmr_settings_each(struct fmr_cli *cli, fmr_setting_visit *visit, void *context)
{
	read_git(cli);
	for (size_t i = 0; i < cli->settings->git.count; i++) {
		const struct setting *setting = &cli->settings->git.items[i];
		visit(context, setting->key, setting->value, setting->scope);
	}
}

const char *fmr_settings_git(struct fmr_cli *cli, const char *full_key)
{
	read_git(cli);
	for (size_t i = cli->settings->git.count; i > 0; i--)
		if (strcasecmp(cli->settings->git.items[i - 1].key, full_key) == 0)
			return cli->settings->git.items[i - 1].value;
	return NULL;
}

static const char *in_environment(const char *key)
{
	char name[128] = "FMREC_";
	size_t length = strlen(name);
	if (strlen(key) + length >= sizeof(name))
		return NULL;
	for (; *key; key++)
		name[length++] = isalnum((unsigned char)*key) ? (char)toupper((unsigned char)*key) : '_';
	name[length] = '\0';
	return getenv(name);
}

const char *fmr_cli_setting(struct fmr_cli *cli, const char *key)
{
	char *full_key = fmr_format("fmrec.%s", key);
	const char *value = NULL;
	struct fmr_settings *settings = cli->settings;
	for (size_t i = settings->given.count; i > 0 && !value; i--)
		if (strcasecmp(settings->given.items[i - 1].key, full_key) == 0)
			value = settings->given.items[i - 1].value;
	if (!value)
		value = in_environment(key);
	if (!value)
		value = fmr_settings_git(cli, full_key);
	free(full_key);
	return value;
}
