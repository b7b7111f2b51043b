#include "query/name.h"

#include "base/text.h"
#include "base/vec.h"

#include <string.h>

enum { DEEPEST = 10, MOST_PARTS = 16, SHOWN = 6 };

const struct fmr_type *fmr_types_at(const struct types *types, size_t index)
{
	if (!types->tried[index]) {
		types->tried[index] = true;
		if (fmr_book_type(types->book, types->names[index], &types->loaded[index], NULL, NULL))
			types->loaded[index] = NULL;
	}
	return types->loaded[index];
}

/* ---- likeness ---- */

static void put_plain(struct fmr_str *out, const char *text)
{
	struct fmr_str folded;
	fmr_str_init(&folded);
	fmr_text_fold(&folded, text, strlen(text));
	for (const char *p = folded.bytes; *p; p++)
		if (*p != ' ' && *p != '_' && *p != '-')
			fmr_str_putc(out, *p);
	fmr_str_release(&folded);
}

bool fmr_name_alike(const char *a, const char *b)
{
	struct fmr_str left, right;
	fmr_str_init(&left);
	fmr_str_init(&right);
	put_plain(&left, a);
	put_plain(&right, b);
	bool alike = left.length && strcmp(left.bytes, right.bytes) == 0;
	fmr_str_release(&left);
	fmr_str_release(&right);
	return alike;
}

static bool words_fit(const struct fmr_words *words, const char *text)
{
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (words->in[i] && fmr_name_alike(words->in[i], text))
			return true;
	return false;
}

/* ---- fields by a part of their path, or by labels ---- */

struct parts {
	const char *items[MOST_PARTS];
	size_t count;
};

static bool split(const char *text, struct fmr_arena *arena, struct parts *out)
{
	out->count = 0;
	for (const char *part = text;;) {
		size_t length = strcspn(part, ".");
		if (!length || out->count == MOST_PARTS)
			return false;
		out->items[out->count++] = fmr_arena_strndup(arena, part, length);
		if (!part[length])
			return true;
		part += length + 1;
	}
}

struct level {
	const struct level *up;
	const struct fmr_field *field;
	int depth;
};

struct search {
	const struct parts *parts;
	const struct fmr_field *best[SHOWN];
	int rank;     /* of the best: depth, and whether a label was needed */
	int fit;
	size_t found; /* with this rank */
};

/* 0 no, 1 by its label, 2 by its name */
static int field_fits(const struct fmr_field *field, const char *text)
{
	if (strcmp(field->name, text) == 0)
		return 2;
	return words_fit(&field->label, text) ? 1 : 0;
}

/* Do the last parts of the path of a field fit?  The items of lists have no name of their own. */
static int path_fits(const struct level *level, const struct parts *parts)
{
	int worst = 2;
	for (size_t i = parts->count; i > 0; level = level->up) {
		while (level && !*level->field->name)
			level = level->up;
		int fit = level ? field_fits(level->field, parts->items[i - 1]) : 0;
		if (!fit)
			return 0;
		worst = fit < worst ? fit : worst;
		i--;
	}
	return worst;
}

static void look_in(struct search *search, const struct level *up, const struct fmr_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct level here = { up, &fields[i], (up ? up->depth : 0) + (*fields[i].name != '\0') };
		int fit = *fields[i].name ? path_fits(&here, search->parts) : 0;
		int rank = here.depth * 2 - fit;
		if (fit && (!search->found || rank < search->rank)) {
			search->rank = rank;
			search->fit = fit;
			search->found = 0;
		}
		if (fit && rank == search->rank && search->found++ < SHOWN)
			search->best[search->found - 1] = &fields[i];
		if (here.depth < DEEPEST)
			look_in(search, &here, fields[i].children, fields[i].child_count);
	}
}

static void search_fields(const struct fmr_type *type, const struct parts *parts, struct search *out)
{
	*out = (struct search){ .parts = parts };
	look_in(out, NULL, type->fields, type->field_count);
}

static void put_path(struct fmr_str *out, const struct fmr_field *field)
{
	for (const char *p = field->path; *p; p++)
		if (*p != '[' && *p != ']')
			fmr_str_putc(out, *p);
}

void fmr_name_candidates(const struct fmr_type *type, const char *text, struct fmr_str *out)
{
	struct fmr_arena arena;
	struct parts parts;
	struct search search;
	fmr_arena_init(&arena);
	if (split(text, &arena, &parts)) {
		search_fields(type, &parts, &search);
		for (size_t i = 0; i < search.found && i < SHOWN; i++) {
			fmr_str_puts(out, i ? ", " : "");
			put_path(out, search.best[i]);
		}
		fmr_str_puts(out, search.found > SHOWN ? ", ..." : "");
	}
	fmr_arena_release(&arena);
}

static struct name of_field(const struct fmr_field *field, enum grade grade)
{
	return (struct name){ .meaning = field ? MEANS_FIELD : MEANS_NOTHING, .grade = grade, .field = field };
}

static struct name by_part_or_label(const struct fmr_type *type, const char *text, struct fmr_arena *arena)
{
	struct parts parts;
	struct search search;
	if (!split(text, arena, &parts))
		return of_field(NULL, GRADE_PART);
	search_fields(type, &parts, &search);
	const enum grade grade = search.fit == 2 ? GRADE_PART : GRADE_LABEL;
	if (search.found > 1)
		return (struct name){ .meaning = MEANS_SEVERAL, .grade = grade };
	return of_field(search.found ? search.best[0] : NULL, grade);
}

/* ---- links ---- */

/* The link that a field is, or whose items are links; NULL when it is none. */
static const struct fmr_field *link_in(const struct fmr_field *field)
{
	while (field && field->kind == FMR_FIELD_LIST)
		field = field->child_count ? &field->children[0] : NULL;
	return field && field->link ? field : NULL;
}

static bool leads_to(const struct fmr_link_rule *link, const char *type)
{
	for (const char *const *to = link->to; *to; to++)
		if (strcmp(*to, type) == 0)
			return true;
	return false;
}

typedef bool link_visit(void *context, const struct fmr_field *link);

static bool each_link(const struct fmr_field *fields, size_t count, int depth, link_visit *visit, void *context)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].link && visit(context, &fields[i]))
			return true;
		if (depth < DEEPEST && each_link(fields[i].children, fields[i].child_count, depth + 1, visit, context))
			return true;
	}
	return false;
}

struct wanted {
	const char *to, *text;
	bool by_label;
	const char *inverse; /* found */
};

static bool is_inverse(void *context, const struct fmr_field *link)
{
	struct wanted *wanted = context;
	if (!link->link->inverse || !leads_to(link->link, wanted->to))
		return false;
	if (wanted->by_label ? !words_fit(&link->link->inverse_label, wanted->text) :
			       strcmp(link->link->inverse, wanted->text) != 0)
		return false;
	wanted->inverse = link->link->inverse;
	return true;
}

static const char *find_inverse(const struct types *types, const struct fmr_type *type, const char *text, bool by_label)
{
	struct wanted wanted = { .to = type->name, .text = text, .by_label = by_label };
	for (size_t i = 0; i < types->count; i++) {
		const struct fmr_type *other = fmr_types_at(types, i);
		if (other && each_link(other->fields, other->field_count, 0, is_inverse, &wanted))
			return wanted.inverse;
	}
	return NULL;
}

static bool goes_to(void *context, const struct fmr_field *link)
{
	return leads_to(link->link, context);
}

static bool are_linked(const struct fmr_type *a, const struct fmr_type *b)
{
	return each_link(a->fields, a->field_count, 0, goes_to, (void *)b->name) ||
		each_link(b->fields, b->field_count, 0, goes_to, (void *)a->name);
}

static const char *find_type(const struct types *types, const struct fmr_type *type, const char *text, bool by_label)
{
	for (size_t i = 0; i < types->count; i++) {
		const struct fmr_type *other =
			by_label || strcmp(types->names[i], text) == 0 ? fmr_types_at(types, i) : NULL;
		if (other && (!by_label || words_fit(&other->label, text)) && are_linked(type, other))
			return other->name;
	}
	return NULL;
}

static bool find_step(const struct types *types, const struct fmr_type *type, const char *text, bool by_label,
	struct step *out)
{
	*out = (struct step){ .inverse = find_inverse(types, type, text, by_label) };
	if (!out->inverse)
		out->type = find_type(types, type, text, by_label);
	return out->inverse || out->type;
}

bool fmr_link_is_symmetric(const struct fmr_field *link)
{
	const char *inverse = link->link->inverse, *dot = strrchr(link->path, '.');
	const char *name = dot ? dot + 1 : link->path;
	size_t length = strcspn(name, "["); /* of the items of a list, which have no name, it is that of the list */
	return inverse && strlen(inverse) == length && strncmp(inverse, name, length) == 0;
}

static struct step along(const struct fmr_field *link)
{
	struct step step = { .field = link };
	if (fmr_link_is_symmetric(link))
		step.inverse = link->link->inverse;
	return step;
}

struct source_search {
	const struct fmr_type *type;
	const char *inverse;
};

static bool comes_from(void *context, const struct fmr_field *link)
{
	const struct source_search *search = context;
	return link->link->inverse && strcmp(link->link->inverse, search->inverse) == 0 &&
		leads_to(link->link, search->type->name);
}

/* By its name alone where that tells enough. */
static bool step_leads_to(const struct types *types, const struct fmr_type *type, const struct step *step, size_t index)
{
	struct source_search search = { type, step->inverse };
	if (step->field && leads_to(step->field->link, types->names[index]))
		return true;
	if (!step->inverse)
		return step->type && strcmp(step->type, types->names[index]) == 0;
	const struct fmr_type *other = fmr_types_at(types, index);
	return other && each_link(other->fields, other->field_count, 0, comes_from, &search);
}

size_t fmr_name_targets(const struct types *types, const struct fmr_type *type, const struct step *step,
	const struct fmr_type **out)
{
	size_t count = 0;
	for (size_t i = 0; i < types->count; i++)
		if (step_leads_to(types, type, step, i) && fmr_types_at(types, i))
			out[count++] = fmr_types_at(types, i);
	return count;
}

/* ---- names ---- */

struct word {
	const char *word;
	enum meaning meaning;
};

static enum meaning find_word(const struct word *words, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].word, text) == 0)
			return words[i].meaning;
	return MEANS_NOTHING;
}

static enum meaning common_word(const char *text)
{
	static const struct word words[] = { { "id", MEANS_ID }, { "type", MEANS_TYPE }, { "path", MEANS_PATH },
		{ "state", MEANS_STATE } };
	return find_word(words, sizeof(words) / sizeof(*words), text);
}

/* A type may have a field of this name. */
static enum meaning usual_word(const char *text)
{
	static const struct word words[] = { { "title", MEANS_TITLE }, { "needs", MEANS_NEEDS }, { "age", MEANS_AGE } };
	return find_word(words, sizeof(words) / sizeof(*words), text);
}

static struct name simple_name(const struct types *types, const struct fmr_type *type, const char *text, enum grade least,
	struct fmr_arena *arena)
{
	struct name name = { .meaning = common_word(text), .grade = GRADE_PATH };
	if (name.meaning)
		return name;
	name = of_field(fmr_type_field(type, text), GRADE_PATH);
	if (name.meaning)
		return name;
	name.meaning = usual_word(text);
	if (name.meaning)
		return (struct name){ .meaning = name.meaning, .grade = GRADE_PATH };
	if (find_step(types, type, text, false, &name.step))
		return (struct name){ .meaning = MEANS_RECORDS, .grade = name.step.type ? GRADE_PART : GRADE_PATH,
			.step = name.step };
	if (least == GRADE_PATH)
		return of_field(NULL, GRADE_PATH);
	name = by_part_or_label(type, text, arena);
	if (name.meaning)
		return name;
	if (least <= GRADE_LABEL && find_step(types, type, text, true, &name.step))
		return (struct name){ .meaning = MEANS_RECORDS, .grade = GRADE_LABEL, .step = name.step };
	return of_field(NULL, GRADE_PATH);
}

static bool is_count(const char *text)
{
	return strcmp(text, "count") == 0 || strcmp(text, "件数") == 0 || strcmp(text, "数") == 0;
}

/* What stands behind the first "." that follows a link. */
static struct name through_link(const struct types *types, const struct fmr_type *type, const char *text, enum grade least,
	struct fmr_arena *arena)
{
	for (const char *dot = strchr(text, '.'); dot; dot = strchr(dot + 1, '.')) {
		const char *first = fmr_arena_strndup(arena, text, (size_t)(dot - text));
		struct name name = simple_name(types, type, first, least, arena);
		const struct fmr_field *link = name.meaning == MEANS_FIELD ? link_in(name.field) : NULL;
		if (is_count(dot + 1) && name.meaning == MEANS_FIELD && name.field && name.field->kind == FMR_FIELD_LIST)
			return (struct name){ .meaning = MEANS_COUNT, .grade = name.grade, .field = name.field };
		if (link)
			name = (struct name){ .meaning = MEANS_RECORDS, .grade = name.grade, .step = along(link) };
		if (name.meaning != MEANS_RECORDS)
			continue;
		if (is_count(dot + 1))
			return (struct name){ .meaning = MEANS_COUNT, .grade = name.grade, .step = name.step };
		name.rest = dot + 1;
		return name;
	}
	return of_field(NULL, GRADE_PATH);
}

/* Full stops and hyphens of a Japanese keyboard, and the brackets of a path, are those of a path without. */
static char *plain_name(const char *text, struct fmr_arena *arena)
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	for (size_t size; *text; text += size) {
		uint32_t character = fmr_utf8_decode(text, strlen(text), &size);
		if (character == 0xFF0E)
			fmr_str_putc(&plain, '.');
		else if (character != '[' && character != ']')
			fmr_str_add(&plain, text, size);
	}
	char *kept = fmr_arena_strndup(arena, plain.bytes, plain.length);
	fmr_str_release(&plain);
	return kept;
}

struct name fmr_name_find(const struct types *types, const struct fmr_type *type, const char *text, enum grade least,
	struct fmr_arena *arena)
{
	text = plain_name(text, arena);
	struct name name = simple_name(types, type, text, least, arena);
	if (name.meaning && name.meaning != MEANS_SEVERAL)
		return name;
	const struct name through = through_link(types, type, text, least, arena);
	return through.meaning ? through : name;
}

/* ---- names that are none ---- */

struct names {
	FMR_VEC(const char *) list;
	const char *to; /* for inverse links */
};

static void add_labels(struct names *names, const struct fmr_words *label)
{
	for (size_t i = 0; i < FMR_LANGUAGES; i++)
		if (label->in[i])
			FMR_VEC_PUSH(&names->list, label->in[i]);
}

static void add_fields(struct names *names, const struct fmr_field *fields, size_t count, int depth,
	struct fmr_arena *arena)
{
	struct fmr_str path;
	fmr_str_init(&path);
	for (size_t i = 0; i < count; i++) {
		if (*fields[i].name) {
			fmr_str_clear(&path);
			put_path(&path, &fields[i]);
			FMR_VEC_PUSH(&names->list, fmr_arena_strndup(arena, path.bytes, path.length));
		}
		if (!depth)
			add_labels(names, &fields[i].label);
		if (depth < 3)
			add_fields(names, fields[i].children, fields[i].child_count, depth + 1, arena);
	}
	fmr_str_release(&path);
}

static bool add_inverse(void *context, const struct fmr_field *link)
{
	struct names *names = context;
	if (link->link->inverse && leads_to(link->link, names->to))
		FMR_VEC_PUSH(&names->list, link->link->inverse);
	return false;
}

/* A field at the top whose label has the text in it: 障害の重大さ, of which 重大さ was typed. */
static const char *by_part_of_label(const struct fmr_type *type, const char *text)
{
	struct fmr_str wanted, label;
	const char *found = NULL;
	fmr_str_init(&wanted);
	fmr_str_init(&label);
	put_plain(&wanted, text);
	for (size_t i = 0; wanted.length && !found && i < type->field_count; i++)
		for (size_t j = 0; j < FMR_LANGUAGES; j++) {
			fmr_str_clear(&label);
			put_plain(&label, type->fields[i].label.in[j] ? type->fields[i].label.in[j] : "");
			if (strstr(label.bytes, wanted.bytes))
				found = type->fields[i].path;
		}
	fmr_str_release(&wanted);
	fmr_str_release(&label);
	return found;
}

const char *fmr_name_nearest(const struct types *types, const struct fmr_type *const *among, size_t count,
	const char *text, struct fmr_arena *arena)
{
	struct names names = { 0 };
	const char *found = NULL;
	for (size_t i = 0; i < count && !found; i++)
		found = strchr(text, '.') ? NULL : fmr_type_nearest_field(among[i], text);
	for (size_t i = 0; i < count; i++) {
		add_fields(&names, among[i]->fields, among[i]->field_count, 0, arena);
		names.to = among[i]->name;
		for (size_t j = 0; j < types->count; j++) {
			const struct fmr_type *other = fmr_types_at(types, j);
			if (other)
				each_link(other->fields, other->field_count, 0, add_inverse, &names);
		}
	}
	static const char *const common[] = { "id", "type", "path", "title", "state", "needs", "age", "has", "missing" };
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		FMR_VEC_PUSH(&names.list, common[i]);
	const char *nearest = fmr_text_nearest(text, names.list.items, names.list.count);
	FMR_VEC_RELEASE(&names.list);
	for (size_t i = 0; i < count && !nearest && !found; i++)
		found = by_part_of_label(among[i], text);
	return nearest ? nearest : found;
}
