/*
 * A text with a name; it is part of the public interface, which reads texts of its callers.
 */
#ifndef FMR_BASE_SOURCE_H
#define FMR_BASE_SOURCE_H

#include "fmrec/source.h"

#endif
