#include "base/dict.h"

#include "base/alloc.h"
#include "fmrec/value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct fmr_dict_slot {
	char *key; /* NULL: free */
	uint32_t hash;
	size_t number;
};

void fmr_dict_init(struct fmr_dict *dict)
{
	*dict = (struct fmr_dict){ 0 };
}

void fmr_dict_release(struct fmr_dict *dict)
{
	for (size_t i = 0; i < dict->capacity; i++)
		free(dict->slots[i].key);
	free(dict->slots);
	fmr_dict_init(dict);
}

/* The slot that holds key, or the free one where it belongs. */
static struct fmr_dict_slot *find(struct fmr_dict_slot *slots, size_t capacity, const char *key, uint32_t hash)
{
	size_t at = hash & (capacity - 1);
	while (slots[at].key && (slots[at].hash != hash || strcmp(slots[at].key, key) != 0))
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static void grow(struct fmr_dict *dict)
{
	size_t capacity = dict->capacity ? dict->capacity * 2 : 64;
	struct fmr_dict_slot *slots = fmr_alloc_zero(capacity, sizeof(*slots));
	for (size_t i = 0; i < dict->capacity; i++)
		if (dict->slots[i].key)
			*find(slots, capacity, dict->slots[i].key, dict->slots[i].hash) = dict->slots[i];
	free(dict->slots);
	dict->slots = slots;
	dict->capacity = capacity;
}

bool fmr_dict_get(const struct fmr_dict *dict, const char *key, size_t *number)
{
	if (!dict->count)
		return false;
	const struct fmr_dict_slot *slot = find(dict->slots, dict->capacity, key, fmr_text_hash(key, strlen(key)));
	if (!slot->key)
		return false;
	*number = slot->number;
	return true;
}

bool fmr_dict_add(struct fmr_dict *dict, const char *key, size_t number)
{
	if (dict->count * 2 >= dict->capacity)
		grow(dict);
	uint32_t hash = fmr_text_hash(key, strlen(key));
	struct fmr_dict_slot *slot = find(dict->slots, dict->capacity, key, hash);
	if (slot->key)
		return false;
	*slot = (struct fmr_dict_slot){ .key = fmr_strdup(key), .hash = hash, .number = number };
	dict->count++;
	return true;
}
