// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/rows.h"

#include <stdalign.h>
#include <string.h>

#include "common/err.h"
#include "storage/sqlite/arena_list.h"

int query_one(struct query *q, query_row_fn *read, void *ret_row, size_t row_size)
{
    alignas(max_align_t) char row[QUERY_ROW_SIZE];

    if (row_size > sizeof row)
        return ERR_INVALID;
    const int err = query_next(q);
    if (err)
        return err;
    memset(row, 0, row_size);
    read(q, row);
    if (!q->err)
        memcpy(ret_row, row, row_size);
    return q->err;
}

int query_list(struct query *q, query_row_fn *read, size_t row_size, struct arena *arena,
               void *ret_rows, size_t *ret_n)
{
    char *rows = NULL;
    size_t n = 0;
    int err;

    while ((err = query_next(q)) == 0) {
        rows = arena_list_grow(arena, rows, n, row_size);
        if (!rows)
            return ERR_NO_MEMORY;
        read(q, rows + n++ * row_size);
    }
    if (err != ERR_NOT_FOUND)
        return err;
    memcpy(ret_rows, &rows, sizeof rows);
    *ret_n = n;
    return 0;
}

static void read_number(struct query *q, void *number)
{
    *(int64_t *)number = query_read_int(q);
}

int query_number(struct query *q, int64_t *ret_number)
{
    return query_one(q, read_number, ret_number, sizeof *ret_number);
}

void query_bind_rows(struct query *q, const struct list_page *page)
{
    query_bind_int(q, (int64_t)page->limit + 1);
}
