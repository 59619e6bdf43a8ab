// SPDX-License-Identifier: GPL-3.0-or-later
/* media_check.h - looks at one media playlist and everything that it names, as a player would. */
#ifndef TRANSCODER_CHECK_MEDIA_CHECK_H
#define TRANSCODER_CHECK_MEDIA_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "transcoder/check/findings.h"
#include "transcoder/check/m3u8.h"
#include "transcoder/check/mp4_reader.h"
#include "transcoder/check/package_files.h"

enum { CHECK_MAX_FILE = 256 << 20 };

enum media_form { MEDIA_FRAGMENTS, MEDIA_IFRAMES, MEDIA_CAPTIONS };

/* What is known about a media playlist. */
struct media_facts {
    char path[PACKAGE_PATH_SIZE];
    enum media_form form;
    bool is_usable; /* the fields below say something */
    struct mp4_track track;
    uint32_t target_s;
    size_t n_segments;
    size_t n_discontinuities;
    int64_t *starts_us; /* owned: of the segments, by tfdt; n_segments of them */
    uint64_t total_us;  /* of EXTINF */
    uint64_t peak_bps, average_bps;
    uint32_t milli_fps; /* frames in 1000 s, of the segment with the most */
};

void media_facts_clear(struct media_facts *facts);

/* Where the checks of a package get their files and leave what they find. */
struct check {
    struct package_files *files; /* borrowed */
    struct findings findings;
    struct buf *needed; /* borrowed: paths to be fetched, a line each */
};

/* Reads a file; what cannot be had is found or needed. `mime`: NULL, or what a server has to call
 * it. Returns 0 or a negative ERR_. */
int check_read(struct check *check, const char *path, uint64_t offset, uint64_t size,
               const char *mime, struct buf *out);

/* Whether a file is there that need not be. Returns 0 or ERR_NO_MEMORY; *ret_exists is false while
 * it is needed. */
int check_exists(struct check *check, const char *path, bool *ret_exists);

/* Reads and parses a playlist in the same way. The playlist borrows from *text. */
int check_read_playlist(struct check *check, const char *path, struct buf *text,
                        struct m3u8 **ret_playlist);

/* Checks the playlist at facts->path, of the form facts->form. Only ERR_NO_MEMORY is returned;
 * anything else is a finding. */
int media_check(struct check *check, struct media_facts *facts);

#endif
