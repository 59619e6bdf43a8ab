// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/stages/caption_part.h"

#include <stdio.h>

#include "common/err.h"
#include "transcoder/captions/caption_list.h"
#include "transcoder/source/source.h"

enum { MS_PER_S = 1000 };

struct work {
    const struct stage_context *context;
    const struct plan *plan;
    struct source *source;                         /* owned */
    struct caption_list *lists[PLAN_MAX_CAPTIONS]; /* owned */
};

static void work_clear_cleanup(struct work *w)
{
    for (size_t i = 0; i < PLAN_MAX_CAPTIONS; i++)
        caption_list_free(w->lists[i]);
    source_close(w->source);
}

bool caption_form_of(enum AVCodecID codec, enum caption_form *ret_form)
{
    static const struct {
        enum AVCodecID codec;
        enum caption_form form;
    } FORMS[] = {{AV_CODEC_ID_MOV_TEXT, CAPTION_MOV_TEXT}, {AV_CODEC_ID_SUBRIP, CAPTION_SUBRIP},
                 {AV_CODEC_ID_TEXT, CAPTION_SUBRIP},       {AV_CODEC_ID_ASS, CAPTION_ASS},
                 {AV_CODEC_ID_SSA, CAPTION_ASS},           {AV_CODEC_ID_WEBVTT, CAPTION_WEBVTT}};

    /* What the demuxer has no name for is Matroska's S_TEXT/WEBVTT, as mkvmerge writes it. */
    if (codec == AV_CODEC_ID_NONE) {
        *ret_form = CAPTION_WEBVTT;
        return true;
    }
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if (FORMS[i].codec == codec) {
            *ret_form = FORMS[i].form;
            return true;
        }
    }
    return false;
}

static int open_source(struct work *w)
{
    struct fault ignored = {0};

    int err = source_open(w->context->source_fd, w->context->source_bytes, &ignored, &w->source);
    for (unsigned i = 0; !err && i < w->source->format->nb_streams; i++)
        w->source->format->streams[i]->discard = AVDISCARD_ALL;
    for (size_t i = 0; i < w->plan->n_captions && !err; i++) {
        w->lists[i] = caption_list_new();
        if (!w->lists[i])
            err = ERR_NO_MEMORY;
        else if (w->plan->captions[i].stream < w->source->format->nb_streams)
            w->source->format->streams[w->plan->captions[i].stream]->discard = AVDISCARD_DEFAULT;
    }
    return err;
}

static int add_packet(struct work *w, const AVPacket *packet)
{
    const AVStream *stream = w->source->format->streams[packet->stream_index];
    const AVRational ms = {1, MS_PER_S};
    enum caption_form form;

    if (packet->pts == AV_NOPTS_VALUE || !caption_form_of(stream->codecpar->codec_id, &form))
        return 0;
    for (size_t i = 0; i < w->plan->n_captions; i++) {
        if ((int)w->plan->captions[i].stream != packet->stream_index)
            continue;
        return caption_list_add(w->lists[i], form, av_rescale_q(packet->pts, stream->time_base, ms),
                                av_rescale_q(packet->duration, stream->time_base, ms),
                                slice_of((const char *)packet->data, (size_t)packet->size));
    }
    return 0;
}

/* What does not fit any more is left out. */
static int read_all(struct work *w)
{
    const struct plan *plan = w->plan;
    const struct time_shifts *shifts =
        plan->has_picture ? &plan->picture.shifts : &plan->sounds[0].shifts;
    AVPacket *packet = av_packet_alloc();
    int err = packet ? 0 : ERR_NO_MEMORY;

    while (!err) {
        err = source_read(w->source, shifts, packet);
        if (!err) {
            err = add_packet(w, packet);
            av_packet_unref(packet);
            link_alive(w->context->link);
        }
    }
    av_packet_free(&packet);
    return err == ERR_NO_MEMORY ? err : 0;
}

static int add_rendition(struct work *w, size_t i, size_t size_bytes, struct package *part)
{
    struct rendition description = {.kind = RENDITION_CAPTIONS,
                                    .codecs = "wvtt",
                                    .timescale = MS_PER_S,
                                    .group = "captions"};
    struct package_file file;
    struct fragment whole = {.size_bytes = (uint32_t)size_bytes,
                             .duration_ticks = (uint32_t)(w->plan->duration_us / 1000)};
    struct rendition *r = NULL;

    if (whole.duration_ticks == 0)
        whole.duration_ticks = 1;
    (void)snprintf(description.name, sizeof description.name, "c%zu", i + 1);
    (void)snprintf(description.language, sizeof description.language, "%s",
                   w->plan->captions[i].language);
    (void)snprintf(file.name, sizeof file.name, "%s.vtt", description.name);
    int err = package_add_rendition(part, &description, &r);
    if (!err)
        err = rendition_add_file(r, file.name, &whole.file);
    return err ? err : rendition_add_fragment(r, &whole);
}

static void warn_of_characters(struct work *w, size_t i)
{
    struct warning warning = {.failure = FAILURE_CAPTIONS};

    warning_set_detail(&warning, w->plan->captions[i].language);
    link_warning(w->context->link, &warning);
}

static int write_file(struct work *w, size_t i, struct package *part)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit((size_t)2 * CAPTION_FILE_LIMIT);
    char name[24];

    if (caption_list_charset(w->lists[i]) == CHARSET_UNKNOWN) {
        warn_of_characters(w, i);
        return 0;
    }
    if (caption_list_write(w->lists[i], w->plan->duration_us / 1000, &text) == 0)
        return 0;
    (void)snprintf(name, sizeof name, "c%zu.vtt", i + 1);
    const int err = text.err ? text.err : link_write_file(w->context->link, name, buf_slice(&text));
    return err ? err : add_rendition(w, i, text.length, part);
}

int caption_part_add(const struct stage_context *context, const struct plan *plan,
                     struct package *part)
{
    CLEANUP(work_clear) struct work w = {.context = context, .plan = plan};

    if (plan->n_captions == 0)
        return 0;
    int err = open_source(&w);
    if (!err)
        err = read_all(&w);
    if (err)
        return err == ERR_NO_MEMORY ? err : 0;
    for (size_t i = 0; i < plan->n_captions && !err; i++)
        err = write_file(&w, i, part);
    return err;
}
