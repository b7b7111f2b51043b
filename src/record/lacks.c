/*
 * What a state or a transition asks for and a record has not.  Says nothing
 * of other records, so that the same history always gives the same answer.
 */
#include "record/private.h"

#include "base/i18n.h"
#include "base/source.h"

#include <string.h>

/* How old a record is, in the two ways that `since` counts. */
struct age {
	int form, day;
};

struct walk {
	const struct fmr_type *type;
	uint64_t states;
	struct age age;
	const char *transition;
	fmr_lack_visit *visit;
	void *context;
};

/* ---- which records are meant ---- */

/* Told by the record itself, never by a clock: what is found in it stays true. */
static struct age age_of(const struct fmr_type *type, const struct fmr_value *root)
{
	const char *id = type->more->since ? fmr_value_string(fmr_value_get(root, FMR_FIELD_ID)) : NULL;
	return (struct age){ fmr_record_form(root), id ? fmr_id_day(type, id) : 0 };
}

static bool is_meant(struct fmr_since since, struct age age)
{
	return age.form >= since.form && age.day >= since.day;
}

/* ---- fields that a state requires ---- */

static void walk_field(const struct walk *walk, const struct fmr_field *field, const struct fmr_frame *frame);

/* A field that is not there: itself, or what has to be in it. */
static void see_absent(const struct walk *walk, const struct fmr_field *field, const struct fmr_frame *frame)
{
	if (field->required_state >= 0 && (walk->states >> field->required_state & 1) &&
		is_meant(field->required_since, walk->age)) {
		const struct fmr_lack lack = { .field = field, .frame = frame, .state = field->required_from };
		walk->visit(walk->context, &lack);
		return;
	}
	if (field->kind != FMR_FIELD_MAP || !(field->watch & FMR_WATCH_REQUIRED))
		return;
	for (size_t i = 0; i < field->child_count; i++)
		see_absent(walk, &field->children[i], frame);
}

static void walk_map(const struct walk *walk, const struct fmr_field *fields, size_t count,
	const struct fmr_frame *frame)
{
	for (size_t i = 0; i < count; i++) {
		const struct fmr_field *field = &fields[i];
		if (!(field->watch & FMR_WATCH_REQUIRED))
			continue;
		const struct fmr_member *member = fmr_value_member(frame->value, field->name, strlen(field->name));
		if (member) {
			const struct fmr_frame inner = { .up = frame, .member = member, .value = member->value };
			walk_field(walk, field, &inner);
		} else {
			see_absent(walk, field, frame);
		}
	}
}

static void walk_field(const struct walk *walk, const struct fmr_field *field, const struct fmr_frame *frame)
{
	size_t count;
	const struct fmr_field *children = fmr_field_children(field, &count);
	const struct fmr_value *value = frame->value;
	if (field->link)
		return;
	if (field->kind == FMR_FIELD_MAP && value->kind == FMR_MAP)
		walk_map(walk, children, count, frame);
	if (field->kind != FMR_FIELD_LIST || value->kind != FMR_LIST || !count)
		return;
	for (size_t i = 0; i < value->list.count; i++) {
		const struct fmr_frame item = { .up = frame, .index = i, .value = value->list.items[i] };
		walk_field(walk, children, &item);
	}
}

void fmr_lacks_fields(const struct fmr_type *type, uint64_t states, const struct fmr_value *root,
	fmr_lack_visit *visit, void *context)
{
	const struct walk walk = { .type = type, .states = states, .age = age_of(type, root), .visit = visit,
		.context = context };
	const struct fmr_frame frame = { .value = root };
	if ((states & type->more->asking) && root->kind == FMR_MAP)
		walk_map(&walk, type->fields, type->field_count, &frame);
}

/* ---- conditions of states ---- */

void fmr_lacks_must(const struct fmr_type *type, uint64_t states, struct fmr_checker *checker,
	const struct fmr_source *source, const struct fmr_value *root, fmr_lack_visit *visit, void *context)
{
	const struct fmr_frame frame = { .value = root };
	const struct age age = age_of(type, root);
	for (size_t i = 0; i < type->state_count; i++) {
		const struct fmr_schema *must = type->more->must[i].schema;
		if (!must || !(states >> i & 1) || !is_meant(type->states[i].must_since, age))
			continue;
		struct fmr_findings *own = fmr_findings_new(20);
		fmr_schema_check(must, checker, source, root, own);
		for (size_t j = 0; j < fmr_findings_count(own); j++) {
			const struct fmr_lack lack = { .finding = fmr_findings_at(own, j), .frame = &frame,
				.state = type->states[i].name };
			visit(context, &lack);
		}
		fmr_findings_free(own);
	}
}

/* ---- names where records are asked for ---- */

const struct fmr_glance *fmr_link_meant(struct fmr_book *book, const struct fmr_link_rule *rule, const char *id)
{
	for (const char *const *to = rule->to; *to; to++) {
		int slot = fmr_book_slot(book, *to);
		const struct fmr_glance *glance = slot < 0 ? NULL : fmr_book_glance(book, (size_t)slot);
		if (glance && fmr_glance_fits(glance, id))
			return glance;
	}
	return NULL;
}

struct names {
	const struct walk *walk;
	struct fmr_book *book;
};

static int see_link(void *context, const struct fmr_link *link)
{
	const struct names *names = context;
	const struct walk *walk = names->walk;
	const struct fmr_link_rule *rule = link->field->link;
	const int until = rule->free_until ? fmr_type_state_index(walk->type, rule->free_until) : -1;
	if (until < 0 || !(walk->states >> until & 1) || fmr_link_meant(names->book, rule, link->to))
		return 0;
	const struct fmr_lack lack = { .field = link->field, .frame = link->frame, .state = rule->free_until,
		.named = true };
	walk->visit(walk->context, &lack);
	return 0;
}

/* ---- fields that a transition requires ---- */

static bool says_something(const struct fmr_value *value)
{
	switch (value->kind) {
	case FMR_NULL: return false;
	case FMR_STRING: return value->text.length;
	case FMR_LIST: return value->list.count;
	case FMR_MAP: return value->map.count;
	default: return true;
	}
}

/* What lies at the rest of a path that begins at the top of this value; through lists: in every item, of which there
 * must be one. */
static void see_required(const struct walk *walk, const struct fmr_field *field, const char *rest,
	const struct fmr_frame *frame)
{
	const struct fmr_value *value = frame->value;
	if (*rest && value->kind == FMR_LIST && value->list.count) {
		for (size_t i = 0; i < value->list.count; i++) {
			const struct fmr_frame item = { .up = frame, .index = i, .value = value->list.items[i] };
			see_required(walk, field, rest, &item);
		}
		return;
	}
	const size_t length = strcspn(rest, ".");
	const struct fmr_member *member = *rest ? fmr_value_member(value, rest, length) : NULL;
	if (member) {
		const struct fmr_frame inner = { .up = frame, .member = member, .value = member->value };
		see_required(walk, field, rest + length + (rest[length] == '.'), &inner);
	} else if (*rest || !says_something(value)) {
		const struct fmr_lack lack = { .field = field, .frame = frame, .transition = walk->transition };
		walk->visit(walk->context, &lack);
	}
}

static void see_requires(const struct walk *walk, const struct fmr_transition_rule *rule, const struct fmr_value *root)
{
	const struct fmr_frame frame = { .value = root };
	for (const char *const *path = rule->requires; *path; path++)
		see_required(walk, fmr_type_field(walk->type, *path), *path, &frame);
}

/* ---- fields that a signature would not find: the file has them in an older form ---- */

static bool is_list_of(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool is_top_of(const char *path, const char *name)
{
	const size_t length = strlen(name);
	return path && strncmp(path, name, length) == 0 && (path[length] == '.' || !path[length]);
}

/* Does who may sign, or what is signed, depend on the field?  What `when` looks at nobody knows. */
static bool depends_on(const struct fmr_type *type, const struct fmr_transition_rule *rule, const char *name)
{
	for (size_t i = 0; i < type->transition_count; i++)
		if (type->transitions[i].when && strcmp(type->transitions[i].name, rule->name) == 0)
			return true;
	for (size_t i = 0; i < rule->slot_count; i++)
		if (is_list_of(rule->slots[i].covers, name) || is_top_of(rule->slots[i].role_field, name))
			return true;
	for (const char *const *exclusion = rule->not_by; exclusion && *exclusion; exclusion++) {
		enum fmr_exclusion kind;
		const char *path;
		if (fmr_exclusion_read(*exclusion, &kind, &path) && kind == FMR_EXCLUDE_FIELD && is_top_of(path, name))
			return true;
	}
	return false;
}

static void see_older(const struct walk *walk, const struct fmr_transition_rule *rule, const struct fmr_value *file,
	const struct fmr_value *root)
{
	const struct fmr_frame frame = { .value = root };
	for (size_t i = 0; file != root && i < walk->type->field_count; i++) {
		const struct fmr_field *field = &walk->type->fields[i];
		const struct fmr_value *old = fmr_value_get(file, field->name), *new = fmr_value_get(root, field->name);
		const bool same = old && new ? fmr_value_equal(old, new) : old == new;
		const struct fmr_lack lack = { .field = field, .frame = &frame, .transition = rule->name, .older = true };
		if (!same && depends_on(walk->type, rule, field->name))
			walk->visit(walk->context, &lack);
	}
}

/* ---- all of it ---- */

static int see_all(struct fmr_book *book, const struct fmr_source *source, const struct fmr_value *root,
	const struct fmr_transition_rule *rule, struct walk *walk, const char *state, struct fmr_err *err)
{
	int index, code = fmr_type_need_state(walk->type, state, &index, err);
	struct fmr_findings *broken = fmr_findings_new(1);
	if (!code)
		code = fmr_type_ready_state(walk->type, index, broken, err);
	if (!code && fmr_findings_count(broken))
		code = fmr_err_set(err, FMR_ERR_INVALID, _("a condition of state '%s' in type '%s' is wrong"),
			walk->type->states[index].name, walk->type->name);
	fmr_findings_free(broken);
	if (code)
		return code;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *file = root;
	root = fmr_migrate_value(walk->type, root, &arena, NULL, NULL);
	struct names names = { walk, book };
	struct fmr_checker *checker = fmr_checker_new();
	walk->states = walk->type->more->closure[index];
	fmr_lacks_fields(walk->type, walk->states, root, walk->visit, walk->context);
	fmr_lacks_must(walk->type, walk->states, checker, source, root, walk->visit, walk->context);
	fmr_links_each(walk->type, root, see_link, &names);
	if (rule) {
		walk->transition = rule->name;
		see_requires(walk, rule, root);
		see_older(walk, rule, file, root);
	}
	fmr_checker_free(checker);
	fmr_arena_release(&arena);
	return FMR_OK;
}

/* ---- as findings ---- */

/* Something that is asked of later records only, from their first state on. */
static struct fmr_finding *report_since(const struct fmr_lack *lack, const struct fmr_source *source,
	struct fmr_findings *findings)
{
	const struct fmr_since since = lack->field->required_since;
	return since.form ?
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is missing, which the form asks for since version %d"), lack->field->path, since.form) :
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is missing, which is asked for since %04d-%02d-%02d"), lack->field->path, since.day / 10000,
			since.day / 100 % 100, since.day % 100);
}

static void report_field(const struct fmr_lack *lack, const struct fmr_source *source, struct fmr_findings *findings)
{
	const struct fmr_field *field = lack->field;
	const char *path = field->path, *help = fmr_words_said(&field->help);
	const bool since = !lack->named && lack->state && !field->required_state &&
		(field->required_since.form || field->required_since.day);
	struct fmr_finding *row = since ? report_since(lack, source, findings) :
		lack->older ?
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is written in an older form, and transition '%s' would not cover it"), path, lack->transition) :
		lack->named ?
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is a name, and state '%s' asks for a record"), path, lack->state) :
		lack->state ?
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is missing, which state '%s' asks for"), path, lack->state) :
		fmr_fault_in(findings, FMR_CODE_RECORD_STATE, source, lack->frame,
			_("'%s' is missing, which transition '%s' asks for"), path, lack->transition);
	row->expected = fmr_findings_text(findings, "%s", path);
	if (lack->older)
		row->hint = fmr_findings_text(findings, _("write it in the form of now: fmrec migrate --signed"));
	else if (*help)
		row->hint = fmr_findings_text(findings, "%s", help);
}

void fmr_lack_report(const struct fmr_lack *lack, const struct fmr_source *source, struct fmr_findings *findings)
{
	if (lack->field) {
		report_field(lack, source, findings);
		return;
	}
	struct fmr_finding *row = fmr_findings_copy(findings, lack->finding);
	row->code = FMR_CODE_RECORD_STATE;
	row->hint = fmr_findings_text(findings, _("state '%s' asks for this"), lack->state);
}

struct report {
	struct fmr_source source;
	struct fmr_findings *findings;
};

static void add_finding(void *context, const struct fmr_lack *lack)
{
	const struct report *report = context;
	fmr_lack_report(lack, &report->source, report->findings);
}

int fmr_record_lacks(struct fmr_book *book, const struct fmr_record *record, const char *state,
	const struct fmr_transition_rule *rule, struct fmr_findings *findings, struct fmr_err *err)
{
	if (!record->root || !record->type)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' cannot be read"), record->path);
	struct report report = { { record->path, record->text, record->length }, findings };
	struct walk walk = { .type = record->type, .visit = add_finding, .context = &report };
	return see_all(book, &report.source, record->root, rule, &walk, state, err);
}

/* ---- as paths ---- */

struct paths {
	struct fmr_arena *arena;
	FMR_VEC(const char *) list;
};

/* "/plan/class" as "plan.class", with the field behind it that is not there. */
static const char *path_of_finding(struct fmr_arena *arena, const struct fmr_finding *finding)
{
	const char *pointer = finding->pointer && *finding->pointer ? finding->pointer + 1 : "";
	const char *missing = finding->missing ? finding->missing : "";
	char *path = fmr_arena_format(arena, "%s%s%s", pointer, *pointer && *missing ? "/" : "", missing);
	for (char *slash = path; (slash = strchr(slash, '/'));)
		*slash = '.';
	return path;
}

static void add_path(void *context, const struct fmr_lack *lack)
{
	struct paths *paths = context;
	const char *path = lack->field ? lack->field->path : path_of_finding(paths->arena, lack->finding);
	for (size_t i = 0; i < paths->list.count; i++)
		if (strcmp(paths->list.items[i], path) == 0)
			return;
	FMR_VEC_PUSH(&paths->list, path);
}

int fmr_record_missing(struct fmr_book *book, const struct fmr_type *type, const struct fmr_value *root,
	const char *state, const struct fmr_transition_rule *rule, struct fmr_arena *arena, const char *const **out,
	struct fmr_err *err)
{
	static const struct fmr_source nowhere = { .path = "" }; /* positions are not asked for */
	struct paths paths = { .arena = arena };
	struct walk walk = { .type = type, .visit = add_path, .context = &paths };
	int code = see_all(book, &nowhere, root, rule, &walk, state, err);
	const char **list = fmr_arena_zero(arena, paths.list.count + 1, sizeof(*list));
	if (paths.list.count)
		memcpy(list, paths.list.items, paths.list.count * sizeof(*list));
	*out = list;
	FMR_VEC_RELEASE(&paths.list);
	return code;
}
