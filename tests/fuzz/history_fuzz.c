/* Any bytes as the output of git log: commits come out whole, with ids that are ids, or it is refused. */
#include "store/history.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int look(void *context, const struct fmr_history_commit *commit)
{
	(void)context;
	if (strlen(commit->id) != 40 || !commit->author || !commit->email || !commit->message)
		abort();
	for (size_t i = 0; i < commit->parent_count; i++)
		if (strlen(commit->parents[i]) != 40)
			abort();
	for (size_t i = 0; i < commit->file_count; i++)
		if (!commit->files[i].path || strlen(commit->files[i].blob) != (commit->files[i].mode ? 40 : 0))
			abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct history_reader reader;
	struct fmr_str word;
	int result = 0;
	fmr_str_init(&word);
	fmr_history_begin(&reader, look, NULL);
	for (size_t at = 0; at < size && result == 0; at += word.length + 1) {
		const uint8_t *end = memchr(data + at, '\0', size - at);
		fmr_str_clear(&word);
		fmr_str_add(&word, (const char *)data + at, end ? (size_t)(end - data) - at : size - at);
		result = fmr_history_word(&reader, word.bytes, word.length, NULL);
	}
	if (result == 0)
		fmr_history_end(&reader, NULL);
	fmr_history_release(&reader);
	fmr_str_release(&word);
	return 0;
}
