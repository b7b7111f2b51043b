#include "cmd/tidy.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/source.h"
#include "base/vec.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

static const struct fmr_value *parse(const struct fmr_str *text, struct fmr_arena *arena)
{
	const struct fmr_value *root = fmr_yaml_read_quietly(text->bytes, text->length, arena);
	return root && root->kind == FMR_MAP ? root : NULL;
}

/* ---- fields left empty ---- */

enum { MOST_EDITS = 500 };

/* Nothing was typed: not even `null` or ''. */
static bool is_empty(const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_NULL:
		return value->span.start == value->span.end;
	case FMR_STRING:
		return value->text.length == 0 &&
			(value->style == FMR_STYLE_LITERAL || value->style == FMR_STYLE_FOLDED);
	case FMR_LIST:
		for (size_t i = 0; i < value->list.count; i++)
			if (!is_empty(value->list.items[i]))
				return false;
		return value->list.count > 0 && value->style == FMR_STYLE_BLOCK;
	case FMR_MAP:
		for (size_t i = 0; i < value->map.count; i++)
			if (!is_empty(value->map.members[i].value))
				return false;
		return value->map.count > 0 && value->style == FMR_STYLE_BLOCK;
	default:
		return false;
	}
}

/* The path of the first empty value below one that is not; NULL when there is none. */
static const char *empty_inside(struct fmr_arena *arena, const struct fmr_value *value, const char *path)
{
	const char *found = NULL;
	if (value->kind == FMR_MAP)
		for (size_t i = 0; !found && i < value->map.count; i++) {
			const struct fmr_member *member = &value->map.members[i];
			const char *below = fmr_arena_format(arena, "%s.%s", path, member->key.bytes);
			found = is_empty(member->value) ? below : empty_inside(arena, member->value, below);
		}
	if (value->kind == FMR_LIST)
		for (size_t i = 0; !found && i < value->list.count; i++) {
			const char *below = fmr_arena_format(arena, "%s.%zu", path, i);
			found = is_empty(value->list.items[i]) ? below
							       : empty_inside(arena, value->list.items[i], below);
		}
	return found;
}

static bool remove_inside(const char *path, struct fmr_str *text)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = parse(text, &arena);
	const char *found = NULL;
	for (size_t i = 0; root && !found && i < root->map.count; i++)
		if (!is_empty(root->map.members[i].value))
			found = empty_inside(&arena, root->map.members[i].value, root->map.members[i].key.bytes);
	struct fmr_str edited;
	fmr_str_init(&edited);
	const struct fmr_source source = { path, text->bytes, text->length };
	const struct fmr_edit edit = { FMR_EDIT_REMOVE, found, NULL, NULL };
	bool done = found && fmr_yaml_edit(&source, &edit, 1, &edited, NULL) == 0 && edited.length < text->length;
	if (done) {
		fmr_str_clear(text);
		fmr_str_add(text, edited.bytes, edited.length);
	}
	fmr_str_release(&edited);
	fmr_arena_release(&arena);
	return done;
}

static size_t line_start(const struct fmr_str *text, size_t at)
{
	while (at > 0 && text->bytes[at - 1] != '\n')
		at--;
	return at;
}

/* Put "# " before each line of text[start..end), from the last to the first. */
static void comment_out(struct fmr_str *text, size_t start, size_t end)
{
	for (size_t at = line_start(text, end > start ? end - 1 : end);; at = line_start(text, at - 1)) {
		fmr_str_splice(text, at, 0, "# ", 2);
		if (at <= start)
			break;
	}
}

void fmr_tidy_empty(const struct fmr_type *type, const char *path, struct fmr_str *text)
{
	for (int i = 0; i < MOST_EDITS && remove_inside(path, text); i++)
		;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = parse(text, &arena);
	for (size_t i = root ? root->map.count : 0; i-- > 0;) {
		const struct fmr_member *member = &root->map.members[i];
		const struct fmr_field *field = fmr_type_field(type, member->key.bytes);
		if (!field || field->required || !is_empty(member->value))
			continue;
		size_t end = member->value->span.end > member->key_span.end ? member->value->span.end
									    : member->key_span.end;
		comment_out(text, line_start(text, member->key_span.start), end);
	}
	fmr_arena_release(&arena);
}

/* ---- notes of the template ---- */

struct words {
	char **items; /* sorted */
	size_t count, capacity;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_word(const struct words *words, const char *bytes, size_t length)
{
	while (length && strchr(" \t\r", bytes[length - 1]))
		length--;
	char *word = fmr_strndup(bytes, length);
	bool found = words->count && bsearch(&word, words->items, words->count, sizeof(*words->items), compare);
	free(word);
	return found;
}

static void add_word(struct words *words, const char *prefix, const char *bytes, size_t length)
{
	while (length && strchr(" \t\r", bytes[length - 1]))
		length--;
	FMR_VEC_PUSH(words, fmr_format("%s%.*s", prefix, (int)length, bytes));
}

static void release_words(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	FMR_VEC_RELEASE(words);
}

static const char *note_behind(const char *line, size_t length)
{
	static const char mark[] = "  # ";
	for (size_t at = length; at-- > 0;)
		if (length - at >= sizeof(mark) - 1 && memcmp(line + at, mark, sizeof(mark) - 1) == 0)
			return line + at;
	return NULL;
}

/* The lines of the template, as notes and as fields commented out, and the notes behind its fields. */
static void learn(const struct fmr_str *template, struct words *lines, struct words *behind)
{
	for (const char *line = template->bytes; *line;) {
		size_t length = strcspn(line, "\n");
		add_word(lines, line[0] == '#' ? "" : "# ", line, length);
		const char *note = note_behind(line, length);
		if (note && note > line + 1)
			add_word(behind, "", note, length - (size_t)(note - line));
		line += length + (line[length] == '\n');
	}
	if (lines->count)
		qsort(lines->items, lines->count, sizeof(*lines->items), compare);
	if (behind->count)
		qsort(behind->items, behind->count, sizeof(*behind->items), compare);
}

/* Is the line inside a block scalar or a quoted text, where a # is no comment? */
static bool is_inside_text(const struct fmr_value *value, size_t at)
{
	if (at <= value->span.start || at >= value->span.end)
		return false;
	if (value->kind == FMR_STRING)
		return true;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		if (is_inside_text(value->list.items[i], at))
			return true;
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		if (is_inside_text(value->map.members[i].value, at))
			return true;
	return false;
}

static void copy_tidy(const struct fmr_str *text, const struct fmr_value *root, const struct words *lines,
	const struct words *behind, struct fmr_str *out)
{
	static const char schema_line[] = "# yaml-language-server:";
	size_t length;
	for (size_t at = 0; at < text->length; at += length + 1) {
		const char *line = text->bytes + at;
		length = strcspn(line, "\n");
		bool inside = is_inside_text(root, at);
		bool blank = strspn(line, " \t\r") >= length;
		bool note = line[0] == '#' && has_word(lines, line, length) &&
			strncmp(line, schema_line, sizeof(schema_line) - 1) != 0;
		if (!inside && (blank || note || strcmp(line, "#") == 0))
			continue;
		size_t kept = length;
		const char *tail = inside || is_inside_text(root, at + length) ? NULL : note_behind(line, length);
		if (tail && has_word(behind, tail, length - (size_t)(tail - line)))
			kept = (size_t)(tail - line);
		while (!inside && kept && line[kept - 1] == ' ')
			kept--;
		fmr_str_add(out, line, kept);
		fmr_str_putc(out, '\n');
	}
}

void fmr_tidy_notes(struct fmr_cli *cli, const struct fmr_type *type, const char *id,
	struct fmr_str *text)
{
	struct fmr_arena arena;
	struct fmr_str template, tidy;
	struct words lines = { 0 }, behind = { 0 };
	fmr_arena_init(&arena);
	fmr_str_init(&template);
	fmr_str_init(&tidy);
	const struct fmr_value *root = parse(text, &arena);
	/* a draft may have been begun in another language */
	for (int language = 0; language < FMR_LANGUAGES; language++)
		(void)fmr_template_write(cli->book, type, id, NULL, (enum fmr_language)language, true, &template, NULL);
	if (root) {
		learn(&template, &lines, &behind);
		copy_tidy(text, root, &lines, &behind, &tidy);
		const struct fmr_value *same = parse(&tidy, &arena);
		if (same && fmr_value_equal(root, same)) { /* else: better untidy than another record */
			fmr_str_clear(text);
			fmr_str_add(text, tidy.bytes, tidy.length);
		}
	}
	release_words(&behind);
	release_words(&lines);
	fmr_str_release(&tidy);
	fmr_str_release(&template);
	fmr_arena_release(&arena);
}
