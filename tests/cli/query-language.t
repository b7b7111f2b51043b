# The language of fmrec-query(7), on records that are made for it (F-24, F-81, F-92).
. "$(dirname "$0")/lib.sh"
repository

put() { # TYPE/YEAR ID: the record from stdin
	mkdir -p "records/$1"
	{ printf 'id: %s\nform: 1\n' "$2" && cat; } >"records/$1/$2.yaml"
}
put system SYS-AAAA <<END
name: 受注管理
importance: A
aliases: [受発注, OMS]
END
put system SYS-BBBB <<END
name: Mail relay
importance: C
END
put incident/2026 INC-20260401-AAA1 <<END
title: 受注システムが停止
system: SYS-AAAA
severity: S1
found_on: 2026-04-01T00:30:00+09:00
occurred_at: 2026-03-31
finder: {name: 佐藤 花子, department: 運用部}
impact: {customers_min: 1200}
situation: |
  サーバーが応答しない。
  disk full
timeline:
  - {at: 2026-04-01T00:30:00+09:00, kind: detection, text: 検知}
  - {at: 2026-04-01T01:30:00+09:00, kind: recovery, text: 復旧}
END
put incident/2026 INC-20260331-AAA2 <<END
title: Outbound queue stuck
system: SYS-BBBB
severity: S3
found_on: 2026-03-31T16:00:00Z
occurred_at: unknown
impact: {customers_min: 9}
END
put incident/2025 INC-20251221-AAA3 <<END
title: 注意：ディスク "逼迫" 100%
system: 倉庫
severity: S2
found_on: 2025-12-21
END
put nearmiss/2026 NMS-20260501-AAA4 <<END
title: ほとんど停止
situation: サーハ
END
put prevention/2026 PRV-20260601-AAA5 <<END
title: 二重化
incidents: [INC-20260401-AAA1]
due: 2026-09-30
END
put prevention/2026 PRV-20260602-AAA6 <<END
title: 監視
incidents: [INC-20260401-AAA1, NMS-20260501-AAA4]
due: 2027-03-31
END

A1=INC-20260401-AAA1 A2=INC-20260331-AAA2 A3=INC-20251221-AAA3 A4=NMS-20260501-AAA4 P5=PRV-20260601-AAA5 P6=PRV-20260602-AAA6

finds() { # QUERY ID...
	wanted=$(shift; printf '%s\n' "$@" | sort)
	run fmrec list --format ids -- "$1"
	is "$1" "$(printf '%s\n' "$out" | sort)" "$wanted"
	[ -z "$err" ] || note "$err"
}

refuses() { # QUERY PATTERN
	run fmrec list -- "$1"
	if [ "$code" -eq 128 ]; then like "$1: an error" "$err" "$2"; else
		fail "$1: an error"
		note "$out"
	fi
}

# Choices, in their declared order
finds severity:S1 $A1
finds 'severity:s1,S3' $A1 $A2
finds 'severity:重大' $A1
finds 'severity:Critical,軽' $A1
finds 'severity<=S2' $A1 $A3
finds 'severity>S1' $A2 $A3
finds 'severity:S2..' $A2 $A3
finds 'severity:S3..S1 severity!=S2' $A1 $A2
finds 'severity:S*' $A1 $A2 $A3
finds 'severity!=S1 incident' $A2 $A3
finds '-severity:S1 incident' $A2 $A3
finds '障害の重大さ：重大' $A1

# Times are instants, days those of the organisation
finds found_on:2026-04-01 $A1 $A2
finds found_on:2026-03
finds 'found_on<2026-04-01' $A3
finds 'found_on>="2026-04-01 01:00"' $A2
finds 'found_on:"2026-04-01 00:00".."2026-04-01 00:45"' $A1
finds found_on:fy2025 $A3
finds found_on:2026年度第1四半期 $A1 $A2
finds found_on:令和8年4月1日 $A1 $A2
finds 'found_on:2025年12月〜2026年3月' $A3
finds 'found_on:2025-12-21T05:00:00+09:00' $A3
finds 'found_on<"2025-12-21 05:00"'
finds occurred_at:unknown $A2
finds 'occurred_at<2030' $A1
finds 'due:今年度' $P5 $P6
finds 'due<-30d' $P5
finds 'found_on：＞＝２０２６－０４－０１　incident' $A1 $A2

# Numbers
finds impact.customers_min:1200 $A1
finds customers_min:9 $A2
finds 'customers_min>9' $A1
finds 'customers_min:..10' $A2
finds 'customers_min:５..２０００' $A1 $A2
finds 'missing:customers_min type:incident' $A3

# Texts
finds 'title:停止' $A1 $A4
finds 'title:OUTBOUND' $A2
finds 'title=停止'
finds 'title:*停止' $A1 $A4
finds 'title:受注*' $A1 SYS-AAAA
finds 'title:"100%"' $A3
finds 'title:100%*'
finds 'title:/^Out.*stuck$/' $A2
finds 'title:/OUT/'
finds 'title:/OUT/i' $A2
finds finder:佐藤 $A1
finds 'finder.name="佐藤 花子"' $A1
finds timeline.text:復旧 $A1
finds timeline:復旧 $A1
finds 'timeline.kind:recovery' $A1
finds aliases:OMS SYS-AAAA
finds id:OM SYS-AAAA

# Words: values only, folded; not the names of fields
finds ｻｰﾊﾞ $A1
finds サーバー $A1
finds situation
finds '停止' $A1 $A4
finds 'disk FULL' $A1
finds '"disk full"' $A1
finds '"full disk"'
finds 'サーバ*応答' $A1
finds '"注意：ディスク"' $A3
finds '/queue\s+stuck/' $A2
finds '"\"逼迫\""' $A3

# and, or, not
finds 'incident and not severity:S1' $A2 $A3
finds 'severity:S1 or severity:S3' $A1 $A2
finds '(severity:S1 or severity:S3) 受注システム' $A1
finds '（severity:S1　or　severity:S3）　－停止' $A2
finds 'not (severity:S1 or severity:S2) type:incident' $A2
finds 'incident nearmiss 停止' $A1 $A4
finds 'type:障害,ヒヤリハット 停止' $A1 $A4

# Links both ways, counts
finds 'incident system:SYS-AAAA' $A1
finds 'incident system:aaaa' $A1
finds 'system:受注 incident' $A1
finds 'system:倉庫' $A3
finds 'system.importance:A incident' $A1
finds 'incident システム名.importance:C' $A2
finds 'preventions.due:2026-09' $A1
finds 'prevention.title:監視' $A1 $A4
finds 'preventions:AAA5' $A1
finds 'incident preventions.count:0' $A2 $A3
finds 'system preventions.count:0' SYS-AAAA SYS-BBBB
finds 'prevention.count:>=2 incident' $A1
finds 'preventions.count:1..2' $A1 $A4
finds 'missing:preventions incident' $A2 $A3
finds 'has:prevention' $A1 $A4
finds 'prevention incidents.severity:S1' $P5 $P6
finds 'prevention incidents.system.importance:A' $P5 $P6
finds 'prevention incidents.count:2' $P6
finds 'timeline.count:2' $A1
finds 'incident preventions.incidents.count:2' $A1
finds 'system incidents.count:1' SYS-AAAA SYS-BBBB
finds 'system incidents.severity:S1' SYS-AAAA

# What every record has
finds id:AAA1 $A1
finds 'id:INC-2026*' $A1 $A2
finds 'path:*/2025/*' $A3
finds 'state:下書き incident title:停止' $A1

# Errors point at their place
refuses severity:S7 'allowed: S1'
refuses 'severty:S1' "'severity'"
refuses 'incident found_on:someday' 'no date or time'
refuses 'incident found_on:2026-04..2026-02' 'later than'
refuses 'incident found_on:-30d..-90d' 'later than'
refuses 'incident customers_min:many' 'no number'
refuses 'incident name:x' 'finder\.name'
refuses 'type:incidnt' "'incident'"
refuses 'title<x' 'no order'
refuses 'preventions.duw:2026' 'preventions\.duw'
refuses 'title:/(/' '^hint: title:/\(/$'
refuses '(a' 'not closed'
refuses 'state:nowhere' 'allowed:'
run fmrec list 受注 severity:S9
is 'the marks stand below the value, in any script' "$(printf '%s\n' "$err" | sed -n '2,3p')" "hint: 受注 severity:S9
hint:               ^~"

# A record that cannot be read stops nothing
printf 'title: "\n' >records/incident/2026/INC-20260402-AAA9.yaml
run fmrec list severity:S1 --format ids
is 'the others are found' "$out" $A1
like 'it is named' "$err" 'INC-20260402-AAA9'
run fmrec list lesson
unlike 'where it matters' "$err" 'INC-20260402-AAA9'

# Hostile texts are data
for text in "'; DROP TABLE record; --" '\"; --' 'a\\' '%' '?1'; do
	run fmrec list -- "\"$text\""
	is "$text is data" "$code" 0
done

# Columns and templates
run fmrec list incident severity:S1 --columns id,system.importance,preventions.count,preventions.due,発見日 --format csv
is 'columns of linked records, counts and labels' "$(printf '%s\n' "$out" | tail -n 1)" "$A1,A,2,\"2026-09-30, 2027-03-31\",2026-04-01T00:30:00+09:00"
run fmrec list incident --sort -severity --format ids
is 'sorted by declared order' "$(printf '%s' "$out" | tr '\n' ' ')" "$A2 $A3 $A1"
run fmrec list incident --sort found_on --format ids
is 'sorted by instant' "$(printf '%s' "$out" | tr '\n' ' ')" "$A3 $A1 $A2"
run fmrec list incident severity:S1 --format '%(id)|%(severity:label)|%(title:9)|%(customers_min:>6)|%%%tx'
is 'a template' "$out" "$A1|Critical|受注シス…|  1200|%	x"
run fmrec list --format '%(title'
is 'a template that is none' "$code" 128

# A type without records is not read for a query, but what it has names for is no mistake
run fmrec list importance:A --format ids
is 'a field of types with and without records' "$code" 0
for name in indicator nature 指標; do
	run fmrec list "has:$name" --format ids
	is "$name: known to a type without records: no error" "$code$out" 0
	run fmrec query --columns "id,$name" --sort "$name" --format csv
	is "$name: as a column" "$code" 0
	run fmrec query --group-by "$name" --format csv
	is "$name: to group by" "$code" 0
done
run fmrec list objective --format ids
is 'a type without records' "$code$out" 0
refuses has:indicatr "did you mean 'indicator'|no type that is listed"
run fmrec query --columns id,indicatr
is 'a column nobody knows' "$code" 128

done_testing
