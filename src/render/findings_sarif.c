/*
 * Findings as SARIF 2.1.0, for code scanning services.
 */
#include "render/print.h"

#include "json/json.h"

#include <string.h>

static const char *level(enum fmr_severity severity)
{
	static const char *const names[] = { [FMR_ADVICE] = "note", [FMR_WARNING] = "warning", [FMR_ERROR] = "error" };
	return names[severity];
}

/* {"text":"..."} */
static void put_message(struct fmr_str *out, const char *text)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "text", text ? text : "");
	fmr_str_putc(out, '}');
}

/* A path as a relative URI reference. */
static void put_uri(struct fmr_str *out, const char *path)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	fmr_str_putc(out, '"');
	for (; *path; path++) {
		if (strchr(safe, *path))
			fmr_str_putc(out, *path);
		else
			fmr_str_printf(out, "%%%02X", (unsigned char)*path);
	}
	fmr_str_putc(out, '"');
}

/* The rules are the codes that occur; indexes[code] is the position of its rule. */
static void put_rules(struct fmr_str *out, const struct fmr_findings *findings, size_t indexes[FMR_CODE_COUNT])
{
	bool used[FMR_CODE_COUNT] = { false };
	for (size_t i = 0; i < fmr_findings_count(findings); i++)
		used[fmr_findings_at(findings, i)->code] = true;
	size_t count = 0;
	for (int code = 0; code < FMR_CODE_COUNT; code++) {
		if (!used[code])
			continue;
		indexes[code] = count;
		bool first = true;
		fmr_str_puts(out, count++ ? ",{" : "{");
		fmr_print_member(out, &first, "id", fmr_code_name((enum fmr_code)code));
		fmr_print_key(out, &first, "shortDescription");
		put_message(out, fmr_code_meaning((enum fmr_code)code));
		fmr_print_key(out, &first, "defaultConfiguration");
		fmr_str_printf(out, "{\"level\":\"%s\"}}", level(fmr_code_severity((enum fmr_code)code)));
	}
}

static void put_location(struct fmr_str *out, const struct fmr_finding *finding)
{
	struct fmr_place place = fmr_finding_place(finding);
	bool first = true;
	fmr_str_puts(out, "[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
	put_uri(out, finding->path);
	fmr_str_puts(out, finding->path[0] == '/' ? "}" : ",\"uriBaseId\":\"%SRCROOT%\"}");
	if (place.line)
		fmr_str_printf(out, ",\"region\":{\"startLine\":%zu,\"startColumn\":%zu}", place.line, place.column);
	fmr_str_putc(out, '}');
	if (finding->pointer) {
		fmr_str_puts(out, ",\"logicalLocations\":[{");
		fmr_print_member(out, &first, "fullyQualifiedName", finding->pointer);
		fmr_str_puts(out, "}]");
	}
	fmr_str_puts(out, "}]");
}

static void put_result(struct fmr_str *out, const struct fmr_finding *finding, size_t rule)
{
	bool first = true;
	fmr_str_putc(out, '{');
	fmr_print_member(out, &first, "ruleId", fmr_code_name(finding->code));
	fmr_print_member_number(out, &first, "ruleIndex", rule);
	fmr_print_member(out, &first, "level", level(finding->severity));
	fmr_print_key(out, &first, "message");
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, finding->message ? finding->message : "");
	if (finding->hint)
		fmr_str_printf(&text, "; %s", finding->hint);
	put_message(out, text.bytes);
	fmr_str_release(&text);
	if (finding->path) {
		fmr_print_key(out, &first, "locations");
		put_location(out, finding);
	}
	fmr_str_putc(out, '}');
}

void fmr_render_findings_sarif(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style)
{
	(void)style;
	size_t indexes[FMR_CODE_COUNT] = { 0 };
	fmr_str_puts(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\n"
			  "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"fmrec\",\"version\":\"" FMR_VERSION "\",\"rules\":[");
	put_rules(out, findings, indexes);
	fmr_str_puts(out, "]}},\n\"columnKind\":\"unicodeCodePoints\",\"results\":[");
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		fmr_str_puts(out, i ? ",\n" : "\n");
		put_result(out, finding, indexes[finding->code]);
	}
	fmr_str_puts(out, "]}]}\n");
}
