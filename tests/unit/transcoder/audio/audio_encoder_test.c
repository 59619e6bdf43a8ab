// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/audio_encoder.h"

#include <criterion/criterion.h>

#include "common/err.h"

static const struct sound_rung RUNG = {.name = "a48",
                                       .group = "aac",
                                       .sample_rate = 48000,
                                       .n_channels = 1,
                                       .packet_samples = 1024,
                                       .kbps = 48};

static int take_all(struct audio_encoder *encoder)
{
    struct slice packet;
    int n = 0;

    while (audio_encoder_receive(encoder, &packet) == 0) {
        cr_assert_gt(packet.length, 0);
        n++;
    }
    return n;
}

Test(audio_encoder, every_packet_that_goes_in_comes_out_and_the_warm_up_does_not)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    struct fault fault = {0};
    static float samples[1024];
    float *planes[2] = {samples, NULL};
    int n = 0;

    cr_assert_eq(audio_encoder_open(&RUNG, &fault, &encoder), 0);
    cr_assert_eq(audio_encoder_packet_samples(encoder), 1024);
    for (int i = 0; i < 50; i++) {
        for (int k = 0; k < 1024; k++)
            samples[k] = (float)((i * 1024 + k) % 100) / 200.0F;
        cr_assert_eq(audio_encoder_send(encoder, planes), 0);
        n += take_all(encoder);
    }
    cr_assert_eq(audio_encoder_send(encoder, NULL), 0);
    n += take_all(encoder);
    cr_assert_geq(n, 50);
    cr_assert_leq(n, 51, "one more may hold the last half window");
}

Test(audio_encoder, the_init_section_names_the_codec)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
    struct fault fault = {0};
    char codecs[32];

    cr_assert_eq(audio_encoder_open(&RUNG, &fault, &encoder), 0);
    cr_assert_eq(audio_encoder_init_section(encoder, "und", &out, codecs), 0);
    cr_assert_str_eq(codecs, "mp4a.40.2");
    cr_assert_lt(out.length, 1024);
}
