// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/still_collector.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/slides/slide_collector.h"
#include "transcoder/storyboard/film_area.h"
#include "transcoder/storyboard/slide_change.h"
#include "transcoder/storyboard/slide_watch.h"
#include "transcoder/storyboard/stills.h"
#include "transcoder/video/jpeg.h"

static const int64_t INTERVAL_US = (int64_t)STILLS_INTERVAL_S * 1000000;

struct still_collector {
    const struct frame_grid *grid; /* borrowed */
    struct scaler *scaler;         /* borrowed */
    struct slide_watch watch;
    struct film_area film;
    AVFrame *before; /* owned: the picture before; empty: none */
    int64_t before_slot;
    AVFrame *run_first;             /* owned: what the busy run started with */
    struct slide_collector *slides; /* owned */
    int64_t n_calm;                 /* slots */
    AVFrame *calm;                  /* owned: the last calm picture; empty: none yet */
    AVFrame *scaled;                /* owned, scratch */
    AVFrame *small;                 /* owned, scratch */
    int64_t regular_us;             /* when the next regular still is due */
    struct stills stills;
    struct buf pixels;
};

void still_collector_free(struct still_collector *c)
{
    if (!c)
        return;
    av_frame_free(&c->calm);
    slide_collector_free(c->slides);
    av_frame_free(&c->before);
    av_frame_free(&c->run_first);
    av_frame_free(&c->scaled);
    av_frame_free(&c->small);
    buf_clear(&c->pixels);
    free(c);
}

int still_collector_new(const struct plan_picture *plan, const struct chunk *chunk,
                        struct scaler *scaler, struct still_collector **ret_collector)
{
    CLEANUP(still_collector_free) struct still_collector *c = calloc(1, sizeof *c);

    if (!c)
        return ERR_NO_MEMORY;
    const int64_t first_us = frame_grid_slot_us(&plan->grid, chunk->first_slot);
    c->grid = &plan->grid;
    c->scaler = scaler;
    c->watch = slide_watch_start(c->grid, chunk->first_slot);
    c->regular_us = (first_us + INTERVAL_US - 1) / INTERVAL_US * INTERVAL_US;
    c->pixels = buf_with_limit(STILLS_FILE_LIMIT);
    stills_size(plan->rungs[0].width, plan->rungs[0].height, &c->stills.width, &c->stills.height);
    c->stills.run_from_us = -1;
    c->before = av_frame_alloc();
    c->run_first = av_frame_alloc();
    c->calm = av_frame_alloc();
    c->scaled = av_frame_alloc();
    c->small = av_frame_alloc();
    if (!c->before || !c->run_first || !c->calm || !c->scaled || !c->small)
        return ERR_NO_MEMORY;
    const int err = slide_collector_new(plan, scaler, &c->slides);
    if (err)
        return err;
    *ret_collector = c;
    c = NULL;
    return 0;
}

static void append_plane(struct buf *out, const AVFrame *picture, int plane, int width, int height)
{
    for (int y = 0; y < height; y++)
        buf_append(out, picture->data[plane] + (ptrdiff_t)y * picture->linesize[plane],
                   (size_t)width);
}

static int append_pixels(struct still_collector *c)
{
    const int width = c->small->width;
    const int height = c->small->height;

    append_plane(&c->pixels, c->small, 0, width, height);
    append_plane(&c->pixels, c->small, 1, width / 2, height / 2);
    append_plane(&c->pixels, c->small, 2, width / 2, height / 2);
    return c->pixels.err;
}

/* Adds a still of the picture that the scaler has. The last place is for the chunk's last one. */
static int take(struct still_collector *c, const struct still *still)
{
    const size_t most = still->kind == STILL_LAST ? STILLS_MAX : STILLS_MAX - 1;

    if (c->stills.n >= most)
        return 0;
    av_frame_unref(c->scaled);
    av_frame_unref(c->small);
    int err = scaler_get(c->scaler, 0, c->scaled);
    if (!err)
        err = jpeg_shrink(c->scaled, (int)c->stills.width, (int)c->stills.height, c->small);
    if (!err)
        err = append_pixels(c);
    if (!err)
        c->stills.list[c->stills.n++] = *still;
    return err;
}

static int64_t slot_us(const struct still_collector *c, int64_t slot)
{
    return frame_grid_slot_us(c->grid, slot);
}

static bool is_other_slide(const AVFrame *calm, const AVFrame *now, const struct film_mask *film)
{
    const struct plane before = slot_queue_plane(calm);
    const struct plane after = slot_queue_plane(now);

    return calm->format != now->format || slide_change_is_other(&before, &after, film, NULL);
}

/* The picture is calm again: is it another slide? The chunk's first one is told by the join. */
static int settle(struct still_collector *c, const struct slide_watch *run, const AVFrame *picture)
{
    const bool is_first = !c->calm->buf[0];
    const struct still still = {.kind = is_first ? STILL_FIRST : STILL_SLIDE,
                                .from_us = slot_us(c, run->first_busy),
                                .until_us = slot_us(c, run->last_busy)};

    return is_first || is_other_slide(c->calm, picture, &c->film.mask) ? take(c, &still) : 0;
}

static bool has_film(const struct still_collector *c)
{
    return memchr(c->film.mask.cells, 1, FILM_CELLS) != NULL;
}

/* What the slot is for slides: a film that plays beside them is left out. */
static enum slot_kind kind_of(struct still_collector *c, int64_t slot, const struct slot_view *view)
{
    enum slot_kind kind = (enum slot_kind)view->ahead[0];

    if (view->is_new && c->before->buf[0] && c->before->format == view->picture->format) {
        const struct plane before = slot_queue_plane(c->before);
        const struct plane now = slot_queue_plane(view->picture);
        const struct film_change change = film_area_change(&before, &now, &c->film.mask, NULL);
        film_area_learn(&c->film, &before, &now,
                        (slot_us(c, slot) - slot_us(c, c->before_slot)) / 1000);
        if (kind != SLOT_STILL && has_film(c))
            kind = film_area_kind(&change);
    }
    return kind;
}

/* While nobody knew of the film, all seemed busy. Now that it is known, what the run started with
 * tells whether anything else moved. */
static void see_past_film(const struct still_collector *c, const AVFrame *picture,
                          struct slide_watch *run)
{
    if (!c->run_first->buf[0] || c->run_first->format != picture->format || !has_film(c))
        return;
    const struct plane first = slot_queue_plane(c->run_first);
    const struct plane now = slot_queue_plane(picture);
    const struct film_change change = film_area_change(&first, &now, &c->film.mask, NULL);
    if (film_area_kind(&change) == SLOT_STILL)
        run->last_busy = run->first_busy;
}

static int keep(AVFrame *to, const AVFrame *picture)
{
    av_frame_unref(to);
    return av_frame_ref(to, picture) < 0 ? ERR_NO_MEMORY : 0;
}

/* Pictures for slides/: of the calm picture that went, or of the one that is there. */
static int look_for_slides(struct still_collector *c, int64_t slot, enum slide_event event,
                           const struct slide_watch *run, const struct slot_view *view)
{
    int err = 0;

    if (event == SLIDE_LEFT && c->calm->buf[0])
        err = slide_collector_leave(c->slides, c->calm, &c->film.mask);
    if (event == SLIDE_SETTLED)
        slide_collector_start(c->slides, slide_start_us(slot_us(c, run->first_busy),
                                                        slot_us(c, run->last_busy)));
    else if (!c->watch.is_busy && view->is_new)
        slide_collector_touch(c->slides, slot_us(c, slot));
    if (!err && !c->watch.is_busy)
        err = slide_collector_look(c->slides, view->picture, &c->film.mask, slot_us(c, slot));
    scaler_set(c->scaler, view->picture);
    return err;
}

static int watch_slides(struct still_collector *c, int64_t slot, const struct slot_view *view)
{
    struct slide_watch run = c->watch;
    const enum slide_event event = slide_watch_at(&c->watch, slot, kind_of(c, slot, view));
    int err = 0;

    c->n_calm += !c->watch.is_busy;
    if (event == SLIDE_LEFT || !c->run_first->buf[0])
        err = keep(c->run_first, view->picture);
    if (event == SLIDE_SETTLED)
        see_past_film(c, view->picture, &run);
    if (!err && event == SLIDE_SETTLED)
        err = settle(c, &run, view->picture);
    if (!err)
        err = look_for_slides(c, slot, event, &run, view);
    if (!err && !c->watch.is_busy && (view->is_new || event == SLIDE_SETTLED))
        err = keep(c->calm, view->picture);
    if (!err && view->is_new) {
        c->before_slot = slot;
        err = keep(c->before, view->picture);
    }
    return err;
}

int still_collector_look(struct still_collector *c, int64_t slot, const struct slot_view *view)
{
    const int64_t now_us = slot_us(c, slot);
    int err = 0;

    if (now_us >= c->regular_us) {
        c->regular_us += INTERVAL_US;
        err = take(c, &(struct still){STILL_REGULAR, now_us, now_us});
    }
    return err ? err : watch_slides(c, slot, view);
}

int still_collector_write(struct still_collector *c, struct link *link, uint32_t chunk)
{
    CLEANUP(buf_clear) struct buf file = buf_with_limit(STILLS_FILE_LIMIT);
    char name[STILLS_NAME_SIZE];
    int err = 0;

    c->stills.calm_us = slot_us(c, c->n_calm);
    if (c->watch.is_busy && c->watch.has_run)
        c->stills.run_from_us = slot_us(c, c->watch.first_busy);
    c->stills.film = c->film.mask;
    if (c->calm->buf[0]) {
        scaler_set(c->scaler, c->calm);
        err = take(c, &(struct still){STILL_LAST, 0, 0});
        if (!err && !c->watch.is_busy)
            err = slide_collector_leave(c->slides, c->calm, &c->film.mask);
    }
    if (!err)
        err = slide_collector_write(c->slides, link, chunk);
    if (err)
        return err;
    c->stills.pixels = buf_slice(&c->pixels);
    stills_write(&c->stills, &file);
    stills_name(chunk, name);
    return file.err ? file.err : link_write_file(link, name, buf_slice(&file));
}
