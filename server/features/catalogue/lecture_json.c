// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/lecture_json.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "common/package/package.h"
#include "common/package/storyboard_files.h"
#include "server/auth/playback_token.h"
#include "server/config.h"
#include "server/features/health/health.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/hot/watched_seconds.h"

enum { URL_SIZE = 128 };

double seconds_with_ms(int64_t us)
{
    const int64_t ms = us / 1000;

    return (double)ms / 1000.0;
}

static json_t *seconds_json(int64_t us)
{
    return us > 0 ? json_real(seconds_with_ms(us)) : json_null();
}

static json_t *failure_json(enum failure failure)
{
    return json_pack("{s:s, s:s, s:s}", "code", failure_code(failure), "message",
                     failure_text_vi(failure), "message_en", failure_text_en(failure));
}

/* The stored array of codes as an array of failures; NULL for anything else that is stored. */
static json_t *warnings_json(const char *stored)
{
    CLEANUP(json_decref) json_t *codes = NULL;
    CLEANUP(json_decref) json_t *warnings = json_array();

    if (json_parse(slice_from(stored), &codes) || !json_is_array(codes))
        return NULL;
    for (size_t i = 0; i < json_array_size(codes); i++) {
        const char *code = json_string_value(json_array_get(codes, i));
        if (!code ||
            json_array_append_new(warnings, failure_json(failure_from_code(slice_from(code)))))
            return NULL;
    }
    return json_incref(warnings);
}

/* What keeps a job from going on that nobody can see otherwise. */
static json_t *waits_for_json(const struct call *call, const struct job *job)
{
    const bool is_active = job->state == JOB_QUEUED || job->state == JOB_RUNNING;

    return is_active && atomic_load(&call->services->health->is_short_of_room)
               ? json_string("disk_space")
               : json_null();
}

static json_t *job_json(const struct call *call, const struct job *job)
{
    const bool is_under_way = job->state == JOB_RUNNING;

    return json_pack(
        "{s:s, s:o, s:f, s:o, s:o, s:o, s:o, s:o}", "state", job_state_name(job->state), "stage",
        is_under_way ? json_string(task_kind_name(job->stage)) : json_null(), "progress",
        (double)job->progress_permille / 1000.0, "speed",
        is_under_way && job->speed_permille > 0 ? json_real((double)job->speed_permille / 1000.0)
                                                : json_null(),
        "eta_s", is_under_way && job->eta_s >= 0 ? json_integer(job->eta_s) : json_null(), "error",
        job->failure == FAILURE_NONE ? json_null() : failure_json(job->failure), "warnings",
        warnings_json(job->warnings), "waits_for", waits_for_json(call, job));
}

/* Whether learners may begin. What is on disk of a growing package is told by its job. */
static bool is_playable(const struct catalogue_lecture *row)
{
    if (row->lecture.state == LECTURE_READY)
        return true;
    return row->lecture.state == LECTURE_PROCESSING && row->lecture.package_id[0] &&
           row->job.is_playable;
}

static json_t *playback_url_json(const char *token, const char *package, const char *file)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof url, "/v/%s/%s/%s", token, package, file);
    return json_string(url);
}

static json_t *poster_json(const struct catalogue_lecture *row, const char *token)
{
    return row->job.n_chunks > 0 ? playback_url_json(token, row->lecture.package_id, "poster.jpg")
                                 : json_null();
}

static json_t *playback_json(const struct call *call, const struct catalogue_lecture *row,
                             bool is_row)
{
    const char *package = row->lecture.package_id;
    char token[PLAYBACK_TOKEN_SIZE];

    if (!row->has_job || !is_playable(row))
        return json_null();
    playback_token_make(call->services->playback_key, package, clock_wall_ms(), token);
    if (is_row)
        return json_pack("{s:o}", "poster", poster_json(row, token));
    return json_pack("{s:o, s:o, s:o}", "hls",
                     playback_url_json(token, package, "multivariant.m3u8"), "audio",
                     row->job.n_sounds > 0 ? playback_url_json(token, package, "audio.m3u8")
                                           : json_null(),
                     "poster", poster_json(row, token));
}

static json_t *course_ref_json(const struct catalogue_lecture *row)
{
    if (!row->lecture.course_id[0])
        return json_null();
    return json_pack("{s:s, s:s}", "id", row->lecture.course_id, "title", row->course_title);
}

/* The caller's own progress as far as it was drained: good enough for lists, and no question to
 * Redis for each lecture in them. */
static json_t *progress_json(const struct call *call, const struct catalogue_lecture *row)
{
    const struct config *config = services_config(call->services);
    const int64_t n_seconds = watched_n_seconds(row->lecture.duration_us);

    if (row->position_ms < 0 || n_seconds == 0)
        return json_null();
    return json_pack("{s:f, s:I, s:f, s:b}", "position_s", (double)row->position_ms / 1000.0,
                     "watched_s", (json_int_t)row->watched_s, "coverage",
                     watched_coverage_permille(row->watched_s, n_seconds) / 1000.0, "completed",
                     (int)watched_is_complete(row->watched_s, n_seconds,
                                              (int)config->complete_permille));
}

/* Of a list only what its pages show. */
static bool shows_job(const struct call *call, const struct catalogue_lecture *row, bool is_row)
{
    const struct viewer viewer = policy_viewer(&call->actor);

    if (!row->has_job || !is_row || row->lecture.state != LECTURE_READY)
        return row->has_job;
    return strcmp(row->job.warnings, "[]") != 0 &&
           lecture_is_visible(&viewer, LECTURE_FAILED, row->lecture.owner_id);
}

static json_t *upload_json(const struct catalogue_lecture *row)
{
    return json_pack("{s:I, s:I}", "offset", (json_int_t)row->upload_offset, "length",
                     (json_int_t)row->upload_length);
}

static json_t *make(const struct call *call, const struct catalogue_lecture *row, bool is_row)
{
    const struct lecture *lecture = &row->lecture;
    char created_at[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(lecture->created_at_ms, created_at);
    CLEANUP(json_decref)
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "id", lecture->id, "title",
                  lecture->title, "course", course_ref_json(row), "state",
                  lecture_state_name(lecture->state), "duration_s",
                  seconds_json(lecture->duration_us), "created_at", created_at, "playback",
                  playback_json(call, row, is_row), "job",
                  shows_job(call, row, is_row) ? job_json(call, &row->job) : json_null(),
                  "progress", progress_json(call, row));
    if (!object ||
        (row->upload_offset >= 0 && json_object_set_new(object, "upload", upload_json(row))))
        return NULL;
    return json_incref(object);
}

struct catalogue_reader catalogue_reader_of(const struct call *call)
{
    struct catalogue_reader reader = {.viewer = policy_viewer(&call->actor)};

    if (call->actor.kind == ACTOR_USER)
        memcpy(reader.user_id, call->actor.user.id, ID_SIZE);
    return reader;
}

json_t *lecture_json(const struct call *call, const struct catalogue_lecture *lecture)
{
    return make(call, lecture, false);
}

json_t *lecture_row_json(const struct call *call, const struct catalogue_lecture *lecture)
{
    return make(call, lecture, true);
}

int lecture_json_add_storyboard(const struct call *call, const struct package *package,
                                const char *package_id, json_t *object)
{
    json_t *playback = json_object_get(object, "playback");
    const bool has_sheets = package->n_sheets > 0;
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(call->services->playback_key, package_id, clock_wall_ms(), token);
    json_t *storyboard =
        has_sheets ? playback_url_json(token, package_id, STORYBOARD_CUES_NAME) : json_null();
    json_t *slides = has_sheets && package->n_slides >= 2
                         ? playback_url_json(token, package_id, STORYBOARD_SLIDES_NAME)
                         : json_null();
    /* both take their reference, also of NULL, and fail then */
    const int failed = json_object_set_new(playback, "storyboard", storyboard);
    return json_object_set_new(playback, "slides", slides) || failed ? ERR_NO_MEMORY : 0;
}

json_t *course_row_json(const struct catalogue_course *course)
{
    return json_pack("{s:s, s:s, s:I, s:f}", "id", course->course.id, "title", course->course.title,
                     "n_lectures", (json_int_t)course->n_lectures, "duration_s",
                     seconds_with_ms(course->duration_us));
}
