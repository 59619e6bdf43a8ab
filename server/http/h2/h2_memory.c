// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/h2_memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

/* nghttp2's own: a frame of RFC 9113's smallest maximum, its head, one byte for padding. Another
 * version may ask for less or more: then it gets memory of its own, and only the saving is gone. */
enum { MIN_FRAME_BUFFER_BYTES = 16 * 1024, FRAME_BUFFER_BYTES = MIN_FRAME_BUFFER_BYTES + 64 };

struct h2_memory {
    nghttp2_mem calls;
    bool is_lending; /* to the session that is being made, once */
    char frame_buffer[FRAME_BUFFER_BYTES];
};

static void *allocate(size_t size, void *user)
{
    struct h2_memory *memory = user;

    if (memory->is_lending && size >= MIN_FRAME_BUFFER_BYTES && size <= FRAME_BUFFER_BYTES) {
        memory->is_lending = false;
        return memory->frame_buffer;
    }
    return malloc(size);
}

static void release(void *pointer, void *user)
{
    const struct h2_memory *memory = user;

    if (pointer != memory->frame_buffer)
        free(pointer);
}

static void *allocate_zeroes(size_t n, size_t size, void *user)
{
    (void)user;
    return calloc(n, size);
}

/* Nobody may come to own what is lent. */
static void *resize(void *pointer, size_t size, void *user)
{
    const struct h2_memory *memory = user;

    if (!pointer)
        return allocate(size, user);
    if (pointer != memory->frame_buffer)
        return realloc(pointer, size);
    void *own = malloc(size);
    if (own)
        memcpy(own, pointer, size < FRAME_BUFFER_BYTES ? size : FRAME_BUFFER_BYTES);
    return own;
}

int h2_memory_new(struct h2_memory **ret_memory)
{
    struct h2_memory *memory = calloc(1, sizeof *memory);

    if (!memory)
        return ERR_NO_MEMORY;
    memory->calls = (nghttp2_mem){.mem_user_data = memory,
                                  .malloc = allocate,
                                  .free = release,
                                  .calloc = allocate_zeroes,
                                  .realloc = resize};
    *ret_memory = memory;
    return 0;
}

void h2_memory_free(struct h2_memory *memory)
{
    free(memory);
}

int h2_memory_new_session(struct h2_memory *memory, const nghttp2_session_callbacks *callbacks,
                          void *user, const nghttp2_option *option, nghttp2_session **ret_session)
{
    memory->is_lending = true;
    const int result =
        nghttp2_session_server_new3(ret_session, callbacks, user, option, &memory->calls);
    memory->is_lending = false;
    return result == 0 ? 0 : ERR_NO_MEMORY;
}
