#include "trust/line.h"

#include "base/alloc.h"
#include "base/str.h"
#include "base/vec.h"
#include "trust/commit.h"

#include <stdlib.h>
#include <string.h>

/* The first parent, also of a commit that is not strictly well formed: what git follows is followed here, and the fold
 * says that the commit is malformed.  The header's lines are looked at, never the message. */
static bool first_parent(const struct fmr_str *raw, struct fmr_oid *out)
{
	static const char word[] = "parent ";
	const char *at = raw->bytes, *end = raw->bytes + raw->length;
	while (at < end && *at != '\n') {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t length = stop ? (size_t)(stop - at) : (size_t)(end - at);
		if (length == sizeof(word) - 1 + 40 && memcmp(at, word, sizeof(word) - 1) == 0) {
			char hex[41] = { 0 };
			memcpy(hex, at + sizeof(word) - 1, 40);
			return fmr_oid_parse(hex, out);
		}
		at += length + 1;
	}
	return false;
}

static bool is_about_the_object(int code)
{
	return code == FMR_ERR_NOT_FOUND || code == FMR_ERR_LIMIT || code == FMR_ERR_INVALID;
}

static void turn_round(struct fmr_oid *ids, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct fmr_oid swap = ids[i];
		ids[i] = ids[count - 1 - i];
		ids[count - 1 - i] = swap;
	}
}

static size_t hash_of(const struct fmr_oid *id)
{
	size_t hash;
	memcpy(&hash, id->bytes, sizeof(hash));
	return hash;
}

static void take_slot(struct trust_line *line, size_t place)
{
	size_t at = hash_of(&line->ids[place]) & line->mask;
	while (line->slots[at])
		at = (at + 1) & line->mask;
	line->slots[at] = (uint32_t)(place + 1);
}

static void make_findable(struct trust_line *line)
{
	size_t capacity = 16;
	while (capacity < line->count * 2)
		capacity *= 2;
	free(line->slots);
	line->mask = capacity - 1;
	line->slots = fmr_alloc_zero(capacity, sizeof(*line->slots));
	for (size_t i = 0; i < line->count; i++)
		take_slot(line, i);
}

int fmr_trust_line_read(struct fmr_store *store, const struct fmr_oid *tip, struct trust_line *out,
	struct fmr_err *err)
{
	*out = (struct trust_line){ 0 };
	FMR_VEC(struct fmr_oid) ids = { 0 };
	struct fmr_str raw;
	fmr_str_init(&raw);
	struct fmr_oid id = *tip;
	struct fmr_err fault = { 0 };
	int result = 0;
	for (;;) {
		fmr_str_clear(&raw);
		result = fmr_store_object(store, &id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &raw, &fault);
		if (result != 0)
			break;
		FMR_VEC_PUSH(&ids, id);
		if (ids.count >= UINT32_MAX - 1) {
			result = fmr_err_set(&fault, FMR_ERR_UNSUPPORTED, "history is too long");
			break;
		}
		if (!first_parent(&raw, &id))
			break;
	}
	fmr_str_release(&raw);
	out->ids = ids.items;
	out->count = ids.count;
	out->capacity = ids.capacity;
	if (is_about_the_object(result)) {
		out->cut = true;
		out->missing = id;
		out->fault = (enum fmr_error)result;
		result = 0;
	}
	if (result != 0) {
		if (err)
			*err = fault;
		fmr_trust_line_release(out);
		return result;
	}
	turn_round(out->ids, out->count);
	make_findable(out);
	return 0;
}

int fmr_trust_line_follow(struct trust_line *line, struct fmr_store *store, const struct fmr_oid *id, bool *follows,
	struct fmr_err *err)
{
	struct fmr_str raw;
	struct fmr_oid parent;
	struct fmr_err fault = { 0 };
	*follows = false;
	if (line->cut || !line->count)
		return 0;
	fmr_str_init(&raw);
	int result = fmr_store_object(store, id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &raw, &fault);
	*follows = result == 0 && first_parent(&raw, &parent) && fmr_oid_equal(&parent, &line->ids[line->count - 1]);
	fmr_str_release(&raw);
	if (result != 0 && !is_about_the_object(result)) {
		if (err)
			*err = fault;
		return result;
	}
	if (!*follows)
		return 0;
	struct { struct fmr_oid *items; size_t count, capacity; } ids = { line->ids, line->count, line->capacity };
	FMR_VEC_PUSH(&ids, *id);
	line->ids = ids.items;
	line->count = ids.count;
	line->capacity = ids.capacity;
	if (line->count * 2 > line->mask + 1)
		make_findable(line);
	else
		take_slot(line, line->count - 1);
	return 0;
}

void fmr_trust_line_release(struct trust_line *line)
{
	free(line->ids);
	free(line->slots);
	*line = (struct trust_line){ 0 };
}

bool fmr_trust_line_find(const struct trust_line *line, const struct fmr_oid *id, size_t *sequence)
{
	if (!line->count)
		return false;
	for (size_t at = hash_of(id) & line->mask; line->slots[at]; at = (at + 1) & line->mask) {
		if (fmr_oid_equal(&line->ids[line->slots[at] - 1], id)) {
			*sequence = line->slots[at] - 1;
			return true;
		}
	}
	return false;
}
