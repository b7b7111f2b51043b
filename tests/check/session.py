"""Run the commands shown in a manual page or in the README, and compare what they print.  Prints TAP.

Usage: session.py mdoc|readme FILE DIRECTORY

A line that starts with "$ " is a command; lines that end with "\\" go on.  "# exit N" behind a command is its exit
code, else 0.  The lines below are what it prints to stdout and stderr together: a line "..." stands for any lines,
"..." at the end of a line for the rest of it; no lines at all means anything.  In manual pages a comment
`.\\" $ command` in EXAMPLES runs without being shown, and `.Dl $ command` is a command too.  All commands of a file run in one shell, in DIRECTORY.
"""
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field


@dataclass
class Step:
    command: str
    line: int
    code: int = 0
    expected: list = field(default_factory=list)


def unescape(text: str) -> str:
    for escape, plain in (("\\&", ""), ("\\(aq", "'"), ("\\(dq", '"'), ("\\-", "-"), ("\\~", " "), ("\\e", "\\")):
        text = text.replace(escape, plain)
    return text


def mdoc_lines(text: str):
    """The lines of literal displays in EXAMPLES, with their numbers; None where a display ends."""
    inside = literal = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(".Sh "):
            inside = line == ".Sh EXAMPLES"
        elif inside and line.startswith('.\\" $ '):
            yield number, line[4:]
            yield number, None
        elif inside and line.startswith(".Dl $ "):
            yield number, unescape(line[4:])
            yield number, None
        elif inside and line.startswith(".Bd -literal"):
            literal = True
        elif inside and line.startswith(".Ed"):
            literal = False
            yield number, None
        elif inside and literal:
            yield number, unescape(line)


def readme_lines(text: str):
    literal = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            literal = line.strip() == "```console"
            yield number, None
        elif literal:
            yield number, line


def read_steps(lines):
    steps, open_line = [], False
    for number, line in lines:
        if line is None:
            open_line = False
            steps.append(None)
        elif open_line:
            steps[-1].command += "\n" + line
            open_line = line.endswith("\\")
        elif line.startswith("$ "):
            steps.append(Step(line[2:], number))
            open_line = line.endswith("\\")
        elif steps and steps[-1]:
            steps[-1].expected.append(line)
        if line is not None and not open_line and steps and steps[-1]:
            found = re.search(r"\s+# exit (\d+)$", steps[-1].command)
            if found:
                steps[-1].code = int(found.group(1))
                steps[-1].command = steps[-1].command[: found.start()]
    return [step for step in steps if step]


def line_fits(wanted: str, got: str) -> bool:
    if wanted.endswith("..."):
        return got.startswith(wanted[:-3])
    return wanted.rstrip() == got.rstrip()


def fits(wanted: list, got: list) -> bool:
    if not wanted:
        return not got
    if wanted[0] == "...":
        return any(fits(wanted[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and line_fits(wanted[0], got[0]) and fits(wanted[1:], got[1:])


def run(steps, directory: str, work: str):
    script = []
    for i, step in enumerate(steps):
        script.append(f"{{ {step.command}\n}} >'{work}/out.{i}' 2>&1 </dev/null\necho $? >'{work}/code.{i}'")
    subprocess.run(["sh", "-c", "\n".join(script)], cwd=directory, check=False, stdin=subprocess.DEVNULL)


def read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def main() -> int:
    kind, name, directory = sys.argv[1:4]
    text = read(name)
    steps = read_steps(mdoc_lines(text) if kind == "mdoc" else readme_lines(text))
    work = os.path.join(os.environ["T"], "session")
    os.makedirs(work, exist_ok=True)
    for old in os.listdir(work):
        os.unlink(os.path.join(work, old))
    run(steps, directory, work)
    first = int(os.environ.get("FIRST", "1"))
    failed = 0
    for i, step in enumerate(steps):
        got = read(f"{work}/out.{i}").split("\n")
        while got and not got[-1].strip():
            got.pop()
        wanted = list(step.expected)
        while wanted and not wanted[-1].strip():
            wanted.pop()
        code = read(f"{work}/code.{i}").strip()
        good = code == str(step.code) and (not wanted or fits(wanted, got))
        failed += not good
        shown = step.command.split("\n")[0].replace("#", "\\#")
        print(f"{'ok' if good else 'not ok'} {first + i} - {os.path.basename(name)}:{step.line}: {shown}")
        if not good:
            print(f"# exit code {code or 'none'}, wanted {step.code}; it printed:")
            for line in got:
                print(f"#   {line}")
            if wanted:
                print("# wanted:")
                for line in wanted:
                    print(f"#   {line}")
    with open(os.path.join(os.environ["T"], "session.count"), "w", encoding="ascii") as file:
        file.write(f"{len(steps)} {failed}\n")
    return 0


sys.exit(main())
