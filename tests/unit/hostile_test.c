/* Objects that were made to take all time and memory, or to be read past their ends: a clear answer, soon. */
#include "unit.h"

#include "sandbox.h"

#include "base/digest.h"
#include "base/dynlib.h"
#include "base/vec.h"
#include "fmrec/fmrec.h"
#include "trust/commit.h"
#include "trust/tree.h"

#include <sys/resource.h>
#include <time.h>

enum { COMMIT = 1, TREE, BLOB, OFFSET_DELTA = 6, ID_DELTA, SECONDS = 10, LIMIT = 1 << 20 };

/* ---- making objects ---- */

static struct fmr_oid id_of(const char *kind, const struct fmr_str *bytes)
{
	struct fmr_hasher *hasher = fmr_hasher_new(FMR_SHA1, NULL);
	struct fmr_oid id;
	char head[32];
	fmr_hasher_begin(hasher);
	fmr_hasher_add(hasher, head, (size_t)snprintf(head, sizeof(head), "%s %zu", kind, bytes->length) + 1);
	fmr_hasher_add(hasher, bytes->bytes, bytes->length);
	fmr_hasher_end(hasher, id.bytes);
	fmr_hasher_free(hasher);
	return id;
}

static struct fmr_oid any_id(size_t number)
{
	struct fmr_oid id = { { 0x77 } };
	for (size_t i = 0; i < 8; i++)
		id.bytes[i + 1] = (unsigned char)(number >> 8 * (7 - i));
	return id;
}

static void add_deflated(struct fmr_str *out, const char *bytes, size_t length)
{
	static int (*compress)(unsigned char *, unsigned long *, const unsigned char *, unsigned long);
	void *library;
	if (!compress) {
		assert_int_equal(fmr_dynlib_open("libz.so.1", &library, NULL), 0);
		assert_int_equal(fmr_dynlib_function(library, "compress", &compress, NULL), 0);
	}
	unsigned long made = length + length / 8 + 64;
	fmr_str_reserve(out, made);
	assert_int_equal(compress((unsigned char *)out->bytes + out->length, &made, (const unsigned char *)bytes, length), 0);
	out->length += made;
}

static void write_file(const char *path, const struct fmr_str *bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes->bytes, 1, bytes->length, file), bytes->length);
	fclose(file);
}

/* A file of its own whose inflated bytes are just these. */
static void write_loose(const struct fmr_oid *id, const struct fmr_str *inflated)
{
	struct fmr_str out;
	char hex[41];
	fmr_str_init(&out);
	add_deflated(&out, inflated->bytes, inflated->length);
	fmr_oid_text(id, hex);
	char *directory = fmr_format(".git/objects/%.2s", hex), *path = fmr_format("%s/%s", directory, hex + 2);
	mkdir(directory, 0777);
	write_file(path, &out);
	free(path);
	free(directory);
	fmr_str_release(&out);
}

struct object {
	struct fmr_oid id;
	uint32_t offset;
};
struct pack_maker {
	struct fmr_str bytes;
	FMR_VEC(struct object) objects;
};

static void put32(struct fmr_str *out, size_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		fmr_str_putc(out, (char)(number >> shift));
}

static struct pack_maker pack_begin(void)
{
	struct pack_maker pack = { 0 };
	fmr_str_init(&pack.bytes);
	fmr_str_add(&pack.bytes, "PACK\0\0\0\2\0\0\0\0", 12);
	return pack;
}

static void put_size(struct fmr_str *out, unsigned first_bits, unsigned char first, uint64_t size)
{
	unsigned char byte = (unsigned char)(first | (size & ((1u << first_bits) - 1)));
	for (size >>= first_bits; size; size >>= 7) {
		fmr_str_putc(out, (char)(byte | 0x80));
		byte = size & 0x7F;
	}
	fmr_str_putc(out, (char)byte);
}

/* An entry that claims a size. */
static void pack_entry(struct pack_maker *pack, const struct fmr_oid *id, unsigned kind, uint64_t size)
{
	FMR_VEC_PUSH(&pack->objects, ((struct object){ *id, (uint32_t)pack->bytes.length }));
	put_size(&pack->bytes, 4, (unsigned char)(kind << 4), size);
}

static void pack_object(struct pack_maker *pack, const struct fmr_oid *id, unsigned kind, const struct fmr_str *bytes)
{
	pack_entry(pack, id, kind, bytes->length);
	add_deflated(&pack->bytes, bytes->bytes, bytes->length);
}

static void pack_delta(struct pack_maker *pack, const struct fmr_oid *id, const struct fmr_oid *base, const struct fmr_str *delta)
{
	pack_entry(pack, id, ID_DELTA, delta->length);
	fmr_str_add(&pack->bytes, (const char *)base->bytes, 20);
	add_deflated(&pack->bytes, delta->bytes, delta->length);
}

static int compare_objects(const void *a, const void *b)
{
	return memcmp(a, b, 20);
}

static void pack_write_as(struct pack_maker *pack, const char *name)
{
	struct fmr_str idx;
	fmr_str_init(&idx);
	qsort(pack->objects.items, pack->objects.count, sizeof(*pack->objects.items), compare_objects);
	fmr_str_add(&idx, "\xFFtOc\0\0\0\2", 8);
	for (unsigned byte = 0, at = 0; byte < 256; byte++) {
		while (at < pack->objects.count && pack->objects.items[at].id.bytes[0] <= byte)
			at++;
		put32(&idx, at);
	}
	for (size_t i = 0; i < pack->objects.count; i++)
		fmr_str_add(&idx, (const char *)pack->objects.items[i].id.bytes, 20);
	fmr_str_repeat(&idx, 0, pack->objects.count * 4);
	for (size_t i = 0; i < pack->objects.count; i++)
		put32(&idx, pack->objects.items[i].offset);
	fmr_str_repeat(&idx, 0, 40);
	fmr_str_repeat(&pack->bytes, 0, 20);
	char *path = fmr_format(".git/objects/pack/pack-%s.pack", name);
	write_file(path, &pack->bytes);
	memcpy(strrchr(path, '.'), ".idx", 5);
	write_file(path, &idx);
	free(path);
	FMR_VEC_RELEASE(&pack->objects);
	fmr_str_release(&pack->bytes);
	fmr_str_release(&idx);
}

static void pack_write(struct pack_maker *pack)
{
	pack_write_as(pack, "0");
}

/* "copy all of it, then insert this" */
static void make_delta(struct fmr_str *out, size_t base, const char *insert)
{
	fmr_str_clear(out);
	put_size(out, 7, 0, base);
	put_size(out, 7, 0, base + strlen(insert));
	fmr_str_add(out, (const char[]){ (char)0xF0, (char)base, (char)(base >> 8), (char)(base >> 16) }, 4);
	fmr_str_putc(out, (char)strlen(insert));
	fmr_str_puts(out, insert);
}

/* ---- reading them ---- */

static clock_t begun;

static int setup(void **state)
{
	begun = clock();
	return sandbox_setup(state) != 0 || sandbox_shell(NULL, "git init -q . && mkdir -p .git/objects/pack") != 0;
}

static int teardown(void **state)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	const bool late = clock() - begun > SECONDS * CLOCKS_PER_SEC;
	if (late)
		print_error("it took %ld seconds\n", (long)((clock() - begun) / CLOCKS_PER_SEC));
#if !defined(__SANITIZE_ADDRESS__)
	if (usage.ru_maxrss > 600 * 1024) {
		print_error("it took %ld kB\n", usage.ru_maxrss);
		return -1;
	}
#endif
	return sandbox_teardown(state) != 0 || late;
}

static int read_as(const struct fmr_oid *id, enum fmr_object_kind kind)
{
	struct fmr_store *store;
	struct fmr_str out;
	struct fmr_err err = { 0 };
	fmr_str_init(&out);
	assert_int_equal(fmr_store_open(".", &store, NULL), 0);
	const int result = fmr_store_object(store, id, kind, LIMIT, &out, &err);
	assert_int_equal(err.code, result);
	if (result)
		assert_int_equal(out.length, 0);
	fmr_store_close(store);
	fmr_str_release(&out);
	return result;
}

static void files_that_claim_too_much_or_too_little(void **state)
{
	(void)state;
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	static const struct {
		const char *head;
		size_t content; /* zeros behind it */
		int expected;
	} all[] = {
		{ "blob 4294967296", 5, FMR_ERR_LIMIT }, { "blob 18446744073709551615", 5, FMR_ERR_LIMIT },
		{ "blob 99999999999999999999999", 5, FMR_ERR_LIMIT }, { "blob 1048576", 5, FMR_ERR_INVALID },
		{ "blob 1048577", 5, FMR_ERR_LIMIT }, { "blob 5", 24 << 20, FMR_ERR_INVALID }, { "blob 1048576", 24 << 20, FMR_ERR_INVALID },
		{ "blob -1", 5, FMR_ERR_INVALID }, { "blob +5", 5, FMR_ERR_INVALID }, { "blob  5", 5, FMR_ERR_INVALID }, { "blob 05", 5, FMR_ERR_INVALID },
		{ "blob", 5, FMR_ERR_INVALID }, { "blobs 5", 5, FMR_ERR_INVALID }, { "", 5, FMR_ERR_INVALID }, { "tree 5", 5, FMR_ERR_INVALID },
		{ "blob 00000000000000000000000000000000000000005", 5, FMR_ERR_INVALID },
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct fmr_str content;
		fmr_str_init(&content);
		fmr_str_repeat(&content, 0, 5);
		const struct fmr_oid id = id_of("blob", &content);
		fmr_str_clear(&bytes);
		fmr_str_puts(&bytes, all[i].head);
		fmr_str_repeat(&bytes, 0, 1 + all[i].content);
		write_loose(&id, &bytes);
		if (read_as(&id, FMR_OBJECT_BLOB) != all[i].expected)
			fail_msg("'%s', %zu", all[i].head, all[i].content);
		fmr_str_release(&content);
	}
	fmr_str_release(&bytes);
}

static void files_that_are_no_objects(void **state)
{
	(void)state;
	const struct fmr_oid id = any_id(1);
	char hex[41];
	fmr_oid_text(&id, hex);
	char *path = fmr_format("mkdir -p .git/objects/77; cd .git/objects/77; rm -rf %s; ", hex + 2);
	static const char *const ways[] = { "touch", "mkdir", "mkfifo", "ln -s .", "ln -s /dev/zero", "ln -s loop" };
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char *line = fmr_format("%s %s %s", path, ways[i], hex + 2);
		sh(line);
		const int result = read_as(&id, FMR_OBJECT_BLOB);
		if (result != FMR_ERR_INVALID && result != FMR_ERR_NOT_FOUND)
			fail_msg("%s: %d", ways[i], result);
		free(line);
	}
	free(path);
}

static void packed_objects_that_claim_too_much_or_too_little(void **state)
{
	(void)state;
	struct pack_maker pack = pack_begin();
	struct fmr_str zeros;
	fmr_str_init(&zeros);
	fmr_str_repeat(&zeros, 0, 24 << 20);
	static const struct {
		uint64_t size;
		size_t content;
		int expected;
	} all[] = { { 1ull << 32, 5, FMR_ERR_LIMIT }, { UINT64_MAX, 5, FMR_ERR_INVALID }, { 1ull << 62, 5, FMR_ERR_LIMIT },
		{ LIMIT, 5, FMR_ERR_INVALID }, { 5, 24 << 20, FMR_ERR_INVALID }, { LIMIT, 24 << 20, FMR_ERR_INVALID },
		{ 0, 5, FMR_ERR_INVALID }, { 4, 5, FMR_ERR_INVALID }, { 6, 5, FMR_ERR_INVALID }, { 5, 5, FMR_ERR_INVALID /* of another id */ } };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct fmr_oid id = any_id(i);
		pack_entry(&pack, &id, BLOB, all[i].size);
		add_deflated(&pack.bytes, zeros.bytes, all[i].content);
	}
	for (unsigned kind = 0; kind < 8; kind++) { /* 0 and 5 do not exist; nothing, not even zlib's header, follows */
		const struct fmr_oid id = any_id(100 + kind);
		pack_entry(&pack, &id, kind, 5);
	}
	pack_write(&pack);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct fmr_oid id = any_id(i);
		const int result = read_as(&id, FMR_OBJECT_BLOB);
		if (result != all[i].expected && !(all[i].size == UINT64_MAX && result == FMR_ERR_LIMIT))
			fail_msg("%zu: %d", i, result);
	}
	for (unsigned kind = 0; kind < 8; kind++) {
		const struct fmr_oid id = any_id(100 + kind);
		const int result = read_as(&id, FMR_OBJECT_BLOB);
		if (result != FMR_ERR_INVALID && result != FMR_ERR_LIMIT)
			fail_msg("kind %u: %d", kind, result);
	}
	fmr_str_release(&zeros);
}

static void chains_of_deltas(void **state)
{
	(void)state;
	enum { LENGTH = 5000, GOOD = 3000 };
	struct pack_maker pack = pack_begin();
	struct fmr_str text, delta;
	struct fmr_oid base, good, last = { { 0 } };
	fmr_str_init(&text);
	fmr_str_init(&delta);
	fmr_str_puts(&text, "base");
	base = good = any_id(0);
	pack_object(&pack, &base, BLOB, &text);
	for (size_t i = 1; i <= LENGTH; i++) {
		make_delta(&delta, text.length, "x");
		fmr_str_puts(&text, "x");
		last = i == GOOD ? id_of("blob", &text) : any_id(i);
		good = i == GOOD ? last : good;
		pack_delta(&pack, &last, &base, &delta);
		base = last;
	}
	/* in circles: of one, of two */
	const struct fmr_oid self = any_id(LENGTH + 1), a = any_id(LENGTH + 2), b = any_id(LENGTH + 3), gone = any_id(LENGTH + 4),
			     orphan = any_id(LENGTH + 5);
	pack_delta(&pack, &self, &self, &delta);
	pack_delta(&pack, &a, &b, &delta);
	pack_delta(&pack, &b, &a, &delta);
	pack_delta(&pack, &orphan, &gone, &delta);
	pack_write(&pack);
	assert_int_equal(read_as(&good, FMR_OBJECT_BLOB), 0);
	assert_int_equal(read_as(&good, FMR_OBJECT_TREE), FMR_ERR_INVALID);
	assert_int_equal(read_as(&last, FMR_OBJECT_BLOB), FMR_ERR_LIMIT);
	assert_int_equal(read_as(&self, FMR_OBJECT_BLOB), FMR_ERR_LIMIT);
	assert_int_equal(read_as(&a, FMR_OBJECT_BLOB), FMR_ERR_LIMIT);
	assert_int_equal(read_as(&orphan, FMR_OBJECT_BLOB), FMR_ERR_INVALID);
	assert_int_equal(read_as(&gone, FMR_OBJECT_BLOB), FMR_ERR_NOT_FOUND);
	fmr_str_release(&text);
	fmr_str_release(&delta);
}

/* Each delta is twice its base: thirty of them, of a few bytes, are gigabytes. */
static void deltas_that_double(void **state)
{
	(void)state;
	struct pack_maker pack = pack_begin();
	struct fmr_str text, delta;
	fmr_str_init(&text);
	fmr_str_init(&delta);
	fmr_str_repeat(&text, 'x', 1024);
	struct fmr_oid base = any_id(0), last;
	pack_object(&pack, &base, BLOB, &text);
	for (uint64_t i = 1, size = 1024; i <= 25; i++, size *= 2) {
		fmr_str_clear(&delta);
		put_size(&delta, 7, 0, size);
		put_size(&delta, 7, 0, size * 2);
		for (uint64_t part = size < (1 << 23) ? size : 1 << 23, made = 0; made < size * 2; made += part) /* from the front */
			fmr_str_add(&delta, (const char[]){ (char)0xF0, (char)part, (char)(part >> 8), (char)(part >> 16) }, 4);
		last = any_id(i);
		pack_delta(&pack, &last, &base, &delta);
		base = last;
	}
	/* back to a byte */
	fmr_str_clear(&delta);
	put_size(&delta, 7, 0, (uint64_t)1024 << 25);
	put_size(&delta, 7, 0, 1);
	fmr_str_add(&delta, "\1x", 2);
	last = any_id(99);
	pack_delta(&pack, &last, &base, &delta);
	pack_write(&pack);
	assert_int_equal(read_as(&last, FMR_OBJECT_BLOB), FMR_ERR_LIMIT);
	assert_int_equal(read_as(&base, FMR_OBJECT_BLOB), FMR_ERR_LIMIT);
	fmr_str_release(&text);
	fmr_str_release(&delta);
}

static int nothing(void *context, const char *path, const struct trust_tree_entry *before, const struct trust_tree_entry *after)
{
	(void)context, (void)path, (void)before, (void)after;
	return 0;
}

static int compare_with_nothing(const struct fmr_oid *id)
{
	struct fmr_store *store;
	struct fmr_err err = { 0 };
	assert_int_equal(fmr_store_open(".", &store, NULL), 0);
	struct trust_trees *trees = fmr_trust_trees_new(store);
	const int result = fmr_trust_tree_diff(trees, NULL, id, nothing, NULL, &err);
	assert_int_equal(err.code, result);
	fmr_trust_trees_free(trees);
	fmr_store_close(store);
	return result;
}

static void trees_ten_thousand_deep(void **state)
{
	(void)state;
	struct pack_maker pack = pack_begin();
	struct fmr_str tree;
	struct fmr_oid id, shallow = { { 0 } };
	fmr_str_init(&tree);
	id = id_of("tree", &tree);
	pack_object(&pack, &id, TREE, &tree);
	for (size_t i = 0; i < 10000; i++) {
		fmr_str_clear(&tree);
		fmr_str_add(&tree, "40000 a", 8);
		fmr_str_add(&tree, (const char *)id.bytes, 20);
		id = id_of("tree", &tree);
		pack_object(&pack, &id, TREE, &tree);
		shallow = i == 100 ? id : shallow;
	}
	/* a thousand names of the same tree, in a tree with a thousand names in the next */
	for (size_t level = 0; level < 3; level++) {
		fmr_str_clear(&tree);
		for (size_t i = 0; i < 1000; i++) {
			fmr_str_printf(&tree, "40000 %04zu", i);
			fmr_str_putc(&tree, 0);
			fmr_str_add(&tree, (const char *)shallow.bytes, 20);
		}
		const struct fmr_oid wide = id_of("tree", &tree);
		pack_object(&pack, &wide, TREE, &tree);
		shallow = wide;
	}
	pack_write(&pack);
	assert_int_equal(compare_with_nothing(&id), FMR_ERR_LIMIT);
	assert_int_equal(compare_with_nothing(&shallow), FMR_ERR_LIMIT);
	fmr_str_release(&tree);
}

static void a_commit_of_a_hundred_thousand_parents(void **state)
{
	(void)state;
	struct pack_maker pack = pack_begin();
	struct fmr_str commit;
	fmr_str_init(&commit);
	fmr_str_puts(&commit, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");
	for (size_t i = 0; i < 100000; i++)
		fmr_str_printf(&commit, "parent %040zu\n", i);
	fmr_str_puts(&commit, "author A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n");
	const struct fmr_oid id = id_of("commit", &commit);
	pack_object(&pack, &id, COMMIT, &commit);
	pack_write(&pack);
	assert_int_equal(read_as(&id, FMR_OBJECT_COMMIT), FMR_ERR_LIMIT);
	fmr_str_release(&commit);
}

static void cut(const char *path, size_t length)
{
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, (off_t)length), 0);
}

static void packs_that_end_early(void **state)
{
	(void)state;
	struct stat st;
	struct fmr_str out;
	fmr_str_init(&out);
	sh("git config user.name a && git config user.email a@b && seq 1000 > f && git add f && git commit -qm x && echo x >> f && git commit -qam y && git repack -adfq;"
	   "cd .git/objects/pack; rm -f *.rev; mv *.pack pack-0.pack; mv *.idx pack-0.idx; rm -f *.bitmap");
	sandbox_shell(&out, "git show-index < .git/objects/pack/pack-0.idx | cut -d' ' -f2");
	assert_int_equal(stat(".git/objects/pack/pack-0.pack", &st), 0);
	for (size_t length = (size_t)st.st_size; length + 97 > 97; length = length > 97 ? length - 97 : 0) {
		cut(".git/objects/pack/pack-0.pack", length);
		for (size_t at = 0; at + 40 <= out.length; at += 41) {
			struct fmr_oid id;
			char hex[41];
			memcpy(hex, out.bytes + at, 40);
			hex[40] = '\0';
			assert_true(fmr_oid_parse(hex, &id));
			bool found = false;
			for (int kind = COMMIT; kind <= BLOB; kind++) {
				const int result = read_as(&id, (enum fmr_object_kind)kind);
				assert_true(result == 0 || result == FMR_ERR_INVALID || result == FMR_ERR_NOT_FOUND);
				found = found || result == 0;
			}
			assert_true(found || length < (size_t)st.st_size);
		}
		if (!length)
			break;
	}
	fmr_str_release(&out);
}

/* ---- places ---- */

static void borrowed_objects_are_found(void **state)
{
	(void)state;
	struct fmr_str zero;
	fmr_str_init(&zero);
	sh("echo lent > f; mkdir -p 'a:b'; git init -q --bare 'a:b/c'; git init -q --bare d; git init -q --bare e; git -C d hash-object -w \"$PWD/f\";"
	   "echo ../../d/objects > e/objects/info/alternates; echo ../../e/objects > d/objects/info/alternates");
	fmr_str_puts(&zero, "lent\n");
	const struct fmr_oid id = id_of("blob", &zero);
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), FMR_ERR_NOT_FOUND);
	/* of others, in a circle */
	sh("{ echo '# not this'; echo /nowhere; echo ../../e/objects; } > .git/objects/info/alternates");
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), 0);
	sh("rm .git/objects/info/alternates");
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nowhere::e/objects", 1);
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), 0);
	/* as git quotes a path with ":" */
	sh("git -C 'a:b/c' hash-object -w \"$PWD/f\"; rm -r d e");
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), FMR_ERR_NOT_FOUND);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "x:\"a\\072b/c/objects\"", 1);
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), 0);
	/* a push's quarantine */
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	sh("git hash-object -w f; mkdir -p q/pack");
	setenv("GIT_OBJECT_DIRECTORY", "q", 1);
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), FMR_ERR_NOT_FOUND);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", ".git/objects", 1);
	setenv("GIT_QUARANTINE_PATH", "q", 1);
	assert_int_equal(read_as(&id, FMR_OBJECT_BLOB), 0);
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	unsetenv("GIT_QUARANTINE_PATH");
	fmr_str_release(&zero);
}

static void write_number(int number, bool packed)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_str_printf(&text, "%d\n", number);
	const struct fmr_oid id = id_of("blob", &text);
	if (packed) {
		struct pack_maker pack = pack_begin();
		char *name = fmr_format("%d", number);
		pack_object(&pack, &id, BLOB, &text);
		pack_write_as(&pack, name);
		free(name);
	} else {
		char *head = fmr_format("blob %zu", text.length);
		fmr_str_splice(&text, 0, 0, head, strlen(head) + 1);
		write_loose(&id, &text);
		free(head);
	}
	fmr_str_release(&text);
}

static int read_number(struct fmr_store *store, int number)
{
	struct fmr_str out, text;
	fmr_str_init(&out);
	fmr_str_init(&text);
	fmr_str_printf(&text, "%d\n", number);
	const struct fmr_oid id = id_of("blob", &text);
	const int result = fmr_store_object(store, &id, FMR_OBJECT_BLOB, LIMIT, &out, NULL);
	assert_string_equal(out.bytes, result == 0 ? text.bytes : "");
	fmr_str_release(&out);
	fmr_str_release(&text);
	return result;
}

/* More packs than a process may have open; and git gc packs while we read. */
static void packs_that_are_many_and_new(void **state)
{
	(void)state;
	enum { MANY = 150 };
	struct fmr_store *store;
	for (int i = 1; i <= MANY; i++)
		write_number(i, true);
	write_number(MANY + 1, false);
	assert_int_equal(fmr_store_open(".", &store, NULL), 0);
	for (int round = 0; round < 2; round++)
		for (int i = 1; i <= MANY + 1; i++)
			assert_int_equal(read_number(store, i), 0);
	assert_int_equal(read_number(store, MANY + 2), FMR_ERR_NOT_FOUND);
	sh("rm -rf .git/objects/[0-9a-f][0-9a-f]");
	write_number(MANY + 1, true);
	write_number(MANY + 2, true);
	for (int i = MANY - 1; i <= MANY + 2; i++)
		assert_int_equal(read_number(store, i), 0);
	fmr_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_that_claim_too_much_or_too_little),
		TEST(files_that_are_no_objects),
		TEST(packed_objects_that_claim_too_much_or_too_little),
		TEST(chains_of_deltas),
		TEST(deltas_that_double),
		TEST(trees_ten_thousand_deep),
		TEST(a_commit_of_a_hundred_thousand_parents),
		TEST(packs_that_end_early),
		TEST(borrowed_objects_are_found),
		TEST(packs_that_are_many_and_new),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
