/*
 * The growing byte string; it is part of the public interface, which fills strings of its callers.
 */
#ifndef FMR_BASE_STR_H
#define FMR_BASE_STR_H

#include "fmrec/str.h"

#endif
