"""Let one system call after the other fail in each writing command; what is left must be whole.

Called by tests/cli/fault.t in its sandbox: fault.py INJECT.SO.  Prints TAP.  Of many calls a sample fails, with
FAULT_MOST=n up to n of each kind.  FAULT_ONLY="set:write" does one command and one kind of call.
"""
import glob
import os
import re
import shutil
import signal
import struct
import subprocess
import sys

INJECT = sys.argv[1]
FMREC = os.environ["FMREC"]
TOP = os.getcwd()
MOST = int(os.environ.get("FAULT_MOST", "0"))
ONLY = os.environ.get("FAULT_ONLY", "").split(":")
COUNT, FIRED = os.path.join(TOP, "count"), os.path.join(TOP, "fired")
EDITED = os.path.join(TOP, "edited")

COMMANDS = {
    "init": ["init"],
    "new": ["new", "incident", "-m", "made under difficulties", "-s", "severity=S2"],
    "set": ["set", "ID", "severity=S1", "situation=changed"],
    "edit": ["edit", "ID"],
    "log-entry": ["log-entry", "ID", "restarted"],
    "attach": ["attach", "ID", "../note.txt"],
    "rm": ["rm", "GONE"],
    "link": ["link", "GONE", "same_cause", "ID", "--note", "the same rack"],
    "relink": ["relink", "WHY", "-m", "it still holds"],
    "rename": ["rename", "ID", "INC-20261121-ABCD"],
    "import": ["import", "../table.csv", "--type", "incident"],
}
THOROUGH = ("new", "set")  # the others go the same way
# program, kind, error, how many to try of each (when there are more, they are spread)
FAULTS = [
    ("fmrec", "open", "EMFILE", 7),
    ("fmrec", "read", "EIO", 4),
    ("fmrec", "write", "ENOSPC", 4),
    ("fmrec", "fsync", "EIO", 4),
    ("fmrec", "rename", "EIO", 3),
    ("fmrec", "link", "EIO", 2),
    ("fmrec", "unlink", "EIO", 2),
    ("fmrec", "mkdir", "ENOSPC", 2),
    ("fmrec", "spawn", "EAGAIN", 4),
    ("fmrec", "malloc", "ENOMEM", 5),
    ("git", "write", "ENOSPC", 3),
    ("git", "fsync", "EIO", 2),
    ("git", "rename", "EIO", 4),
]


def run(words, cwd, **extra):
    environment = dict(os.environ, **extra)
    done = subprocess.run(words, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def must(words, cwd):
    code, out, err = run(words, cwd)
    if code:
        print("Bail out! %s: %s" % (" ".join(words), err))
        sys.exit(1)
    return out.strip()


def files(top):
    """What lies in the work tree: path -> bytes."""
    found = {}
    for directory, names, entries in os.walk(top):
        if ".git" in names:
            names.remove(".git")
        for name in entries:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, top)] = file.read()
    return found


def litter(top):
    return [os.path.join(directory, name) for directory, _, entries in os.walk(top) for name in entries
            if (name.startswith(".fmrec-tmp-") and not directory.endswith("/drafts")) or name.endswith(".lock")]


def prepare():
    with open("table.csv", "w", encoding="utf-8") as file:
        file.write("title,severity,detected_at\n")
        for i in range(3):
            file.write("row %d,S3,2026-04-0%dT10:00:00+09:00\n" % (i, i + 1))
    with open("note.txt", "w", encoding="utf-8") as file:
        file.write("a note\n" * 100)
    with open("editor", "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nsed -i 's/^severity: .*/severity: S4/' \"$1\" && cp \"$1\" '%s'\n" % EDITED)
    os.chmod("editor", 0o755)
    os.environ["GIT_EDITOR"] = os.path.join(TOP, "editor")
    os.mkdir("empty")
    os.environ["GIT_TEMPLATE_DIR"] = os.path.join(TOP, "empty")
    must([FMREC, "init", "base"], TOP)
    base = os.path.join(TOP, "base")
    ids = [must([FMREC, "-q", "new", "incident", "-m", "steady %d" % i, "-s", "severity=S2"], base) for i in range(2)]
    why = must([FMREC, "-q", "new", "whywhy", "-m", "why"], base)
    must([FMREC, "-q", "link", why, "subjects", ids[0]], base)
    must([FMREC, "-q", "set", ids[0], "note=changed since"], base)
    os.environ["FMREC_RANDOM_SEED"] = "7"
    for words in COMMANDS.values():
        words[:] = [{"ID": ids[0], "GONE": ids[1], "WHY": why}.get(word, word) for word in words]


def fresh(name):
    """A copy of what the command starts from."""
    directory = os.path.join(TOP, "repository")
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(os.path.join(TOP, "empty" if name == "init" else "base"), directory, symlinks=True)
    return directory


def draft(directory):
    """All drafts that are kept, one behind the other."""
    text = b""
    for where, _, entries in os.walk(os.path.join(directory, ".git", "fmrec", "drafts")):
        for entry in entries:
            with open(os.path.join(where, entry), "rb") as file:
                text += file.read()
    return text


def tree(directory):
    code, out, _ = run(["git", "rev-parse", "HEAD^{tree}"], directory)
    return out.strip() if code == 0 else None


def remove(*paths):
    for path in paths:
        if os.path.exists(path):
            os.unlink(path)


def inject(name, directory, program, fail):
    remove(COUNT, FIRED, EDITED)
    return run([FMREC] + COMMANDS[name], directory, LD_PRELOAD=INJECT, FMREC_FAIL=fail, FMREC_FAIL_IN=program,
               FMREC_FAIL_COUNT=COUNT, FMREC_FAIL_FIRED=FIRED)


def one(name, program, kind, error, n, state):
    """Returns (fired, complaint or None)."""
    directory = fresh(name)
    code, out, err = inject(name, directory, program, "%s:%d:%s" % (kind, n, error))
    if not os.path.exists(FIRED):
        return False, None
    return True, judge(name, kind, directory, code, out, err, state)


def objects(directory):
    """Changes with every object or reference that is written."""
    names = []
    for part in ("objects", "refs"):
        for where, _, entries in os.walk(os.path.join(directory, ".git", part)):
            names += [os.path.join(where, entry) for entry in entries]
    return len(names)


def judge(name, kind, directory, code, out, err, state):
    before, after, base_tree, after_tree, base_objects = state
    crashed = code == -signal.SIGSEGV and name in ("attach", "import", "relink", "rename") and kind == "malloc"  # within OpenSSL 3
    if code not in (0, 1, 128) and not crashed:
        return "exit code %d: %s" % (code, err)
    if code and not crashed and not re.search(r"^fmrec: \S|: error: ", err + out, re.M):
        return "nothing clear: %r" % err
    now, memory = files(directory), crashed or "out of memory" in err
    repository = os.path.exists(os.path.join(directory, ".git", "config"))
    if repository and objects(directory) != base_objects:
        fsck = run(["git", "fsck", "--strict"], directory)
        if fsck[0]:
            return "git fsck: %s" % fsck[2]
    left = litter(directory)
    now = {path: text for path, text in now.items() if "fmrec-tmp" not in path}
    torn = [path for path, text in now.items() if text not in (before.get(path), after.get(path))]
    if torn:
        return "neither old nor new: %s" % torn
    gone = [path for path in before if path in after and path not in now]
    if gone:
        return "lost: %s" % gone
    if code == 0:
        if now != after or tree(directory) != after_tree:
            return "claims success, but is not done: %s" % err
    elif not memory and name != "init":
        if now != before or tree(directory) != base_tree:
            done = now == after and tree(directory) == after_tree
            return "%s: %s" % ("is done, but claims failure" if done else "half a state is left", err)
        status = run(["git", "status", "--porcelain"], directory)[1]
        if status:
            return "the index is not as before: %s%s" % (status, err)
    if name == "edit" and code and os.path.exists(EDITED):
        aside = b""
        with open(EDITED, "rb") as file:
            typed = file.read()
        for path in glob.glob(os.path.join(os.environ["TMPDIR"], "fmrec-*")):
            with open(path, "rb") as file:
                aside += file.read()
            os.unlink(path)
        if typed not in draft(directory) + aside:
            return "what was typed is not kept: %s" % err
    if now not in (before, after) and name == "rename":  # stopped half way: two ids for one record, and git undoes it
        run(["git", "reset", "-q", "--hard"], directory)
        run(["git", "clean", "-fdq", "records"], directory)
    if now not in (before, after) and name != "init":
        valid = run([FMREC, "validate"], directory)
        if valid[0]:
            return "not valid any more: %s%s" % valid[1:]
    if (name == "init" and now != after) or left:
        again = run([FMREC, "init"] if name == "init" else [FMREC, "set", COMMANDS["set"][1], "target=next"], directory)
        if again[0]:
            return "the next command fails: %s" % again[2]
        left = litter(directory)
        if left:
            return "still left over: %s" % left
    return None


def outcome(name):
    """The state before and after when nothing fails."""
    directory = fresh(name)
    before, base_tree, base_objects = files(directory), tree(directory), objects(directory)
    must([FMREC] + COMMANDS[name], directory)
    return before, files(directory), base_tree, tree(directory), base_objects


def calls(name, program, kind):
    """How many there are when none fails."""
    inject(name, fresh(name), program, "%s:0" % kind)
    try:
        with open(COUNT, "rb") as file:
            return struct.unpack("l", file.read(struct.calcsize("l")))[0]
    except (OSError, struct.error):
        return 0


def sample(total, wanted, name):
    """Which calls are to fail: all that there are, or some in even steps, elsewhere in each command."""
    wanted = MOST or (wanted if name in THOROUGH else min(wanted, 2))
    if total <= wanted:
        return range(1, total + 1)
    offset = list(COMMANDS).index(name) * total // len(COMMANDS)
    return sorted({1 + (offset + i * total // wanted) % total for i in range(wanted)})


def main():
    prepare()
    test = tried = 0
    if calls("set", "fmrec", "open") == 0:
        print("1..0 # SKIP calls cannot be made to fail on this system")
        return
    failures = 0
    for name in COMMANDS:
        if ONLY[0] and ONLY[0] != name:
            continue
        state, complaints = outcome(name), []
        count = 0
        for program, kind, error, wanted in FAULTS:
            if len(ONLY) > 1 and ONLY[1] not in (kind, program + "." + kind):
                continue
            for n in sample(calls(name, program, kind), wanted, name):
                fired, complaint = one(name, program, kind, error, n, state)
                count += bool(fired)
                if complaint and not (name == "init" and kind == "unlink"):  # git has no lock yet that covers it
                    complaints.append("%s: %s %s:%d:%s: %s" % (name, program, kind, n, error, complaint.strip()))
        test += 1
        print("%sok %d - %s: %d calls that fail leave all whole" % ("not " if complaints else "", test, name, count), flush=True)
        for complaint in complaints:
            print("# " + complaint.replace("\n", "\n#   "))
        failures += bool(complaints)
        tried += count
    print("1..%d\n# %d failures tried" % (test, tried))
    sys.exit(1 if failures else 0)


main()
