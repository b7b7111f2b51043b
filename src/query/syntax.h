/*
 * From the text of a query to its tree, without knowing any type: what fmrec-query(7) calls the language.
 */
#ifndef FMR_QUERY_SYNTAX_H
#define FMR_QUERY_SYNTAX_H

#include "base/arena.h"
#include "fmrec/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A part of the query's text, for messages. */
struct place {
	size_t start, end; /* bytes; end is behind the last */
};

enum operator {
	OP_FITS, /* ":" is, holds, lies in */
	OP_EQUAL,
	OP_UNEQUAL,
	OP_LESS,
	OP_LESS_EQUAL,
	OP_GREATER,
	OP_GREATER_EQUAL,
	OP_HAS,     /* the values are names */
	OP_MISSING, /* the values are names */
	OP_WORD,    /* no name: one value, to be found in any text */
};

struct operand {
	const char *text;      /* without quotes or slashes */
	bool quoted, regex, icase;
	bool range;            /* from..to: either may be "", not both */
	const char *from, *to;
	struct place place;
	size_t number;         /* among the operands of the query */
};

struct term {
	const char *name;      /* as typed; NULL for OP_WORD */
	struct place name_place;
	enum operator op;
	const struct operand *operands;
	size_t count;          /* one of them must hold */
	struct place place;
	size_t number;         /* among the terms of the query */
};

enum node_kind { NODE_TERM, NODE_AND, NODE_OR, NODE_NOT };

struct node {
	enum node_kind kind;
	struct term term;      /* NODE_TERM */
	struct node **parts;   /* the others; one of NODE_NOT */
	size_t count;
};

struct syntax {
	const char *text;
	const struct node *root; /* NULL: the empty query, which every record fits */
	size_t term_count, operand_count;
};

/* The tree lives in arena, as does a copy of the text.  FMR_ERR_INVALID points at the column; FMR_ERR_LIMIT. */
int fmr_syntax_parse(const char *text, struct fmr_arena *arena, struct syntax *out, struct fmr_err *err);

/* Set err; its hint shows the place in the query, with what `hint` (may be NULL) says below it. */
int fmr_syntax_fault(const char *text, struct place place, const char *hint, struct fmr_err *err,
	enum fmr_error code, const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif
