// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/time_shift.h"

static const struct time_shift *find(const struct time_shifts *shifts, int64_t byte)
{
    size_t i = 0;

    while (i + 1 < shifts->n && shifts->items[i + 1].from_byte <= byte)
        i++;
    return &shifts->items[i];
}

int64_t time_shift_at(const struct time_shifts *shifts, int64_t byte)
{
    return shifts->n == 0 ? 0 : find(shifts, byte)->shift_us;
}

uint32_t time_shift_stream(const struct time_shifts *shifts, int64_t byte, uint32_t stream)
{
    const uint32_t other = shifts->n == 0 ? 0 : find(shifts, byte)->stream;

    return other > 0 ? other : stream;
}

int64_t time_shift_start(const struct time_shifts *shifts, int64_t byte)
{
    return shifts->n == 0 ? 0 : find(shifts, byte)->from_byte;
}

void time_shifts_add(struct time_shifts *shifts, struct time_shift run)
{
    if (shifts->n < TIME_SHIFTS_MAX)
        shifts->items[shifts->n++] = run;
}

void time_shifts_move(struct time_shifts *shifts, int64_t by_us)
{
    for (size_t i = 0; i < shifts->n; i++)
        shifts->items[i].shift_us += by_us;
}
