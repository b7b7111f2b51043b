#include "schema/table.h"

static void grow_table(struct fmr_arena *arena, struct fmr_table *table)
{
	struct fmr_table old = *table;
	size_t slots = old.slots ? (old.mask + 1) * 2 : 8;
	table->slots = fmr_arena_zero(arena, slots, sizeof(*table->slots));
	table->mask = slots - 1;
	for (size_t i = 0; old.slots && i <= old.mask; i++) {
		if (!old.slots[i].key.bytes)
			continue;
		size_t k = old.slots[i].hash & table->mask;
		while (table->slots[k].key.bytes)
			k = (k + 1) & table->mask;
		table->slots[k] = old.slots[i];
	}
}

struct fmr_table_entry *fmr_table_put(struct fmr_arena *arena, struct fmr_table *table, struct fmr_text key, uint32_t hash)
{
	struct fmr_table_entry *entry = fmr_table_find(table, key, hash);
	if (entry)
		return entry;
	if (!table->slots || (table->count + 1) * 2 > table->mask + 1)
		grow_table(arena, table);
	size_t i = hash & table->mask;
	while (table->slots[i].key.bytes)
		i = (i + 1) & table->mask;
	table->count++;
	if (!key.bytes)
		key.bytes = "";
	table->slots[i] = (struct fmr_table_entry){ .key = key, .hash = hash };
	return &table->slots[i];
}

static size_t address_slot(const void *address, size_t mask)
{
	return (size_t)(((uint64_t)(uintptr_t)address >> 4) * 0x9e3779b97f4a7c15u >> 20) & mask;
}

void *fmr_address_get(const struct fmr_address_map *map, const void *address)
{
	if (!map->slots)
		return NULL;
	for (size_t i = address_slot(address, map->mask); map->slots[i].address; i = (i + 1) & map->mask)
		if (map->slots[i].address == address)
			return map->slots[i].data;
	return NULL;
}

static void put_slot(struct fmr_address_map *map, const void *address, void *data)
{
	size_t i = address_slot(address, map->mask);
	while (map->slots[i].address)
		i = (i + 1) & map->mask;
	map->slots[i] = (struct fmr_address_slot){ address, data };
}

void fmr_address_put(struct fmr_arena *arena, struct fmr_address_map *map, const void *address, void *data)
{
	if (!map->slots || (map->count + 1) * 2 > map->mask + 1) {
		struct fmr_address_map old = *map;
		size_t slots = old.slots ? (old.mask + 1) * 2 : 64;
		map->slots = fmr_arena_zero(arena, slots, sizeof(*map->slots));
		map->mask = slots - 1;
		for (size_t i = 0; old.slots && i <= old.mask; i++)
			if (old.slots[i].address)
				put_slot(map, old.slots[i].address, old.slots[i].data);
	}
	map->count++;
	put_slot(map, address, data);
}
