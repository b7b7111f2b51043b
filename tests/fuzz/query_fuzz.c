/* Queries: any text is refused with a place in it, or becomes a tree whose places lie in it. */
#include "base/period.h"
#include "query/syntax.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_place(const struct syntax *syntax, struct place place)
{
	check(place.start <= place.end && place.end <= strlen(syntax->text));
}

static void check_operand(const struct syntax *syntax, const struct operand *operand)
{
	const struct fmr_calendar calendar = { "Asia/Tokyo", 4 };
	struct fmr_period period;
	check(operand->text && operand->number < syntax->operand_count);
	check(!operand->range || (operand->from && operand->to));
	check_place(syntax, operand->place);
	if (fmr_period_parse(operand->text, strlen(operand->text), &calendar, &period))
		check(period.from <= period.until);
}

static void check_node(const struct syntax *syntax, const struct node *node)
{
	if (node->kind != NODE_TERM) {
		check(node->count > 0);
		for (size_t i = 0; i < node->count; i++)
			check_node(syntax, node->parts[i]);
		return;
	}
	check(node->term.number < syntax->term_count && node->term.count > 0);
	check((node->term.op == OP_WORD) == !node->term.name);
	check_place(syntax, node->term.place);
	for (size_t i = 0; i < node->term.count; i++)
		check_operand(syntax, &node->term.operands[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fmr_arena arena;
	struct syntax syntax;
	struct fmr_err err = { 0 };
	fmr_arena_init(&arena);
	char *text = fmr_arena_strndup(&arena, (const char *)data, size);
	int result = fmr_syntax_parse(text, &arena, &syntax, &err);
	check(result ? *err.text != '\0' : true);
	if (!result && syntax.root)
		check_node(&syntax, syntax.root);
	fmr_arena_release(&arena);
	return 0;
}
