"""The rows of `make bench` about reading: warm index, queries, search, history (P7 to P13, P16 to P18)."""
import json
import os
import shutil
import subprocess
import sys

QUERY = ["type:incident", "severity:S1,S2", "priority:high"]
RARE, COMMON, JAPANESE = "flux-capacitor", "timeout", "光モジュール劣化"
CHANGED = 100  # records rewritten before one refresh
HISTORY = 1200  # commits


def output(bench, argv, cwd):
    """Standard output as text; exit code 1 (nothing found) is fine."""
    done = subprocess.run(argv, cwd=cwd, env=bench.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError("%s: exit %d: %s" % (" ".join(argv[:4]), done.returncode, done.stderr.decode()[:400]))
    return done.stdout.decode()


def same(what, left, right):
    """Peers that answer something else would measure something else."""
    if left != right:
        raise RuntimeError("%s: the answers differ (%d and %d; %s)" %
                           (what, len(left), len(right), sorted(left ^ right)[:3]))


def lines(text):
    return {line for line in text.splitlines() if line}


def stems(text):
    return {os.path.basename(line)[: -len(".yaml")] for line in lines(text)}


# ---- the same records for other tools

def scalars(record, prefix=""):
    for key, value in record.items():
        if isinstance(value, dict):
            yield from scalars(value, prefix + key + "_")
        elif not isinstance(value, list):
            yield prefix + key, value


def exported(bench, repository, label):
    """The corpus as JSON Lines, as a recfile and as an SQLite database with indexes: made once."""
    base = os.path.join(bench.work, "export-" + label)
    if os.path.exists(base + ".complete"):
        return base
    with open(base + ".jsonl", "wb") as file:
        subprocess.run([bench.fmrec, "export"], cwd=repository, env=bench.environment, stdout=file, check=True)
    rows = []
    with open(base + ".jsonl", encoding="utf-8") as file, open(base + ".rec", "w", encoding="utf-8") as rec:
        for line in file:
            record = json.loads(line)
            if record["id"].startswith("INC-"):
                rows.append([record.get(name) for name in ("id", "title", "severity", "priority", "occurred_at")])
            for key, value in scalars(record):
                rec.write("%s: %s\n" % (key, str(value).replace("\n", "\n+ ")))
            rec.write("\n")
    if os.path.exists(base + ".db"):
        os.unlink(base + ".db")
    import sqlite3
    database = sqlite3.connect(base + ".db")
    database.execute("CREATE TABLE incident(id TEXT, title TEXT, severity TEXT, priority TEXT, occurred_at TEXT)")
    database.executemany("INSERT INTO incident VALUES(?, ?, ?, ?, ?)", rows)
    for column in ("severity", "priority", "occurred_at"):
        database.execute("CREATE INDEX incident_%s ON incident(%s)" % (column, column))
    database.execute("ANALYZE")
    database.commit()
    database.close()
    open(base + ".complete", "w").close()
    return base


# ---- rows

def clear(bench, repository):
    subprocess.run([bench.fmrec, "-q", "index", "clear"], cwd=repository, env=bench.environment, check=True)


def warm(bench, repository):
    subprocess.run([bench.fmrec, "-q", "validate"], cwd=repository, env=bench.environment, check=True)


def bench_warm(bench, n, label, growth):
    repository = bench.repository(n)
    warm(bench, repository)
    goal = {1000: 1.0, 10000: 0.75}.get(n, 0.6)
    status = lambda: bench.run(["git", "status", "--short"], repository)
    query = [bench.fmrec, "list", "--format", "ids"] + QUERY
    growth.setdefault("warm validate", {})[n] = bench.pair(
        "P7 " + label, "warm validate / git status", lambda: bench.run([bench.fmrec, "-q", "validate"], repository),
        status, goal)
    growth.setdefault("warm list", {})[n] = bench.pair(
        "P8 " + label, "warm list of a query / git status", lambda: bench.run(query, repository), status, goal)
    bench_peers(bench, n, label, repository, query)
    if bench.wanted("P17"):
        memory = bench.run(query, repository)["memory"]
        bench.report("P17 " + label, "peak memory of a warm query (MiB) / 24 MiB", memory, 24, memory / 24, 1.0, "MiB")
    bench_changed(bench, label, repository, query)
    bench_size(bench, n, label, repository)


def bench_peers(bench, n, label, repository, query):
    if not any(bench.wanted(row) for row in ("P9", "P10")):
        return
    base = exported(bench, repository, label)
    mine = lines(output(bench, query, repository))
    condition = "(severity = 'S1' || severity = 'S2') && priority = 'high'"
    recsel = ["recsel", "-e", condition, "-P", "id", base + ".rec"]
    program = 'select((.severity == "S1" or .severity == "S2") and .priority == "high") | .id'
    jq = ["jq", "-r", program, base + ".jsonl"]
    sql = "SELECT id FROM incident WHERE severity IN ('S1', 'S2') AND priority = 'high'"
    sqlite = ["sqlite3", base + ".db", sql]
    trusting = query + ["--no-refresh"]
    for row, peer, argv, command, goal in (
            ("P9", "recsel", query, recsel, {1000: 0.08, 10000: 0.04}.get(n, 0.025)),
            ("P9", "jq", query, jq, {1000: 0.12, 10000: 0.09}.get(n, 0.07)),
            ("P10", "sqlite3 on an index", trusting, sqlite, 1.5)):
        what = "%s / %s" % ("query with the cache trusted" if row == "P10" else "warm query", peer)
        if not shutil.which(command[0]):
            bench.skip("%s %s" % (row, label), what, "no " + command[0])
        elif bench.wanted(row):
            same(peer, mine, lines(output(bench, command, repository)))
            bench.pair("%s %s" % (row, label), what, lambda: bench.run(argv, repository),
                       lambda: bench.run(command, repository), goal)


def bench_changed(bench, label, repository, query):
    """What a changed record costs at the next refresh."""
    if not bench.wanted("P8"):
        return
    folder = os.path.join(repository, "records/incident")
    paths = sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)[:CHANGED]
    texts = [open(path, "rb").read() for path in paths]
    turn = 0

    def change():
        nonlocal turn
        turn += 1
        for path, text in zip(paths, texts):
            with open(path, "wb") as file:
                file.write(text + b"# %d\n" % turn)

    def changed():
        change()
        return bench.run(query, repository)["wall"]

    def unchanged():
        return bench.run(query, repository)["wall"]

    pairs = sorted(changed() - unchanged() for _ in range(bench.pairs))
    one = max(pairs[len(pairs) // 2], 0) / len(paths)
    for path, text in zip(paths, texts):
        with open(path, "wb") as file:
            file.write(text)
    bench.report("k " + label, "refresh after %d changes: each / 35 us" % len(paths), one, 35e-6,
                 one / 35e-6, 1.0, "us")


def bench_size(bench, n, label, repository):
    if not bench.wanted("P18"):
        return
    clear(bench, repository)
    warm(bench, repository)
    folder = os.path.join(repository, ".git/fmrec")
    files = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    size = sum(os.path.getsize(path) for path in files)
    records = os.path.join(repository, "records")
    contents = sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(records) for name in names)
    allowed = 128 * n + 1.1 * contents
    bench.report("P18 " + label, "size of the cache (MiB) / 128 bytes a record and 1.1 x contents", size / 2 ** 20,
                 allowed / 2 ** 20, size / allowed, 1.0, "MiB")


def bench_grep(bench, n, label, growth):
    repository = bench.repository(n)
    warm(bench, repository)
    git_goal = {1000: 0.8, 10000: 0.4}.get(n, 0.35)
    rg_goal = 0.5 if n > 10000 else 0.6
    for pattern, name in ((RARE, "rare"), (JAPANESE, "rare, Japanese"), (COMMON, "common")):
        mine = [bench.fmrec, "grep", "-l", "--path", pattern]
        rg = ["rg", "-l", pattern, "records"]
        git = ["git", "grep", "-l", pattern, "--", "records"]
        found = stems(output(bench, mine, repository))
        if not found:
            bench.skip("P11 " + label, "warm grep -l, %s" % name, "not in this corpus")
            continue
        same("git grep", found, stems(output(bench, git, repository)))
        if shutil.which("rg"):
            same("rg", found, stems(output(bench, rg, repository)))
            value = bench.pair("P11 " + label, "warm grep -l, %s / rg" % name, lambda: bench.run(mine, repository),
                               lambda: bench.run(rg, repository), rg_goal)
        else:
            bench.skip("P11 " + label, "warm grep -l, %s / rg" % name, "no rg")
            value = None
        bench.pair("P12 " + label, "warm grep -l, %s / git grep" % name, lambda: bench.run(mine, repository),
                   lambda: bench.run(git, repository), git_goal)
        growth.setdefault("warm grep -l, " + name, {})[n] = value
    numbered = [bench.fmrec, "grep", "-n", "--path", COMMON]
    rg = ["rg", "-n", COMMON, "records"]
    if shutil.which("rg"):
        bench.pair("P11 " + label, "warm grep -n, common / rg", lambda: bench.run(numbered, repository),
                   lambda: bench.run(rg, repository), rg_goal)
        clear(bench, repository)
        bench.pair("P13 " + label, "grep -l without a cache, common / rg",
                   lambda: bench.run([bench.fmrec, "grep", "-l", COMMON], repository),
                   lambda: bench.run(["rg", "-l", COMMON, "records"], repository), 1.0)
    warm(bench, repository)


def history_repository(bench, commits):
    """A small corpus with a long history: made once."""
    path = os.path.join(bench.work, "history-%d" % commits)
    if os.path.exists(os.path.join(path, ".git/complete")):
        return path
    shutil.rmtree(path, ignore_errors=True)
    subprocess.run([bench.fmrec, "-q", "init", path], env=bench.environment, check=True, stdin=subprocess.DEVNULL)
    corpus = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus.py")
    subprocess.run([sys.executable, corpus, path, "200"], check=True, stdout=subprocess.DEVNULL)
    bench.git(path, "add", "records")
    bench.git(path, "commit", "-q", "-m", "corpus")
    folder = os.path.join(path, "records/incident")
    names = sorted(os.path.join(place, name) for place, _, files in os.walk(folder) for name in files)[:40]
    stream = []
    for i in range(commits):
        file = names[i % len(names)]
        with open(file, encoding="utf-8") as opened:
            text = opened.read().replace("\ntitle: ", "\ntitle: %d " % i, 1).encode()
        stream.append(b"commit refs/heads/main\ncommitter Bench <bench@localhost> %d +0900\ndata 4\nedit\n" %
                      (1790000000 + i))
        if i == 0:
            stream.append(b"from refs/heads/main^0\n")
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (os.path.relpath(file, path).encode(), len(text), text))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=path, env=bench.environment, check=True,
                   input=b"".join(stream))
    bench.git(path, "reset", "-q", "--hard")
    # fast-import makes each file a delta of whatever came before it; as git packs commits, of its own other versions
    bench.git(path, "repack", "-a", "-d", "-f", "-q")
    open(os.path.join(path, ".git/complete"), "w").close()
    return path


def bench_history(bench):
    repository = history_repository(bench, HISTORY)
    found = subprocess.run(["git", "ls-files", "records/incident"], cwd=repository, env=bench.environment, check=True,
                           capture_output=True, text=True).stdout.splitlines()
    path = found[3]
    identity = os.path.basename(path)[: -len(".yaml")]
    bench.pair("P16", "log ID / git log -- path, %d commits" % HISTORY,
               lambda: bench.run([bench.fmrec, "log", identity], repository),
               lambda: bench.run(["git", "log", "--", path], repository), 1.2)
