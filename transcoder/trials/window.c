// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/trials/window.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/video/picture_change.h"
#include "transcoder/video/picture_source.h"
#include "transcoder/video/scaler.h"
#include "transcoder/video/slot_queue.h"
#include "transcoder/video/video_decoder.h"

/* A short lecture is not worth more looks than encoding it costs. */
enum { WINDOW_MS = 1600, LECTURE_MS_EACH = 10000 };

struct taking {
    struct source *source; /* borrowed */
    struct link *link;     /* borrowed */
    struct fault fault;    /* of no interest: a window is left out */
    struct plan_picture plan;
    int64_t window_slots;
    uint32_t changed_permille[WINDOW_MAX * WINDOW_MAX_SLOTS]; /* of n_compared pairs of pictures */
    size_t n_compared;
};

void window_list_clear(struct window_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        for (size_t k = 0; k < list->items[i].n_slots; k++)
            av_frame_free(&list->items[i].pictures[k]);
    }
    list->n = 0;
}

/* The slot of a key frame that is shown at that slot or before it. */
static int find_start(struct taking *t, int64_t slot, int64_t *ret_slot)
{
    CLEANUP(video_decoder_free) struct video_decoder *decoder = NULL;
    const struct frame_grid *grid = &t->plan.grid;
    AVFrame *frame = av_frame_alloc();
    int err = frame ? 0 : ERR_NO_MEMORY;

    if (!err)
        err = video_decoder_open(t->source, (int)t->plan.stream, &t->plan.shifts, &t->fault,
                                 &decoder);
    if (!err)
        err = video_decoder_seek(decoder, slot ? frame_grid_slot_us(grid, slot) : INT64_MIN);
    if (!err)
        err = video_decoder_next(decoder, frame);
    if (!err)
        *ret_slot = frame->pts > 0 ? frame_grid_nearest_slot(grid, frame->pts) : 0;
    av_frame_free(&frame);
    return err;
}

/* How much changed since the picture 200 ms before, at that slot of the window. */
static void compare(struct taking *t, const struct window *w, size_t slot)
{
    const size_t gap = video_ladder_longest_gap(&t->plan.grid);
    const AVFrame *now = w->pictures[slot];
    const AVFrame *before = NULL;

    if (slot % gap != 0 || slot < gap)
        return;
    for (size_t i = slot; i-- > 0 && !before;) {
        now = now ? now : w->pictures[i];
        before = i <= slot - gap ? w->pictures[i] : NULL;
    }
    uint32_t *changed_permille = &t->changed_permille[t->n_compared++];
    if (!now || !before || now == before)
        return;
    const struct plane a = slot_queue_plane(before);
    const struct plane b = slot_queue_plane(now);
    *changed_permille = picture_change_measure(&a, &b).changed_permille;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* What three quarters of the comparisons stay below: key frames, where windows start, are often
 * where a slide changes, and one such change must not make slides a film. */
static uint32_t moving_permille(struct taking *t)
{
    if (t->n_compared == 0)
        return 0;
    qsort(t->changed_permille, t->n_compared, sizeof t->changed_permille[0], by_size);
    return t->changed_permille[t->n_compared * 3 / 4];
}

static bool looks_the_same(const AVFrame *a, const AVFrame *b)
{
    const struct plane plane_a = slot_queue_plane(a);
    const struct plane plane_b = slot_queue_plane(b);

    return picture_change_measure(&plane_a, &plane_b).is_same;
}

static int read_window(struct taking *t, struct picture_source *pictures, struct scaler *scaler,
                       struct window *w)
{
    const AVFrame *newest = NULL;

    for (size_t i = 0; i < w->n_slots; i++) {
        const AVFrame *picture = NULL;
        bool is_same = false;
        int err = picture_source_next(pictures, &t->fault, &picture, &is_same);
        if (err)
            return err;
        if (!is_same || !newest) {
            w->pictures[i] = av_frame_alloc();
            if (!w->pictures[i])
                return ERR_NO_MEMORY;
            scaler_set(scaler, picture);
            err = scaler_get(scaler, 0, w->pictures[i]);
            if (err)
                return err;
            if (newest && looks_the_same(newest, w->pictures[i]))
                av_frame_free(&w->pictures[i]);
            newest = w->pictures[i] ? w->pictures[i] : newest;
        }
        compare(t, w, i);
    }
    return 0;
}

static int take_window(struct taking *t, int64_t slot, struct window_list *list)
{
    CLEANUP(picture_source_free) struct picture_source *pictures = NULL;
    CLEANUP(scaler_free) struct scaler *scaler = NULL;
    const struct window *last = list->n ? &list->items[list->n - 1] : NULL;
    struct window *w = &list->items[list->n];
    int64_t start = 0;

    int err = find_start(t, slot, &start);
    if (err)
        return err;
    if (start > t->plan.n_slots - t->window_slots)
        start = t->plan.n_slots - t->window_slots;
    if (last && start < last->first_slot + (int64_t)last->n_slots)
        return ERR_NOT_FOUND; /* key frames are too far apart */
    *w = (struct window){.first_slot = start, .n_slots = (size_t)t->window_slots};
    list->n++;
    err = picture_source_open(t->source, &t->plan, start, t->link, &t->fault, &pictures);
    if (!err)
        err = scaler_new(&t->plan, &scaler);
    if (!err)
        err = read_window(t, pictures, scaler, w);
    if (err) {
        for (size_t i = 0; i < w->n_slots; i++)
            av_frame_free(&w->pictures[i]);
        list->n--;
    }
    return err;
}

static int64_t window_slots(const struct plan_picture *picture)
{
    int64_t n = frame_grid_nearest_slot(&picture->grid, WINDOW_MS * INT64_C(1000));

    n = n < picture->n_slots ? n : picture->n_slots;
    return n < WINDOW_MAX_SLOTS ? n : WINDOW_MAX_SLOTS;
}

static int64_t count_windows(const struct plan_picture *picture)
{
    const int64_t n =
        frame_grid_slot_us(&picture->grid, picture->n_slots) / (LECTURE_MS_EACH * INT64_C(1000));

    if (n < 1)
        return 1;
    return n < WINDOW_MAX ? n : WINDOW_MAX;
}

int window_list_take(struct source *source, const struct plan_picture *picture, uint32_t width,
                     uint32_t height, struct link *link, struct window_list *ret_list)
{
    struct taking *t = calloc(1, sizeof *t);
    const int64_t n_windows = count_windows(picture);
    int err = 0;

    *ret_list = (struct window_list){0};
    if (!t)
        return ERR_NO_MEMORY;
    t->source = source;
    t->link = link;
    t->plan = *picture;
    t->plan.rungs[0] = (struct rung){.width = width, .height = height, .slot_step = 1};
    t->plan.n_rungs = 1;
    t->window_slots = window_slots(picture);
    for (int64_t i = 0; i < n_windows && err != ERR_NO_MEMORY; i++)
        err = take_window(t, (picture->n_slots - t->window_slots) * (2 * i + 1) / (2 * n_windows),
                          ret_list);
    ret_list->moving_permille = moving_permille(t);
    free(t);
    if (err == ERR_NO_MEMORY)
        window_list_clear(ret_list);
    return err == ERR_NO_MEMORY ? err : 0;
}
