#include "base/arena.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cmd/in_force.h"
#include "cmd/write.h"
#include "render/line.h"
#include "render/render.h"
#include "render/workflow.h"

#include <string.h>

enum { FINDINGS = 100 };

struct options {
	bool signatures;
};

struct raci {
	struct fmr_cli *cli;
	struct fmr_arena arena;
	struct fmr_in_force in_force;
	const struct fmr_process *processes;
	size_t process_count;
	const char *const *roles; /* columns */
	size_t role_count;
};

/* ---- who signs ---- */

typedef void visit_rule(void *context, const struct fmr_type *type, const struct fmr_transition_rule *rule);

/* "incident/approve-report": of the transitions of a process, those of one entry of `signs`.  A type that the organisation
 * has done away with has none. */
static void each_rule_of(struct raci *raci, const char *entry, visit_rule *visit, void *context)
{
	const char *slash = strchr(entry, '/');
	const char *name = fmr_arena_strndup(&raci->arena, entry, slash ? (size_t)(slash - entry) : strlen(entry));
	const struct fmr_type *type;
	if (fmr_book_type(raci->cli->book, name, &type, NULL, NULL))
		return;
	const struct fmr_transition_rule *rules = fmr_in_force_rules(&raci->in_force, type);
	for (size_t i = 0; i < type->transition_count; i++)
		if (!slash || strcmp(rules[i].name, slash + 1) == 0)
			visit(context, type, &rules[i]);
}

static void each_rule(struct raci *raci, const struct fmr_process *process, visit_rule *visit, void *context)
{
	for (const char *const *entry = process->signs; *entry; entry++)
		each_rule_of(raci, *entry, visit, context);
}

static bool may_sign(const struct fmr_transition_rule *rule, const char *role)
{
	for (size_t i = 0; i < rule->slot_count; i++)
		for (const char *const *by = rule->slots[i].by; *by; by++)
			if (strcmp(*by, role) == 0)
				return true;
	return false;
}

struct signs {
	const char *role;
	struct fmr_str steps; /* "judge, close" */
};

static bool is_listed(const char *list, const char *name)
{
	const size_t length = strlen(name);
	for (const char *at = list; (at = strstr(at, name)); at += length)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ','))
			return true;
	return false;
}

static void add_step(void *context, const struct fmr_type *type, const struct fmr_transition_rule *rule)
{
	struct signs *signs = context;
	(void)type;
	if (may_sign(rule, signs->role) && !is_listed(signs->steps.bytes, rule->name))
		fmr_str_printf(&signs->steps, "%s%s", signs->steps.length ? ", " : "", rule->name);
}

/* The steps of the process that may be signed in this role; yours to release. */
static struct fmr_str steps_of(struct raci *raci, const struct fmr_process *process, const char *role)
{
	struct signs signs = { .role = role };
	fmr_str_init(&signs.steps);
	each_rule(raci, process, add_step, &signs);
	return signs.steps;
}

/* ---- the cells ---- */

static const struct fmr_process_share *share_of(const struct fmr_process *process, const char *role)
{
	for (size_t i = 0; i < process->share_count; i++)
		if (strcmp(process->shares[i].role, role) == 0)
			return &process->shares[i];
	return NULL;
}

/* "ARS" */
static const char *letters(struct raci *raci, const struct fmr_process *process, const char *role)
{
	const struct fmr_process_share *share = share_of(process, role);
	struct fmr_str steps = steps_of(raci, process, role);
	const char *text = fmr_arena_format(&raci->arena, "%s%s", share ? share->share : "", steps.length ? "S" : "");
	fmr_str_release(&steps);
	return text;
}

/* ---- the columns: roles of the config that take part, then others that do ---- */

struct columns {
	FMR_VEC(const char *) list;
};

static void add_column(struct columns *columns, const char *role)
{
	for (size_t i = 0; i < columns->list.count; i++)
		if (strcmp(columns->list.items[i], role) == 0)
			return;
	FMR_VEC_PUSH(&columns->list, role);
}

static void add_signers(void *context, const struct fmr_type *type, const struct fmr_transition_rule *rule)
{
	(void)type;
	for (size_t i = 0; i < rule->slot_count; i++)
		for (const char *const *by = rule->slots[i].by; *by; by++)
			add_column(context, *by);
}

static bool takes_part(struct raci *raci, const char *role)
{
	for (size_t i = 0; i < raci->process_count; i++)
		if (*letters(raci, &raci->processes[i], role))
			return true;
	return false;
}

static void find_columns(struct raci *raci)
{
	struct columns columns = { 0 };
	for (const char *const *role = fmr_book_roles(raci->cli->book, &raci->arena); *role; role++)
		if (takes_part(raci, *role))
			add_column(&columns, *role);
	for (size_t i = 0; i < raci->process_count; i++) {
		for (size_t j = 0; j < raci->processes[i].share_count; j++)
			add_column(&columns, raci->processes[i].shares[j].role);
		each_rule(raci, &raci->processes[i], add_signers, &columns);
	}
	const char **roles = fmr_arena_zero(&raci->arena, columns.list.count + 1, sizeof(*roles));
	for (size_t i = 0; i < columns.list.count; i++)
		roles[i] = columns.list.items[i];
	raci->roles = roles;
	raci->role_count = columns.list.count;
	FMR_VEC_RELEASE(&columns.list);
}

/* ---- printing ---- */

static struct fmr_table *new_table(struct raci *raci, const char *const *columns, size_t count)
{
	enum fmr_table_format format = FMR_TABLE_TEXT;
	if (raci->cli->format)
		fmr_table_format_parse(raci->cli->format, &format);
	return fmr_table_new(raci->cli->out, format, columns, count, fmr_cli_width(raci->cli), false, false);
}

static bool is_text(const struct fmr_cli *cli)
{
	return !cli->format || strcmp(cli->format, fmr_table_formats[FMR_TABLE_TEXT]) == 0;
}

static const char *role_label(const struct raci *raci, const char *role)
{
	const struct fmr_choice *choice = fmr_book_role(raci->cli->book, role);
	return choice ? fmr_words_in(&choice->label, raci->cli->language) : "";
}

static void put_legend(const struct raci *raci)
{
	FILE *out = raci->cli->out;
	fmr_render_line(out, "\n%s\n", _("A answers for it, R carries it out, C is asked, I is told, S signs in its workflow"));
	for (size_t i = 0; i < raci->role_count; i++)
		fmr_render_line(out, "%-14s %s\n", raci->roles[i], role_label(raci, raci->roles[i]));
}

static void put_matrix(struct raci *raci)
{
	const enum fmr_language language = raci->cli->language;
	const size_t count = raci->role_count + 3;
	const char **columns = fmr_arena_zero(&raci->arena, count, sizeof(*columns));
	const char **cells = fmr_arena_zero(&raci->arena, count, sizeof(*cells));
	columns[0] = "process";
	columns[1] = "phase";
	columns[count - 1] = "label";
	for (size_t i = 0; i < raci->role_count; i++)
		columns[2 + i] = raci->roles[i];
	struct fmr_table *table = new_table(raci, columns, count);
	for (size_t i = 0; i < raci->process_count; i++) {
		const struct fmr_process *process = &raci->processes[i];
		cells[0] = process->name;
		cells[1] = fmr_words_in(&process->phase, language);
		for (size_t j = 0; j < raci->role_count; j++)
			cells[2 + j] = letters(raci, process, raci->roles[j]);
		cells[count - 1] = fmr_words_in(&process->label, language);
		fmr_table_row(table, cells, NULL);
	}
	fmr_table_end(table);
	if (is_text(raci->cli))
		put_legend(raci);
}

struct signers {
	struct raci *raci;
	const struct fmr_process *process;
	struct fmr_table *table;
};

static void put_signers(void *context, const struct fmr_type *type, const struct fmr_transition_rule *rule)
{
	const struct signers *signers = context;
	struct fmr_str from, roles;
	fmr_str_init(&from);
	fmr_str_init(&roles);
	for (size_t i = 0; rule->from[i]; i++)
		fmr_str_printf(&from, "%s%s", i ? ", " : "", rule->from[i]);
	fmr_render_all_roles(&roles, rule);
	const char *const cells[] = { signers->process->name, type->name, rule->name, from.bytes, rule->to ? rule->to : "",
		roles.bytes, fmr_words_in(&rule->label, signers->raci->cli->language) };
	fmr_table_row(signers->table, cells, NULL);
	fmr_str_release(&from);
	fmr_str_release(&roles);
}

static void put_signatures(struct raci *raci, const struct fmr_process *only)
{
	static const char *const columns[] = { "process", "type", "transition", "from", "to", "signed by", "label" };
	struct signers signers = { raci, NULL, new_table(raci, columns, sizeof(columns) / sizeof(*columns)) };
	for (size_t i = 0; i < raci->process_count; i++) {
		signers.process = &raci->processes[i];
		if (!only || only == signers.process)
			each_rule(raci, signers.process, put_signers, &signers);
	}
	fmr_table_end(signers.table);
}

static void put_process(struct raci *raci, const struct fmr_process *process)
{
	const enum fmr_language language = raci->cli->language;
	static const char *const columns[] = { "role", "share", "signs", "label", "does" };
	const char *output = fmr_words_in(&process->output, language);
	if (is_text(raci->cli)) {
		fmr_render_line(raci->cli->out, "%s: %s\n", process->name, fmr_words_in(&process->label, language));
		if (*output)
			fmr_render_line(raci->cli->out, _("output: %s\n"), output);
		fmr_render_line(raci->cli->out, "\n");
	}
	struct fmr_table *table = new_table(raci, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < raci->role_count; i++) {
		const struct fmr_process_share *share = share_of(process, raci->roles[i]);
		struct fmr_str steps = steps_of(raci, process, raci->roles[i]);
		const char *const cells[] = { raci->roles[i], letters(raci, process, raci->roles[i]), steps.bytes,
			role_label(raci, raci->roles[i]), share ? fmr_words_in(&share->does, language) : "" };
		if (share || steps.length)
			fmr_table_row(table, cells, NULL);
		fmr_str_release(&steps);
	}
	fmr_table_end(table);
}

/* ---- the command ---- */

static int find_process(const struct raci *raci, const char *name, const struct fmr_process **out, struct fmr_err *err)
{
	const char **names = fmr_alloc_zero(raci->process_count, sizeof(*names));
	*out = NULL;
	for (size_t i = 0; i < raci->process_count; i++) {
		names[i] = raci->processes[i].name;
		if (strcmp(names[i], name) == 0)
			*out = &raci->processes[i];
	}
	const char *nearest = *out ? NULL : fmr_text_nearest(name, names, raci->process_count);
	free(names);
	if (*out)
		return FMR_EXIT_OK;
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("no process '%s'"), name);
	if (nearest)
		fmr_err_hint(err, _("did you mean '%s'?"), nearest);
	return FMR_ERR_NOT_FOUND;
}

static int print(struct raci *raci, const struct options *options, const char *name, struct fmr_err *err)
{
	const struct fmr_process *process = NULL;
	int result = name ? find_process(raci, name, &process, err) : FMR_EXIT_OK;
	if (result)
		return result;
	fmr_cli_page(raci->cli);
	find_columns(raci);
	if (options->signatures)
		put_signatures(raci, process);
	else if (process)
		put_process(raci, process);
	else
		put_matrix(raci);
	return FMR_EXIT_OK;
}

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	if (argc > 1)
		return fmr_cli_usage(cli, "%s", _("one process at a time"));
	struct raci raci = { .cli = cli };
	struct fmr_findings *findings = fmr_findings_new(FINDINGS);
	fmr_arena_init(&raci.arena);
	fmr_in_force_open(cli, &raci.in_force);
	int result = fmr_book_processes(cli->book, &raci.arena, &raci.processes, &raci.process_count, findings, err);
	if (result)
		fmr_write_show_findings(cli, findings);
	else
		result = print(&raci, options, argc ? argv[0] : NULL, err);
	fmr_in_force_close(&raci.in_force);
	fmr_arena_release(&raci.arena);
	fmr_findings_free(findings);
	return result;
}

static const char *const synopsis[] = { "[--signatures] [--format table|csv|tsv|json|jsonl] [<process>]", NULL };
static const struct fmr_option option_table[] = {
	{.letter = 's',
		.name = "signatures",
		.kind = FMR_OPTION_FLAG,
		.help = N_("list each step of the workflows with the roles that sign it"),
		.offset = offsetof(struct options, signatures)},
	{0},
};
static const char *const formats[] = { "table", "json", "jsonl", "csv", "tsv", NULL };

const struct fmr_command fmr_command_raci = {
	.name = "raci",
	.group = "read",
	.summary = N_("show which role does and signs what"),
	.synopsis = synopsis,
	.options = option_table,
	.options_size = sizeof(struct options),
	.needs = FMR_NEEDS_BOOK,
	.formats = formats,
	.at = true,
	.run = run,
};
