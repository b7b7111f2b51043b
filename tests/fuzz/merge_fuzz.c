/*
 * Three texts, parted by the byte 0x1E, behind a byte of options.  Whatever they are: what has no conflict and was
 * merged by field can be read, one changed side is the result, and both ways of merging agree.
 */
#include "record/merge.h"
#include "yaml/edit.h"
#include "yaml/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct merged {
	struct fmr_str text;
	struct fmr_merge_result result;
};

static struct merged merge(const struct fmr_merge_options *options, struct fmr_text base, struct fmr_text ours,
	struct fmr_text theirs)
{
	struct merged merged;
	fmr_str_init(&merged.text);
	fmr_str_init(&merged.result.fields);
	fmr_merge_texts(options, base, ours, theirs, &merged.text, &merged.result);
	return merged;
}

static void release(struct merged *merged)
{
	fmr_str_release(&merged->text);
	fmr_str_release(&merged->result.fields);
}

static const struct fmr_value *parse(const struct fmr_str *text, struct fmr_arena *arena)
{
	const struct fmr_source source = { "fuzz", text->bytes, text->length };
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	fmr_findings_free(findings);
	return root;
}

static void require_same(const struct fmr_text *wanted, const struct merged *got)
{
	require(got->text.length == wanted->length && memcmp(got->text.bytes, wanted->bytes, wanted->length) == 0);
}

static void check(const struct fmr_merge_options *options, const struct fmr_text side[3])
{
	struct merged there = merge(options, side[0], side[1], side[2]), back = merge(options, side[0], side[2], side[1]),
		      one = merge(options, side[0], side[1], side[0]), other = merge(options, side[0], side[0], side[2]);
	require_same(&side[1], &one);
	require_same(&side[2], &other);
	if (!there.result.conflicts && !there.result.by_lines && !back.result.conflicts && !back.result.by_lines &&
		options->favor == FMR_FAVOR_NONE) {
		struct fmr_arena arena;
		fmr_arena_init(&arena);
		const struct fmr_value *a = parse(&there.text, &arena), *b = parse(&back.text, &arena);
		/* nothing to merge when a side was not touched: that may be no record at all */
		if (!options->markers.size)
			require(!a == !b && (!a || fmr_same_value(a, b)));
		fmr_arena_release(&arena);
	}
	release(&there);
	release(&back);
	release(&one);
	release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	char *bytes = malloc(size);
	require(bytes);
	memcpy(bytes, data + 1, size - 1);
	bytes[size - 1] = '\0';
	struct fmr_text side[3] = { { bytes, size - 1 }, { bytes, 0 }, { bytes, 0 } };
	for (int i = 0; i < 2; i++) {
		char *cut = side[i].length ? memchr(side[i].bytes, 0x1E, side[i].length) : NULL;
		if (!cut)
			continue;
		const size_t length = (size_t)(cut - side[i].bytes);
		side[i + 1] = (struct fmr_text){ cut + 1, side[i].length - length - 1 };
		side[i].length = length;
		*cut = '\0';
	}
	const struct fmr_merge_options options = { .markers = { .style = (enum fmr_marker_style)(data[0] % 3),
							   .size = data[0] / 3 % 2 ? 9 : 0, .ours = "ours", .theirs = "theirs" },
		.favor = (enum fmr_merge_favor)(data[0] / 6 % 3) };
	check(&options, side);
	free(bytes);
	return 0;
}
