// SPDX-License-Identifier: GPL-3.0-or-later
/* quarantine.h - sources that killed the decoder (storage/jobs/quarantine.h), for admins. */
#ifndef SERVER_FEATURES_QUARANTINE_QUARANTINE_H
#define SERVER_FEATURES_QUARANTINE_QUARANTINE_H

#include "server/web/page.h"
#include "server/web/route.h"

/* The failed lectures with such a source, and sources that no such lecture is left of, as they
 * were; latest crash first. */
extern const struct list QUARANTINE_LIST;

extern const struct route_table QUARANTINE_ROUTES;

#endif
