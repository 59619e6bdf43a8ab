// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/arena_list.h"

#include <stdint.h>

#include <criterion/criterion.h>

Test(arena_list, elements_survive_growing)
{
    struct arena arena = arena_with_limit(1 << 20);
    int64_t *numbers = NULL;

    for (size_t n = 0; n < 1000; n++) {
        numbers = arena_list_grow(&arena, numbers, n, sizeof *numbers);
        cr_assert_not_null(numbers);
        cr_assert_eq(numbers[n], 0, "a new element is zeroed");
        numbers[n] = (int64_t)n;
    }
    for (size_t n = 0; n < 1000; n++)
        cr_assert_eq(numbers[n], (int64_t)n);
    arena_clear(&arena);
}

Test(arena_list, an_exhausted_arena_gives_null)
{
    struct arena arena = arena_with_limit(8192);
    int64_t *numbers = NULL;
    size_t n = 0;

    do
        numbers = arena_list_grow(&arena, numbers, n++, sizeof *numbers);
    while (numbers && n < 10000);
    cr_assert_null(numbers);
    cr_assert_lt(n, 10000);
    cr_assert_null(arena_list_grow(&arena, NULL, 0, SIZE_MAX / 2));
    arena_clear(&arena);
}
