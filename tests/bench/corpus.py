#!/usr/bin/env python3
"""A deterministic corpus of records of the shipped types, for measuring.

    corpus.py DIRECTORY N [--seed S]

Writes DIRECTORY/records/TYPE/YEAR/ID.yaml: the same bytes for the same N and
seed on any machine, and record i depends on the records before it only, so a
small corpus is the beginning of a larger one.  A file has 0.7 to 4 KB, 1.75 KB
in the mean; text is half Japanese, half English; links lead to earlier
records that exist.  Word needles for search: "flux-capacitor" and
"光モジュール劣化" in about one of a thousand records, "timeout" and "接続" in
very many.  Prints one line of totals.
"""
import argparse
import os
import random
from datetime import datetime, timedelta, timezone

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32, as in ids
ZONE = timezone(timedelta(hours=9))
FIRST_DAY = datetime(2021, 4, 1, tzinfo=ZONE)
SECONDS = int(5.5 * 365 * 86400)

# type: (id prefix, share)
TYPES = {
    "incident": ("INC", 40), "nearmiss": ("NMS", 10), "whywhy": ("WHY", 15),
    "prevention": ("PRV", 20), "improvement": ("IMP", 8), "lesson": ("LSN", 7),
}
SYSTEMS = 40  # SYS-0000 ... written first, in addition to N

NAMES = ["佐藤 健", "鈴木 愛子", "高橋 大輔", "田中 美咲", "伊藤 隆", "J. Miller", "R. Patel", "M. Rossi", "S. Kim"]
DEPARTMENTS = ["運用部", "開発一部", "情報システム企画部", "基盤グループ", "Operations", "Platform team"]
JA_THINGS = ["受注管理", "認証基盤", "決済連携", "夜間バッチ", "在庫照会", "メール中継", "監視サーバ", "配送予定", "社内ポータル"]
JA_EVENTS = ["への接続がタイムアウトした", "の応答が著しく遅くなった", "の処理が異常終了した", "のディスク容量が不足した",
             "の証明書が失効した", "の待機系への切り替えに失敗した", "の設定誤りで通信できなくなった", "が二重に起動した"]
JA_CAUSES = ["手順書が実機の構成と食い違っていた", "監視の閾値が運用開始から見直されていなかった", "変更の確認が一人で行われていた",
             "負荷試験の条件が本番と異なっていた", "引き継ぎで連絡先が漏れていた", "ライブラリの既定値が更新で変わっていた"]
JA_ACTS = ["手順書を改訂し二人で読み合わせる", "閾値を見直して通知先を当番表に合わせる", "切り戻しの条件を変更申請に書く",
           "再試行に上限と間隔を設ける", "四半期ごとに切り替え訓練を行い結果を残す", "証明書の期限を六十日前に知らせる"]
EN_THINGS = ["the order gateway", "the login service", "the nightly batch", "the payment link", "the mail relay",
             "the stock database", "the standby node", "the report viewer", "the backup job"]
EN_EVENTS = ["hit a timeout while waiting for the database", "answered far too slowly", "stopped with a full disk",
             "did not fail over", "served stale data for hours", "refused every login", "handled an order twice"]
EN_CAUSES = ["the runbook described an older topology", "nobody owned the alert after the move",
             "the default changed with an upgrade", "the rollback had never been rehearsed",
             "the load test did not reach this level", "the notice of the vendor was not read"]
EN_ACTS = ["rehearse the failover every quarter", "bound the retries and add jitter", "review the alert rules by rota",
           "put the limit into configuration", "block changes without a second reader"]
CLASSES = ["technical", "process", "organisational", "psychological"]


class Writer:
    """One record: its random numbers and its lines."""

    def __init__(self, key, japanese=None):
        self.random = random.Random(key).random  # only random() is the same on every Python
        self.japanese = self.chance(0.5) if japanese is None else japanese
        self.lines = []
        self.needle = ""

    def below(self, n):
        return int(self.random() * n)

    def chance(self, p):
        return self.random() < p

    def pick(self, things):
        return things[self.below(len(things))]

    def event(self):
        if self.japanese:
            return self.pick(JA_THINGS) + self.pick(JA_EVENTS)
        text = self.pick(EN_THINGS) + " " + self.pick(EN_EVENTS)
        return text[0].upper() + text[1:]

    def sentence(self):
        kind = self.below(3)
        if self.japanese:
            if kind == 0:
                return self.event() + "。"
            if kind == 1:
                return self.event() + "。" + self.pick(JA_CAUSES) + "ためである。"
            return "対応として" + self.pick(JA_ACTS) + "こととした。"
        if kind == 0:
            return self.event() + "."
        if kind == 1:
            return self.event() + " because " + self.pick(EN_CAUSES) + "."
        return "We decided to " + self.pick(EN_ACTS) + "."

    def put(self, key, value, indent=0):
        self.lines.append(" " * indent + key + ": " + str(value))

    def text(self, key, sentences, indent=0):
        self.lines.append(" " * indent + key + ": |")
        for _ in range(sentences + self.below(3)):
            self.lines.append(" " * (indent + 2) + self.sentence() + self.needle)
            self.needle = ""

    def person(self, key, indent=0, date=None, item=False):
        first = " " * indent + ("- " if item else "")
        pad = " " * (indent + 2)
        if not item:
            self.lines.append(first + key + ":")
        self.lines.append((first if item else pad) + "name: " + self.pick(NAMES))
        self.lines.append(pad + "department: " + self.pick(DEPARTMENTS))
        if date:
            self.lines.append(pad + "date: " + date.date().isoformat())

    def list(self, key, items, indent=0):
        if items:
            self.lines.append(" " * indent + key + ": [" + ", ".join(items) + "]")

    def done(self):
        return "\n".join(self.lines) + "\n"


def some(writer, earlier, most):
    """A few different ids of records that exist already."""
    found = []
    for _ in range(1 + writer.below(most)):
        if earlier:
            one = writer.pick(earlier)
            if one not in found:
                found.append(one)
    return found


def incident(w, when, ids):
    w.put("system", "SYS-%04d" % w.below(SYSTEMS))
    w.put("found_on", when.isoformat())
    w.person("finder")
    w.text("situation", 2)
    if w.chance(0.6):
        w.text("first_aid", 1)
    w.person("received_by", date=when + timedelta(hours=1))
    w.put("occurred_at", when.isoformat())
    w.put("detected_at", (when + timedelta(minutes=w.below(60))).isoformat())
    w.put("recovered_at", (when + timedelta(minutes=60 + w.below(600))).isoformat())
    w.lines.append("timeline:" + ("  # 時系列" if w.chance(0.2) else ""))
    at = when
    for kind in ["detection", "initial-diagnosis", "workaround", "recovery"][: 2 + w.below(3)]:
        at += timedelta(minutes=w.below(90))
        w.lines.append("  - at: " + at.isoformat())
        w.put("kind", kind, 4)
        w.put("text", w.sentence(), 4)
        w.put("actor", w.pick(NAMES), 4)
    w.lines.append("impact:")
    w.put("customers_min", w.below(20000), 2)
    w.put("severity", w.pick(["S1", "S2", "S3", "S3", "S4", "S4"]))
    w.put("urgency", w.pick(["immediate", "same-day", "planned"]))
    w.put("priority", w.pick(["high", "medium", "low"]))
    w.put("classification", w.pick(["hardware", "software", "configuration", "capacity", "network", "operation"]))
    w.lines.append("plan:")
    w.put("class", w.pick(["urgent", "normal"]), 2)
    w.text("details", 1, 2)
    w.lines.append("result:")
    w.text("cause", 1, 2)
    w.text("details", 1, 2)
    w.list("cause_class", [w.pick(CLASSES)])
    if w.chance(0.3):
        w.list("same_cause", some(w, ids["incident"], 2))
    if w.chance(0.1):
        w.list("precursors", some(w, ids["nearmiss"], 1))


def nearmiss(w, when, ids):
    w.put("occurred_at", when.isoformat())
    w.put("system", "SYS-%04d" % w.below(SYSTEMS))
    w.put("kind", w.pick(["near-miss", "problem"]))
    w.text("situation", 3)
    w.text("stopped_by", 2)
    w.text("could_have", 2)
    w.person("reporter")
    w.text("cause", 2)
    w.list("cause_class", [w.pick(CLASSES)])


def whywhy(w, when, ids):
    w.list("subjects", some(w, ids["incident"], 2))
    w.text("phenomenon", 2)
    w.put("method", "なぜなぜ分析" if w.japanese else "why-why analysis")
    w.lines.append("team:")
    for part in ["leader", "member", "support"]:
        w.person("", 2, item=True)
        w.put("part", part, 4)
    w.list("held_on", [(when + timedelta(days=2)).date().isoformat()])
    w.lines.append("whys:")
    indent = 2
    depth = 3 + w.below(3)
    for level in range(depth):
        w.lines.append(" " * indent + "- statement: " + w.event())
        w.put("answer", w.sentence(), indent + 2)
        if level == depth - 1:
            w.list("cause_class", [w.pick(CLASSES)], indent + 2)
            w.put("root_cause", "true", indent + 2)
            found = some(w, ids["prevention"], 2)
            w.list("preventions", found, indent + 2)
            if not found:
                w.put("no_prevention", w.sentence(), indent + 2)
        else:
            w.lines.append(" " * (indent + 2) + "whys:")
            indent += 4
    w.text("summary", 1)


def prevention(w, when, ids):
    w.list("incidents", some(w, ids["incident"], 2))
    w.list("systems", ["SYS-%04d" % w.below(SYSTEMS)])
    w.text("cause", 3)
    w.list("cause_class", [w.pick(CLASSES)])
    w.put("kind", w.pick(["technical", "operation-process", "software-function"]))
    w.text("content", 5)
    w.lines.append("owner:")
    w.put("department", w.pick(DEPARTMENTS), 2)
    w.put("name", w.pick(NAMES), 2)
    w.put("due", (when + timedelta(days=30 + w.below(90))).date().isoformat())
    w.lines.append("deployments:")
    for to in ["operations", "development"][: 1 + w.below(2)]:
        w.lines.append("  - to: " + to)
        w.put("department", w.pick(DEPARTMENTS), 4)
    w.put("done_on", (when + timedelta(days=20)).date().isoformat())
    w.text("evidence", 2)


def improvement(w, when, ids):
    w.put("kind", w.pick(["drill", "dev-review", "operation-process", "standardisation", "function"]))
    w.text("background", 4)
    w.text("content", 4)
    w.text("expected", 2)
    w.list("based_on", some(w, ids["prevention"] or ids["incident"], 3))
    w.list("systems", ["SYS-%04d" % w.below(SYSTEMS)])
    w.person("proposer")


def lesson(w, when, ids):
    w.put("kind", w.pick(["failure", "failure", "good-example"]))
    w.put("theme", w.pick(JA_THINGS if w.japanese else EN_THINGS))
    w.text("problem", 4)
    w.text("cause", 2)
    w.text("measure", 2)
    w.text("effect", 2)
    w.text("lesson", 3)
    w.list("keywords", [w.pick(["timeout", "接続", "切り替え", "disk", "手順書"]), w.pick(["backup", "監視", "deploy"])])
    w.list("from", some(w, ids["incident"], 3))


FORMS = {"incident": incident, "nearmiss": nearmiss, "whywhy": whywhy, "prevention": prevention,
         "improvement": improvement, "lesson": lesson}


def choose_type(w, ids):
    if not ids["incident"]:
        return "incident"
    x = w.random() * sum(share for _, share in TYPES.values())
    for name, (_, share) in TYPES.items():
        x -= share
        if x < 0:
            return name
    return "incident"


def record(index, seed, ids, taken):
    w = Writer("%s/%d" % (seed, index))
    kind = choose_type(w, ids)
    when = FIRST_DAY + timedelta(seconds=w.below(SECONDS))
    while True:
        identity = "%s-%s-%s" % (TYPES[kind][0], when.strftime("%Y%m%d"), "".join(w.pick(ALPHABET) for _ in range(4)))
        if identity not in taken:
            break
    if w.chance(0.002):
        w.needle = " flux-capacitor" if w.chance(0.5) else " 光モジュール劣化"
    w.lines.append("# yaml-language-server: $schema=../../../.fmrec/schema/%s.yaml" % kind)
    w.put("id", identity)
    w.put("form", 1)
    w.put("title", w.event())
    FORMS[kind](w, when, ids)
    ids[kind].append(identity)
    taken.add(identity)
    return kind, when.year, identity, w.done()


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("n", type=int)
    parser.add_argument("--seed", default="fmrec")
    args = parser.parse_args()
    base = os.path.join(args.directory, "records")
    os.makedirs(os.path.join(base, "system"), exist_ok=True)
    for i in range(SYSTEMS):
        name = JA_THINGS[i % len(JA_THINGS)] + " %d" % i
        write(os.path.join(base, "system", "SYS-%04d.yaml" % i),
              "# yaml-language-server: $schema=../../.fmrec/schema/system.yaml\n"
              "id: SYS-%04d\nform: 1\nname: %s\n" % (i, name))
    ids = {name: [] for name in TYPES}
    taken, made, size = set(), set(), 0
    for i in range(args.n):
        kind, year, identity, text = record(i, args.seed, ids, taken)
        folder = os.path.join(base, kind, str(year))
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        write(os.path.join(folder, identity + ".yaml"), text)
        size += len(text.encode())
    print("%d records, %d bytes, mean %d" % (args.n, size, size // max(args.n, 1)))


if __name__ == "__main__":
    main()
