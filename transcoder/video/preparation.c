// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/preparation.h"

#include <stdio.h>
#include <stdlib.h>

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include "common/buf.h"
#include "common/err.h"

/* What of a picture a filter graph is made for. */
struct geometry {
    int width, height, format;
    AVRational aspect;
};

struct preparation {
    struct orientation orientation;
    bool is_interlaced;
    bool is_needed;         /* else there is no graph */
    AVFilterGraph *graph;   /* owned; NULL until a picture comes */
    AVFilterContext *entry; /* the graph's */
    AVFilterContext *exit;  /* the graph's */
    struct geometry geometry;
    AVFrame *waiting; /* owned; of another geometry, or on its way through; may be empty */
    bool is_draining; /* the graph was told that no more comes */
    bool is_ended;    /* the last picture was sent */
};

int preparation_new(struct orientation orientation, bool is_interlaced,
                    struct preparation **ret_preparation)
{
    CLEANUP(preparation_free) struct preparation *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NO_MEMORY;
    p->orientation = orientation;
    p->is_interlaced = is_interlaced;
    p->is_needed = is_interlaced || !orientation_is_upright(orientation);
    p->waiting = av_frame_alloc();
    if (!p->waiting)
        return ERR_NO_MEMORY;
    *ret_preparation = p;
    p = NULL;
    return 0;
}

void preparation_free(struct preparation *p)
{
    if (!p)
        return;
    avfilter_graph_free(&p->graph);
    av_frame_free(&p->waiting);
    free(p);
}

void preparation_reset(struct preparation *p)
{
    avfilter_graph_free(&p->graph);
    av_frame_unref(p->waiting);
    p->is_draining = false;
    p->is_ended = false;
}

static struct geometry geometry_of(const AVFrame *frame)
{
    AVRational aspect = frame->sample_aspect_ratio;

    if (aspect.num <= 0 || aspect.den <= 0)
        aspect = (AVRational){1, 1};
    return (struct geometry){frame->width, frame->height, frame->format, aspect};
}

static bool is_same(const struct geometry *a, const struct geometry *b)
{
    return a->width == b->width && a->height == b->height && a->format == b->format &&
           av_cmp_q(a->aspect, b->aspect) == 0;
}

static void describe(const struct preparation *p, struct buf *out)
{
    const struct geometry *g = &p->geometry;
    const char *format = av_get_pix_fmt_name((enum AVPixelFormat)g->format);

    buf_printf(out, "buffer@in=width=%d:height=%d:pix_fmt=%s:time_base=1/1000000:sar=%d/%d",
               g->width, g->height, format ? format : "none", g->aspect.num, g->aspect.den);
    if (p->is_interlaced)
        buf_append_text(out, ",bwdif=mode=send_frame:parity=auto:deint=interlaced");
    if (p->orientation.is_transposed) /* its direction is a plain transposition and a flip */
        buf_append_text(out, ",transpose=dir=cclock_flip");
    if (p->orientation.is_mirrored)
        buf_append_text(out, ",hflip");
    if (p->orientation.is_upside_down)
        buf_append_text(out, ",vflip");
    buf_append_text(out, ",buffersink@out");
}

static int build(struct preparation *p, const struct geometry *geometry)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(1024);
    AVFilterInOut *inputs = NULL;
    AVFilterInOut *outputs = NULL;

    avfilter_graph_free(&p->graph);
    p->is_draining = false;
    p->geometry = *geometry;
    describe(p, &text);
    p->graph = avfilter_graph_alloc();
    if (!p->graph || text.err)
        return ERR_NO_MEMORY;
    p->graph->nb_threads = 1;
    p->graph->thread_type = 0;
    int err = avfilter_graph_parse2(p->graph, text.data, &inputs, &outputs);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (err >= 0)
        err = avfilter_graph_config(p->graph, NULL);
    if (err < 0) {
        avfilter_graph_free(&p->graph);
        return err == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_UNSUPPORTED;
    }
    p->entry = avfilter_graph_get_filter(p->graph, "buffer@in");
    p->exit = avfilter_graph_get_filter(p->graph, "buffersink@out");
    return p->entry && p->exit ? 0 : ERR_UNSUPPORTED;
}

static int add(struct preparation *p, AVFrame *frame)
{
    const int err = av_buffersrc_add_frame_flags(p->entry, frame, 0);

    if (err == AVERROR(ENOMEM))
        return ERR_NO_MEMORY;
    return err < 0 ? ERR_INVALID : 0;
}

/* Tells the graph that no more comes: it gives out what it holds. */
static int drain(struct preparation *p)
{
    p->is_draining = true;
    return av_buffersrc_add_frame_flags(p->entry, NULL, 0) < 0 ? ERR_NO_MEMORY : 0;
}

int preparation_send(struct preparation *p, AVFrame *frame)
{
    if (!frame) {
        p->is_ended = true;
        return p->graph && !p->is_draining ? drain(p) : 0;
    }
    if (!p->is_needed) {
        av_frame_unref(p->waiting);
        av_frame_move_ref(p->waiting, frame);
        return 0;
    }
    const struct geometry geometry = geometry_of(frame);
    if (p->graph && is_same(&geometry, &p->geometry))
        return add(p, frame);
    if (!p->graph) {
        const int err = build(p, &geometry);
        return err ? err : add(p, frame);
    }
    av_frame_unref(p->waiting);
    av_frame_move_ref(p->waiting, frame);
    return drain(p);
}

/* The old graph is empty: starts one for the picture that waits. */
static int change_geometry(struct preparation *p)
{
    const struct geometry geometry = geometry_of(p->waiting);

    int err = build(p, &geometry);
    if (!err)
        err = add(p, p->waiting);
    av_frame_unref(p->waiting);
    return !err && p->is_ended ? drain(p) : err;
}

int preparation_receive(struct preparation *p, AVFrame *frame)
{
    if (!p->is_needed) {
        if (!p->waiting->buf[0])
            return p->is_ended ? ERR_NOT_FOUND : ERR_AGAIN;
        av_frame_move_ref(frame, p->waiting);
        return 0;
    }
    for (;;) {
        if (!p->graph)
            return p->is_ended ? ERR_NOT_FOUND : ERR_AGAIN;
        const int got = av_buffersink_get_frame(p->exit, frame);
        if (got >= 0) { /* bwdif counts fields */
            frame->pts =
                av_rescale_q(frame->pts, av_buffersink_get_time_base(p->exit), AV_TIME_BASE_Q);
            return 0;
        }
        if (got == AVERROR(EAGAIN))
            return ERR_AGAIN;
        if (got != AVERROR_EOF)
            return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
        if (!p->waiting->buf[0])
            return ERR_NOT_FOUND;
        const int err = change_geometry(p);
        if (err)
            return err;
    }
}
