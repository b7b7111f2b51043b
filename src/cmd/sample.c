#include "cmd/sample.h"

#include "base/fs.h"
#include "base/i18n.h"
#include "cmd/tell.h"
#include "cmd/write.h"
#include "render/line.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGE FMR_TEMPORARY_PREFIX "sample-"
#define KEYS "sample-keys"

enum { FINDINGS = 100 };

/* ---- an interrupt ---- */

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

/* It waits until the mask is as before; then, when nothing is left to be taken away, it may end us.  One that is
 * ignored, as below nohup, would be pending as well and is left alone. */
static void hold_interrupts(sigset_t *before)
{
	sigset_t held;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct sigaction now;
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&held, ends[i]);
	}
	pthread_sigmask(SIG_BLOCK, &held, before);
}

static int check_interrupt(struct fmr_err *err)
{
	sigset_t pending;
	sigpending(&pending);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (sigismember(&pending, ends[i]) == 1)
			return fmr_err_set(err, FMR_ERR_ABORTED, _("interrupted"));
	return 0;
}

/* ---- the directory ---- */

/* What is left of a stage whose process died is taken away. */
static int check_empty(const char *directory, struct fmr_err *err)
{
	DIR *stream = opendir(directory);
	int result = 0;
	if (!stream)
		return errno == ENOENT ? 0 : fmr_err_system(err, errno, _("cannot read the directory '%s'"), directory);
	for (const struct dirent *entry; !result && (entry = readdir(stream));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		char *path = fmr_format("%s/%s", directory, entry->d_name);
		if (strncmp(entry->d_name, STAGE, sizeof(STAGE) - 1) == 0) {
			result = fmr_directory_remove(path, err);
		} else {
			result = fmr_err_set(err, FMR_ERR_EXISTS, _("the directory '%s' is not empty"), directory);
			fmr_err_hint(err, _("the sample goes into a new repository: fmrec init --sample DIRECTORY"));
		}
		free(path);
	}
	closedir(stream);
	return result;
}

static int make_stage(const char *directory, char **stage, struct fmr_err *err)
{
	*stage = NULL;
	int result = fmr_directory_make(AT_FDCWD, directory, err);
	if (result)
		return result;
	char *absolute = realpath(directory, NULL);
	char *path = fmr_format("%s/" STAGE "XXXXXX", absolute ? absolute : directory);
	free(absolute);
	if (!mkdtemp(path)) {
		result = fmr_err_system(err, errno, _("cannot write to '%s'"), directory);
		free(path);
		return result;
	}
	*stage = path;
	return chmod(path, 0755) == 0 ? 0 : fmr_err_system(err, errno, _("cannot write to '%s'"), path);
}

static int move_entry(const char *from, const char *to, const char *name, struct fmr_err *err)
{
	char *old = fmr_format("%s/%s", from, name), *new = fmr_format("%s/%s", to, name);
	int result = rename(old, new) == 0 ? 0 : fmr_err_system(err, errno, _("cannot move '%s' to '%s'"), old, new);
	free(new);
	free(old);
	return result;
}

/* Git's directory last: before, there is no repository. */
static int move_out(const char *stage, const char *directory, struct fmr_err *err)
{
	DIR *stream = opendir(stage);
	if (!stream)
		return fmr_err_system(err, errno, _("cannot read the directory '%s'"), stage);
	int result = 0;
	for (const struct dirent *entry; !result && (entry = readdir(stream));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".git") != 0)
			result = move_entry(stage, directory, entry->d_name, err);
	closedir(stream);
	return result ? result : move_entry(stage, directory, ".git", err);
}

/* ---- the repository ---- */

static int open_repository(struct fmr_cli *cli, const char *stage, struct fmr_err *err)
{
	int result = fmr_store_create(stage, err);
	if (!result)
		result = fmr_store_open(stage, &cli->store, err);
	if (!result && strncmp(fmr_store_git_dir(cli->store), stage, strlen(stage)) != 0)
		result = fmr_err_set(err, FMR_ERR_REFUSED, _("GIT_DIR or GIT_WORK_TREE leads to another repository"));
	if (!result)
		result = fmr_store_private_make(cli->store, KEYS, err);
	if (result)
		return result;
	char *keys = fmr_format("%s/" KEYS, fmr_store_private_dir(cli->store));
	if (chmod(keys, 0700) != 0)
		result = fmr_err_system(err, errno, _("cannot write to '%s'"), keys);
	free(keys);
	return result;
}

static void close_repository(struct fmr_cli *cli)
{
	fmr_book_close(cli->book);
	fmr_states_free(cli->states);
	fmr_view_close(cli->view);
	fmr_store_close(cli->store);
	cli->book = NULL;
	cli->states = NULL;
	cli->view = NULL;
	cli->store = NULL;
}

/* ---- the history ---- */

static const char *state_of(void *context, const struct fmr_type *type, const char *id)
{
	const struct teller *teller = context;
	(void)type;
	return teller->signing.audit ? fmr_audit_state(teller->signing.audit, id) : NULL;
}

/* The pack, as whoever tells the first step would have put it there. */
static int begin(struct teller *teller, const struct fmr_change *pack, size_t count, struct fmr_err *err)
{
	struct fmr_cli *cli = teller->cli;
	int result = fmr_tell_commit(teller, &teller->story->steps.items[0], pack, count, "fmrec: init\n", false, err);
	if (!result)
		result = fmr_view_open(cli->store, FMR_VIEW_WORK_TREE, NULL, &cli->view, err);
	if (!result)
		result = fmr_book_open(cli->view, &cli->book, NULL, err);
	if (!result)
		fmr_book_set_states(cli->book, state_of, teller);
	return result;
}

static int tell_all(struct teller *teller, struct fmr_err *err)
{
	const struct story *story = teller->story;
	struct fmr_progress *progress = fmr_progress_new(teller->cli, _("telling the story"));
	int result = 0;
	for (size_t i = 0; i < story->steps.count && !result; i++) {
		result = check_interrupt(err);
		if (!result)
			result = fmr_tell_step(teller, &story->steps.items[i], err);
		fmr_progress_show(progress, i + 1, story->steps.count);
	}
	fmr_progress_end(progress);
	return result;
}

/* ---- is it good? ---- */

static void show_finding(struct teller *teller, const struct fmr_audit_finding *finding)
{
	const struct story_step *step = fmr_tell_step_of(teller, finding->commit);
	struct fmr_place place = { 0 };
	if (step)
		place = fmr_source_place(step->source, step->value->span);
	if (step)
		fmr_cli_warn(teller->cli, "%s:%zu:%zu: %s: %s", step->source->path, place.line, place.column,
			fmr_code_name(finding->code), finding->sentence);
	else
		fmr_cli_warn(teller->cli, "%s: %s", fmr_code_name(finding->code), finding->sentence);
}

/* An audit that believes nothing of what was noted on the way.  What was acknowledged is part of the story. */
static int audit(struct teller *teller, struct fmr_err *err)
{
	char tip[FMR_COMMIT_TEXT];
	struct fmr_audit *whole = NULL;
	fmr_oid_text(&teller->tip, tip);
	int result = fmr_audit_open(teller->cli->store, &(struct fmr_audit_options){ .revision = tip }, &whole, err);
	if (result)
		return result;
	for (size_t i = 0; i < fmr_audit_finding_count(whole); i++) {
		const struct fmr_audit_finding *finding = fmr_audit_finding(whole, i);
		if (!finding->acknowledged && fmr_code_outcome(finding->code) > FMR_OUTCOME_NOTE) {
			show_finding(teller, finding);
			result = fmr_err_set(err, FMR_ERR_INVALID, _("the history of the sample does not stand up to an audit"));
		}
	}
	if (!result && fmr_audit_verdict(whole, false) != FMR_PROVEN)
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the history of the sample does not stand up to an audit"));
	fmr_audit_close(whole);
	return result;
}

/* Who wrote the first record that is wrong. */
static const struct story_step *step_of_error(const struct teller *teller, const struct fmr_findings *findings)
{
	for (size_t i = 0; i < fmr_findings_count(findings); i++) {
		const struct fmr_finding *finding = fmr_findings_at(findings, i);
		if (finding->severity == FMR_ERROR && finding->path)
			return fmr_tell_step_of_file(teller, finding->path);
	}
	return NULL;
}

static int validate(struct teller *teller, struct fmr_err *err)
{
	struct fmr_cli *cli = teller->cli;
	struct fmr_findings *findings = fmr_findings_new(FINDINGS);
	struct fmr_check_result checked;
	cli->states = fmr_states_new(cli->view);
	fmr_book_set_states(cli->book, fmr_states_of, cli->states);
	int result = fmr_check(cli->book, &(struct fmr_check_options){ 0 }, findings, &checked, err);
	if (!result && fmr_findings_count(findings))
		fmr_write_show_findings(cli, findings);
	if (!result && fmr_findings_errors(findings)) {
		const struct story_step *step = step_of_error(teller, findings);
		result = fmr_err_set(err, FMR_ERR_INVALID, _("the records of the sample are not valid"));
		if (step)
			fmr_story_blame(step, NULL, err);
	}
	fmr_findings_free(findings);
	return result;
}

/* Every file below records/ must be told of: else an author forgot it. */
static int check_told(struct teller *teller, struct fmr_err *err)
{
	struct story_paths files = { 0 };
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	int result = fmr_story_all_files(teller->story, &arena, &files, err);
	for (size_t i = 0; i < files.count && !result; i++) {
		struct fmr_entry entry;
		if (fmr_view_entry(teller->cli->view, files.items[i], &entry, NULL) != 0)
			result = fmr_err_set(err, FMR_ERR_INVALID, _("no step writes '%s'"),
				fmr_story_source(teller->story, files.items[i], &arena));
	}
	FMR_VEC_RELEASE(&files);
	fmr_arena_release(&arena);
	return result;
}

static int make(struct teller *teller, const struct fmr_change *pack, size_t count, struct fmr_err *err)
{
	int result = begin(teller, pack, count, err);
	if (!result)
		result = tell_all(teller, err);
	if (!result)
		result = check_told(teller, err);
	if (!result)
		result = audit(teller, err);
	if (!result)
		result = fmr_store_begin_at(teller->cli->store, &teller->tip, "fmrec: init --sample", err);
	if (!result)
		result = validate(teller, err);
	return result ? result : check_interrupt(err);
}

/* ---- the report ---- */

static const char *example_of(const struct teller *teller)
{
	for (size_t i = 0; i < teller->story->persons.count; i++)
		if (teller->rings[i].files.count)
			return teller->story->persons.items[i].id;
	return NULL;
}

static void report(const struct teller *teller, const char *directory)
{
	struct fmr_cli *cli = teller->cli;
	const char *who = example_of(teller);
	if (!cli->quiet)
		fmr_render_line(cli->out, _("sample made in %s: %zu commits, %zu signatures\n"), directory, teller->commits.count,
			teller->signatures);
	if (!who)
		return;
	fmr_cli_say(cli, _("the keys of its people were made just now, for trying only: .git/fmrec/%s"), KEYS);
	fmr_cli_say(cli, _("next:"));
	if (strcmp(directory, ".") != 0)
		fmr_cli_say(cli, "  cd %s", directory);
	fmr_cli_say(cli, _("  fmrec audit             who approved what, and whether it stands"));
	fmr_cli_say(cli, _("  fmrec pending           what waits for whom"));
	fmr_cli_say(cli, _("  fmrec -c user.signingkey=.git/fmrec/%s/%s TRANSITION ID"), KEYS, who);
	fmr_cli_say(cli, _("                          sign as %s"), who);
}

int fmr_sample_install(struct fmr_cli *cli, const struct story *story, const struct fmr_change *pack, size_t count,
	const char *directory, struct fmr_err *err)
{
	char *stage = NULL;
	const bool there = access(directory, F_OK) == 0;
	sigset_t before;
	hold_interrupts(&before);
	int result = check_empty(directory, err);
	if (!result)
		result = make_stage(directory, &stage, err);
	if (!result && stage)
		result = open_repository(cli, stage, err);
	if (!result && stage) {
		struct teller teller;
		char *keys = fmr_format("%s/" KEYS, fmr_store_private_dir(cli->store));
		fmr_teller_init(&teller, cli, story, keys);
		result = make(&teller, pack, count, err);
		fmr_signing_close(&teller.signing);
		fmr_signing_init(&teller.signing, cli, &teller.options);
		close_repository(cli);
		if (!result)
			result = move_out(stage, directory, err);
		if (!result)
			report(&teller, directory);
		fmr_teller_release(&teller);
		free(keys);
	}
	close_repository(cli);
	if (stage && fmr_directory_remove(stage, result ? NULL : err) && !result)
		result = FMR_ERR_IO;
	if (result && !there)
		rmdir(directory);
	free(stage);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* ---- the steps ---- */

static void put_list(struct fmr_str *out, const struct fmr_value *list)
{
	for (size_t i = 0; i < list->list.count; i++)
		if (fmr_value_string(list->list.items[i]))
			fmr_str_printf(out, " %s", fmr_value_string(list->list.items[i]));
}

/* "approve INC-1 INC-2", "incident/2026/INC-1.yaml", "join sato" */
static void put_what(struct fmr_str *out, const struct story_step *step)
{
	const struct fmr_value *what = step->what;
	if (what->kind == FMR_LIST)
		put_list(out, what);
	else if (what->kind == FMR_STRING)
		fmr_str_printf(out, " %s", what->text.bytes);
	const bool values = strcmp(step->deed, "link") == 0 || strcmp(step->deed, "delegate") == 0;
	for (size_t i = 0; what->kind == FMR_MAP && i < what->map.count; i++) {
		const struct fmr_member *member = &what->map.members[i];
		if (!values)
			fmr_str_printf(out, " %s", member->key.bytes);
		if (values && fmr_value_string(member->value))
			fmr_str_printf(out, " %s", fmr_value_string(member->value));
		if (member->value->kind == FMR_LIST && strcmp(step->deed, "set") != 0)
			put_list(out, member->value);
	}
}

void fmr_sample_list(struct fmr_cli *cli, const struct story *story)
{
	struct fmr_str line;
	fmr_str_init(&line);
	for (size_t i = 0; i < story->steps.count; i++) {
		const struct story_step *step = &story->steps.items[i];
		fmr_str_clear(&line);
		fmr_time_format(&line, &step->at);
		fmr_str_printf(&line, "  %-12s %s", step->by->id, step->deed);
		put_what(&line, step);
		fmr_render_line(cli->out, "%s\n", line.bytes);
	}
	fmr_str_release(&line);
}
