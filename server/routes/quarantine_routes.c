// SPDX-License-Identifier: GPL-3.0-or-later
/* What the admin sees of sources that killed the decoder (storage/quarantine.h). */
#include "common/clock.h"
#include "common/json.h"
#include "server/http/exchange.h"
#include "server/routes/answers.h"
#include "server/routes/handlers.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "storage/quarantine.h"

enum { LIST_LIMIT = 500 };

static json_t *entry_json(const struct quarantined *entry)
{
    char failed_at[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(entry->failed_at_ms, failed_at);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "lecture", entry->lecture_id,
                     "title", entry->title, "filename", entry->filename, "owner", entry->owner,
                     "source_sha256", entry->source_sha256, "source_bytes",
                     (json_int_t)entry->source_bytes, "stage", task_kind_name(entry->stage),
                     "failed_at", failed_at);
}

void handle_quarantine(struct call *call)
{
    struct quarantined *entries = NULL;
    size_t n = 0;
    json_t *list = json_array();

    const int err = quarantine_list(call->services->reader, LIST_LIMIT,
                                    http_exchange_arena(call->x), &entries, &n);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(list, entry_json(&entries[i]));
    if (err) {
        json_decref(list);
        answer_err(call->x, err);
        return;
    }
    answer_json(call->x, 200, json_pack("{s:o}", "quarantine", list));
}
