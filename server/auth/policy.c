// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/policy.h"

#include <string.h>

static bool is_admin(const struct actor *actor)
{
    return actor->kind == ACTOR_LOCAL ||
           (actor->kind == ACTOR_USER && actor->user.role == ROLE_ADMIN);
}

static bool is_teaching(const struct actor *actor)
{
    return is_admin(actor) || (actor->kind == ACTOR_USER && actor->user.role == ROLE_INSTRUCTOR);
}

static enum verdict allow_if(bool is_allowed, const struct actor *actor)
{
    if (is_allowed)
        return VERDICT_ALLOW;
    return actor->kind == ACTOR_ANONYMOUS ? VERDICT_SIGN_IN : VERDICT_FORBID;
}

static enum verdict judge_owner(const struct actor *actor, const struct object *object)
{
    if (actor->kind == ACTOR_ANONYMOUS)
        return VERDICT_SIGN_IN;
    return object && (object->is_own || is_admin(actor)) ? VERDICT_ALLOW : VERDICT_NOT_FOUND;
}

bool policy_has_object(enum policy policy)
{
    return policy == POLICY_VISIBLE || policy == POLICY_OWNER;
}

/* allow(dead_code): tests hold docs/openapi.yaml against the table by it */
const char *policy_name(enum policy policy)
{
    static const char *const NAMES[] = {
        [POLICY_ANYONE] = "anyone",     [POLICY_SIGNED_IN] = "signed-in",
        [POLICY_TEACHING] = "teaching", [POLICY_VISIBLE] = "visible",
        [POLICY_OWNER] = "owner",       [POLICY_ADMIN] = "admin",
        [POLICY_LOCAL] = "local",       [POLICY_METRICS] = "metrics",
        [POLICY_PLAYBACK] = "playback",
    };

    return NAMES[policy];
}

enum verdict policy_judge(enum policy policy, const struct actor *actor,
                          const struct object *object)
{
    switch (policy) {
    case POLICY_ANYONE:
    case POLICY_PLAYBACK:
        return VERDICT_ALLOW;
    case POLICY_SIGNED_IN:
        return allow_if(actor->kind != ACTOR_ANONYMOUS, actor);
    case POLICY_TEACHING:
        return allow_if(is_teaching(actor), actor);
    case POLICY_VISIBLE:
        return object && object->is_visible ? VERDICT_ALLOW : VERDICT_NOT_FOUND;
    case POLICY_OWNER:
        return judge_owner(actor, object);
    case POLICY_ADMIN:
    case POLICY_METRICS:
        return allow_if(is_admin(actor), actor);
    case POLICY_LOCAL:
        return actor->kind == ACTOR_LOCAL ? VERDICT_ALLOW : VERDICT_NOT_FOUND;
    }
    return VERDICT_FORBID;
}

struct viewer policy_viewer(const struct actor *actor)
{
    struct viewer viewer = {.sees_all = is_admin(actor)};

    if (is_teaching(actor))
        memcpy(viewer.own_id, actor->user.id, ID_SIZE);
    return viewer;
}

bool policy_may_see_lecture(const struct actor *actor, enum lecture_state state,
                            const char *owner_id)
{
    const struct viewer viewer = policy_viewer(actor);

    return lecture_is_visible(&viewer, state, owner_id);
}
