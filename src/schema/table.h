/*
 * Hash tables of the schema engine: texts to pointers, addresses to pointers.  Memory comes from an arena.
 */
#ifndef FMR_SCHEMA_TABLE_H
#define FMR_SCHEMA_TABLE_H

#include "base/arena.h"
#include "fmrec/value.h"

#include <stddef.h>
#include <stdint.h>

struct fmr_table_entry {
	struct fmr_text key; /* bytes NULL: free slot */
	uint32_t hash;
	bool flag; /* the user's */
	void *data;
};

struct fmr_table {
	struct fmr_table_entry *slots;
	size_t mask;  /* number of slots - 1; 0 slots: slots is NULL */
	size_t count;
};

/* The entry of key, made with data NULL when it is not there yet.  key is borrowed. */
struct fmr_table_entry *fmr_table_put(struct fmr_arena *arena, struct fmr_table *table, struct fmr_text key, uint32_t hash);

static inline struct fmr_table_entry *fmr_table_find(const struct fmr_table *table, struct fmr_text key, uint32_t hash)
{
	if (!table->slots)
		return NULL;
	for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
		struct fmr_table_entry *entry = &table->slots[i];
		if (!entry->key.bytes)
			return NULL;
		if (entry->hash == hash && entry->key.length == key.length &&
			__builtin_memcmp(entry->key.bytes, key.bytes, key.length) == 0)
			return entry;
	}
}

/* From the addresses of values to what belongs to them. */
struct fmr_address_map {
	struct fmr_address_slot {
		const void *address;
		void *data;
	} *slots;
	size_t mask, count;
};

void *fmr_address_get(const struct fmr_address_map *map, const void *address);
void fmr_address_put(struct fmr_arena *arena, struct fmr_address_map *map, const void *address, void *data);

#endif
