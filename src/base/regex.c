#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/regex.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/regex_ecma.h"
#include "base/str.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	SPARES = 4,                    /* match blocks kept for reuse: about one for each thread */
	PATTERN_LIMIT = 64 * 1024,     /* bytes of a pattern */
	NEST_LIMIT = 200,              /* parentheses in parentheses */
	MATCH_LIMIT = 2 * 1000 * 1000, /* backtracking steps: some 10 ms */
	HEAP_LIMIT = 20 * 1024,        /* KiB */
};

struct fmr_regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	uint32_t options; /* of each match */
	_Atomic(pcre2_match_data *) spares[SPARES];
};

static uint32_t options_of(unsigned flags)
{
	uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
	if (flags & FMR_REGEX_FIXED)
		options = PCRE2_UTF | PCRE2_LITERAL;
	else if (flags & FMR_REGEX_ECMA)
		options |= PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF;
	else
		options |= PCRE2_UCP;
	if (flags & FMR_REGEX_LINES)
		options |= PCRE2_MULTILINE | PCRE2_MATCH_INVALID_UTF;
	return flags & FMR_REGEX_ICASE ? options | PCRE2_CASELESS : options;
}

static int bad_pattern(struct fmr_err *err, const char *why, size_t at)
{
	return fmr_err_set(err, FMR_ERR_INVALID, _("not a regular expression: %s (at byte %zu)"), why, at + 1);
}

static pcre2_code *compile(const char *pattern, size_t length, unsigned flags, enum fmr_error *result,
	struct fmr_err *err)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (!context)
		fmr_out_of_memory();
	pcre2_set_parens_nest_limit(context, NEST_LIMIT);
	pcre2_set_max_pattern_length(context, 16 * (size_t)PATTERN_LIMIT); /* the translation is longer */
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, length, options_of(flags), &error, &offset, context);
	pcre2_compile_context_free(context);
	if (!code && error == PCRE2_ERROR_HEAP_FAILED)
		fmr_out_of_memory();
	if (!code) {
		char why[256];
		pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof(why));
		bad_pattern(err, why, offset < length ? offset : length);
		/* right in ECMA-262 and beyond PCRE2 */
		*result = error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH ? FMR_ERR_UNSUPPORTED : FMR_ERR_INVALID;
		if (err)
			err->code = *result;
	}
	return code;
}

int fmr_regex_new(const char *pattern, size_t length, unsigned flags, struct fmr_regex **out, struct fmr_err *err)
{
	*out = NULL;
	if (length > PATTERN_LIMIT)
		return fmr_err_set(err, FMR_ERR_LIMIT, _("the regular expression is longer than %d bytes"), PATTERN_LIMIT);
	struct fmr_str translated;
	fmr_str_init(&translated);
	pcre2_code *code = NULL;
	enum fmr_error result = FMR_ERR_INVALID;
	if (flags & FMR_REGEX_ECMA && !(flags & FMR_REGEX_FIXED)) {
		size_t at;
		const char *fault = fmr_regex_from_ecma(pattern, length, &translated, &at);
		if (fault)
			bad_pattern(err, fault, at);
		else
			code = compile(translated.bytes, translated.length, flags, &result, err);
	} else {
		code = compile(pattern, length, flags, &result, err);
	}
	fmr_str_release(&translated);
	if (!code)
		return result;

	struct fmr_regex *regex = fmr_alloc_zero(1, sizeof(*regex));
	regex->code = code;
	regex->options = PCRE2_NO_UTF_CHECK | (flags & FMR_REGEX_FILLED ? PCRE2_NOTEMPTY : 0);
	regex->limits = pcre2_match_context_create(NULL);
	if (!regex->limits)
		fmr_out_of_memory();
	pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(regex->limits, HEAP_LIMIT);
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without JIT it only takes longer */
	*out = regex;
	return 0;
}

void fmr_regex_free(struct fmr_regex *regex)
{
	if (!regex)
		return;
	for (size_t i = 0; i < SPARES; i++)
		pcre2_match_data_free(atomic_load(&regex->spares[i]));
	pcre2_match_context_free(regex->limits);
	pcre2_code_free(regex->code);
	free(regex);
}

static pcre2_match_data *borrow(struct fmr_regex *regex)
{
	for (size_t i = 0; i < SPARES; i++) {
		if (!atomic_load_explicit(&regex->spares[i], memory_order_relaxed))
			continue;
		pcre2_match_data *match = atomic_exchange(&regex->spares[i], NULL);
		if (match)
			return match;
	}
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	if (!match)
		fmr_out_of_memory();
	return match;
}

static void give_back(struct fmr_regex *regex, pcre2_match_data *match)
{
	for (size_t i = 0; i < SPARES; i++) {
		pcre2_match_data *none = NULL;
		if (atomic_compare_exchange_strong(&regex->spares[i], &none, match))
			return;
	}
	pcre2_match_data_free(match);
}

enum fmr_regex_result fmr_regex_search(const struct fmr_regex *shared, const char *bytes, size_t length, size_t start,
	size_t span[2])
{
	struct fmr_regex *regex = (struct fmr_regex *)shared; /* only the spare match blocks change, atomically */
	pcre2_match_data *match = borrow(regex);
	int result = pcre2_match(regex->code, (PCRE2_SPTR)bytes, length, start, regex->options, match, regex->limits);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT) /* the interpreter uses the heap, within its limit */
		result = pcre2_match(regex->code, (PCRE2_SPTR)bytes, length, start, regex->options | PCRE2_NO_JIT, match,
			regex->limits);
	if (result >= 0 && span) {
		PCRE2_SIZE *found = pcre2_get_ovector_pointer(match);
		span[0] = found[0];
		span[1] = found[1];
	}
	give_back(regex, match);
	if (result == PCRE2_ERROR_NOMEMORY) /* no verdict on the text */
		fmr_out_of_memory();
	if (result >= 0)
		return FMR_REGEX_YES;
	return result == PCRE2_ERROR_NOMATCH ? FMR_REGEX_NO : FMR_REGEX_LIMIT;
}

void fmr_regex_library(struct fmr_str *out)
{
	char version[64] = "";
	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof(version))
		pcre2_config(PCRE2_CONFIG_VERSION, version);
	fmr_str_puts(out, version);
}
