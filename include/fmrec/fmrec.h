/*
 * libfmrec: everything another C program needs.
 *
 *	cc program.c $(pkg-config --cflags --libs fmrec)
 *
 * A value tree comes from a text (yaml.h, json.h) and lives in an arena of yours (arena.h); it can be checked with a
 * JSON Schema (schema.h).  A repository is opened as a store and seen as a view of it (store.h); its config and types
 * make a book, which reads, finds and checks records (record.h).  "Could not do it" is an error (error.h), "did it,
 * found faults" a list of findings (finding.h).  tests/check/library.c shows each step.
 */
#ifndef FMREC_FMREC_H
#define FMREC_FMREC_H

#include "fmrec/arena.h"
#include "fmrec/audit.h"
#include "fmrec/error.h"
#include "fmrec/finding.h"
#include "fmrec/json.h"
#include "fmrec/history.h"
#include "fmrec/record.h"
#include "fmrec/schema.h"
#include "fmrec/source.h"
#include "fmrec/store.h"
#include "fmrec/str.h"
#include "fmrec/value.h"
#include "fmrec/yaml.h"

/* "0.1.0" */
const char *fmr_version(void);

/*
 * The directory of the shipped schema pack, metaschemas, forms and hooks:
 * $FMREC_DATA_DIR, else beside the running program (build/.. or PREFIX/share/fmrec),
 * else the compiled-in one.  Borrowed, never freed; thread-safe after the first call.
 */
const char *fmr_data_dir(void);

#endif
