/*
 * Where the program lies, and which language it speaks.
 */
#include "base/i18n.h"
#include "base/alloc.h"
#include "cli/frame.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *fmr_cli_search_path(const char *name)
{
	const char *path = getenv("PATH");
	while (path && *path) {
		size_t length = strcspn(path, ":");
		char *file = fmr_format("%.*s/%s", (int)length, path, name);
		if (length && access(file, X_OK) == 0)
			return file;
		free(file);
		path += length + (path[length] == ':');
	}
	return fmr_strdup(name);
}

char *fmr_cli_program_path(const char *name)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length > 0)
		return fmr_strndup(path, (size_t)length);
	char *file = strchr(name, '/') ? fmr_strdup(name) : fmr_cli_search_path(name);
	if (!realpath(file, path))
		return file;
	free(file);
	return fmr_strdup(path);
}

static const char *wanted_language(void)
{
	static const char *const names[] = { "FMREC_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "";
}

/* Beside the build (build/locale), beside the installed program (PREFIX/share/locale), else where it was to go. */
static void load_catalogue(const char *program, const char *language)
{
	const char *slash = strrchr(program, '/');
	int length = slash ? (int)(slash - program) : 0;
	char *places[] = {
		fmr_format("%.*s/locale", length, program),
		fmr_format("%.*s/../share/locale", length, program),
		fmr_strdup(FMR_LOCALE_DIR),
	};
	bool loaded = false;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char *file = fmr_format("%s/%s/LC_MESSAGES/" FMR_TEXT_DOMAIN ".mo", places[i], language);
		loaded = loaded || fmr_catalogue_load(file);
		free(file);
		free(places[i]);
	}
}

enum fmr_language fmr_cli_choose_language(const char *program)
{
	const char *wanted = wanted_language();
	bool japanese = strncmp(wanted, "ja", 2) == 0 && (!wanted[2] || strchr("_.-@", wanted[2]));
	if (!japanese)
		return FMR_ENGLISH;
	load_catalogue(program, "ja");
	return FMR_JAPANESE;
}
