#include "store/objects.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "store/program.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_LIMIT = 256 * 1024 };

struct objects *fmr_objects_of(struct fmr_store *store)
{
	if (!store->objects) {
		const char *own = getenv("GIT_OBJECT_DIRECTORY");
		char *usual = fmr_format("%s/objects", store->common_dir);
		store->objects = fmr_alloc_zero(1, sizeof(*store->objects));
		pthread_mutex_init(&store->objects->mutex, NULL);
		fmr_str_init(&store->objects->last);
		fmr_odb_init(&store->objects->odb, own && *own ? own : usual);
		free(usual);
	}
	return store->objects;
}

void fmr_objects_free(struct objects *objects)
{
	if (!objects)
		return;
	fmr_process_stop(objects->git);
	fmr_odb_release(&objects->odb);
	fmr_str_release(&objects->last);
	pthread_mutex_destroy(&objects->mutex);
	free(objects);
}

static const char *const kind_names[] = { [ODB_COMMIT] = "commit", [ODB_TREE] = "tree", [ODB_BLOB] = "blob", [ODB_TAG] = "tag" };

/* "<id> blob <size>", or "<id> missing" */
static int read_answer(struct fmr_process *git, enum odb_kind wanted, const char *path, size_t limit,
	struct fmr_str *out, bool *in_step, struct fmr_err *err)
{
	struct fmr_str line;
	fmr_str_init(&line);
	int result = fmr_process_line(git, &line, err);
	*in_step = result == 0;
	if (result != 0)
		goto out;
	const char *kind = line.bytes + strcspn(line.bytes, " ");
	const size_t length = strlen(kind_names[wanted]);
	const bool found = *kind == ' ' && strncmp(kind + 1, kind_names[wanted], length) == 0 && kind[1 + length] == ' ';
	const unsigned long long size = found ? strtoull(kind + length + 2, NULL, 10) : 0;
	if (!found) {
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

static int ask(struct fmr_store *store, const char *id, enum odb_kind kind, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	struct objects *objects = store->objects;
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
		result = read_answer(objects->git, kind, path, limit, out, &in_step, err);
	if (!in_step) { /* it would go on with bytes that nobody wants */
		fmr_process_stop(objects->git);
		objects->git = NULL;
	}
	return result;
}

static bool recall(const struct objects *objects, const char *id, enum odb_kind kind, size_t limit, struct fmr_str *out)
{
	if (objects->last_kind != kind || memcmp(objects->last_id, id, 40) != 0 || objects->last.length > limit)
		return false;
	fmr_str_add(out, objects->last.bytes, objects->last.length);
	return true;
}

static void remember(struct objects *objects, const char *id, enum odb_kind kind, const char *bytes, size_t length)
{
	if (length > LAST_LIMIT)
		return;
	memcpy(objects->last_id, id, 40);
	objects->last_kind = kind;
	fmr_str_clear(&objects->last);
	fmr_str_add(&objects->last, bytes, length);
}

static int find(struct fmr_store *store, const char *hex, enum odb_kind kind, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	unsigned char id[20];
	switch (fmr_odb_id_parse(hex, id) ? fmr_odb_read(&store->objects->odb, id, kind, limit, out) : ODB_UNKNOWN) {
	case ODB_READ:
		return 0;
	case ODB_TOO_LARGE:
		return fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
	case ODB_UNKNOWN:
	case ODB_OTHER_KIND: /* git says in its own words what is wrong */
		break;
	}
	return ask(store, hex, kind, path, limit, out, err);
}

int fmr_objects_read(struct fmr_store *store, const char *hex, enum odb_kind kind, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	struct objects *objects = fmr_objects_of(store);
	const size_t before = out->length;
	int result = 0;
	pthread_mutex_lock(&objects->mutex);
	if (!recall(objects, hex, kind, limit, out)) {
		result = find(store, hex, kind, path, limit, out, err);
		if (result == 0)
			remember(objects, hex, kind, out->bytes + before, out->length - before);
	}
	pthread_mutex_unlock(&objects->mutex);
	return result;
}
