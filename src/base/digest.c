#include "base/digest.h"

#include "base/alloc.h"
#include "base/dynlib.h"
#include "base/fs.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#ifdef OPENSSL_SHLIB_VERSION
#define ABI TEXT(OPENSSL_SHLIB_VERSION)
#else
#define ABI SHLIB_VERSION_NUMBER /* OpenSSL 1.1 */
#endif
#ifdef __APPLE__
#define LIBRARY "libcrypto." ABI ".dylib"
#else
#define LIBRARY "libcrypto.so." ABI
#endif

#define FUNCTIONS(X)                                                                                                   \
	X(OpenSSL_version)                                                                                             \
	X(EVP_sha1)                                                                                                    \
	X(EVP_sha256)                                                                                                  \
	X(EVP_MD_CTX_new)                                                                                              \
	X(EVP_MD_CTX_free)                                                                                             \
	X(EVP_DigestInit_ex)                                                                                           \
	X(EVP_DigestUpdate)                                                                                            \
	X(EVP_DigestFinal_ex)

/* Written once, by load(). */
static struct {
#define MEMBER(name) __typeof__(name) *name;
	FUNCTIONS(MEMBER)
#undef MEMBER
	int result;
	struct fmr_err err;
} crypto;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

int fmr_digest_open(void **library, struct fmr_err *err)
{
	__typeof__(OPENSSL_init_crypto) *start;
	int result = fmr_dynlib_open(LIBRARY, library, err);
	if (result == 0)
		result = fmr_dynlib_function(*library, "OPENSSL_init_crypto", &start, err);
	if (result == 0)
		start(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return result;
}

static void load(void)
{
	void *library;
	crypto.result = fmr_digest_open(&library, &crypto.err);
#define LOOK_UP(name)                                                                                                  \
	if (crypto.result == 0)                                                                                        \
		crypto.result = fmr_dynlib_function(library, #name, &crypto.name, &crypto.err);
	FUNCTIONS(LOOK_UP)
#undef LOOK_UP
}

int fmr_digest_ready(struct fmr_err *err)
{
	pthread_once(&loaded, load);
	if (crypto.result != 0 && err)
		*err = crypto.err;
	return crypto.result;
}

void fmr_digest_library(struct fmr_str *out)
{
	struct fmr_err err = { 0 };
	fmr_str_puts(out, fmr_digest_ready(&err) == 0 ? crypto.OpenSSL_version(OPENSSL_VERSION) : err.text);
}

static EVP_MD_CTX *begin(const EVP_MD *algorithm)
{
	EVP_MD_CTX *context = crypto.EVP_MD_CTX_new();
	if (!context || crypto.EVP_DigestInit_ex(context, algorithm, NULL) != 1)
		fmr_out_of_memory(); /* the only way a digest known to exist can fail; does not return */
	return context;
}

/* out: two digits for each byte of the digest, and a NUL. */
static void end(EVP_MD_CTX *context, char *out)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	crypto.EVP_DigestFinal_ex(context, raw, &length);
	crypto.EVP_MD_CTX_free(context);
	for (unsigned i = 0; i < length; i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

int fmr_digest_bytes(const void *bytes, size_t length, char out[FMR_DIGEST_TEXT])
{
	out[0] = '\0';
	int result = fmr_digest_ready(NULL);
	if (result != 0)
		return result;
	EVP_MD_CTX *context = begin(crypto.EVP_sha256());
	crypto.EVP_DigestUpdate(context, bytes, length);
	end(context, out);
	return 0;
}

int fmr_digest_blob(const void *bytes, size_t length, char out[FMR_BLOB_TEXT])
{
	char head[32];
	out[0] = '\0';
	int result = fmr_digest_ready(NULL);
	if (result != 0)
		return result;
	EVP_MD_CTX *context = begin(crypto.EVP_sha1());
	crypto.EVP_DigestUpdate(context, head, (size_t)snprintf(head, sizeof(head), "blob %zu", length) + 1);
	crypto.EVP_DigestUpdate(context, bytes, length);
	end(context, out);
	return 0;
}

/* ---- again and again ---- */

struct fmr_hasher {
	EVP_MD_CTX *context;
};

struct fmr_hasher *fmr_hasher_new(enum fmr_hash hash, struct fmr_err *err)
{
	if (fmr_digest_ready(err) != 0)
		return NULL;
	struct fmr_hasher *hasher = fmr_alloc(sizeof(*hasher));
	hasher->context = begin(hash == FMR_SHA1 ? crypto.EVP_sha1() : crypto.EVP_sha256());
	return hasher;
}

void fmr_hasher_free(struct fmr_hasher *hasher)
{
	if (!hasher)
		return;
	crypto.EVP_MD_CTX_free(hasher->context);
	free(hasher);
}

void fmr_hasher_begin(struct fmr_hasher *hasher)
{
	/* no algorithm: the same again, without OpenSSL 3 looking it up by name */
	if (crypto.EVP_DigestInit_ex(hasher->context, NULL, NULL) != 1)
		fmr_out_of_memory();
}

void fmr_hasher_add(struct fmr_hasher *hasher, const void *bytes, size_t length)
{
	crypto.EVP_DigestUpdate(hasher->context, bytes, length);
}

void fmr_hasher_end(struct fmr_hasher *hasher, unsigned char *out)
{
	crypto.EVP_DigestFinal_ex(hasher->context, out, NULL);
}

int fmr_digest_file(int directory, const char *path, char out[FMR_DIGEST_TEXT], struct fmr_err *err)
{
	out[0] = '\0';
	int result = fmr_digest_ready(err);
	if (result != 0)
		return result;
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int file = directory == AT_FDCWD ? open(path, flags) : fmr_open_inside(directory, path, flags, 0);
	if (file < 0)
		return fmr_err_system(err, errno, _("cannot open '%s'"), path);
	struct stat st;
	if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(file);
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("'%s' is not an ordinary file"), path);
	}
	enum { PIECE = 256 * 1024 };
	char *piece = fmr_alloc(PIECE);
	EVP_MD_CTX *context = begin(crypto.EVP_sha256());
	ssize_t got;
	while ((got = read(file, piece, PIECE)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			crypto.EVP_DigestUpdate(context, piece, (size_t)got);
	int number = errno;
	end(context, out);
	if (got < 0) {
		out[0] = '\0';
		result = fmr_err_system(err, number, _("cannot read '%s'"), path);
	}
	free(piece);
	close(file);
	return result;
}
