/*
 * What the parts of src/cli share with each other; commands see cli.h only.
 */
#ifndef FMR_CLI_FRAME_H
#define FMR_CLI_FRAME_H

#include "base/str.h"
#include "cli/cli.h"

/* ---- global options ---- */

struct fmr_globals {
	struct fmr_strings directories, settings;
	size_t directories_done, settings_done;
	const char *git_dir, *work_tree, *format, *color, *at;
	bool quiet, verbose, paginate, no_pager, short_help, help, version;
};
extern const struct fmr_option fmr_global_options[];
extern const struct fmr_option fmr_at_options[]; /* of commands that have .at */

/* Carry out what is new in globals: change directory, environment, settings.  May be called again. */
int fmr_globals_apply(struct fmr_globals *globals, struct fmr_cli *cli, struct fmr_err *err);

/* ---- the run ---- */

int fmr_cli_main(int argc, char **argv);
void fmr_cli_print_error(struct fmr_cli *cli, const struct fmr_err *err);
/* The command of this name, hidden ones too; or NULL. */
const struct fmr_command *fmr_command_find(const char *name);
/* The command, or transition of a type of this repository, that was probably meant; NULL: none.  Borrowed from cli. */
const char *fmr_command_nearest(struct fmr_cli *cli, const char *name);
/* The first row of this name among the transitions of the types of this repository, NULL outside of one: what people
 * type for `advance`.  Loads the types. */
const struct fmr_transition_rule *fmr_command_transition(struct fmr_cli *cli, const char *name);
/* Visit the names of all transitions, each once. */
typedef void fmr_transition_visit(void *context, const struct fmr_transition_rule *rule);
void fmr_command_each_transition(struct fmr_cli *cli, fmr_transition_visit *visit, void *context);
#define FMR_COMMAND_OF_TRANSITIONS "advance"

/* Language of messages by the environment; loads its catalogue. */
enum fmr_language fmr_cli_choose_language(const char *program);
/* The program of this name on PATH, or the name itself when it is not there; yours to free. */
char *fmr_cli_search_path(const char *name);
/* The pager or editor that git would start (GIT_PAGER and core.pager, GIT_EDITOR and core.editor), appended to out;
 * but never one that the repository's own config names: looking at a stranger's clone runs nothing of the stranger's. */
int fmr_cli_program_of_git(struct fmr_cli *cli, const char *variable, const char *setting, struct fmr_str *out);
/* Absolute path of the running program; yours to free. */
char *fmr_cli_program_path(const char *name);

/* ---- settings ---- */

struct fmr_settings *fmr_settings_new(void);
void fmr_settings_free(struct fmr_settings *settings);
/* "key=value" of -c; also handed on to the git that we run. */
int fmr_settings_add(struct fmr_settings *settings, const char *pair, struct fmr_err *err);
/* Does the setting name a program?  Then the repository's own config is not asked for it. */
bool fmr_setting_names_program(const char *key);
/* Of git's configuration: fmrec.* and color.ui, read once, when first asked. */
const char *fmr_settings_git(struct fmr_cli *cli, const char *full_key);
void fmr_settings_each(struct fmr_cli *cli, fmr_setting_visit *visit, void *context);

/* ---- terminal ---- */

void fmr_terminal_look(struct fmr_cli *cli);
/* Decide cli->color and cli->color_errors; wanted: value of --color or NULL. */
int fmr_terminal_choose_color(struct fmr_cli *cli, const char *wanted, struct fmr_err *err);
/* Close the output; wait for the pager if there is one. */
void fmr_pager_end(struct fmr_cli *cli);
bool fmr_pager_is_running(void);

/* ---- words ---- */

/* Print the usage of a command, or of fmrec when command is NULL. */
void fmr_cli_print_usage(FILE *out, const struct fmr_command *command);
/* Show the manual page of `name` ("fmrec-set"); false when none could be shown. */
bool fmr_cli_manual(struct fmr_cli *cli, const char *name);
/* `fmrec name` as the program fmrec-NAME: does not return when there is one. */
void fmr_cli_run_external(const char *name, char **arguments);
/* Words of the user's own alias, split; NULL when there is none.  Yours to free (and first[0]). */
int fmr_cli_alias(struct fmr_cli *cli, const char *name, char ***words, size_t *count, struct fmr_err *err);

#endif
