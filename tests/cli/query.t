# Joins and groups of records.
. "$(dirname "$0")/lib.sh"
repository

put() { # TYPE/YEAR ID: the record from stdin
	mkdir -p "records/$1"
	{ printf 'id: %s\nform: 1\n' "$2" && cat; } >"records/$1/$2.yaml"
}
put system SYS-AAAA <<END
name: 受注管理
importance: A
END
put incident/2026 INC-20260401-AAA1 <<END
title: one
system: SYS-AAAA
severity: S2
found_on: 2026-04-01T00:30:00+09:00
impact: {customers_min: 100}
timeline:
  - {at: 2026-04-01T00:30:00+09:00, kind: detection, text: a}
  - {at: 2026-04-01T01:30:00+09:00, kind: decision, text: b}
  - {at: 2026-04-01T02:30:00+09:00, kind: decision, text: c}
END
put incident/2026 INC-20260402-AAA2 <<END
title: two
system: SYS-AAAA
severity: S1
found_on: 2026-03-31T15:40:00Z
impact: {customers_min: 50}
END
put incident/2026 INC-20260403-AAA3 <<END
title: three
severity: S2
found_on: 2026-03-31
END
put prevention/2026 PRV-20260601-AAA5 <<END
title: P5
incidents: [INC-20260401-AAA1, INC-20260402-AAA2]
due: 2026-09-30
END
put prevention/2026 PRV-20260602-AAA6 <<END
title: P6
incidents: [INC-20260401-AAA1]
due: 2026-08-31
END

table() { # NAME ARGUMENTS... ; wanted: the lines on standard input, joined by "|"
	name=$1
	shift
	run fmrec query --format csv "$@"
	is "$name" "$(printf '%s\n' "$out" | paste -sd'|' -)" "$(cat)"
	[ -z "$err" ] || note "$err"
}

table 'groups, in the declared order' incident --group-by severity <<'END'
severity,count|S1,1|S2,2
END
table 'sums and means, of what is there' incident --group-by severity --count --sum customers_min --avg customers_min <<'END'
severity,count,sum(customers_min),avg(customers_min)|S1,1,50,50|S2,2,100,100
END
table 'no groups at all' incident --count --max customers_min --min customers_min <<'END'
count,min(customers_min),max(customers_min)|3,50,100
END
table 'least and greatest of times are instants' incident --min found_on --max found_on <<'END'
min(found_on),max(found_on)|2026-03-31,2026-03-31T15:40:00Z
END
table 'least and greatest of choices' incident --min severity --max severity <<'END'
min(severity),max(severity)|S1,S2
END
table 'months in the zone of the organisation' incident --group-by found_on.month <<'END'
found_on.month,count|2026-03,1|2026-04,2
END
table 'fiscal years' incident --group-by found_on.fy,found_on.quarter <<'END'
found_on.fy,found_on.quarter,count|fy2025,fy2025q4,1|fy2026,fy2026q1,2
END
table 'a field of a linked record; without one last' incident --group-by system.importance <<'END'
system.importance,count|A,2|,1
END
table 'items of a list' incident --group-by timeline.kind --sort -count --limit 2 <<'END'
timeline.kind,count|,2|detection,1
END
table 'records that are linked with it' incident severity:S2 --columns id,preventions.id,preventions.due <<'END'
id,preventions.id,preventions.due|INC-20260401-AAA1,PRV-20260601-AAA5,2026-09-30|INC-20260401-AAA1,PRV-20260602-AAA6,2026-08-31|INC-20260403-AAA3,,
END
table 'sorted by one of them' incident severity:S2 --columns id,preventions.due --sort -preventions.due <<'END'
id,preventions.due|INC-20260401-AAA1,2026-09-30|INC-20260401-AAA1,2026-08-31|INC-20260403-AAA3,
END
table 'along a link of their own' prevention --columns id,incidents.severity,incidents.system.importance <<'END'
id,incidents.severity,incidents.system.importance|PRV-20260601-AAA5,S2,A|PRV-20260601-AAA5,S1,A|PRV-20260602-AAA6,S2,A
END
table 'across types' --group-by type --sort type <<'END'
type,count|incident,3|prevention,2|system,1
END
table 'sorted by the count' --group-by type --sort -count,type --limit 1 <<'END'
type,count|incident,3
END
table 'of what fits' 'incident preventions.count:>=2' --group-by severity <<'END'
severity,count|S2,1
END
table 'of nothing' incident title:nothing --group-by severity <<'END'
severity,count
END
run fmrec query incident --group-by severity --count --format json
is 'JSON is typed' "$out" '[
{"severity":"S1","count":1},
{"severity":"S2","count":2}
]'
run fmrec query incident --group-by system --avg customers_min
like 'for people: titles and round numbers' "$out" '^受注管理 +75'
run fmrec query incident
like 'without options: a list' "$out" '^id +severity +system +title$'
git add -A && git commit -qm records
run fmrec query --at HEAD --count --format ids
is '--at' "$out" 6

exit_is 'a field that is not there' 128 fmrec query incident --group-by severty
like 'the nearest is offered' "$err" "'severity'"
exit_is 'a column that is not there' 128 fmrec query incident --group-by severity --sort title
exit_is 'the sum of texts' 128 fmrec query incident --sum title
like 'they have none' "$err" "'title' is no number"
exit_is 'the mean of choices' 128 fmrec query incident --avg severity
ok 'the sum of a count' fmrec query incident --sum preventions.count
exit_is 'columns and groups' 129 fmrec query incident --columns id --count
exit_is 'a limit below nothing' 129 fmrec query --limit=-1

done_testing
