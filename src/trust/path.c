#include "trust/path.h"

#include "base/str.h"
#include "base/text.h"
#include "fmrec/record.h"

#include <string.h>

#define RECORDS "records"
#define SETTINGS ".fmrec"
#define TRUST "trust"
#define SUFFIX ".yaml"

enum { SUFFIX_LENGTH = sizeof(SUFFIX) - 1 };

static bool part_is(const char *part, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(part, word, length) == 0;
}

static bool part_looks_like(const char *part, size_t length, const char *word)
{
	struct fmr_str a, b;
	fmr_str_init(&a);
	fmr_str_init(&b);
	fmr_text_fold(&a, part, length);
	fmr_text_fold(&b, word, strlen(word));
	bool alike = a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
	fmr_str_release(&a);
	fmr_str_release(&b);
	return alike;
}

static bool is_year(const char *part, size_t length)
{
	if (length != 4)
		return false;
	for (size_t i = 0; i < length; i++)
		if (part[i] < '0' || part[i] > '9')
			return false;
	return true;
}

/* What lies at records/DIR/REST, rest being behind the directory or the year. */
static struct trust_path read_name(const char *path, const char *rest)
{
	size_t length = strcspn(rest, "/");
	if (rest[length] == '/')
		return (struct trust_path){ .place = TRUST_PLACE_ATTACHMENT, .id = rest, .id_length = length,
			.record = (size_t)(rest - path) + length };
	if (length > SUFFIX_LENGTH && memcmp(rest + length - SUFFIX_LENGTH, SUFFIX, SUFFIX_LENGTH) == 0)
		return (struct trust_path){ .place = TRUST_PLACE_RECORD, .id = rest, .id_length = length - SUFFIX_LENGTH };
	return (struct trust_path){ .place = TRUST_PLACE_STRAY };
}

static struct trust_path read_below_records(const char *path, const char *rest)
{
	size_t length = strcspn(rest, "/");
	if (rest[length] != '/')
		return (struct trust_path){ .place = TRUST_PLACE_STRAY };
	rest += length + 1;
	length = strcspn(rest, "/");
	if (rest[length] == '/' && is_year(rest, length))
		rest += length + 1;
	return read_name(path, rest);
}

struct trust_path fmr_trust_path_read(const char *path)
{
	size_t length = strcspn(path, "/");
	const char *rest = path[length] ? path + length + 1 : NULL;
	bool records = part_is(path, length, RECORDS), settings = part_is(path, length, SETTINGS);
	if ((records || settings) && !rest)
		return (struct trust_path){ .place = TRUST_PLACE_ROOT };
	if (records)
		return read_below_records(path, rest);
	if (settings) {
		bool trust = part_looks_like(rest, strcspn(rest, "/"), TRUST);
		return (struct trust_path){ .place = trust ? TRUST_PLACE_TRUST : TRUST_PLACE_CONFIG };
	}
	if (part_looks_like(path, length, RECORDS) || part_looks_like(path, length, SETTINGS))
		return (struct trust_path){ .place = TRUST_PLACE_DISGUISED };
	return (struct trust_path){ .place = TRUST_PLACE_OTHER };
}

bool fmr_trust_id_is_plain(const char *id, size_t length)
{
	if (length == 0 || length > FMR_ID_LENGTH)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!((id[i] >= 'A' && id[i] <= 'Z') || (id[i] >= '0' && id[i] <= '9') || id[i] == '-'))
			return false;
	return true;
}

bool fmr_trust_path_looks_like_record(const char *path)
{
	const char *name = strrchr(path, '/'), *end = strrchr(path, '.');
	if (!end || (name && end < name))
		return false;
	return part_looks_like(end, strlen(end), SUFFIX) || part_looks_like(end, strlen(end), ".yml");
}

bool fmr_trust_path_is_clean(const char *path)
{
	size_t length = strlen(path);
	if (fmr_utf8_valid(path, length) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f)
			return false;
	return true;
}
