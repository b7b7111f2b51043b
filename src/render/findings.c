/*
 * Findings: choice of the format, and the text for people.
 */
#include "base/i18n.h"
#include "base/text.h"
#include "render/print.h"

#include <string.h>

enum { LINE_NUMBER = 5, WIDEST_LINE = 120, BEFORE_CARET = 60 };

const char *const fmr_findings_formats[] = {
	[FMR_FINDINGS_TEXT] = "text",   [FMR_FINDINGS_JSON] = "json",     [FMR_FINDINGS_SARIF] = "sarif",
	[FMR_FINDINGS_JUNIT] = "junit", [FMR_FINDINGS_GITHUB] = "github", NULL,
};

bool fmr_findings_format_parse(const char *name, enum fmr_findings_format *out)
{
	for (size_t i = 0; fmr_findings_formats[i]; i++)
		if (strcmp(fmr_findings_formats[i], name) == 0) {
			*out = (enum fmr_findings_format)i;
			return true;
		}
	return false;
}

void fmr_render_findings(FILE *out, const struct fmr_findings *findings, enum fmr_findings_format format,
	const struct fmr_findings_style *style)
{
	typedef void render(struct fmr_str *, const struct fmr_findings *, const struct fmr_findings_style *);
	static render *const renders[] = {
		[FMR_FINDINGS_TEXT] = fmr_render_findings_text,     [FMR_FINDINGS_JSON] = fmr_render_findings_json,
		[FMR_FINDINGS_SARIF] = fmr_render_findings_sarif,   [FMR_FINDINGS_JUNIT] = fmr_render_findings_junit,
		[FMR_FINDINGS_GITHUB] = fmr_render_findings_github,
	};
	static const struct fmr_findings_style plain = { 0 };
	struct fmr_str text;
	fmr_str_init(&text);
	renders[format](&text, findings, style ? style : &plain);
	fmr_print_out(out, &text);
}

struct fmr_place fmr_finding_place(const struct fmr_finding *finding)
{
	return finding->value.line ? finding->value : finding->key;
}

/* ---- the source line ---- */

struct excerpt {
	const char *bytes;     /* what is shown of the line */
	size_t length;
	size_t caret, marked;  /* bytes before the caret, bytes under it */
	bool cut_before, cut_behind;
};

/* Byte offset of the character at this 1-based column. */
static size_t column_offset(const char *line, size_t length, size_t column)
{
	size_t offset = 0;
	for (size_t i = 1; i < column && offset < length; i++) {
		size_t size;
		fmr_utf8_decode(line + offset, length - offset, &size);
		offset += size;
	}
	return offset;
}

/* A line too wide for any screen is shown around its caret. */
static void narrow(struct excerpt *excerpt)
{
	if (fmr_text_width(excerpt->bytes, excerpt->length) <= WIDEST_LINE)
		return;
	size_t before = fmr_text_width(excerpt->bytes, excerpt->caret);
	while (excerpt->caret && before > BEFORE_CARET) {
		size_t size;
		fmr_utf8_decode(excerpt->bytes, excerpt->length, &size);
		before -= fmr_text_width(excerpt->bytes, size);
		excerpt->bytes += size;
		excerpt->length -= size;
		excerpt->caret -= size;
		excerpt->cut_before = true;
	}
	size_t fitting = fmr_text_fit(excerpt->bytes, excerpt->length, WIDEST_LINE);
	excerpt->cut_behind = fitting < excerpt->length;
	excerpt->length = fitting;
	if (excerpt->marked > excerpt->length - excerpt->caret)
		excerpt->marked = excerpt->length - excerpt->caret;
}

static struct excerpt take_excerpt(const char *line, const struct fmr_place *place)
{
	size_t length = strlen(line);
	struct excerpt excerpt = { .bytes = line, .length = length };
	excerpt.caret = column_offset(line, length, place->column);
	excerpt.marked = place->end > place->start ? place->end - place->start : 0;
	if (excerpt.marked > length - excerpt.caret)
		excerpt.marked = length - excerpt.caret;
	/* Huge lines: do not measure what will be cut away in any case. */
	if (excerpt.length - excerpt.caret > 4096) {
		excerpt.length = excerpt.caret + 4096;
		while (excerpt.length > excerpt.caret && ((unsigned char)line[excerpt.length] & 0xC0) == 0x80)
			excerpt.length--;
	}
	if (excerpt.caret > 4096) {
		size_t skip = excerpt.caret - 4096;
		while (((unsigned char)line[skip] & 0xC0) == 0x80)
			skip++;
		excerpt.bytes += skip;
		excerpt.length -= skip;
		excerpt.caret -= skip;
		excerpt.cut_before = true;
	}
	if (excerpt.marked > excerpt.length - excerpt.caret)
		excerpt.marked = excerpt.length - excerpt.caret;
	narrow(&excerpt);
	return excerpt;
}

/* Blanks as wide as the text when shown; tabs stay tabs, so both lines jump to the same column. */
static void put_blanks(struct fmr_str *out, const char *bytes, size_t length)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	for (size_t i = 0; i < length;) {
		size_t run = strcspn(bytes + i, "\t");
		if (run > length - i)
			run = length - i;
		fmr_str_clear(&shown);
		fmr_text_escape(&shown, bytes + i, run, true);
		fmr_str_repeat(out, ' ', fmr_text_width(shown.bytes, shown.length));
		i += run;
		if (i < length) {
			fmr_str_putc(out, '\t');
			i++;
		}
	}
	fmr_str_release(&shown);
}

static size_t shown_width(const char *bytes, size_t length)
{
	struct fmr_str shown;
	fmr_str_init(&shown);
	fmr_text_escape(&shown, bytes, length, true);
	size_t width = fmr_text_width(shown.bytes, shown.length);
	fmr_str_release(&shown);
	return width;
}

static void put_source(struct fmr_str *out, const struct fmr_finding *finding, bool color)
{
	struct fmr_place place = fmr_finding_place(finding);
	if (!place.line || !finding->line_text)
		return;
	struct excerpt excerpt = take_excerpt(finding->line_text, &place);
	fmr_str_printf(out, "%*zu | %s", LINE_NUMBER, place.line, excerpt.cut_before ? "…" : "");
	fmr_text_escape(out, excerpt.bytes, excerpt.length, true);
	fmr_str_printf(out, "%s\n%*s | %s", excerpt.cut_behind ? "…" : "", LINE_NUMBER, "",
		excerpt.cut_before ? " " : "");
	put_blanks(out, excerpt.bytes, excerpt.caret);
	fmr_print_color(out, color, FMR_GREEN);
	fmr_str_putc(out, '^');
	size_t width = shown_width(excerpt.bytes + excerpt.caret, excerpt.marked);
	fmr_str_repeat(out, '~', width > 1 ? width - 1 : 0);
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_putc(out, '\n');
}

/* ---- one finding ---- */

static void put_head(struct fmr_str *out, const struct fmr_finding *finding, bool color)
{
	static const enum fmr_color colors[] = {
		[FMR_ADVICE] = FMR_CYAN, [FMR_WARNING] = FMR_YELLOW, [FMR_ERROR] = FMR_RED
	};
	struct fmr_place place = fmr_finding_place(finding);
	fmr_print_color(out, color, FMR_BOLD);
	if (finding->path)
		fmr_print_safe(out, finding->path);
	if (finding->path && place.line)
		fmr_str_printf(out, ":%zu:%zu", place.line, place.column);
	fmr_print_color(out, color, FMR_PLAIN);
	if (finding->path)
		fmr_str_puts(out, ": ");
	fmr_print_color(out, color, colors[finding->severity]);
	fmr_str_printf(out, "%s:", fmr_severity_name(finding->severity));
	fmr_print_color(out, color, FMR_PLAIN);
	fmr_str_printf(out, " %s: ", fmr_code_name(finding->code));
	fmr_print_safe(out, finding->message);
	fmr_str_putc(out, '\n');
}

const char *fmr_findings_expectation(enum fmr_code code)
{
	bool choices = code == FMR_CODE_VALUE_ENUM || code == FMR_CODE_VALUE_CONST || code == FMR_CODE_CONFIG_VALUE;
	return choices ? _("allowed:") : _("expected:");
}

/* "= allowed: S1, S2; nearest: S1" */
static void put_help(struct fmr_str *out, const struct fmr_finding *finding)
{
	if (!finding->expected && !finding->hint)
		return;
	fmr_str_printf(out, "%*s = ", LINE_NUMBER, "");
	if (finding->expected) {
		fmr_str_printf(out, "%s ", fmr_findings_expectation(finding->code));
		fmr_print_safe(out, finding->expected);
	}
	if (finding->expected && finding->hint)
		fmr_str_puts(out, "; ");
	fmr_print_safe(out, finding->hint);
	fmr_str_putc(out, '\n');
}

void fmr_render_findings_text(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		put_head(out, finding, style->color);
		put_source(out, finding, style->color);
		put_help(out, finding);
	}
	size_t dropped = fmr_findings_dropped(findings);
	if (dropped)
		fmr_str_printf(out, Q_("and %zu more finding\n", "and %zu more findings\n", dropped), dropped);
}
