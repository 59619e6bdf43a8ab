// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/package/package.h"
#include "tests/unit/support/fail_alloc.h"

/* The stored form, to the byte: packages that exist must stay readable. */
static const char GOLDEN[] =
    "{\"version\":1,\"complete\":true,\"duration_us\":145520000,\"target_duration_s\":6,"
    "\"renditions\":[\n"
    "{\"name\":\"v240\",\"kind\":\"video\",\"codecs\":\"avc1.64000d\",\"timescale\":12800,"
    "\"width\":426,\"height\":240,\"frame_rate\":[25,1],\"group\":\"aac\",\"peak_bps\":210000,"
    "\"average_bps\":95000,\"files\":[\"v240.mp4\"],\"init\":[0,0,720],"
    "\"fragments\":[[0,720,41234,76800,9000],[0,41954,9,25600]]},\n"
    "{\"name\":\"a48\",\"kind\":\"audio\",\"codecs\":\"mp4a.40.2\",\"timescale\":48000,"
    "\"sample_rate\":48000,\"channels\":1,\"language\":\"vi\",\"group\":\"aac\",\"peak_bps\":49000,"
    "\"average_bps\":48000,\"files\":[\"a48.mp4\"],\"init\":[0,0,640],"
    "\"fragments\":[[0,640,36000,288000]]},\n"
    "{\"name\":\"c1\",\"kind\":\"captions\",\"codecs\":\"wvtt\",\"timescale\":1000,"
    "\"language\":\"vi\",\"group\":\"captions\",\"peak_bps\":9,\"average_bps\":9,"
    "\"files\":[\"c1.vtt\"],\"init\":[],\"fragments\":[[0,0,164,145520]]}]}\n";

static struct package *parse(const char *text)
{
    struct package *p = NULL;

    cr_assert_eq(package_parse(slice_from(text), &p), 0);
    return p;
}

Test(package_json, what_is_read_is_what_was_written)
{
    struct package *p = parse(GOLDEN);
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);

    cr_assert(p->is_complete);
    cr_assert_eq(p->duration_us, 145520000);
    cr_assert_eq(p->target_duration_s, 6);
    cr_assert_eq(p->n_renditions, 3);
    const struct rendition *video = &p->renditions[0];
    cr_assert(video->kind == RENDITION_VIDEO && video->width == 426 && video->rate_num == 25);
    cr_assert_eq(video->fragments[1].offset, 41954);
    cr_assert_eq(video->fragments[0].iframe_bytes, 9000);
    cr_assert_eq(video->fragments[1].iframe_bytes, 0, "of a package made before that was known");
    cr_assert_eq(video->init.size_bytes, 720);
    const struct rendition *audio = &p->renditions[1];
    cr_assert(audio->kind == RENDITION_AUDIO && audio->n_channels == 1);
    cr_assert_str_eq(audio->language, "vi");
    package_write(p, &out);
    cr_assert_str_eq(out.data, GOLDEN);
    package_free(p);
}

Test(package_json, a_storyboard_goes_there_and_back_and_is_none_by_default)
{
    static const char WITH[] =
        "{\"version\":1,\"complete\":true,\"duration_us\":9,"
        "\"target_duration_s\":1,\"storyboard\":{\"sheets\":8,\"slides\":21},"
        "\"renditions\":[]}\n";
    static const char *const BAD[] = {"{\"sheets\":0,\"slides\":21}",
                                      "{\"sheets\":1001,\"slides\":1}", "{\"sheets\":1}", "[1,2]",
                                      "{\"sheets\":1,\"slides\":-1}"};
    struct package *p = parse(WITH);
    CLEANUP(buf_clear) struct buf out = buf_with_limit(1000);

    cr_assert(p->n_sheets == 8 && p->n_slides == 21);
    package_write(p, &out);
    cr_assert_str_eq(out.data, WITH);
    package_free(p);
    p = parse(GOLDEN);
    cr_assert_eq(p->n_sheets, 0);
    package_free(p);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        buf_reset(&out);
        buf_printf(&out,
                   "{\"version\":1,\"complete\":true,\"duration_us\":9,\"target_duration_s\":1,"
                   "\"storyboard\":%s,\"renditions\":[]}",
                   BAD[i]);
        cr_assert_eq(package_parse(buf_slice(&out), &p), ERR_INVALID, "%s", BAD[i]);
    }
}

Test(package_json, a_title_goes_there_and_back_and_parts_must_agree_on_it)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);
    struct package *p = parse(GOLDEN);
    struct rendition *audio = package_find(p, slice_from("a48"));

    track_title_set(slice_from("Micro, \\ phòng 2"), audio->title);
    package_write(p, &out);
    struct package *again = parse(out.data);
    cr_assert_str_eq(package_find(again, slice_from("a48"))->title, "Micro, \\ phòng 2");
    audio->title[0] = 'm';
    cr_assert_eq(package_append(again, p), ERR_CONFLICT);
    package_free(again);
    package_free(p);
}

#define WITH_PICTURES(pictures)                                                         \
    "{\"version\":1,\"complete\":true,\"duration_us\":9000000,\"target_duration_s\":6," \
    "\"slides\":{\"width\":1280,\"height\":720,\"pictures\":[" pictures "]},\"renditions\":[]}\n"
#define PICTURE(start, file) \
    "\n{\"start_us\":" start ",\"slide\":1,\"file\":\"slides/" file ".webp\",\"bytes\":900}"

Test(package_json, pictures_of_slides_go_there_and_back)
{
    static const char TEXT[] = WITH_PICTURES(PICTURE("0", "0001") "," PICTURE("5000000", "0001"));
    struct package *p = parse(TEXT);
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);

    cr_assert(p->n_pictures == 2 && p->picture_width == 1280 && p->pictures[1].start_us == 5000000);
    package_write(p, &out);
    cr_assert_str_eq(out.data, TEXT);
    package_free(p);
}

Test(package_json, pictures_that_make_no_sense_are_refused)
{
    static const char *const BAD[] = {
        WITH_PICTURES(PICTURE("0", "0001") "," PICTURE("0", "0002")),
        WITH_PICTURES(PICTURE("-1", "0001")),
        WITH_PICTURES(PICTURE("0", "0000")),
        WITH_PICTURES(PICTURE("0", "../0001")),
        WITH_PICTURES("{\"start_us\":0,\"slide\":1,\"file\":\"slides/0001.webp\",\"bytes\":0}"),
        WITH_PICTURES("7"),
    };
    struct package *p = NULL;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(package_parse(slice_from(BAD[i]), &p), ERR_INVALID, "%zu", i);
}

Test(package_json, an_empty_growing_package_goes_there_and_back)
{
    static const char EMPTY[] = "{\"version\":1,\"complete\":false,\"duration_us\":0,"
                                "\"target_duration_s\":1,\"renditions\":[]}\n";
    struct package *p = parse(EMPTY);
    CLEANUP(buf_clear) struct buf out = buf_with_limit(1000);

    cr_assert_not(p->is_complete);
    package_write(p, &out);
    cr_assert_str_eq(out.data, EMPTY);
    package_free(p);
}

/* One replacement each makes a good text a bad one. */
static const struct {
    const char *part;
    const char *instead;
} HOSTILE[] = {
    {"\"version\":1", "\"version\":2"},
    {"\"version\":1,", ""},
    {"\"complete\":true,", ""},
    {"\"complete\":true", "\"complete\":1"},
    {"\"duration_us\":145520000", "\"duration_us\":-1"},
    {"\"duration_us\":145520000", "\"duration_us\":9223372036854775807"},
    {"\"duration_us\":145520000", "\"duration_us\":1.5"},
    {"\"target_duration_s\":6", "\"target_duration_s\":0"},
    {"\"target_duration_s\":6", "\"target_duration_s\":121"},
    {"\"name\":\"v240\"", "\"name\":\"\""},
    {"\"name\":\"v240\"", "\"name\":\"../../etc\""},
    {"\"name\":\"v240\"", "\"name\":\"v23456789-123456\""},
    {"\"name\":\"a48\"", "\"name\":\"v240\""},
    {"\"name\":\"v240\"", "\"name\":7"},
    {"\"kind\":\"video\"", "\"kind\":\"text\""},
    {"\"kind\":\"audio\"", "\"kind\":\"video\""},
    {"\"codecs\":\"avc1.64000d\"", "\"codecs\":\"a\\\"\\n#EXT-X-KEY:URI=1\""},
    {"\"codecs\":\"avc1.64000d\"", "\"codecs\":\"a23456789.123456789.123456789.12\""},
    {"\"language\":\"vi\"", "\"language\":\"v\\\",URI=\\\"x\""},
    {"\"language\":\"vi\"", "\"language\":\"vi\",\"title\":\"a\\\"b\""},
    {"\"language\":\"vi\"", "\"language\":\"vi\",\"title\":\"a\\nb\""},
    {"\"language\":\"vi\"", "\"language\":\"vi\",\"title\":7"},
    {"\"group\":\"aac\"", "\"group\":\"a\\nb\""},
    {"\"timescale\":12800", "\"timescale\":0"},
    {"\"timescale\":12800", "\"timescale\":10000001"},
    {"\"timescale\":12800", "\"timescale\":-1"},
    {"\"width\":426", "\"width\":0"},
    {"\"height\":240", "\"height\":16385"},
    {"\"frame_rate\":[25,1]", "\"frame_rate\":[25,0]"},
    {"\"frame_rate\":[25,1]", "\"frame_rate\":[25]"},
    {"\"frame_rate\":[25,1]", "\"frame_rate\":25"},
    {"\"channels\":1", "\"channels\":65"},
    {"\"peak_bps\":210000", "\"peak_bps\":-1"},
    {"\"average_bps\":95000", "\"average_bps\":\"95000\""},
    {"\"files\":[\"v240.mp4\"]", "\"files\":[\"../v240.mp4\"]"},
    {"\"files\":[\"v240.mp4\"]", "\"files\":[\"/etc/passwd\"]"},
    {"\"files\":[\"v240.mp4\"]", "\"files\":[null]"},
    {"\"files\":[\"v240.mp4\"]", "\"files\":[]"},
    {"\"files\":[\"v240.mp4\"]", "\"files\":{}"},
    {"\"init\":[0,0,720]", "\"init\":[1,0,720]"},
    {"\"init\":[0,0,720]", "\"init\":[0,0,0]"},
    {"\"init\":[0,0,720]", "\"init\":[0,0]"},
    {"\"init\":[0,0,720]", "\"init\":[0,-5,720]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234,76800,41235]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234,76800,0]"},
    {"[0,720,41234,76800,9000]", "[1,720,41234,76800]"},
    {"[0,720,41234,76800,9000]", "[-1,720,41234,76800]"},
    {"[0,720,41234,76800,9000]", "[0,1125899906842625,41234,76800]"},
    {"[0,720,41234,76800,9000]", "[0,720,0,76800]"},
    {"[0,720,41234,76800,9000]", "[0,720,4294967296,76800]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234,0]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234,1536001]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234]"},
    {"[0,720,41234,76800,9000]", "[0,720,41234,76800,0]"},
    {"[0,720,41234,76800,9000]", "[0,720,\"41234\",76800]"},
    {"[0,720,41234,76800,9000]", "null"},
    {"\"renditions\":[", "\"renditions\":[null,"},
    {"\"renditions\":[", "\"renditions\":[[],"},
};

Test(package_json, nothing_in_a_hostile_index_is_trusted)
{
    for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++) {
        static char text[4096];
        struct package *p = NULL;
        const char *at = strstr(GOLDEN, HOSTILE[i].part);
        cr_assert_not_null(at, "%s", HOSTILE[i].part);
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - GOLDEN), GOLDEN,
                       HOSTILE[i].instead, at + strlen(HOSTILE[i].part));
        cr_assert_eq(package_parse(slice_from(text), &p), ERR_INVALID, "%s", HOSTILE[i].instead);
        cr_assert_null(p);
    }
}

Test(package_json, a_text_cut_anywhere_is_invalid)
{
    for (size_t length = 0; length < sizeof GOLDEN - 2; length++) {
        struct package *p = NULL;
        char *cut = strndup(GOLDEN, length); /* so that a read past the end is seen */
        cr_assert_eq(package_parse(slice_of(cut, length), &p), ERR_INVALID, "%zu", length);
        free(cut);
    }
}

/* Whatever one wrong byte makes of it: what is accepted can be written and read again. */
Test(package_json, one_wrong_byte_is_refused_or_makes_another_good_package)
{
    static const char BYTES[] = "0\"]}x,\x80-";
    CLEANUP(buf_clear) struct buf out = buf_with_limit(10000);
    char text[sizeof GOLDEN];

    for (size_t i = 0; i < sizeof GOLDEN - 1; i++) {
        for (const char *byte = BYTES; *byte; byte++) {
            struct package *p = NULL;
            struct package *again = NULL;
            memcpy(text, GOLDEN, sizeof GOLDEN);
            text[i] = *byte;
            if (package_parse(slice_from(text), &p))
                continue;
            buf_reset(&out);
            package_write(p, &out);
            cr_assert_eq(package_parse(buf_slice(&out), &again), 0, "%s", out.data);
            package_free(p);
            package_free(again);
        }
    }
}

/* {"files":["a0",…]} and the like: an index with n elements of one kind. */
static int parse_with_many(size_t n_files, size_t n_fragments)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(16 << 20);
    struct package *p = NULL;

    buf_append_text(&text, "{\"version\":1,\"complete\":false,\"duration_us\":0,"
                           "\"target_duration_s\":1,\"renditions\":[{\"name\":\"a48\","
                           "\"kind\":\"audio\",\"codecs\":\"\",\"timescale\":1,\"sample_rate\":1,"
                           "\"channels\":1,\"language\":\"und\",\"group\":\"\",\"peak_bps\":0,"
                           "\"average_bps\":0,\"init\":[],\"files\":[");
    for (size_t i = 0; i < n_files; i++)
        buf_printf(&text, "%s\"a%zu\"", i ? "," : "", i);
    buf_append_text(&text, "],\"fragments\":[");
    for (size_t i = 0; i < n_fragments; i++)
        buf_printf(&text, "%s[0,0,1,1]", i ? "," : "");
    buf_append_text(&text, "]}]}");
    cr_assert_eq(text.err, 0);
    const int err = package_parse(buf_slice(&text), &p);
    package_free(p);
    return err;
}

Test(package_json, there_is_an_end_to_files_and_fragments)
{
    cr_assert_eq(parse_with_many(PACKAGE_MAX_FILES, 1), 0);
    cr_assert_eq(parse_with_many(PACKAGE_MAX_FILES + 1, 1), ERR_INVALID);
    cr_assert_eq(parse_with_many(1, PACKAGE_MAX_FRAGMENTS), 0);
    cr_assert_eq(parse_with_many(1, PACKAGE_MAX_FRAGMENTS + 1), ERR_INVALID);
}

Test(package_json, a_full_buffer_sticks)
{
    struct package *p = parse(GOLDEN);
    CLEANUP(buf_clear) struct buf out = buf_with_limit(100);

    package_write(p, &out);
    cr_assert_eq(out.err, ERR_TOO_LARGE);
    package_free(p);
}

Test(package_json, every_allocation_may_fail)
{
    for (size_t n = 0; fail_alloc_again(&n);) {
        struct package *p = NULL;
        fail_alloc_start(n);
        const int err = package_parse(slice_from(GOLDEN), &p);
        if (fail_alloc_stop()) {
            /* jansson does not say why it failed */
            cr_assert(err == ERR_NO_MEMORY || err == ERR_INVALID, "allocation %zu: %d", n, err);
            cr_assert_null(p);
        } else {
            cr_assert_eq(err, 0);
        }
        package_free(p);
    }
}
