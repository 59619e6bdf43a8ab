// SPDX-License-Identifier: GPL-3.0-or-later
/* Changes to lectures, made on the database thread. Reading them is catalogue_routes.c's. */
#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/uploads/uploads.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"

enum { BODY_LIMIT = 8192 };

/* The id in params[0] as text; an empty text, which no object has, when it cannot be an id. */
static void id_param(const struct call *call, char id[ID_SIZE])
{
    id[0] = '\0';
    if (id_is_valid(call->params[0]))
        (void)slice_to_cstr(call->params[0], id, ID_SIZE);
}

/* A change to one lecture: done on the database thread, then answered with `status`. Workers of a
 * job that ended notice by themselves: their next report is refused, and then they are fenced off
 * (roles/dispatcher.c). */
struct change {
    struct call *call;
    int (*apply)(struct db *db, const struct change *change);
    int status;
    const char *message; /* for the log */
    char lecture_id[ID_SIZE];
    char title[LECTURE_TITLE_SIZE]; /* the new one, of apply_title */
    bool is_admin;                  /* who asks */
    int err;
    struct work work;
};

/* No loop goes by what it knew of packages before. */
static void take_back(const struct call *call)
{
    atomic_fetch_add(call->services->taken_back, 1);
}

/* database */
static void apply_change(struct work *work, void *context)
{
    struct change *change = CONTAINER_OF(work, struct change, work);

    change->err = change->apply(context, change);
}

static void on_change_applied(struct work *work)
{
    const struct change *change = CONTAINER_OF(work, struct change, work);

    if (change->err) {
        answer_err(change->call->x, change->err);
        return;
    }
    take_back(change->call); /* by a cancel */
    log_info(change->message, log_str("lecture", change->lecture_id),
             log_str("by", change->call->actor.user.id));
    http_answer(change->call->x, change->status, NULL);
}

/* The change that a request asks for; NULL when it has been answered instead. */
static struct change *new_change(struct call *call,
                                 int (*apply)(struct db *db, const struct change *change),
                                 int status, const char *message)
{
    struct change *change = arena_alloc(http_exchange_arena(call->x), sizeof *change);

    if (!change) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return NULL;
    }
    *change = (struct change){.call = call,
                              .apply = apply,
                              .status = status,
                              .message = message,
                              .is_admin = call->actor.user.role == ROLE_ADMIN,
                              .work = {.run = apply_change, .done = on_change_applied}};
    id_param(call, change->lecture_id);
    return change;
}

static void submit_change(struct change *change)
{
    if (!change)
        return;
    struct call *call = change->call;
    if (work_pool_submit(call->services->database, http_loop_mailbox(http_exchange_loop(call->x)),
                         &change->work))
        answer_problem(call->x, PROBLEM_DATABASE_BUSY);
}

static int apply_title(struct db *db, const struct change *change)
{
    return lecture_store_set_title(db, change->lecture_id, slice_from(change->title),
                                   clock_wall_ms());
}

static int apply_retry(struct db *db, const struct change *change)
{
    struct job job;
    const int err = job_store_find_by_lecture(db, change->lecture_id, &job);

    return err ? err : job_store_retry(db, job.id, change->is_admin, clock_wall_ms());
}

static int apply_cancel(struct db *db, const struct change *change)
{
    struct job job;
    const int err = job_store_find_by_lecture(db, change->lecture_id, &job);

    return err ? err : job_store_cancel(db, job.id, clock_wall_ms());
}

static void on_title(struct http_exchange *x, struct slice body, void *arg)
{
    CLEANUP(json_decref) json_t *document = parse_json_body(x, body);
    struct change *change = arg;
    struct slice title;

    if (!document)
        return;
    if (json_get_string(document, "title", &title)) {
        answer_problem(x, PROBLEM_TITLE_MISSING);
        return;
    }
    title = slice_trim(title);
    const enum title_fault fault = title_check(title);
    if (fault) {
        http_answer_problem(x, metadata_problem_of_title(fault), NULL, NULL);
        return;
    }
    (void)slice_to_cstr(title, change->title, sizeof change->title); /* what was checked fits */
    submit_change(change);
}

static void handle_lecture_rename(struct call *call)
{
    struct change *change = new_change(call, apply_title, 204, "lecture renamed");

    if (change)
        http_exchange_collect_body(call->x, BODY_LIMIT, on_title, change);
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
    upload_removal_start(call, lecture_store_delete, on_lecture_deleted);
}

static void handle_lecture_retry(struct call *call)
{
    submit_change(new_change(call, apply_retry, 202, "job started again"));
}

static void handle_lecture_cancel(struct call *call)
{
    submit_change(new_change(call, apply_cancel, 202, "job cancelled"));
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
