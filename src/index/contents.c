/*
 * The texts of all records, one behind the other.
 */
#include "index/private.h"

#include "base/i18n.h"

#include <string.h>

/* 64 bits of a text, eight bytes at a time: 0.3 us a record.  Against damage, not against malice. */
uint64_t fmr_contents_sum(const char *bytes, size_t length)
{
	static const uint64_t prime = 0x9E3779B97F4A7C15u;
	uint64_t sum = length * prime, piece;
	for (; length >= 8; bytes += 8, length -= 8) {
		memcpy(&piece, bytes, 8);
		sum = (sum ^ piece) * prime;
		sum ^= sum >> 29;
	}
	piece = 0;
	memcpy(&piece, bytes, length);
	sum = (sum ^ piece) * prime;
	return sum ^ sum >> 32;
}

uint64_t fmr_contents_add(struct contents *contents, const char *bytes, size_t length)
{
	uint64_t offset = contents->memory.length;
	fmr_str_add(&contents->memory, bytes, length);
	return offset;
}
