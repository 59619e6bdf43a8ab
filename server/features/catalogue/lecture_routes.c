// SPDX-License-Identifier: GPL-3.0-or-later
/* Changes to lectures, made on the database thread. Reading them is catalogue_routes.c's. */
#include <stdio.h>

#include "common/log.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/uploads/uploads.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/web/answers.h"
#include "server/web/change.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"

/* No loop goes by what it knew of packages before. */
static void take_back(const struct call *call)
{
    atomic_fetch_add(call->services->taken_back, 1);
}

struct rename {
    char title[LECTURE_TITLE_SIZE];
};

static const struct field RENAME_FIELDS[] = {
    FIELD(FIELD_TEXT, struct rename, title, .min = 1, .max = TITLE_MAX_CHARS, .is_required = true),
};

static int apply_rename(struct db *db, struct change *c)
{
    const struct rename *rename = c->body;

    return lecture_store_set_title(db, c->object_id, slice_from(rename->title), c->now_ms);
}

/* Workers of a job that ended notice by themselves: their next report is refused, and then they are
 * fenced off (roles/report_batch.c). */
static int apply_cancel(struct db *db, struct change *c)
{
    struct job job;
    const int err = job_store_find_by_lecture(db, c->object_id, &job);

    return err ? err : job_store_cancel(db, job.id, c->now_ms);
}

static int retry_job(struct db *db, const struct change *c, bool without_sound)
{
    const bool is_admin = c->call->actor.user.role == ROLE_ADMIN;
    struct job job;
    int err = job_store_find_by_lecture(db, c->object_id, &job);

    if (!err && without_sound)
        err = job_store_leave_sound_out(db, job.id);
    return err ? err : job_store_retry(db, job.id, is_admin, c->now_ms);
}

static int apply_retry(struct db *db, struct change *c)
{
    return retry_job(db, c, false);
}

static int apply_retry_without_sound(struct db *db, struct change *c)
{
    (void)snprintf(c->detail, sizeof c->detail, "without sound");
    return retry_job(db, c, true);
}

static void cancelled(struct change *c)
{
    take_back(c->call);
}

static const struct change_kind RENAME = {.action = "lecture.rename",
                                          CHANGE_BODY(struct rename, RENAME_FIELDS),
                                          .apply = apply_rename,
                                          .status = 204};
static const struct change_kind RETRY = {.action = "lecture.retry",
                                         .apply = apply_retry,
                                         .status = 202};
static const struct change_kind RETRY_WITHOUT_SOUND = {.action = "lecture.retry",
                                                       .apply = apply_retry_without_sound,
                                                       .status = 202};
static const struct change_kind CANCEL = {.action = "lecture.cancel",
                                          .apply = apply_cancel,
                                          .applied = cancelled,
                                          .status = 202};

static void handle_lecture_rename(struct call *call)
{
    change_start(call, &RENAME);
}

struct retry_query {
    bool without_sound;
};

static const struct field RETRY_QUERY[] = {
    FIELD(FIELD_BOOL, struct retry_query, without_sound, .is_required = false),
};

static void handle_lecture_retry(struct call *call)
{
    struct retry_query query = {.without_sound = false};
    struct field_faults faults;

    (void)fields_read_query(http_exchange_request(call->x), RETRY_QUERY, 1, &query, &faults);
    if (faults.n > 0)
        answer_faults(call->x, &faults);
    else
        change_start(call, query.without_sound ? &RETRY_WITHOUT_SOUND : &RETRY);
}

static void handle_lecture_cancel(struct call *call)
{
    change_start(call, &CANCEL);
}

static void on_lecture_deleted(struct call *call, const char *id, int err)
{
    if (err) {
        answer_err(call->x, err);
        return;
    }
    take_back(call);
    log_info("lecture deleted", log_str("lecture", id), log_str("by", call->actor.user.id));
    http_answer(call->x, 204, NULL);
}

/* The lecture may still be received. */
static void handle_lecture_delete(struct call *call)
{
    upload_removal_start(call, "lecture.delete", lecture_store_delete, on_lecture_deleted);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_PATCH, "/api/v1/lectures/{id}", POLICY_OWNER, &LECTURE_OBJECT, handle_lecture_rename),
    ROUTE(HTTP_DELETE, "/api/v1/lectures/{id}", POLICY_OWNER, &LECTURE_OBJECT, handle_lecture_delete),
    ROUTE(HTTP_POST, "/api/v1/lectures/{id}/retry", POLICY_OWNER, &LECTURE_OBJECT, handle_lecture_retry),
    ROUTE(HTTP_POST, "/api/v1/lectures/{id}/cancel", POLICY_OWNER, &LECTURE_OBJECT, handle_lecture_cancel),
};
/* clang-format on */

const struct route_table LECTURE_ROUTES = ROUTE_TABLE("lectures", ROUTES);
