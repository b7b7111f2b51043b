/* Any bytes: what is made of them is valid UTF-8, without what a terminal must not see, and within its width. */
#include "bytes.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_escape(const char *bytes, size_t length, bool keep_lines)
{
	struct fmr_str out;
	fmr_str_init(&out);
	fmr_text_escape(&out, bytes, length, keep_lines);
	require(fmr_utf8_valid(out.bytes, out.length) == out.length);
	for (size_t i = 0; i < out.length; i++)
		require((unsigned char)out.bytes[i] >= 0x20 || (keep_lines && strchr("\n\t", out.bytes[i])));
	const size_t whole = out.length;
	fmr_text_escape(&out, out.bytes, 0, keep_lines);
	require(out.length == whole);
	fmr_str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	struct fmr_str out;
	fmr_str_init(&out);

	const size_t valid = fmr_utf8_valid(bytes, size);
	require(valid <= size && fmr_utf8_valid(bytes, valid) == valid);
	for (size_t i = 0, step; i < valid; i += step) {
		const uint32_t c = fmr_utf8_decode(bytes + i, size - i, &step);
		fmr_str_clear(&out);
		fmr_utf8_encode(&out, c);
		require(out.length == step && memcmp(out.bytes, bytes + i, step) == 0);
	}
	check_escape(bytes, size, true);
	check_escape(bytes, size, false);
	fmr_str_clear(&out);
	fmr_text_fold(&out, bytes, size);
	require(fmr_utf8_valid(out.bytes, out.length) == out.length || valid < size);
	fmr_str_clear(&out);
	fmr_text_nfkc(&out, bytes, size);
	require(fmr_utf8_valid(out.bytes, out.length) == out.length);

	const size_t width = fmr_text_width(bytes, size), half = fmr_text_fit(bytes, size, width / 2);
	require(half <= size && fmr_text_width(bytes, half) <= width / 2 && fmr_text_fit(bytes, size, width) == size);
	const char *const candidates[] = { "severity", bytes, "障害" };
	require(fmr_text_distance(bytes, bytes) == 0);
	fmr_text_nearest(bytes, candidates, 3);
	fmr_str_release(&out);
	free(bytes);
	return 0;
}
