/*
 * libyaml's events become one tree in an arena.  Iterative: the stack of open
 * collections is an array as long as the depth limit, and parsing stops at the
 * first event beyond it, because libyaml's own work is quadratic in the depth.
 */
#include "yaml/yaml.h"

#include "base/i18n.h"
#include "base/members.h"
#include "base/vec.h"
#include "yaml/cursor.h"
#include "yaml/quick.h"
#include "yaml/scalar.h"
#include "yaml/screen.h"
#include "yaml/syntax.h"

#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum {
	MOST_FAULTS = 100,    /* of one text: the rest would not be read anyway */
	WEIGHT_OF_BYTES = 64, /* so many bytes of text weigh as much as one value when aliases multiply them */
};

struct anchor {
	const char *name;
	struct fmr_value *value; /* NULL while the value is being read */
	size_t weight;           /* values below it, aliases expanded */
	unsigned height;         /* collections below it, itself included */
};

struct frame {
	struct fmr_value *value;
	struct anchor *anchor;
	size_t base;      /* its first member in `pending` */
	size_t weight;    /* the document's weight when it began */
	unsigned height;  /* of the highest child so far */
	bool expects_key; /* maps only */
};

struct reader {
	const struct fmr_source *source;
	enum fmr_yaml_rules rules;
	struct fmr_arena *arena;
	struct fmr_findings *findings;
	struct fmr_screen screen;
	struct fmr_cursor cursor;
	yaml_parser_t parser;

	struct frame frames[FMR_YAML_DEPTH];
	size_t depth;
	FMR_VEC(struct fmr_member) pending; /* members of all open collections; items have no key */
	struct fmr_value *root;
	void *anchors;      /* tree of struct anchor (tsearch): no hash that a text could be made to defeat */
	size_t weight;      /* of the document so far, aliases expanded */
	size_t expansion;   /* what aliases added to it */

	FMR_VEC(struct fmr_value *) roots;
	size_t seen;        /* documents begun */
	size_t faults;
	size_t good;        /* roots before the first fault */
	bool done;
};

/* ---- findings ---- */

static void escape_pointer(struct fmr_str *out, struct fmr_text key)
{
	for (size_t i = 0; i < key.length; i++)
		if (key.bytes[i] == '~' || key.bytes[i] == '/')
			fmr_str_puts(out, key.bytes[i] == '~' ? "~0" : "~1");
		else
			fmr_str_putc(out, key.bytes[i]);
}

/* JSON pointer of what is being read. */
static const char *pointer_text(struct reader *r)
{
	struct fmr_str pointer;
	fmr_str_init(&pointer);
	for (size_t i = 0; i < r->depth; i++) {
		const size_t base = r->frames[i].base;
		const size_t end = i + 1 < r->depth ? r->frames[i + 1].base : r->pending.count;
		if (r->frames[i].value->kind == FMR_LIST) {
			fmr_str_printf(&pointer, "/%zu", end - base);
		} else if (end > base && !r->frames[i].expects_key) {
			fmr_str_putc(&pointer, '/');
			escape_pointer(&pointer, r->pending.items[end - 1].key);
		}
	}
	const char *text = fmr_findings_text(r->findings, "%s", pointer.bytes);
	fmr_str_release(&pointer);
	return text;
}

static struct fmr_finding *fault(struct reader *r, enum fmr_code code, struct fmr_span span, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static struct fmr_finding *fault(struct reader *r, enum fmr_code code, struct fmr_span span, const char *format, ...)
{
	struct fmr_str message;
	fmr_str_init(&message);
	va_list args;
	va_start(args, format);
	fmr_str_vprintf(&message, format, args);
	va_end(args);
	if (!r->faults)
		r->good = r->roots.count;
	if (++r->faults >= MOST_FAULTS)
		r->done = true;
	struct fmr_finding *finding = fmr_source_fault(r->source, span, code, message.bytes, r->findings);
	fmr_str_release(&message);
	finding->pointer = pointer_text(r);
	return finding;
}

/* ---- places ---- */

static size_t byte_at(struct reader *r, const yaml_mark_t *mark)
{
	return r->screen.start + fmr_cursor_byte(&r->cursor, mark->index);
}

static struct fmr_span event_span(struct reader *r, const yaml_event_t *event)
{
	const size_t start = byte_at(r, &event->start_mark);
	return (struct fmr_span){ start, byte_at(r, &event->end_mark) };
}

/* libyaml ends a block scalar behind the empty lines that follow it; we end it behind its last line of text. */
static size_t block_scalar_end(const char *bytes, struct fmr_span span)
{
	size_t end = span.end;
	for (;;) {
		size_t at = end;
		if (at > span.start && bytes[at - 1] == '\n')
			at--;
		if (at > span.start && bytes[at - 1] == '\r')
			at--;
		const size_t text_end = at;
		while (at > span.start && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t'))
			at--;
		if (at <= span.start || (bytes[at - 1] != '\n' && bytes[at - 1] != '\r'))
			return text_end;
		end = at;
	}
}

/* The first byte behind the tag and the anchor of a node. */
static size_t skip_properties(const struct fmr_source *source, struct fmr_span span)
{
	const char *bytes = source->bytes;
	size_t at = span.start;
	while (at < span.end && (bytes[at] == '!' || bytes[at] == '&')) {
		while (at < span.end && !strchr(" \t\r\n", bytes[at]))
			at++;
		for (;;) {
			while (at < span.end && strchr(" \t\r\n", bytes[at]))
				at++;
			if (at >= span.end || bytes[at] != '#')
				break;
			while (at < span.end && bytes[at] != '\n')
				at++;
		}
	}
	return at;
}

static struct fmr_span word_at(const struct fmr_source *source, size_t start)
{
	size_t end = start;
	while (end < source->length && !strchr(" \t\r\n,]}", source->bytes[end]))
		end++;
	return (struct fmr_span){ start, end };
}

/* ---- anchors ---- */

static int compare_anchors(const void *left, const void *right)
{
	const struct anchor *a = left, *b = right;
	return strcmp(a->name, b->name);
}

static struct anchor *find_anchor(struct reader *r, const char *name)
{
	const struct anchor wanted = { .name = name };
	struct anchor **found = tfind(&wanted, &r->anchors, compare_anchors);
	return found ? *found : NULL;
}

/* A name may be given again: from then on it means the new value. */
static struct anchor *open_anchor(struct reader *r, const char *name)
{
	struct anchor *anchor = find_anchor(r, name);
	if (!anchor) {
		anchor = fmr_arena_zero(r->arena, 1, sizeof(*anchor));
		anchor->name = fmr_arena_strdup(r->arena, name);
		if (!tsearch(anchor, &r->anchors, compare_anchors))
			fmr_out_of_memory();
	}
	anchor->value = NULL;
	return anchor;
}

static void forget_anchors(struct reader *r)
{
	while (r->anchors)
		tdelete(*(struct anchor **)r->anchors, &r->anchors, compare_anchors);
}

/* ---- putting values in place ---- */

static struct fmr_text copy_text(struct reader *r, const char *bytes, size_t length)
{
	char *copy = fmr_arena_strndup(r->arena, bytes, length);
	fmr_yaml_unmask(&r->screen.masks, copy, length);
	return (struct fmr_text){ copy, length };
}

static void add_key(struct reader *r, struct fmr_text key, struct fmr_span span)
{
	FMR_VEC_PUSH(&r->pending, ((struct fmr_member){
		.key = key,
		.key_hash = fmr_text_hash(key.bytes, key.length),
		.key_span = span,
	}));
	r->frames[r->depth - 1].expects_key = false;
}

static void refuse_key(struct reader *r, struct fmr_span span, const char *message)
{
	struct fmr_finding *finding = fault(r, FMR_CODE_YAML_KEY, span, "%s", message);
	finding->hint = _("put the key in quotes");
}

static const char no_key[] = ""; /* stands for a key that was refused */

/* A value is complete: it becomes root, item, member or (aliases and collections only) key. */
static void attach(struct reader *r, struct fmr_value *value, unsigned height)
{
	if (!r->depth) {
		r->root = value;
		return;
	}
	struct frame *frame = &r->frames[r->depth - 1];
	if (frame->height < height)
		frame->height = height;
	if (frame->value->kind == FMR_LIST) {
		FMR_VEC_PUSH(&r->pending, ((struct fmr_member){ .value = value }));
	} else if (frame->expects_key) {
		if (value->kind == FMR_LIST || value->kind == FMR_MAP)
			refuse_key(r, value->span, _("a list or map stands as a key"));
		add_key(r, value->kind == FMR_STRING || value->kind == FMR_NUMBER ? value->text : (struct fmr_text){ no_key, 0 },
			value->span);
	} else {
		r->pending.items[r->pending.count - 1].value = value;
		frame->expects_key = true;
	}
}

/* ---- scalars ---- */

static enum fmr_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return FMR_STYLE_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return FMR_STYLE_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return FMR_STYLE_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return FMR_STYLE_FOLDED;
	default:
		return FMR_STYLE_PLAIN;
	}
}

static const char core_prefix[] = "tag:yaml.org,2002:";

/* The name of a core tag ("int"), or NULL for another tag. */
static const char *core_tag(const char *tag)
{
	const size_t length = sizeof(core_prefix) - 1;
	return tag && strncmp(tag, core_prefix, length) == 0 ? tag + length : NULL;
}

static void refuse_tag(struct reader *r, const char *tag, struct fmr_span span)
{
	const char *core = core_tag(tag);
	fault(r, FMR_CODE_YAML_TAG, word_at(r->source, span.start), _("the tag '%s%s' does not fit here or is not known"),
		core ? "!!" : "", core ? core : tag);
}

/* What a tag makes of a scalar: false when it cannot be. */
static bool apply_tag(const char *core, const char *bytes, size_t length, enum fmr_plain *plain)
{
	if (!core)
		return false;
	if (strcmp(core, "str") == 0) {
		*plain = FMR_PLAIN_STRING;
		return true;
	}
	*plain = fmr_plain_classify(bytes, length);
	if (strcmp(core, "null") == 0)
		return *plain == FMR_PLAIN_NULL;
	if (strcmp(core, "bool") == 0)
		return *plain == FMR_PLAIN_TRUE || *plain == FMR_PLAIN_FALSE;
	const bool number = *plain >= FMR_PLAIN_DECIMAL && *plain <= FMR_PLAIN_TOO_LONG;
	if (strcmp(core, "float") == 0)
		return number;
	return strcmp(core, "int") == 0 && number && *plain != FMR_PLAIN_NOT_FINITE &&
		(*plain != FMR_PLAIN_DECIMAL || !memchr(bytes, '.', length)) &&
		(*plain != FMR_PLAIN_DECIMAL || !(memchr(bytes, 'e', length) || memchr(bytes, 'E', length)));
}

static struct fmr_value *scalar_value(struct reader *r, enum fmr_plain plain, const char *bytes, size_t length)
{
	struct fmr_value *value = fmr_plain_value(r->arena, plain, bytes, length);
	if (value->kind == FMR_STRING)
		fmr_yaml_unmask(&r->screen.masks, (char *)value->text.bytes, length);
	return value;
}

/* Tags and anchors: refused in records, read in foreign files. */
static void check_properties(struct reader *r, const char *anchor, const char *tag, struct fmr_span span)
{
	if (r->rules != FMR_YAML_RECORD)
		return;
	if (anchor)
		fault(r, FMR_CODE_YAML_ANCHOR, word_at(r->source, span.start), _("anchor '&%s' is not allowed in a record"),
			anchor)->hint = _("write the value out where it is needed");
	if (tag || (span.start < span.end && r->source->bytes[span.start] == '!'))
		fault(r, FMR_CODE_YAML_TAG, word_at(r->source, span.start), _("a tag is not allowed in a record"))->hint =
			_("remove it; put a text in quotes to keep it a text");
}

static bool has_properties(const struct fmr_source *source, struct fmr_span span, const char *anchor)
{
	return anchor || (span.start < span.end && source->bytes[span.start] == '!');
}

static void read_scalar(struct reader *r, yaml_event_t *event)
{
	const char *bytes = (const char *)event->data.scalar.value;
	const char *anchor_name = (const char *)event->data.scalar.anchor;
	const char *tag = (const char *)event->data.scalar.tag;
	const size_t length = event->data.scalar.length;
	const enum fmr_style style = scalar_style(event->data.scalar.style);
	struct fmr_span span = event_span(r, event);
	const bool foreign = r->rules == FMR_YAML_FOREIGN;
	enum fmr_plain plain = FMR_PLAIN_STRING;
	if (style == FMR_STYLE_PLAIN)
		plain = fmr_plain_classify(bytes, length);
	else if (style == FMR_STYLE_LITERAL || style == FMR_STYLE_FOLDED)
		span.end = block_scalar_end(r->source->bytes, span);
	if (tag && (!foreign || strcmp(tag, "!") == 0))
		plain = FMR_PLAIN_STRING;
	else if (tag && !apply_tag(core_tag(tag), bytes, length, &plain))
		refuse_tag(r, tag, span);
	if (has_properties(r->source, span, anchor_name)) {
		check_properties(r, anchor_name, tag, span);
		span.start = skip_properties(r->source, span);
	}

	const bool key = r->depth && r->frames[r->depth - 1].expects_key;
	if (key && !anchor_name) {
		if (!foreign && plain != FMR_PLAIN_STRING)
			refuse_key(r, span, _("the key is not a string"));
		add_key(r, copy_text(r, bytes, length), span);
		return;
	}
	if (plain == FMR_PLAIN_NOT_FINITE)
		fault(r, FMR_CODE_YAML_NOT_FINITE, span, _("'%s' is not a number a record can hold"), bytes)->hint =
			_("put it in quotes to keep it a text");
	else if (plain == FMR_PLAIN_TOO_LONG)
		fault(r, FMR_CODE_YAML_SIZE, span, _("a number of more than %d digits"), FMR_PLAIN_RADIX_DIGITS);
	struct fmr_value *value = scalar_value(r, plain, bytes, length);
	value->style = style;
	value->span = span;
	r->weight++;
	if (anchor_name) {
		struct anchor *anchor = open_anchor(r, anchor_name);
		*anchor = (struct anchor){ anchor->name, value, 1 + length / WEIGHT_OF_BYTES, 0 };
	}
	if (key)
		value = scalar_value(r, FMR_PLAIN_STRING, bytes, length), value->span = span;
	attach(r, value, 0);
}

/* ---- aliases ---- */

static void read_alias(struct reader *r, yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct fmr_span span = event_span(r, event);
	const struct anchor *anchor = NULL;
	if (r->rules == FMR_YAML_RECORD)
		fault(r, FMR_CODE_YAML_ANCHOR, span, _("alias '*%s' is not allowed in a record"), name)->hint =
			_("write the value out where it is needed");
	else if (!(anchor = find_anchor(r, name)))
		fault(r, FMR_CODE_YAML_ALIAS_UNKNOWN, span, _("alias '*%s' names no anchor before it"), name);
	else if (!anchor->value)
		fault(r, FMR_CODE_YAML_ANCHOR, span, _("alias '*%s' stands inside its own anchor"), name);

	struct fmr_value *value = fmr_arena_zero(r->arena, 1, sizeof(*value));
	if (anchor && anchor->value) {
		*value = *anchor->value; /* children are shared */
		r->weight += anchor->weight;
		r->expansion += anchor->weight;
		if (r->expansion > FMR_YAML_EXPANSION) {
			fault(r, FMR_CODE_YAML_EXPANSION, span, _("the aliases expand to more than %d values"), FMR_YAML_EXPANSION);
			r->done = true;
		} else if (r->depth + anchor->height > FMR_YAML_DEPTH) {
			fault(r, FMR_CODE_YAML_DEPTH, span, _("alias '*%s' nests deeper than %d levels"), name, FMR_YAML_DEPTH);
			r->done = true;
		}
	}
	value->span = span;
	attach(r, value, anchor ? anchor->height : 0);
}

/* ---- collections ---- */

static void open_collection(struct reader *r, yaml_event_t *event)
{
	const bool list = event->type == YAML_SEQUENCE_START_EVENT;
	const char *name = (const char *)(list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor);
	const char *tag = (const char *)(list ? event->data.sequence_start.tag : event->data.mapping_start.tag);
	const bool flow = list ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE :
				 event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct fmr_span span = { byte_at(r, &event->start_mark), r->source->length };
	if (r->depth == FMR_YAML_DEPTH) {
		span.end = span.start;
		fault(r, FMR_CODE_YAML_DEPTH, span, _("the text nests deeper than %d levels"), FMR_YAML_DEPTH);
		r->done = true;
		return;
	}
	if (has_properties(r->source, span, name)) {
		const char *core = core_tag(tag);
		if (tag && r->rules == FMR_YAML_FOREIGN && strcmp(tag, "!") != 0 && (!core || strcmp(core, list ? "seq" : "map") != 0))
			refuse_tag(r, tag, span);
		check_properties(r, name, tag, span);
		span.start = skip_properties(r->source, span);
	}
	struct fmr_value *value = fmr_arena_zero(r->arena, 1, sizeof(*value));
	value->kind = list ? FMR_LIST : FMR_MAP;
	value->style = flow ? FMR_STYLE_FLOW : FMR_STYLE_BLOCK;
	value->span = span;
	r->frames[r->depth++] = (struct frame){
		.value = value,
		.anchor = name ? open_anchor(r, name) : NULL,
		.base = r->pending.count,
		.weight = r->weight++,
		.expects_key = !list,
	};
}

static void refuse_duplicate(void *context, const struct fmr_member *first, const struct fmr_member *again)
{
	struct reader *r = context;
	if (r->done || first->key.bytes == no_key || again->key.bytes == no_key)
		return;
	const struct fmr_place place = fmr_source_place(r->source, first->key_span);
	struct fmr_finding *finding = fault(r, FMR_CODE_YAML_DUPLICATE_KEY, again->key_span,
		_("key '%s' stands twice in the same mapping"), again->key.bytes);
	finding->key = finding->value;
	finding->hint = fmr_findings_text(r->findings, _("it is first in line %zu; keep one"), place.line);
}

static void close_collection(struct reader *r, yaml_event_t *event)
{
	const struct frame frame = r->frames[r->depth - 1];
	struct fmr_value *value = frame.value;
	const size_t count = r->pending.count - frame.base;
	const struct fmr_member *members = count ? r->pending.items + frame.base : NULL;
	if (value->kind == FMR_MAP)
		fmr_members_duplicates(members, count, refuse_duplicate, r);
	fmr_members_fill(value, r->arena, members, count);
	if (value->style == FMR_STYLE_FLOW)
		value->span.end = byte_at(r, &event->end_mark);
	else /* libyaml ends it where the next thing begins, behind comments and empty lines */
		value->span.end = count ? members[count - 1].value->span.end : byte_at(r, &event->end_mark);
	if (value->span.end < value->span.start)
		value->span.end = value->span.start;
	r->pending.count = frame.base;
	r->depth--;
	if (frame.anchor) {
		frame.anchor->value = value;
		frame.anchor->weight = r->weight - frame.weight;
		frame.anchor->height = frame.height + 1;
	}
	attach(r, value, frame.height + 1);
}

/* ---- documents ---- */

static void begin_document(struct reader *r, yaml_event_t *event)
{
	const size_t start = byte_at(r, &event->start_mark);
	r->seen++;
	r->root = NULL;
	r->depth = r->pending.count = r->weight = r->expansion = 0;
	if (r->rules == FMR_YAML_FOREIGN)
		return;
	if (r->seen > 1) {
		fault(r, FMR_CODE_YAML_SECOND_DOCUMENT, (struct fmr_span){ start, start + 3 },
			_("a second document begins here"))->hint =
			_("a record file holds one document; remove the line '---' and what follows");
		r->done = true;
	} else if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
		fault(r, FMR_CODE_YAML_TAG, word_at(r->source, start), _("a tag is not allowed in a record"));
	}
}

static void read_event(struct reader *r, yaml_event_t *event)
{
	switch (event->type) {
	case YAML_STREAM_END_EVENT:
		r->done = true;
		break;
	case YAML_DOCUMENT_START_EVENT:
		begin_document(r, event);
		break;
	case YAML_DOCUMENT_END_EVENT:
		FMR_VEC_PUSH(&r->roots, r->root);
		forget_anchors(r);
		break;
	case YAML_SCALAR_EVENT:
		read_scalar(r, event);
		break;
	case YAML_ALIAS_EVENT:
		read_alias(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		open_collection(r, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_collection(r, event);
		break;
	default:
		break;
	}
}

static void report_syntax(struct reader *r)
{
	if (fmr_yaml_conflict(r->source, r->findings)) {
		if (!r->faults++)
			r->good = r->roots.count;
		return;
	}
	const yaml_parser_t *p = &r->parser;
	if (p->error == YAML_MEMORY_ERROR) {
		fmr_out_of_memory();
		return;
	}
	struct fmr_syntax_error error = {
		.problem = p->problem ? p->problem : "unreadable text",
		.context = p->context,
		.at = p->error == YAML_READER_ERROR ? r->screen.start + p->problem_offset : byte_at(r, &p->problem_mark),
	};
	error.context_at = p->context ? byte_at(r, &p->context_mark) : error.at;
	char message[300];
	fmr_syntax_explain(r->source, &error, message, sizeof(message));
	fault(r, FMR_CODE_YAML_SYNTAX, error.span, "%s", message)->hint = error.hint;
}

static void read_events(struct reader *r)
{
	const char *bytes = r->screen.masks.used ? r->screen.masked.bytes : r->source->bytes + r->screen.start;
	const size_t length = r->source->length - r->screen.start;
	r->cursor = (struct fmr_cursor){ .bytes = bytes, .length = length, .ascii = r->screen.ascii };
	if (!yaml_parser_initialize(&r->parser)) {
		fmr_out_of_memory();
		return;
	}
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)bytes, length);
	while (!r->done) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r->parser, &event)) {
			report_syntax(r);
			break;
		}
		read_event(r, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&r->parser);
	forget_anchors(r);
}

static void put_roots(struct fmr_documents *documents, struct fmr_value *const *roots, size_t count,
	struct fmr_arena *arena)
{
	documents->count = count;
	if (!count)
		return;
	documents->roots = fmr_arena_alloc(arena, count * sizeof(*roots));
	memcpy(documents->roots, roots, count * sizeof(*roots));
}

static void read_text(const struct fmr_source *source, enum fmr_yaml_rules rules, bool quick, struct fmr_arena *arena,
	struct fmr_documents *documents, struct fmr_findings *findings)
{
	*documents = (struct fmr_documents){ 0 };
	const size_t limit = rules == FMR_YAML_RECORD ? FMR_YAML_SIZE : FMR_YAML_FOREIGN_SIZE;
	struct reader r = { .source = source, .rules = rules, .arena = arena, .findings = findings };
	if (!fmr_yaml_screen(source, limit, &r.screen, findings))
		goto out;
	if (rules == FMR_YAML_RECORD && fmr_yaml_conflict(source, findings))
		goto out;
	struct fmr_value *root = quick ? fmr_yaml_quick(source, &r.screen, rules, arena) : NULL;
	if (root) {
		put_roots(documents, &root, 1, arena);
		goto out;
	}
	read_events(&r);
	if (!r.faults && !r.seen)
		fmr_source_fault(source, (struct fmr_span){ 0, 0 }, FMR_CODE_YAML_EMPTY, _("the file holds no document"),
			findings);
	const size_t good = !r.faults ? r.roots.count : rules == FMR_YAML_RECORD ? 0 : r.good;
	put_roots(documents, r.roots.items, good, arena);
out:
	FMR_VEC_RELEASE(&r.roots);
	FMR_VEC_RELEASE(&r.pending);
	fmr_str_release(&r.screen.masked);
}

void fmr_yaml_read(const struct fmr_source *source, enum fmr_yaml_rules rules, struct fmr_arena *arena,
	struct fmr_documents *documents, struct fmr_findings *findings)
{
	read_text(source, rules, true, arena, documents, findings);
}

void fmr_yaml_read_slow(const struct fmr_source *source, enum fmr_yaml_rules rules, struct fmr_arena *arena,
	struct fmr_documents *documents, struct fmr_findings *findings)
{
	read_text(source, rules, false, arena, documents, findings);
}

struct fmr_value *fmr_yaml_read_record(const struct fmr_source *source, struct fmr_arena *arena,
	struct fmr_findings *findings)
{
	struct fmr_documents documents;
	fmr_yaml_read(source, FMR_YAML_RECORD, arena, &documents, findings);
	return documents.count ? documents.roots[0] : NULL;
}

struct fmr_value *fmr_yaml_read_quietly(const char *bytes, size_t length, struct fmr_arena *arena)
{
	const struct fmr_source source = { "", bytes, length };
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_value *root = fmr_yaml_read_record(&source, arena, findings);
	fmr_findings_free(findings);
	return root;
}

const char *fmr_yaml_library(void)
{
	return yaml_get_version_string();
}
