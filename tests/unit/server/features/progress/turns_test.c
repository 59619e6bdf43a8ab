// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/progress/turns.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/container.h"
#include "common/err.h"

#define LAN "0123456789abcdef0123456789abcdef"
#define HOA "fedcba9876543210fedcba9876543210"

static struct turns *turns;
static char told[200]; /* "bN " began, "rN " was refused */

static void set_up(void)
{
    told[0] = '\0';
    cr_assert_eq(turns_new(NULL, &turns), 0);
}

static void tear_down(void)
{
    turns_free(turns);
}

TestSuite(turns, .init = set_up, .fini = tear_down);

struct asker {
    struct turn turn;
    int number;
    bool leaves_at_once;
};

static void tell(char what, int number)
{
    const size_t length = strlen(told);

    (void)snprintf(told + length, sizeof told - length, "%c%d ", what, number);
}

static void begin(struct turn *turn)
{
    const struct asker *asker = CONTAINER_OF(turn, struct asker, turn);

    tell('b', asker->number);
    if (asker->leaves_at_once)
        turns_leave(turn);
}

static void refuse(struct turn *turn)
{
    tell('r', CONTAINER_OF(turn, struct asker, turn)->number);
}

static struct asker asker_of(int number)
{
    return (struct asker){.turn = {.begin = begin, .refuse = refuse}, .number = number};
}

Test(turns, one_of_a_key_is_at_it_and_others_are_not_held_up)
{
    struct asker first = asker_of(1), second = asker_of(2), other = asker_of(3);

    cr_assert_eq(turns_enter(turns, LAN, &first.turn, 0), 0);
    cr_assert_eq(turns_enter(turns, LAN, &second.turn, 0), 0);
    cr_assert_eq(turns_enter(turns, HOA, &other.turn, 0), 0);
    turns_tick(turns, 1);
    cr_assert_str_eq(told, "b1 b3 ");
    turns_leave(&first.turn);
    cr_assert_str_eq(told, "b1 b3 ", "the key rests until the next tick");
    turns_tick(turns, 2);
    cr_assert_str_eq(told, "b1 b3 b2 ");
    turns_leave(&second.turn);
    turns_leave(&other.turn);
}

Test(turns, they_come_in_order_one_a_tick)
{
    struct asker askers[4];

    for (int i = 0; i < 4; i++) {
        askers[i] = asker_of(i);
        askers[i].leaves_at_once = true;
        cr_assert_eq(turns_enter(turns, LAN, &askers[i].turn, 0), 0);
    }
    for (int i = 0; i < 6; i++)
        turns_tick(turns, i);
    cr_assert_str_eq(told, "b0 b1 b2 b3 ");
    askers[0] = asker_of(9);
    cr_assert_eq(turns_enter(turns, LAN, &askers[0].turn, 0), 0);
    cr_assert_str_eq(told, "b0 b1 b2 b3 b9 ", "nothing is left of a key that rested");
    turns_leave(&askers[0].turn);
}

Test(turns, who_waits_for_too_long_is_refused)
{
    struct asker first = asker_of(1), second = asker_of(2), third = asker_of(3);

    cr_assert_eq(turns_enter(turns, LAN, &first.turn, 0), 0);
    cr_assert_eq(turns_enter(turns, LAN, &second.turn, 10), 0);
    cr_assert_eq(turns_enter(turns, LAN, &third.turn, 1000), 0);
    turns_tick(turns, 10 + TURN_WAIT_MS);
    cr_assert_str_eq(told, "b1 r2 ");
    turns_leave(&first.turn);
    turns_tick(turns, 11 + TURN_WAIT_MS);
    cr_assert_str_eq(told, "b1 r2 b3 ");
    turns_leave(&third.turn);
}

Test(turns, only_so_many_wait)
{
    static struct asker askers[TURNS_WAITING_MAX + 2];

    for (int i = 0; i < TURNS_WAITING_MAX + 1; i++) {
        askers[i] = asker_of(i);
        cr_assert_not(turns_is_full(turns, LAN));
        cr_assert_eq(turns_enter(turns, LAN, &askers[i].turn, 0), 0);
    }
    askers[TURNS_WAITING_MAX + 1] = asker_of(99);
    cr_assert(turns_is_full(turns, LAN));
    cr_assert_not(turns_is_full(turns, HOA));
    cr_assert_eq(turns_enter(turns, LAN, &askers[TURNS_WAITING_MAX + 1].turn, 0), ERR_TOO_LARGE);
    turns_leave(&askers[0].turn);
    turns_free(turns);
    turns = NULL;
    cr_assert(strstr(told, "r1 r2 ") && strstr(told, "r32 "), "%s", told);
}
