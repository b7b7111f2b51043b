#include "record/scaffold.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "record/scaffold_file.h"
#include "record/scaffold_value.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 2000 };

struct fmr_scaffold {
	struct fmr_book *book;
	const struct fmr_type *type;           /* of the record that is asked for */
	const struct fmr_scaffold_spec *root;  /* what makes it */
	struct fmr_scaffold_file file;
};

struct maker {
	struct fmr_scaffold *scaffold;
	struct fmr_evaluation evaluation;
	enum fmr_language language;            /* of the comments */
	struct fmr_scaffold_set *set;
	const struct fmr_scaffold_spec *spec;  /* that is at work */
	const char *id, *path;                 /* of the record that was asked for, and its text */
	const struct fmr_str *text;
};

/* ---- the scaffold of a type ---- */

static const struct fmr_scaffold_spec *find_root(const struct fmr_scaffold *scaffold)
{
	for (size_t i = 0; i < scaffold->file.spec_count; i++) {
		const struct fmr_scaffold_spec *spec = &scaffold->file.specs[i];
		if (spec->type_name && strcmp(spec->type_name, scaffold->type->name) == 0 && !spec->each_count)
			return spec;
	}
	return NULL;
}

/* Checked as it was read; a fault is the first finding. */
static int check(struct fmr_scaffold *scaffold, struct fmr_findings *findings, size_t before, struct fmr_err *err)
{
	const char *name = scaffold->type->scaffold;
	if (scaffold->file.root)
		fmr_scaffold_check(&scaffold->file, scaffold->book, findings);
	if (fmr_findings_count(findings) == before)
		scaffold->root = find_root(scaffold);
	if (scaffold->root)
		return FMR_OK;
	if (fmr_findings_count(findings) > before) {
		fmr_err_set(err, FMR_ERR_INVALID, _("scaffold '%s' cannot be used"), name);
		fmr_err_hint(err, _("only the record itself, without the others: --alone"));
		return FMR_ERR_INVALID;
	}
	return fmr_err_set(err, FMR_ERR_INVALID, _("scaffold '%s' makes no record of type '%s'"), name, scaffold->type->name);
}

int fmr_scaffold_open(struct fmr_book *book, const struct fmr_type *type, struct fmr_scaffold **out,
	struct fmr_findings *findings, struct fmr_err *err)
{
	struct fmr_scaffold *scaffold = fmr_alloc_zero(1, sizeof(*scaffold));
	const size_t before = fmr_findings_count(findings);
	scaffold->book = book;
	scaffold->type = type;
	int code = fmr_scaffold_file_load(&scaffold->file, book, type->scaffold, findings, err);
	if (!code)
		code = check(scaffold, findings, before, err);
	else if (err && !err->hint[0])
		fmr_err_hint(err, _("only the record itself, without the others: --alone"));
	if (code) {
		fmr_scaffold_close(scaffold);
		scaffold = NULL;
	}
	*out = scaffold;
	return code;
}

void fmr_scaffold_close(struct fmr_scaffold *scaffold)
{
	if (!scaffold)
		return;
	fmr_scaffold_file_release(&scaffold->file);
	free(scaffold);
}

static void begin(struct maker *maker, struct fmr_scaffold *scaffold, struct fmr_err *err)
{
	struct fmr_time now = { .seconds = fmr_clock_now(), .date_only = true };
	fmr_zone_offset(fmr_book_zone(scaffold->book), now.seconds, &now.offset);
	maker->scaffold = scaffold;
	maker->evaluation.book = scaffold->book;
	maker->evaluation.arena = &scaffold->file.arena;
	maker->evaluation.language = fmr_book_language(scaffold->book);
	maker->evaluation.day = fmr_time_day(&now);
	maker->evaluation.err = err;
}

static void end(struct maker *maker)
{
	FMR_VEC_RELEASE(&maker->evaluation.made);
	FMR_VEC_RELEASE(&maker->evaluation.kept);
}

/* ---- the record that was asked for ---- */

static const struct fmr_value *parse(const struct maker *maker, const char *path, const struct fmr_str *text)
{
	struct fmr_arena *arena = maker->evaluation.arena;
	const struct fmr_source source = { path, fmr_arena_strndup(arena, text->bytes, text->length), text->length };
	struct fmr_findings *ignored = fmr_findings_new(1); /* whoever checks the record has them */
	const struct fmr_value *root = fmr_yaml_read_record(&source, arena, ignored);
	fmr_findings_free(ignored);
	return root;
}

/* What the text does not say itself; some of it may not be known yet. */
static int fill(struct maker *maker, const char *path, struct fmr_str *text)
{
	const struct fmr_scaffold *scaffold = maker->scaffold;
	const struct fmr_value *root = parse(maker, path, text);
	const struct fmr_value *fields = fmr_evaluate(&maker->evaluation, NULL, scaffold->root->fields);
	int code = maker->evaluation.code;
	for (size_t i = 0; !code && root && fields && i < fields->map.count; i++) {
		const struct fmr_member *member = &fields->map.members[i];
		const struct fmr_source source = { path, text->bytes, text->length };
		const struct fmr_edit edit = { FMR_EDIT_SET, member->key.bytes, member->value, scaffold->type->field_order };
		if (!fmr_value_get(root, member->key.bytes))
			code = fmr_yaml_edit(&source, &edit, 1, text, maker->evaluation.err);
	}
	return code;
}

int fmr_scaffold_fill(struct fmr_scaffold *scaffold, const char *path, struct fmr_str *text, struct fmr_err *err)
{
	struct maker maker = { 0 };
	begin(&maker, scaffold, err);
	int code = fill(&maker, path, text);
	end(&maker);
	return code;
}

/* ---- one record ---- */

struct deciding {
	struct maker *maker;
	const struct fmr_type *type;
	const struct fmr_value *item;      /* that is at work */
	FMR_VEC(struct fmr_decision) list;
};

static void decide_one(void *context, const struct fmr_variable *scope)
{
	struct deciding *deciding = context;
	struct fmr_evaluation *evaluation = &deciding->maker->evaluation;
	const enum fmr_language language = deciding->maker->language;
	const struct fmr_value *item = deciding->item;
	const char *given = fmr_value_string(item->kind == FMR_MAP ? fmr_value_get(item, "field") : item);
	const char *path = fmr_evaluate_text(evaluation, scope, given);
	const struct fmr_field *field = fmr_type_field(deciding->type, path);
	const char *what = fmr_value_string(fmr_value_get(fmr_value_get(item, "what"), language == FMR_JAPANESE ? "ja" : "en"));
	if (!field && !evaluation->code)
		evaluation->code = fmr_err_set(evaluation->err, FMR_ERR_INVALID, _("type '%s' has no field '%s'"),
			deciding->type->name, path);
	if (field)
		FMR_VEC_PUSH(&deciding->list, ((struct fmr_decision){ field, what ? fmr_evaluate_text(evaluation, scope, what) :
			fmr_words_in(&field->help, language) }));
}

static void decide_all(struct deciding *deciding, const struct fmr_variable *scope, const struct fmr_value *list)
{
	for (size_t i = 0; list && list->kind == FMR_LIST && i < list->list.count; i++) {
		deciding->item = list->list.items[i];
		const struct fmr_value *each = fmr_value_get(deciding->item, "each");
		if (each)
			fmr_evaluate_each(&deciding->maker->evaluation, scope, each, decide_one, deciding);
		else
			decide_one(deciding, scope);
	}
}

/* Of the record that was asked for also what the steps say of it. */
static void decide(struct maker *maker, const struct fmr_variable *scope, struct fmr_scaffold_record *record)
{
	struct deciding deciding = { .maker = maker, .type = record->type };
	const struct fmr_scaffold_file *file = &maker->scaffold->file;
	decide_all(&deciding, scope, maker->spec->decide);
	if (maker->spec == maker->scaffold->root)
		maker->set->own = deciding.list.count;
	for (size_t i = 0; maker->spec == maker->scaffold->root && i < file->step_count; i++) {
		const size_t first = deciding.list.count;
		decide_all(&deciding, scope, file->steps[i].decide);
		FMR_VEC_PUSH(&maker->set->parts, ((struct fmr_scaffold_part){ &file->steps[i], first,
			deciding.list.count - first }));
	}
	struct fmr_decision *decisions = fmr_arena_zero(maker->evaluation.arena, deciding.list.count + 1, sizeof(*decisions));
	if (deciding.list.count)
		memcpy(decisions, deciding.list.items, deciding.list.count * sizeof(*decisions));
	record->decisions = decisions;
	record->decision_count = deciding.list.count;
	FMR_VEC_RELEASE(&deciding.list);
}

static bool is_taken(void *context, const char *id)
{
	const struct maker *maker = context;
	struct fmr_str path;
	struct fmr_entry entry;
	for (size_t i = 0; i < maker->evaluation.made.count; i++)
		if (strcmp(maker->evaluation.made.items[i].id, id) == 0)
			return true;
	if (strcmp(maker->id, id) == 0)
		return true;
	fmr_str_init(&path);
	bool taken = fmr_id_path(maker->spec->type, id, &path) &&
		fmr_view_entry(maker->scaffold->book->view, path.bytes, &entry, NULL) == FMR_OK;
	fmr_str_release(&path);
	return taken;
}

static int name_record(struct maker *maker, const struct fmr_variable *scope, struct fmr_scaffold_record *record)
{
	struct fmr_arena *arena = maker->evaluation.arena;
	const struct fmr_scaffold_spec *spec = maker->spec;
	const char *name = spec->id ? fmr_evaluate_text(&maker->evaluation, scope, spec->id) : NULL;
	char id[FMR_ID_LENGTH + 1];
	struct fmr_str path;
	int code = fmr_id_make_unless(maker->scaffold->book, spec->type, name, fmr_clock_now(), is_taken, maker, id,
		maker->evaluation.err);
	if (code)
		return code;
	fmr_str_init(&path);
	fmr_id_path(spec->type, id, &path);
	record->id = fmr_arena_strdup(arena, id);
	record->path = fmr_arena_strdup(arena, path.bytes);
	fmr_str_release(&path);
	return FMR_OK;
}

static const char *title_of(const struct maker *maker, const struct fmr_scaffold_record *record, const struct fmr_value *root)
{
	const char *title = fmr_value_string(fmr_value_at(root, record->type->heading));
	return title ? fmr_arena_strdup(maker->evaluation.arena, title) : "";
}

static void add(struct maker *maker, const struct fmr_variable *scope, struct fmr_scaffold_record *record,
	const struct fmr_value *root)
{
	decide(maker, scope, record);
	fmr_decisions_put(&record->text, record->type, record->decisions, record->decision_count, maker->language);
	record->title = title_of(maker, record, root);
	FMR_VEC_PUSH(&maker->evaluation.made, ((struct fmr_scaffold_made){ .spec = maker->spec, .as = maker->spec->as,
		.single = !maker->spec->each_count, .id = record->id, .root = root, .scope = scope }));
	FMR_VEC_PUSH(&maker->set->records, *record);
}

static int make_root(struct maker *maker, struct fmr_scaffold_record *record)
{
	fmr_str_add(&record->text, maker->text->bytes, maker->text->length);
	int code = fill(maker, maker->path, &record->text);
	const struct fmr_value *root = code ? NULL : parse(maker, maker->path, &record->text);
	if (!root)
		return code ? code :
			fmr_err_set(maker->evaluation.err, FMR_ERR_INVALID, _("'%s' cannot be read as a record"), maker->path);
	record->id = fmr_arena_strdup(maker->evaluation.arena, maker->id);
	record->path = fmr_arena_strdup(maker->evaluation.arena, maker->path);
	maker->set->root = maker->set->records.count;
	add(maker, NULL, record, root);
	return FMR_OK;
}

static int make_other(struct maker *maker, const struct fmr_variable *scope, struct fmr_scaffold_record *record)
{
	struct fmr_evaluation *evaluation = &maker->evaluation;
	const struct fmr_value *given = fmr_evaluate(evaluation, scope, maker->spec->fields);
	int code = evaluation->code ? evaluation->code : name_record(maker, scope, record);
	if (!code)
		code = fmr_template_write(maker->scaffold->book, record->type, record->id, given, evaluation->language, false,
			&record->text, evaluation->err);
	if (!code)
		add(maker, scope, record, given);
	return code;
}

static void make(void *context, const struct fmr_variable *scope)
{
	struct maker *maker = context;
	struct fmr_evaluation *evaluation = &maker->evaluation;
	struct fmr_scaffold_record record = { .type = maker->spec->type, .step = maker->spec->step, .kind = maker->spec };
	if (evaluation->code)
		return;
	if (maker->set->records.count == MOST_RECORDS) {
		evaluation->code = fmr_err_set(evaluation->err, FMR_ERR_LIMIT, _("scaffold '%s' makes more than %d records"),
			maker->scaffold->type->scaffold, MOST_RECORDS);
		return;
	}
	fmr_str_init(&record.text);
	const int code = maker->spec == maker->scaffold->root ? make_root(maker, &record) : make_other(maker, scope, &record);
	if (code)
		fmr_str_release(&record.text);
	if (!evaluation->code)
		evaluation->code = code;
}

/* ---- all of them ---- */

struct level { /* one `each` of a spec in another one */
	struct maker *maker;
	size_t number;
};

static void descend(void *context, const struct fmr_variable *scope)
{
	const struct level *level = context;
	const struct fmr_scaffold_spec *spec = level->maker->spec;
	if (level->number == spec->each_count) {
		make(level->maker, scope);
		return;
	}
	struct level next = { level->maker, level->number + 1 };
	fmr_evaluate_each(&level->maker->evaluation, scope, spec->each[level->number], descend, &next);
}

int fmr_scaffold_make(struct fmr_scaffold *scaffold, const char *id, const char *path, const struct fmr_str *text,
	enum fmr_language language, struct fmr_scaffold_set *set, struct fmr_err *err)
{
	struct maker maker = { .language = language, .set = set, .id = id, .path = path, .text = text };
	begin(&maker, scaffold, err);
	for (size_t i = 0; !maker.evaluation.code && i < scaffold->file.spec_count; i++) {
		struct level top = { &maker, 0 };
		maker.spec = &scaffold->file.specs[i];
		descend(&top, NULL);
	}
	end(&maker);
	return maker.evaluation.code;
}

void fmr_scaffold_set_release(struct fmr_scaffold_set *set)
{
	for (size_t i = 0; i < set->records.count; i++)
		fmr_str_release(&set->records.items[i].text);
	FMR_VEC_RELEASE(&set->records);
	FMR_VEC_RELEASE(&set->parts);
}
