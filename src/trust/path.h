/*
 * Which paths are governed, and what they stand for (approvals, sections 3 and 6).
 */
#ifndef FMR_TRUST_PATH_H
#define FMR_TRUST_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum trust_place {
	TRUST_PLACE_OTHER,      /* nothing of ours */
	TRUST_PLACE_RECORD,     /* records/DIR/ID.yaml, records/DIR/YEAR/ID.yaml */
	TRUST_PLACE_ATTACHMENT, /* below records/DIR/ID/ or records/DIR/YEAR/ID/ */
	TRUST_PLACE_STRAY,      /* elsewhere below records/ */
	TRUST_PLACE_TRUST,      /* .fmrec/trust and below */
	TRUST_PLACE_CONFIG,     /* the rest of .fmrec */
	TRUST_PLACE_ROOT,       /* .fmrec or records itself, as something that is no directory */
	TRUST_PLACE_DISGUISED,  /* a name at the top that only looks like .fmrec or records */
};

struct trust_path {
	enum trust_place place;
	const char *id;    /* of a record or of the one that an attachment belongs to; points into the path */
	size_t id_length;
	size_t record;     /* of an attachment: how much of the path is the record's, without ".yaml" */
};

struct trust_path fmr_trust_path_read(const char *path);

/* 1 to 64 of A-Z, 0-9 and "-". */
bool fmr_trust_id_is_plain(const char *id, size_t length);
/* Does a name below records/ look as if it were to be a record ("x.yml", "x.YAML")? */
bool fmr_trust_path_looks_like_record(const char *path);
/* UTF-8 without control characters, which could forge a line of a manifest. */
bool fmr_trust_path_is_clean(const char *path);

#endif
