/*
 * The manifest of a record: what a signature covers, as text whose SHA-256 the Action carries (approvals, section 4).
 * Raw bytes, no canonicalisation:
 *
 *	fmrec-manifest 1
 *	record INC-20261121-7KQ2
 *	path records/incident/2026/INC-20261121-7KQ2.yaml
 *	mode 100644
 *	field NAME LENGTH           for each covered field, in byte order: from the first byte of its key to the last one
 *	<bytes>                     of its value, then a line end
 *	absent NAME                 for one that the record does not have
 *	file LENGTH                 instead of the fields when everything is covered
 *	<bytes>
 *	attachment PATH MODE SIZE sha256:HEX    in byte order of the paths, when they are covered
 */
#ifndef FMR_TRUST_MANIFEST_H
#define FMR_TRUST_MANIFEST_H

#include "base/str.h"
#include "fmrec/error.h"
#include "fmrec/record.h"
#include "fmrec/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trust_attachment {
	const char *path; /* from the top of the repository */
	unsigned mode;
	uint64_t size;
	char digest[FMR_RECORD_DIGEST];
};

struct trust_content { /* a record as it stands in one tree */
	const char *id, *path;
	unsigned mode;
	struct fmr_text text;
	const struct fmr_value *root;          /* NULL: the text is no record */
	const struct trust_attachment *attachments; /* in byte order of their paths */
	size_t attachment_count;
};

/* Is each top-level field one span that means the same wherever it stands?  Only when the record is a block mapping
 * whose keys begin in the first column: moved to the right, an indented block scalar would say something else. */
bool fmr_trust_fields_stand_alone(struct fmr_text text, const struct fmr_value *root);

/* The bytes of a top-level field, from its key to the end of its value, with the line end and the empty lines that belong to
 * a block scalar; NULL bytes when it is absent. */
struct fmr_text fmr_trust_field_bytes(struct fmr_text text, const struct fmr_value *root, const char *name);

/* Append the manifest.  covers: top-level fields, NULL-terminated, or NULL for everything; attachments: are they
 * covered?  FMR_ERR_INVALID when fields are to be covered that do not stand alone. */
int fmr_trust_manifest(const struct trust_content *content, const char *const *covers, bool attachments,
	struct fmr_str *out, struct fmr_err *err);

/* "sha256:" and the digest of a manifest. */
int fmr_trust_manifest_digest(const struct fmr_str *manifest, char out[FMR_RECORD_DIGEST], struct fmr_err *err);

#endif
