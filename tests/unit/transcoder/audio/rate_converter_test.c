// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/rate_converter.h"

#include <criterion/criterion.h>
#include <math.h>

#include "common/err.h"

enum { BLOCK = 2400 };

static float left[BLOCK], right[BLOCK];
static float *const PLANES[2] = {left, right};

static struct rate_converter *converter_to(uint32_t rate, int n_out, uint32_t lead)
{
    struct rate_converter *converter = NULL;

    cr_assert_eq(rate_converter_new(&(struct rate_converter_config){.n_in = 2,
                                                                    .n_out = n_out,
                                                                    .rate = rate,
                                                                    .packet_samples = 1024,
                                                                    .lead_samples = lead},
                                    &converter),
                 0);
    return converter;
}

/* A click stays where it is in time, at any rate. */
Test(rate_converter, time_zero_stays_time_zero)
{
    static const uint32_t RATES[] = {16000, 24000, 32000, 48000};

    for (size_t k = 0; k < sizeof RATES / sizeof RATES[0]; k++) {
        CLEANUP(rate_converter_free) struct rate_converter *c = converter_to(RATES[k], 1, 0);
        float *packet[2];
        int best = 0;
        for (int block = 0; block < 4; block++) {
            for (int i = 0; i < BLOCK; i++)
                left[i] = right[i] = block == 0 && i == 480 ? 1 : 0;
            cr_assert_eq(rate_converter_put(c, PLANES, BLOCK), 0);
        }
        cr_assert(rate_converter_take(c, packet));
        for (int i = 0; i < 1024; i++)
            best = fabsf(packet[0][i]) > fabsf(packet[0][best]) ? i : best;
        cr_assert_eq(best, (int)(480 * RATES[k] / 48000), "at %u", RATES[k]);
    }
}

Test(rate_converter, silence_leads_and_packets_are_whole)
{
    CLEANUP(rate_converter_free) struct rate_converter *c = converter_to(48000, 1, 1000);
    float *packet[2];

    for (int i = 0; i < BLOCK; i++)
        left[i] = right[i] = 0.5F;
    cr_assert_not(rate_converter_take(c, packet));
    cr_assert_eq(rate_converter_put(c, PLANES, BLOCK), 0);
    cr_assert(rate_converter_take(c, packet));
    cr_assert_eq(packet[0][999], 0);
    cr_assert_eq(packet[0][1000], 0.5F);
    cr_assert(rate_converter_take(c, packet));
    cr_assert(rate_converter_take(c, packet));
    cr_assert_not(rate_converter_take(c, packet), "3400 - 3072 are left");
}

Test(rate_converter, two_channels_become_half_their_sum_or_stay_two)
{
    CLEANUP(rate_converter_free) struct rate_converter *one = converter_to(48000, 1, 0);
    CLEANUP(rate_converter_free) struct rate_converter *two = converter_to(48000, 2, 0);
    float *packet[2];

    for (int i = 0; i < BLOCK; i++) {
        left[i] = 0.75F;
        right[i] = 0.25F;
    }
    cr_assert_eq(rate_converter_put(one, PLANES, BLOCK), 0);
    cr_assert(rate_converter_take(one, packet));
    cr_assert_eq(packet[0][7], 0.5F);
    cr_assert_eq(rate_converter_put(two, PLANES, BLOCK), 0);
    cr_assert(rate_converter_take(two, packet));
    cr_assert_eq(packet[0][7], 0.75F);
    cr_assert_eq(packet[1][7], 0.25F);
}
