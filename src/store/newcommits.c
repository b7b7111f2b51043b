/* What a push brings: asked of git, which knows alternates and quarantines. */
#include "base/i18n.h"
#include "base/vec.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

struct words {
	const char **items;
	size_t count, capacity;
};

/* Cut the next word off a line; NULL at its end. */
static char *next_word(char **line)
{
	char *word = *line;
	const size_t length = strcspn(word, " ");
	*line = word + length;
	if (**line)
		*(*line)++ = '\0';
	return length ? word : NULL;
}

/* "1795315264 ID PARENT PARENT" */
static int visit_line(char *line, struct words *parents, fmr_new_commit_visit *visit, void *context, struct fmr_err *err)
{
	const char *time = next_word(&line), *id = next_word(&line);
	if (!time || !id)
		return fmr_err_set(err, FMR_ERR_GIT, "%s", _("git's history cannot be understood"));
	parents->count = 0;
	for (const char *parent; (parent = next_word(&line));)
		FMR_VEC_PUSH(parents, parent);
	FMR_VEC_PUSH(parents, NULL);
	const struct fmr_new_commit commit = { .id = id, .parents = parents->items,
		.committed = strtoll(time, NULL, 10) };
	return visit(context, &commit);
}

static int visit_lines(char *lines, fmr_new_commit_visit *visit, void *context, struct fmr_err *err)
{
	struct words parents = { 0 };
	int result = 0;
	for (char *line = lines, *end; result == 0 && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		result = visit_line(line, &parents, visit, context, err);
	}
	FMR_VEC_RELEASE(&parents);
	return result;
}

int fmr_store_new_commits(struct fmr_store *store, const struct fmr_new_commits *query, fmr_new_commit_visit *visit,
	void *context, struct fmr_err *err)
{
	struct words arguments = { 0 };
	const char *const first[] = { "rev-list", "--topo-order", "--reverse", "--parents", "--timestamp", query->tip, "--not" };
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		FMR_VEC_PUSH(&arguments, first[i]);
	for (const char *const *known = query->without; known && *known; known++)
		FMR_VEC_PUSH(&arguments, *known);
	char *refs = query->without_refs ? fmr_format("--glob=%s", query->without_refs) : NULL;
	if (refs)
		FMR_VEC_PUSH(&arguments, refs);
	FMR_VEC_PUSH(&arguments, "--");
	FMR_VEC_PUSH(&arguments, NULL);
	struct fmr_str list, errors;
	fmr_str_init(&list);
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store, &(struct git_call){ .arguments = arguments.items, .output = &list,
		.errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status != 0)
		result = fmr_git_failed(&errors, err, _("git cannot tell which commits are new"));
	if (result == 0)
		result = visit_lines(list.bytes, visit, context, err);
	fmr_str_release(&list);
	fmr_str_release(&errors);
	free(refs);
	FMR_VEC_RELEASE(&arguments);
	return result;
}

int fmr_store_is_ancestor(struct fmr_store *store, const char *ancestor, const char *commit, bool *is,
	struct fmr_err *err)
{
	const char *const arguments[] = { "merge-base", "--is-ancestor", ancestor, commit, NULL };
	struct fmr_str errors;
	fmr_str_init(&errors);
	int status = 0;
	int result = fmr_git_run(store,
		&(struct git_call){ .arguments = arguments, .errors = &errors, .reading = true }, &status, err);
	if (result == 0 && status > 1)
		result = fmr_git_failed(&errors, err, _("git cannot tell whether a commit is in the history of another"));
	*is = result == 0 && status == 0;
	fmr_str_release(&errors);
	return result;
}
