#include "base/archive.h"

#include "base/alloc.h"
#include "base/dict.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "base/tar.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

struct member {
	char *path;
	struct fmr_str bytes;
};

struct fmr_archive {
	FMR_VEC(struct member) members;
	struct fmr_dict paths;
	size_t total;
};

struct fmr_archive *fmr_archive_new(void)
{
	struct fmr_archive *archive = fmr_alloc_zero(1, sizeof(*archive));
	fmr_dict_init(&archive->paths);
	return archive;
}

void fmr_archive_free(struct fmr_archive *archive)
{
	if (!archive)
		return;
	for (size_t i = 0; i < archive->members.count; i++) {
		free(archive->members.items[i].path);
		fmr_str_release(&archive->members.items[i].bytes);
	}
	FMR_VEC_RELEASE(&archive->members);
	fmr_dict_release(&archive->paths);
	free(archive);
}

bool fmr_archive_has(const struct fmr_archive *archive, const char *path)
{
	size_t at;
	return fmr_dict_get(&archive->paths, path, &at);
}

int fmr_archive_add(struct fmr_archive *archive, const char *path, const char *bytes, size_t length,
	struct fmr_err *err)
{
	if (fmr_archive_has(archive, path))
		return 0;
	if (length > FMR_ARCHIVE_LIMIT - archive->total)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the archive would be larger than %d MiB"), FMR_ARCHIVE_LIMIT >> 20);
	archive->total += length;
	fmr_dict_add(&archive->paths, path, archive->members.count);
	struct member *member = FMR_VEC_ADD(&archive->members);
	member->path = fmr_strdup(path);
	fmr_str_init(&member->bytes);
	fmr_str_add(&member->bytes, bytes, length);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->path, ((const struct member *)b)->path);
}

static int add_sums(struct fmr_archive *archive, struct fmr_err *err)
{
	struct fmr_str sums;
	fmr_str_init(&sums);
	int result = fmr_digest_ready(err);
	for (size_t i = 0; !result && i < archive->members.count; i++) {
		const struct member *member = &archive->members.items[i];
		char digest[FMR_DIGEST_TEXT];
		fmr_digest_bytes(member->bytes.bytes, member->bytes.length, digest);
		fmr_str_printf(&sums, "%s  %s\n", digest, member->path);
	}
	if (!result)
		result = fmr_archive_add(archive, "SHA256SUMS", sums.bytes, sums.length, err);
	fmr_str_release(&sums);
	return result;
}

static void sort(struct fmr_archive *archive)
{
	if (archive->members.count) /* qsort wants an address even for nothing */
		qsort(archive->members.items, archive->members.count, sizeof(*archive->members.items), by_path);
}

int fmr_archive_write(struct fmr_archive *archive, const char *root, int64_t time, struct fmr_str *out,
	struct fmr_err *err)
{
	struct fmr_str path;
	sort(archive);
	int result = add_sums(archive, err);
	if (result)
		return result;
	sort(archive);
	fmr_str_init(&path);
	for (size_t i = 0; i < archive->members.count; i++) {
		struct member *member = &archive->members.items[i];
		fmr_str_clear(&path);
		fmr_str_printf(&path, "%s/%s", root, member->path);
		fmr_tar_file(out, path.bytes, member->bytes.bytes, member->bytes.length, time);
		fmr_str_release(&member->bytes); /* what lies in the archive is not needed twice */
	}
	fmr_tar_end(out);
	fmr_str_release(&path);
	return 0;
}
