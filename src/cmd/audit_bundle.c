/*
 * `fmrec audit bundle`: what proves the signatures on some records, in one archive for people without fmrec.
 */
#include "base/archive.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "cmd/asked.h"
#include "cmd/audit.h"
#include "render/evidence.h"
#include "trust/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { README_LIMIT = 1 << 16 };

struct bundling {
	struct fmr_asked_audit *asked;
	struct fmr_archive *archive;
	struct trust_bundle *bundle;
	struct fmr_view *view; /* of the audited commit */
	struct fmr_book *book;
	struct fmr_err *err;
};

/* ---- which records ---- */

static int take_row(struct fmr_asked_audit *asked, struct fmr_rows *rows)
{
	enum { ID = 2 }; /* behind key and type */
	const char *id = fmr_rows_text(rows, ID, NULL);
	if (id && fmr_audit_record(asked->audit, id))
		FMR_VEC_PUSH(&asked->ids, fmr_arena_strdup(&asked->arena, id));
	return 0;
}

static int find_by_query(struct fmr_asked_audit *asked, int argc, char **argv, struct fmr_err *err)
{
	static const struct fmr_query_column id = { .name = "id" };
	const struct fmr_query_select select = { .columns = &id, .column_count = 1 };
	struct fmr_asked query;
	struct fmr_rows *rows = NULL;
	int result = fmr_cli_need(asked->cli, FMR_NEEDS_BOOK, err);
	if (result)
		return result;
	result = fmr_asked_open(asked->cli, argc, argv, false, &query, err);
	if (!result)
		result = fmr_query_rows(query.query, query.index, &select, &rows, err);
	while (!result && (result = fmr_rows_next(rows, err)) == 1)
		result = take_row(asked, rows);
	fmr_rows_free(rows);
	fmr_asked_close(&query);
	if (!result && !asked->ids.count)
		return fmr_err_set(err, FMR_ERR_NOT_FOUND, "%s", _("no record of the audited history fits the query"));
	return result;
}

/* One word that names a record is one; everything else is a query. */
static int find_records(struct fmr_asked_audit *asked, int argc, char **argv, struct fmr_err *err)
{
	if (argc != 1 || strpbrk(argv[0], ":=<> \""))
		return find_by_query(asked, argc, argv, err);
	int result = fmr_asked_audit_find(asked, argv[0], err);
	if (result != FMR_ERR_NOT_FOUND)
		return result;
	struct fmr_err missing = *err;
	result = find_by_query(asked, argc, argv, err);
	if (result)
		*err = missing;
	return result;
}

/* ---- what goes into it ---- */

static bool is_wanted(const struct fmr_asked_audit *asked, const char *id)
{
	for (size_t i = 0; i < asked->ids.count; i++)
		if (asked->ids.items[i] && strcmp(asked->ids.items[i], id) == 0)
			return true;
	return false;
}

static int add_record_file(struct bundling *work, const char *path)
{
	int result = fmr_bundle_file(work->bundle, path, work->err);
	const char *dot = strrchr(path, '.');
	if (!result && dot) {
		const char *directory = fmr_arena_strndup(&work->asked->arena, path, (size_t)(dot - path));
		result = fmr_bundle_directory(work->bundle, directory, work->err);
	}
	return result;
}

struct linking {
	struct bundling *work;
	const struct fmr_record *record;
	bool wanted; /* the record itself is in the bundle */
	bool found;  /* it leads to one that is */
	int result;
};

/* Both directions: what a record in the bundle leads to, and what leads to one. */
static int visit_link(void *context, const struct fmr_link *link)
{
	struct linking *linking = context;
	struct fmr_str path;
	const struct fmr_type *type = NULL;
	if (!linking->wanted) {
		linking->found = is_wanted(linking->work->asked, link->to);
		return linking->found;
	}
	fmr_str_init(&path);
	if (fmr_book_type_of_id(linking->work->book, link->to, &type, NULL) == 0 && fmr_id_path(type, link->to, &path))
		linking->result = fmr_bundle_file(linking->work->bundle, path.bytes, linking->work->err);
	fmr_str_release(&path);
	return linking->result != 0;
}

static int visit_record(void *context, const struct fmr_record *record)
{
	struct linking linking = { .work = context, .record = record };
	if (!record->root || !record->type)
		return 0;
	linking.wanted = is_wanted(linking.work->asked, record->id);
	fmr_links_each(record->type, record->root, visit_link, &linking);
	if (!linking.result && linking.found)
		linking.result = fmr_bundle_file(linking.work->bundle, record->path, linking.work->err);
	return linking.result;
}

static int add_files(struct bundling *work)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	int result = fmr_bundle_directory(work->bundle, ".fmrec", work->err);
	for (size_t i = 0; !result && i < work->asked->ids.count; i++) {
		const struct fmr_record_status *record = fmr_audit_record(work->asked->audit, work->asked->ids.items[i]);
		const char *path = fmr_arena_strdup(&work->asked->arena, record->path);
		result = fmr_bundle_votes(work->bundle, record, work->err);
		if (!result)
			result = add_record_file(work, path);
	}
	if (!result && work->book)
		result = fmr_record_each(work->book, NULL, visit_record, work, findings, work->err);
	fmr_findings_free(findings);
	return result;
}

/* What a printer writes, as a file of the archive. */
static int add_printed(struct bundling *work, const char *name, FILE *out, char **text, size_t *size)
{
	int result = fclose(out) == 0 ? fmr_archive_add(work->archive, name, *text, *size, work->err) :
		fmr_err_system(work->err, errno, _("cannot write '%s'"), name);
	free(*text);
	return result;
}

static int add_page(struct bundling *work, const char *name, enum fmr_audit_format format,
	const struct fmr_audit_style *style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return fmr_err_system(work->err, errno, _("cannot write '%s'"), name);
	fmr_render_audit(out, work->asked->audit, format, style);
	return add_printed(work, name, out, &text, &size);
}

static int add_prose(struct bundling *work, const struct fmr_audit_style *style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return fmr_err_system(work->err, errno, _("cannot write '%s'"), "report.txt");
	for (size_t i = 0; style->ids[i]; i++) {
		fputs(i ? "\n\n" : "", out);
		fmr_render_evidence(out, work->asked->audit, fmr_audit_record(work->asked->audit, style->ids[i]), work->book,
			work->asked->cli->language, style);
	}
	return add_printed(work, "report.txt", out, &text, &size);
}

static int add_readme(struct bundling *work, const char *name)
{
	struct fmr_str path, text;
	fmr_str_init(&path);
	fmr_str_init(&text);
	fmr_str_printf(&path, "%s/schema/evidence/%s", fmr_data_dir(), name);
	int result = fmr_file_read(AT_FDCWD, path.bytes, README_LIMIT, false, &text, work->err);
	if (!result)
		result = fmr_archive_add(work->archive, name, text.bytes, text.length, work->err);
	fmr_str_release(&path);
	fmr_str_release(&text);
	return result;
}

static int gather(struct bundling *work)
{
	int result = fmr_bundle_policies(work->bundle, work->err);
	if (!result)
		result = add_files(work);
	if (!result)
		result = fmr_bundle_lists(work->bundle, work->err);
	const struct fmr_audit_style style = fmr_asked_audit_style(work->asked, false);
	if (!result)
		result = add_prose(work, &style);
	if (!result)
		result = add_page(work, "report.html", FMR_AUDIT_HTML, &style);
	if (!result)
		result = add_page(work, "audit.json", FMR_AUDIT_JSON, &style);
	if (!result)
		result = add_readme(work, "README.en.txt");
	return result ? result : add_readme(work, "README.ja.txt");
}

/* ---- the archive ---- */

/* "evidence-INC-20261121-7KQ2", or "evidence". */
static int write_archive(struct bundling *work, const char *file)
{
	const struct fmr_asked_audit *asked = work->asked;
	const bool one = asked->ids.count == 2; /* and the NULL behind it */
	struct fmr_str root, tar;
	fmr_str_init(&root);
	fmr_str_init(&tar);
	fmr_str_printf(&root, "evidence%s%s", one ? "-" : "", one ? asked->ids.items[0] : "");
	int result = fmr_archive_write(work->archive, root.bytes, fmr_audit_summary(asked->audit)->tip_time, &tar, work->err);
	if (!result)
		result = fmr_file_replace(AT_FDCWD, file, NULL, tar.bytes, tar.length, 0644, work->err);
	fmr_str_release(&root);
	fmr_str_release(&tar);
	return result;
}

static int bundle(struct fmr_asked_audit *asked, const char *file, struct fmr_err *err)
{
	struct fmr_findings *findings = fmr_findings_new(1);
	struct bundling work = { .asked = asked, .archive = fmr_archive_new(), .err = err };
	work.bundle = fmr_bundle_new(asked->cli->store, asked->audit, work.archive);
	if (fmr_view_open(asked->cli->store, FMR_VIEW_COMMIT, fmr_audit_summary(asked->audit)->tip, &work.view, NULL) == 0)
		fmr_book_open(work.view, &work.book, findings, NULL);
	int result = gather(&work);
	if (!result)
		result = write_archive(&work, file);
	fmr_book_close(work.book);
	fmr_view_close(work.view);
	fmr_bundle_free(work.bundle);
	fmr_archive_free(work.archive);
	fmr_findings_free(findings);
	return result;
}

int fmr_audit_bundle(struct fmr_cli *cli, int argc, char **argv, struct fmr_err *err)
{
	struct fmr_asked_audit asked;
	if (argc < 2)
		return fmr_cli_usage(cli, "%s", _("name a record or a query, and the archive to write"));
	const char *file = argv[argc - 1];
	if (access(file, F_OK) == 0)
		return fmr_err_set(err, FMR_ERR_EXISTS, _("'%s' is there already"), file);
	int result = fmr_asked_audit_open(cli, 0, NULL, NULL, &asked, err);
	if (!result && !fmr_audit_summary(asked.audit)->trusted)
		result = fmr_err_set(err, FMR_ERR_REFUSED, "%s", _("there is nothing to bundle: no trust policy is in force"));
	if (!result)
		result = find_records(&asked, argc - 1, argv, err);
	if (!result)
		result = bundle(&asked, file, err);
	if (!result)
		fmr_cli_say(cli, _("wrote '%s'; the README in it says how to check it without fmrec"), file);
	fmr_asked_audit_close(&asked);
	return result;
}
