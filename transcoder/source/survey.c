// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/survey.h"

#include <stdlib.h>
#include <unistd.h>

#include <libavutil/avstring.h>

#include "common/err.h"
#include "transcoder/source/jump_tracker.h"
#include "transcoder/source/matroska_extent.h"
#include "transcoder/source/mp4_boxes.h"

enum {
    MAX_TIMES = 20000, /* enough to tell how frames are spaced: eleven minutes at 30/s */
    LANE_PICTURE = 0,
    FIRST_SOUND = 1,
    MAX_LANES = JUMP_MAX_LANES,
};

#define CLAIM_SLACK_US INT64_C(2000000) /* headers round, and last packets vary */

/* One stream while it is surveyed. */
struct lane {
    int stream;  /* -1: none */
    int current; /* the one of its chain whose packets come */
    AVRational time_base;
    struct stream_survey survey;
    int64_t *times_us; /* borrowed, MAX_TIMES; NULL for a lane without a stream */
    size_t n_times;
    int64_t last_us;          /* of decoding, of the last packet, shifted, */
    int64_t last_file_us;     /* and as the file has it */
    int64_t last_shown_us;    /* the latest that is presented, */
    int64_t last_duration_us; /* and for how long; 0 when its packet does not say */
};

static void lane_init(struct lane *lane, const struct source *source, int stream, int64_t *times_us)
{
    *lane = (struct lane){.stream = stream,
                          .current = stream,
                          .survey.end_us = INT64_MIN,
                          .last_shown_us = INT64_MIN};
    if (stream < 0)
        return;
    lane->time_base = source->format->streams[stream]->time_base;
    lane->times_us = times_us;
}

static void lane_add(struct lane *lane, int64_t time_us)
{
    lane->survey.n_packets++;
    if (lane->times_us && lane->n_times < MAX_TIMES)
        lane->times_us[lane->n_times++] = time_us;
    lane->last_us = time_us;
}

/* Packets that an edit list takes out are decoded for others, and never presented. */
static void lane_show(struct lane *lane, const AVPacket *packet, int64_t shown_us,
                      int64_t duration_us)
{
    if (packet->flags & AV_PKT_FLAG_DISCARD)
        return;
    if (duration_us > SURVEY_LAST_PICTURE_US)
        duration_us = 0; /* unknown, then */
    if (shown_us >= lane->last_shown_us) {
        lane->last_shown_us = shown_us;
        lane->last_duration_us = duration_us;
    }
    if (shown_us + duration_us > lane->survey.end_us)
        lane->survey.end_us = shown_us + duration_us;
}

static void lane_measure(struct lane *lane)
{
    lane->survey.spacing = frame_spacing_measure(lane->times_us, lane->n_times);
    if (lane->survey.shifts.n == 0)
        time_shifts_add(&lane->survey.shifts, (struct time_shift){0});
}

/* What does not say how long it stands does so for as long as its like do. */
static void lane_finish(struct lane *lane)
{
    const struct frame_spacing *spacing = &lane->survey.spacing;

    if (lane->last_shown_us == INT64_MIN) /* none was presented: */
        lane->last_shown_us = lane->last_us;
    if (lane->survey.n_packets == 0 || lane->last_duration_us > 0 || spacing->n_regular == 0)
        return;
    const int64_t usual_us = spacing->regular_us / (int64_t)spacing->n_regular;
    const int64_t end_us = lane->last_shown_us + usual_us;
    lane->survey.end_us = end_us > lane->survey.end_us ? end_us : lane->survey.end_us;
}

static int64_t to_us(int64_t ticks, AVRational time_base)
{
    return av_rescale_q(ticks, time_base, AV_TIME_BASE_Q);
}

/* Reads the last packets of the lane's stream, from the key frame before `last_us` on. */
static int look_at_tail(struct source *source, struct lane *lane, int64_t last_us)
{
    const int64_t last = av_rescale_q(last_us, AV_TIME_BASE_Q, lane->time_base);
    AVPacket *packet = av_packet_alloc();
    int err = packet ? 0 : ERR_NO_MEMORY;

    source_select(source, lane->stream, NULL);
    if (!err && av_seek_frame(source->format, lane->stream, last, AVSEEK_FLAG_BACKWARD) < 0)
        err = source_rewind(source);
    while (!err && (err = source_read(source, NULL, packet)) == 0) {
        const int64_t shown = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        if (shown != AV_NOPTS_VALUE)
            lane_show(lane, packet, to_us(shown, lane->time_base),
                      to_us(packet->duration, lane->time_base));
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return err == ERR_NOT_FOUND ? 0 : err;
}

/* Where the track itself says that it ends: by its sample table, cut by its edit list. Believed
 * where its last packet can stand until then. */
static void end_as_track_says(const struct source *source, struct lane *lane)
{
    const AVStream *stream = source->format->streams[lane->stream];

    if (stream->duration <= 0 || !source_time_is_sane(stream, stream->duration) ||
        !source_time_is_sane(stream, stream->start_time))
        return;
    const int64_t end_us = to_us(stream->start_time + stream->duration, lane->time_base);
    if (end_us > lane->last_shown_us && end_us - lane->last_shown_us <= SURVEY_LAST_PICTURE_US)
        lane->survey.end_us = end_us;
}

/* Stores by how much time the samples that the tables name exceed those in the file. */
static int survey_index(struct source *source, struct lane *lane, int64_t *ret_missing_us)
{
    AVStream *stream = source->format->streams[lane->stream];
    const int n = avformat_index_get_entries_count(stream);
    int64_t first_us = INT64_MAX;
    int64_t last_us = INT64_MIN;
    int64_t present_us = INT64_MIN;
    int64_t shown_us = INT64_MIN; /* an edit list may hide all that comes behind */

    for (int i = 0; i < n; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (!source_time_is_sane(stream, entry->timestamp))
            continue;
        const int64_t time_us = to_us(entry->timestamp, lane->time_base);
        first_us = time_us < first_us ? time_us : first_us;
        last_us = time_us > last_us ? time_us : last_us;
        if (entry->pos > source->size_bytes - entry->size)
            continue;
        lane_add(lane, time_us);
        present_us = time_us > present_us ? time_us : present_us;
        if (!(entry->flags & AVINDEX_DISCARD_FRAME) && time_us > shown_us &&
            !source_stands_at(source, lane->stream, time_us))
            shown_us = time_us;
    }
    lane_measure(lane);
    if (last_us == INT64_MIN)
        return 0;
    if (lane->survey.n_packets == 0) {
        *ret_missing_us = last_us - first_us + 1;
        return 0;
    }
    *ret_missing_us = last_us - present_us;
    const int err = look_at_tail(source, lane, shown_us > INT64_MIN ? shown_us : present_us);
    lane_finish(lane);
    if (!err && *ret_missing_us == 0)
        end_as_track_says(source, lane);
    return err;
}

static int64_t packet_time_us(const struct lane *lane, const AVPacket *packet)
{
    if (packet->dts != AV_NOPTS_VALUE)
        return to_us(packet->dts, lane->time_base);
    if (packet->pts != AV_NOPTS_VALUE)
        return to_us(packet->pts, lane->time_base);
    return lane->survey.n_packets ? lane->last_file_us : 0;
}

/* Times of presentation alone go forth and back where pictures are reordered. */
static bool tells_jumps(const AVStream *stream, const AVPacket *packet)
{
    return packet->dts != AV_NOPTS_VALUE || stream->codecpar->video_delay == 0;
}

/* The last picture of a transport stream's packet id comes when the file ends. */
static bool is_late(const struct lane *lane, const AVPacket *packet)
{
    const struct time_shifts *shifts = &lane->survey.shifts;

    return shifts->n > 0 && packet->pos < shifts->items[shifts->n - 1].from_byte;
}

static void lane_begin_run(struct lane *lane, int64_t from_byte, int64_t shift_us)
{
    const bool is_first = lane->current == lane->stream;

    if (lane->survey.shifts.n == 0)
        time_shifts_add(&lane->survey.shifts, (struct time_shift){0});
    time_shifts_add(&lane->survey.shifts,
                    (struct time_shift){.from_byte = from_byte,
                                        .shift_us = shift_us,
                                        .stream = is_first ? 0 : (uint32_t)lane->current});
}

static void survey_packet(const struct source *source, struct lane *lane, size_t index,
                          struct jump_tracker *tracker, const AVPacket *packet)
{
    const AVStream *stream = source->format->streams[lane->stream];
    const int64_t time_us = packet_time_us(lane, packet);
    const int64_t said_us = to_us(packet->duration, lane->time_base);
    const int64_t duration_us = said_us < SURVEY_LAST_PICTURE_US ? said_us : 0;
    int64_t shift_us = time_shift_at(&lane->survey.shifts, packet->pos);

    const bool is_shifted = tells_jumps(stream, packet) &&
                            jump_tracker_next(tracker, index, time_us, duration_us, &shift_us);
    if (is_shifted || (packet->stream_index != lane->current && !is_late(lane, packet))) {
        lane->current = packet->stream_index;
        lane_begin_run(lane, packet->pos, shift_us);
    }
    const int64_t shown_us =
        packet->pts != AV_NOPTS_VALUE ? to_us(packet->pts, lane->time_base) : time_us;
    lane_add(lane, time_us + shift_us);
    lane->last_file_us = time_us;
    lane_show(lane, packet, shown_us + shift_us, duration_us);
}

static void note_leaps(const struct jump_tracker *tracker, struct survey *survey)
{
    for (size_t i = 1; i < tracker->n_runs && survey->n_leaps < SURVEY_MAX_LEAPS; i++) {
        const struct jump_run *run = &tracker->runs[i];
        if (run->closed_us > 0)
            survey->leaps[survey->n_leaps++] =
                (struct survey_leap){.at_us = run->start_us + run->shift_us,
                                     .closed_us = run->closed_us};
    }
}

/* FLV ends where libav finds no tag any more: at the header of another file. */
static void note_unread(const struct source *source, int64_t last_byte, struct survey *survey)
{
    enum { HARDLY_BYTES = 4096 };

    if (av_strstart(source->format->iformat->name, "flv", NULL) &&
        source->size_bytes - last_byte > HARDLY_BYTES)
        survey->left_out_us = 1;
}

/* The lanes of a survey: the picture's, then one for each sound. */
static int scan(struct source *source, const struct stream_chain *chain,
                struct lane lanes[MAX_LANES], struct link *link, struct survey *survey)
{
    const bool is_alone = lanes[FIRST_SOUND].stream < 0 && !source_may_jump(source);
    struct jump_tracker tracker =
        jump_tracker_empty(is_alone ? SURVEY_LAST_PICTURE_US : JUMP_HOLE_US);
    AVPacket *packet = av_packet_alloc();
    int64_t last_byte = 0;
    int err = packet ? 0 : ERR_NO_MEMORY;

    while (!err) {
        err = source_read(source, NULL, packet);
        if (err)
            break;
        for (size_t i = 0; i < MAX_LANES; i++) {
            if (lanes[i].stream == chain->head[packet->stream_index % SOURCE_MAX_STREAMS])
                survey_packet(source, &lanes[i], i, &tracker, packet);
        }
        if (packet->pos + packet->size > last_byte)
            last_byte = packet->pos + packet->size;
        if (source->size_bytes > 0 && packet->pos >= 0)
            link_progress(link, STAGE_PLAN, packet->pos * 900 / source->size_bytes, 0);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    if (err != ERR_NOT_FOUND)
        return err;
    for (size_t i = 0; i < MAX_LANES; i++) {
        lane_measure(&lanes[i]);
        lane_finish(&lanes[i]);
    }
    note_leaps(&tracker, survey);
    note_unread(source, last_byte, survey);
    return 0;
}

static bool is_whole_matroska(const struct source *source)
{
    char head[MATROSKA_HEAD_BYTES];

    const ssize_t n = pread(source->fd, head, sizeof head, 0);
    return n > 0 && matroska_is_whole(slice_of(head, (size_t)n), source->size_bytes);
}

/* INT64_MIN when there is nothing. */
static int64_t lanes_end(const struct lane lanes[MAX_LANES])
{
    int64_t end_us = INT64_MIN;

    for (size_t i = 0; i < MAX_LANES; i++) {
        if (lanes[i].survey.n_packets && lanes[i].survey.end_us > end_us)
            end_us = lanes[i].survey.end_us;
    }
    return end_us;
}

/* What a header claims beyond what was found; nothing when clocks jumped. Writers differ in whether
 * they count from 0 or from the first packet: from 0 claims less. Transport and program streams
 * claim nothing: libav estimates. */
static int64_t claimed_beyond_us(const struct source *source, const struct lane lanes[MAX_LANES])
{
    const AVFormatContext *format = source->format;
    const int64_t start_us = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
    const int64_t end_us = lanes_end(lanes);

    if (source_may_jump(source) || lanes[LANE_PICTURE].survey.shifts.n > 1 ||
        lanes[FIRST_SOUND].survey.shifts.n > 1 || format->duration <= 0 ||
        !source_us_is_sane(format->duration) || !source_us_is_sane(start_us) ||
        format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
        return 0;
    if (end_us == INT64_MIN)
        return 0;
    return format->duration + (start_us < 0 ? start_us : 0) - end_us;
}

/* Only Matroska's Duration knows how long its last picture stands; in a file that was cut it tells
 * what is missing. */
static int64_t let_last_stand(const struct source *source, struct lane lanes[MAX_LANES])
{
    struct lane *last = &lanes[lanes[LANE_PICTURE].survey.n_packets ? LANE_PICTURE : FIRST_SOUND];
    const int64_t beyond_us = claimed_beyond_us(source, lanes);
    const bool is_much = beyond_us > CLAIM_SLACK_US + source->format->duration / 50;

    if (source->is_mp4) /* fragments say themselves whether they are there */
        return !mp4_is_cut(source->fd, source->size_bytes) ? 0 : beyond_us > 0 ? beyond_us : 1;
    if (beyond_us <= 0 || last->survey.n_packets == 0)
        return 0;
    const int64_t end_us = lanes_end(lanes) + beyond_us;
    if (is_whole_matroska(source) && end_us - last->last_shown_us <= SURVEY_LAST_PICTURE_US) {
        last->survey.end_us = end_us;
        return 0;
    }
    return is_much ? beyond_us : 0;
}

static int survey_lanes(struct source *source, const struct stream_chain *chain,
                        struct lane lanes[MAX_LANES], struct link *link, struct survey *survey)
{
    int err = 0;

    if (!source->is_mp4 || source->is_fragmented) { /* tables that do not tell all */
        err = scan(source, chain, lanes, link, survey);
        if (!err)
            survey->missing_us = let_last_stand(source, lanes);
        return err;
    }
    survey->left_out_us = mp4_later_movies_us(source->fd, source->size_bytes);
    for (size_t i = 0; i < MAX_LANES && !err; i++) {
        int64_t missing_us = 0;
        if (lanes[i].stream >= 0)
            err = survey_index(source, &lanes[i], &missing_us);
        survey->missing_us = missing_us > survey->missing_us ? missing_us : survey->missing_us;
    }
    return err;
}

/* Lets the demuxer pass over what is not surveyed. */
static void select_lanes(struct source *source, const struct stream_chain *chain,
                         const struct lane lanes[MAX_LANES])
{
    source->selected = -1;
    for (unsigned i = 0; i < source->format->nb_streams; i++)
        source->format->streams[i]->discard = AVDISCARD_ALL;
    for (size_t i = 0; i < MAX_LANES; i++) {
        for (unsigned k = 0; k < source->format->nb_streams && lanes[i].stream >= 0; k++) {
            if (chain->head[k % SOURCE_MAX_STREAMS] == lanes[i].stream)
                source->format->streams[k]->discard = AVDISCARD_DEFAULT;
        }
    }
}

int survey_make(struct source *source, const struct stream_chain *chain, int picture,
                const int *sounds, size_t n_sounds, struct link *link, struct survey *ret_survey)
{
    struct lane lanes[MAX_LANES] = {0};
    struct survey survey = {.n_leaps = 0};
    int64_t *times_us = calloc((size_t)MAX_LANES * MAX_TIMES, sizeof *times_us);

    if (!times_us)
        return ERR_NO_MEMORY;
    lane_init(&lanes[LANE_PICTURE], source, picture, times_us);
    for (size_t i = 0; i < SURVEY_MAX_SOUNDS; i++)
        lane_init(&lanes[FIRST_SOUND + i], source, i < n_sounds ? sounds[i] : -1,
                  times_us + (FIRST_SOUND + i) * MAX_TIMES);
    select_lanes(source, chain, lanes);
    const int err = survey_lanes(source, chain, lanes, link, &survey);
    if (source->missing_us > survey.missing_us)
        survey.missing_us = source->missing_us;
    survey.picture = lanes[LANE_PICTURE].survey;
    for (size_t i = 0; i < SURVEY_MAX_SOUNDS; i++)
        survey.sounds[i] = lanes[FIRST_SOUND + i].survey;
    if (!err)
        *ret_survey = survey;
    free(times_us);
    return err;
}
