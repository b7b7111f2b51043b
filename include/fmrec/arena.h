/*
 * Arena: memory that is freed all at once.  Not shared between threads.  Value trees live in one of yours:
 *
 *	struct fmr_arena arena;
 *	fmr_arena_init(&arena);
 *	const struct fmr_value *root = fmr_yaml_read_record(&source, &arena, findings);
 *	...
 *	fmr_arena_release(&arena);
 */
#ifndef FMREC_ARENA_H
#define FMREC_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct fmr_arena {
	struct fmr_arena_block *block; /* newest first */
	size_t used;                   /* bytes used in the newest block */
	size_t total;                  /* bytes held in all blocks */
};

void fmr_arena_init(struct fmr_arena *arena);
void fmr_arena_release(struct fmr_arena *arena);
/* Forget all allocations but keep one block for reuse. */
void fmr_arena_clear(struct fmr_arena *arena);

/* What is allocated after the mark can be given back, once; nothing older may be freed or cleared in between. */
struct fmr_arena_mark {
	const struct fmr_arena_block *block;
	size_t used;
};
struct fmr_arena_mark fmr_arena_mark(const struct fmr_arena *arena);
void fmr_arena_rewind(struct fmr_arena *arena, struct fmr_arena_mark mark);

void *fmr_arena_alloc(struct fmr_arena *arena, size_t size); /* aligned for any type, not zeroed */
void *fmr_arena_zero(struct fmr_arena *arena, size_t count, size_t size);
char *fmr_arena_strndup(struct fmr_arena *arena, const char *bytes, size_t length); /* adds NUL */
char *fmr_arena_strdup(struct fmr_arena *arena, const char *string);
char *fmr_arena_format(struct fmr_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *fmr_arena_vformat(struct fmr_arena *arena, const char *format, va_list args);

#endif
