// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/visibility.h"

#include <string.h>

bool lecture_is_visible(const struct viewer *viewer, enum lecture_state state, const char *owner_id)
{
    if (state == LECTURE_PROCESSING || state == LECTURE_READY || viewer->sees_all)
        return true;
    return viewer->own_id[0] && strcmp(viewer->own_id, owner_id) == 0;
}

bool viewer_is_stranger(const struct viewer *viewer)
{
    return !viewer->own_id[0] && !viewer->sees_all;
}
