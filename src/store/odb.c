/*
 * Which directories hold objects, the objects that are files of their own, and the order in which all is looked through.
 */
#include "store/odb.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/pack.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ID = 20,
	HEADER = 32,             /* bytes that hold the header of an object */
	FIRST_READ = 64 << 10,   /* bytes of a file, and ... */
	FIRST_MADE = 4 << 10,    /* ... bytes that are made of them, for a beginning */
	ALTERNATES_LIMIT = 1 << 20, MOST_DIRECTORIES = 64,
	DEEPEST = 5,             /* alternates of alternates, as git has it */
};

struct directory {
	char *path;
	struct timespec listed; /* when its packs had changed as they were listed */
};

struct odb {
	struct packs packs;
	FMR_VEC(struct directory) directories;
	bool packed_last; /* the last object was in a pack: the next one may be, too */
};

/* ---- ids ---- */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool fmr_odb_id_parse(const char *hex, unsigned char id[20])
{
	for (size_t i = 0; i < ID; i++) {
		const int high = digit(hex[2 * i]), low = high < 0 ? -1 : digit(hex[2 * i + 1]);
		if (low < 0)
			return false;
		id[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void fmr_odb_id_text(const unsigned char id[20], char hex[41])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < ID; i++) {
		hex[2 * i] = digits[id[i] >> 4];
		hex[2 * i + 1] = digits[id[i] & 0xF];
	}
	hex[2 * ID] = '\0';
}

/* ---- directories ---- */

static void add_directory(struct odb *odb, const char *path, size_t length, const char *base, int depth);

/* The lines of info/alternates. */
static void add_alternates(struct odb *odb, const char *directory, int depth)
{
	struct fmr_str text;
	fmr_str_init(&text);
	char *file = fmr_format("%s/info/alternates", directory);
	if (depth < DEEPEST && fmr_file_read(AT_FDCWD, file, ALTERNATES_LIMIT, false, &text, NULL) == 0)
		for (const char *line = text.bytes; *line;) {
			const size_t length = strcspn(line, "\n");
			if (length && *line != '#')
				add_directory(odb, line, length, directory, depth + 1);
			line += length + (line[length] == '\n');
		}
	free(file);
	fmr_str_release(&text);
}

/* base: where a relative path begins; NULL: in the current directory. */
static void add_directory(struct odb *odb, const char *path, size_t length, const char *base, int depth)
{
	char *joined = *path != '/' && base ? fmr_format("%s/%.*s", base, (int)length, path) : fmr_strndup(path, length);
	char *real = realpath(joined, NULL);
	for (size_t i = 0; real && i < odb->directories.count; i++)
		if (strcmp(odb->directories.items[i].path, real) == 0) {
			free(real);
			real = NULL;
		}
	if (real && odb->directories.count < MOST_DIRECTORIES) {
		FMR_VEC_PUSH(&odb->directories, ((struct directory){ .path = real }));
		add_alternates(odb, real, depth);
	} else {
		free(real);
	}
	free(joined);
}

/* Take a word off a list with ":" between them, as git quotes those that have one: "with \" and \072". */
static void take_word(const char **at, struct fmr_str *word)
{
	const bool is_quoted = **at == '"';
	*at += is_quoted;
	while (**at && **at != (is_quoted ? '"' : ':')) {
		char c = *(*at)++;
		if (is_quoted && c == '\\' && **at) {
			static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
			const char *letter = strchr(letters, **at);
			if (**at >= '0' && **at <= '3' && strspn(*at, "01234567") >= 3) {
				c = (char)((((*at)[0] - '0') << 6) + (((*at)[1] - '0') << 3) + ((*at)[2] - '0'));
				*at += 3;
			} else {
				c = letter ? meant[letter - letters] : **at;
				*at += 1;
			}
		}
		fmr_str_putc(word, c);
	}
	*at += is_quoted && **at;
	*at += **at == ':';
}

static void add_environment(struct odb *odb)
{
	const char *list = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	struct fmr_str word;
	fmr_str_init(&word);
	while (list && *list) {
		fmr_str_clear(&word);
		take_word(&list, &word);
		if (word.length)
			add_directory(odb, word.bytes, word.length, NULL, 0);
	}
	fmr_str_release(&word);
}

/* List the packs of the directories that changed since; were there any? */
static bool list_packs(struct odb *odb)
{
	bool any = false;
	for (size_t i = 0; i < odb->directories.count; i++) {
		struct directory *directory = &odb->directories.items[i];
		char *path = fmr_format("%s/pack", directory->path);
		struct stat st;
		if (stat(path, &st) == 0 &&
			(st.st_mtim.tv_sec != directory->listed.tv_sec || st.st_mtim.tv_nsec != directory->listed.tv_nsec)) {
			directory->listed = st.st_mtim;
			fmr_packs_list(&odb->packs, path);
			any = true;
		}
		free(path);
	}
	return any;
}

struct odb *fmr_odb_open(const char *directory)
{
	struct odb *odb = fmr_alloc_zero(1, sizeof(*odb));
	fmr_str_init(&odb->packs.buffer);
	add_directory(odb, directory, strlen(directory), NULL, 0);
	add_environment(odb);
	return odb;
}

void fmr_odb_close(struct odb *odb)
{
	if (!odb)
		return;
	fmr_packs_release(&odb->packs);
	for (size_t i = 0; i < odb->directories.count; i++)
		free(odb->directories.items[i].path);
	FMR_VEC_RELEASE(&odb->directories);
	free(odb);
}

/* ---- objects in files of their own ---- */

/* Read up to `length` bytes of the file, from its beginning. */
static bool read_file(int file, size_t length, struct fmr_str *out)
{
	fmr_str_clear(out);
	fmr_str_reserve(out, length + 1);
	while (out->length < length) {
		const ssize_t got = pread(file, out->bytes + out->length, length - out->length, (off_t)out->length);
		if (got <= 0)
			return got == 0;
		out->length += (size_t)got;
	}
	return true;
}

/* Plain digits; too many of them are more than any limit. */
static bool parse_size(const unsigned char *at, const unsigned char *end, uint64_t *size)
{
	const unsigned char *first = at;
	*size = 0;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		*size = *size > UINT64_MAX / 100 ? UINT64_MAX : *size * 10 + (*at - '0');
	return at == end && at > first && (*first != '0' || end - first == 1);
}

/* "blob 1234" NUL; *header: its length with the NUL */
static bool parse_header(const unsigned char *bytes, size_t length, enum odb_kind *kind, uint64_t *size, size_t *header)
{
	static const char *const names[] = { [ODB_COMMIT] = "commit ", [ODB_TREE] = "tree ", [ODB_BLOB] = "blob ",
		[ODB_TAG] = "tag " };
	const unsigned char *end = memchr(bytes, '\0', length < HEADER ? length : HEADER);
	for (int i = ODB_COMMIT; end && i <= ODB_TAG; i++) {
		const size_t name = strlen(names[i]);
		if ((size_t)(end - bytes) <= name || memcmp(bytes, names[i], name) != 0)
			continue;
		*kind = (enum odb_kind)i;
		*header = (size_t)(end - bytes) + 1;
		return parse_size(bytes + name, end, size);
	}
	return false;
}

/* *packed: the beginning of the file, which has no bytes more when it is shorter than FIRST_READ. */
static enum odb_result unpack_loose(const struct odb *odb, int file, struct fmr_str *packed, enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	const struct inflater *inflater = &odb->packs.inflater;
	unsigned char first[FIRST_MADE];
	size_t made, header;
	bool whole;
	enum odb_kind found;
	uint64_t size;
	if (!fmr_inflate_begin(inflater, (unsigned char *)packed->bytes, packed->length, first, sizeof(first), &made, &whole) ||
		!parse_header(first, made, &found, &size, &header))
		return ODB_BROKEN;
	if (found != kind)
		return ODB_OTHER_KIND;
	if (size > limit)
		return ODB_TOO_LARGE;
	if (whole) {
		if (made - header != size)
			return ODB_BROKEN;
		fmr_str_add(out, (const char *)first + header, (size_t)size);
		return ODB_READ;
	}
	const size_t before = out->length;
	if ((packed->length == FIRST_READ && !read_file(file, fmr_inflate_most((size_t)size + header), packed)) ||
		!fmr_inflate_exactly(inflater, (unsigned char *)packed->bytes, packed->length, (size_t)size + header, out))
		return ODB_BROKEN;
	fmr_str_splice(out, before, header, "", 0);
	return ODB_READ;
}

static enum odb_result read_loose_in(const struct odb *odb, const char *directory, const char *hex, enum odb_kind kind,
	size_t limit, struct fmr_str *out)
{
	char *path = fmr_format("%s/%.2s/%s", directory, hex, hex + 2);
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	free(path);
	if (file < 0)
		return ODB_MISSING;
	struct fmr_str packed;
	struct stat st;
	fmr_str_init(&packed);
	enum odb_result result = ODB_BROKEN;
	if (fstat(file, &st) == 0 && S_ISREG(st.st_mode) &&
		read_file(file, st.st_size < FIRST_READ ? (size_t)st.st_size : FIRST_READ, &packed))
		result = unpack_loose(odb, file, &packed, kind, limit, out);
	close(file);
	fmr_str_release(&packed);
	return result;
}

static bool is_settled(enum odb_result result)
{
	return result != ODB_MISSING && result != ODB_BROKEN;
}

static enum odb_result read_loose(const struct odb *odb, const unsigned char id[ID], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	char hex[2 * ID + 1];
	enum odb_result result = ODB_MISSING;
	fmr_odb_id_text(id, hex);
	for (size_t i = 0; i < odb->directories.count && !is_settled(result); i++) {
		const enum odb_result here = read_loose_in(odb, odb->directories.items[i].path, hex, kind, limit, out);
		result = here == ODB_MISSING ? result : here;
	}
	return result;
}

/* ---- all together ---- */

bool fmr_odb_is_limited(struct odb *odb)
{
	return !fmr_inflate_ready(&odb->packs.inflater) || fmr_packs_foreign(&odb->packs);
}

/* In packs, or in files of their own. */
static enum odb_result look(struct odb *odb, bool packed, const unsigned char id[ID], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	const enum odb_result result = packed ? fmr_packs_read(&odb->packs, id, kind, limit, out)
					      : read_loose(odb, id, kind, limit, out);
	if (is_settled(result))
		odb->packed_last = packed;
	return result;
}

enum odb_result fmr_odb_read(struct odb *odb, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	if (!fmr_inflate_ready(&odb->packs.inflater))
		return ODB_MISSING;
	const bool first = odb->packed_last;
	enum odb_result result = look(odb, first, id, kind, limit, out), other = ODB_MISSING;
	if (!is_settled(result))
		other = look(odb, !first, id, kind, limit, out);
	/* packs that were made in the meantime, such as of the files that were there before */
	if (!is_settled(result) && !is_settled(other) && list_packs(odb))
		other = look(odb, true, id, kind, limit, out);
	return other == ODB_MISSING ? result : other;
}
