/*
 * generate DIRECTORY [SEED]: in a repository, for every type of it
 *
 *	DIRECTORY/ID.yaml, .json        records: two with what is required, which all the others link to, one with
 *	                                everything, and as many as it takes to go through all rows of the workflow
 *	DIRECTORY/ID.same, .other       of the one with everything: field=value for each scalar, NUL behind each, as it is
 *	                                and with other values; ID.changed is the record with those
 *	DIRECTORY/ID.there, .back       the same of what needs no quotes: no texts
 *	DIRECTORY/ID.query              terms of a query that hold for the one with everything, NUL behind each
 *	DIRECTORY/ID.wrong              and field=value that must be refused, one line for each kind of field
 *	DIRECTORY/records               id, type, kind (least, whole, walk) in an order in which they can be made
 *	DIRECTORY/links                 id, path, id it leads to, name seen from there
 *	DIRECTORY/steps                 wave, transition, person, role, state that it leads to, id: in the order of signing
 *	DIRECTORY/words                 type, where in it, English, Japanese: labels, help, what signers declare
 *	DIRECTORY/inverses              type, name of a link seen from there, type that links to it, English, Japanese
 *	DIRECTORY/early                 transition, role, id: what a record of the first kind is not ready for
 */
#include "generate.h"

#include "yaml/yaml.h"

#include <fcntl.h>

void die(const char *message, const char *subject)
{
	fprintf(stderr, "generate: %s: %s\n", message, subject);
	exit(1);
}

static const char *directory;

static FILE *open_file(const char *name, const char *end)
{
	char *path = fmr_format("%s/%s%s", directory, name, end);
	FILE *file = fopen(path, "w");
	if (!file)
		die("cannot write", path);
	free(path);
	return file;
}

static void write_file(const char *name, const char *end, const struct fmr_str *text)
{
	FILE *file = open_file(name, end);
	fwrite(text->bytes, 1, text->length, file);
	if (fclose(file) != 0)
		die("cannot write", name);
}

/* The pattern with the tokens filled in: a number instead of chance. */
static const char *make_id(struct maker *maker, const struct fmr_type *type)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned number = 0x5A5A5 + 7 * ++maker->serial;
	char random[5] = "";
	for (int i = 0; i < 4; i++, number /= 32)
		random[3 - i] = digits[number % 32];
	struct fmr_str id;
	fmr_str_init(&id);
	for (const char *at = type->pattern; *at;) {
		size_t length = *at == '{' ? strcspn(at, "}") + 1 : 1;
		if (strncmp(at, "{prefix}", length) == 0 && length > 1)
			fmr_str_puts(&id, type->prefix);
		else if (length > 1)
			fmr_str_puts(&id, strncmp(at, "{date}", length) == 0 ? "20261121" :
				strncmp(at, "{year}", length) == 0 ? "2026" : random);
		else
			fmr_str_putc(&id, *at);
		at += length;
	}
	const char *text = fmr_arena_strdup(&maker->arena, id.bytes);
	fmr_str_release(&id);
	if (!fmr_id_fits(type, NULL, text))
		die("not an id", text);
	return text;
}

static void write_record(const char *id, const char *end, const struct fmr_value *root)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_json_write(&text, root);
	fmr_str_putc(&text, '\n');
	write_file(id, end, &text);
	fmr_str_release(&text);
}

static void write_whole_record(const char *id, const struct fmr_value *root)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_yaml_write(&text, root, 0);
	write_file(id, ".yaml", &text);
	write_record(id, ".json", root);
	fmr_str_release(&text);
}

/* ---- the values of a record, one by one ---- */

struct edits {
	struct maker *maker;
	FILE *same, *other, *there, *back, *wrong, *query;
	struct fmr_value *root;
	unsigned kinds; /* of fields for which a wrong value is written already */
};

static void write_edit(FILE *file, const char *path, const struct fmr_value *value, char end)
{
	const char *text = value->kind == FMR_BOOL ? value->boolean ? "true" : "false" : value->text.bytes;
	fprintf(file, "%s=%s%c", path, text, end);
}

/* `timeline.text="..."` for the value at timeline.0.text. */
static void write_term(FILE *file, const char *path, const struct fmr_value *value)
{
	for (const char *at = path; *at; at += strcspn(at, ".") + (at[strcspn(at, ".")] == '.'))
		if (!strchr("0123456789", *at))
			fprintf(file, "%s%.*s", at == path ? "" : ".", (int)strcspn(at, "."), at);
	fputc('=', file);
	const char *text = value->kind == FMR_BOOL ? value->boolean ? "true" : "false" : value->text.bytes;
	fputs(value->kind == FMR_STRING ? "\"" : "", file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('\\', file);
		fputc(*text, file);
	}
	fputs(value->kind == FMR_STRING ? "\"" : "", file);
	fputc('\0', file);
}

static const char *wrong_value(const struct fmr_field *field, const struct fmr_value *schema)
{
	switch (field->kind) {
	case FMR_FIELD_TIME: return "2026-11-21T25:61";
	case FMR_FIELD_DATE: return "2026-02-30";
	case FMR_FIELD_NUMBER: return "1x2";
	case FMR_FIELD_BOOL: return "perhaps";
	case FMR_FIELD_CHOICE: return "no-such-code";
	case FMR_FIELD_LINK: return field->link->free_until ? NULL : "NON-EXISTENT-1";
	default: return fmr_value_get(schema, "pattern") ? "\xf0\x9f\x9a\x92 \xf0\x9f\x9a\x92" : NULL;
	}
}

static struct fmr_value *moved_time(struct maker *maker, const struct fmr_value *value)
{
	char *text = fmr_arena_strdup(&maker->arena, value->text.bytes);
	if (strncmp(text, "2026", 4) != 0)
		return NULL;
	text[3] = '5'; /* all of them, so that their order stays */
	return fmr_value_new_string(&maker->arena, text, strlen(text));
}

/* Written without quotes; those of 'no' stay, whatever comes in its place. */
static bool is_plain(const struct fmr_value *value)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_yaml_write_scalar(&text, value);
	bool plain = text.length > 0 && text.bytes[0] != '\'' && text.bytes[0] != '"';
	fmr_str_release(&text);
	return plain;
}

static void edit_scalar(struct edits *edits, struct place place, const char *path, struct fmr_value *value)
{
	struct maker *maker = edits->maker;
	write_edit(edits->same, path, value, '\0');
	write_term(edits->query, path, value);
	const char *wrong = wrong_value(place.field, resolved(maker, place.schema));
	unsigned kind = 1u << place.field->kind;
	if (wrong && !(edits->kinds & kind)) {
		edits->kinds |= kind;
		fprintf(edits->wrong, "%s=%s\n", path, wrong);
	}
	bool time = place.field->kind == FMR_FIELD_TIME || place.field->kind == FMR_FIELD_DATE;
	struct fmr_value *other = time ? moved_time(maker, value) : make_other(maker, place, value);
	if (!other)
		return;
	struct fmr_value before = *value;
	*value = *other;
	if (!record_is_good(maker, &edits->root, false)) {
		*value = before;
		return;
	}
	write_edit(edits->other, path, value, '\0');
	if (place.field->kind != FMR_FIELD_TEXT && is_plain(value) && is_plain(&before)) {
		write_edit(edits->there, path, value, '\0');
		write_edit(edits->back, path, &before, '\0');
	}
}

static void edit_value(struct edits *edits, struct place place, const char *path, struct fmr_value *value)
{
	struct fmr_arena *arena = &edits->maker->arena;
	if (value->kind == FMR_MAP && place.field && place.field->kind == FMR_FIELD_LINK) {
		write_term(edits->query, path, fmr_value_get(value, "to"));
		return; /* the rest is written by other commands */
	}
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++) {
		struct fmr_value *item = value->list.items[i];
		struct place place_of_item = place_item(edits->maker, place);
		if (item->kind == FMR_MAP)
			edit_value(edits, place_of_item, fmr_arena_format(arena, "%s.%zu", path, i), item);
		else
			write_term(edits->query, path, item); /* it has no name of its own: it is put in and taken out */
	}
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++) {
		const char *name = value->map.members[i].key.bytes;
		if (!*path && (strcmp(name, "id") == 0 || strcmp(name, "form") == 0))
			continue;
		edit_value(edits, place_child(edits->maker, place, name), *path ? fmr_arena_format(arena, "%s.%s", path, name) : name,
			value->map.members[i].value);
	}
	if (value->kind != FMR_LIST && value->kind != FMR_MAP)
		edit_scalar(edits, place, path, value);
}

static void write_edits(struct maker *maker, const char *id, const struct fmr_value *root)
{
	struct edits edits = { .maker = maker, .root = copied(maker, root),
		.same = open_file(id, ".same"), .other = open_file(id, ".other"), .there = open_file(id, ".there"),
		.back = open_file(id, ".back"), .wrong = open_file(id, ".wrong"), .query = open_file(id, ".query") };
	edit_value(&edits, (struct place){ maker->subject->root, NULL }, "", edits.root);
	write_record(id, ".changed", edits.root);
	fclose(edits.same);
	fclose(edits.other);
	fclose(edits.there);
	fclose(edits.back);
	fclose(edits.wrong);
	fclose(edits.query);
}

/* ---- the tables ---- */

struct link_table {
	FILE *file;
	const char *id;
};

static int write_link(void *context, const struct fmr_link *link)
{
	struct link_table *table = context;
	struct fmr_str path;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	fprintf(table->file, "%s\t%s\t%s\t%s\n", table->id, path.bytes, link->to, link->field->link->inverse);
	fmr_str_release(&path);
	return 0;
}

/* Different persons for the signatures of one row, and others than who signed what the row names. */
static void write_steps(FILE *file, const char *id, const struct fmr_value *root, const struct walk *walk)
{
	enum { PERSONS = 9 };
	unsigned signed_by[STEPS] = { 0 };
	unsigned wave = 0;
	for (size_t i = 0; i < walk->count; i++) {
		const struct fmr_transition_rule *row = walk->steps[i].rule;
		unsigned barred = 0;
		for (const char *const *text = row->not_by; text && *text; text++) {
			enum fmr_exclusion exclusion;
			const char *name;
			if (!fmr_exclusion_read(*text, &exclusion, &name) || exclusion != FMR_EXCLUDE_SIGNER)
				continue;
			for (size_t j = 0; j < i; j++)
				if (strcmp(walk->steps[j].rule->name, name) == 0)
					barred |= signed_by[j];
		}
		for (size_t j = 0; j < row->slot_count; j++) {
			const struct fmr_slot_rule *slot = &row->slots[j];
			const char *role = slot->role_field ? fmr_value_string(fmr_value_at(root, slot->role_field)) : NULL;
			for (unsigned vote = 0; vote < slot->votes; vote++) {
				unsigned person = 0;
				while (person < PERSONS && barred & (1u << person))
					person++;
				barred |= 1u << person;
				signed_by[i] |= 1u << person;
				fprintf(file, "%03u\t%s\tperson%u\t%s\t%s\t%s\n", ++wave, row->name, person + 1,
					role ? role : slot->by[0], walk->steps[i].state, id);
			}
		}
	}
}

static void write_early(struct maker *maker, FILE *file, const char *id, struct fmr_value *root)
{
	const struct fmr_type *type = maker->subject->type;
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *row = &type->transitions[i];
		if (fmr_transition_leaves(row, type->states[0].name) && !row->when &&
			!row_content(maker, row, row->to ? row->to : type->states[0].name, &root, false))
			fprintf(file, "%s\t%s\t%s\n", row->name, row->slots[0].by[0], id);
	}
}

/* ---- what a type says ---- */

static void write_words(FILE *file, const struct fmr_type *type, const char *where, const char *what,
	const struct fmr_words *words)
{
	fprintf(file, "%s\t%s %s\t%s\t%s\n", type->name, where, what, words->in[FMR_ENGLISH] ? words->in[FMR_ENGLISH] : "",
		words->in[FMR_JAPANESE] ? words->in[FMR_JAPANESE] : "");
}

static void write_fields(FILE *words, FILE *inverses, const struct fmr_type *type, const struct fmr_field *fields,
	size_t field_count)
{
	for (size_t i = 0; i < field_count; i++) {
		const struct fmr_field *field = &fields[i];
		if (*field->name) { /* items have what their list has */
			write_words(words, type, field->path, "label", &field->label);
			write_words(words, type, field->path, "help", &field->help);
		}
		for (size_t j = 0; j < field->choice_count; j++) {
			write_words(words, type, field->path, field->choices[j].code, &field->choices[j].label);
			write_words(words, type, field->path, field->choices[j].code, &field->choices[j].help);
		}
		for (const char *const *to = field->link ? field->link->to : NULL; to && *to; to++)
			fprintf(inverses, "%s\t%s\t%s\t%s\t%s\n", *to, field->link->inverse, type->name,
				field->link->inverse_label.in[FMR_ENGLISH], field->link->inverse_label.in[FMR_JAPANESE]);
		if (field->children && field->kind != FMR_FIELD_LINK)
			write_fields(words, inverses, type, field->children, field->child_count);
	}
}

static void write_type(FILE *words, FILE *inverses, const struct fmr_type *type)
{
	write_words(words, type, "type", "label", &type->label);
	write_words(words, type, "type", "help", &type->help);
	for (size_t i = 0; i < type->state_count; i++) {
		write_words(words, type, type->states[i].name, "label", &type->states[i].label);
		write_words(words, type, type->states[i].name, "help", &type->states[i].help);
	}
	for (size_t i = 0; i < type->transition_count; i++) {
		const struct fmr_transition_rule *row = &type->transitions[i];
		write_words(words, type, row->name, "label", &row->label);
		write_words(words, type, row->name, "help", &row->help);
		for (size_t j = 0; j < row->slot_count; j++)
			write_words(words, type, row->name, "declares", &row->slots[j].declares);
	}
	write_fields(words, inverses, type, type->fields, type->field_count);
}

/* ---- */

static void load_type(struct maker *maker, struct subject *subject, const char *name)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_err err = { 0 };
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_book_type(maker->book, name, &subject->type, findings, &err) != 0)
		die("no such type", name);
	if (fmr_view_read(fmr_book_view(maker->book), subject->type->schema_path, 1 << 22, &text, &err) != 0)
		die("cannot read the type", name);
	const char *bytes = fmr_arena_strndup(&maker->arena, text.bytes, text.length);
	subject->root = fmr_yaml_read_quietly(bytes, text.length, &maker->arena);
	if (!subject->root)
		die("not YAML", name);
	subject->first = make_id(maker, subject->type);
	subject->second = make_id(maker, subject->type);
	rank_times(maker, subject);
	fmr_str_release(&text);
	fmr_findings_free(findings);
}

static void begin(struct maker *maker, const struct subject *subject, uint64_t seed)
{
	maker->subject = subject;
	maker->random = seed * 1000003u + fmr_text_hash(subject->type->name, strlen(subject->type->name));
}

/* Which of the first records are written: those that they link to come before them. */
struct order {
	const struct maker *maker;
	const bool *written;
};

static int leads_ahead(void *context, const struct fmr_link *link)
{
	const struct order *order = context;
	for (size_t i = 0; i < order->maker->subject_count; i++)
		if (strcmp(link->to, order->maker->subjects[i].first) == 0 || strcmp(link->to, order->maker->subjects[i].second) == 0)
			return !order->written[i];
	return 1;
}

static void write_least(struct maker *maker, FILE *records, FILE *early, uint64_t seed)
{
	bool *written = fmr_arena_zero(&maker->arena, maker->subject_count, sizeof(bool));
	struct order order = { maker, written };
	for (size_t left = maker->subject_count, before = left + 1; left > 0;) {
		if (left == before)
			die("required links run in a circle", "the types");
		before = left;
		for (size_t i = 0; i < maker->subject_count; i++) {
			const struct subject *subject = &maker->subjects[i];
			if (written[i])
				continue;
			begin(maker, subject, seed);
			struct fmr_value *root = make_record(maker, subject->first, true);
			if (fmr_links_each(subject->type, root, leads_ahead, &order) != 0)
				continue;
			write_whole_record(subject->first, root);
			write_early(maker, early, subject->first, root);
			write_whole_record(subject->second, make_record(maker, subject->second, true));
			fprintf(records, "%s\t%s\tleast\n%s\t%s\tleast\n", subject->first, subject->type->name, subject->second,
				subject->type->name);
			written[i] = true;
			left--;
		}
	}
}

static void write_whole(struct maker *maker, FILE *records, FILE *links)
{
	const char *id = make_id(maker, maker->subject->type);
	struct fmr_value *root = make_record(maker, id, false);
	if (!record_is_good(maker, &root, false))
		die("no record meets the conditions of the type", maker->subject->type->name);
	write_whole_record(id, root);
	fprintf(records, "%s\t%s\twhole\n", id, maker->subject->type->name);
	struct link_table table = { links, id };
	fmr_links_each(maker->subject->type, root, write_link, &table);
	write_edits(maker, id, root);
}

static void write_walks(struct maker *maker, FILE *records, FILE *steps)
{
	const struct fmr_type *type = maker->subject->type;
	bool *gone = fmr_arena_zero(&maker->arena, type->transition_count + 1, sizeof(bool));
	for (size_t i = type->transition_count; i-- > 0;) { /* the last ones pass through the first ones */
		struct walk walk;
		if (gone[i])
			continue;
		const char *id = make_id(maker, type);
		struct fmr_value *root = walk_to(maker, id, &type->transitions[i], &walk);
		if (!root)
			die(type->name, fmr_arena_format(&maker->arena, "no record can be brought to '%s'", type->transitions[i].name));
		for (size_t j = 0; j < walk.count; j++)
			gone[walk.steps[j].rule - type->transitions] = true;
		write_whole_record(id, root);
		fprintf(records, "%s\t%s\twalk\n", id, type->name);
		write_steps(steps, id, root, &walk);
	}
}

int main(int count, char **words)
{
	struct maker maker = { 0 };
	struct fmr_err err = { 0 };
	struct fmr_store *store;
	struct fmr_view *view;
	struct fmr_findings *findings = fmr_findings_new(0);
	const char *const *names;
	if (count < 2)
		die("usage", "generate DIRECTORY [SEED]");
	directory = words[1];
	uint64_t seed = count > 2 ? strtoull(words[2], NULL, 10) : 1;
	fmr_arena_init(&maker.arena);
	if (fmr_store_open(".", &store, &err) != 0 || fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, &err) != 0 ||
		fmr_book_open(view, &maker.book, findings, &err) != 0 ||
		fmr_book_type_names(maker.book, &names, &maker.subject_count, &err) != 0)
		die("no repository", ".");
	maker.subjects = fmr_arena_zero(&maker.arena, maker.subject_count, sizeof(*maker.subjects));
	for (size_t i = 0; i < maker.subject_count; i++)
		load_type(&maker, &maker.subjects[i], names[i]);
	FILE *records = open_file("records", ""), *links = open_file("links", ""), *steps = open_file("steps", ""),
	     *early = open_file("early", ""), *words_of_types = open_file("words", ""), *inverses = open_file("inverses", "");
	write_least(&maker, records, early, seed);
	for (size_t i = 0; i < maker.subject_count; i++) {
		begin(&maker, &maker.subjects[i], seed + 1);
		write_whole(&maker, records, links);
		write_walks(&maker, records, steps);
		write_type(words_of_types, inverses, maker.subject->type);
	}
	if (fclose(records) != 0 || fclose(links) != 0 || fclose(steps) != 0 || fclose(early) != 0 ||
		fclose(words_of_types) != 0 || fclose(inverses) != 0)
		die("cannot write", directory);
	fmr_arena_release(&maker.arena);
	fmr_book_close(maker.book);
	fmr_view_close(view);
	fmr_store_close(store);
	fmr_findings_free(findings);
	return 0;
}
