/*
 * SSH signatures beside ssh-keygen: what it makes is good, and of signatures of every key type, whole and spoilt in
 * every way, none is ever good here that is bad there.
 *
 *	FMR_SIGNATURES=n    so many spoilt ones (300)
 *	FMR_SEED=n          other ways of spoiling them (1)
 */
#include "unit.h"

#include "sandbox.h"
#include "signer.h"

#include "base/fs.h"
#include "base/spawn.h"
#include "trust/sshsig.h"

#include <fcntl.h>
#include <stdio.h>

enum { TYPES = TRUST_KEY_RSA + 1, SIGNERS = 2 * TYPES, MOST_FIELDS = 64 };

struct bench {
	struct sandbox *sandbox;
	struct signer of[SIGNERS]; /* two of each type; the second RSA key is too short for us */
	struct trust_verifier *verifier;
	struct fmr_arena arena;
	bool ssh_keygen;
};

static uint64_t random_state;

static size_t below(size_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return limit ? (size_t)(random_state >> 33) % limit : 0;
}

static int set_up(void **state)
{
	struct bench *bench = fmr_alloc_zero(1, sizeof(*bench));
	void *sandbox;
	if (sandbox_setup(&sandbox) != 0 || fmr_trust_verifier_new(&bench->verifier, NULL) != 0)
		return -1;
	bench->sandbox = sandbox;
	bench->ssh_keygen = sandbox_shell(NULL, "command -v ssh-keygen") == 0;
	for (size_t i = 0; i < SIGNERS; i++)
		signer_init(&bench->of[i], (enum trust_key_type)(i % TYPES), i < TYPES ? 3072 : 2048);
	fmr_arena_init(&bench->arena);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	void *sandbox = bench->sandbox;
	for (size_t i = 0; i < SIGNERS; i++)
		signer_release(&bench->of[i]);
	fmr_arena_release(&bench->arena);
	fmr_trust_verifier_free(bench->verifier);
	free(bench);
	return sandbox_teardown(&sandbox);
}

static void write_file(const char *path, struct fmr_text bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.bytes, 1, bytes.length, file), bytes.length);
	assert_int_equal(fclose(file), 0);
}

/* What ssh-keygen says of it: good, whoever signed? */
static bool good_there(struct fmr_text armour, struct fmr_text message)
{
	static const char *const argv[] = { "ssh-keygen", "-Y", "check-novalidate", "-n", "git", "-s", "sig", NULL };
	struct fmr_str output, errors;
	fmr_str_init(&output);
	fmr_str_init(&errors);
	write_file("sig", armour);
	const struct fmr_spawn spawn = { .argv = argv, .input = message.bytes, .input_length = message.length,
		.output = &output, .errors = &errors };
	int status = -1;
	assert_int_equal(fmr_spawn_run(&spawn, &status, NULL), 0);
	fmr_str_release(&output);
	fmr_str_release(&errors);
	return status == 0;
}

static bool good_here(struct bench *bench, struct fmr_text armour, struct fmr_text message, const char **fault)
{
	struct trust_key key;
	fmr_arena_clear(&bench->arena);
	return fmr_trust_sshsig_verify(bench->verifier, armour, message, &bench->arena, &key, fault) == TRUST_GOOD;
}

/* ---- what ssh-keygen makes ---- */

static void made_by_ssh_keygen(void **state)
{
	struct bench *bench = *state;
	static const char *const types[] = { "ed25519", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521", "rsa -b 3072" };
	static const char *const options[] = { "", "-O hashalg=sha256" };
	const struct fmr_text message = text_word("tree\nparent\n\nfmrec: approve");
	if (!bench->ssh_keygen)
		skip();
	write_file("message", message);
	for (size_t i = 0; i < 2 * sizeof(types) / sizeof(*types); i++) {
		struct fmr_str armour, public;
		struct trust_key key, wanted;
		const char *fault;
		fmr_str_init(&armour);
		fmr_str_init(&public);
		char *line = fmr_format("rm -f k*; ssh-keygen -q -t %s -N '' -f k && ssh-keygen -Y sign %s -n git -f k <message",
			types[i / 2], options[i % 2]);
		assert_int_equal(sandbox_shell(&armour, line), 0);
		assert_int_equal(sandbox_shell(&public, "cat k.pub"), 0);
		assert_true(fmr_trust_key_parse(public.bytes, &bench->arena, &wanted, &fault));
		assert_int_equal(fmr_trust_sshsig_verify(bench->verifier, text_in(&armour), message, &bench->arena, &key,
					 &fault), TRUST_GOOD);
		assert_true(fmr_trust_key_equal(&key, &wanted));
		free(line);
		fmr_str_release(&public);
		fmr_str_release(&armour);
	}
}

/* What the test itself makes is a fair sample: ssh-keygen finds it good. */
static void whole_ones(void **state)
{
	struct bench *bench = *state;
	if (!bench->ssh_keygen)
		skip();
	for (size_t i = 0; i < TYPES; i++) {
		struct making making = MAKING;
		struct fmr_str armour;
		const char *fault;
		fmr_str_init(&armour);
		making.hash = i % 2 ? "sha256" : "sha512";
		sign(&bench->of[i], &making, text_word("message"), &armour);
		assert_true(good_there(text_in(&armour), text_word("message")));
		assert_true(good_here(bench, text_in(&armour), text_word("message"), &fault));
		fmr_str_release(&armour);
	}
}

/* ---- what is spoilt ---- */

/* Where the length of a string stands, in all that can be read as strings: also inside the key and the signature. */
struct field {
	size_t at, length;
};

static size_t find_fields(const char *bytes, size_t start, size_t end, struct field *fields, size_t count, int depth)
{
	size_t at = start;
	while (at + 4 <= end && count < MOST_FIELDS) {
		struct trust_wire wire = fmr_trust_wire_open((struct fmr_text){ bytes + at, 4 });
		const size_t length = fmr_trust_wire_number(&wire);
		if (length > end - at - 4)
			break;
		fields[count++] = (struct field){ at, length };
		if (depth > 0)
			count = find_fields(bytes, at + 4, at + 4 + length, fields, count, depth - 1);
		at += 4 + length;
	}
	return count;
}

static void set_number(struct fmr_str *envelope, size_t at, uint32_t number)
{
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	fmr_trust_wire_put_number(&bytes, number);
	fmr_str_splice(envelope, at, 4, bytes.bytes, 4);
	fmr_str_release(&bytes);
}

/* Bytes put into or taken out of a string, and all lengths around them set right. */
static void spoil_field(struct fmr_str *envelope)
{
	struct field fields[MOST_FIELDS];
	const size_t head = strlen("SSHSIG") + 4;
	const size_t count = find_fields(envelope->bytes, head, envelope->length, fields, 0, 2);
	if (count == 0)
		return;
	const struct field field = fields[below(count)];
	const size_t removed = below(2) && field.length ? below(2) + 1 : 0;
	static const char *const inserts[] = { "", "\0", "\x01", "\x80", "git", "ssh-rsa" };
	const size_t which = below(6), inserted = which == 1 ? 1 : strlen(inserts[which]);
	const size_t taken = removed > field.length ? field.length : removed;
	const size_t place = field.at + 4 + (below(2) ? 0 : field.length - taken);
	for (size_t i = 0; i < count; i++)
		if (fields[i].at <= field.at && field.at < fields[i].at + 4 + fields[i].length)
			set_number(envelope, fields[i].at, (uint32_t)(fields[i].length + inserted - taken));
	if (field.length == 0) /* it does not lie in itself */
		set_number(envelope, field.at, (uint32_t)(inserted - taken));
	fmr_str_splice(envelope, place, taken, inserts[which], inserted);
}

static void spoil_bytes(struct fmr_str *envelope)
{
	const size_t at = below(envelope->length);
	char piece[16];
	size_t size = below(sizeof(piece)) + 1;
	if (size > envelope->length - at)
		size = envelope->length - at;
	memcpy(piece, envelope->bytes + at, size);
	switch (below(4)) {
	case 0:
		envelope->bytes[at] = (char)(envelope->bytes[at] ^ (1 << below(8)));
		break;
	case 1:
		envelope->bytes[at] = (char)below(256);
		break;
	case 2:
		fmr_str_splice(envelope, at, size, "", 0);
		break;
	default:
		fmr_str_splice(envelope, below(envelope->length), 0, piece, size);
	}
}

static void spoil_making(struct making *making)
{
	static const char *const spaces[] = { "file", "", "Git", "git\n", "gi" }, *const hashes[] = { "sha1", "SHA512", "sha384", "" };
	static const char *const methods[] = { "ssh-rsa", "rsa-sha2-256", "rsa-sha2-512", "ssh-ed25519", "ecdsa-sha2-nistp256",
		"sk-ssh-ed25519@openssh.com" };
	switch (below(6)) {
	case 0:
		making->version = (uint32_t)below(3);
		break;
	case 1:
		making->space = spaces[below(5)];
		break;
	case 2:
		making->reserved = "x";
		break;
	case 3:
		making->hash = hashes[below(4)];
		break;
	case 4:
		making->method = methods[below(6)];
		break;
	default:
		making->flags = (unsigned)below(256);
		making->counter = (uint32_t)below(1 << 30);
	}
}

static void spoil_armour(struct fmr_str *armour)
{
	static const char *const inserts[] = { " ", "\n", "\r\n", "\r", "\t", "=", "A", "-", "\n\n", "-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\n", "\x80", "# " };
	const char *insert = inserts[below(sizeof(inserts) / sizeof(*inserts))];
	const size_t at = below(4) == 0 ? armour->length : below(8) == 0 ? 0 : below(armour->length + 1);
	switch (below(5)) {
	case 0:
		fmr_str_splice(armour, at, at < armour->length, "", 0);
		break;
	case 1:
		if (at < armour->length)
			armour->bytes[at] = (char)(armour->bytes[at] ^ (1 << below(8)));
		break;
	default:
		fmr_str_splice(armour, at, 0, insert, strlen(insert));
	}
}

/* Another one's key before the signature, or the half of another signature behind it. */
static void spoil_together(struct bench *bench, const struct signer *signer, struct fmr_text message,
	struct fmr_str *envelope)
{
	const struct making making = MAKING;
	const struct signer *other = &bench->of[below(2) ? (size_t)(signer - bench->of + TYPES) % SIGNERS : below(SIGNERS)];
	struct fmr_str another;
	fmr_str_init(&another);
	put_envelope(other, &making, message, &another);
	const size_t head = strlen("SSHSIG") + 4 + 4;
	const size_t mine = head + signer->blob.length, its = head + other->blob.length;
	if (below(2)) {
		fmr_str_splice(envelope, 0, mine < envelope->length ? mine : 0, another.bytes, its);
	} else {
		const size_t cut = below(envelope->length), from = cut < another.length ? cut : another.length;
		fmr_str_truncate(envelope, cut);
		fmr_str_add(envelope, another.bytes + from, another.length - from);
	}
	fmr_str_release(&another);
}

/* A signature with one thing wrong, rarely two; sometimes none. */
static void spoil(struct bench *bench, struct fmr_str *armour, struct fmr_str *message)
{
	const struct signer *signer = &bench->of[below(SIGNERS)];
	struct making making = MAKING;
	struct fmr_str envelope;
	fmr_str_init(&envelope);
	fmr_str_puts(message, "tree 1234\n\nfmrec: approve INC-20261121-7KQ2\n");
	making.hash = below(2) ? "sha256" : "sha512";
	const size_t way = below(8);
	if (way == 0)
		spoil_making(&making);
	put_envelope(signer, &making, text_in(message), &envelope);
	if (way == 1 || way == 2)
		spoil_field(&envelope);
	if (way == 3 || below(16) == 0)
		spoil_bytes(&envelope);
	if (way == 4)
		spoil_together(bench, signer, text_in(message), &envelope);
	static const size_t widths[] = { 70, 64, 76, 1000, 5 };
	put_armour(text_in(&envelope), widths[below(5)], armour);
	if (way == 5)
		spoil_armour(armour);
	if (way == 6)
		message->bytes[below(message->length)] ^= (char)(1 << below(7));
	fmr_str_release(&envelope);
}

static void spoilt_ones(void **state)
{
	struct bench *bench = *state;
	const char *count = getenv("FMR_SIGNATURES"), *seed = getenv("FMR_SEED");
	const size_t signatures = count ? strtoul(count, NULL, 10) : 300;
	size_t both = 0, neither = 0, stricter = 0;
	if (!bench->ssh_keygen)
		skip();
	random_state = seed ? strtoul(seed, NULL, 10) : 1;
	for (size_t i = 0; i < signatures; i++) {
		struct fmr_str armour, message;
		fmr_str_init(&armour);
		fmr_str_init(&message);
		spoil(bench, &armour, &message);
		const char *fault;
		const bool here = good_here(bench, text_in(&armour), text_in(&message), &fault);
		const bool there = good_there(text_in(&armour), text_in(&message));
		both += here && there;
		neither += !here && !there;
		stricter += !here && there;
		if (!here && there && getenv("FMR_VERBOSE"))
			print_message("# stricter: %s\n", fault);
		if (here && !there)
			fail_msg("good here, bad for ssh-keygen, over '%s':\n%s", message.bytes, armour.bytes);
		fmr_str_release(&message);
		fmr_str_release(&armour);
	}
	print_message("# %zu signatures: good for both %zu, bad for both %zu, bad only here %zu\n", signatures, both, neither,
		stricter);
	assert_true(signatures < 100 || (both > 0 && neither > 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_by_ssh_keygen),
		cmocka_unit_test(whole_ones),
		cmocka_unit_test(spoilt_ones),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
