// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress: heartbeats in, coverage out.
 *
 *     body ─▶ beats (pure) ─▶ lectures (reader) ─▶ Redis, one round trip ─▶ 204, or who was refused
 *
 * Answered with 2xx only when Redis has it; without Redis the player is told to keep its beats. */
#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "common/log.h"
#include "server/config.h"
#include "server/http/exchange.h"
#include "server/http/response.h"
#include "server/load/load.h"
#include "server/routes/answers.h"
#include "server/routes/beats.h"
#include "server/routes/handlers.h"
#include "server/routes/lecture_json.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "storage/hot_progress.h"
#include "storage/hot_viewers.h"
#include "storage/lecture_store.h"
#include "storage/progress_store.h"

enum report_verdict { REPORT_STORED, REPORT_MALFORMED, REPORT_UNKNOWN, REPORT_IMPLAUSIBLE };

static const char *const REASONS[] = {
    [REPORT_MALFORMED] = "malformed",
    [REPORT_UNKNOWN] = "unknown-lecture",
    [REPORT_IMPLAUSIBLE] = "implausible",
};

/* One report may become several beats, for a beat holds only so many ranges; beats go to Redis in
 * batches. */
struct report_call {
    struct call *call;
    struct beats beats;
    enum report_verdict *verdicts; /* one per report */
    struct beat *stored;           /* what goes to Redis */
    size_t *report_of;             /* which report each of them belongs to */
    size_t n_stored;
    size_t n_done; /* of those, answered by Redis */
    int64_t now_ms;
};

static const enum beat_refusal REFUSALS[] = {
    [REPORT_MALFORMED] = BEAT_REFUSED_MALFORMED,
    [REPORT_UNKNOWN] = BEAT_REFUSED_UNKNOWN,
    [REPORT_IMPLAUSIBLE] = BEAT_REFUSED_IMPLAUSIBLE,
};

/* Without memory NULL: a refusal that is not told would be taken for stored. */
static json_t *refused_json(const struct report_call *r)
{
    json_t *refused = json_array();

    for (size_t i = 0; i < r->beats.n_reports; i++) {
        if (r->verdicts[i] == REPORT_STORED)
            continue;
        load_count_refused_beat(r->call->services->load, REFUSALS[r->verdicts[i]]);
        json_t *one =
            json_pack("{s:I, s:s}", "index", (json_int_t)i, "reason", REASONS[r->verdicts[i]]);
        if (json_array_append_new(refused, one)) {
            json_decref(refused);
            return NULL;
        }
    }
    return refused;
}

static void answer_verdicts(const struct report_call *r)
{
    json_t *refused = refused_json(r);

    if (!refused || json_array_size(refused) > 0) {
        answer_json(r->call->x, 200, json_pack("{s:o}", "refused", refused));
        return;
    }
    json_decref(refused);
    http_answer(r->call->x, 204, NULL);
}

static void answer_keep(const struct report_call *r)
{
    for (size_t i = 0; i < r->beats.n_reports; i++)
        load_count_refused_beat(r->call->services->load, BEAT_REFUSED_REDIS);
    answer_unavailable(r->call->x, "Progress cannot be stored now: keep it and send it again.");
}

static void store_batch(struct report_call *r);

static void on_stored(int err, const enum beat_verdict *verdicts, size_t n, void *arg)
{
    struct report_call *r = arg;

    for (size_t i = 0; i < n && !err; i++) {
        if (verdicts[i] == BEAT_NOT_STORED)
            err = ERR_UNAVAILABLE;
        else if (verdicts[i] == BEAT_IMPLAUSIBLE)
            r->verdicts[r->report_of[r->n_done + i]] = REPORT_IMPLAUSIBLE;
    }
    r->n_done += n;
    if (err)
        answer_keep(r);
    else
        store_batch(r);
}

/* Sends the next beats, or answers when all were sent. */
static void store_batch(struct report_call *r)
{
    const struct services *services = r->call->services;
    const size_t n_left = r->n_stored - r->n_done;

    if (n_left == 0) {
        answer_verdicts(r);
        return;
    }
    const int err = hot_progress_store(services->redis, r->stored + r->n_done,
                                       n_left < BEATS_MAX ? n_left : BEATS_MAX,
                                       (int64_t)services_config(services)->progress_credit_s * 1000,
                                       r->now_ms, on_stored, r);
    if (err == ERR_UNAVAILABLE)
        answer_keep(r);
    else if (err)
        answer_err(r->call->x, err);
}

/* Adds the beats of one report about a lecture that is there. */
static void add_beats(struct report_call *r, size_t index, const struct lecture *lecture)
{
    const struct beat_report *report = &r->beats.reports[index];
    struct watched_range *ranges = report->ranges_ms; /* become seconds in place */
    const int64_t age_ms = report->age_ms < r->now_ms ? report->age_ms : r->now_ms;
    const int64_t end_ms = lecture->duration_us / 1000;
    size_t n = 0;

    if (watched_from_played(ranges, report->n_ranges, lecture->duration_us, ranges, &n)) {
        r->verdicts[index] = REPORT_MALFORMED;
        return;
    }
    size_t at = 0;
    do {
        const size_t n_here = n - at < BEAT_MAX_RANGES ? n - at : BEAT_MAX_RANGES;
        r->report_of[r->n_stored] = index;
        r->stored[r->n_stored++] = (struct beat){
            .user_id = r->call->actor.user.id,
            .lecture_id = report->lecture_id,
            .session = r->beats.session,
            .n_seconds = watched_n_seconds(lecture->duration_us),
            .position_ms = report->position_ms < end_ms ? report->position_ms : end_ms,
            .happened_at_ms = r->now_ms - age_ms,
            .ranges_s = ranges + at,
            .n_ranges = n_here,
        };
        at += n_here;
    } while (at < n);
}

static int find_beats(struct report_call *r)
{
    struct db *reader = r->call->services->reader;
    struct lecture lecture = {0};

    for (size_t i = 0; i < r->beats.n_reports; i++) {
        const struct beat_report *report = &r->beats.reports[i];
        int err = 0;
        if (report->is_malformed) {
            r->verdicts[i] = REPORT_MALFORMED;
            continue;
        }
        if (strcmp(lecture.id, report->lecture_id) != 0)
            err = lecture_store_find(reader, report->lecture_id, &lecture);
        if (err && err != ERR_NOT_FOUND)
            return err;
        if (err || lecture.duration_us == 0)
            r->verdicts[i] = REPORT_UNKNOWN;
        else
            add_beats(r, i, &lecture);
    }
    return 0;
}

/* Room for the beats that the reports may become. */
static int make_room(struct report_call *r, struct arena *arena)
{
    size_t n = 0;

    for (size_t i = 0; i < r->beats.n_reports; i++)
        n += 1 + r->beats.reports[i].n_ranges / BEAT_MAX_RANGES;
    r->verdicts = arena_alloc(arena, r->beats.n_reports * sizeof r->verdicts[0]);
    r->stored = arena_alloc(arena, n * sizeof r->stored[0]);
    r->report_of = arena_alloc(arena, n * sizeof r->report_of[0]);
    return r->verdicts && r->stored && r->report_of ? 0 : ERR_NO_MEMORY;
}

static void store_reports(struct report_call *r)
{
    int err = make_room(r, http_exchange_arena(r->call->x));

    r->now_ms = clock_wall_ms();
    hot_viewers_note(r->call->services->redis, r->beats.session, r->now_ms);
    if (!err)
        err = find_beats(r);
    if (err)
        answer_err(r->call->x, err);
    else
        store_batch(r);
}

static void on_report_body(struct http_exchange *x, struct slice body, void *arg)
{
    CLEANUP(json_decref) json_t *document = parse_json_body(x, body);
    struct arena *arena = http_exchange_arena(x);
    struct report_call *r = arena_alloc(arena, sizeof *r);

    if (!document)
        return;
    const int err = r ? beats_parse(document, arena, &r->beats) : ERR_NO_MEMORY;
    if (err == ERR_INVALID) {
        answer_bad_request(x, "session (32 hex digits) and beats (200 at most) are needed.");
    } else if (err) {
        answer_err(x, err);
    } else {
        r->call = arg;
        store_reports(r);
    }
}

void handle_progress_report(struct call *call)
{
    http_exchange_collect_body(call->x, BEATS_BODY_LIMIT, on_report_body, call);
}

/* ---- reading ---- */

struct read_call {
    struct call *call;
    struct lecture lecture;
    struct watched stored; /* of SQLite */
};

/* NULL without memory. */
static json_t *ranges_json(const struct watched *w, struct arena *arena)
{
    size_t n = 0;

    (void)watched_ranges(w, NULL, 0, &n);
    struct watched_range *ranges = arena_alloc(arena, n * sizeof ranges[0]);
    if (!ranges)
        return NULL;
    n = watched_ranges(w, ranges, n, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        if (json_array_append_new(array, json_pack("[I, I]", (json_int_t)ranges[i].from,
                                                   (json_int_t)ranges[i].to))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static void answer_progress(const struct read_call *r, const struct watched *w)
{
    const struct config *config = services_config(r->call->services);
    const int64_t n_seconds = watched_n_seconds(r->lecture.duration_us);
    const int64_t count = watched_count(w);
    const bool is_complete = watched_is_complete(count, n_seconds, (int)config->complete_permille);

    answer_json(r->call->x, 200,
                json_pack("{s:f, s:I, s:f, s:f, s:b, s:o}", "position_s",
                          (double)w->position_ms / 1000.0, "watched_s", (json_int_t)count,
                          "duration_s", seconds_with_ms(r->lecture.duration_us), "coverage",
                          watched_coverage_permille(count, n_seconds) / 1000.0, "completed",
                          (int)is_complete, "watched",
                          ranges_json(w, http_exchange_arena(r->call->x))));
}

/* Redis may hold more than SQLite, or nothing, or be away: then what was drained is told. */
static void on_hot_read(int err, const struct watched *hot, void *arg)
{
    struct read_call *r = arg;
    uint8_t *buffer = arena_alloc(http_exchange_arena(r->call->x), WATCHED_MAX_BYTES);

    if (!buffer) {
        answer_unavailable(r->call->x, "The server is short of memory");
        return;
    }
    if (err) {
        answer_progress(r, &r->stored);
        return;
    }
    const struct watched merged = watched_merge(&r->stored, hot, buffer);
    answer_progress(r, &merged);
}

static int find_stored(struct read_call *r)
{
    struct db *reader = r->call->services->reader;
    struct arena *arena = http_exchange_arena(r->call->x);
    char id[ID_SIZE] = "";

    if (!id_is_valid(r->call->params[0]))
        return ERR_NOT_FOUND;
    (void)slice_to_cstr(r->call->params[0], id, sizeof id);
    int err = lecture_store_find(reader, id, &r->lecture);
    if (err)
        return err;
    err = progress_store_find(reader, r->call->actor.user.id, id, arena, &r->stored);
    return err == ERR_NOT_FOUND ? 0 : err;
}

void handle_lecture_progress(struct call *call)
{
    struct read_call *r = arena_alloc(http_exchange_arena(call->x), sizeof *r);

    if (!r) {
        answer_unavailable(call->x, "The server is short of memory");
        return;
    }
    r->call = call;
    const int err = find_stored(r);
    if (err)
        answer_err(call->x, err);
    else if (hot_progress_read(call->services->redis, call->actor.user.id, r->lecture.id,
                               on_hot_read, r))
        answer_progress(r, &r->stored);
}
