/*
 * Names of transitions, which are commands in the repository whose types have them.
 */
#include "base/dict.h"
#include "cli/frame.h"

#include <string.h>

void fmr_command_each_transition(struct fmr_cli *cli, fmr_transition_visit *visit, void *context)
{
	const char *const *names;
	size_t count;
	if (fmr_cli_need(cli, FMR_NEEDS_BOOK, NULL) != 0 || fmr_book_type_names(cli->book, &names, &count, NULL) != 0)
		return;
	struct fmr_dict seen;
	fmr_dict_init(&seen);
	for (size_t i = 0; i < count; i++) {
		const struct fmr_type *type;
		if (fmr_book_type(cli->book, names[i], &type, NULL, NULL) != 0)
			continue;
		for (size_t t = 0; t < type->transition_count; t++)
			if (fmr_dict_add(&seen, type->transitions[t].name, 0))
				visit(context, &type->transitions[t]);
	}
	fmr_dict_release(&seen);
}

struct search {
	const char *name;
	const struct fmr_transition_rule *found;
};

static void compare(void *context, const struct fmr_transition_rule *rule)
{
	struct search *search = context;
	if (strcmp(rule->name, search->name) == 0)
		search->found = rule;
}

const struct fmr_transition_rule *fmr_command_transition(struct fmr_cli *cli, const char *name)
{
	struct search search = { .name = name };
	fmr_command_each_transition(cli, compare, &search);
	return search.found;
}
