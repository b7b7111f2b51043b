/*
 * What is looked at before libyaml sees a text: encoding, forbidden characters, merge conflicts.
 */
#ifndef FMR_YAML_SCREEN_H
#define FMR_YAML_SCREEN_H

#include "base/source.h"
#include "base/str.h"
#include "fmrec/finding.h"

#include <stdbool.h>

/*
 * YAML 1.1, and so libyaml, breaks lines at NEL, LS and PS; YAML 1.2 does not.
 * So that both see the same text these three become, on the way through
 * libyaml, characters of the same size that the text does not use.
 */
struct fmr_masks {
	bool used;
	char nel[2], ls[3], ps[3]; /* what stands for them */
};

struct fmr_screen {
	size_t start;            /* behind a leading byte order mark */
	bool ascii;
	bool odd_blanks;         /* tabs or CRs occur */
	struct fmr_masks masks;
	struct fmr_str masked;   /* the text to parse, when masks are used */
};

/* false after a finding.  Release with fmr_str_release(&screen->masked). */
bool fmr_yaml_screen(const struct fmr_source *source, size_t limit, struct fmr_screen *screen,
	struct fmr_findings *findings);
/* Put NEL, LS, PS back in place. */
void fmr_yaml_unmask(const struct fmr_masks *masks, char *bytes, size_t length);

/* Does the text hold conflict markers of git?  Then a finding is added. */
bool fmr_yaml_conflict(const struct fmr_source *source, struct fmr_findings *findings);

#endif
