// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slide_collector.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/slides/slide_choice.h"
#include "transcoder/slides/slide_part.h"
#include "transcoder/slides/webp.h"
#include "transcoder/video/slot_queue.h"

enum {
    LOOK_AGAIN_US = 1000000, /* when there was nothing new to see */
    INK_APART_US = 10000000, /* of a hundred an hour there are not enough for more */
    POOREST_MDB = 17000,     /* SSIM 0.98: of a lecture whose film is poorer */
};

struct slide_collector {
    const struct plan_picture *plan; /* borrowed */
    struct scaler *scaler;           /* borrowed */
    struct webp_wish wish;
    bool is_pending;    /* the calm picture may be another one than the last that was made */
    bool is_start;      /* it was busy before that: another slide, perhaps */
    int64_t pending_us; /* since when */
    int64_t start_us;   /* no earlier is a picture made of what was just busy, */
    int64_t ink_us;     /* and of what was written on */
    int64_t last_us;    /* of the last that was made */
    AVFrame *last;      /* owned: the picture of which it was made; empty: none yet */
    AVFrame *scaled, *picture, *small; /* owned, scratch */
    AVPacket *packet;                  /* owned, scratch */
    struct slide_part part;
    struct buf lumas, files;
};

void slide_collector_free(struct slide_collector *s)
{
    if (!s)
        return;
    av_frame_free(&s->last);
    av_frame_free(&s->scaled);
    av_frame_free(&s->picture);
    av_frame_free(&s->small);
    av_packet_free(&s->packet);
    buf_clear(&s->lumas);
    buf_clear(&s->files);
    free(s);
}

/* As good as the film's best rung looks. */
static uint32_t enough_mdb(const struct plan_picture *plan)
{
    const uint32_t mdb = plan->rungs[plan->n_rungs - 1].quality_mdb;

    return mdb > POOREST_MDB ? mdb : POOREST_MDB;
}

int slide_collector_new(const struct plan_picture *plan, struct scaler *scaler,
                        struct slide_collector **ret_collector)
{
    CLEANUP(slide_collector_free) struct slide_collector *s = calloc(1, sizeof *s);
    const struct rung *top = &plan->rungs[plan->n_rungs - 1];
    int width;
    int height;

    if (!s)
        return ERR_NO_MEMORY;
    webp_size((int)top->width, (int)top->height, &width, &height);
    s->plan = plan;
    s->scaler = scaler;
    s->wish = (struct webp_wish){.matrix = plan->colour.matrix,
                                 .enough_mdb = enough_mdb(plan),
                                 .quality = WEBP_N_QUALITIES / 2};
    s->start_us = INT64_MIN;
    s->ink_us = INT64_MIN;
    s->last_us = -1;
    s->part.width = (uint32_t)width;
    s->part.height = (uint32_t)height;
    s->lumas = buf_with_limit((size_t)SLIDE_PART_MAX * SLIDE_LUMA_BYTES);
    s->files = buf_with_limit((size_t)SLIDE_PART_MAX * WEBP_MAX_BYTES);
    s->last = av_frame_alloc();
    s->scaled = av_frame_alloc();
    s->picture = av_frame_alloc();
    s->small = av_frame_alloc();
    s->packet = av_packet_alloc();
    if (!s->last || !s->scaled || !s->picture || !s->small || !s->packet)
        return ERR_NO_MEMORY;
    *ret_collector = s;
    s = NULL;
    return 0;
}

void slide_collector_start(struct slide_collector *s, int64_t at_us)
{
    s->is_pending = true;
    s->is_start = true;
    s->pending_us = at_us;
}

void slide_collector_touch(struct slide_collector *s, int64_t at_us)
{
    if (s->is_pending && s->is_start)
        return;
    s->is_pending = true;
    s->pending_us = at_us;
}

static bool differs(const struct slide_collector *s, const AVFrame *calm,
                    const struct film_mask *film)
{
    if (!s->last->buf[0] || s->last->format != calm->format)
        return true;
    const struct plane before = slot_queue_plane(s->last);
    const struct plane now = slot_queue_plane(calm);
    return film_area_change(&before, &now, film, NULL).n_changed >= FILM_TOUCHED_CELLS;
}

static int append_luma(struct slide_collector *s)
{
    int width;
    int height;

    slide_luma_size(s->part.width, s->part.height, &width, &height);
    av_frame_unref(s->small);
    const int err = webp_prepare(s->picture, s->plan->colour.matrix, width, height, s->small);
    for (int y = 0; y < height && !err; y++)
        buf_append(&s->lumas, s->small->data[0] + (ptrdiff_t)y * s->small->linesize[0],
                   (size_t)width);
    return err ? err : s->lumas.err;
}

static int encode(struct slide_collector *s, const AVFrame *calm)
{
    av_frame_unref(s->scaled);
    av_frame_unref(s->picture);
    scaler_set(s->scaler, calm);
    int err = scaler_get(s->scaler, s->plan->n_rungs - 1, s->scaled);
    if (!err)
        err = webp_prepare(s->scaled, s->plan->colour.matrix, (int)s->part.width,
                           (int)s->part.height, s->picture);
    if (!err)
        err = append_luma(s);
    if (!err)
        err = webp_encode(s->picture, &s->wish, s->packet);
    if (!err && s->packet->size > WEBP_MAX_BYTES)
        err = ERR_TOO_LARGE;
    if (!err)
        buf_append(&s->files, s->packet->data, (size_t)s->packet->size);
    return err ? err : s->files.err;
}

static int take(struct slide_collector *s, const AVFrame *calm)
{
    const int64_t at_us = s->pending_us > s->last_us ? s->pending_us : s->last_us + 1;

    if (s->part.n == SLIDE_PART_MAX)
        return 0;
    const int err = encode(s, calm);
    if (err)
        return err;
    s->part.states[s->part.n++] = (struct slide_state){at_us, (uint32_t)s->packet->size};
    s->last_us = at_us;
    av_frame_unref(s->last);
    return av_frame_ref(s->last, calm) < 0 ? ERR_NO_MEMORY : 0;
}

int slide_collector_leave(struct slide_collector *s, const AVFrame *calm,
                          const struct film_mask *film)
{
    if (!s->is_pending)
        return 0;
    s->is_pending = false;
    s->is_start = false;
    s->part.film = *film;
    return differs(s, calm, film) ? take(s, calm) : 0;
}

int slide_collector_look(struct slide_collector *s, const AVFrame *calm,
                         const struct film_mask *film, int64_t now_us)
{
    const size_t n_before = s->part.n;

    s->part.film = *film;
    if (!s->is_pending || now_us < (s->is_start ? s->start_us : s->ink_us))
        return 0;
    const int err = slide_collector_leave(s, calm, film);
    const bool is_made = s->part.n > n_before;
    s->start_us = now_us + (is_made ? SLIDE_APART_US : 0);
    s->ink_us = now_us + (is_made ? INK_APART_US : LOOK_AGAIN_US);
    return err;
}

int slide_collector_write(const struct slide_collector *s, struct link *link, uint32_t chunk)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(SLIDE_PART_LIMIT);
    struct slide_part part = s->part;
    char name[SLIDE_PART_NAME_SIZE];

    part.lumas = buf_slice(&s->lumas);
    part.files = buf_slice(&s->files);
    slide_part_write(&part, &file);
    slide_part_name(chunk, name);
    return file.err ? file.err : link_write_file(link, name, buf_slice(&file));
}
