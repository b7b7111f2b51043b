/*
 * Who wrote what of a record (approvals, section 5): authors accumulate since the last state that covered the content;
 * reverting and re-applying a change does not shed them.
 */
#include "trust/fold.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define PERSON "person:"
#define MAIL "mail:"

enum { MOST_IDENTITIES = FOLD_CO_AUTHORS + 3 };

struct identities {
	uint32_t items[MOST_IDENTITIES];
	size_t count;
};

static void add_identity(struct fold *fold, struct identities *identities, const char *kind, struct fmr_text who)
{
	who = fmr_text_trim(who.bytes, who.length);
	if (!who.length || identities->count >= MOST_IDENTITIES)
		return;
	struct fmr_str name;
	fmr_str_init(&name);
	fmr_str_puts(&name, kind);
	for (size_t i = 0; i < who.length; i++) {
		char byte = who.bytes[i];
		fmr_str_putc(&name, strcmp(kind, MAIL) == 0 && byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
	}
	identities->items[identities->count++] = fmr_fold_name_number(fold, name.bytes, name.length);
	fmr_str_release(&name);
}

/* Everybody: there were more than can be told apart. */
static void add_anybody(struct fold *fold, struct identities *identities)
{
	identities->items[0] = fmr_fold_name_number(fold, "", 0);
	identities->count = 1;
}

/* The address of a "Co-authored-by: NAME <ADDRESS>" line, wherever it stands in the message. */
static struct fmr_text co_author(const char *line, size_t length)
{
	static const char word[] = "co-authored-by:";
	size_t at = 0;
	while (at < length && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (length - at < sizeof(word) - 1)
		return (struct fmr_text){ 0 };
	for (size_t i = 0; i < sizeof(word) - 1; i++)
		if ((line[at + i] >= 'A' && line[at + i] <= 'Z' ? line[at + i] - 'A' + 'a' : line[at + i]) != word[i])
			return (struct fmr_text){ 0 };
	const char *open = memchr(line + at, '<', length - at), *end = line + length;
	const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	return close ? fmr_text_trim(open + 1, (size_t)(close - open - 1)) : (struct fmr_text){ 0 };
}

static bool add_co_authors(struct fold *fold, struct identities *identities, struct fmr_text message)
{
	size_t found = 0;
	for (size_t at = 0; at < message.length;) {
		const char *line = message.bytes + at;
		const char *end = memchr(line, '\n', message.length - at);
		size_t length = end ? (size_t)(end - line) : message.length - at;
		struct fmr_text who = co_author(line, length);
		if (who.length && ++found > FOLD_CO_AUTHORS)
			return false;
		add_identity(fold, identities, MAIL, who);
		at += length + 1;
	}
	return true;
}

static bool is_blank(struct fmr_text text)
{
	return fmr_text_trim(text.bytes, text.length).length == 0;
}

/* Nobody who cannot be told may be shed as an author: without an address it may have been everybody. */
static void identify(struct fold *fold, const struct fold_signer *signer, struct identities *out)
{
	const struct trust_commit *commit = &fold->here.parsed;
	out->count = 0;
	if (!fold->here.readable) {
		add_anybody(fold, out);
		return;
	}
	if (is_blank(commit->author.email) || is_blank(commit->committer.email)) {
		add_anybody(fold, out);
		return;
	}
	add_identity(fold, out, MAIL, commit->author.email);
	add_identity(fold, out, MAIL, commit->committer.email);
	if (signer && signer->person)
		add_identity(fold, out, PERSON, (struct fmr_text){ signer->person, strlen(signer->person) });
	if (!add_co_authors(fold, out, commit->message))
		add_anybody(fold, out);
}

static void add_part(struct fold *fold, struct fold_record *record, const struct identities *identities, int32_t part)
{
	for (size_t i = 0; i < identities->count; i++) {
		struct fold_author *known = NULL;
		for (size_t k = 0; k < record->authors.count && !known; k++)
			if (record->authors.items[k].identity == identities->items[i] && record->authors.items[k].part == part)
				known = &record->authors.items[k];
		if (!known)
			known = FMR_VEC_ADD(&record->authors);
		*known = (struct fold_author){ identities->items[i], part, (uint32_t)fold->here.sequence };
	}
}

void fmr_fold_authors_add(struct fold *fold, struct fold_record *record, const struct fold_delta *delta,
	const struct fold_signer *signer)
{
	struct identities identities;
	identify(fold, signer, &identities);
	if (delta->all) {
		add_part(fold, record, &identities, FOLD_ALL);
		return;
	}
	for (size_t i = 0; i < delta->fields.count; i++) {
		const char *name = delta->fields.items[i];
		add_part(fold, record, &identities, (int32_t)fmr_fold_name_number(fold, name, strlen(name)));
	}
	if (delta->between)
		add_part(fold, record, &identities, FOLD_BETWEEN);
	if (delta->attachments)
		add_part(fold, record, &identities, FOLD_ATTACHMENTS);
}

/* ---- asking ---- */

static bool is_person(const struct fold *fold, uint32_t identity, const char *person)
{
	const char *name = fold->names.items[identity];
	if (strncmp(name, PERSON, strlen(PERSON)) == 0)
		return strcmp(name + strlen(PERSON), person) == 0;
	if (strncmp(name, MAIL, strlen(MAIL)) != 0)
		return true;
	size_t number;
	char *address = fmr_format("%s %s", person, name + strlen(MAIL));
	bool known = fmr_dict_get(&fold->address_of, address, &number);
	free(address);
	return known;
}

void fmr_fold_authors_learn(struct fold *fold, const struct trust_policy *policy)
{
	for (size_t i = 0; i < policy->person_count; i++) {
		const struct trust_person *person = &policy->persons[i];
		for (const char *const *mail = person->emails; mail && *mail; mail++) {
			char *address = fmr_format("%s %s", person->id, *mail);
			for (char *at = address + strlen(person->id); *at; at++)
				if (*at >= 'A' && *at <= 'Z')
					*at = (char)(*at - 'A' + 'a');
			fmr_dict_add(&fold->address_of, address, 0);
			free(address);
		}
	}
}

static bool covers_part(const struct fold *fold, const char *const *covers, bool attachments, int32_t part)
{
	if (!covers)
		return true;
	if (part < 0)
		return part == FOLD_ATTACHMENTS && attachments;
	for (; *covers; covers++)
		if (strcmp(*covers, fold->names.items[part]) == 0)
			return true;
	return false;
}

/* When a transition that covered the part was reached last; 0: never, or not any more.  One that has become stale counts:
 * its signers did see what was there.  A withdrawn one has left the chain, a disputed one proves nothing. */
static size_t cleared(const struct fold *fold, const struct fold_record *record, int32_t part)
{
	size_t sequence = 0;
	for (size_t i = 0; record->flow && i < record->flow->chain.count; i++) {
		const struct fold_step *step = &record->flow->chain.items[i];
		for (size_t k = 0; k < step->votes.count; k++) {
			const struct fold_vote *vote = step->votes.items[k];
			if (vote->said.status != FMR_VOTE_DISPUTED && step->sequence > sequence &&
				covers_part(fold, vote->said.covers, vote->attachments, part))
				sequence = step->sequence;
		}
	}
	return sequence;
}

/* Is some of what a whole-record author wrote still unseen among what the vote covers? */
static bool wrote_something_covered(struct fold *fold, const struct fold_record *record,
	const struct fold_author *author, const char *const *covers, bool attachments)
{
	if (author->part != FOLD_ALL || !covers)
		return covers_part(fold, covers, attachments, author->part) &&
			author->sequence > cleared(fold, record, author->part);
	for (const char *const *name = covers; *name; name++) {
		int32_t part = (int32_t)fmr_fold_name_number(fold, *name, strlen(*name));
		if (author->sequence > cleared(fold, record, part))
			return true;
	}
	return attachments && author->sequence > cleared(fold, record, FOLD_ATTACHMENTS);
}

bool fmr_fold_authors_has(struct fold *fold, const struct fold_record *record, const char *const *covers,
	bool attachments, const char *person)
{
	for (size_t i = 0; i < record->authors.count; i++) {
		const struct fold_author *author = &record->authors.items[i];
		if (is_person(fold, author->identity, person) &&
			wrote_something_covered(fold, record, author, covers, attachments))
			return true;
	}
	return false;
}

/* What to call an identity: the person's id where the policy knows the address. */
static const char *shown(const struct fold *fold, uint32_t identity)
{
	const char *name = fold->names.items[identity];
	if (strncmp(name, PERSON, strlen(PERSON)) == 0)
		return name + strlen(PERSON);
	if (strncmp(name, MAIL, strlen(MAIL)) != 0)
		return name;
	const struct trust_person *known =
		fold->policy ? fmr_trust_policy_by_email(fold->policy, name + strlen(MAIL)) : NULL;
	return known ? known->id : name + strlen(MAIL);
}

const char *const *fmr_fold_authors_list(struct fold *fold, const struct fold_record *record, struct fmr_arena *arena)
{
	const char **list = fmr_arena_zero(arena, record->authors.count + 1, sizeof(*list));
	size_t count = 0;
	for (size_t i = 0; i < record->authors.count; i++) {
		const char *name = shown(fold, record->authors.items[i].identity);
		bool there = false;
		for (size_t k = 0; k < count && !there; k++)
			there = strcmp(list[k], name) == 0;
		if (!there)
			list[count++] = name;
	}
	return list;
}
