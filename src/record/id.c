/*
 * Ids: PREFIX-20261121-7KQ2.  Made without a server, so unique by chance (20
 * random bits a day and type) and by a look at the path the id gives.
 */
#include "record/private.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { RANDOM_CHARACTERS = 4, ATTEMPTS = 20000 };

enum token { TOKEN_END, TOKEN_LITERAL, TOKEN_PREFIX, TOKEN_DATE, TOKEN_YEAR, TOKEN_RANDOM, TOKEN_NAME, TOKEN_BAD };

static enum token next_token(const char **pattern)
{
	static const struct { const char *text; enum token token; } tokens[] = { { "{prefix}", TOKEN_PREFIX },
		{ "{date}", TOKEN_DATE }, { "{year}", TOKEN_YEAR }, { "{random}", TOKEN_RANDOM }, { "{name}", TOKEN_NAME } };
	if (!**pattern)
		return TOKEN_END;
	if (**pattern != '{') {
		(*pattern)++;
		return TOKEN_LITERAL;
	}
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		size_t length = strlen(tokens[i].text);
		if (strncmp(*pattern, tokens[i].text, length) == 0) {
			*pattern += length;
			return tokens[i].token;
		}
	}
	return TOKEN_BAD;
}

static bool is_id_character(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static size_t digits(const char *text)
{
	size_t count = 0;
	while (text[count] >= '0' && text[count] <= '9')
		count++;
	return count;
}

static bool is_date(const char *text)
{
	char date[] = "0000-00-00";
	struct fmr_time time;
	if (digits(text) < 8)
		return false;
	memcpy(date, text, 4);
	memcpy(date + 5, text + 4, 2);
	memcpy(date + 8, text + 6, 2);
	return fmr_time_parse(date, 10, &time);
}

static bool match(const char *pattern, const char *prefix, const char *start, const char *id, int *year, int names)
{
	for (;;) {
		const char *here = pattern;
		size_t length = 1;
		switch (next_token(&pattern)) {
		case TOKEN_END:
			return !*id;
		case TOKEN_LITERAL:
			if (*id != *here)
				return false;
			break;
		case TOKEN_PREFIX:
			length = strlen(prefix);
			if (strncmp(id, prefix, length) != 0)
				return false;
			break;
		case TOKEN_DATE:
			if (!is_date(id))
				return false;
			*year = (int)(id - start);
			length = 8;
			break;
		case TOKEN_YEAR:
			if (digits(id) < 4)
				return false;
			*year = (int)(id - start);
			length = 4;
			break;
		case TOKEN_RANDOM:
			length = RANDOM_CHARACTERS;
			if (strspn(id, crockford) < length)
				return false;
			break;
		case TOKEN_NAME:
			if (names > 1 || *id == '-')
				return false;
			for (length = 1; is_id_character(id[length - 1]); length++)
				if (id[length - 1] != '-' && match(pattern, prefix, start, id + length, year, names + 1))
					return true;
			return false;
		default:
			return false;
		}
		id += length;
	}
}

bool fmr_id_match(const char *pattern, const char *prefix, const char *id, int *year)
{
	int ignored;
	if (!year)
		year = &ignored;
	*year = -1;
	size_t length = strlen(id);
	return length > 0 && length <= FMR_ID_LENGTH && match(pattern, prefix, id, id, year, 0);
}

bool fmr_id_fits(const struct fmr_type *type, const char *pattern, const char *id)
{
	if (pattern)
		return fmr_id_match(pattern, type->prefix, id, NULL);
	return fmr_id_match(type->pattern, type->prefix, id, NULL) ||
		fmr_id_match(type->shipped_pattern, type->prefix, id, NULL);
}

int fmr_id_day(const struct fmr_type *type, const char *id)
{
	int year;
	if (!fmr_id_match(type->pattern, type->prefix, id, &year) &&
		!fmr_id_match(type->shipped_pattern, type->prefix, id, &year))
		return 0;
	return year >= 0 && strspn(id + year, "0123456789") == 8 ? (int)strtol(id + year, NULL, 10) : 0;
}

static struct fmr_glance glance_of(const struct fmr_type *type)
{
	return (struct fmr_glance){ .name = type->name, .directory = type->directory, .prefix = type->prefix,
		.pattern = type->pattern, .shipped_pattern = type->shipped_pattern, .by_year = type->by_year };
}

bool fmr_glance_fits(const struct fmr_glance *glance, const char *id)
{
	return fmr_id_match(glance->pattern, glance->prefix, id, NULL) ||
		fmr_id_match(glance->shipped_pattern, glance->prefix, id, NULL);
}

bool fmr_glance_path(const struct fmr_glance *glance, const char *id, struct fmr_str *out)
{
	int year;
	if (!fmr_id_match(glance->pattern, glance->prefix, id, &year) &&
		!fmr_id_match(glance->shipped_pattern, glance->prefix, id, &year))
		return false;
	fmr_str_printf(out, FMR_RECORDS "/%s/", glance->directory);
	if (glance->by_year && year >= 0) /* an id without a year lies beside the years */
		fmr_str_printf(out, "%.4s/", id + year);
	fmr_str_printf(out, "%s.yaml", id);
	return true;
}

bool fmr_id_path(const struct fmr_type *type, const char *id, struct fmr_str *out)
{
	const struct fmr_glance glance = glance_of(type);
	return fmr_glance_path(&glance, id, out);
}

/* ---- likeness ---- */

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char key_character(char c)
{
	c = upper(c);
	return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

void fmr_id_key(const char *id, size_t length, char out[FMR_ID_LENGTH + 1])
{
	if (length > FMR_ID_LENGTH)
		length = FMR_ID_LENGTH;
	for (size_t i = 0; i < length; i++)
		out[i] = key_character(id[i]);
	out[length] = '\0';
}

bool fmr_id_alike(const char *a, size_t a_length, const char *b, size_t b_length)
{
	if (a_length != b_length)
		return false;
	for (size_t i = 0; i < a_length; i++) {
		char x = upper(a[i]), y = upper(b[i]);
		bool letters = x >= 'A' && y >= 'A';
		if (x != y && (letters || key_character(x) != key_character(y)))
			return false;
	}
	return true;
}

/* ---- making ---- */

/* splitmix64: for tests only, where ids must come out the same each time */
static uint64_t mix(uint64_t seed)
{
	seed += 0x9E3779B97F4A7C15u;
	seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
	seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
	return seed ^ (seed >> 31);
}

static int random_bits(const char *salt, int attempt, uint64_t *bits, struct fmr_err *err)
{
	const char *seed = getenv("FMREC_RANDOM_SEED");
	if (seed && *seed) {
		uint64_t start = fmr_text_hash(seed, strlen(seed)) | (uint64_t)fmr_text_hash(salt, strlen(salt)) << 32;
		*bits = mix(mix(start) + (uint64_t)attempt);
		return FMR_OK;
	}
	if (getrandom(bits, sizeof(*bits), 0) != (ssize_t)sizeof(*bits))
		return fmr_err_set(err, FMR_ERR_IO, _("the system gave no random bytes"));
	return FMR_OK;
}

/* A name as part of an id: upper case, spaces and underscores to hyphens. */
static int name_part(const char *name, char out[FMR_ID_LENGTH + 1], struct fmr_err *err)
{
	struct fmr_str plain;
	fmr_str_init(&plain);
	fmr_text_nfkc(&plain, name, strlen(name));
	size_t used = 0;
	bool good = plain.length > 0 && plain.length <= FMR_ID_LENGTH;
	for (size_t i = 0; good && i < plain.length; i++) {
		char c = upper(plain.bytes[i]);
		out[used] = c == ' ' || c == '_' || c == '.' ? '-' : c;
		good = is_id_character(out[used++]);
	}
	out[used] = '\0';
	good = good && out[0] != '-' && out[used - 1] != '-';
	fmr_str_release(&plain);
	if (good)
		return FMR_OK;
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be part of an id"), name);
	fmr_err_hint(err, _("use Latin letters, digits and hyphens"));
	return FMR_ERR_INVALID;
}

static int expand(const struct fmr_type *type, const char *name, const struct fmr_time *now, int attempt,
	struct fmr_str *out, struct fmr_err *err)
{
	const char *pattern = type->pattern;
	for (int part = attempt * 8;; part++) {
		const char *here = pattern;
		uint64_t bits;
		int code;
		switch (next_token(&pattern)) {
		case TOKEN_END: return FMR_OK;
		case TOKEN_LITERAL: fmr_str_putc(out, *here); break;
		case TOKEN_PREFIX: fmr_str_puts(out, type->prefix); break;
		case TOKEN_DATE: fmr_str_printf(out, "%08d", fmr_time_day(now)); break;
		case TOKEN_YEAR: fmr_str_printf(out, "%04d", fmr_time_day(now) / 10000); break;
		case TOKEN_NAME: fmr_str_puts(out, name); break;
		case TOKEN_RANDOM:
			code = random_bits(type->name, part, &bits, err);
			if (code)
				return code;
			for (int i = 0; i < RANDOM_CHARACTERS; i++, bits >>= 5)
				fmr_str_putc(out, crockford[bits & 31]);
			break;
		default:
			return fmr_err_set(err, FMR_ERR_INVALID, _("id pattern '%s' of type '%s' is wrong"),
				type->pattern, type->name);
		}
	}
}

static int try_id(struct fmr_book *book, const struct fmr_type *type, const char *name, const struct fmr_time *now,
	int attempt, struct fmr_str *id, struct fmr_err *err)
{
	struct fmr_str path;
	struct fmr_entry entry;
	fmr_str_init(&path);
	fmr_str_clear(id);
	int code = expand(type, name, now, attempt, id, err);
	if (!code && !fmr_id_path(type, id->bytes, &path))
		code = fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no good id for type '%s'"), id->bytes, type->name);
	if (!code) {
		struct fmr_err ignored;
		int found = fmr_view_entry(book->view, path.bytes, &entry, &ignored);
		if (!found)
			code = fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' exists already"), id->bytes);
		else if (found != FMR_ERR_NOT_FOUND && err)
			*err = ignored;
		if (found && found != FMR_ERR_NOT_FOUND)
			code = found;
	}
	fmr_str_release(&path);
	return code;
}

int fmr_id_refuse_former(struct fmr_book *book, const struct fmr_type *type, const char *id, struct fmr_err *err)
{
	const struct fmr_glance glance = glance_of(type);
	struct fmr_str path;
	fmr_str_init(&path);
	int code = fmr_alias_find(book, NULL, id, &glance, &path, NULL);
	bool former = code == FMR_OK || code == FMR_ERR_AMBIGUOUS;
	if (former) {
		fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is a former id or another name of '%s'"), id, path.bytes);
		fmr_err_hint(err, _("ids are not given again: choose another one"));
	}
	fmr_str_release(&path);
	return former ? FMR_ERR_EXISTS : FMR_OK;
}

int fmr_id_make(struct fmr_book *book, const struct fmr_type *type, const char *name, int64_t now,
	char out[FMR_ID_LENGTH + 1], struct fmr_err *err)
{
	return fmr_id_make_unless(book, type, name, now, NULL, NULL, out, err);
}

int fmr_id_make_unless(struct fmr_book *book, const struct fmr_type *type, const char *name, int64_t now,
	fmr_id_taken *taken, void *context, char out[FMR_ID_LENGTH + 1], struct fmr_err *err)
{
	bool named = strstr(type->pattern, "{name}"), random = strstr(type->pattern, "{random}");
	char part[FMR_ID_LENGTH + 1] = "";
	int code = FMR_OK;
	if (named && (!name || !*name)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("ids of type '%s' hold a name of your choice"), type->name);
		fmr_err_hint(err, _("give one, for example '%s-SATO'"), type->prefix);
		return FMR_ERR_INVALID;
	}
	if (named)
		code = name_part(name, part, err);
	struct fmr_time time = { .seconds = now };
	fmr_zone_offset(fmr_book_zone(book), now, &time.offset);
	struct fmr_str id;
	fmr_str_init(&id);
	for (int attempt = 0; !code; attempt++) {
		code = try_id(book, type, part, &time, attempt, &id, err);
		if (!code && taken && taken(context, id.bytes))
			code = fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' exists already"), id.bytes);
		if (!code)
			break;
		if (code == FMR_ERR_EXISTS && random && attempt < ATTEMPTS)
			code = FMR_OK;
	}
	if (!code)
		memcpy(out, id.bytes, id.length + 1);
	fmr_str_release(&id);
	return code;
}
