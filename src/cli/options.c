#include "cli/options.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "cli/frame.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum { HELP_COLUMN = 26 };

const struct fmr_option fmr_at_options[] = {
	{ 0, "at", FMR_OPTION_STRING, "revision|date", N_("as the records were at this commit, or on this day"),
		offsetof(struct fmr_globals, at), .complete = "rev" },
	{ 0 },
};

/* What is left to parse, and what an option found there means. */
struct scan {
	const struct fmr_parse *parse;
	char **argv;
	int argc, next;
	struct fmr_err *err;
};

struct match {
	const struct fmr_option *option;
	void *values;
	bool negated;
};

static bool is_flag(const struct fmr_option *option)
{
	return option->kind == FMR_OPTION_FLAG || option->kind == FMR_OPTION_SWITCH;
}

size_t fmr_options_count(const struct fmr_option *options)
{
	size_t count = 0;
	while (options && options[count].name)
		count++;
	return count;
}

static int bad_choice(const struct fmr_option *option, const char *text, struct fmr_err *err)
{
	struct fmr_str list;
	fmr_str_init(&list);
	size_t count = 0;
	for (; option->choices[count]; count++)
		fmr_str_printf(&list, "%s%s", count ? ", " : "", option->choices[count]);
	fmr_err_set(err, FMR_ERR_INVALID, _("option '--%s' has no value '%s'"), option->name, text);
	const char *nearest = fmr_text_nearest(text, option->choices, count);
	if (nearest)
		fmr_err_hint(err, _("allowed: %s; nearest: %s"), list.bytes, nearest);
	else
		fmr_err_hint(err, _("allowed: %s"), list.bytes);
	fmr_str_release(&list);
	return FMR_ERR_INVALID;
}

static int store_choice(const struct fmr_option *option, const char **field, const char *text, struct fmr_err *err)
{
	for (size_t i = 0; option->choices[i]; i++)
		if (strcmp(option->choices[i], text) == 0) {
			*field = option->choices[i];
			return 0;
		}
	return bad_choice(option, text, err);
}

static int store_number(const struct fmr_option *option, long *field, const char *text, struct fmr_err *err)
{
	char *end;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (errno || end == text || *end)
		return fmr_err_set(err, FMR_ERR_INVALID, _("option '--%s' wants a number, not '%s'"), option->name, text);
	if (option->least && number < option->least)
		return fmr_err_set(err, FMR_ERR_INVALID, _("option '--%s' wants a number from %ld, not '%s'"), option->name,
			option->least, text);
	*field = number;
	return 0;
}

static int store(const struct match *match, const char *text, struct fmr_err *err)
{
	void *field = (char *)match->values + match->option->offset;
	switch (match->option->kind) {
	case FMR_OPTION_FLAG:
		*(bool *)field = !match->negated;
		return 0;
	case FMR_OPTION_SWITCH:
		*(int *)field = match->negated ? -1 : 1;
		return 0;
	case FMR_OPTION_STRING:
		*(const char **)field = match->negated ? NULL : text;
		return 0;
	case FMR_OPTION_NUMBER:
		if (!match->negated)
			return store_number(match->option, field, text, err);
		*(long *)field = 0;
		return 0;
	case FMR_OPTION_LIST:
		if (match->negated)
			((struct fmr_strings *)field)->count = 0;
		else
			FMR_VEC_PUSH((struct fmr_strings *)field, text);
		return 0;
	case FMR_OPTION_CHOICE:
		if (!match->negated)
			return store_choice(match->option, field, text, err);
		*(const char **)field = NULL;
		return 0;
	}
	assert(!"kind of option");
	return 0;
}

void fmr_options_release(const struct fmr_option *options, void *values)
{
	for (const struct fmr_option *option = options; option && option->name; option++)
		if (option->kind == FMR_OPTION_LIST) {
			struct fmr_strings *list = (void *)((char *)values + option->offset);
			FMR_VEC_RELEASE(list);
		}
}

/* ---- long options ---- */

/* "no-commit" is undone by "commit" as "commit" is by "no-commit". */
static const char *without_no(const char *name)
{
	return strncmp(name, "no-", 3) == 0 ? name + 3 : NULL;
}

/* 2: the name itself, 1: begins with it, 0: another one. */
static int compare_name(const char *name, const char *word, size_t length)
{
	if (strncmp(name, word, length) != 0)
		return 0;
	return name[length] ? 1 : 2;
}

static int compare_negated(const char *name, const char *word, size_t length)
{
	const char *positive = without_no(name);
	if (positive)
		return compare_name(positive, word, length);
	return length > 3 && strncmp(word, "no-", 3) == 0 ? compare_name(name, word + 3, length - 3) : 0;
}

static int ambiguous(const struct match *a, const struct match *b, const char *word, size_t length,
	struct fmr_err *err)
{
	return fmr_err_set(err, FMR_ERR_INVALID, _("option '--%.*s' could be '--%s%s' or '--%s%s'"), (int)length, word,
		a->negated ? "no-" : "", a->option->name, b->negated ? "no-" : "", b->option->name);
}

static int unknown_long(const struct scan *scan, const char *word, size_t length)
{
	FMR_VEC(const char *) names = { 0 };
	for (size_t s = 0; s < scan->parse->set_count; s++)
		for (const struct fmr_option *o = scan->parse->sets[s].options; o && o->name; o++)
			FMR_VEC_PUSH(&names, o->name);
	char *name = fmr_strndup(word, length);
	const char *nearest = fmr_text_nearest(name, names.items, names.count);
	fmr_err_set(scan->err, FMR_ERR_INVALID, _("unknown option '--%s'"), name);
	if (nearest)
		fmr_err_hint(scan->err, _("did you mean '--%s'?"), nearest);
	free(name);
	FMR_VEC_RELEASE(&names);
	return FMR_ERR_INVALID;
}

static int find_long(const struct scan *scan, const char *word, size_t length, struct match *out)
{
	struct match near = { 0 }, other = { 0 };
	for (size_t s = 0; s < scan->parse->set_count; s++) {
		const struct fmr_option_set *set = &scan->parse->sets[s];
		for (const struct fmr_option *o = set->options; o && o->name; o++) {
			int plain = compare_name(o->name, word, length);
			int negated = plain ? 0 : compare_negated(o->name, word, length);
			if (!plain && !negated)
				continue;
			struct match found = { o, set->values, !plain };
			if (plain == 2 || negated == 2) {
				*out = found;
				return 0;
			}
			bool same = near.option && strcmp(near.option->name, o->name) == 0;
			if (!near.option)
				near = found;
			else if (!same && !other.option)
				other = found;
		}
	}
	if (other.option)
		return ambiguous(&near, &other, word, length, scan->err);
	if (!near.option)
		return unknown_long(scan, word, length);
	*out = near;
	return 0;
}

static int parse_long(struct scan *scan, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	struct match match = { 0 };
	int rc = find_long(scan, word, length, &match);
	if (rc || !match.option)
		return rc;
	if (is_flag(match.option) || match.negated) {
		if (equals)
			return fmr_err_set(scan->err, FMR_ERR_INVALID, _("option '--%.*s' takes no value"), (int)length,
				word);
		return store(&match, NULL, scan->err);
	}
	if (equals)
		return store(&match, equals + 1, scan->err);
	if (match.option->implied)
		return store(&match, match.option->implied, scan->err);
	if (scan->next >= scan->argc)
		return fmr_err_set(scan->err, FMR_ERR_INVALID, _("option '--%s' wants a value"), match.option->name);
	return store(&match, scan->argv[scan->next++], scan->err);
}

/* ---- letters ---- */

static bool find_letter(const struct scan *scan, char letter, struct match *out)
{
	for (size_t s = 0; s < scan->parse->set_count; s++) {
		const struct fmr_option_set *set = &scan->parse->sets[s];
		for (const struct fmr_option *o = set->options; o && o->name; o++)
			if (o->letter == letter) {
				*out = (struct match){ o, set->values, false };
				return true;
			}
	}
	return false;
}

static int parse_letters(struct scan *scan, const char *letters)
{
	for (const char *letter = letters; *letter; letter++) {
		struct match match = { 0 };
		if (!find_letter(scan, *letter, &match)) {
			size_t size;
			fmr_utf8_decode(letter, strlen(letter), &size);
			return fmr_err_set(scan->err, FMR_ERR_INVALID, _("unknown option '-%.*s'"), (int)size, letter);
		}
		if (is_flag(match.option)) {
			store(&match, NULL, scan->err);
			continue;
		}
		if (letter[1])
			return store(&match, letter + 1, scan->err);
		if (match.option->implied)
			return store(&match, match.option->implied, scan->err);
		if (scan->next >= scan->argc)
			return fmr_err_set(scan->err, FMR_ERR_INVALID, _("option '-%c' wants a value"), *letter);
		return store(&match, scan->argv[scan->next++], scan->err);
	}
	return 0;
}

/* ---- the whole line ---- */

/* In a query "-state:closed", "-severity<=S2", "-電源", '-"disk full"' and "-(" exclude: a word of several letters with an
 * operator behind it, or one that no letter of an option begins, is no cluster. */
static bool is_exclusion(const char *argument)
{
	if ((unsigned char)argument[1] >= 0x80 || strchr("(\"/", argument[1]))
		return true;
	size_t word = strspn(argument + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
	return word > 1 && argument[1 + word] && strchr(":<>!", argument[1 + word]);
}

static bool is_operand(const struct fmr_parse *parse, const char *argument)
{
	return argument[0] != '-' || !argument[1] || (parse->query && argument[1] != '-' && is_exclusion(argument));
}

int fmr_options_parse(const struct fmr_parse *parse, int argc, char **argv, int *operands, struct fmr_err *err)
{
	struct scan scan = { .parse = parse, .argv = argv, .argc = argc, .err = err };
	int kept = 0;
	bool only_operands = false;
	while (scan.next < argc) {
		char *argument = argv[scan.next];
		if (only_operands || is_operand(parse, argument)) {
			only_operands = only_operands || parse->stop_at_operand;
			argv[kept++] = argument;
			scan.next++;
			continue;
		}
		scan.next++;
		if (strcmp(argument, "--") == 0) {
			only_operands = true;
			continue;
		}
		int rc = argument[1] == '-' ? parse_long(&scan, argument + 2) : parse_letters(&scan, argument + 1);
		if (rc)
			return rc;
	}
	*operands = kept;
	return 0;
}

/* ---- usage ---- */

static void put_argument(struct fmr_str *out, const struct fmr_option *option)
{
	const char *name = option->argument ? option->argument : "value";
	bool bracketed = *name == '<';
	fmr_str_puts(out, option->implied ? "[=" : " ");
	fmr_str_printf(out, bracketed ? "%s" : "<%s>", name);
	if (option->implied)
		fmr_str_putc(out, ']');
}

static void put_row(struct fmr_str *out, const struct fmr_option *option)
{
	struct fmr_str left;
	fmr_str_init(&left);
	if (option->letter && strlen(option->name) == 1)
		fmr_str_printf(&left, "    -%c", option->letter);
	else if (option->letter)
		fmr_str_printf(&left, "    -%c, --%s", option->letter, option->name);
	else
		fmr_str_printf(&left, "    --%s", option->name);
	if (!is_flag(option))
		put_argument(&left, option);
	fmr_str_puts(out, left.bytes);
	size_t width = fmr_text_width(left.bytes, left.length);
	if (width + 2 > HELP_COLUMN)
		fmr_str_printf(out, "\n%*s", HELP_COLUMN, "");
	else
		fmr_str_repeat(out, ' ', HELP_COLUMN - width);
	fmr_str_puts(out, option->help ? _(option->help) : "");
	if (option->choices) {
		fmr_str_puts(out, " (");
		for (size_t i = 0; option->choices[i]; i++)
			fmr_str_printf(out, "%s%s", i ? ", " : "", option->choices[i]);
		fmr_str_puts(out, ")");
	}
	fmr_str_putc(out, '\n');
	fmr_str_release(&left);
}

void fmr_options_rows(struct fmr_str *out, const struct fmr_option *options)
{
	for (const struct fmr_option *option = options; option && option->name; option++)
		put_row(out, option);
}

void fmr_options_usage(struct fmr_str *out, const struct fmr_command *command)
{
	const char *const none[] = { "", NULL };
	const char *const *lines = command->synopsis && command->synopsis[0] ? command->synopsis : none;
	for (size_t i = 0; lines[i]; i++)
		fmr_str_printf(out, "%s fmrec %s%s%s\n", i ? _("   or:") : _("usage:"), command->name,
			*lines[i] ? " " : "", lines[i]);
	fmr_str_putc(out, '\n');
	fmr_options_rows(out, command->options);
	if (command->at)
		fmr_options_rows(out, fmr_at_options);
	if (fmr_options_count(command->options) || command->at)
		fmr_str_putc(out, '\n');
	if (command->formats) {
		fmr_str_puts(out, "    --format <format>     ");
		for (size_t i = 0; command->formats[i]; i++)
			fmr_str_printf(out, "%s%s", i ? ", " : "", command->formats[i]);
		fmr_str_puts(out, "\n\n");
	}
}
