// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/storyboard_join.h"

#include <stdlib.h>

#include <libavutil/imgutils.h>

#include "common/err.h"
#include "common/package/storyboard_files.h"
#include "transcoder/slides/slides_join.h"
#include "transcoder/storyboard/storyboard.h"
#include "transcoder/video/jpeg.h"

enum { TEXT_LIMIT = 8 << 20 };

/* JPEG's scale for quantisers, finest first: the first one is taken that fits into the bytes. */
static const int QUALITIES[] = {5, 6, 8, 10, 13, 17, 22, 31};

struct work {
    struct link *link;        /* borrowed */
    const struct plan *plan;  /* borrowed */
    struct storyboard *board; /* owned */
    struct buf file;          /* of the chunk that was read last; */
    struct stills stills;     /* what is in it, and */
    uint32_t chunk;           /* which one that is */
    AVFrame *sheet;           /* owned */
    AVPacket *packet;         /* owned */
};

static void work_clear_cleanup(struct work *w)
{
    storyboard_free(w->board);
    buf_clear(&w->file);
    av_frame_free(&w->sheet);
    av_packet_free(&w->packet);
}

static int read_chunk(struct work *w, uint32_t chunk)
{
    char name[STILLS_NAME_SIZE];

    stills_name(chunk, name);
    buf_reset(&w->file);
    int err = link_read_file(w->link, name, &w->file);
    if (!err && stills_parse(buf_slice(&w->file), &w->stills))
        err = ERR_CORRUPT;
    w->chunk = chunk;
    return err;
}

static int compose(struct work *w)
{
    int err = 0;

    for (uint32_t i = 0; i < w->plan->picture.n_chunks && !err; i++) {
        err = read_chunk(w, i);
        if (!err)
            err = storyboard_add(w->board, i, &w->stills);
    }
    if (!err)
        storyboard_finish(w->board, video_ladder_is_still(&w->plan->picture.content));
    return err;
}

/* An empty sheet is black. */
static int start_sheet(struct work *w, size_t n_tiles)
{
    const size_t columns = n_tiles < STORYBOARD_COLUMNS ? n_tiles : STORYBOARD_COLUMNS;
    const size_t rows = (n_tiles + STORYBOARD_COLUMNS - 1) / STORYBOARD_COLUMNS;

    av_frame_unref(w->sheet);
    w->sheet->format = AV_PIX_FMT_YUVJ420P;
    w->sheet->width = (int)(columns * w->board->width);
    w->sheet->height = (int)(rows * w->board->height);
    if (av_frame_get_buffer(w->sheet, 0) < 0)
        return ERR_NO_MEMORY;
    const ptrdiff_t strides[4] = {w->sheet->linesize[0], w->sheet->linesize[1],
                                  w->sheet->linesize[2], 0};
    (void)av_image_fill_black(w->sheet->data, strides, AV_PIX_FMT_YUV420P, AVCOL_RANGE_JPEG,
                              w->sheet->width, w->sheet->height);
    return 0;
}

static void draw_plane(const struct work *w, int plane, const uint8_t *from, uint32_t x, uint32_t y,
                       uint32_t width, uint32_t height)
{
    const int stride = w->sheet->linesize[plane];
    uint8_t *to = w->sheet->data[plane] + (ptrdiff_t)y * stride + x;

    av_image_copy_plane(to, stride, from, (int)width, (int)width, (int)height);
}

static int draw_tile(struct work *w, const struct storyboard_entry *entry, size_t tile)
{
    const struct storyboard_place at = storyboard_place(w->board, tile);
    const uint32_t width = w->board->width;
    const uint32_t height = w->board->height;
    const int err = entry->chunk == w->chunk ? 0 : read_chunk(w, entry->chunk);

    if (err)
        return err;
    const uint8_t *pixels = stills_picture(&w->stills, entry->still);
    draw_plane(w, 0, pixels, at.x, at.y, width, height);
    pixels += (size_t)width * height;
    draw_plane(w, 1, pixels, at.x / 2, at.y / 2, width / 2, height / 2);
    pixels += (size_t)width * height / 4;
    draw_plane(w, 2, pixels, at.x / 2, at.y / 2, width / 2, height / 2);
    return 0;
}

static int write_sheet(struct work *w, size_t sheet)
{
    const size_t most = storyboard_sheet_bytes(w->board, sheet);
    char name[STORYBOARD_NAME_SIZE];
    int err = 0;

    for (size_t i = 0; i < sizeof QUALITIES / sizeof QUALITIES[0] && !err; i++) {
        av_packet_unref(w->packet);
        err = jpeg_encode(w->sheet, QUALITIES[i], w->packet);
        if (!err && (size_t)w->packet->size <= most)
            break;
    }
    storyboard_sheet_name((uint32_t)sheet, name);
    return err ? err
               : link_write_file(w->link, name,
                                 slice_of((const char *)w->packet->data, (size_t)w->packet->size));
}

static int write_sheets(struct work *w)
{
    size_t tile = 0;
    int err = 0;

    for (size_t i = 0; i < w->board->n && !err; i++) {
        if (!w->board->entries[i].has_tile)
            continue;
        const size_t sheet = tile / STORYBOARD_SHEET_TILES;
        const size_t n_tiles = storyboard_sheet_tiles(w->board, sheet);
        const size_t at = tile % STORYBOARD_SHEET_TILES;
        if (at == 0)
            err = start_sheet(w, n_tiles);
        if (!err)
            err = draw_tile(w, &w->board->entries[i], tile++);
        if (!err && at + 1 == n_tiles)
            err = write_sheet(w, sheet);
    }
    return err;
}

/* A camera's pictures have no slides, and so no pictures of them. */
static int make_slides(struct work *w, struct package *package)
{
    int64_t *starts_us = calloc(w->board->n + 1, sizeof *starts_us);
    size_t n = 0;

    if (!starts_us)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < w->board->n; i++) {
        if (w->board->entries[i].is_slide)
            starts_us[n++] = w->board->entries[i].start_us;
    }
    const int err = w->board->is_still ? slides_join(w->link, w->plan, starts_us, n, package) : 0;
    free(starts_us);
    return err;
}

static int write_texts(const struct work *w, const struct package *package)
{
    CLEANUP(buf_clear) struct buf cues = buf_with_limit(TEXT_LIMIT);
    CLEANUP(buf_clear) struct buf slides = buf_with_limit(TEXT_LIMIT);

    storyboard_write_cues(w->board, &cues);
    storyboard_write_slides(w->board, package, &slides);
    int err = cues.err ? cues.err : slides.err;
    if (!err)
        err = link_write_file(w->link, STORYBOARD_CUES_NAME, buf_slice(&cues));
    return err ? err : link_write_file(w->link, STORYBOARD_SLIDES_NAME, buf_slice(&slides));
}

int storyboard_join(struct link *link, const struct plan *plan, struct package *package)
{
    CLEANUP(work_clear)
    struct work w = {.link = link,
                     .plan = plan,
                     .board = storyboard_new(plan->duration_us),
                     .file = buf_with_limit(STILLS_FILE_LIMIT),
                     .sheet = av_frame_alloc(),
                     .packet = av_packet_alloc()};

    if (!w.board || !w.sheet || !w.packet)
        return ERR_NO_MEMORY;
    if (!plan->has_picture)
        return 0;
    int err = compose(&w);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    err = write_sheets(&w);
    if (!err)
        err = make_slides(&w, package);
    if (!err)
        err = write_texts(&w, package);
    if (!err) {
        package->n_sheets = (uint32_t)storyboard_n_sheets(w.board);
        package->n_slides = (uint32_t)w.board->n_slides;
    }
    return err;
}
