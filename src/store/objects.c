#include "store/objects.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "store/program.h"

#include <stdio.h>
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
		store->objects->odb = fmr_odb_open(own && *own ? own : usual);
		free(usual);
	}
	return store->objects;
}

void fmr_objects_free(struct objects *objects)
{
	if (!objects)
		return;
	fmr_process_stop(objects->git);
	fmr_odb_close(objects->odb);
	fmr_hasher_free(objects->hasher);
	fmr_str_release(&objects->last);
	pthread_mutex_destroy(&objects->mutex);
	free(objects);
}

static const char *const kind_names[] = { [ODB_COMMIT] = "commit", [ODB_TREE] = "tree", [ODB_BLOB] = "blob", [ODB_TAG] = "tag" };

/* "<id> blob <size>", or "<id> missing" */
static int read_answer(struct fmr_process *git, enum odb_kind wanted, size_t limit, struct fmr_str *out, bool *in_step,
	struct fmr_err *err)
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
		result = *in_step ? FMR_ERR_NOT_FOUND : FMR_ERR_INVALID;
		goto out;
	}
	*in_step = false;
	if (size > limit) {
		result = FMR_ERR_LIMIT;
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

/* NOT_FOUND, LIMIT and INVALID (another kind) leave err to the caller. */
static int ask(struct fmr_store *store, const char *id, enum odb_kind kind, size_t limit, struct fmr_str *out,
	struct fmr_err *err)
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
		result = read_answer(objects->git, kind, limit, out, &in_step, err);
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

/* As ask(). */
static int find(struct fmr_store *store, const char *hex, enum odb_kind kind, size_t limit, struct fmr_str *out,
	struct fmr_err *err)
{
	unsigned char id[20];
	switch (fmr_odb_id_parse(hex, id) ? fmr_odb_read(store->objects->odb, id, kind, limit, out) : ODB_MISSING) {
	case ODB_READ:
		return 0;
	case ODB_TOO_LARGE:
		return FMR_ERR_LIMIT;
	case ODB_OTHER_KIND:
		return FMR_ERR_INVALID;
	case ODB_MISSING:
	case ODB_BROKEN: /* git may know better */
		break;
	}
	return ask(store, hex, kind, limit, out, err);
}

int fmr_objects_read(struct fmr_store *store, const char *hex, enum odb_kind kind, const char *path, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	struct objects *objects = fmr_objects_of(store);
	const size_t before = out->length;
	int result = 0;
	pthread_mutex_lock(&objects->mutex);
	if (!recall(objects, hex, kind, limit, out)) {
		result = find(store, hex, kind, limit, out, err);
		if (result == 0)
			remember(objects, hex, kind, out->bytes + before, out->length - before);
	}
	pthread_mutex_unlock(&objects->mutex);
	if (result == FMR_ERR_LIMIT)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("'%s' is larger than %zu bytes"), path, limit);
	if (result == FMR_ERR_NOT_FOUND || result == FMR_ERR_INVALID)
		return fmr_err_set(err, FMR_ERR_GIT, _("git cannot read the content of '%s': the object is missing"), path);
	return result;
}

/* ---- believing nothing ---- */

bool fmr_oid_parse(const char *hex, struct fmr_oid *out)
{
	return fmr_odb_id_parse(hex, out->bytes) && !hex[40];
}

void fmr_oid_text(const struct fmr_oid *id, char hex[41])
{
	fmr_odb_id_text(id->bytes, hex);
}

bool fmr_oid_equal(const struct fmr_oid *a, const struct fmr_oid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Are they the bytes of this id? */
static int compare_id(struct objects *objects, const struct fmr_oid *id, enum odb_kind kind, const char *bytes, size_t length,
	bool *same, struct fmr_err *err)
{
	char head[32];
	struct fmr_oid own = { { 0 } };
	struct fmr_err why = { 0 };
	if (!objects->hasher)
		objects->hasher = fmr_hasher_new(FMR_SHA1, &why);
	if (!objects->hasher)
		return fmr_err_set(err, why.code, "%s", why.text);
	fmr_hasher_begin(objects->hasher);
	fmr_hasher_add(objects->hasher, head, (size_t)snprintf(head, sizeof(head), "%s %zu", kind_names[kind], length) + 1);
	fmr_hasher_add(objects->hasher, bytes, length);
	fmr_hasher_end(objects->hasher, own.bytes);
	*same = fmr_oid_equal(&own, id);
	return 0;
}

static int find_raw(struct fmr_store *store, const struct fmr_oid *id, enum odb_kind kind, size_t limit, struct fmr_str *out,
	struct fmr_err *err)
{
	struct objects *objects = store->objects;
	const size_t before = out->length;
	char hex[41];
	bool same = true;
	int result = 0;
	fmr_oid_text(id, hex);
	enum odb_result found = fmr_odb_read(objects->odb, id->bytes, kind, limit, out);
	/* git is asked only about what cannot be understood here: it would spend any time and memory on a hostile pack */
	if (found == ODB_MISSING && fmr_odb_is_limited(objects->odb)) {
		result = ask(store, hex, kind, limit, out, err);
		found = result == 0 ? ODB_READ
			: result == FMR_ERR_LIMIT ? ODB_TOO_LARGE
			: result == FMR_ERR_INVALID ? ODB_OTHER_KIND
			: ODB_MISSING;
		if (found == ODB_MISSING && result != FMR_ERR_NOT_FOUND && !store->partial_clone) /* there git just ends */
			return result;
	}
	if (found == ODB_READ)
		result = compare_id(objects, id, kind, out->bytes + before, out->length - before, &same, err);
	if (result != 0 || !same)
		fmr_str_truncate(out, before);
	if (!same)
		return fmr_err_set(err, FMR_ERR_INVALID, _("the object %s is damaged: its bytes are not those of its id"), hex);
	switch (found) {
	case ODB_READ:
		return result;
	case ODB_TOO_LARGE:
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the object %s is larger than %zu bytes"), hex, limit);
	case ODB_OTHER_KIND:
		return fmr_err_set(err, FMR_ERR_INVALID, _("the object %s is no %s"), hex, kind_names[kind]);
	case ODB_BROKEN:
		return fmr_err_set(err, FMR_ERR_INVALID, _("the object %s is damaged: it cannot be unpacked"), hex);
	case ODB_MISSING:
		break;
	}
	return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("the object %s is missing"), hex);
}

int fmr_store_object(struct fmr_store *store, const struct fmr_oid *id, enum fmr_object_kind kind, size_t limit,
	struct fmr_str *out, struct fmr_err *err)
{
	struct objects *objects = fmr_objects_of(store);
	pthread_mutex_lock(&objects->mutex);
	const int result = find_raw(store, id, (enum odb_kind)kind, limit, out, err);
	pthread_mutex_unlock(&objects->mutex);
	return result;
}
