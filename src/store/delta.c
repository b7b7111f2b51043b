#include "store/pack.h"

bool fmr_delta_size(const unsigned char **at, const unsigned char *end, uint64_t *out)
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

uint64_t fmr_delta_makes(const unsigned char *delta, size_t length)
{
	const unsigned char *at = delta, *end = delta + length;
	uint64_t from, to;
	return fmr_delta_size(&at, end, &from) && fmr_delta_size(&at, end, &to) ? to : 0;
}

bool fmr_delta_apply(const struct fmr_str *base, const unsigned char *delta, size_t length, size_t limit,
	struct fmr_str *out)
{
	const unsigned char *at = delta, *end = delta + length;
	const size_t before = out->length;
	uint64_t from, to;
	if (!fmr_delta_size(&at, end, &from) || !fmr_delta_size(&at, end, &to) || from != base->length || to > limit)
		return false;
	if (apply_delta(base, at, end, to, out))
		return true;
	fmr_str_truncate(out, before);
	return false;
}
