#include "fmrec/record.h"

#include "record/private.h"

#include <string.h>

/* The earliest date at the path in this value, through lists; an item that has the `done` field is over. */
static void look(const struct fmr_value *value, const char *path, const char *done, const char **earliest)
{
	if (!value)
		return;
	if (value->kind == FMR_LIST) {
		for (size_t i = 0; i < value->list.count; i++)
			look(value->list.items[i], path, done, earliest);
		return;
	}
	const size_t length = strcspn(path, ".");
	const struct fmr_member *member = fmr_value_member(value, path, length);
	if (!member)
		return;
	if (path[length]) {
		look(member->value, path + length + 1, done, earliest);
		return;
	}
	const char *date = fmr_value_string(member->value);
	const bool over = done && fmr_value_get(value, done);
	if (date && !over && (!*earliest || strcmp(date, *earliest) < 0))
		*earliest = date;
}

const char *fmr_record_due(const struct fmr_record *record)
{
	const char *earliest = NULL;
	for (size_t i = 0; record->type && i < record->type->due_count && !earliest; i++)
		look(record->root, record->type->due[i].path, record->type->due[i].done, &earliest);
	return earliest;
}
