// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/film_area.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "tests/unit/support/dice.h"

enum { WIDTH = 640, HEIGHT = 360, STEP_MS = 80 };

static uint8_t pages[2][HEIGHT][WIDTH];
static int now;
static struct film_area area;

static struct plane plane_of(int page)
{
    return (struct plane){&pages[page][0][0], WIDTH, WIDTH, HEIGHT};
}

/* The next picture: the same, but with something else in a rectangle. */
static void step(int x, int y, int width, int height)
{
    memcpy(pages[1 - now], pages[now], sizeof pages[0]);
    now = 1 - now;
    for (int line = y; line < y + height; line++) {
        for (int i = x; i < x + width; i++)
            pages[now][line][i] = (uint8_t)dice(256);
    }
}

static struct film_change change(void)
{
    const struct plane a = plane_of(1 - now);
    const struct plane b = plane_of(now);

    return film_area_change(&a, &b, &area.mask, NULL);
}

static void learn(int n, int x, int y, int width, int height)
{
    for (int i = 0; i < n; i++) {
        step(x, y, width, height);
        const struct plane a = plane_of(1 - now);
        const struct plane b = plane_of(now);
        film_area_learn(&area, &a, &b, STEP_MS);
    }
}

static int n_cells(void)
{
    int n = 0;

    for (int i = 0; i < FILM_CELLS; i++)
        n += area.mask.cells[i];
    return n;
}

Test(film_area, a_speaker_in_a_corner_does_not_count_after_some_seconds)
{
    step(480, 240, 160, 120);
    struct film_change seen = change();
    cr_assert_neq(film_area_kind(&seen), SLOT_STILL, "nobody knows yet");
    learn(60, 480, 240, 160, 120);
    step(480, 240, 160, 120);
    seen = change();
    cr_assert_eq(seen.n_changed, 0);
    cr_assert_eq(film_area_kind(&seen), SLOT_STILL);
}

Test(film_area, a_slide_beside_the_speaker_counts)
{
    learn(60, 480, 240, 160, 120);
    step(0, 0, 400, 200);
    struct film_change seen = change();
    cr_assert_eq(film_area_kind(&seen), SLOT_NEW);
    step(0, 0, 30, 20);
    seen = change();
    cr_assert_eq(film_area_kind(&seen), SLOT_STILL, "ink");
    cr_assert_geq(seen.n_changed, FILM_TOUCHED_CELLS);
}

Test(film_area, a_transition_is_no_film)
{
    learn(30, 0, 0, 300, 200);
    cr_assert_eq(n_cells(), 0);
}

Test(film_area, where_all_moves_nothing_is_left_out)
{
    learn(200, 0, 0, WIDTH, HEIGHT);
    cr_assert_eq(n_cells(), 0);
}

Test(film_area, a_film_that_ended_is_forgotten)
{
    learn(100, 480, 240, 160, 120);
    cr_assert_gt(n_cells(), 0);
    learn(500, 0, 0, 0, 0);
    cr_assert_eq(n_cells(), 0);
}

Test(film_area, a_mask_goes_there_and_back)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(10000);
    struct film_mask read = {0};

    film_mask_write(&area.mask, &text);
    cr_assert_eq(text.length, 0, "none is no text");
    area.mask.cells[7] = 1;
    area.mask.cells[8] = 1;
    film_mask_write(&area.mask, &text);
    cr_assert_eq(film_mask_read(buf_slice(&text), &read), 0);
    cr_assert_eq(memcmp(&read, &area.mask, sizeof read), 0);
    cr_assert_eq(film_mask_read(slice_from("80"), &read), ERR_INVALID);
}

Test(film_area, pictures_that_cannot_be_compared_differ)
{
    const struct plane a = plane_of(0);
    const struct plane small = {&pages[0][0][0], WIDTH, 64, 64};

    cr_assert_eq(film_area_change(&a, &small, NULL, NULL).n_changed, FILM_CELLS);
    cr_assert_eq(film_area_change(&small, &small, NULL, NULL).n_changed, FILM_CELLS);
    film_area_learn(&area, &small, &small, STEP_MS);
    cr_assert_eq(n_cells(), 0);
}
