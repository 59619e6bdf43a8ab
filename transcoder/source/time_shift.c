// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/time_shift.h"

int64_t time_shift_at(const struct time_shifts *shifts, int64_t byte)
{
    if (shifts->n == 0)
        return 0;
    size_t i = 0;
    while (i + 1 < shifts->n && shifts->items[i + 1].from_byte <= byte)
        i++;
    return shifts->items[i].shift_us;
}

void time_shifts_add(struct time_shifts *shifts, int64_t from_byte, int64_t shift_us)
{
    if (shifts->n < TIME_SHIFTS_MAX)
        shifts->items[shifts->n++] =
            (struct time_shift){.from_byte = from_byte, .shift_us = shift_us};
}

void time_shifts_move(struct time_shifts *shifts, int64_t by_us)
{
    for (size_t i = 0; i < shifts->n; i++)
        shifts->items[i].shift_us += by_us;
}
