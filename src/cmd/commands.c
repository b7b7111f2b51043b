/*
 * The table made from commands.def.
 */
#include "cli/cli.h"

#include <stddef.h>

#define FMR_COMMAND(name) extern const struct fmr_command fmr_command_##name;
#include "cmd/commands.def"
#undef FMR_COMMAND

const struct fmr_command *const fmr_commands[] = {
#define FMR_COMMAND(name) &fmr_command_##name,
#include "cmd/commands.def"
#undef FMR_COMMAND
	NULL,
};
