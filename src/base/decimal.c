#include "base/decimal.h"

#include "base/alloc.h"
#include "base/str.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXACT_DIVISOR_DIGITS = 4096, /* longer divisors divide only zero and their equals: bounds the time */
	LIMB_DIGITS = 9,
	LIMB = 1000000000,
};

/* value = 0.DDDD x 10^magnitude; the digits may have a '.' among them. */
struct decimal {
	bool negative, zero;
	const char *first, *end; /* significant digits without zeros at either end */
	size_t digits;
	long long magnitude;
};

static const long long exponent_limit = 1000000000000000; /* far beyond any exponent that matters */

static long long read_exponent(const char *p, const char *end)
{
	bool negative = false;
	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	long long exponent = 0;
	for (; p < end && exponent < exponent_limit; p++)
		exponent = exponent * 10 + (*p - '0');
	return negative ? -exponent : exponent;
}

static struct decimal read_decimal(struct fmr_text text)
{
	struct decimal out = { .zero = true };
	const char *p = text.bytes, *end = text.bytes + text.length;
	if (p < end && (*p == '-' || *p == '+'))
		out.negative = *p++ == '-';
	bool fraction = false;
	size_t run = 0; /* digits since the first significant one, zeros at the end included */
	long long before = 0;
	const char *last = NULL;
	for (; p < end; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		if (*p < '0' || *p > '9')
			break;
		if (out.zero && *p == '0') {
			before -= fraction;
			continue;
		}
		if (out.zero)
			out.first = p;
		out.zero = false;
		run++;
		before += !fraction;
		if (*p != '0') {
			last = p;
			out.digits = run;
		}
	}
	if (out.zero)
		return (struct decimal){ .zero = true };
	out.end = last + 1;
	out.magnitude = before;
	if (p < end && (*p == 'e' || *p == 'E'))
		out.magnitude += read_exponent(p + 1, end);
	return out;
}

static const char *next_digit(const char *p)
{
	return *p == '.' ? p + 1 : p;
}

static int compare_digits(const struct decimal *a, const struct decimal *b)
{
	const char *p = a->first, *q = b->first;
	while (p < a->end && q < b->end) {
		p = next_digit(p);
		q = next_digit(q);
		if (*p != *q)
			return *p < *q ? -1 : 1;
		p++;
		q++;
	}
	return (p < a->end) - (q < b->end);
}

/* The common case: up to 18 digits and nothing else. */
static bool read_small(struct fmr_text text, long long *out)
{
	size_t i = text.length && text.bytes[0] == '-';
	if (text.length == i || text.length - i > 18)
		return false;
	long long value = 0;
	for (size_t k = i; k < text.length; k++) {
		if (text.bytes[k] < '0' || text.bytes[k] > '9')
			return false;
		value = value * 10 + (text.bytes[k] - '0');
	}
	*out = i ? -value : value;
	return true;
}

int fmr_decimal_compare(struct fmr_text left, struct fmr_text right)
{
	long long x, y;
	if (read_small(left, &x) && read_small(right, &y))
		return (x > y) - (x < y);
	struct decimal a = read_decimal(left), b = read_decimal(right);
	if (a.zero || b.zero) {
		if (a.zero && b.zero)
			return 0;
		return a.zero ? (b.negative ? 1 : -1) : (a.negative ? -1 : 1);
	}
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	int order = (a.magnitude > b.magnitude) - (a.magnitude < b.magnitude);
	if (!order)
		order = compare_digits(&a, &b);
	return a.negative ? -order : order;
}

bool fmr_decimal_is_integer(struct fmr_text number)
{
	long long small;
	if (read_small(number, &small))
		return true;
	struct decimal value = read_decimal(number);
	return value.zero || (value.magnitude > 0 && (unsigned long long)value.magnitude >= value.digits);
}

static uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t modulus)
{
	return (uint64_t)((unsigned __int128)a * b % modulus);
}

static bool divides_small(const struct decimal *number, long long shift, uint64_t divisor)
{
	uint64_t rest = 0;
	if (!divisor)
		return false;
	for (const char *p = number->first; p < number->end; p++) {
		p = next_digit(p);
		rest = (uint64_t)(((unsigned __int128)rest * 10 + (unsigned)(*p - '0')) % divisor);
	}
	uint64_t power = 10 % divisor;
	for (; shift && rest; shift >>= 1) {
		if (shift & 1)
			rest = multiply_modulo(rest, power, divisor);
		power = multiply_modulo(power, power, divisor);
	}
	return rest == 0;
}

struct big {
	uint32_t *limbs; /* least first */
	size_t count;
};

/* big = big * 10 + digit; the caller made room */
static void big_push(struct big *big, unsigned digit)
{
	uint64_t carry = digit;
	for (size_t i = 0; i < big->count; i++) {
		carry += (uint64_t)big->limbs[i] * 10;
		big->limbs[i] = (uint32_t)(carry % LIMB);
		carry /= LIMB;
	}
	if (carry)
		big->limbs[big->count++] = (uint32_t)carry;
}

static bool big_less(const struct big *a, const struct big *b)
{
	if (a->count != b->count)
		return a->count < b->count;
	for (size_t i = a->count; i-- > 0;)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] < b->limbs[i];
	return false;
}

static void big_subtract(struct big *a, const struct big *b)
{
	int64_t borrow = 0;
	for (size_t i = 0; i < a->count; i++) {
		int64_t rest = (int64_t)a->limbs[i] - (i < b->count ? b->limbs[i] : 0) - borrow;
		borrow = rest < 0;
		a->limbs[i] = (uint32_t)(rest + (borrow ? LIMB : 0));
	}
	while (a->count && !a->limbs[a->count - 1])
		a->count--;
}

static void push_modulo(struct big *rest, unsigned digit, const struct big *divisor)
{
	big_push(rest, digit);
	while (!big_less(rest, divisor))
		big_subtract(rest, divisor);
}

static bool divides_big(const struct decimal *number, long long shift, const struct decimal *by)
{
	size_t room = by->digits / LIMB_DIGITS + 3;
	struct big divisor = { fmr_alloc_zero(room, sizeof(uint32_t)), 0 };
	struct big rest = { fmr_alloc_zero(room, sizeof(uint32_t)), 0 };
	for (const char *p = by->first; p < by->end; p++) {
		p = next_digit(p);
		big_push(&divisor, (unsigned)(*p - '0'));
	}
	for (const char *p = number->first; p < number->end; p++) {
		p = next_digit(p);
		push_modulo(&rest, (unsigned)(*p - '0'), &divisor);
	}
	for (; shift > 0 && rest.count; shift--)
		push_modulo(&rest, 0, &divisor);
	bool divides = rest.count == 0;
	free(divisor.limbs);
	free(rest.limbs);
	return divides;
}

bool fmr_decimal_is_multiple(struct fmr_text number, struct fmr_text divisor)
{
	long long x, y;
	if (read_small(number, &x) && read_small(divisor, &y))
		return y != 0 && x % y == 0;
	struct decimal a = read_decimal(number), b = read_decimal(divisor);
	if (a.zero || b.zero)
		return a.zero;
	/* a = A x 10^i and b = B x 10^j with A, B integers that do not end in 0 */
	long long shift = (a.magnitude - (long long)a.digits) - (b.magnitude - (long long)b.digits);
	if (shift < 0)
		return false;
	/* 10^shift has by then all the 2s and 5s that B can have */
	if (shift > 4 * (long long)b.digits)
		shift = 4 * (long long)b.digits;
	if (b.digits <= 18) {
		uint64_t by = 0;
		for (const char *p = b.first; p < b.end; p++) {
			p = next_digit(p);
			by = by * 10 + (unsigned)(*p - '0');
		}
		return divides_small(&a, shift, by);
	}
	if (b.digits > EXACT_DIVISOR_DIGITS)
		return a.magnitude == b.magnitude && compare_digits(&a, &b) == 0;
	return divides_big(&a, shift, &b);
}

bool fmr_decimal_to_integer(struct fmr_text number, long long *out)
{
	if (read_small(number, out))
		return true;
	struct decimal value = read_decimal(number);
	if (value.zero) {
		*out = 0;
		return true;
	}
	if (value.magnitude < (long long)value.digits || value.magnitude > 19)
		return false;
	unsigned long long sum = 0, limit = (unsigned long long)LLONG_MAX + value.negative;
	const char *p = value.first;
	for (long long i = 0; i < value.magnitude; i++) {
		unsigned digit = 0;
		if (p < value.end) {
			p = next_digit(p);
			digit = (unsigned)(*p++ - '0');
		}
		if (sum > (limit - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*out = value.negative ? (long long)(0 - sum) : (long long)sum;
	return true;
}

char *fmr_decimal_normal(struct fmr_text number)
{
	struct decimal value = read_decimal(number);
	struct fmr_str out;
	fmr_str_init(&out);
	if (value.zero) {
		fmr_str_putc(&out, '0');
		return fmr_str_detach(&out);
	}
	if (value.negative)
		fmr_str_putc(&out, '-');
	for (const char *p = value.first; p < value.end; p++) {
		p = next_digit(p);
		fmr_str_putc(&out, *p);
	}
	long long exponent = value.magnitude - (long long)value.digits;
	if (exponent)
		fmr_str_printf(&out, "e%lld", exponent);
	return fmr_str_detach(&out);
}

uint32_t fmr_decimal_hash(struct fmr_text number)
{
	struct decimal value = read_decimal(number);
	if (value.zero)
		return 0x5bd1e995u;
	uint32_t hash = 2166136261u ^ (uint32_t)value.magnitude ^ (value.negative ? 0x80000000u : 0);
	for (const char *p = value.first; p < value.end; p++) {
		p = next_digit(p);
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	}
	return hash;
}
