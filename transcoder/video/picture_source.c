// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_source.h"

#include <stdlib.h>

#include "common/err.h"
#include "transcoder/video/preparation.h"
#include "transcoder/video/video_decoder.h"

#define EARLY_US INT64_C(10000) /* a picture may be shown that much before its time */

struct picture_source {
    struct video_decoder *decoder;   /* owned */
    struct preparation *preparation; /* owned */
    const struct frame_grid *grid;   /* borrowed */
    struct link *link;               /* borrowed */
    AVFrame *decoded;                /* owned, scratch */
    AVFrame *current;                /* owned; empty before the first picture */
    AVFrame *next;                   /* owned; empty when there is none */
    int64_t slot;                    /* the next one to be shown */
};

void picture_source_free(struct picture_source *s)
{
    if (!s)
        return;
    video_decoder_free(s->decoder);
    preparation_free(s->preparation);
    av_frame_free(&s->decoded);
    av_frame_free(&s->current);
    av_frame_free(&s->next);
    free(s);
}

/* Fills `next`, or leaves it empty at the end. */
static int fetch(struct picture_source *s)
{
    av_frame_unref(s->next);
    for (;;) {
        int err = preparation_receive(s->preparation, s->next);
        if (err == ERR_NOT_FOUND)
            return 0;
        if (err != ERR_AGAIN)
            return err;
        link_alive(s->link);
        err = video_decoder_next(s->decoder, s->decoded);
        if (err && err != ERR_NOT_FOUND)
            return err;
        err = preparation_send(s->preparation, err ? NULL : s->decoded);
        if (err)
            return err;
    }
}

static bool is_due(const struct picture_source *s, const AVFrame *picture)
{
    return picture->pts <= frame_grid_slot_us(s->grid, s->slot) + EARLY_US;
}

/* Stands where the first slot's picture can be decoded: at a key frame that is shown in time. The
 * container's index may be coarse, wrong or missing, so the first picture says whether it was. */
static int seek(struct picture_source *s)
{
    static const int64_t BACK_US[] = {0, 2000000, 10000000, 60000000, INT64_MAX};
    const int64_t slot_us = frame_grid_slot_us(s->grid, s->slot);

    if (s->slot == 0)
        return fetch(s);
    for (size_t i = 0; i < sizeof BACK_US / sizeof BACK_US[0]; i++) {
        const bool is_last = BACK_US[i] >= slot_us;
        const int err = video_decoder_seek(s->decoder, is_last ? INT64_MIN : slot_us - BACK_US[i]);
        if (err && is_last)
            return err;
        if (err)
            continue;
        preparation_reset(s->preparation);
        const int fetched = fetch(s);
        if (fetched || is_last || (s->next->buf[0] && is_due(s, s->next)))
            return fetched;
    }
    return 0;
}

static int allocate(struct picture_source *s)
{
    s->decoded = av_frame_alloc();
    s->current = av_frame_alloc();
    s->next = av_frame_alloc();
    return s->decoded && s->current && s->next ? 0 : ERR_NO_MEMORY;
}

int picture_source_open(struct source *source, const struct plan_picture *plan, int64_t first_slot,
                        struct link *link, struct fault *fault,
                        struct picture_source **ret_pictures)
{
    CLEANUP(picture_source_free) struct picture_source *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NO_MEMORY;
    s->grid = &plan->grid;
    s->slot = first_slot;
    s->link = link;
    int err = allocate(s);
    if (!err)
        err = preparation_new(plan->orientation, plan->is_interlaced, &s->preparation);
    if (!err)
        err = video_decoder_open(source, (int)plan->stream, &plan->shifts, fault, &s->decoder);
    if (!err)
        err = seek(s);
    if (err)
        return err;
    *ret_pictures = s;
    s = NULL;
    return 0;
}

int picture_source_next(struct picture_source *s, struct fault *fault, const AVFrame **ret_picture,
                        bool *ret_is_same)
{
    bool is_same = s->current->buf[0] != NULL;

    while (s->next->buf[0] && (!s->current->buf[0] || is_due(s, s->next))) {
        av_frame_unref(s->current);
        av_frame_move_ref(s->current, s->next);
        is_same = false;
        const int err = fetch(s);
        if (err)
            return err;
    }
    if (!s->current->buf[0])
        return fault_set(fault, FAILURE_NO_STREAM, ERR_INVALID, "no picture can be decoded");
    s->slot++;
    *ret_picture = s->current;
    *ret_is_same = is_same;
    return 0;
}

void picture_source_report(const struct picture_source *s, struct time_span seconds,
                           struct tally *ret_tally)
{
    video_decoder_report(s->decoder, seconds, ret_tally);
}
