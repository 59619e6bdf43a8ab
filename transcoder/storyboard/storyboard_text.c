// SPDX-License-Identifier: GPL-3.0-or-later
/* What players read. The cues are the form that hls.js, Video.js, Plyr and JW Player know:
 *
 *   00:00:00.000 --> 00:00:30.000
 *   storyboard-0.jpg#xywh=0,0,160,90
 *
 * slides.json has the same for slides; one that got no tile has "tile":null:
 *
 *   {"version":1,"pictures":"still","slides":[
 *   {"id":1,"start_s":0.000,"tile":"storyboard-0.jpg#xywh=0,0,160,90"},…]}
 *
 * and behind them the pictures of slides/, each shown from its time until the next one's:
 *
 *   "states":[
 *   {"start_s":0.000,"slide":1,"file":"slides/0001.webp","bytes":18342},…]}
 *
 * Where pictures move all the time there are no slides: "pictures":"moving" and an empty list. */
#include <inttypes.h>

#include "common/package/storyboard_files.h"
#include "transcoder/captions/caption_text.h"
#include "transcoder/storyboard/storyboard.h"

static void append_tile(const struct storyboard *board, size_t tile, struct buf *out)
{
    const struct storyboard_place at = storyboard_place(board, tile);

    buf_printf(out, "storyboard-%zu.jpg#xywh=%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32,
               at.sheet, at.x, at.y, board->width, board->height);
}

/* The start of the next entry with a tile behind entry i, else the lecture's end. */
static int64_t end_us(const struct storyboard *board, size_t i)
{
    for (size_t k = i + 1; k < board->n; k++) {
        if (board->entries[k].has_tile)
            return board->entries[k].start_us;
    }
    return board->duration_us;
}

void storyboard_write_cues(const struct storyboard *board, struct buf *out)
{
    size_t tile = 0;

    buf_append_text(out, "WEBVTT\n");
    for (size_t i = 0; i < board->n; i++) {
        const struct storyboard_entry *entry = &board->entries[i];
        if (!entry->has_tile)
            continue;
        buf_append_char(out, '\n');
        caption_time_append(entry->start_us / 1000, out);
        buf_append_text(out, " --> ");
        caption_time_append(end_us(board, i) / 1000, out);
        buf_append_char(out, '\n');
        append_tile(board, tile++, out);
        buf_append_char(out, '\n');
    }
}

static void append_time(const char *name, int64_t us, struct buf *out)
{
    const int64_t ms = us / 1000;

    buf_printf(out, "\"%s\":%" PRId64 ".%03" PRId64, name, ms / 1000, ms % 1000);
}

static void append_states(const struct package *package, struct buf *out)
{
    char name[SLIDE_NAME_SIZE];

    if (package->n_pictures == 0)
        return;
    buf_append_text(out, "],\"states\":[");
    for (size_t i = 0; i < package->n_pictures; i++) {
        const struct package_picture *picture = &package->pictures[i];
        slide_picture_name(picture->file, name);
        buf_append_text(out, i ? ",\n{" : "\n{");
        append_time("start_s", picture->start_us, out);
        buf_printf(out, ",\"slide\":%" PRIu32 ",\"file\":\"%s\",\"bytes\":%" PRIu32 "}",
                   picture->slide, name, picture->bytes);
    }
}

void storyboard_write_slides(const struct storyboard *board, const struct package *package,
                             struct buf *out)
{
    size_t n = 0;
    size_t tile = 0;

    buf_printf(out, "{\"version\":1,\"pictures\":\"%s\",\"slides\":[",
               board->is_still ? "still" : "moving");
    for (size_t i = 0; i < board->n; i++) {
        const struct storyboard_entry *entry = &board->entries[i];
        if (entry->is_slide) {
            buf_printf(out, "%s\n{\"id\":%zu,", n ? "," : "", n + 1);
            append_time("start_s", entry->start_us, out);
            buf_append_text(out, entry->has_tile ? ",\"tile\":\"" : ",\"tile\":null");
            if (entry->has_tile) {
                append_tile(board, tile, out);
                buf_append_char(out, '"');
            }
            buf_append_char(out, '}');
            n++;
        }
        tile += entry->has_tile;
    }
    append_states(package, out);
    buf_append_text(out, "]}\n");
}
