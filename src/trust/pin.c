#include "trust/pin.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/str.h"
#include "fmrec/yaml.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { FORM = 1, MOST_DIGITS = 9 };

static const char *const verdicts[] = { [FMR_PROVEN] = "proven", [FMR_VIOLATION] = "violation",
	[FMR_UNPROVEN] = "unproven" };

/* ---- reading ---- */

struct reading {
	const char *name; /* of the file */
	struct fmr_pin_file *file;
	struct fmr_err *err;
};

static bool is_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdef")] == '\0';
}

static bool copy_hex(const struct fmr_value *value, const char *prefix, size_t digits, char *out)
{
	const char *text = fmr_value_string(value);
	const size_t skip = strlen(prefix);
	if (!text || value->text.length != skip + digits || strlen(text) != skip + digits ||
		strncmp(text, prefix, skip) != 0 || !is_hex(text + skip))
		return false;
	memcpy(out, text, skip + digits + 1);
	return true;
}

static bool read_number(const struct fmr_value *value, size_t *out)
{
	if (value->kind != FMR_NUMBER || value->text.length > MOST_DIGITS ||
		value->text.bytes[strspn(value->text.bytes, "0123456789")])
		return false;
	*out = strtoul(value->text.bytes, NULL, 10);
	return true;
}

static bool read_verdict(const struct fmr_value *value, enum fmr_verdict *out)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		if (fmr_value_is(value, verdicts[i])) {
			*out = (enum fmr_verdict)i;
			return true;
		}
	return false;
}

static bool read_date(const struct fmr_value *value, int64_t *out)
{
	struct fmr_time time;
	if (value->kind != FMR_STRING || !fmr_time_parse(value->text.bytes, value->text.length, &time) || time.date_only)
		return false;
	*out = time.seconds;
	return true;
}

/* What a pin consists of, each exactly once: YAML has no key twice, and the count tells the rest. */
enum member { PIN, REPOSITORY, GENESIS, TIP, COMMITS, POLICY_VERSION, POLICY, VERDICT, DATE, MEMBERS };
static const char *const member_names[MEMBERS] = { [PIN] = "pin", [REPOSITORY] = "repository", [GENESIS] = "genesis",
	[TIP] = "tip", [COMMITS] = "commits", [POLICY_VERSION] = "policy-version", [POLICY] = "policy-digest",
	[VERDICT] = "verdict", [DATE] = "date" };

static bool read_member(struct fmr_pin_file *file, enum member member, const struct fmr_value *value)
{
	size_t number = 0;
	switch (member) {
	case PIN:
		return read_number(value, &number) && number == FORM;
	case REPOSITORY:
		return copy_hex(value, "", sizeof(file->pin.repository) - 1, file->pin.repository);
	case GENESIS:
		return copy_hex(value, "", sizeof(file->pin.genesis) - 1, file->pin.genesis);
	case TIP:
		return copy_hex(value, "", sizeof(file->pin.tip) - 1, file->pin.tip);
	case COMMITS:
		return read_number(value, &file->commits);
	case POLICY_VERSION:
		if (!read_number(value, &number))
			return false;
		file->policy_version = (unsigned)number;
		return true;
	case POLICY:
		return copy_hex(value, FMR_DIGEST_PREFIX, 64, file->pin.policy);
	case VERDICT:
		return read_verdict(value, &file->verdict);
	case DATE:
		return read_date(value, &file->pin.time);
	case MEMBERS:
		break;
	}
	return false;
}

static int read_members(struct reading *reading, const struct fmr_value *root)
{
	if (!root || root->kind != FMR_MAP)
		return fmr_err_set(reading->err, FMR_ERR_INVALID, _("'%s' is no pin file"), reading->name);
	for (int i = 0; i < MEMBERS; i++) {
		const struct fmr_value *value = fmr_value_get(root, member_names[i]);
		if (!value)
			return fmr_err_set(reading->err, FMR_ERR_INVALID, _("'%s' is no pin file: it has no '%s'"),
				reading->name, member_names[i]);
		if (!read_member(reading->file, (enum member)i, value))
			return fmr_err_set(reading->err, FMR_ERR_INVALID, _("'%s' is no pin file: '%s' is not as it must be"),
				reading->name, member_names[i]);
	}
	if (root->map.count != MEMBERS)
		return fmr_err_set(reading->err, FMR_ERR_INVALID, _("'%s' is no pin file: it says more than a pin does"),
			reading->name);
	return 0;
}

int fmr_pin_parse(const char *name, const char *bytes, size_t length, struct fmr_pin_file *out, struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	*out = (struct fmr_pin_file){ 0 };
	struct reading reading = { .name = name, .file = out, .err = err };
	const char *text = fmr_arena_strndup(&arena, bytes, length); /* YAML is read up to a NUL */
	int result = read_members(&reading, fmr_yaml_read_quietly(text, length, &arena));
	fmr_arena_release(&arena);
	return result;
}

int fmr_pin_read(const char *path, struct fmr_pin_file *out, struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	int result = fmr_file_read(AT_FDCWD, path, FMR_PIN_SIZE, false, &text, err);
	if (!result)
		result = fmr_pin_parse(path, text.bytes, text.length, out, err);
	fmr_str_release(&text);
	return result;
}

/* ---- writing ---- */

void fmr_pin_format(const struct fmr_pin_file *file, struct fmr_str *out)
{
	const struct fmr_pin *pin = &file->pin;
	const struct fmr_time time = { .seconds = pin->time };
	struct fmr_str date;
	fmr_str_init(&date);
	fmr_time_format(&date, &time);
	fmr_str_puts(out, "# What an audit ended with.  Keep it outside of the repository: fmrec audit --pin FILE\n");
	fmr_str_printf(out, "pin: %d\nrepository: '%s'\ngenesis: '%s'\ntip: '%s'\ncommits: %zu\n", FORM, pin->repository,
		pin->genesis, pin->tip, file->commits);
	fmr_str_printf(out, "policy-version: %u\npolicy-digest: '%s'\nverdict: %s\ndate: '%s'\n", file->policy_version, pin->policy,
		verdicts[file->verdict], date.bytes);
	fmr_str_release(&date);
}

static int refuse(struct fmr_err *err, const char *path, const char *why)
{
	fmr_err_set(err, FMR_ERR_REFUSED, _("the pin in '%s' contradicts this audit: %s"), path, why);
	fmr_err_hint(err, "%s", _("find out which of the two histories is the true one before you take the pin away"));
	return FMR_ERR_REFUSED;
}

static int check_follows(const char *path, const struct fmr_pin_file *old, const struct fmr_pin_file *file,
	struct fmr_err *err)
{
	if (strcmp(old->pin.repository, file->pin.repository) != 0)
		return refuse(err, path, _("it is of another repository"));
	if (strcmp(old->pin.genesis, file->pin.genesis) != 0)
		return refuse(err, path, _("trust was founded by another commit"));
	if (old->commits > file->commits)
		return refuse(err, path, _("it knows more commits"));
	if (old->commits == file->commits && strcmp(old->pin.tip, file->pin.tip) != 0)
		return refuse(err, path, _("it ends with another commit"));
	if (old->policy_version > file->policy_version)
		return refuse(err, path, _("it knows a later policy"));
	return 0;
}

int fmr_pin_write(const char *path, const struct fmr_pin_file *file, struct fmr_err *err)
{
	struct fmr_str before, text;
	fmr_str_init(&before);
	fmr_str_init(&text);
	struct fmr_pin_file old;
	int result = fmr_file_read(AT_FDCWD, path, FMR_PIN_SIZE, false, &before, err);
	const bool exists = result != FMR_ERR_NOT_FOUND;
	if (!exists)
		result = 0;
	if (!result && exists)
		result = fmr_pin_parse(path, before.bytes, before.length, &old, err);
	if (!result && exists)
		result = check_follows(path, &old, file, err);
	if (!result) {
		fmr_pin_format(file, &text);
		result = fmr_file_replace(AT_FDCWD, path, exists ? &before : NULL, text.bytes, text.length, 0644, err);
	}
	fmr_str_release(&before);
	fmr_str_release(&text);
	return result;
}
