. "$(dirname "$0")/lib.sh"

repository
put_examples
mkdir -p records/objective/2027 # of the next period
sed 's/^id:.*/id: OBJ-20270425-9VB7/; s/^policy:.*/&\nbased_on: [EVL-20270412-5KCE]/' \
	"$top/schema/example/objective.yaml" >records/objective/2027/OBJ-20270425-9VB7.yaml
git add -A && git commit -qm 'examples'
ok 'the examples are valid' fmrec validate

# The chain of the seeds, both ways (F-108, F-111)
ok 'from the policy' fmrec trace POL-20260401-6BQX --down
like 'to the objective' "$out" '^├─ Objectives +OBJ-20260401-1S0Z '
like 'the incident' "$out" '^│  ├─ Incidents +INC-20261121-7KQ2 '
like 'the analysis' "$out" '^│  │  ├─ Why-why analyses +WHY-20261122-H2RE '
like 'the prevention' "$out" '^│  │  │  ├─ Preventions +PRV-20261125-M3XA '
like 'the review' "$out" '^│  │  │  │  ├─ Reviews of failure records +RVW-20261127-8T4M '
like 'the improvement' "$out" '^│  │  │  │  │  ├─ Improvements +IMP-20261201-9FZK '
like 'the evaluation' "$out" '^│  │  │  │  │  │  [├└]─ Evaluations +EVL-20270412-5KCE '
like 'the next objective' "$out" '^│  │  │  │  │  │  [│ ]  [├└]─ Objectives of the next period +OBJ-20270425-9VB7 '
unlike 'not to what it rests on' "$out" 'rests on|SYS-0R12'
ok 'and back' fmrec trace 9VB7 --up --all
like 'to the evaluation' "$out" '^├─ Based on +EVL-20270412-5KCE '
like 'to the policy' "$out" 'Policy +POL-20260401-6BQX '
unlike 'not to what follows' "$out" 'follows'
like 'what leads there twice is named again' "$out" 'INC-20261121-7KQ2 .*\(see above\)$'
ok 'by a part of the id' fmrec trace 7kq2
like 'both ways' "$out" '^what it rests on:$'
like 'with headings' "$out" '^what follows from it:$'
like 'the record first' "$out" '^INC-20261121-7KQ2 .* \(Incident, Draft\)$'
LANG=ja_JP.UTF-8 run fmrec trace 7KQ2
like 'relations in Japanese' "$out" '^├─ なぜなぜ分析 +WHY-20261122-H2RE  なぜ受注システムが停止したか \(下書き\)$'
like 'headings, too' "$out" '^これに続く記録:$'
is 'ids stand below each other' "$(printf '%s\n' "$out" | python3 -c '
import sys, unicodedata
width = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
after = sys.stdin.read().split("\n\n")[2].split("\n")[1:]
print(len({width(line[:line.index("-20")]) for line in after if "-20" in line}))')" 1
run fmrec trace REF-8BCP --up
like 'nothing is said' "$out" '^what it rests on: nothing$'

# How far
ok 'one step' fmrec trace 7KQ2 --down --depth 1
unlike 'no next objective' "$out" 'OBJ-20270425'
like 'but how many go on' "$out" 'EVL-20270412-5KCE .*\(\+1\)$'
ok 'only some types' fmrec trace 7KQ2 --only whywhy,prevention --only lesson
like 'those' "$out" 'LSN-'
unlike 'no others' "$out" 'RVW-|SYS-'
ok 'without a type' fmrec trace 7KQ2 --skip person
unlike 'it is not there' "$out" 'PSN-'
exit_is 'a type that is misspelt' 128 fmrec trace 7KQ2 --only persn
like 'the nearest is offered' "$err" 'person'
ok 'a limit' fmrec trace 7KQ2 --limit 3
like 'is told' "$err" 'stopped at 3 records'
like 'and the way on' "$err" '\-\-all'
exit_is 'no such record' 128 fmrec trace INC-20261121-7KQ3
exit_is 'no record' 129 fmrec trace
exit_is 'two of them' 129 fmrec trace 7KQ2 H2RE
exit_is 'less than nothing' 129 fmrec trace 7KQ2 --depth -1

# For programs
run fmrec trace 7KQ2 --format json
printf '%s' "$out" | python3 -c '
import json, sys
graph = json.load(sys.stdin)
assert graph["root"] == "INC-20261121-7KQ2" and not graph["cut"]
ids = {node["id"]: node for node in graph["nodes"]}
assert ids["WHY-20261122-H2RE"]["type"] == "whywhy" and ids["WHY-20261122-H2RE"]["state"] == "draft"
edges = {(e["from"], e["to"], e["field"]): e for e in graph["edges"]}
about = edges["INC-20261121-7KQ2", "WHY-20261122-H2RE", "subjects"]
assert about["source"] == "WHY-20261122-H2RE" and about["inverse"] == "whywhy"
onward = edges["WHY-20261122-H2RE", "PRV-20261125-M3XA", [f for a, b, f in edges if a[:3] == "WHY" and b[:3] == "PRV"][0]]
assert onward["source"] == "WHY-20261122-H2RE"
' && pass 'JSON' || fail 'JSON'
ok 'Graphviz' fmrec trace 7KQ2 --format dot
like 'an arrow from what came first' "$out" '^	"INC-20261121-7KQ2" -> "WHY-20261122-H2RE" \[label="Why-why analyses"\];$'
ok 'Mermaid' fmrec trace 7KQ2 --format mermaid
like 'begins with its kind' "$out" '^flowchart LR$'
ok 'a drawing' fmrec trace 7KQ2 --format svg
printf '%s' "$out" >"$T/trace.svg"
python3 - "$T/trace.svg" <<'END' && pass 'is an SVG with title, description and every record' || fail 'is an SVG with title, description and every record'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
space = "{http://www.w3.org/2000/svg}"
assert root.tag == space + "svg" and root.get("role") == "img"
assert root.find(space + "title").text == "INC-20261121-7KQ2 受注システムが停止"
assert root.find(space + "desc").text
boxes = [group for group in root.findall(space + "g")]
assert len(boxes) >= 10 and all(box.find(space + "title").text for box in boxes)
END
exit_is 'another format' 129 fmrec trace 7KQ2 --format png

# Links that were judged, and must be judged again
ok 'an improvement is linked to another measure' fmrec link IMP-20261201-9FZK based_on NMS-20261115-D0C5
run fmrec trace IMP-20261201-9FZK --up
unlike 'as it was judged' "$out" 'suspect'
ok 'what it was judged against changes' fmrec set NMS-20261115-D0C5 tendency=見落とし
run fmrec trace IMP-20261201-9FZK --up
like 'the link is marked, not by colour alone' "$out" 'Based on +NMS-20261115-D0C5  ! suspect  バックアップ'
run fmrec trace NMS-20261115-D0C5 --down
like 'seen from the other side, too' "$out" 'Improvements +IMP-20261201-9FZK  ! suspect'
run fmrec trace IMP-20261201-9FZK --up --format json
printf '%s' "$out" | python3 -c '
import json, sys
edges = [e for e in json.load(sys.stdin)["edges"] if e["suspect"]]
assert ("IMP-20261201-9FZK", "based_on", "NMS-20261115-D0C5") in [(e["source"], e["field"], e["target"]) for e in edges]
' && pass 'in JSON' || fail 'in JSON'
run fmrec trace IMP-20261201-9FZK --up --format svg
like 'in a drawing' "$out" '>! suspect: Improvements</text>'
LANG=ja_JP.UTF-8 run fmrec trace IMP-20261201-9FZK --up
like 'in Japanese' "$out" '! 疑わしいリンク'
run fmrec trace EVL-20270412-5KCE --up --depth 2
like 'suspicion travels along the chain' "$out" 'Measure +IMP-20261201-9FZK  ! suspect'

# Hostile and broken records
cat >records/lesson/2026/LSN-20261211-HH0S.yaml <<'END'
id: LSN-20261211-HH0S
form: 1
title: "<b>\e[31m\"quoted\" & # ; red</b>"
from: [INC-20261121-7KQ2, INC-20990101-0000]
END
for format in text json dot mermaid svg; do
	ok "hostile text as $format" fmrec trace HH0S --format $format
	unlike 'sends no control characters' "$out" "$(printf '\033')"
done
run fmrec trace HH0S
like 'a link that leads nowhere' "$out" 'INC-20990101-0000 \(no such record\)$'
fmrec trace HH0S --format svg | python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.stdin)' &&
	pass 'is an SVG all the same' || fail 'is an SVG all the same'
printf 'id: [\n' >records/lesson/2026/LSN-20261212-BR0K.yaml
ok 'a record that cannot be read ends nothing' fmrec trace 7KQ2
like 'it is counted' "$err" '1 record cannot be read'
rm records/lesson/2026/LSN-20261212-BR0K.yaml records/lesson/2026/LSN-20261211-HH0S.yaml

# Circles: between equals (F-24), and where nobody forbids them
ok 'the same cause' fmrec new incident -m '倉庫システムが停止' -s same_cause=INC-20261121-7KQ2 -s found_on=2026-11-20
other=$(basename "$(git diff --name-only HEAD~ -- records/incident)" .yaml)
run fmrec trace 7KQ2
is 'is shown once' "$(printf '%s\n' "$out" | grep -c "Same underlying cause  *$other ")" 1
run fmrec trace 7KQ2 --up
like 'on either side' "$out" "Same underlying cause +$other "
run fmrec trace "$other" --down --depth 2
like 'from both of them' "$out" '└─ Same underlying cause +INC-20261121-7KQ2 '

# What is lacking (F-72, F-84, F-92, F-108)
lacks() { # NAME WANTED QUERY...
	name=$1 wanted=$2
	shift 2
	run fmrec list --format ids "$@"
	is "$name" "$out" "$wanted"
}
ok 'a serious incident' fmrec set "$other" severity=S1
lacks 'without an analysis' "$other" incident 'severity<=S2' missing:whywhy
lacks 'without a prevention' "$other" incident 'severity<=S2' missing:preventions
ok 'an analysis' fmrec new whywhy -m 'なぜ倉庫システムが停止したか' -s subjects="$other" \
	-s 'whys=[{statement: なぜ1, answer: 1, whys: [{statement: なぜ2, answer: 2, root_cause: true, cause_class: [process]}]}]'
analysis=$(basename "$(git diff --name-only HEAD~ -- records/whywhy)" .yaml)
lacks 'now it has one' '' incident 'severity<=S2' missing:whywhy
lacks 'but a root cause has no answer' "$analysis" whywhy whys.root_cause:true missing:preventions missing:no_prevention
exit_is 'so it cannot be agreed' 1 fmrec validate --for agreed "$analysis"
like 'because of that' "$out" "preventions|no_prevention"
lacks 'every measure that was done was verified' '' prevention has:done_on missing:verification
lacks 'objectives without an evaluation' OBJ-20270425-9VB7 objective missing:evaluations
lacks 'a review that led to something' '' review missing:improvements missing:next_objectives

# As it was
git rm -q records/whywhy/2026/WHY-20261122-H2RE.yaml && git commit -qm 'without the analysis' --no-verify
run fmrec trace 7KQ2 --at HEAD~1
like 'at a commit' "$out" 'WHY-20261122-H2RE'
run fmrec trace 7KQ2
unlike 'not now' "$out" 'WHY-20261122-H2RE'
git clone -q --bare . ../bare.git
ok 'in a bare repository' fmrec -C ../bare.git trace 7KQ2

# A record that cannot be read is not "no such record"
printf '<<<<<<< ours\n' >>records/incident/2026/INC-20261121-7KQ2.yaml
exit_is 'what cannot be read cannot be followed' 128 fmrec trace 7KQ2
like 'and it is said why' "$err" "'INC-20261121-7KQ2' cannot be read as a record"
like 'and what to do' "$err" 'fmrec validate INC-20261121-7KQ2'

done_testing
