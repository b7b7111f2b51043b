"""Random queries, and what jq and recsel make of the same questions.

    oracle.py FMREC QUERIES SEED

In a repository with the corpus of tests/bench/corpus.py: asks `fmrec list` each query and compares the ids with those
that jq selects from the exported records, and for the simpler ones with those that recsel selects.  Prints TAP.
"""
import json
import random
import subprocess
import sys

fmrec, count, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
chance = random.Random(seed)


def out(*command, text=None):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print("# %s: %s" % (command[:4], done.stderr.strip()))
    return done.stdout


records = [json.loads(line) for line in out(fmrec, "export", "--format", "jsonl").splitlines()]
systems = [r["id"] for r in records if r["id"].startswith("SYS-")]
PREFIX = {"incident": "INC", "nearmiss": "NMS", "prevention": "PRV", "lesson": "LSN", "whywhy": "WHY"}

# Each term: the words of the query, the predicate in jq, and the expression of recsel (None: it has no words for it).


def of_type(name):
    return "type:" + name, '(.id|startswith("%s-"))' % PREFIX[name], None


def one_of(field, path, values):
    some = chance.sample(values, chance.randint(1, 2))
    return ("%s:%s" % (field, ",".join(some)), "(%s|IN(%s))" % (path, ",".join(json.dumps(v) for v in some)),
            "(" + " || ".join("%s = '%s'" % (field, v) for v in some) + ")")


def severity_order():
    order = ["S1", "S2", "S3", "S4"]
    at = chance.randrange(4)
    sign = chance.choice(["<", "<=", ">", ">="])
    fitting = [v for i, v in enumerate(order) if eval("%d %s %d" % (i, sign, at))]
    return "severity%s%s" % (sign, order[at]), "(.severity|IN(%s))" % ",".join(json.dumps(v) for v in fitting + ["-"]), None


def unequal():
    value = chance.choice(["S1", "S3"])
    return "severity!=" + value, "(.severity != null and .severity != %s)" % json.dumps(value), None


def customers():
    low = chance.randrange(20000)
    high = low + chance.randrange(8000)
    path = ".impact.customers_min?"
    if chance.random() < 0.5:
        sign = chance.choice(["<", "<=", ">", ">="])
        return ("customers_min%s%d" % (sign, low), "(%s != null and %s %s %d)" % (path, path, sign, low),
                "(#customers_min && customers_min %s %d)" % (sign, low))
    return ("impact.customers_min:%d..%d" % (low, high),
            "(%s != null and %s >= %d and %s <= %d)" % (path, path, low, path, high),
            "(#customers_min && customers_min >= %d && customers_min <= %d)" % (low, high))


def period(field, path):
    year, month = chance.randint(2021, 2026), chance.randint(1, 12)
    day = "(%s // \"\")[0:10]" % path
    form = chance.randrange(5)
    if form == 0:
        return "%s:%d-%02d" % (field, year, month), '((%s // "")[0:7] == "%d-%02d")' % (path, year, month), None
    if form == 1:
        return "%s:fy%d" % (field, year), '(%s >= "%d-04-01" and %s <= "%d-03-31")' % (day, year, day, year + 1), None
    if form == 2:
        quarter = chance.randint(1, 4)
        first = ["%d-04-01" % year, "%d-07-01" % year, "%d-10-01" % year, "%d-01-01" % (year + 1)][quarter - 1]
        last = ["%d-06-30" % year, "%d-09-30" % year, "%d-12-31" % year, "%d-03-31" % (year + 1)][quarter - 1]
        return ("%s:%d年度第%d四半期" % (field, year, quarter), '(%s >= "%s" and %s <= "%s")' % (day, first, day, last), None)
    if form == 3:
        return "%s<%d-%02d-15" % (field, year, month), '(%s != null and %s < "%d-%02d-15")' % (path, day, year, month), None
    return "%s>=令和%d年%d月" % (field, year - 2018, month), '(%s >= "%d-%02d-01")' % (day, year, month), None


def word():
    text = chance.choice(["timeout", "接続", "証明書", "rota", "二重", "disk", "THE"])
    folded = text.lower()
    return text, '([.. | strings | ascii_downcase] | any(contains("%s")))' % folded, None


def title():
    text = chance.choice(["timeout", "証明書", "batch", "二重"])
    return "title:" + text, '((.title // .name // "") | ascii_downcase | contains("%s"))' % text, "title ~ '%s'" % text


def presence():
    name, prefix, path = chance.choice([("first_aid", "INC", ".first_aid"), ("same_cause", "INC", "(.same_cause // $same[.id])"),
                                        ("cause_class", "PRV", ".cause_class"), ("subjects", "WHY", ".subjects")])
    guard = '(.id|startswith("%s-"))' % prefix
    if chance.random() < 0.5:
        return "(type:%s has:%s)" % (kind(prefix), name), "(%s and %s != null)" % (guard, path), None
    return "(type:%s missing:%s)" % (kind(prefix), name), "(%s and %s == null)" % (guard, path), None


def kind(prefix):
    return next(name for name, p in PREFIX.items() if p == prefix)


def items():
    form = chance.randrange(3)
    if form == 0:
        value = chance.choice(["detection", "workaround", "recovery"])
        return "timeline.kind:" + value, 'any(.timeline[]?; .kind == "%s")' % value, None
    if form == 1:
        number = chance.randint(2, 4)
        return "timeline.count:>=%d" % number, '((.timeline? // []) | length >= %d)' % number, None
    value = chance.choice(["technical", "process"])
    return ("(type:prevention cause_class:%s)" % value,
            '((.id|startswith("PRV-")) and any(.cause_class[]?; . == "%s"))' % value, None)


def links():
    system = chance.choice(systems)
    form = chance.randrange(6)
    if form == 0:
        return "(incident system:%s)" % system, '((.id|startswith("INC-")) and .system == "%s")' % system, None
    if form == 1:
        level = chance.choice(["S1", "S2", "S3"])
        return ("(type:prevention incidents.severity:%s)" % level,
                '((.id|startswith("PRV-")) and any(.incidents[]?; $by[.].severity == "%s"))' % level, None)
    if form == 2:
        number = chance.randint(0, 2)
        return ("(type:incident preventions.count:%d)" % number,
                '((.id|startswith("INC-")) and (($inverse[.id] // []) | length) == %d)' % number, None)
    if form == 3:
        year = chance.randint(2021, 2026)
        return ("(type:incident 'preventions.due<%d')".replace("'", "") % year,
                '((.id|startswith("INC-")) and any(($inverse[.id] // [])[]; .due != null and .due < "%d"))' % year, None)
    if form == 4:
        text = chance.choice(["認証", "Mail", "在庫"])
        return ("(type:incident システム名.name:%s)" % text,
                '((.id|startswith("INC-")) and (($by[.system].name // "") | ascii_downcase | contains("%s")))' % text.lower(), None)
    return ("(type:incident missing:whywhy)",
            '((.id|startswith("INC-")) and ($analysed[.id] | not))', None)


def term():
    return chance.choice([
        lambda: of_type(chance.choice(list(PREFIX))), lambda: one_of("severity", ".severity?", ["S1", "S2", "S3", "S4"]),
        lambda: one_of("urgency", ".urgency?", ["immediate", "same-day", "planned"]), severity_order, unequal, customers,
        lambda: period("found_on", ".found_on?"), lambda: period("due", ".due?"), word, title, presence, items, links])()


def joined(depth):
    if depth == 0 or chance.random() < 0.3:
        return term()
    form = chance.randrange(4)
    a = joined(depth - 1)
    if form == 0:
        return (chance.choice(["not (%s)", "-(%s)"]) % a[0], "(%s | not)" % a[1], a[2] and "!(%s)" % a[2])
    b = joined(depth - 1)
    if form == 1:
        return "(%s or %s)" % (a[0], b[0]), "(%s or %s)" % (a[1], b[1]), a[2] and b[2] and "(%s || %s)" % (a[2], b[2])
    both = chance.choice(["(%s %s)", "(%s and %s)"]) % (a[0], b[0])
    return both, "(%s and %s)" % (a[1], b[1]), a[2] and b[2] and "(%s && %s)" % (a[2], b[2])


def ask(query):
    return sorted(out(fmrec, "list", "--no-refresh", "--format", "ids", "--", query).split())


def compare(name, questions, answers):
    wrong = 0
    for (query, _, _), wanted in zip(questions, answers):
        got = ask(query)
        if got != sorted(wanted):
            wrong += 1
            print("# %s\n#   only fmrec: %s\n#   only %s: %s" % (
                query, sorted(set(got) - set(wanted))[:5], name, sorted(set(wanted) - set(got))[:5]))
    found = sum(len(a) for a in answers)
    print("%sok - fmrec and %s agree on %d queries, %d records found" % (
        "not " if wrong or not found else "", name, len(questions), found))
    return wrong == 0 and found > 0


def by_jq(questions):
    # a link that is called the same at both ends is there at both
    program = """. as $all
        | (map({key: .id, value: .}) | from_entries) as $by
        | (reduce ($all[] | select(.id|startswith("PRV-"))) as $p ({}; reduce ($p.incidents[]?) as $i (.; .[$i] += [$p]))) as $inverse
        | (reduce ($all[] | .same_cause[]? | .to? // .) as $i ({}; .[$i] = true)) as $same
        | (reduce ($all[] | select(.id|startswith("WHY-")) | .subjects[]?) as $i ({}; .[$i] = true)) as $analysed
        | [%s]""" % ",\n".join("[$all[] | select(%s) | .id]" % jq for _, jq, _ in questions)
    text = "\n".join(json.dumps(r) for r in records)
    return json.loads(out("jq", "-s", "-c", program, text=text) or "[]")


def by_recsel(questions):
    rows = []
    for r in records:
        fields = {"id": r["id"], "title": r.get("title", r.get("name")), "severity": r.get("severity"),
                  "urgency": r.get("urgency"), "customers_min": r.get("impact", {}).get("customers_min")}
        rows.append("\n".join("%s: %s" % (k, v) for k, v in fields.items() if v is not None))
    text = "\n\n".join(rows) + "\n"
    return [out("recsel", "-i", "-P", "id", "-e", rec, text=text).split() for _, _, rec in questions]


print("# seed %s, %d records" % (seed, len(records)))
ask("") and out(fmrec, "list", "--limit", "1")
questions = [joined(chance.randint(0, 2)) for _ in range(count)]
good = compare("jq", questions, by_jq(questions))
if "--recsel" in sys.argv:
    simple = []
    while len(simple) < max(10, count // 8):
        question = joined(1)
        if question[2] and "!" not in question[2]:
            simple.append(question)
    good = compare("recsel", simple, by_recsel(simple)) and good
sys.exit(0 if good else 1)
