#include "trust/known.h"

#include "base/digest.h"
#include "base/dict.h"
#include "base/fs.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "signatures"
#define MAGIC "fmrec-signatures 1\n"

enum { FILE_LIMIT = 256 << 20, KEY_LIMIT = 16 << 10, MUCH = 64 };

struct commit {
	unsigned char digest[TRUST_KNOWN_DIGEST];
	uint32_t key;
	bool used; /* of a slot of the table */
};

struct trust_known {
	struct fmr_store *store;
	char *path;
	struct fmr_hasher *hasher;
	FMR_VEC(char *) keys;
	struct fmr_dict key_of;
	struct commit *table; /* a power of two of slots, at most half of them used; digests are their own hashes */
	size_t capacity, count, added;
};

/* ---- the table ---- */

static struct commit *slot_of(struct commit *table, size_t capacity, const unsigned char *digest)
{
	size_t at;
	memcpy(&at, digest, sizeof(at));
	for (;; at++) {
		struct commit *slot = &table[at & (capacity - 1)];
		if (!slot->used || memcmp(slot->digest, digest, TRUST_KNOWN_DIGEST) == 0)
			return slot;
	}
}

static void make_room(struct trust_known *known)
{
	if (known->count < known->capacity / 2)
		return;
	const size_t capacity = known->capacity ? known->capacity * 2 : 1024;
	struct commit *table = fmr_alloc_zero(capacity, sizeof(*table));
	for (size_t i = 0; i < known->capacity; i++)
		if (known->table[i].used)
			*slot_of(table, capacity, known->table[i].digest) = known->table[i];
	free(known->table);
	known->table = table;
	known->capacity = capacity;
}

static void put(struct trust_known *known, const unsigned char *digest, uint32_t key)
{
	make_room(known);
	struct commit *slot = slot_of(known->table, known->capacity, digest);
	known->count += !slot->used;
	slot->used = true;
	slot->key = key;
	memcpy(slot->digest, digest, TRUST_KNOWN_DIGEST);
}

static uint32_t number_of(struct trust_known *known, const char *key)
{
	size_t number;
	if (!fmr_dict_get(&known->key_of, key, &number)) {
		number = known->keys.count;
		fmr_dict_add(&known->key_of, key, number);
		FMR_VEC_PUSH(&known->keys, fmr_strdup(key));
	}
	return (uint32_t)number;
}

/* ---- the file ---- */

static bool take_number(const char **at, const char *end, uint32_t *number)
{
	if (end - *at < (ptrdiff_t)sizeof(*number))
		return false;
	memcpy(number, *at, sizeof(*number));
	*at += sizeof(*number);
	return true;
}

static bool take_keys(struct trust_known *known, const char **at, const char *end)
{
	uint32_t count, length;
	if (!take_number(at, end, &count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!take_number(at, end, &length) || length > KEY_LIMIT || end - *at < (ptrdiff_t)length)
			return false;
		char *key = fmr_strndup(*at, length);
		const bool new = number_of(known, key) == i;
		free(key);
		if (!new)
			return false;
		*at += length;
	}
	return true;
}

static bool take_commits(struct trust_known *known, const char *at, const char *end)
{
	uint32_t count, key;
	if (!take_number(&at, end, &count) ||
		end - at != (ptrdiff_t)((size_t)count * (TRUST_KNOWN_DIGEST + sizeof(key))))
		return false;
	for (uint32_t i = 0; i < count; i++, at += TRUST_KNOWN_DIGEST + sizeof(key)) {
		memcpy(&key, at + TRUST_KNOWN_DIGEST, sizeof(key));
		if (key >= known->keys.count)
			return false;
		put(known, (const unsigned char *)at, key);
	}
	return true;
}

static bool is_sealed(struct trust_known *known, const struct fmr_str *text)
{
	unsigned char sum[TRUST_KNOWN_DIGEST];
	if (text->length < sizeof(MAGIC) - 1 + sizeof(sum) || memcmp(text->bytes, MAGIC, sizeof(MAGIC) - 1) != 0)
		return false;
	const size_t length = text->length - sizeof(sum);
	fmr_trust_known_digest(known, text->bytes, length, sum);
	return memcmp(text->bytes + length, sum, sizeof(sum)) == 0;
}

static void load(struct trust_known *known)
{
	struct fmr_str text;
	fmr_str_init(&text);
	if (fmr_file_read(AT_FDCWD, known->path, FILE_LIMIT, true, &text, NULL) == 0 && is_sealed(known, &text)) {
		const char *at = text.bytes + sizeof(MAGIC) - 1, *end = text.bytes + text.length - TRUST_KNOWN_DIGEST;
		if (take_keys(known, &at, end))
			(void)take_commits(known, at, end); /* sealed by us: it fits, or what fits is true */
	}
	fmr_str_release(&text);
}

static void put_number(struct fmr_str *out, size_t number)
{
	const uint32_t small = (uint32_t)number;
	fmr_str_add(out, (const char *)&small, sizeof(small));
}

static void compose(struct trust_known *known, struct fmr_str *out)
{
	unsigned char sum[TRUST_KNOWN_DIGEST];
	fmr_str_puts(out, MAGIC);
	put_number(out, known->keys.count);
	for (size_t i = 0; i < known->keys.count; i++) {
		put_number(out, strlen(known->keys.items[i]));
		fmr_str_puts(out, known->keys.items[i]);
	}
	put_number(out, known->count);
	for (size_t i = 0; i < known->capacity; i++) {
		if (!known->table[i].used)
			continue;
		fmr_str_add(out, (const char *)known->table[i].digest, TRUST_KNOWN_DIGEST);
		put_number(out, known->table[i].key);
	}
	fmr_trust_known_digest(known, out->bytes, out->length, sum);
	fmr_str_add(out, (const char *)sum, sizeof(sum));
}

static bool write_whole(int file, const struct fmr_str *text)
{
	size_t done = 0;
	while (file >= 0 && done < text->length) {
		const ssize_t size = write(file, text->bytes + done, text->length - done);
		if (size < 0 && errno != EINTR)
			return false;
		done += size > 0 ? (size_t)size : 0;
	}
	return file >= 0;
}

/* By rename, so that a reader sees the one or the other; of two writers the last one wins, and nothing is lost that cannot
 * be found out again. */
static void save(struct trust_known *known)
{
	struct fmr_str text;
	char *temporary = fmr_format("%s-tmp-%ld", known->path, (long)getpid());
	fmr_str_init(&text);
	compose(known, &text);
	if (fmr_store_private_make(known->store, NULL, NULL) == 0) {
		int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
		bool good = write_whole(file, &text);
		if (file >= 0)
			good = close(file) == 0 && good;
		if (!good || rename(temporary, known->path) != 0)
			unlink(temporary);
	}
	free(temporary);
	fmr_str_release(&text);
}

/* ---- all together ---- */

struct trust_known *fmr_trust_known_open(struct fmr_store *store)
{
	struct fmr_hasher *hasher = fmr_hasher_new(FMR_SHA256, NULL);
	if (!hasher)
		return NULL;
	struct trust_known *known = fmr_alloc_zero(1, sizeof(*known));
	known->store = store;
	known->path = fmr_format("%s/" NAME, fmr_store_private_dir(store));
	known->hasher = hasher;
	fmr_dict_init(&known->key_of);
	load(known);
	return known;
}

void fmr_trust_known_close(struct trust_known *known)
{
	if (!known)
		return;
	if (known->added >= MUCH)
		save(known);
	for (size_t i = 0; i < known->keys.count; i++)
		free(known->keys.items[i]);
	FMR_VEC_RELEASE(&known->keys);
	fmr_dict_release(&known->key_of);
	fmr_hasher_free(known->hasher);
	free(known->table);
	free(known->path);
	free(known);
}

void fmr_trust_known_digest(struct trust_known *known, const char *bytes, size_t length,
	unsigned char digest[TRUST_KNOWN_DIGEST])
{
	fmr_hasher_begin(known->hasher);
	fmr_hasher_add(known->hasher, bytes, length);
	fmr_hasher_end(known->hasher, digest);
}

const char *fmr_trust_known_key(const struct trust_known *known, const unsigned char digest[TRUST_KNOWN_DIGEST])
{
	const struct commit *slot = known->capacity ? slot_of(known->table, known->capacity, digest) : NULL;
	return slot && slot->used ? known->keys.items[slot->key] : NULL;
}

void fmr_trust_known_add(struct trust_known *known, const unsigned char digest[TRUST_KNOWN_DIGEST], const char *key)
{
	put(known, digest, number_of(known, key));
	known->added++;
}
