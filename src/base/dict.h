/*
 * From a string to a number: a hash table that keeps its own copies of the keys.
 */
#ifndef FMR_BASE_DICT_H
#define FMR_BASE_DICT_H

#include <stdbool.h>
#include <stddef.h>

struct fmr_dict {
	struct fmr_dict_slot *slots; /* a power of two of them, at most half of them used */
	size_t capacity, count;
};

void fmr_dict_init(struct fmr_dict *dict);
void fmr_dict_release(struct fmr_dict *dict);

/* The number of key; false when it is not there. */
bool fmr_dict_get(const struct fmr_dict *dict, const char *key, size_t *number);
/* Add key with this number; false, and nothing is changed, when it is there already. */
bool fmr_dict_add(struct fmr_dict *dict, const char *key, size_t number);

#endif
