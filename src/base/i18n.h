/*
 * Translated sentences (gettext, domain "fmrec").  Codes, field names and
 * machine formats are never translated.
 */
#ifndef FMR_BASE_I18N_H
#define FMR_BASE_I18N_H

#include <libintl.h>

#define FMR_TEXT_DOMAIN "fmrec"
#define _(text) dgettext(FMR_TEXT_DOMAIN, text)
#define N_(text) text /* marked for translation, translated where it is used */
#define Q_(one, many, n) dngettext(FMR_TEXT_DOMAIN, one, many, n)

#endif
