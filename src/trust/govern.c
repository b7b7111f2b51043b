/*
 * What is in force: the trust policy and the config (approvals, sections 2 and 3).  A change governs later commits only,
 * and is itself judged by what was in force at its first parent.  A text that is not in force may stand in the tree for as
 * long as it likes: the last good one keeps governing.
 */
#include "trust/fold.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* The policy in the tree of the commit being judged; NULL and a sentence when there is none that can be read. */
static int read_policy(struct fold *fold, struct trust_policy **out, struct fmr_str *fault, struct fmr_err *err)
{
	struct trust_tree_entry entry;
	struct fmr_err why = { 0 };
	*out = NULL;
	int result = fmr_trust_tree_find(fold->trees, &fold->here.tree, FMR_TRUST_POLICY_PATH, &entry, &why);
	if (result == 0 && !entry.mode) {
		fmr_str_puts(fault, _("the file is gone"));
		return 0;
	}
	if (result == 0 && entry.mode != TRUST_MODE_FILE) {
		fmr_str_puts(fault, _("it is no ordinary file"));
		return 0;
	}
	struct fmr_str text;
	fmr_str_init(&text);
	struct fmr_findings *findings = fmr_findings_new(1);
	if (result == 0)
		result = fmr_store_object(fold->store, &entry.id, FMR_OBJECT_BLOB, FMR_TRUST_POLICY_SIZE, &text, &why);
	if (result != 0) {
		fmr_str_puts(fault, why.text);
		result = fmr_fold_report_object(fold, result, FMR_TRUST_POLICY_PATH, &why);
		if (result != 0 && err)
			*err = why;
	} else {
		result = fmr_trust_policy_parse(text.bytes, text.length, out, findings, err);
		if (result == 0 && !*out)
			fmr_str_puts(fault, fmr_findings_count(findings) ? fmr_findings_at(findings, 0)->message : "-");
	}
	fmr_findings_free(findings);
	fmr_str_release(&text);
	return result;
}

void fmr_fold_deed(struct fold *fold, const struct fold_signer *signer)
{
	struct fold_deed *deed = FMR_VEC_ADD(&fold->deeds);
	*deed = (struct fold_deed){ .key_text = signer->key_text, .sequence = fold->here.sequence };
	memcpy(deed->commit, fold->here.hex, sizeof(deed->commit));
}

/* ---- a key is said to be compromised since a commit ---- */

static void dispute_votes(struct fold *fold, const char *key, size_t since)
{
	for (size_t i = 0; i < fold->records.count; i++) {
		struct fold_record *record = &fold->records.items[i];
		for (size_t k = 0; record->flow && k < record->flow->votes.count; k++) {
			struct fold_vote *vote = record->flow->votes.items[k];
			bool matters = vote->said.status == FMR_VOTE_COUNTS || vote->said.status == FMR_VOTE_OPEN ||
				vote->said.status == FMR_VOTE_STALE;
			if (!matters || vote->sequence < since || !vote->key_text || strcmp(vote->key_text, key) != 0)
				continue;
			fmr_fold_dispute(record, vote);
			fmr_fold_report_at(fold, FMR_CODE_VOTE_DISPUTED, vote->said.commit, fold->here.sequence,
				vote->said.time, record->id, _("'%s' of '%s' by '%s' is disputed: its key was compromised by then"),
				vote->said.action, record->id, vote->said.signer);
		}
	}
}

static void dispute_assents(const struct fold *fold, struct fold_acknowledgement *acknowledgement, const char *key,
	size_t since)
{
	size_t kept = 0;
	for (size_t i = 0; i < acknowledgement->assents.count; i++) {
		const struct fold_assent assent = acknowledgement->assents.items[i];
		if (assent.sequence < since || strcmp(assent.key_text, key) != 0)
			acknowledgement->assents.items[kept++] = assent;
	}
	if (kept < acknowledgement->assents.count)
		acknowledgement->done = acknowledgement->done && kept >= fold->policy->settings.admins;
	acknowledgement->assents.count = kept;
}

static void dispute_deeds(struct fold *fold, const char *key, size_t since)
{
	for (size_t i = 0; i < fold->deeds.count; i++) {
		struct fold_deed *deed = &fold->deeds.items[i];
		if (deed->disputed || deed->sequence < since || strcmp(deed->key_text, key) != 0)
			continue;
		deed->disputed = true;
		fmr_fold_report_at(fold, FMR_CODE_POLICY_DISPUTED, deed->commit, fold->here.sequence, 0, NULL,
			_("a change of trust or config, or an acknowledgement, was signed by a key that was "
			  "compromised by then"));
	}
	for (size_t i = 0; i < fold->acknowledgements.count; i++)
		dispute_assents(fold, &fold->acknowledgements.items[i], key, since);
	for (size_t i = 0; i < fold->delegations.count; i++) {
		struct fold_delegation *lent = &fold->delegations.items[i];
		if (lent->sequence >= since && strcmp(lent->key_text, key) == 0)
			lent->disputed = true;
	}
}

/* Keys that the new policy says are compromised.  A commit that is not on this line may be anywhere: everything that the
 * key ever signed is disputed. */
static void dispute(struct fold *fold, const struct trust_policy *policy)
{
	for (size_t i = 0; i < policy->key_count; i++) {
		const struct trust_policy_key *key = &policy->keys[i];
		struct fmr_oid since;
		size_t place = 0;
		if (key->state != TRUST_KEY_COMPROMISED)
			continue;
		bool known = key->compromised_since && fmr_oid_parse(key->compromised_since, &since) &&
			fmr_trust_line_find(&fold->line, &since, &place);
		dispute_votes(fold, key->key, known ? place + 1 : 0);
		dispute_deeds(fold, key->key, known ? place + 1 : 0);
	}
}

/* ---- policies ---- */

static void bring_into_force(struct fold *fold, struct trust_policy *policy)
{
	if (fold->policy)
		dispute(fold, policy);
	fmr_trust_policy_free(fold->policy);
	fold->policy = policy;
	fmr_fold_authors_learn(fold, policy);
	fold->policy_since = fold->here.sequence;
}

static void drop_candidate(struct fold *fold)
{
	fmr_trust_policy_free(fold->candidate.policy);
	FMR_VEC_RELEASE(&fold->candidate.signers);
	fold->candidate = (struct fold_candidate){ 0 };
}

static void adopt_if_enough(struct fold *fold)
{
	if (fold->candidate.signers.count < fold->policy->settings.admins)
		return;
	struct trust_policy *policy = fold->candidate.policy;
	fold->candidate.policy = NULL;
	drop_candidate(fold);
	bring_into_force(fold, policy);
}

void fmr_fold_endorse(struct fold *fold, const struct fold_signer *signer)
{
	fmr_fold_persons_add(&fold->candidate.signers, signer->person);
	fmr_fold_deed(fold, signer);
	adopt_if_enough(fold);
}

static bool is_admin(struct fold *fold, const struct trust_policy *policy, const struct fold_signer *signer)
{
	return signer->code == FOLD_FINE &&
		fmr_trust_policy_holds(policy, signer->person, FMR_TRUST_ADMIN, fold->here.parsed.committer.time);
}

/* Why a policy cannot be the first, or NULL. */
static const char *genesis_fault(struct fold *fold, const struct trust_policy *policy, const struct fold_signer *signer,
	struct fmr_str *fault)
{
	if (fold->here.touches != FOLD_TOUCHES_TRUST)
		return _("the commit changes other files as well");
	if (!fold->here.readable || fold->here.parsed.parent_count > 1)
		return _("the commit is a merge, or malformed");
	if (!fmr_trust_policy_begins(policy, fault))
		return fault->bytes;
	if (signer->code != FOLD_FINE)
		return signer->sentence;
	return is_admin(fold, policy, signer) ? NULL : _("who signed it is no admin in it");
}

int fmr_fold_genesis(struct fold *fold, struct fmr_err *err)
{
	struct trust_policy *policy;
	struct fold_signer signer = { 0 };
	struct fmr_str fault;
	const char *why = NULL;
	fmr_str_init(&fault);
	int result = read_policy(fold, &policy, &fault, err);
	if (result == 0 && policy)
		result = fmr_fold_signer(fold, policy, &signer, err);
	if (result == 0) {
		why = policy ? genesis_fault(fold, policy, &signer, &fault) : fault.bytes;
		if (why)
			fmr_fold_report(fold, FMR_CODE_POLICY_GENESIS, NULL, _("no trust begins here: %s"), why);
	}
	if (result == 0 && !why) {
		bring_into_force(fold, policy);
		fmr_fold_deed(fold, &signer);
		fmr_fold_config(fold, &fold->here.tree, fold->here.sequence);
		memcpy(fold->summary.genesis, fold->here.hex, sizeof(fold->summary.genesis));
		fold->summary.genesis_time = fold->here.parsed.committer.time;
		fmr_fold_edits_standing(fold);
	} else {
		fmr_trust_policy_free(policy);
	}
	fmr_str_release(&fault);
	return result;
}

static void judge_successor(struct fold *fold, struct trust_policy *policy, const struct fold_signer *signer)
{
	struct fmr_str fault;
	fmr_str_init(&fault);
	if (!fmr_trust_policy_follows(fold->policy, policy, &fault)) {
		fmr_fold_report(fold, FMR_CODE_POLICY_CHAIN, NULL, _("the trust policy does not follow the one in force: %s"),
			fault.bytes);
		fmr_trust_policy_free(policy);
	} else {
		fold->candidate = (struct fold_candidate){ .policy = policy, .commit = fold->here.id,
			.sequence = fold->here.sequence, .time = fold->here.parsed.committer.time };
		fmr_fold_persons_add(&fold->candidate.signers, signer->person);
		fmr_fold_deed(fold, signer);
		adopt_if_enough(fold);
	}
	fmr_str_release(&fault);
}

int fmr_fold_trust(struct fold *fold, struct fmr_err *err)
{
	struct trust_policy *policy;
	struct fold_signer signer;
	struct fmr_str fault;
	fmr_str_init(&fault);
	drop_candidate(fold); /* the text that waited no longer stands in the tree, or is judged anew */
	int result = read_policy(fold, &policy, &fault, err);
	if (result == 0)
		result = fmr_fold_signer(fold, fold->policy, &signer, err);
	if (result != 0) {
		fmr_trust_policy_free(policy);
	} else if (!policy) {
		fmr_fold_report(fold, FMR_CODE_POLICY_BAD, NULL, _("the trust policy cannot be used, version %u stays in force: %s"),
			fold->policy->version, fault.bytes);
	} else if (signer.code != FOLD_FINE) {
		fmr_fold_report(fold, signer.code, NULL, _("the change of trust does not count: %s"), signer.sentence);
		fmr_trust_policy_free(policy);
	} else if (!is_admin(fold, fold->policy, &signer)) {
		fmr_fold_report(fold, FMR_CODE_POLICY_SIGNER, NULL,
			_("the change of trust does not count: '%s' is no admin of the policy in force"), signer.person);
		fmr_trust_policy_free(policy);
	} else if (strcmp(policy->digest, fold->policy->digest) == 0) {
		fmr_trust_policy_free(policy); /* an admin put back what is in force */
	} else {
		judge_successor(fold, policy, &signer);
	}
	fmr_str_release(&fault);
	return result;
}

/* ---- config ---- */

int fmr_fold_config_changed(struct fold *fold, struct fmr_err *err)
{
	struct fold_signer signer;
	int result = fmr_fold_signer(fold, fold->policy, &signer, err);
	if (result != 0)
		return result;
	const char *why = signer.code != FOLD_FINE ? signer.sentence
		: fmr_trust_policy_role(fold->policy, signer.person, fold->policy->settings.config_roles,
			  fold->here.parsed.committer.time)
		? NULL
		: _("who signed it holds none of the roles that may change it");
	if (why) {
		fmr_fold_report(fold, FMR_CODE_HISTORY_CONFIG, NULL, _("the change of the config is not in force: %s"), why);
		return 0;
	}
	fmr_fold_deed(fold, &signer);
	fmr_fold_config(fold, &fold->here.tree, fold->here.sequence);
	return 0;
}
