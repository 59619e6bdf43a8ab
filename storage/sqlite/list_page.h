// SPDX-License-Identifier: GPL-3.0-or-later
/* list_page.h - a part of a list: so many rows behind the one that was last seen. A row is found
 * again by its key, not by its number: rows that come or go meanwhile shift nothing.
 *
 * Who lists by pages returns one row more than the page's limit when there is a next page
 * (query_bind_rows). */
#ifndef STORAGE_SQLITE_LIST_PAGE_H
#define STORAGE_SQLITE_LIST_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/id.h"

enum { LIST_KEY_TEXT_SIZE = 1001 }; /* titles are the longest texts that something is sorted by */

/* What a list is sorted by. Each list says which members it uses; the others are zero. */
struct list_key {
    int64_t number;
    char text[LIST_KEY_TEXT_SIZE];
    char id[ID_SIZE];
};

struct list_page {
    size_t limit;          /* rows at most, >= 1 */
    bool is_first;         /* from the list's beginning: `after` is not looked at */
    struct list_key after; /* the last row of the page before; need not be there any more */
};

#endif
