// SPDX-License-Identifier: GPL-3.0-or-later
/* load.h - what the server is doing, for admins and for Prometheus. */
#ifndef SERVER_FEATURES_LOAD_LOAD_H
#define SERVER_FEATURES_LOAD_LOAD_H

#include "server/web/route.h"

extern const struct route_table LOAD_ROUTES;

#endif
