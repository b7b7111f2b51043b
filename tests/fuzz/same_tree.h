/* Does the quick reader of YAML say what libyaml's way says?  For the unit test and the fuzz target. */
#ifndef FMR_TESTS_SAME_TREE_H
#define FMR_TESTS_SAME_TREE_H

#include "yaml/quick.h"

#include <string.h>

static inline bool same_span(struct fmr_span a, struct fmr_span b)
{
	return a.start == b.start && a.end == b.end;
}

static inline bool same_text(struct fmr_text a, struct fmr_text b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0 && !a.bytes[a.length] && !b.bytes[b.length];
}

/* The first value that differs in anything at all; NULL when none does. */
static inline const struct fmr_value *tree_difference(const struct fmr_value *a, const struct fmr_value *b)
{
	if (a->kind != b->kind || a->style != b->style || !same_span(a->span, b->span))
		return a;
	const struct fmr_value *different = NULL;
	switch (a->kind) {
	case FMR_NULL:
		return NULL;
	case FMR_BOOL:
		return a->boolean == b->boolean ? NULL : a;
	case FMR_NUMBER:
	case FMR_STRING:
		return same_text(a->text, b->text) ? NULL : a;
	case FMR_LIST:
		if (a->list.count != b->list.count)
			return a;
		for (size_t i = 0; i < a->list.count && !different; i++)
			different = tree_difference(a->list.items[i], b->list.items[i]);
		return different;
	case FMR_MAP:
		if (a->map.count != b->map.count)
			return a;
		for (size_t i = 0; i < a->map.count && !different; i++) {
			const struct fmr_member *m = &a->map.members[i], *n = &b->map.members[i];
			if (!same_text(m->key, n->key) || m->key_hash != n->key_hash || !same_span(m->key_span, n->key_span))
				return a;
			different = tree_difference(m->value, n->value);
		}
		return different;
	}
	return a;
}

enum verdict {
	LEFT,    /* the quick reader gave up */
	SAME,
	REFUSED, /* it read what libyaml's way refuses */
	DIFFERS, /* it read something else: *at says where */
};

static inline enum verdict compare_readers(const struct fmr_source *source, enum fmr_yaml_rules rules, size_t *at)
{
	struct fmr_arena arena;
	struct fmr_screen screen;
	struct fmr_findings *findings = fmr_findings_new(0);
	enum verdict verdict = LEFT;
	*at = 0;
	fmr_arena_init(&arena);
	struct fmr_value *quick = NULL;
	if (fmr_yaml_screen(source, FMR_YAML_SIZE, &screen, findings) &&
		(rules == FMR_YAML_FOREIGN || !fmr_yaml_conflict(source, findings)))
		quick = fmr_yaml_quick(source, &screen, rules, &arena);
	if (quick) {
		struct fmr_documents slow;
		fmr_yaml_read_slow(source, rules, &arena, &slow, findings);
		const bool read = slow.count == 1 && fmr_findings_count(findings) == 0;
		const struct fmr_value *different = read ? tree_difference(quick, slow.roots[0]) : NULL;
		verdict = !read ? REFUSED : different ? DIFFERS : SAME;
		if (different)
			*at = different->span.start;
	}
	fmr_str_release(&screen.masked);
	fmr_findings_free(findings);
	fmr_arena_release(&arena);
	return verdict;
}

#endif
