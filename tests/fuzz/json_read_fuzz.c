/* Any bytes: what is read is written, and reads back the same, as JSON and (JSON being YAML) as YAML. */
#include "bytes.h"

#include "json/json.h"
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

static void check_round_trip(const struct fmr_value *value, struct fmr_arena *arena, struct fmr_findings *findings)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_json_write(&text, value);
	const struct fmr_source json = { "back", text.bytes, text.length };
	const struct fmr_value *back = fmr_json_read(&json, arena, findings);
	require(back && fmr_value_equal(back, value));
	fmr_str_clear(&text);
	fmr_yaml_write(&text, value, 0);
	const struct fmr_source yaml = { "back", text.bytes, text.length };
	back = fmr_yaml_read_record(&yaml, arena, findings);
	require(back && fmr_value_equal(back, value));
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	const struct fmr_source source = { "fuzz", bytes, size };
	struct fmr_arena arena;
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	const struct fmr_value *value = fmr_json_read(&source, &arena, findings);
	require(!value == (fmr_findings_count(findings) > 0));
	if (value)
		check_round_trip(value, &arena, findings);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
