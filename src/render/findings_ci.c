/*
 * Findings for build servers: JUnit XML and GitHub annotations.
 */
#include "render/print.h"

#include <string.h>

/* ---- JUnit: one test case a file ---- */

static bool same_path(const struct fmr_finding *a, const struct fmr_finding *b)
{
	return strcmp(a->path ? a->path : "", b->path ? b->path : "") == 0;
}

/* The findings of one file stand together: this is behind the last one of the file of `start`. */
static size_t end_of_file(const struct fmr_findings *findings, size_t start)
{
	size_t end = start + 1;
	while (end < fmr_findings_count(findings) &&
		same_path(fmr_findings_at(findings, start), fmr_findings_at(findings, end)))
		end++;
	return end;
}

static const struct fmr_finding *first_error(const struct fmr_findings *findings, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (fmr_findings_at(findings, i)->severity == FMR_ERROR)
			return fmr_findings_at(findings, i);
	return NULL;
}

static void put_lines(struct fmr_str *out, const struct fmr_findings *findings, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		struct fmr_place place = fmr_finding_place(finding);
		if (place.line)
			fmr_str_printf(out, "%zu:%zu: ", place.line, place.column);
		fmr_str_printf(out, "%s: %s: ", fmr_severity_name(finding->severity), fmr_code_name(finding->code));
		fmr_print_xml(out, finding->message ? finding->message : "");
		fmr_str_putc(out, '\n');
	}
}

static void put_case_start(struct fmr_str *out, const char *path)
{
	fmr_str_puts(out, "  <testcase classname=\"fmrec.validate\" name=\"");
	fmr_print_xml(out, path && *path ? path : "repository");
	fmr_str_putc(out, '"');
}

static void put_case(struct fmr_str *out, const struct fmr_findings *findings, size_t start, size_t end)
{
	put_case_start(out, fmr_findings_at(findings, start)->path);
	fmr_str_puts(out, ">\n");
	const struct fmr_finding *error = first_error(findings, start, end);
	if (error) {
		fmr_str_printf(out, "    <failure type=\"%s\" message=\"", fmr_code_name(error->code));
		fmr_print_xml(out, error->message ? error->message : "");
		fmr_str_puts(out, "\">");
		put_lines(out, findings, start, end);
		fmr_str_puts(out, "</failure>\n");
	} else {
		fmr_str_puts(out, "    <system-out>");
		put_lines(out, findings, start, end);
		fmr_str_puts(out, "</system-out>\n");
	}
	fmr_str_puts(out, "  </testcase>\n");
}

void fmr_render_findings_junit(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style)
{
	struct fmr_str cases;
	fmr_str_init(&cases);
	size_t tests = 0, failures = 0;
	for (size_t i = 0; i < fmr_findings_count(findings); tests++) {
		size_t end = end_of_file(findings, i);
		failures += first_error(findings, i, end) != NULL;
		put_case(&cases, findings, i, end);
		i = end;
	}
	for (const char *const *clean = style->clean; clean && *clean; clean++, tests++) {
		put_case_start(&cases, *clean);
		fmr_str_puts(&cases, "/>\n");
	}
	fmr_str_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	fmr_str_printf(out, "<testsuites name=\"fmrec\" tests=\"%zu\" failures=\"%zu\">\n", tests, failures);
	fmr_str_printf(out, " <testsuite name=\"fmrec validate\" tests=\"%zu\" failures=\"%zu\">\n", tests, failures);
	fmr_str_add(out, cases.bytes, cases.length);
	fmr_str_puts(out, " </testsuite>\n</testsuites>\n");
	fmr_str_release(&cases);
}

/* ---- GitHub: workflow commands, one line each ---- */

/* "%", CR and LF are escaped everywhere, ":" and "," in properties too; the rest must not reach the log raw. */
static void put_github(struct fmr_str *out, const char *text, bool property)
{
	struct fmr_str safe;
	fmr_str_init(&safe);
	fmr_print_safe(&safe, text);
	for (const char *p = safe.bytes; *p; p++) {
		if (*p == '%' || *p == '\r' || *p == '\n' || (property && (*p == ':' || *p == ',')))
			fmr_str_printf(out, "%%%02X", (unsigned char)*p);
		else
			fmr_str_putc(out, *p);
	}
	fmr_str_release(&safe);
}

static void put_annotation(struct fmr_str *out, const struct fmr_finding *finding)
{
	static const char *const commands[] = {
		[FMR_ADVICE] = "notice", /* GitHub's word */
		[FMR_WARNING] = "warning", [FMR_ERROR] = "error"
	};
	struct fmr_place place = fmr_finding_place(finding);
	fmr_str_printf(out, "::%s ", commands[finding->severity]);
	if (finding->path) {
		fmr_str_puts(out, "file=");
		put_github(out, finding->path, true);
		fmr_str_putc(out, ',');
	}
	if (place.line)
		fmr_str_printf(out, "line=%zu,col=%zu,", place.line, place.column);
	fmr_str_printf(out, "title=%s::", fmr_code_name(finding->code));
	put_github(out, finding->message, false);
	if (finding->hint) {
		fmr_str_puts(out, "; ");
		put_github(out, finding->hint, false);
	}
	fmr_str_putc(out, '\n');
}

void fmr_render_findings_github(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style)
{
	(void)style;
	for (size_t i = 0; i < fmr_findings_count(findings); i++)
		put_annotation(out, fmr_findings_at(findings, i));
}
