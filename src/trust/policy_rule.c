/* What a transition asks for under a policy. */
#include "trust/policy.h"

static const char *const nobody[] = { NULL };

static void override_slot(struct fmr_slot_rule *slot, const struct trust_slot *by)
{
	if (by->by)
		slot->by = by->by;
	if (by->votes)
		slot->votes = by->votes;
}

void fmr_trust_policy_rule(const struct trust_policy *policy, const char *type, const struct fmr_transition_rule *rule,
	struct fmr_arena *arena, struct fmr_transition_rule *out)
{
	const struct trust_override *override = fmr_trust_policy_override(policy, type, rule->name);
	*out = *rule;
	if (!override)
		return;
	if (override->not_by)
		out->not_by = override->not_by;
	out->reason |= override->reason;
	if (!override->slot_count)
		return;
	const bool fits = override->slot_count == rule->slot_count;
	struct fmr_slot_rule *slots = fmr_arena_zero(arena, rule->slot_count, sizeof(*slots));
	for (size_t i = 0; i < rule->slot_count; i++) {
		slots[i] = rule->slots[i];
		if (fits)
			override_slot(&slots[i], &override->slots[i]);
		else
			slots[i].by = nobody;
	}
	out->slots = slots;
}
