# Findings for programs: the published schema, and readers of the formats.
. "$(dirname "$0")/lib.sh"
repository
mkdir -p records/system records/incident/2026
printf 'id: SYS-ABCD\nform: 1\n' >records/system/SYS-ABCD.yaml
printf 'id: INC-20261121-7KQ2\nform: 1\ntitle: "a\\tb <&> \\u202e"\nfrob: [1\n' >records/incident/2026/INC-20261121-7KQ2.yaml
printf 'id: INC-20261121-7KQ3\nform: 1\ntitle: ok\nseverity: S7\nsystem: SYS-NONE\nclassifcation: x\n' \
	>records/incident/2026/INC-20261121-7KQ3.yaml

schema=$top/schema/output/findings.json
exit_is 'json' 1 fmrec validate --format json
cp "$T/out" findings.json
exit_is 'it follows its schema' 0 fmrec validate --schema "$schema" --assert-format findings.json
like 'with several findings' "$(cat findings.json)" '"code":"config\.value".*"line":4,"column":11'
printf '{"schema_version":1,"fmrec_version":"0.1.0","errors":0,"dropped":0,"findings":[{"code":"x"}]}' >bad.json
exit_is 'the schema can refuse' 1 fmrec validate --schema "$schema" bad.json
exit_is 'of a file without a repository, too' 1 fmrec validate --format json --schema "$schema" bad.json
cp "$T/out" again.json
exit_is 'the same form' 0 fmrec validate --schema "$schema" again.json

exit_is 'sarif' 1 fmrec validate --format sarif
cp "$T/out" out.sarif
cat >sarif.py <<'P'
import json
run = json.load(open("out.sarif", encoding="utf-8"))["runs"][0]
rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
assert len(set(rules)) == len(rules)
for result in run["results"]:
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["message"]["text"] and result["level"] in ("error", "warning", "note")
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"].startswith("records/")
    assert location.get("region", {"startLine": 1})["startLine"] >= 1
P
ok 'rules, levels and places fit together' python3 sarif.py

exit_is 'junit' 1 fmrec validate --format junit
cp "$T/out" out.xml
cat >junit.py <<'P'
import xml.etree.ElementTree as tree
root = tree.parse("out.xml").getroot()
cases = root.findall(".//testcase")
assert int(root.get("tests")) == len(cases) == 3, len(cases)
assert int(root.get("failures")) == len(root.findall(".//failure")) == 3
P
ok 'junit counts the files' python3 junit.py

exit_is 'github' 1 fmrec validate --format github
is 'one command a line, nothing else' "$(printf '%s\n' "$out" | grep -vcE '^::(error|warning|notice) file=records/[^:]*,title=[a-z.-]+::.')" 0
exit_is 'an unknown format' 129 fmrec validate --format html

# What is printed never carries what a record smuggles in.
printf 'id: SYS-ABCD\nform: 1\nname: "\\e[2J\\u009b31m\\u202e"\n"\\e]0;x\\a": 1\n' >records/system/SYS-ABCD.yaml
for format in text json sarif junit github; do
	run fmrec validate --format "$format"
	is "$format is free of control characters" "$(printf '%s' "$out$err" | LC_ALL=C tr -d '\n\t\040-\176\200-\377' | wc -c | tr -d ' ')" 0
done
run fmrec show SYS-ABCD
is 'so is show' "$(printf '%s' "$out$err" | LC_ALL=C tr -d '\n\t\040-\176\200-\377' | wc -c | tr -d ' ')" 0

done_testing
