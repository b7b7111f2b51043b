/*
 * The formats, one function each; texts are valid UTF-8, with a NUL behind.
 */
#ifndef FMR_SCHEMA_FORMAT_H
#define FMR_SCHEMA_FORMAT_H

#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>

/* format_date.c */
bool fmr_format_date(const char *bytes, size_t length);
bool fmr_format_time(const char *bytes, size_t length);
bool fmr_format_date_time(const char *bytes, size_t length);
/* What is wrong with a text that is no date-time, in words that follow its name ("names a day that does not exist");
 * NULL when it does not look like one. */
const char *fmr_format_date_fault(const char *bytes, size_t length);

bool fmr_format_ipv4(const char *bytes, size_t length);
bool fmr_format_ipv6(const char *bytes, size_t length);

/* format_host.c */
enum { FMR_HOST_LIMIT = 253, FMR_LABEL_LIMIT = 63 };
bool fmr_format_label(const char *bytes, size_t length); /* one label of a host name, in ASCII */
bool fmr_format_hostname(const char *bytes, size_t length);
bool fmr_format_idn_hostname(const char *bytes, size_t length);

/* format_uri.c */
bool fmr_format_uri(const char *bytes, size_t length);
bool fmr_format_uri_reference(const char *bytes, size_t length);
bool fmr_format_iri(const char *bytes, size_t length);
bool fmr_format_iri_reference(const char *bytes, size_t length);
bool fmr_format_uri_template(const char *bytes, size_t length);

#endif
