// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/container_kind.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <libavformat/avformat.h>

#include "common/encode.h"

/* The bytes that a case of tests/vectors/containers.json has in hexadecimal. */
static struct slice head_of(const json_t *example, char bytes[64])
{
    const char *hex = json_string_value(json_object_get(example, "head"));
    const size_t n = strlen(hex) / 2;

    cr_assert_leq(n, 64);
    cr_assert_eq(decode_hex(slice_from(hex), bytes, n), 0);
    return slice_of(bytes, n);
}

static const char *name_of(const json_t *example)
{
    return json_string_value(json_object_get(example, "name"));
}

Test(container_kind, the_first_bytes_of_each_kind_give_its_name)
{
    json_error_t error;
    json_t *vectors = json_load_file(BANMAI_VECTORS "/containers.json", 0, &error);
    char bytes[64];
    size_t i;
    json_t *example;

    cr_assert_not_null(vectors, "%s", error.text);
    cr_assert_gt(json_array_size(json_object_get(vectors, "refused")), 50);
    json_array_foreach(json_object_get(vectors, "refused"), i, example)
    {
        const char *kind = container_kind_of(head_of(example, bytes));
        cr_assert_not_null(kind, "%s", name_of(example));
        cr_assert_str_eq(kind, name_of(example));
    }
    json_array_foreach(json_object_get(vectors, "accepted"), i, example)
        cr_assert_null(container_kind_of(head_of(example, bytes)), "%s", name_of(example));
    json_array_foreach(json_object_get(vectors, "unknown"), i, example)
        cr_assert_null(container_kind_of(head_of(example, bytes)), "%s", name_of(example));
    json_decref(vectors);
}

Test(container_kind, a_name_of_libavformat_is_used_for_recordings_alone)
{
    cr_assert_str_eq(container_kind_of_demuxer("nut", "NUT"), "NUT");
    cr_assert_str_eq(container_kind_of_demuxer("thp", ""), "thp");
    cr_assert_null(container_kind_of_demuxer("hls", "Apple HTTP Live Streaming"));
    cr_assert_null(container_kind_of_demuxer("png_pipe", "piped png sequence"));
    cr_assert_null(container_kind_of_demuxer("srt", "SubRip subtitle"));
}

Test(container_kind, what_opens_other_files_is_no_recording)
{
    static const char *const FOLLOWERS[] = {"hls",    "dash", "concat", "imf",
                                            "image2", "sdp",  "rtsp"};
    void *at = NULL;
    size_t n = 0;

    for (const AVInputFormat *f = av_demuxer_iterate(&at); f; f = av_demuxer_iterate(&at)) {
        for (size_t i = 0; i < sizeof FOLLOWERS / sizeof FOLLOWERS[0]; i++) {
            if (strcmp(f->name, FOLLOWERS[i]) != 0)
                continue;
            cr_assert_null(container_kind_of_demuxer(f->name, f->long_name), "%s", f->name);
            n++;
        }
    }
    cr_assert_geq(n, 5);
}
