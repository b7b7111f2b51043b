/*
 * Where the shipped schemas, forms and hooks lie; for programs declared in fmrec/fmrec.h, too.
 */
#ifndef FMR_BASE_DATADIR_H
#define FMR_BASE_DATADIR_H

const char *fmr_data_dir(void);

#endif
