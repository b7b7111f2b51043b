/*
 * What two sequences have in common, in order.
 */
#ifndef FMR_BASE_SEQUENCE_H
#define FMR_BASE_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FMR_UNMATCHED SIZE_MAX

/* Are element `a` of the first and element `b` of the second sequence alike? */
typedef bool fmr_sequence_same(const void *context, size_t a, size_t b);

/*
 * The longest common subsequence: match[a] becomes the position in the second
 * sequence of element a of the first (count_a of them), or FMR_UNMATCHED; what
 * is matched rises.  Beginnings and ends that are alike cost linear time.  When
 * the middle would need a table of more than 4 Mi cells, nothing in it is
 * matched: time and memory are bounded.
 */
void fmr_sequence_match(size_t count_a, size_t count_b, fmr_sequence_same *same, const void *context, size_t *match);

/* The longest rising part of positions (FMR_UNMATCHED is left out): stays[i] tells whether positions[i] is in it. */
void fmr_sequence_rise(const size_t *positions, size_t count, bool *stays);

#endif
