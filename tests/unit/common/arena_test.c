// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/arena.h"
#include "tests/unit/support/fail_alloc.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>

Test(arena, memory_is_zeroed_aligned_and_apart)
{
    struct arena a = arena_with_limit(1 << 20);
    unsigned char *last = NULL;

    for (size_t size = 1; size < 200; size++) {
        unsigned char *memory = arena_alloc(&a, size);
        cr_assert_not_null(memory);
        cr_assert_eq((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0);
        memset(memory, 0xee, size);
        if (last)
            cr_assert_eq(*last, 0xee, "an earlier allocation was written over");
        last = memory;
    }
    arena_clear(&a);
}

Test(arena, a_reset_keeps_the_first_block_and_zeroes_again)
{
    struct arena a = arena_with_limit(1 << 20);

    char *first = arena_alloc(&a, 100);
    memset(first, 0xee, 100);
    cr_assert_not_null(arena_alloc(&a, 50000));
    const size_t with_both = a.total_bytes;
    arena_reset(&a);
    cr_assert_lt(a.total_bytes, with_both);
    char *again = arena_alloc(&a, 100);
    cr_assert_eq(again, first, "the block has to be used again");
    cr_assert_eq(again[99], 0);
    arena_clear(&a);
    cr_assert_eq(a.total_bytes, 0);
    cr_assert_null(a.blocks);
}

Test(arena, the_limit_holds_over_all_blocks)
{
    struct arena a = arena_with_limit(10000);

    cr_assert_null(arena_alloc(&a, 10001));
    cr_assert_null(arena_alloc(&a, SIZE_MAX));
    cr_assert_not_null(arena_alloc(&a, 6000));
    cr_assert_null(arena_alloc(&a, 6000));
    cr_assert_leq(a.total_bytes, 10000);
    cr_assert_not_null(arena_alloc(&a, 1000), "what is left below the limit is to be had");
    arena_clear(&a);
}

Test(arena, a_limit_below_one_block_still_gives_memory)
{
    struct arena a = arena_with_limit(64);

    cr_assert_not_null(arena_alloc(&a, 10));
    cr_assert_not_null(arena_alloc(&a, 48));
    cr_assert_null(arena_alloc(&a, 1));
    arena_clear(&a);
}

Test(arena, an_unlimited_size_does_not_wrap_to_nothing)
{
    struct arena a = arena_with_limit(SIZE_MAX);

    cr_assert_null(arena_alloc(&a, SIZE_MAX - 3));
    arena_clear(&a);
}

Test(arena, copies_are_terminated)
{
    struct arena a = arena_with_limit(4096);

    cr_assert_str_eq(arena_copy(&a, slice_of("lecture", 4)), "lect");
    cr_assert_str_eq(arena_copy(&a, slice_of(NULL, 0)), "");
    arena_clear(&a);
    arena_clear(&a);
}

Test(arena, memory_that_is_short_gives_null_and_breaks_nothing)
{
    struct arena a = arena_with_limit(1 << 20);

    fail_alloc_start(1);
    cr_assert_not_null(arena_alloc(&a, 4000));
    cr_assert_null(arena_alloc(&a, 4000));
    cr_assert_not_null(arena_alloc(&a, 90), "the first block still has room");
    cr_assert_null(arena_copy(&a, slice_from("no room for this and a terminator")));
    cr_assert(fail_alloc_stop());
    cr_assert_not_null(arena_alloc(&a, 4000));
    arena_clear(&a);
}
