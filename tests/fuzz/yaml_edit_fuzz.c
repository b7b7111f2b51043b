/*
 * The first bytes choose an edit, the rest is the text.  The editor may refuse,
 * but what it returns says what was asked for, and an edit that changes nothing
 * returns the same bytes.
 */
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

/* Append the path of some value, chosen by the bytes. */
static void choose_path(struct fmr_str *path, const struct fmr_value *value, const uint8_t choice[4])
{
	for (int i = 0; i < 3 && value; i++) {
		const char *dot = path->length ? "." : "";
		if (value->kind == FMR_MAP && value->map.count) {
			const struct fmr_member *member = &value->map.members[choice[i] % value->map.count];
			fmr_str_printf(path, "%s%s", dot, member->key.bytes);
			value = member->value;
		} else if (value->kind == FMR_LIST && value->list.count) {
			fmr_str_printf(path, "%s%zu", dot, choice[i] % value->list.count);
			value = value->list.items[choice[i] % value->list.count];
		} else {
			break;
		}
		if (choice[3] & (1 << i))
			break;
	}
	if (!path->length || choice[3] & 8)
		fmr_str_printf(path, "%snew", path->length ? "." : "");
}

static struct fmr_value *choose_value(struct fmr_arena *arena, uint8_t choice)
{
	static const char *const texts[] = { "x", "no", "two\nlines\n", " lead", "a: b", "'", "", "end\n\n" };
	struct fmr_value *text = fmr_value_new_string(arena, texts[choice % 8], strlen(texts[choice % 8]));
	text->style = (enum fmr_style)(choice / 8 % 6);
	struct fmr_value *value;
	switch (choice >> 6) {
	case 0:
		return text;
	case 1:
		value = fmr_value_new_map(arena);
		fmr_value_put(arena, value, "k", text);
		fmr_value_put(arena, value, "n", fmr_value_new_number(arena, "1"));
		return value;
	case 2:
		value = fmr_value_new_list(arena);
		fmr_value_append(arena, value, text);
		fmr_value_append(arena, value, fmr_value_new_list(arena));
		return value;
	default:
		return fmr_value_new_null(arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 6)
		return 0;
	char *bytes = malloc(size - 5);
	require(bytes);
	memcpy(bytes, data + 6, size - 6);
	bytes[size - 6] = '\0';
	const struct fmr_source source = { "fuzz", bytes, size - 6 };
	struct fmr_arena arena;
	struct fmr_str path, out, again;
	struct fmr_findings *findings = fmr_findings_new(0);
	fmr_arena_init(&arena);
	fmr_str_init(&path);
	fmr_str_init(&out);
	fmr_str_init(&again);
	choose_path(&path, fmr_yaml_read_record(&source, &arena, findings), data);
	const struct fmr_edit edit = { .kind = (enum fmr_edit_kind)(data[4] % 3), .path = path.bytes,
		.value = choose_value(&arena, data[5]) };
	if (fmr_yaml_edit(&source, &edit, 1, &out, NULL) == 0) {
		const struct fmr_source edited = { "fuzz", out.bytes, out.length };
		const struct fmr_value *root = fmr_yaml_read_record(&edited, &arena, findings);
		const struct fmr_value *value = fmr_value_at(root, path.bytes);
		if (edit.kind == FMR_EDIT_SET) {
			require(value && fmr_value_equal(value, edit.value));
			require(fmr_yaml_edit(&edited, &edit, 1, &again, NULL) == 0);
			require(again.length == out.length && memcmp(again.bytes, out.bytes, out.length) == 0);
		}
	}
	fmr_findings_free(findings);
	fmr_str_release(&again);
	fmr_str_release(&out);
	fmr_str_release(&path);
	fmr_arena_release(&arena);
	free(bytes);
	return 0;
}
