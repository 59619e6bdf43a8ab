// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/slot_queue.h"

#include <stdlib.h>

#include <libavutil/imgutils.h>

#include "common/err.h"
#include "transcoder/video/picture_change.h"

enum { HELD_LIMIT_BYTES = 32 << 20 };

struct slot_queue {
    struct picture_source *pictures; /* borrowed */
    int64_t n_slots;
    int64_t wants;    /* slots to look ahead, this one counted */
    int64_t apart;    /* slots from one new slide to the next; nearer ones are motion */
    int64_t at;       /* the next one to be given out, from 0 */
    int64_t n_known;  /* slots that were looked at */
    int64_t last_new; /* the last slot that was all different */
    uint8_t *kinds;   /* owned, n_slots */
    AVFrame **ring;   /* owned, `wants` frames, those of slots at to n_known - 1; empty: the same */
    AVFrame *current; /* owned: what is shown at the slot given out last */
    AVFrame *newest;  /* owned: the last picture that was not dropped */
    int64_t held_bytes;
};

void slot_queue_free(struct slot_queue *q)
{
    if (!q)
        return;
    for (int64_t i = 0; q->ring && i < q->wants; i++)
        av_frame_free(&q->ring[i]);
    av_frame_free(&q->current);
    av_frame_free(&q->newest);
    free((void *)q->ring);
    free(q->kinds);
    free(q);
}

static int allocate(struct slot_queue *q)
{
    q->kinds = calloc((size_t)q->n_slots, sizeof *q->kinds);
    q->ring = (AVFrame **)calloc((size_t)q->wants, sizeof(AVFrame *));
    q->current = av_frame_alloc();
    q->newest = av_frame_alloc();
    if (!q->kinds || !q->ring || !q->current || !q->newest)
        return ERR_NO_MEMORY;
    for (int64_t i = 0; i < q->wants; i++) {
        q->ring[i] = av_frame_alloc();
        if (!q->ring[i])
            return ERR_NO_MEMORY;
    }
    return 0;
}

int slot_queue_new(struct picture_source *pictures, const struct frame_grid *grid,
                   const struct chunk *chunk, struct slot_queue **ret_queue)
{
    CLEANUP(slot_queue_free) struct slot_queue *q = calloc(1, sizeof *q);

    if (!q)
        return ERR_NO_MEMORY;
    q->pictures = pictures;
    q->n_slots = chunk->n_slots;
    q->wants = segment_cut_wants(grid);
    q->apart = grid->rate_num / grid->rate_den;
    q->last_new = -q->apart;
    const int err = allocate(q);
    if (err)
        return err;
    *ret_queue = q;
    q = NULL;
    return 0;
}

struct plane slot_queue_plane(const AVFrame *picture)
{
    const int width = av_image_get_linesize(picture->format, picture->width, 0);

    return (struct plane){.data = picture->data[0],
                          .stride = picture->linesize[0],
                          .width = width > 0 ? width : 0,
                          .height = picture->height};
}

static int64_t bytes_of(const AVFrame *picture)
{
    const int size = av_image_get_buffer_size(picture->format, picture->width, picture->height, 1);

    return size > 0 ? size : 0;
}

/* A new slide comes alone; a pan is all different from picture to picture. */
static enum slot_kind kind_of(struct slot_queue *q, enum picture_change change)
{
    if (change == PICTURE_NEW) {
        const bool is_alone = q->n_known - q->last_new >= q->apart;
        q->last_new = q->n_known;
        return is_alone ? SLOT_NEW : SLOT_MOVING;
    }
    return change == PICTURE_MOVING ? SLOT_MOVING : SLOT_STILL;
}

static int keep(struct slot_queue *q, const AVFrame *picture)
{
    av_frame_unref(q->newest);
    if (av_frame_ref(q->newest, picture) < 0 ||
        av_frame_ref(q->ring[q->n_known % q->wants], picture) < 0)
        return ERR_NO_MEMORY;
    q->held_bytes += bytes_of(picture);
    return 0;
}

/* Looks at one more slot. */
static int look(struct slot_queue *q, struct fault *fault)
{
    const AVFrame *picture = NULL;
    enum picture_change change = PICTURE_SAME;
    bool is_same = false;

    int err = picture_source_next(q->pictures, fault, &picture, &is_same);
    if (err)
        return err;
    if (!q->newest->buf[0]) {
        err = keep(q, picture);
    } else if (!is_same) {
        const struct plane before = slot_queue_plane(q->newest);
        const struct plane now = slot_queue_plane(picture);
        const struct change_measure measure = picture_change_measure(&before, &now);
        change = q->newest->format == picture->format ? picture_change_of(&measure) : PICTURE_NEW;
        if (change != PICTURE_SAME)
            err = keep(q, picture);
    }
    q->kinds[q->n_known] = (uint8_t)kind_of(q, change);
    q->n_known++;
    return err;
}

int slot_queue_next(struct slot_queue *q, struct fault *fault, struct slot_view *ret_view)
{
    while (q->n_known < q->n_slots && q->n_known - q->at < q->wants &&
           (q->n_known == q->at || q->held_bytes < HELD_LIMIT_BYTES)) {
        const int err = look(q, fault);
        if (err)
            return err;
    }
    AVFrame *picture = q->ring[q->at % q->wants];
    const bool is_new = picture->buf[0] != NULL;
    if (is_new) {
        q->held_bytes -= bytes_of(picture);
        av_frame_unref(q->current);
        av_frame_move_ref(q->current, picture);
    }
    *ret_view = (struct slot_view){.picture = q->current,
                                   .is_new = is_new,
                                   .ahead = q->kinds + q->at,
                                   .n_ahead = q->n_known - q->at};
    q->at++;
    return 0;
}
