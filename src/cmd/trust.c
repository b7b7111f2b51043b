#include "cmd/trust.h"

#include <string.h>

#define OPTION(letter, name, kind, argument, help, member)                                                             \
	{ letter, name, FMR_OPTION_##kind, argument, help, offsetof(struct trust_options, member) }

static const char *const edits[] = { "claimed", "signed", NULL };
static const char *const histories[] = { "linear", "clean", NULL };

static const struct fmr_option options_table[] = {
	OPTION(0, "id", STRING, N_("id"), N_("init: your own id in the policy"), id),
	OPTION(0, "name", STRING, N_("name"), N_("name as it is printed on forms"), name),
	OPTION(0, "department", STRING, N_("name"), N_("department as it is printed on forms"), department),
	OPTION(0, "contact", STRING, N_("text"), N_("how to reach the person"), contact),
	OPTION(0, "email", LIST, N_("address"), N_("address in the person's commits; may be repeated"), emails),
	{ 'k', "key", FMR_OPTION_STRING, N_("key"), N_("public key: a file, or \"ssh-ed25519 AAAA...\""),
		offsetof(struct trust_options, key), .complete = "file" },
	OPTION('r', "role", LIST, N_("role"), N_("role of the person; may be repeated"), roles),
	OPTION(0, "from", STRING, N_("day"), N_("first day, today if not given"), from),
	OPTION(0, "until", STRING, N_("day"), N_("last day"), until),
	OPTION(0, "for", STRING, N_("id"), N_("delegate: whose deputy it is"), principal),
	{ 't', "type", FMR_OPTION_LIST, N_("type"), N_("delegate: only for records of this type; may be repeated"),
		offsetof(struct trust_options, types), .complete = "type" },
	{ 0, "since", FMR_OPTION_STRING, N_("commit"), N_("compromised: from this commit on the key is not believed"),
		offsetof(struct trust_options, since), .complete = "rev" },
	OPTION(0, "not-after", STRING, N_("day"), N_("last day of the key"), not_after),
	{ 0, "edits", FMR_OPTION_CHOICE, N_("how"), N_("init, set: who edits is claimed, or signed"),
		offsetof(struct trust_options, edits), .choices = edits },
	{ 0, "history", FMR_OPTION_CHOICE, N_("how"), N_("init, set: linear, or with clean merges"),
		offsetof(struct trust_options, history), .choices = histories },
	{ 0, "admins", FMR_OPTION_NUMBER, N_("number"), N_("set: signatures that a change of the policy needs"),
		offsetof(struct trust_options, admins), .least = 1 },
	FMR_WRITE_OPTIONS(trust_options),
	{ 0 },
};

struct row {
	const char *name;
	trust_verb *change;
	int (*read)(struct fmr_cli *cli, struct fmr_err *err);
	int least, most; /* operands */
};

static const struct row rows[] = {
	{ "show", NULL, fmr_trust_show, 0, 0 },
	{ "allowed-signers", NULL, fmr_trust_allowed_signers, 0, 0 },
	{ "init", fmr_trust_init, NULL, 0, 0 },
	{ "add-person", fmr_trust_add_person, NULL, 1, 1 },
	{ "add-key", fmr_trust_add_key, NULL, 2, 2 },
	{ "retire-key", fmr_trust_retire_key, NULL, 1, 1 },
	{ "compromised", fmr_trust_compromised, NULL, 1, 1 },
	{ "grant", fmr_trust_grant, NULL, 2, 2 },
	{ "revoke", fmr_trust_revoke, NULL, 2, 2 },
	{ "delegate", fmr_trust_delegate, NULL, 1, 1 },
	{ "set", fmr_trust_set, NULL, 0, 0 },
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static int unknown_verb(struct fmr_cli *cli, const char *word)
{
	const char *known[ROWS + 1] = { NULL };
	for (size_t i = 0; i < ROWS; i++)
		known[i] = rows[i].name;
	return fmr_cli_usage_word(cli, word, known);
}

static int run(struct fmr_cli *cli, const void *given, int argc, char **argv, struct fmr_err *err)
{
	const struct trust_options *options = given;
	const char *verb = argc ? argv[0] : rows[0].name;
	const struct row *row = rows;
	while (row < rows + ROWS && strcmp(row->name, verb) != 0)
		row++;
	if (row == rows + ROWS)
		return unknown_verb(cli, verb);
	const int count = argc ? argc - 1 : 0;
	if (count < row->least || count > row->most)
		return fmr_cli_usage(cli, count < row->least ? _("too few arguments") : _("too many arguments"));
	if (row->read)
		return row->read(cli, err);
	if (cli->at)
		return fmr_cli_usage(cli, _("--at goes with 'show' and 'allowed-signers'"));
	return fmr_trust_change(cli, options, row->change, row->change == fmr_trust_init, count, argv + 1, err);
}

static const char *const synopsis[] = {
	"[show|allowed-signers] [--at <when>]",
	"init [<options>]",
	"add-person [<options>] <id>",
	"add-key [--not-after <day>] <id> <key>",
	"retire-key <key>",
	"compromised --since <commit> <key>",
	"grant [--from <day>] [--until <day>] <id> <role>",
	"revoke [--until <day>] <id> <role>",
	"delegate --for <id> --role <role> --until <day> <deputy>",
	"set [--edits <how>] [--history <how>] [--admins <number>]",
	NULL,
};

static const char *const formats[] = { "text", "json", NULL };

const struct fmr_command fmr_command_trust = {
	.name = "trust",
	.group = "approve",
	.summary = N_("who may sign what, with which key"),
	.synopsis = synopsis,
	.options = options_table,
	.options_size = sizeof(struct trust_options),
	.needs = FMR_NEEDS_BOOK,
	.complete = "show|init|add-person|add-key|retire-key|compromised|grant|revoke|delegate|set|allowed-signers",
	.formats = formats,
	.at = true,
	.run = run,
};
