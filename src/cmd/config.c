/*
 * Settings: the user's in git config, the organisation's in .fmrec/config.yaml.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/frame.h"
#include "cmd/write.h"
#include "json/json.h"
#include "render/render.h"
#include "yaml/yaml.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_PATH ".fmrec/config.yaml"

enum { LARGEST_CONFIG = 4 << 20 };

struct options {
	bool repo, global, no_commit, dry_run;
};

static const struct fmr_option options_table[] = {
	{ 0, "repo", FMR_OPTION_FLAG, NULL, N_("the organisation's config, .fmrec/config.yaml"),
		offsetof(struct options, repo) },
	{ 0, "global", FMR_OPTION_FLAG, NULL, N_("for all repositories of this user"),
		offsetof(struct options, global) },
	{ 'n', "dry-run", FMR_OPTION_FLAG, NULL, N_("with --repo: print the new file, write nothing"),
		offsetof(struct options, dry_run) },
	{ 0, "no-commit", FMR_OPTION_FLAG, NULL, N_("with --repo: write and stage, do not commit"),
		offsetof(struct options, no_commit) },
	{ 0 },
};

static bool is_in_book(struct fmr_cli *cli)
{
	return fmr_cli_need(cli, FMR_NEEDS_BOOK, NULL) == 0;
}

/* ---- values of the repository ---- */

static void put_value(struct fmr_str *out, const struct fmr_value *value)
{
	if (value->kind == FMR_STRING)
		fmr_str_add(out, value->text.bytes, value->text.length);
	else
		fmr_json_write(out, value);
}

/* For people, lists of codes with labels and criteria are named by their codes. */
static bool put_codes(struct fmr_str *out, const struct fmr_value *value)
{
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++) {
		const char *code = fmr_value_string(fmr_value_get(value->list.items[i], "code"));
		if (!code)
			return false;
		fmr_str_printf(out, "%s%s", i ? ", " : "", code);
	}
	return value->kind == FMR_LIST && value->list.count;
}

static void list_values(struct fmr_table *table, bool brief, const char *path, const struct fmr_value *value)
{
	if (value->kind == FMR_MAP && value->map.count) {
		for (size_t i = 0; i < value->map.count; i++) {
			const struct fmr_member *member = &value->map.members[i];
			char *inner = fmr_format("%s%s%s", path, *path ? "." : "", member->key.bytes);
			list_values(table, brief, inner, member->value);
			free(inner);
		}
		return;
	}
	struct fmr_str text;
	fmr_str_init(&text);
	if (!brief || !put_codes(&text, value)) {
		fmr_str_clear(&text);
		put_value(&text, value);
	}
	const char *const cells[] = { path, CONFIG_PATH, text.bytes };
	const struct fmr_value *const values[] = { NULL, NULL, value };
	fmr_table_row(table, cells, values);
	fmr_str_release(&text);
}

/* ---- settings of the user ---- */

/* Run `git config ...`; its exit code, or a negative error. */
static int git_config(const char *const *argv, struct fmr_err *err)
{
	struct fmr_str errors;
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .errors = &errors };
	int status;
	int rc = fmr_spawn_run(&spawn, &status, err);
	if (!rc && status > 1) {
		errors.bytes[strcspn(errors.bytes, "\n")] = '\0';
		rc = fmr_err_set(err, FMR_ERR_GIT, "git config: %s", errors.bytes);
	}
	fmr_str_release(&errors);
	return rc ? rc : status;
}

static void list_setting(void *context, const char *key, const char *value, const char *scope)
{
	if (strncmp(key, "fmrec.", 6) != 0)
		return;
	char *origin = fmr_format("git config (%s)", scope);
	const char *const cells[] = { key, origin, value };
	fmr_table_row(context, cells, NULL);
	free(origin);
}

static int list(struct fmr_cli *cli, const struct options *options)
{
	static const char *const columns[] = { "key", "where", "value" };
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (cli->format && !fmr_table_format_parse(cli->format, &format))
		return fmr_cli_usage(cli, _("'--format' has no value '%s' here"), cli->format);
	fmr_cli_page(cli);
	struct fmr_table *table = fmr_table_new(cli->out, format, columns, 3, fmr_cli_width(cli), cli->color, false);
	if (!options->global && is_in_book(cli))
		list_values(table, format == FMR_TABLE_TEXT, "", fmr_book_config(cli->book));
	if (!options->repo)
		fmr_settings_each(cli, list_setting, table);
	fmr_table_end(table);
	return FMR_EXIT_OK;
}

static void print_value(struct fmr_cli *cli, const char *text, size_t length)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_text_escape(&safe, text, length, true);
	fprintf(cli->out, "%s\n", safe.bytes);
	fmr_str_release(&safe);
}

static int get(struct fmr_cli *cli, const struct options *options, const char *key)
{
	const char *name = strncmp(key, "fmrec.", 6) == 0 ? key + 6 : key;
	const char *setting = options->repo ? NULL : fmr_cli_setting(cli, name);
	if (setting) {
		print_value(cli, setting, strlen(setting));
		return FMR_EXIT_OK;
	}
	const struct fmr_value *value = NULL;
	if (!options->global && is_in_book(cli))
		value = fmr_value_at(fmr_book_config(cli->book), key);
	if (!value)
		return FMR_EXIT_FINDINGS;
	struct fmr_str text;
	fmr_str_init(&text);
	put_value(&text, value);
	print_value(cli, text.bytes, text.length);
	fmr_str_release(&text);
	return FMR_EXIT_OK;
}

static int set_git(struct fmr_cli *cli, const struct options *options, const char *key, const char *value,
	struct fmr_err *err)
{
	bool global = options->global || fmr_setting_names_program(key) || fmr_cli_need(cli, FMR_NEEDS_STORE, NULL) != 0;
	char *full_key = fmr_format("%s%s", strncmp(key, "fmrec.", 6) == 0 ? "" : "fmrec.", key);
	const char *where = global ? "--global" : "--local";
	const char *const set[] = { "git", "config", where, full_key, value, NULL };
	const char *const unset[] = { "git", "config", where, "--unset-all", full_key, NULL };
	int rc = git_config(value ? set : unset, err);
	free(full_key);
	return rc == 1 ? fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no name for a setting"), key) : rc;
}

/* ---- the organisation's config ---- */

static int read_config(struct fmr_cli *cli, struct fmr_str *text, struct fmr_err *err)
{
	return fmr_view_read(cli->view, CONFIG_PATH, LARGEST_CONFIG, text, err);
}

static int commit_config(struct fmr_cli *cli, const struct options *options, const char *path,
	const struct fmr_str *before, const struct fmr_str *after, struct fmr_err *err)
{
	const struct fmr_change change = {
		.path = CONFIG_PATH, .bytes = after->bytes, .length = after->length, .expected = before
	};
	char *message = fmr_format("fmrec: config %s\n", path);
	bool sign = false;
	int rc = options->no_commit ? 0 : fmr_write_signed(cli, &change, 1, &sign, err);
	const struct fmr_commit_options how = { .message = message, .no_commit = options->no_commit, .sign = sign };
	struct fmr_commit_result result = { 0 };
	if (!rc)
		rc = fmr_store_apply(cli->store, &change, 1, &how, &result, err);
	if (!rc && *result.commit)
		fmr_cli_say(cli, "%s  %s   [%s %.7s]", CONFIG_PATH, path, result.branch, result.commit);
	free(message);
	return rc;
}

static int set_repository(struct fmr_cli *cli, const struct options *options, const char *path, const char *value,
	struct fmr_err *err)
{
	int rc = fmr_cli_need(cli, FMR_NEEDS_WORK_TREE, err);
	if (rc)
		return rc;
	struct fmr_str before, after;
	fmr_str_init(&before);
	fmr_str_init(&after);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(100);
	rc = read_config(cli, &before, err);
	if (!rc) {
		const struct fmr_source source = { CONFIG_PATH, before.bytes, before.length };
		const struct fmr_edit edit = {
			.kind = value ? FMR_EDIT_SET : FMR_EDIT_REMOVE,
			.path = path,
			.value = value ? fmr_value_from_plain(&arena, value, strlen(value)) : NULL,
		};
		rc = fmr_yaml_edit(&source, &edit, 1, &after, err);
	}
	if (!rc)
		rc = fmr_config_check(after.bytes, after.length, findings, err);
	if (!rc && fmr_findings_errors(findings)) {
		const struct fmr_findings_style style = { .color = cli->color_errors };
		fmr_findings_sort(findings);
		fmr_render_findings(cli->talk, findings, FMR_FINDINGS_TEXT, &style);
		rc = FMR_EXIT_FINDINGS;
	} else if (!rc && options->dry_run) {
		fwrite(after.bytes, 1, after.length, cli->out);
	} else if (!rc && (before.length != after.length || memcmp(before.bytes, after.bytes, after.length) != 0)) {
		rc = commit_config(cli, options, path, &before, &after, err);
	}
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	fmr_str_release(&before);
	fmr_str_release(&after);
	return rc;
}

static const char *const verbs[] = { "list", "get", "set", "unset", NULL };

static bool is_verb(const char *word)
{
	for (const char *const *verb = verbs; *verb; verb++)
		if (strcmp(*verb, word) == 0)
			return true;
	return false;
}

static int run(struct fmr_cli *cli, const void *values, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = values;
	const char *verb = argc ? argv[0] : "list";
	if (strcmp(verb, "list") == 0 && argc <= 1)
		return list(cli, options);
	if (strcmp(verb, "get") == 0 && argc == 2)
		return get(cli, options, argv[1]);
	if (!is_verb(verb))
		return fmr_cli_usage_word(cli, verb, verbs);
	bool set = strcmp(verb, "set") == 0 && argc == 3, unset = strcmp(verb, "unset") == 0 && argc == 2;
	if (!set && !unset)
		return fmr_cli_usage(cli, _("'config' wants 'list', 'get KEY', 'set KEY VALUE' or 'unset KEY'"));
	if (options->repo)
		return set_repository(cli, options, argv[1], set ? argv[2] : NULL, err);
	return set_git(cli, options, argv[1], set ? argv[2] : NULL, err);
}

static const char *const synopsis[] = {
	"[--repo|--global] [list]",
	"[--repo|--global] get <key>",
	"[--repo|--global] [-n] [--no-commit] set <key> <value>",
	"[--repo|--global] [-n] [--no-commit] unset <key>",
	NULL,
};

const struct fmr_command fmr_command_config = {
	.name = "config",
	.group = "start",
	.summary = N_("show and change settings"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.complete = "list|get|set|unset",
	.formats = fmr_table_formats,
	.run = run,
};
