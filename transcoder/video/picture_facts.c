// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_facts.h"

#include <libavutil/display.h>
#include <libavutil/pixdesc.h>

#include "common/err.h"
#include "transcoder/plan/picture_size.h"
#include "transcoder/video/dolby_vision.h"
#include "transcoder/video/tone_map.h"
#include "transcoder/video/video_decoder.h"

enum {
    LOOK_AT = 24, /* pictures: one that says it is progressive may stand before others */
    N_LOOKS = 32, /* at sizes */
};

/* From non-square to square pixels by the width: lines are what a picture is made of. */
static void set_size(struct picture_facts *facts, const AVFrame *frame)
{
    const AVRational aspect = frame->sample_aspect_ratio;
    const int64_t wide = ((int64_t)frame->width * aspect.num + aspect.den / 2) / aspect.den;

    facts->coded_width = (uint32_t)frame->width;
    facts->coded_height = (uint32_t)frame->height;
    facts->width = wide < 1 ? 1 : (uint32_t)wide;
    facts->height = (uint32_t)frame->height;
    if (facts->orientation.is_transposed) {
        const uint32_t height = facts->width;
        facts->width = facts->height;
        facts->height = height;
    }
}

static struct orientation orientation_of(const AVStream *stream, const AVFrame *frame)
{
    enum { MATRIX_BYTES = 9 * sizeof(int32_t) };
    size_t size = 0;
    const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);

    if (data && size >= MATRIX_BYTES)
        return orientation_from_matrix((const int32_t *)(const void *)data);
    if (side && side->size >= MATRIX_BYTES)
        return orientation_from_matrix((const int32_t *)(const void *)side->data);
    return (struct orientation){0};
}

/* A source that does not say gets what it most likely is, and the bitstream says so: players would
 * guess by the size of each rung, and colours would change from rung to rung. */
static struct plan_colour colour_of(const AVFrame *frame)
{
    const bool is_large = frame->height > 576 || frame->width > 1024;
    const uint16_t guess = is_large ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    struct tone_map_form form;

    if (tone_map_is_needed(frame, &form)) /* what comes out of it */
        return (struct plan_colour){AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709};

    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
        return (struct plan_colour){AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709};
    case AVCOL_SPC_BT470BG:
        return (struct plan_colour){AVCOL_PRI_BT470BG, AVCOL_TRC_BT709, AVCOL_SPC_BT470BG};
    case AVCOL_SPC_SMPTE170M:
        return (struct plan_colour){AVCOL_PRI_SMPTE170M, AVCOL_TRC_BT709, AVCOL_SPC_SMPTE170M};
    default:
        return (struct plan_colour){guess, AVCOL_TRC_BT709, guess};
    }
}

static int refuse_dolby_vision(struct fault *fault)
{
    return fault_set(fault, FAILURE_CODEC_UNSUPPORTED, ERR_UNSUPPORTED,
                     "Dolby Vision without a layer that others can show");
}

/* Whoever uploads a file can export it again; whoever watches wrong colours cannot. */
static int check_colours(const AVFrame *frame, struct fault *fault)
{
    if (dolby_vision_is_needed_by(frame))
        return refuse_dolby_vision(fault);
    switch (frame->colorspace) {
    case AVCOL_SPC_YCGCO:
    case AVCOL_SPC_SMPTE2085:
    case AVCOL_SPC_ICTCP:
        return fault_set(fault, FAILURE_CODEC_UNSUPPORTED, ERR_UNSUPPORTED,
                         "colours by matrix %d are not known", (int)frame->colorspace);
    default:
        return 0;
    }
}

/* Where times jump there is no seeking: key frames are looked at from the start. */
static int look_at_keys(struct video_decoder *decoder, struct picture_facts *look, AVFrame *frame,
                        struct picture_sizes *sizes)
{
    int err = video_decoder_seek(decoder, INT64_MIN);

    video_decoder_keys_only(decoder);
    while (!err && (err = video_decoder_next(decoder, frame)) == 0) {
        set_size(look, frame);
        picture_sizes_add(sizes, look->width, look->height);
        av_frame_unref(frame);
    }
    return err;
}

static int look_around(struct video_decoder *decoder, int64_t end_us, struct picture_facts *look,
                       AVFrame *frame, struct picture_sizes *sizes)
{
    const int64_t from_us = look->first_us;
    int err = 0;

    for (int64_t i = 0; i < N_LOOKS && err != ERR_NO_MEMORY; i++) {
        const int64_t at_us = from_us + (end_us - from_us) / N_LOOKS * i;
        err = video_decoder_seek(decoder, at_us);
        if (!err)
            err = video_decoder_next(decoder, frame);
        if (err)
            continue;
        set_size(look, frame);
        picture_sizes_add(sizes, look->width, look->height);
        av_frame_unref(frame);
    }
    return err;
}

int picture_facts_find_size(struct source *source, int stream, const struct time_shifts *shifts,
                            int64_t end_us, struct picture_facts *facts)
{
    CLEANUP(video_decoder_free) struct video_decoder *decoder = NULL;
    struct picture_sizes sizes = {.n = 0};
    struct picture_facts look = *facts;
    struct fault ignored = {0};

    picture_sizes_add(&sizes, facts->width, facts->height);
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return ERR_NO_MEMORY;
    int err = video_decoder_open(source, stream, shifts, &ignored, &decoder);
    if (!err)
        err = shifts->n > 1 ? look_at_keys(decoder, &look, frame, &sizes)
                            : look_around(decoder, end_us, &look, frame, &sizes);
    av_frame_free(&frame);
    const struct picture_size size = picture_sizes_choose(&sizes, end_us - facts->first_us);
    facts->width = size.width;
    facts->height = size.height;
    return err == ERR_NO_MEMORY ? err : 0;
}

int picture_facts_find(struct source *source, int stream, struct fault *fault,
                       struct picture_facts *ret_facts)
{
    CLEANUP(video_decoder_free) struct video_decoder *decoder = NULL;
    struct picture_facts facts = {0};

    if (dolby_vision_is_needed_for(source->format->streams[stream]))
        return refuse_dolby_vision(fault);
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return ERR_NO_MEMORY;
    int err = video_decoder_open(source, stream, NULL, fault, &decoder);
    if (!err)
        err = video_decoder_seek(decoder, INT64_MIN);
    int n = 0;
    for (; !err && n < LOOK_AT; n++) {
        err = video_decoder_next(decoder, frame);
        if (err)
            break;
        if (n == 0) {
            err = check_colours(frame, fault);
            facts.first_us = frame->pts;
            facts.orientation = orientation_of(source->format->streams[stream], frame);
            facts.colour = colour_of(frame);
            set_size(&facts, frame);
        }
        facts.is_interlaced = facts.is_interlaced || frame->interlaced_frame;
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    if (n == 0 && (!err || err == ERR_NOT_FOUND))
        return fault_set(fault, FAILURE_NO_STREAM, ERR_INVALID, "no picture can be decoded");
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_facts = facts;
    return 0;
}
