// SPDX-License-Identifier: GPL-3.0-or-later
/* source.h - a media file of unknown origin, opened. Only ever used inside the box.
 *
 * Opening checks what can be checked before anything is decoded: a container on the allow-list,
 * not encrypted, sane numbers. Headers are not believed beyond that: durations, rates and even
 * sizes are found out by the survey and by decoding. */
#ifndef TRANSCODER_SOURCE_SOURCE_H
#define TRANSCODER_SOURCE_SOURCE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <libavformat/avformat.h>

#include "common/cleanup.h"
#include "transcoder/fault.h"
#include "transcoder/source/byte_input.h"
#include "transcoder/source/edit_start.h"
#include "transcoder/source/time_shift.h"

enum {
    SOURCE_MAX_STREAMS = 32,
    SOURCE_MAX_PROGRAMS = 128, /* of a transport stream */
    SOURCE_MAX_SIDE = 8192,
    SOURCE_MAX_PIXELS = 8847360, /* 4096 x 2160 */
    SOURCE_MAX_CHANNELS = 16,
};

/* Of a stream whose edit begins inside a picture, which stands there (edit_start.h). */
struct picture_cut {
    bool is_inside;
    int64_t early; /* ticks by which libav shows its pictures too early */
    int64_t start; /* ticks: where the edit begins, as shown */
};

struct source {
    struct byte_input *input; /* owned */
    AVFormatContext *format;  /* owned */
    int fd;                   /* borrowed */
    int64_t size_bytes;
    bool is_mp4;        /* or MOV, and so on */
    bool is_fragmented; /* such a file whose movie box does not tell all */
    struct picture_cut cuts[SOURCE_MAX_STREAMS];
    struct {
        struct track_stand items[TRACK_MAX_STANDS];
        size_t n;
    } stands[SOURCE_MAX_STREAMS];       /* of each stream */
    int64_t missing_us;                 /* of the sound, as a WAV's header has it */
    int selected;                       /* the stream that is read, -1: all */
    int64_t run_byte;                   /* where the run of packets begins that is read */
    int64_t places[SOURCE_MAX_STREAMS]; /* bytes: where the last packet of each stream began */
    bool is_full;                       /* libav wanted more streams or programs than it may have */
};

/* For av_log_set_callback(): prints nothing, for libav would print what files say, but notes what
 * it tells nobody else. */
void source_on_log(void *context, int level, const char *format, va_list args);

/* Opens the file behind fd (borrowed, must outlive the source) and finds its streams. On failure
 * *fault says why and the result is negative. */
int source_open(int fd, int64_t size_bytes, struct fault *fault, struct source **ret_source);
void source_close(struct source *source);
DEFINE_CLEANUP(source_close, struct source *)

/* FAILURE_TOO_MANY_STREAMS when there are more streams or programs than a lecture can have: more
 * may turn up while the source is read. */
int source_check_amounts(const struct source *source, struct fault *fault);

/* source_read.c, from here on. The places of packets that say none themselves begin anew. */
void source_forget_places(struct source *source);

/* Goes back to the first packet of the stream that libav seeks by (the picture's). Returns 0, or
 * ERR_UNSUPPORTED. */
int source_rewind(struct source *source);

/* Reads only that stream from now on, and those that its shifts (may be NULL) name as going on with
 * it. */
void source_select(struct source *source, int stream, const struct time_shifts *shifts);

/* Stands before the first packet of every stream: seeking passes over sound that begins before the
 * picture. Nothing may hold a stream of the source. Returns 0, or what source_open() does; then the
 * source is as it was. */
int source_reopen(struct source *source, struct fault *fault);

/* When the stream begins to be shown where a cut inside a picture says so, else INT64_MIN. */
int64_t source_cut_us(const struct source *source, int stream);

/* Whether the stream's edit stands still then, as libav's times are. */
bool source_stands_at(const struct source *source, int stream, int64_t time_us);

/* source_open() without a look at cuts; without edits when has_edits is not set. */
int source_open_plain(int fd, int64_t size_bytes, bool has_edits, struct fault *fault,
                      struct source **ret_source);

/* The next packet of a selected stream, with its times moved by `shifts` (NULL: as they are) and
 * still in the stream's time base; those that make no sense are missing. Its place in the file is
 * that of the packet before where libav gives none: it cuts packets up. A packet of a stream that
 * goes on with the selected one comes as one of it. Returns 0, or ERR_NOT_FOUND at the end of what
 * can be read. */
int source_read(struct source *source, const struct time_shifts *shifts, AVPacket *packet);

/* Whether a time is one that a recording can have: within a century of 0. Others come from damage,
 * and would overflow what is computed from them. source_read() gives none; what else libav knows
 * has to be asked after. */
bool source_us_is_sane(int64_t us);
bool source_time_is_sane(const AVStream *stream, int64_t ticks);

/* Whether times may jump inside a file of this kind (MPEG transport and program streams). */
bool source_may_jump(const struct source *source);

#endif
