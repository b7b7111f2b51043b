#include "yaml/syntax.h"

#include "base/i18n.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What a known complaint means.  Rows are tried in order; an empty context matches all. */
static const struct rule {
	const char *problem, *context;
	bool at_context; /* the fault is where the context began */
	const char *message, *hint;
} rules[] = {
	{ "found unexpected end of stream", "quoted scalar", true, N_("a quoted text is never closed"),
		N_("close the quote that begins here") },
	{ "found unexpected document indicator", "quoted scalar", true, N_("a quoted text is never closed"),
		N_("close the quote that begins here") },
	{ "could not find expected ':'", "", true, N_("a key without ':' behind it"),
		N_("write 'key: value', or indent the line if it continues the text above") },
	{ "mapping values are not allowed", "", false, N_("': ' is not allowed here"),
		N_("put the text in quotes when it holds ': ', or check the indentation") },
	{ "did not find expected key", "", false, N_("a key was expected here"),
		N_("check the indentation of this line, and quotes and brackets above it") },
	{ "did not find expected '-' indicator", "", false, N_("an item beginning with '- ' was expected here"),
		N_("check the indentation of this line") },
	{ "did not find expected ',' or '}'", "", false, N_("',' or '}' was expected here"),
		N_("close the '{' or separate its members by ','") },
	{ "did not find expected ',' or ']'", "", false, N_("',' or ']' was expected here"),
		N_("close the '[' or separate its items by ','") },
	{ "block sequence entries are not allowed", "", false, N_("an item beginning with '- ' is not allowed here"),
		N_("begin the list on a line of its own, below its key") },
	{ "did not find expected <document start>", "", false, N_("the document goes on where it should end"),
		N_("check the indentation of this line") },
	{ "found unknown escape character", "", false, N_("an unknown escape stands in a double-quoted text"),
		N_("write '\\\\' for a backslash, or use single quotes") },
	{ "found a tab character where an indentation space is expected", "", false,
		N_("a tab stands where spaces must indent"), N_("indent with spaces") },
	{ "did not find expected comment or line break", "block scalar", true,
		N_("text stands behind '|' or '>', which begin a block of lines"),
		N_("put the text in quotes, or begin it on the next line") },
	{ "did not find expected alphabetic or numeric", "", true, N_("an anchor or alias without a name"),
		N_("put the text in quotes when it begins with '&' or '*'") },
	{ "", "while scanning a tag", true, N_("a text that begins with '!' is read as a tag"), N_("put the text in quotes") },
	{ "found undefined tag handle", "", false, N_("a text that begins with '!' is read as a tag"),
		N_("put the text in quotes") },
	{ "found incompatible YAML document", "", false, N_("the text asks for a version of YAML that is not known"),
		N_("remove the line '%YAML'") },
	{ "found a tab character that violates indentation", "", false, N_("a tab stands where spaces must indent"),
		N_("indent with spaces") },
};

/* "found character that cannot start any token": which one says what to do. */
static const struct rule *token_rule(char byte)
{
	static const struct rule tab = { "", "", false, N_("a tab stands where spaces must indent"), N_("indent with spaces") };
	static const struct rule reserved = { "", "", false, N_("a text must not begin with this character"),
		N_("put the text in quotes") };
	return byte == '\t' ? &tab : &reserved;
}

/* Does a quote end right before `at`?  Then the text goes on behind its own quotes. */
static bool follows_quote(const struct fmr_source *source, size_t at)
{
	while (at > 0 && at <= source->length && source->bytes[at - 1] == ' ')
		at--;
	return at > 0 && at <= source->length && strchr("'\"", source->bytes[at - 1]);
}

static const struct rule *find_rule(const struct fmr_source *source, const struct fmr_syntax_error *error)
{
	if (strstr(error->problem, "cannot start any token"))
		return token_rule(error->at < source->length ? source->bytes[error->at] : '\0');
	static const struct rule behind_quote = { "", "", false, N_("text stands behind a quote that is closed"),
		N_("write '' for a quote in single quotes and \\\" for one in double quotes") };
	if (strstr(error->problem, "did not find expected") && !(error->context && strstr(error->context, "scanning")) &&
		follows_quote(source, error->at))
		return &behind_quote;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strstr(error->problem, rules[i].problem) &&
			(!*rules[i].context || (error->context && strstr(error->context, rules[i].context))))
			return &rules[i];
	return NULL;
}

void fmr_syntax_explain(const struct fmr_source *source, struct fmr_syntax_error *error, char *message, size_t size)
{
	const struct rule *rule = find_rule(source, error);
	size_t at = rule && rule->at_context ? error->context_at : error->at;
	if (at > source->length)
		at = source->length;
	error->span = (struct fmr_span){ at, at + (at < source->length) };
	if (rule) {
		error->hint = _(rule->hint);
		snprintf(message, size, "%s", _(rule->message));
	} else if (error->context) {
		error->hint = NULL;
		snprintf(message, size, "%s %s", error->problem, error->context);
	} else {
		error->hint = NULL;
		snprintf(message, size, "%s", error->problem);
	}
}
