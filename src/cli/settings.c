/*
 * Settings of fmrec: -c, environment, git config.
 */
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/frame.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct setting {
	char *key, *value;  /* key in full: "fmrec.pager" */
	bool of_repository; /* the repository's own config says it, not the user's */
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

/* "scope NUL key LF value NUL" each; a key alone stands for true. */
static void take_git_output(struct fmr_settings *settings, const struct fmr_str *output)
{
	for (size_t at = 0; at < output->length;) {
		const char *scope = output->bytes + at;
		const char *entry = scope + strlen(scope) + 1;
		if (entry >= output->bytes + output->length)
			return;
		size_t length = strlen(entry);
		at = (size_t)(entry - output->bytes) + length + 1;
		const char *newline = memchr(entry, '\n', length);
		size_t key_length = newline ? (size_t)(newline - entry) : length;
		struct setting setting = {
			.key = fmr_strndup(entry, key_length),
			.value = fmr_strdup(newline ? newline + 1 : "true"),
			.of_repository = strcmp(scope, "local") == 0 || strcmp(scope, "worktree") == 0,
		};
		FMR_VEC_PUSH(&settings->git, setting);
	}
}

static void read_git(struct fmr_settings *settings)
{
	settings->git_was_read = true;
	const char *const argv[] = { "git", "config", "-z", "--show-scope", "--get-regexp", "^(fmrec\\..*|color\\.ui)$",
		NULL };
	struct fmr_str output, errors;
	fmr_str_init(&output);
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .output = &output, .errors = &errors };
	int status;
	if (fmr_spawn_run(&spawn, &status, NULL) == 0 && status == 0)
		take_git_output(settings, &output);
	fmr_str_release(&output);
	fmr_str_release(&errors);
}

const char *fmr_settings_git(struct fmr_settings *settings, const char *full_key)
{
	if (!settings->git_was_read)
		read_git(settings);
	bool names_program = fmr_setting_names_program(full_key);
	for (size_t i = settings->git.count; i > 0; i--) {
		const struct setting *setting = &settings->git.items[i - 1];
		if (strcasecmp(setting->key, full_key) == 0 && !(names_program && setting->of_repository))
			return setting->value;
	}
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
		value = fmr_settings_git(settings, full_key);
	free(full_key);
	return value;
}
