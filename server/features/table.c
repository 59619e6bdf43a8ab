// SPDX-License-Identifier: GPL-3.0-or-later
/* A feature is listed here, and nowhere else. Anything else that a browser may GET is a page of the
 * web applications (router.c). */
#include "server/features/table.h"

#include "server/features/accounts/accounts.h"
#include "server/features/announcements/announcements.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/health/health.h"
#include "server/features/load/load.h"
#include "server/features/playback/playback.h"
#include "server/features/progress/progress.h"
#include "server/features/quarantine/quarantine.h"
#include "server/features/uploads/uploads.h"

const struct route_table *const ROUTE_TABLES[] = {
    &ACCOUNT_ROUTES,  &SESSION_ROUTES,    &CATALOGUE_ROUTES,    &LECTURE_ROUTES,
    &HEALTH_ROUTES,   &LOAD_ROUTES,       &ANNOUNCEMENT_ROUTES, &PLAYBACK_ROUTES,
    &PROGRESS_ROUTES, &QUARANTINE_ROUTES, &REPORT_ROUTES,       &UPLOAD_ROUTES,
};

const size_t N_ROUTE_TABLES = sizeof ROUTE_TABLES / sizeof ROUTE_TABLES[0];
