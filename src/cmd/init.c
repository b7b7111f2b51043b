#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/vec.h"
#include "cmd/sample.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACK_FILE_LIMIT = 4 << 20, FAULTS = 100 };

static const char config_path[] = ".fmrec/config.yaml";

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

/* One file that the repository should have. */
struct file {
	char *path;
	struct fmr_str content;
};

struct files {
	struct file *items;
	size_t count, capacity;
};

static void release_files(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].path);
		fmr_str_release(&files->items[i].content);
	}
	FMR_VEC_RELEASE(files);
}

/* ---- the pack ---- */

static int add_file(struct files *files, const char *from, const char *path, struct fmr_err *err)
{
	struct file *file = FMR_VEC_ADD(files);
	file->path = fmr_strdup(path);
	fmr_str_init(&file->content);
	int result = fmr_file_read(AT_FDCWD, from, PACK_FILE_LIMIT, false, &file->content, err);
	if (result == FMR_ERR_NOT_FOUND)
		fmr_err_hint(err, _("is fmrec installed completely?"));
	return result;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

/* One directory of a pack, and where its files go; nearly every pack has types, the others need not be there. */
struct shelf {
	const char *directory, *into;
	bool optional;
};

static int add_shelf(struct files *files, const char *top, const struct shelf *shelf, struct fmr_err *err)
{
	char *directory = fmr_format("%s/%s", top, shelf->directory);
	DIR *stream = opendir(directory);
	int result = stream || (shelf->optional && errno == ENOENT) ? 0 :
		fmr_err_system(err, errno, _("cannot read the record types in '%s'"), directory);
	for (const struct dirent *entry; stream && !result && (entry = readdir(stream));) {
		size_t length = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || length <= 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		char *from = fmr_format("%s/%s", directory, entry->d_name);
		char *path = fmr_format("%s/%s", shelf->into, entry->d_name);
		result = add_file(files, from, path, err);
		free(path);
		free(from);
	}
	if (stream)
		closedir(stream);
	free(directory);
	return result;
}

/* A pack has types/, catalogue/ and config.yaml; the shipped one has its config elsewhere. */
static int read_pack(const struct options *options, struct files *files, struct fmr_err *err)
{
	static const struct shelf shelves[] = { { "types", ".fmrec/schema", false },
		{ "catalogue", ".fmrec/catalogue", true }, { "scaffold", ".fmrec/scaffold", true } };
	char *top = options->pack ? fmr_strdup(options->pack) : fmr_format("%s/schema", fmr_data_dir());
	char *config = fmr_format("%s/%s", top, options->pack ? "config.yaml" : "pack/config.yaml");
	int result = 0;
	for (size_t i = 0; !result && i < sizeof(shelves) / sizeof(*shelves); i++)
		result = add_shelf(files, top, &shelves[i], err);
	if (files->count)
		qsort(files->items, files->count, sizeof(*files->items), by_path);
	if (!result)
		result = add_file(files, config, config_path, err);
	free(config);
	free(top);
	return result;
}

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

static int set_config(struct fmr_str *text, const char *key, const char *value, struct fmr_err *err)
{
	if (!value)
		return 0;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_source source = { config_path, text->bytes, text->length };
	const struct fmr_edit edit = { FMR_EDIT_SET, key, fmr_value_new_string(&arena, value, strlen(value)), NULL };
	int result = fmr_yaml_edit(&source, &edit, 1, text, err);
	fmr_arena_release(&arena);
	return result;
}

static int check_answers(const struct answers *answers, struct fmr_err *err)
{
	int offset;
	if (answers->language && strcmp(answers->language, "ja") != 0 && strcmp(answers->language, "en") != 0)
		return fmr_err_set(err, FMR_ERR_INVALID, _("'%s' is none of the languages ja, en"), answers->language);
	if (answers->time_zone && !fmr_zone_offset(answers->time_zone, fmr_clock_now(), &offset)) {
		fmr_err_set(err, FMR_ERR_INVALID, _("no time zone '%s'"), answers->time_zone);
		fmr_err_hint(err, _("write it as Asia/Tokyo, UTC or +09:00"));
		return FMR_ERR_INVALID;
	}
	return 0;
}

/* Fill in the config that is about to be written. */
static int fill_config(struct fmr_cli *cli, const struct options *options, struct files *files, struct fmr_err *err)
{
	struct answers answers = { 0 };
	int result = 0;
	for (size_t i = 0; i < files->count && !result; i++) {
		if (strcmp(files->items[i].path, config_path) != 0)
			continue;
		struct fmr_str *text = &files->items[i].content;
		result = ask_all(cli, options, &answers, err);
		if (!result)
			result = check_answers(&answers, err);
		if (!result)
			result = set_config(text, "organisation", answers.organisation, err);
		if (!result)
			result = set_config(text, "language", answers.language, err);
		if (!result)
			result = set_config(text, "time_zone", answers.time_zone, err);
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

/* Drop the files that are there already; say so where they differ from the pack. */
static int drop_existing(struct fmr_cli *cli, struct files *files, struct fmr_err *err)
{
	struct fmr_view *view;
	int result = fmr_view_open(cli->store, FMR_VIEW_WORK_TREE, NULL, &view, err);
	if (result)
		return result;
	size_t kept = 0;
	for (size_t i = 0; i < files->count; i++) {
		struct file *file = &files->items[i];
		struct fmr_entry entry;
		if (fmr_view_entry(view, file->path, &entry, NULL) != 0) {
			files->items[kept++] = *file;
			continue;
		}
		struct fmr_str now;
		fmr_str_init(&now);
		bool same = fmr_view_read(view, file->path, PACK_FILE_LIMIT, &now, NULL) == 0 &&
			now.length == file->content.length &&
			memcmp(now.bytes, file->content.bytes, now.length) == 0;
		if (!same && strcmp(file->path, config_path) != 0)
			fmr_cli_say(cli, _("kept %s, which differs from the pack"), file->path);
		fmr_str_release(&now);
		free(file->path);
		fmr_str_release(&file->content);
	}
	files->count = kept;
	fmr_view_close(view);
	return 0;
}

static int apply(struct fmr_cli *cli, const struct options *options, const struct files *files,
	struct fmr_commit_result *commit, struct fmr_err *err)
{
	struct fmr_change *changes = fmr_alloc_zero(files->count, sizeof(*changes));
	for (size_t i = 0; i < files->count; i++)
		changes[i] = (struct fmr_change){ files->items[i].path, files->items[i].content.bytes,
			files->items[i].content.length, NULL };
	int result = fmr_write_apply(cli, &options->write, changes, files->count,
		"fmrec: init\n\nConfig and record types of the pack, to be changed as the organisation needs.", commit, err);
	free(changes);
	return result;
}

static void say_next(struct fmr_cli *cli, const char *directory, const struct files *files)
{
	bool config = false;
	for (size_t i = 0; i < files->count; i++)
		config |= strcmp(files->items[i].path, config_path) == 0;
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

static int init(struct fmr_cli *cli, const struct options *options, const char *directory, struct files *files,
	struct fmr_err *err)
{
	bool created = false;
	int result = read_pack(options, files, err);
	if (!result)
		result = open_or_create(cli, options, directory, &created, err);
	if (!result && cli->store && !fmr_store_work_tree(cli->store))
		result = fmr_err_set(err, FMR_ERR_INVALID, _("a bare repository holds no work tree to write to"));
	if (!result && cli->store)
		result = drop_existing(cli, files, err);
	if (!result)
		result = fill_config(cli, options, files, err);
	if (result)
		return result;
	if (files->count == 0) {
		fmr_cli_say(cli, _("nothing to add: this is a record repository already"));
		return FMR_EXIT_OK;
	}
	struct fmr_commit_result commit;
	result = apply(cli, options, files, &commit, err);
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
	const char *directory, struct files *files, struct fmr_err *err)
{
	struct options said = *options;
	said.organisation = said.organisation ? said.organisation : story->organisation;
	said.language = said.language ? said.language : story->language;
	said.time_zone = said.time_zone ? said.time_zone : story->time_zone;
	cli->may_prompt = false; /* the story answers everything */
	int result = read_pack(options, files, err);
	if (!result)
		result = fill_config(cli, &said, files, err);
	struct fmr_change *changes = fmr_alloc_zero(files->count + 1, sizeof(*changes));
	for (size_t i = 0; i < files->count; i++)
		changes[i] = (struct fmr_change){ files->items[i].path, files->items[i].content.bytes,
			files->items[i].content.length, NULL };
	if (!result)
		result = fmr_sample_install(cli, story, changes, files->count, directory, err);
	free(changes);
	return result;
}

static int sample(struct fmr_cli *cli, const struct options *options, const char *directory, struct files *files,
	struct fmr_err *err)
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
		result = install_sample(cli, options, &story, directory, files, err);
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
	struct files files = { 0 };
	int result = options->sample ? sample(cli, options, directory ? directory : ".", &files, err)
				     : init(cli, options, directory, &files, err);
	release_files(&files);
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
