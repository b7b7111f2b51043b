#include "fmrec/audit.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_PATH ".fmrec/trust/policy.yaml"

struct fmr_states {
	struct fmr_view *view;
	pthread_mutex_t mutex; /* guards the rest: an audit is for one thread at a time */
	struct fmr_audit *audit;
	bool tried;
	int code;
	struct fmr_err err;
};

bool fmr_states_are_governed(struct fmr_view *view)
{
	struct fmr_entry entry;
	return fmr_view_entry(view, POLICY_PATH, &entry, NULL) == 0;
}

struct fmr_states *fmr_states_new(struct fmr_view *view)
{
	struct fmr_states *states = fmr_alloc_zero(1, sizeof(*states));
	states->view = view;
	pthread_mutex_init(&states->mutex, NULL);
	return states;
}

void fmr_states_free(struct fmr_states *states)
{
	if (!states)
		return;
	fmr_audit_close(states->audit);
	pthread_mutex_destroy(&states->mutex);
	free(states);
}

/* The mutex is held. */
static void open_once(struct fmr_states *states)
{
	const bool of_commit = fmr_view_kind(states->view) == FMR_VIEW_COMMIT;
	const struct fmr_audit_options options = {
		.revision = of_commit ? fmr_view_name(states->view) : NULL, .states_only = true };
	if (states->tried)
		return;
	states->tried = true;
	if (fmr_states_are_governed(states->view))
		states->code = fmr_audit_open(fmr_view_store(states->view), &options, &states->audit, &states->err);
	if (states->code == FMR_ERR_NOT_FOUND)
		states->code = FMR_OK; /* no commit yet */
}

int fmr_states_audit(struct fmr_states *states, struct fmr_audit **out, struct fmr_err *err)
{
	pthread_mutex_lock(&states->mutex);
	open_once(states);
	pthread_mutex_unlock(&states->mutex);
	*out = states->audit;
	if (states->code && err)
		*err = states->err;
	return states->code;
}

const char *fmr_states_of(void *context, const struct fmr_type *type, const char *id)
{
	struct fmr_states *states = context;
	(void)type;
	pthread_mutex_lock(&states->mutex);
	open_once(states);
	const char *state = states->audit ? fmr_audit_state(states->audit, id) : NULL;
	pthread_mutex_unlock(&states->mutex);
	return state;
}
