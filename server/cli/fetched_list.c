// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/cli/fetched_list.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"

void fetched_list_clear(struct fetched_list *list)
{
    free(list->items);
    *list = (struct fetched_list){0};
}

static bool has_path(const struct fetched_list *list, struct slice path)
{
    for (size_t i = list->n; i-- > 0;) {
        if (slice_is(path, list->items[i].path))
            return true;
    }
    return false;
}

static int add(struct fetched_list *list, struct slice path)
{
    if (list->n >= FETCHED_MAX)
        return ERR_TOO_LARGE;
    if (list->n == 0 || (list->n & (list->n - 1)) == 0) {
        struct fetched *items = reallocarray(list->items, list->n ? 2 * list->n : 1, sizeof *items);
        if (!items)
            return ERR_NO_MEMORY;
        list->items = items;
    }
    struct fetched *item = &list->items[list->n];
    memset(item, 0, sizeof *item);
    if (slice_to_cstr(path, item->path, sizeof item->path))
        return 0; /* no path of a package is that long: it stays needed, and is told as such */
    list->n++;
    return 0;
}

int fetched_list_add_needed(struct fetched_list *list, struct slice lines)
{
    static const char NEED[] = "need ";

    while (lines.length > 0) {
        const struct slice line = slice_split(&lines, '\n');
        const struct slice path = slice_skip(line, sizeof NEED - 1);
        if (!slice_starts_with(line, NEED) || path.length == 0 || has_path(list, path))
            continue;
        const int err = add(list, path);
        if (err)
            return err;
    }
    return 0;
}

static void write_item(const struct fetched *item, size_t number, struct buf *out)
{
    log_append_json_string(out, slice_from(item->path));
    buf_printf(out, ":{\"status\":%d,\"type\":", item->status);
    log_append_json_string(out, slice_from(item->type));
    buf_printf(out, ",\"gzip\":%s,\"redirect\":%s", item->is_gzip ? "true" : "false",
               item->is_redirect ? "true" : "false");
    if (item->status == 200)
        buf_printf(out, ",\"file\":\"f-%zu\"", number);
    buf_append_char(out, '}');
}

void fetched_list_write(const struct fetched_list *list, struct buf *out)
{
    buf_append_text(out, "{\"files\":{");
    for (size_t i = 0; i < list->n; i++) {
        buf_append_text(out, i ? ",\n" : "\n");
        write_item(&list->items[i], i, out);
    }
    buf_append_text(out, "}}\n");
}
