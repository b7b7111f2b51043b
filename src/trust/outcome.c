#include "fmrec/audit.h"


#include <assert.h>

/* What each row of codes.def means for the verdict; of rows that are not of audit alone their severity tells. */
#define OUTCOME_F FMR_OUTCOME_VIOLATION
#define OUTCOME_U FMR_OUTCOME_UNPROVEN
#define OUTCOME_S FMR_OUTCOME_UNCOUNTED
#define OUTCOME_N FMR_OUTCOME_NOTE

static const unsigned char outcomes[] = {
#define FMR_CODE(name, code, severity, meaning)                                                                        \
	[FMR_CODE_##name] = (severity) == FMR_ERROR	? FMR_OUTCOME_VIOLATION                                        \
			    : (severity) == FMR_WARNING ? FMR_OUTCOME_UNCOUNTED                                        \
							: FMR_OUTCOME_NOTE,
#define FMR_AUDIT_CODE(name, code, outcome, meaning) [FMR_CODE_##name] = OUTCOME_##outcome,
#include "fmrec/codes.def"
};

enum fmr_outcome fmr_code_outcome(enum fmr_code code)
{
	assert(code < FMR_CODE_COUNT);
	return (enum fmr_outcome)outcomes[code];
}
