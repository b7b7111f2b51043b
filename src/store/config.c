#include "store/config.h"

#include "base/fs.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/str.h"
#include "store/program.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { CONFIG_LIMIT = 4 << 20 };

void fmr_config_release(struct config *config)
{
	for (size_t i = 0; i < config->entries.count; i++) {
		free(config->entries.items[i].key);
		free(config->entries.items[i].value);
	}
	FMR_VEC_RELEASE(&config->entries);
	*config = (struct config){ 0 };
}

/* ---- the file format ---- */

struct parse {
	const char *at, *end;
	struct fmr_str section; /* "core." or "remote.Origin." */
};

static bool at_end(const struct parse *parse)
{
	return parse->at >= parse->end;
}

static void skip_line(struct parse *parse)
{
	while (!at_end(parse) && *parse->at != '\n')
		parse->at++;
}

static bool parse_section_name(struct parse *parse)
{
	fmr_str_clear(&parse->section);
	parse->at++; /* [ */
	for (; !at_end(parse) && (isalnum((unsigned char)*parse->at) || strchr("-.", *parse->at)); parse->at++)
		fmr_str_putc(&parse->section, (char)tolower((unsigned char)*parse->at));
	while (!at_end(parse) && (*parse->at == ' ' || *parse->at == '\t'))
		parse->at++;
	if (!at_end(parse) && *parse->at == '"') {
		fmr_str_putc(&parse->section, '.');
		for (parse->at++; !at_end(parse) && *parse->at != '"' && *parse->at != '\n'; parse->at++) {
			if (*parse->at == '\\' && ++parse->at >= parse->end)
				return false;
			fmr_str_putc(&parse->section, *parse->at);
		}
		if (at_end(parse) || *parse->at++ != '"')
			return false;
	}
	if (at_end(parse) || *parse->at != ']' || !parse->section.length)
		return false;
	parse->at++;
	fmr_str_putc(&parse->section, '.');
	return true;
}

static bool parse_section(struct parse *parse)
{
	bool good = parse_section_name(parse);
	if (!good)
		fmr_str_clear(&parse->section);
	return good;
}

/* A value up to the end of its line: quotes, escapes, comments, continued lines. */
static bool parse_value(struct parse *parse, struct fmr_str *value)
{
	bool quoted = false;
	size_t solid = 0; /* what stays when blanks at the end go */
	for (; !at_end(parse); parse->at++) {
		char c = *parse->at;
		if (c == '\r' && parse->at + 1 < parse->end && parse->at[1] == '\n')
			continue;
		if (c == '\n')
			break;
		if (!quoted && (c == '#' || c == ';')) {
			skip_line(parse);
			break;
		}
		if (c == '"') {
			quoted = !quoted;
			solid = value->length;
			continue;
		}
		if (c == '\\') {
			if (++parse->at >= parse->end)
				return false;
			c = *parse->at;
			if (c == '\n')
				continue;
			const char *known = strchr("ntb\"\\", c);
			if (!known || !c)
				return false;
			fmr_str_putc(value, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'b' ? '\b' : c);
			solid = value->length;
			continue;
		}
		if (!quoted && !value->length && isspace((unsigned char)c))
			continue;
		fmr_str_putc(value, c);
		if (quoted || !isspace((unsigned char)c))
			solid = value->length;
	}
	fmr_str_truncate(value, solid);
	return !quoted;
}

static bool parse_entry(struct parse *parse, struct config *config, enum config_scope scope)
{
	struct fmr_str key, value;
	fmr_str_init(&key);
	fmr_str_init(&value);
	fmr_str_add(&key, parse->section.bytes, parse->section.length);
	for (; !at_end(parse) && (isalnum((unsigned char)*parse->at) || *parse->at == '-'); parse->at++)
		fmr_str_putc(&key, (char)tolower((unsigned char)*parse->at));
	while (!at_end(parse) && (*parse->at == ' ' || *parse->at == '\t'))
		parse->at++;
	bool has_value = !at_end(parse) && *parse->at == '=';
	bool good = parse->section.length > 0 && key.length > parse->section.length;
	if (has_value) {
		parse->at++;
		good = good && parse_value(parse, &value);
	} else {
		skip_line(parse);
	}
	if (good) {
		if (strncmp(key.bytes, "include.", 8) == 0 || strncmp(key.bytes, "includeif.", 10) == 0)
			config->needs_git = true;
		struct config_entry *entry = FMR_VEC_ADD(&config->entries);
		entry->key = fmr_str_detach(&key);
		entry->value = has_value ? fmr_str_detach(&value) : NULL;
		entry->scope = scope;
	}
	fmr_str_release(&key);
	fmr_str_release(&value);
	return good;
}

void fmr_config_parse(struct config *config, const char *bytes, size_t length, enum config_scope scope)
{
	struct parse parse = { .at = bytes, .end = bytes + length };
	fmr_str_init(&parse.section);
	if (memchr(bytes, '\0', length)) {
		config->needs_git = true;
		return;
	}
	if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		parse.at += 3;
	while (!at_end(&parse)) {
		char c = *parse.at;
		bool good = true;
		if (isspace((unsigned char)c))
			parse.at++;
		else if (c == '#' || c == ';')
			skip_line(&parse);
		else if (c == '[')
			good = parse_section(&parse);
		else
			good = isalpha((unsigned char)c) && parse_entry(&parse, config, scope);
		if (!good) { /* git will say what is wrong with it */
			config->needs_git = true;
			skip_line(&parse);
		}
	}
	fmr_str_release(&parse.section);
}

void fmr_config_read(struct config *config, const char *path, enum config_scope scope)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_file_read(AT_FDCWD, path, CONFIG_LIMIT, false, &text, NULL);
	if (result == 0)
		fmr_config_parse(config, text.bytes, text.length, scope);
	else if (result != FMR_ERR_NOT_FOUND)
		config->needs_git = true;
	fmr_str_release(&text);
}

/* ---- all files ---- */

/* Where the git on PATH looks for the configuration of the machine: PREFIX/etc, but /etc for /usr. */
static char *system_file(void)
{
	const char *off = getenv("GIT_CONFIG_NOSYSTEM"), *other = getenv("GIT_CONFIG_SYSTEM");
	if (off && *off && strcmp(off, "0") != 0 && strcasecmp(off, "false") != 0 && strcasecmp(off, "no") != 0)
		return NULL;
	if (other)
		return fmr_strdup(other);
	const char *path = getenv("PATH");
	for (const char *part = path ? path : ""; *part;) {
		size_t length = strcspn(part, ":");
		char *program = fmr_format("%.*s/git", (int)length, part);
		bool found = length && access(program, X_OK) == 0;
		free(program);
		if (found && length > 4 && strncmp(part + length - 4, "/bin", 4) == 0)
			return length == 8 && strncmp(part, "/usr", 4) == 0
				? fmr_strdup("/etc/gitconfig")
				: fmr_format("%.*s/etc/gitconfig", (int)length - 4, part);
		if (found)
			break;
		part += length + (part[length] == ':');
	}
	return fmr_strdup("/etc/gitconfig");
}

static void read_freed(struct config *config, char *path, enum config_scope scope)
{
	if (path && *path)
		fmr_config_read(config, path, scope);
	free(path);
}

static void read_user_files(struct config *config)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME"), *other = getenv("GIT_CONFIG_GLOBAL");
	if (other) {
		read_freed(config, fmr_strdup(other), CONFIG_GLOBAL);
		return;
	}
	if (xdg && *xdg)
		read_freed(config, fmr_format("%s/git/config", xdg), CONFIG_GLOBAL);
	else if (home)
		read_freed(config, fmr_format("%s/.config/git/config", home), CONFIG_GLOBAL);
	if (home)
		read_freed(config, fmr_format("%s/.gitconfig", home), CONFIG_GLOBAL);
}

/* GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n, GIT_CONFIG_VALUE_n */
static void read_environment(struct config *config)
{
	const char *counted = getenv("GIT_CONFIG_COUNT"), *parameters = getenv("GIT_CONFIG_PARAMETERS");
	if (parameters && *parameters)
		config->needs_git = true;
	long count = counted ? strtol(counted, NULL, 10) : 0;
	if (count < 0 || count > 1000) {
		config->needs_git = true;
		return;
	}
	for (long i = 0; i < count; i++) {
		char *key_name = fmr_format("GIT_CONFIG_KEY_%ld", i), *value_name = fmr_format("GIT_CONFIG_VALUE_%ld", i);
		const char *key = getenv(key_name), *value = getenv(value_name);
		const char *first = key ? strchr(key, '.') : NULL, *last = key ? strrchr(key, '.') : NULL;
		if (!first || !value) {
			config->needs_git = true;
		} else {
			struct config_entry *entry = FMR_VEC_ADD(&config->entries);
			*entry = (struct config_entry){ fmr_strdup(key), fmr_strdup(value), CONFIG_COMMAND };
			for (char *p = entry->key; *p; p++)
				if (p < entry->key + (first - key) || p > entry->key + (last - key))
					*p = (char)tolower((unsigned char)*p);
			if (strncmp(entry->key, "include", 7) == 0)
				config->needs_git = true;
		}
		free(key_name);
		free(value_name);
	}
}

static enum config_scope scope_named(const char *name)
{
	if (strcmp(name, "local") == 0 || strcmp(name, "worktree") == 0)
		return CONFIG_LOCAL;
	if (strcmp(name, "global") == 0)
		return CONFIG_GLOBAL;
	return strcmp(name, "command") == 0 ? CONFIG_COMMAND : CONFIG_SYSTEM;
}

/* "scope NUL key LF value NUL", without LF for a key without value */
static void parse_list(struct config *config, const struct fmr_str *list)
{
	const char *at = list->bytes, *end = list->bytes + list->length;
	while (at < end) {
		const char *scope = at;
		at += strlen(at) + 1;
		if (at >= end)
			break;
		size_t key = strcspn(at, "\n");
		struct config_entry *entry = FMR_VEC_ADD(&config->entries);
		entry->key = fmr_strndup(at, key);
		entry->value = at[key] ? fmr_strdup(at + key + 1) : NULL;
		entry->scope = scope_named(scope);
		at += strlen(at) + 1;
	}
}

static int ask_git(struct config *config, const char *run_in, struct fmr_err *err)
{
	const char *const argv[] = { "git", "config", "--list", "--show-scope", "-z", NULL };
	struct fmr_str list, errors;
	fmr_str_init(&list);
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .directory = run_in, .output = &list, .errors = &errors };
	int status = 0;
	int result = fmr_spawn_run(&spawn, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot read its configuration"));
	if (result == 0) {
		fmr_config_release(config);
		parse_list(config, &list);
	}
	fmr_str_release(&list);
	fmr_str_release(&errors);
	return result;
}

int fmr_config_load(struct config *config, const char *common_dir, const char *git_dir, const char *run_in,
	struct fmr_err *err)
{
	if (config->loaded)
		return 0;
	read_freed(config, system_file(), CONFIG_SYSTEM);
	read_user_files(config);
	if (common_dir)
		read_freed(config, fmr_format("%s/config", common_dir), CONFIG_LOCAL);
	if (git_dir && fmr_config_bool(config, "extensions.worktreeconfig", false))
		read_freed(config, fmr_format("%s/config.worktree", git_dir), CONFIG_LOCAL);
	read_environment(config);
	int result = config->needs_git ? ask_git(config, run_in, err) : 0;
	config->loaded = result == 0;
	return result;
}

const struct config_entry *fmr_config_find(const struct config *config, const char *key, bool trusted)
{
	const char *first = strchr(key, '.'), *last = strrchr(key, '.');
	if (!first)
		return NULL;
	for (size_t i = config->entries.count; i-- > 0;) {
		const struct config_entry *entry = &config->entries.items[i];
		if (trusted && entry->scope == CONFIG_LOCAL)
			continue;
		/* section and name in any case, what is between them exactly */
		if (strcasecmp(entry->key, key) == 0 &&
			strncmp(entry->key + (first - key), first, (size_t)(last - first)) == 0)
			return entry;
	}
	return NULL;
}

bool fmr_config_bool(const struct config *config, const char *key, bool otherwise)
{
	const struct config_entry *entry = fmr_config_find(config, key, false);
	if (!entry)
		return otherwise;
	const char *value = entry->value;
	if (!value || strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 || strcasecmp(value, "on") == 0)
		return true;
	return *value && strcasecmp(value, "false") != 0 && strcasecmp(value, "no") != 0 &&
		strcasecmp(value, "off") != 0 && strtol(value, NULL, 10) != 0;
}
