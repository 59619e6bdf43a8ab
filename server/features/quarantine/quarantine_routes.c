// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/quarantine/quarantine.h"

static void handle_quarantine(struct call *call)
{
    list_answer(call, &QUARANTINE_LIST);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/admin/quarantine", POLICY_ADMIN, NULL, handle_quarantine),
};

const struct route_table QUARANTINE_ROUTES = ROUTE_TABLE("quarantine", ROUTES);
