// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/lecture_json.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "common/package/package.h"
#include "common/package/storyboard_files.h"
#include "server/auth/playback_token.h"
#include "server/config.h"
#include "server/features/health/health.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/hot/watched_seconds.h"

enum { URL_SIZE = 128, SENTENCE_LIMIT = 1024 };

static void put_seconds_if(bool is_known, struct buf *json, const char *name, int64_t us)
{
    if (is_known)
        json_put_seconds(json, name, us);
    else
        json_put_null(json, name);
}

static void put_sentence(struct buf *json, const char *name, const struct warning *finding,
                         void (*say)(enum failure failure, const char *detail, struct buf *out))
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(SENTENCE_LIMIT);

    say(finding->failure, finding->detail, &text);
    json_put_slice(json, name, buf_slice(&text));
    json->err = json->err ? json->err : text.err;
}

static void put_finding(struct buf *json, const char *name, const struct warning *finding)
{
    const bool is_timed = finding->until_us > 0;

    json_begin_object(json, name);
    json_put_text(json, "code", failure_code(finding->failure));
    put_sentence(json, "message", finding, failure_say_vi);
    put_sentence(json, "message_en", finding, failure_say_en);
    put_seconds_if(is_timed, json, "from_s", finding->from_us);
    put_seconds_if(is_timed, json, "until_s", finding->until_us);
    json_put_text_or_null(json, "detail", finding->detail);
    json_end_object(json);
}

static void put_failure(struct buf *json, const char *name, const struct job *job)
{
    struct warning finding = {.failure = job->failure};

    if (job->failure == FAILURE_NONE) {
        json_put_null(json, name);
        return;
    }
    warning_set_detail(&finding, job->failure_detail);
    put_finding(json, name, &finding);
}

/* The stored warnings as findings. */
static void put_warnings(struct buf *json, const char *stored)
{
    CLEANUP(json_decref) json_t *warnings = NULL;
    struct warning warning;

    if (json_parse(slice_from(stored), &warnings) || !json_is_array(warnings))
        json->err = json->err ? json->err : ERR_CORRUPT;
    json_begin_array(json, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        if (warning_parse(json_array_get(warnings, i), &warning) == 0)
            put_finding(json, NULL, &warning);
        else
            json->err = json->err ? json->err : ERR_CORRUPT;
    }
    json_end_array(json);
}

/* What keeps a job from going on that nobody can see otherwise. */
static const char *waits_for(const struct call *call, const struct job *job)
{
    const bool is_active = job->state == JOB_QUEUED || job->state == JOB_RUNNING;

    return is_active && atomic_load(&call->services->health->is_short_of_room) ? "disk_space" : "";
}

static void put_job(const struct call *call, const struct job *job, struct buf *json)
{
    const bool is_under_way = job->state == JOB_RUNNING;

    json_begin_object(json, "job");
    json_put_text(json, "state", job_state_name(job->state));
    json_put_text_or_null(json, "stage", is_under_way ? task_kind_name(job->stage) : "");
    json_put_milli(json, "progress", job->progress_permille);
    if (is_under_way && job->speed_permille > 0)
        json_put_milli(json, "speed", job->speed_permille);
    else
        json_put_null(json, "speed");
    if (is_under_way && job->eta_s >= 0)
        json_put_int(json, "eta_s", job->eta_s);
    else
        json_put_null(json, "eta_s");
    put_failure(json, "error", job);
    put_warnings(json, job->warnings);
    json_put_text_or_null(json, "waits_for", waits_for(call, job));
    json_end_object(json);
}

/* Whether learners may begin. What is on disk of a growing package is told by its job. */
static bool is_playable(const struct catalogue_lecture *row)
{
    if (!row->has_job)
        return false;
    if (row->lecture.state == LECTURE_READY)
        return true;
    return row->lecture.state == LECTURE_PROCESSING && row->lecture.package_id[0] &&
           row->job.is_playable;
}

/* Where a lecture's files are. */
struct place {
    char token[PLAYBACK_TOKEN_SIZE];
    const char *package_id;
};

static void put_url(struct buf *json, const char *name, const struct place *place, const char *file,
                    bool is_there)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof url, "/v/%s/%s/%s", place->token, place->package_id, file);
    json_put_text_or_null(json, name, is_there ? url : "");
}

static void put_pictures(struct buf *json, const struct place *place, const struct package *package)
{
    const bool has_sheets = package->n_sheets > 0;

    put_url(json, "storyboard", place, STORYBOARD_CUES_NAME, has_sheets);
    put_url(json, "slides", place, STORYBOARD_SLIDES_NAME, has_sheets && package->n_slides >= 2);
}

static void put_playback(const struct call *call, const struct catalogue_lecture *row,
                         const struct package *package, bool is_row, struct buf *json)
{
    struct place place = {.package_id = row->lecture.package_id};

    if (!is_playable(row)) {
        json_put_null(json, "playback");
        return;
    }
    playback_token_make(call->services->playback_key, place.package_id, clock_wall_ms(),
                        place.token);
    json_begin_object(json, "playback");
    if (!is_row) {
        put_url(json, "hls", &place, "multivariant.m3u8", true);
        put_url(json, "audio", &place, "audio.m3u8", row->job.n_sounds > 0);
        put_url(json, "hls_opus", &place, "multivariant-opus.m3u8", row->job.n_sounds > 0);
        put_url(json, "audio_opus", &place, "audio-opus.m3u8", row->job.n_sounds > 0);
    }
    put_url(json, "poster", &place, "poster.jpg", row->job.n_chunks > 0);
    if (package)
        put_pictures(json, &place, package);
    json_end_object(json);
}

static void put_course(struct buf *json, const struct catalogue_lecture *row)
{
    if (!row->lecture.course_id[0]) {
        json_put_null(json, "course");
        return;
    }
    json_begin_object(json, "course");
    json_put_text(json, "id", row->lecture.course_id);
    json_put_text(json, "title", row->course_title);
    json_end_object(json);
}

/* The caller's own progress as far as it was drained: good enough for lists, and no question to
 * Redis for each lecture in them. */
static void put_progress(const struct call *call, const struct catalogue_lecture *row,
                         struct buf *json)
{
    const int threshold = (int)services_config(call->services)->complete_permille;
    const int64_t n_seconds = watched_n_seconds(row->lecture.duration_us);

    if (row->position_ms < 0 || n_seconds == 0) {
        json_put_null(json, "progress");
        return;
    }
    json_begin_object(json, "progress");
    json_put_milli(json, "position_s", row->position_ms);
    json_put_int(json, "watched_s", row->watched_s);
    json_put_milli(json, "coverage", watched_coverage_permille(row->watched_s, n_seconds));
    json_put_bool(json, "completed", watched_is_complete(row->watched_s, n_seconds, threshold));
    json_end_object(json);
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

static void put_upload(struct buf *json, const struct catalogue_lecture *row)
{
    json_begin_object(json, "upload");
    json_put_int(json, "offset", row->upload_offset);
    json_put_int(json, "length", row->upload_length);
    json_end_object(json);
}

static void put_lecture(const struct call *call, const struct catalogue_lecture *row,
                        const struct package *package, bool is_row, struct buf *json)
{
    const struct lecture *lecture = &row->lecture;

    json_begin_object(json, NULL);
    json_put_text(json, "id", lecture->id);
    json_put_text(json, "title", lecture->title);
    put_course(json, row);
    json_put_text(json, "state", lecture_state_name(lecture->state));
    put_seconds_if(lecture->duration_us > 0, json, "duration_s", lecture->duration_us);
    json_put_time(json, "created_at", lecture->created_at_ms);
    put_playback(call, row, package, is_row, json);
    if (shows_job(call, row, is_row))
        put_job(call, &row->job, json);
    else
        json_put_null(json, "job");
    put_progress(call, row, json);
    if (row->upload_offset >= 0)
        put_upload(json, row);
    json_end_object(json);
}

struct catalogue_reader catalogue_reader_of(const struct call *call)
{
    struct catalogue_reader reader = {.viewer = policy_viewer(&call->actor)};

    if (call->actor.kind == ACTOR_USER)
        memcpy(reader.user_id, call->actor.user.id, ID_SIZE);
    return reader;
}

void lecture_json(const struct call *call, const struct catalogue_lecture *lecture,
                  const struct package *package, struct buf *json)
{
    put_lecture(call, lecture, package, false, json);
}

void lecture_row_json(const struct call *call, const struct catalogue_lecture *lecture,
                      struct buf *json)
{
    put_lecture(call, lecture, NULL, true, json);
}

void course_members_json(const struct catalogue_course *course, struct buf *json)
{
    json_put_text(json, "id", course->course.id);
    json_put_text(json, "title", course->course.title);
    json_put_int(json, "n_lectures", course->n_lectures);
    json_put_seconds(json, "duration_s", course->duration_us);
}
