// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/video_encoder.h"

#include <criterion/criterion.h>
#include <libavutil/log.h>

#include "common/digest.h"
#include "common/err.h"

static struct plan_picture plan;
static struct rung rung;
static struct fault fault;

static void set_up(void)
{
    av_log_set_level(AV_LOG_QUIET);
    plan = (struct plan_picture){.grid = frame_grid_of(25, 1), .colour = {1, 1, 1}};
    rung = (struct rung){.name = "v110",
                         .width = 64,
                         .height = 64,
                         .slot_step = 1,
                         .max_kbps = 110,
                         .crf_tenths = 270,
                         .preset = "medium"};
    fault = (struct fault){0};
}

TestSuite(video_encoder, .init = set_up);

static AVFrame *make_picture(int i)
{
    AVFrame *frame = av_frame_alloc();

    frame->width = 64;
    frame->height = 64;
    frame->format = AV_PIX_FMT_YUV420P;
    cr_assert_geq(av_frame_get_buffer(frame, 0), 0);
    for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 64; x++)
            frame->data[0][y * frame->linesize[0] + x] = (uint8_t)(x * 3 + y * 2 + i * 5);
    }
    for (int p = 1; p < 3; p++)
        memset(frame->data[p], 128, (size_t)(frame->linesize[p] * 32));
    return frame;
}

static void choose_av1(void)
{
    rung.codec = VIDEO_AV1;
    rung.crf_tenths = 400;
    (void)slice_to_cstr(slice_from("8"), rung.preset, sizeof rung.preset);
}

struct outcome {
    int n, n_keys;
    bool is_in_order; /* shown as they are decoded */
    int64_t last_ticks;
    int64_t key_ticks[16];
    uint8_t hash[DIGEST_MAX_BYTES];
};

static void take_all(struct video_encoder *encoder, struct digest *digest, struct outcome *outcome)
{
    struct encoded_picture picture;

    while (video_encoder_receive(encoder, &picture) == 0) {
        digest_update(digest, picture.data->data, picture.data->length);
        if (picture.is_key)
            outcome->key_ticks[outcome->n_keys++] = picture.pts_ticks;
        outcome->is_in_order = outcome->is_in_order && picture.pts_ticks > outcome->last_ticks;
        outcome->last_ticks = picture.pts_ticks;
        outcome->n++;
    }
}

static struct outcome encode(int n, int key_interval)
{
    CLEANUP(video_encoder_free) struct video_encoder *encoder = NULL;
    CLEANUP(digest_free) struct digest *digest = NULL;
    struct outcome outcome = {.is_in_order = true, .last_ticks = -1};

    cr_assert_eq(digest_new(DIGEST_SHA256, &digest), 0);
    cr_assert_eq(video_encoder_open(&plan, &rung, &fault, &encoder), 0, "%s", fault.detail);
    for (int i = 0; i < n; i++) {
        AVFrame *picture = make_picture(i);
        cr_assert_eq(video_encoder_send(encoder, picture, i * 400, i % key_interval == 0), 0);
        av_frame_free(&picture);
        take_all(encoder, digest, &outcome);
    }
    cr_assert_eq(video_encoder_send(encoder, NULL, 0, false), 0);
    take_all(encoder, digest, &outcome);
    digest_finish(digest, outcome.hash);
    return outcome;
}

static void check_keys(const struct outcome *outcome, int n, int interval)
{
    cr_assert_eq(outcome->n, n);
    cr_assert_eq(outcome->n_keys, (n + interval - 1) / interval);
    for (int i = 0; i < outcome->n_keys; i++)
        cr_assert_eq(outcome->key_ticks[i], i * interval * 400);
}

Test(video_encoder, key_frames_come_where_they_are_asked_for_and_nowhere_else)
{
    const struct outcome outcome = encode(100, 30);

    check_keys(&outcome, 100, 30);
}

Test(video_encoder, av1_does_so_too_and_shows_pictures_as_they_are_decoded)
{
    choose_av1();
    for (int i = 0; i < 2; i++) {
        plan.content.moving_permille = i ? 500 : 0; /* a speaker, a screen */
        const struct outcome outcome = encode(50, 17);
        check_keys(&outcome, 50, 17);
        cr_assert(outcome.is_in_order);
    }
}

Test(video_encoder, a_segment_of_av1_may_be_one_picture)
{
    choose_av1();
    const struct outcome outcome = encode(4, 1);

    check_keys(&outcome, 4, 1);
}

Test(video_encoder, the_same_pictures_give_the_same_bytes_of_av1)
{
    choose_av1();
    const struct outcome first = encode(40, 25);
    const struct outcome second = encode(40, 25);

    cr_assert_arr_eq(first.hash, second.hash, SHA256_BYTES);
}

Test(video_encoder, the_same_pictures_give_the_same_bytes)
{
    const struct outcome first = encode(60, 25);
    const struct outcome second = encode(60, 25);

    cr_assert_arr_eq(first.hash, second.hash, SHA256_BYTES);
}

static void check_init_sections(const char *codecs_start)
{
    CLEANUP(buf_clear) struct buf first = buf_with_limit(4096);
    CLEANUP(buf_clear) struct buf second = buf_with_limit(4096);
    struct buf *outs[2] = {&first, &second};
    char codecs[32];

    for (int i = 0; i < 2; i++) {
        CLEANUP(video_encoder_free) struct video_encoder *encoder = NULL;
        rung.crf_tenths = i ? 400 : 200;
        cr_assert_eq(video_encoder_open(&plan, &rung, &fault, &encoder), 0);
        cr_assert_eq(video_encoder_init_section(encoder, outs[i], codecs), 0);
    }
    cr_assert(slice_equals(buf_slice(&first), buf_slice(&second)));
    cr_assert(slice_starts_with(slice_from(codecs), codecs_start), "%s", codecs);
}

Test(video_encoder, chunks_share_an_init_section_whatever_is_in_them)
{
    check_init_sections("avc1.64");
    choose_av1();
    check_init_sections("av01.0.0");
}
