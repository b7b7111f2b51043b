#include "cmd/relation.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

enum { SHOWN_PLACES = 12, TEXT_COLUMNS = 40 };

/* ---- names ---- */

static bool is_label(const struct fmr_words *label, const char *word)
{
	struct fmr_str wanted, folded;
	fmr_str_init(&wanted);
	fmr_str_init(&folded);
	fmr_text_fold(&wanted, word, strlen(word));
	bool equal = false;
	for (size_t i = 0; i < FMR_LANGUAGES && !equal; i++) {
		fmr_str_clear(&folded);
		if (label->in[i])
			fmr_text_fold(&folded, label->in[i], strlen(label->in[i]));
		equal = folded.length && strcmp(folded.bytes, wanted.bytes) == 0;
	}
	fmr_str_release(&folded);
	fmr_str_release(&wanted);
	return equal;
}

static bool is_position(const char *part, size_t length)
{
	return length && strspn(part, "0123456789") >= length;
}

/* Is "whys.0.preventions.1" called "whys.preventions"?  Positions may be left out. */
static bool is_path(const char *path, const char *word)
{
	while (*path) {
		size_t length = strcspn(path, "."), wanted = strcspn(word, ".");
		bool same = length == wanted && memcmp(path, word, length) == 0;
		if (!same && !is_position(path, length))
			return false;
		path += length + (path[length] == '.');
		if (same)
			word += wanted + (word[wanted] == '.');
	}
	return !*word;
}

/* The name in "whys.0.preventions" and "whys.0.preventions.1". */
static bool is_last_part(const char *path, const char *word)
{
	const char *last = path;
	for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.'))
		if (!is_position(dot + 1, strcspn(dot + 1, ".")))
			last = dot + 1;
	size_t length = strcspn(last, ".");
	return strlen(word) == length && memcmp(last, word, length) == 0;
}

/* The field that bears the label: of a link in a list, the list. */
static const struct fmr_field *labelled(const struct fmr_type *type, const char *path)
{
	char *whole = fmr_strdup(path), *dot = strrchr(whole, '.');
	if (dot && is_position(dot + 1, strlen(dot + 1)))
		*dot = '\0';
	const struct fmr_field *field = fmr_type_field(type, whole);
	free(whole);
	return field;
}

bool fmr_relation_is_called(const struct fmr_type *type, const char *path, const struct fmr_field *link,
	const char *word, bool inverse)
{
	const struct fmr_link_rule *rule = link->link;
	if (inverse)
		return (rule->inverse && strcmp(rule->inverse, word) == 0) || is_label(&rule->inverse_label, word);
	const struct fmr_field *field = labelled(type, path);
	return is_path(path, word) || is_last_part(path, word) || (field && is_label(&field->label, word));
}

/* ---- places ---- */

struct search {
	const struct fmr_record *holder, *target;
	const char *word;  /* NULL: any */
	bool inverse;      /* the word is said from the side of the target */
	bool any_type;     /* places that may not lead to the target, as well */
	struct fmr_arena *arena;
	struct fmr_link_places *out;
};

bool fmr_relation_leads_to(const struct fmr_field *link, const struct fmr_type *type)
{
	for (const char *const *to = link->link->to; *to; to++)
		if (strcmp(*to, type->name) == 0)
			return true;
	return false;
}

static const char *item_of(struct search *search, const char *path, const struct fmr_value *value)
{
	const char *id = search->target->id, *to = fmr_link_target(value);
	if (to)
		return strcmp(to, id) == 0 ? path : NULL;
	for (size_t i = 0; value && value->kind == FMR_LIST && i < value->list.count; i++) {
		to = fmr_link_target(value->list.items[i]);
		if (to && strcmp(to, id) == 0)
			return fmr_arena_format(search->arena, "%s.%zu", path, i);
	}
	return NULL;
}

static void add_place(struct search *search, const struct fmr_field *link, const char *path,
	const struct fmr_value *value, bool is_list)
{
	if (!search->any_type && !fmr_relation_leads_to(link, search->target->type))
		return;
	if (search->word && !fmr_relation_is_called(search->holder->type, path, link, search->word, search->inverse))
		return;
	const struct fmr_link_place place = { .holder = search->holder, .target = search->target, .field = link, .path = path,
		.is_list = is_list, .item = item_of(search, path, value) };
	FMR_VEC_PUSH(search->out, place);
}

static void search_fields(struct search *search, const struct fmr_field *fields, size_t count, const char *prefix,
	const struct fmr_value *map);

/* Fields and values have the same shape; a map that is not there yet can be made, an item of a list cannot. */
static void search_field(struct search *search, const struct fmr_field *field, const char *path,
	const struct fmr_value *value)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	if (field->kind == FMR_FIELD_LINK) {
		add_place(search, field, path, value, false);
	} else if (field->kind == FMR_FIELD_MAP && (value || !field->again)) {
		search_fields(search, children, count, path, value);
	} else if (field->kind == FMR_FIELD_LIST && children && children->kind == FMR_FIELD_LINK) {
		add_place(search, children, path, value, true);
	} else if (field->kind == FMR_FIELD_LIST && children && value && value->kind == FMR_LIST) {
		for (size_t i = 0; i < value->list.count; i++)
			search_field(search, children, fmr_arena_format(search->arena, "%s.%zu", path, i),
				value->list.items[i]);
	}
}

static void search_fields(struct search *search, const struct fmr_field *fields, size_t count, const char *prefix,
	const struct fmr_value *map)
{
	for (size_t i = 0; fields && i < count; i++) {
		const char *path = prefix ? fmr_arena_format(search->arena, "%s.%s", prefix, fields[i].name) : fields[i].name;
		search_field(search, &fields[i], path, fmr_value_get(map, fields[i].name));
	}
}

static void search_record(struct search *search)
{
	const struct fmr_type *type = search->holder->type;
	search_fields(search, type->fields, type->field_count, NULL, search->holder->root);
}

/* A place whose path is the word itself is meant, whatever else is called so. */
static void prefer_exact(struct fmr_link_places *places, size_t from, const char *word)
{
	for (size_t i = from; word && i < places->count; i++) {
		if (strcmp(places->items[i].path, word) != 0)
			continue;
		places->items[from] = places->items[i];
		places->count = from + 1;
	}
}

/* The same link seen from both ends is one link; where it stands already is where it is. */
static void drop_mirrors(struct fmr_link_places *places, const struct fmr_record *a)
{
	size_t used = 0;
	bool linked = false;
	for (size_t i = 0; i < places->count; i++)
		linked |= places->items[i].item != NULL;
	for (size_t i = 0; i < places->count; i++) {
		const struct fmr_link_place *place = &places->items[i];
		const char *inverse = place->field->link->inverse;
		bool symmetric = place->holder->type == place->target->type && inverse &&
			fmr_relation_is_called(place->holder->type, place->path, place->field, inverse, false);
		if (!symmetric || (linked ? place->item != NULL : place->holder == a))
			places->items[used++] = *place;
	}
	places->count = used;
}

void fmr_relation_places(const struct fmr_record *a, const struct fmr_record *b, const char *word,
	struct fmr_arena *arena, struct fmr_link_places *out)
{
	struct search forward = { .holder = a, .target = b, .word = word, .arena = arena, .out = out };
	struct search back = { .holder = b, .target = a, .word = word, .inverse = true, .arena = arena, .out = out };
	search_record(&forward);
	prefer_exact(out, 0, word);
	size_t before = out->count;
	search_record(&back);
	if (word && !out->count) { /* A field of the other record was named: its link is meant all the same. */
		back.inverse = false;
		search_record(&back);
		prefer_exact(out, before, word);
	}
	drop_mirrors(out, a);
}

/* ---- what is meant ---- */

static const char *label_of(struct fmr_cli *cli, const struct fmr_link_place *place)
{
	const struct fmr_field *field = labelled(place->holder->type, place->path);
	return field ? fmr_words_in(&field->label, cli->language) : "";
}

/* What stands around a link inside a list: the first text there. */
static const char *neighbour(struct fmr_arena *arena, const struct fmr_link_place *place)
{
	char *around = fmr_arena_strdup(arena, place->path), *dot = strrchr(around, '.');
	if (!dot)
		return "";
	*dot = '\0';
	const struct fmr_value *map = fmr_value_at(place->holder->root, around);
	for (size_t i = 0; map && map->kind == FMR_MAP && i < map->map.count; i++) {
		const char *text = fmr_value_string(map->map.members[i].value);
		if (text)
			return fmr_arena_strndup(arena, text, fmr_text_fit(text, strcspn(text, "\n"), TEXT_COLUMNS));
	}
	return "";
}

static void put_places(struct fmr_cli *cli, struct fmr_arena *arena, const struct fmr_link_places *places,
	struct fmr_str *out)
{
	for (size_t i = 0; i < places->count && i < SHOWN_PLACES; i++) {
		const struct fmr_link_place *place = &places->items[i];
		fmr_str_printf(out, "%s%s  %s  (%s", out->length ? "\n" : "", place->path, label_of(cli, place),
			place->holder->id);
		const char *near = neighbour(arena, place);
		if (*near) {
			fmr_str_puts(out, ": ");
			fmr_text_escape(out, near, strlen(near), false);
		}
		fmr_str_putc(out, ')');
	}
	if (places->count > SHOWN_PLACES)
		fmr_str_puts(out, "\n...");
}

static int refuse_ambiguous(struct fmr_cli *cli, const char *word, struct fmr_arena *arena,
	const struct fmr_link_places *places, struct fmr_err *err)
{
	struct fmr_str list;
	fmr_str_init(&list);
	put_places(cli, arena, places, &list);
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("'%s' may be %zu links: name one by its path"), word, places->count);
	fmr_err_hint(err, "%s", list.bytes);
	fmr_str_release(&list);
	return FMR_ERR_AMBIGUOUS;
}

/* A field of that name there is, but it leads elsewhere. */
static bool refuse_type(const struct fmr_record *a, const struct fmr_record *b, const char *word,
	struct fmr_arena *arena, struct fmr_err *err)
{
	struct fmr_link_places wrong = { 0 };
	struct search search = { .holder = a, .target = b, .word = word, .any_type = true, .arena = arena, .out = &wrong };
	search_record(&search);
	if (wrong.count) {
		struct fmr_str types;
		fmr_str_init(&types);
		for (const char *const *to = wrong.items[0].field->link->to; *to; to++)
			fmr_str_printf(&types, "%s%s", types.length ? ", " : "", *to);
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' of %s leads to %s, not to a record of type '%s'"),
			wrong.items[0].path, a->type->name, types.bytes, b->type->name);
		fmr_str_release(&types);
	}
	bool found = wrong.count > 0;
	FMR_VEC_RELEASE(&wrong);
	return found;
}

static int refuse_unknown(struct fmr_cli *cli, const struct fmr_record *a, const struct fmr_record *b,
	const char *word, struct fmr_arena *arena, struct fmr_err *err)
{
	struct fmr_link_places all = { 0 };
	fmr_relation_places(a, b, NULL, arena, &all);
	if (!refuse_type(a, b, word, arena, err) && !refuse_type(b, a, word, arena, err))
		fmr_err_set(err, FMR_ERR_INVALID, _("no link '%s' between %s and %s"), word, a->type->name, b->type->name);
	struct fmr_str list;
	fmr_str_init(&list);
	put_places(cli, arena, &all, &list);
	if (all.count)
		fmr_err_hint(err, _("possible:\n%s"), list.bytes);
	else
		fmr_err_hint(err, _("records of these types are not linked: see fmrec schema show %s"), a->type->name);
	fmr_str_release(&list);
	FMR_VEC_RELEASE(&all);
	return FMR_ERR_INVALID;
}

int fmr_relation_choose(struct fmr_cli *cli, const struct fmr_record *a, const struct fmr_record *b, const char *word,
	struct fmr_arena *arena, struct fmr_link_place *out, struct fmr_err *err)
{
	struct fmr_link_places places = { 0 };
	fmr_relation_places(a, b, word, arena, &places);
	int result = 0;
	if (places.count == 1)
		*out = places.items[0];
	else if (places.count)
		result = refuse_ambiguous(cli, word, arena, &places, err);
	else
		result = refuse_unknown(cli, a, b, word, arena, err);
	FMR_VEC_RELEASE(&places);
	return result;
}
