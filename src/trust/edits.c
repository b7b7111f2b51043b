/*
 * What commits do to records and their attachments (approvals, sections 3 and 6): who wrote what, which signatures become
 * stale, and whether paths, ids, modes and texts are as they must be.  The rules hold from the first policy on; what broke
 * them before is reported then, as far as it still stands.
 */
#include "trust/fold.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fmrec/yaml.h"
#include "record/private.h"

#include <stdlib.h>
#include <string.h>

struct fold_record *fmr_fold_record(struct fold *fold, const char *id)
{
	size_t number;
	return fmr_dict_get(&fold->record_of, id, &number) ? &fold->records.items[number] : NULL;
}

/* Something is wrong with a path; before the first policy everything is free. */
static void complain(struct fold *fold, enum fmr_code code, const char *id, const char *path, const char *what)
{
	if (fold->policy && !fold->states_only)
		fmr_fold_report(fold, code, id, "'%s': %s", path, what);
}

static const char *sentence_of(enum fmr_code code)
{
	switch (code) {
	case FMR_CODE_REC_MODE:
		return _("it is no ordinary file");
	case FMR_CODE_REC_TEXT:
		return _("its text is no record");
	case FMR_CODE_REC_TWICE:
		return _("another file has the same id");
	case FMR_CODE_REC_REUSED:
		return _("a record that is gone had this id before");
	case FMR_CODE_REC_ALIKE:
		return _("its id looks like another one");
	default:
		return _("path, file name and id do not agree");
	}
}

/* ---- what is wrong with a record ---- */

static bool is_where_its_type_says(struct fold *fold, const struct fold_record *record)
{
	const struct fmr_type *type = fmr_fold_type(fold, record->path);
	if (!type)
		return true; /* nothing can be approved there, see votes.c */
	struct fmr_str path;
	fmr_str_init(&path);
	bool right = fmr_id_path(type, record->id, &path) && strcmp(path.bytes, record->path) == 0;
	fmr_str_release(&path);
	return right;
}

static enum fmr_code fault_of(struct fold *fold, const struct fold_record *record, const struct fold_content *content)
{
	if (!fmr_trust_id_is_plain(record->id, strlen(record->id)))
		return FMR_CODE_REC_PATH;
	if (content->fault != FOLD_FINE)
		return content->fault;
	if (!fmr_value_is(fmr_value_get(content->said.root, FOLD_ID), record->id))
		return FMR_CODE_REC_PATH;
	return is_where_its_type_says(fold, record) ? FOLD_FINE : FMR_CODE_REC_PATH;
}

/* What the reader of YAML says about a text that is no record. */
static void complain_of_text(struct fold *fold, const struct fold_record *record, const struct fold_content *content)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { .path = record->path, .bytes = content->text.bytes,
		.length = content->text.length };
	fmr_yaml_read_record(&source, &arena, findings);
	const struct fmr_finding *first = fmr_findings_count(findings) ? fmr_findings_at(findings, 0) : NULL;
	complain(fold, FMR_CODE_REC_TEXT, record->id, record->path,
		first ? first->message : sentence_of(FMR_CODE_REC_TEXT));
	fmr_arena_release(&arena);
	fmr_findings_free(findings);
}

static bool is_about_record(enum fmr_code fault)
{
	return fault != FMR_CODE_OBJECT_MISSING && fault != FMR_CODE_OBJECT_LARGE && fault != FMR_CODE_OBJECT_WRONG;
}

static bool lasts(enum fmr_code fault)
{
	return fault == FMR_CODE_REC_TWICE || fault == FMR_CODE_REC_REUSED || fault == FMR_CODE_REC_ALIKE;
}

static void check(struct fold *fold, struct fold_record *record, const struct fold_content *content)
{
	enum fmr_code fault = fault_of(fold, record, content);
	if (!is_about_record(fault))
		; /* the object is missing, which was reported */
	else if (fault == FMR_CODE_REC_TEXT && fold->policy && !fold->states_only)
		complain_of_text(fold, record, content);
	else if (fault != FOLD_FINE)
		complain(fold, fault, record->id, record->path, sentence_of(fault));
	if (!lasts(record->fault)) {
		record->fault = fault;
		record->fault_sequence = fold->here.sequence;
	}
}

static void mark(struct fold *fold, struct fold_record *record, const char *path, enum fmr_code fault)
{
	complain(fold, fault, record->id, path, sentence_of(fault));
	record->fault = fault;
	record->fault_sequence = fold->here.sequence;
}

void fmr_fold_edits_standing(struct fold *fold)
{
	for (size_t i = 0; i < fold->records.count; i++) {
		struct fold_record *record = &fold->records.items[i];
		if (record->live && record->fault == FOLD_FINE && !is_where_its_type_says(fold, record))
			record->fault = FMR_CODE_REC_PATH; /* there were no types to ask before */
		if (record->live && record->fault != FOLD_FINE && is_about_record(record->fault))
			complain(fold, record->fault, record->id, record->path, sentence_of(record->fault));
	}
}

/* Required fields that an edit took away from a record that has left its first state. */
static void check_complete(struct fold *fold, const struct fold_record *record, const struct fold_content *content)
{
	const struct fmr_type *type = record->flow && content->said.root ? fmr_fold_type(fold, record->path) : NULL;
	if (!type || fold->states_only || !record->flow->chain.count)
		return;
	const char *state = fmr_fold_state(record, fmr_fold_initial(type));
	const struct fmr_record read = { .id = record->id, .path = record->path, .type = type,
		.text = content->text.bytes, .length = content->text.length, .root = content->said.root };
	struct fmr_findings *lacks = fmr_findings_new(1);
	if (fmr_record_lacks(fold->book, &read, state, NULL, lacks, NULL) == 0 && fmr_findings_count(lacks))
		fmr_fold_report(fold, FMR_CODE_REC_INCOMPLETE, record->id, _("'%s' lacks what its state '%s' asks for: %s"),
			record->id, state, fmr_findings_at(lacks, 0)->message);
	fmr_findings_free(lacks);
}

/* ---- records come, change and go ---- */

/* Applies the new file to a record that is in the map. */
static int put_file(struct fold *fold, struct fold_record *record, const struct fold_change *change,
	struct fold_content *content, struct fmr_err *err)
{
	record->blob = change->after;
	record->mode = change->mode_after;
	record->live = true;
	return fmr_fold_content_load(fold, record, content, err);
}

static void check_alike(struct fold *fold, struct fold_record *record, size_t number)
{
	char key[FMR_ID_LENGTH + 1];
	size_t other;
	size_t length = strlen(record->id);
	if (!fmr_trust_id_is_plain(record->id, length))
		return;
	fmr_id_key(record->id, length, key);
	if (fmr_dict_add(&fold->key_of, key, number))
		return;
	if (fmr_dict_get(&fold->key_of, key, &other) && fold->records.items[other].live) {
		const char *there = fold->records.items[other].id;
		if (fmr_id_alike(record->id, length, there, strlen(there)))
			mark(fold, record, record->path, FMR_CODE_REC_ALIKE);
	}
}

static int add_record(struct fold *fold, const char *id, const struct fold_change *change,
	const struct fold_signer *signer, struct fmr_err *err)
{
	size_t number = fold->records.count;
	struct fold_record *record = FMR_VEC_ADD(&fold->records);
	*record = (struct fold_record){ .id = fmr_arena_strdup(&fold->arena, id),
		.path = fmr_arena_strdup(&fold->arena, change->path), .fault = FOLD_FINE,
		.filed = fold->here.parsed.committer.time };
	fmr_dict_add(&fold->record_of, record->id, number);
	const struct fold_delta delta = { .all = true };
	fmr_fold_authors_add(fold, record, &delta, signer);
	struct fold_content content;
	int result = put_file(fold, record, change, &content, err);
	if (result == 0)
		check(fold, record, &content);
	if (result == 0)
		check_alike(fold, record, number);
	fmr_fold_content_release(&content);
	return result;
}

static int change_record(struct fold *fold, struct fold_record *record, const struct fold_change *change,
	const struct fold_signer *signer, struct fmr_err *err)
{
	struct fold_content before, after = { 0 };
	int result = fmr_fold_content_load(fold, record, &before, err);
	if (result != 0) {
		fmr_fold_content_release(&before);
		return result;
	}
	result = put_file(fold, record, change, &after, err);
	struct fold_delta delta = { 0 };
	if (result == 0) {
		fmr_fold_delta(fold, &before.said, &after.said, &delta);
		fmr_fold_authors_add(fold, record, &delta, signer);
		result = fmr_fold_stale(fold, record, &delta, err);
	}
	if (result == 0) {
		check(fold, record, &after);
		check_complete(fold, record, &after);
	}
	fmr_fold_delta_release(&delta);
	fmr_fold_content_release(&before);
	fmr_fold_content_release(&after);
	return result;
}

/* A file where there was none, of an id that is known: the record moved in this commit, or two have it, or it was gone. */
static int return_record(struct fold *fold, struct fold_record *record, const struct fold_change *change,
	const struct fold_signer *signer, struct fmr_err *err)
{
	bool moved = record->fault_sequence == fold->here.sequence && record->fault == FMR_CODE_REC_DELETED;
	record->path = fmr_arena_strdup(&fold->arena, change->path);
	record->live = true;
	record->fault = FOLD_FINE;
	if (!moved && fold->policy)
		mark(fold, record, change->path, FMR_CODE_REC_REUSED);
	struct fold_content content;
	int result = put_file(fold, record, change, &content, err);
	const struct fold_delta delta = { .all = true };
	fmr_fold_authors_add(fold, record, &delta, signer);
	if (result == 0)
		check(fold, record, &content);
	fmr_fold_content_release(&content);
	return result;
}

static int see_file(struct fold *fold, const struct fold_change *change, const struct fold_signer *signer,
	struct fmr_err *err)
{
	char *id = fmr_strndup(change->place.id, change->place.id_length);
	struct fold_record *record = fmr_fold_record(fold, id);
	int result = 0;
	if (!record) {
		result = add_record(fold, id, change, signer, err);
	} else if (!record->live) {
		result = return_record(fold, record, change, signer, err);
	} else if (strcmp(record->path, change->path) != 0) {
		mark(fold, record, change->path, FMR_CODE_REC_TWICE);
	} else {
		result = change_record(fold, record, change, signer, err);
	}
	free(id);
	return result;
}

/* Does the commit put the record, or its bytes, somewhere else? */
static bool is_moved(const struct fold *fold, const struct fold_change *gone)
{
	for (size_t i = 0; i < fold->here.changes.count; i++) {
		const struct fold_change *other = &fold->here.changes.items[i];
		if (other->place.place != TRUST_PLACE_RECORD || !other->mode_after || other->mode_before)
			continue;
		bool same_id = other->place.id_length == gone->place.id_length &&
			memcmp(other->place.id, gone->place.id, gone->place.id_length) == 0;
		if (same_id || fmr_oid_equal(&other->after, &gone->before))
			return true;
	}
	return false;
}

/* Only what nobody's signature stands for any more may go: a quorum must withdraw first. */
static int take_away(struct fold *fold, const struct fold_change *change, struct fmr_err *err)
{
	char *id = fmr_strndup(change->place.id, change->place.id_length);
	struct fold_record *record = fmr_fold_record(fold, id);
	free(id);
	if (!record)
		return 0;
	if (strcmp(record->path, change->path) != 0 || !record->live) {
		if (record->fault == FMR_CODE_REC_TWICE)
			record->fault = FOLD_FINE;
		return 0;
	}
	record->live = false;
	record->fault = FMR_CODE_REC_DELETED;
	record->fault_sequence = fold->here.sequence;
	if (fmr_fold_is_bound(record)) {
		bool moved = is_moved(fold, change);
		fmr_fold_report(fold, moved ? FMR_CODE_REC_RENAMED : FMR_CODE_REC_DELETED, record->id,
			moved ? _("'%s' was moved although signatures for it stand; withdraw them first")
			      : _("'%s' was deleted although signatures for it stand; withdraw them first"),
			change->path);
	}
	const struct fold_delta delta = { .all = true };
	return fmr_fold_stale(fold, record, &delta, err);
}

/* ---- attachments and other files ---- */

/* What a name is on a file system that does not tell letters of different case or width apart. */
static const char *look_of(struct fold *fold, const char *path)
{
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_text_nfkc(&text, path, strlen(path));
	for (size_t i = 0; i < text.length; i++)
		if (text.bytes[i] >= 'A' && text.bytes[i] <= 'Z')
			text.bytes[i] = (char)(text.bytes[i] - 'A' + 'a');
	const char *look = fmr_arena_strdup(&fold->here.arena, text.bytes);
	fmr_str_release(&text);
	return look;
}

/* Two attachments whose names would be one name elsewhere. */
static void check_look(struct fold *fold, const struct fold_change *change)
{
	size_t number;
	const char *look = look_of(fold, change->path);
	if (!fmr_dict_get(&fold->look_of, look, &number)) {
		number = fold->looks.count;
		fmr_dict_add(&fold->look_of, look, number);
		FMR_VEC_PUSH(&fold->looks, NULL);
	}
	const char *there = fold->looks.items[number];
	bool same = there && strcmp(there, change->path) == 0;
	if (!change->mode_after) {
		fold->looks.items[number] = same ? NULL : there;
	} else if (!there) {
		fold->looks.items[number] = fmr_arena_strdup(&fold->arena, change->path);
	} else if (!same) {
		complain(fold, FMR_CODE_REC_ALIKE, NULL, change->path, _("its name looks like another one beside it"));
	}
}

static int see_attachment(struct fold *fold, const struct fold_change *change, const struct fold_signer *signer,
	struct fmr_err *err)
{
	char *id = fmr_strndup(change->place.id, change->place.id_length);
	struct fold_record *record = fmr_fold_record(fold, id);
	free(id);
	if (change->mode_after)
		check_look(fold, change);
	if (change->mode_after && (change->mode_after != TRUST_MODE_FILE || !fmr_trust_path_is_clean(change->path)))
		complain(fold, FMR_CODE_REC_MODE, record ? record->id : NULL, change->path, sentence_of(FMR_CODE_REC_MODE));
	bool beside = record && strncmp(record->path, change->path, change->place.record) == 0 &&
		strcmp(record->path + change->place.record, ".yaml") == 0;
	if (!beside)
		return 0;
	const struct fold_delta delta = { .attachments = true };
	fmr_fold_authors_add(fold, record, &delta, signer);
	return fmr_fold_stale(fold, record, &delta, err);
}

static void see_other(struct fold *fold, const struct fold_change *change)
{
	if (!change->mode_after)
		return;
	switch (change->place.place) {
	case TRUST_PLACE_STRAY:
		if (fmr_trust_path_looks_like_record(change->path))
			complain(fold, FMR_CODE_REC_PATH, NULL, change->path, _("no record can lie here"));
		else if (change->mode_after != TRUST_MODE_FILE)
			complain(fold, FMR_CODE_REC_MODE, NULL, change->path, sentence_of(FMR_CODE_REC_MODE));
		break;
	case TRUST_PLACE_ROOT:
		complain(fold, FMR_CODE_REC_MODE, NULL, change->path, _("it must be a directory"));
		break;
	case TRUST_PLACE_DISGUISED:
		complain(fold, FMR_CODE_REC_PATH, NULL, change->path, _("its name looks like one that fmrec uses"));
		break;
	case TRUST_PLACE_TRUST:
	case TRUST_PLACE_CONFIG:
		if (change->mode_after != TRUST_MODE_FILE)
			complain(fold, FMR_CODE_REC_MODE, NULL, change->path, sentence_of(FMR_CODE_REC_MODE));
		break;
	case TRUST_PLACE_RECORD:
	case TRUST_PLACE_ATTACHMENT:
	case TRUST_PLACE_OTHER:
		break;
	}
}

int fmr_fold_edits(struct fold *fold, const struct fold_signer *signer, struct fmr_err *err)
{
	int result = 0;
	/* First what goes, so that what is moved is known by its id. */
	for (size_t i = 0; i < fold->here.changes.count && result == 0; i++) {
		const struct fold_change *change = &fold->here.changes.items[i];
		if (change->place.place == TRUST_PLACE_RECORD && !change->mode_after)
			result = take_away(fold, change, err);
	}
	for (size_t i = 0; i < fold->here.changes.count && result == 0; i++) {
		const struct fold_change *change = &fold->here.changes.items[i];
		if (change->place.place == TRUST_PLACE_RECORD && change->mode_after)
			result = see_file(fold, change, signer, err);
		else
			see_other(fold, change);
	}
	for (size_t i = 0; i < fold->here.changes.count && result == 0; i++)
		if (fold->here.changes.items[i].place.place == TRUST_PLACE_ATTACHMENT && !fold->here.changes.items[i].mode_after)
			check_look(fold, &fold->here.changes.items[i]);
	for (size_t i = 0; i < fold->here.changes.count && result == 0; i++)
		if (fold->here.changes.items[i].place.place == TRUST_PLACE_ATTACHMENT)
			result = see_attachment(fold, &fold->here.changes.items[i], signer, err);
	return result;
}
