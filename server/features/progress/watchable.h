// SPDX-License-Identifier: GPL-3.0-or-later
/* watchable.h - whose progress there may be. Pure. */
#ifndef SERVER_FEATURES_PROGRESS_WATCHABLE_H
#define SERVER_FEATURES_PROGRESS_WATCHABLE_H

#include <stdbool.h>

#include "server/auth/policy.h"
#include "storage/jobs/lecture_store.h"

/* Whether the actor may see the lecture, or may have watched a part of it: its length is known from
 * when it could first be watched, by everybody. What was played until its job failed or was
 * cancelled is not taken away. */
static inline bool lecture_is_watchable(const struct actor *actor, const struct lecture *lecture)
{
    return lecture->duration_us > 0 ||
           policy_may_see_lecture(actor, lecture->state, lecture->owner_id);
}

#endif
