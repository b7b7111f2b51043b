#include "store/inflate.h"

#include "base/dynlib.h"

#ifdef __APPLE__
#define ZLIB "libz.1.dylib"
#else
#define ZLIB "libz.so.1" /* git itself needs it, so it is there; linking it would cost every start */
#endif

enum {
	Z_OK = 0, Z_BUF_ERROR = -5,
	DENSEST = 1100, /* bytes that one can stand for are fewer: memory is not taken for what cannot be there */
};

bool fmr_inflate_ready(struct inflater *inflater)
{
	void *library;
	if (!inflater->uncompress && fmr_dynlib_open(ZLIB, &library, NULL) == 0)
		fmr_dynlib_function(library, "uncompress", &inflater->uncompress, NULL);
	return inflater->uncompress;
}

bool fmr_inflate_exactly(const struct inflater *inflater, const unsigned char *bytes, size_t length, size_t size,
	struct fmr_str *out)
{
	unsigned long made = size;
	if (size / DENSEST > length)
		return false;
	fmr_str_reserve(out, size + 1);
	unsigned char *to = (unsigned char *)out->bytes + out->length;
	const bool good = inflater->uncompress(to, &made, bytes, length) == Z_OK && made == size;
	if (good)
		out->length += size;
	out->bytes[out->length] = '\0';
	return good;
}

bool fmr_inflate_begin(const struct inflater *inflater, const unsigned char *bytes, size_t length, unsigned char *to,
	size_t room, size_t *made, bool *whole)
{
	unsigned long count = room;
	const int code = inflater->uncompress(to, &count, bytes, length);
	*made = count;
	*whole = code == Z_OK;
	return code == Z_OK || code == Z_BUF_ERROR;
}

size_t fmr_inflate_most(size_t size)
{
	return size + size / 8 + 256;
}
