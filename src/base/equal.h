/*
 * Equality of values as JSON Schema sees it, and what finding equal ones fast needs.
 */
#ifndef FMR_BASE_EQUAL_H
#define FMR_BASE_EQUAL_H

#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Equal values (fmr_value_equal) have equal hashes. */
uint32_t fmr_value_hash(const struct fmr_value *value);

/* true when two items of the list are equal; then *first < *second say which.  Sorts by hash: no quadratic time. */
bool fmr_value_find_twins(const struct fmr_value *list, size_t *first, size_t *second);

#endif
