// SPDX-License-Identifier: GPL-3.0-or-later
/* tus_headers.h - the header fields of the tus resumable upload protocol 1.0.0. Pure. */
#ifndef SERVER_ROUTES_TUS_HEADERS_H
#define SERVER_ROUTES_TUS_HEADERS_H

#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/slice.h"

enum {
    TUS_FILENAME_SIZE = 256,
    TUS_TITLE_SIZE = 301,
    TUS_COURSE_SIZE = 301,
    TUS_METADATA_MAX_BYTES = 4096, /* of the whole Upload-Metadata value */
};

/* What we understand of Upload-Metadata; a key that was not sent gives an empty text. */
struct tus_metadata {
    char filename[TUS_FILENAME_SIZE]; /* the last part of a path, "/" and "\" removed */
    char title[TUS_TITLE_SIZE];
    char course[TUS_COURSE_SIZE]; /* id or title */
};

/* Parses "key base64,key base64,…" (values may be absent). Unknown keys are allowed and ignored,
 * keys must not repeat. Our values must be UTF-8 without control characters; surrounding blanks are
 * dropped. Returns 0 or ERR_INVALID, or ERR_TOO_LARGE. */
int tus_parse_metadata(struct slice value, struct tus_metadata *ret_metadata);

/* A title for people: the given one, else the file name without its ending, else "Bài giảng". The
 * buffer has room for TUS_TITLE_SIZE bytes. */
void tus_choose_title(const struct tus_metadata *metadata, char title[TUS_TITLE_SIZE]);

struct tus_checksum {
    enum digest_kind kind;
    uint8_t value[DIGEST_MAX_BYTES];
    size_t length;
};

/* Parses "sha256 BASE64" or "sha1 BASE64".
 * Returns 0, ERR_UNSUPPORTED for another algorithm, ERR_INVALID. */
int tus_parse_checksum(struct slice value, struct tus_checksum *ret_checksum);

#endif
