/*
 * The names of the tables that SQL sees: see index/index.h.
 */
#include "query/private.h"

#include <string.h>

static void put_list_name(struct fmr_str *out, const struct fmr_type *type, const struct fmr_field *list)
{
	fmr_str_printf(out, "%s_", type->name);
	for (const char *p = list->path; *p; p++)
		if (*p != '[' && *p != ']')
			fmr_str_putc(out, *p == '.' ? '_' : *p);
}

struct walk {
	const struct fmr_type *type;
	fmr_query_table_visit *visit;
	void *context;
};

static int visit_lists(const struct walk *walk, const struct fmr_field *fields, size_t count)
{
	int result = 0;
	for (size_t i = 0; i < count && !result; i++) {
		if (fields[i].kind == FMR_FIELD_LIST) {
			struct fmr_str name;
			fmr_str_init(&name);
			put_list_name(&name, walk->type, &fields[i]);
			result = walk->visit(walk->context, name.bytes);
			fmr_str_release(&name);
		}
		if (!result)
			result = visit_lists(walk, fields[i].children, fields[i].child_count);
	}
	return result;
}

int fmr_query_tables(struct fmr_book *book, fmr_query_table_visit *visit, void *context, struct fmr_err *err)
{
	static const char *const common[] = { "record", "unreadable", "link", "alias", "transition" };
	const char *const *names;
	size_t count;
	int result = fmr_book_type_names(book, &names, &count, err);
	for (size_t i = 0; i < sizeof(common) / sizeof(*common) && !result; i++)
		result = visit(context, common[i]);
	for (size_t i = 0; i < count && !result; i++) {
		struct walk walk = { .visit = visit, .context = context };
		if (fmr_book_type(book, names[i], &walk.type, NULL, NULL))
			continue;
		result = visit(context, names[i]);
		if (!result)
			result = visit_lists(&walk, walk.type->fields, walk.type->field_count);
	}
	return result;
}
