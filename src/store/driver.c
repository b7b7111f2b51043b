/*
 * The merge driver in a repository: its command in the configuration, and an
 * attribute that names it, both of this clone alone.  A clone without it merges
 * records as any text.
 */
#include "store/hooks.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "merge.fmrec"
#define COMMENT "# fmrec-merge: 'fmrec hooks uninstall' takes this line and the next away\n"
#define RULE "records/**/*.yaml merge=fmrec\n"

enum { ATTRIBUTES_LIMIT = 16 << 20 };

/* ---- the command ---- */

static void add_program(struct fmr_str *out, const char *program)
{
	struct fmr_str quoted;
	fmr_str_init(&quoted);
	fmr_hooks_quote(&quoted, program);
	for (const char *at = quoted.bytes; *at; at++) /* git replaces %A and the like, also in a path */
		fmr_str_puts(out, *at == '%' ? "%%" : (const char[]){ *at, '\0' });
	fmr_str_release(&quoted);
}

/* What could not be done (more than 1) is left to git's own merge of lines, never to our side alone. */
static char *driver_command(const char *program)
{
	struct fmr_str command;
	fmr_str_init(&command);
	add_program(&command, program);
	fmr_str_puts(&command, " merge-file --marker-size=%L -L %X -L %S -L %Y --path=%P -- %A %O %B || "
			       "{ s=$?; test $s -eq 1 && exit 1; "
			       "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B; }");
	return fmr_str_detach(&command);
}

static int set_config(struct fmr_store *store, const char *const *arguments, struct fmr_err *err)
{
	struct fmr_str errors;
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments, .errors = &errors }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot change the configuration of the repository"));
	fmr_str_release(&errors);
	fmr_config_release(&store->config); /* as it was before */
	return result;
}

/* What the repository itself has, not the user; command NULL: anything. */
static bool is_configured(struct fmr_store *store, const char *command)
{
	const char *value = NULL;
	if (fmr_config_load(&store->config, store->common_dir, store->git_dir, fmr_store_run_in(store), NULL) != 0)
		return false;
	for (size_t i = 0; i < store->config.entries.count; i++) {
		const struct config_entry *entry = &store->config.entries.items[i];
		if (entry->scope == CONFIG_LOCAL && strcmp(entry->key, SECTION ".driver") == 0)
			value = entry->value;
	}
	return value && (!command || strcmp(value, command) == 0);
}

/* ---- the attribute ---- */

static char *attributes_path(const struct fmr_store *store)
{
	return fmr_format("%s/info/attributes", store->common_dir);
}

/* The text of the file, and whether it is there. */
static int read_attributes(const char *path, struct fmr_str *text, bool *there, struct fmr_err *err)
{
	int result = fmr_file_read(AT_FDCWD, path, ATTRIBUTES_LIMIT, false, text, err);
	*there = result == 0;
	return result == FMR_ERR_NOT_FOUND ? 0 : result;
}

static int add_attribute(const struct fmr_store *store, struct fmr_err *err)
{
	struct fmr_str text, old;
	bool there;
	fmr_str_init(&text);
	fmr_str_init(&old);
	char *path = attributes_path(store);
	int result = read_attributes(path, &old, &there, err);
	if (result == 0 && !strstr(old.bytes, COMMENT RULE)) {
		fmr_str_add(&text, old.bytes, old.length);
		if (text.length && text.bytes[text.length - 1] != '\n')
			fmr_str_putc(&text, '\n');
		fmr_str_puts(&text, COMMENT RULE);
		result = fmr_file_replace(AT_FDCWD, path, there ? &old : NULL, text.bytes, text.length, 0666, err);
	}
	free(path);
	fmr_str_release(&text);
	fmr_str_release(&old);
	return result;
}

static int remove_attribute(const struct fmr_store *store, struct fmr_err *err)
{
	struct fmr_str text, old;
	bool there;
	fmr_str_init(&text);
	fmr_str_init(&old);
	char *path = attributes_path(store);
	int result = read_attributes(path, &old, &there, err);
	const char *at = strstr(old.bytes, COMMENT RULE);
	if (result == 0 && at) {
		fmr_str_add(&text, old.bytes, (size_t)(at - old.bytes));
		fmr_str_puts(&text, at + strlen(COMMENT RULE));
		result = text.length ? fmr_file_replace(AT_FDCWD, path, &old, text.bytes, text.length, 0666, err)
				     : fmr_file_remove(AT_FDCWD, path, &old, err);
	}
	free(path);
	fmr_str_release(&text);
	fmr_str_release(&old);
	return result;
}

/* ---- both ---- */

int fmr_driver_install(struct fmr_store *store, const char *program, struct fmr_err *err)
{
	char *command = driver_command(program);
	static const char name_key[] = SECTION ".name", driver_key[] = SECTION ".driver";
	const char *const name[] = { "config", "--local", name_key, "records, merged by field", NULL };
	const char *const driver[] = { "config", "--local", driver_key, command, NULL };
	int result = 0;
	if (!is_configured(store, command)) {
		result = set_config(store, name, err);
		if (result == 0)
			result = set_config(store, driver, err);
	}
	if (result == 0)
		result = add_attribute(store, err);
	free(command);
	return result;
}

int fmr_driver_uninstall(struct fmr_store *store, struct fmr_err *err)
{
	const char *const remove[] = { "config", "--local", "--remove-section", SECTION, NULL };
	int result = remove_attribute(store, err);
	if (result == 0 && is_configured(store, NULL))
		result = set_config(store, remove, err);
	return result;
}

bool fmr_driver_is_installed(struct fmr_store *store, struct fmr_str *path)
{
	struct fmr_str text;
	bool there;
	fmr_str_init(&text);
	char *attributes = attributes_path(store);
	const bool named = read_attributes(attributes, &text, &there, NULL) == 0 && strstr(text.bytes, RULE);
	fmr_str_puts(path, attributes);
	free(attributes);
	fmr_str_release(&text);
	return named && is_configured(store, NULL);
}
