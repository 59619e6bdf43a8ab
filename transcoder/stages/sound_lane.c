// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/stages/sound_lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "transcoder/audio/audio_encoder.h"
#include "transcoder/audio/rate_converter.h"
#include "transcoder/cmaf/init_section.h"
#include "transcoder/cmaf/part_writer.h"
#include "transcoder/plan/sound_cut.h"

struct sound_lane {
    struct sound_lane_config config;
    struct sound_cut cut;
    struct rate_converter *converter; /* owned */
    struct audio_encoder *encoder;    /* owned */
    struct part_writer *writer;       /* owned; of the part under way */
    struct rendition description;
    struct buf init;
    int64_t n_packets; /* of the whole rendition, when it is complete */
    int64_t next_packet;
    int64_t segment_end; /* first packet behind the segment under way */
    size_t segment;
    uint32_t part; /* that is under way */
    bool is_waiting;
    struct package *share; /* owned: of the part under way, when it is made */
};

void sound_lane_free(struct sound_lane *lane)
{
    if (!lane)
        return;
    rate_converter_free(lane->converter);
    audio_encoder_free(lane->encoder);
    part_writer_free(lane->writer);
    package_free(lane->share);
    buf_clear(&lane->init);
    free(lane);
}

static struct rendition describe(const struct plan_sound *sound, const struct sound_rung *rung)
{
    struct rendition r = {
        .kind = RENDITION_AUDIO,
        .timescale = rung->sample_rate,
        .sample_rate = rung->sample_rate,
        .n_channels = rung->n_channels,
    };

    (void)snprintf(r.name, sizeof r.name, "%s", rung->name);
    (void)snprintf(r.group, sizeof r.group, "%s", rung->group);
    (void)snprintf(r.language, sizeof r.language, "%s", sound->language);
    (void)snprintf(r.title, sizeof r.title, "%s", sound->title);
    return r;
}

static int open_converter(struct sound_lane *lane, const struct sound_rung *rung)
{
    return rate_converter_new(
        &(struct rate_converter_config){.n_in = lane->config.n_channels,
                                        .n_out = (int)rung->n_channels,
                                        .rate = rung->sample_rate,
                                        .packet_samples = rung->packet_samples,
                                        .lead_samples = audio_encoder_lead_samples(lane->encoder)},
        &lane->converter);
}

int sound_lane_open(const struct sound_lane_config *config, struct fault *fault,
                    struct sound_lane **ret_lane)
{
    CLEANUP(sound_lane_free) struct sound_lane *lane = calloc(1, sizeof *lane);
    const struct sound_rung *rung = &config->sound->rungs[config->rung];
    char language[LANGUAGE_ISO_SIZE];

    if (!lane)
        return ERR_NO_MEMORY;
    lane->config = *config;
    lane->share = package_new();
    if (!lane->share)
        return ERR_NO_MEMORY;
    lane->init = buf_with_limit(INIT_SECTION_LIMIT);
    lane->description = describe(config->sound, rung);
    language_iso_code(config->sound->language, language);
    int err = audio_encoder_open(rung, fault, &lane->encoder);
    if (!err && audio_encoder_packet_samples(lane->encoder) != rung->packet_samples)
        err = ERR_UNSUPPORTED;
    if (!err)
        err = audio_encoder_init_section(lane->encoder, language, &lane->init,
                                         lane->description.codecs);
    if (!err)
        err = open_converter(lane, rung);
    if (err)
        return err;
    lane->cut = (struct sound_cut){.sample_rate = rung->sample_rate,
                                   .packet_samples = rung->packet_samples};
    lane->n_packets = sound_cut_packets(&lane->cut, config->duration_us);
    lane->segment_end = sound_cut_segment_end(&lane->cut, 0, config->duration_us);
    *ret_lane = lane;
    lane = NULL;
    return 0;
}

static int open_part(struct sound_lane *lane)
{
    return part_writer_open(&(struct part_writer_config){.link = lane->config.link,
                                                         .description = &lane->description,
                                                         .init_section = buf_slice(&lane->init),
                                                         .number = lane->part,
                                                         .sample_ticks = lane->cut.packet_samples},
                            &lane->writer);
}

/* The segment under way is full: writes it, and ends the part where one should end. */
static int end_segment(struct sound_lane *lane)
{
    int err = part_writer_cut(lane->writer, lane->next_packet * lane->cut.packet_samples);

    lane->segment++;
    lane->segment_end = sound_cut_segment_end(&lane->cut, lane->segment, lane->config.duration_us);
    if (err || (!sound_cut_ends_part(lane->segment) && !sound_lane_is_done(lane)))
        return err;
    err = part_writer_commit(lane->writer, lane->share);
    part_writer_free(lane->writer);
    lane->writer = NULL;
    lane->is_waiting = true;
    return err;
}

static int add_packet(struct sound_lane *lane, struct slice packet)
{
    int err = lane->writer ? 0 : open_part(lane);

    if (!err)
        err = part_writer_add(lane->writer, lane->next_packet * lane->cut.packet_samples, packet);
    lane->next_packet++;
    if (!err && lane->next_packet == lane->segment_end)
        err = end_segment(lane);
    return err;
}

/* Moves what the encoder has ready into files, up to the end of the part. */
static int collect(struct sound_lane *lane)
{
    while (!lane->is_waiting) {
        struct slice packet;
        int err = audio_encoder_receive(lane->encoder, &packet);
        if (err == ERR_AGAIN)
            return 0;
        if (!err)
            err = add_packet(lane, packet);
        if (err)
            return err;
    }
    return 0;
}

int sound_lane_feed(struct sound_lane *lane, float *const *planes, size_t n)
{
    float *packet[CONVERTER_MAX_CHANNELS];
    int err = rate_converter_put(lane->converter, planes, n);

    while (!err && !lane->is_waiting && rate_converter_take(lane->converter, packet)) {
        err = audio_encoder_send(lane->encoder, packet);
        if (!err)
            err = collect(lane);
    }
    return err;
}

bool sound_lane_is_waiting(const struct sound_lane *lane)
{
    return lane->is_waiting;
}

bool sound_lane_is_done(const struct sound_lane *lane)
{
    return lane->next_packet == lane->n_packets;
}

int sound_lane_hand_over(struct sound_lane *lane, struct package *part)
{
    const int err = package_append(part, lane->share);

    package_free(lane->share);
    lane->share = package_new();
    lane->part++;
    lane->is_waiting = false;
    return err || lane->share ? err : ERR_NO_MEMORY;
}
