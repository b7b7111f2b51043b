/*
 * Words of a command line, one a line, through the real dispatcher in a small
 * repository.  Commands that write do so with -n, those that cannot are left
 * to their own help, and no word leads out of the repository.
 */
#include "sandbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_WORDS = 24, LONGEST = 4096 };

/* Words that would make git run something, or name a place outside, are the user's right; not the fuzzer's. */
static bool leads_out(const char *word)
{
	static const char *const parts[] = { "/", "..", "~", "core.", "alias", "!", "filter", "include", "gpg", "fifo" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcasestr(word, parts[i]))
			return true;
	return false;
}

static bool writes(const char *word)
{
	static const char *const commands[] = { "new", "edit", "set", "log-entry", "attach", "rm", "import" };
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(word, commands[i]) == 0)
			return true;
	return false;
}

static bool changes_settings(const char *word)
{
	static const char *const commands[] = { "init", "hooks", "config", "__hook" };
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(word, commands[i]) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char program[] = "fmrec", dry_run[] = "-n", usage[] = "-h";
	char text[LONGEST + 1], *words[MOST_WORDS + 4] = { program };
	int count = 1;
	sandbox_make();
	if (size > LONGEST)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	bool dry = false, help = false;
	char *state = NULL;
	for (char *word = strtok_r(text, "\n", &state); word && count <= MOST_WORDS; word = strtok_r(NULL, "\n", &state)) {
		if (leads_out(word))
			return 0;
		dry |= writes(word);
		help |= changes_settings(word);
		words[count++] = word;
	}
	/* In front of the others, so that no "--" takes it for a name; global options stand before the command. */
	char *all[MOST_WORDS + 5];
	int total = 0;
	for (int i = 0; i < count; i++) {
		all[total++] = words[i];
		if (dry && writes(words[i])) {
			all[total++] = dry_run;
			dry = false;
		} else if (help && changes_settings(words[i])) {
			all[total++] = usage;
			help = false;
		}
	}
	all[total] = NULL;
	const int code = sandbox_run(total, all);
	if (code != 0 && code != 1 && code != 128 && code != 129)
		abort();
	return 0;
}
