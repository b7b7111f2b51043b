# The language of messages: chosen by the environment, spoken without an installed locale.
. "$(dirname "$0")/lib.sh"

says() { # NAME LANGUAGE VARIABLE=VALUE...
	says_name=$1 says_language=$2
	shift 2
	run env "$@" fmrec version x
	case $says_language in
	ja) like "$says_name" "$err" '引数を取りません' ;;
	en) like "$says_name" "$err" 'takes no operand' ;;
	esac
}

says 'LANG' ja LANG=ja_JP.UTF-8
says 'LANG without territory' ja LANG=ja
says 'LC_MESSAGES before LANG' ja LANG=en_US.UTF-8 LC_MESSAGES=ja_JP.UTF-8
says 'LC_ALL before LC_MESSAGES' en LC_ALL=C LC_MESSAGES=ja_JP.UTF-8 LANG=ja_JP.UTF-8
says 'FMREC_LANG before all' ja FMREC_LANG=ja LC_ALL=C
says 'FMREC_LANG back to English' en FMREC_LANG=en LANG=ja_JP.UTF-8
says 'an empty variable is not set' ja FMREC_LANG= LC_ALL= LANG=ja_JP.UTF-8
says 'other languages are English' en LANG=fr_FR.UTF-8
says 'Javanese is not Japanese' en LANG=jav

run env LANG=ja_JP.UTF-8 fmrec help
like 'summaries are translated' "$out" '設定を表示'
run env LANG=ja_JP.UTF-8 fmrec -C /nowhere version
like 'and the reasons of the system' "$err" 'ファイルやディレクトリがありません'
fmrec __codes | cut -f1,2 >en
LANG=ja_JP.UTF-8 fmrec __codes | cut -f1,2 >ja
same 'codes and severities are never translated' ja en

repository
run fmrec new incident -m x -s severity=S9
like 'choices of the config with their labels' "$err" 'allowed: S1 Critical, S2 Serious'
run fmrec new incident -m x -s plan.class=緊
like 'choices of a type with theirs' "$err" 'allowed: urgent Urgent, normal Normal'
run env LANG=ja_JP.UTF-8 fmrec new incident -m x -s severity=S9 -s plan.class=再現待
like 'in the language of the messages' "$err" '指定できる値: S1 重大, S2 重'
like 'and the nearest label leads to its code' "$err" "'await-repro'"
run fmrec new incident -m x -s duplicate_of=INC-20250101-ABCD
like 'a link wants a record' "$err" 'expected: a record of type incident'

done_testing
