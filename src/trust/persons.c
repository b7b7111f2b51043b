#include "trust/persons.h"

#include "base/i18n.h"
#include "trust/policy.h"

#include <string.h>

static int read_policy(struct fmr_view *view, struct trust_policy **out, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct fmr_str text;
	fmr_str_init(&text);
	*out = NULL;
	int result = fmr_view_read(view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE + 1, &text, err);
	if (result == FMR_ERR_NOT_FOUND)
		result = 0;
	else if (!result)
		result = fmr_trust_policy_parse(text.bytes, text.length, out, findings, err);
	fmr_str_release(&text);
	return result;
}

int fmr_trust_check_view(struct fmr_view *view, struct fmr_findings *findings, struct fmr_err *err)
{
	struct trust_policy *policy;
	int result = read_policy(view, &policy, findings, err);
	fmr_trust_policy_free(policy);
	return result;
}

static void compare(const struct fmr_record *record, const char *path, const char *said, struct fmr_findings *findings)
{
	const struct fmr_value *value = path ? fmr_value_at(record->root, path) : NULL;
	const char *text = fmr_value_string(value);
	if (!value || !text || !said || strcmp(text, said) == 0)
		return;
	const struct fmr_source source = { record->path, record->text, record->length };
	struct fmr_str message;
	fmr_str_init(&message);
	fmr_str_printf(&message, _("'%s' is '%s' here, but '%s' in the trust policy"), path, text, said);
	fmr_source_fault(&source, value->span, FMR_CODE_POLICY_DIFFERS, message.bytes, findings);
	fmr_str_release(&message);
}

/* A person need not have a record, and one that cannot be read has findings of its own. */
static void compare_person(struct fmr_book *book, const struct trust_person *person, struct fmr_findings *findings)
{
	const struct fmr_type *type;
	struct fmr_record record;
	struct fmr_str path;
	fmr_str_init(&path);
	struct fmr_findings *own = fmr_findings_new(1);
	if (fmr_book_type_of_id(book, person->id, &type, NULL) == 0 && type->identity.name &&
		fmr_id_path(type, person->id, &path) && fmr_record_read(book, path.bytes, &record, own, NULL) == 0) {
		compare(&record, type->identity.name, person->name, findings);
		compare(&record, type->identity.department, person->department, findings);
		fmr_record_release(&record);
	}
	fmr_findings_free(own);
	fmr_str_release(&path);
}

int fmr_trust_check_book(struct fmr_book *book, struct fmr_findings *findings, struct fmr_err *err)
{
	struct trust_policy *policy;
	int result = read_policy(fmr_book_view(book), &policy, findings, err);
	for (size_t i = 0; policy && i < policy->person_count; i++)
		compare_person(book, &policy->persons[i], findings);
	fmr_trust_policy_free(policy);
	return result;
}
