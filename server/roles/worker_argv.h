// SPDX-License-Identifier: GPL-3.0-or-later
/* worker_argv.h - the command line of the worker that banmai serve runs: the same program as on any
 * other host, told where Redis and the media store are. The address of Redis may hold a password,
 * so it goes through the environment, which other users of the machine cannot read. */
#ifndef SERVER_ROLES_WORKER_ARGV_H
#define SERVER_ROLES_WORKER_ARGV_H

#include <limits.h>

#include "server/config.h"

enum { WORKER_ARGV_MAX = 20 };

struct worker_argv {
    const char *argv[WORKER_ARGV_MAX]; /* points into the texts below and into the config */
    char redis[PATH_MAX + 16];         /* "BANMAI_REDIS=…" */
    char self[PATH_MAX];
    char media[PATH_MAX];
    char transcoder[PATH_MAX];
    char slots[24];
};

/* The texts of config must live as long as the result. Returns 0, or
 * ERR_NOT_FOUND when there is no transcoder. */
int worker_argv_make(struct worker_argv *worker, const struct config *config,
                     const char *redis_address, const char *data_path);

#endif
