// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/arena_list.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 4 };

void *arena_list_grow(struct arena *arena, void *items, size_t n, size_t item_size)
{
    const bool is_full = n == 0 || (n >= FIRST_ROOM && (n & (n - 1)) == 0);

    if (!is_full)
        return items;
    const size_t room = n == 0 ? FIRST_ROOM : 2 * n;
    if (room > SIZE_MAX / item_size)
        return NULL;
    void *larger = arena_alloc(arena, room * item_size);
    if (larger && n > 0)
        memcpy(larger, items, n * item_size);
    return larger;
}
