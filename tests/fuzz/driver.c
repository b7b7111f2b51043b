/*
 * Runs a fuzz target as an ordinary test: every file of its corpus, then some
 * hundred mutations of each, the same ones every time.
 *
 *	fuzz_NAME_test              the corpus in tests/fuzz/corpus/NAME, as TAP
 *	fuzz_NAME_test FILE...      these inputs, for instance one that libFuzzer found
 *	FMR_MUTATIONS=n             so many mutations of each file (300)
 *
 * When the target dies, the input is left in build/fuzz-crash-NAME.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 1 << 16, MOST_FILES = 256, SECONDS = 3, WAITED = 10 };

struct input {
	uint8_t *bytes;
	size_t size;
};

static struct input files[MOST_FILES];
static size_t file_count;
static struct input running; /* what the signal handler saves */
static char crash_path[4096]; /* absolute: the target may work elsewhere */

static void save_crash(int number)
{
	const int descriptor = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (descriptor >= 0) {
		ssize_t unused = write(descriptor, running.bytes, running.size);
		(void)unused;
		close(descriptor);
	}
	signal(number, SIG_DFL);
	raise(number);
}

/* The target sees a copy of the exact size, so that a sanitizer notices every byte read too far. */
static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		exit(1);
	memcpy(copy, bytes, size);
	running = (struct input){ copy, size };
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static struct input read_file(const char *path)
{
	struct input input = { 0 };
	FILE *file = fopen(path, "rb");
	if (!file) {
		printf("Bail out! cannot open '%s'\n", path);
		exit(1);
	}
	input.bytes = malloc(LONGEST);
	if (!input.bytes)
		exit(1);
	input.size = fread(input.bytes, 1, LONGEST, file);
	fclose(file);
	return input;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_corpus(const char *directory)
{
	char *names[MOST_FILES];
	size_t count = 0;
	DIR *dir = opendir(directory);
	for (struct dirent *entry; dir && count < MOST_FILES && (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	if (dir)
		closedir(dir);
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++) {
		char path[1024];
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		files[file_count++] = read_file(path);
		free(names[i]);
	}
}

/* ---- mutations ---- */

static uint64_t random_state;

static size_t below(size_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return limit ? (size_t)(random_state >> 33) % limit : 0;
}

static const char *const tokens[] = { "\n", "\r\n", " ", "  ", "\t", "- ", ": ", ":", "#", "? ", "|", ">", "|2-", "'", "\"", "\\",
	"[", "]", "{", "}", ",", "&a", "*a", "!", "!!str ", "%", "---\n", "...\n", "<<<<<<< ", "\xEF\xBB\xBF", "\xE2\x80\xA8",
	"\xC2\x85", "\xFF", "\x01", "\\ud800", "\\u0000", "1e999", "0x1F", "null", "日", "ｶﾞ", "ー" };

static void put(struct input *input, size_t at, const void *bytes, size_t size)
{
	if (input->size + size > LONGEST)
		return;
	memmove(input->bytes + at + size, input->bytes + at, input->size - at);
	memcpy(input->bytes + at, bytes, size);
	input->size += size;
}

static void mutate(struct input *input)
{
	const size_t at = below(input->size + 1), rest = input->size - at;
	const size_t size = below(rest < 32 ? rest + 1 : 32);
	uint8_t piece[32];
	switch (below(6)) {
	case 0: /* another byte */
		if (rest)
			input->bytes[at] = (uint8_t)below(256);
		break;
	case 1: /* less */
		memmove(input->bytes + at, input->bytes + at + size, rest - size);
		input->size -= size;
		break;
	case 2: /* the same again, somewhere */
		memcpy(piece, input->bytes + at, size);
		put(input, below(input->size + 1), piece, size);
		break;
	case 3: /* cut */
		if (below(8) == 0)
			input->size = at;
		break;
	default: {
		const char *token = tokens[below(sizeof(tokens) / sizeof(*tokens))];
		put(input, at, token, strlen(token));
	}
	}
}

/* Mutations of all files in turn; ends early when the time is up. */
static size_t run_mutations(size_t each)
{
	struct input input = { .bytes = malloc(LONGEST) };
	const clock_t end = clock() + SECONDS * CLOCKS_PER_SEC;
	const time_t last = time(NULL) + WAITED; /* for those that wait for other programs */
	size_t done = 0;
	if (!input.bytes)
		exit(1);
	for (size_t round = 0; round < each && clock() < end && time(NULL) < last; round++)
		for (size_t i = 0; i < file_count; i++, done++) {
			random_state = round * MOST_FILES + i + 1;
			memcpy(input.bytes, files[i].bytes, files[i].size);
			input.size = files[i].size;
			for (size_t n = below(6) + 1; n > 0; n--)
				mutate(&input);
			run(input.bytes, input.size);
		}
	free(input.bytes);
	return done;
}

int main(int argc, char **argv)
{
	if (!getcwd(crash_path, sizeof(crash_path) - 100))
		return 1;
	strcat(crash_path, "/build/fuzz-crash-" FMR_FUZZ_NAME);
	static const int signals[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], save_crash);
	for (int i = 1; i < argc; i++) {
		const struct input input = read_file(argv[i]);
		run(input.bytes, input.size);
		free(input.bytes);
	}
	if (argc > 1)
		return 0;

	setvbuf(stdout, NULL, _IONBF, 0);
	puts("1..2");
	read_corpus("tests/fuzz/corpus/" FMR_FUZZ_NAME);
	for (size_t i = 0; i < file_count; i++)
		run(files[i].bytes, files[i].size);
	printf("%s 1 - %zu inputs of the corpus\n", file_count ? "ok" : "not ok", file_count);
	const char *mutations = getenv("FMR_MUTATIONS");
	const size_t done = run_mutations(mutations ? strtoul(mutations, NULL, 10) : 300);
	printf("ok 2 - mutations of them\n# %zu mutations\n", done);
	for (size_t i = 0; i < file_count; i++)
		free(files[i].bytes);
	return file_count == 0;
}
