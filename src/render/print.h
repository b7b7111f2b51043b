/*
 * What the renderers share: colours, safe text, JSON, XML.
 */
#ifndef FMR_RENDER_PRINT_H
#define FMR_RENDER_PRINT_H

#include "base/str.h"
#include "render/render.h"

enum fmr_color { FMR_PLAIN, FMR_BOLD, FMR_RED, FMR_GREEN, FMR_YELLOW, FMR_CYAN, FMR_DIM };

/* Start or, with FMR_PLAIN, end a colour; nothing when color is false. */
void fmr_print_color(struct fmr_str *out, bool color, enum fmr_color which);
/* One line of foreign text, safe for a terminal; NULL: nothing. */
void fmr_print_safe(struct fmr_str *out, const char *text);
/* XML text or attribute value: escaped, and without characters that XML forbids. */
void fmr_print_xml(struct fmr_str *out, const char *text);
/* ,"name":"text" with the comma when *first is false; left out when text is NULL. */
void fmr_print_member(struct fmr_str *out, bool *first, const char *name, const char *text);
void fmr_print_member_number(struct fmr_str *out, bool *first, const char *name, size_t number);
/* ,"name": */
void fmr_print_key(struct fmr_str *out, bool *first, const char *name);
/* A number for people, "12,345", in buffer, which is returned. */
enum { FMR_GROUPED = 32 };
const char *fmr_print_grouped(char buffer[FMR_GROUPED], size_t number);
/* Write and release. */
void fmr_print_out(FILE *out, struct fmr_str *text);

/* Findings in one format each; style is never NULL. */
void fmr_render_findings_text(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style);
void fmr_render_findings_json(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style);
void fmr_render_findings_sarif(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style);
void fmr_render_findings_junit(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style);
void fmr_render_findings_github(struct fmr_str *out, const struct fmr_findings *findings,
	const struct fmr_findings_style *style);

/* Where a finding points: its value, else its key; line 0 when nowhere. */
struct fmr_place fmr_finding_place(const struct fmr_finding *finding);

#endif
