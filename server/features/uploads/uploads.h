// SPDX-License-Identifier: GPL-3.0-or-later
/* uploads.h - recordings on their way in: tus 1.0. */
#ifndef SERVER_FEATURES_UPLOADS_UPLOADS_H
#define SERVER_FEATURES_UPLOADS_UPLOADS_H

#include "server/features/uploads/metadata_problem.h"
#include "server/features/uploads/upload_removal.h"
#include "server/web/route.h"

extern const struct route_table UPLOAD_ROUTES;

#endif
