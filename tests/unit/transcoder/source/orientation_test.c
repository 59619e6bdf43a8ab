// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/orientation.h"

#include <criterion/criterion.h>

enum { ONE = 1 << 16 };

static struct orientation of(int32_t a, int32_t b, int32_t c, int32_t d)
{
    const int32_t matrix[9] = {a, b, 0, c, d, 0, 0, 0, 1 << 30};

    return orientation_from_matrix(matrix);
}

/* Where the pixel at (x, y) of a 3 x 2 picture ends up. */
static void turn(struct orientation o, int *x, int *y)
{
    int width = 3;
    int height = 2;

    if (o.is_transposed) {
        const int old_x = *x;
        *x = *y;
        *y = old_x;
        width = 2;
        height = 3;
    }
    if (o.is_mirrored)
        *x = width - 1 - *x;
    if (o.is_upside_down)
        *y = height - 1 - *y;
}

static void expect(struct orientation o, int x, int y)
{
    int at_x = 0;
    int at_y = 0;

    turn(o, &at_x, &at_y);
    cr_assert(at_x == x && at_y == y, "the corner goes to %d,%d instead of %d,%d", at_x, at_y, x,
              y);
}

Test(orientation, unity_is_upright)
{
    cr_assert(orientation_is_upright(of(ONE, 0, 0, ONE)));
    cr_assert(orientation_is_upright(of(0, 0, 0, 0)), "a matrix that is none");
}

Test(orientation, a_quarter_turn_clockwise_takes_the_corner_to_the_right)
{
    const struct orientation o = of(0, ONE, -ONE, 0);

    cr_assert(o.is_transposed);
    expect(o, 1, 0);
}

Test(orientation, a_quarter_turn_back_takes_the_corner_to_the_bottom)
{
    expect(of(0, -ONE, ONE, 0), 0, 2);
}

Test(orientation, half_a_turn_takes_the_corner_across)
{
    expect(of(-ONE, 0, 0, -ONE), 2, 1);
}

Test(orientation, mirrors_are_told_from_turns)
{
    expect(of(-ONE, 0, 0, ONE), 2, 0);
    expect(of(ONE, 0, 0, -ONE), 0, 1);
    expect(of(0, ONE, ONE, 0), 0, 0);
    expect(of(0, -ONE, -ONE, 0), 1, 2);
}
