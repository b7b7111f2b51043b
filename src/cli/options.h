/*
 * Option tables: parsing into structs, and the usage text made from them.
 */
#ifndef FMR_CLI_OPTIONS_H
#define FMR_CLI_OPTIONS_H

#include "base/str.h"
#include "cli/cli.h"

/* One table and the struct that its rows fill. */
struct fmr_option_set {
	const struct fmr_option *options; /* ended by a row without name; NULL: none */
	void *values;
};

struct fmr_parse {
	struct fmr_option_set sets[3]; /* letters and exact names of the first set win */
	size_t set_count;
	bool stop_at_operand;          /* leave everything from the first operand on alone */
	bool query;                    /* "-word:rest" is an operand */
};

/* Parse argv[0..argc).  Operands are moved to the front of argv in their order and counted into *operands;
 * with stop_at_operand the first operand and all behind it.  Values are borrowed from argv. */
int fmr_options_parse(const struct fmr_parse *parse, int argc, char **argv, int *operands, struct fmr_err *err);
/* Free the lists that parsing made in values. */
void fmr_options_release(const struct fmr_option *options, void *values);

size_t fmr_options_count(const struct fmr_option *options);
/* Append "usage: fmrec NAME ..." lines and the rows of the table. */
void fmr_options_usage(struct fmr_str *out, const struct fmr_command *command);
void fmr_options_rows(struct fmr_str *out, const struct fmr_option *options);

#endif
