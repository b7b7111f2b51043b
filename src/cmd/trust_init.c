/* The first trust policy of a repository: whoever makes it is its first person and admin. */
#include "cmd/trust.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { REPOSITORY_BYTES = FMR_TRUST_REPOSITORY / 2 };

static const char *const head[FMR_LANGUAGES] = {
	[FMR_ENGLISH] =
		"# Trust policy: who may sign what, with which key.  Changed with 'fmrec trust', explained in\n"
		"# fmrec-approvals(7).  Each change is a commit of its own, signed by an admin of the policy before it.\n",
	[FMR_JAPANESE] =
		"# 信頼ポリシー: 誰が、どの鍵で、何に署名できるか。変更は 'fmrec trust' で行う。説明は fmrec-approvals(7) にある。\n"
		"# 変更は一件ずつ独立したコミットとし、直前の方針の admin が署名する。\n",
};

static int put_repository(struct fmr_str *out, struct fmr_err *err)
{
	unsigned char bytes[REPOSITORY_BYTES];
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return fmr_err_system(err, errno, _("cannot get random numbers"));
	fmr_str_puts(out, "repository: '");
	for (size_t i = 0; i < sizeof(bytes); i++)
		fmr_str_printf(out, "%02x", bytes[i]);
	fmr_str_puts(out, "'\n");
	return 0;
}

/* "sato" of "sato@example.jp", as far as it can be an id. */
static const char *id_of(struct trust_work *work, const char *email)
{
	struct fmr_str id;
	fmr_str_init(&id);
	for (const char *p = email ? email : ""; *p && *p != '@'; p++) {
		bool alnum = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
		if (alnum || (id.length && strchr("._-", *p)))
			fmr_str_putc(&id, *p);
	}
	const char *copy = id.length ? fmr_arena_strndup(&work->arena, id.bytes, id.length) : NULL;
	fmr_str_release(&id);
	return copy;
}

/* What was given, else what is answered on a terminal, else what is proposed; NULL when there is nothing. */
static int ask(struct trust_work *work, const char *given, const char *question, const char *proposed,
	const char **out, struct fmr_err *err)
{
	char *answer = NULL;
	*out = given ? given : proposed;
	if (given || !work->cli->may_prompt)
		return 0;
	int result = fmr_cli_ask(work->cli, question, proposed, &answer, err);
	if (!result)
		*out = *answer ? fmr_arena_strdup(&work->arena, answer) : NULL;
	free(answer);
	return result;
}

struct founder {
	const char *id, *name, *department, *key, *today, *last;
	struct fmr_strings emails; /* --email, else git's */
};

static int ask_founder(struct trust_work *work, struct founder *founder, struct fmr_err *err)
{
	const struct trust_options *options = work->options;
	struct fmr_store *store = work->cli->store;
	struct fmr_str key;
	fmr_str_init(&key);
	const char **own = fmr_arena_zero(&work->arena, 1, sizeof(*own));
	*own = fmr_store_user_email(store);
	founder->emails = options->emails.count ? options->emails : (struct fmr_strings){ own, *own != NULL, 1 };
	const char *email = founder->emails.count ? founder->emails.items[0] : NULL;
	int result = options->key ? fmr_trust_read_key(work, options->key, &founder->key, err)
				  : fmr_store_signing_key(store, &key, err);
	if (!result && !options->key)
		result = fmr_trust_read_key(work, key.bytes, &founder->key, err);
	if (!result)
		result = ask(work, options->id, _("your id in the trust policy"), id_of(work, email), &founder->id, err);
	if (!result)
		result = ask(work, options->name, _("name as it is printed on forms"), fmr_store_user_name(store),
			&founder->name, err);
	if (!result)
		result = ask(work, options->department, _("department"), NULL, &founder->department, err);
	if (!result && (!founder->id || !founder->name)) {
		result = fmr_err_set(err, FMR_ERR_INVALID, _("who are you?"));
		fmr_err_hint(err, _("say it with --id and --name"));
	}
	if (!result)
		result = fmr_trust_day(work, options->from, "today", &founder->today, err);
	if (!result)
		result = fmr_trust_day(work, options->not_after, NULL, &founder->last, err);
	fmr_str_release(&key);
	return result;
}

/* "KEY: TEXT" as YAML; nothing when text is NULL. */
static void put(struct trust_work *work, const char *key, const char *text)
{
	if (!text)
		return;
	fmr_str_puts(&work->text, key);
	fmr_yaml_write_scalar(&work->text, fmr_value_new_string(&work->arena, text, strlen(text)));
	fmr_str_putc(&work->text, '\n');
}

static void put_settings(struct trust_work *work)
{
	const struct trust_options *options = work->options;
	int offset = 0;
	(void)fmr_zone_offset(fmr_book_zone(work->cli->book), work->now, &offset);
	fmr_str_puts(&work->text, "settings:\n");
	put(work, "  edits: ", options->edits ? options->edits : "claimed");
	put(work, "  history: ", options->history ? options->history : "linear");
	fmr_str_puts(&work->text, "  admins: 1\n");
	put(work, "  utc-offset: ", fmr_arena_format(&work->arena, "%c%02d:%02d", offset < 0 ? '-' : '+',
			abs(offset) / 60, abs(offset) % 60));
	fmr_str_puts(&work->text, "  config-roles: [admin]\n");
}

static struct fmr_value *list_of(struct trust_work *work, struct fmr_value *root, const char *key)
{
	struct fmr_value *list = fmr_value_new_list(&work->arena);
	fmr_value_put(&work->arena, root, key, list);
	return list;
}

static struct fmr_value *map_in(struct trust_work *work, struct fmr_value *list)
{
	struct fmr_value *map = fmr_value_new_map(&work->arena);
	fmr_value_append(&work->arena, list, map);
	return map;
}

static void put_role(struct trust_work *work, struct fmr_value *list, const struct founder *founder, const char *role)
{
	struct fmr_value *map = map_in(work, list);
	fmr_trust_put(work, map, "role", role);
	fmr_trust_put(work, map, "person" /* the policy's word */, founder->id);
	fmr_trust_put(work, map, "from", founder->today);
}

/* Roles given with --role come on top of admin. */
static int put_founder(struct trust_work *work, const struct founder *founder, struct fmr_err *err)
{
	struct fmr_value *root = fmr_value_new_map(&work->arena);
	struct fmr_value *person = map_in(work, list_of(work, root, "persons"));
	fmr_trust_put(work, person, "id", founder->id);
	fmr_trust_put(work, person, "name", founder->name);
	fmr_trust_put(work, person, "department", founder->department);
	fmr_trust_put(work, person, "contact", work->options->contact);
	if (founder->emails.count)
		fmr_value_put(&work->arena, person, "emails", fmr_trust_texts(work, &founder->emails));
	struct fmr_value *key = map_in(work, list_of(work, root, "keys"));
	fmr_trust_put(work, key, "key", founder->key);
	fmr_trust_put(work, key, "owner", founder->id);
	fmr_trust_put(work, key, "state", "active");
	fmr_trust_put(work, key, "not-after", founder->last);
	struct fmr_value *roles = list_of(work, root, "roles");
	put_role(work, roles, founder, FMR_TRUST_ADMIN);
	int result = 0;
	for (size_t i = 0; !result && i < work->options->roles.count; i++) {
		result = fmr_trust_need_role(work, work->options->roles.items[i], err);
		put_role(work, roles, founder, work->options->roles.items[i]);
	}
	fmr_yaml_write(&work->text, root, 0);
	return result;
}

int fmr_trust_init(struct trust_work *work, int argc, char **argv, struct fmr_err *err)
{
	(void)argc;
	(void)argv;
	struct founder founder = { 0 };
	int result = ask_founder(work, &founder, err);
	if (result)
		return result;
	fmr_str_puts(&work->text, head[fmr_book_language(work->cli->book)]);
	fmr_str_puts(&work->text, "schema: 1\n");
	result = put_repository(&work->text, err);
	fmr_str_puts(&work->text, "version: 1\n");
	put_settings(work);
	if (!result)
		result = put_founder(work, &founder, err);
	fmr_str_printf(&work->subject, "init %s", founder.id);
	return result;
}
