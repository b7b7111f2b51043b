/*
 * A transition of a record, by one signature.  The name of a transition is a
 * command of its own: `fmrec approve ID` is `fmrec advance ID approve`.
 */
#include "base/alloc.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/acts.h"
#include "cmd/capacity.h"
#include "cmd/changed.h"
#include "cmd/names.h"
#include "cmd/waiting.h"
#include "render/line.h"
#include "render/print.h"

#include <stdlib.h>
#include <string.h>

struct options {
	struct fmr_signing_options signing;
	const char *role, *behalf, *reason;
};

static const struct fmr_option options_table[] = {
	FMR_ROLE_OPTION(options),
	{ .name = "on-behalf-of", .kind = FMR_OPTION_STRING, .argument = N_("id"),
		.help = N_("sign as the deputy of this person"), .offset = offsetof(struct options, behalf) },
	FMR_REASON_OPTION(options, N_("give a reason")),
	FMR_SIGNING_OPTIONS(options),
	{ 0 },
};

/* One record that is to make a step. */
struct step {
	const struct options *options;
	const char *transition;
	struct fmr_str id, path;
	char *from;                        /* the state it leaves */
	struct fmr_arena arena;
	const struct fmr_next *next;       /* the row of the workflow */
};

/* ---- what is possible ---- */

static void put_possible(struct fmr_str *out, const struct fmr_next *next, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fmr_str_printf(out, "%s%s", i ? ", " : "", next[i].rule->name);
	if (!count)
		fmr_str_puts(out, _("nothing"));
}

static int refuse_transition(const struct step *step, const struct fmr_type *type, const struct fmr_record_status *status,
	const struct fmr_next *next, size_t count, struct fmr_err *err)
{
	struct fmr_str possible;
	fmr_str_init(&possible);
	put_possible(&possible, next, count);
	FMR_VEC(const char *) names = { 0 };
	bool known = false;
	for (size_t i = 0; type && i < type->transition_count; i++) {
		FMR_VEC_PUSH(&names, type->transitions[i].name);
		known |= strcmp(type->transitions[i].name, step->transition) == 0;
	}
	const char *nearest = known ? NULL : fmr_text_nearest(step->transition, names.items, names.count);
	if (known)
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' is not possible in the state '%s' of %s"), step->transition,
			status->state, status->id);
	else if (nearest)
		fmr_err_set(err, FMR_ERR_REFUSED, _("%s has no transition '%s'; did you mean '%s'?"), status->id,
			step->transition, nearest);
	else
		fmr_err_set(err, FMR_ERR_REFUSED, _("%s has no transition '%s'"), status->id, step->transition);
	fmr_err_hint(err, _("possible now: %s"), possible.bytes);
	FMR_VEC_RELEASE(&names);
	fmr_str_release(&possible);
	return FMR_ERR_REFUSED;
}

/* Of several rows of the name, for records of this kind, the one that I could sign. */
static const struct fmr_next *choose_row(const struct fmr_next *next, size_t count, const char *transition)
{
	const struct fmr_next *first = NULL;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(next[i].rule->name, transition) != 0)
			continue;
		if (next[i].mine)
			return &next[i];
		first = first ? first : &next[i];
	}
	return first;
}

static int refuse_rejected(const struct step *step, const struct fmr_vote *reject, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_REFUSED, _("%s was rejected by '%s': %s"), step->id.bytes, reject->signer,
		reject->reason ? reject->reason : "");
	fmr_err_hint(err, _("who rejected it takes that back: fmrec withdraw %s %.7s"), step->id.bytes, reject->commit);
	return FMR_ERR_REFUSED;
}

static int refuse_missing(const struct step *step, const char *const *fields, struct fmr_err *err)
{
	struct fmr_str names, assignments;
	fmr_str_init(&names);
	fmr_str_init(&assignments);
	for (size_t i = 0; fields[i]; i++) {
		fmr_str_printf(&names, "%s%s", i ? ", " : "", *fields[i] ? fields[i] : _("(a condition of the type)"));
		if (*fields[i])
			fmr_str_printf(&assignments, " %s=...", fields[i]);
	}
	fmr_err_set(err, FMR_ERR_REFUSED, _("%s lacks what '%s' asks for: %s"), step->id.bytes, step->transition,
		names.bytes);
	if (assignments.length)
		fmr_err_hint(err, "fmrec set %s%s", step->id.bytes, assignments.bytes);
	else
		fmr_err_hint(err, "fmrec edit %s", step->id.bytes);
	fmr_str_release(&assignments);
	fmr_str_release(&names);
	return FMR_ERR_REFUSED;
}

static int refuse_after(const struct step *step, const char *const *after, struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' of %s comes after '%s', which has not happened"), step->transition,
		step->id.bytes, after[0]);
	fmr_err_hint(err, "fmrec %s %s", after[0], step->id.bytes);
	return FMR_ERR_REFUSED;
}

static int check_row(const struct step *step, const struct fmr_next *next, struct fmr_err *err)
{
	const bool mine = next->rejected && next->mine; /* a vote of who rejected clears that */
	if (next->rejected && !mine)
		return refuse_rejected(step, next->rejected, err);
	if (next->missing_after[0])
		return refuse_after(step, next->missing_after, err);
	if (next->missing_fields[0])
		return refuse_missing(step, next->missing_fields, err);
	return fmr_signing_check_reason(step->options->reason, next->rule->reason, err);
}

/* ---- in which role ---- */

/* My own roles first; for others only when I could not sign else, or am asked to. */
static void find_capacities(const struct fmr_signing *signing, const struct step *step, const char *type,
	struct fmr_capacities *out)
{
	const struct fmr_capacity_wish wish = { step->options->role, step->options->behalf };
	for (int as_deputy = wish.behalf != NULL; as_deputy < 2 && !out->count; as_deputy++)
		for (size_t i = 0; i < step->next->slot_count; i++)
			if (step->next->slots[i].missing)
				fmr_capacity_add(signing, &step->next->slots[i], type, &wish, as_deputy, out);
}

/* Which role is it, and who has it? */
static int refuse_role(const struct fmr_signing *signing, const struct step *step, struct fmr_err *err)
{
	struct fmr_str roles, who;
	fmr_str_init(&roles);
	fmr_str_init(&who);
	for (size_t i = 0; i < step->next->slot_count; i++) {
		const struct fmr_next_slot *slot = &step->next->slots[i];
		if (!slot->missing)
			continue;
		for (size_t r = 0; slot->by[r]; r++)
			fmr_str_printf(&roles, "%s%s", roles.length ? ", " : "", slot->by[r]);
		fmr_str_puts(&who, who.length ? "; " : "");
		fmr_signing_holders(&who, signing, slot->by);
	}
	if (step->options->role || step->options->behalf)
		fmr_err_set(err, FMR_ERR_REFUSED, _("you cannot sign '%s' of %s in that role or for that person; it needs: %s"),
			step->transition, step->id.bytes, roles.bytes);
	else
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' of %s needs a role that '%s' does not hold: %s"), step->transition,
			step->id.bytes, signing->me->id, roles.length ? roles.bytes : _("nobody can sign it"));
	fmr_err_hint(err, _("who does: %s"), who.bytes);
	fmr_str_release(&who);
	fmr_str_release(&roles);
	return FMR_ERR_REFUSED;
}

static int choose_capacity(const struct fmr_signing *signing, const struct step *step, const char *type,
	struct fmr_capacity *out, struct fmr_err *err)
{
	struct fmr_capacities found = { 0 };
	find_capacities(signing, step, type, &found);
	int result = found.count ? fmr_capacity_choose(&found, step->transition, out, err) : refuse_role(signing, step, err);
	if (!result && !step->next->mine) {
		fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' cannot sign '%s' of %s: %s"), signing->me->id, step->transition,
			step->id.bytes, step->next->why_not ? step->next->why_not : "");
		result = FMR_ERR_REFUSED;
	}
	FMR_VEC_RELEASE(&found);
	return result;
}

/* ---- what is shown ---- */

static void put_covers(struct fmr_str *out, const struct fmr_slot_rule *slot)
{
	if (!slot->covers) {
		fmr_str_puts(out, _("the whole record and its attachments"));
		return;
	}
	fmr_str_puts(out, _("fields"));
	for (size_t i = 0; slot->covers[i]; i++)
		fmr_str_printf(out, "%s %s", i ? "," : "", slot->covers[i]);
}

static void put_words(const struct fmr_signing *signing, const struct step *step,
	const struct fmr_record_status *status, const struct fmr_capacity *capacity, struct fmr_declaration *declaration)
{
	struct fmr_str *out = &declaration->words;
	const struct fmr_slot_rule *slot = capacity->slot->rule;
	struct fmr_str me, role;
	fmr_str_init(&me);
	fmr_str_init(&role);
	fmr_signing_person(&me, signing->policy, signing->me->id);
	fmr_signing_role(&role, signing->cli, capacity->role);
	fmr_str_printf(out, _("%s: you sign as %s, role %s: \"%s\" (%s)\n"), status->id, me.bytes, role.bytes,
		fmr_words_in(&slot->declares, signing->cli->language), step->next->to);
	if (capacity->behalf) {
		fmr_str_clear(&me);
		fmr_signing_person(&me, signing->policy, capacity->behalf);
		fmr_str_printf(out, _("as the deputy of %s, whose role it is\n"), me.bytes);
	}
	if (step->options->reason)
		fmr_str_printf(out, _("Reason: %s\n"), step->options->reason);
	fmr_str_printf(out, _("Content %s, "), declaration->digest);
	put_covers(out, slot);
	const struct fmr_vote *before = fmr_changed_last_vote(status, signing->me->id);
	if (before)
		fmr_changed_since(out, signing, status, before, slot);
	fmr_str_putc(out, '\n');
	fmr_str_release(&role);
	fmr_str_release(&me);
}

/* ---- one step ---- */

/* What seems to be missing may only stand under another name. */
static bool follows_older_form(struct fmr_book *book, const char *path)
{
	struct fmr_record record;
	if (fmr_record_read(book, path, &record, NULL, NULL))
		return false;
	const bool older = record.root && fmr_record_form(record.root) < record.type->form && record.type->migration_count;
	fmr_record_release(&record);
	return older;
}

static int find_row(struct fmr_signing *signing, struct step *step, const struct fmr_record_status *status,
	struct fmr_err *err)
{
	struct fmr_next *next = NULL;
	size_t count = 0;
	const struct fmr_type *type = NULL;
	fmr_arena_clear(&step->arena);
	int result = fmr_audit_next(signing->audit, step->id.bytes, signing->me->id, signing->now, &step->arena, &next,
		&count, err);
	if (result)
		return result;
	step->next = choose_row(next, count, step->transition);
	if (status->type)
		(void)fmr_book_type(signing->cli->book, status->type, &type, NULL, NULL);
	if (!step->next)
		return refuse_transition(step, type, status, next, count, err);
	result = check_row(step, step->next, err);
	if (result && step->next->missing_fields[0] && follows_older_form(signing->cli->book, step->path.bytes))
		fmr_err_hint(err, _("the record follows an older form: fmrec migrate --signed %s, if it is that"), step->id.bytes);
	return result;
}

static void fill_action(const struct step *step, const struct fmr_record_status *status, const struct fmr_capacity *capacity,
	struct fmr_declaration *out)
{
	fmr_declaration_record(out, status);
	out->action.role = fmr_declaration_text(out, capacity->role);
	out->action.behalf = fmr_declaration_text(out, capacity->behalf);
	out->action.meaning = fmr_declaration_text(out, capacity->slot->rule->meaning);
	out->action.reason = fmr_declaration_text(out, step->options->reason);
}

static int prepare(struct fmr_signing *signing, void *context, struct fmr_declaration *out, struct fmr_err *err)
{
	struct step *step = context;
	const struct fmr_record_status *status;
	struct fmr_capacity capacity = { 0 };
	fmr_declaration_init(out, signing, step->transition);
	int result = fmr_signing_record(signing, step->id.bytes, step->path.bytes, &status, err);
	if (!result)
		result = find_row(signing, step, status, err);
	if (!result)
		result = choose_capacity(signing, step, status->type, &capacity, err);
	if (!result && capacity.slot)
		result = fmr_audit_manifest(signing->audit, step->id.bytes, capacity.slot->rule, &out->content, out->digest, err);
	if (result || !capacity.slot)
		return result;
	free(step->from);
	step->from = fmr_strdup(status->state);
	fill_action(step, status, &capacity, out);
	put_words(signing, step, status, &capacity, out);
	return 0;
}

static void report_json(struct fmr_cli *cli, const struct step *step, const char *state,
	const struct fmr_commit_result *commit)
{
	struct fmr_str line;
	bool first = true;
	fmr_str_init(&line);
	fmr_str_putc(&line, '{');
	fmr_print_member(&line, &first, "id", step->id.bytes);
	fmr_print_member(&line, &first, "action", step->transition);
	fmr_print_member(&line, &first, "from", step->from);
	fmr_print_member(&line, &first, "to", state);
	fmr_print_member(&line, &first, "commit", commit->commit);
	fmr_print_member(&line, &first, "branch", commit->branch);
	fmr_str_puts(&line, "}\n");
	fmr_print_out(cli->out, &line);
}

/* "INC-20261121-7KQ2 judged → plan-approved   next: operations: recovered (recover)" */
static int report(struct fmr_signing *signing, const struct step *step, const struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct fmr_record_status *status = fmr_audit_record(signing->audit, step->id.bytes);
	const char *state = status && status->state ? status->state : step->from;
	if (signing->cli->format && strcmp(signing->cli->format, "json") == 0) {
		report_json(signing->cli, step, state, commit);
		return FMR_EXIT_OK;
	}
	struct fmr_str next;
	fmr_str_init(&next);
	int result = fmr_waiting_next(&next, signing->cli, signing->audit, step->id.bytes, signing->now, err);
	if (!result && !signing->cli->quiet) {
		fmr_render_line(signing->cli->out, "%s %s", step->id.bytes, step->from);
		if (strcmp(state, step->from) != 0)
			fmr_render_line(signing->cli->out, " → %s", state);
		else
			fmr_render_line(signing->cli->out, "  %s", _("signed"));
		fmr_render_line(signing->cli->out, "%s%s\n", next.length ? _("   next: ") : "", next.bytes);
	}
	fmr_str_release(&next);
	return result;
}

int fmr_act_advance(struct fmr_signing *signing, const struct fmr_act *act, struct fmr_commit_result *commit,
	struct fmr_err *err)
{
	const struct options options = { .role = act->role, .behalf = act->behalf, .reason = act->reason };
	struct step step = { .options = &options, .transition = act->transition };
	fmr_str_init(&step.id);
	fmr_str_init(&step.path);
	fmr_arena_init(&step.arena);
	fmr_str_puts(&step.id, act->id);
	fmr_str_puts(&step.path, fmr_act_path(signing, act));
	int result = fmr_act_run(signing, prepare, &step, commit, err);
	fmr_str_release(&step.id);
	fmr_str_release(&step.path);
	fmr_arena_release(&step.arena);
	free(step.from);
	return result;
}

static int find_steps(struct fmr_signing *signing, struct step *steps, size_t count, char **names, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < count && !result; i++)
		result = fmr_names_find(signing->cli->store, signing->cli->book, names[i], &steps[i].id, &steps[i].path, err);
	/* Nothing is signed when one of them may not be. */
	for (size_t i = 0; i < count && !result; i++) {
		struct fmr_declaration declaration;
		result = prepare(signing, &steps[i], &declaration, err);
		fmr_declaration_release(&declaration);
	}
	return result;
}

static int sign_steps(struct fmr_signing *signing, struct step *steps, size_t count, struct fmr_err *err)
{
	int worst = FMR_EXIT_OK;
	for (size_t i = 0; i < count; i++) {
		struct fmr_commit_result commit;
		bool signed_it;
		int result = fmr_signing_run(signing, prepare, &steps[i], &commit, &signed_it, err);
		if (!result && signed_it)
			result = report(signing, &steps[i], &commit, err);
		if (result < 0)
			return result;
		worst = result > worst ? result : worst;
	}
	return worst;
}

static int advance(struct fmr_cli *cli, const struct options *options, const char *transition, char **names,
	size_t count, struct fmr_err *err)
{
	struct step *steps = fmr_alloc_zero(count, sizeof(*steps));
	struct fmr_signing signing;
	for (size_t i = 0; i < count; i++) {
		steps[i] = (struct step){ .options = options, .transition = transition };
		fmr_str_init(&steps[i].id);
		fmr_str_init(&steps[i].path);
		fmr_arena_init(&steps[i].arena);
	}
	fmr_signing_init(&signing, cli, &options->signing);
	int result = fmr_signing_open(&signing, err);
	if (!result)
		result = find_steps(&signing, steps, count, names, err);
	if (!result)
		result = sign_steps(&signing, steps, count, err);
	fmr_signing_close(&signing);
	for (size_t i = 0; i < count; i++) {
		fmr_str_release(&steps[i].id);
		fmr_str_release(&steps[i].path);
		fmr_arena_release(&steps[i].arena);
		free(steps[i].from);
	}
	free(steps);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	if (argc < 1)
		return fmr_cli_usage(cli, "%s", _("which record?"));
	if (cli->verb)
		return advance(cli, given, cli->verb, argv, (size_t)argc, err);
	if (argc < 2)
		return fmr_cli_usage(cli, _("which transition?"));
	return advance(cli, given, argv[argc - 1], argv, (size_t)argc - 1, err);
}

static const char *const formats[] = { "text", "json", NULL };
static const char *const synopsis[] = { "[<options>] <id>... <transition>", NULL };

const struct fmr_command fmr_command_advance = {
	.name = "advance",
	.group = "approve",
	.summary = N_("sign a transition of records: approve, close, ..."),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_WORK_TREE,
	.complete = "id transition",
	.formats = formats,
	.run = run,
};
