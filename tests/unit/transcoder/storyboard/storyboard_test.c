// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/storyboard.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"

enum { WIDTH = 160, HEIGHT = 90, BYTES = WIDTH * HEIGHT * 3 / 2, S = 1000000 };

static struct storyboard *board;
static struct stills stills;
static char pixels[STILLS_MAX * BYTES];

static void clear_chunk(void)
{
    memset(&stills, 0, sizeof stills);
    stills.width = WIDTH;
    stills.height = HEIGHT;
    stills.run_from_us = -1;
}

static void set_up(void)
{
    board = storyboard_new((int64_t)3600 * S);
    cr_assert(board);
    clear_chunk();
}

static void tear_down(void)
{
    storyboard_free(board);
}

TestSuite(storyboard, .init = set_up, .fini = tear_down);

/* Adds a still to the chunk: all of that grey. */
static void put(enum still_kind kind, int64_t from_us, int64_t until_us, int grey)
{
    memset(pixels + stills.n * BYTES, grey, BYTES);
    stills.list[stills.n++] = (struct still){kind, from_us, until_us};
    stills.pixels = slice_of(pixels, stills.n * BYTES);
}

static void add(uint32_t chunk)
{
    cr_assert_eq(storyboard_add(board, chunk, &stills), 0);
    clear_chunk();
}

static void assert_entry(size_t i, int64_t start_us, bool is_slide)
{
    cr_assert_lt(i, board->n);
    cr_assert_eq(board->entries[i].start_us, start_us, "%zu starts at %lld", i,
                 (long long)board->entries[i].start_us);
    cr_assert_eq(board->entries[i].is_slide, is_slide);
}

Test(storyboard, one_tile_stands_for_all_the_time_in_which_nothing_changes)
{
    put(STILL_REGULAR, 0, 0, 100);
    put(STILL_REGULAR, 30 * S, 30 * S, 100);
    put(STILL_REGULAR, 60 * S, 60 * S, 140);
    add(0);
    cr_assert_eq(board->n, 2);
    assert_entry(0, 0, false);
    assert_entry(1, 60 * S, false);
}

Test(storyboard, the_first_calm_picture_is_the_first_slide)
{
    put(STILL_REGULAR, 0, 0, 100);
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 100);
    add(0);
    cr_assert_eq(board->n, 1);
    assert_entry(0, 0, true);
}

Test(storyboard, a_title_that_fades_in_is_a_slide_after_the_dark)
{
    put(STILL_REGULAR, 0, 0, 0);
    put(STILL_FIRST, 500000, 1500000, 200);
    put(STILL_LAST, 0, 0, 200);
    add(0);
    cr_assert_eq(board->n, 2);
    assert_entry(0, 0, false);
    assert_entry(1, 500000, true);
}

Test(storyboard, a_slide_that_goes_on_over_a_chunks_edge_is_one)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 150); /* ink came, slowly */
    add(0);
    put(STILL_FIRST, 10 * S, 10 * S, 150);
    put(STILL_LAST, 0, 0, 150);
    add(1);
    cr_assert_eq(board->n, 1);
}

Test(storyboard, a_slide_that_comes_right_at_a_chunks_edge_is_seen)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 100);
    add(0);
    put(STILL_FIRST, 10 * S, 10 * S, 200);
    put(STILL_LAST, 0, 0, 200);
    add(1);
    cr_assert_eq(board->n, 2);
    assert_entry(1, 10 * S, true);
}

Test(storyboard, a_transition_over_a_chunks_edge_starts_where_it_began)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 100);
    stills.run_from_us = 9500000;
    add(0);
    put(STILL_FIRST, 10 * S, 10 * S + 400000, 200);
    put(STILL_LAST, 0, 0, 200);
    add(1);
    assert_entry(1, 9500000, true);
}

Test(storyboard, a_film_over_whole_chunks_is_no_slide_but_what_follows_is)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 100);
    stills.run_from_us = 8 * S;
    add(0);
    put(STILL_REGULAR, 30 * S, 30 * S, 60);
    stills.run_from_us = 10 * S;
    add(1);
    put(STILL_FIRST, 34 * S, 40 * S, 200);
    put(STILL_LAST, 0, 0, 200);
    add(2);
    cr_assert_eq(board->n, 3);
    assert_entry(1, 30 * S, false);
    assert_entry(2, 40 * S, true);
}

Test(storyboard, a_film_that_ends_on_the_slide_before_it_adds_none)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_LAST, 0, 0, 100);
    stills.run_from_us = 8 * S;
    add(0);
    put(STILL_FIRST, 10 * S, 14 * S, 100);
    put(STILL_LAST, 0, 0, 100);
    add(1);
    cr_assert_eq(board->n, 1);
}

Test(storyboard, a_regular_tile_from_within_a_transition_goes)
{
    put(STILL_FIRST, 0, 0, 100);
    put(STILL_REGULAR, 30 * S, 30 * S, 60);
    put(STILL_SLIDE, 29500000, 30500000, 200);
    put(STILL_LAST, 0, 0, 200);
    add(0);
    cr_assert_eq(board->n, 2);
    assert_entry(1, 29500000, true);
}

Test(storyboard, nothing_starts_at_or_behind_the_end)
{
    put(STILL_REGULAR, 0, 0, 100);
    put(STILL_SLIDE, (int64_t)3600 * S, (int64_t)3600 * S, 200);
    add(0);
    cr_assert_eq(board->n, 1);
}

Test(storyboard, chunks_of_other_sizes_do_not_fit)
{
    put(STILL_REGULAR, 0, 0, 100);
    add(0);
    stills.width = 120;
    cr_assert_eq(storyboard_add(board, 1, &stills), ERR_CORRUPT);
}

/* A slide every two seconds, all hour long. */
static void fill_hour(int64_t every_us)
{
    stills.calm_us = (int64_t)3600 * S;
    for (int64_t at = 0; at < (int64_t)3600 * S; at += every_us) {
        put(STILL_SLIDE, at, at, (int)(at / every_us % 2) * 100);
        add(0);
    }
    storyboard_finish(board, false);
}

Test(storyboard, what_moves_more_than_half_of_the_time_has_no_slides)
{
    const int64_t half_us = (int64_t)1800 * S;

    for (int i = 0; i < 2; i++) {
        tear_down();
        set_up();
        put(STILL_FIRST, 0, 0, 100);
        put(STILL_SLIDE, 40 * S, 40 * S, 200);
        put(STILL_LAST, 0, 0, 200);
        stills.calm_us = half_us - i;
        add(0);
        storyboard_finish(board, false);
        cr_assert_eq(board->is_still, i == 0);
        cr_assert_eq(board->n_slides, i == 0 ? 2 : 0);
        cr_assert_eq(board->n_tiles, 2, "the pictures are worth a tile all the same");
    }
}

Test(storyboard, what_the_plan_saw_as_still_is_believed)
{
    put(STILL_FIRST, 0, 0, 100);
    add(0);
    storyboard_finish(board, true);
    cr_assert(board->is_still && board->n_slides == 1);
}

Test(storyboard, slides_that_race_by_do_not_cost_more_than_an_hour_may)
{
    fill_hour(2 * S);
    cr_assert_eq(board->n_slides, 1800);
    cr_assert_eq(board->n_tiles, 360 + 15);
    size_t bytes = 0;
    for (size_t i = 0; i < storyboard_n_sheets(board); i++)
        bytes += storyboard_sheet_bytes(board, i);
    cr_assert_leq(bytes, STORYBOARD_HOUR_BYTES + STORYBOARD_SHEET_BYTES);
}

Test(storyboard, regular_tiles_of_an_hour_fill_their_sheets_and_no_more)
{
    fill_hour(30 * S);
    cr_assert_eq(board->n_tiles, 120);
    cr_assert_eq(storyboard_n_sheets(board), 8);
    cr_assert_eq(storyboard_sheet_tiles(board, 0), 16);
    cr_assert_eq(storyboard_sheet_tiles(board, 7), 8);
    cr_assert_eq(storyboard_sheet_bytes(board, 0), STORYBOARD_SHEET_BYTES / 16 * 16);
}

Test(storyboard, tiles_lie_in_rows_of_four)
{
    fill_hour(30 * S);
    const struct storyboard_place at = storyboard_place(board, 16 + 6);
    cr_assert(at.sheet == 1 && at.x == 2 * WIDTH && at.y == HEIGHT);
}
