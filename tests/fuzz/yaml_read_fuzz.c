/* Any bytes: spans stay inside the text, depth within the limit, and what was read is written and read back. */
#include "bytes.h"

#include "yaml/yaml.h"

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

static void check_span(struct fmr_span span, size_t length)
{
	require(span.start <= span.end && span.end <= length);
}

static void check_value(const struct fmr_value *value, size_t length, int depth)
{
	require(value && depth <= FMR_YAML_DEPTH + 1);
	check_span(value->span, length);
	if (value->kind == FMR_STRING || value->kind == FMR_NUMBER)
		require(fmr_utf8_valid(value->text.bytes, value->text.length) == value->text.length &&
			value->text.bytes[value->text.length] == '\0');
	if (value->kind == FMR_LIST)
		for (size_t i = 0; i < value->list.count; i++)
			check_value(value->list.items[i], length, depth + 1);
	if (value->kind == FMR_MAP)
		for (size_t i = 0; i < value->map.count; i++) {
			check_span(value->map.members[i].key_span, length);
			check_value(value->map.members[i].value, length, depth + 1);
		}
}

static void check_findings(const struct fmr_findings *findings, size_t length)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		require(finding->value.line > 0 && finding->value.column > 0);
		check_span((struct fmr_span){ finding->value.start, finding->value.end }, length + 3);
		require(finding->message && *finding->message);
	}
}

static void check_round_trip(const struct fmr_value *value, struct fmr_arena *arena)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_yaml_write(&text, value, 0);
	const struct fmr_source source = { "back", text.bytes, text.length };
	struct fmr_findings *findings = fmr_findings_new(0);
	const struct fmr_value *back = fmr_yaml_read_record(&source, arena, findings);
	require(text.length > FMR_YAML_SIZE || (back && fmr_value_equal(back, value)));
	fmr_findings_free(findings);
	fmr_str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	const struct fmr_source source = { "fuzz", bytes, size };
	for (enum fmr_yaml_rules rules = FMR_YAML_RECORD; rules <= FMR_YAML_FOREIGN; rules++) {
		struct fmr_arena arena;
		struct fmr_documents documents;
		struct fmr_findings *findings = fmr_findings_new(0);
		fmr_arena_init(&arena);
		fmr_yaml_read(&source, rules, &arena, &documents, findings);
		check_findings(findings, size);
		require(documents.count || fmr_findings_count(findings));
		for (size_t i = 0; i < documents.count && rules == FMR_YAML_RECORD; i++) {
			check_value(documents.roots[i], size, 1);
			check_round_trip(documents.roots[i], &arena);
		}
		fmr_findings_free(findings);
		fmr_arena_release(&arena);
	}
	free(bytes);
	return 0;
}
