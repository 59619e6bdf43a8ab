// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/audit_store.h"

#include "common/id.h"
#include "storage/sqlite/db_query.h"

int audit_store_add(struct db *db, const struct audit_entry *entry)
{
    char id[ID_SIZE];

    CLEANUP(query_end)
    struct query q = query_start(db, "INSERT INTO audit (id, at_ms, actor_id, action, object_id,"
                                     " detail) VALUES (?, ?, ?, ?, ?, ?)");
    id_new(id);
    query_bind_text(&q, id);
    query_bind_int(&q, entry->at_ms);
    query_bind_text(&q, entry->actor_id);
    query_bind_text(&q, entry->action);
    query_bind_text(&q, entry->object_id);
    query_bind_text(&q, entry->detail);
    return query_run(&q);
}
