/*
 * The text of a new record: every field the type offers, in the order of its
 * schema, explained in the user's language.  What is not asked for now stands
 * in comments, so the text is a valid draft as soon as the rest is filled in.
 */
#include "record/private.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <string.h>

struct writer {
	struct fmr_book *book;
	const struct fmr_type *type;
	const struct fmr_value *given;
	enum fmr_language language;
	bool comments;
	struct fmr_str *out;
	struct fmr_arena arena;
};

static bool is_asked(const struct fmr_type *type, const struct fmr_field *field)
{
	for (const char *const *path = type->ask; *path; path++)
		if (strcmp(*path, field->path) == 0)
			return true;
	return field->required || field->required_state == 0;
}

/* ---- values ---- */

static struct fmr_value *string_value(struct writer *writer, const char *text)
{
	return fmr_value_new_string(&writer->arena, text, strlen(text));
}

static struct fmr_value *time_value(struct writer *writer, bool date_only)
{
	struct fmr_time time = { .seconds = fmr_clock_now(), .date_only = date_only };
	fmr_zone_offset(fmr_book_zone(writer->book), time.seconds, &time.offset);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	struct fmr_value *value = string_value(writer, text.bytes);
	fmr_str_release(&text);
	return value;
}

/* What the schema proposes for the field, or NULL. */
static const struct fmr_value *proposed(struct writer *writer, const struct fmr_field *field)
{
	const char *word = field->proposed;
	if (!word)
		return NULL;
	if (field->kind == FMR_FIELD_TIME || field->kind == FMR_FIELD_DATE) {
		if (strcmp(word, "now") == 0)
			return time_value(writer, !field->takes_time);
		if (strcmp(word, "today") == 0)
			return time_value(writer, field->takes_date);
	}
	if (strcmp(word, "me") == 0) {
		const char *name = fmr_store_user_name(fmr_view_store(writer->book->view));
		return name && *name ? string_value(writer, name) : NULL;
	}
	if (field->kind == FMR_FIELD_NUMBER || field->kind == FMR_FIELD_BOOL)
		return fmr_value_from_plain(&writer->arena, word, strlen(word));
	return string_value(writer, word);
}

/* ---- comments ---- */

static void put_line_safe(struct fmr_str *out, const char *text)
{
	size_t start = out->length;
	fmr_text_escape(out, text, strlen(text), false);
	for (size_t i = start; i < out->length; i++)
		if (out->bytes[i] == '\n' || out->bytes[i] == '\t')
			out->bytes[i] = ' ';
}

static void put_choices(struct writer *writer, const struct fmr_field *field, struct fmr_str *out)
{
	const struct fmr_choice *choices;
	size_t count;
	const struct fmr_value *today = time_value(writer, true);
	if (fmr_field_choices(writer->book, field, today->text.bytes, &choices, &count) != FMR_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *label = fmr_words_in(&choices[i].label, writer->language);
		fmr_str_printf(out, "%s%s", i ? " | " : "", choices[i].code);
		if (*label && strcmp(label, choices[i].code) != 0) {
			fmr_str_putc(out, ' ');
			put_line_safe(out, label);
		}
	}
}

static const struct fmr_field *choice_of(const struct fmr_field *field)
{
	if (field->kind == FMR_FIELD_LIST && field->child_count)
		field = field->children;
	return field->kind == FMR_FIELD_CHOICE ? field : NULL;
}

/* "# Label: help" and, for choices, "#   code label | code label" above a field of the top level. */
static void explain(struct writer *writer, const struct fmr_field *field)
{
	struct fmr_str *out = writer->out;
	const char *label = fmr_words_in(&field->label, writer->language);
	const char *help = fmr_words_in(&field->help, writer->language);
	fmr_str_puts(out, "\n# ");
	put_line_safe(out, *label ? label : field->name);
	if (*help) {
		fmr_str_puts(out, ": ");
		put_line_safe(out, help);
	}
	fmr_str_putc(out, '\n');
	const struct fmr_field *choice = choice_of(field);
	if (choice) {
		fmr_str_puts(out, "#   ");
		put_choices(writer, choice, out);
		fmr_str_putc(out, '\n');
	}
}

/* The same in short, behind a field inside a map. */
static void explain_behind(struct writer *writer, const struct fmr_field *field, struct fmr_str *out)
{
	const char *label = fmr_words_in(&field->label, writer->language);
	const struct fmr_field *choice = choice_of(field);
	if (!*label && !choice)
		return;
	fmr_str_puts(out, "  # ");
	put_line_safe(out, label);
	if (choice) {
		fmr_str_puts(out, *label ? ": " : "");
		put_choices(writer, choice, out);
	}
}

/* ---- fields ---- */

static void put_field(struct writer *writer, const struct fmr_field *field, size_t indent, bool nested,
	struct fmr_str *out);

/* Does the list stand in a list of its own name (whys in whys)?  Once is enough to see the form. */
static bool recurs(const struct fmr_field *field)
{
	size_t length = strlen(field->name);
	const char *end = field->path + strlen(field->path) - length;
	for (const char *p = field->path; field->kind == FMR_FIELD_LIST && p < end; p = strchr(p, '.') + 1)
		if (strncmp(p, field->name, length) == 0 && p[length] == '[')
			return true;
	return false;
}

static void put_children(struct writer *writer, const struct fmr_field *field, size_t indent, struct fmr_str *out)
{
	for (size_t i = 0; i < field->child_count; i++)
		if (field->children[i].in_template && !recurs(&field->children[i]))
			put_field(writer, &field->children[i], indent, true, out);
}

static void put_item(struct writer *writer, const struct fmr_field *item, size_t indent, struct fmr_str *out)
{
	size_t start = out->length;
	if (item->kind == FMR_FIELD_MAP)
		put_children(writer, item, indent + 2, out);
	if (out->length > start) {
		memcpy(out->bytes + start + indent, "- ", 2);
	} else {
		fmr_str_repeat(out, ' ', indent);
		fmr_str_puts(out, "- \n");
	}
}

static void put_scalar(struct fmr_str *out, const struct fmr_value *value)
{
	if (value && value->kind != FMR_MAP && value->kind != FMR_LIST)
		fmr_yaml_write_scalar(out, value);
}

/* "name: proposed", with what is inside, at this indentation. */
static void put_field(struct writer *writer, const struct fmr_field *field, size_t indent, bool nested,
	struct fmr_str *out)
{
	const struct fmr_value *value = proposed(writer, field);
	bool block = field->multiline && !value;
	bool inside = (field->kind == FMR_FIELD_MAP || field->kind == FMR_FIELD_LIST) && field->child_count;
	fmr_str_repeat(out, ' ', indent);
	fmr_str_printf(out, "%s:%s", field->name, inside ? "" : block ? " |" : " ");
	if (!inside && !block)
		put_scalar(out, value);
	if (nested && writer->comments)
		explain_behind(writer, field, out);
	fmr_str_putc(out, '\n');
	if (block) {
		fmr_str_repeat(out, ' ', indent + 2);
		fmr_str_putc(out, '\n');
	}
	if (inside && field->kind == FMR_FIELD_MAP)
		put_children(writer, field, indent + 2, out);
	else if (inside)
		put_item(writer, field->children, indent + 2, out);
}

static void put_given(struct writer *writer, const char *name, const struct fmr_value *value)
{
	struct fmr_value *map = fmr_value_new_map(&writer->arena);
	fmr_value_put(&writer->arena, map, name, (struct fmr_value *)value);
	fmr_yaml_write(writer->out, map, 0);
}

static void put_commented(struct fmr_str *out, const struct fmr_str *text)
{
	for (const char *line = text->bytes; *line;) {
		const char *end = strchr(line, '\n');
		size_t length = end ? (size_t)(end - line) : strlen(line);
		fmr_str_puts(out, "# ");
		fmr_str_add(out, line, length);
		fmr_str_putc(out, '\n');
		line += length + (end != NULL);
	}
}

/* For people: every field, as much of it commented out as the draft can do without. */
static void write_explained(struct writer *writer, const struct fmr_field *field, const struct fmr_value *value)
{
	bool asked = is_asked(writer->type, field);
	if (!value && !asked && !field->in_template)
		return;
	explain(writer, field);
	if (value) {
		put_given(writer, field->name, value);
		return;
	}
	struct fmr_str text;
	fmr_str_init(&text);
	put_field(writer, field, 0, false, &text);
	if (asked)
		fmr_str_add(writer->out, text.bytes, text.length);
	else
		put_commented(writer->out, &text);
	fmr_str_release(&text);
}

/* For programs: what is given, and what the schema proposes for the fields that are asked for. */
static void write_compact(struct writer *writer, const struct fmr_field *field, const struct fmr_value *value)
{
	if (!value && is_asked(writer->type, field))
		value = proposed(writer, field);
	if (value)
		put_given(writer, field->name, value);
}

static void write_head(struct writer *writer, const char *id)
{
	const struct fmr_type *type = writer->type;
	struct fmr_str path;
	fmr_str_init(&path);
	fmr_id_path(type, id, &path);
	fmr_str_puts(writer->out, "# yaml-language-server: $schema=");
	for (const char *p = path.bytes; *p; p++)
		if (*p == '/')
			fmr_str_puts(writer->out, "../");
	fmr_str_release(&path);
	fmr_str_printf(writer->out, "%s\n", type->schema_path);
	if (writer->comments) {
		const char *title = fmr_words_in(&type->title, writer->language);
		fmr_str_puts(writer->out, "# ");
		put_line_safe(writer->out, *title ? title : fmr_words_in(&type->label, writer->language));
		fmr_str_puts(writer->out, "\n#\n# ");
		/* in the language of the records, not of the messages */
		static const struct fmr_words how = { .in = {
			[FMR_ENGLISH] = "Lines that begin with # are notes; to fill a field in, take its # away.",
			[FMR_JAPANESE] = "# で始まる行は説明。書く欄は行頭の「# 」を消してから記入する。" } };
		fmr_str_puts(writer->out, fmr_words_in(&how, writer->language));
		fmr_str_puts(writer->out, "\n\n");
	}
	put_given(writer, FMR_FIELD_ID, string_value(writer, id));
	fmr_str_printf(writer->out, "%s: %d\n", FMR_FIELD_FORM, type->form);
}

static bool is_head(const char *name)
{
	return strcmp(name, FMR_FIELD_ID) == 0 || strcmp(name, FMR_FIELD_FORM) == 0;
}

/* Given fields that the type does not have: kept, so that the check can name them. */
static void write_strangers(struct writer *writer)
{
	const struct fmr_value *given = writer->given;
	for (size_t i = 0; given && given->kind == FMR_MAP && i < given->map.count; i++) {
		const struct fmr_member *member = &given->map.members[i];
		if (!fmr_fields_find(writer->type->fields, writer->type->field_count, member->key.bytes,
			    member->key.length, member->key_hash))
			put_given(writer, member->key.bytes, member->value);
	}
}

int fmr_template_write(struct fmr_book *book, const struct fmr_type *type, const char *id,
	const struct fmr_value *given, enum fmr_language language, bool comments, struct fmr_str *out,
	struct fmr_err *err)
{
	if (given && given->kind != FMR_MAP)
		return fmr_err_set(err, FMR_ERR_INVALID, _("a record is a mapping of fields"));
	struct writer writer = { .book = book, .type = type, .given = given, .language = language,
		.comments = comments, .out = out };
	fmr_arena_init(&writer.arena);
	write_head(&writer, id);
	for (size_t i = 0; i < type->field_count; i++) {
		const struct fmr_field *field = &type->fields[i];
		if (is_head(field->name))
			continue;
		const struct fmr_value *value = fmr_value_get(given, field->name);
		if (comments)
			write_explained(&writer, field, value);
		else
			write_compact(&writer, field, value);
	}
	write_strangers(&writer);
	fmr_arena_release(&writer.arena);
	return FMR_OK;
}
