/*
 * JSON; all of it is part of the public interface.
 */
#ifndef FMR_JSON_JSON_H
#define FMR_JSON_JSON_H

#include "fmrec/json.h"

#endif
