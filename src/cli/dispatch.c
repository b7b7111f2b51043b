/*
 * From the command line to the command.
 */
#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/vec.h"
#include "cli/frame.h"
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct fmr_command *fmr_command_find(const char *name)
{
	for (size_t i = 0; fmr_commands[i]; i++)
		if (strcmp(fmr_commands[i]->name, name) == 0)
			return fmr_commands[i];
	return NULL;
}

/* ---- what a command needs ---- */

static int open_store(struct fmr_cli *cli, struct fmr_err *err)
{
	if (cli->store)
		return 0;
	int rc = fmr_store_open(".", &cli->store, err);
	if (rc == FMR_ERR_NOT_FOUND && err && !*err->hint)
		fmr_err_hint(err, _("'fmrec init' starts a record repository"));
	return rc;
}

static int open_book(struct fmr_cli *cli, struct fmr_err *err)
{
	if (cli->book)
		return 0;
	if (!cli->view) {
		bool bare = !fmr_store_work_tree(cli->store);
		int rc = cli->at ? fmr_cli_open_at(cli, cli->at, &cli->view, err) :
			fmr_view_open(cli->store, bare ? FMR_VIEW_COMMIT : FMR_VIEW_WORK_TREE, bare ? "HEAD" : NULL,
				&cli->view, err);
		if (rc)
			return rc;
	}
	int rc = fmr_book_open(cli->view, &cli->book, NULL, err);
	if (!rc && fmr_states_are_governed(cli->view)) {
		cli->states = fmr_states_new(cli->view);
		fmr_book_set_states(cli->book, fmr_states_of, cli->states);
	}
	return rc;
}

int fmr_cli_need(struct fmr_cli *cli, unsigned needs, struct fmr_err *err)
{
	int rc = 0;
	if (needs & FMR_NEEDS_STORE)
		rc = open_store(cli, err);
	if (!rc && (needs & FMR_NEEDS_WORK_TREE) == FMR_NEEDS_WORK_TREE && !fmr_store_work_tree(cli->store)) {
		rc = fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("a bare repository has no files to change"));
		fmr_err_hint(err, _("work in a clone of it"));
	}
	if (!rc && (needs & FMR_NEEDS_BOOK) == FMR_NEEDS_BOOK)
		rc = open_book(cli, err);
	return rc;
}

/* ---- one command ---- */

static int show_manual(struct fmr_cli *cli, const struct fmr_command *command)
{
	char *name = command && command->group ? fmr_format("fmrec-%s", command->name) : fmr_strdup("fmrec");
	if (!fmr_cli_manual(cli, name))
		fmr_cli_print_usage(cli->out, command);
	free(name);
	return FMR_EXIT_OK;
}

static bool accepts_format(const struct fmr_cli *cli)
{
	if (!cli->format || !cli->command->formats || (cli->command->templates && strchr(cli->format, '%')))
		return true;
	for (size_t i = 0; cli->command->formats[i]; i++)
		if (strcmp(cli->command->formats[i], cli->format) == 0)
			return true;
	return false;
}

static int refuse_format(struct fmr_cli *cli)
{
	struct fmr_str list;
	fmr_str_init(&list);
	for (size_t i = 0; cli->command->formats[i]; i++)
		fmr_str_printf(&list, "%s%s", i ? ", " : "", cli->command->formats[i]);
	fmr_cli_usage(cli, _("'--format' has no value '%s' here; allowed: %s"), cli->format, list.bytes);
	fmr_str_release(&list);
	return FMR_EXIT_USAGE;
}

static int usage_error(struct fmr_cli *cli, const struct fmr_err *err)
{
	if (*err->hint)
		return fmr_cli_usage(cli, "%s; %s", err->text, err->hint);
	return fmr_cli_usage(cli, "%s", err->text);
}

static int globals_error(struct fmr_cli *cli, const struct fmr_err *err)
{
	if (err->code == FMR_ERR_INVALID)
		return usage_error(cli, err);
	fmr_cli_print_error(cli, err);
	return FMR_EXIT_FATAL;
}

static int finish(struct fmr_cli *cli, int code, const struct fmr_err *err)
{
	fmr_pager_end(cli);
	if (code < 0) {
		fmr_cli_print_error(cli, err);
		code = FMR_EXIT_FATAL;
	}
	return code;
}

static int run_prepared(struct fmr_cli *cli, const struct fmr_globals *globals, const void *values, int argc,
	char **argv)
{
	struct fmr_err err = { 0 };
	if (!accepts_format(cli))
		return refuse_format(cli);
	int rc = fmr_cli_need(cli, cli->command->needs, &err);
	if (!rc && globals->paginate)
		fmr_cli_page(cli);
	if (!rc)
		rc = cli->command->run(cli, values, argc, argv, &err);
	return finish(cli, rc, &err);
}

static int run_command(struct fmr_cli *cli, struct fmr_globals *globals, const struct fmr_command *command, int argc,
	char **argv)
{
	cli->command = command;
	void *values = fmr_alloc_zero(1, command->options_size);
	const struct fmr_parse parse = {
		.sets = { { command->options, values }, { fmr_global_options, globals }, { fmr_at_options, globals } },
		.set_count = command->at ? 3 : 2,
		.query = command->query,
	};
	struct fmr_err err = { 0 };
	int operands = 0, rc;
	/* Completion gets the words as they are: they are half a command line of their own. */
	bool raw = !command->group && !command->options;
	if (raw)
		operands = argc;
	if (!raw && fmr_options_parse(&parse, argc, argv, &operands, &err)) {
		rc = usage_error(cli, &err);
	} else if (globals->short_help) {
		if (cli->verb)
			fprintf(cli->out, _("'fmrec %s <id>...' is 'fmrec %s <id>... %s'\n\n"), cli->verb, command->name, cli->verb);
		fmr_cli_print_usage(cli->out, command);
		rc = FMR_EXIT_OK;
	} else if (globals->help) {
		rc = show_manual(cli, command);
	} else if (fmr_globals_apply(globals, cli, &err)) {
		rc = globals_error(cli, &err);
	} else {
		argv[operands] = NULL;
		rc = run_prepared(cli, globals, values, operands, argv);
	}
	fmr_options_release(command->options, values);
	free(values);
	return rc;
}

/* ---- which command ---- */

struct names {
	const char **items;
	size_t count, capacity;
};

static void note_transition(void *context, const struct fmr_transition_rule *rule)
{
	struct names *names = context;
	FMR_VEC_PUSH(names, rule->name);
}

const char *fmr_command_nearest(struct fmr_cli *cli, const char *name)
{
	struct names names = { 0 };
	for (size_t i = 0; fmr_commands[i]; i++)
		if (fmr_commands[i]->group)
			FMR_VEC_PUSH(&names, fmr_commands[i]->name);
	fmr_command_each_transition(cli, note_transition, &names);
	const char *nearest = fmr_text_nearest(name, names.items, names.count);
	FMR_VEC_RELEASE(&names);
	return nearest;
}

static int unknown_command(struct fmr_cli *cli, const char *name)
{
	const char *nearest = fmr_command_nearest(cli, name);
	if (nearest)
		return fmr_cli_usage(cli, _("'%s' is not a command; did you mean '%s'?"), name, nearest);
	return fmr_cli_usage(cli, _("'%s' is not a command"), name);
}

/* The alias's words take the place of its name; an alias of an alias is not followed. */
static int run_alias(struct fmr_cli *cli, struct fmr_globals *globals, int argc, char **argv)
{
	struct fmr_err err = { 0 };
	char **words;
	size_t count;
	if (fmr_cli_alias(cli, argv[0], &words, &count, &err)) {
		fmr_cli_print_error(cli, &err);
		return FMR_EXIT_FATAL;
	}
	const struct fmr_command *command = count ? fmr_command_find(words[0]) : NULL;
	int code;
	if (!count) {
		code = unknown_command(cli, argv[0]);
	} else if (!command) {
		code = fmr_cli_usage(cli, _("the alias '%s' stands for '%s', which is not a command"), argv[0], words[0]);
	} else {
		FMR_VEC(char *) all = { 0 };
		for (size_t i = 1; i < count; i++)
			FMR_VEC_PUSH(&all, words[i]);
		for (int i = 1; i < argc; i++)
			FMR_VEC_PUSH(&all, argv[i]);
		int given = (int)all.count;
		FMR_VEC_PUSH(&all, NULL);
		code = run_command(cli, globals, command, given, all.items);
		FMR_VEC_RELEASE(&all);
	}
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
	return code;
}

static int run_named(struct fmr_cli *cli, struct fmr_globals *globals, int argc, char **argv)
{
	const struct fmr_command *command = fmr_command_find(argv[0]);
	if (command)
		return run_command(cli, globals, command, argc - 1, argv + 1);
	if (fmr_command_transition(cli, argv[0])) {
		cli->verb = argv[0];
		return run_command(cli, globals, fmr_command_find(FMR_COMMAND_OF_TRANSITIONS), argc - 1, argv + 1);
	}
	fmr_cli_run_external(argv[0], argv + 1);
	return run_alias(cli, globals, argc, argv);
}

static int dispatch(struct fmr_cli *cli, struct fmr_globals *globals, int argc, char **argv)
{
	const struct fmr_parse parse = {
		.sets = { { fmr_global_options, globals } }, .set_count = 1, .stop_at_operand = true
	};
	struct fmr_err err = { 0 };
	int operands = 0;
	if (fmr_options_parse(&parse, argc, argv, &operands, &err))
		return usage_error(cli, &err);
	argv[operands] = NULL;
	if (operands == 0 && globals->version)
		return run_command(cli, globals, fmr_command_find("version"), 0, argv);
	if (operands == 0 && globals->short_help) {
		fmr_cli_print_usage(cli->out, NULL);
		return FMR_EXIT_OK;
	}
	if (operands == 0 && globals->help)
		return show_manual(cli, NULL);
	if (fmr_globals_apply(globals, cli, &err))
		return globals_error(cli, &err);
	if (operands == 0)
		return run_command(cli, globals, fmr_command_find("__next"), 0, argv);
	return run_named(cli, globals, operands, argv);
}

/* A full disk must not look like success. */
static int close_output(struct fmr_cli *cli, int code)
{
	errno = 0;
	bool failed = fflush(cli->out) != 0 || ferror(cli->out);
	if (!failed || errno == EPIPE)
		return code;
	struct fmr_err err;
	fmr_err_system(&err, errno ? errno : EIO, _("cannot write the results"));
	fmr_cli_print_error(cli, &err);
	return FMR_EXIT_FATAL;
}

int fmr_cli_main(int argc, char **argv)
{
	struct fmr_globals globals = { 0 };
	struct fmr_cli cli = { .out = stdout, .talk = stderr, .settings = fmr_settings_new() };
	char *program = fmr_cli_program_path(argc > 0 ? argv[0] : "fmrec");
	cli.program = program;
	cli.language = fmr_cli_choose_language(program);
	fmr_terminal_look(&cli);
	int code = argc > 0 ? dispatch(&cli, &globals, argc - 1, argv + 1) : FMR_EXIT_USAGE;
	if (cli.book)
		fmr_book_close(cli.book);
	fmr_states_free(cli.states);
	if (cli.view)
		fmr_view_close(cli.view);
	if (cli.store)
		fmr_store_close(cli.store);
	code = close_output(&cli, code);
	fmr_options_release(fmr_global_options, &globals);
	fmr_settings_free(cli.settings);
	free(program);
	return code;
}
