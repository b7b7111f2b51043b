#include "cmd/changed.h"

#include "base/alloc.h"
#include "cmd/names.h"
#include "fmrec/history.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CHANGED = 8 };

const struct fmr_vote *fmr_changed_last_vote(const struct fmr_record_status *status, const char *person)
{
	for (size_t i = status->vote_count; i-- > 0;)
		if (strcmp(status->votes[i]->signer, person) == 0 && status->votes[i]->status != FMR_VOTE_REFUSED)
			return status->votes[i];
	return NULL;
}

static bool is_covered(const struct fmr_slot_rule *slot, const char *path)
{
	for (size_t i = 0; slot->covers && slot->covers[i]; i++) {
		const size_t length = strlen(slot->covers[i]);
		if (strncmp(path, slot->covers[i], length) == 0 && (!path[length] || path[length] == '.'))
			return true;
	}
	return !slot->covers;
}

static void put_deltas(struct fmr_str *out, const struct fmr_deltas *deltas, const struct fmr_slot_rule *slot)
{
	size_t shown = 0, more = 0;
	for (size_t i = 0; i < deltas->count; i++) {
		if (!is_covered(slot, deltas->items[i].path))
			continue;
		if (shown == MOST_CHANGED)
			more++;
		else
			fmr_str_printf(out, "%s%s", shown++ ? ", " : _("; changed since your last signature: "), deltas->items[i].path);
	}
	if (more)
		fmr_str_printf(out, _(", and %zu more"), more);
	if (!shown)
		fmr_str_puts(out, _("; unchanged since your last signature"));
}

/* The record as a commit has it; NULL when it cannot be read. */
struct version {
	struct fmr_named named;
	struct fmr_record record;
};

static bool read_version(struct fmr_cli *cli, const char *id, const char *commit, struct version *out)
{
	struct fmr_findings *ignored = fmr_findings_new(1);
	char *name = fmr_format("%s@%s", id, commit);
	out->record = (struct fmr_record){ 0 };
	const bool read = fmr_names_open(cli, name, &out->named, NULL) == 0 &&
		fmr_record_read(out->named.book, out->named.path.bytes, &out->record, ignored, NULL) == 0;
	free(name);
	fmr_findings_free(ignored);
	return read && out->record.root && out->record.type;
}

static void close_version(struct version *version)
{
	fmr_record_release(&version->record);
	fmr_names_close(&version->named);
}

void fmr_changed_since(struct fmr_str *out, const struct fmr_signing *signing, const struct fmr_record_status *status,
	const struct fmr_vote *before, const struct fmr_slot_rule *slot)
{
	struct version then, now;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const bool was = read_version(signing->cli, status->id, before->commit, &then);
	const bool is = read_version(signing->cli, status->id, fmr_audit_summary(signing->audit)->tip, &now);
	if (was && is) {
		struct fmr_deltas deltas;
		fmr_deltas_find(now.record.type, then.record.root, now.record.root, &arena, &deltas);
		put_deltas(out, &deltas, slot);
	}
	close_version(&then);
	close_version(&now);
	fmr_arena_release(&arena);
}
