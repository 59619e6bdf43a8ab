// SPDX-License-Identifier: GPL-3.0-or-later
/* policy.h - who may do what: one small table of rules, judged before any handler runs. Pure.
 *
 * Every route names a policy; a route without one does not compile. The owners of an object come
 * from the database, never from the request. Who may not see an object is told that there is none.
 */
#ifndef SERVER_AUTH_POLICY_H
#define SERVER_AUTH_POLICY_H

#include "server/auth/user_store.h"
#include "server/auth/visibility.h"

enum policy {
    POLICY_ANYONE = 1, /* public: no login needed */
    POLICY_SIGNED_IN,  /* any account */
    POLICY_TEACHING,   /* instructors and admins: making lectures */
    POLICY_VISIBLE,    /* whoever may see the object */
    POLICY_OWNER,      /* the object's owners, if still teaching, and admins */
    POLICY_ADMIN,      /* admins */
    POLICY_LOCAL,      /* the control socket of this machine alone */
    POLICY_METRICS,    /* admins; and who bears metrics_token: checked by the router */
    POLICY_PLAYBACK,   /* whoever holds a valid playback token: checked by the router */
};

enum actor_kind {
    ACTOR_ANONYMOUS,
    ACTOR_USER,  /* a signed-in account */
    ACTOR_LOCAL, /* the machine's administrator, over the control socket */
};

struct actor {
    enum actor_kind kind;
    struct user user; /* of ACTOR_USER; ACTOR_LOCAL acts as the system account, an admin */
};

enum verdict {
    VERDICT_ALLOW,
    VERDICT_SIGN_IN,   /* 401: an account might be allowed */
    VERDICT_FORBID,    /* 403: this account is not */
    VERDICT_NOT_FOUND, /* 404: there is no such object, for this actor */
};

/* Whether the policy asks for an object. */
bool policy_has_object(enum policy policy);

/* As x-policy of docs/openapi.yaml says it: "signed-in". Static. */
const char *policy_name(enum policy policy);

/* object: as the actor has it; NULL when there is no such object, or the policy asks for none. */
enum verdict policy_judge(enum policy policy, const struct actor *actor,
                          const struct object *object);

/* Whose eyes the actor has on the catalogue, for queries; server/auth/visibility.h has the rule.
 */
struct viewer policy_viewer(const struct actor *actor);

/* Whether a lecture in this state, of this owner, is there for the actor; else it is not found. */
bool policy_may_see_lecture(const struct actor *actor, enum lecture_state state,
                            const char *owner_id);

#endif
