/* YAML documents: the first is a schema, the others are checked with it.  Both passes of the check must agree. */
#include "bytes.h"

#include "base/source.h"
#include "fmrec/schema.h"
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

static void check(const struct fmr_schema *schema, const struct fmr_source *source, const struct fmr_value *value)
{
	struct fmr_checker *checker = fmr_checker_new();
	struct fmr_findings *findings = fmr_findings_new(20);
	bool valid = fmr_schema_check(schema, checker, source, value, findings);
	require(valid == (fmr_findings_count(findings) == 0));
	require(valid == fmr_schema_check(schema, checker, source, value, NULL));
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		require(row->message && row->value.line && row->value.start <= row->value.end && row->value.end <= source->length);
	}
	fmr_findings_free(findings);
	fmr_checker_free(checker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = text_of(data, size);
	const struct fmr_source source = { "fuzz", bytes, size };
	struct fmr_arena arena;
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	struct fmr_documents documents = { 0 };
	fmr_yaml_read(&source, FMR_YAML_FOREIGN, &arena, &documents, findings);
	fmr_findings_truncate(findings, 0);
	const struct fmr_schema_options options = { .assert_format = true, .skip_metaschema = true };
	struct fmr_schema *schema = NULL;
	if (documents.count)
		fmr_schema_compile(&source, documents.roots[0], &options, &schema, findings, NULL);
	require(!documents.count || !schema == (fmr_findings_count(findings) == 1));
	for (size_t i = 1; schema && i < documents.count; i++)
		check(schema, &source, documents.roots[i]);
	fmr_schema_free(schema);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
