// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/audio_encoder.h"

#include <criterion/criterion.h>

#include "common/err.h"

static const struct sound_rung RUNG = {.name = "a48",
                                       .group = "high",
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

static const struct sound_rung OPUS = {.name = "o24",
                                       .group = "opus",
                                       .codec = SOUND_CODEC_OPUS,
                                       .sample_rate = 48000,
                                       .n_channels = 1,
                                       .packet_samples = 2880,
                                       .kbps = 24};

static void check_packets(const struct sound_rung *rung)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    struct fault fault = {0};
    static float samples[2880];
    float *planes[2] = {samples, NULL};
    int n = 0;

    cr_assert_eq(audio_encoder_open(rung, &fault, &encoder), 0);
    cr_assert_eq(audio_encoder_packet_samples(encoder), rung->packet_samples);
    cr_assert_lt(audio_encoder_lead_samples(encoder), rung->packet_samples);
    for (uint32_t i = 0; i < 50; i++) {
        for (uint32_t k = 0; k < rung->packet_samples; k++)
            samples[k] = (float)((i * rung->packet_samples + k) % 100) / 200.0F;
        cr_assert_eq(audio_encoder_send(encoder, planes), 0);
        n += take_all(encoder);
    }
    cr_assert_geq(n, 48, "the first one is left out, and another may be on its way");
    cr_assert_leq(n, 49);
}

Test(audio_encoder, every_packet_that_goes_in_comes_out_and_the_warm_up_does_not)
{
    check_packets(&RUNG);
    check_packets(&OPUS);
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

/* Encapsulation of Opus in ISO BMFF §4.3. */
Test(audio_encoder, opus_says_its_configuration_and_how_long_it_takes_to_converge)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);
    struct fault fault = {0};
    char codecs[32];

    cr_assert_eq(audio_encoder_open(&OPUS, &fault, &encoder), 0);
    cr_assert_eq(audio_encoder_init_section(encoder, "vie", &out, codecs), 0);
    cr_assert_str_eq(codecs, "opus");
    cr_assert_not_null(memmem(out.data, out.length, "dOps\0\1\0\0\0\0\xbb\x80\0\0\0", 4 + 11));
    cr_assert_not_null(memmem(out.data, out.length, "roll\0\0\0\2\0\0\0\1\0\0\0\1\xff\xfe", 18),
                       "two packets of 60 ms");
    cr_assert_null(memmem(out.data, out.length, "elst", 4));
}

/* Sends n packets of a tone, or of what is too quiet to be heard, and returns the bytes that come
 * out for them. */
static size_t send_some(struct audio_encoder *encoder, int n, float level)
{
    static float samples[2880];
    float *planes[2] = {samples, NULL};
    struct slice packet;
    size_t bytes = 0;

    for (int i = 0; i < n; i++) {
        for (size_t k = 0; k < 2880; k++)
            samples[k] = k / 60 % 2 ? level : -level;
        cr_assert_eq(audio_encoder_send(encoder, planes), 0);
        while (audio_encoder_receive(encoder, &packet) == 0)
            bytes += packet.length;
    }
    return bytes;
}

/* It took 10 kbit/s. */
Test(audio_encoder, silence_costs_next_to_nothing_and_what_follows_is_whole)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    struct fault fault = {0};

    cr_assert_eq(audio_encoder_open(&OPUS, &fault, &encoder), 0);
    (void)send_some(encoder, 20, 0.2F);
    (void)send_some(encoder, 5, 0.0001F);
    cr_assert_leq(send_some(encoder, 100, 0.0001F), 200, "two bytes each");
    cr_assert_gt(send_some(encoder, 1, 0.2F), 60, "not missed");
}

Test(audio_encoder, a_sound_that_can_just_be_heard_is_kept)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = NULL;
    struct fault fault = {0};

    cr_assert_eq(audio_encoder_open(&OPUS, &fault, &encoder), 0);
    cr_assert_gt(send_some(encoder, 100, 0.0004F), 3000);
}
