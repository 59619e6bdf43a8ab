// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/av1_reader.h"

#include <criterion/criterion.h>
#include <string.h>

/* av1C of a stream of 1280x720 that SVT-AV1 1.4 made: level 3.1. */
static const char CONFIG[] = "\x81\x05\x0d\x00"
                             "\x0a\x0e\x00\x00\x00\x2d\x4c\xff\xb3\xc0\x2f\x81\x01\x01\x01\x24";

static struct slice config(void)
{
    return slice_of(CONFIG, sizeof CONFIG - 1);
}

static struct slice sequence(void)
{
    return av1_sequence_header(slice_skip(config(), 4));
}

Test(av1_reader, the_codecs_text_is_that_of_the_configuration)
{
    char text[32] = "";

    av1_codecs(config(), text, sizeof text);
    cr_assert_str_eq(text, "av01.0.05M.08");
}

Test(av1_reader, a_configuration_that_its_sequence_header_denies_has_no_text)
{
    static const struct {
        size_t at;
        char value;
    } CHANGES[] = {{0, 1}, {1, 0x08}, {1, 0x25}, {2, (char)0x8d}, {4, 0x32}, {5, 0x7f}, {6, 0x20}};

    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        char changed[sizeof CONFIG - 1];
        char text[32] = "";
        memcpy(changed, CONFIG, sizeof changed);
        changed[CHANGES[i].at] = CHANGES[i].value;
        av1_codecs(slice_of(changed, sizeof changed), text, sizeof text);
        cr_assert_str_eq(text, "", "change %zu", i);
    }
    for (size_t n = 0; n < 8; n++) {
        char text[32] = "";
        av1_codecs(slice_of(CONFIG, n), text, sizeof text);
        cr_assert_str_eq(text, "", "%zu bytes", n);
    }
}

static bool starts_with(const char *frame, size_t length, bool with_header)
{
    char sample[64];
    size_t n = 0;

    if (with_header) {
        memcpy(sample, CONFIG + 4, sizeof CONFIG - 5);
        n = sizeof CONFIG - 5;
    }
    memcpy(sample + n, frame, length);
    return av1_is_random_access(slice_of(sample, n + length), sequence());
}

Test(av1_reader, a_decoder_starts_at_a_shown_key_frame_with_its_header)
{
    cr_assert(starts_with("\x32\x02\x10x", 4, true), "shown key frame");
    cr_assert(starts_with("\x1a\x02\x10x", 4, true), "its header apart");
    cr_assert_not(starts_with("\x32\x02\x10x", 4, false), "no sequence header");
    cr_assert_not(starts_with("\x32\x02\x00x", 4, true), "hidden");
    cr_assert_not(starts_with("\x32\x02\x30x", 4, true), "no key frame");
    cr_assert_not(starts_with("\x1a\x02\x80x", 4, true), "a frame from before");
    cr_assert_not(starts_with("", 0, true), "no frame");
}

/* Any byte may be anything. */
Test(av1_reader, broken_bytes_are_survived)
{
    char sample[] = "\x0a\x03sss\x32\x82\x01"
                    "frame";
    char text[32];

    for (size_t i = 0; i < (sizeof sample - 1) * 8; i++) {
        sample[i / 8] = (char)(sample[i / 8] ^ 1 << i % 8);
        (void)av1_is_random_access(slice_of(sample, sizeof sample - 1), sequence());
        av1_codecs(slice_of(sample, sizeof sample - 1), text, sizeof text);
        sample[i / 8] = (char)(sample[i / 8] ^ 1 << i % 8);
    }
}
