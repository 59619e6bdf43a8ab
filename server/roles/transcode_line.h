// SPDX-License-Identifier: GPL-3.0-or-later
/* transcode_line.h - what banmai-transcode says on its standard output, one JSON object a line.
 *
 * The program is boxed and may have been taken over by a hostile file: nothing that it says is
 * trusted beyond its form. Pure. */
#ifndef SERVER_ROLES_TRANSCODE_LINE_H
#define SERVER_ROLES_TRANSCODE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/package/failure.h"
#include "common/slice.h"

enum {
    TRANSCODE_LINE_MAX_BYTES = 4096,
    TRANSCODE_MAX_CHUNKS = 10000,
    TRANSCODE_MAX_SOUNDS = 32,
    TRANSCODE_MAX_PARTS = 100000,
};

enum transcode_event {
    TRANSCODE_PROGRESS = 1, /* permille, speed_permille */
    TRANSCODE_PLANNED,      /* n_chunks, n_sounds, duration_us */
    TRANSCODE_PART,         /* is_sound, number */
    TRANSCODE_WARNING,      /* failure */
    TRANSCODE_FAILED,       /* failure, detail */
    TRANSCODE_DONE,
};

struct transcode_line {
    enum transcode_event event;
    uint32_t permille;       /* of this task: 0 to 1000 */
    uint32_t speed_permille; /* 1000: as fast as the lecture plays */
    uint32_t n_chunks;
    uint32_t n_sounds;
    int64_t duration_us;
    bool is_sound; /* a part of the sound, else of a chunk */
    uint32_t number;
    enum failure failure;
    char detail[256]; /* technical words, plain UTF-8 */
};

/* Returns 0, or ERR_INVALID for a line that is not of the form. */
int transcode_line_parse(struct slice line, struct transcode_line *ret_line);

#endif
