// SPDX-License-Identifier: GPL-3.0-or-later
/* cli.h - the command line of banmai-transcode. Pure. */
#ifndef TRANSCODER_CLI_H
#define TRANSCODER_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/plan/video_codec.h"

enum command_kind {
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_RUN,
    COMMAND_PROBE,
    COMMAND_PLAN,
    COMMAND_SOUND,
    COMMAND_CHUNK,
    COMMAND_JOIN,
    COMMAND_CHECK,
};

enum { CLI_MAX_JOBS = 64 };

struct command {
    enum command_kind kind;
    const char *source;     /* borrowed from argv; NULL where there is none */
    const char *dir;        /* the same */
    uint32_t number;        /* of the chunk */
    uint32_t n_jobs;        /* at once; 0: as many as there are processors */
    bool is_unsafe;         /* --unsafe-no-sandbox */
    bool with_v1800;        /* --v1800 */
    bool without_sound;     /* --without-sound: a picture is published alone */
    enum video_codec codec; /* --codec: AV1 comes beside H.264 */
};

/* Returns 0, or ERR_INVALID for a command line that makes no sense; then *ret_wrong is the option
 * that does not (borrowed from argv), NULL when it is the words. */
int cli_parse(int argc, char *const argv[], struct command *ret_command, const char **ret_wrong);

/* What --help prints. */
const char *cli_usage(void);

#endif
