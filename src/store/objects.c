#include "store/objects.h"

#include "base/i18n.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

void fmr_objects_init(struct objects *objects)
{
	pthread_mutex_init(&objects->mutex, NULL);
	objects->git = NULL;
}

void fmr_objects_release(struct objects *objects)
{
	fmr_process_stop(objects->git);
	pthread_mutex_destroy(&objects->mutex);
}

/* "<id> blob <size>", or "<id> missing" */
static int read_answer(struct fmr_process *git, const char *path, size_t limit, struct fmr_str *out, bool *in_step,
	struct fmr_err *err)
{
	struct fmr_str line;
	fmr_str_init(&line);
	int result = fmr_process_line(git, &line, err);
	*in_step = result == 0;
	if (result != 0)
		goto out;
	const char *kind = line.bytes + strcspn(line.bytes, " ");
	const unsigned long long size = strncmp(kind, " blob ", 6) == 0 ? strtoull(kind + 6, NULL, 10) : 0;
	if (strncmp(kind, " blob ", 6) != 0) {
		*in_step = strcmp(kind, " missing") == 0;
		result = fmr_err_set(err, FMR_ERR_GIT, _("git cannot read the content of '%s': the object is missing"), path);
		goto out;
	}
	*in_step = false;
	if (size > limit) {
		result = fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
		goto out;
	}
	const size_t before = out->length;
	result = fmr_process_bytes(git, (size_t)size + 1, out, err);
	*in_step = result == 0;
	fmr_str_truncate(out, result == 0 ? before + (size_t)size : before); /* without the line end behind it */
out:
	fmr_str_release(&line);
	return result;
}

static int ask(struct fmr_store *store, struct objects *objects, const char *id, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	const char *const arguments[] = { "cat-file", "--batch", NULL };
	if (!objects->git) {
		int result = fmr_git_start(store, arguments, &objects->git, err);
		if (result != 0)
			return result;
	}
	char question[41];
	memcpy(question, id, 40);
	question[40] = '\n';
	bool in_step = false;
	int result = fmr_process_ask(objects->git, question, sizeof(question), err);
	if (result == 0)
		result = read_answer(objects->git, path, limit, out, &in_step, err);
	if (!in_step) { /* it would go on with bytes that nobody wants */
		fmr_process_stop(objects->git);
		objects->git = NULL;
	}
	return result;
}

int fmr_objects_read(struct fmr_store *store, struct objects *objects, const char *id, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	pthread_mutex_lock(&objects->mutex);
	int result = ask(store, objects, id, path, limit, out, err);
	pthread_mutex_unlock(&objects->mutex);
	return result;
}
