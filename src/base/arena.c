#include "base/arena.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGNMENT = _Alignof(max_align_t) };

struct fmr_arena_block {
	struct fmr_arena_block *older;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

void fmr_arena_init(struct fmr_arena *arena)
{
	*arena = (struct fmr_arena){ 0 };
}

static void free_blocks(struct fmr_arena_block *block)
{
	while (block) {
		struct fmr_arena_block *older = block->older;
		free(block);
		block = older;
	}
}

void fmr_arena_release(struct fmr_arena *arena)
{
	free_blocks(arena->block);
	fmr_arena_init(arena);
}

void fmr_arena_clear(struct fmr_arena *arena)
{
	if (!arena->block)
		return;
	free_blocks(arena->block->older);
	arena->block->older = NULL;
	arena->used = 0;
	arena->total = arena->block->size;
}

struct fmr_arena_mark fmr_arena_mark(const struct fmr_arena *arena)
{
	return (struct fmr_arena_mark){ arena->block, arena->used };
}

void fmr_arena_rewind(struct fmr_arena *arena, struct fmr_arena_mark mark)
{
	while (arena->block != mark.block) {
		struct fmr_arena_block *older = arena->block->older;
		arena->total -= arena->block->size;
		free(arena->block);
		arena->block = older;
	}
	arena->used = mark.used;
}

static void add_block(struct fmr_arena *arena, size_t need)
{
	size_t size = arena->block ? arena->block->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	struct fmr_arena_block *block = fmr_alloc(sizeof(*block) + size);
	block->older = arena->block;
	block->size = size;
	arena->block = block;
	arena->used = 0;
	arena->total += size;
}

void *fmr_arena_alloc(struct fmr_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return fmr_alloc(SIZE_MAX); /* ends in the out-of-memory hook */
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!arena->block || arena->block->size - arena->used < size)
		add_block(arena, size);
	void *memory = arena->block->bytes + arena->used;
	arena->used += size;
	return memory;
}

void *fmr_arena_zero(struct fmr_arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		return fmr_alloc(SIZE_MAX);
	void *memory = fmr_arena_alloc(arena, count * size);
	memset(memory, 0, count * size);
	return memory;
}

char *fmr_arena_strndup(struct fmr_arena *arena, const char *bytes, size_t length)
{
	char *copy = fmr_arena_alloc(arena, length + 1);
	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *fmr_arena_strdup(struct fmr_arena *arena, const char *string)
{
	return fmr_arena_strndup(arena, string, strlen(string));
}

char *fmr_arena_vformat(struct fmr_arena *arena, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	char *text = fmr_arena_zero(arena, length < 0 ? 1 : (size_t)length + 1, 1);
	if (length > 0)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *fmr_arena_format(struct fmr_arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = fmr_arena_vformat(arena, format, args);
	va_end(args);
	return text;
}
