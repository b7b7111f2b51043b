/*
 * What a path and an id need to know of a type, without reading the type.
 */
#include "record/loader.h"

#include "yaml/yaml.h"

#include <string.h>

/* Bytes of the file as far as the line that begins with these, behind the start of x-fmrec; or 0. */
static size_t length_before(const char *text, const char *line)
{
	const char *start = strstr(text, "\nx-fmrec:"), *end = start ? strstr(start, line) : NULL;
	return end ? (size_t)(end - text) + 1 : 0;
}

static bool glance_at(const char *text, size_t length, struct fmr_arena *arena, struct fmr_glance *out)
{
	struct fmr_arena own;
	fmr_arena_init(&own);
	char *head = fmr_arena_strndup(&own, text, length);
	const struct fmr_value *root = fmr_value_get(fmr_yaml_read_quietly(head, length, &own), "x-fmrec");
	const struct fmr_value *id = fmr_value_get(root, "id");
	const char *directory = fmr_load_word(root, "directory");
	const char *prefix = fmr_load_word(id, "prefix"), *pattern = fmr_load_word(id, "pattern");
	bool good = directory && prefix && pattern && fmr_value_get(root, "by-year") && fmr_path_part_is_safe(directory);
	if (good) {
		out->directory = fmr_arena_strdup(arena, directory);
		out->prefix = fmr_arena_strdup(arena, prefix);
		out->pattern = out->shipped_pattern = fmr_arena_strdup(arena, pattern);
		out->by_year = fmr_load_flag(root, "by-year", false);
	}
	fmr_arena_release(&own);
	return good;
}

/* Behind `before`, the text up to one of the bytes in `until`, which must follow at once; NULL: not written so. */
static const char *plain_word(struct fmr_arena *arena, const char **at, const char *before, const char *letters, char until)
{
	const size_t length = strlen(before);
	if (strncmp(*at, before, length) != 0)
		return NULL;
	const char *word = *at + length, *end = word + strspn(word, letters);
	if (end == word || *end != until)
		return NULL;
	*at = end;
	return fmr_arena_strndup(arena, word, (size_t)(end - word));
}

/* The three lines as all shipped files write them, each a tenth of what it costs to parse them.  A line two columns deep
 * below x-fmrec is a key of it, whatever stands around it. */
static bool glance_at_lines(const char *text, struct fmr_arena *arena, struct fmr_glance *out)
{
	static const char small[] = "abcdefghijklmnopqrstuvwxyz0123456789_-", capital[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
		pattern[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-{}abcdefghijklmnopqrstuvwxyz";
	const char *start = strstr(text, "\nx-fmrec:\n"), *by_year = NULL;
	out->directory = out->prefix = out->pattern = NULL;
	for (const char *at = start ? strchr(start + 1, '\n') : NULL; at && strncmp(at, "\n  ", 3) == 0; at = strchr(at + 1, '\n')) {
		const char *line = at;
		if (at[3] == 'd' && !out->directory)
			out->directory = plain_word(arena, &line, "\n  directory: ", small, '\n');
		else if (at[3] == 'b' && !by_year)
			by_year = plain_word(arena, &line, "\n  by-year: ", small, '\n');
		else if (at[3] == 'i' && !out->prefix) {
			out->prefix = plain_word(arena, &line, "\n  id: {prefix: ", capital, ',');
			out->pattern = out->prefix ? plain_word(arena, &line, ", pattern: '", pattern, '\'') : NULL;
			if (!out->pattern || strncmp(line, "'}\n", 3) != 0)
				return false;
		}
		if (out->directory && by_year && out->pattern)
			break;
	}
	out->by_year = by_year && strcmp(by_year, "true") == 0;
	out->shipped_pattern = out->pattern;
	return out->directory && fmr_path_part_is_safe(out->directory) && out->pattern && by_year && (out->by_year || strcmp(by_year, "false") == 0);
}

/* In all shipped files the words looked for stand above the states, and parsing the rest costs twenty times as much. */
bool fmr_type_glance(const char *text, struct fmr_arena *arena, struct fmr_glance *out)
{
	if (glance_at_lines(text, arena, out))
		return true;
	static const char *const ends[] = { "\n  states:", "\nproperties:" };
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const size_t length = length_before(text, ends[i]);
		if (length && glance_at(text, length, arena, out))
			return true;
	}
	return glance_at(text, strlen(text), arena, out);
}
