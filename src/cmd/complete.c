/*
 * Hidden: candidates for the last of the given words of a command line, one a
 * line with a tab and a description behind; ":file" or ":directory" leaves the
 * rest to the shell.  Never fails and never talks: it runs at every Tab.
 */
#include "base/alloc.h"
#include "base/dict.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/text.h"
#include "cli/frame.h"
#include "cmd/relation.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct completion {
	struct fmr_cli *cli;
	const struct fmr_command *command; /* NULL: its name is what is completed */
	const char *word;                  /* what stands there so far */
	const char *prefix;                /* printed before each candidate: "--format=" */
	size_t prefix_length;
	char **operands;                   /* before the word */
	size_t operand_count;
};

static void offer(const struct completion *c, const char *candidate, const char *description)
{
	if (strncmp(candidate, c->word, strlen(c->word)) != 0)
		return;
	struct fmr_str line;
	fmr_str_init(&line);
	fmr_str_add(&line, c->prefix, c->prefix_length);
	fmr_text_escape(&line, candidate, strlen(candidate), false);
	if (description && *description) {
		fmr_str_putc(&line, '\t');
		fmr_text_escape(&line, description, strlen(description), false);
	}
	fmr_str_putc(&line, '\n');
	fwrite(line.bytes, 1, line.length, c->cli->out);
	fmr_str_release(&line);
}

static struct fmr_book *book(const struct completion *c)
{
	return fmr_cli_need(c->cli, FMR_NEEDS_BOOK, NULL) == 0 ? c->cli->book : NULL;
}

/* ---- what can be offered ---- */

static void offer_transition(void *context, const struct fmr_transition_rule *rule)
{
	const struct completion *c = context;
	if (!fmr_command_find(rule->name)) /* what is a command has been offered as one */
		offer(c, rule->name, fmr_words_in(&rule->label, c->cli->language));
}

static void offer_commands(const struct completion *c)
{
	for (size_t i = 0; fmr_commands[i]; i++)
		if (fmr_commands[i]->group)
			offer(c, fmr_commands[i]->name, _(fmr_commands[i]->summary));
	fmr_command_each_transition(c->cli, offer_transition, (void *)c);
}

static void offer_types(const struct completion *c)
{
	const char *const *names;
	size_t count;
	if (!book(c) || fmr_book_type_names(c->cli->book, &names, &count, NULL) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type;
		bool known = fmr_book_type(c->cli->book, names[i], &type, NULL, NULL) == 0;
		offer(c, names[i], known ? fmr_words_in(&type->label, c->cli->language) : NULL);
	}
}

static void offer_catalogues(const struct completion *c)
{
	const char *const *names;
	size_t count;
	if (!book(c) || fmr_book_catalogue_names(c->cli->book, &names, &count, NULL) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_catalogue *catalogue;
		bool known = fmr_book_catalogue(c->cli->book, names[i], &catalogue, NULL, NULL) == 0;
		offer(c, names[i], known ? fmr_words_in(&catalogue->label, c->cli->language) : NULL);
	}
}

/* "records/incident/2026/INC-20261121-7KQ2.yaml": the id is the name of the file.  Attachments lie deeper, in a
 * directory that is named like the record. */
static int offer_id(void *context, const struct fmr_entry *entry)
{
	const struct completion *c = context;
	const char *slash = strrchr(entry->path, '/');
	const char *name = slash ? slash + 1 : entry->path;
	const char *end = strrchr(name, '.');
	if (!end || strcmp(end, ".yaml") != 0)
		return 0;
	char *id = fmr_strndup(name, (size_t)(end - name));
	const char *last = strrchr(id, '-');
	if (strncasecmp(id, c->word, strlen(c->word)) == 0)
		offer(&(struct completion){ .cli = c->cli, .word = "", .prefix = c->prefix,
			      .prefix_length = c->prefix_length }, id, NULL);
	else if (last && *c->word)
		offer(c, last + 1, id);
	free(id);
	return 0;
}

static void offer_ids(const struct completion *c)
{
	if (book(c))
		fmr_view_each(c->cli->view, "records", offer_id, (void *)c, NULL);
}

static void offer_revisions(const struct completion *c)
{
	const char *const argv[] = { "git", "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags",
		"refs/remotes", NULL };
	struct fmr_str output, errors;
	fmr_str_init(&output);
	fmr_str_init(&errors);
	const struct fmr_spawn spawn = { .argv = argv, .output = &output, .errors = &errors };
	int status;
	offer(c, "HEAD", NULL);
	if (fmr_spawn_run(&spawn, &status, NULL) == 0 && status == 0) {
		for (char *save, *name = strtok_r(output.bytes, "\n", &save); name; name = strtok_r(NULL, "\n", &save))
			offer(c, name, NULL);
	}
	fmr_str_release(&output);
	fmr_str_release(&errors);
}

/* ---- fields and their values ---- */

static void offer_type_fields(const struct completion *c, const struct fmr_field *fields, size_t count,
	const char *suffix)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if (field->kind == FMR_FIELD_MAP && field->child_count) {
			offer_type_fields(c, field->children, field->child_count, suffix);
			continue;
		}
		char *candidate = fmr_format("%s%s", field->path, suffix);
		offer(c, candidate, fmr_words_in(&field->label, c->cli->language));
		free(candidate);
	}
}

static void offer_fields(const struct completion *c)
{
	const char *const *names;
	size_t count;
	if (!book(c) || fmr_book_type_names(c->cli->book, &names, &count, NULL) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type;
		if (fmr_book_type(c->cli->book, names[i], &type, NULL, NULL) == 0)
			offer_type_fields(c, type->fields, type->field_count, "");
	}
}

/* The type that an operand names: a type, or the id of a record. */
static const struct fmr_type *type_of_operands(const struct completion *c)
{
	const struct fmr_type *type;
	for (size_t i = 0; i < c->operand_count; i++) {
		if (fmr_book_type(c->cli->book, c->operands[i], &type, NULL, NULL) == 0)
			return type;
		struct fmr_str id, path;
		fmr_str_init(&id);
		fmr_str_init(&path);
		bool found = fmr_id_find(c->cli->book, c->operands[i], &id, &path, NULL) == 0 &&
			fmr_book_type_of_id(c->cli->book, id.bytes, &type, NULL) == 0;
		fmr_str_release(&id);
		fmr_str_release(&path);
		if (found)
			return type;
	}
	return NULL;
}

/* Transitions of the records that other operands name. */
static void offer_transitions(const struct completion *c)
{
	const struct fmr_type *type = book(c) ? type_of_operands(c) : NULL;
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	for (size_t i = 0; type && i < type->transition_count; i++)
		if (fmr_dict_add(&seen, type->transitions[i].name, 0))
			offer(c, type->transitions[i].name, fmr_words_in(&type->transitions[i].label, c->cli->language));
	fmr_dict_release(&seen);
}

/* Several links may share a name, such as that of their inverse. */
static void offer_once(const struct completion *c, struct fmr_dict *seen, const char *candidate,
	const struct fmr_words *label)
{
	if (candidate && fmr_dict_add(seen, candidate, 0))
		offer(c, candidate, fmr_words_in(label, c->cli->language));
}

/* "whys[].preventions" is typed without a position, or with one. */
static char *without_brackets(const char *path)
{
	char *plain = fmr_strdup(path), *to = plain;
	for (const char *from = path; *from; from++)
		if (*from != '[' && *from != ']')
			*to++ = *from;
	*to = '\0';
	return plain;
}

/* The links among the fields of a type; with `target` the inverses of those that lead to it. */
static void offer_links(const struct completion *c, const struct fmr_field *fields, size_t count,
	const struct fmr_type *target, struct fmr_dict *seen)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		const struct fmr_field *link = field->kind == FMR_FIELD_LIST && field->child_count ? field->children : field;
		if (link->kind != FMR_FIELD_LINK) {
			offer_links(c, link->children, link->child_count, target, seen);
		} else if (!target) {
			char *name = without_brackets(field->path);
			offer_once(c, seen, name, &field->label);
			free(name);
		} else if (fmr_relation_leads_to(link, target)) {
			offer_once(c, seen, link->link->inverse, &link->link->inverse_label);
		}
	}
}

/* What the record that another operand names can be linked by, from its own side and from the other. */
static void offer_relations(const struct completion *c)
{
	const struct fmr_type *type = book(c) ? type_of_operands(c) : NULL;
	const char *const *names;
	size_t count;
	if (!type || fmr_book_type_names(c->cli->book, &names, &count, NULL) != 0)
		return;
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	offer_links(c, type->fields, type->field_count, NULL, &seen);
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *other;
		if (fmr_book_type(c->cli->book, names[i], &other, NULL, NULL) == 0)
			offer_links(c, other->fields, other->field_count, type, &seen);
	}
	fmr_dict_release(&seen);
}

static void offer_values(const struct completion *c, const struct fmr_field *field)
{
	const struct fmr_choice *choices;
	size_t count;
	if (field->kind == FMR_FIELD_LINK) {
		offer_ids(c);
	} else if (field->kind == FMR_FIELD_BOOL) {
		offer(c, "true", NULL);
		offer(c, "false", NULL);
	} else if (fmr_field_choices(c->cli->book, field, NULL, &choices, &count) == 0) {
		for (size_t i = 0; i < count; i++)
			offer(c, choices[i].code, fmr_words_in(&choices[i].label, c->cli->language));
	}
}

/* What may stand behind "path=" or "path:", where `value` begins in the word. */
static void offer_behind(const struct completion *c, const struct fmr_field *field, const char *value)
{
	struct completion rest = *c;
	struct fmr_str prefix;
	fmr_str_init(&prefix);
	fmr_str_add(&prefix, c->prefix, c->prefix_length);
	fmr_str_add(&prefix, c->word, (size_t)(value - c->word));
	rest.prefix = prefix.bytes;
	rest.prefix_length = prefix.length;
	rest.word = value;
	if (field)
		offer_values(&rest, field->kind == FMR_FIELD_LIST ? field->children : field);
	else
		offer_fields(&rest);
	fmr_str_release(&prefix);
}

/* "path=value" of a record that another operand names. */
static void offer_assignment(const struct completion *c)
{
	const struct fmr_type *type = book(c) ? type_of_operands(c) : NULL;
	if (!type)
		return;
	const char *equals = strchr(c->word, '=');
	if (!equals) {
		offer_type_fields(c, type->fields, type->field_count, "=");
		return;
	}
	char *path = fmr_strndup(c->word, (size_t)(equals - c->word));
	const struct fmr_field *field = fmr_type_field(type, path);
	if (field)
		offer_behind(c, field, equals + 1);
	free(path);
}

/* ---- the words of a query ---- */

/* The types that are asked for: the one that another word names, else all; `each` says whether it has enough. */
static void each_asked_type(const struct completion *c, bool (*each)(const struct completion *, const struct fmr_type *))
{
	const char *const *names;
	const struct fmr_type *type;
	size_t count;
	for (size_t i = 0; i < c->operand_count; i++) {
		if (fmr_book_type(c->cli->book, c->operands[i], &type, NULL, NULL) == 0) {
			each(c, type);
			return;
		}
	}
	if (fmr_book_type_names(c->cli->book, &names, &count, NULL) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (fmr_book_type(c->cli->book, names[i], &type, NULL, NULL) == 0 && each(c, type))
			return;
}

static bool offer_terms(const struct completion *c, const struct fmr_type *type)
{
	offer_type_fields(c, type->fields, type->field_count, ":");
	return false;
}

/* Behind "field:" and, of several values, behind the last comma. */
static bool offer_operands(const struct completion *c, const struct fmr_type *type)
{
	size_t length = strcspn(c->word, ":");
	char *path = fmr_strndup(c->word, length);
	const struct fmr_field *field = fmr_type_field(type, path);
	const char *comma = strrchr(c->word + length, ',');
	if (field)
		offer_behind(c, field, comma ? comma + 1 : c->word + length + 1);
	free(path);
	return field != NULL;
}

static void offer_query(const struct completion *c)
{
	static const char *const questions[] = { "has:", "missing:", NULL };
	if (!book(c))
		return;
	for (size_t i = 0; questions[i]; i++) {
		if (strncmp(c->word, questions[i], strlen(questions[i])) == 0) {
			offer_behind(c, NULL, c->word + strlen(questions[i]));
			return;
		}
	}
	if (strchr(c->word, ':')) {
		each_asked_type(c, offer_operands);
		return;
	}
	offer_types(c);
	for (size_t i = 0; *c->word && questions[i]; i++)
		offer(c, questions[i], NULL);
	if (*c->word || c->operand_count) /* the fields of all types at once help nobody */
		each_asked_type(c, offer_terms);
}

/* ---- from a kind to its candidates ---- */

static void offer_list(const struct completion *c, const char *const *words)
{
	for (; words && *words; words++)
		offer(c, *words, NULL);
}

static void offer_literals(const struct completion *c, const char *kind, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t part = strcspn(kind + at, "| ");
		char *word = fmr_strndup(kind + at, part);
		offer(c, word, NULL);
		free(word);
		at += part + 1;
	}
}

static void offer_color(const struct completion *c)
{
	static const char *const words[] = { "always", "auto", "never", NULL };
	offer_list(c, words);
}

static void offer_formats(const struct completion *c)
{
	offer_list(c, c->command ? c->command->formats : NULL);
}

static void offer_shell(const struct completion *c, const char *what)
{
	fprintf(c->cli->out, ":%s\n", what);
}

static void offer_files(const struct completion *c)
{
	offer_shell(c, "file");
}

static void offer_directories(const struct completion *c)
{
	offer_shell(c, "directory");
}

static void offer_kind(const struct completion *c, const char *kind)
{
	static const struct {
		const char *kind;
		void (*offer)(const struct completion *);
	} kinds[] = {
		{ "type", offer_types }, { "id", offer_ids }, { "file", offer_files }, { "directory", offer_directories },
		{ "rev", offer_revisions }, { "command", offer_commands }, { "field", offer_fields },
		{ "relation", offer_relations }, { "assign", offer_assignment }, { "query", offer_query },
		{ "color", offer_color }, { "format", offer_formats }, { "transition", offer_transitions },
		{ "catalogue", offer_catalogues },
	};
	if (!kind)
		return;
	size_t length = strcspn(kind, " ");
	if (memchr(kind, '|', length)) {
		offer_literals(c, kind, length);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].kind) == length && strncmp(kinds[i].kind, kind, length) == 0)
			kinds[i].offer(c);
}

static void offer_operand(const struct completion *c)
{
	const char *kind = c->cli->verb ? "id" : c->command->complete;
	for (size_t i = 0; kind && i < c->operand_count; i++) {
		const char *next = strchr(kind, ' ');
		if (!next)
			break;
		kind = next + 1;
	}
	offer_kind(c, kind);
}

/* ---- options ---- */

static void offer_option_names(const struct completion *c, const struct fmr_option *options)
{
	for (; options && options->name; options++) {
		if (!options->name[1])
			continue;
		char *name = fmr_format("--%s", options->name);
		offer(c, name, options->help ? _(options->help) : NULL);
		free(name);
	}
}

static const struct fmr_option *find_in(const struct fmr_option *options, const char *word)
{
	bool is_long = word[1] == '-';
	size_t length = strcspn(word, "=");
	for (; options && options->name; options++) {
		if (is_long && strlen(options->name) == length - 2 && strncmp(options->name, word + 2, length - 2) == 0)
			return options;
		if (!is_long && options->letter && options->letter == word[strlen(word) - 1])
			return options;
	}
	return NULL;
}

static const struct fmr_option *find_option(const struct completion *c, const char *word)
{
	const struct fmr_option *option = c->command ? find_in(c->command->options, word) : NULL;
	if (!option && c->command && c->command->at)
		option = find_in(fmr_at_options, word);
	return option ? option : find_in(fmr_global_options, word);
}

static void offer_argument(const struct completion *c, const struct fmr_option *option)
{
	if (option->choices)
		offer_list(c, option->choices);
	else
		offer_kind(c, option->complete);
}

/* Does the option want the next word as its value? */
static bool wants_next(const struct fmr_option *option, const char *word)
{
	bool takes_none = option && (option->kind == FMR_OPTION_FLAG || option->kind == FMR_OPTION_SWITCH);
	return option && !takes_none && !option->implied && !(word[1] == '-' && strchr(word, '='));
}

/* ---- the line ---- */

static void complete_word(struct completion *c, const struct fmr_option *waiting, bool only_operands)
{
	const char *word = c->word;
	const char *equals = strchr(word, '=');
	if (waiting) {
		offer_argument(c, waiting);
	} else if (word[0] == '-' && !only_operands && equals && word[1] == '-') {
		const struct fmr_option *option = find_option(c, word);
		c->prefix = word;
		c->prefix_length = (size_t)(equals - word) + 1;
		c->word = equals + 1;
		if (option)
			offer_argument(c, option);
	} else if (word[0] == '-' && !only_operands) {
		if (c->command)
			offer_option_names(c, c->command->options);
		if (c->command && c->command->at)
			offer_option_names(c, fmr_at_options);
		offer_option_names(c, fmr_global_options);
	} else if (!c->command) {
		offer_commands(c);
	} else {
		offer_operand(c);
	}
}

/* A directory given with -C is where ids and types are looked up. */
static void follow(struct fmr_cli *cli, const char *word, const char *value)
{
	struct fmr_globals globals = { .directories = { .items = &value, .count = 1 } };
	if (strcmp(word, "-C") == 0)
		fmr_globals_apply(&globals, cli, NULL);
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)err;
	if (argc < 1)
		return FMR_EXIT_OK;
	struct completion c = { .cli = cli, .word = argv[argc - 1], .prefix = "" };
	c.operands = fmr_alloc_zero((size_t)argc, sizeof(*c.operands));
	const struct fmr_option *waiting = NULL;
	bool only_operands = false;
	for (int i = 0; i + 1 < argc; i++) {
		const char *word = argv[i];
		if (waiting) {
			follow(cli, argv[i - 1], word);
			waiting = NULL;
		} else if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && word[0] == '-' && word[1]) {
			const struct fmr_option *option = find_option(&c, word);
			waiting = wants_next(option, word) ? option : NULL;
		} else if (!c.command) {
			c.command = fmr_command_find(word);
			if (!c.command && fmr_command_transition(cli, word)) {
				cli->verb = word;
				c.command = fmr_command_find(FMR_COMMAND_OF_TRANSITIONS);
			}
			if (!c.command)
				goto out;
		} else {
			c.operands[c.operand_count++] = argv[i];
		}
	}
	complete_word(&c, waiting, only_operands);
out:
	free(c.operands);
	return FMR_EXIT_OK;
}

const struct fmr_command fmr_command_complete = {
	.name = "__complete",
	.run = run,
};
