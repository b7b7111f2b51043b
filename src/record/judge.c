/*
 * Everything a schema alone cannot say of a record: where it lies, what its
 * links lead to, what its state asks for, the order of its times, the lists
 * of the config, what is attached.
 */
#include "record/scaffold.h"
#include "record/web.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "base/text.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ATTACHMENT_SIZE = 1 << 30, /* bytes read into memory, for views that are no work tree */
	RECORD_FINDINGS = 1000,
};

struct subject {
	struct fmr_judge *judge;
	const struct fmr_type *type;
	const struct fmr_source *source;
	const struct fmr_value *root;
	const char *id;          /* as the file is named */
	long file;               /* in the tree, or -1 */
	uint64_t states;         /* the state it is judged for and those before it */
	int day;                 /* on which it happened, for lists that change; 0 unknown */
};

/* ---- the path and the id ---- */

static void check_place(const struct subject *subject)
{
	struct fmr_judge *judge = subject->judge;
	const struct fmr_type *type = subject->type;
	const char *path = subject->source->path;
	struct fmr_str right;
	fmr_str_init(&right);
	if (!fmr_id_path(type, subject->id, &right)) {
		struct fmr_finding *row = fmr_fault_at(judge->findings, FMR_CODE_ID_FORM, subject->source, NULL,
			_("the id '%s' does not follow the pattern of its type"),
			fmr_fault_text(judge->findings, subject->id, strlen(subject->id)));
		row->expected = fmr_findings_text(judge->findings, "%s", type->pattern);
	} else if (strcmp(right.bytes, path) != 0) {
		struct fmr_finding *row = fmr_fault_at(judge->findings, FMR_CODE_RECORD_PATH, subject->source, NULL,
			_("the file lies in the wrong directory"));
		row->expected = fmr_findings_text(judge->findings, "%s", right.bytes);
		row->hint = fmr_findings_text(judge->findings, _("move it there: git mv '%s' '%s'"), path, right.bytes);
	}
	fmr_str_release(&right);
}

static void check_id(const struct subject *subject)
{
	const struct fmr_member *member = fmr_value_member(subject->root, FMR_FIELD_ID, strlen(FMR_FIELD_ID));
	const char *id = member ? fmr_value_string(member->value) : NULL;
	if (!id || strcmp(id, subject->id) == 0)
		return; /* missing, or no string: the schema says so */
	struct fmr_findings *findings = subject->judge->findings;
	const struct fmr_frame root = { .value = subject->root };
	const struct fmr_frame frame = { .up = &root, .member = member, .value = member->value };
	const char *shown = fmr_fault_text(findings, id, strlen(id));
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_RECORD_PATH, subject->source, &frame,
		_("the id '%s' is not the name of the file"), shown);
	row->found = shown;
	row->expected = fmr_findings_text(findings, "%s", subject->id);
}

/* Is there a record of this type with this id? */
static bool is_there(struct fmr_book *book, size_t slot, const char *id)
{
	const struct fmr_glance *glance = fmr_book_glance(book, slot);
	struct fmr_entry entry;
	struct fmr_str path;
	fmr_str_init(&path);
	bool there = glance && fmr_glance_path(glance, id, &path) &&
		fmr_view_entry(book->view, path.bytes, &entry, NULL) == FMR_OK;
	fmr_str_release(&path);
	return there;
}

/* A former id must not be given again: what it stands for in mails and commits would be unclear. */
static void check_aliases(const struct subject *subject)
{
	struct fmr_judge *judge = subject->judge;
	const struct fmr_member *member = fmr_value_member(subject->root, FMR_FIELD_ALIASES, strlen(FMR_FIELD_ALIASES));
	if (!member || member->value->kind != FMR_LIST)
		return;
	const struct fmr_frame root = { .value = subject->root };
	const struct fmr_frame list = { .up = &root, .member = member, .value = member->value };
	int slot = fmr_book_slot(judge->book, subject->type->name);
	for (size_t i = 0; slot >= 0 && i < member->value->list.count; i++) {
		const char *id = fmr_value_string(member->value->list.items[i]);
		if (!id || !fmr_id_fits(subject->type, NULL, id) || !is_there(judge->book, (size_t)slot, id))
			continue;
		const struct fmr_frame frame = { .up = &list, .index = i, .value = member->value->list.items[i] };
		const char *shown = fmr_fault_text(judge->findings, id, strlen(id));
		struct fmr_finding *row = fmr_fault_in(judge->findings, FMR_CODE_ID_DUPLICATE, subject->source, &frame,
			_("'%s' is the id of a record, and here a former one"), shown);
		row->found = shown;
	}
}

int fmr_record_form(const struct fmr_value *root)
{
	const struct fmr_value *value = fmr_value_get(root, FMR_FIELD_FORM);
	long long form;
	return value && value->kind == FMR_NUMBER && fmr_decimal_to_integer(value->text, &form) && form > 0 ?
		form < INT_MAX ? (int)form : INT_MAX : 0;
}

/* An older form is advice: the record was right when it was written.  Of a form that is still to come the schema cannot
 * tell what is right.  A version that is no number is for the schema to say. */
static void check_form(const struct subject *subject)
{
	const struct fmr_member *member = fmr_value_member(subject->root, FMR_FIELD_FORM, strlen(FMR_FIELD_FORM));
	const int form = fmr_record_form(subject->root), known = subject->type->form;
	if (!member || member->value->kind != FMR_NUMBER || form == known)
		return;
	const struct fmr_frame root = { .value = subject->root };
	const struct fmr_frame frame = { .up = &root, .member = member, .value = member->value };
	struct fmr_findings *findings = subject->judge->findings;
	struct fmr_finding *row = fmr_fault_in(findings, form > known ? FMR_CODE_RECORD_FORM_LATER : FMR_CODE_RECORD_FORM,
		subject->source, &frame, _("the record follows version %.20s of the form, the schema is version %d"),
		member->value->text.bytes, known);
	row->expected = fmr_findings_text(findings, "%d", known);
	row->hint = fmr_findings_text(findings, _("write it in the form of now: fmrec migrate %s"), subject->id);
	if (form > known)
		row->hint = fmr_findings_text(findings, _("get the schema it was written by: git pull, or fmrec schema upgrade"));
	row->found = fmr_findings_text(findings, "%.20s", member->value->text.bytes);
}

/* ---- links ---- */

/* Is it about to be written, with what is judged? */
static bool is_expected(const struct fmr_book *book, const char *id)
{
	for (const char *const *expected = book->expected; expected && *expected; expected++)
		if (strcmp(*expected, id) == 0)
			return true;
	return false;
}

static int slot_of_id(struct fmr_book *book, const char *id)
{
	for (size_t i = 0; i < book->count; i++) {
		const struct fmr_glance *glance = fmr_book_glance(book, i);
		if (glance && fmr_glance_fits(glance, id))
			return (int)i;
	}
	return -1;
}

/* Type of the record with this id, or -1.  Types that the rule allows are looked at first: no other schema file
 * is opened for a link that is right. */
static int link_target(const struct subject *subject, const struct fmr_link_rule *rule, const char *id)
{
	struct fmr_judge *judge = subject->judge;
	struct fmr_book *book = judge->book;
	if (strcmp(id, subject->id) == 0)
		return fmr_book_slot(book, subject->type->name);
	if (is_expected(book, id))
		return slot_of_id(book, id);
	if (judge->tree) {
		long file = fmr_tree_find(judge->tree, id, strlen(id));
		return file < 0 ? -1 : judge->tree->files.items[file].slot;
	}
	for (const char *const *to = rule->to; *to; to++) {
		int slot = fmr_book_slot(book, *to);
		if (slot >= 0 && is_there(book, (size_t)slot, id))
			return slot;
	}
	for (size_t i = 0; i < book->count; i++)
		if (is_there(book, i, id))
			return (int)i;
	return -1;
}

static const char *of_types(struct fmr_findings *findings, const char *const *types)
{
	struct fmr_str text;
	fmr_str_init(&text);
	for (size_t i = 0; types[i]; i++)
		fmr_str_printf(&text, "%s%s", i ? ", " : "", types[i]);
	const char *joined = fmr_findings_text(findings, _("a record of type %s"), text.bytes);
	fmr_str_release(&text);
	return joined;
}

/* All names are only read when something has to be guessed from them. */
static const struct fmr_tree *all_names(struct fmr_judge *judge)
{
	if (judge->tree)
		return judge->tree;
	if (!judge->own_tree) {
		judge->own_tree = fmr_alloc(sizeof(*judge->own_tree));
		fmr_tree_load(judge->book, judge->own_tree, NULL, NULL);
	}
	return judge->own_tree;
}

/* The record may have another id now: say which, and what rewrites the link. */
static bool hint_renamed(const struct subject *subject, const struct fmr_glance *meant, const char *id,
	struct fmr_finding *row)
{
	struct fmr_str path;
	fmr_str_init(&path);
	bool renamed = fmr_alias_find(subject->judge->book, subject->judge->tree, id, meant, &path, NULL) == FMR_OK;
	if (renamed) {
		const char *name = strrchr(path.bytes, '/') + 1;
		int length = (int)(strlen(name) - strlen(".yaml"));
		row->hint = fmr_findings_text(subject->judge->findings,
			_("it is '%.*s' now; rewrite the link: fmrec rename %s %.*s"), length, name, id, length, name);
	}
	fmr_str_release(&path);
	return renamed;
}

static void complain_of_dangling(const struct subject *subject, const struct fmr_link_rule *rule,
	const struct fmr_glance *meant, const struct fmr_frame *frame, const char *id)
{
	struct fmr_findings *findings = subject->judge->findings;
	const char *shown = fmr_fault_text(findings, id, strlen(id));
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_REF_DANGLING, subject->source, frame,
		_("no record '%s'"), shown);
	row->found = shown;
	row->expected = of_types(findings, rule->to);
	char nearest[FMR_ID_LENGTH + 1];
	if (meant && hint_renamed(subject, meant, id, row))
		return;
	if (fmr_tree_nearest(all_names(subject->judge), meant, id, nearest))
		row->hint = fmr_findings_text(findings, _("did you mean '%s'?"), nearest);
	else if (!meant && !rule->free_until)
		row->hint = fmr_findings_text(findings, _("write the id of a record"));
}

static void check_link(const struct subject *subject, const struct fmr_field *field, const struct fmr_frame *frame)
{
	const struct fmr_link_rule *rule = field->link;
	const char *id = fmr_link_target(frame->value);
	struct fmr_findings *findings = subject->judge->findings;
	if (!id || !*id)
		return;
	int slot = link_target(subject, rule, id);
	if (slot >= 0) {
		const char *name = subject->judge->book->names[slot];
		for (const char *const *to = rule->to; *to; to++)
			if (strcmp(*to, name) == 0)
				return;
		struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_REF_TYPE, subject->source, frame,
			_("'%s' must not lead to a record of type '%s'"), field->path, name);
		row->found = fmr_findings_text(findings, "%s", name);
		row->expected = of_types(findings, rule->to);
		return;
	}
	const struct fmr_glance *meant = fmr_link_meant(subject->judge->book, rule, id);
	int until = rule->free_until ? fmr_type_state_index(subject->type, rule->free_until) : -1;
	if (meant || until < 0 || (subject->states >> until & 1)) {
		complain_of_dangling(subject, rule, meant, frame, id);
		return;
	}
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_REF_FREE, subject->source, frame,
		_("'%s' is a free name until state '%s' asks for a record"), field->path, rule->free_until);
	row->found = fmr_fault_text(findings, id, strlen(id));
	row->expected = of_types(findings, rule->to);
}

/* A list says `uniqueItems` of its values; a link is the same link in both of its forms. */
static void check_twice(const struct subject *subject, const struct fmr_frame *list)
{
	enum { COMPARED = 500 };
	struct fmr_value *const *items = list->value->list.items;
	size_t count = list->value->list.count < COMPARED ? list->value->list.count : COMPARED;
	for (size_t i = 1; i < count; i++) {
		const char *id = fmr_link_target(items[i]);
		for (size_t j = 0; id && j < i; j++) {
			const char *other = fmr_link_target(items[j]);
			if (!other || strcmp(id, other) != 0 || (items[i]->kind != FMR_MAP && items[j]->kind != FMR_MAP))
				continue;
			const struct fmr_frame frame = { .up = list, .index = i, .value = items[i] };
			struct fmr_findings *findings = subject->judge->findings;
			fmr_fault_in(findings, FMR_CODE_VALUE_UNIQUE, subject->source, &frame,
				_("the list leads to '%s' twice"), fmr_fault_text(findings, id, strlen(id)));
			break;
		}
	}
}

/* ---- lists of the config ---- */

static void complain_of_code(const struct subject *subject, const struct fmr_list *list, const struct fmr_frame *frame,
	const struct fmr_list_entry *expired)
{
	struct fmr_findings *findings = subject->judge->findings;
	const char *code = frame->value->text.bytes;
	const char *shown = fmr_fault_text(findings, code, strlen(code));
	struct fmr_finding *row = expired ?
		fmr_fault_in(findings, FMR_CODE_CONFIG_VALUE, subject->source, frame,
			_("'%s' was not in force on %04d-%02d-%02d"), shown, subject->day / 10000,
			subject->day / 100 % 100, subject->day % 100) :
		fmr_fault_in(findings, FMR_CODE_CONFIG_VALUE, subject->source, frame,
			list->catalogue ? _("'%s' is not in the catalogue '%s'") :
					  _("'%s' is not in the list '%s' of the config"), shown, list->name);
	struct fmr_arena *arena = &subject->judge->arena;
	struct fmr_choice *valid = fmr_arena_zero(arena, list->count + 1, sizeof(*valid));
	struct fmr_str allowed;
	fmr_str_init(&allowed);
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (!fmr_list_entry_is_valid(&list->entries[i], subject->day))
			continue;
		valid[count++] = list->entries[i].choice;
		fmr_choice_put(&allowed, &list->entries[i].choice);
	}
	const struct fmr_choice *nearest = fmr_choice_nearest(valid, count, code, arena);
	row->found = shown;
	row->expected = fmr_findings_text(findings, "%s", allowed.bytes);
	if (nearest)
		row->hint = fmr_findings_text(findings, _("did you mean '%s'?"), nearest->code);
	fmr_str_release(&allowed);
}

static void check_list(const struct subject *subject, const struct fmr_field *field, const struct fmr_frame *frame)
{
	const char *code = fmr_value_string(frame->value);
	if (!code)
		return;
	const struct fmr_list *list = fmr_book_list(subject->judge->book, field->values_from);
	if (!list) {
		if (!fmr_book_list_is_broken(subject->judge->book, field->values_from))
			fmr_fault_in(subject->judge->findings, FMR_CODE_CONFIG_VALUE, subject->source, frame,
				_("neither the config nor a catalogue has the list '%s'"), field->values_from);
		return;
	}
	const struct fmr_list_entry *expired = NULL;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->entries[i].choice.code, code) != 0)
			continue;
		if (fmr_list_entry_is_valid(&list->entries[i], subject->day))
			return;
		expired = &list->entries[i];
	}
	complain_of_code(subject, list, frame, expired);
}

/* ---- walking down ---- */

static void walk(const struct subject *subject, const struct fmr_field *field, const struct fmr_frame *frame);

static void walk_map(const struct subject *subject, const struct fmr_field *fields, size_t count,
	const struct fmr_frame *frame)
{
	const struct fmr_value *map = frame->value;
	for (size_t i = 0; i < map->map.count; i++) {
		const struct fmr_member *member = &map->map.members[i];
		const struct fmr_field *field = fmr_fields_find(fields, count, member->key.bytes, member->key.length,
			member->key_hash);
		const struct fmr_frame inner = { .up = frame, .member = member, .value = member->value };
		if (field && field->watch & (FMR_WATCH_LINK | FMR_WATCH_LIST))
			walk(subject, field, &inner);
	}
}

static void walk(const struct subject *subject, const struct fmr_field *field, const struct fmr_frame *frame)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	if (field->link)
		check_link(subject, field, frame);
	else if (field->values_from)
		check_list(subject, field, frame);
	else if (field->kind == FMR_FIELD_MAP && frame->value->kind == FMR_MAP)
		walk_map(subject, children, count, frame);
	else if (field->kind == FMR_FIELD_LIST && frame->value->kind == FMR_LIST && count) {
		for (size_t i = 0; i < frame->value->list.count; i++) {
			const struct fmr_frame item = { .up = frame, .index = i, .value = frame->value->list.items[i] };
			walk(subject, children, &item);
		}
		if (children->link && children->link->takes_map)
			check_twice(subject, frame);
	}
}

/* ---- times ---- */

static bool time_at(const struct fmr_value *map, const char *path, const struct fmr_value **value,
	struct fmr_time *time)
{
	*value = fmr_value_at(map, path);
	return *value && (*value)->kind == FMR_STRING &&
		fmr_time_parse((*value)->text.bytes, (*value)->text.length, time);
}

/* Gaps and `unknown` are skipped. */
static void check_chain(const struct subject *subject, const struct fmr_chain *chain, const struct fmr_value *map)
{
	struct fmr_findings *findings = subject->judge->findings;
	struct fmr_time before = { 0 }, time;
	const struct fmr_value *value, *before_value = NULL;
	size_t before_index = 0;
	for (size_t i = 0; i < chain->count; i++) {
		if (!time_at(map, chain->paths[i], &value, &time))
			continue;
		if (before_value && fmr_time_compare(&before, &time) > 0) {
			struct fmr_finding *row = fmr_fault_at(findings, FMR_CODE_RECORD_TIME_ORDER, subject->source,
				&value->span, _("'%s' is earlier than '%s'"), chain->full[i], chain->full[before_index]);
			row->found = fmr_findings_text(findings, "%s", value->text.bytes);
			row->expected = fmr_findings_text(findings, _("%s or later"), before_value->text.bytes);
			row->hint = fmr_findings_text(findings, _("write unknown for a time that is not known"));
		}
		before = time;
		before_value = value;
		before_index = i;
	}
}

static void check_times(const struct subject *subject)
{
	const struct fmr_type_more *more = subject->type->more;
	for (size_t i = 0; i < more->chain_count; i++) {
		const struct fmr_chain *chain = &more->chains[i];
		if (!chain->list) {
			check_chain(subject, chain, subject->root);
			continue;
		}
		const struct fmr_value *list = fmr_value_at(subject->root, chain->list);
		for (size_t j = 0; list && list->kind == FMR_LIST && j < list->list.count; j++)
			check_chain(subject, chain, list->list.items[j]);
	}
}

/* When it happened: the first time of the first chain that is known, else the date in the id. */
static int day_of(const struct subject *subject)
{
	const struct fmr_type_more *more = subject->type->more;
	const struct fmr_value *value;
	struct fmr_time time;
	for (size_t i = 0; i < more->chain_count; i++)
		for (size_t j = 0; !more->chains[i].list && j < more->chains[i].count; j++)
			if (time_at(subject->root, more->chains[i].paths[j], &value, &time))
				return fmr_time_day(&time);
	return fmr_id_day(subject->type, subject->id);
}

/* ---- attachments ---- */

struct names {
	struct fmr_arena *arena;
	FMR_VEC(const char *) list;
	size_t skip;
};

static int add_name(void *context, const struct fmr_entry *entry)
{
	struct names *names = context;
	const char *name = entry->path + names->skip;
	if (name[0] != '.')
		FMR_VEC_PUSH(&names->list, fmr_arena_strdup(names->arena, name));
	return 0;
}

/* What lies beside the record, by names below its directory. */
static void beside(const struct subject *subject, const char *directory, struct names *names)
{
	struct fmr_judge *judge = subject->judge;
	names->arena = &judge->arena;
	names->skip = strlen(directory) + 1;
	if (!judge->tree || subject->file < 0) {
		fmr_view_each(judge->book->view, directory, add_name, names, NULL);
		return;
	}
	const struct fmr_tree *tree = judge->tree;
	for (size_t i = (size_t)subject->file + 1; i < tree->files.count; i++) {
		if (tree->files.items[i].kind == FMR_TREE_RECORD)
			return;
		if (tree->files.items[i].kind == FMR_TREE_BESIDE)
			FMR_VEC_PUSH(&names->list, fmr_tree_path(tree, i) + names->skip);
	}
}

static bool has_beside(const struct subject *subject)
{
	const struct fmr_tree *tree = subject->judge->tree;
	size_t next = (size_t)subject->file + 1;
	if (!tree || subject->file < 0)
		return true;
	while (next < tree->files.count && tree->files.items[next].kind == FMR_TREE_OTHER)
		next++;
	return next < tree->files.count && tree->files.items[next].kind == FMR_TREE_BESIDE;
}

static const char *number_at(const struct fmr_value *map, const char *key)
{
	const struct fmr_value *value = fmr_value_get(map, key);
	return value && value->kind == FMR_NUMBER ? value->text.bytes : NULL;
}

static void complain_of_change(const struct subject *subject, const struct fmr_frame *frame, const char *what,
	const char *expected, const char *found)
{
	struct fmr_findings *findings = subject->judge->findings;
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_ATTACHMENT_CHANGED, subject->source, frame, "%s", what);
	row->expected = fmr_findings_text(findings, "%s", expected);
	row->found = fmr_findings_text(findings, "%s", found);
}

/* Digest of a file of the view; one in the work tree is read in pieces. */
static int digest_view(struct fmr_view *view, const char *path, char out[FMR_DIGEST_TEXT], struct fmr_err *err)
{
	if (fmr_view_kind(view) == FMR_VIEW_WORK_TREE) {
		const char *work_tree = fmr_store_work_tree(fmr_view_store(view));
		int top = open(work_tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (top < 0)
			return fmr_err_system(err, errno, _("cannot open the work tree '%s'"), work_tree);
		int code = fmr_digest_file(top, path, out, err);
		close(top);
		return code;
	}
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	int code = fmr_view_read(view, path, ATTACHMENT_SIZE, &bytes, err);
	if (!code)
		code = fmr_digest_bytes(bytes.bytes, bytes.length, out);
	fmr_str_release(&bytes);
	return code;
}

/* The file is there: is it what was attached? */
static void check_attached(const struct subject *subject, const char *path, const struct fmr_frame *frame)
{
	struct fmr_judge *judge = subject->judge;
	struct fmr_entry entry;
	struct fmr_err err = { 0 };
	char found[FMR_DIGEST_TEXT], size[32];
	const char *digest = fmr_value_string(fmr_value_get(frame->value, "sha256"));
	const char *recorded = number_at(frame->value, "size");
	if (fmr_view_entry(judge->book->view, path, &entry, &err) || (entry.mode & 0170000) != 0100000) {
		fmr_fault_in(judge->findings, FMR_CODE_RECORD_MODE, subject->source, frame,
			_("the attached file '%s' is no ordinary file"), path);
		return;
	}
	snprintf(size, sizeof(size), "%llu", (unsigned long long)entry.size);
	if (entry.size && recorded && strcmp(recorded, size) != 0) {
		complain_of_change(subject, frame, _("the attached file has another size"), recorded, size);
		return;
	}
	judge->digest_missed |= digest && judge->no_digests;
	if (!digest || judge->no_digests)
		return;
	if (digest_view(judge->book->view, path, found, &err))
		fmr_fault_in(judge->findings, FMR_CODE_ATTACHMENT_MISSING, subject->source, frame,
			_("the attached file cannot be read: %s"), err.text);
	else if (strcmp(found, digest) != 0)
		complain_of_change(subject, frame, _("the attached file has another digest"), digest, found);
}

static void check_attachment(const struct subject *subject, const char *directory, struct names *names, bool *used,
	const struct fmr_frame *frame)
{
	struct fmr_findings *findings = subject->judge->findings;
	const char *file = fmr_value_string(fmr_value_get(frame->value, "file"));
	if (!file || !*file || strchr(file, '/'))
		return;
	for (size_t i = 0; i < names->list.count; i++) {
		if (strcmp(names->list.items[i], file) != 0)
			continue;
		used[i] = true;
		check_attached(subject, fmr_arena_format(&subject->judge->arena, "%s/%s", directory, file), frame);
		return;
	}
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_ATTACHMENT_MISSING, subject->source, frame,
		_("the attached file '%s' is not there"), fmr_fault_text(findings, file, strlen(file)));
	row->expected = fmr_findings_text(findings, "%s/%s", directory, file);
	const char *nearest = fmr_text_nearest(file, names->list.items, names->list.count);
	if (nearest)
		row->hint = fmr_findings_text(findings, _("did you mean '%s'?"), nearest);
}

static void check_attachments(const struct subject *subject)
{
	struct fmr_judge *judge = subject->judge;
	const char *field = subject->type->attachments;
	const struct fmr_member *member = field ? fmr_value_member(subject->root, field, strlen(field)) : NULL;
	const struct fmr_value *list = member && member->value->kind == FMR_LIST ? member->value : NULL;
	if (!list && !has_beside(subject))
		return;
	const char *path = subject->source->path;
	const char *directory = fmr_arena_strndup(&judge->arena, path, strlen(path) - strlen(".yaml"));
	struct names names = { 0 };
	beside(subject, directory, &names);
	bool *used = fmr_arena_zero(&judge->arena, names.list.count, sizeof(*used));
	const struct fmr_frame root = { .value = subject->root };
	const struct fmr_frame frame = { .up = &root, .member = member, .value = list };
	for (size_t i = 0; list && i < list->list.count; i++) {
		const struct fmr_frame item = { .up = &frame, .index = i, .value = list->list.items[i] };
		check_attachment(subject, directory, &names, used, &item);
	}
	for (size_t i = 0; i < names.list.count; i++) {
		if (used[i])
			continue;
		const char *name = names.list.items[i];
		const char *stray = fmr_arena_format(&judge->arena, "%s/%s", directory,
			fmr_fault_text(judge->findings, name, strlen(name)));
		fmr_findings_add(judge->findings, FMR_CODE_ATTACHMENT_STRAY, stray, "%s",
			_("the file lies beside a record but is not attached to it"))->hint =
			fmr_findings_text(judge->findings, _("attach it with 'fmrec attach %s FILE', or remove it"),
				subject->id);
	}
	FMR_VEC_RELEASE(&names.list);
}

/* ---- the whole ---- */

static void complain_of_lack(void *context, const struct fmr_lack *lack)
{
	const struct subject *subject = context;
	fmr_lack_report(lack, subject->source, subject->judge->findings);
}

/* Where a finding is, or what is missing there, as "impact.users"; NULL for the record itself. */
static const char *path_of(const struct subject *subject, const struct fmr_finding *row)
{
	struct fmr_arena *arena = &subject->judge->arena;
	char *path = fmr_arena_format(arena, "%s%s%s", row->pointer ? row->pointer : "", row->missing ? "/" : "",
		row->missing ? row->missing : "");
	if (*path != '/')
		return NULL;
	for (char *slash = ++path; (slash = strchr(slash, '/'));)
		*slash = '.';
	return path;
}

/* A schema sees any text where a link is missing. */
static void name_target(const struct subject *subject, size_t index)
{
	struct fmr_findings *findings = subject->judge->findings;
	const struct fmr_finding *row = fmr_findings_at(findings, index);
	const char *path = row->code == FMR_CODE_VALUE_REQUIRED ? path_of(subject, row) : NULL;
	const struct fmr_field *field = path ? fmr_type_field(subject->type, path) : NULL;
	if (field && field->link)
		fmr_findings_amend(findings, index, of_types(findings, field->link->to), NULL);
}

/* A schema knows the codes of a choice; people know its labels. */
static void name_choices(const struct subject *subject, size_t index)
{
	struct fmr_findings *findings = subject->judge->findings;
	const struct fmr_finding *row = fmr_findings_at(findings, index);
	struct fmr_arena *arena = &subject->judge->arena;
	const char *path = row->code == FMR_CODE_VALUE_ENUM ? path_of(subject, row) : NULL;
	const struct fmr_field *field = path ? fmr_type_field(subject->type, path) : NULL;
	if (!field || !field->choice_count)
		return;
	struct fmr_str allowed;
	fmr_str_init(&allowed);
	for (size_t i = 0; i < field->choice_count; i++)
		fmr_choice_put(&allowed, &field->choices[i]);
	const char *typed = fmr_value_string(fmr_value_at(subject->root, path));
	const struct fmr_choice *nearest =
		typed ? fmr_choice_nearest(field->choices, field->choice_count, typed, arena) : NULL;
	fmr_findings_amend(findings, index, allowed.bytes,
		nearest ? fmr_arena_format(arena, _("did you mean '%s'?"), nearest->code) : NULL);
	fmr_str_release(&allowed);
}

static void check_schema(const struct subject *subject)
{
	struct fmr_judge *judge = subject->judge;
	size_t before = fmr_findings_count(judge->findings);
	fmr_schema_check(subject->type->schema, judge->checker, subject->source, subject->root, judge->findings);
	for (size_t i = before; i < fmr_findings_count(judge->findings); i++) {
		name_choices(subject, i);
		name_target(subject, i);
	}
}

/* Conflict markers make a text no YAML: say what they are, not what YAML thinks of them. */
static bool holds_conflict(const struct subject *subject)
{
	const struct fmr_source *source = subject->source;
	const char *at = source->bytes;
	while ((at = strstr(at, "<<<<<<< ")) && at > source->bytes && at[-1] != '\n')
		at++;
	if (!at || !strstr(at, "\n>>>>>>> "))
		return false;
	size_t start = (size_t)(at - source->bytes);
	const struct fmr_span span = { start, start + 7 };
	fmr_fault_at(subject->judge->findings, FMR_CODE_RECORD_CONFLICT, source, &span,
		_("the file holds conflict markers of an unfinished merge"))->hint =
		fmr_findings_text(subject->judge->findings, _("choose one side and remove the marks"));
	return true;
}

static void judge_value(struct subject *subject)
{
	const struct fmr_frame root = { .value = subject->root };
	check_schema(subject);
	if (subject->root->kind != FMR_MAP)
		return;
	subject->day = day_of(subject);
	check_id(subject);
	check_form(subject);
	check_aliases(subject);
	walk_map(subject, subject->type->fields, subject->type->field_count, &root);
	fmr_lacks_fields(subject->type, subject->states, subject->root, complain_of_lack, subject);
	fmr_lacks_must(subject->type, subject->states, subject->judge->checker, subject->source, subject->root,
		complain_of_lack, subject);
	check_times(subject);
	check_attachments(subject);
	if (subject->judge->web)
		fmr_web_add(subject->judge->web, subject->type, subject->source->path, subject->id, subject->root);
}

static void choose_state(struct subject *subject)
{
	const struct fmr_judge *judge = subject->judge;
	const struct fmr_book *book = judge->book;
	const char *name = judge->state ? judge->state :
		book->state_of ? book->state_of(book->state_context, subject->type, subject->id) : NULL;
	int state = name ? fmr_type_state_index(subject->type, name) : 0;
	subject->states = subject->type->more->closure[state < 0 ? 0 : state];
}

static bool is_deeper(const struct fmr_value *value, size_t levels)
{
	if (value->kind != FMR_LIST && value->kind != FMR_MAP)
		return false;
	if (!levels)
		return true;
	for (size_t i = 0; value->kind == FMR_LIST && i < value->list.count; i++)
		if (is_deeper(value->list.items[i], levels - 1))
			return true;
	for (size_t i = 0; value->kind == FMR_MAP && i < value->map.count; i++)
		if (is_deeper(value->map.members[i].value, levels - 1))
			return true;
	return false;
}

/* The reader keeps the greatest limits that there are; those of the config may be smaller. */
static bool is_too_long(const struct subject *subject)
{
	size_t limit = subject->judge->book->record_limit;
	if (subject->source->length <= limit)
		return false;
	fmr_fault_at(subject->judge->findings, FMR_CODE_YAML_SIZE, subject->source, NULL,
		_("the text has %zu bytes, more than %zu"), subject->source->length, limit);
	return true;
}

static bool is_too_deep(const struct subject *subject)
{
	size_t limit = subject->judge->book->depth_limit;
	if (limit == FMR_YAML_DEPTH || !is_deeper(subject->root, limit))
		return false;
	fmr_fault_at(subject->judge->findings, FMR_CODE_YAML_DEPTH, subject->source, NULL,
		_("the text nests deeper than %d levels"), (int)limit);
	return true;
}

/* What a migration could not do for a record is left to a person. */
static void complain_of_way(void *context, const struct fmr_migration_step *step, const struct fmr_value *value)
{
	const struct subject *subject = context;
	struct fmr_findings *findings = subject->judge->findings;
	struct fmr_finding *row = fmr_fault_at(findings, FMR_CODE_RECORD_MIGRATION, subject->source, &value->span,
		_("'%s' is called '%s' now and cannot go there: something is there already, or a list lies between"), step->path, step->to);
	row->expected = fmr_findings_text(findings, "%s", step->to);
	row->hint = fmr_findings_text(findings, _("make one of both: fmrec edit %s"), subject->id);
}

static void judge_text(struct fmr_judge *judge, const struct fmr_type *type, const struct fmr_source *source, long file)
{
	struct subject subject = { .judge = judge, .type = type, .source = source, .file = file };
	const char *name = strrchr(source->path, '/');
	name = name ? name + 1 : source->path;
	fmr_arena_clear(&judge->arena);
	subject.id = fmr_arena_strndup(&judge->arena, name, strlen(name) - strlen(".yaml"));
	choose_state(&subject);
	check_place(&subject);
	if (holds_conflict(&subject) || is_too_long(&subject))
		return;
	subject.root = fmr_yaml_read_record(source, &judge->arena, judge->findings);
	if (!subject.root)
		return;
	subject.root = fmr_migrate_value(type, subject.root, &judge->arena, complain_of_way, &subject);
	if (judge->look)
		judge->look(judge->look_context, source, subject.root);
	if (!is_too_deep(&subject))
		judge_value(&subject);
}

/* One record cannot flood the report, nor take for ever: the place of each finding is a walk through the text. */
void fmr_judge_text(struct fmr_judge *judge, const struct fmr_type *type, const struct fmr_source *source, long file)
{
	struct fmr_findings *all = judge->findings, *own = fmr_findings_new(RECORD_FINDINGS);
	judge->digest_missed = false;
	judge->findings = own;
	judge_text(judge, type, source, file);
	judge->findings = all;
	fmr_findings_merge(all, own);
	fmr_findings_free(own);
}

static void complain_of_file(struct fmr_judge *judge, const char *path, enum fmr_code code, const char *text,
	const char *hint)
{
	fmr_findings_add(judge->findings, code, path, "%s", text)->hint = hint;
}

int fmr_judge_file(struct fmr_judge *judge, const char *path, long file, struct fmr_err *err)
{
	const struct fmr_type *type = NULL;
	struct fmr_entry entry;
	if (judge->tree && file >= 0) {
		int slot = judge->tree->files.items[file].slot;
		type = slot < 0 ? NULL : judge->book->slots[slot].type;
		if (!type || !type->schema || judge->tree->files.items[file].odd)
			return FMR_OK; /* has its finding */
	} else {
		int code = fmr_book_type_of_path(judge->book, path, &type, err);
		if (code == FMR_ERR_NOT_FOUND) {
			complain_of_file(judge, path, FMR_CODE_RECORD_TYPE, _("no record type has this directory"), NULL);
			return FMR_OK;
		}
		if (!code)
			code = fmr_judge_state(judge->book, type, judge->state, judge->findings, err);
		if (code)
			return code;
	}
	fmr_str_clear(&judge->text);
	int code = fmr_view_load(judge->book->view, path, judge->book->record_limit, &judge->text, &entry, err);
	if (code == FMR_ERR_LIMIT) {
		complain_of_file(judge, path, FMR_CODE_YAML_SIZE, _("the file is larger than the limit"), NULL);
		return FMR_OK;
	}
	if (code == FMR_ERR_UNSUPPORTED) {
		complain_of_file(judge, path, FMR_CODE_RECORD_MODE, _("the file is no ordinary file"), NULL);
		return FMR_OK;
	}
	if (code)
		return code;
	if (entry.mode != 0100644)
		complain_of_file(judge, path, FMR_CODE_RECORD_MODE, _("the file is executable"),
			fmr_findings_text(judge->findings, _("take that right away: chmod -x '%s'"), path));
	const struct fmr_source source = { path, judge->text.bytes, judge->text.length };
	fmr_judge_text(judge, type, &source, file);
	return FMR_OK;
}

void fmr_judge_init(struct fmr_judge *judge, struct fmr_book *book, struct fmr_findings *findings)
{
	*judge = (struct fmr_judge){ .book = book, .findings = findings, .checker = fmr_checker_new() };
	fmr_arena_init(&judge->arena);
	fmr_str_init(&judge->text);
}

void fmr_judge_release(struct fmr_judge *judge)
{
	fmr_checker_free(judge->checker);
	fmr_arena_release(&judge->arena);
	fmr_str_release(&judge->text);
	if (judge->own_tree)
		fmr_tree_release(judge->own_tree);
	free(judge->own_tree);
}

/* Of a type that has no such state, nothing: its records are judged in the first one. */
static int ready_states(const struct fmr_book *book, const struct fmr_type *type, int state,
	struct fmr_findings *findings, struct fmr_err *err)
{
	int code = state < 0 ? FMR_OK : fmr_type_ready_state(type, state, findings, err);
	for (size_t i = 0; !code && book->state_of && i < type->state_count; i++)
		code = fmr_type_ready_state(type, (int)i, findings, err);
	return code;
}

int fmr_judge_state(struct fmr_book *book, const struct fmr_type *type, const char *state,
	struct fmr_findings *findings, struct fmr_err *err)
{
	int index, code = fmr_type_need_state(type, state, &index, err);
	if (code)
		return code;
	code = fmr_type_ready(book->slots[fmr_book_slot(book, type->name)].type, findings, err);
	if (!code)
		code = fmr_book_ready_lists(book, type, findings, err);
	return code ? code : ready_states(book, type, index, findings, err);
}

/* All that there are: a broken catalogue has its findings, and nothing is judged by it. */
static int ready_lists(struct fmr_book *book, struct fmr_err *err)
{
	const char *const *names;
	size_t count;
	int code = fmr_book_catalogue_names(book, &names, &count, err);
	for (size_t i = 0; !code && i < count; i++)
		fmr_book_ready_list(book, names[i], NULL, NULL);
	return code;
}

int fmr_judge_ready(struct fmr_book *book, const char *state, struct fmr_findings *findings, struct fmr_err *err)
{
	int code = fmr_book_load_all(book, findings, err);
	for (size_t i = 0; !code && i < book->count; i++) {
		struct fmr_type *type = book->slots[i].type;
		fmr_book_glance(book, i);
		if (!type)
			continue;
		code = fmr_type_ready(type, findings, err);
		if (code == FMR_ERR_INVALID)
			code = FMR_OK; /* has its findings, and its records are not judged */
		else if (!code)
			code = ready_states(book, type, state ? fmr_type_state_index(type, state) : 0, findings, err);
	}
	if (!code)
		code = ready_lists(book, err);
	if (!code)
		code = fmr_book_check_catalogues(book, findings, NULL, err);
	return code ? code : fmr_book_check_scaffolds(book, findings, NULL, err);
}
