// SPDX-License-Identifier: GPL-3.0-or-later
/* tus_headers.h - the header fields of the tus resumable upload protocol 1.0.0. Pure. */
#ifndef SERVER_FEATURES_UPLOADS_TUS_HEADERS_H
#define SERVER_FEATURES_UPLOADS_TUS_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/slice.h"
#include "storage/jobs/title.h"

enum {
    TUS_FILENAME_SIZE = 256,
    /* Of the whole Upload-Metadata value: two titles and a file name at their longest, with accents
     * that were typed as characters of their own, in Base64. */
    TUS_METADATA_MAX_BYTES = 6144,
};

/* What we understand of Upload-Metadata; a key that was not sent gives an empty text. */
struct tus_metadata {
    char filename[TUS_FILENAME_SIZE]; /* the last part of a path, "/" and "\" removed; cut before
                                       * its ending when it is longer */
    char title[TITLE_SIZE];
    char course[TITLE_SIZE]; /* id or title */
    bool without_sound;      /* "true", or without a value; "false" as when it was not sent */
};

/* What is wrong with an Upload-Metadata; tus_problem.h has the words. */
struct tus_fault {
    enum tus_fault_kind {
        TUS_METADATA_FINE = 0,
        TUS_METADATA_TOO_LONG,   /* more than TUS_METADATA_MAX_BYTES */
        TUS_METADATA_MALFORMED,  /* no list of keys and values, or a key twice */
        TUS_METADATA_NOT_BASE64, /* a value */
        TUS_BAD_FILENAME,        /* see text: NOT_UTF8 or HAS_CONTROLS */
        TUS_BAD_TITLE,           /* see text: anything but EMPTY, which counts as absent */
        TUS_BAD_COURSE,          /* likewise */
    } kind;
    enum title_fault text;
};

/* Parses "key base64,key base64,…" (values may be absent). Unknown keys are allowed and ignored,
 * keys must not repeat. Surrounding blanks of our values are dropped. *ret_metadata is set when
 * nothing is wrong. */
struct tus_fault tus_parse_metadata(struct slice value, struct tus_metadata *ret_metadata);

/* A title for people: the given one, else the file name without its ending, else "Bài giảng". */
void tus_choose_title(const struct tus_metadata *metadata, char title[TITLE_SIZE]);

struct tus_checksum {
    enum digest_kind kind;
    uint8_t value[DIGEST_MAX_BYTES];
    size_t length;
};

/* Parses "sha256 BASE64" or "sha1 BASE64".
 * Returns 0, ERR_UNSUPPORTED for another algorithm, ERR_INVALID. */
int tus_parse_checksum(struct slice value, struct tus_checksum *ret_checksum);

#endif
