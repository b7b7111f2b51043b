/*
 * Run the JSON Schema test suite: conformance SUITE DATA_DIR [-v]
 *
 * Every instance is checked as JSON and, rewritten, as YAML.  Format tests
 * assert formats; the others do as their schema says.  Required tests must
 * pass; the optional ones are counted and named.
 */
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"
#include "fmrec/schema.h"
#include "json/json.h"
#include "yaml/yaml.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

struct score {
	size_t passed, failed;
};

struct run {
	const char *suite, *data_dir;
	bool verbose;
	struct fmr_checker *checker;
	struct score required, optional, yaml;
};

static bool read_file(const char *path, struct fmr_str *out)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	char buffer[65536];
	for (size_t size; (size = fread(buffer, 1, sizeof(buffer), file)) > 0;)
		fmr_str_add(out, buffer, size);
	return fclose(file) == 0;
}

static void print_findings(const struct fmr_findings *findings)
{
	for (size_t i = 0; i < fmr_findings_count(findings) && i < 5; i++) {
		const struct fmr_finding *row = fmr_findings_at(findings, i);
		printf("#     %s: %s [%s]\n", fmr_code_name(row->code), row->message, row->schema_pointer ? row->schema_pointer : "");
	}
}

/* 1 valid, 0 invalid, -1 could not be read */
static int check_text(struct run *run, const struct fmr_schema *schema, const struct fmr_str *text, bool yaml)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(20);
	struct fmr_source source = { yaml ? "instance.yaml" : "instance.json", text->bytes, text->length };
	const struct fmr_value *value = NULL;
	if (yaml) {
		struct fmr_documents documents = { 0 };
		fmr_yaml_read(&source, FMR_YAML_FOREIGN, &arena, &documents, findings);
		value = documents.count ? documents.roots[0] : NULL;
	} else {
		value = fmr_json_read(&source, &arena, findings);
	}
	int verdict = -1;
	if (value && !fmr_findings_count(findings)) {
		verdict = fmr_schema_check(schema, run->checker, &source, value, findings);
		/* both passes must agree: no finding without a fault, no fault without a finding */
		if (verdict == (fmr_findings_count(findings) > 0)) {
			printf("# verdict %d with %zu findings\n", verdict, fmr_findings_count(findings));
			verdict = -2;
		}
	} else {
		print_findings(findings);
	}
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	return verdict;
}

static void tell(const char *file, const char *group, const char *test, const char *as)
{
	printf("# %s: %s: %s (%s)\n", file, group, test, as);
}

static void run_test(struct run *run, const struct fmr_schema *schema, const struct fmr_value *test, const char *file,
	const char *group, struct score *score)
{
	const struct fmr_value *data = fmr_value_get(test, "data"), *valid = fmr_value_get(test, "valid");
	const char *name = fmr_value_string(fmr_value_get(test, "description"));
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_json_write(&text, data);
	int as_json = schema ? check_text(run, schema, &text, false) : -3;
	fmr_str_clear(&text);
	fmr_yaml_write(&text, data, 0);
	int as_yaml = schema ? check_text(run, schema, &text, true) : -3;
	fmr_str_release(&text);
	bool json_right = as_json == valid->boolean, yaml_right = as_yaml == valid->boolean;
	if (json_right)
		score->passed++;
	else
		score->failed++;
	if (!json_right)
		tell(file, group, name, as_json < 0 ? "JSON, unreadable" : as_json ? "JSON, taken as valid" : "JSON, taken as invalid");
	if (yaml_right)
		run->yaml.passed++;
	else
		run->yaml.failed++;
	if (!yaml_right && json_right)
		tell(file, group, name, "YAML only");
}

static void run_group(struct run *run, const struct fmr_source *source, const struct fmr_value *group, const char *file,
	bool formats, struct score *score)
{
	char *remotes = fmr_format("%s/remotes", run->suite);
	const char *const uris[] = { "http://localhost:1234/" }, *const dirs[] = { remotes };
	const struct fmr_schema_options options = { .data_dir = run->data_dir, .map_uris = uris, .map_dirs = dirs,
		.map_count = 1, .assert_format = formats };
	const char *name = fmr_value_string(fmr_value_get(group, "description"));
	struct fmr_findings *findings = fmr_findings_new(20);
	struct fmr_schema *schema;
	fmr_schema_compile(source, fmr_value_get(group, "schema"), &options, &schema, findings, NULL);
	if (!schema) {
		printf("# %s: %s: schema refused\n", file, name);
		print_findings(findings);
	}
	const struct fmr_value *tests = fmr_value_get(group, "tests");
	for (size_t i = 0; i < tests->list.count; i++)
		run_test(run, schema, tests->list.items[i], file, name, score);
	fmr_schema_free(schema);
	fmr_findings_free(findings);
	free(remotes);
}

static bool run_file(struct run *run, const char *directory, const char *name, bool formats, struct score *total)
{
	char *path = fmr_format("%s/%s", directory, name);
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct fmr_findings *findings = fmr_findings_new(20);
	const struct fmr_value *groups = NULL;
	struct fmr_source source = { path, NULL, 0 };
	if (read_file(path, &text)) {
		source.bytes = text.bytes;
		source.length = text.length;
		groups = fmr_json_read(&source, &arena, findings);
	}
	struct score score = { 0, 0 };
	for (size_t i = 0; groups && i < groups->list.count; i++)
		run_group(run, &source, groups->list.items[i], name, formats, &score);
	if (!groups)
		print_findings(findings);
	printf("%-36s %4zu passed %4zu failed\n", name, score.passed, score.failed);
	total->passed += score.passed;
	total->failed += score.failed;
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	fmr_str_release(&text);
	free(path);
	return groups;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool run_directory(struct run *run, const char *below, bool formats, struct score *total)
{
	char *path = fmr_format("%s/tests/draft2020-12%s", run->suite, below);
	FMR_VEC(char *) names = { 0 };
	DIR *directory = opendir(path);
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		size_t length = strlen(entry->d_name);
		if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0)
			FMR_VEC_PUSH(&names, fmr_strdup(entry->d_name));
	}
	if (directory)
		closedir(directory);
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	printf("# tests/draft2020-12%s\n", below);
	bool ok = names.count > 0;
	for (size_t i = 0; i < names.count; i++) {
		ok = run_file(run, path, names.items[i], formats, total) && ok;
		free(names.items[i]);
	}
	FMR_VEC_RELEASE(&names);
	free(path);
	return ok;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: conformance SUITE DATA_DIR\n");
		return 129;
	}
	struct run run = { .suite = argv[1], .data_dir = argv[2], .checker = fmr_checker_new() };
	bool ok = run_directory(&run, "", false, &run.required);
	run_directory(&run, "/optional", false, &run.optional);
	run_directory(&run, "/optional/format", true, &run.optional);
	printf("required: %zu passed, %zu failed\n", run.required.passed, run.required.failed);
	printf("optional and formats: %zu passed, %zu failed\n", run.optional.passed, run.optional.failed);
	printf("all of these again as YAML: %zu passed, %zu failed\n", run.yaml.passed, run.yaml.failed);
	fmr_checker_free(run.checker);
	return !ok || run.required.failed || run.yaml.failed > run.optional.failed;
}
