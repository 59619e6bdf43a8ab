// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/upload_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "server/config.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/http/message/date.h"
#include "server/web/route.h"
#include "server/web/services.h"

#define DAY_MS INT64_C(86400000)

const struct http_request *upload_request(const struct upload_call *u)
{
    return http_exchange_request(u->call->x);
}

void upload_add_field(struct upload_fields *f, const char *name, const char *value)
{
    f->fields[f->n++] = HTTP_HEADER(name, value);
}

void upload_add_number(struct upload_fields *f, const char *name, int64_t value)
{
    char *text = f->values[f->n];

    (void)snprintf(text, UPLOAD_VALUE_SIZE, "%" PRId64, value);
    upload_add_field(f, name, text);
}

void upload_add_expiry(struct upload_fields *f, const struct upload_call *u, int64_t idle_ms)
{
    const int64_t days = (int64_t)services_config(u->call->services)->upload_idle_days;
    char *text = f->values[f->n];

    http_date_format((clock_wall_ms() + days * DAY_MS - idle_ms) / 1000, text);
    upload_add_field(f, "Upload-Expires", text);
}

void upload_answer(struct upload_call *u, int status, struct upload_fields *f)
{
    upload_add_field(f, "Tus-Resumable", "1.0.0");
    const struct http_headers headers = {f->fields, f->n};
    http_answer(u->call->x, status, &headers);
}

void upload_refuse_about(struct upload_call *u, enum problem problem, const char *subject)
{
    const struct http_header field = HTTP_HEADER("Tus-Resumable", "1.0.0");
    const struct http_headers headers = {&field, 1};

    http_answer_problem(u->call->x, problem_row(problem), subject, &headers);
}

void upload_refuse(struct upload_call *u, enum problem problem)
{
    upload_refuse_about(u, problem, NULL);
}

void upload_answer_bad_metadata(struct upload_call *u, const struct http_problem *problem)
{
    const struct http_header field = HTTP_HEADER("Tus-Resumable", "1.0.0");
    const struct http_headers headers = {&field, 1};

    http_answer_problem(u->call->x, problem, NULL, &headers);
}

struct upload_call *upload_call_start(struct call *call)
{
    struct upload_call *u = arena_alloc(http_exchange_arena(call->x), sizeof *u);
    const struct http_header fields[] = {HTTP_HEADER("Tus-Version", "1.0.0")};
    const struct http_headers headers = {fields, 1};

    if (!u) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return NULL;
    }
    u->call = call;
    if (slice_is(http_request_header(upload_request(u), "tus-resumable"), "1.0.0"))
        return u;
    answer_problem_with(call->x, PROBLEM_TUS_VERSION, &headers);
    return NULL;
}

static void on_granted(struct upload_claim *claim)
{
    struct upload_call *u = CONTAINER_OF(claim, struct upload_call, claim);

    u->on_claimed(u);
}

void upload_call_claim(struct upload_call *u, void (*on_claimed)(struct upload_call *u))
{
    u->on_claimed = on_claimed;
    memcpy(u->claim.id, u->upload.id, ID_SIZE);
    u->claim.on_granted = on_granted;
    u->claim.home = http_loop_mailbox(http_exchange_loop(u->call->x));
    upload_registry_claim(u->call->services->uploads, &u->claim);
}

void upload_call_release(struct upload_call *u)
{
    upload_registry_release(u->call->services->uploads, &u->claim);
}

void upload_call_submit(struct upload_call *u, struct work_pool *pool,
                        void (*run)(struct work *work, void *context),
                        void (*done)(struct work *work), void (*on_refused)(struct upload_call *u))
{
    u->work = (struct work){.run = run, .done = done};
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(u->call->x)), &u->work))
        on_refused(u);
}

struct upload_call *upload_call_of(struct work *work)
{
    return CONTAINER_OF(work, struct upload_call, work);
}

void upload_answer_busy(struct upload_call *u)
{
    upload_refuse(u, PROBLEM_BUSY);
}
