// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>

#include "common/err.h"
#include "transcoder/audio/limiter.h"
#include "transcoder/audio/sound_source.h"
#include "transcoder/cmaf/part_writer.h"
#include "transcoder/plan/sound_choice.h"
#include "transcoder/plan/sound_cut.h"
#include "transcoder/source/source.h"
#include "transcoder/stages/caption_part.h"
#include "transcoder/stages/sound_lane.h"
#include "transcoder/stages/stage.h"

enum { BLOCK_SAMPLES = 2400, BLOCK_US = 50000 };

/* One sound of the source and all that is made of it. */
struct track {
    struct source *source;                            /* owned: each reads the file for itself */
    struct sound_source *sound;                       /* owned */
    struct limiter *limiter;                          /* owned */
    struct sound_lane *lanes[LADDER_MAX_SOUND_RUNGS]; /* owned */
    size_t n_lanes;
    float peak; /* of all that was decoded, before any gain */
};

/* All renditions of all sounds go forward together, so that a part holds the same seconds of each.
 */
struct sound_work {
    const struct stage_context *context;
    const struct plan *plan;
    struct track tracks[PLAN_MAX_SOUNDS];
    float *samples[SOUND_MAX_CHANNELS]; /* owned */
    uint32_t n_parts;                   /* that are made */
};

static void work_clear_cleanup(struct sound_work *w)
{
    for (size_t i = 0; i < PLAN_MAX_SOUNDS; i++) {
        struct track *track = &w->tracks[i];
        for (size_t k = 0; k < LADDER_MAX_SOUND_RUNGS; k++)
            sound_lane_free(track->lanes[k]);
        limiter_free(track->limiter);
        sound_source_free(track->sound);
        source_close(track->source);
    }
    for (int c = 0; c < SOUND_MAX_CHANNELS; c++)
        free(w->samples[c]);
}

static int open_lanes(const struct sound_work *w, const struct plan_sound *sound,
                      struct track *track)
{
    int err = 0;

    for (track->n_lanes = 0; track->n_lanes < sound->n_rungs && !err; track->n_lanes++)
        err = sound_lane_open(&(struct sound_lane_config){.link = w->context->link,
                                                          .sound = sound,
                                                          .rung = track->n_lanes,
                                                          .n_channels =
                                                              sound_source_n_channels(track->sound),
                                                          .duration_us = w->plan->duration_us},
                              w->context->fault, &track->lanes[track->n_lanes]);
    return err;
}

/* What is read first would come out of the limiter as silence from before the start. */
static int prime(struct sound_work *w, struct track *track)
{
    const int err = sound_source_read(track->sound, w->samples, LIMITER_DELAY);

    if (!err)
        limiter_process(track->limiter, w->samples, LIMITER_DELAY);
    return err;
}

static int open_track(struct sound_work *w, size_t index)
{
    const struct stage_context *context = w->context;
    const struct plan_sound *sound = &w->plan->sounds[index];
    struct track *track = &w->tracks[index];

    int err =
        source_open(context->source_fd, context->source_bytes, context->fault, &track->source);
    if (!err && sound->stream >= track->source->format->nb_streams)
        err = ERR_CONFLICT;
    if (!err)
        err = sound_source_open(track->source, sound, context->fault, &track->sound);
    if (err)
        return err;
    track->limiter = limiter_new(sound_source_n_channels(track->sound), sound->gain_centi_db);
    err = track->limiter ? prime(w, track) : ERR_NO_MEMORY;
    return err ? err : open_lanes(w, sound, track);
}

static int open_work(struct sound_work *w)
{
    int err = 0;

    for (int c = 0; c < SOUND_MAX_CHANNELS && !err; c++) {
        w->samples[c] = calloc(BLOCK_SAMPLES, sizeof(float));
        err = w->samples[c] ? 0 : ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < w->plan->n_sounds && !err; i++)
        err = open_track(w, i);
    return err;
}

static void note_peak(const struct sound_work *w, struct track *track)
{
    const int n_channels = sound_source_n_channels(track->sound);

    for (int c = 0; c < n_channels; c++) {
        for (size_t i = 0; i < BLOCK_SAMPLES; i++)
            track->peak = fmaxf(track->peak, fabsf(w->samples[c][i]));
    }
}

static int feed_track(struct sound_work *w, struct track *track)
{
    int err = sound_source_read(track->sound, w->samples, BLOCK_SAMPLES);

    if (!err) {
        note_peak(w, track);
        limiter_process(track->limiter, w->samples, BLOCK_SAMPLES);
    }
    for (size_t i = 0; i < track->n_lanes && !err; i++)
        err = sound_lane_feed(track->lanes[i], w->samples, BLOCK_SAMPLES);
    return err;
}

/* Whether a question has the answer yes for every lane. */
static bool holds_for_all(const struct sound_work *w,
                          bool (*question)(const struct sound_lane *lane))
{
    for (size_t i = 0; i < w->plan->n_sounds; i++) {
        for (size_t k = 0; k < w->tracks[i].n_lanes; k++) {
            if (!question(w->tracks[i].lanes[k]))
                return false;
        }
    }
    return true;
}

static int report_tallies(const struct sound_work *w, struct package *part)
{
    const struct time_span lecture = {0, w->plan->duration_us};
    int err = 0;

    for (size_t i = 0; i < w->plan->n_sounds && !err; i++) {
        struct tally tally;
        sound_source_report(w->tracks[i].sound, &tally);
        tally.stream = w->plan->sounds[i].stream;
        span_list_clip(&tally.offered, lecture);
        span_list_clip(&tally.taken, lecture);
        err = tally_list_add(&part->tallies, &tally);
    }
    return err;
}

/* All lanes have made their share of the part. */
static int end_part(struct sound_work *w)
{
    CLEANUP(package_free) struct package *part = package_new();
    int err = part ? 0 : ERR_NO_MEMORY;

    for (size_t i = 0; i < w->plan->n_sounds; i++) {
        for (size_t k = 0; k < w->tracks[i].n_lanes && !err; k++)
            err = sound_lane_hand_over(w->tracks[i].lanes[k], part);
    }
    if (!err)
        err = report_tallies(w, part);
    if (!err && holds_for_all(w, sound_lane_is_done))
        err = caption_part_add(w->context, w->plan, part);
    if (err)
        return err;
    part->duration_us = w->plan->duration_us;
    part->target_duration_s = w->plan->target_duration_s;
    err = part_index_write(w->context->link, PART_SOUND, w->n_parts, part);
    if (!err)
        link_part(w->context->link, PART_SOUND, w->n_parts++);
    return err;
}

static int check_decoded(const struct sound_work *w)
{
    for (size_t i = 0; i < w->plan->n_sounds; i++) {
        if (sound_source_n_frames(w->tracks[i].sound) == 0)
            return fault_set(w->context->fault, FAILURE_NO_STREAM, ERR_INVALID,
                             "no sound can be decoded");
    }
    return 0;
}

/* Names the sounds in which nothing was heard from end to end, in words where there are several. */
static void warn_of_silence(const struct sound_work *w)
{
    const float audible = powf(10, SOUND_SILENT_CENTI_DBFS / 2000.0F);

    for (size_t i = 0; i < w->plan->n_sounds; i++) {
        struct warning warning = {.failure = FAILURE_SILENT};
        char label[TRACK_TITLE_SIZE];
        if (w->tracks[i].peak > audible)
            continue;
        plan_sound_label(w->plan, i, label);
        warning_set_detail(&warning, label);
        link_warning(w->context->link, &warning);
    }
}

/* All of every sound was read: says what there was in it. */
static int end_of_sound(const struct sound_work *w)
{
    const int err = check_decoded(w);

    if (!err)
        warn_of_silence(w);
    return err;
}

static int encode(struct sound_work *w)
{
    const int64_t n_blocks = w->plan->duration_us / BLOCK_US + 1;
    bool is_done = false;

    for (int64_t block = 0; !is_done; block++) {
        int err = 0;
        for (size_t i = 0; i < w->plan->n_sounds && !err; i++)
            err = feed_track(w, &w->tracks[i]);
        is_done = holds_for_all(w, sound_lane_is_done);
        if (!err && is_done)
            err = end_of_sound(w);
        if (!err && holds_for_all(w, sound_lane_is_waiting))
            err = end_part(w);
        if (err)
            return err;
        const int64_t permille = block * 1000 / n_blocks;
        link_progress(w->context->link, STAGE_SOUND, permille < 1000 ? permille : 1000,
                      block * BLOCK_US);
    }
    return 0;
}

/* Announces the parts when all of them were made before. */
static bool was_made(const struct stage_context *context, const struct plan *plan)
{
    const uint32_t n = sound_cut_parts(plan->duration_us);

    for (uint32_t i = 0; i < n; i++) {
        if (!part_exists(context->link, PART_SOUND, i))
            return false;
    }
    for (uint32_t i = 0; i < n; i++)
        link_part(context->link, PART_SOUND, i);
    return true;
}

int stage_sound(const struct stage_context *context)
{
    CLEANUP(plan_free) struct plan *plan = NULL;
    CLEANUP(work_clear) struct sound_work work = {.context = context};

    int err = stage_load_plan(context, &plan);
    work.plan = plan;
    if (!err && plan->n_sounds == 0)
        err = fault_set(context->fault, FAILURE_INTERNAL, ERR_NOT_FOUND, "the plan has no sound");
    if (!err && was_made(context, plan))
        return 0;
    if (!err)
        err = open_work(&work);
    return err ? err : encode(&work);
}
