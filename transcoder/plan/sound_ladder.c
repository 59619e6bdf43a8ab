// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_ladder.h"

#include <stdio.h>
#include <string.h>

enum {
    AAC_PACKET = 1024,
    OPUS_PACKET = 2880, /* 60 ms: fewer packets, fewer bytes for their headers */
    OPUS_RATE = 48000,
    OPUS_VOICE_KBPS = 16,
    OPUS_MUSIC_KBPS = 24,
    LOW_RATE = 24000,
    STEREO_EXTRA_KBPS = 16,
    LOW_MAX_KBPS = 240, /* of the picture, at most; */
    CHEAP_KBPS = 100,   /* what it is expected to take */
};

/* What a source of at most that rate is worth. */
struct width {
    uint32_t rate;
    uint32_t low_kbps, high_kbps;
};

static const struct width WIDTHS[] = {
    {16000, 24, 32},
    {24000, 32, 40},
    {32000, 32, 48},
    {48000, 32, 48},
};

static const struct width *width_of(uint32_t source_rate)
{
    enum { N = sizeof WIDTHS / sizeof WIDTHS[0] };
    size_t i = 0;

    while (i + 1 < N && WIDTHS[i].rate < source_rate)
        i++;
    return &WIDTHS[i];
}

static void set_name(struct sound_rung *rung, char letter, size_t number, const char *group)
{
    const int n = snprintf(rung->name, sizeof rung->name, "%c%u", letter, rung->kbps);

    if (number > 0)
        (void)snprintf(rung->name + n, sizeof rung->name - (size_t)n, "-%zu", number + 1);
    (void)snprintf(rung->group, sizeof rung->group, "%s", group);
}

size_t sound_ladder_make(uint32_t source_rate, bool is_stereo, bool is_music, size_t number,
                         struct sound_rung rungs[LADDER_MAX_SOUND_RUNGS])
{
    const struct width *width = width_of(source_rate);
    const uint32_t low_rate = width->rate < LOW_RATE ? width->rate : LOW_RATE;

    memset(rungs, 0, LADDER_MAX_SOUND_RUNGS * sizeof *rungs);
    rungs[0] = (struct sound_rung){.codec = SOUND_CODEC_AAC,
                                   .sample_rate = low_rate,
                                   .n_channels = 1,
                                   .packet_samples = AAC_PACKET,
                                   .kbps = width->low_kbps};
    rungs[1] = (struct sound_rung){.codec = SOUND_CODEC_AAC,
                                   .sample_rate = width->rate,
                                   .n_channels = is_stereo ? 2 : 1,
                                   .packet_samples = AAC_PACKET,
                                   .kbps = width->high_kbps + (is_stereo ? STEREO_EXTRA_KBPS : 0U)};
    rungs[2] = (struct sound_rung){.codec = SOUND_CODEC_OPUS,
                                   .sample_rate = OPUS_RATE,
                                   .n_channels = 1,
                                   .packet_samples = OPUS_PACKET,
                                   .kbps = is_music ? OPUS_MUSIC_KBPS : OPUS_VOICE_KBPS};
    set_name(&rungs[0], 'a', number, "low");
    set_name(&rungs[1], 'a', number, "high");
    set_name(&rungs[2], 'o', number, "opus");
    return 3;
}

const char *sound_ladder_group(uint32_t max_kbps, uint32_t expected_kbps)
{
    const bool is_cheap = expected_kbps > 0 && expected_kbps < CHEAP_KBPS;

    return is_cheap || max_kbps <= LOW_MAX_KBPS ? "low" : "high";
}
