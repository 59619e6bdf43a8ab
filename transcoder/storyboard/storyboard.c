// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/storyboard.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/storyboard/slide_change.h"
#include "transcoder/storyboard/slide_watch.h"
#include "transcoder/video/picture_change.h"

/* A tile costs ten seconds of credit; time earns it, and no more than a sheet is saved. */
static const int64_t TILE_US = INT64_C(10000000);
static const int64_t HOUR_US = INT64_C(3600000000);

struct storyboard *storyboard_new(int64_t duration_us)
{
    struct storyboard *board = calloc(1, sizeof *board);

    if (board) {
        board->duration_us = duration_us;
        board->run_from_us = -1;
    }
    return board;
}

void storyboard_free(struct storyboard *board)
{
    if (!board)
        return;
    free(board->entries);
    free(board->calm);
    free(board->newest);
    free(board);
}

static int remember(const struct plane *luma, uint8_t **picture)
{
    const size_t size = (size_t)luma->width * (size_t)luma->height;

    if (!*picture)
        *picture = malloc(size);
    if (!*picture)
        return ERR_NO_MEMORY;
    memcpy(*picture, luma->data, size);
    return 0;
}

static struct plane plane_like(const struct plane *now, const uint8_t *data)
{
    return (struct plane){data, now->width, now->width, now->height};
}

static bool looks_the_same(const uint8_t *before, const struct plane *now)
{
    const struct plane then = plane_like(now, before);
    const struct change_measure measure = picture_change_measure(&then, now);

    return picture_change_of(&measure) == PICTURE_SAME;
}

static bool is_other_slide(const struct storyboard *board, const struct plane *now,
                           const struct film_mask *film)
{
    const struct plane then = plane_like(now, board->calm);

    return slide_change_is_other(&then, now, &board->calm_film, film);
}

static int push(struct storyboard *board, const struct storyboard_entry *entry,
                const struct plane *luma)
{
    if (entry->start_us >= board->duration_us)
        return 0;
    if ((board->n & (board->n - 1)) == 0) { /* room for one more, doubling at powers of two */
        struct storyboard_entry *larger =
            reallocarray(board->entries, board->n ? 2 * board->n : 1, sizeof *larger);
        if (!larger)
            return ERR_NO_MEMORY;
        board->entries = larger;
    }
    board->entries[board->n++] = *entry;
    return remember(luma, &board->newest);
}

/* A regular tile that was taken while the slide was coming shows the transition: it goes. */
static int push_slide(struct storyboard *board, const struct storyboard_entry *entry,
                      const struct plane *luma)
{
    while (board->n > 0 && !board->entries[board->n - 1].is_slide &&
           board->entries[board->n - 1].start_us >= entry->start_us)
        board->n--;
    if (board->n > 0 && board->entries[board->n - 1].start_us >= entry->start_us)
        return 0;
    return push(board, entry, luma);
}

static int add_first(struct storyboard *board, const struct still *still,
                     const struct film_mask *film, struct storyboard_entry *entry,
                     const struct plane *luma)
{
    const bool is_new = !board->calm || is_other_slide(board, luma, film);
    const int64_t from_us = board->run_from_us >= 0 ? board->run_from_us : still->from_us;

    entry->start_us = slide_start_us(from_us, still->until_us);
    entry->is_slide = true;
    return is_new ? push_slide(board, entry, luma) : 0;
}

static int add_still(struct storyboard *board, uint32_t chunk, const struct stills *stills,
                     size_t i)
{
    const struct still *still = &stills->list[i];
    const struct plane luma = stills_luma(stills, i);
    struct storyboard_entry entry = {.start_us = still->from_us,
                                     .chunk = chunk,
                                     .still = (uint32_t)i};

    switch (still->kind) {
    case STILL_REGULAR:
        return board->newest && looks_the_same(board->newest, &luma) ? 0
                                                                     : push(board, &entry, &luma);
    case STILL_FIRST:
        return add_first(board, still, &stills->film, &entry, &luma);
    case STILL_SLIDE:
        entry.start_us = slide_start_us(still->from_us, still->until_us);
        entry.is_slide = true;
        return push_slide(board, &entry, &luma);
    default:
        board->calm_film = stills->film;
        return remember(&luma, &board->calm);
    }
}

/* A chunk that was never calm goes on with the run that it came into. */
static void follow_run(struct storyboard *board, const struct stills *stills)
{
    const bool was_calm = stills->n > 0 && stills->list[stills->n - 1].kind == STILL_LAST;

    if (was_calm || board->run_from_us < 0)
        board->run_from_us = stills->run_from_us;
}

int storyboard_add(struct storyboard *board, uint32_t chunk, const struct stills *stills)
{
    int err = 0;

    if (board->width == 0) {
        board->width = stills->width;
        board->height = stills->height;
    }
    if (board->width != stills->width || board->height != stills->height)
        return ERR_CORRUPT;
    for (size_t i = 0; i < stills->n && !err; i++)
        err = add_still(board, chunk, stills, i);
    if (!err)
        follow_run(board, stills);
    board->calm_us += stills->calm_us;
    return err;
}

void storyboard_finish(struct storyboard *board, bool is_known_still)
{
    const int64_t most = STORYBOARD_SHEET_TILES * TILE_US;
    int64_t credit = most;
    int64_t before = 0;

    board->is_still = is_known_still || board->calm_us * 2 >= board->duration_us;
    for (size_t i = 0; i < board->n; i++) {
        struct storyboard_entry *entry = &board->entries[i];
        entry->is_slide = entry->is_slide && board->is_still;
        credit += entry->start_us - before;
        credit = credit > most ? most : credit;
        before = entry->start_us;
        entry->has_tile = credit >= TILE_US;
        credit -= entry->has_tile ? TILE_US : 0;
        board->n_tiles += entry->has_tile;
        board->n_slides += entry->is_slide;
    }
}

size_t storyboard_n_sheets(const struct storyboard *board)
{
    return (board->n_tiles + STORYBOARD_SHEET_TILES - 1) / STORYBOARD_SHEET_TILES;
}

struct storyboard_place storyboard_place(const struct storyboard *board, size_t tile)
{
    const uint32_t at = (uint32_t)(tile % STORYBOARD_SHEET_TILES);

    return (struct storyboard_place){.sheet = tile / STORYBOARD_SHEET_TILES,
                                     .x = at % STORYBOARD_COLUMNS * board->width,
                                     .y = at / STORYBOARD_COLUMNS * board->height};
}

size_t storyboard_sheet_tiles(const struct storyboard *board, size_t sheet)
{
    const size_t rest = board->n_tiles - sheet * STORYBOARD_SHEET_TILES;

    return rest < STORYBOARD_SHEET_TILES ? rest : STORYBOARD_SHEET_TILES;
}

size_t storyboard_sheet_bytes(const struct storyboard *board, size_t sheet)
{
    const size_t most = STORYBOARD_SHEET_BYTES / STORYBOARD_SHEET_TILES;
    const int64_t all = STORYBOARD_SHEET_BYTES +
                        board->duration_us / 1000 * STORYBOARD_HOUR_BYTES / (HOUR_US / 1000);
    const size_t share = (size_t)all / board->n_tiles;

    return (share < most ? share : most) * storyboard_sheet_tiles(board, sheet);
}
