#include "cmd/bound.h"

#include "base/i18n.h"
#include "fmrec/record.h"
#include "trust/path.h"

#include <string.h>

#define RECORDS "records"

int fmr_bound_refuse(struct fmr_cli *cli, const char *id, struct fmr_err *err)
{
	struct fmr_audit *audit = NULL;
	int result = cli->states ? fmr_states_audit(cli->states, &audit, err) : 0;
	const struct fmr_record_status *status = audit ? fmr_audit_record(audit, id) : NULL;
	if (result || !status || !status->bound)
		return result;
	fmr_err_set(err, FMR_ERR_REFUSED, _("'%s' is signed and stays where it is"), id);
	fmr_err_hint(err, _("withdraw the signatures first (see fmrec approvals %s)"), id);
	return FMR_ERR_REFUSED;
}

struct staged {
	struct fmr_states *states;
	struct fmr_findings *findings;
	struct fmr_err *err;
};

static int see(void *context, enum fmr_difference difference, const char *path)
{
	struct staged *staged = context;
	const struct trust_path place = fmr_trust_path_read(path);
	char id[FMR_ID_LENGTH + 1];
	if (difference != FMR_DELETED || place.place != TRUST_PLACE_RECORD || place.id_length > FMR_ID_LENGTH)
		return 0;
	memcpy(id, place.id, place.id_length);
	id[place.id_length] = '\0';
	struct fmr_audit *audit = NULL;
	int result = fmr_states_audit(staged->states, &audit, staged->err);
	const struct fmr_record_status *status = audit ? fmr_audit_record(audit, id) : NULL;
	if (result || !status || !status->bound || strcmp(status->path, path) != 0)
		return result;
	struct fmr_finding *row = fmr_findings_add(staged->findings, FMR_CODE_REC_DELETED, path,
		_("'%s' is signed and stays where it is"), id);
	row->hint = fmr_findings_text(staged->findings,
		_("withdraw the signatures first (see fmrec approvals %s)"), id);
	return 0;
}

int fmr_bound_check_staged(struct fmr_store *store, struct fmr_states *states, struct fmr_findings *findings,
	struct fmr_err *err)
{
	struct staged staged = { states, findings, err };
	return fmr_store_staged(store, RECORDS, see, &staged, err);
}
