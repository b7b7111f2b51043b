#include "base/i18n.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAGIC = 0x950412de, HEADER = 28, LARGEST = 16 << 20 };

/* A GNU .mo file: sorted original strings and their translations, mapped for the life of the process. */
static struct {
	const char *bytes;
	size_t size;
	uint32_t count, originals, translations; /* offsets of tables of (length, offset) */
} catalogue;

static uint32_t word(const char *bytes, size_t offset)
{
	uint32_t value;
	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

/* Row of a string table, or NULL when it leads out of the file or its string does not end. */
static const char *row(uint32_t table, uint32_t index, uint32_t *length)
{
	size_t at = (size_t)table + (size_t)index * 8;
	if (at + 8 > catalogue.size)
		return NULL;
	uint32_t size = word(catalogue.bytes, at), offset = word(catalogue.bytes, at + 4);
	if (offset >= catalogue.size || size >= catalogue.size - offset || catalogue.bytes[offset + size] != '\0')
		return NULL;
	*length = size;
	return catalogue.bytes + offset;
}

bool fmr_catalogue_load(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	struct stat status;
	char *bytes = MAP_FAILED;
	if (fstat(file, &status) == 0 && status.st_size >= HEADER && status.st_size <= LARGEST)
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (bytes == MAP_FAILED)
		return false;
	if (word(bytes, 0) != MAGIC) { /* msgfmt writes the byte order of the machine it runs on */
		munmap(bytes, (size_t)status.st_size);
		return false;
	}
	catalogue.bytes = bytes;
	catalogue.size = (size_t)status.st_size;
	catalogue.count = word(bytes, 8);
	catalogue.originals = word(bytes, 12);
	catalogue.translations = word(bytes, 16);
	return true;
}

/* The translation of an original (a plural original starts with its singular and a NUL), or NULL. */
static const char *find(const char *text, uint32_t *length)
{
	uint32_t low = 0, high = catalogue.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *original = row(catalogue.originals, middle, length);
		if (!original)
			return NULL;
		int order = strcmp(text, original);
		if (order == 0) {
			const char *translation = row(catalogue.translations, middle, length);
			return translation && *length ? translation : NULL;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool fmr_catalogue_is(const char *language)
{
	static const char field[] = "Language: ";
	uint32_t length;
	const char *header = catalogue.count ? find("", &length) : NULL;
	const char *value = header ? strstr(header, field) : NULL;
	size_t size = strlen(language);
	return value && strncmp(value + strlen(field), language, size) == 0 && value[strlen(field) + size] == '\n';
}

const char *fmr_translate(const char *text)
{
	if (!catalogue.count || !*text) /* "" is the catalogue's own header */
		return text;
	uint32_t length;
	const char *translation = find(text, &length);
	return translation ? translation : text;
}

/* Languages with one form (Japanese) have just that; others hold singular, NUL, plural. */
const char *fmr_translate_plural(const char *one, const char *many, unsigned long n)
{
	uint32_t length;
	const char *translation = catalogue.count ? find(one, &length) : NULL;
	if (!translation)
		return n == 1 ? one : many;
	size_t first = strlen(translation);
	return n == 1 || first >= length ? translation : translation + first + 1;
}
