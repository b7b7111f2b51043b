#include "cmd/in_force.h"

#include "base/arena.h"
#include "fmrec/audit.h"
#include "trust/policy.h"

void fmr_in_force_open(struct fmr_cli *cli, struct fmr_in_force *in_force)
{
	*in_force = (struct fmr_in_force){ .policy = NULL };
	fmr_arena_init(&in_force->arena);
	struct fmr_audit *audit = NULL;
	struct fmr_err fault = { 0 };
	if (cli->states && fmr_states_audit(cli->states, &audit, &fault))
		fmr_cli_warn(cli, "%s", fault.text);
	if (audit)
		in_force->policy = fmr_audit_policy(audit);
}

void fmr_in_force_close(struct fmr_in_force *in_force)
{
	fmr_arena_release(&in_force->arena);
}

const struct fmr_transition_rule *fmr_in_force_rules(struct fmr_in_force *in_force, const struct fmr_type *type)
{
	if (!in_force->policy)
		return type->transitions;
	struct fmr_transition_rule *rules = fmr_arena_zero(&in_force->arena, type->transition_count + 1, sizeof(*rules));
	for (size_t i = 0; i < type->transition_count; i++)
		fmr_trust_policy_rule(in_force->policy, type->name, &type->transitions[i], &in_force->arena, &rules[i]);
	return rules;
}
