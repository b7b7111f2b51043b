/*
 * Included first when clang-tidy looks at a source (make lint): the functions
 * that describe an error return one, which cannot be seen from a declaration.
 */
#ifndef FMR_TESTS_ANALYZER_H
#define FMR_TESTS_ANALYZER_H

#include "fmrec/error.h"

#define fmr_err_set(err, code, ...) ((fmr_err_set)(err, code, __VA_ARGS__), (int)(code))
#define fmr_err_system(...) ((fmr_err_system)(__VA_ARGS__), (int)FMR_ERR_IO)

#endif
