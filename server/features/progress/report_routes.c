// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress, the way in: heartbeats.
 *
 *     body ─▶ the learner's turn ─▶ beats (pure) ─┬▶ lectures (reader) ─▶ Redis, one round trip ─┐
 *                                                 └──── a batch of BEATS_MAX at a time ◀─────────┘
 *                                                 ─▶ 204, or who was refused
 *
 * Answered with 2xx only when Redis has it; without Redis the player is told to keep its beats. One
 * report of a learner at a time is looked at (turns.h), and its batches let those of others in
 * between: a long report costs its sender time, and nobody else. */
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "server/config.h"
#include "server/features/progress/beats.h"
#include "server/features/progress/progress.h"
#include "server/features/progress/turns.h"
#include "server/features/progress/watchable.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/load/load.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/hot/hot_progress.h"
#include "storage/hot/hot_viewers.h"
#include "storage/hot/progress_store.h"
#include "storage/jobs/lecture_store.h"

static const enum beat_refusal NOT_REFUSED = BEAT_REFUSED_OTHER;

/* What is known of the lecture that a beat is about; the next one is often about the same. */
struct beat_lecture {
    char id[ID_SIZE];
    int64_t duration_us; /* 0: it is not there for this learner, or has no length yet */
    struct watched stored;
};

/* One report may become several beats, for a beat holds only so many ranges. */
struct report_call {
    struct turn turn;
    struct call *call;
    struct slice body;
    struct beats beats;
    enum beat_refusal *refusals; /* one per report; NOT_REFUSED */
    struct beat_lecture lecture;
    size_t n_looked_at; /* reports whose beats were all sent */
    size_t n_seconds;   /* ranges of the next one, once they are seconds */
    size_t n_sent;      /* of those */
    struct beat batch[BEATS_MAX];
    size_t report_of[BEATS_MAX]; /* which report each of them belongs to */
    size_t n_batch;
};

enum { REFUSALS_LIMIT = 1 << 17 };

static const struct http_header RETRY = {SLICE_LITERAL("Retry-After"), SLICE_LITERAL("5")};
static const struct http_headers LATER = {&RETRY, 1};

static void put_refusal(const struct report_call *r, size_t index, struct buf *json)
{
    load_count_refused_beat(r->call->services->load, r->refusals[index]);
    json_begin_object(json, NULL);
    json_put_int(json, "index", (int64_t)index);
    json_put_text(json, "reason", load_refusal_name(r->refusals[index]));
    json_end_object(json);
}

/* A refusal that is not told would be taken for stored: without memory that is the answer. */
static void answer_refusals(const struct report_call *r)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(REFUSALS_LIMIT);
    bool is_any = false;

    json_begin_object(&json, NULL);
    json_begin_array(&json, "refused");
    for (size_t i = 0; i < r->beats.n_reports; i++) {
        if (r->refusals[i] == NOT_REFUSED)
            continue;
        put_refusal(r, i, &json);
        is_any = true;
    }
    json_end_array(&json);
    json_end_object(&json);
    if (is_any)
        answer_json(r->call->x, 200, &json);
    else
        http_answer(r->call->x, 204, NULL);
}

static void answer_keep(const struct report_call *r)
{
    for (size_t i = 0; i < r->beats.n_reports; i++)
        load_count_refused_beat(r->call->services->load, BEAT_REFUSED_REDIS);
    answer_problem_with(r->call->x, PROBLEM_PROGRESS_AWAY, &LATER);
}

/* The end of a turn: the call is gone with its answer. */
static void finish(struct report_call *r, int err)
{
    turns_leave(&r->turn);
    switch (err) {
    case 0:
        answer_refusals(r);
        break;
    case ERR_INVALID:
        answer_problem(r->call->x, PROBLEM_BEATS_INVALID);
        break;
    case ERR_TOO_LARGE:
        answer_problem(r->call->x, PROBLEM_BEATS_TOO_MANY);
        break;
    case ERR_UNAVAILABLE:
        answer_keep(r);
        break;
    default:
        answer_err(r->call->x, err);
        break;
    }
}

static void store_batch(struct report_call *r);

static void on_stored(int err, const enum beat_verdict *verdicts, size_t n, void *arg)
{
    struct report_call *r = arg;

    for (size_t i = 0; i < n && !err; i++) {
        if (verdicts[i] == BEAT_NOT_STORED)
            err = ERR_UNAVAILABLE;
        else if (verdicts[i] == BEAT_TOO_SOON)
            r->refusals[r->report_of[i]] = BEAT_REFUSED_TOO_SOON;
    }
    if (err)
        finish(r, ERR_UNAVAILABLE);
    else
        store_batch(r);
}

static int find_lecture(struct report_call *r, const char *id)
{
    struct db *reader = r->call->services->reader;
    struct beat_lecture *known = &r->lecture;
    struct lecture lecture;

    if (strcmp(known->id, id) == 0)
        return 0;
    *known = (struct beat_lecture){0};
    int err = lecture_store_find(reader, id, &lecture);
    if (!err && lecture_is_watchable(&r->call->actor, &lecture)) {
        known->duration_us = lecture.duration_us;
        err = progress_store_find_place(reader, r->call->actor.user.id, id,
                                        http_exchange_arena(r->call->x), &known->stored);
    }
    if (err && err != ERR_NOT_FOUND)
        return err;
    memcpy(known->id, id, ID_SIZE);
    return 0;
}

/* Makes the next report ready to be sent, or refuses it. */
static int look_at_next(struct report_call *r)
{
    struct beat_report *report = &r->beats.reports[r->n_looked_at];
    struct watched_range *ranges = report->ranges_ms; /* become seconds in place */
    const bool is_malformed = report->is_malformed;
    enum beat_refusal refusal = NOT_REFUSED;

    r->n_sent = 0;
    r->n_seconds = 0;
    const int err = is_malformed ? 0 : find_lecture(r, report->lecture_id);
    if (err)
        return err;
    if (!is_malformed && r->lecture.duration_us == 0)
        refusal = BEAT_REFUSED_UNKNOWN;
    else if (is_malformed || watched_from_played(ranges, report->n_ranges, r->lecture.duration_us,
                                                 ranges, &r->n_seconds))
        refusal = BEAT_REFUSED_MALFORMED;
    r->refusals[r->n_looked_at] = refusal;
    return 0;
}

/* Adds the next beat of a report that look_at_next found good; true when it was the last one. */
static bool add_beat(struct report_call *r)
{
    const struct beat_report *report = &r->beats.reports[r->n_looked_at];
    const int64_t end_ms = r->lecture.duration_us / 1000;
    const size_t n_left = r->n_seconds - r->n_sent;
    const size_t n = n_left < BEAT_MAX_RANGES ? n_left : BEAT_MAX_RANGES;

    r->report_of[r->n_batch] = r->n_looked_at;
    r->batch[r->n_batch++] = (struct beat){
        .user_id = r->call->actor.user.id,
        .lecture_id = report->lecture_id,
        .session = r->beats.session,
        .seq = report->seq,
        .n_seconds = watched_n_seconds(r->lecture.duration_us),
        .position_ms = report->position_ms < end_ms ? report->position_ms : end_ms,
        .stored = r->lecture.stored,
        .ranges_s = report->ranges_ms + r->n_sent,
        .n_ranges = n,
    };
    r->n_sent += n;
    return r->n_sent == r->n_seconds;
}

/* Fills the batch, as far as there are beats. */
static int make_batch(struct report_call *r)
{
    r->n_batch = 0;
    while (r->n_looked_at < r->beats.n_reports && r->n_batch < BEATS_MAX) {
        const int err = r->n_sent < r->n_seconds ? 0 : look_at_next(r);
        if (err)
            return err;
        const bool is_refused = r->refusals[r->n_looked_at] != NOT_REFUSED;
        if (is_refused)
            r->n_sent = r->n_seconds; /* what is left of it would be refused too */
        if (is_refused || add_beat(r))
            r->n_looked_at++;
    }
    return 0;
}

/* Sends the next beats, or answers when all were sent. */
static void store_batch(struct report_call *r)
{
    const struct services *services = r->call->services;

    int err = make_batch(r);
    if (!err && r->n_batch > 0)
        err = hot_progress_store(services->redis, r->batch, r->n_batch,
                                 (int64_t)services_config(services)->progress_credit_s * 1000,
                                 on_stored, r);
    if (err || r->n_batch == 0)
        finish(r, err);
}

static int parse(struct report_call *r, const json_t *document)
{
    struct arena *arena = http_exchange_arena(r->call->x);

    const int err = beats_parse(document, arena, &r->beats);
    if (err)
        return err;
    r->refusals = arena_alloc(arena, (r->beats.n_reports + 1) * sizeof r->refusals[0]);
    return r->refusals ? 0 : ERR_NO_MEMORY;
}

static void begin(struct turn *turn)
{
    struct report_call *r = CONTAINER_OF(turn, struct report_call, turn);
    CLEANUP(json_decref) json_t *document = parse_json_body(r->call->x, r->body);

    if (!document) {
        turns_leave(turn);
        return;
    }
    const int err = parse(r, document);
    if (err) {
        finish(r, err);
        return;
    }
    hot_viewers_note(r->call->services->redis, r->call->actor.user.id, clock_wall_ms());
    store_batch(r);
}

static void answer_too_many(struct call *call)
{
    answer_problem_with(call->x, PROBLEM_REPORTS_TOO_MANY, &LATER);
}

static void refuse(struct turn *turn)
{
    answer_too_many(CONTAINER_OF(turn, struct report_call, turn)->call);
}

/* begin: what is done when the learner's turn has come. */
static void take_turn(struct call *call, struct slice body, void (*begin_turn)(struct turn *turn))
{
    struct report_call *r = arena_alloc(http_exchange_arena(call->x), sizeof *r);
    int err = ERR_NO_MEMORY;

    if (r) {
        r->turn = (struct turn){.begin = begin_turn, .refuse = refuse};
        r->call = call;
        r->body = body;
        err = turns_enter(call->services->reports, call->actor.user.id, &r->turn,
                          clock_monotonic_ms());
    }
    if (err == ERR_TOO_LARGE)
        answer_too_many(call);
    else if (err)
        answer_err(call->x, err);
}

static void begin_too_large(struct turn *turn)
{
    finish(CONTAINER_OF(turn, struct report_call, turn), ERR_TOO_LARGE);
}

static void on_report_body(struct http_exchange *x, struct slice body, void *arg)
{
    (void)x;
    take_turn(arg, body, begin);
}

static void handle_progress_report(struct call *call)
{
    const struct http_request *request = http_exchange_request(call->x);

    if (turns_is_full(call->services->reports, call->actor.user.id))
        answer_too_many(call);
    else if (request->content_length != HTTP_LENGTH_UNKNOWN &&
             request->content_length > BEATS_BODY_LIMIT)
        take_turn(call, (struct slice){0}, begin_too_large); /* refusals cost time too */
    else
        http_exchange_collect_body(call->x, BEATS_BODY_LIMIT, on_report_body, call);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_POST, "/api/v1/progress", POLICY_SIGNED_IN, NULL, handle_progress_report),
};

const struct route_table REPORT_ROUTES = ROUTE_TABLE("progress reports", ROUTES);
