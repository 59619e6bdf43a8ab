// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/matroska_extent.h"

#include <stddef.h>

enum {
    ID_EBML = 0x1a45dfa3,
    ID_SEGMENT = 0x18538067,
    ID_BYTES = 4, /* of both */
};

/* Reads an element's size, a number that says in its first byte how long it is, and passes over it.
 * False for the reserved one, which is "unknown", and for what is none. */
static bool read_size(struct slice *s, uint64_t *ret_size)
{
    if (s->length == 0 || s->data[0] == 0)
        return false;
    const uint8_t first = (uint8_t)s->data[0];
    size_t n = 1;
    while (!(first & (0x100 >> n)))
        n++;
    uint64_t size = first & (0xffU >> n);
    if (s->length < n)
        return false;
    for (size_t i = 1; i < n; i++)
        size = size << 8 | (uint8_t)s->data[i];
    *s = slice_skip(*s, n);
    *ret_size = size;
    return size != (UINT64_C(1) << 7 * n) - 1;
}

/* Passes over an element's id and size. */
static bool read_element(struct slice *s, uint32_t wanted_id, uint64_t *ret_size)
{
    uint32_t id = 0;

    if (s->length < ID_BYTES)
        return false;
    for (size_t i = 0; i < ID_BYTES; i++)
        id = id << 8 | (uint8_t)s->data[i];
    *s = slice_skip(*s, ID_BYTES);
    return id == wanted_id && read_size(s, ret_size);
}

bool matroska_is_whole(struct slice head, int64_t size_bytes)
{
    const size_t n = head.length;
    uint64_t size;

    if (!read_element(&head, ID_EBML, &size) || size > head.length)
        return false;
    head = slice_skip(head, (size_t)size);
    if (!read_element(&head, ID_SEGMENT, &size))
        return false;
    const uint64_t from = n - head.length;
    return size_bytes >= 0 && size <= (uint64_t)size_bytes && from <= (uint64_t)size_bytes - size;
}
