/*
 * Commits of several parents (approvals, section 7).
 *
 * Linear history, the default: a merge is a violation.  What its side commits reject or withdraw counts all the same, so
 * that nobody gets rid of it; what they approve does not, and trust and config do not change.
 *
 * Clean merges, where the policy allows them: two parents; the side is a plain line that left the trunk in one place, under
 * the policy that is still in force; the merge is signed by somebody who may edit; each path is as the side that changed it
 * has it; .fmrec is as in the first parent.  Then the side commits are judged by the policy of the trunk at this merge.
 */
#include "trust/fold.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE_COMMITS = 1 << 20 };

struct side {
	FMR_VEC(struct fmr_oid) ids; /* the newest first */
	bool rooted;                 /* it does not begin on the trunk, or not in one place */
	bool merged;                 /* it has merges itself */
	bool missing;
	size_t base;                 /* place on the trunk */
	struct fmr_oid base_id;
};

/* ---- gathering the side commits ---- */

/* Commits seen once are never judged again: a vote that was taken back must not return with a second merge. */
static bool is_new(struct fold *fold, const struct fmr_oid *id)
{
	char hex[41];
	fmr_oid_text(id, hex);
	return fmr_dict_add(&fold->side_of, hex, 0);
}

static int read_parents(struct fold *fold, const struct fmr_oid *id, struct fmr_arena *arena,
	struct trust_commit *commit, bool *readable, struct fmr_err *err)
{
	struct fmr_str raw;
	struct fmr_err fault = { 0 };
	const char *sentence;
	char hex[41];
	fmr_str_init(&raw);
	fmr_oid_text(id, hex);
	int result = fmr_store_object(fold->store, id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &raw, &fault);
	*readable = result == 0 && fmr_trust_commit_parse(raw.bytes, raw.length, arena, commit, &sentence);
	fmr_str_release(&raw);
	if (result != 0) {
		result = fmr_fold_report_object(fold, result, hex, &fault);
		if (result != 0 && err)
			*err = fault;
	}
	return result;
}

/* Take the parents that lie on no line yet onto the list of what has to be looked at. */
static void follow(struct fold *fold, struct side *side, const struct fmr_oid *parents, size_t count)
{
	size_t place;
	for (size_t i = 0; i < count; i++) {
		if (fmr_trust_line_find(&fold->line, &parents[i], &place)) {
			side->rooted = side->rooted || (side->base != SIZE_MAX && side->base != place) ||
				place + 1 >= fold->here.sequence;
			side->base = place;
			side->base_id = parents[i];
		} else if (side->ids.count < SIDE_COMMITS && is_new(fold, &parents[i])) {
			FMR_VEC_PUSH(&side->ids, parents[i]);
		} else {
			side->rooted = true;
		}
	}
}

static int gather(struct fold *fold, struct side *side, struct fmr_err *err)
{
	struct fmr_arena arena;
	int result = 0;
	fmr_arena_init(&arena);
	side->base = SIZE_MAX;
	follow(fold, side, fold->here.parsed.parents + 1, fold->here.parsed.parent_count - 1);
	for (size_t i = 0; i < side->ids.count && result == 0; i++) {
		struct trust_commit commit = { 0 };
		bool readable;
		fmr_arena_clear(&arena);
		result = read_parents(fold, &side->ids.items[i], &arena, &commit, &readable, err);
		side->missing = side->missing || !readable;
		side->merged = side->merged || commit.parent_count > 1;
		side->rooted = side->rooted || (readable && commit.parent_count == 0);
		if (readable)
			follow(fold, side, commit.parents, commit.parent_count);
	}
	fmr_arena_release(&arena);
	return result;
}

/* ---- is it clean? ---- */

struct sides {
	struct fold *fold;
	const struct fmr_oid *base, *trunk, *side, *merge; /* trees */
	bool clean;
};

struct found {
	unsigned mode; /* 0: absent */
	struct fmr_oid id;
};

static int look(struct fold *fold, const struct fmr_oid *tree, const char *path, struct found *out)
{
	struct trust_tree_entry entry = { 0 };
	int result = fmr_trust_tree_find(fold->trees, tree, path, &entry, NULL);
	*out = (struct found){ entry.mode, entry.id };
	return result;
}

static bool same(const struct found *a, const struct found *b)
{
	return a->mode == b->mode && (!a->mode || fmr_oid_equal(&a->id, &b->id));
}

static int judge_path(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	struct sides *sides = context;
	struct found base = { 0 }, trunk = { 0 }, side = { 0 }, merge = { 0 };
	(void)before, (void)after;
	char *copy = fmr_arena_strdup(&sides->fold->here.arena, path);
	if (look(sides->fold, sides->base, copy, &base) != 0 || look(sides->fold, sides->trunk, copy, &trunk) != 0 ||
		look(sides->fold, sides->side, copy, &side) != 0 || look(sides->fold, sides->merge, copy, &merge) != 0)
		sides->clean = false;
	const struct found *wanted = same(&side, &base) ? &trunk : &side;
	bool both = !same(&trunk, &base) && !same(&side, &base) && !same(&trunk, &side);
	if (both || !same(&merge, wanted))
		sides->clean = false;
	return 0;
}

/* Each path as the side that changed it has it; what both changed differently is no clean merge. */
static int compare_sides(struct fold *fold, const struct fmr_oid *base, const struct fmr_oid *tip, bool *clean,
	struct fmr_err *err)
{
	struct sides sides = { .fold = fold, .base = base, .trunk = &fold->tree, .side = tip, .merge = &fold->here.tree,
		.clean = true };
	int result = fmr_trust_tree_diff(fold->trees, base, tip, judge_path, &sides, err);
	if (result == 0)
		result = fmr_trust_tree_diff(fold->trees, base, &fold->tree, judge_path, &sides, err);
	if (result == 0)
		result = fmr_trust_tree_diff(fold->trees, base, &fold->here.tree, judge_path, &sides, err);
	*clean = sides.clean;
	return result;
}

static int tree_of(struct fold *fold, const struct fmr_oid *id, struct fmr_oid *tree, int64_t *time, bool *readable,
	struct fmr_err *err)
{
	struct fmr_arena arena;
	struct trust_commit commit = { 0 };
	fmr_arena_init(&arena);
	int result = read_parents(fold, id, &arena, &commit, readable, err);
	*tree = commit.tree;
	*time = commit.committer.time;
	fmr_arena_release(&arena);
	return result;
}

/* Why the merge is not clean, or NULL. */
static const char *shape_fault(const struct fold *fold, const struct side *side, const struct fold_signer *signer)
{
	if (!fold->policy->settings.merges_clean)
		return _("the history of this repository is linear");
	if (fold->here.parsed.parent_count != 2)
		return _("it has more than two parents");
	if (side->missing)
		return _("commits of its side branch cannot be read");
	if (side->rooted || side->base == SIZE_MAX)
		return _("its side branch did not leave the line in one place");
	if (side->merged)
		return _("its side branch has merges itself");
	if (fold->policy_since > side->base + 1)
		return _("its side branch began under another trust policy; rebase it");
	if (fold->here.touches & (FOLD_TOUCHES_TRUST | FOLD_TOUCHES_CONFIG))
		return _("it changes trust or config");
	if (signer->code != FOLD_FINE)
		return signer->sentence;
	if (!fmr_trust_policy_role(fold->policy, signer->person, fold->policy->settings.author_roles,
		fold->here.parsed.committer.time))
		return _("who signed it holds no role that may edit records");
	return NULL;
}

static int judge_merge(struct fold *fold, const struct side *side, const struct fold_signer *signer, bool *clean,
	struct fmr_err *err)
{
	const char *why = shape_fault(fold, side, signer);
	*clean = !why;
	if (why) {
		fmr_fold_report(fold, FMR_CODE_HISTORY_MERGE, NULL, _("the merge is not allowed: %s"), why);
		return 0;
	}
	struct fmr_oid base, tip;
	bool base_readable, tip_readable;
	int64_t time;
	struct fmr_err fault = { 0 };
	int result = tree_of(fold, &side->base_id, &base, &time, &base_readable, err);
	if (result == 0)
		result = tree_of(fold, &fold->here.parsed.parents[1], &tip, &time, &tip_readable, err);
	if (result != 0)
		return result;
	*clean = base_readable && tip_readable;
	if (*clean)
		result = compare_sides(fold, &base, &tip, clean, &fault);
	if (result != 0) {
		*clean = false;
		result = fmr_fold_report_object(fold, result, fold->here.hex, &fault);
		if (result != 0 && err)
			*err = fault;
	} else if (!*clean) {
		fmr_fold_report(fold, FMR_CODE_HISTORY_DROPPED, NULL,
			_("the merge drops changes of one of its sides, or makes its own"));
	}
	return result;
}

/* ---- the side commits ---- */

/* What a side commit changed against its first parent, and who it was. */
static int read_side(struct fold *fold, const struct fmr_oid *id, struct fmr_oid *parent_tree, struct fmr_err *err)
{
	struct fold_commit *here = &fold->here;
	const char *fault = NULL;
	struct fmr_err why = { 0 };
	here->id = *id;
	fmr_oid_text(id, here->hex);
	int result = fmr_store_object(fold->store, id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &here->raw, &why);
	here->readable = result == 0 &&
		fmr_trust_commit_parse(here->raw.bytes, here->raw.length, &here->arena, &here->parsed, &fault);
	if (result != 0)
		return fmr_fold_report_object(fold, result, here->hex, &why);
	if (!here->readable && !fold->policy)
		return 0;
	if (!here->readable) {
		fmr_fold_report(fold, FMR_CODE_HISTORY_MALFORMED, NULL, _("the commit is not well formed: %s"),
			fault ? fault : "-");
		return 0;
	}
	bool known = !here->parsed.parent_count;
	int64_t before = 0, time = here->parsed.committer.time;
	if (here->parsed.parent_count)
		result = tree_of(fold, &here->parsed.parents[0], parent_tree, &before, &known, err);
	here->readable = known;
	here->backdated = known && (time < before - FOLD_TIME_SLACK || time > here->entered + FOLD_TIME_SLACK);
	if (here->backdated && fold->policy)
		fmr_fold_report(fold, FMR_CODE_HISTORY_TIME, NULL,
			_("the commit of a side branch claims to be older than the one before it, or newer than its merge"));
	return result;
}

/* What a side commit changed in the file of a record. */
static int compare_file(struct fold *fold, const struct fold_record *record, const struct fold_change *change,
	struct fold_delta *delta, struct fmr_err *err)
{
	struct fold_record side = { .id = record->id, .path = record->path, .live = true };
	struct fold_content before, after = { 0 };
	*delta = (struct fold_delta){ .all = true };
	if (!change->mode_before || !change->mode_after)
		return 0;
	side.blob = change->before;
	side.mode = change->mode_before;
	int result = fmr_fold_content_load(fold, &side, &before, err);
	if (result == 0) {
		side.blob = change->after;
		side.mode = change->mode_after;
		result = fmr_fold_content_load(fold, &side, &after, err);
		if (result == 0)
			fmr_fold_delta(fold, &before.said, &after.said, delta);
		fmr_fold_content_release(&after);
	}
	fmr_fold_content_release(&before);
	return result;
}

/* Who changed records on the side is their author, whatever the merge says. */
static int note_authors(struct fold *fold, const struct fold_signer *signer, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; i < fold->here.changes.count && result == 0; i++) {
		const struct fold_change *change = &fold->here.changes.items[i];
		bool file = change->place.place == TRUST_PLACE_RECORD, beside = change->place.place == TRUST_PLACE_ATTACHMENT;
		char *id = file || beside ? fmr_arena_strndup(&fold->here.arena, change->place.id, change->place.id_length) : NULL;
		struct fold_record *record = id ? fmr_fold_record(fold, id) : NULL;
		struct fold_delta delta = { .attachments = beside };
		if (record && file)
			result = compare_file(fold, record, change, &delta, err);
		if (record && result == 0)
			fmr_fold_authors_add(fold, record, &delta, signer);
		fmr_fold_delta_release(&delta);
	}
	return result;
}

static int judge_side(struct fold *fold, const struct fmr_oid *id, const struct fmr_oid *merged_tree,
	fold_changes_reader *read_changes, struct fmr_err *err)
{
	struct fmr_oid parent_tree;
	struct trust_action action = { 0 };
	struct fold_signer signer = { 0 };
	int result = read_side(fold, id, &parent_tree, err);
	if (result != 0 || !fold->here.readable)
		return result;
	const struct fmr_oid *before = fold->here.parsed.parent_count ? &parent_tree : NULL;
	result = read_changes(fold, before, &fold->here.parsed.tree, err);
	if (result == 0 && !fold->policy)
		result = note_authors(fold, NULL, err);
	if (result != 0 || !fold->policy)
		return result;
	result = fmr_fold_signer(fold, fold->policy, &signer, err);
	if (result != 0)
		return result;
	fold->here.side = true;
	fold->here.tree = *merged_tree;
	result = note_authors(fold, &signer, err);
	if (result != 0)
		return result;
	if (fold->policy->settings.edits_signed && fold->here.changes.count &&
		(signer.code != FOLD_FINE || !fmr_trust_policy_role(fold->policy, signer.person,
						     fold->policy->settings.author_roles, fold->here.parsed.committer.time)))
		fmr_fold_report(fold, FMR_CODE_HISTORY_EDIT, NULL, _("edits must be signed here, also on side branches"));
	const char *fault = NULL;
	enum trust_block block = fmr_trust_action_parse(fold->here.parsed.message.bytes, fold->here.parsed.message.length,
		&fold->here.arena, &action, &fault);
	if (block == TRUST_BLOCK_FAULTY)
		fmr_fold_report(fold, FMR_CODE_ACTION_BLOCK, NULL, _("the message has lines of fmrec that are no action: %s"),
			fault ? fault : "-");
	if (block != TRUST_BLOCK)
		return 0;
	if (before && fmr_oid_equal(before, &fold->here.parsed.tree))
		return fmr_fold_act(fold, &action, err);
	fmr_fold_report(fold, FMR_CODE_ACTION_TREE, NULL, _("the action changes files and does not count"));
	return 0;
}

static int judge_sides(struct fold *fold, const struct side *side, fold_changes_reader *read_changes,
	struct fmr_err *err)
{
	struct fold_commit merge = fold->here;
	int result = 0;
	for (size_t i = side->ids.count; i > 0 && result == 0; i--) {
		fold->here = (struct fold_commit){ .sequence = merge.sequence, .entered = merge.entered };
		fmr_arena_init(&fold->here.arena);
		fmr_str_init(&fold->here.raw);
		result = judge_side(fold, &side->ids.items[i - 1], &merge.tree, read_changes, err);
		fmr_str_release(&fold->here.raw);
		FMR_VEC_RELEASE(&fold->here.changes);
		fmr_arena_release(&fold->here.arena);
	}
	fold->here = merge;
	return result;
}

int fmr_fold_merge(struct fold *fold, fold_changes_reader *read_changes, struct fmr_err *err)
{
	struct side side = { 0 };
	struct fold_signer signer = { 0 };
	bool clean = false;
	int result = gather(fold, &side, err);
	if (result == 0)
		result = fmr_fold_signer(fold, fold->policy, &signer, err);
	if (result == 0)
		result = judge_merge(fold, &side, &signer, &clean, err);
	if (result == 0)
		result = fmr_fold_edits(fold, &signer, err);
	if (result == 0)
		result = judge_sides(fold, &side, read_changes, err);
	FMR_VEC_RELEASE(&side.ids);
	return result;
}

int fmr_fold_merge_before_trust(struct fold *fold, fold_changes_reader *read_changes, struct fmr_err *err)
{
	struct side side = { 0 };
	int result = gather(fold, &side, err);
	if (result == 0)
		result = fmr_fold_edits(fold, NULL, err);
	if (result == 0)
		result = judge_sides(fold, &side, read_changes, err);
	FMR_VEC_RELEASE(&side.ids);
	return result;
}
