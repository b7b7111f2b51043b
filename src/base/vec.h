/*
 * Growing arrays of any type:
 *
 *	struct names { const char **items; size_t count, capacity; } names = { 0 };
 *	FMR_VEC_PUSH(&names, "x");
 *	FMR_VEC_RELEASE(&names);
 */
#ifndef FMR_BASE_VEC_H
#define FMR_BASE_VEC_H

#include "base/alloc.h"

#include <stdlib.h>

#define FMR_VEC(type)                                                                                                  \
	struct {                                                                                                       \
		type *items;                                                                                           \
		size_t count, capacity;                                                                                \
	}

/* Make room for one more and return its address, not initialised. */
#define FMR_VEC_ADD(vec)                                                                                               \
	(((vec)->count == (vec)->capacity                                                                              \
		 ? ((vec)->capacity = (vec)->capacity ? (vec)->capacity * 2 : 8,                                       \
			   (vec)->items = fmr_realloc((vec)->items, (vec)->capacity, sizeof(*(vec)->items)))           \
		 : (vec)->items),                                                                                      \
		&(vec)->items[(vec)->count++])

#define FMR_VEC_PUSH(vec, item) (*FMR_VEC_ADD(vec) = (item))

/* Make room for the first `room` items of an empty array. */
#define FMR_VEC_RESERVE(vec, room)                                                                                     \
	((vec)->capacity = (room), (vec)->items = fmr_realloc((vec)->items, (vec)->capacity, sizeof(*(vec)->items)))

#define FMR_VEC_RELEASE(vec)                                                                                           \
	(free((vec)->items), (vec)->items = NULL, (vec)->count = 0, (vec)->capacity = 0)

#endif
