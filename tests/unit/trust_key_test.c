#include "unit.h"

#include "base/alloc.h"
#include "base/str.h"
#include "trust/key.h"
#include "trust/sshsig.h"
#include "trust/wire.h"

#include <stdlib.h>
#include <string.h>

/* As ssh-keygen made them, and what its -l says of them. */
static const struct {
	enum trust_key_type type;
	const char *line, *fingerprint;
} rows[] = {
	{ TRUST_KEY_ED25519, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtkdVW7VamQb5uNzJ2lsyhY/qN/uFkLrzCncbxqmgDZ",
		"SHA256:y8Y6XFuBFmXF4bG6xuXYpQw83Hiek18P9Px6oMy4CNM" },
	{ TRUST_KEY_ECDSA_256, "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDYTQ/xIlD3nbQlVB9TTQrhBUCym"
		"9Kj/D11esX0oqfaW+8Nn8oBbSQsY8hEC48IARPwn3L8d2H86Lt4mt5k60Nc=",
		"SHA256:Y0z+znB/fo8HNw8dOe7uRYEmCM1uC4vob+Gei/o/zGs" },
	{ TRUST_KEY_ECDSA_384, "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBOga2dPRTVfAPwBMGmfZVTLjf/CP"
		"w9HKkOl3Su5rTJ0Cfg3Ummc8zO/8VjZWzylTCk7gkA+csQAu9rqtH+/VI8zp1F15sQ95pj04ne3fTp/0UErTcjrs9kOQSZtDD97Y"
		"Fg==",
		"SHA256:69tp2D8OI5CXBFu1sEXYteARCYfBlmBSEq1uFf/Y63Y" },
	{ TRUST_KEY_ECDSA_521, "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADAVNwKsbCL+q+kMluo1qGHdeXO"
		"Fs0MdyqNmYBWakArVUm9BA616FnCqlEhH3Ga2SG1lfpDsRSlE65EUhMxwyvL6QE0pQZsDUkCxo+6Duj5R+ziHGLSPLQRAhE04wa+"
		"N877qgPfLNRzVI4Q10IRk8KD/vnl+Fy/qLXATIOAvyD619Rg6w==",
		"SHA256:j2Bmx2L0dwnV5qn/2JqH65TDlkmYBgKWK3JDXHGyHfo" },
	{ TRUST_KEY_RSA, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCwRsrDuxADulYC1uZOqXgc/4JOj8IRz3DahD4wbZVZ+qbEg81QymDeBub3clfI"
		"A6C+4Koa7c0tsn0D9ZD/pn+MFIg6jYlXejnYuqcyp6CMd0kG+lMpFBQYX1eyw2f7zsRtG/ekFxWIYP/0umx3UAUje0Jf5McYlGNe"
		"4VD/DLabzwhZofvdnY+UJyh0K4cAMBezSFo6vxBNKhJC9kMtoESCM1JQpR50nLxydb1Mvw/7JoUMhPmcY6Uy/1A2yVSlqW86kUmd"
		"8jlxQAW382s4881B4Jb3rV75ncn3RhcOx4y8hGW/B8MPvb2sL5PcXbARnE3NiuPmRdygirmVJ5L2T4gWJtsuErDlchpdJSacqcau"
		"OMfM0EzmAnOhGyjSWx2cYpiuzrxl/SQOnferbmovFYLF62EbBDanD9NP9WHMSUekenLFvX03R6O98trgacqqlMgzrZJf2w4E0kvg"
		"uXH2UXBKqLU3bY6XrTR04XW5N4SHAoVZ7ZXC3blrRS5jq5uEY2U=",
		"SHA256:1zOt/Av0nLgECB2t9JsnsRaBDvcJNrlneQvSKBKiorQ" }
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static struct fmr_text word(const char *string)
{
	return (struct fmr_text){ string, strlen(string) };
}

static void as_ssh_keygen_has_them(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_verifier *verifier;
	assert_int_equal(fmr_trust_verifier_new(&verifier, NULL), 0);
	for (size_t i = 0; i < ROWS; i++) {
		struct trust_key key, again;
		const char *fault = NULL;
		char fingerprint[TRUST_FINGERPRINT];
		char *line = fmr_arena_format(&arena, "%s somebody @ some where", rows[i].line);
		assert_true(fmr_trust_key_parse(line, &arena, &key, &fault));
		assert_int_equal(key.type, rows[i].type);
		fmr_trust_key_fingerprint(&key, fingerprint);
		assert_string_equal(fingerprint, rows[i].fingerprint);
		struct fmr_str text;
		fmr_str_init(&text);
		fmr_trust_key_text(&key, &text);
		assert_string_equal(text.bytes, rows[i].line);
		fmr_str_release(&text);
		assert_true(fmr_trust_key_parse(rows[i].line, &arena, &again, &fault));
		assert_true(fmr_trust_key_equal(&key, &again));
		assert_true(fmr_trust_verifier_takes(verifier, &key));
	}
	fmr_trust_verifier_free(verifier);
	fmr_arena_release(&arena);
}

static void other_lines(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"", " ", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519  AAAA", "ssh-ed25519 AAAA",
		" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z\n",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z\nx",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38",
		"ssh-ed25519\tAAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z",
		"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z",
		"cert-authority ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z",
		"AAAAC3NzaC1lZDI1NTE5AAAAINsyVU0ef/7AKr88nzMFHNAU0G489ls+oIIFz+k4V38z",
	};
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct trust_key key;
		const char *fault = NULL;
		if (fmr_trust_key_parse(lines[i], &arena, &key, &fault))
			fail_msg("'%s' was taken", lines[i]);
		assert_non_null(fault);
	}
	fmr_arena_release(&arena);
}

/* ---- blobs ---- */

static enum trust_signature read_blob(const struct fmr_str *blob)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_key key;
	const char *fault = NULL;
	const enum trust_signature result =
		fmr_trust_key_read((struct fmr_text){ blob->bytes, blob->length }, &arena, &key, &fault);
	assert_true((result == TRUST_GOOD) == (fault == NULL));
	fmr_arena_release(&arena);
	return result;
}

static enum trust_signature read_rsa(const char *exponent, size_t exponent_length, size_t bits, unsigned first,
	unsigned last)
{
	struct fmr_str blob;
	fmr_str_init(&blob);
	char *modulus = fmr_alloc_zero(bits / 8 + 2, 1);
	const size_t pad = first >= 0x80;
	modulus[pad] = (char)first;
	modulus[pad + bits / 8 - 1] = (char)last;
	fmr_trust_wire_put_string(&blob, word("ssh-rsa"));
	fmr_trust_wire_put_string(&blob, (struct fmr_text){ exponent, exponent_length });
	fmr_trust_wire_put_string(&blob, (struct fmr_text){ modulus, bits / 8 + pad });
	const enum trust_signature result = read_blob(&blob);
	free(modulus);
	fmr_str_release(&blob);
	return result;
}

static void rsa_sizes(void **state)
{
	(void)state;
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 3072, 0x80, 1), TRUST_GOOD);
	assert_int_equal(read_rsa("\x03", 1, 4096, 0xff, 1), TRUST_GOOD);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 16384, 0x80, 1), TRUST_GOOD);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 3072, 0x7f, 1), TRUST_UNSUPPORTED);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 2048, 0x80, 1), TRUST_UNSUPPORTED);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 16392, 1, 1), TRUST_UNSUPPORTED);
	assert_int_equal(read_rsa("\x01\x00\x01\x00\x01\x00\x01\x00\x01", 9, 3072, 0x80, 1), TRUST_UNSUPPORTED);
	assert_int_equal(read_rsa("\x01", 1, 3072, 0x80, 1), TRUST_MALFORMED);
	assert_int_equal(read_rsa("\x02", 1, 3072, 0x80, 1), TRUST_MALFORMED);
	assert_int_equal(read_rsa("", 0, 3072, 0x80, 1), TRUST_MALFORMED);
	assert_int_equal(read_rsa("\x81", 1, 3072, 0x80, 1), TRUST_MALFORMED);
	assert_int_equal(read_rsa("\x00\x03", 2, 3072, 0x80, 1), TRUST_MALFORMED);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 3072, 0x80, 2), TRUST_MALFORMED);
	assert_int_equal(read_rsa("\x01\x00\x01", 3, 3072, 0x00, 1), TRUST_MALFORMED);
}

static enum trust_signature read_curve(const char *type, const char *curve, unsigned first, size_t length,
	const char *application)
{
	struct fmr_str blob;
	char point[200] = { (char)first, 1 };
	fmr_str_init(&blob);
	fmr_trust_wire_put_string(&blob, word(type));
	if (curve)
		fmr_trust_wire_put_string(&blob, word(curve));
	fmr_trust_wire_put_string(&blob, (struct fmr_text){ point, length });
	if (application)
		fmr_trust_wire_put_string(&blob, word(application));
	const enum trust_signature result = read_blob(&blob);
	fmr_str_release(&blob);
	return result;
}

static void points(void **state)
{
	(void)state;
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp256", 4, 65, NULL), TRUST_GOOD);
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp384", 4, 65, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp256", 2, 33, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp256", 6, 65, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp256", 0, 1, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("ecdsa-sha2-nistp256", "nistp256", 4, 65, "ssh:"), TRUST_MALFORMED);
	assert_int_equal(read_curve("ssh-ed25519", NULL, 4, 32, NULL), TRUST_GOOD);
	assert_int_equal(read_curve("ssh-ed25519", NULL, 4, 31, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("ssh-ed25519", NULL, 4, 33, NULL), TRUST_MALFORMED);
	assert_int_equal(read_curve("sk-ssh-ed25519@openssh.com", NULL, 4, 32, "ssh:"), TRUST_GOOD);
	assert_int_equal(read_curve("sk-ssh-ed25519@openssh.com", NULL, 4, 32, ""), TRUST_MALFORMED);
	assert_int_equal(read_curve("sk-ssh-ed25519@openssh.com", NULL, 4, 32, NULL), TRUST_MALFORMED);
	static const char *const others[] = { "ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-ed448", "ssh-ed25519 ",
		"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "\x1b[2J" };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_int_equal(read_curve(others[i], NULL, 4, 32, NULL), TRUST_UNSUPPORTED);
	assert_int_equal(read_curve("", NULL, 4, 32, NULL), TRUST_MALFORMED);
}

/* A point that is not on the curve is no key. */
static void off_the_curve(void **state)
{
	(void)state;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	struct trust_verifier *verifier;
	assert_int_equal(fmr_trust_verifier_new(&verifier, NULL), 0);
	for (size_t i = 0; i < ROWS; i++) {
		struct trust_key key;
		const char *fault;
		assert_true(fmr_trust_key_parse(rows[i].line, &arena, &key, &fault));
		if (key.type == TRUST_KEY_ED25519 || key.type == TRUST_KEY_RSA)
			continue;
		char *bytes = fmr_arena_strndup(&arena, key.blob.bytes, key.blob.length);
		bytes[key.blob.length - 1] = (char)(bytes[key.blob.length - 1] ^ 1);
		assert_int_equal(
			fmr_trust_key_read((struct fmr_text){ bytes, key.blob.length }, &arena, &key, &fault), TRUST_GOOD);
		assert_false(fmr_trust_verifier_takes(verifier, &key));
	}
	fmr_trust_verifier_free(verifier);
	fmr_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_ssh_keygen_has_them),
		cmocka_unit_test(other_lines),
		cmocka_unit_test(rsa_sizes),
		cmocka_unit_test(points),
		cmocka_unit_test(off_the_curve),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
