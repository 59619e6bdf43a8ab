// SPDX-License-Identifier: GPL-3.0-or-later
/* engine_limits.h - the settings limit_* as the HTTP engine wants them. */
#ifndef SERVER_ROLES_ENGINE_LIMITS_H
#define SERVER_ROLES_ENGINE_LIMITS_H

#include "server/config.h"
#include "server/http/message/limits.h"

/* The engine's own limits with the operator's changes. Pure. */
struct http_limits engine_limits(const struct config *config);

#endif
