#include "index/states.h"

#include "base/clock.h"
#include "fmrec/audit.h"

#include <stdio.h>
#include <string.h>

const char fmr_states_tables[] =
	"CREATE TABLE state_(id PRIMARY KEY, state) WITHOUT ROWID;"
	"CREATE TABLE transition_(n INTEGER PRIMARY KEY, record, transition, \"from\", \"to\", person, name, role, behalf,"
	" meaning, time, \"commit\", status, stands);"
	"INSERT INTO view_ VALUES('+transition', 'CREATE INDEX transition_record ON transition_(record)');"
	"INSERT INTO view_ VALUES('transition', 'CREATE TEMP VIEW transition AS SELECT record, transition, \"from\", \"to\","
	" person, name, role, behalf, meaning, time, \"commit\", status, stands FROM transition_');";

/* ---- whose states ---- */

bool fmr_index_states_are_right(struct fmr_index *index, char commit[41])
{
	struct fmr_view *view = index->book->view;
	struct fmr_oid head;
	*commit = '\0';
	if (!fmr_states_are_governed(view))
		return !*index->states_of;
	if (fmr_view_kind(view) == FMR_VIEW_COMMIT)
		snprintf(commit, 41, "%s", fmr_view_name(view));
	else if (fmr_store_resolve(fmr_view_store(view), "HEAD", &head, NULL) == 0)
		fmr_oid_text(&head, commit);
	return strcmp(index->states_of, commit) == 0;
}

/* ---- filling ---- */

struct filling {
	struct fmr_index *index;
	sqlite3_stmt *state, *transition;
	struct fmr_err *err;
};

static int run(struct filling *filling, sqlite3_stmt *statement)
{
	const int step = fmr_sqlite.step(statement);
	fmr_sqlite.reset(statement);
	return step == SQLITE_DONE ? FMR_OK : fmr_index_failed(filling->index, filling->err);
}

static void bind(sqlite3_stmt *statement, int n, const char *text)
{
	if (text)
		fmr_sqlite.bind_text(statement, n, text, -1, SQLITE_TRANSIENT);
	else
		fmr_sqlite.bind_null(statement, n);
}

static const char *status_word(enum fmr_vote_status status)
{
	static const char *const words[] = { [FMR_VOTE_COUNTS] = "counts", [FMR_VOTE_OPEN] = "open",
		[FMR_VOTE_STALE] = "stale", [FMR_VOTE_WITHDRAWN] = "withdrawn", [FMR_VOTE_DISPUTED] = "disputed",
		[FMR_VOTE_REFUSED] = "refused", [FMR_VOTE_PASSED] = "passed" };
	return words[status];
}

/* The step that a signature belongs to, or NULL. */
static const struct fmr_step *step_of(const struct fmr_record_status *record, const struct fmr_vote *vote)
{
	for (size_t i = 0; i < record->step_count; i++)
		for (size_t j = 0; j < record->steps[i].vote_count; j++)
			if (record->steps[i].votes[j] == vote)
				return &record->steps[i];
	return NULL;
}

static int put_vote(struct filling *filling, const struct fmr_record_status *record, const struct fmr_vote *vote)
{
	sqlite3_stmt *row = filling->transition;
	const struct fmr_step *step = step_of(record, vote);
	struct fmr_time time = { .seconds = vote->time };
	struct fmr_str text;
	fmr_str_init(&text);
	if (!fmr_zone_offset(fmr_book_zone(filling->index->book), vote->time, &time.offset))
		time.offset = 0;
	fmr_time_format(&text, &time);
	const char *const texts[] = { record->id, vote->action, step ? step->from : NULL, step ? step->to : NULL,
		vote->signer, vote->name, vote->role, vote->on_behalf_of, vote->meaning, text.bytes, vote->commit,
		status_word(vote->status) };
	const int count = (int)(sizeof(texts) / sizeof(*texts));
	for (int i = 0; i < count; i++)
		bind(row, i + 1, texts[i]);
	fmr_sqlite.bind_int64(row, count + 1, step && step->stands && vote->status == FMR_VOTE_COUNTS);
	fmr_str_release(&text);
	return run(filling, row);
}

static bool is_first_state(struct fmr_index *index, const char *type_name, const char *state)
{
	const struct fmr_type *type;
	return type_name && fmr_book_type(index->book, type_name, &type, NULL, NULL) == FMR_OK && type->state_count &&
		strcmp(type->states[0].name, state) == 0;
}

static int put_record(void *context, const struct fmr_record_status *record)
{
	struct filling *filling = context;
	int code = FMR_OK;
	if (!record->deleted && record->state && !is_first_state(filling->index, record->type, record->state)) {
		bind(filling->state, 1, record->id);
		bind(filling->state, 2, record->state);
		code = run(filling, filling->state);
	}
	for (size_t i = 0; !code && i < record->vote_count; i++)
		code = put_vote(filling, record, record->votes[i]);
	return code;
}

static int put_all(struct filling *filling, struct fmr_audit *audit)
{
	struct fmr_index *index = filling->index;
	int code = fmr_index_statement(index, "INSERT OR REPLACE INTO state_ VALUES(?,?)", &filling->state, filling->err);
	if (!code)
		code = fmr_index_statement(index, "INSERT INTO transition_ VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			&filling->transition, filling->err);
	if (!code)
		code = fmr_audit_each_record(audit, put_record, filling);
	fmr_sqlite.finalize(filling->state);
	fmr_sqlite.finalize(filling->transition);
	return code;
}

int fmr_index_fill_states(struct fmr_index *index, const char *commit, struct fmr_err *err)
{
	struct filling filling = { .index = index, .err = err };
	const struct fmr_audit_options options = { .revision = commit, .states_only = true };
	struct fmr_audit *audit = NULL;
	int code = fmr_index_exec(index, "DROP TABLE IF EXISTS temp.was_; CREATE TEMP TABLE was_ AS SELECT * FROM state_;"
		"DELETE FROM state_; DELETE FROM transition_", err);
	if (!code && *commit)
		code = fmr_audit_open(fmr_view_store(index->book->view), &options, &audit, err);
	if (!code && audit)
		code = put_all(&filling, audit);
	fmr_audit_close(audit);
	if (!code)
		snprintf(index->states_of, sizeof(index->states_of), "%s", commit);
	return code;
}

int fmr_index_each_changed_state(struct fmr_index *index, fmr_state_change_visit *visit, void *context,
	struct fmr_err *err)
{
	static const char changed[] =
		"WITH changed(id) AS (SELECT id FROM (SELECT * FROM temp.was_ EXCEPT SELECT * FROM state_)"
		" UNION SELECT id FROM (SELECT * FROM state_ EXCEPT SELECT * FROM temp.was_))"
		" SELECT d.path || r.id || '.yaml' FROM changed c JOIN record_ r ON r.id = c.id"
		" JOIN directory_ d ON d.n = r.directory";
	sqlite3_stmt *rows;
	int step = SQLITE_DONE, code = fmr_index_statement(index, changed, &rows, err);
	while (!code && (step = fmr_sqlite.step(rows)) == SQLITE_ROW)
		visit(context, (const char *)fmr_sqlite.column_text(rows, 0));
	if (!code && step != SQLITE_DONE)
		code = fmr_index_failed(index, err);
	fmr_sqlite.finalize(rows);
	return code ? code : fmr_index_exec(index, "DROP TABLE temp.was_", err);
}
