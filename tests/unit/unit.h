/* What every unit test includes first: cmocka and the headers it wants before it. */
#ifndef FMR_TESTS_UNIT_H
#define FMR_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers above */
#include <cmocka.h>

#endif
