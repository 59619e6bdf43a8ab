// SPDX-License-Identifier: GPL-3.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/cmaf/init_section.h"
#include "transcoder/cmaf/part_writer.h"
#include "transcoder/plan/frame_pace.h"
#include "transcoder/plan/frame_tail.h"
#include "transcoder/plan/pass_list.h"
#include "transcoder/plan/segment_cut.h"
#include "transcoder/source/source.h"
#include "transcoder/stages/caption_part.h"
#include "transcoder/stages/stage.h"
#include "transcoder/storyboard/still_collector.h"
#include "transcoder/video/picture_source.h"
#include "transcoder/video/poster.h"
#include "transcoder/video/scaler.h"
#include "transcoder/video/slot_queue.h"
#include "transcoder/video/video_encoder.h"

/* One rung of the chunk on its way into a file. */
struct lane {
    struct video_encoder *encoder; /* owned */
    struct part_writer *writer;    /* owned */
    struct frame_pace pace;
    struct frame_tail tail;
    AVFrame *held[FRAME_TAIL_MAX]; /* owned; pictures of the frames that tail holds */
};

struct chunk_work {
    const struct stage_context *context;
    const struct plan_picture *plan;
    const struct chunk *chunk;
    uint32_t number;
    struct picture_source *pictures; /* owned */
    struct slot_queue *queue;        /* owned */
    struct scaler *scaler;           /* owned */
    struct still_collector *stills;  /* owned; of the first pass only */
    struct poster *poster;           /* owned; of chunk 0 only */
    AVFrame *scaled;                 /* owned, scratch */
    struct lane lanes[LADDER_MAX_RUNGS];
    size_t n_segments; /* that were started */
};

static void work_clear(struct chunk_work *w)
{
    slot_queue_free(w->queue);
    picture_source_free(w->pictures);
    still_collector_free(w->stills);
    scaler_free(w->scaler);
    poster_free(w->poster);
    av_frame_free(&w->scaled);
    for (size_t i = 0; i < LADDER_MAX_RUNGS; i++) {
        for (size_t k = 0; k < FRAME_TAIL_MAX; k++)
            av_frame_free(&w->lanes[i].held[k]);
        video_encoder_free(w->lanes[i].encoder);
        part_writer_free(w->lanes[i].writer);
    }
}

static void work_clear_cleanup(struct chunk_work *w)
{
    work_clear(w);
}

static int64_t slot_ticks(const struct chunk_work *w, int64_t slot)
{
    return slot * w->plan->grid.slot_ticks;
}

static struct rendition describe(const struct plan_picture *plan, const struct rung *rung)
{
    struct rendition r = {
        .kind = RENDITION_VIDEO,
        .timescale = plan->grid.timescale,
        .width = rung->width,
        .height = rung->height,
    };

    (void)snprintf(r.name, sizeof r.name, "%s", rung->name);
    (void)snprintf(r.group, sizeof r.group, "%s", rung->sound_group);
    return r;
}

static int open_lane(struct chunk_work *w, size_t index)
{
    CLEANUP(buf_clear) struct buf init = buf_with_limit(INIT_SECTION_LIMIT);
    const struct rung *rung = &w->plan->rungs[index];
    struct rendition description = describe(w->plan, rung);
    struct lane *lane = &w->lanes[index];

    const uint32_t longest = frame_pace_longest(&w->plan->grid, rung->slot_step);
    lane->pace = frame_pace_start(rung->slot_step, longest);
    lane->tail = frame_tail_start(rung->slot_step, longest);
    for (size_t k = 0; k < FRAME_TAIL_MAX; k++) {
        lane->held[k] = av_frame_alloc();
        if (!lane->held[k])
            return ERR_NO_MEMORY;
    }
    int err = video_encoder_open(w->plan, rung, w->context->fault, &lane->encoder);
    if (!err)
        err = video_encoder_init_section(lane->encoder, &init, description.codecs);
    if (err)
        return err;
    return part_writer_open(&(struct part_writer_config){.link = w->context->link,
                                                         .description = &description,
                                                         .init_section = buf_slice(&init),
                                                         .number = w->number,
                                                         .sample_ticks = w->plan->grid.slot_ticks *
                                                                         rung->slot_step},
                            &lane->writer);
}

static int open_work(struct chunk_work *w, struct source *source)
{
    w->scaled = av_frame_alloc();
    if (!w->scaled)
        return ERR_NO_MEMORY;
    int err = picture_source_open(source, w->plan, w->chunk->first_slot, w->context->link,
                                  w->context->fault, &w->pictures);
    if (!err)
        err = slot_queue_new(w->pictures, &w->plan->grid, w->chunk, &w->queue);
    if (!err)
        err = scaler_new(w->plan, &w->scaler);
    if (!err && w->number < w->plan->n_chunks)
        err = still_collector_new(w->plan, w->chunk, w->scaler, &w->stills);
    if (!err && w->number == 0)
        err = poster_new(&w->poster);
    for (size_t i = 0; i < w->plan->n_rungs && !err; i++)
        err = open_lane(w, i);
    return err;
}

/* Moves what the encoder has ready into the file. A key frame starts a fragment. */
static int collect(struct lane *lane)
{
    for (;;) {
        struct encoded_picture picture;
        int err = video_encoder_receive(lane->encoder, &picture);
        if (err == ERR_AGAIN || err == ERR_NOT_FOUND)
            return 0;
        if (!err && picture.is_key)
            err = part_writer_cut(lane->writer, picture.pts_ticks);
        if (!err)
            err = part_writer_add(lane->writer, picture.pts_ticks, buf_slice(picture.data));
        if (err)
            return err;
    }
}

static int encode_frame(struct chunk_work *w, struct lane *lane, AVFrame *picture, int64_t slot,
                        bool is_key)
{
    const int err = video_encoder_send(lane->encoder, picture, slot_ticks(w, slot), is_key);

    av_frame_unref(picture);
    return err ? err : collect(lane);
}

/* The oldest held frame goes into the encoder. */
static int let_go(struct chunk_work *w, struct lane *lane, int64_t slot)
{
    AVFrame *picture = lane->held[0];

    for (size_t k = 0; k + 1 < FRAME_TAIL_MAX; k++)
        lane->held[k] = lane->held[k + 1];
    lane->held[FRAME_TAIL_MAX - 1] = picture;
    return encode_frame(w, lane, picture, slot, false);
}

static int let_go_due(struct chunk_work *w, struct lane *lane, int64_t slot)
{
    int64_t shown = 0;

    return frame_tail_next(&lane->tail, slot, &shown) ? let_go(w, lane, shown) : 0;
}

/* What is held where a segment ends. */
static int end_segment(struct chunk_work *w, struct lane *lane, int64_t slot)
{
    int64_t shown = 0;
    int err = let_go_due(w, lane, slot);

    if (!err && frame_tail_cut(&lane->tail, slot, &shown))
        err = let_go(w, lane, shown);
    for (size_t k = 0; k < FRAME_TAIL_MAX; k++)
        av_frame_unref(lane->held[k]);
    return err;
}

static int hold(struct chunk_work *w, size_t index, int64_t slot)
{
    struct lane *lane = &w->lanes[index];

    const int err = scaler_get(w->scaler, index, lane->held[lane->tail.n_held]);
    if (!err)
        frame_tail_hold(&lane->tail, slot);
    return err;
}

/* One slot of one rung. */
static int encode_rung(struct chunk_work *w, size_t index, int64_t slot, bool is_new, bool is_cut)
{
    struct lane *lane = &w->lanes[index];
    const bool is_due = frame_pace_at(&lane->pace, slot, is_new, is_cut);
    int err = 0;

    if (is_cut) {
        err = end_segment(w, lane, slot);
        av_frame_unref(w->scaled);
        if (!err)
            err = scaler_get(w->scaler, index, w->scaled);
        return err ? err : encode_frame(w, lane, w->scaled, slot, true);
    }
    err = let_go_due(w, lane, slot);
    return err || !is_due ? err : hold(w, index, slot);
}

static int look_for_poster(struct chunk_work *w)
{
    av_frame_unref(w->scaled);
    const int err = scaler_get(w->scaler, w->plan->n_rungs - 1, w->scaled);
    return err ? err : poster_look(w->poster, w->scaled);
}

/* From the largest rung down: the smaller ones are scaled from it. */
static int encode_slot(struct chunk_work *w, int64_t slot, const struct slot_view *view,
                       bool is_cut)
{
    int err = 0;

    if (view->is_new)
        scaler_set(w->scaler, view->picture);
    for (size_t i = w->plan->n_rungs; i-- > 0 && !err;)
        err = encode_rung(w, i, slot, view->is_new, is_cut);
    if (!err && w->poster && view->is_new)
        err = look_for_poster(w);
    return err || !w->stills ? err : still_collector_look(w->stills, slot, view);
}

static int encode_chunk(struct chunk_work *w)
{
    const int64_t end = w->chunk->first_slot + w->chunk->n_slots;
    struct segment_cut cut = segment_cut_start(&w->plan->grid, w->chunk);

    for (int64_t slot = w->chunk->first_slot; slot < end; slot++) {
        struct slot_view view;
        int err = slot_queue_next(w->queue, w->context->fault, &view);
        if (err)
            return err;
        const bool is_cut = segment_cut_at(&cut, slot, view.ahead, view.n_ahead);
        w->n_segments += is_cut;
        err = encode_slot(w, slot, &view, is_cut);
        if (err)
            return err;
        const int64_t done = slot - w->chunk->first_slot + 1;
        link_progress(w->context->link, STAGE_CHUNK, done * 1000 / w->chunk->n_slots,
                      frame_grid_slot_us(&w->plan->grid, done));
    }
    return 0;
}

/* Ends a rung: every segment must have come out as one fragment, or rungs would not line up. */
static int finish_lane(struct chunk_work *w, struct lane *lane, struct package *part)
{
    const int64_t end = w->chunk->first_slot + w->chunk->n_slots;

    int err = end_segment(w, lane, end);
    if (!err)
        err = video_encoder_send(lane->encoder, NULL, 0, false);
    if (!err)
        err = collect(lane);
    if (!err)
        err = part_writer_cut(lane->writer, slot_ticks(w, end));
    if (!err && part_writer_n_fragments(lane->writer) != w->n_segments)
        err = fault_set(w->context->fault, FAILURE_INTERNAL, ERR_CORRUPT,
                        "%zu fragments for %zu segments", part_writer_n_fragments(lane->writer),
                        w->n_segments);
    return err ? err : part_writer_commit(lane->writer, part);
}

static int report_tally(const struct chunk_work *w, const struct plan *plan, struct package *part)
{
    struct tally tally = {.stream = w->plan->stream};
    const int64_t end = w->chunk->first_slot + w->chunk->n_slots;
    const int64_t end_us = frame_grid_slot_us(&w->plan->grid, end);
    const struct time_span seconds = {frame_grid_slot_us(&w->plan->grid, w->chunk->first_slot),
                                      end_us < plan->duration_us ? end_us : plan->duration_us};

    picture_source_report(w->pictures, seconds, &tally);
    return tally_list_add(&part->tallies, &tally);
}

static int finish(struct chunk_work *w, const struct plan *plan)
{
    CLEANUP(package_free) struct package *part = package_new();
    int err = part ? 0 : ERR_NO_MEMORY;

    if (err)
        return err;
    part->duration_us = plan->duration_us;
    part->target_duration_s = plan->target_duration_s;
    for (size_t i = 0; i < w->plan->n_rungs && !err; i++)
        err = finish_lane(w, &w->lanes[i], part);
    if (!err)
        err = report_tally(w, plan, part);
    if (!err && w->poster)
        err = poster_write(w->poster, w->context->link);
    if (!err && w->stills)
        err = still_collector_write(w->stills, w->context->link, w->number);
    if (!err && w->number == 0 && plan->n_sounds == 0) /* else they come with the sound */
        err = caption_part_add(w->context, plan, part);
    return err ? err : part_index_write(w->context->link, PART_CHUNK, w->number, part);
}

static int make_chunk(const struct stage_context *context, struct plan *plan, uint32_t number)
{
    CLEANUP(source_close) struct source *source = NULL;
    CLEANUP(work_clear)
    struct chunk_work work = {.context = context,
                              .plan = &plan->picture,
                              .chunk = pass_list_take(&plan->picture, number),
                              .number = number};

    int err = source_open(context->source_fd, context->source_bytes, context->fault, &source);
    if (!err && plan->picture.stream >= source->format->nb_streams)
        err = ERR_CONFLICT;
    if (!err)
        err = open_work(&work, source);
    if (!err)
        err = encode_chunk(&work);
    return err ? err : finish(&work, plan);
}

int stage_chunk(const struct stage_context *context, uint32_t number)
{
    CLEANUP(plan_free) struct plan *plan = NULL;

    int err = stage_load_plan(context, &plan);
    if (!err && (!plan->has_picture || number >= pass_list_n_tasks(&plan->picture)))
        err = fault_set(context->fault, FAILURE_INTERNAL, ERR_NOT_FOUND,
                        "the plan has no chunk %" PRIu32, number);
    if (!err && !part_exists(context->link, PART_CHUNK, number))
        err = make_chunk(context, plan, number);
    if (!err)
        link_part(context->link, PART_CHUNK, number);
    return err;
}
