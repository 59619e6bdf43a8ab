// SPDX-License-Identifier: GPL-3.0-or-later
/* serve.h - banmai serve: the roles stream, core and worker in one process tree. */
#ifndef SERVER_ROLES_SERVE_H
#define SERVER_ROLES_SERVE_H

#include "common/buf.h"
#include "server/config.h"

/* Reads the settings anew for SIGHUP. Returns 0, or ERR_INVALID with one line in *message. */
typedef int serve_reload_fn(struct config *ret_config, struct buf *message, void *arg);

/* Serves until SIGTERM or SIGINT, then lets requests in flight finish (30 s at most). Blocks.
 * Returns 0, or, when it could not start, a failure with one line for people in *message. */
int serve_run(const struct config *config, serve_reload_fn *reload, void *arg, struct buf *message);

#endif
