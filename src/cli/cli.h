/*
 * What a command sees of the command line: options as a table, output, context.
 */
#ifndef FMR_CLI_CLI_H
#define FMR_CLI_CLI_H

#include "fmrec/fmrec.h"

#include <stdbool.h>
#include <stdio.h>

enum fmr_exit {
	FMR_EXIT_OK = 0,
	FMR_EXIT_FINDINGS = 1,  /* findings, or a negative answer */
	FMR_EXIT_UNPROVEN = 3,  /* audit only */
	FMR_EXIT_FATAL = 128,   /* could not run */
	FMR_EXIT_USAGE = 129,
};

enum fmr_option_kind {
	FMR_OPTION_FLAG,    /* bool; --no-NAME negates */
	FMR_OPTION_SWITCH,  /* int: 1, with --no-NAME -1; 0 when neither was said */
	FMR_OPTION_STRING,  /* const char * */
	FMR_OPTION_NUMBER,  /* long */
	FMR_OPTION_LIST,    /* struct fmr_strings: may be repeated */
	FMR_OPTION_CHOICE,  /* const char *, one of choices */
};

struct fmr_strings {
	const char **items;
	size_t count, capacity;
};

/* One option; parsed into the command's own struct at offset. */
struct fmr_option {
	char letter;                 /* 0: long form only */
	const char *name;            /* without "--" */
	enum fmr_option_kind kind;
	const char *argument;        /* name of its argument in help, NULL for flags */
	const char *help;            /* N_("...") one line */
	size_t offset;               /* offsetof(struct options, member) */
	const char *const *choices;  /* NULL-terminated */
	const char *complete;        /* as in struct fmr_command, for the argument; or NULL */
	const char *implied;         /* STRING, CHOICE: value when the argument is left out (then it must be stuck on) */
	long least;                  /* NUMBER: less is wrong use; 0: any number */
};

/* What must be there before run is called. */
enum fmr_needs {
	FMR_NEEDS_NOTHING = 0,
	FMR_NEEDS_STORE = 1,     /* a Git repository: cli->store */
	FMR_NEEDS_BOOK = 3,      /* a record repository: cli->store, cli->view (work tree, or HEAD when bare), cli->book */
	FMR_NEEDS_WORK_TREE = 7, /* FMR_NEEDS_BOOK and a work tree */
};

struct fmr_cli;

struct fmr_command {
	const char *name;                /* "log-entry" */
	const char *group;               /* "start" "write" "read" "judge" "approve" "manage"; NULL: hidden */
	const char *summary;             /* N_("...") one line, lower case */
	const char *const *synopsis;     /* argument patterns, NULL-terminated: "[<options>] <id> [<path>=<value>...]" */
	const struct fmr_option *options;/* ended by a row without name; NULL: none */
	size_t options_size;             /* sizeof the options struct, zeroed before parsing */
	unsigned needs;
	/* What completion offers for operands, one word each, the last for all that follow: "type" "id" "file"
	 * "directory" "rev" "command" "field" "relation" "catalogue" "assign" (path=value), or literal words "get|set";
	 * or NULL. */
	const char *complete;
	const char *const *formats;      /* what --format accepts, NULL-terminated; NULL: not checked before run */
	bool templates;                  /* --format may also be one of rows: '%(id) %(title)' */
	bool query;                      /* operands may look like "-state:closed" */
	bool at;                         /* reads any state: has --at, and cli->view and cli->book are of that commit */
	/* Returns an fmr_exit, or a negative fmr_error with err filled (main prints it and exits 128). */
	int (*run)(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err);
};

/* Common state of one run; owned by main. */
struct fmr_cli {
	const struct fmr_command *command;
	const char *verb;             /* name of a transition that was typed for the command, or NULL */
	const char *program;          /* absolute path of this executable */
	struct fmr_store *store;
	struct fmr_view *view;
	struct fmr_book *book;
	struct fmr_states *states;    /* of the book; NULL where nothing is governed: all are in their first state */
	enum fmr_language language;   /* of messages and labels */
	const char *format;           /* --format, or NULL */
	const char *at;               /* --at, or NULL: opened when the book is needed */
	bool quiet, verbose, no_pager;
	bool color;                   /* on stdout: decided by --color, NO_COLOR, CLICOLOR_FORCE, config, tty */
	bool color_errors;            /* on stderr */
	bool in_tty, out_tty, err_tty;
	bool may_prompt;              /* stdin and stderr are terminals, FMREC_PROMPT is not 0 */
	FILE *out, *talk;             /* results; talk (stderr).  Print through src/render. */
	struct fmr_settings *settings;/* -c key=value */
};

/* All commands, NULL-terminated, in the order of commands.def. */
extern const struct fmr_command *const fmr_commands[];

/* Open what `needs` names and is not open yet; main does so for the command's own needs. */
int fmr_cli_need(struct fmr_cli *cli, unsigned needs, struct fmr_err *err);

/* The view that --at asks for: of a revision, or of what HEAD was at the end of a day or another period. */
int fmr_cli_open_at(struct fmr_cli *cli, const char *at, struct fmr_view **out, struct fmr_err *err);

/* Value of a setting: -c, then environment FMREC_KEY ("id.prefix" is FMREC_ID_PREFIX), then `git config
 * fmrec.KEY`; NULL when unset.  Borrowed from cli. */
const char *fmr_cli_setting(struct fmr_cli *cli, const char *key);

/* Start the pager for long output on a terminal (as git chooses it); output goes to cli->out. */
void fmr_cli_page(struct fmr_cli *cli);

/* Columns of the terminal that results go to; 0 when they go elsewhere (then nothing is cut or wrapped). */
size_t fmr_cli_width(const struct fmr_cli *cli);

/* Lines on talk: "message", "fmrec: warning: message", "hint: message".  Safe for a terminal. */
void fmr_cli_say(struct fmr_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3))); /* not with -q */
void fmr_cli_warn(struct fmr_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fmr_cli_hint(struct fmr_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Print a usage error ("see fmrec COMMAND -h") and return FMR_EXIT_USAGE. */
int fmr_cli_usage(struct fmr_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a word that is none of those that the command knows. */
int fmr_cli_usage_word(struct fmr_cli *cli, const char *word, const char *const *known);

/* What a command does whose only operand is a verb; the last one has no name. */
struct fmr_verb {
	const char *name;
	int (*run)(struct fmr_cli *cli, struct fmr_err *err);
};
enum { FMR_VERBS = 8 };
/* Run the verb that is named; without an operand the usual one. */
int fmr_cli_run_verb(struct fmr_cli *cli, const struct fmr_verb *verbs, const char *usual, int argc, char **argv,
	struct fmr_err *err);

/* Ask on the terminal, with the proposed answer (may be NULL) in brackets; an empty line takes it.  *answer is
 * yours to free.  FMR_ERR_ABORTED on end of input, or when there is no terminal to ask on. */
int fmr_cli_ask(struct fmr_cli *cli, const char *question, const char *proposed, char **answer,
	struct fmr_err *err);
/* Yes or no; without a terminal: no. */
bool fmr_cli_confirm(struct fmr_cli *cli, const char *question);

/* Let the user edit text (GIT_EDITOR, core.editor, VISUAL, EDITOR); replaced by what was saved, also when the
 * editor then failed (FMR_ERR_ABORTED).  suffix: end of the file name, ".yaml". */
int fmr_cli_edit(struct fmr_cli *cli, struct fmr_str *text, const char *suffix, struct fmr_err *err);

/* Progress on a terminal, for work over a second: call often, cheap. */
struct fmr_progress;
struct fmr_progress *fmr_progress_new(struct fmr_cli *cli, const char *what);
void fmr_progress_show(struct fmr_progress *progress, size_t done, size_t total);
void fmr_progress_end(struct fmr_progress *progress); /* frees it and clears the line */

#endif
