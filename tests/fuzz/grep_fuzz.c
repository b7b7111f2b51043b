/*
 * First line: a pattern; the rest: a text of any bytes.  Lines found in the whole text are those found line by line.
 */
#include "base/regex_posix.h"
#include "search/grep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Is the line found when it is the whole text? */
static bool stands_alone(const struct fmr_pattern *pattern, const char *text, size_t start, size_t end, bool *hard)
{
	struct fmr_line line;
	struct fmr_span match;
	if (start == end) /* an empty text has no line */
		return fmr_pattern_next(pattern, "\n", 1, 0, &line, &match) == FMR_REGEX_YES;
	enum fmr_regex_result result = fmr_pattern_next(pattern, text + start, end - start, 0, &line, &match);
	*hard |= result == FMR_REGEX_LIMIT;
	return result == FMR_REGEX_YES;
}

static void compare(const struct fmr_pattern *pattern, const char *text, size_t size)
{
	size_t from = 0;
	bool hard = false;
	while (from < size && !hard) {
		struct fmr_line line = { size, size };
		struct fmr_span match = { 0, 0 };
		enum fmr_regex_result result = fmr_pattern_next(pattern, text, size, from, &line, &match);
		hard |= result == FMR_REGEX_LIMIT;
		require(result != FMR_REGEX_YES || (line.start <= match.start && match.end <= line.end && line.start >= from));
		const size_t stop = result == FMR_REGEX_NO ? size : line.start;
		while (from < stop && !hard) {
			const char *end = memchr(text + from, '\n', size - from);
			const size_t next = end ? (size_t)(end - text) : size;
			require(!stands_alone(pattern, text, from, next, &hard) || hard);
			from = next + 1;
		}
		if (result == FMR_REGEX_NO)
			break;
		require(hard || stands_alone(pattern, text, line.start, line.end, &hard) || hard);
		from = line.end + 1;
	}
}

static void show(const struct fmr_pattern *pattern, const char *text, size_t size)
{
	static const char *const fields[] = { "a", "b.c", NULL };
	const struct fmr_scan_text scanned = { "records/x/X-1.yaml", "X-1", NULL, text, size };
	for (int i = 0; i < 4; i++) {
		const struct fmr_grep_options options = { .pattern = pattern, .invert = i & 1, .lines = true, .spans = true,
			.places = true, .before = 1, .after = 2, .fields = i & 2 ? fields : NULL, .none = true };
		struct fmr_grep *grep = fmr_grep_new(&options);
		struct fmr_grep_found *found = fmr_grep_text(grep, &scanned);
		size_t last = 0;
		for (size_t j = 0; j < found->line_count; j++) {
			require(found->lines[j].number > last);
			last = found->lines[j].number;
		}
		fmr_grep_found_free(found);
		fmr_grep_free(grep);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	const size_t length = end ? (size_t)(end - data) : size;
	const size_t rest = end ? size - length - 1 : 0;
	char *text = malloc(rest + 1), *words = malloc(length + 1);
	require(text && words);
	memcpy(text, data + size - rest, rest);
	memcpy(words, data, length);
	text[rest] = words[length] = '\0';
	const struct fmr_text given = { words, length };
	for (int kind = FMR_PATTERN_BASIC; kind <= FMR_PATTERN_PERL; kind++) {
		const struct fmr_pattern_options options = { .kind = (enum fmr_pattern_kind)kind, .ignore_case = length & 1,
			.word = length & 2 };
		struct fmr_pattern *pattern;
		if (fmr_pattern_new(&given, 1, &options, &pattern, NULL))
			continue;
		compare(pattern, text, rest);
		show(pattern, text, rest);
		fmr_pattern_free(pattern);
	}
	free(text);
	free(words);
	return 0;
}
