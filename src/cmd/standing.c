#include "cmd/standing.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/waiting.h"
#include "render/line.h"

#include <string.h>

static const char *state_label(struct fmr_cli *cli, const struct fmr_type *type, const char *state)
{
	for (size_t i = 0; type && i < type->state_count; i++)
		if (strcmp(type->states[i].name, state) == 0)
			return fmr_words_in(&type->states[i].label, cli->language);
	return state;
}

static void put_vote(struct fmr_cli *cli, const struct fmr_step *step, const struct fmr_vote *vote)
{
	struct fmr_time time = { .seconds = vote->time };
	struct fmr_str day;
	fmr_str_init(&day);
	if (!fmr_zone_offset(fmr_book_zone(cli->book), vote->time, &time.offset))
		time.offset = 0;
	fmr_time_format(&day, &time);
	fmr_str_truncate(&day, strlen("2026-11-21"));
	fmr_render_line(cli->out, "  %s  %s  %s (%s, %s)\n", day.bytes, step->transition,
		vote->name ? vote->name : vote->signer, vote->signer, vote->role);
	fmr_str_release(&day);
}

static void put_status(struct fmr_cli *cli, const struct fmr_record *record, const struct fmr_record_status *status)
{
	const char *label = state_label(cli, record->type, status->state);
	if (strcmp(label, status->state) == 0)
		fmr_render_line(cli->out, "\n%s %s\n", _("state:"), label);
	else
		fmr_render_line(cli->out, "\n%s %s (%s)\n", _("state:"), label, status->state);
	for (size_t i = 0; i < status->step_count; i++)
		for (size_t k = 0; status->steps[i].stands && k < status->steps[i].vote_count; k++)
			put_vote(cli, &status->steps[i], status->steps[i].votes[k]);
	for (size_t i = 0; i < status->reject_count; i++)
		fmr_render_line(cli->out, "%s %s: %s\n", _("rejected by"),
			status->rejects[i]->name ? status->rejects[i]->name : status->rejects[i]->signer,
			status->rejects[i]->reason ? status->rejects[i]->reason : "");
}

static int put_next(struct fmr_cli *cli, struct fmr_audit *audit, const char *id, struct fmr_err *err)
{
	struct fmr_str next;
	fmr_str_init(&next);
	int result = fmr_waiting_next(&next, cli, audit, id, fmr_clock_now(), err);
	if (!result && next.length)
		fmr_render_line(cli->out, "%s %s\n", _("needs:"), next.bytes);
	fmr_str_release(&next);
	return result;
}

int fmr_standing_show(struct fmr_cli *cli, struct fmr_view *view, const struct fmr_record *record, struct fmr_err *err)
{
	struct fmr_states *own = view == cli->view ? NULL : fmr_states_new(view);
	struct fmr_states *states = own ? own : cli->states;
	struct fmr_audit *audit = NULL;
	int result = states ? fmr_states_audit(states, &audit, err) : 0;
	const struct fmr_record_status *status =
		!result && audit && fmr_audit_summary(audit)->trusted ? fmr_audit_record(audit, record->id) : NULL;
	if (status && status->state) {
		put_status(cli, record, status);
		result = put_next(cli, audit, record->id, err);
	}
	fmr_states_free(own);
	return result;
}
