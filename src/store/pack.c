#include "store/pack.h"

#include "base/alloc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ID = 20,
	DEEPEST = 4096,          /* deltas of deltas; git makes 50, and 4095 when told to */
	MOST_OPEN = 64,          /* packs */
	IDX_HEADER = 8, FANOUT = 256, IDX_IDS = IDX_HEADER + FANOUT * 4,
	AT_ONCE = 256,           /* ids that are read to be searched */
	ENTRY_HEADER = 32,       /* bytes that hold any header of an entry */
	LARGE_BUFFER = 1 << 20,  /* is not kept */
	OFFSET_DELTA = 6, ID_DELTA = 7,
};

/* What unpacking an object may make: of this and the limit of its size, once each piece, four times all together. */
static const uint64_t spare_work = 64 << 20;

static uint32_t be32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_at(int file, void *to, size_t length, uint64_t offset)
{
	return pread(file, to, length, (off_t)offset) == (ssize_t)length;
}

/* ---- the files ---- */

static void close_files(struct packs *packs, struct pack *pack)
{
	if (pack->idx >= 0) {
		close(pack->idx);
		packs->open--;
	}
	if (pack->file >= 0)
		close(pack->file);
	pack->idx = pack->file = -1;
}

void fmr_packs_release(struct packs *packs)
{
	for (size_t i = 0; i < packs->all.count; i++) {
		close_files(packs, packs->all.items[i]);
		free(packs->all.items[i]->fanout);
		free(packs->all.items[i]->path);
		free(packs->all.items[i]);
	}
	for (size_t i = 0; packs->kept && i < PACK_KEPT; i++)
		fmr_str_release(&packs->kept[i].bytes);
	free(packs->kept);
	FMR_VEC_RELEASE(&packs->all);
	fmr_str_release(&packs->buffer);
}

static bool is_listed(const struct packs *packs, const char *path)
{
	for (size_t i = 0; i < packs->all.count; i++)
		if (strcmp(packs->all.items[i]->path, path) == 0)
			return true;
	return false;
}

void fmr_packs_list(struct packs *packs, const char *directory)
{
	DIR *list = opendir(directory);
	for (struct dirent *entry; list && (entry = readdir(list));) {
		const size_t length = strlen(entry->d_name);
		if (length <= 4 || strcmp(entry->d_name + length - 4, ".idx") != 0)
			continue;
		char *path = fmr_format("%s/%.*s", directory, (int)length - 4, entry->d_name);
		if (is_listed(packs, path)) {
			free(path);
			continue;
		}
		struct pack *pack = fmr_alloc_zero(1, sizeof(*pack));
		*pack = (struct pack){ .path = path, .idx = -1, .file = -1 };
		FMR_VEC_PUSH(&packs->all, pack);
	}
	if (list)
		closedir(list);
}

bool fmr_packs_foreign(const struct packs *packs)
{
	for (size_t i = 0; i < packs->all.count; i++)
		if (packs->all.items[i]->foreign)
			return true;
	return false;
}

static int open_beside(const struct pack *pack, const char *suffix)
{
	char *path = fmr_format("%s%s", pack->path, suffix);
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	free(path);
	return file;
}

/* The beginning of the index: how many ids begin with which byte. */
static bool read_fanout(struct pack *pack)
{
	static const unsigned char magic[IDX_HEADER] = { 0xFF, 't', 'O', 'c', 0, 0, 0, 2 };
	unsigned char bytes[IDX_IDS];
	if (!read_at(pack->idx, bytes, sizeof(bytes), 0))
		return false;
	if (memcmp(bytes, magic, sizeof(magic)) != 0) {
		pack->foreign = true;
		return false;
	}
	pack->fanout = fmr_realloc(pack->fanout, FANOUT, sizeof(*pack->fanout));
	for (size_t i = 0; i < FANOUT; i++)
		pack->fanout[i] = be32(bytes + IDX_HEADER + i * 4);
	pack->count = pack->fanout[FANOUT - 1];
	return true;
}

static bool open_files(struct packs *packs, struct pack *pack)
{
	struct stat st;
	if (pack->idx >= 0 || pack->bad)
		return !pack->bad;
	for (size_t i = 0; packs->open >= MOST_OPEN && i < packs->all.count; i++)
		close_files(packs, packs->all.items[i]);
	pack->idx = open_beside(pack, ".idx");
	if (pack->idx >= 0)
		packs->open++;
	pack->file = open_beside(pack, ".pack");
	pack->bad = pack->idx < 0 || pack->file < 0 || fstat(pack->file, &st) != 0 || (!pack->fanout && !read_fanout(pack));
	if (pack->bad)
		close_files(packs, pack);
	else
		pack->size = (uint64_t)st.st_size;
	return !pack->bad;
}

/* ---- the index ---- */

static bool read_offset(const struct pack *pack, uint32_t number, uint64_t *offset)
{
	unsigned char place[8];
	const uint64_t small = IDX_IDS + (uint64_t)pack->count * (ID + 4), large = small + (uint64_t)pack->count * 4;
	if (!read_at(pack->idx, place, 4, small + (uint64_t)number * 4))
		return false;
	*offset = be32(place);
	if (!(*offset & 0x80000000u))
		return true;
	if (!read_at(pack->idx, place, 8, large + (*offset & 0x7FFFFFFFu) * 8))
		return false;
	*offset = (uint64_t)be32(place) << 32 | be32(place + 4);
	return true;
}

/* Where in the pack the object is. */
static bool find_offset(const struct pack *pack, const unsigned char id[ID], uint64_t *offset)
{
	unsigned char ids[AT_ONCE * ID];
	uint32_t low = id[0] ? pack->fanout[id[0] - 1] : 0, high = pack->fanout[id[0]];
	while (low < high && high - low > AT_ONCE) {
		const uint32_t middle = low + (high - low) / 2;
		if (!read_at(pack->idx, ids, ID, IDX_IDS + (uint64_t)middle * ID))
			return false;
		if (memcmp(ids, id, ID) <= 0)
			low = middle;
		else
			high = middle;
	}
	if (low >= high || !read_at(pack->idx, ids, (size_t)(high - low) * ID, IDX_IDS + (uint64_t)low * ID))
		return false;
	for (uint32_t from = 0, to = high - low; from < to;) {
		const uint32_t middle = from + (to - from) / 2;
		const int order = memcmp(ids + (size_t)middle * ID, id, ID);
		if (order == 0)
			return read_offset(pack, low + middle, offset);
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/* ---- entries ---- */

/* An entry of a pack: its kind, what it is a delta of, and where its compressed bytes begin. */
struct entry {
	uint64_t offset;
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

static bool parse_entry(const unsigned char *header, size_t length, uint64_t offset, struct entry *entry)
{
	const unsigned char *at = header, *end = header + length;
	uint64_t high = 0, distance;
	*entry = (struct entry){ .offset = offset };
	if (!length)
		return false;
	const unsigned char first = *at++;
	entry->kind = first >> 4 & 7;
	entry->size = first & 0xF;
	if (first & 0x80) {
		if (!fmr_delta_size(&at, end, &high) || high > UINT64_MAX >> 4)
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

static size_t least(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

/* Read bytes of the pack into the buffer, as many of them as there are. */
static bool fill(struct packs *packs, const struct pack *pack, uint64_t offset, size_t length)
{
	fmr_str_clear(&packs->buffer);
	const size_t there = offset >= pack->size ? 0 : least(length, pack->size - offset);
	fmr_str_reserve(&packs->buffer, there + 1);
	if (!there || !read_at(pack->file, packs->buffer.bytes, there, offset))
		return false;
	packs->buffer.length = there;
	return true;
}

static bool read_entry(const struct pack *pack, uint64_t offset, struct entry *entry)
{
	unsigned char header[ENTRY_HEADER];
	const size_t there = offset >= pack->size ? 0 : least(sizeof(header), pack->size - offset);
	return there && read_at(pack->file, header, there, offset) && parse_entry(header, there, offset, entry);
}

static bool inflate_entry(struct packs *packs, const struct pack *pack, const struct entry *entry, struct fmr_str *out)
{
	const bool good = fill(packs, pack, entry->data, fmr_inflate_most((size_t)entry->size)) &&
		fmr_inflate_exactly(&packs->inflater, (const unsigned char *)packs->buffer.bytes, packs->buffer.length,
			(size_t)entry->size, out);
	if (packs->buffer.capacity > LARGE_BUFFER)
		fmr_str_release(&packs->buffer);
	return good;
}

/* ---- what is kept ---- */

/* Offsets of neighbours differ little: the higher bits say more. */
static struct pack_kept *kept_at(const struct packs *packs, uint64_t offset)
{
	return &packs->kept[(offset * 0x9E3779B97F4A7C15u) >> 56];
}
_Static_assert(PACK_KEPT == 256, "eight bits say where an object is kept");

static void forget(struct packs *packs, struct pack_kept *kept)
{
	packs->kept_size -= kept->bytes.length;
	kept->pack = NULL;
	fmr_str_release(&kept->bytes);
}

static void keep(struct packs *packs, const struct pack *pack, uint64_t offset, enum odb_kind kind, const struct fmr_str *bytes)
{
	if (bytes->length > PACK_KEPT_LENGTH)
		return;
	if (!packs->kept) {
		packs->kept = fmr_alloc_zero(PACK_KEPT, sizeof(*packs->kept));
		for (size_t i = 0; i < PACK_KEPT; i++)
			fmr_str_init(&packs->kept[i].bytes);
	}
	struct pack_kept *kept = kept_at(packs, offset);
	packs->kept_size += bytes->length - kept->bytes.length;
	kept->pack = pack;
	kept->offset = offset;
	kept->kind = kind;
	fmr_str_clear(&kept->bytes);
	fmr_str_add(&kept->bytes, bytes->bytes, bytes->length);
	while (packs->kept_size > PACK_KEPT_SIZE)
		forget(packs, &packs->kept[packs->hand++ % PACK_KEPT]);
}

static const struct pack_kept *find_kept(const struct packs *packs, const struct pack *pack, uint64_t offset)
{
	const struct pack_kept *kept = packs->kept ? kept_at(packs, offset) : NULL;
	return kept && kept->pack == pack && kept->offset == offset ? kept : NULL;
}

/* ---- objects ---- */

/* An object and what it is a delta of, and so on, up to one that is whole. */
struct chain {
	FMR_VEC(struct entry) deltas;
	const struct pack_kept *kept; /* the whole one, or ... */
	struct entry whole;
	uint64_t piece, work;         /* bytes that may be made at once, and that may still be made */
};

static bool spend(struct chain *chain, uint64_t bytes)
{
	if (bytes > chain->piece || bytes > chain->work)
		return false;
	chain->work -= bytes;
	return true;
}

static enum odb_result find_chain(const struct packs *packs, const struct pack *pack, uint64_t offset, struct chain *chain)
{
	while (!(chain->kept = find_kept(packs, pack, offset))) {
		struct entry entry;
		if (!read_entry(pack, offset, &entry))
			return ODB_BROKEN;
		if (!spend(chain, entry.size))
			return ODB_TOO_LARGE;
		if (entry.kind >= ODB_COMMIT && entry.kind <= ODB_TAG) {
			chain->whole = entry;
			return ODB_READ;
		}
		if (entry.kind == ID_DELTA ? !find_offset(pack, entry.base_id, &entry.base) : entry.kind != OFFSET_DELTA)
			return ODB_BROKEN;
		if (chain->deltas.count == DEEPEST) /* or in a circle */
			return ODB_TOO_LARGE;
		FMR_VEC_PUSH(&chain->deltas, entry);
		offset = entry.base;
	}
	return ODB_READ;
}

static enum odb_result apply_delta(struct packs *packs, const struct pack *pack, struct chain *chain,
	const struct entry *entry, const struct fmr_str *base, struct fmr_str *out)
{
	struct fmr_str delta;
	enum odb_result result = ODB_BROKEN;
	fmr_str_init(&delta);
	if (inflate_entry(packs, pack, entry, &delta)) {
		const unsigned char *bytes = (const unsigned char *)delta.bytes;
		if (!spend(chain, fmr_delta_makes(bytes, delta.length)))
			result = ODB_TOO_LARGE;
		else if (fmr_delta_apply(base, bytes, delta.length, (size_t)chain->piece, out))
			result = ODB_READ;
	}
	fmr_str_release(&delta);
	return result;
}

/* Make *base, one delta after another, the object; the spare string is used on the way. */
static enum odb_result apply_deltas(struct packs *packs, const struct pack *pack, struct chain *chain, enum odb_kind kind,
	struct fmr_str *base, struct fmr_str *spare)
{
	enum odb_result result = ODB_READ;
	for (size_t i = chain->deltas.count; i-- > 0 && result == ODB_READ;) {
		const struct entry *entry = &chain->deltas.items[i];
		fmr_str_clear(spare);
		result = apply_delta(packs, pack, chain, entry, base, spare);
		if (result == ODB_READ) {
			const struct fmr_str swapped = *base;
			*base = *spare;
			*spare = swapped;
			keep(packs, pack, entry->offset, kind, base);
		}
	}
	return result;
}

static enum odb_result unpack(struct packs *packs, const struct pack *pack, struct chain *chain, enum odb_kind kind,
	size_t limit, struct fmr_str *out)
{
	struct fmr_str base, spare;
	enum odb_result result = ODB_READ;
	fmr_str_init(&base);
	fmr_str_init(&spare);
	if (chain->kept)
		fmr_str_add(&base, chain->kept->bytes.bytes, chain->kept->bytes.length);
	else if (!inflate_entry(packs, pack, &chain->whole, &base))
		result = ODB_BROKEN;
	else
		keep(packs, pack, chain->whole.offset, kind, &base);
	if (result == ODB_READ)
		result = apply_deltas(packs, pack, chain, kind, &base, &spare);
	if (result == ODB_READ && base.length > limit)
		result = ODB_TOO_LARGE;
	if (result == ODB_READ)
		fmr_str_add(out, base.bytes, base.length);
	fmr_str_release(&base);
	fmr_str_release(&spare);
	return result;
}

static enum odb_result read_object(struct packs *packs, const struct pack *pack, uint64_t offset, enum odb_kind kind,
	size_t limit, struct fmr_str *out)
{
	const uint64_t piece = spare_work + (limit < UINT32_MAX ? limit : UINT32_MAX);
	struct chain chain = { .piece = piece, .work = 4 * piece };
	enum odb_result result = find_chain(packs, pack, offset, &chain);
	const enum odb_kind found = chain.kept ? chain.kept->kind : (enum odb_kind)chain.whole.kind;
	const bool is_whole = !chain.deltas.count;
	if (result == ODB_READ && found != kind)
		result = ODB_OTHER_KIND;
	else if (result == ODB_READ && is_whole && (chain.kept ? chain.kept->bytes.length : chain.whole.size) > limit)
		result = ODB_TOO_LARGE;
	else if (result == ODB_READ && is_whole && chain.kept)
		fmr_str_add(out, chain.kept->bytes.bytes, chain.kept->bytes.length);
	else if (result == ODB_READ && is_whole)
		result = inflate_entry(packs, pack, &chain.whole, out) ? ODB_READ : ODB_BROKEN;
	else if (result == ODB_READ)
		result = unpack(packs, pack, &chain, kind, limit, out);
	FMR_VEC_RELEASE(&chain.deltas);
	return result;
}

enum odb_result fmr_packs_read(struct packs *packs, const unsigned char id[20], enum odb_kind kind, size_t limit,
	struct fmr_str *out)
{
	enum odb_result result = ODB_MISSING;
	for (size_t i = 0; i < packs->all.count && (result == ODB_MISSING || result == ODB_BROKEN); i++) {
		const size_t at = (packs->last + i) % packs->all.count;
		struct pack *pack = packs->all.items[at];
		uint64_t offset;
		if (!open_files(packs, pack) || !find_offset(pack, id, &offset))
			continue;
		packs->last = at;
		result = read_object(packs, pack, offset, kind, limit, out);
	}
	return result;
}
