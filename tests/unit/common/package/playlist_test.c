// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/playlist.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct package *p;
static struct buf out;

static void set_up(void)
{
    p = package_new();
    cr_assert_not_null(p);
    p->is_complete = true;
    p->target_duration_s = 6;
    out = buf_with_limit(100000);
    buf_append_text(&out, "");
}

static void tear_down(void)
{
    package_free(p);
    buf_clear(&out);
}

TestSuite(playlist, .init = set_up, .fini = tear_down);

static struct rendition *add(const struct rendition *description)
{
    struct rendition *r = NULL;

    cr_assert_eq(package_add_rendition(p, description, &r), 0);
    return r;
}

static void add_fragment(struct rendition *r, uint32_t duration_ticks, uint32_t size_bytes)
{
    struct fragment fragment = {.size_bytes = size_bytes, .duration_ticks = duration_ticks};
    const struct fragment *last = r->n_fragments ? &r->fragments[r->n_fragments - 1] : &r->init;

    if (r->n_files == 0) {
        cr_assert_eq(rendition_add_file(r, "any.mp4", &fragment.file), 0);
        r->init = (struct fragment){.size_bytes = 700};
    }
    fragment.offset = last->offset + last->size_bytes;
    cr_assert_eq(rendition_add_fragment(r, &fragment), 0);
}

static struct rendition *add_video(const char *name, uint32_t height, uint64_t peak_bps)
{
    struct rendition description = {.kind = RENDITION_VIDEO,
                                    .codecs = "avc1.64001e",
                                    .timescale = 90000,
                                    .width = height * 16 / 9,
                                    .height = height,
                                    .rate_num = 30000,
                                    .rate_den = 1001,
                                    .group = "low",
                                    .peak_bps = peak_bps,
                                    .average_bps = peak_bps / 2};

    (void)snprintf(description.name, sizeof description.name, "%s", name);
    return add(&description);
}

static struct rendition *add_audio(const char *name, const char *language, uint64_t peak_bps)
{
    struct rendition description = {.kind = RENDITION_AUDIO,
                                    .codecs = "mp4a.40.2",
                                    .timescale = 48000,
                                    .sample_rate = 48000,
                                    .n_channels = 1,
                                    .group = "low",
                                    .peak_bps = peak_bps,
                                    .average_bps = peak_bps / 2};

    (void)snprintf(description.name, sizeof description.name, "%s", name);
    (void)snprintf(description.language, sizeof description.language, "%s", language);
    return add(&description);
}

static struct rendition *add_to_group(const char *group, const char *name, const char *language)
{
    struct rendition *r = add_audio(name, language, 50000);

    (void)snprintf(r->group, sizeof r->group, "%s", group);
    return r;
}

Test(playlist, variants_stand_with_their_sound)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_video("v720", 720, 900000), 180000, 4000);
    add_fragment(add_audio("a48", "vi", 50000), 96000, 500);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(
        out.data,
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"low\",NAME=\"Tiếng Việt\",LANGUAGE=\"vi\",DEFAULT=YES,"
        "AUTOSELECT=YES,CHANNELS=\"1\",URI=\"a48/media.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=290000,AVERAGE-BANDWIDTH=145000,"
        "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=426x240,FRAME-RATE=29.970,AUDIO=\"low\"\n"
        "v240/media.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=950000,AVERAGE-BANDWIDTH=475000,"
        "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"low\"\n"
        "v720/media.m3u8\n");
}

Test(playlist, a_silent_lecture_has_no_sound_group)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_BYTE_RANGES, &out);
    cr_assert_str_eq(out.data, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                               "#EXT-X-STREAM-INF:BANDWIDTH=240000,AVERAGE-BANDWIDTH=120000,"
                               "CODECS=\"avc1.64001e\",RESOLUTION=426x240,FRAME-RATE=29.970\n"
                               "v240.m3u8\n");
    buf_reset(&out);
    playlist_audio_only(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, "");
}

static const char SOUND_ALONE[] =
    "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=50000,AVERAGE-BANDWIDTH=25000,CODECS=\"mp4a.40.2\"\n"
    "a48/media.m3u8\n";

Test(playlist, sound_alone_has_a_playlist_of_its_own)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a48", "und", 50000), 96000, 500);
    playlist_audio_only(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, SOUND_ALONE);
}

Test(playlist, a_lecture_of_sound_alone_is_one)
{
    add_fragment(add_audio("a48", "und", 50000), 96000, 500);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, SOUND_ALONE);
}

Test(playlist, a_rendition_without_fragments_is_not_listed)
{
    add_video("v240", 240, 240000);
    add_fragment(add_audio("a48", "und", 50000), 96000, 500);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, SOUND_ALONE);
}

Test(playlist, several_languages_are_one_group_with_one_default)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a48-vi", "vi", 50000), 96000, 500);
    add_fragment(add_audio("a48-hmn", "hmn", 60000), 96000, 500);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "NAME=\"Tiếng Việt\",LANGUAGE=\"vi\",DEFAULT=YES"));
    cr_assert_not_null(strstr(out.data, "NAME=\"Hmoob\",LANGUAGE=\"hmn\",DEFAULT=NO"));
}

/* RFC 8216bis §4.4.6.1.1: each group has the same members under the same names. */
Test(playlist, two_sounds_of_one_language_are_told_apart_alike_in_each_group)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a48", "und", 50000), 96000, 500);
    add_fragment(add_audio("a48-2", "und", 50000), 96000, 500);
    add_fragment(add_to_group("high", "a64", "und"), 96000, 500);
    add_fragment(add_to_group("high", "a64-2", "und"), 96000, 500);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "GROUP-ID=\"low\",NAME=\"Audio\",LANGUAGE=\"und\","));
    cr_assert_not_null(strstr(out.data, "GROUP-ID=\"low\",NAME=\"Audio 2\",LANGUAGE=\"und\","));
    cr_assert_not_null(strstr(out.data, "GROUP-ID=\"high\",NAME=\"Audio\",LANGUAGE=\"und\","));
    cr_assert_not_null(strstr(out.data, "GROUP-ID=\"high\",NAME=\"Audio 2\",LANGUAGE=\"und\","));
}

static void add_titled(const char *name, const char *title)
{
    struct rendition *r = add_audio(name, "und", 50000);

    add_fragment(r, 96000, 500);
    track_title_set(slice_from(title), r->title);
}

Test(playlist, a_sound_is_called_by_its_title_and_no_two_alike)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_titled("a48", "Micro (giảng viên)");
    add_titled("a48-2", "");
    add_titled("a48-3", "Audio");
    add_titled("a48-4", "Micro (giảng viên)");
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(
        strstr(out.data, "NAME=\"Micro (giảng viên)\",LANGUAGE=\"und\",DEFAULT=YES"));
    cr_assert_not_null(strstr(out.data, "NAME=\"Audio\",LANGUAGE=\"und\",DEFAULT=NO"));
    cr_assert_not_null(strstr(out.data, "NAME=\"Audio 2\",LANGUAGE=\"und\",DEFAULT=NO"));
    cr_assert_not_null(strstr(out.data, "NAME=\"Micro (giảng viên) 2\",LANGUAGE=\"und\""));
}

Test(playlist, a_rung_that_costs_more_than_a_better_one_is_not_offered)
{
    add_fragment(add_video("v48", 180, 48000), 180000, 9000);
    add_fragment(add_video("v110", 240, 110000), 180000, 7000);
    add_fragment(add_video("v240", 360, 240000), 180000, 8000);
    package_measure(p);
    p->is_complete = false;
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "v48/media.m3u8"), "while it grows nothing is taken back");
    p->is_complete = true;
    buf_reset(&out);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_null(strstr(out.data, "v48/media.m3u8"));
    cr_assert_not_null(strstr(out.data, "v110/media.m3u8"));
    cr_assert_not_null(strstr(out.data, "v240/media.m3u8"));
}

static void add_three_groups(void)
{
    struct rendition *high = add_video("v900", 720, 900000);

    (void)snprintf(high->group, sizeof high->group, "high");
    add_fragment(high, 180000, 4000);
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a32", "vi", 30000), 96000, 400);
    add_fragment(add_to_group("high", "a64", "vi"), 96000, 800);
    add_fragment(add_to_group("opus", "o24", "vi"), 96000, 300);
    (void)snprintf(package_find(p, slice_from("o24"))->codecs, 32, "opus");
}

static size_t count(const char *what)
{
    size_t n = 0;

    for (const char *at = out.data; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* A switch between variants of AAC and of Opus ended hls.js 1.1 and video.js 8. */
Test(playlist, no_player_can_come_from_one_codec_of_sound_to_another)
{
    add_three_groups();
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=1280x720,"
                                        "FRAME-RATE=29.970,AUDIO=\"high\"\nv900/"));
    cr_assert_not_null(strstr(out.data, "CODECS=\"avc1.64001e,mp4a.40.2\",RESOLUTION=426x240,"
                                        "FRAME-RATE=29.970,AUDIO=\"low\"\nv240/"));
    cr_assert_eq(count("#EXT-X-STREAM-INF"), 2);
    cr_assert_eq(count("o24"), 0);
    buf_reset(&out);
    playlist_multivariant(p, PLAYLIST_OPUS, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "CODECS=\"avc1.64001e,opus\",RESOLUTION=1280x720,"
                                        "FRAME-RATE=29.970,AUDIO=\"opus\"\nv900/"));
    cr_assert_not_null(strstr(out.data, "CODECS=\"avc1.64001e,opus\",RESOLUTION=426x240,"
                                        "FRAME-RATE=29.970,AUDIO=\"opus\"\nv240/"));
    cr_assert_eq(count("#EXT-X-STREAM-INF"), 2);
    cr_assert_eq(count("#EXT-X-MEDIA:TYPE=AUDIO"), 1);
    cr_assert_eq(count("mp4a"), 0);
}

Test(playlist, there_is_none_for_opus_where_no_sound_has_it)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    playlist_multivariant(p, PLAYLIST_OPUS, PLAYLIST_SEGMENTS, &out);
    add_fragment(add_audio("a32", "vi", 30000), 96000, 400);
    playlist_multivariant(p, PLAYLIST_OPUS, PLAYLIST_SEGMENTS, &out);
    playlist_audio_only(p, PLAYLIST_OPUS, PLAYLIST_SEGMENTS, &out);
    cr_assert_eq(out.length, 0);
}

Test(playlist, a_group_without_pictures_of_its_own_comes_with_all_of_them)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a32", "vi", 30000), 96000, 400);
    add_fragment(add_to_group("high", "a64", "vi"), 96000, 800);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    const char *low = strstr(out.data, "AUDIO=\"low\"\nv240/");
    cr_assert_not_null(low);
    cr_assert_not_null(strstr(low, "AUDIO=\"high\"\nv240/"));
}

static void add_two_ladders(void)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_video("v900", 720, 900000), 180000, 4000);
    add_fragment(add_video("v240-av1", 240, 150000), 180000, 700);
    add_fragment(add_video("v900-av1", 720, 600000), 180000, 3000);
    for (size_t i = 2; i < 4; i++)
        (void)snprintf(p->renditions[i].codecs, 32, "av01.0.05M.08");
    add_fragment(add_audio("a32", "vi", 30000), 96000, 400);
    add_fragment(add_to_group("opus", "o24", "vi"), 96000, 300);
    (void)snprintf(package_find(p, slice_from("o24"))->codecs, 32, "opus");
}

/* Stores the names of the variants in the order of the playlist. */
static size_t list_variants(char names[16][16])
{
    size_t n = 0;

    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    for (const char *at = out.data; (at = strstr(at, "#EXT-X-STREAM-INF")); n++) {
        at = strchr(at, '\n') + 1;
        (void)snprintf(names[n], sizeof names[n], "%.*s", (int)strcspn(at, "/"), at);
    }
    return n;
}

Test(playlist, the_av1_ladder_comes_after_the_one_of_h264_with_the_same_sound)
{
    static const char *const ORDER[] = {"v240", "v900", "v240-av1", "v900-av1"};
    char names[16][16];

    add_two_ladders();
    cr_assert_eq(list_variants(names), 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(names[i], ORDER[i]);
    cr_assert_not_null(strstr(out.data, "CODECS=\"av01.0.05M.08,mp4a.40.2\",RESOLUTION=1280x720"));
}

Test(playlist, the_av1_ladder_is_not_offered_before_all_of_it_is_there)
{
    char names[16][16];

    add_two_ladders();
    p->is_complete = false;
    cr_assert_eq(list_variants(names), 2);
    cr_assert_null(strstr(out.data, "av01"));
}

/* Opus after AAC made GStreamer end with an error where Opus was the dearer one. */
Test(playlist, for_listening_there_is_the_cheapest_sound_or_opus_never_both)
{
    add_three_groups();
    playlist_audio_only(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(
        out.data, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                  "#EXT-X-STREAM-INF:BANDWIDTH=30000,AVERAGE-BANDWIDTH=15000,CODECS=\"mp4a.40.2\"\n"
                  "a32/media.m3u8\n");
    buf_reset(&out);
    playlist_audio_only(p, PLAYLIST_OPUS, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data,
                     "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                     "#EXT-X-STREAM-INF:BANDWIDTH=50000,AVERAGE-BANDWIDTH=25000,CODECS=\"opus\"\n"
                     "o24/media.m3u8\n");
}

Test(playlist, languages_can_be_chosen_for_listening_too)
{
    add_fragment(add_audio("a48", "vi", 50000), 96000, 500);
    add_fragment(add_audio("a48-2", "hmn", 60000), 96000, 500);
    playlist_audio_only(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, "NAME=\"Hmoob\",LANGUAGE=\"hmn\",DEFAULT=NO"));
    cr_assert_not_null(strstr(out.data, "#EXT-X-STREAM-INF:BANDWIDTH=60000,AVERAGE-BANDWIDTH=30000,"
                                        "CODECS=\"mp4a.40.2\",AUDIO=\"low\"\na48/media.m3u8\n"));
}

Test(playlist, the_bandwidth_once_forgot_the_costlier_language)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_fragment(add_audio("a48-vi", "vi", 50000), 96000, 500);
    add_fragment(add_audio("a48-hmn", "hmn", 60000), 96000, 500);
    add(&(struct rendition){.name = "opus",
                            .kind = RENDITION_AUDIO,
                            .timescale = 1,
                            .group = "other",
                            .peak_bps = 99999});
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(out.data, ":BANDWIDTH=300000,AVERAGE-BANDWIDTH=150000,"));
}

Test(playlist, media_of_a_complete_package_is_vod_with_virtual_names)
{
    struct rendition *r = add_video("v240", 240, 240000);

    add_fragment(r, 180000, 1000);
    add_fragment(r, 540000, 3000);
    add_fragment(r, 1, 10);
    playlist_media(p, r, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n"
                               "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"init.mp4\"\n"
                               "#EXTINF:2.000000,\n0.m4s\n"
                               "#EXTINF:6.000000,\n1.m4s\n"
                               "#EXTINF:0.000012,\n2.m4s\n"
                               "#EXT-X-ENDLIST\n");
}

Test(playlist, media_by_byte_ranges_names_one_real_file)
{
    struct rendition *r = add_video("v240", 240, 240000);

    add_fragment(r, 180000, 1000);
    add_fragment(r, 540000, 3000);
    playlist_media(p, r, PLAYLIST_BYTE_RANGES, &out);
    cr_assert_str_eq(out.data, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n"
                               "#EXT-X-PLAYLIST-TYPE:VOD\n"
                               "#EXT-X-MAP:URI=\"v240.mp4\",BYTERANGE=\"700@0\"\n"
                               "#EXTINF:2.000000,\n#EXT-X-BYTERANGE:1000@700\nv240.mp4\n"
                               "#EXTINF:6.000000,\n#EXT-X-BYTERANGE:3000@1700\nv240.mp4\n"
                               "#EXT-X-ENDLIST\n");
}

Test(playlist, an_iframe_playlist_has_the_start_of_each_fragment)
{
    struct rendition *r = add_video("v240", 240, 240000);

    add_fragment(r, 180000, 1000);
    add_fragment(r, 540000, 3000);
    playlist_iframes(p, r, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, "", "the index does not know it");
    r->fragments[0].iframe_bytes = 400;
    r->fragments[1].iframe_bytes = 1200;
    playlist_iframes(p, r, PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n"
                               "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n"
                               "#EXT-X-MAP:URI=\"init.mp4\"\n"
                               "#EXTINF:2.000000,\n#EXT-X-BYTERANGE:400@0\n0.m4s\n"
                               "#EXTINF:6.000000,\n#EXT-X-BYTERANGE:1200@0\n1.m4s\n"
                               "#EXT-X-ENDLIST\n");
    buf_reset(&out);
    playlist_iframes(p, r, PLAYLIST_BYTE_RANGES, &out);
    cr_assert_not_null(strstr(out.data, "#EXT-X-BYTERANGE:1200@1700\nv240.mp4\n"));
    buf_reset(&out);
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_BYTE_RANGES, &out);
    cr_assert_not_null(strstr(out.data,
                              "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1600,AVERAGE-BANDWIDTH=1600,"
                              "CODECS=\"avc1.64001e\",RESOLUTION=426x240,"
                              "URI=\"v240-iframes.m3u8\"\n"));
}

static struct rendition *add_captions(const char *name, const char *language)
{
    struct rendition description = {.kind = RENDITION_CAPTIONS,
                                    .codecs = "wvtt",
                                    .timescale = 1000,
                                    .group = "captions"};
    struct fragment whole = {.size_bytes = 99, .duration_ticks = 3723456};

    (void)snprintf(description.name, sizeof description.name, "%s", name);
    (void)snprintf(description.language, sizeof description.language, "%s", language);
    struct rendition *r = add(&description);
    cr_assert_eq(rendition_add_file(r, "c1.vtt", &whole.file), 0);
    cr_assert_eq(rendition_add_fragment(r, &whole), 0);
    return r;
}

Test(playlist, captions_stand_beside_the_variants_and_are_one_segment)
{
    add_fragment(add_video("v240", 240, 240000), 180000, 1000);
    add_captions("c1", "vi");
    add_captions("c2", "und");
    playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
    cr_assert_not_null(strstr(
        out.data,
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Tiếng Việt\",LANGUAGE=\"vi\","
        "DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"c1/media.m3u8\"\n"));
    cr_assert_not_null(strstr(out.data, "NAME=\"Captions\",LANGUAGE=\"und\""));
    cr_assert_not_null(strstr(out.data, ",SUBTITLES=\"captions\"\nv240/media.m3u8"));
    buf_reset(&out);
    playlist_media(p, package_find(p, slice_from("c1")), PLAYLIST_SEGMENTS, &out);
    cr_assert_str_eq(out.data,
                     "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:3724\n"
                     "#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:3723.456,\n0.vtt\n#EXT-X-ENDLIST\n");
    buf_reset(&out);
    playlist_media(p, package_find(p, slice_from("c1")), PLAYLIST_BYTE_RANGES, &out);
    cr_assert_not_null(strstr(out.data, "\nc1.vtt\n"));
}

Test(playlist, a_growing_package_only_gets_longer)
{
    struct rendition *r = add_video("v240", 240, 240000);
    CLEANUP(buf_clear) struct buf before = buf_with_limit(10000);

    p->is_complete = false;
    add_fragment(r, 180000, 1000);
    playlist_media(p, r, PLAYLIST_SEGMENTS, &before);
    cr_assert_not_null(strstr(before.data, "#EXT-X-PLAYLIST-TYPE:EVENT\n"));
    cr_assert_not_null(strstr(before.data, "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n"),
                       "or players would open it at its end");
    cr_assert_null(strstr(before.data, "#EXT-X-ENDLIST"));
    add_fragment(r, 180000, 1000);
    playlist_media(p, r, PLAYLIST_SEGMENTS, &out);
    cr_assert(slice_starts_with(buf_slice(&out), before.data));
    cr_assert_gt(out.length, before.length);
}

Test(playlist, frame_rates_have_three_places)
{
    static const struct {
        uint32_t num, den;
        const char *text;
    } CASES[] = {{25, 1, "FRAME-RATE=25.000,"},
                 {25, 2, "FRAME-RATE=12.500,"},
                 {24000, 1001, "FRAME-RATE=23.976,"},
                 {5, 1, "FRAME-RATE=5.000,"},
                 {1, 3, "FRAME-RATE=0.333,"}};
    struct rendition *r = add_video("v240", 240, 240000);

    add_fragment(r, 180000, 1000);
    add_fragment(add_audio("a48", "und", 50000), 96000, 500);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        p->renditions[0].rate_num = CASES[i].num;
        p->renditions[0].rate_den = CASES[i].den;
        buf_reset(&out);
        playlist_multivariant(p, PLAYLIST_COMMON, PLAYLIST_SEGMENTS, &out);
        cr_assert_not_null(strstr(out.data, CASES[i].text), "%s", out.data);
    }
}

/* A player adds the durations up: after 27 hours of 59.94 frames/s they have to be right still. */
Test(playlist, durations_do_not_drift)
{
    struct rendition *r = add_video("v240", 240, 240000);
    uint64_t sum_us = 0;

    out.limit = 8 << 20;
    for (int i = 0; i < 16000; i++)
        add_fragment(r, 541541, 1000);
    playlist_media(p, r, PLAYLIST_SEGMENTS, &out);
    for (const char *at = strstr(out.data, "#EXTINF:"); at; at = strstr(at + 1, "#EXTINF:")) {
        unsigned long s = 0;
        unsigned long us = 0;
        char *end;
        s = strtoul(at + 8, &end, 10);
        us = strtoul(end + 1, NULL, 10);
        sum_us += s * 1000000 + us;
    }
    const int64_t drift_us = (int64_t)sum_us - rendition_duration_us(r);
    cr_assert(drift_us > -20000 && drift_us < 20000, "%lld", (long long)drift_us);
}

/* hls.js 1.7 in Chromium, started at 100 s of a lecture at 29.97 frames/s: the durations' sum was
 * 2.7 us less than the media's own time, so the first frame was shown at -2.7 us, that is never. */
Test(playlist, no_sum_of_durations_is_before_the_media_time)
{
    struct rendition *r = add_video("v240", 240, 240000);
    uint64_t sum_us = 0;
    uint64_t ticks = 0;

    out.limit = 8 << 20;
    for (uint32_t i = 0; i < 5000; i++)
        add_fragment(r, 177177 + 59 * (i % 7) + i % 3, 1000);
    playlist_media(p, r, PLAYLIST_SEGMENTS, &out);
    const char *at = out.data;
    for (size_t i = 0; i < r->n_fragments; i++) {
        char *end;
        at = strstr(at + 1, "#EXTINF:");
        cr_assert_not_null(at);
        sum_us += strtoul(at + 8, &end, 10) * 1000000;
        sum_us += strtoul(end + 1, NULL, 10);
        ticks += r->fragments[i].duration_ticks;
        cr_assert_geq(sum_us * r->timescale, ticks * 1000000, "segment %zu", i);
        cr_assert_lt((sum_us - 1) * r->timescale, ticks * 1000000, "segment %zu", i);
    }
}
