// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/m3u8.h"

#include <criterion/criterion.h>

#include "common/err.h"

static struct m3u8 *parse(const char *text)
{
    struct m3u8 *playlist = NULL;

    cr_assert_eq(m3u8_parse(slice_from(text), &playlist), 0, "%s", text);
    return playlist;
}

static int outcome(const char *text)
{
    CLEANUP(m3u8_free) struct m3u8 *playlist = NULL;

    return m3u8_parse(slice_from(text), &playlist);
}

Test(m3u8, a_multivariant_playlist_gives_its_variants_and_media)
{
    CLEANUP(m3u8_free)
    struct m3u8 *p = parse(
        "#EXTM3U\r\n#EXT-X-VERSION:6\r\n#EXT-X-INDEPENDENT-SEGMENTS\r\n"
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"low\",NAME=\"A, "
        "B\",LANGUAGE=\"vi\",DEFAULT=YES,URI=\"a.m3u8\"\r\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=300,AVERAGE-BANDWIDTH=200,CODECS=\"avc1.64001e,mp4a.40.2\","
        "RESOLUTION=426x240,FRAME-RATE=29.970,AUDIO=\"low\"\r\nv.m3u8\r\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=10,URI=\"i.m3u8\"\r\n");
    cr_assert_eq(p->version, 6);
    cr_assert(p->is_independent);
    cr_assert_eq(p->n_media, 1);
    cr_assert(slice_is(p->media[0].name, "A, B"));
    cr_assert(p->media[0].is_default);
    cr_assert_eq(p->n_variants, 2);
    cr_assert(slice_is(p->variants[0].uri, "v.m3u8"));
    cr_assert(slice_is(p->variants[0].codecs, "avc1.64001e,mp4a.40.2"));
    cr_assert_eq(p->variants[0].average_bps, 200);
    cr_assert_eq(p->variants[0].height, 240);
    cr_assert_eq(p->variants[0].milli_fps, 29970);
    cr_assert(slice_is(p->variants[0].audio, "low"));
    cr_assert(p->variants[1].is_iframes);
}

Test(m3u8, a_media_playlist_gives_its_segments_and_ranges)
{
    CLEANUP(m3u8_free)
    struct m3u8 *p = parse(
        "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-MAP:URI=\"v.mp4\",BYTERANGE=\"700@0\"\n"
        "#EXTINF:2.000011,\n#EXT-X-BYTERANGE:1000@700\nv.mp4\n"
        "#EXT-X-DISCONTINUITY\n#EXTINF:6,title\n#EXT-X-BYTERANGE:50\nv.mp4\n#EXT-X-ENDLIST\n");
    cr_assert_eq(p->target_s, 6);
    cr_assert(p->has_end);
    cr_assert_eq(p->map_range.size, 700);
    cr_assert_eq(p->n_segments, 2);
    cr_assert_eq(p->segments[0].duration_us, 2000011);
    cr_assert_eq(p->segments[1].duration_us, 6000000);
    cr_assert_eq(p->segments[1].range.offset, 1700, "behind the one before");
    cr_assert(p->segments[1].is_discontinuous);
    cr_assert_not(p->segments[0].is_discontinuous);
}

Test(m3u8, what_is_no_playlist_is_refused)
{
    cr_assert_eq(outcome(""), ERR_INVALID);
    cr_assert_eq(outcome("WEBVTT\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\nv.mp4\n"), ERR_INVALID, "a URI without its tag");
    cr_assert_eq(outcome("#EXTM3U\n#EXTINF:6,\n"), ERR_INVALID, "a tag without its URI");
    cr_assert_eq(outcome("#EXTM3U\n#EXTINF:-6,\nv\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXTINF:6.x,\nv\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXT-X-TARGETDURATION:99999999999\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXTINF:6,\n#EXT-X-BYTERANGE:0@1\nv\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=4x\nv\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1\n"), ERR_INVALID);
    cr_assert_eq(outcome("#EXTM3U\n#EXT-X-MAP:\n"), ERR_INVALID);
}

Test(m3u8, any_beginning_of_a_playlist_is_survived)
{
    static const char TEXT[] =
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a,b\",RESOLUTION=1x1\nv\n"
        "#EXT-X-MEDIA:TYPE=AUDIO,NAME=\"x\"\n#EXTINF:1.5,\n#EXT-X-BYTERANGE:5@5\nv\n";

    for (size_t n = 0; n < sizeof TEXT; n++) {
        CLEANUP(m3u8_free) struct m3u8 *playlist = NULL;
        (void)m3u8_parse(slice_of(TEXT, n), &playlist);
    }
}
