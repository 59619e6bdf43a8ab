// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 4096 };

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes in data */
    alignas(max_align_t) char data[];
};

static struct arena_block *add_block(struct arena *a, size_t wanted)
{
    const size_t room = a->limit_bytes - a->total_bytes;

    if (wanted > room || wanted > PTRDIFF_MAX - sizeof(struct arena_block))
        return NULL;
    const size_t usual = room < BLOCK_BYTES ? room : BLOCK_BYTES;
    const size_t size = wanted > usual ? wanted : usual;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->older = a->blocks;
    block->size = size;
    a->blocks = block;
    a->used_bytes = 0;
    a->total_bytes += size;
    return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t alignment = alignof(max_align_t);

    if (size > a->limit_bytes || size > PTRDIFF_MAX)
        return NULL;
    const size_t rounded = (size + alignment - 1) / alignment * alignment;
    struct arena_block *block = a->blocks;
    if (!block || rounded > block->size - a->used_bytes)
        block = add_block(a, rounded);
    if (!block)
        return NULL;
    void *memory = block->data + a->used_bytes;
    a->used_bytes += rounded;
    return memset(memory, 0, rounded);
}

char *arena_copy(struct arena *a, struct slice s)
{
    char *copy = arena_alloc(a, s.length + 1);

    if (copy && s.length > 0)
        memcpy(copy, s.data, s.length);
    return copy;
}

void arena_reset(struct arena *a)
{
    while (a->blocks && a->blocks->older) {
        struct arena_block *block = a->blocks;
        a->blocks = block->older;
        a->total_bytes -= block->size;
        free(block);
    }
    a->used_bytes = 0;
}

void arena_clear(struct arena *a)
{
    arena_reset(a);
    free(a->blocks);
    *a = arena_with_limit(a->limit_bytes);
}
