// SPDX-License-Identifier: GPL-3.0-or-later
/* What the admin sees of sources that killed the decoder (storage/jobs/quarantine.h). */
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "server/features/quarantine/quarantine.h"
#include "server/http/exchange/exchange.h"
#include "server/web/page.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "storage/jobs/quarantine.h"

struct quarantine_reading {
    struct reading reading; /* first member */
    struct list_page page;
};

static json_t *entry_json(const struct quarantined *entry)
{
    char failed_at[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(entry->failed_at_ms, failed_at);
    return json_pack("{s:s*, s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "lecture",
                     entry->lecture_id[0] ? entry->lecture_id : NULL, "title", entry->title,
                     "filename", entry->filename, "owner", entry->owner, "source_sha256",
                     entry->source_sha256, "source_bytes", (json_int_t)entry->source_bytes, "stage",
                     task_kind_name(entry->stage), "failed_at", failed_at);
}

static json_t *entries_json(const struct quarantined *entries, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        if (json_array_append_new(array, entry_json(&entries[i]))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *next_json(const struct quarantined *last)
{
    struct list_key key = {.number = last->failed_at_ms};

    memcpy(key.text, last->source_sha256, sizeof last->source_sha256);
    memcpy(key.id, last->lecture_id, sizeof key.id);
    return list_cursor_json(LIST_BY_TIME, &key);
}

static int read_quarantine(struct reading *r, struct db *db)
{
    const struct list_page *page = &((struct quarantine_reading *)r)->page;
    struct quarantined *entries = NULL;
    size_t n = 0;

    const int err = quarantine_list(db, page, &r->arena, &entries, &n);
    if (err)
        return err;
    const bool has_more = n > page->limit;
    if (has_more)
        n = page->limit;
    r->document = json_pack("{s:o, s:o}", "quarantine", entries_json(entries, n), "next",
                            has_more ? next_json(&entries[n - 1]) : json_null());
    return r->document ? 0 : ERR_NO_MEMORY;
}

static void handle_quarantine(struct call *call)
{
    struct quarantine_reading *q = NULL;
    struct list_page page;

    if (list_request_read(call->x, LIST_BY_TIME, &page))
        return;
    q = arena_alloc(http_exchange_arena(call->x), sizeof *q);
    if (q) {
        q->reading.read = read_quarantine;
        q->page = page;
    }
    reading_start(q ? &q->reading : NULL, call);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/admin/quarantine", POLICY_ADMIN, NULL, handle_quarantine),
};

const struct route_table QUARANTINE_ROUTES = ROUTE_TABLE("quarantine", ROUTES);
