#define _GNU_SOURCE /* CLOCK_REALTIME_COARSE */
#include "index/folder.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "record/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 2048, THREADS = 8, MOST_FOLDERS = 4 << 20 };
static const uint64_t second = 1000000000u;

void fmr_folders_release(struct folders *folders)
{
	for (size_t i = 0; i < folders->list.count; i++) {
		free(folders->list.items[i].path);
		FMR_VEC_RELEASE(&folders->list.items[i].entries);
		fmr_str_release(&folders->list.items[i].names);
	}
	FMR_VEC_RELEASE(&folders->list);
	FMR_VEC_RELEASE(&folders->gone);
	*folders = (struct folders){ 0 };
}

const char *fmr_entry_name(const struct folder *folder, const struct entry *entry)
{
	return folder->names.bytes + entry->name;
}

void fmr_entry_path(const struct folder *folder, const struct entry *entry, struct fmr_str *out)
{
	fmr_str_puts(out, folder->path);
	fmr_str_putc(out, '/');
	fmr_str_add(out, fmr_entry_name(folder, entry), entry->length);
}

/* ---- times ---- */

uint64_t fmr_folders_now(void)
{
	struct timespec now;
#ifdef CLOCK_REALTIME_COARSE
	clock_gettime(CLOCK_REALTIME_COARSE, &now); /* what the kernel stamps files with */
#else
	clock_gettime(CLOCK_REALTIME, &now);
#endif
	return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

static uint64_t nanoseconds(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * second + (uint64_t)time->tv_nsec;
}

#ifdef __APPLE__
#define MODIFIED(st) nanoseconds(&(st)->st_mtimespec)
#define STATUS(st) nanoseconds(&(st)->st_ctimespec)
#else
#define MODIFIED(st) nanoseconds(&(st)->st_mtim)
#define STATUS(st) nanoseconds(&(st)->st_ctim)
#endif

/* May it be written once more without its time telling?  File systems count in ticks of up to 10 ms; some in whole
 * seconds, or two. */
static bool is_racy(uint64_t modified, uint64_t status, uint64_t start)
{
	uint64_t last = modified > status ? modified : status;
	uint64_t tick = last % 1000000 ? second / 50 : 2 * second;
	return last + tick >= start;
}

/* ---- one directory ---- */

struct name {
	const char *text;
	size_t length;
	unsigned kind; /* ENTRY_FOLDER, ENTRY_ODD or 0 */
};

struct listing {
	FMR_VEC(struct name) names;
	struct fmr_arena arena;
};

static bool is_left_out(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]) || strcasecmp(name, ".git") == 0 ||
		strncmp(name, FMR_TEMPORARY_PREFIX, strlen(FMR_TEMPORARY_PREFIX)) == 0);
}

static unsigned kind_of(const struct dirent *entry, int directory)
{
	struct stat st;
	switch (entry->d_type) {
	case DT_REG:
		return 0;
	case DT_DIR:
		return ENTRY_FOLDER;
	case DT_UNKNOWN:
		if (fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return ENTRY_ODD;
		return S_ISREG(st.st_mode) ? 0 : S_ISDIR(st.st_mode) ? ENTRY_FOLDER : ENTRY_ODD;
	default:
		return ENTRY_ODD;
	}
}

/* Which entries of a folder matter: all below records, the config, the types, catalogues and scaffolds. */
static bool matters(const struct folder *folder, const char *name, unsigned kind)
{
	const char *end = strrchr(name, '.');
	if (strcmp(folder->path, ".fmrec") == 0)
		return kind == 0 && strcmp(name, strrchr(FMR_CONFIG_PATH, '/') + 1) == 0;
	if (strcmp(folder->path, FMR_SCHEMA_DIRECTORY) == 0 || strcmp(folder->path, FMR_CATALOGUE_DIRECTORY) == 0 ||
		strcmp(folder->path, FMR_SCAFFOLD_DIRECTORY) == 0)
		return kind == 0 && end && strcmp(end, ".yaml") == 0;
	return kind == ENTRY_FOLDER || name[0] != '.';
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int list_names(const struct folder *folder, int top, struct listing *listing, struct fmr_err *err)
{
	int descriptor = fmr_open_inside(top, folder->path, O_RDONLY | O_DIRECTORY, 0);
	if (descriptor < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? FMR_OK :
			fmr_err_system(err, errno, _("cannot open the directory '%s'"), folder->path);
	DIR *stream = fdopendir(descriptor);
	if (!stream) {
		close(descriptor);
		return fmr_err_system(err, errno, _("cannot read the directory '%s'"), folder->path);
	}
	errno = 0;
	for (const struct dirent *entry; (entry = readdir(stream)); errno = 0) {
		unsigned kind = is_left_out(entry->d_name) ? 0 : kind_of(entry, dirfd(stream));
		if (is_left_out(entry->d_name) || !matters(folder, entry->d_name, kind))
			continue;
		size_t length = strlen(entry->d_name);
		char *text = fmr_arena_alloc(&listing->arena, length + 2);
		memcpy(text, entry->d_name, length);
		text[length] = kind == ENTRY_FOLDER ? '/' : '\0';
		text[length + 1] = '\0';
		FMR_VEC_PUSH(&listing->names, ((struct name){ text, length, kind }));
	}
	int number = errno;
	closedir(stream);
	if (listing->names.count)
		qsort(listing->names.items, listing->names.count, sizeof(struct name), compare_names);
	return number ? fmr_err_system(err, number, _("cannot read the directory '%s'"), folder->path) : FMR_OK;
}

/* ---- names that came and went ---- */

static size_t add_folder(struct folders *folders, const char *path)
{
	struct folder folder = { .path = fmr_strdup(path), .there = true, .moved = true, .dirty = true };
	fmr_str_init(&folder.names);
	FMR_VEC_PUSH(&folders->list, folder);
	return folders->list.count - 1;
}

static void lose_folder(struct folders *folders, size_t number)
{
	struct folder *folder = &folders->list.items[number];
	if (!folder->there)
		return;
	folder->there = false;
	folder->dirty = folders->moved = true;
	for (size_t i = 0; i < folder->entries.count; i++) {
		const struct entry *entry = &folder->entries.items[i];
		if (entry->flags & ENTRY_FOLDER && entry->key < folders->list.count)
			lose_folder(folders, entry->key);
		else if (entry->flags & ENTRY_RECORD && entry->key)
			FMR_VEC_PUSH(&folders->gone, entry->key);
	}
	folder->entries.count = 0;
}

static void lose_entry(struct folders *folders, const struct entry *entry)
{
	folders->moved = true;
	folders->schema_moved = folders->schema_moved || entry->flags & ENTRY_SCHEMA;
	if (entry->flags & ENTRY_FOLDER)
		lose_folder(folders, entry->key);
	else if (entry->flags & ENTRY_RECORD && entry->key)
		FMR_VEC_PUSH(&folders->gone, entry->key);
}

static struct entry new_entry(struct folders *folders, size_t number, const struct name *name)
{
	struct entry entry = { .flags = (uint16_t)(name->kind | ENTRY_NEW | ENTRY_CHANGED), .length = (uint16_t)name->length };
	struct fmr_str path;
	fmr_str_init(&path);
	fmr_str_printf(&path, "%s/", folders->list.items[number].path);
	fmr_str_add(&path, name->text, name->length);
	if (path.bytes[0] == '.') {
		entry.flags |= ENTRY_SCHEMA;
		folders->schema_moved = true;
	}
	if (name->kind == ENTRY_FOLDER)
		entry.key = (uint32_t)add_folder(folders, path.bytes);
	else if (fmr_path_is_record(path.bytes))
		entry.flags |= ENTRY_RECORD;
	fmr_str_release(&path);
	folders->moved = true;
	return entry;
}

static int compare_entry(const struct folder *folder, const struct entry *entry, const struct name *name)
{
	char slash[258];
	const char *text = fmr_entry_name(folder, entry);
	if (entry->flags & ENTRY_FOLDER && entry->length < sizeof(slash) - 1) {
		memcpy(slash, text, entry->length);
		memcpy(slash + entry->length, "/", 2);
		text = slash;
	}
	return strcmp(text, name->text);
}

/* Merge what was there with what is there now. */
static int list_again(struct folders *folders, size_t number, int top, struct fmr_err *err)
{
	struct listing listing = { 0 };
	fmr_arena_init(&listing.arena);
	int code = list_names(&folders->list.items[number], top, &listing, err);
	struct folder before = folders->list.items[number]; /* the list may move while folders are added */
	FMR_VEC(struct entry) entries = { 0 };
	struct fmr_str names;
	bool changed = false;
	fmr_str_init(&names);
	for (size_t old = 0, i = 0; !code;) {
		const struct name *name = i < listing.names.count ? &listing.names.items[i] : NULL;
		const struct entry *entry = old < before.entries.count ? &before.entries.items[old] : NULL;
		if (!name && !entry)
			break;
		int order = !name ? -1 : !entry ? 1 : compare_entry(&before, entry, name);
		if (order == 0 && (entry->flags & ENTRY_ODD) != (name->kind & ENTRY_ODD)) /* a link where a file was */
			order = -1;
		changed |= order != 0;
		if (order < 0) {
			lose_entry(folders, entry);
			old++;
			continue;
		}
		struct entry now = order == 0 ? *entry : new_entry(folders, number, name);
		now.name = (uint32_t)names.length;
		fmr_str_add(&names, name->text, name->length);
		fmr_str_putc(&names, '\0');
		FMR_VEC_PUSH(&entries, now);
		i++;
		old += order == 0;
	}
	struct folder *folder = &folders->list.items[number];
	FMR_VEC_RELEASE(&folder->entries);
	memcpy(&folder->entries, &entries, sizeof(entries));
	fmr_str_release(&folder->names);
	folder->names = names;
	folder->dirty |= changed;
	FMR_VEC_RELEASE(&listing.names);
	fmr_arena_release(&listing.arena);
	return code;
}

static int look_at_folder(struct folders *folders, size_t number, int top, uint64_t start, struct fmr_err *err)
{
	struct folder *folder = &folders->list.items[number];
	struct stat st;
	if (!folder->there)
		return FMR_OK;
	bool there = fstatat(top, folder->path, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && !S_ISDIR(st.st_mode) && !strchr(folder->path, '/'))
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is a symbolic link or lies behind one"), folder->path);
	if (!there || !S_ISDIR(st.st_mode)) {
		lose_folder(folders, number);
		return FMR_OK;
	}
	if (!folder->moved && !folder->racy && folder->modified == MODIFIED(&st) && folder->status == STATUS(&st) &&
		folder->inode == (uint32_t)st.st_ino)
		return FMR_OK;
	const struct folder before = *folder;
	folder->modified = MODIFIED(&st);
	folder->status = STATUS(&st);
	folder->inode = (uint32_t)st.st_ino;
	folder->racy = is_racy(folder->modified, folder->status, start);
	folder->dirty |= folder->modified != before.modified || folder->status != before.status ||
		folder->racy != before.racy || folder->inode != before.inode;
	return list_again(folders, number, top, err);
}

/* Those that are there: a folder that is lost again would make every look one that found changes. */
static void add_roots(struct folders *folders, int top)
{
	struct stat st;
	static const char *const roots[] = { ".fmrec", FMR_SCHEMA_DIRECTORY, FMR_CATALOGUE_DIRECTORY,
		FMR_SCAFFOLD_DIRECTORY, FMR_RECORDS };
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		bool there = false;
		for (size_t j = 0; j < folders->list.count; j++)
			there |= folders->list.items[j].there && strcmp(folders->list.items[j].path, roots[i]) == 0;
		if (!there && fstatat(top, roots[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			add_folder(folders, roots[i]);
	}
}

/* ---- every entry ---- */

static bool is_same(const struct entry *entry, const struct stat *st)
{
	return entry->modified == MODIFIED(st) && entry->status == STATUS(st) && entry->size == (uint32_t)st->st_size &&
		entry->inode == (uint32_t)st->st_ino && S_ISREG(st->st_mode) == !(entry->flags & ENTRY_ODD);
}

static void set_stat(struct entry *entry, const struct stat *st, uint64_t start)
{
	if (!(st->st_mode & S_IXUSR) != !(entry->flags & ENTRY_PROGRAM))
		entry->flags &= (uint16_t)~ENTRY_CLEAN; /* the mode is judged, too */
	entry->modified = MODIFIED(st);
	entry->status = STATUS(st);
	entry->size = (uint32_t)st->st_size;
	entry->inode = (uint32_t)st->st_ino;
	entry->flags &= (uint16_t)~(ENTRY_RACY | ENTRY_PROGRAM | ENTRY_ODD);
	entry->flags |= (uint16_t)((is_racy(entry->modified, entry->status, start) ? ENTRY_RACY : 0) |
		(st->st_mode & S_IXUSR ? ENTRY_PROGRAM : 0) | (S_ISREG(st->st_mode) ? 0 : ENTRY_ODD));
}

bool fmr_entry_stat(struct entry *entry, int top, const char *path, uint64_t start)
{
	struct stat st;
	if (fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	set_stat(entry, &st, start);
	return true;
}

bool fmr_entry_differs(const struct entry *a, const struct entry *b)
{
	return a->modified != b->modified || a->status != b->status || a->size != b->size || a->inode != b->inode ||
		((a->flags ^ b->flags) & ENTRY_STORED);
}

struct piece {
	struct folder *folder;
	size_t first, end;
};

struct look {
	FMR_VEC(struct piece) pieces;
	int top;
	atomic_size_t next, changed;
};

static size_t look_at_piece(const struct piece *piece, int top)
{
	struct folder *folder = piece->folder;
	size_t changed = 0;
	int directory = fmr_open_inside(top, folder->path, O_RDONLY | O_DIRECTORY, 0);
	for (size_t i = piece->first; i < piece->end; i++) {
		struct entry *entry = &folder->entries.items[i];
		struct stat st;
		if (entry->flags & ENTRY_FOLDER)
			continue;
		if (directory < 0 || fstatat(directory, fmr_entry_name(folder, entry), &st, AT_SYMLINK_NOFOLLOW) != 0)
			entry->flags |= ENTRY_GONE; /* since its folder was listed */
		else if (entry->flags & ENTRY_RACY || !is_same(entry, &st))
			entry->flags |= ENTRY_CHANGED;
		changed += (entry->flags & (ENTRY_CHANGED | ENTRY_GONE)) != 0;
	}
	if (directory >= 0)
		close(directory);
	return changed;
}

static void *look_at_pieces(void *context)
{
	struct look *look = context;
	size_t number, changed = 0;
	while ((number = atomic_fetch_add(&look->next, 1)) < look->pieces.count)
		changed += look_at_piece(&look->pieces.items[number], look->top);
	atomic_fetch_add(&look->changed, changed);
	return NULL;
}

static void look_at_entries(struct folders *folders, struct look *look, int threads)
{
	size_t total = 0;
	for (size_t i = 0; i < folders->list.count; i++) {
		struct folder *folder = &folders->list.items[i];
		for (size_t at = 0; folder->there && at < folder->entries.count; at += PIECE)
			FMR_VEC_PUSH(&look->pieces, ((struct piece){ folder, at,
				at + PIECE < folder->entries.count ? at + PIECE : folder->entries.count }));
		total += folder->entries.count;
	}
	pthread_t others[THREADS];
	int started = 0;
	while (started < threads - 1 && started < THREADS && (size_t)started < total / PIECE &&
		pthread_create(&others[started], NULL, look_at_pieces, look) == 0)
		started++;
	look_at_pieces(look);
	while (started)
		pthread_join(others[--started], NULL);
	FMR_VEC_RELEASE(&look->pieces);
}

int fmr_folders_look(struct folders *folders, int top, int threads, struct fmr_err *err)
{
	uint64_t start = fmr_folders_now();
	int code = FMR_OK;
	add_roots(folders, top);
	for (size_t i = 0; !code && i < folders->list.count; i++) /* grows while folders are found */
		code = i < MOST_FOLDERS ? look_at_folder(folders, i, top, start, err) :
					  fmr_err_set(err, FMR_ERR_LIMIT, _("there are too many directories"));
	if (code)
		return code;
	struct look look = { .top = top };
	look_at_entries(folders, &look, threads);
	folders->changed = atomic_load(&look.changed);
	return FMR_OK;
}

/* ---- in order ---- */

static int each_below(struct folders *folders, size_t number, struct fmr_str *path, fmr_entry_visit *visit, void *context)
{
	struct folder *folder = &folders->list.items[number];
	int result = 0;
	for (size_t i = 0; !result && i < folder->entries.count; i++) {
		struct entry *entry = &folder->entries.items[i];
		if (entry->flags & ENTRY_FOLDER) {
			result = entry->key < folders->list.count ? each_below(folders, entry->key, path, visit, context) : 0;
			continue;
		}
		fmr_str_clear(path);
		fmr_entry_path(folder, entry, path);
		result = visit(context, folder, entry, path->bytes);
	}
	return result;
}

int fmr_folders_each(struct folders *folders, const char *root, fmr_entry_visit *visit, void *context)
{
	int result = 0;
	struct fmr_str path;
	fmr_str_init(&path);
	for (size_t i = 0; !result && i < folders->list.count; i++)
		if (folders->list.items[i].there && strcmp(folders->list.items[i].path, root) == 0)
			result = each_below(folders, i, &path, visit, context);
	fmr_str_release(&path);
	return result;
}

/* ---- as bytes ---- */

void fmr_folder_pack(const struct folder *folder, struct fmr_str *out)
{
	for (size_t i = 0; i < folder->entries.count; i++) {
		struct entry entry = folder->entries.items[i];
		entry.flags &= ENTRY_STORED;
		fmr_str_add(out, (const char *)&entry, sizeof(entry));
	}
	const uint32_t count = (uint32_t)folder->entries.count;
	fmr_str_add(out, folder->names.bytes, folder->names.length);
	fmr_str_add(out, (const char *)&count, sizeof(count));
}

/* The entries, their names, the number of entries. */
bool fmr_folder_unpack(struct folder *folder, const char *bytes, size_t length)
{
	struct entry first;
	uint32_t count;
	if (length < sizeof(count))
		return false;
	memcpy(&count, bytes + length - sizeof(count), sizeof(count));
	if (count > (length - sizeof(count)) / sizeof(first))
		return false;
	size_t names = length - sizeof(count) - count * sizeof(first);
	FMR_VEC_RESERVE(&folder->entries, count);
	memcpy(folder->entries.items, bytes, count * sizeof(first));
	folder->entries.count = count;
	fmr_str_add(&folder->names, bytes + count * sizeof(first), names);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = &folder->entries.items[i];
		if (entry->name + (size_t)entry->length >= names || folder->names.bytes[entry->name + entry->length])
			return false;
	}
	return true;
}
