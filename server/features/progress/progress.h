// SPDX-License-Identifier: GPL-3.0-or-later
/* progress.h - watch progress: reports of players, and what was watched. */
#ifndef SERVER_FEATURES_PROGRESS_PROGRESS_H
#define SERVER_FEATURES_PROGRESS_PROGRESS_H

#include "server/web/route.h"

extern const struct route_table PROGRESS_ROUTES;
extern const struct route_table REPORT_ROUTES;

#endif
