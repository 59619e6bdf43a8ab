// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/source.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <libavutil/avstring.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/source/allow_list.h"
#include "transcoder/source/container_kind.h"
#include "transcoder/source/mp4_boxes.h"
#include "transcoder/source/picture_cut.h"
#include "transcoder/source/wav_length.h"

enum {
    PROBE_BYTES = 5 << 20,
    PROBE_US = 8 * 1000000,
    LIBRARY_MAX_STREAMS = 256, /* libav gives up there, before it hurts */
    DECODER_LIST_LIMIT = 4096,
    MIN_SCORE = AVPROBE_SCORE_RETRY, /* text and noise score below it */
};

/* Nothing but the descriptor is ever opened. */
static int refuse_open(AVFormatContext *format, AVIOContext **avio, const char *url, int flags,
                       AVDictionary **options)
{
    (void)format, (void)avio, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

/* When the list of streams is full libav says so in its log, and returns what it returns for a lack
 * of memory. */
void source_on_log(void *context, int level, const char *format, va_list args)
{
    (void)format, (void)args;
    if (level > AV_LOG_ERROR || !context ||
        *(const AVClass *const *)context != avformat_get_class())
        return;
    const AVFormatContext *demuxer = context;
    struct source *source = demuxer->opaque;
    if (source && demuxer->nb_streams >= LIBRARY_MAX_STREAMS)
        source->is_full = true;
}

/* What libav does for each program grows with the square of their number: it must not see all of
 * what a file claims. */
static bool may_read(void *arg)
{
    struct source *source = arg;

    if (source->format && source->format->nb_programs > SOURCE_MAX_PROGRAMS)
        source->is_full = true;
    return !source->is_full;
}

/* A recording of a kind that we do not take is called by its name. */
static int refuse_kind(struct fault *fault, const char *kind)
{
    return fault_set(fault, FAILURE_CONTAINER, ERR_UNSUPPORTED, "%s", kind);
}

static const char *kind_by_first_bytes(const struct source *source)
{
    char head[CONTAINER_HEAD_BYTES];
    const ssize_t n = pread(source->fd, head, sizeof head, 0);

    return container_kind_of(slice_of(head, n > 0 ? (size_t)n : 0));
}

static int refuse_probed(const AVInputFormat *demuxer, int score, struct fault *fault)
{
    if (score < 0 || !demuxer)
        return fault_set(fault, FAILURE_NOT_MEDIA, ERR_INVALID, "no container recognised");
    const char *kind = score > AVPROBE_SCORE_EXTENSION
                           ? container_kind_of_demuxer(demuxer->name, demuxer->long_name)
                           : NULL;
    return kind ? refuse_kind(fault, kind)
                : fault_set(fault, FAILURE_NOT_MEDIA, ERR_INVALID, "might be %s, but hardly",
                            demuxer->name);
}

/* Reads through an input of its own: what it has looked at would be there for the demuxer at once,
 * and past the guard. */
static int probe(struct source *source, struct fault *fault, const AVInputFormat **ret_demuxer)
{
    CLEANUP(byte_input_free) struct byte_input *input = NULL;
    const AVInputFormat *demuxer = NULL;
    const char *kind = kind_by_first_bytes(source);

    if (kind)
        return refuse_kind(fault, kind);
    const int err = byte_input_new(source->fd, source->size_bytes, &input);
    if (err)
        return err;
    const int score =
        av_probe_input_buffer2(byte_input_avio(input), &demuxer, "", NULL, 0, PROBE_BYTES);
    if (score < MIN_SCORE || !demuxer || !allow_list_has_demuxer(demuxer->name))
        return refuse_probed(demuxer, score, fault);
    *ret_demuxer = demuxer;
    return 0;
}

static int configure(struct source *source)
{
    CLEANUP(buf_clear) struct buf decoders = buf_with_limit(DECODER_LIST_LIMIT);
    AVFormatContext *format = avformat_alloc_context();

    if (!format)
        return ERR_NO_MEMORY;
    source->format = format;
    allow_list_append_decoders(&decoders);
    format->opaque = source;
    format->pb = byte_input_avio(source->input);
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->io_open = refuse_open;
    format->probesize = PROBE_BYTES;
    format->max_analyze_duration = PROBE_US;
    format->max_streams = LIBRARY_MAX_STREAMS;
    format->format_whitelist = av_strdup(allow_list_demuxers());
    format->codec_whitelist = av_strdup(decoders.data);
    format->protocol_whitelist = av_strdup("");
    if (!format->format_whitelist || !format->codec_whitelist || !format->protocol_whitelist)
        return ERR_NO_MEMORY;
    return 0;
}

static int too_many(struct fault *fault, const char *of_what)
{
    return fault_set(fault, FAILURE_TOO_MANY_STREAMS, ERR_TOO_LARGE, "too many %s", of_what);
}

/* libav's word for a broken header is the same as for a file that stops too early; and one for more
 * memory than there is comes from what a header claims: the box has room for any honest file. */
static int open_failed(const struct source *source, struct fault *fault, int av_error)
{
    if (source->is_full)
        return too_many(fault, "streams");
    if (av_error == AVERROR(ENOMEM))
        return fault_set(fault, FAILURE_NOT_MEDIA, ERR_INVALID,
                         "the container claims more than a lecture can hold");
    if (byte_input_avio(source->input)->error == 0 && avio_feof(byte_input_avio(source->input)))
        return fault_set(fault, FAILURE_TRUNCATED, ERR_INVALID, "the file ends in its header");
    return fault_set_av(fault, FAILURE_NOT_MEDIA, av_error, "cannot read the container");
}

static bool is_encrypted(const AVStream *stream)
{
    return av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) != NULL;
}

static int check_stream(const AVStream *stream, struct fault *fault)
{
    const AVCodecParameters *codec = stream->codecpar;

    if (is_encrypted(stream))
        return fault_set(fault, FAILURE_DRM, ERR_UNSUPPORTED, "stream %d is encrypted",
                         stream->index);
    if (codec->codec_type != AVMEDIA_TYPE_VIDEO)
        return 0;
    if (codec->width > SOURCE_MAX_SIDE || codec->height > SOURCE_MAX_SIDE ||
        (int64_t)codec->width * codec->height > SOURCE_MAX_PIXELS)
        return fault_set(fault, FAILURE_TOO_LARGE, ERR_TOO_LARGE, "stream %d is %d x %d",
                         stream->index, codec->width, codec->height);
    return 0;
}

int source_check_amounts(const struct source *source, struct fault *fault)
{
    if (source->format->nb_programs > SOURCE_MAX_PROGRAMS)
        return too_many(fault, "programs");
    if (source->format->nb_streams > SOURCE_MAX_STREAMS)
        return too_many(fault, "streams");
    return 0;
}

static int check(const struct source *source, struct fault *fault)
{
    const AVFormatContext *format = source->format;

    for (unsigned i = 0; i < format->nb_streams; i++) {
        const int err = check_stream(format->streams[i], fault);
        if (err)
            return err;
    }
    return 0;
}

static int open_format(struct source *source, bool has_edits, struct fault *fault)
{
    const AVInputFormat *demuxer = NULL;
    AVDictionary *options = NULL;

    int err = probe(source, fault, &demuxer);
    if (!err)
        err = configure(source);
    if (err)
        return err;
    /* Reference movies point at other files; there are none for us. */
    (void)av_dict_set(&options, "enable_drefs", "0", 0);
    (void)av_dict_set(&options, "use_absolute_path", "0", 0);
    (void)av_dict_set(&options, "ignore_editlist", has_edits ? "0" : "1", 0);
    err = avformat_open_input(&source->format, NULL, demuxer, &options);
    av_dict_free(&options);
    if (err < 0)
        return open_failed(source, fault, err);
    err = source_check_amounts(source, fault);
    if (err)
        return err;
    const int found = avformat_find_stream_info(source->format, NULL);
    err = source_check_amounts(source, fault); /* there may be more of them now */
    if (err)
        return err;
    if (found == AVERROR(ENOMEM))
        return open_failed(source, fault, found);
    if (found < 0)
        return fault_set_av(fault, FAILURE_NO_STREAM, found, "cannot find the streams");
    return check(source, fault);
}

static void correct_length(struct source *source)
{
    const struct wav_length length = wav_length_find(source->fd, source->size_bytes);

    source->missing_us = length.missing_us;
    if (length.at >= 0)
        byte_input_patch(source->input, length.at, length.bytes, length.n);
}

int source_open_plain(int fd, int64_t size_bytes, bool has_edits, struct fault *fault,
                      struct source **ret_source)
{
    CLEANUP(source_close) struct source *source = calloc(1, sizeof *source);

    if (!source)
        return ERR_NO_MEMORY;
    source->fd = fd;
    source->size_bytes = size_bytes;
    int err = byte_input_new(fd, size_bytes, &source->input);
    if (err)
        return err;
    byte_input_guard(source->input, may_read, source);
    correct_length(source);
    err = open_format(source, has_edits, fault);
    if (err)
        return err;
    source->selected = -1;
    source_forget_places(source);
    source->is_mp4 = av_strstart(source->format->iformat->name, "mov", NULL) != 0;
    source->is_fragmented = source->is_mp4 && mp4_has_fragments(fd, size_bytes);
    *ret_source = source;
    source = NULL;
    return 0;
}

int source_open(int fd, int64_t size_bytes, struct fault *fault, struct source **ret_source)
{
    if (size_bytes == 0)
        return fault_set(fault, FAILURE_EMPTY, ERR_INVALID, "no bytes");
    const int err = source_open_plain(fd, size_bytes, true, fault, ret_source);
    if (!err)
        picture_cuts_find(*ret_source);
    return err;
}

int source_reopen(struct source *source, struct fault *fault)
{
    CLEANUP(source_close) struct source *fresh = NULL;

    const int err = source_open(source->fd, source->size_bytes, fault, &fresh);
    if (err || !fresh)
        return err;
    const struct source old = *source;
    *source = *fresh;
    *fresh = old;
    source->format->opaque = source;
    fresh->format->opaque = fresh;
    byte_input_guard(source->input, may_read, source);
    byte_input_guard(fresh->input, may_read, fresh);
    return 0;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    avformat_close_input(&source->format); /* leaves the custom AVIO alone */
    byte_input_free(source->input);
    free(source);
}
