/* The trust policy for people, for programs, and for OpenSSH. */
#include "cmd/trust.h"

#include "base/clock.h"
#include "json/json.h"
#include "render/line.h"
#include "render/render.h"

#include <stdio.h>
#include <string.h>

struct shown {
	struct fmr_cli *cli;
	const struct trust_policy *policy;
	int64_t now;
	struct fmr_arena arena;
};

static int none(struct fmr_err *err)
{
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("this repository has no trust policy yet"));
	fmr_err_hint(err, _("make one with: fmrec trust init"));
	return FMR_ERR_NOT_FOUND;
}

/* "2026-04-01"; NULL for a day that is not said. */
static const char *day_text(struct shown *shown, int day)
{
	return day ? fmr_arena_format(&shown->arena, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : NULL;
}

static const char *words(struct shown *shown, const char *const *list)
{
	struct fmr_str text;
	fmr_str_init(&text);
	for (size_t i = 0; list && list[i]; i++)
		fmr_str_printf(&text, "%s%s", i ? ", " : "", list[i]);
	const char *copy = fmr_arena_strndup(&shown->arena, text.bytes, text.length);
	fmr_str_release(&text);
	return copy;
}

static const char *period_word(struct shown *shown, int from, int until)
{
	const int today = fmr_trust_policy_day(shown->policy, shown->now);
	return today < from ? _("not yet") : until && today > until ? _("over") : _("now");
}

static const char *const state_codes[] = { "active", "retired", "compromised" };

static const char *key_word(struct shown *shown, const struct trust_policy_key *key)
{
	if (key->state == TRUST_KEY_ACTIVE && fmr_trust_key_expired(shown->policy, key, shown->now))
		return _("expired");
	static const char *const names[] = { N_("active"), N_("retired"), N_("compromised") };
	return _(names[key->state]);
}

static const char *fingerprint(struct shown *shown, const struct trust_policy_key *key)
{
	char text[TRUST_FINGERPRINT];
	fmr_trust_fingerprint(key->key, text);
	return fmr_arena_strdup(&shown->arena, text);
}

static const char *roles_now(struct shown *shown, const char *person)
{
	struct fmr_str text;
	fmr_str_init(&text);
	const int today = fmr_trust_policy_day(shown->policy, shown->now);
	for (size_t i = 0; i < shown->policy->grant_count; i++) {
		const struct trust_grant *grant = &shown->policy->grants[i];
		if (strcmp(grant->holder, person) == 0 && today >= grant->from && (!grant->until || today <= grant->until))
			fmr_str_printf(&text, "%s%s", text.length ? ", " : "", grant->role);
	}
	const char *copy = fmr_arena_strndup(&shown->arena, text.bytes, text.length);
	fmr_str_release(&text);
	return copy;
}

/* ---- for people ---- */

static struct fmr_table *table(struct shown *shown, const char *title, const char *const *columns, size_t count)
{
	fmr_render_line(shown->cli->out, "\n%s\n", title);
	return fmr_table_new(shown->cli->out, FMR_TABLE_TEXT, columns, count, fmr_cli_width(shown->cli), false, false);
}

static void show_persons(struct shown *shown)
{
	const char *const columns[] = { _("id"), _("name"), _("department"), _("roles now"), _("addresses") };
	struct fmr_table *out = table(shown, _("Persons"), columns, 5);
	for (size_t i = 0; i < shown->policy->person_count; i++) {
		const struct trust_person *person = &shown->policy->persons[i];
		const char *const cells[] = { person->id, person->name, person->department, roles_now(shown, person->id),
			words(shown, person->emails) };
		fmr_table_row(out, cells, NULL);
	}
	fmr_table_end(out);
}

static void show_keys(struct shown *shown)
{
	const char *const columns[] = { _("owner"), _("state"), _("fingerprint"), _("kind"), _("last day") };
	struct fmr_table *out = table(shown, _("Keys"), columns, 5);
	for (size_t i = 0; i < shown->policy->key_count; i++) {
		const struct trust_policy_key *key = &shown->policy->keys[i];
		const char *kind = fmr_arena_strndup(&shown->arena, key->key, strcspn(key->key, " "));
		const char *const cells[] = { key->owner, key_word(shown, key), fingerprint(shown, key), kind,
			day_text(shown, key->not_after) };
		fmr_table_row(out, cells, NULL);
	}
	fmr_table_end(out);
}

static void show_roles(struct shown *shown)
{
	const char *const columns[] = { _("role"), _("held by"), _("from"), _("until"), _("holds") };
	struct fmr_table *out = table(shown, _("Roles"), columns, 5);
	for (size_t i = 0; i < shown->policy->grant_count; i++) {
		const struct trust_grant *grant = &shown->policy->grants[i];
		const char *const cells[] = { grant->role, grant->holder, day_text(shown, grant->from),
			day_text(shown, grant->until), period_word(shown, grant->from, grant->until) };
		fmr_table_row(out, cells, NULL);
	}
	fmr_table_end(out);
}

static void show_deputies(struct shown *shown)
{
	if (!shown->policy->deputy_count)
		return;
	const char *const columns[] = { _("deputy"), _("for"), _("roles"), _("types"), _("from"), _("until"), _("holds") };
	struct fmr_table *out = table(shown, _("Deputies"), columns, 7);
	for (size_t i = 0; i < shown->policy->deputy_count; i++) {
		const struct trust_deputy *deputy = &shown->policy->deputies[i];
		const char *const cells[] = { deputy->deputy, deputy->principal, words(shown, deputy->roles),
			deputy->types ? words(shown, deputy->types) : _("all"), day_text(shown, deputy->from),
			day_text(shown, deputy->until), period_word(shown, deputy->from, deputy->until) };
		fmr_table_row(out, cells, NULL);
	}
	fmr_table_end(out);
}

static void show_rules(struct shown *shown)
{
	if (!shown->policy->override_count)
		return;
	const char *const columns[] = { _("type"), _("transition"), _("roles"), _("signatures"), _("not by") };
	struct fmr_table *out = table(shown, _("Rules in place of those of the types"), columns, 5);
	for (size_t i = 0; i < shown->policy->override_count; i++) {
		const struct trust_override *rule = &shown->policy->overrides[i];
		for (size_t j = 0; j == 0 || j < rule->slot_count; j++) {
			const struct trust_slot *slot = j < rule->slot_count ? &rule->slots[j] : NULL;
			const char *by = !slot || !slot->by ? NULL : *slot->by ? words(shown, slot->by) : _("nobody");
			const char *votes =
				slot && slot->votes ? fmr_arena_format(&shown->arena, "%u", slot->votes) : NULL;
			const char *const cells[] = { rule->type, rule->transition, by, votes, words(shown, rule->not_by) };
			fmr_table_row(out, cells, NULL);
		}
	}
	fmr_table_end(out);
}

static void show_text(struct shown *shown)
{
	const struct trust_settings *settings = &shown->policy->settings;
	const char sign = settings->offset < 0 ? '-' : '+';
	fmr_cli_page(shown->cli);
	FILE *out = shown->cli->out;
	fmr_render_line(out, _("trust policy version %u of repository %s\n"), shown->policy->version,
		shown->policy->repository);
	fmr_render_line(out, "%s\n", shown->policy->digest);
	fmr_render_line(out, "%s; ", settings->edits_signed ? _("edits are signed") : _("who edits is claimed, not proven"));
	fmr_render_line(out, "%s; ", settings->merges_clean ? _("clean merges are allowed") : _("no merges"));
	fmr_render_line(out, Q_("a change of the policy needs %u admin", "a change of the policy needs %u admins",
				settings->admins), settings->admins);
	fmr_render_line(out, _("; days begin at UTC%c%02d:%02d\n"), sign, abs(settings->offset) / 60,
		abs(settings->offset) % 60);
	show_persons(shown);
	show_keys(shown);
	show_roles(shown);
	show_deputies(shown);
	show_rules(shown);
}

/* ---- for programs: the policy as it stands, with what it implies ---- */

static void put(struct shown *shown, struct fmr_value *map, const char *key, const char *text)
{
	fmr_value_put(&shown->arena, map, key, text ? fmr_value_new_string(&shown->arena, text, strlen(text))
						   : fmr_value_new_null(&shown->arena));
}

static struct fmr_value *copy_of(struct shown *shown, const struct fmr_value *map, const char *key)
{
	const struct fmr_value *value = fmr_value_get(map, key);
	return value ? (struct fmr_value *)value : fmr_value_new_list(&shown->arena);
}

static int show_json(struct shown *shown)
{
	const struct trust_policy *policy = shown->policy;
	const struct fmr_value *root = fmr_yaml_read_quietly(policy->text.bytes, policy->text.length, &shown->arena);
	struct fmr_value *map = fmr_value_new_map(&shown->arena), *keys = fmr_value_new_list(&shown->arena);
	put(shown, map, "repository", policy->repository);
	fmr_value_put(&shown->arena, map, "version", copy_of(shown, root, "version"));
	put(shown, map, "digest", policy->digest);
	put(shown, map, "previous", policy->previous);
	if (fmr_value_get(root, "settings"))
		fmr_value_put(&shown->arena, map, "settings", copy_of(shown, root, "settings"));
	fmr_value_put(&shown->arena, map, "persons", copy_of(shown, root, "persons"));
	for (size_t i = 0; i < policy->key_count; i++) {
		struct fmr_value *key = fmr_value_new_map(&shown->arena);
		put(shown, key, "owner", policy->keys[i].owner);
		put(shown, key, "key", policy->keys[i].key);
		put(shown, key, "fingerprint", fingerprint(shown, &policy->keys[i]));
		put(shown, key, "state", state_codes[policy->keys[i].state]);
		put(shown, key, "compromised-since", policy->keys[i].compromised_since);
		put(shown, key, "not-after", day_text(shown, policy->keys[i].not_after));
		fmr_value_append(&shown->arena, keys, key);
	}
	fmr_value_put(&shown->arena, map, "keys", keys);
	fmr_value_put(&shown->arena, map, "roles", copy_of(shown, root, "roles"));
	fmr_value_put(&shown->arena, map, "deputies", copy_of(shown, root, "deputies"));
	if (fmr_value_get(root, "rules"))
		fmr_value_put(&shown->arena, map, "rules", copy_of(shown, root, "rules"));
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_json_write(&text, map);
	fmr_str_putc(&text, '\n');
	fwrite(text.bytes, 1, text.length, shown->cli->out);
	fmr_str_release(&text);
	return 0;
}

typedef int show_how(struct shown *shown);

static int show_all(struct fmr_cli *cli, show_how *how, struct fmr_err *err)
{
	struct fmr_audit *audit;
	int result = fmr_trust_open(cli, &audit, err);
	struct shown shown = { .cli = cli, .now = fmr_clock_now() };
	shown.policy = audit ? fmr_audit_policy(audit) : NULL;
	fmr_arena_init(&shown.arena);
	if (!result)
		result = shown.policy ? how(&shown) : none(err);
	fmr_arena_release(&shown.arena);
	fmr_audit_close(audit);
	return result;
}

static int show(struct shown *shown)
{
	if (shown->cli->format && strcmp(shown->cli->format, "json") == 0)
		return show_json(shown);
	show_text(shown);
	return 0;
}

int fmr_trust_show(struct fmr_cli *cli, struct fmr_err *err)
{
	return show_all(cli, show, err);
}

/* ---- for OpenSSH ---- */

/* ALLOWED SIGNERS of ssh-keygen(1): principal, options, key.  A retired key is exported too: what it signed while it
 * was active stays good, and OpenSSH cannot tell by itself when that was. */
static int put_signers(struct shown *shown)
{
	for (size_t i = 0; i < shown->policy->key_count; i++) {
		const struct trust_policy_key *key = &shown->policy->keys[i];
		if (key->state == TRUST_KEY_COMPROMISED)
			continue;
		fmr_render_line(shown->cli->out, "%s namespaces=\"git\"", key->owner);
		if (key->not_after) { /* seconds of the last day, in UTC */
			const struct fmr_time end = { .seconds = fmr_date_days(key->not_after / 10000,
				key->not_after / 100 % 100, key->not_after % 100) * 86400 + 86400 -
				(int64_t)shown->policy->settings.offset * 60 };
			const int day = fmr_time_day(&end);
			const int left = (int)(end.seconds % 86400);
			fmr_render_line(shown->cli->out, ",valid-before=\"%08d%02d%02d%02dZ\"", day, left / 3600,
				left / 60 % 60, left % 60);
		}
		fmr_render_line(shown->cli->out, " %s\n", key->key);
	}
	return 0;
}

int fmr_trust_allowed_signers(struct fmr_cli *cli, struct fmr_err *err)
{
	return show_all(cli, put_signers, err);
}
