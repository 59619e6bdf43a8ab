// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/plan/av1_ladder.h"
#include "transcoder/plan/pass_list.h"
#include "transcoder/plan/segment_cut.h"
#include "transcoder/source/codec_label.h"
#include "transcoder/source/fingerprint.h"
#include "transcoder/source/source.h"
#include "transcoder/source/source_title.h"
#include "transcoder/source/stream_choice.h"
#include "transcoder/source/survey.h"
#include "transcoder/stages/caption_part.h"
#include "transcoder/stages/sound_look.h"
#include "transcoder/stages/stage.h"
#include "transcoder/trials/trial.h"
#include "transcoder/trials/window.h"
#include "transcoder/video/picture_facts.h"

/* How long segments are, about: what the bits of a first picture are spread over. */
enum { SEGMENT_MS = 6000, SEGMENT_STILL_MS = 9000 };

#define START_SLACK_US INT64_C(10000)

/* Everything that is known about the source before the timeline is fixed. */
struct look {
    struct source *source; /* owned */
    int picture;           /* stream, -1: none */
    bool lacks_picture;    /* there is one, but nothing of it can be decoded */
    struct stream_choice choice;
    struct stream_chain chain;
    struct sound_look sound;
    struct survey survey;
    struct picture_facts facts;
};

static void look_clear_cleanup(struct look *look)
{
    source_close(look->source);
}

static int refuse_codec(const struct look *look, int stream, struct fault *fault)
{
    char codec[CODEC_LABEL_SIZE];

    codec_label_of(look->source->format->streams[stream]->codecpar, codec);
    return fault_set(fault, FAILURE_CODEC_UNSUPPORTED, ERR_UNSUPPORTED, "%s", codec);
}

static int find_streams(const struct stage_context *context, struct look *look)
{
    struct stream_choice *choice = &look->choice;

    stream_choice_make(look->source, choice);
    look->picture = choice->picture;
    /* Whoever uploads a film does not expect a recording of its sound. */
    if (look->picture < 0 && choice->refused_picture >= 0)
        return refuse_codec(look, choice->refused_picture, context->fault);
    if (look->picture >= 0 || choice->sounds.n > 0)
        return sound_look_choose(look->source, choice, context->without_sound, context->fault,
                                 &look->sound);
    if (choice->refused_sounds.n > 0)
        return refuse_codec(look, choice->refused_sounds.items[0], context->fault);
    return fault_set(context->fault, FAILURE_NO_STREAM, ERR_INVALID, "no picture and no sound");
}

/* A stream that goes on with another one is no stream of its own. */
static int find_chains(const struct stage_context *context, struct look *look)
{
    const int err = stream_chain_find(look->source, context->link, &look->chain);

    if (err)
        return err;
    if (look->picture >= 0)
        look->picture = look->chain.head[look->picture];
    sound_look_join(&look->chain, &look->sound);
    return source_reopen(look->source, context->fault);
}

static int look_at(const struct stage_context *context, struct look *look)
{
    struct fault picture_fault = {0};
    struct fault sound_fault = {0};

    int err = find_streams(context, look);
    if (!err)
        err = find_chains(context, look);
    if (!err)
        err = survey_make(look->source, &look->chain, look->picture, look->sound.streams,
                          look->sound.n, context->link, &look->survey);
    if (!err)
        err = source_check_amounts(look->source, context->fault);
    if (err)
        return err;
    sound_look_at_programs(look->source, &look->choice, &look->chain, &look->sound);
    /* A stream that is damaged is left out as long as the other one is not: a lecture that can be
     * listened to is better than none. */
    look->lacks_picture = look->picture >= 0 && (look->survey.picture.n_packets == 0 ||
                                                 picture_facts_find(look->source, look->picture,
                                                                    &picture_fault, &look->facts));
    if (look->lacks_picture)
        look->picture = -1;
    if (look->picture >= 0) {
        err = picture_facts_find_size(look->source, look->picture, &look->survey.picture.shifts,
                                      look->survey.picture.end_us, &look->facts);
        if (err)
            return err;
    }
    if (picture_fault.failure == FAILURE_CODEC_UNSUPPORTED) {
        *context->fault = picture_fault;
        return ERR_UNSUPPORTED;
    }
    sound_look_decode(look->source, &look->survey, &sound_fault, &look->sound);
    if (look->picture >= 0 || look->sound.n > 0)
        return 0;
    if (picture_fault.failure != FAILURE_NONE)
        *context->fault = picture_fault;
    else if (sound_fault.failure != FAILURE_NONE)
        *context->fault = sound_fault;
    return fault_set(context->fault,
                     look->survey.missing_us > 0 ? FAILURE_TRUNCATED : FAILURE_NO_STREAM,
                     ERR_INVALID, "no packet of picture or sound");
}

/* Where a cut begins inside a picture, that one is shown from there on. */
static int64_t first_shown_us(const struct look *look)
{
    const int64_t cut_us = source_cut_us(look->source, look->picture);

    return look->facts.first_us < cut_us ? cut_us : look->facts.first_us;
}

/* Where the timeline starts, in the source's time: with the earlier of picture and sound, moved
 * back by less than a slot so that the first picture falls on a slot exactly. A few milliseconds of
 * sound, which are what containers round to, are not worth a slot of silence. */
static int64_t find_origin(const struct look *look, const struct frame_grid *grid)
{
    const int64_t picture_us = look->picture < 0 ? INT64_MAX : first_shown_us(look);
    int64_t sound_us = INT64_MAX;

    for (size_t i = 0; i < look->sound.n; i++) {
        if (look->sound.facts[i].first_us < sound_us)
            sound_us = look->sound.facts[i].first_us;
    }
    if (look->picture < 0)
        return sound_us;
    if (sound_us >= picture_us)
        return picture_us;
    const int64_t lead_us = picture_us - sound_us - START_SLACK_US;
    return picture_us - frame_grid_slot_us(grid, frame_grid_slots_before(grid, lead_us));
}

static void plan_picture(struct plan_picture *p, const struct look *look,
                         const struct frame_grid *grid, int64_t origin_us)
{
    const struct picture_facts *facts = &look->facts;

    p->stream = (uint32_t)look->picture;
    p->orientation = facts->orientation;
    p->is_interlaced = facts->is_interlaced;
    p->width = facts->width;
    p->height = facts->height;
    p->colour = facts->colour;
    p->grid = *grid;
    p->shifts = look->survey.picture.shifts;
    time_shifts_move(&p->shifts, -origin_us);
}

static void set_language(const AVStream *stream, char language[LANGUAGE_SIZE])
{
    const AVDictionaryEntry *entry = av_dict_get(stream->metadata, "language", NULL, 0);

    language_tag(slice_from(entry ? entry->value : "und"), language);
}

static void plan_sound(struct plan_sound *s, const struct look *look, size_t number,
                       int64_t origin_us)
{
    const AVStream *stream = look->source->format->streams[look->sound.streams[number]];
    const struct sound_facts *facts = &look->sound.facts[number];

    s->stream = (uint32_t)look->sound.streams[number];
    s->shifts = look->survey.sounds[number].shifts;
    time_shifts_move(&s->shifts, -origin_us);
    set_language(stream, s->language);
    source_title_find(look->source, stream, s->title);
    s->n_channels = facts->n_channels > 1 ? 2 : 1;
    s->mix = facts->mix;
    s->level = facts->level;
    s->gain_centi_db = sound_gain_choose(&facts->level);
    s->n_rungs =
        sound_ladder_make(facts->sample_rate, facts->is_stereo, facts->is_music, number, s->rungs);
}

/* Captions that are text. */
static void plan_captions(struct plan *plan, const struct source *source)
{
    const bool is_matroska = strstr(source->format->iformat->name, "matroska") != NULL;
    enum caption_form form;

    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        const AVStream *stream = source->format->streams[i];
        if (plan->n_captions == PLAN_MAX_CAPTIONS ||
            stream->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE ||
            !caption_form_of(stream->codecpar->codec_id, &form) ||
            (stream->codecpar->codec_id == AV_CODEC_ID_NONE && !is_matroska))
            continue;
        plan->captions[plan->n_captions].stream = i;
        set_language(stream, plan->captions[plan->n_captions++].language);
    }
}

static int64_t find_end(const struct look *look)
{
    int64_t end_us = INT64_MIN;

    if (look->picture >= 0)
        end_us = look->survey.picture.end_us;
    for (size_t i = 0; i < look->sound.n; i++) {
        if (look->survey.sounds[i].end_us > end_us)
            end_us = look->survey.sounds[i].end_us;
    }
    return end_us;
}

/* The lecture is a whole number of slots long, so that picture and sound end together. */
static int fix_timeline(const struct stage_context *context, const struct look *look,
                        struct plan *plan)
{
    const struct frame_grid grid = frame_grid_choose(&look->survey.picture.spacing);
    const int64_t origin_us = find_origin(look, &grid);
    const int64_t length_us = find_end(look) - origin_us;
    int64_t n_slots = frame_grid_nearest_slot(&grid, length_us > 0 ? length_us : 0);

    if (length_us > PLAN_MAX_DURATION_S * INT64_C(1000000))
        return fault_set(context->fault, FAILURE_TOO_LONG, ERR_TOO_LARGE, "%" PRId64 " s",
                         length_us / 1000000);
    n_slots = n_slots < 1 ? 1 : n_slots;
    plan->has_picture = look->picture >= 0;
    plan->n_sounds = look->sound.n;
    plan->target_duration_s = plan->has_picture ? SEGMENT_LONGEST_S : SEGMENT_TARGET_S;
    plan->duration_us = plan->has_picture ? frame_grid_slot_us(&grid, n_slots) : length_us;
    if (plan->duration_us < 1)
        plan->duration_us = 1;
    if (plan->has_picture) {
        plan_picture(&plan->picture, look, &grid, origin_us);
        plan->picture.n_slots = n_slots;
        plan->picture.n_chunks = chunk_list_make(&grid, n_slots, plan->picture.chunks);
    }
    for (size_t i = 0; i < plan->n_sounds; i++)
        plan_sound(&plan->sounds[i], look, i, origin_us);
    return 0;
}

/* Takes those that were not run from the list. */
static void drop_untried(struct plan_picture *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_trials; i++) {
        if (p->trials[i].bps > 0)
            p->trials[n++] = p->trials[i];
    }
    p->n_trials = n;
}

/* Each trial's encoder takes and gives back some 100 MB. New pages for it were a quarter of a
 * plan's time; kept, they serve the next one. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 512 << 20);
    (void)mallopt(M_TOP_PAD, 32 << 20);
}

static int try_candidates(const struct stage_context *context, struct plan_picture *p,
                          const struct window_list *windows)
{
    enum { FROM_PERMILLE = 900, TRIALS_PERMILLE = 100 };
    size_t n_run = 0;

    keep_memory();
    for (size_t i; (i = video_ladder_next(p->trials, p->n_trials)) < p->n_trials;) {
        const int err = trial_run(p, windows, p->content.segment_ms, context->fault, &p->trials[i]);
        if (err)
            return err;
        link_progress(context->link, STAGE_PLAN,
                      FROM_PERMILLE + (int64_t)(TRIALS_PERMILLE * ++n_run / p->n_trials), 0);
    }
    drop_untried(p);
    return 0;
}

/* The rungs of AV1, tried on the first window: a trial takes several times as long as x264's. */
static int plan_av1(const struct stage_context *context, struct plan_picture *p,
                    const struct window_list *windows)
{
    const struct window_list first = {.items = {windows->items[0]}, .n = 1};
    struct ladder_trial trials[LADDER_MAX_TRIALS];
    const size_t n = windows->n > 0 ? av1_ladder_candidates(p, trials) : 0;

    for (size_t i = 0; i < n; i++) {
        const int err = trial_run(p, &first, p->content.segment_ms, context->fault, &trials[i]);
        if (err)
            return err;
        link_progress(context->link, STAGE_PLAN, 1000, 0);
    }
    av1_ladder_add(p, trials, n);
    return 0;
}

/* Looks into the lecture and tries what might fill the budgets. */
static int plan_ladder(const struct stage_context *context, const struct look *look,
                       struct plan_picture *p)
{
    const struct ladder_frame frame = {.width = p->width,
                                       .height = p->height,
                                       .grid = p->grid,
                                       .with_v1800 = context->with_v1800};
    struct window_list windows;
    uint32_t width;
    uint32_t height;

    video_ladder_fit(p->width, p->height, video_ladder_display_px(&frame), &width, &height);
    int err = window_list_take(look->source, p, width, height, context->link, &windows);
    if (err)
        return err;
    p->content.moving_permille = windows.moving_permille;
    p->content.segment_ms = video_ladder_is_still(&p->content) ? SEGMENT_STILL_MS : SEGMENT_MS;
    if (windows.n > 0) {
        p->n_trials = video_ladder_candidates(&frame, &p->content, p->trials);
        err = try_candidates(context, p, &windows);
    }
    if (!err)
        p->n_rungs = video_ladder_choose(&frame, &p->content, p->trials, p->n_trials, p->rungs);
    if (!err && context->with_av1)
        err = plan_av1(context, p, &windows);
    window_list_clear(&windows);
    return err;
}

/* Takes the group that no picture goes with from all sounds. */
static void drop_group(struct plan *plan, const char *group)
{
    for (size_t i = 0; i < plan->n_sounds; i++) {
        struct plan_sound *sound = &plan->sounds[i];
        size_t n = 0;
        for (size_t k = 0; k < sound->n_rungs; k++) {
            if (strcmp(sound->rungs[k].group, group) != 0)
                sound->rungs[n++] = sound->rungs[k];
        }
        sound->n_rungs = n;
    }
}

/* Says which sound goes with which picture. */
static void join_groups(struct plan *plan)
{
    const char *group = "";

    for (size_t i = 0; plan->n_sounds > 0 && i < plan->picture.n_rungs; i++) {
        struct rung *rung = &plan->picture.rungs[i];
        group = sound_ladder_group(rung->max_kbps, rung->expected_kbps);
        (void)slice_to_cstr(slice_from(group), rung->sound_group, sizeof rung->sound_group);
    }
    if (strcmp(group, "low") == 0)
        drop_group(plan, "high"); /* the best picture does not want it */
}

/* What would follow the lecture's end. */
static void warn_behind_end(struct plan *plan, enum failure failure, int64_t us)
{
    if (us > WARNING_MAX_US - plan->duration_us)
        us = WARNING_MAX_US - plan->duration_us;
    if (us > 0)
        warning_list_add(&plan->warnings, &(struct warning){.failure = failure,
                                                            .from_us = plan->duration_us,
                                                            .until_us = plan->duration_us + us});
}

/* The times are the survey's; the lecture's are those of its first run. */
static void warn_of_leaps(struct plan *plan, const struct look *look)
{
    const struct time_shifts *shifts =
        plan->has_picture ? &plan->picture.shifts : &plan->sounds[0].shifts;

    for (size_t i = 0; i < look->survey.n_leaps; i++) {
        const struct survey_leap *leap = &look->survey.leaps[i];
        const int64_t at_us = leap->at_us + time_shift_at(shifts, 0);
        struct warning warning = {.failure = FAILURE_CLOCK, .from_us = at_us, .until_us = at_us};
        (void)snprintf(warning.detail, sizeof warning.detail, "+%" PRId64 " s",
                       leap->closed_us / 1000000);
        if (at_us > 0 && at_us <= plan->duration_us)
            warning_list_add(&plan->warnings, &warning);
    }
}

/* That there is no sound is only said when nothing else says it. */
static void warn_of_sound(const struct look *look, struct plan *plan)
{
    for (size_t i = 0; i < look->sound.warnings.n; i++)
        warning_list_add(&plan->warnings, &look->sound.warnings.items[i]);
    if (plan->n_sounds == 0 && !sound_look_has_spoken(&look->sound))
        plan_warn(plan, FAILURE_NO_AUDIO);
}

static int make_plan(const struct stage_context *context, struct plan *plan)
{
    CLEANUP(look_clear) struct look look = {.picture = -1};

    plan->source.size_bytes = context->source_bytes;
    int err = source_open(context->source_fd, context->source_bytes, context->fault, &look.source);
    if (!err)
        err = fingerprint_of(context->source_fd, context->source_bytes, plan->source.fingerprint);
    if (!err)
        err = look_at(context, &look);
    if (!err)
        err = fix_timeline(context, &look, plan);
    if (!err && plan->has_picture)
        err = plan_ladder(context, &look, &plan->picture);
    if (err)
        return err;
    join_groups(plan);
    plan_captions(plan, look.source);
    if (look.lacks_picture)
        plan_warn(plan, FAILURE_NO_PICTURE);
    warn_of_sound(&look, plan);
    warn_behind_end(plan, FAILURE_TRUNCATED, look.survey.missing_us);
    warn_behind_end(plan, FAILURE_SECOND_FILE, look.survey.left_out_us);
    warn_of_leaps(plan, &look);
    return 0;
}

static int write_plan(const struct stage_context *context, const struct plan *plan)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PLAN_JSON_LIMIT);

    plan_write(plan, &json);
    return json.err ? json.err : link_write_file(context->link, "plan.json", buf_slice(&json));
}

/* A plan that is there already stays, for parts may have been made by it; one that was made for
 * another source is in a folder that is not ours to fill. */
static int load_or_make(const struct stage_context *context, struct plan **ret_plan)
{
    CLEANUP(close_fd) int fd = -1;

    int err = link_open(context->link, "plan.json", &fd);
    if (!err)
        return stage_load_plan(context, ret_plan);
    if (err != ERR_NOT_FOUND)
        return err;
    CLEANUP(plan_free) struct plan *plan = plan_new();
    err = plan ? make_plan(context, plan) : ERR_NO_MEMORY;
    if (!err)
        err = write_plan(context, plan);
    if (err)
        return err;
    *ret_plan = plan;
    plan = NULL;
    return 0;
}

int stage_plan(const struct stage_context *context)
{
    CLEANUP(plan_free) struct plan *plan = NULL;

    const int err = load_or_make(context, &plan);
    if (err)
        return err;
    for (size_t i = 0; i < plan->warnings.n; i++)
        link_warning(context->link, &plan->warnings.items[i]);
    link_planned(context->link, plan->has_picture ? pass_list_n_tasks(&plan->picture) : 0,
                 (int64_t)plan->n_sounds, plan->duration_us,
                 plan->has_picture ? pass_list_n_passes(&plan->picture) : 0);
    return 0;
}
