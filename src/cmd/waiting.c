#include "cmd/waiting.h"

#include "base/i18n.h"
#include "cmd/signing.h"

#include <string.h>

enum { MOST_NEXT = 3 };

bool fmr_waiting_is_usual(const struct fmr_next *next)
{
	return !next->rule->reason && strcmp(next->rule->from[0], "*") != 0;
}

bool fmr_waiting_is_ready(const struct fmr_next *next)
{
	return !next->rejected && !next->missing_fields[0] && !next->missing_after[0];
}

static void put_list(struct fmr_str *out, const char *what, const char *const *items)
{
	if (!items[0])
		return;
	fmr_str_printf(out, "; %s", what);
	for (size_t i = 0; items[i]; i++)
		fmr_str_printf(out, "%s %s", i ? "," : "", *items[i] ? items[i] : _("(a condition of the type)"));
}

/* "manager or cio" */
static void put_roles(struct fmr_str *out, struct fmr_cli *cli, const char *const *roles)
{
	for (size_t i = 0; roles[i]; i++) {
		if (i)
			fmr_str_printf(out, " %s ", _("or"));
		const struct fmr_choice *known = fmr_book_role(cli->book, roles[i]);
		const char *label = known ? fmr_words_in(&known->label, cli->language) : "";
		fmr_str_puts(out, *label ? label : roles[i]);
	}
	if (!roles[0])
		fmr_str_puts(out, _("nobody"));
}

void fmr_waiting_words(struct fmr_str *out, struct fmr_cli *cli, const struct fmr_next *next)
{
	bool any = false;
	for (size_t i = 0; i < next->slot_count; i++) {
		const struct fmr_next_slot *slot = &next->slots[i];
		if (!slot->missing)
			continue;
		fmr_str_puts(out, any ? " + " : "");
		any = true;
		put_roles(out, cli, slot->by);
		if (slot->missing > 1)
			fmr_str_printf(out, " ×%u", slot->missing);
	}
	const char *label = fmr_words_in(&next->rule->label, cli->language);
	fmr_str_printf(out, ": %s (%s)", *label ? label : next->rule->name, next->rule->name);
	put_list(out, _("missing:"), next->missing_fields);
	put_list(out, _("first:"), next->missing_after);
	if (next->rejected)
		fmr_str_printf(out, "; %s %s", _("rejected by"), next->rejected->name ? next->rejected->name : next->rejected->signer);
}

static bool any_ready(const struct fmr_next *next, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fmr_waiting_is_usual(&next[i]) && fmr_waiting_is_ready(&next[i]))
			return true;
	return false;
}

int fmr_waiting_next(struct fmr_str *out, struct fmr_cli *cli, struct fmr_audit *audit, const char *id, int64_t now,
	struct fmr_err *err)
{
	struct fmr_arena arena;
	struct fmr_next *next = NULL;
	size_t count = 0, shown = 0;
	fmr_arena_init(&arena);
	int result = fmr_audit_next(audit, id, NULL, now, &arena, &next, &count, err);
	const bool ready = any_ready(next, count);
	for (size_t i = 0; !result && i < count && shown < MOST_NEXT; i++) {
		if (!fmr_waiting_is_usual(&next[i]) || (ready && !fmr_waiting_is_ready(&next[i])))
			continue;
		fmr_str_puts(out, shown++ ? "; " : "");
		fmr_waiting_words(out, cli, &next[i]);
	}
	fmr_arena_release(&arena);
	return result;
}
