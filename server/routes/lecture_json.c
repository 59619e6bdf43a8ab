// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/lecture_json.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "common/package/storyboard_files.h"
#include "server/auth/playback_token.h"
#include "server/config.h"
#include "server/routes/health.h"
#include "server/routes/package_cache.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "storage/course_store.h"
#include "storage/job_store.h"
#include "storage/lecture_store.h"
#include "storage/progress_store.h"
#include "storage/upload_store.h"

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

/* The stored array of codes as an array of failures. */
static json_t *warnings_json(const char *stored)
{
    CLEANUP(json_decref) json_t *codes = NULL;
    json_t *warnings = json_array();

    if (json_parse(slice_from(stored), &codes))
        return warnings;
    for (size_t i = 0; i < json_array_size(codes); i++) {
        const char *code = json_string_value(json_array_get(codes, i));
        if (code)
            (void)json_array_append_new(warnings,
                                        failure_json(failure_from_code(slice_from(code))));
    }
    return warnings;
}

/* What keeps a job from going on that nobody can see otherwise. */
static json_t *waits_for_json(struct call *call, const struct job *job)
{
    const bool is_active = job->state == JOB_QUEUED || job->state == JOB_RUNNING;

    return is_active && atomic_load(&call->services->health->is_short_of_room)
               ? json_string("disk_space")
               : json_null();
}

static json_t *job_json(struct call *call, const struct job *job)
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

/* Whether something of every kind that the lecture has can be played: picture, if it has one, and
 * sound, if it has one. A growing package counts from its first parts on. */
static bool is_playable(struct call *call, const struct lecture *lecture, const struct job *job)
{
    const struct package *package = NULL;
    bool has_video = job->n_chunks == 0;
    bool has_sound = job->n_sounds == 0;

    if (lecture->state == LECTURE_READY)
        return true;
    if (lecture->state != LECTURE_PROCESSING || !lecture->package_id[0] ||
        package_cache_get(call->services->packages, slice_from(lecture->package_id), &package))
        return false;
    for (size_t i = 0; i < package->n_renditions; i++) {
        const struct rendition *rendition = &package->renditions[i];
        if (rendition->n_fragments == 0)
            continue;
        has_video = has_video || rendition->kind == RENDITION_VIDEO;
        has_sound = has_sound || rendition->kind == RENDITION_AUDIO;
    }
    return has_video && has_sound;
}

static json_t *playback_url_json(const char *token, const char *package, const char *file)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof url, "/v/%s/%s/%s", token, package, file);
    return json_string(url);
}

static json_t *playback_json(struct call *call, const struct lecture *lecture,
                             const struct job *job)
{
    const char *package = lecture->package_id;
    char token[PLAYBACK_TOKEN_SIZE];

    if (!is_playable(call, lecture, job))
        return json_null();
    playback_token_make(call->services->playback_key, package, clock_wall_ms(), token);
    return json_pack(
        "{s:o, s:o, s:o}", "hls", playback_url_json(token, package, "multivariant.m3u8"), "audio",
        job->n_sounds > 0 ? playback_url_json(token, package, "audio.m3u8") : json_null(), "poster",
        job->n_chunks > 0 ? playback_url_json(token, package, "poster.jpg") : json_null());
}

static json_t *course_ref_json(struct call *call, const struct lecture *lecture,
                               const struct course *course)
{
    struct course found;

    if (!lecture->course_id[0])
        return json_null();
    if (!course) {
        if (course_store_find(call->services->reader, lecture->course_id, &found))
            return json_null();
        course = &found;
    }
    return json_pack("{s:s, s:s}", "id", course->id, "title", course->title);
}

static void add_upload(struct call *call, const struct lecture *lecture, json_t *object)
{
    struct upload upload;

    if (lecture->state != LECTURE_UPLOADING ||
        upload_store_find(call->services->reader, lecture->id, &upload))
        return;
    (void)json_object_set_new(object, "upload",
                              json_pack("{s:I, s:I}", "offset", (json_int_t)upload.durable_offset,
                                        "length", (json_int_t)upload.length_bytes));
}

/* The caller's own progress as far as it was drained: good enough for lists, and no question to
 * Redis for each lecture in them. */
static json_t *progress_json(struct call *call, const struct lecture *lecture)
{
    const struct config *config = services_config(call->services);
    const int64_t n_seconds = watched_n_seconds(lecture->duration_us);
    int64_t position_ms;
    int64_t watched_s;

    if (call->actor.kind != ACTOR_USER || n_seconds == 0 ||
        progress_store_find_summary(call->services->reader, call->actor.user.id, lecture->id,
                                    &position_ms, &watched_s))
        return json_null();
    return json_pack("{s:f, s:I, s:f, s:b}", "position_s", (double)position_ms / 1000.0,
                     "watched_s", (json_int_t)watched_s, "coverage",
                     watched_coverage_permille(watched_s, n_seconds) / 1000.0, "completed",
                     (int)watched_is_complete(watched_s, n_seconds,
                                              (int)config->complete_permille));
}

json_t *lecture_json(struct call *call, const struct lecture *lecture, const struct course *course)
{
    char created_at[CLOCK_RFC3339_SIZE];
    struct job job = {0};

    const int err = job_store_find_by_lecture(call->services->reader, lecture->id, &job);
    if (err && err != ERR_NOT_FOUND)
        return NULL;
    clock_format_rfc3339(lecture->created_at_ms, created_at);
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "id", lecture->id, "title",
                  lecture->title, "course", course_ref_json(call, lecture, course), "state",
                  lecture_state_name(lecture->state), "duration_s",
                  seconds_json(lecture->duration_us), "created_at", created_at, "playback",
                  err ? json_null() : playback_json(call, lecture, &job), "job",
                  err ? json_null() : job_json(call, &job), "progress",
                  progress_json(call, lecture));
    if (object)
        add_upload(call, lecture, object);
    return object;
}

void lecture_json_add_storyboard(struct call *call, const struct lecture *lecture, json_t *object)
{
    json_t *playback = json_object_get(object, "playback");
    const struct package *package = NULL;
    char token[PLAYBACK_TOKEN_SIZE];

    if (!json_is_object(playback) ||
        package_cache_get(call->services->packages, slice_from(lecture->package_id), &package))
        return;
    playback_token_make(call->services->playback_key, lecture->package_id, clock_wall_ms(), token);
    (void)json_object_set_new(playback, "storyboard",
                              package->n_sheets > 0 ? playback_url_json(token, lecture->package_id,
                                                                        STORYBOARD_CUES_NAME)
                                                    : json_null());
    (void)json_object_set_new(playback, "slides",
                              package->n_sheets > 0 && package->n_slides >= 2
                                  ? playback_url_json(token, lecture->package_id,
                                                      STORYBOARD_SLIDES_NAME)
                                  : json_null());
}

json_t *course_summary_json(const struct course *course)
{
    return json_pack("{s:s, s:s, s:I, s:f}", "id", course->id, "title", course->title, "n_lectures",
                     (json_int_t)course->n_lectures, "duration_s",
                     seconds_with_ms(course->duration_us));
}
