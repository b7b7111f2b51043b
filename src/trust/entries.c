#include "trust/entries.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ID = 20 };

/* ---- one entry ---- */

static unsigned parse_mode(const char *at, const char *end, size_t *length)
{
	static const struct {
		const char *text;
		unsigned mode;
	} all[] = { { "100644 ", 0100644 }, { "40000 ", 0040000 }, { "100755 ", 0100755 }, { "120000 ", 0120000 },
		{ "160000 ", 0160000 }, { "100664 ", 0100664 } };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		*length = strlen(all[i].text);
		if ((size_t)(end - at) > *length && memcmp(at, all[i].text, *length) == 0)
			return all[i].mode;
	}
	return 0;
}

static bool is_directory(const struct trust_tree_entry *entry)
{
	return entry->mode == TRUST_MODE_DIRECTORY;
}

static const char *fault_of_name(const char *name, size_t length)
{
	if (!length || memchr(name, '/', length))
		return _("a name is empty or has a '/'");
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcasecmp(name, ".git") == 0 || strcasecmp(name, "git~1") == 0)
		return _("a name is '.', '..' or '.git'");
	return NULL;
}

/* The entry that begins at `at`, or what is wrong with it; *next: behind it. */
static const char *read_entry(const char *at, const char *end, struct trust_tree_entry *out, const char **next)
{
	size_t length;
	out->mode = parse_mode(at, end, &length);
	if (!out->mode)
		return _("a mode is unknown");
	out->name = at + length;
	const char *name_end = memchr(out->name, '\0', (size_t)(end - out->name));
	if (!name_end || end - name_end < 1 + ID)
		return _("its last entry is cut off");
	out->length = (size_t)(name_end - out->name);
	memcpy(out->id.bytes, name_end + 1, ID);
	*next = name_end + 1 + ID;
	return fault_of_name(out->name, out->length);
}

struct trust_tree_entry fmr_trust_entries_at(const struct trust_entries *entries, size_t at)
{
	const char *begin = entries->bytes + entries->starts[at], *end = entries->bytes + entries->starts[at + 1];
	struct trust_tree_entry entry;
	size_t length;
	entry.mode = parse_mode(begin, end, &length);
	entry.name = begin + length;
	entry.length = (size_t)(end - entry.name) - ID - 1;
	memcpy(entry.id.bytes, end - ID, ID);
	return entry;
}

int fmr_trust_entry_compare(const struct trust_tree_entry *a, const struct trust_tree_entry *b)
{
	const size_t shorter = a->length < b->length ? a->length : b->length;
	const int order = memcmp(a->name, b->name, shorter);
	if (order)
		return order;
	const unsigned char left = a->length > shorter ? (unsigned char)a->name[shorter] : is_directory(a) ? '/' : 0;
	const unsigned char right = b->length > shorter ? (unsigned char)b->name[shorter] : is_directory(b) ? '/' : 0;
	return (left > right) - (left < right);
}

bool fmr_trust_entries_find(const struct trust_entries *entries, const char *name, size_t length, bool directory,
	struct trust_tree_entry *out)
{
	const struct trust_tree_entry wanted = { directory ? TRUST_MODE_DIRECTORY : TRUST_MODE_FILE, name, length, { { 0 } } };
	size_t low = 0, high = entries->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		*out = fmr_trust_entries_at(entries, middle);
		const int order = fmr_trust_entry_compare(out, &wanted);
		if (order == 0) /* lengths may differ: "a" as a directory and a name that goes on with "/" do not exist */
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* ---- what two trees share ---- */

static size_t common_prefix(const char *a, const char *b, size_t length)
{
	enum { BLOCK = 256 };
	size_t at = 0;
	while (length - at >= BLOCK && memcmp(a + at, b + at, BLOCK) == 0)
		at += BLOCK;
	while (at < length && a[at] == b[at])
		at++;
	return at;
}

static size_t common_suffix(const char *a_end, const char *b_end, size_t length)
{
	enum { BLOCK = 256 };
	size_t at = 0;
	while (length - at >= BLOCK && memcmp(a_end - at - BLOCK, b_end - at - BLOCK, BLOCK) == 0)
		at += BLOCK;
	while (at < length && *(a_end - at - 1) == *(b_end - at - 1))
		at++;
	return at;
}

/* The first entry that begins at the place or behind it. */
static size_t entry_from(const struct trust_entries *entries, size_t place)
{
	size_t low = 0, high = entries->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (entries->starts[middle] < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many whole entries lie in the first bytes. */
static size_t entries_in(const struct trust_entries *entries, size_t length)
{
	const size_t at = entry_from(entries, length);
	return entries->starts[at] > length ? at - 1 : at;
}

void fmr_trust_entries_differ(const struct trust_entries *a, const struct trust_entries *b, size_t *first, size_t *a_end,
	size_t *b_end)
{
	const size_t shorter = a->length < b->length ? a->length : b->length;
	*first = entries_in(a, common_prefix(a->bytes, b->bytes, shorter));
	const size_t same = common_suffix(a->bytes + a->length, b->bytes + b->length, shorter - a->starts[*first]);
	/* ids are any bytes: where an entry of one begins, the other may be amid one */
	for (*a_end = entry_from(a, a->length - same);; ++*a_end) {
		const size_t place = b->length - (a->length - a->starts[*a_end]);
		*b_end = entry_from(b, place);
		if (b->starts[*b_end] == place)
			return;
	}
}

/* ---- reading ---- */

static void push_start(struct trust_entries *entries, size_t *capacity, size_t start)
{
	if (entries->count == *capacity) {
		*capacity = *capacity * 2 + 16;
		entries->starts = fmr_realloc(entries->starts, *capacity + 1, sizeof(*entries->starts)); /* and the end */
	}
	entries->starts[entries->count++] = (uint32_t)start;
}

/* The entry of `like` that begins so many bytes, the same in both trees, before its end; like->count when none does. */
static size_t tail_from(const struct trust_entries *like, size_t same, size_t left)
{
	if (left > same)
		return like->count;
	const size_t at = entry_from(like, like->length - left);
	return like->starts[at] == like->length - left ? at : like->count;
}

/* Find the entries, the first `count` of which are those of `like`.  *end: behind the last one that is not. */
static const char *find_entries(struct trust_entries *entries, const struct trust_entries *like, size_t count, size_t same,
	size_t *end)
{
	size_t capacity = like->count + 16, place = like->starts[count], tail = like->count;
	const char *fault = NULL, *next = entries->bytes;
	struct trust_tree_entry entry;
	entries->starts = fmr_realloc(NULL, capacity + 1, sizeof(*entries->starts));
	memcpy(entries->starts, like->starts, count * sizeof(*entries->starts));
	entries->count = count;
	while (!fault && place < entries->length && (tail = tail_from(like, same, entries->length - place)) == like->count) {
		fault = read_entry(entries->bytes + place, entries->bytes + entries->length, &entry, &next);
		push_start(entries, &capacity, place);
		place = fault ? place : (size_t)(next - entries->bytes);
	}
	*end = entries->count;
	for (; !fault && tail < like->count; tail++)
		push_start(entries, &capacity, entries->length - (like->length - like->starts[tail]));
	entries->starts[entries->count] = (uint32_t)entries->length;
	return fault;
}

static const char *fault_of_order(const struct trust_entries *entries, size_t at)
{
	const struct trust_tree_entry before = fmr_trust_entries_at(entries, at - 1), entry = fmr_trust_entries_at(entries, at);
	const int order = fmr_trust_entry_compare(&before, &entry);
	return order < 0 ? NULL : order ? _("its names are not in order") : _("a name is repeated");
}

/* Is the name there both as a directory and as something else?  They need not be neighbours: "a", "a.b", "a/". */
static bool has_twin(const struct trust_entries *entries, size_t at)
{
	const struct trust_tree_entry entry = fmr_trust_entries_at(entries, at);
	if (is_directory(&entry) ? at == 0 : at + 1 == entries->count)
		return false;
	struct trust_tree_entry other = fmr_trust_entries_at(entries, is_directory(&entry) ? at - 1 : at + 1);
	return other.length >= entry.length && memcmp(other.name, entry.name, entry.length) == 0 &&
		fmr_trust_entries_find(entries, entry.name, entry.length, !is_directory(&entry), &other);
}

bool fmr_trust_entries_read(struct trust_entries *out, const char *bytes, size_t length, const struct trust_entries *like,
	const char **fault)
{
	uint32_t end_of_nothing = 0;
	const struct trust_entries nothing = { "", 0, &end_of_nothing, 0 };
	if (!like)
		like = &nothing;
	*out = (struct trust_entries){ .bytes = bytes, .length = length };
	const size_t shorter = length < like->length ? length : like->length;
	const size_t first = entries_in(like, common_prefix(bytes, like->bytes, shorter));
	const size_t same = common_suffix(bytes + length, like->bytes + like->length, shorter - like->starts[first]);
	size_t end;
	*fault = find_entries(out, like, first, same, &end);
	for (size_t i = first ? first : 1; !*fault && i <= end && i < out->count; i++)
		*fault = fault_of_order(out, i);
	for (size_t i = first; !*fault && i < end; i++)
		*fault = has_twin(out, i) ? _("a name is repeated") : NULL;
	if (*fault)
		fmr_trust_entries_release(out);
	return !*fault;
}

void fmr_trust_entries_release(struct trust_entries *entries)
{
	free(entries->starts);
	*entries = (struct trust_entries){ 0 };
}
