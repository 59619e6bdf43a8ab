// SPDX-License-Identifier: GPL-3.0-or-later
/* arena_list.h - arrays that grow in an arena, element by element, for results whose number is not
 * known before. */
#ifndef STORAGE_SQLITE_ARENA_LIST_H
#define STORAGE_SQLITE_ARENA_LIST_H

#include <stddef.h>

#include "common/arena.h"

/* Room for element n of the array `items` that has n elements (NULL for the first), zeroed. Returns
 * the array, which may have moved, or NULL when the arena is exhausted. To be called with n = 0, 1,
 * 2 and so on. */
void *arena_list_grow(struct arena *arena, void *items, size_t n, size_t item_size);

#endif
