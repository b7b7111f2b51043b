# Emergency organisation, criteria, flows, procedures, activations and maintenance of a continuity plan, as shipped: what
# one record by itself must hold (C-12, C-13, C-15, C-115 to C-129, C-145 to C-153, C-163, C-164, X-01).
. "$(dirname "$0")/lib.sh"

repository
put_examples

place() { find records -name "$1-*.yaml"; }
ero=$(place ERO) crt=$(place CRT) flw=$(place FLW) prc=$(place PRC) act=$(place ACT) mpl=$(place MPL) mrv=$(place MRV)

# Everybody named in the organisation gets a record, as its state agreed asks for.
register() {
	for name in "$@"; do
		number=$((${number:-0} + 1))
		printf 'id: PSN-P%d\nform: 1\nname: %s\n' "$number" "$name" >"records/person/PSN-P$number.yaml"
		sed -i "/people:/s/$name/PSN-P$number/" "$ero"
	done
}
reaches() { ok "$1" fmrec validate --for "$2" "$3"; } # NAME STATE FILE
lacks() { # NAME STATE FILE SED REGEX: the record changed so does not reach the state
	cp "$3" "$T/before.yaml"
	sed -i "$4" "$3"
	if cmp -s "$3" "$T/before.yaml"; then fail "$1: nothing was changed"; fi
	exit_is "$1" 1 fmrec validate --for "$2" "$3"
	like "$1: it says so" "$out$err" "$5"
	cp "$T/before.yaml" "$3"
}

# ---- emergency organisation

exit_is 'X-05: whoever has a role is in the register' 1 fmrec validate --for agreed "$ero"
register '山本 四郎' '高橋 三郎' '渡辺 六美' '中村 七海' '小林 十和' '田中 一郎' '井上 千秋' '木村 万里' '林 百合' '清水 億人'
reaches 'C-12, C-115 to C-118: an organisation with all its roles' agreed "$ero"
lacks 'C-119: a role without deputy' agreed "$ero" '/people:/s/, PSN-P[0-9]*\]/]/' 'people'
lacks 'C-119: a deputy who is the holder' agreed "$ero" 's/people: \[PSN-SATO, PSN-P1/people: [PSN-SATO, PSN-SATO/' 'people'
exit_is 'C-119: also in a draft' 1 sh -c "sed 's/people: \[PSN-SATO, PSN-P1/people: [PSN-SATO, PSN-SATO/' '$ero' >'$T/x' && cp '$T/x' '$ero' &&
	fmrec validate '$ero'"
sed -i 's/people: \[PSN-SATO, PSN-SATO/people: [PSN-SATO, PSN-P1/' "$ero"
lacks 'C-115: nobody responsible' agreed "$ero" 's/role: recovery$/role: media/' 'recovery'
lacks 'C-116: no secretariat' agreed "$ero" 's/role: secretariat$/role: media/' 'roles|left_out'
lacks 'C-117: nobody at the affected site' agreed "$ero" 's/role: affected-site$/role: media/' 'roles|left_out'
lacks 'C-118: an alternative site without people' agreed "$ero" 's/role: alternative-site$/role: media/' 'alternative-site'
lacks 'a role of no catalogue' agreed "$ero" 's/role: media$/role: cook/' "'cook'"
sed -i 's/role: affected-site$/role: media/; s/^cooperation:/left_out: [{role: affected-site, reason: r}]\n&/' "$ero"
reaches 'a role may be left out for a reason' agreed "$ero"
sed -i 's/^alternative_site: true/alternative_site: false/; s/role: alternative-site$/role: media/' "$ero"
reaches 'C-118: no alternative site, nobody there' agreed "$ero"
is 'C-116: a role is told by its label, too' "$(fmrec list erorg roles.role:事務局 --format ids)" "$(basename "$ero" .yaml)"
is 'X-05: a person knows the roles' "$(fmrec list person has:emergency_roles --format ids | grep -c PSN)" 11

# ---- criteria, flow, procedure

reaches 'C-123: criteria' agreed "$crt"
lacks 'C-123: no headquarters' agreed "$crt" '/^headquarters:/,/^others:/{/^others:/!d;}' 'headquarters'
lacks 'C-123: no target event' agreed "$crt" '/^events:/,/^gathering:/{/^gathering:/!d;}' 'events'
lacks 'C-123: no gathering' agreed "$crt" '/^gathering:/,/^switching:/{/^switching:/!d;}' 'gathering'
lacks 'C-123: no switch-over and no reason' agreed "$crt" '/^switching:/,/^headquarters:/{/^headquarters:/!d;}' 'switching'
sed -i '/^switching:/,/^headquarters:/{/^headquarters:/!d;}' "$crt" && printf 'no_switching: 代替環境がない。\n' >>"$crt"
reaches 'C-123: a reason for none' agreed "$crt"

reaches 'C-124: a flow' agreed "$flw"
lacks 'C-124: it begins with gathering' agreed "$flw" 's/phase: gathering/phase: other/' 'gathering'
lacks 'C-124: and ends with recovery done' agreed "$flw" 's/phase: completion/phase: other/' 'completion'
lacks 'C-124: who does a step' agreed "$flw" '0,/^    role: /{/^    role: /d;}' 'role'
lacks 'C-124: no hand-over of information' agreed "$flw" 's/^    hand_over:/    zz:/; /^    zz:/,/^    [a-y]/{/^    zz:/d;/^      /d;}' 'hand_over'
lacks 'C-124: which crisis' agreed "$flw" '/^crisis:/d' 'crisis'

reaches 'C-125: a procedure' agreed "$prc"
lacks 'C-125: a step of no flow step' written "$prc" "0,/^  - flow_step: '3'/{s/^  - flow_step: '3'/  - minutes: 3/;}" 'flow_step'
lacks 'C-125: no flow' written "$prc" '/^flow:/d' 'flow'
lacks 'C-125: no first response' written "$prc" 's/kind: first-response/kind: check/' 'first-response|left_out'
lacks 'C-125: no notice' written "$prc" 's/kind: notice/kind: check/' 'notice|left_out'
lacks 'C-126: operation of the alternative site in none of its parts' written "$prc" 's/^kind: .*/kind: alternative-site/' 'alternative_operation'
lacks 'C-127: security without what it needs' written "$prc" 's/^kind: .*/kind: security/' "'security'"
lacks 'C-129: a card without contacts' written "$prc" '/^  contacts:/,/^  gather_at:/{/^  gather_at:/!d;}' 'contacts'
plan=$(sed -n 's/^plan: //p' "$prc")
printf 'id: PRC-0001\nform: 1\ntitle: 大阪の運用\nplan: %s\nkind: alternative-site\nalternative_operation:\n  site: 大阪支社\n  normal: {hours: 終日, jobs: 毎時, monitoring: 終日, security_monitoring: 終日, trouble: 当番}\n  maintenance: {planned_stop: 第3日曜, live: なし}\n' \
	"$plan" >records/procedure/PRC-0001.yaml
reaches 'C-126: normal and maintenance operation' written records/procedure/PRC-0001.yaml
lacks 'C-126: no security monitoring' written records/procedure/PRC-0001.yaml 's/security_monitoring: 終日, //' 'security_monitoring'
printf 'id: PRC-0002\nform: 1\ntitle: 非常時の情報セキュリティ\nplan: %s\nkind: security\nsecurity: {unauthorised_devices: a, entry_control: b, guards: c}\n' \
	"$plan" >records/procedure/PRC-0002.yaml
reaches 'C-127: security in an emergency' written records/procedure/PRC-0002.yaml
lacks 'C-127: no entry control' written records/procedure/PRC-0002.yaml 's/entry_control: b, //' 'entry_control'
fmrec validate >/dev/null && git add -A && git commit -q -m records
is 'C-124: a flow knows its procedures' "$(fmrec list procedure "flow:$(basename "$flw" .yaml)" --format ids)" "$(basename "$prc" .yaml)"

# ---- activation

id=$(basename "$act" .yaml)
reaches 'C-164: an activation' lessons "$act"
reaches 'C-164: with users told' recovered "$act"
lacks 'C-115: users are not told' recovered "$act" '/^users_told:/,/^recovered_at:/{/^recovered_at:/!d;}' 'users_told'
lacks 'X-01: a system without the time of its recovery' recovered "$act" '/^    recovered_at:/d' 'recovered_at'
lacks 'C-164: a deputy who does not say why' invoked "$act" '/^  unreachable:/d' 'unreachable'
lacks 'C-139: a finding that leads nowhere' lessons "$act" '/^    leads_to:/d' 'findings'
lacks 'times in order' invoked "$act" 's/^struck_at: .*/struck_at: 2028-01-18/' 'struck_at|invoked_at'
ok 'C-164, F-61: the log is kept by the same command' fmrec log-entry "$id" --at '2028-01-17 03:00' --kind 交代 --actor 事務局 二班へ引き継いだ。
like 'with its kinds' "$(git show HEAD)" '^\+    kind: shift$'
exit_is 'and no others' 1 fmrec log-entry "$id" --kind party x
ok 'F-80: the first line is enough to begin with' fmrec new activation -m '庁舎の停電'
ok 'X-01: an incident in which the plan was used' fmrec set "$(basename "$(place INC)" .yaml)" "plan_used=$id"
is 'X-01: the activation knows it' "$(fmrec list incident "plan_used:$id" --format ids | wc -l)" 1
is 'X-01: in both directions' "$(fmrec list activation has:incidents --format ids)" "$id"

# ---- maintenance

reaches 'C-145: time, content and doer of reviews' agreed "$mpl"
lacks 'C-145: a review without a doer' agreed "$mpl" '0,/^    done_by:/{/^    done_by:/d;}' 'done_by'
lacks 'C-145: without a time' agreed "$mpl" '0,/^    when:/{/^    when:/d;}' 'when'
lacks 'C-152: a trigger without its review' agreed "$mpl" 's/trigger: experience/trigger: periodic/' 'experience'
lacks 'C-151: no budget cycle' agreed "$mpl" '/^budget:/,$d' 'budget'
is 'C-146 to C-149: four, three, two and four questions' \
	"$(sed -n 's/^    group: //p' .fmrec/catalogue/maintenance_questions.yaml | uniq -c | tr -s ' ' | paste -sd, -)" ' 4 measures, 3 emergency, 2 training, 4 basis'
reaches 'C-146 to C-149: thirteen answers' plan-changed "$mrv"
lacks 'a question that is not answered' answered "$mrv" '/question: basis-technology/,/evidence/d' 'basis-technology'
lacks 'C-150: an answer without evidence' answered "$mrv" '0,/^    evidence:/{/^    evidence:/d;}' 'evidence'
lacks 'a no and nothing done' answered "$mrv" '/^    action:/d' 'action'
lacks 'C-152: a review after a disaster that names none' answered "$mrv" 's/^trigger: .*/trigger: experience/' 'after'
lacks 'C-163: no change without a reason' no-change "$mrv" '/^changes:/,/^requests:/{/^requests:/!d;}' 'no_change_reason'
sed -i "s/^trigger: .*/trigger: experience\nafter: [$id]/; /question: basis-technology/,/evidence/d" "$mrv"
reaches 'C-152: which need not ask everything' answered "$mrv"

# ---- who signs

rows() { fmrec schema show "$1" --workflow | tr -s ' ' | sed '1,/^state transition/d; /^$/,$d'; }
is 'C-159: organisation, criteria and flow are adopted by the responsible' "$(rows erorg; rows criteria; rows flow)" \
	"$(for type in 1 2 3; do printf '%s\n' 'draft adopt agreed continuity-responsible, continuity-chief' 'agreed retire retired continuity-responsible, continuity-chief'; done)"
like 'C-159: procedures are written by the staff' "$(rows procedure)" '^draft submit written continuity-staff, recovery, '
is 'C-163: a review is answered by the responsible, decided by the chief' "$(rows maintreview)" 'open answer answered continuity-responsible
answered change plan-changed continuity-chief
answered keep no-change continuity-chief'
like 'C-164: the responsible for recovery, or who has that role for the time, invokes' "$(rows activation)" '^draft invoke invoked recovery$'
like 'C-164: and tells that it is done' "$(rows activation)" '^recovering finish recovered recovery$'

done_testing
