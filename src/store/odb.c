/*
 * gitformat-pack(5) and gitformat-index(5), as far as reading single objects
 * goes.  Nothing that a file says is believed before it is compared with the
 * file's size or a limit.
 */
#include "store/odb.h"

#include "base/alloc.h"
#include "base/dynlib.h"
#include "base/vec.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#define ZLIB "libz.1.dylib"
#else
#define ZLIB "libz.so.1" /* git itself needs it, so it is there; linking it would cost every start */
#endif

enum {
	ID = 20,
	LARGEST = 16 << 20,    /* bytes of an object, and of one that it is a delta of */
	DEEPEST = 100,         /* deltas of deltas; git makes 50 */
	FIRST_GUESS = 4096,    /* bytes of a loose object */
	IDX_HEADER = 8, IDX_FANOUT = 256 * 4, IDX_IDS = IDX_HEADER + IDX_FANOUT,
	ENTRY_HEADER = 32,     /* bytes that hold any header of an entry */
	OFFSET_DELTA = 6, ID_DELTA = 7,
	Z_OK = 0, Z_BUF_ERROR = -5,
};

struct odb_pack {
	char *path; /* without ".idx" */
	int idx, pack;
	uint32_t count; /* of objects; 0 when it cannot be used */
	uint64_t size;  /* of the pack */
};

/* ---- ids and numbers ---- */

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

static uint32_t be32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_at(int file, void *to, size_t length, uint64_t offset)
{
	return pread(file, to, length, (off_t)offset) == (ssize_t)length;
}

/* Seven bits a byte, the lowest first. */
static bool take_size(const unsigned char **at, const unsigned char *end, uint64_t *out)
{
	uint64_t value = 0;
	for (unsigned shift = 0; *at < end && shift < 63; shift += 7) {
		const unsigned char byte = *(*at)++;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80)) {
			*out = value;
			return true;
		}
	}
	return false;
}

/* ---- deltas ---- */

/* The bytes of a copy instruction: offset and size, as far as the bits of the first say that they are there. */
static bool take_copy(unsigned char what, const unsigned char **at, const unsigned char *end, size_t *offset, size_t *size)
{
	*offset = *size = 0;
	for (unsigned i = 0; i < 7; i++) {
		if (!(what & 1u << i))
			continue;
		if (*at == end)
			return false;
		const size_t byte = *(*at)++;
		if (i < 4)
			*offset |= byte << 8 * i;
		else
			*size |= byte << 8 * (i - 4);
	}
	*size = *size ? *size : 0x10000;
	return true;
}

static bool apply_delta(const struct fmr_str *base, const unsigned char *at, const unsigned char *end, uint64_t wanted,
	struct fmr_str *out)
{
	const size_t start = out->length;
	while (at < end) {
		const unsigned char what = *at++;
		size_t offset = 0, size = what;
		const char *from = (const char *)at;
		if (what & 0x80) {
			if (!take_copy(what, &at, end, &offset, &size) || offset > base->length || size > base->length - offset)
				return false;
			from = base->bytes + offset;
		} else if (!what || size > (size_t)(end - at)) {
			return false;
		} else {
			at += size;
		}
		if (size > wanted - (out->length - start))
			return false;
		fmr_str_add(out, from, size);
	}
	return out->length - start == wanted;
}

bool fmr_odb_delta(const struct fmr_str *base, const unsigned char *delta, size_t length, size_t limit,
	struct fmr_str *out)
{
	const unsigned char *at = delta, *end = delta + length;
	const size_t before = out->length;
	uint64_t from, to;
	if (!take_size(&at, end, &from) || !take_size(&at, end, &to) || from != base->length || to > limit)
		return false;
	if (apply_delta(base, at, end, to, out))
		return true;
	fmr_str_truncate(out, before);
	return false;
}

/* ---- inflating ---- */

static bool can_inflate(struct odb *odb)
{
	void *library;
	if (!odb->inflate && fmr_dynlib_open(ZLIB, &library, NULL) == 0)
		fmr_dynlib_function(library, "uncompress", &odb->inflate, NULL);
	return odb->inflate;
}

/* Append exactly size bytes, inflated from the beginning of these. */
static bool inflate_exactly(const struct odb *odb, const unsigned char *bytes, size_t length, size_t size,
	struct fmr_str *out)
{
	unsigned long made = size;
	fmr_str_reserve(out, size + 1);
	unsigned char *to = (unsigned char *)out->bytes + out->length;
	const bool good = odb->inflate(to, &made, bytes, length) == Z_OK && made == size;
	if (good)
		out->length += size;
	out->bytes[out->length] = '\0';
	return good;
}

/* ---- objects in files of their own ---- */

static bool read_whole(const char *path, struct fmr_str *out)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	bool good = file >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= LARGEST;
	if (good) {
		fmr_str_reserve(out, (size_t)st.st_size + 1);
		good = read_at(file, out->bytes, (size_t)st.st_size, 0);
		out->length = good ? (size_t)st.st_size : 0;
		out->bytes[out->length] = '\0';
	}
	if (file >= 0)
		close(file);
	return good;
}

/* "blob 1234" NUL; *header: its length with the NUL */
static bool parse_header(const unsigned char *bytes, size_t length, enum odb_kind *kind, uint64_t *size, size_t *header)
{
	static const char *const names[] = { [ODB_COMMIT] = "commit ", [ODB_TREE] = "tree ", [ODB_BLOB] = "blob ",
		[ODB_TAG] = "tag " };
	const unsigned char *end = memchr(bytes, '\0', length < ENTRY_HEADER ? length : ENTRY_HEADER);
	if (!end)
		return false;
	for (int i = ODB_COMMIT; i <= ODB_TAG; i++) {
		const size_t name = strlen(names[i]);
		if (strncmp((const char *)bytes, names[i], name) != 0)
			continue;
		char *rest;
		*kind = (enum odb_kind)i;
		*size = strtoull((const char *)bytes + name, &rest, 10);
		*header = (size_t)(end - bytes) + 1;
		return (unsigned char *)rest == end && rest != (const char *)bytes + name;
	}
	return false;
}

static enum odb_result unpack_loose(const struct odb *odb, const struct fmr_str *packed, enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	unsigned char first[FIRST_GUESS];
	unsigned long made = sizeof(first);
	const unsigned char *bytes = (const unsigned char *)packed->bytes;
	const int code = odb->inflate(first, &made, bytes, packed->length);
	enum odb_kind found;
	uint64_t size;
	size_t header;
	if ((code != Z_OK && code != Z_BUF_ERROR) || !parse_header(first, made, &found, &size, &header))
		return ODB_UNKNOWN;
	if (found != kind)
		return ODB_OTHER_KIND;
	if (size > limit)
		return ODB_TOO_LARGE;
	if (code == Z_OK) {
		if (made - header != size)
			return ODB_UNKNOWN;
		fmr_str_add(out, (const char *)first + header, (size_t)size);
		return ODB_READ;
	}
	const size_t before = out->length;
	if (!inflate_exactly(odb, bytes, packed->length, (size_t)size + header, out))
		return ODB_UNKNOWN;
	fmr_str_splice(out, before, header, "", 0);
	return ODB_READ;
}

static enum odb_result read_loose(const struct odb *odb, const unsigned char id[ID], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	char hex[2 * ID + 1];
	fmr_odb_id_text(id, hex);
	struct fmr_str packed;
	fmr_str_init(&packed);
	char *path = fmr_format("%s/%.2s/%s", odb->directory, hex, hex + 2);
	enum odb_result result = ODB_UNKNOWN;
	if (read_whole(path, &packed))
		result = unpack_loose(odb, &packed, kind, limit, out);
	free(path);
	fmr_str_release(&packed);
	return result;
}

/* ---- packs ---- */

static void list_packs(struct odb *odb)
{
	FMR_VEC(struct odb_pack) packs = { 0 };
	char *directory = fmr_format("%s/pack", odb->directory);
	DIR *list = opendir(directory);
	for (struct dirent *entry; list && (entry = readdir(list));) {
		const size_t length = strlen(entry->d_name);
		if (length > 4 && strcmp(entry->d_name + length - 4, ".idx") == 0)
			FMR_VEC_PUSH(&packs, ((struct odb_pack){ .idx = -1, .pack = -1,
				.path = fmr_format("%s/%.*s", directory, (int)length - 4, entry->d_name) }));
	}
	if (list)
		closedir(list);
	free(directory);
	odb->packs = packs.items;
	odb->pack_count = packs.count;
	odb->listed = true;
}

static int open_beside(const struct odb_pack *pack, const char *suffix)
{
	char *path = fmr_format("%s%s", pack->path, suffix);
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	free(path);
	return file;
}

static bool open_index(struct odb_pack *pack)
{
	static const unsigned char magic[IDX_HEADER] = { 0xFF, 't', 'O', 'c', 0, 0, 0, 2 };
	unsigned char header[IDX_HEADER], last[4];
	if (pack->idx >= 0)
		return pack->count;
	pack->idx = open_beside(pack, ".idx");
	if (pack->idx >= 0 && read_at(pack->idx, header, sizeof(header), 0) && memcmp(header, magic, sizeof(magic)) == 0 &&
		read_at(pack->idx, last, sizeof(last), IDX_IDS - 4))
		pack->count = be32(last);
	return pack->count;
}

static bool open_entries(struct odb_pack *pack)
{
	struct stat st;
	if (pack->pack < 0)
		pack->pack = open_beside(pack, ".pack");
	if (pack->pack >= 0 && !pack->size && fstat(pack->pack, &st) == 0)
		pack->size = (uint64_t)st.st_size;
	return pack->size;
}

/* Where in the pack the object is. */
static bool find_offset(const struct odb_pack *pack, const unsigned char id[ID], uint64_t *offset)
{
	unsigned char bound[4], other[ID], place[8];
	uint32_t low = 0, high;
	if (id[0] && (!read_at(pack->idx, bound, 4, IDX_HEADER + (id[0] - 1u) * 4)))
		return false;
	low = id[0] ? be32(bound) : 0;
	if (!read_at(pack->idx, bound, 4, IDX_HEADER + id[0] * 4u))
		return false;
	high = be32(bound);
	for (int compared = 1; low < high;) {
		const uint32_t middle = low + (high - low) / 2;
		if (!read_at(pack->idx, other, ID, IDX_IDS + (uint64_t)middle * ID))
			return false;
		compared = memcmp(other, id, ID);
		if (compared == 0) {
			const uint64_t offsets = IDX_IDS + (uint64_t)pack->count * (ID + 4);
			if (!read_at(pack->idx, place, 4, offsets + (uint64_t)middle * 4))
				return false;
			*offset = be32(place);
			if (!(*offset & 0x80000000u))
				return true;
			/* beyond 2 GB: in a table of its own */
			if (!read_at(pack->idx, place, 8, offsets + (uint64_t)pack->count * 4 + (*offset & 0x7FFFFFFFu) * 8))
				return false;
			*offset = (uint64_t)be32(place) << 32 | be32(place + 4);
			return true;
		}
		if (compared < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* An entry of a pack: its kind, what it is a delta of, and where its compressed bytes begin. */
struct entry {
	unsigned kind;
	uint64_t size;             /* inflated */
	uint64_t data;
	uint64_t base;             /* of OFFSET_DELTA */
	unsigned char base_id[ID]; /* of ID_DELTA */
};

/* Git's number for the distance to the base: each further byte counts one more. */
static bool take_distance(const unsigned char **at, const unsigned char *end, uint64_t *out)
{
	uint64_t value = 0;
	for (int i = 0; *at < end && i < 9; i++) {
		const unsigned char byte = *(*at)++;
		value = value << 7 | (byte & 0x7F);
		if (!(byte & 0x80)) {
			*out = value;
			return true;
		}
		value++;
	}
	return false;
}

static bool read_entry(const struct odb_pack *pack, uint64_t offset, struct entry *entry)
{
	unsigned char header[ENTRY_HEADER];
	const size_t there = offset >= pack->size ? 0 : pack->size - offset < sizeof(header) ? (size_t)(pack->size - offset) : sizeof(header);
	const unsigned char *at = header, *end = header + there;
	uint64_t high = 0, distance;
	*entry = (struct entry){ 0 };
	if (!there || !read_at(pack->pack, header, there, offset))
		return false;
	const unsigned char first = *at++;
	entry->kind = first >> 4 & 7;
	entry->size = first & 0xF;
	if (first & 0x80) {
		if (!take_size(&at, end, &high) || high > UINT64_MAX >> 4)
			return false;
		entry->size |= high << 4;
	}
	if (entry->kind == OFFSET_DELTA) {
		if (!take_distance(&at, end, &distance) || !distance || distance > offset)
			return false;
		entry->base = offset - distance;
	} else if (entry->kind == ID_DELTA) {
		if (end - at < ID)
			return false;
		memcpy(entry->base_id, at, ID);
		at += ID;
	}
	entry->data = offset + (uint64_t)(at - header);
	return true;
}

static bool inflate_entry(const struct odb *odb, const struct odb_pack *pack, const struct entry *entry,
	struct fmr_str *out)
{
	uint64_t most = entry->size + entry->size / 8 + 256; /* what deflate can make of it, and more */
	if (entry->data >= pack->size)
		return false;
	if (most > pack->size - entry->data)
		most = pack->size - entry->data;
	unsigned char *bytes = fmr_alloc((size_t)most);
	const bool good = read_at(pack->pack, bytes, (size_t)most, entry->data) &&
		inflate_exactly(odb, bytes, (size_t)most, (size_t)entry->size, out);
	free(bytes);
	return good;
}

/* Offsets of neighbours differ little: the higher bits say more. */
static struct odb_kept *kept_at(const struct odb *odb, uint64_t offset)
{
	return &odb->kept[(offset * 0x9E3779B97F4A7C15u) >> 58];
}

static void keep(struct odb *odb, const struct odb_pack *pack, uint64_t offset, enum odb_kind kind, const char *bytes,
	size_t length)
{
	if (length > ODB_KEPT_LENGTH)
		return;
	if (!odb->kept) {
		odb->kept = fmr_alloc_zero(ODB_KEPT, sizeof(*odb->kept));
		for (size_t i = 0; i < ODB_KEPT; i++)
			fmr_str_init(&odb->kept[i].bytes);
	}
	struct odb_kept *kept = kept_at(odb, offset);
	kept->pack = pack;
	kept->offset = offset;
	kept->kind = kind;
	fmr_str_clear(&kept->bytes);
	fmr_str_add(&kept->bytes, bytes, length);
}

static const struct odb_kept *find_kept(const struct odb *odb, const struct odb_pack *pack, uint64_t offset)
{
	const struct odb_kept *kept = odb->kept ? kept_at(odb, offset) : NULL;
	return kept && kept->pack == pack && kept->offset == offset ? kept : NULL;
}

static enum odb_result read_packed(struct odb *odb, const struct odb_pack *pack, uint64_t offset, enum odb_kind kind,
	size_t limit, int depth, struct fmr_str *out);

static enum odb_result read_delta(struct odb *odb, const struct odb_pack *pack, struct entry *entry, enum odb_kind kind,
	size_t limit, int depth, struct fmr_str *out)
{
	if (entry->kind == ID_DELTA ? !find_offset(pack, entry->base_id, &entry->base) : entry->kind != OFFSET_DELTA)
		return ODB_UNKNOWN;
	struct fmr_str base, delta;
	fmr_str_init(&base);
	fmr_str_init(&delta);
	enum odb_result result = read_packed(odb, pack, entry->base, kind, LARGEST, depth + 1, &base);
	if (result == ODB_READ) {
		const bool good = inflate_entry(odb, pack, entry, &delta) &&
			fmr_odb_delta(&base, (const unsigned char *)delta.bytes, delta.length, limit, out);
		result = good ? ODB_READ : ODB_UNKNOWN; /* git says it when it is too large */
	}
	fmr_str_release(&base);
	fmr_str_release(&delta);
	return result;
}

static enum odb_result read_packed(struct odb *odb, const struct odb_pack *pack, uint64_t offset, enum odb_kind kind,
	size_t limit, int depth, struct fmr_str *out)
{
	const struct odb_kept *kept = find_kept(odb, pack, offset);
	const size_t before = out->length;
	struct entry entry;
	if (kept && kept->kind == kind && kept->bytes.length <= limit) {
		fmr_str_add(out, kept->bytes.bytes, kept->bytes.length);
		return ODB_READ;
	}
	if (depth > DEEPEST || !read_entry(pack, offset, &entry) || entry.size > LARGEST)
		return ODB_UNKNOWN;
	enum odb_result result;
	if (entry.kind < ODB_COMMIT || entry.kind > ODB_TAG)
		result = read_delta(odb, pack, &entry, kind, limit, depth, out);
	else if (entry.kind != kind)
		result = ODB_OTHER_KIND;
	else if (entry.size > limit)
		result = ODB_TOO_LARGE;
	else
		result = inflate_entry(odb, pack, &entry, out) ? ODB_READ : ODB_UNKNOWN;
	if (result == ODB_READ && kind == ODB_BLOB)
		keep(odb, pack, offset, kind, out->bytes + before, out->length - before);
	return result;
}

/* ---- all together ---- */

void fmr_odb_init(struct odb *odb, const char *directory)
{
	*odb = (struct odb){ .directory = fmr_strdup(directory) };
}

void fmr_odb_release(struct odb *odb)
{
	for (size_t i = 0; i < odb->pack_count; i++) {
		if (odb->packs[i].idx >= 0)
			close(odb->packs[i].idx);
		if (odb->packs[i].pack >= 0)
			close(odb->packs[i].pack);
		free(odb->packs[i].path);
	}
	for (size_t i = 0; odb->kept && i < ODB_KEPT; i++)
		fmr_str_release(&odb->kept[i].bytes);
	free(odb->kept);
	free(odb->packs);
	free(odb->directory);
}

enum odb_result fmr_odb_read(struct odb *odb, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	if (!can_inflate(odb))
		return ODB_UNKNOWN;
	enum odb_result result = read_loose(odb, id, kind, limit, out);
	if (result != ODB_UNKNOWN)
		return result;
	if (!odb->listed)
		list_packs(odb);
	for (size_t i = 0; result == ODB_UNKNOWN && i < odb->pack_count; i++) {
		uint64_t offset;
		if (open_index(&odb->packs[i]) && find_offset(&odb->packs[i], id, &offset) && open_entries(&odb->packs[i]))
			result = read_packed(odb, &odb->packs[i], offset, kind, limit, 0, out);
	}
	return result;
}
