/*
 * A program of somebody else: knows nothing of fmrec but its installed headers.
 * install.t compiles it with what pkg-config says, and runs it in a record
 * repository named by its argument.
 */
#include <fmrec/fmrec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char schema_text[] =
	"type: object\n"
	"properties:\n"
	"  name: { type: string }\n"
	"  count: { type: integer }\n";

static void stop(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void print_findings(const struct fmr_findings *findings)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		printf("line %zu, column %zu: %s: %s\n", finding->value.line, finding->value.column,
			fmr_code_name(finding->code), finding->expected ? finding->expected : finding->message);
	}
}

/* Read two texts from memory, judge one by the other, mend it without touching the rest of it. */
static void work_on_texts(void)
{
	struct fmr_err err = { 0 };
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_puts(&text, "name: x # stays\ncount:  many\n");

	const struct fmr_source rules = { "schema.yaml", schema_text, strlen(schema_text) };
	struct fmr_documents documents;
	fmr_yaml_read(&rules, FMR_YAML_FOREIGN, &arena, &documents, findings);
	if (documents.count != 1)
		stop("no schema");
	const struct fmr_schema_options options = { .data_dir = fmr_data_dir() };
	struct fmr_schema *schema;
	if (fmr_schema_compile(&rules, documents.roots[0], &options, &schema, findings, &err) || !schema)
		stop(err.text);

	struct fmr_source source = { "data.yaml", text.bytes, text.length };
	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, findings);
	struct fmr_checker *checker = fmr_checker_new();
	if (!root || fmr_schema_check(schema, checker, &source, root, findings))
		stop("a fault was overlooked");
	print_findings(findings);

	const struct fmr_edit edit = { FMR_EDIT_SET, "count", fmr_value_new_number(&arena, "12"), NULL };
	if (fmr_yaml_edit(&source, &edit, 1, &text, &err))
		stop(err.text);
	fputs(text.bytes, stdout);
	source = (struct fmr_source){ "data.yaml", text.bytes, text.length };
	root = fmr_yaml_read_record(&source, &arena, findings);
	if (!root || !fmr_schema_check(schema, checker, &source, root, findings))
		stop("it is still wrong");
	fmr_str_clear(&text);
	fmr_json_write(&text, root);
	puts(text.bytes);

	fmr_checker_free(checker);
	fmr_schema_free(schema);
	fmr_str_release(&text);
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
}

static const struct fmr_field *first_time(const struct fmr_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].kind == FMR_FIELD_TIME)
			return &type->fields[i];
	return NULL;
}

/* Check a repository, and understand what a person types into one of its fields. */
static int work_on_records(const char *directory, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(0);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_store *store = NULL;
	struct fmr_view *view = NULL;
	struct fmr_book *book = NULL;
	const struct fmr_type *type = NULL;
	struct fmr_value *value = NULL;
	const struct fmr_check_options options = { 0 };
	struct fmr_check_result result;
	int code = fmr_store_open(directory, &store, err);
	if (!code)
		code = fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, err);
	if (!code)
		code = fmr_book_open(view, &book, findings, err);
	if (!code)
		code = fmr_check(book, &options, findings, &result, err);
	if (!code)
		code = fmr_book_type(book, "incident", &type, findings, err);
	if (!code)
		code = fmr_field_parse(book, first_time(type), "2026年4月1日 9時30分", &arena, &value, err);
	if (!code)
		printf("records: %zu of %zu faulty\n%s\n", result.faulty, result.records, fmr_value_string(value));
	fmr_book_close(book);
	fmr_view_close(view);
	fmr_store_close(store);
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
	return code;
}

int main(int argc, char **argv)
{
	struct fmr_err err = { 0 };
	work_on_texts();
	if (argc > 1 && work_on_records(argv[1], &err))
		stop(err.text);
	return 0;
}
