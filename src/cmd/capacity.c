#include "cmd/capacity.h"

#include "base/vec.h"

#include <string.h>

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add(const struct fmr_capacity_wish *wish, const struct fmr_capacity *capacity, struct fmr_capacities *out)
{
	if ((wish->role && strcmp(wish->role, capacity->role) != 0) || (wish->behalf && !is_same(wish->behalf, capacity->behalf)))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].slot == capacity->slot && is_same(out->items[i].role, capacity->role) &&
			is_same(out->items[i].behalf, capacity->behalf))
			return;
	FMR_VEC_PUSH(out, *capacity);
}

void fmr_capacity_add(const struct fmr_signing *signing, const struct fmr_next_slot *slot, const char *type,
	const struct fmr_capacity_wish *wish, bool as_deputy, struct fmr_capacities *out)
{
	const char *me = signing->me->id;
	for (size_t i = 0; slot->by[i]; i++) {
		const char *role = slot->by[i];
		if (!as_deputy && fmr_trust_policy_holds(signing->policy, me, role, signing->now))
			add(wish, &(struct fmr_capacity){ slot, role, NULL }, out);
		for (size_t p = 0; as_deputy && p < signing->policy->person_count; p++) {
			const char *principal = signing->policy->persons[p].id;
			if (fmr_audit_deputy(signing->audit, me, principal, role, type, signing->now))
				add(wish, &(struct fmr_capacity){ slot, role, principal }, out);
		}
	}
}

int fmr_capacity_choose(const struct fmr_capacities *capacities, const char *what, struct fmr_capacity *out,
	struct fmr_err *err)
{
	*out = capacities->items[0];
	if (capacities->count == 1)
		return 0;
	struct fmr_str choices;
	fmr_str_init(&choices);
	for (size_t i = 0; i < capacities->count; i++) {
		const struct fmr_capacity *one = &capacities->items[i];
		fmr_str_printf(&choices, "%s--role %s", i ? ", " : "", one->role);
		if (one->behalf)
			fmr_str_printf(&choices, " --on-behalf-of %s", one->behalf);
	}
	fmr_err_set(err, FMR_ERR_AMBIGUOUS, _("you could sign '%s' in more than one role"), what);
	fmr_err_hint(err, _("one of: %s"), choices.bytes);
	fmr_str_release(&choices);
	return FMR_ERR_AMBIGUOUS;
}
