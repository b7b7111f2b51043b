/*
 * Files beside the records - types, catalogues, scaffolds - against the
 * schemas that come with fmrec.
 */
#include "record/private.h"

#include "base/datadir.h"

#include <stdlib.h>
#include <string.h>

int fmr_shipped_check(struct fmr_schema **kept, const char *name, const struct fmr_source *source,
	const struct fmr_value *root, struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_schema *own = NULL, **schema = kept ? kept : &own;
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir(), .assert_format = true,
		.skip_metaschema = true };
	char *path = fmr_format("%s/schema/%s.yaml", fmr_data_dir(), name);
	int code = *schema ? FMR_OK : fmr_schema_compile_file(path, &options, schema, findings, err);
	if (*schema) {
		struct fmr_checker *checker = fmr_checker_new();
		fmr_schema_check(*schema, checker, source, root, findings);
		fmr_checker_free(checker);
	}
	fmr_schema_free(own);
	free(path);
	return code;
}

bool fmr_source_is_named(const struct fmr_source *source, const char *name)
{
	const char *slash = strrchr(source->path, '/'), *file = slash ? slash + 1 : source->path, *dot = strrchr(file, '.');
	const size_t length = dot ? (size_t)(dot - file) : strlen(file);
	return strlen(name) == length && strncmp(file, name, length) == 0;
}
