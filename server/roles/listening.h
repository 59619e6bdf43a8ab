// SPDX-License-Identifier: GPL-3.0-or-later
/* listening.h - how the server listens, by the settings: where, with how many loops, with which
 * certificate. */
#ifndef SERVER_ROLES_LISTENING_H
#define SERVER_ROLES_LISTENING_H

#include <stdbool.h>

struct buf;
struct config;

enum { LISTENING_MAX_LOOPS = 64 };

/* The setting, or NULL for "none": the control socket alone. */
const char *listening_address(const struct config *config);

/* Returns 0, or ERR_INVALID with the fault in the message. */
int listening_check_address(const struct config *config, struct buf *message);

/* Whether both files can be read: told by the setting's name, for the engine only knows that
 * something is wrong with them. Returns 0, or ERR_DENIED with the fault in the message. */
int listening_check_tls(const struct config *config, struct buf *message);

/* 1 to LISTENING_MAX_LOOPS. */
unsigned listening_loops(const struct config *config);

/* Asks the kernel, and logs what came of it. */
bool listening_may_use_kernel_tls(const struct config *config);

#endif
