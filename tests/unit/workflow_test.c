/* Workflow as data: transitions read from a type file, and what a record lacks for one (F-32, F-130 to F-150). */
#include "unit.h"

#include "widget.h"

static const char transitions[] =
	"  transitions:\n"
	"    - name: ship\n"
	"      label: {en: Ship, ja: 出荷}\n      help: {en: S., ja: 出。}\n"
	"      from: draft\n      to: shipped\n"
	"      by: [seller, admin]\n      role-field: severity\n      votes: 2\n"
	"      meaning: shipped\n      declares: {en: I ship it., ja: 出荷する。}\n"
	"      covers: [title, parts]\n      requires: [story, parts.name]\n"
	"      not-by: [author, 'field:maker']\n"
	"    - name: vouch\n"
	"      label: {en: Vouch, ja: 保証}\n      help: {en: V., ja: 保。}\n"
	"      from: [shipped]\n      when: '#/$defs/red'\n"
	"      signatures:\n"
	"        - {by: [seller], covers: [title], meaning: sold, declares: {en: Sold., ja: 売。}}\n"
	"        - {by: [admin], meaning: kept, declares: {en: Kept., ja: 保。}}\n"
	"      not-by: ['signer:ship']\n"
	"    - name: scrap\n"
	"      label: {en: Scrap, ja: 廃棄}\n      help: {en: S., ja: 廃。}\n"
	"      from: '*'\n      to: scrapped\n      after: [ship, vouch]\n      reason: required\n      restart: true\n"
	"      meaning: scrapped\n      declares: {en: I scrap it., ja: 廃棄する。}\n";

static const char roles[] = "roles: [{code: seller, label: {en: Seller, ja: 販売}}]\n";

static void replace(struct fmr_str *text, const char *from, const char *to)
{
	const char *at = strstr(text->bytes, from);
	assert_non_null(at);
	fmr_str_splice(text, (size_t)(at - text->bytes), strlen(from), to, strlen(to));
}

/* The widget, with transitions in which `from` is replaced. */
static void put_widget(const char *from, const char *to)
{
	struct fmr_str text, added;
	fmr_str_init(&text);
	fmr_str_init(&added);
	fmr_str_puts(&text, widget);
	fmr_str_puts(&added, transitions);
	fmr_str_puts(&added, "  ask: [title, maker]\n");
	replace(&text, "  ask: [title, maker]\n", added.bytes);
	replace(&text, "$defs:\n", "$defs:\n  red: {properties: {colour: {const: red}}, required: [colour]}\n");
	if (from)
		replace(&text, from, to);
	put(".fmrec/schema/widget.yaml", text.bytes);
	fmr_str_clear(&text);
	fmr_str_printf(&text, "%s%s", config, roles);
	put(".fmrec/config.yaml", text.bytes);
	fmr_str_release(&text);
	fmr_str_release(&added);
}

/* ---- reading ---- */

static void transitions_are_read(void **state)
{
	(void)state;
	put_widget(NULL, NULL);
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_int_equal(type->transition_count, 3);
	const struct fmr_transition_rule *ship = fmr_type_transition(type, "ship");
	assert_ptr_equal(ship, &type->transitions[0]);
	assert_string_equal(fmr_words_in(&ship->label, FMR_JAPANESE), "出荷");
	assert_string_equal(ship->to, "shipped");
	assert_int_equal(ship->slot_count, 1);
	assert_string_equal(ship->slots[0].by[1], FMR_ROLE_ADMIN);
	assert_null(ship->slots[0].by[2]);
	assert_string_equal(ship->slots[0].role_field, "severity");
	assert_int_equal(ship->slots[0].votes, 2);
	assert_string_equal(ship->slots[0].meaning, "shipped");
	assert_string_equal(ship->slots[0].covers[1], "parts");
	assert_string_equal(ship->requires[1], "parts.name");
	assert_string_equal(ship->not_by[0], "author");
	assert_false(ship->reason || ship->restart);

	const struct fmr_transition_rule *vouch = fmr_type_transition(type, "vouch");
	assert_null(vouch->to);
	assert_int_equal(vouch->slot_count, 2);
	assert_null(vouch->slots[1].covers);
	assert_int_equal(vouch->slots[1].votes, 1);

	const struct fmr_transition_rule *scrap = fmr_type_transition(type, "scrap");
	assert_true(scrap->reason && scrap->restart);
	assert_int_equal(scrap->slot_count, 1); /* which nobody can fill */
	assert_null(scrap->slots[0].by[0]);
	assert_string_equal(scrap->after[1], "vouch");
	assert_null(fmr_type_transition(type, "approve"));
	assert_string_equal(fmr_type_state(type, "scrapped")->must, "#/$defs/has-end");
	assert_null(fmr_type_state(type, "lost"));
	close_fixture(&fixture);
}

static void a_transition_starts_from_its_states(void **state)
{
	(void)state;
	put_widget(NULL, NULL);
	struct fixture fixture;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	const struct fmr_transition_rule *ship = fmr_type_transition(type, "ship");
	const struct fmr_transition_rule *scrap = fmr_type_transition(type, "scrap");
	assert_true(fmr_transition_leaves(ship, "draft"));
	assert_false(fmr_transition_leaves(ship, "shipped"));
	assert_true(fmr_transition_leaves(scrap, "draft"));
	assert_false(fmr_transition_leaves(scrap, "scrapped")); /* every state but its own */
	close_fixture(&fixture);
}

static void exclusions_are_read(void **state)
{
	(void)state;
	enum fmr_exclusion exclusion;
	const char *name;
	assert_true(fmr_exclusion_read("author", &exclusion, &name));
	assert_int_equal(exclusion, FMR_EXCLUDE_AUTHOR);
	assert_true(fmr_exclusion_read("signer:recover", &exclusion, &name));
	assert_int_equal(exclusion, FMR_EXCLUDE_SIGNER);
	assert_string_equal(name, "recover");
	assert_true(fmr_exclusion_read("field:plan.implementer", &exclusion, &name));
	assert_int_equal(exclusion, FMR_EXCLUDE_FIELD);
	assert_string_equal(name, "plan.implementer");
	assert_false(fmr_exclusion_read("authors", &exclusion, &name));
	assert_false(fmr_exclusion_read("signer:", &exclusion, &name));
	assert_false(fmr_exclusion_read("", &exclusion, &name));
}

static void roles_have_names(void **state)
{
	(void)state;
	put_widget(NULL, NULL);
	struct fixture fixture;
	open_fixture(&fixture);
	assert_string_equal(fmr_words_in(&fmr_book_role(fixture.book, "seller")->label, FMR_JAPANESE), "販売");
	assert_non_null(fmr_book_role(fixture.book, FMR_ROLE_NOTARY));
	assert_null(fmr_book_role(fixture.book, "buyer"));
	close_fixture(&fixture);
}

/* What no schema can say, and what schema/meta.yaml says: each with its place. */
static void a_wrong_transition_is_a_finding(void **state)
{
	(void)state;
	static const struct { const char *from, *to, *message; } cases[] = {
		{ NULL, NULL, NULL },
		{ "from: draft", "from: droft", "no such state: 'droft'" },
		{ "to: shipped", "to: shiped", "no such state: 'shiped'" },
		{ "after: [ship, vouch]", "after: [ship, vuoch]", "no such transition: 'vuoch'" },
		{ "'signer:ship'", "'signer:shop'", "no such transition: 'shop'" },
		{ "'field:maker'", "'field:makers'", "no such field: 'makers'" },
		{ "[author, ", "[athor, ", "" },
		{ "requires: [story", "requires: [stroy", "no such field: 'stroy'" },
		{ "covers: [title, parts]", "covers: [title, box.size]", "" },
		{ "covers: [title, parts]", "covers: [title, bits]", "no field of the top level: 'bits'" },
		{ "role-field: severity", "role-field: rule", "no such field: 'rule'" },
		{ "by: [seller, admin]", "by: [buyer, admin]", "the config has no role: 'buyer'" },
		{ "{by: [admin], ", "{by: [boss], ", "the config has no role: 'boss'" },
		{ "'#/$defs/red'", "'#/$defs/green'", "the pointer leads nowhere" },
		{ "colour: {const: red}", "colour: {pattern: '('}", "" },
		{ "meaning: kept", "meaning: sold", "two kinds of signature have one meaning: 'sold'" },
		{ "name: vouch", "name: reject", "" },
		{ "votes: 2", "votes: 0", "" },
		{ "votes: 2", "vots: 2", "vots" },
		{ "      signatures:", "      by: [admin]\n      signatures:", "" },
		{ "      meaning: scrapped\n", "", "meaning" },
		{ "name: vouch", "name: ship", "no such transition: 'vouch'" },
		{ "name: scrap\n", "name: ship\n", "a transition of this name stands above for the same state: 'ship'" },
		{ "required-from: shipped", "required-from: shipped\n      signed-by: ship", "" },
		{ "required-from: shipped", "signed-by: ship", NULL },
		{ "required-from: shipped", "signed-by: shop", "no such transition: 'shop'" },
		{ "required-from: shipped", "signed-by: vouch\n      signed-as: kept", NULL },
		{ "required-from: shipped", "signed-by: vouch\n      signed-as: shipped", "no signature has this meaning: 'shipped'" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		put_widget(cases[i].from, cases[i].to);
		open_fixture(&fixture);
		assert_int_equal(fmr_book_check_type(fixture.book, "widget", fixture.findings, &fixture.err), 0);
		const size_t count = fmr_findings_count(fixture.findings);
		bool found = !cases[i].message && !count;
		for (size_t j = 0; cases[i].message && j < count; j++)
			found |= strstr(fmr_findings_at(fixture.findings, j)->message, cases[i].message) != NULL &&
				fmr_findings_at(fixture.findings, j)->value.line > 0;
		if (!found)
			fail_msg("case %zu, '%s': %zu findings, first '%s'", i, cases[i].to ? cases[i].to : "", count,
				count ? fmr_findings_at(fixture.findings, 0)->message : "");
		close_fixture(&fixture);
	}
}

/* ---- processes ---- */

#define RESPOND "processes:\n  - name: respond\n    label: {en: Response, ja: 対応}\n    signs: [widget/ship]\n" \
	"    roles: {seller: {share: AR, does: {en: Sells., ja: 売る。}}, admin: {share: C}}\n"

static int read_processes(struct fixture *fixture, struct fmr_arena *arena, const struct fmr_process **processes,
	size_t *count)
{
	fmr_findings_truncate(fixture->findings, 0);
	return fmr_book_processes(fixture->book, arena, processes, count, fixture->findings, &fixture->err);
}

/* F-39, F-100 to F-110 */
static void processes_are_data(void **state)
{
	(void)state;
	struct fixture fixture;
	struct fmr_arena arena;
	const struct fmr_process *processes;
	size_t count;
	put_widget(NULL, NULL);
	fmr_arena_init(&arena);
	open_fixture(&fixture);
	assert_int_equal(read_processes(&fixture, &arena, &processes, &count), 0);
	assert_int_equal(count, 11);
	assert_string_equal(processes[10].requirement, "F-110");
	put(".fmrec/raci.yaml", RESPOND);
	assert_int_equal(read_processes(&fixture, &arena, &processes, &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(fmr_words_in(&processes[0].label, FMR_JAPANESE), "対応");
	assert_null(processes[0].requirement);
	assert_string_equal(processes[0].signs[0], "widget/ship");
	assert_int_equal(processes[0].share_count, 2);
	assert_string_equal(processes[0].shares[0].share, "AR");
	assert_string_equal(fmr_words_in(&processes[0].shares[0].does, FMR_ENGLISH), "Sells.");
	static const char *const wrong[] = { "", "[]", "processes: []\n", "processes: [{name: x}]\n", RESPOND "more: 1\n",
		"processes: [{name: x, label: {en: x, ja: x}, roles: {a: {share: RA}}}]\n", "a: &b 1\n" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		put(".fmrec/raci.yaml", wrong[i]);
		assert_int_equal(read_processes(&fixture, &arena, &processes, &count), FMR_ERR_INVALID);
		assert_true(fmr_findings_count(fixture.findings) > 0);
	}
	fmr_arena_release(&arena);
	close_fixture(&fixture);
}

static void roles_stand_in_their_order(void **state)
{
	(void)state;
	struct fixture fixture;
	struct fmr_arena arena;
	put_widget(NULL, NULL);
	fmr_arena_init(&arena);
	open_fixture(&fixture);
	const char *const *codes_of = fmr_book_roles(fixture.book, &arena);
	assert_string_equal(codes_of[0], "seller");
	assert_null(codes_of[1]);
	fmr_arena_release(&arena);
	close_fixture(&fixture);
}

/* ---- asking ---- */

#define HEAD "id: " ID "\nform: 2\ntitle: x\n"

static void a_row_is_for_the_records_it_fits(void **state)
{
	(void)state;
	put_widget(NULL, NULL);
	static const struct { const char *text; bool applies; } cases[] = {
		{ HEAD, false }, { HEAD "colour: blue\n", false }, { HEAD "colour: red\n", true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		struct fmr_record record;
		put(PATH_OF, cases[i].text);
		open_fixture(&fixture);
		const struct fmr_type *type = type_of(&fixture, "widget");
		assert_int_equal(fmr_record_read(fixture.book, PATH_OF, &record, fixture.findings, &fixture.err), 0);
		bool applies;
		for (int again = 0; again < 2; again++) {
			assert_int_equal(fmr_transition_applies(type, fmr_type_transition(type, "vouch"), record.root, &applies,
				&fixture.err), 0);
			assert_int_equal(applies, cases[i].applies);
		}
		assert_int_equal(fmr_transition_applies(type, fmr_type_transition(type, "ship"), record.root, &applies,
			&fixture.err), 0);
		assert_true(applies);
		fmr_record_release(&record);
		close_fixture(&fixture);
	}
}

static void a_broken_condition_is_an_error(void **state)
{
	(void)state;
	put_widget("colour: {const: red}", "colour: {pattern: '('}");
	struct fixture fixture;
	struct fmr_record record;
	open_fixture(&fixture);
	const struct fmr_type *type = type_of(&fixture, "widget");
	assert_int_equal(fmr_record_read(fixture.book, PATH_OF, &record, fixture.findings, &fixture.err), 0);
	bool applies = true;
	for (int again = 0; again < 2; again++)
		assert_int_equal(fmr_transition_applies(type, fmr_type_transition(type, "vouch"), record.root, &applies,
			&fixture.err), FMR_ERR_INVALID);
	assert_false(applies);
	fmr_record_release(&record);
	close_fixture(&fixture);
}

static const char *join(const char *const *paths)
{
	static char text[1000];
	text[0] = '\0';
	for (; *paths; paths++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", *paths);
	return text;
}

static void what_a_record_lacks_is_listed(void **state)
{
	(void)state;
	static const struct { const char *text, *state, *transition, *paths, *codes; } cases[] = {
		{ HEAD, NULL, NULL, "", "" },
		{ HEAD, "draft", NULL, "", "" },
		{ HEAD, "draft", "ship", "story parts[].name ", "record.state:1 record.state:1" },
		{ HEAD, "shipped", NULL, "sold_at box.size ", "record.state:1 record.state:1" },
		{ HEAD "box: {}\nmaker: Someone\n", "shipped", NULL, "sold_at box.size maker ",
			"record.state:1 record.state:4 record.state:5" },
		{ HEAD "maker: MKR-NOWHERE\nsold_at: unknown\nbox: {size: 1}\n", "shipped", NULL, "", "" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\n", "scrapped", NULL, "due ", "record.state:1" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\nstory: ''\nparts: []\n", "shipped", "ship", "story parts[].name ",
			"record.state:6 record.state:7" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\nstory: s\nparts:\n  - name: a\n  - of: " ID "\n  - parts: []\n",
			"shipped", "ship", "parts[].name ", "record.state:9 record.state:10" },
		{ HEAD "sold_at: unknown\nbox: {size: 1}\nstory: s\nparts:\n  - name: a\n", "shipped", "ship", "", "" },
	};
	put_widget(NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		struct fmr_record record;
		struct fmr_arena arena;
		const char *const *paths;
		fmr_arena_init(&arena);
		put(PATH_OF, cases[i].text);
		open_fixture(&fixture);
		const struct fmr_type *type = type_of(&fixture, "widget");
		assert_int_equal(fmr_record_read(fixture.book, PATH_OF, &record, fixture.findings, &fixture.err), 0);
		const struct fmr_transition_rule *rule = cases[i].transition ? fmr_type_transition(type, cases[i].transition) : NULL;
		assert_int_equal(fmr_record_missing(fixture.book, type, record.root, cases[i].state, rule, &arena, &paths,
			&fixture.err), 0);
		assert_string_equal(join(paths), cases[i].paths);
		assert_int_equal(fmr_record_lacks(fixture.book, &record, cases[i].state, rule, fixture.findings,
			&fixture.err), 0);
		fmr_findings_sort(fixture.findings);
		assert_string_equal(codes(fixture.findings), cases[i].codes);
		fmr_arena_release(&arena);
		fmr_record_release(&record);
		close_fixture(&fixture);
	}
}

/* ---- each record in its own state ---- */

static const char *state_of(void *context, const struct fmr_type *type, const char *id)
{
	const char *const *states = context; /* of ID, of all others */
	assert_string_equal(type->name, id[0] == 'W' ? "widget" : "maker");
	return strcmp(id, ID) == 0 ? states[0] : states[1];
}

static const char *check(struct fixture *fixture, const struct fmr_check_options *options)
{
	fmr_findings_truncate(fixture->findings, 0);
	assert_int_equal(fmr_check(fixture->book, options, fixture->findings, NULL, &fixture->err), 0);
	return places(fixture->findings);
}

static void each_record_is_judged_in_its_state(void **state)
{
	(void)state;
	static const char *const shipped[] = { "shipped", NULL }, *const others[] = { "melted", "scrapped" };
	static const char *const paths[] = { PATH_OF };
	static const char lacking[] = PATH_OF " record.state;" PATH_OF " record.state;";
	const struct fmr_check_options one = { .paths = paths, .path_count = 1 }, as_draft = { .state = "draft" };
	struct fixture fixture;
	put("records/widget/2026/WGT-20261121-AAAA.yaml", "id: WGT-20261121-AAAA\nform: 2\ntitle: x\n");
	open_fixture(&fixture);
	assert_string_equal(check(&fixture, NULL), "");
	fmr_book_set_states(fixture.book, state_of, (void *)shipped);
	assert_string_equal(check(&fixture, NULL), lacking);
	assert_string_equal(check(&fixture, &one), lacking);
	assert_string_equal(check(&fixture, &as_draft), "");
	fmr_findings_truncate(fixture.findings, 0);
	assert_int_equal(fmr_check_text(fixture.book, PATH_OF, HEAD, strlen(HEAD), NULL, fixture.findings, &fixture.err), 0);
	assert_string_equal(places(fixture.findings), lacking);
	/* a state that the type lost is the first one; a condition of a state holds */
	fmr_book_set_states(fixture.book, state_of, (void *)others);
	assert_string_equal(check(&fixture, NULL), "records/widget/2026/WGT-20261121-AAAA.yaml record.state;"
		"records/widget/2026/WGT-20261121-AAAA.yaml record.state;"
		"records/widget/2026/WGT-20261121-AAAA.yaml record.state;");
	fmr_book_set_states(fixture.book, NULL, NULL);
	assert_string_equal(check(&fixture, NULL), "");
	close_fixture(&fixture);
}

static void what_is_staged_is_judged_in_its_state(void **state)
{
	(void)state;
	static const char *const shipped[] = { "shipped", NULL };
	struct fixture fixture;
	open_fixture(&fixture);
	sh("git add -A");
	assert_int_equal(fmr_check_staged(fixture.store, state_of, (void *)shipped, fixture.findings, NULL, &fixture.err), 0);
	assert_string_equal(places(fixture.findings), PATH_OF " record.state;" PATH_OF " record.state;");
	close_fixture(&fixture);
}

static void a_state_must_exist(void **state)
{
	(void)state;
	put_widget(NULL, NULL);
	struct fixture fixture;
	struct fmr_record record;
	open_fixture(&fixture);
	assert_int_equal(fmr_record_read(fixture.book, PATH_OF, &record, fixture.findings, &fixture.err), 0);
	assert_int_equal(fmr_record_lacks(fixture.book, &record, "shippd", NULL, fixture.findings, &fixture.err),
		FMR_ERR_INVALID);
	assert_string_equal(fixture.err.text, "type 'widget' has no state 'shippd'");
	fmr_record_release(&record);
	close_fixture(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, sandbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(transitions_are_read),
		TEST(a_transition_starts_from_its_states),
		TEST(exclusions_are_read),
		TEST(roles_have_names),
		TEST(a_wrong_transition_is_a_finding),
		TEST(processes_are_data),
		TEST(roles_stand_in_their_order),
		TEST(a_row_is_for_the_records_it_fits),
		TEST(a_broken_condition_is_an_error),
		TEST(what_a_record_lacks_is_listed),
		TEST(each_record_is_judged_in_its_state),
		TEST(what_is_staged_is_judged_in_its_state),
		TEST(a_state_must_exist),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
