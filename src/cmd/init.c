#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/vec.h"
#include "cmd/pack.h"
#include "cmd/sample.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAULTS = 100 };

struct options {
	struct fmr_write_options write;
	const char *organisation, *language, *time_zone, *pack;
	bool sample;
};

static const char *const languages[] = { "ja", "en", NULL };

static const struct fmr_option options_table[] = {
	{ .name = "organisation", .kind = FMR_OPTION_STRING, .argument = N_("name"),
		.help = N_("name of the organisation, printed on forms"), .offset = offsetof(struct options, organisation) },
	{ .name = "language", .kind = FMR_OPTION_CHOICE, .argument = N_("language"),
		.help = N_("language of records and forms: ja or en"), .offset = offsetof(struct options, language),
		.choices = languages },
	{ .name = "time-zone", .kind = FMR_OPTION_STRING, .argument = N_("zone"),
		.help = N_("zone of times written without one, as Asia/Tokyo or +09:00"),
		.offset = offsetof(struct options, time_zone) },
	{ .name = "pack", .kind = FMR_OPTION_STRING, .argument = N_("directory"),
		.help = N_("take record types and config from here, not from the shipped pack"),
		.offset = offsetof(struct options, pack), .complete = "file" },
	{ .name = "sample", .kind = FMR_OPTION_FLAG,
		.help = N_("with the worked example, as signed history, in a new repository"),
		.offset = offsetof(struct options, sample) },
	FMR_WRITE_OPTIONS(options),
	{ 0 },
};

/* ---- the config ---- */

/* The zone of this machine by its name, if it has one: "Asia/Tokyo" of /usr/share/zoneinfo/Asia/Tokyo. */
static char *machine_zone(void)
{
	static const char below[] = "/zoneinfo/";
	char target[512];
	const char *zone = getenv("TZ");
	if (zone && *zone == ':')
		zone++;
	if (zone && strchr(zone, '/') && zone[0] != '/')
		return fmr_strdup(zone);
	ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);
	if (length <= 0)
		return NULL;
	target[length] = '\0';
	const char *found = strstr(target, below);
	return found && strchr(found + sizeof(below) - 1, '/') ? fmr_strdup(found + sizeof(below) - 1) : NULL;
}

struct answers {
	char *organisation, *language, *time_zone; /* NULL: as in the pack */
};

static int ask(struct fmr_cli *cli, const char *question, const char *proposed, char **answer, struct fmr_err *err)
{
	if (*answer || !cli->may_prompt)
		return 0;
	int result = fmr_cli_ask(cli, question, proposed, answer, err);
	if (!result && !**answer) {
		free(*answer);
		*answer = NULL;
	}
	return result;
}

static char *copy_of(const char *text)
{
	return text ? fmr_strdup(text) : NULL;
}

static int ask_all(struct fmr_cli *cli, const struct options *options, struct answers *answers, struct fmr_err *err)
{
	char *zone = machine_zone();
	answers->organisation = copy_of(options->organisation);
	answers->language = copy_of(options->language);
	answers->time_zone = copy_of(options->time_zone);
	int result = ask(cli, _("name of the organisation"), NULL, &answers->organisation, err);
	if (!result)
		result = ask(cli, _("language of records and forms (ja, en)"),
			cli->language == FMR_JAPANESE ? "ja" : "en", &answers->language, err);
	if (!result)
		result = ask(cli, _("time zone"), zone ? zone : "Asia/Tokyo", &answers->time_zone, err);
	free(zone);
	return result;
}

static int check_zone(const char *zone, struct fmr_err *err)
{
	int offset;
	if (!zone || fmr_zone_offset(zone, fmr_clock_now(), &offset))
		return 0;
	fmr_err_set(err, FMR_ERR_INVALID, _("no time zone '%s'"), zone);
	fmr_err_hint(err, _("write it as Asia/Tokyo, UTC or +09:00"));
	return FMR_ERR_INVALID;
}

static int check_answers(const struct answers *answers, struct fmr_err *err)
{
	if (answers->language && strcmp(answers->language, "ja") != 0 && strcmp(answers->language, "en") != 0)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is none of the languages ja, en"), answers->language);
	return check_zone(answers->time_zone, err);
}

/* Fill in the config that is about to be written. */
static int fill_config(struct fmr_cli *cli, const struct options *options, struct fmr_pack *files, struct fmr_err *err)
{
	struct answers answers = { 0 };
	int result = 0;
	for (size_t i = 0; i < files->count && !result; i++) {
		if (strcmp(files->items[i].path, FMR_PACK_CONFIG) != 0)
			continue;
		struct fmr_str *text = &files->items[i].content;
		result = ask_all(cli, options, &answers, err);
		if (!result)
			result = check_answers(&answers, err);
		if (!result)
			result = fmr_pack_answer(text, "organisation", answers.organisation, err);
		if (!result)
			result = fmr_pack_answer(text, "language", answers.language, err);
		if (!result)
			result = fmr_pack_answer(text, "time_zone", answers.time_zone, err);
	}
	free(answers.organisation);
	free(answers.language);
	free(answers.time_zone);
	return result;
}

/* ---- the repository ---- */

/* Without a directory: the repository we are in, or a new one here.  With one: a repository right there, as
 * `git init DIRECTORY` would make. */
static int open_or_create(struct fmr_cli *cli, const struct options *options, const char *directory, bool *created,
	struct fmr_err *err)
{
	char *git = directory ? fmr_format("%s/.git", directory) : NULL;
	bool must_create = git && access(git, F_OK) != 0;
	struct fmr_err why = { 0 };
	int result = must_create ? FMR_ERR_NOT_FOUND
				 : fmr_store_open(directory ? directory : ".", &cli->store, &why);
	free(git);
	if (result != FMR_ERR_NOT_FOUND) {
		if (result)
			*err = why;
		return result;
	}
	*created = true;
	if (options->write.dry_run)
		return 0;
	result = fmr_store_create(directory ? directory : ".", err);
	return result ? result : fmr_store_open(directory ? directory : ".", &cli->store, err);
}

/* What the repository notes about where its files came from. */
struct notes {
	struct fmr_origins origins;
	struct fmr_str before, after; /* the text of that, as it is and as it will be */
	bool there;
};

/* Drop the files that are there already; say so where they differ from the pack. */
static int drop_existing(struct fmr_cli *cli, struct fmr_pack *files, struct notes *notes, struct fmr_err *err)
{
	struct fmr_view *view;
	int result = fmr_view_open(cli->store, FMR_VIEW_WORK_TREE, NULL, &view, err);
	if (result)
		return result;
	size_t kept = 0;
	bool differs = false;
	notes->there = fmr_view_read(view, FMR_PACK_ORIGINS, FMR_PACK_FILE_LIMIT, &notes->before, NULL) == 0;
	result = fmr_origins_read(view, &notes->origins, err);
	for (size_t i = 0; i < files->count; i++) {
		struct fmr_pack_file *file = &files->items[i];
		struct fmr_entry entry;
		if (fmr_view_entry(view, file->path, &entry, NULL) != 0) {
			files->items[kept++] = *file;
			continue;
		}
		struct fmr_str now;
		fmr_str_init(&now);
		bool same = fmr_view_read(view, file->path, FMR_PACK_FILE_LIMIT, &now, NULL) == 0 &&
			now.length == file->content.length &&
			memcmp(now.bytes, file->content.bytes, now.length) == 0;
		if (same && !result) {
			result = fmr_origins_note(&notes->origins, file->path, &file->content, err);
		} else if (!same && strcmp(file->path, FMR_PACK_CONFIG) != 0) {
			fmr_cli_say(cli, _("kept %s, which differs from the pack"), file->path);
			differs = true;
		}
		fmr_str_release(&now);
		free(file->path);
		fmr_str_release(&file->content);
	}
	files->count = kept;
	if (differs)
		fmr_cli_hint(cli, _("'fmrec schema upgrade' brings in what is new in the pack"));
	fmr_view_close(view);
	return result;
}

/* The files to write, and the note of them; yours to free. */
static int list_changes(const struct fmr_pack *files, struct notes *notes, struct fmr_change **out, struct fmr_err *err)
{
	struct fmr_change *changes = *out = fmr_alloc_zero(files->count + 1, sizeof(*changes));
	int result = 0;
	for (size_t i = 0; !result && i < files->count; i++) {
		const struct fmr_pack_file *file = &files->items[i];
		changes[i] = (struct fmr_change){ file->path, file->content.bytes, file->content.length, NULL };
		result = fmr_origins_note(&notes->origins, file->path, &file->content, err);
	}
	fmr_origins_write(&notes->origins, &notes->after);
	changes[files->count] = (struct fmr_change){ FMR_PACK_ORIGINS, notes->after.bytes, notes->after.length,
		notes->there ? &notes->before : NULL };
	return result;
}

static int apply(struct fmr_cli *cli, const struct options *options, const struct fmr_pack *files, struct notes *notes,
	struct fmr_commit_result *commit, struct fmr_err *err)
{
	struct fmr_change *changes;
	int result = list_changes(files, notes, &changes, err);
	if (!result)
		result = fmr_write_apply(cli, &options->write, changes, files->count + 1,
			"fmrec: init\n\nConfig and record types of the pack, to be changed as the organisation needs.", commit,
			err);
	free(changes);
	return result;
}

static void say_next(struct fmr_cli *cli, const char *directory, const struct fmr_pack *files)
{
	bool config = false;
	for (size_t i = 0; i < files->count; i++)
		config |= strcmp(files->items[i].path, FMR_PACK_CONFIG) == 0;
	if (cli->quiet)
		return;
	fmr_cli_say(cli, _("next:"));
	if (directory && strcmp(directory, ".") != 0)
		fmr_cli_say(cli, "  cd %s", directory);
	if (config)
		fmr_cli_say(cli, _("  look at .fmrec/config.yaml: organisation, severity classes, roles"));
	fmr_cli_say(cli, _("  fmrec hooks install     have every commit checked"));
	fmr_cli_say(cli, _("  fmrec schema list       the types of records"));
	fmr_cli_say(cli, _("  fmrec new TYPE          file the first one"));
}

static int init(struct fmr_cli *cli, const struct options *options, const char *directory, struct fmr_pack *files,
	struct notes *notes, struct fmr_err *err)
{
	bool created = false;
	int result = check_zone(options->time_zone, err); /* before there is an empty repository */
	if (!result)
		result = fmr_pack_read(options->pack, files, err);
	if (!result)
		result = open_or_create(cli, options, directory, &created, err);
	if (!result && cli->store && !fmr_store_work_tree(cli->store))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("a bare repository holds no work tree to write to"));
	if (!result && cli->store)
		result = drop_existing(cli, files, notes, err);
	if (!result)
		result = fill_config(cli, options, files, err);
	if (result)
		return result;
	if (files->count == 0) {
		fmr_cli_say(cli, _("nothing to add: this is a record repository already"));
		return FMR_EXIT_OK;
	}
	struct fmr_commit_result commit;
	result = apply(cli, options, files, notes, &commit, err);
	if (result && created)
		fmr_err_hint(err, _("the empty git repository stays; mend this and run fmrec init again"));
	if (result || options->write.dry_run)
		return result;
	struct fmr_str where;
	fmr_str_init(&where);
	fmr_write_where(&where, &options->write, &commit);
	if (!cli->quiet)
		fmr_render_line(cli->out, created ? _("record repository made in %s: %zu files   %s\n")
						  : _("record repository in %s: %zu files added   %s\n"),
			fmr_store_work_tree(cli->store), files->count, where.bytes);
	fmr_str_release(&where);
	say_next(cli, directory, files);
	return FMR_EXIT_OK;
}

/* ---- the worked example ---- */

static int install_sample(struct fmr_cli *cli, const struct options *options, const struct story *story,
	const char *directory, struct fmr_pack *files, struct notes *notes, struct fmr_err *err)
{
	struct options said = *options;
	said.organisation = said.organisation ? said.organisation : story->organisation;
	said.language = said.language ? said.language : story->language;
	said.time_zone = said.time_zone ? said.time_zone : story->time_zone;
	cli->may_prompt = false; /* the story answers everything */
	int result = fmr_pack_read(options->pack, files, err);
	if (!result)
		result = fill_config(cli, &said, files, err);
	struct fmr_change *changes = NULL;
	if (!result)
		result = list_changes(files, notes, &changes, err);
	if (!result)
		result = fmr_sample_install(cli, story, changes, files->count + 1, directory, err);
	free(changes);
	return result;
}

static int sample(struct fmr_cli *cli, const struct options *options, const char *directory, struct fmr_pack *files,
	struct notes *notes, struct fmr_err *err)
{
	struct story story;
	struct fmr_findings *findings = fmr_findings_new(FAULTS);
	char *top = options->pack ? fmr_format("%s/sample", options->pack) : fmr_format("%s/schema/sample", fmr_data_dir());
	int result = fmr_story_read(top, &story, findings, err);
	if (fmr_findings_count(findings))
		fmr_write_show_findings(cli, findings);
	if (!result && options->write.dry_run)
		fmr_sample_list(cli, &story);
	else if (!result)
		result = install_sample(cli, options, &story, directory, files, notes, err);
	fmr_story_release(&story);
	fmr_findings_free(findings);
	free(top);
	return result;
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct options *options = given;
	if (argc > 1)
		return fmr_cli_usage(cli, _("one directory at a time"));
	if (options->sample && (options->write.no_commit || options->write.no_stage))
		return fmr_cli_usage(cli, _("a sample is history: it is always committed"));
	const char *directory = argc ? argv[0] : NULL;
	struct fmr_pack files = { 0 };
	struct notes notes = { 0 };
	fmr_str_init(&notes.before);
	fmr_str_init(&notes.after);
	int result = options->sample ? sample(cli, options, directory ? directory : ".", &files, &notes, err)
				     : init(cli, options, directory, &files, &notes, err);
	fmr_origins_release(&notes.origins);
	fmr_str_release(&notes.before);
	fmr_str_release(&notes.after);
	fmr_pack_release(&files);
	return result;
}

static const char *const synopsis[] = { "[<options>] [<directory>]", NULL };

const struct fmr_command fmr_command_init = {
	.name = "init",
	.group = "start",
	.summary = N_("start a record repository, or make one of a git repository"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_NOTHING,
	.complete = "file",
	.run = run,
};
