/*
 * Findings of the fold, and texts that are kept once.
 */
#include "trust/fold.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

uint32_t fmr_fold_name_number(struct fold *fold, const char *bytes, size_t length)
{
	size_t number;
	char *text = fmr_strndup(bytes, length);
	if (!fmr_dict_get(&fold->name_of, text, &number)) {
		number = fold->names.count;
		fmr_dict_add(&fold->name_of, text, number);
		FMR_VEC_PUSH(&fold->names, fmr_arena_strdup(&fold->arena, text));
	}
	free(text);
	return (uint32_t)number;
}

const char *fmr_fold_name(struct fold *fold, const char *bytes, size_t length)
{
	uint32_t number = fmr_fold_name_number(fold, bytes, length); /* which may move the array */
	return fold->names.items[number];
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char *const *fmr_fold_names(struct fold *fold, const char *const *names)
{
	size_t count = 0, number;
	while (names[count])
		count++;
	const char **list = fmr_arena_zero(&fold->here.arena, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		list[i] = fmr_fold_name(fold, names[i], strlen(names[i]));
	qsort(list, count, sizeof(*list), compare_names);
	struct fmr_str key;
	fmr_str_init(&key);
	for (size_t i = 0; i < count; i++)
		fmr_str_printf(&key, "%s\n", list[i]);
	if (!fmr_dict_get(&fold->cover_of, key.bytes, &number)) {
		number = fold->covers.count;
		fmr_dict_add(&fold->cover_of, key.bytes, number);
		const char **kept = fmr_arena_zero(&fold->arena, count + 1, sizeof(*kept));
		for (size_t i = 0; i < count; i++)
			kept[i] = list[i];
		FMR_VEC_PUSH(&fold->covers, kept);
	}
	fmr_str_release(&key);
	return fold->covers.items[number];
}

bool fmr_fold_persons_add(struct fold_persons *persons, const char *person)
{
	for (size_t i = 0; i < persons->count; i++)
		if (strcmp(persons->items[i], person) == 0)
			return false;
	FMR_VEC_PUSH(persons, person);
	return true;
}

static void add(struct fold *fold, enum fmr_code code, const char *commit, size_t sequence, int64_t time,
	const char *record, const char *format, va_list args)
{
	if (fold->findings.count >= FOLD_FINDINGS) {
		fold->dropped[fmr_code_outcome(code)] = true;
		return;
	}
	struct fmr_str plain, shown;
	fmr_str_init(&plain);
	fmr_str_init(&shown);
	fmr_str_vprintf(&plain, format, args);
	fmr_text_escape(&shown, plain.bytes, plain.length, false);
	struct fold_finding *finding = FMR_VEC_ADD(&fold->findings);
	*finding = (struct fold_finding){ .sequence = sequence, .said = { .code = code, .time = time,
		.record = record ? fmr_fold_name(fold, record, strlen(record)) : NULL,
		.sentence = fmr_arena_strdup(&fold->arena, shown.bytes) } };
	if (commit)
		memcpy(finding->said.commit, commit, sizeof(finding->said.commit));
	fmr_str_release(&plain);
	fmr_str_release(&shown);
}

void fmr_fold_report(struct fold *fold, enum fmr_code code, const char *record, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(fold, code, fold->here.hex, fold->here.sequence, fold->here.readable ? fold->here.parsed.committer.time : 0,
		record, format, args);
	va_end(args);
}

void fmr_fold_report_at(struct fold *fold, enum fmr_code code, const char *commit, size_t sequence, int64_t time,
	const char *record, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(fold, code, commit, sequence, time, record, format, args);
	va_end(args);
}

enum fmr_code fmr_fold_object_code(int code)
{
	switch (code) {
	case FMR_ERR_NOT_FOUND:
	case FMR_ERR_GIT:
		return FMR_CODE_OBJECT_MISSING;
	case FMR_ERR_LIMIT:
		return FMR_CODE_OBJECT_LARGE;
	case FMR_ERR_INVALID:
		return FMR_CODE_OBJECT_WRONG;
	default:
		return FOLD_FINE;
	}
}

int fmr_fold_report_object(struct fold *fold, int code, const char *what, struct fmr_err *err)
{
	enum fmr_code finding = fmr_fold_object_code(code);
	if (finding == FOLD_FINE)
		return code;
	fmr_fold_report(fold, finding, NULL, "'%s': %s", what, err ? err->text : "");
	return 0;
}
