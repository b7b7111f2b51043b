"""Run a command on a pseudo-terminal of 80 by 24; copy our stdin to it, and what it prints to stdout.

The exit code is the command's.  Input is sent line by line, each after the command has been quiet for a
moment, as a person would type it.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

QUIET = 0.15
LIMIT = 20.0


def main() -> int:
    lines = [] if sys.stdin.isatty() else sys.stdin.buffer.read().splitlines(keepends=True)
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    waited = 0.0
    while waited < LIMIT:
        ready, _, _ = select.select([terminal], [], [], QUIET)
        if not ready:
            waited += QUIET
            if lines:
                os.write(terminal, lines.pop(0))
                waited = 0.0
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        if not data:
            break
        waited = 0.0
        sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
    else:
        os.kill(child, 9)
    sys.stdout.buffer.flush()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF


sys.exit(main())
