#include "cmd/fields.h"

#include "base/i18n.h"

#include <string.h>

static bool is_position(const char *part, size_t length)
{
	return length && strspn(part, "0123456789") >= length;
}

/* The next part of a path, without its brackets; *path is moved behind it. */
static const char *next_part(const char **path, size_t *length)
{
	const char *part = *path;
	size_t all = strcspn(part, ".");
	*path = part + all + (part[all] == '.');
	*length = all;
	while (*length >= 2 && memcmp(part + *length - 2, "[]", 2) == 0)
		*length -= 2;
	return part;
}

bool fmr_field_concerns(const char *field, const char *path)
{
	while (*field && *path) {
		size_t wanted, got;
		const char *part = next_part(&path, &got), *want = next_part(&field, &wanted);
		if (is_position(part, got) && !is_position(want, wanted)) {
			field = want; /* the position of an item that is not asked for */
			continue;
		}
		if (got != wanted || memcmp(part, want, got) != 0)
			return false;
	}
	return true;
}

int fmr_field_choose(const struct fmr_type *type, const char *typed, const char **path, struct fmr_err *err)
{
	*path = typed;
	if (fmr_type_field(type, typed))
		return 0;
	for (size_t i = 0; i < type->field_count; i++)
		for (int language = 0; language < FMR_LANGUAGES; language++) {
			const char *label = type->fields[i].label.in[language];
			if (label && strcmp(label, typed) == 0) {
				*path = type->fields[i].path;
				return 0;
			}
		}
	fmr_err_set(err, FMR_ERR_INVALID, _("'%s' has no field '%s'"), type->name, typed);
	const char *nearest = fmr_type_nearest_field(type, typed);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	return FMR_ERR_INVALID;
}
