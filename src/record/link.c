/*
 * Links as they stand in records: an id, or {to, note, on, judged} where the
 * type allows it.
 */
#include "record/private.h"

#include <string.h>

bool fmr_link_read(const struct fmr_value *value, struct fmr_link *out)
{
	*out = (struct fmr_link){ .value = value, .to = fmr_value_string(value) };
	if (value && value->kind == FMR_MAP) {
		out->to = fmr_value_string(fmr_value_get(value, FMR_LINK_TO));
		out->note = fmr_value_string(fmr_value_get(value, FMR_LINK_NOTE));
		out->on = fmr_value_string(fmr_value_get(value, FMR_LINK_ON));
		out->judged = fmr_value_string(fmr_value_get(value, FMR_LINK_JUDGED));
	}
	return out->to && *out->to;
}

const char *fmr_link_target(const struct fmr_value *value)
{
	struct fmr_link link;
	return fmr_link_read(value, &link) ? link.to : NULL;
}

/* ---- all links of a record ---- */

struct walk {
	fmr_link_visit *visit;
	void *context;
};

static int walk_map(const struct walk *walk, const struct fmr_field *fields, size_t count,
	const struct fmr_frame *frame);

static int visit_link(const struct walk *walk, const struct fmr_field *field, const struct fmr_frame *frame)
{
	struct fmr_link link;
	if (!fmr_link_read(frame->value, &link))
		return 0;
	link.field = field;
	link.frame = frame;
	return walk->visit(walk->context, &link);
}

static int walk_field(const struct walk *walk, const struct fmr_field *field, const struct fmr_frame *frame)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	const struct fmr_value *value = frame->value;
	if (field->link)
		return visit_link(walk, field, frame);
	if (field->kind == FMR_FIELD_MAP && value->kind == FMR_MAP)
		return walk_map(walk, children, count, frame);
	int result = 0;
	if (field->kind == FMR_FIELD_LIST && value->kind == FMR_LIST && count)
		for (size_t i = 0; !result && i < value->list.count; i++) {
			const struct fmr_frame item = { .up = frame, .index = i, .value = value->list.items[i] };
			result = walk_field(walk, children, &item);
		}
	return result;
}

static int walk_map(const struct walk *walk, const struct fmr_field *fields, size_t count,
	const struct fmr_frame *frame)
{
	int result = 0;
	for (size_t i = 0; !result && i < frame->value->map.count; i++) {
		const struct fmr_member *member = &frame->value->map.members[i];
		const struct fmr_field *field = fmr_fields_find(fields, count, member->key.bytes, member->key.length,
			member->key_hash);
		const struct fmr_frame inner = { .up = frame, .member = member, .value = member->value };
		if (field && (field->watch & FMR_WATCH_LINK))
			result = walk_field(walk, field, &inner);
	}
	return result;
}

int fmr_links_each(const struct fmr_type *type, const struct fmr_value *root, fmr_link_visit *visit, void *context)
{
	const struct walk walk = { visit, context };
	const struct fmr_frame frame = { .value = root };
	return root && root->kind == FMR_MAP ? walk_map(&walk, type->fields, type->field_count, &frame) : 0;
}

static void put_frame(const struct fmr_frame *frame, struct fmr_str *out)
{
	if (!frame->up)
		return;
	put_frame(frame->up, out);
	const char *dot = frame->up->up ? "." : "";
	if (frame->member)
		fmr_str_printf(out, "%s%s", dot, frame->member->key.bytes);
	else
		fmr_str_printf(out, "%s%zu", dot, frame->index);
}

void fmr_link_path(const struct fmr_link *link, struct fmr_str *out)
{
	put_frame(link->frame, out);
}
