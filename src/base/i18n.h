/*
 * Translated sentences (gettext catalogues, domain "fmrec").  Codes, field
 * names and machine formats are never translated.
 *
 * The catalogue is read by fmrec itself, not through setlocale(): a bare
 * system has no Japanese locale, and the C library refuses to translate in
 * the locales that it has.
 */
#ifndef FMR_BASE_I18N_H
#define FMR_BASE_I18N_H

#include <stdbool.h>

#define FMR_TEXT_DOMAIN "fmrec"
#define _(text) fmr_translate(text)
#define N_(text) text /* marked for translation, translated where it is used */
#define Q_(one, many, n) fmr_translate_plural(one, many, n)

/* Use the catalogue in this .mo file from now on.  Called once, before threads start; false when there is none. */
bool fmr_catalogue_load(const char *path);

/* Is the catalogue in this language ("ja")?  Texts that have labels of their own are shown in it, too. */
bool fmr_catalogue_is(const char *language);

/* The translation, or text itself; never freed. */
const char *fmr_translate(const char *text) __attribute__((format_arg(1)));
const char *fmr_translate_plural(const char *one, const char *many, unsigned long n)
	__attribute__((format_arg(1), format_arg(2)));

#endif
