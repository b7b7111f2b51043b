#include "cmd/editing.h"

#include "base/text.h"
#include "cmd/tidy.h"
#include "cmd/write.h"
#include "render/render.h"

#include <ctype.h>
#include <string.h>

/* A script for an editor may repeat its mistake for ever; a person gives up before. */
enum { ROUNDS = 50, FINDINGS_CAP = 100 };

static const char mark[] = "#! ";

void fmr_editing_strip(struct fmr_str *text)
{
	for (size_t at = 0; at < text->length;) {
		const char *feed = memchr(text->bytes + at, '\n', text->length - at);
		size_t end = feed ? (size_t)(feed - text->bytes) + 1 : text->length;
		if (strncmp(text->bytes + at, mark, sizeof(mark) - 1) == 0)
			fmr_str_splice(text, at, end - at, "", 0);
		else
			at = end;
	}
}

static void add_part(struct fmr_str *line, const char *before, const char *part)
{
	if (!part || !*part)
		return;
	fmr_str_puts(line, before);
	fmr_text_escape(line, part, strlen(part), false);
}

static void finding_line(struct fmr_str *line, const struct fmr_finding *finding)
{
	fmr_str_puts(line, mark);
	if (finding->value.line)
		fmr_str_printf(line, "%zu:%zu ", finding->value.line, finding->value.column);
	fmr_str_printf(line, "%s", fmr_code_name(finding->code));
	add_part(line, ": ", finding->message);
	if (finding->expected)
		fmr_str_printf(line, "; %s", fmr_findings_expectation(finding->code));
	add_part(line, " ", finding->expected);
	add_part(line, "; ", finding->hint);
	fmr_str_putc(line, '\n');
}

/* Offset behind the given line (1-based; 0: the beginning of the text). */
static size_t behind_line(const struct fmr_str *text, size_t number)
{
	size_t at = 0;
	for (; number && at < text->length; number--) {
		const char *feed = memchr(text->bytes + at, '\n', text->length - at);
		at = feed ? (size_t)(feed - text->bytes) + 1 : text->length;
	}
	return at;
}

void fmr_editing_annotate(struct fmr_str *text, const struct fmr_findings *findings)
{
	struct fmr_str line;
	fmr_str_init(&line);
	size_t original = text->length;
	if (original && text->bytes[original - 1] != '\n' && fmr_findings_count(findings))
		fmr_str_putc(text, '\n');
	for (size_t i = fmr_findings_count(findings); i-- > 0;) { /* sorted: from the end, so that lines stay put */
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		fmr_str_clear(&line);
		finding_line(&line, finding);
		fmr_str_splice(text, behind_line(text, finding->value.line), 0, line.bytes, line.length);
	}
	fmr_str_release(&line);
}

/* Only comments and white space: the user wants none of it. */
static bool is_blank(const struct fmr_str *text)
{
	for (size_t at = 0; at < text->length;) {
		while (at < text->length && isspace((unsigned char)text->bytes[at]))
			at++;
		if (at == text->length)
			break;
		if (text->bytes[at] != '#')
			return false;
		const char *feed = memchr(text->bytes + at, '\n', text->length - at);
		at = feed ? (size_t)(feed - text->bytes) + 1 : text->length;
	}
	return true;
}

static bool same(const struct fmr_str *a, const struct fmr_str *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void copy(struct fmr_str *to, const struct fmr_str *from)
{
	fmr_str_clear(to);
	fmr_str_add(to, from->bytes, from->length);
}

/* Show text with its findings; edited is what came back, without them. */
static int edit_once(struct fmr_cli *cli, const struct fmr_str *text, const struct fmr_findings *findings,
	struct fmr_str *edited, struct fmr_err *err)
{
	copy(edited, text);
	fmr_editing_annotate(edited, findings);
	int result = fmr_cli_edit(cli, edited, ".yaml", err);
	fmr_editing_strip(edited);
	if (text->length && text->bytes[text->length - 1] != '\n' && edited->length == text->length + 1 &&
		memcmp(edited->bytes, text->bytes, text->length) == 0)
		fmr_str_truncate(edited, text->length); /* the line end is of the annotation, or of the editor */
	return result;
}

struct loop {
	struct fmr_cli *cli;
	const struct fmr_editing *editing;
	struct fmr_findings *findings;
	struct fmr_str edited;
	bool touched, refused;
};

static int check(struct loop *loop, const struct fmr_str *text, struct fmr_err *err)
{
	fmr_findings_truncate(loop->findings, 0);
	int result = fmr_write_check(loop->cli, loop->editing->path, loop->editing->before, text, loop->findings,
		&loop->refused, err);
	fmr_findings_sort(loop->findings);
	return result;
}

/* One turn of the loop: true when it ended. */
static bool turn(struct loop *loop, struct fmr_str *text, enum fmr_editing_end *end, int *result, struct fmr_err *err)
{
	const struct fmr_editing *editing = loop->editing;
	*result = edit_once(loop->cli, text, loop->findings, &loop->edited, err);
	bool changed = !same(&loop->edited, text), blank = is_blank(&loop->edited);
	if (!editing->before && (changed || editing->accept_unchanged))
		fmr_tidy_empty(editing->type, editing->path, &loop->edited);
	if (!blank)
		copy(text, &loop->edited);
	loop->touched |= changed && !blank;
	if (changed && !blank && !editing->dry_run) /* whatever kills us from here on, the text is there */
		(void)fmr_draft_save(loop->cli, editing->id, text, editing->before, NULL);
	if (*result)
		return true;
	if (blank) {
		*end = FMR_EDITING_ABANDONED;
		return true;
	}
	if (!changed && (loop->refused || !editing->accept_unchanged)) {
		*end = loop->touched || loop->refused ? FMR_EDITING_ABANDONED : FMR_EDITING_UNCHANGED;
		return true;
	}
	*result = check(loop, text, err);
	if (*result || loop->refused)
		return *result != 0;
	if (!editing->before)
		fmr_tidy_notes(loop->cli, editing->type, editing->id, text);
	*end = FMR_EDITING_DONE;
	return true;
}

int fmr_editing_run(struct fmr_cli *cli, const struct fmr_editing *editing, struct fmr_str *text,
	enum fmr_editing_end *end, struct fmr_err *err)
{
	struct loop loop = { .cli = cli, .editing = editing, .findings = fmr_findings_new(FINDINGS_CAP) };
	fmr_str_init(&loop.edited);
	*end = FMR_EDITING_ABANDONED;
	int result = 0;
	if (editing->check_first) {
		if (!editing->before)
			fmr_tidy_empty(editing->type, editing->path, text);
		result = check(&loop, text, err);
	}
	bool ended = result != 0;
	for (int round = 0; !ended && round < ROUNDS; round++)
		ended = turn(&loop, text, end, &result, err);
	if (result == 0 && *end == FMR_EDITING_ABANDONED && loop.refused)
		fmr_write_show_findings(cli, loop.findings);
	if ((result || *end == FMR_EDITING_ABANDONED) && (loop.touched || editing->keep))
		fmr_draft_keep(cli, editing->id, text, editing->before);
	fmr_str_release(&loop.edited);
	fmr_findings_free(loop.findings);
	return result;
}
