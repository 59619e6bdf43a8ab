// SPDX-License-Identifier: GPL-3.0-or-later
/* playback.h - /v/{token}/{package}/…: playlists, segments, pictures. */
#ifndef SERVER_FEATURES_PLAYBACK_PLAYBACK_H
#define SERVER_FEATURES_PLAYBACK_PLAYBACK_H

#include "server/features/playback/near_package.h"
#include "server/features/playback/package_cache.h"
#include "server/web/route.h"

extern const struct route_table PLAYBACK_ROUTES;

#endif
