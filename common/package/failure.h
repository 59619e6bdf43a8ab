// SPDX-License-Identifier: GPL-3.0-or-later
/* failure.h - why a job failed or what is missing from its result: a stable code and a sentence for
 * the instructor that says what to do. Codes are part of the API: they are never renamed. Pure. */
#ifndef COMMON_PACKAGE_FAILURE_H
#define COMMON_PACKAGE_FAILURE_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/slice.h"

enum failure {
    FAILURE_NONE,
    FAILURE_NOT_MEDIA,         /* no container that we know */
    FAILURE_CONTAINER,         /* a recording in a container outside the allow-list */
    FAILURE_EMPTY,             /* a file of no bytes */
    FAILURE_NO_STREAM,         /* a container without picture or sound that can be decoded */
    FAILURE_CODEC_UNSUPPORTED, /* a codec outside the allow-list */
    FAILURE_SOUND_CODEC,       /* the same, of all sounds beside a picture that is accepted */
    FAILURE_DRM,               /* encrypted */
    FAILURE_TOO_LONG,
    FAILURE_TOO_LARGE, /* too many pixels or bytes */
    FAILURE_TOO_MANY_STREAMS,
    FAILURE_TRUNCATED,   /* as a failure: nothing can be read; as a warning: the end is missing */
    FAILURE_SECOND_FILE, /* only ever a warning: there is a recording behind the first one */
    FAILURE_CLOCK,       /* only ever a warning: time leapt forward, and was closed up */
    FAILURE_CAPTIONS,   /* only ever a warning: those inside are in characters that are not known */
    FAILURE_GAP,        /* the same: a sound pauses, for there is nothing in the file */
    FAILURE_LEFT_OUT,   /* the same: what is in the file cannot be decoded */
    FAILURE_NO_AUDIO,   /* only ever a warning */
    FAILURE_NO_PICTURE, /* the same: there is one, but none of it can be decoded */
    FAILURE_SILENT,     /* the same: a sound of digital silence */
    FAILURE_SOUND_DAMAGED,  /* the same: there is sound, but none of it can be decoded */
    FAILURE_SOUND_LEFT_OUT, /* the same: one of several sounds, or what was not wanted */
    FAILURE_OTHER_PROGRAM,  /* the same: what a transport stream has beside the lecture */
    FAILURE_SOURCE_CRASHES, /* the decoder died on it twice: quarantined */
    FAILURE_DISK_FULL,
    FAILURE_TIMEOUT,     /* no progress within the watchdog's time */
    FAILURE_WORKER_LOST, /* workers died again and again */
    FAILURE_CANCELLED,
    FAILURE_SANDBOX,  /* this machine cannot box the decoder */
    FAILURE_INTERNAL, /* ours */
    N_FAILURES
};

/* "E_NOT_MEDIA"; "" for FAILURE_NONE. Static. */
const char *failure_code(enum failure failure);

/* One sentence or two: what is wrong and what to do. Static, UTF-8. */
const char *failure_text_vi(enum failure failure);
const char *failure_text_en(enum failure failure);

/* Appends the same with what it is about ("DTS", "MXF") in its place, when the sentence has one and
 * detail is not "". */
void failure_say_vi(enum failure failure, const char *detail, struct buf *out);
void failure_say_en(enum failure failure, const char *detail, struct buf *out);

/* Whether the sentence has such a place: then a task's detail is a name for people. */
bool failure_names_detail(enum failure failure);

/* Whether another attempt with the same file may succeed (the machine's fault, not the file's). */
bool failure_is_retryable(enum failure failure);

/* FAILURE_INTERNAL for a code that is not known. */
enum failure failure_from_code(struct slice code);

#endif
