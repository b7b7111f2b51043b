#include "generate.h"

#include "base/text.h"

unsigned roll(struct maker *maker, unsigned sides)
{
	uint64_t z = maker->random += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % (sides ? sides : 1));
}

const struct fmr_value *resolved(const struct maker *maker, const struct fmr_value *schema)
{
	for (int hops = 0; hops < 8; hops++) {
		const char *reference = fmr_value_string(fmr_value_get(schema, "$ref"));
		if (!reference)
			return schema;
		if (strncmp(reference, "#/$defs/", 8) != 0)
			die("a reference that leads elsewhere", reference);
		schema = fmr_value_get(fmr_value_get(maker->subject->root, "$defs"), reference + 8);
	}
	return schema;
}

struct place place_child(const struct maker *maker, struct place place, const char *name)
{
	const struct fmr_value *properties = fmr_value_get(resolved(maker, place.schema), "properties");
	const struct fmr_field *field = place.schema == maker->subject->root ? fmr_type_field(maker->subject->type, name) :
		fmr_field_child(place.field, name);
	return (struct place){ fmr_value_get(properties, name), field };
}

struct place place_item(const struct maker *maker, struct place place)
{
	size_t count;
	const struct fmr_field *items = place.field ? fmr_field_children(place.field, &count) : NULL;
	return (struct place){ fmr_value_get(resolved(maker, place.schema), "items"), items };
}

static bool listed(const struct fmr_value *list, const char *text)
{
	for (size_t i = 0; list && i < list->list.count; i++)
		if (fmr_value_is(list->list.items[i], text))
			return true;
	return false;
}

bool place_requires(const struct maker *maker, struct place place, const char *name)
{
	return listed(fmr_value_get(resolved(maker, place.schema), "required"), name);
}

static struct fmr_value *text_value(struct maker *maker, const char *text)
{
	return fmr_value_new_string(&maker->arena, text, strlen(text));
}

static long number_of(const struct fmr_value *schema, const char *key, long absent)
{
	const struct fmr_value *value = fmr_value_get(schema, key);
	return value && value->kind == FMR_NUMBER ? strtol(value->text.bytes, NULL, 10) : absent;
}

/* ---- times: later by so many days as times come before them in a chain ---- */

static struct rank *rank_of(struct subject *subject, const char *path)
{
	for (size_t i = 0; i < subject->rank_count; i++)
		if (strcmp(subject->ranks[i].path, path) == 0)
			return &subject->ranks[i];
	subject->ranks[subject->rank_count] = (struct rank){ path, 0 };
	return &subject->ranks[subject->rank_count++];
}

void rank_times(struct maker *maker, struct subject *subject)
{
	size_t room = 0;
	const char *const *const *chains = subject->type->time_order;
	for (size_t i = 0; chains && chains[i]; i++)
		for (size_t j = 0; chains[i][j]; j++)
			room++;
	subject->ranks = fmr_arena_zero(&maker->arena, room + 1, sizeof(struct rank));
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; chains && chains[i]; i++)
			for (size_t j = 0; chains[i][j + 1]; j++) {
				unsigned before = rank_of(subject, chains[i][j])->days;
				struct rank *next = rank_of(subject, chains[i][j + 1]);
				if (next->days <= before && before < 20) {
					next->days = before + 1;
					changed = true;
				}
			}
	}
}

/* "timeline[].at" is written "timeline.at" in a chain. */
static unsigned days_of(const struct maker *maker, const char *path)
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	for (; *path; path++)
		if (*path != '[' && *path != ']')
			fmr_str_putc(&plain, *path);
	unsigned days = 0;
	const struct subject *subject = maker->subject;
	for (size_t i = 0; i < subject->rank_count; i++)
		if (strcmp(subject->ranks[i].path, plain.bytes) == 0)
			days = subject->ranks[i].days;
	fmr_str_release(&plain);
	return days;
}

static struct fmr_value *make_time(struct maker *maker, const struct fmr_field *field)
{
	unsigned day = 1 + days_of(maker, field->path);
	const char *date = fmr_arena_format(&maker->arena, "2026-10-%02u", day);
	if (field->takes_date && (!field->takes_time || roll(maker, 3) == 0))
		return text_value(maker, date);
	static const char *const times[] = { "T09:30:00+09:00", "T00:30:00Z", "T09:30:00.50+09:00" };
	return text_value(maker, fmr_arena_format(&maker->arena, "%s%s", date, times[roll(maker, 3)]));
}

/* ---- texts ---- */

static const char *const words[] = {
	"受注システムが停止", "全角ＡＢＣ１２３", "ｶﾀｶﾅとかな", "首都直下型地震", "emoji 🚒👩‍🚒🇯🇵", "it's \"quoted\"", "# not a comment",
	"key: value", "- dash", "*star &and @at %cent", "C:\\path\\n", "[a, b] {c: d}", "2026-04-01", "no", "null", "~", "0x1F", "1e3",
	"<b>&amp;</b>", "a,b;c|d", "髙橋﨑", "%s %n", "$(id) `id`", "〜−―", "'", "?", "=1+1", "!tag", "> fold", "| bar", "e\xcc\x81",
};

static void add_words(struct maker *maker, struct fmr_str *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			fmr_str_puts(out, roll(maker, 4) == 0 ? "　" : " ");
		fmr_str_puts(out, words[roll(maker, sizeof(words) / sizeof(*words))]);
	}
}

static size_t length_of(const struct fmr_str *text)
{
	size_t count = 0;
	for (size_t i = 0; i < text->length; i++)
		count += ((unsigned char)text->bytes[i] & 0xc0) != 0x80;
	return count;
}

static struct fmr_value *make_text(struct maker *maker, struct place place)
{
	const struct fmr_value *schema = resolved(maker, place.schema);
	const char *pattern = fmr_value_string(fmr_value_get(schema, "pattern"));
	const char *format = fmr_value_string(fmr_value_get(schema, "format"));
	if (pattern) {
		const char *text = pattern_text(maker, pattern);
		return text ? text_value(maker, text) : NULL;
	}
	if (format)
		return text_value(maker, strcmp(format, "email") == 0 ? "a.b+c@example.jp" :
			fmr_arena_format(&maker->arena, "https://example.jp/a?b=%u#c", ++maker->serial));
	size_t most = (size_t)number_of(schema, "maxLength", 1000);
	struct fmr_str out;
	fmr_str_init(&out);
	do {
		fmr_str_clear(&out);
		if (roll(maker, 16) == 0)
			fmr_str_putc(&out, ' ');
		if (most > 20)
			fmr_str_printf(&out, "%u ", ++maker->serial);
		unsigned lines = place.field->multiline && most > 200 ? 1 + roll(maker, 4) : 1;
		for (unsigned i = 0; i < lines; i++) {
			if (i > 0)
				fmr_str_puts(&out, roll(maker, 5) == 0 ? "\n\n" : "\n");
			if (i > 0 && roll(maker, 5) == 0)
				fmr_str_puts(&out, "  ");
			add_words(maker, &out, 1 + roll(maker, roll(maker, 8) == 0 ? 20 : 3));
		}
		if (roll(maker, 12) == 0)
			fmr_str_puts(&out, "  ");
		if (lines > 1 && roll(maker, 2) == 0)
			fmr_str_putc(&out, '\n');
	} while (length_of(&out) > most);
	struct fmr_value *value = fmr_value_new_string(&maker->arena, out.bytes, out.length);
	fmr_str_release(&out);
	return value;
}

/* ---- other scalars ---- */

static struct fmr_value *make_number(struct maker *maker, struct place place)
{
	const struct fmr_value *schema = resolved(maker, place.schema);
	long least = number_of(schema, "exclusiveMinimum", -1) >= 0 ? number_of(schema, "exclusiveMinimum", 0) + 1 :
		number_of(schema, "minimum", -9999);
	long most = number_of(schema, "exclusiveMaximum", -1) >= 0 ? number_of(schema, "exclusiveMaximum", 0) - 1 :
		number_of(schema, "maximum", least + 20000);
	long number = least + (long)roll(maker, (unsigned)(most - least + 1));
	bool fraction = !place.field->integer && number < most && roll(maker, 3) == 0;
	const char *decimal = fmr_arena_format(&maker->arena, fraction && number >= 0 ? "%ld.25" : "%ld", number);
	return fmr_value_new_number(&maker->arena, decimal);
}

static struct fmr_value *make_choice(struct maker *maker, struct place place)
{
	const struct fmr_choice *choices;
	size_t count;
	if (fmr_field_choices(maker->book, place.field, NULL, &choices, &count) != 0 || count == 0)
		die("no choices", place.field->path);
	return text_value(maker, choices[roll(maker, (unsigned)count)].code);
}

static const char *target(struct maker *maker, const struct fmr_field *field)
{
	size_t count = 0;
	while (field->link->to[count])
		count++;
	const char *wanted = field->link->to[maker->minimal ? 0 : roll(maker, (unsigned)count)];
	for (size_t i = 0; i < maker->subject_count; i++)
		if (strcmp(maker->subjects[i].type->name, wanted) == 0)
			return roll(maker, 2) ? maker->subjects[i].first : maker->subjects[i].second;
	die("no record of the type to link to", wanted);
}

/* The id, or a map of the id and what else a person may say; `judged` is for the program to write. */
static struct fmr_value *make_link(struct maker *maker, struct place place)
{
	struct fmr_value *id = text_value(maker, target(maker, place.field));
	if (!place.field->link->takes_map || maker->minimal || roll(maker, 3) > 0)
		return id;
	struct fmr_value *map = fmr_value_new_map(&maker->arena);
	fmr_value_put(&maker->arena, map, "to", id);
	fmr_value_put(&maker->arena, map, "note", make_text(maker, place_child(maker, place, "note")));
	fmr_value_put(&maker->arena, map, "on", text_value(maker, "2026-10-01"));
	return map;
}

/* ---- maps and lists ---- */

static struct fmr_value *make_map(struct maker *maker, struct place place)
{
	struct fmr_value *map = fmr_value_new_map(&maker->arena);
	size_t count;
	const struct fmr_field *children = fmr_field_children(place.field, &count);
	for (size_t i = 0; children && i < count; i++) {
		if (!place_requires(maker, place, children[i].name) &&
			(maker->minimal || (maker->depth > 5 && children[i].kind == FMR_FIELD_LIST)))
			continue;
		struct fmr_value *value = make_value(maker, place_child(maker, place, children[i].name));
		if (value)
			fmr_value_put(&maker->arena, map, children[i].name, value);
	}
	long least = number_of(resolved(maker, place.schema), "minProperties", 0);
	for (size_t i = 0; maker->minimal && children && i < count && (long)map->map.count < least; i++)
		if (!fmr_value_get(map, children[i].name))
			fmr_value_put(&maker->arena, map, children[i].name,
				make_value(maker, place_child(maker, place, children[i].name)));
	return map;
}

static bool is_twin(struct place item, const struct fmr_value *a, const struct fmr_value *b)
{
	return fmr_value_equal(a, b) ||
		(item.field->kind == FMR_FIELD_LINK && strcmp(fmr_link_target(a), fmr_link_target(b)) == 0);
}

bool add_item(struct maker *maker, struct place item, struct fmr_value *list)
{
	for (int tries = 0; tries < 50; tries++) {
		struct fmr_value *value = make_value(maker, item);
		bool twice = !value;
		for (size_t i = 0; value && i < list->list.count; i++)
			twice |= is_twin(item, list->list.items[i], value);
		if (twice)
			continue;
		fmr_value_append(&maker->arena, list, value);
		return true;
	}
	return false;
}

static struct fmr_value *make_list(struct maker *maker, struct place place)
{
	const struct fmr_value *schema = resolved(maker, place.schema);
	struct place item = place_item(maker, place);
	struct fmr_value *list = fmr_value_new_list(&maker->arena);
	long least = number_of(schema, "minItems", 0), most = number_of(schema, "maxItems", 100);
	long wanted = least > 1 ? least : maker->minimal || maker->depth > 3 ? 1 : 1 + (long)roll(maker, 2);
	while ((long)list->list.count < (wanted > most ? most : wanted) && add_item(maker, item, list))
		continue;
	return list->list.count ? list : NULL;
}

struct fmr_value *make_value(struct maker *maker, struct place place)
{
	if (!place.field || !place.schema)
		die("a place that no field is at", maker->subject->type->name);
	struct fmr_value *value = NULL;
	maker->depth++;
	switch (place.field->kind) {
	case FMR_FIELD_TEXT: value = make_text(maker, place); break;
	case FMR_FIELD_TIME:
	case FMR_FIELD_DATE: value = make_time(maker, place.field); break;
	case FMR_FIELD_NUMBER: value = make_number(maker, place); break;
	case FMR_FIELD_BOOL: value = fmr_value_new_bool(&maker->arena, roll(maker, 2)); break;
	case FMR_FIELD_CHOICE: value = make_choice(maker, place); break;
	case FMR_FIELD_LINK: value = make_link(maker, place); break;
	case FMR_FIELD_MAP: value = maker->depth > 12 ? NULL : make_map(maker, place); break;
	case FMR_FIELD_LIST: value = maker->depth > 12 ? NULL : make_list(maker, place); break;
	}
	maker->depth--;
	return value;
}

struct fmr_value *make_other(struct maker *maker, struct place place, const struct fmr_value *value)
{
	for (int tries = 0; tries < 20; tries++) {
		struct fmr_value *other = make_value(maker, place);
		if (other && other->kind == value->kind && !fmr_value_equal(other, value))
			return other;
	}
	return NULL;
}
