// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/audio/audio_encoder.h"
#include "transcoder/audio/sound_source.h"
#include "transcoder/cmaf/init_section.h"
#include "transcoder/cmaf/part_writer.h"
#include "transcoder/plan/sound_cut.h"
#include "transcoder/source/source.h"
#include "transcoder/stages/stage.h"

enum { MAX_PACKET_SAMPLES = 2048 };

/* One rendition on its way into files. */
struct lane {
    const struct sound_rung *rung;
    struct sound_cut cut;
    struct audio_encoder *encoder; /* owned */
    struct part_writer *writer;    /* owned; of the part under way */
    struct rendition description;
    struct buf init;
    int64_t n_packets; /* of the whole rendition, when it is complete */
    int64_t next_packet;
    int64_t segment_end; /* first packet behind the segment under way */
    size_t segment;
};

struct sound_work {
    const struct stage_context *context;
    const struct plan *plan;
    struct sound_source *sound; /* owned */
    struct lane lane;
    float *samples[SOUND_MAX_CHANNELS]; /* owned */
    uint32_t part;
};

static void work_clear_cleanup(struct sound_work *w)
{
    sound_source_free(w->sound);
    audio_encoder_free(w->lane.encoder);
    part_writer_free(w->lane.writer);
    buf_clear(&w->lane.init);
    for (int c = 0; c < SOUND_MAX_CHANNELS; c++)
        free(w->samples[c]);
}

static struct sound_cut cut_of(const struct sound_rung *rung)
{
    return (struct sound_cut){.sample_rate = rung->sample_rate,
                              .packet_samples = rung->packet_samples};
}

static struct rendition describe(const struct plan_sound *plan, const struct sound_rung *rung)
{
    struct rendition r = {
        .kind = RENDITION_AUDIO,
        .timescale = rung->sample_rate,
        .sample_rate = rung->sample_rate,
        .n_channels = rung->n_channels,
    };

    (void)snprintf(r.name, sizeof r.name, "%s", rung->name);
    (void)snprintf(r.group, sizeof r.group, "%s", rung->group);
    (void)snprintf(r.language, sizeof r.language, "%s", plan->language);
    return r;
}

static int open_lane(struct sound_work *w, struct lane *lane, const struct sound_rung *rung)
{
    lane->rung = rung;
    lane->description = describe(&w->plan->sound, rung);
    lane->init = buf_with_limit(INIT_SECTION_LIMIT);
    int err = audio_encoder_open(rung, w->context->fault, &lane->encoder);
    if (!err && (audio_encoder_packet_samples(lane->encoder) != rung->packet_samples ||
                 rung->packet_samples > MAX_PACKET_SAMPLES))
        err = ERR_UNSUPPORTED;
    if (!err)
        err =
            audio_encoder_init_section(lane->encoder, "und", &lane->init, lane->description.codecs);
    if (err)
        return err;
    lane->cut = cut_of(rung);
    lane->n_packets = sound_cut_packets(&lane->cut, w->plan->duration_us);
    lane->segment_end = sound_cut_segment_end(&lane->cut, 0, lane->n_packets);
    return 0;
}

static int open_work(struct sound_work *w, struct source *source)
{
    const struct sound_rung *rung = &w->plan->sound.rungs[0];

    for (uint32_t c = 0; c < rung->n_channels; c++) {
        w->samples[c] = calloc(MAX_PACKET_SAMPLES, sizeof(float));
        if (!w->samples[c])
            return ERR_NO_MEMORY;
    }
    const int err = sound_source_open(source, &w->plan->sound, (int)rung->n_channels,
                                      w->context->fault, &w->sound);
    return err ? err : open_lane(w, &w->lane, rung);
}

static int open_part(struct sound_work *w)
{
    struct lane *lane = &w->lane;

    return part_writer_open(&(struct part_writer_config){.link = w->context->link,
                                                         .description = &lane->description,
                                                         .init_section = buf_slice(&lane->init),
                                                         .number = w->part,
                                                         .sample_ticks = lane->cut.packet_samples},
                            &lane->writer);
}

static int close_part(struct sound_work *w)
{
    CLEANUP(package_free) struct package *part = package_new();

    if (!part)
        return ERR_NO_MEMORY;
    part->duration_us = w->plan->duration_us;
    part->target_duration_s = w->plan->target_duration_s;
    int err = part_writer_commit(w->lane.writer, part);
    part_writer_free(w->lane.writer);
    w->lane.writer = NULL;
    if (!err)
        err = part_index_write(w->context->link, PART_SOUND, w->part, part);
    if (!err)
        link_part(w->context->link, PART_SOUND, w->part++);
    return err;
}

/* The segment under way is full: writes it, and ends the part where one should end. */
static int end_segment(struct sound_work *w)
{
    struct lane *lane = &w->lane;

    int err = part_writer_cut(lane->writer, lane->next_packet * lane->cut.packet_samples);
    lane->segment++;
    if (!err && (sound_cut_ends_part(lane->segment) || lane->next_packet == lane->n_packets))
        err = close_part(w);
    lane->segment_end = sound_cut_segment_end(&lane->cut, lane->segment, lane->n_packets);
    return err;
}

static int add_packet(struct sound_work *w, struct slice packet)
{
    struct lane *lane = &w->lane;
    int err = lane->writer ? 0 : open_part(w);

    if (!err)
        err = part_writer_add(lane->writer, lane->next_packet * lane->cut.packet_samples, packet);
    lane->next_packet++;
    if (!err && lane->next_packet == lane->segment_end)
        err = end_segment(w);
    return err;
}

/* Moves what the encoder has ready into files, up to the last packet. */
static int collect(struct sound_work *w)
{
    while (w->lane.next_packet < w->lane.n_packets) {
        struct slice packet;
        int err = audio_encoder_receive(w->lane.encoder, &packet);
        if (err == ERR_AGAIN || err == ERR_NOT_FOUND)
            return 0;
        if (!err)
            err = add_packet(w, packet);
        if (err)
            return err;
    }
    return 0;
}

static int encode(struct sound_work *w)
{
    struct lane *lane = &w->lane;
    const uint32_t packet_samples = lane->cut.packet_samples;

    for (int64_t i = 0; i < lane->n_packets; i++) {
        int err = sound_source_read(w->sound, w->samples, packet_samples);
        if (!err)
            err = audio_encoder_send(lane->encoder, w->samples);
        if (!err)
            err = collect(w);
        if (err)
            return err;
        link_progress(w->context->link, STAGE_SOUND, i * 1000 / lane->n_packets,
                      av_rescale(i, (int64_t)packet_samples * 1000000, lane->rung->sample_rate));
    }
    int err = audio_encoder_send(lane->encoder, NULL);
    if (!err)
        err = collect(w);
    if (!err && sound_source_n_frames(w->sound) == 0)
        err =
            fault_set(w->context->fault, FAILURE_NO_STREAM, ERR_INVALID, "no sound can be decoded");
    if (!err && lane->next_packet != lane->n_packets)
        err = fault_set(w->context->fault, FAILURE_INTERNAL, ERR_CORRUPT,
                        "the encoder kept packets back");
    return err;
}

/* Announces the parts when all of them were made before. */
static bool is_done(const struct stage_context *context, const struct plan *plan)
{
    const struct sound_cut cut = cut_of(&plan->sound.rungs[0]);
    const uint32_t n = sound_cut_parts(&cut, sound_cut_packets(&cut, plan->duration_us));

    for (uint32_t i = 0; i < n; i++) {
        if (!part_exists(context->link, PART_SOUND, i))
            return false;
    }
    for (uint32_t i = 0; i < n; i++)
        link_part(context->link, PART_SOUND, i);
    return true;
}

int stage_sound(const struct stage_context *context)
{
    CLEANUP(plan_free) struct plan *plan = NULL;
    CLEANUP(source_close) struct source *source = NULL;
    CLEANUP(work_clear) struct sound_work work = {.context = context};

    int err = stage_load_plan(context, &plan);
    work.plan = plan;
    if (!err && !plan->has_sound)
        err = fault_set(context->fault, FAILURE_INTERNAL, ERR_NOT_FOUND, "the plan has no sound");
    if (!err && is_done(context, plan))
        return 0;
    if (!err)
        err = source_open(context->source_fd, context->source_bytes, context->fault, &source);
    if (!err && plan->sound.stream >= source->format->nb_streams)
        err = ERR_CONFLICT;
    if (!err)
        err = open_work(&work, source);
    return err ? err : encode(&work);
}
