#include "unit.h"

#include "base/arena.h"
#include "base/text.h"
#include "search/grams.h"
#include "search/similar.h"
#include "search/terms.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>

struct seen {
	struct code_points points;
	char text[512];
};

static void note(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	struct seen *seen = context;
	struct fmr_str one;
	(void)gram;
	assert_true(share > 0 && share <= 1);
	fmr_str_init(&one);
	for (size_t i = start; i < end; i++)
		fmr_utf8_encode(&one, seen->points.list.items[i]);
	snprintf(seen->text + strlen(seen->text), sizeof(seen->text) - strlen(seen->text), "%s ", one.bytes);
	fmr_str_release(&one);
}

static void grams_are(const char *text, const char *wanted)
{
	struct seen seen = { .text = "" };
	fmr_str_init(&seen.points.folded);
	code_points_read(&seen.points, text, strlen(text));
	fmr_grams_each(seen.points.list.items, seen.points.list.count, note, &seen);
	assert_string_equal(seen.text, wanted);
	code_points_release(&seen.points);
}

static void takes_words_and_runs(void **state)
{
	(void)state;
	grams_are("The disk", "the disk ");
	grams_are("Databases", "databases databases "); /* the word and its beginning */
	grams_are("a 12 345 x9", "345 x9 ");
	grams_are("接続失敗", "接続 続失 接続失 失敗 続失敗 ");
	grams_are("接 続", "");
	grams_are("ｻｰﾊﾞ", "さば ");
	grams_are("disk容量", "disk 容量 ");
	grams_are("、。-!", "");
	grams_are("", "");
}

static void collect(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	(void)start;
	(void)end;
	query_terms_add(context, gram, share);
}

static void explain(const char *query, const char *title, const char *wanted)
{
	struct fmr_arena arena;
	struct query_terms terms = { 0 };
	struct code_points points = { 0 };
	struct fmr_similar_match match;
	static const struct fmr_search_rule rules[] = { { "title", 5 } };
	const struct fmr_type type = { .search = rules, .search_count = 1 };
	fmr_arena_init(&arena);
	fmr_str_init(&points.folded);
	code_points_read(&points, query, strlen(query));
	fmr_grams_each(points.list.items, points.list.count, collect, &terms);
	for (size_t i = 0; i < terms.list.count; i++)
		terms.list.items[i].rarity = 1;
	struct fmr_value *root = fmr_value_new_map(&arena);
	fmr_value_put(&arena, root, "title", fmr_value_new_string(&arena, title, strlen(title)));
	query_terms_explain(&terms, &type, root, &arena, &match);
	char words[256] = "";
	for (size_t i = 0; i < match.reason_count; i++) {
		assert_string_equal(match.reasons[i].field, "title");
		snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s|", match.reasons[i].words);
	}
	assert_string_equal(words, wanted);
	code_points_release(&points);
	query_terms_release(&terms);
	fmr_arena_release(&arena);
}

static void explains_in_the_words_of_the_record(void **state)
{
	(void)state;
	explain("disk full", "The Disk Full alarm", "Disk Full|");
	explain("データベースが停止", "ﾃﾞｰﾀﾍﾞｰｽが停止した", "ﾃﾞｰﾀﾍﾞｰｽが停止|");
	explain("バッチが停止", "スイッチが停止していた", "停止|"); /* no half words of katakana, no particles */
	explain("した", "停止した", "");
	explain("接続", "接続と接続", "接続|");
	explain("サーバー", "サーバー", "サーバー|");
	explain("か\u3099っこう", "がっこう", "");
}

/* Nothing about a text, its bytes included, harms. */
static void survives_any_text(void **state)
{
	static const char *const pieces[] = { "接", "ﾞ", "\u3099", "a", " ", "\xff", "\xe3\x81", "ー", "ア", "か", "9", "㍿", "\n" };
	uint32_t seed = 7;
	char query[128], title[128];
	(void)state;
	for (int i = 0; i < 500; i++) {
		struct fmr_arena arena;
		struct query_terms terms = { 0 };
		struct code_points points = { 0 };
		struct fmr_similar_match match;
		static const struct fmr_search_rule rules[] = { { "title", 5 } };
		const struct fmr_type type = { .search = rules, .search_count = 1 };
		*query = *title = '\0';
		for (int j = 0; j < 12; j++) {
			seed = seed * 1664525 + 1013904223;
			strncat(query, pieces[(seed >> 8) % (sizeof(pieces) / sizeof(*pieces))], 8);
			seed = seed * 1664525 + 1013904223;
			strncat(title, pieces[(seed >> 8) % (sizeof(pieces) / sizeof(*pieces))], 8);
		}
		fmr_arena_init(&arena);
		fmr_str_init(&points.folded);
		code_points_read(&points, query, strlen(query));
		fmr_grams_each(points.list.items, points.list.count, collect, &terms);
		for (size_t j = 0; j < terms.list.count; j++)
			terms.list.items[j].rarity = 1;
		struct fmr_value *root = fmr_value_new_map(&arena);
		fmr_value_put(&arena, root, "title", fmr_value_new_string(&arena, title, strlen(title)));
		query_terms_explain(&terms, &type, root, &arena, &match);
		for (size_t j = 0; j < match.reason_count; j++)
			assert_non_null(strstr(title, match.reasons[j].words));
		code_points_release(&points);
		query_terms_release(&terms);
		fmr_arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_words_and_runs),
		cmocka_unit_test(explains_in_the_words_of_the_record),
		cmocka_unit_test(survives_any_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
