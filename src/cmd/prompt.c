#include "cmd/prompt.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/assign.h"
#include "cmd/write.h"
#include "render/line.h"
#include "yaml/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20, CANDIDATES = 20000, TEXT_LIMIT = 1 << 20, TIME_SHOWN = 16 };

/* ---- what a link can lead to, what a choice can be ---- */

struct offer {
	char *code, *label; /* id and title, or code and label */
};

struct offers {
	struct offer *items;
	size_t count, capacity;
};

static void release_offers(struct offers *offers)
{
	assert(offers->items || !offers->count);
	for (size_t i = 0; i < offers->count; i++) {
		free(offers->items[i].code);
		free(offers->items[i].label);
	}
	FMR_VEC_RELEASE(offers);
}

static void add_offer(struct offers *offers, const char *code, const char *label)
{
	FMR_VEC_PUSH(offers, ((struct offer){ fmr_strdup(code), fmr_strdup(label) }));
}

static int add_record(void *context, const struct fmr_record *record)
{
	struct offers *offers = context;
	if (record->root && record->id)
		add_offer(offers, record->id, fmr_record_title(record));
	return offers->count >= CANDIDATES;
}

static int collect(struct fmr_cli *cli, const struct fmr_field *field, struct offers *offers, struct fmr_err *err)
{
	if (field->kind == FMR_FIELD_LINK && field->link) {
		struct fmr_findings *findings = fmr_findings_new(1);
		int result = fmr_record_each(cli->book, field->link->to, add_record, offers, findings, err);
		fmr_findings_free(findings);
		return result < 0 ? result : 0;
	}
	const struct fmr_choice *choices = NULL;
	size_t count = 0;
	if (field->kind != FMR_FIELD_CHOICE && !field->values_from)
		return 0;
	int result = fmr_field_choices(cli->book, field, NULL, &choices, &count);
	for (size_t i = 0; !result && i < count; i++)
		add_offer(offers, choices[i].code, fmr_words_in(&choices[i].label, cli->language));
	return result ? fmr_err_set(err, result, _("cannot tell the values of '%s'"), field->path) : 0;
}

static void show_offers(struct fmr_cli *cli, const struct offers *offers)
{
	for (size_t i = 0; i < offers->count && i < SHOWN; i++)
		fmr_cli_say(cli, "  %2zu  %s  %s", i + 1, offers->items[i].code, offers->items[i].label);
	if (offers->count > SHOWN)
		fmr_cli_say(cli, _("  ... and %zu more: type a part of the name"), offers->count - SHOWN);
	if (offers->count == 0)
		fmr_cli_say(cli, _("  none there yet"));
}

/* Those whose code or label contains what was typed, in any case and kana. */
static void narrow(const struct offers *all, const char *typed, struct offers *found)
{
	struct fmr_str wanted, label;
	fmr_str_init(&wanted);
	fmr_str_init(&label);
	fmr_text_fold(&wanted, typed, strlen(typed));
	for (size_t i = 0; i < all->count; i++) {
		fmr_str_clear(&label);
		fmr_text_fold(&label, all->items[i].code, strlen(all->items[i].code));
		fmr_str_putc(&label, '\n');
		fmr_text_fold(&label, all->items[i].label, strlen(all->items[i].label));
		if (strstr(label.bytes, wanted.bytes))
			add_offer(found, all->items[i].code, all->items[i].label);
	}
	fmr_str_release(&label);
	fmr_str_release(&wanted);
}

/* ---- one field ---- */

struct question {
	struct fmr_cli *cli;
	const struct fmr_type *type;
	const struct fmr_field *field;
	struct offers offers, shown; /* all; those with a number on the screen */
	struct fmr_arena *arena;
};

/* "now" as it would be written into the record, or a literal; NULL when nothing is proposed. */
static char *proposal(struct fmr_cli *cli, const struct fmr_field *field)
{
	if (!field->proposed)
		return NULL;
	if (strcmp(field->proposed, "me") == 0)
		return fmr_store_user_name(cli->store) ? fmr_strdup(fmr_store_user_name(cli->store)) : NULL;
	bool now = strcmp(field->proposed, "now") == 0, today = strcmp(field->proposed, "today") == 0;
	if (!now && !today)
		return fmr_strdup(field->proposed);
	struct fmr_time time = { .seconds = fmr_clock_now(), .date_only = today };
	if (!fmr_zone_offset(fmr_book_zone(cli->book), time.seconds, &time.offset))
		time.offset = 0;
	struct fmr_str text;
	fmr_str_init(&text);
	fmr_time_format(&text, &time);
	return fmr_str_detach(&text);
}

static void put_question(struct fmr_str *out, const struct question *question, const char *proposed)
{
	const struct fmr_field *field = question->field;
	const char *label = fmr_words_in(&field->label, question->cli->language);
	fmr_str_printf(out, "%s (%s)", *label ? label : field->name, field->path);
	if (question->offers.count || field->kind == FMR_FIELD_LINK)
		fmr_str_puts(out, " [?]");
	if (field->multiline)
		fmr_str_puts(out, _(", an empty line ends it"));
	if (proposed && field->kind == FMR_FIELD_TIME && strlen(proposed) > TIME_SHOWN)
		fmr_str_printf(out, _(" [now: %.10s %.5s]"), proposed, proposed + 11);
	else if (proposed)
		fmr_str_printf(out, " [%s]", proposed);
}

/* More lines up to an empty one; the end of the input ends it too. */
static void read_lines(struct fmr_cli *cli, struct fmr_str *text)
{
	char *line = NULL;
	while (text->length < TEXT_LIMIT && fmr_cli_ask(cli, "  ", NULL, &line, NULL) == 0 && *line) {
		fmr_str_printf(text, "\n%s", line);
		free(line);
		line = NULL;
	}
	free(line);
}

/* A number on the screen, or a part of exactly one name, stands for its code.  true when the answer is understood
 * now; otherwise what fits is listed. */
static bool pick(struct question *question, struct fmr_str *answer)
{
	char *end;
	unsigned long number = strtoul(answer->bytes, &end, 10);
	const struct offer *picked = NULL;
	for (size_t i = 0; i < question->offers.count; i++)
		if (strcmp(question->offers.items[i].code, answer->bytes) == 0)
			picked = &question->offers.items[i];
	if (!picked && !*end && number >= 1 && number <= question->shown.count)
		picked = &question->shown.items[number - 1];
	struct offers found = { 0 };
	if (!picked)
		narrow(&question->offers, answer->bytes, &found);
	if (!picked && found.count > 1) {
		release_offers(&question->shown);
		question->shown = found;
		show_offers(question->cli, &question->shown);
		return false;
	}
	if (!picked && found.count == 1)
		picked = &found.items[0];
	if (picked) {
		fmr_str_clear(answer);
		fmr_str_puts(answer, picked->code);
		fmr_cli_say(question->cli, "  → %s  %s", picked->code, picked->label);
	}
	release_offers(&found);
	return true;
}

/* Understand one answer; *value stays NULL when it has to be asked again. */
static void understand(struct question *question, struct fmr_str *answer, const struct fmr_value **value)
{
	struct fmr_cli *cli = question->cli;
	if (strcmp(answer->bytes, "?") == 0 || strcmp(answer->bytes, "？") == 0) {
		fmr_cli_say(cli, "  %s", fmr_words_in(&question->field->help, cli->language));
		release_offers(&question->shown);
		narrow(&question->offers, "", &question->shown);
		if (question->offers.count || question->field->kind == FMR_FIELD_LINK)
			show_offers(cli, &question->shown);
		return;
	}
	if (question->offers.count && !pick(question, answer))
		return;
	struct fmr_err err = { 0 };
	struct fmr_value *parsed = NULL;
	if (fmr_field_parse(cli->book, question->field, answer->bytes, question->arena, &parsed, &err) == 0) {
		*value = parsed;
		return;
	}
	fmr_cli_say(cli, "  %s", err.text);
	if (*err.hint)
		fmr_cli_say(cli, "  %s", err.hint);
}

/* Ask until the answer is understood; *value stays NULL when the field is left out. */
static int ask_field(struct question *question, const struct fmr_value **value, struct fmr_err *err)
{
	struct fmr_cli *cli = question->cli;
	char *proposed = proposal(cli, question->field);
	struct fmr_str text, answer;
	fmr_str_init(&text);
	fmr_str_init(&answer);
	int result = collect(cli, question->field, &question->offers, err);
	put_question(&text, question, proposed);
	while (!result && !*value) {
		char *line = NULL;
		result = fmr_cli_ask(cli, text.bytes, NULL, &line, err);
		if (result)
			break;
		fmr_str_clear(&answer);
		fmr_str_puts(&answer, *line ? line : proposed ? proposed : "");
		bool typed = *line != '\0';
		free(line);
		if (typed && question->field->multiline && strcmp(answer.bytes, "?") != 0)
			read_lines(cli, &answer);
		if (answer.length)
			understand(question, &answer, value);
		else if (!question->field->required)
			break;
		else
			fmr_cli_say(cli, _("  this field is needed"));
	}
	fmr_str_release(&answer);
	fmr_str_release(&text);
	free(proposed);
	return result;
}

/* ---- all of them ---- */

static bool is_there(const struct fmr_str *text, const char *field, struct fmr_arena *arena)
{
	return fmr_value_at(fmr_yaml_read_quietly(text->bytes, text->length, arena), field) != NULL;
}

int fmr_prompt_record(struct fmr_cli *cli, const struct fmr_type *type, const char *path, struct fmr_str *text,
	struct fmr_err *err)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	int result = 0;
	for (const char *const *name = type->ask; name && *name && !result; name++) {
		struct question question = { .cli = cli, .type = type, .arena = &arena };
		question.field = fmr_type_field(type, *name);
		if (!question.field || is_there(text, *name, &arena))
			continue;
		const struct fmr_value *value = NULL;
		result = ask_field(&question, &value, err);
		if (!result && value) {
			const struct fmr_assignment assignment = { FMR_ASSIGN_SET, *name, question.field, value };
			result = fmr_assignment_apply(&assignment, type, path, text, &arena, NULL, err);
		}
		release_offers(&question.shown);
		release_offers(&question.offers);
	}
	fmr_arena_release(&arena);
	return result;
}
