"""The rows of `make bench` about signatures: P15, and what approving costs in a long history."""
import os
import shutil
import subprocess

import signed

SIZES = (1000, 10000)


def audit_row(bench, count):
    """git asks ssh-keygen about each commit: minutes for ten thousand, so one pair is enough there."""
    repository = signed.make(bench, count)
    proven = subprocess.run((bench.fmrec, "audit", "--no-records"), cwd=repository, env=bench.environment,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if proven.returncode:
        raise RuntimeError("fmrec audit: exit %d: %s" % (proven.returncode, proven.stdout[:400]))
    pairs, bench.pairs = bench.pairs, min(bench.pairs, 3 if count <= 1000 else 1)
    bench.pair("P15 %s" % count, "audit of %d signed commits / git log --format=%%G?" % count,
               lambda: bench.run([bench.fmrec, "audit", "--no-records"], repository),
               lambda: bench.run(["git", "log", "--format=%G?"], repository), 0.02)
    bench.pairs = pairs
    return bench.run([bench.fmrec, "audit", "--no-records"], repository)["memory"]


def approval(bench, repository):
    """A repository whose main has one approval more than `repository`'s; and both tips."""
    path = repository + "-more"
    old = subprocess.run(("git", "rev-parse", "main"), cwd=repository, capture_output=True, text=True,
                         check=True).stdout.strip()
    if not os.path.exists(os.path.join(path, "objects")):
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run(("git", "clone", "-q", "--bare", repository, path), env=bench.environment, check=True)
    return path, old


def push_row(bench, count):
    """What pre-receive is given: the last approval of the history, with a server that stands one commit behind."""
    repository, new = approval(bench, signed.make(bench, count))
    old = subprocess.run(("git", "rev-parse", "main~1"), cwd=repository, capture_output=True, text=True,
                         check=True).stdout.strip()
    line = "%s %s refs/heads/main\n" % (old, new)
    given = os.path.join(bench.work, "pushed")
    with open(given, "w") as file:
        file.write(line)
    subprocess.run(("git", "update-ref", "refs/heads/main", old), cwd=repository, env=bench.environment, check=True)
    bench.pair("P15 push", "pre-receive of one approval, %d commits before it / git fsck --connectivity-only" % count,
               lambda: bench.run(["sh", "-c", '"$0" hook pre-receive <"$1"', bench.fmrec, given], repository),
               lambda: bench.run(["git", "fsck", "--connectivity-only"], repository), 5.0)


def reading_rows(bench, count):
    repository = signed.make(bench, count)
    for what, argv in (("list state:closed", ["list", "state:closed", "--format", "ids"]), ("pending", ["pending"])):
        bench.pair("P15 warm", "%s, warm, behind %d commits / git status" % (what, count),
                   lambda words=argv: bench.run([bench.fmrec] + words, repository),
                   lambda: bench.run(["git", "status", "--short"], repository), 1.0)


def bench_trust(bench):
    memory = {count: audit_row(bench, count) for count in SIZES}
    if memory[SIZES[0]] and memory[SIZES[1]]:
        grown = (memory[SIZES[1]] - memory[SIZES[0]]) * 1024 / (SIZES[1] - SIZES[0])
        bench.report("P15 memory", "what a commit adds to the peak memory of an audit (KiB), its vote included / 1 KiB", grown,
                     1, grown, 1.0, "KiB")
    push_row(bench, SIZES[1])
    reading_rows(bench, SIZES[1])
