/* Which commits are signed: trust and config always, edits where the trust policy wants them to be. */
#include "cmd/write.h"

#include "trust/policy.h"
#include "yaml/yaml.h"

#include <string.h>

static bool any_below(const struct fmr_change *changes, size_t count, const char *directory)
{
	const size_t length = strlen(directory);
	for (size_t i = 0; i < count; i++)
		if (strncmp(changes[i].path, directory, length) == 0 && changes[i].path[length] == '/')
			return true;
	return false;
}

/* `edits` of the settings.  A text that is no policy asks for nothing: a failure report must not be held up by it. */
static bool wants_signed_edits(const struct fmr_str *text)
{
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	const struct fmr_value *root = fmr_yaml_read_quietly(text->bytes, text->length, &arena);
	bool wants = fmr_value_is(fmr_value_get(fmr_value_get(root, "settings"), "edits"), "signed");
	fmr_arena_release(&arena);
	return wants;
}

bool fmr_write_is_signed(struct fmr_cli *cli, const struct fmr_change *changes, size_t count)
{
	if (any_below(changes, count, FMR_TRUST_DIRECTORY))
		return true;
	if (!cli->view)
		return false;
	struct fmr_str text;
	fmr_str_init(&text);
	bool trusted = fmr_view_read(cli->view, FMR_TRUST_POLICY_PATH, FMR_TRUST_POLICY_SIZE, &text, NULL) == 0;
	bool wants = trusted && (any_below(changes, count, ".fmrec") || wants_signed_edits(&text));
	fmr_str_release(&text);
	return wants;
}
