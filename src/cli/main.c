/*
 * The program.  Only this file ends the process early.
 */
#include "base/alloc.h"
#include "cli/frame.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void out_of_memory(void)
{
	static const char text[] = "fmrec: out of memory\n";
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0) {
		/* nothing is left to tell it to */
	}
	_exit(FMR_EXIT_FATAL);
}

/* A closed standard stream would give its number to the next file opened, and messages would go into a record. */
static void open_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			_exit(FMR_EXIT_FATAL);
}

int main(int argc, char **argv)
{
	fmr_out_of_memory = out_of_memory;
	open_standard_streams();
	signal(SIGPIPE, SIG_DFL); /* `fmrec list | head` ends without a word */
	return fmr_cli_main(argc, argv);
}
