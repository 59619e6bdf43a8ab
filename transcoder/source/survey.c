// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/survey.h"

#include <stdlib.h>

#include <libavutil/avstring.h>

#include "common/err.h"
#include "transcoder/source/jump_tracker.h"

enum {
    MAX_TIMES = 20000, /* enough to tell how frames are spaced: eleven minutes at 30/s */
    LANE_PICTURE = 0,
    FIRST_SOUND = 1,
    MAX_LANES = JUMP_MAX_LANES,
};

#define CLAIM_SLACK_US INT64_C(2000000) /* headers round, and last packets vary */

/* One stream while it is surveyed. */
struct lane {
    int stream; /* -1: none */
    AVRational time_base;
    struct stream_survey survey;
    int64_t *times_us; /* borrowed, MAX_TIMES; NULL for a lane without a stream */
    size_t n_times;
    int64_t last_us;
};

static void lane_init(struct lane *lane, const struct source *source, int stream, int64_t *times_us)
{
    *lane = (struct lane){.stream = stream, .survey.end_us = INT64_MIN};
    if (stream < 0)
        return;
    lane->time_base = source->format->streams[stream]->time_base;
    lane->times_us = times_us;
}

static void lane_add(struct lane *lane, int64_t time_us, int64_t end_us)
{
    lane->survey.n_packets++;
    if (lane->times_us && lane->n_times < MAX_TIMES)
        lane->times_us[lane->n_times++] = time_us;
    if (end_us > lane->survey.end_us)
        lane->survey.end_us = end_us;
    lane->last_us = time_us;
}

static void lane_finish(struct lane *lane)
{
    lane->survey.spacing = frame_spacing_measure(lane->times_us, lane->n_times);
    if (lane->survey.shifts.n == 0)
        time_shifts_add(&lane->survey.shifts, 0, 0);
}

static int64_t to_us(int64_t ticks, AVRational time_base)
{
    return av_rescale_q(ticks, time_base, AV_TIME_BASE_Q);
}

/* Whether an MP4's sample tables speak of (nearly) all bytes of the file: then they are complete.
 * Those of a fragmented file cover only the fragments that were read so far. */
static bool has_complete_index(const struct source *source)
{
    int64_t bytes = 0;

    if (!av_strstart(source->format->iformat->name, "mov", NULL))
        return false;
    for (unsigned i = 0; i < source->format->nb_streams; i++) {
        AVStream *stream = source->format->streams[i];
        const int n = avformat_index_get_entries_count(stream);
        for (int k = 0; k < n; k++)
            bytes += avformat_index_get_entry(stream, k)->size;
    }
    return bytes >= source->size_bytes / 10 * 9;
}

/* The track's own duration is exact where the tables are complete, but is only believed when they
 * agree. */
static int64_t claimed_end_us(const AVStream *stream, int64_t tables_us)
{
    if (stream->duration <= 0 || !source_time_is_sane(stream, stream->duration) ||
        !source_time_is_sane(stream, stream->start_time))
        return tables_us;
    const int64_t claimed = to_us(stream->start_time + stream->duration, stream->time_base);
    const int64_t distance = claimed - tables_us;

    return distance < CLAIM_SLACK_US && distance > -CLAIM_SLACK_US ? claimed : tables_us;
}

/* Returns by how much time the samples that the tables name exceed those in the file. */
static int64_t survey_index(const struct source *source, struct lane *lane)
{
    AVStream *stream = source->format->streams[lane->stream];
    const int n = avformat_index_get_entries_count(stream);
    int64_t last_us = INT64_MIN;

    for (int i = 0; i < n; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (!source_time_is_sane(stream, entry->timestamp))
            continue;
        const int64_t time_us = to_us(entry->timestamp, lane->time_base);
        last_us = time_us > last_us ? time_us : last_us;
        if (entry->pos <= source->size_bytes - entry->size)
            lane_add(lane, time_us, time_us);
    }
    lane_finish(lane);
    if (lane->survey.n_packets == 0)
        return 0;
    const struct frame_spacing *spacing = &lane->survey.spacing;
    const int64_t missing_us = last_us - lane->survey.end_us;
    if (spacing->n_regular > 0)
        lane->survey.end_us += spacing->regular_us / (int64_t)spacing->n_regular;
    if (missing_us == 0)
        lane->survey.end_us = claimed_end_us(stream, lane->survey.end_us);
    return missing_us;
}

static int64_t packet_time_us(const struct lane *lane, const AVPacket *packet)
{
    if (packet->dts != AV_NOPTS_VALUE)
        return to_us(packet->dts, lane->time_base);
    if (packet->pts != AV_NOPTS_VALUE)
        return to_us(packet->pts, lane->time_base);
    return lane->survey.n_packets ? lane->last_us : 0;
}

static void survey_packet(struct lane *lane, size_t index, struct jump_tracker *tracker,
                          const AVPacket *packet)
{
    const int64_t time_us = packet_time_us(lane, packet);
    const int64_t duration_us = to_us(packet->duration, lane->time_base);
    int64_t shift_us = 0;

    if (tracker && jump_tracker_next(tracker, index, time_us, duration_us, &shift_us)) {
        if (lane->survey.shifts.n == 0)
            time_shifts_add(&lane->survey.shifts, 0, 0);
        time_shifts_add(&lane->survey.shifts, packet->pos, shift_us);
    }
    const int64_t shown_us =
        packet->pts != AV_NOPTS_VALUE ? to_us(packet->pts, lane->time_base) : time_us;
    lane_add(lane, time_us + shift_us, shown_us + shift_us + duration_us);
}

/* The lanes of a survey: the picture's, then one for each sound. */
static int scan(struct source *source, struct lane lanes[MAX_LANES], struct link *link)
{
    struct jump_tracker tracker = jump_tracker_empty();
    const bool may_jump = source_may_jump(source);
    AVPacket *packet = av_packet_alloc();
    int err = packet ? 0 : ERR_NO_MEMORY;

    while (!err) {
        err = source_read(source, NULL, packet);
        if (err)
            break;
        for (size_t i = 0; i < MAX_LANES; i++) {
            if (lanes[i].stream == packet->stream_index)
                survey_packet(&lanes[i], i, may_jump ? &tracker : NULL, packet);
        }
        if (source->size_bytes > 0 && packet->pos >= 0)
            link_progress(link, STAGE_PLAN, packet->pos * 900 / source->size_bytes, 0);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    if (err != ERR_NOT_FOUND)
        return err;
    for (size_t i = 0; i < MAX_LANES; i++)
        lane_finish(&lanes[i]);
    return 0;
}

/* What a header claims beyond what was found. Transport and program streams claim nothing: libav
 * estimates. */
static int64_t claimed_beyond_us(const struct source *source, const struct lane lanes[MAX_LANES])
{
    const AVFormatContext *format = source->format;
    const int64_t start_us = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
    int64_t end_us = INT64_MIN;

    if (source_may_jump(source) || format->duration <= 0 || !source_us_is_sane(format->duration) ||
        !source_us_is_sane(start_us) ||
        format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
        return 0;
    for (size_t i = 0; i < MAX_LANES; i++) {
        if (lanes[i].survey.n_packets && lanes[i].survey.end_us > end_us)
            end_us = lanes[i].survey.end_us;
    }
    if (end_us == INT64_MIN)
        return 0;
    const int64_t missing = format->duration + start_us - end_us;
    return missing > CLAIM_SLACK_US + format->duration / 50 ? missing : 0;
}

static int survey_lanes(struct source *source, struct lane lanes[MAX_LANES], struct link *link,
                        int64_t *ret_missing_us)
{
    if (!has_complete_index(source)) {
        const int err = scan(source, lanes, link);
        if (!err)
            *ret_missing_us = claimed_beyond_us(source, lanes);
        return err;
    }
    for (size_t i = 0; i < MAX_LANES; i++) {
        if (lanes[i].stream < 0)
            continue;
        const int64_t missing = survey_index(source, &lanes[i]);
        *ret_missing_us = missing > *ret_missing_us ? missing : *ret_missing_us;
    }
    return 0;
}

/* Lets the demuxer pass over what is not surveyed. */
static void select_lanes(struct source *source, const struct lane lanes[MAX_LANES])
{
    for (unsigned i = 0; i < source->format->nb_streams; i++)
        source->format->streams[i]->discard = AVDISCARD_ALL;
    for (size_t i = 0; i < MAX_LANES; i++) {
        if (lanes[i].stream >= 0)
            source->format->streams[lanes[i].stream]->discard = AVDISCARD_DEFAULT;
    }
}

int survey_make(struct source *source, int picture, const int *sounds, size_t n_sounds,
                struct link *link, struct survey *ret_survey)
{
    struct lane lanes[MAX_LANES] = {0};
    int64_t missing = 0;
    int64_t *times_us = calloc((size_t)MAX_LANES * MAX_TIMES, sizeof *times_us);

    if (!times_us)
        return ERR_NO_MEMORY;
    lane_init(&lanes[LANE_PICTURE], source, picture, times_us);
    for (size_t i = 0; i < SURVEY_MAX_SOUNDS; i++)
        lane_init(&lanes[FIRST_SOUND + i], source, i < n_sounds ? sounds[i] : -1,
                  times_us + (FIRST_SOUND + i) * MAX_TIMES);
    select_lanes(source, lanes);
    const int err = survey_lanes(source, lanes, link, &missing);
    if (!err) {
        ret_survey->picture = lanes[LANE_PICTURE].survey;
        for (size_t i = 0; i < SURVEY_MAX_SOUNDS; i++)
            ret_survey->sounds[i] = lanes[FIRST_SOUND + i].survey;
        ret_survey->missing_us = missing;
    }
    free(times_us);
    return err;
}
