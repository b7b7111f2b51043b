/*
 * libfmrec: everything another C program needs.
 */
#ifndef FMREC_FMREC_H
#define FMREC_FMREC_H

#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/record.h"
#include "fmrec/schema.h"
#include "fmrec/store.h"
#include "fmrec/str.h"
#include "fmrec/value.h"

/* "0.1.0" */
const char *fmr_version(void);

/*
 * The directory of the shipped schema pack, metaschemas, forms and hooks:
 * $FMREC_DATA_DIR, else beside the running program (build/.. or PREFIX/share/fmrec),
 * else the compiled-in one.  Borrowed, never freed; thread-safe after the first call.
 */
const char *fmr_data_dir(void);

#endif
