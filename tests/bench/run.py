#!/usr/bin/env python3
"""make bench: fmrec beside its peers, as ratios of paired runs.

    run.py BUILD [--sizes 1000,10000,100000] [--pairs 7] [--only P4,P5]

Every row times A B A B ... in one run, whole processes, and prints the median
of each and of the ratios pair by pair, with the goal and whether it is held.
A row whose peer is not on this machine says so.  Numbers of one machine mean
nothing elsewhere; ratios do.  Work and corpora are kept below BUILD/bench.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

import reading
import trust

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


class Bench:
    def __init__(self, build, pairs, only):
        self.build = os.path.abspath(build)
        self.work = os.path.join(self.build, "bench")
        self.fmrec = os.path.join(self.build, "fmrec")
        self.pairs = pairs
        self.only = only
        self.rows = []
        os.makedirs(self.work, exist_ok=True)
        self.environment = dict(os.environ, GIT_CONFIG_GLOBAL=os.path.join(self.work, "gitconfig"),
                                GIT_CONFIG_NOSYSTEM="1", HOME=self.work, LC_ALL="C.UTF-8", TZ="Asia/Tokyo")
        with open(os.path.join(self.work, "gitconfig"), "w") as file:
            file.write("[user]\n\tname = Bench\n\temail = bench@localhost\n[init]\n\tdefaultBranch = main\n"
                       "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")

    def run(self, argv, cwd):
        """One process: wall and CPU seconds, peak memory in MiB, exit code."""
        start = time.perf_counter()
        process = subprocess.Popen(argv, cwd=cwd, env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0,):
            raise RuntimeError("%s: exit %d: %s" % (" ".join(argv[:4]), process.returncode, errors.decode()[:400]))
        return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}

    def steps(self, commands, cwd):
        """Several processes as one measurement."""
        total = {"wall": 0, "cpu": 0, "memory": 0}
        for argv in commands:
            one = self.run(argv, cwd)
            total = {"wall": total["wall"] + one["wall"], "cpu": total["cpu"] + one["cpu"],
                     "memory": max(total["memory"], one["memory"])}
        return total

    def wanted(self, row):
        return not self.only or row.split()[0] in self.only

    def pair(self, row, what, a, b, goal, key="wall"):
        """a and b: functions that return a measurement.  Returns the medians."""
        if not self.wanted(row):
            return None
        a(), b()  # warm caches
        left, right = [], []
        for _ in range(self.pairs):
            left.append(a()[key])
            right.append(b()[key])
        ratio = statistics.median(x / y for x, y in zip(left, right))
        self.report(row, what, statistics.median(left), statistics.median(right), ratio, goal)
        return statistics.median(left)

    def report(self, row, what, mine, peer, ratio, goal, unit="ms"):
        scale = {"ms": 1e3, "us": 1e6}.get(unit, 1)
        verdict = "held" if ratio <= goal else "MISSED"
        line = (row, what, "%.2f %s" % (mine * scale, unit), "%.2f %s" % (peer * scale, unit) if peer else "",
                "%.3f" % ratio, "<= %g" % goal, verdict)
        self.rows.append(line)
        print("%-10s %-62s %12s %12s %8s %9s  %s" % line, flush=True)

    def skip(self, row, what, why):
        if self.wanted(row):
            print("%-10s %-62s skipped: %s" % (row, what, why), flush=True)

    def git(self, cwd, *args):
        subprocess.run(("git",) + args, cwd=cwd, env=self.environment, check=True, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL)

    def repository(self, n):
        """A committed record repository with a corpus of n records (made once)."""
        path = os.path.join(self.work, "corpus-%d" % n)
        if os.path.exists(os.path.join(path, ".complete")):
            return path
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run((self.fmrec, "-q", "init", path), env=self.environment, check=True, stdin=subprocess.DEVNULL)
        subprocess.run((sys.executable, os.path.join(HERE, "corpus.py"), path, str(n)), check=True,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(path, ".git/info/exclude"), "a") as file:
            file.write("/.complete\n")
        self.git(path, "add", "records")
        self.git(path, "commit", "-q", "-m", "corpus")
        self.git(path, "gc", "-q")
        open(os.path.join(path, ".complete"), "w").close()
        return path


def a_record(repository, type_name):
    """Some record in the middle of the corpus: id and path."""
    base = os.path.join(repository, "records", type_name)
    year = sorted(os.listdir(base))[2]
    names = sorted(name for name in os.listdir(os.path.join(base, year)) if name.endswith(".yaml"))
    name = names[len(names) // 2]
    return name[:-5], os.path.join("records", type_name, year, name)


def label(n):
    return "%dk" % (n // 1000) if n >= 1000 else str(n)


def bench_start(bench):
    bench.pair("P1", "fmrec --version / git --version", lambda: bench.run([bench.fmrec, "--version"], bench.work),
               lambda: bench.run(["git", "--version"], bench.work), 1.0)


def bench_one_record(bench, n, growth):
    repository = bench.repository(n)
    identity, path = a_record(repository, "incident")
    goal = {1000: 0.8, 10000: 0.25, 100000: 0.06}.get(n, 0.8)

    def add():
        with open(os.path.join(repository, "records/incident/one-more"), "w") as file:
            file.write(str(time.time_ns()))
        return bench.run(["git", "add", "records/incident/one-more"], repository)

    def forget():
        bench.git(repository, "reset", "-q", "--hard")
        bench.git(repository, "clean", "-qfd", "records")

    mine = bench.pair("P2 %s" % label(n), "show ID / git add of one file",
                      lambda: bench.run([bench.fmrec, "show", identity], repository), add, goal)
    growth.setdefault("show", {})[n] = mine
    mine = bench.pair("P2 %s" % label(n), "new --no-stage / git add of one file",
                      lambda: bench.run([bench.fmrec, "-q", "new", "incident", "-m", "bench", "--no-stage"], repository),
                      add, goal)
    growth.setdefault("new --no-stage", {})[n] = mine
    forget()

    def file_and_commit():
        with open(os.path.join(repository, "records/incident/one-more"), "w") as file:
            file.write(str(time.time_ns()))
        return bench.steps([["git", "add", "records/incident/one-more"],
                            ["git", "commit", "-q", "-m", "one more"]], repository)

    start = subprocess.run(("git", "rev-parse", "HEAD"), cwd=repository, capture_output=True, text=True,
                           env=bench.environment, check=True).stdout.strip()
    bench.pair("P3 %s" % label(n), "new with commit / git add + git commit",
               lambda: bench.run([bench.fmrec, "-q", "new", "incident", "-m", "bench"], repository),
               file_and_commit, 1.2 if n <= 1000 else 1.05)
    bench.git(repository, "reset", "-q", "--hard", start)

    hook = os.path.join(repository, ".git/hooks/pre-commit")

    def commit_record():
        with open(os.path.join(repository, path), "a") as file:
            file.write("# %d\n" % time.time_ns())
        bench.git(repository, "add", path)
        return bench.run(["git", "commit", "-q", "-m", "edit"], repository)

    def with_hook():
        subprocess.run((bench.fmrec, "-q", "hooks", "install"), cwd=repository, env=bench.environment, check=True)
        try:
            return commit_record()
        finally:
            subprocess.run((bench.fmrec, "-q", "hooks", "uninstall"), cwd=repository, env=bench.environment, check=True)

    def with_empty_hook():
        with open(hook, "w") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(hook, 0o755)
        try:
            return commit_record()
        finally:
            os.unlink(hook)

    bench.pair("P14 %s" % label(n), "commit of one record with fmrec's hooks / with an empty hook", with_hook,
               with_empty_hook, {1000: 1.4, 100000: 1.15}.get(n, 1.4))
    bench.git(repository, "reset", "-q", "--hard", start)


def bench_validate(bench, n, growth, floor):
    repository = bench.repository(n)
    records = os.path.join(repository, "records")

    def validate(threads):
        reading.clear(bench, repository)
        return bench.run([bench.fmrec, "-q", "validate", "-j", str(threads)], repository)

    def parse():
        return bench.run([floor, records], repository)

    mine = bench.pair("P4 %s" % label(n), "cold validate -j2 / libyaml alone on one thread", lambda: validate(2), parse,
                      0.65)
    growth.setdefault("validate -j2", {})[n] = mine
    bench.pair("P4 %s" % label(n), "cold validate -j1 / libyaml alone, CPU", lambda: validate(1), parse, 1.15, "cpu")

    modules = os.path.join(bench.work, "node/node_modules")
    if shutil.which("node") and os.path.isdir(os.path.join(modules, "ajv")):
        bench.pair("P5 %s" % label(n), "cold validate / js-yaml + ajv", lambda: validate(2),
                   lambda: bench.run(["node", os.path.join(HERE, "ajv.js"), modules, repository], repository),
                   {1000: 0.08, 10000: 0.20, 100000: 0.25}.get(n, 0.25))
    else:
        bench.skip("P5 %s" % label(n), "cold validate / js-yaml + ajv", "no node, or npm could not install ajv")
    python = "/usr/bin/python3"
    if subprocess.run((python, "-c", "import yaml, jsonschema"), stderr=subprocess.DEVNULL).returncode == 0:
        bench.pair("P6 %s" % label(n), "cold validate / PyYAML + jsonschema", lambda: validate(2),
                   lambda: bench.run([python, os.path.join(HERE, "pyjsonschema.py"), repository], repository),
                   0.06 if n <= 1000 else 0.05)
    else:
        bench.skip("P6 %s" % label(n), "cold validate / PyYAML + jsonschema", "python3-yaml or python3-jsonschema missing")
    if bench.wanted("P17"):
        memory = validate(2)["memory"]
        growth.setdefault("validate memory", {})[n] = memory
        bench.report("P17 %s" % label(n), "peak memory of a cold validate (MiB) / 64 MiB", memory, 64, memory / 64, 1.0,
                     "MiB")


def report_growth(bench, growth):
    for what, values in growth.items():
        sizes = sorted(size for size in values if values[size])
        for small, large in zip(sizes, sizes[1:]):
            goal = {"validate -j2": 1.05 * large / small, "validate memory": 1.1 * large / small}.get(
                what, 0.9 * large / small if what.startswith("warm ") else 1.3)
            bench.report("growth", "%s: %s over %s" % (what, label(large), label(small)), values[large], values[small],
                         values[large] / values[small], goal, "MiB" if "memory" in what else "ms")


def install_peers(bench):
    """Peers come from Debian and npm when this machine may; without them their rows are skipped."""
    packages = [package for program, package in (("rg", "ripgrep"), ("jq", "jq"), ("recsel", "recutils"),
                                                 ("sqlite3", "sqlite3")) if not shutil.which(program)]
    if subprocess.run(("/usr/bin/python3", "-c", "import yaml, jsonschema"), stderr=subprocess.DEVNULL).returncode:
        packages += ["python3-yaml", "python3-jsonschema"]
    if packages and shutil.which("apt-get") and os.getuid() == 0:
        subprocess.run("apt-get update -q >/dev/null; DEBIAN_FRONTEND=noninteractive apt-get install -y -q %s >/dev/null"
                       % " ".join(packages), shell=True)
    modules = os.path.join(bench.work, "node")
    if shutil.which("npm") and not os.path.isdir(os.path.join(modules, "node_modules/ajv")):
        os.makedirs(modules, exist_ok=True)
        subprocess.run(("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", modules,
                        "ajv", "ajv-formats", "js-yaml"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    bench = Bench(args.build, args.pairs, [p for p in args.only.split(",") if p])
    install_peers(bench)
    print("%-10s %-62s %12s %12s %8s %9s  %s" % ("row", "what / peer", "fmrec", "peer", "ratio", "goal", ""))
    growth = {}
    bench_start(bench)
    for n in [int(size) for size in args.sizes.split(",")]:
        if any(bench.wanted(row) for row in ("P2", "P3", "P14")):
            bench_one_record(bench, n, growth)
        if any(bench.wanted(row) for row in ("P4", "P5", "P6", "P17")):
            bench_validate(bench, n, growth, os.path.join(bench.build, "bench-floor"))
        if any(bench.wanted(row) for row in ("P7", "P8", "P9", "P10", "P17", "P18")):
            reading.bench_warm(bench, n, label(n), growth)
        if any(bench.wanted(row) for row in ("P11", "P12", "P13")):
            reading.bench_grep(bench, n, label(n), growth)
    if bench.wanted("P16"):
        reading.bench_history(bench)
    if bench.wanted("P15"):
        trust.bench_trust(bench)
    report_growth(bench, growth)
    missed = [row for row in bench.rows if row[-1] != "held"]
    print("%d goals held, %d missed" % (len(bench.rows) - len(missed), len(missed)))


if __name__ == "__main__":
    main()
