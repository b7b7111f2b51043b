/*
 * Findings as JSON: schema/output/findings.json is the contract.
 */
#include "render/print.h"

#include <string.h>

enum { SCHEMA_VERSION = 1 };

static void put_place(struct fmr_str *out, bool *first, const char *name, const struct fmr_place *place)
{
	if (!place->line)
		return;
	fmr_print_key(out, first, name);
	fmr_str_printf(out, "{\"line\":%zu,\"column\":%zu,\"start\":%zu,\"end\":%zu}", place->line, place->column,
		place->start, place->end);
}

static void put_finding(struct fmr_str *out, const struct fmr_finding *finding)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "code", fmr_code_name(finding->code));
	fmr_print_member(out, &first, "severity", fmr_severity_name(finding->severity));
	fmr_print_member(out, &first, "path", finding->path);
	put_place(out, &first, "value", &finding->value);
	put_place(out, &first, "key", &finding->key);
	fmr_print_member(out, &first, "pointer", finding->pointer);
	fmr_print_member(out, &first, "schema_pointer", finding->schema_pointer);
	fmr_print_member(out, &first, "message", finding->message);
	fmr_print_member(out, &first, "expected", finding->expected);
	fmr_print_member(out, &first, "found", finding->found);
	fmr_print_member(out, &first, "hint", finding->hint);
	fmr_str_putc(out, '}');
}

void fmr_render_findings_json(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style)
{
	(void)style;
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member_number(out, &first, "schema_version", SCHEMA_VERSION);
	fmr_print_member(out, &first, "fmrec_version", FMR_VERSION);
	fmr_print_member_number(out, &first, "errors", fmr_findings_errors(findings));
	fmr_print_member_number(out, &first, "dropped", fmr_findings_dropped(findings));
	fmr_print_key(out, &first, "findings");
	fmr_str_putc(out, '[');
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		fmr_str_puts(out, i ? ",\n" : "\n");
		put_finding(out, fmr_findings_at(findings, i));
	}
	fmr_str_puts(out, "]}\n");
}
