// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slides_join.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/package/storyboard_files.h"
#include "transcoder/slides/slide_choice.h"
#include "transcoder/slides/slide_part.h"

/* A picture as others are compared with it. */
struct look {
    uint8_t *luma; /* owned */
    struct film_mask film;
};

struct work {
    struct link *link;       /* borrowed */
    struct package *package; /* borrowed */
    const int64_t *starts_us;
    size_t n_starts;
    struct buf file; /* of the chunk that was read last */
    struct slide_part part;
    struct slide_candidate *candidates; /* owned */
    size_t n;
    struct look *kept; /* owned: of the files that were written, or of the last candidate */
    size_t n_kept;
};

static void work_clear_cleanup(struct work *w)
{
    for (size_t i = 0; i < w->n_kept; i++)
        free(w->kept[i].luma);
    free(w->kept);
    free(w->candidates);
    buf_clear(&w->file);
}

static int read_chunk(struct work *w, uint32_t chunk)
{
    char name[SLIDE_PART_NAME_SIZE];

    slide_part_name(chunk, name);
    buf_reset(&w->file);
    const int err = link_read_file(w->link, name, &w->file);
    if (err)
        return err;
    return slide_part_parse(buf_slice(&w->file), &w->part) ? ERR_CORRUPT : 0;
}

static bool looks_like(const struct look *look, const struct slide_part *part, size_t i)
{
    const struct plane now = slide_part_luma(part, i);
    const struct plane then = {look->luma, now.stride, now.width, now.height};

    return film_area_change(&then, &now, &look->film, &part->film).n_changed < FILM_TOUCHED_CELLS;
}

static int remember(struct look *look, const struct slide_part *part, size_t i)
{
    const struct plane luma = slide_part_luma(part, i);
    const size_t bytes = (size_t)luma.width * (size_t)luma.height;

    if (!look->luma)
        /* allow(analyzer): freed with the looks that it is in */
        look->luma = malloc(bytes);
    if (!look->luma)
        return ERR_NO_MEMORY;
    memcpy(look->luma, luma.data, bytes);
    look->film = part->film;
    return 0;
}

static uint32_t slide_at(const struct work *w, int64_t at_us)
{
    size_t n = 0;

    while (n < w->n_starts && w->starts_us[n] <= at_us)
        n++;
    return (uint32_t)n;
}

/* A slide's first picture is shown since the slide is there: only the join knows what came at a
 * chunk's edge. */
static int64_t shown_from(const struct work *w, int64_t at_us)
{
    const uint32_t slide = slide_at(w, at_us);

    if (slide == 0 || (w->n > 0 && w->candidates[w->n - 1].slide == slide))
        return at_us;
    return w->starts_us[slide - 1];
}

/* Adds a chunk's pictures; one that looks like the one before it is none. */
static int add_chunk(struct work *w, uint32_t chunk, int64_t duration_us, struct look *last)
{
    int err = read_chunk(w, chunk);

    if (!err && chunk > 0 && w->n > 0 &&
        (w->part.width != w->package->picture_width ||
         w->part.height != w->package->picture_height))
        err = ERR_CORRUPT;
    w->package->picture_width = w->part.width;
    w->package->picture_height = w->part.height;
    for (size_t i = 0; i < w->part.n && !err; i++) {
        const int64_t at_us = w->part.states[i].at_us;
        if (at_us >= duration_us || (last->luma && looks_like(last, &w->part, i)))
            continue;
        const struct slide_candidate candidate = {.start_us = shown_from(w, at_us),
                                                  .slide = slide_at(w, at_us),
                                                  .chunk = chunk,
                                                  .state = (uint32_t)i};
        w->candidates[w->n++] = candidate;
        err = remember(last, &w->part, i);
    }
    return err;
}

static int collect(struct work *w, const struct plan *plan)
{
    const uint32_t n_chunks = (uint32_t)plan->picture.n_chunks;
    struct look last = {0};
    int err = 0;

    w->candidates = calloc((size_t)n_chunks * SLIDE_PART_MAX, sizeof *w->candidates);
    if (!w->candidates)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < n_chunks && !err; i++)
        err = add_chunk(w, i, plan->duration_us, &last);
    free(last.luma);
    return err;
}

/* The number of the file that looks so, counted from 1; the next number when there is none. */
static size_t find_file(const struct work *w, size_t state)
{
    for (size_t i = 0; i < w->n_kept; i++) {
        if (looks_like(&w->kept[i], &w->part, state))
            return i + 1;
    }
    return w->n_kept + 1;
}

static int write_file(struct work *w, size_t number, size_t state)
{
    char name[SLIDE_NAME_SIZE];

    slide_picture_name((uint32_t)number, name);
    const int err = remember(&w->kept[w->n_kept++], &w->part, state);
    return err ? err : link_write_file(w->link, name, slide_part_file(&w->part, state));
}

static int write_one(struct work *w, const struct slide_candidate *c)
{
    const size_t number = find_file(w, c->state);
    struct package_picture picture = {.start_us = c->start_us,
                                      .slide = c->slide,
                                      .file = (uint32_t)number,
                                      .bytes = w->part.states[c->state].bytes};
    const bool is_new = number > w->n_kept;
    int err = is_new ? write_file(w, number, c->state) : 0;

    for (size_t i = 0; i < w->package->n_pictures && !is_new; i++) {
        if (w->package->pictures[i].file == number)
            picture.bytes = w->package->pictures[i].bytes;
    }
    return err ? err : package_add_picture(w->package, &picture);
}

static int write_all(struct work *w)
{
    uint32_t chunk = UINT32_MAX;
    int err = 0;

    w->kept = calloc(w->n ? w->n : 1, sizeof *w->kept);
    if (!w->kept)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < w->n && !err; i++) {
        if (w->candidates[i].chunk != chunk)
            err = read_chunk(w, w->candidates[i].chunk);
        chunk = w->candidates[i].chunk;
        if (!err)
            err = write_one(w, &w->candidates[i]);
    }
    return err;
}

int slides_join(struct link *link, const struct plan *plan, const int64_t *starts_us, size_t n,
                struct package *package)
{
    CLEANUP(work_clear)
    struct work w = {.link = link,
                     .package = package,
                     .starts_us = starts_us,
                     .n_starts = n,
                     .file = buf_with_limit(SLIDE_PART_LIMIT)};

    int err = collect(&w, plan);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    w.n = slide_choice_make(w.candidates, w.n, plan->duration_us);
    return write_all(&w);
}
