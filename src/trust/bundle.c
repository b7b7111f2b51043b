#include "trust/bundle.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "fmrec/yaml.h"
#include "trust/action.h"
#include "trust/commit.h"
#include "trust/manifest.h"
#include "trust/policy.h"
#include "trust/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_LIMIT = 64 << 20, FILE_LIMIT = 256 << 20 };

struct lending { /* a delegation that its principal signed */
	char commit[FMR_COMMIT_TEXT];
	char *deputy, *principal;
	unsigned version;  /* of the policy that judges it */
};

struct trust_bundle {
	struct fmr_store *store;
	struct fmr_audit *audit;
	struct fmr_archive *archive;
	struct trust_trees *trees;
	FMR_VEC(struct lending) lendings;
	struct fmr_str signatures, refused, trust; /* the lists */
};

struct trust_bundle *fmr_bundle_new(struct fmr_store *store, struct fmr_audit *audit, struct fmr_archive *archive)
{
	struct trust_bundle *bundle = fmr_alloc_zero(1, sizeof(*bundle));
	bundle->store = store;
	bundle->audit = audit;
	bundle->archive = archive;
	bundle->trees = fmr_trust_trees_new(store);
	fmr_str_init(&bundle->signatures);
	fmr_str_init(&bundle->refused);
	fmr_str_init(&bundle->trust);
	return bundle;
}

void fmr_bundle_free(struct trust_bundle *bundle)
{
	if (!bundle)
		return;
	fmr_trust_trees_free(bundle->trees);
	for (size_t i = 0; i < bundle->lendings.count; i++) {
		free(bundle->lendings.items[i].deputy);
		free(bundle->lendings.items[i].principal);
	}
	FMR_VEC_RELEASE(&bundle->lendings);
	fmr_str_release(&bundle->signatures);
	fmr_str_release(&bundle->refused);
	fmr_str_release(&bundle->trust);
	free(bundle);
}

/* directory/name.ending */
static int add(struct trust_bundle *bundle, const char *directory, const char *name, const char *ending,
	struct fmr_text bytes, struct fmr_err *err)
{
	char *path = fmr_format("%s/%s%s", directory, name, ending);
	int result = fmr_archive_add(bundle->archive, path, bytes.bytes, bytes.length, err);
	free(path);
	return result;
}

static struct fmr_text text_of(const struct fmr_str *str)
{
	return (struct fmr_text){ str->bytes, str->length };
}

/* ---- objects ---- */

/* The object, also into *out when that is not NULL. */
static int add_object(struct trust_bundle *bundle, const struct fmr_oid *id, enum fmr_object_kind kind,
	struct fmr_str *out, struct fmr_err *err)
{
	static const char *const endings[] = { [FMR_OBJECT_COMMIT] = ".commit", [FMR_OBJECT_TREE] = ".tree",
		[FMR_OBJECT_BLOB] = ".blob" };
	char hex[FMR_COMMIT_TEXT];
	struct fmr_str bytes;
	fmr_oid_text(id, hex);
	fmr_str_init(&bytes);
	int result = fmr_store_object(bundle->store, id, kind, FILE_LIMIT, &bytes, err);
	if (!result)
		result = add(bundle, "objects", hex, endings[kind], text_of(&bytes), err);
	if (!result && out)
		fmr_str_add(out, bytes.bytes, bytes.length);
	fmr_str_release(&bytes);
	return result;
}

/* An ordinary one, executable or not. */
static bool is_file(unsigned mode)
{
	return (mode & 0170000) == 0100000;
}

/* The trees from the root to a path, and what lies there; nothing when the commit has no such path. */
static int add_way(struct trust_bundle *bundle, const struct fmr_oid *root, const char *path, struct fmr_err *err)
{
	char *part = fmr_strdup(path);
	int result = add_object(bundle, root, FMR_OBJECT_TREE, NULL, err);
	for (char *slash = part; !result && slash;) {
		struct trust_tree_entry entry;
		slash = strchr(slash + (slash != part), '/');
		if (slash)
			*slash = '\0';
		result = fmr_trust_tree_find(bundle->trees, root, part, &entry, err);
		if (!result && !entry.mode)
			break;
		if (!result && (entry.mode == TRUST_MODE_DIRECTORY || is_file(entry.mode)))
			result = add_object(bundle, &entry.id,
				entry.mode == TRUST_MODE_DIRECTORY ? FMR_OBJECT_TREE : FMR_OBJECT_BLOB, NULL, err);
		if (slash)
			*slash = '/';
	}
	free(part);
	return result;
}

struct added {
	struct fmr_oid tree;
	bool is_signed;
	struct fmr_str path; /* of the record that the commit is about; empty: it is about none */
};

static void note_path(struct added *added, const struct trust_commit *commit, struct fmr_arena *arena)
{
	struct trust_action action;
	const char *fault;
	if (fmr_trust_action_parse(commit->message.bytes, commit->message.length, arena, &action, &fault) == TRUST_BLOCK)
		fmr_str_add(&added->path, action.path.bytes, action.path.length);
}

/* A commit, and apart what its signature was made of.  added->path is the caller's to release in any case. */
static int add_commit(struct trust_bundle *bundle, const char *hex, struct added *added, struct fmr_err *err)
{
	struct fmr_arena arena;
	struct fmr_str bytes, payload;
	struct trust_commit commit;
	struct fmr_oid id;
	const char *fault;
	*added = (struct added){ 0 };
	fmr_str_init(&added->path);
	fmr_arena_init(&arena);
	fmr_str_init(&bytes);
	fmr_str_init(&payload);
	int result = fmr_oid_parse(hex, &id) ? add_object(bundle, &id, FMR_OBJECT_COMMIT, &bytes, err) :
		fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is no commit"), hex);
	if (!result && !fmr_trust_commit_parse(bytes.bytes, bytes.length, &arena, &commit, &fault))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("commit '%s' cannot be read: %s"), hex, fault);
	if (!result) {
		added->tree = commit.tree;
		note_path(added, &commit, &arena);
	}
	if (!result && commit.signature.length) {
		fmr_trust_commit_payload(bytes.bytes, bytes.length, &payload);
		result = add(bundle, "signatures", hex, ".payload", text_of(&payload), err);
		if (!result)
			result = add(bundle, "signatures", hex, ".sig", commit.signature, err);
		added->is_signed = !result;
	}
	fmr_str_release(&payload);
	fmr_str_release(&bytes);
	fmr_arena_release(&arena);
	return result;
}

/* ---- what a signature covers ---- */

struct content {
	struct trust_bundle *bundle;
	struct trust_content said;
	FMR_VEC(struct trust_attachment) attachments;
	struct fmr_arena arena;
	struct fmr_str text;
	const char *directory;  /* of the attachments */
	struct fmr_err *err;
};

static int add_attachment(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	struct content *content = context;
	struct fmr_str bytes;
	(void)before;
	struct trust_attachment attachment = { .mode = after->mode, .digest = FMR_DIGEST_PREFIX };
	attachment.path = fmr_arena_format(&content->arena, "%s/%s", content->directory, path);
	fmr_str_init(&bytes);
	int result = fmr_store_object(content->bundle->store, &after->id, FMR_OBJECT_BLOB, FILE_LIMIT, &bytes, content->err);
	if (!result)
		result = fmr_digest_bytes(bytes.bytes, bytes.length, attachment.digest + strlen(FMR_DIGEST_PREFIX));
	attachment.size = bytes.length;
	fmr_str_release(&bytes);
	FMR_VEC_PUSH(&content->attachments, attachment);
	return result;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct trust_attachment *)a)->path, ((const struct trust_attachment *)b)->path);
}

static int read_content(struct content *content, const struct fmr_oid *tree, struct fmr_err *err)
{
	struct trust_bundle *bundle = content->bundle;
	struct trust_tree_entry entry;
	int result = fmr_trust_tree_find(bundle->trees, tree, content->said.path, &entry, err);
	if (!result && !is_file(entry.mode))
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, _("'%s' is no file in this commit"), content->said.path);
	content->said.mode = entry.mode;
	if (!result)
		result = fmr_store_object(bundle->store, &entry.id, FMR_OBJECT_BLOB, RECORD_LIMIT, &content->text, err);
	if (result)
		return result;
	content->said.text = text_of(&content->text);
	content->said.root = fmr_yaml_read_quietly(content->text.bytes, content->text.length, &content->arena);
	result = fmr_trust_tree_find(bundle->trees, tree, content->directory, &entry, err);
	if (!result && entry.mode == TRUST_MODE_DIRECTORY)
		result = fmr_trust_tree_diff(bundle->trees, NULL, &entry.id, add_attachment, content, err);
	if (content->attachments.count)
		qsort(content->attachments.items, content->attachments.count, sizeof(*content->attachments.items), by_path);
	content->said.attachments = content->attachments.items;
	content->said.attachment_count = content->attachments.count;
	return result;
}

/* The manifest whose digest was signed; which of its two forms that is, the digest tells.  None is added when the digest is
 * of something else. */
static int add_manifest(struct content *content, const struct fmr_vote *vote, struct fmr_err *err)
{
	struct fmr_str manifest;
	char digest[FMR_RECORD_DIGEST];
	int result = 0;
	fmr_str_init(&manifest);
	for (int attachments = 1; !result && attachments >= 0; attachments--) {
		fmr_str_clear(&manifest);
		if (fmr_trust_manifest(&content->said, vote->covers, attachments, &manifest, NULL) != 0)
			continue;
		result = fmr_trust_manifest_digest(&manifest, digest, err);
		if (!result && vote->content && strcmp(digest, vote->content) == 0) {
			result = add(content->bundle, "manifests", vote->commit, ".txt", text_of(&manifest), err);
			break;
		}
	}
	fmr_str_release(&manifest);
	return result;
}

/* "records/incident/2026/ID.yaml" has its attachments in "records/incident/2026/ID". */
static char *attachments_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	return fmr_strndup(path, dot ? (size_t)(dot - path) : strlen(path));
}

/* The record where it lay when it was signed; it may have moved since. */
static int add_content(struct trust_bundle *bundle, const struct fmr_record_status *record, const struct fmr_vote *vote,
	const struct added *added, struct fmr_err *err)
{
	const char *path = added->path.bytes;
	char *directory = attachments_of(path);
	struct content content = { .bundle = bundle, .said = { .id = record->id, .path = path }, .directory = directory,
		.err = err };
	fmr_arena_init(&content.arena);
	fmr_str_init(&content.text);
	int result = read_content(&content, &added->tree, err);
	if (!result)
		result = add_manifest(&content, vote, err);
	if (!result)
		result = add_way(bundle, &added->tree, path, err);
	if (!result)
		result = add_way(bundle, &added->tree, directory, err);
	FMR_VEC_RELEASE(&content.attachments);
	fmr_str_release(&content.text);
	fmr_arena_release(&content.arena);
	free(directory);
	return result;
}

/* ---- signatures ---- */

static const char *const status_names[] = { [FMR_VOTE_COUNTS] = "counts", [FMR_VOTE_OPEN] = "open",
	[FMR_VOTE_STALE] = "stale", [FMR_VOTE_WITHDRAWN] = "withdrawn", [FMR_VOTE_DISPUTED] = "disputed",
	[FMR_VOTE_REFUSED] = "refused", [FMR_VOTE_PASSED] = "passed" };

/* One that never counted may be anything: it is kept as it is, and nothing is promised about it. */
static int add_refused(struct trust_bundle *bundle, const struct fmr_vote *vote, struct fmr_err *err)
{
	struct fmr_oid id;
	int result = fmr_oid_parse(vote->commit, &id) ? add_object(bundle, &id, FMR_OBJECT_COMMIT, NULL, err) : 0;
	if (!result)
		fmr_str_printf(&bundle->refused, "%s %s\n", vote->commit, fmr_code_name(vote->code));
	return result;
}

/* Who lent the role to a deputy; a delegation by the policy stands in the policy. */
static int add_lendings(struct trust_bundle *bundle, const struct fmr_vote *vote, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; !result && vote->on_behalf_of && i < bundle->lendings.count; i++) {
		const struct lending *lending = &bundle->lendings.items[i];
		struct added added;
		char *path = fmr_format("signatures/%s.sig", lending->commit);
		if (strcmp(lending->deputy, vote->signer) == 0 && strcmp(lending->principal, vote->on_behalf_of) == 0 &&
			!fmr_archive_has(bundle->archive, path)) {
			result = add_commit(bundle, lending->commit, &added, err);
			if (!result && added.is_signed)
				fmr_str_printf(&bundle->trust, "delegation %s %u\n", lending->commit, lending->version);
			fmr_str_release(&added.path);
		}
		free(path);
	}
	return result;
}

static int add_vote(struct trust_bundle *bundle, const struct fmr_record_status *record, const struct fmr_vote *vote,
	struct fmr_err *err)
{
	struct added added;
	int result = add_commit(bundle, vote->commit, &added, err);
	if (!result)
		result = add_content(bundle, record, vote, &added, err);
	if (!result)
		result = add_way(bundle, &added.tree, FMR_TRUST_POLICY_PATH, err);
	if (!result)
		result = add_lendings(bundle, vote, err);
	if (!result && added.is_signed)
		fmr_str_printf(&bundle->signatures, "%s %s %u %s %s %s %s %s\n", vote->commit, vote->signer,
			vote->policy_version, vote->content, added.path.bytes, record->id, vote->action, status_names[vote->status]);
	fmr_str_release(&added.path);
	return result;
}

int fmr_bundle_votes(struct trust_bundle *bundle, const struct fmr_record_status *record, struct fmr_err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < record->vote_count; i++) {
		const struct fmr_vote *vote = record->votes[i];
		if (vote->status == FMR_VOTE_REFUSED)
			result = add_refused(bundle, vote, err);
		else
			result = add_vote(bundle, record, vote, err);
	}
	return result;
}

/* ---- policies ---- */

struct introduction { /* of a policy text, by a commit */
	struct fmr_oid blob;
	char commit[FMR_COMMIT_TEXT];
};

struct endorsement {
	char commit[FMR_COMMIT_TEXT], target[FMR_COMMIT_TEXT];
};

struct chain {
	struct trust_bundle *bundle;
	FMR_VEC(struct introduction) introductions; /* the newest first */
	FMR_VEC(struct endorsement) endorsements;
};

/* The id behind a word at the beginning of a header line. */
static const char *take_id(const char *at, const char *word, struct fmr_oid *id)
{
	char hex[FMR_COMMIT_TEXT];
	const size_t length = strlen(word);
	if (strncmp(at, word, length) != 0 || strlen(at) < length + sizeof(hex))
		return NULL;
	memcpy(hex, at + length, sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	return fmr_oid_parse(hex, id) ? at + length + sizeof(hex) : NULL;
}

static void note_action(struct chain *chain, const char *hex, const struct trust_action *action)
{
	if (action->target.length == FMR_COMMIT_TEXT - 1) {
		struct endorsement *endorsement = FMR_VEC_ADD(&chain->endorsements);
		memcpy(endorsement->commit, hex, FMR_COMMIT_TEXT);
		memcpy(endorsement->target, action->target.bytes, FMR_COMMIT_TEXT - 1);
		endorsement->target[FMR_COMMIT_TEXT - 1] = '\0';
	}
	if (action->deputy.length) {
		struct lending *lending = FMR_VEC_ADD(&chain->bundle->lendings);
		memcpy(lending->commit, hex, FMR_COMMIT_TEXT);
		lending->deputy = fmr_strndup(action->deputy.bytes, action->deputy.length);
		lending->principal = fmr_strndup(action->signer.bytes, action->signer.length);
		lending->version = action->policy_version;
	}
}

/* What concerns trust and no record; most commits are told apart without being parsed. */
static void look_for_action(struct chain *chain, const char *hex, const struct fmr_str *bytes)
{
	struct fmr_arena arena;
	struct trust_commit commit;
	struct trust_action action;
	const char *fault;
	if (!strstr(bytes->bytes, "\nFmrec-Target: ") && !strstr(bytes->bytes, "\nFmrec-Deputy: "))
		return;
	fmr_arena_init(&arena);
	if (fmr_trust_commit_parse(bytes->bytes, bytes->length, &arena, &commit, &fault) &&
		fmr_trust_action_parse(commit.message.bytes, commit.message.length, &arena, &action, &fault) == TRUST_BLOCK)
		note_action(chain, hex, &action);
	fmr_arena_release(&arena);
}

static void introduce(struct chain *chain, const struct fmr_oid *blob, bool exists, const char *commit)
{
	if (!exists)
		return;
	struct introduction *introduction = FMR_VEC_ADD(&chain->introductions);
	introduction->blob = *blob;
	memcpy(introduction->commit, commit, FMR_COMMIT_TEXT);
}

/* Every commit on the line of first parents that brought another policy file. */
static int walk(struct chain *chain, struct fmr_err *err)
{
	struct fmr_str bytes;
	struct trust_tree_entry later = { 0 };
	char newer[FMR_COMMIT_TEXT] = "", hex[FMR_COMMIT_TEXT];
	struct fmr_oid id, tree;
	int result = 0;
	fmr_str_init(&bytes);
	bool more = fmr_oid_parse(fmr_audit_summary(chain->bundle->audit)->tip, &id);
	while (!result && more) {
		struct trust_tree_entry policy;
		fmr_oid_text(&id, hex);
		fmr_str_clear(&bytes);
		result = fmr_store_object(chain->bundle->store, &id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &bytes, err);
		const char *parents = result ? NULL : take_id(bytes.bytes, "tree ", &tree);
		if (!result && !parents)
			result = fmr_err_set(err, FMR_ERR_INVALID, _("commit '%s' cannot be read"), hex);
		if (!result)
			result = fmr_trust_tree_find(chain->bundle->trees, &tree, FMR_TRUST_POLICY_PATH, &policy, err);
		if (result)
			break;
		if (newer[0] && (!policy.mode || !fmr_oid_equal(&policy.id, &later.id)))
			introduce(chain, &later.id, later.mode == TRUST_MODE_FILE, newer);
		look_for_action(chain, hex, &bytes);
		later = policy;
		memcpy(newer, hex, sizeof(newer));
		more = take_id(parents, "parent ", &id) != NULL;
	}
	if (!result)
		introduce(chain, &later.id, later.mode == TRUST_MODE_FILE, newer);
	fmr_str_release(&bytes);
	return result;
}

static void put_signers(const struct trust_policy *policy, struct fmr_str *out)
{
	for (size_t i = 0; i < policy->key_count; i++)
		if (policy->keys[i].state == TRUST_KEY_ACTIVE)
			fmr_str_printf(out, "%s namespaces=\"git\" %s\n", policy->keys[i].owner, policy->keys[i].key);
}

static int add_trust_commit(struct chain *chain, const char *commit, unsigned version, struct fmr_err *err)
{
	struct trust_bundle *bundle = chain->bundle;
	struct added added;
	int result = add_commit(bundle, commit, &added, err);
	if (!result)
		result = add_way(bundle, &added.tree, FMR_TRUST_POLICY_PATH, err);
	if (!result && added.is_signed)
		fmr_str_printf(&bundle->trust, "%u %s %u\n", version, commit, version > 1 ? version - 1 : 1);
	fmr_str_release(&added.path);
	return result;
}

/* A policy in force: its text, its keys, the commits that brought it, and who endorsed those. */
static int add_policy(struct chain *chain, const struct fmr_str *text, const struct trust_policy *policy,
	struct fmr_err *err)
{
	struct fmr_str signers;
	char name[16];
	fmr_str_init(&signers);
	put_signers(policy, &signers);
	snprintf(name, sizeof(name), "%u", policy->version);
	int result = add(chain->bundle, "policies", name, ".yaml", text_of(text), err);
	if (!result)
		result = add(chain->bundle, "allowed_signers", name, "", text_of(&signers), err);
	fmr_str_release(&signers);
	return result;
}

static int add_introduction(struct chain *chain, const char *commit, unsigned version, struct fmr_err *err)
{
	int result = add_trust_commit(chain, commit, version, err);
	for (size_t i = 0; !result && i < chain->endorsements.count; i++)
		if (strcmp(chain->endorsements.items[i].target, commit) == 0)
			result = add_trust_commit(chain, chain->endorsements.items[i].commit, version, err);
	return result;
}

/* Those among the introductions that brought the policy of this digest; *previous: the digest of the one before it. */
static int add_link(struct chain *chain, char wanted[FMR_TRUST_DIGEST], bool *found, struct fmr_err *err)
{
	char previous[FMR_TRUST_DIGEST] = "";
	int result = 0;
	*found = false;
	for (size_t i = 0; !result && i < chain->introductions.count; i++) {
		const struct introduction *introduction = &chain->introductions.items[i];
		struct trust_policy *policy = NULL;
		struct fmr_findings *findings = fmr_findings_new(1);
		struct fmr_str text;
		fmr_str_init(&text);
		result = fmr_store_object(chain->bundle->store, &introduction->blob, FMR_OBJECT_BLOB, FMR_TRUST_POLICY_SIZE, &text,
			err);
		if (!result)
			result = fmr_trust_policy_parse(text.bytes, text.length, &policy, findings, err);
		if (!result && policy && strcmp(policy->digest, wanted) == 0) {
			*found = true;
			snprintf(previous, sizeof(previous), "%s", policy->previous ? policy->previous : "");
			result = add_policy(chain, &text, policy, err);
			if (!result)
				result = add_introduction(chain, introduction->commit, policy->version, err);
		}
		fmr_trust_policy_free(policy);
		fmr_findings_free(findings);
		fmr_str_release(&text);
	}
	memcpy(wanted, previous, sizeof(previous));
	return result;
}

int fmr_bundle_policies(struct trust_bundle *bundle, struct fmr_err *err)
{
	const struct fmr_audit_summary *summary = fmr_audit_summary(bundle->audit);
	struct chain chain = { .bundle = bundle };
	char wanted[FMR_TRUST_DIGEST] = "";
	bool found = true;
	if (!summary->trusted)
		return 0;
	snprintf(wanted, sizeof(wanted), "%s", summary->policy_digest);
	int result = walk(&chain, err);
	while (!result && found && wanted[0])
		result = add_link(&chain, wanted, &found, err);
	FMR_VEC_RELEASE(&chain.introductions);
	FMR_VEC_RELEASE(&chain.endorsements);
	return result;
}

/* ---- files of the tip ---- */

struct files {
	struct trust_bundle *bundle;
	const char *directory;
	struct fmr_err *err;
};

static int add_file(struct trust_bundle *bundle, const char *path, const struct fmr_oid *blob, struct fmr_err *err)
{
	struct fmr_str bytes;
	fmr_str_init(&bytes);
	int result = fmr_store_object(bundle->store, blob, FMR_OBJECT_BLOB, FILE_LIMIT, &bytes, err);
	if (!result)
		result = add(bundle, "files", path, "", text_of(&bytes), err);
	fmr_str_release(&bytes);
	return result;
}

static int find_at_tip(struct trust_bundle *bundle, const char *path, struct trust_tree_entry *entry, struct fmr_err *err)
{
	struct fmr_str bytes;
	struct fmr_oid id, tree;
	fmr_str_init(&bytes);
	int result = fmr_oid_parse(fmr_audit_summary(bundle->audit)->tip, &id) ? 0 : FMR_ERR_INVALID;
	if (!result)
		result = fmr_store_object(bundle->store, &id, FMR_OBJECT_COMMIT, TRUST_COMMIT_LIMIT, &bytes, err);
	if (!result && !take_id(bytes.bytes, "tree ", &tree))
		result = fmr_err_set(err, FMR_ERR_INVALID, "%s", _("the last commit cannot be read"));
	if (!result)
		result = fmr_trust_tree_find(bundle->trees, &tree, path, entry, err);
	fmr_str_release(&bytes);
	return result;
}

int fmr_bundle_file(struct trust_bundle *bundle, const char *path, struct fmr_err *err)
{
	struct trust_tree_entry entry;
	int result = find_at_tip(bundle, path, &entry, err);
	return result || !is_file(entry.mode) ? result : add_file(bundle, path, &entry.id, err);
}

static int visit_file(void *context, const char *path, const struct trust_tree_entry *before,
	const struct trust_tree_entry *after)
{
	const struct files *files = context;
	(void)before;
	if (!is_file(after->mode))
		return 0;
	char *whole = fmr_format("%s/%s", files->directory, path);
	int result = add_file(files->bundle, whole, &after->id, files->err);
	free(whole);
	return result;
}

int fmr_bundle_directory(struct trust_bundle *bundle, const char *path, struct fmr_err *err)
{
	struct files files = { .bundle = bundle, .directory = path, .err = err };
	struct trust_tree_entry entry;
	int result = find_at_tip(bundle, path, &entry, err);
	if (result || entry.mode != TRUST_MODE_DIRECTORY)
		return result;
	return fmr_trust_tree_diff(bundle->trees, NULL, &entry.id, visit_file, &files, err);
}

int fmr_bundle_lists(struct trust_bundle *bundle, struct fmr_err *err)
{
	int result = fmr_archive_add(bundle->archive, "signatures.txt", bundle->signatures.bytes, bundle->signatures.length,
		err);
	if (!result)
		result = fmr_archive_add(bundle->archive, "refused.txt", bundle->refused.bytes, bundle->refused.length, err);
	if (!result)
		result = fmr_archive_add(bundle->archive, "trust.txt", bundle->trust.bytes, bundle->trust.length, err);
	return result;
}
