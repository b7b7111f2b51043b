/*
 * Hidden: all codes of findings, for fmrec-codes(7) and tests.
 */
#include "cli/cli.h"
#include "render/audit_print.h"

#include <stdio.h>
#include <string.h>

/* mdoc reads "\" as an escape and a period or an apostrophe at the start of a line as a request. */
static void put_mdoc(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '\'')
			fputs("\\(aq", out);
		else
			fputc(*text, out);
	}
	fputc('\n', out);
}

static void put_section(FILE *out, const char *name)
{
	fprintf(out, ".Ss %.*s\n.Bl -tag -width Ds\n", (int)strcspn(name, "."), name);
}

/* A severity, or of a code of audit alone what it means for the verdict. */
static const char *weight(enum fmr_code code)
{
	static const bool of_audit[FMR_CODE_COUNT] = {
#define FMR_CODE(name, text, severity, meaning)
#define FMR_AUDIT_CODE(name, text, outcome, meaning) [FMR_CODE_##name] = true,
#include "fmrec/codes.def"
#undef FMR_CODE
	};
	return of_audit[code] ? fmr_audit_outcome_name(fmr_code_outcome(code)) : fmr_severity_name(fmr_code_severity(code));
}

static void put_page_rows(FILE *out)
{
	const char *before = NULL;
	for (int code = 0; code < FMR_CODE_COUNT; code++) {
		const char *name = fmr_code_name((enum fmr_code)code);
		size_t prefix = strcspn(name, ".") + 1;
		if (!before || strncmp(before, name, prefix) != 0) {
			if (before)
				fputs(".El\n", out);
			put_section(out, name);
		}
		fprintf(out, ".It Li %s Pq %s\n", name, weight((enum fmr_code)code));
		put_mdoc(out, fmr_code_meaning((enum fmr_code)code));
		before = name;
	}
	fputs(".El\n", out);
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)err;
	if (argc == 1 && strcmp(argv[0], "--mdoc") == 0) {
		put_page_rows(cli->out);
		return FMR_EXIT_OK;
	}
	for (int code = 0; code < FMR_CODE_COUNT; code++)
		fprintf(cli->out, "%s\t%s\t%s\n", fmr_code_name((enum fmr_code)code),
			fmr_severity_name(fmr_code_severity((enum fmr_code)code)), fmr_code_meaning((enum fmr_code)code));
	return FMR_EXIT_OK;
}

const struct fmr_command fmr_command_codes = {
	.name = "__codes",
	.run = run,
};
