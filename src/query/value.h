/*
 * Conditions on one scalar: what was typed, understood as the field would.
 */
#ifndef FMR_QUERY_VALUE_H
#define FMR_QUERY_VALUE_H

#include "query/compile.h"

/* The condition that `column` (SQL) has to do with the operand; marks the operand valid, or notes why it is not (then
 * NEVER).  Never with OP_UNEQUAL, OP_HAS, OP_MISSING, OP_WORD. */
enum truth fmr_value_compile(struct compiler *compiler, const struct fmr_field *field, const char *column,
	enum operator op, const struct operand *operand);
/* For texts that are no field. */
enum truth fmr_value_text(struct compiler *compiler, const char *column, enum operator op, const struct operand *operand);
/* For the id of records of these types (NULL: all); titles: or their titles. */
enum truth fmr_value_id(struct compiler *compiler, const char *const *types, const char *column, bool titles,
	enum operator op, const struct operand *operand);
/* For numbers that are no field. */
enum truth fmr_value_number(struct compiler *compiler, const char *expression, enum operator op,
	const struct operand *operand);

/* An operand that cannot be understood. */
enum truth fmr_value_refuse(struct compiler *compiler, const struct operand *operand, const char *hint,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The form of a text in which texts are compared. */
const char *fmr_value_folded(struct fmr_arena *arena, const char *text);

#endif
