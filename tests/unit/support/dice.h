// SPDX-License-Identifier: GPL-3.0-or-later
/* dice.h - numbers that look random and are the same in each run of a test. */
#ifndef TESTS_UNIT_SUPPORT_DICE_H
#define TESTS_UNIT_SUPPORT_DICE_H

#include <stdint.h>

static uint64_t dice_state = 20261124;

/* From 0 to n - 1. */
static inline int dice(int n)
{
    dice_state = dice_state * 6364136223846793005 + 1442695040888963407;
    return (int)((dice_state >> 33) % (uint64_t)n);
}

#endif
