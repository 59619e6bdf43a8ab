// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/scaler.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

#include "common/err.h"
#include "transcoder/video/tone_map.h"

/* Where in a rung's picture the source's picture goes. */
struct placement {
    int x, y, width, height;
};

/* What a step of the cascade is set up for. */
struct step_form {
    int from_width, from_height, from_format;
    int is_full_range;
    int width, height, format;
    int matrix; /* of what comes out of RGB; YUV keeps its own */
};

struct step {
    struct step_form form;
    struct SwsContext *context; /* owned; NULL before the first picture */
};

struct scaler {
    const struct plan_picture *plan;  /* borrowed */
    const AVFrame *picture;           /* borrowed */
    AVFrame *sizes[LADDER_MAX_RUNGS]; /* owned; empty until computed for this picture */
    struct step steps[LADDER_MAX_RUNGS];
    struct tone_map *map; /* owned; NULL until a picture needs one */
    AVFrame *deep;        /* owned; a picture on its way through the map */
    AVFrame *placed;      /* owned; one that goes beside black */
};

int scaler_new(const struct plan_picture *plan, struct scaler **ret_scaler)
{
    CLEANUP(scaler_free) struct scaler *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NO_MEMORY;
    s->plan = plan;
    s->deep = av_frame_alloc();
    s->placed = av_frame_alloc();
    if (!s->deep || !s->placed)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < plan->n_rungs; i++) {
        s->sizes[i] = av_frame_alloc();
        if (!s->sizes[i])
            return ERR_NO_MEMORY;
    }
    *ret_scaler = s;
    s = NULL;
    return 0;
}

void scaler_free(struct scaler *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < LADDER_MAX_RUNGS; i++) {
        av_frame_free(&s->sizes[i]);
        sws_freeContext(s->steps[i].context);
    }
    tone_map_free(s->map);
    av_frame_free(&s->deep);
    av_frame_free(&s->placed);
    free(s);
}

void scaler_set(struct scaler *s, const AVFrame *picture)
{
    s->picture = picture;
    for (size_t i = 0; i < s->plan->n_rungs; i++)
        av_frame_unref(s->sizes[i]);
}

/* The largest even rectangle of the picture's shape in the rung; all of it when shapes agree to
 * within the rounding of sizes. */
static struct placement place(const AVFrame *picture, const struct rung *rung)
{
    const int64_t num = picture->sample_aspect_ratio.num > 0 ? picture->sample_aspect_ratio.num : 1;
    const int64_t den = picture->sample_aspect_ratio.den > 0 && picture->sample_aspect_ratio.num > 0
                            ? picture->sample_aspect_ratio.den
                            : 1;
    const int64_t shown_width = picture->width * num;
    const int64_t shown_height = picture->height * den;
    const int64_t width = (int64_t)rung->height * shown_width / shown_height;
    const int64_t height = (int64_t)rung->width * shown_height / shown_width;
    struct placement p = {0, 0, (int)rung->width, (int)rung->height};

    if (width + width / 50 + 2 < rung->width)
        p.width = width < 2 ? 2 : (int)(width & ~INT64_C(1));
    else if (height + height / 50 + 2 < rung->height)
        p.height = height < 2 ? 2 : (int)(height & ~INT64_C(1));
    p.x = ((int)rung->width - p.width) / 2 & ~1;
    p.y = ((int)rung->height - p.height) / 2 & ~1;
    return p;
}

static int allocate(AVFrame *frame, enum AVPixelFormat format, int width, int height)
{
    frame->format = format;
    frame->width = width;
    frame->height = height;
    return av_frame_get_buffer(frame, 0) < 0 ? ERR_NO_MEMORY : 0;
}

static int is_full_range(const AVFrame *frame)
{
    switch (frame->format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
        return 1;
    default:
        return frame->color_range == AVCOL_RANGE_JPEG;
    }
}

/* A YUV source keeps its matrix, which the bitstream declares; RGB gets the form's. Limited
 * range comes out whatever goes in: that must be known before the context is initialised, or equal
 * sizes are copied as they are. Not fast_bilinear: it writes machine code at run time, which the
 * box forbids. */
static struct SwsContext *new_context(const struct step_form *form)
{
    enum { UNITY = 1 << 16 };
    struct SwsContext *context = sws_alloc_context();
    const int *const coefficients =
        sws_getCoefficients(form->matrix == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_ITU601);

    if (!context)
        return NULL;
    (void)av_opt_set_int(context, "srcw", form->from_width, 0);
    (void)av_opt_set_int(context, "srch", form->from_height, 0);
    (void)av_opt_set_int(context, "src_format", form->from_format, 0);
    (void)av_opt_set_int(context, "src_range", form->is_full_range, 0);
    (void)av_opt_set_int(context, "dstw", form->width, 0);
    (void)av_opt_set_int(context, "dsth", form->height, 0);
    (void)av_opt_set_int(context, "dst_format", form->format, 0);
    (void)av_opt_set_int(context, "dst_range", 0, 0);
    (void)av_opt_set_int(context, "sws_flags", SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT, 0);
    if (sws_init_context(context, NULL, NULL) < 0) {
        sws_freeContext(context);
        return NULL;
    }
    (void)sws_setColorspaceDetails(context, coefficients, form->is_full_range, coefficients, 0, 0,
                                   UNITY, UNITY);
    return context;
}

static struct SwsContext *context_for(struct scaler *s, size_t step, const struct step_form *form)
{
    struct step *at = &s->steps[step];

    if (at->context && memcmp(&at->form, form, sizeof *form) == 0)
        return at->context;
    sws_freeContext(at->context);
    at->form = *form;
    at->context = new_context(form);
    return at->context;
}

static int scale(struct scaler *s, size_t step, const AVFrame *from, AVFrame *to,
                 const struct placement *at)
{
    const struct step_form form = {
        .from_width = from->width,
        .from_height = from->height,
        .from_format = from->format,
        .is_full_range = is_full_range(from),
        .width = at->width,
        .height = at->height,
        .format = to->format,
        .matrix =
            to == s->deep ? AVCOL_SPC_BT709 : s->plan->colour.matrix, /* as tone_map.h has it */
    };
    struct SwsContext *context = context_for(s, step, &form);
    uint8_t *planes[4] = {NULL};
    const ptrdiff_t x = at->x;
    const ptrdiff_t y = at->y;

    if (!context)
        return ERR_UNSUPPORTED;
    planes[0] = to->data[0] + y * to->linesize[0] + x;
    planes[1] = to->data[1] + y / 2 * to->linesize[1] + x / 2;
    planes[2] = to->data[2] + y / 2 * to->linesize[2] + x / 2;
    const int lines = sws_scale(context, (const uint8_t *const *)from->data, from->linesize, 0,
                                from->height, planes, to->linesize);
    return lines > 0 ? 0 : ERR_UNSUPPORTED;
}

/* Whether the picture is what the rung needs already. */
static bool fits(const AVFrame *picture, const struct rung *rung)
{
    struct tone_map_form form;

    return picture->format == AV_PIX_FMT_YUV420P && !is_full_range(picture) &&
           !tone_map_is_needed(picture, &form) && picture->width == (int)rung->width &&
           picture->height == (int)rung->height &&
           (picture->sample_aspect_ratio.num == 0 ||
            picture->sample_aspect_ratio.num == picture->sample_aspect_ratio.den);
}

/* The same pixels, and nothing else of the source: captions and device data ride on pictures. */
static int pass_on(const AVFrame *picture, AVFrame *to)
{
    if (av_frame_ref(to, picture) < 0)
        return ERR_NO_MEMORY;
    while (to->nb_side_data > 0)
        av_frame_remove_side_data(to, to->side_data[0]->type);
    return 0;
}

static bool is_same_form(const struct tone_map_form *a, const struct tone_map_form *b)
{
    return a->transfer == b->transfer && a->has_wide_primaries == b->has_wide_primaries &&
           a->has_p3_primaries == b->has_p3_primaries && a->has_wide_matrix == b->has_wide_matrix &&
           a->has_old_matrix == b->has_old_matrix;
}

/* As scale(), and through a tone map. */
static int scale_and_map(struct scaler *s, size_t step, const struct tone_map_form *form,
                         AVFrame *to, const struct placement *at)
{
    uint8_t *const planes[3] = {
        to->data[0] + (ptrdiff_t)at->y * to->linesize[0] + at->x,
        to->data[1] + (ptrdiff_t)at->y / 2 * to->linesize[1] + at->x / 2,
        to->data[2] + (ptrdiff_t)at->y / 2 * to->linesize[2] + at->x / 2,
    };
    int err = 0;

    if (!s->map || !is_same_form(form, tone_map_form(s->map))) {
        tone_map_free(s->map);
        s->map = NULL;
        err = tone_map_new(form, &s->map);
    }
    if (!err)
        err = allocate(s->deep, AV_PIX_FMT_YUV420P10, at->width, at->height);
    if (!err)
        err = scale(s, step, s->picture, s->deep, &(struct placement){0, 0, at->width, at->height});
    if (!err)
        tone_map_apply(s->map, s->deep, planes, to->linesize);
    av_frame_unref(s->deep);
    return err;
}

/* The picture with black beside it. libswscale writes whole vectors, so beyond the end of a line:
 * it gets lines of its own. */
static int scale_beside_black(struct scaler *s, size_t rung, AVFrame *to,
                              const struct placement *at)
{
    const ptrdiff_t strides[4] = {to->linesize[0], to->linesize[1], to->linesize[2], 0};
    uint8_t *planes[4] = {
        to->data[0] + (ptrdiff_t)at->y * to->linesize[0] + at->x,
        to->data[1] + (ptrdiff_t)at->y / 2 * to->linesize[1] + at->x / 2,
        to->data[2] + (ptrdiff_t)at->y / 2 * to->linesize[2] + at->x / 2,
    };

    (void)av_image_fill_black(to->data, strides, AV_PIX_FMT_YUV420P, AVCOL_RANGE_MPEG, to->width,
                              to->height);
    int err = allocate(s->placed, AV_PIX_FMT_YUV420P, at->width, at->height);
    if (!err)
        err =
            scale(s, rung, s->picture, s->placed, &(struct placement){0, 0, at->width, at->height});
    for (int i = 0; i < 3 && !err; i++)
        av_image_copy_plane(planes[i], to->linesize[i], s->placed->data[i], s->placed->linesize[i],
                            i ? at->width / 2 : at->width, i ? at->height / 2 : at->height);
    av_frame_unref(s->placed);
    return err;
}

static int scale_picture(struct scaler *s, size_t rung, AVFrame *to)
{
    struct tone_map_form form;
    const struct placement at = place(s->picture, &s->plan->rungs[rung]);
    const ptrdiff_t strides[4] = {to->linesize[0], to->linesize[1], to->linesize[2], 0};
    const bool has_black = at.width != to->width || at.height != to->height;

    if (tone_map_is_needed(s->picture, &form)) { /* which writes no more than the picture */
        if (has_black)
            (void)av_image_fill_black(to->data, strides, AV_PIX_FMT_YUV420P, AVCOL_RANGE_MPEG,
                                      to->width, to->height);
        return scale_and_map(s, rung, &form, to, &at);
    }
    return has_black ? scale_beside_black(s, rung, to, &at) : scale(s, rung, s->picture, to, &at);
}

/* Fills sizes[rung], from the next larger rung down. */
static int compute(struct scaler *s, size_t rung)
{
    size_t first = rung;
    int err = 0;

    while (first + 1 < s->plan->n_rungs && !s->sizes[first]->buf[0])
        first++;
    for (size_t i = first + 1; i-- > rung && !err;) {
        AVFrame *to = s->sizes[i];
        const AVFrame *from = i + 1 == s->plan->n_rungs ? s->picture : s->sizes[i + 1];
        if (to->buf[0])
            continue;
        if (fits(from, &s->plan->rungs[i])) {
            err = pass_on(from, to);
            continue;
        }
        err = allocate(to, AV_PIX_FMT_YUV420P, (int)s->plan->rungs[i].width,
                       (int)s->plan->rungs[i].height);
        if (!err && i + 1 == s->plan->n_rungs)
            err = scale_picture(s, i, to);
        else if (!err)
            err = scale(s, i, from, to, &(struct placement){0, 0, to->width, to->height});
        if (err)
            av_frame_unref(to);
    }
    return err;
}

int scaler_get(struct scaler *s, size_t rung, AVFrame *frame)
{
    if (!s->sizes[rung]->buf[0]) {
        const int err = compute(s, rung);
        if (err)
            return err;
    }
    return av_frame_ref(frame, s->sizes[rung]) < 0 ? ERR_NO_MEMORY : 0;
}
