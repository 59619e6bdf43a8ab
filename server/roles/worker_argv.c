// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/worker_argv.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/err.h"
#include "server/roles/dispatcher.h"
#include "server/roles/install.h"

int worker_argv_make(struct worker_argv *worker, const struct config *config,
                     const char *redis_address, const char *data_path)
{
    const char **argv = worker->argv;
    size_t n = 0;

    if (install_self(worker->self) || install_transcoder(config->transcoder, worker->transcoder))
        return ERR_NOT_FOUND;
    (void)snprintf(worker->media, sizeof worker->media, "%.*s/media", PATH_MAX - 8, data_path);
    (void)snprintf(worker->slots, sizeof worker->slots, "%" PRIu64, config->workers);
    (void)snprintf(worker->redis, sizeof worker->redis, "BANMAI_REDIS=%s", redis_address);
    argv[n++] = worker->self;
    argv[n++] = "worker";
    argv[n++] = "--media";
    argv[n++] = worker->media;
    argv[n++] = "--workers";
    argv[n++] = worker->slots;
    argv[n++] = "--transcoder";
    argv[n++] = worker->transcoder;
    argv[n++] = "--worker-name";
    argv[n++] = LOCAL_WORKER_NAME;
    argv[n++] = "--log-format";
    argv[n++] = config->log_format;
    argv[n++] = "--log-level";
    argv[n++] = config->log_level;
    if (config->unsafe_no_sandbox)
        argv[n++] = "--unsafe-no-sandbox";
    argv[n] = NULL;
    return 0;
}
