// SPDX-License-Identifier: GPL-3.0-or-later
/* package_files.h - where a checked package's files come from: its folder, or what was fetched from
 * a server. A path is what a URI means from the package's top: "v240/media.m3u8". */
#ifndef TRANSCODER_CHECK_PACKAGE_FILES_H
#define TRANSCODER_CHECK_PACKAGE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

enum { PACKAGE_PATH_SIZE = 512 };

/* How a server answered. */
struct package_reply {
    int status;       /* of HTTP; 0: there was no answer */
    char type[80];    /* Content-Type */
    bool is_gzip;     /* Content-Encoding */
    bool is_redirect; /* it sent elsewhere */
};

struct package_files {
    void *arg;
    bool is_http; /* ask() answers */

    /* Appends part of a file (size 0: all from there on). Returns 0; ERR_NOT_FOUND; ERR_AGAIN when
     * it has to be fetched first; ERR_INVALID when the part is not in the file; or another ERR_. */
    int (*read)(void *arg, const char *path, uint64_t offset, uint64_t size, struct buf *out);

    /* How the server answered for a path that could be read. */
    void (*ask)(void *arg, const char *path, struct package_reply *ret_reply);
};

/* Stores what a URI in the playlist at `base` means. Returns 0, or ERR_DENIED when it leads out of
 * the package (another host, "..", "/") or is none. */
int package_path_resolve(const char *base, struct slice uri, char path[PACKAGE_PATH_SIZE]);

#endif
