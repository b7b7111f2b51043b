/*
 * Arenas; they are part of the public interface, where value trees live in arenas of the caller.
 */
#ifndef FMR_BASE_ARENA_H
#define FMR_BASE_ARENA_H

#include "fmrec/arena.h"

#endif
