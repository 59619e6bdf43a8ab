// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ANONYMOUS, LEARNER, AMBASSADOR, INSTRUCTOR, OWNER, DEMOTED_OWNER, ADMIN, LOCAL, N_ACTORS };

static struct actor make(int which)
{
    static const enum role ROLES[N_ACTORS] = {
        [LEARNER] = ROLE_LEARNER,  [AMBASSADOR] = ROLE_AMBASSADOR, [INSTRUCTOR] = ROLE_INSTRUCTOR,
        [OWNER] = ROLE_INSTRUCTOR, [DEMOTED_OWNER] = ROLE_LEARNER, [ADMIN] = ROLE_ADMIN,
    };
    struct actor actor = {.kind = ACTOR_USER};

    if (which == ANONYMOUS)
        actor.kind = ACTOR_ANONYMOUS;
    else if (which == LOCAL)
        actor.kind = ACTOR_LOCAL;
    else
        actor.user.role = ROLES[which];
    (void)snprintf(actor.user.id, sizeof actor.user.id, "%s",
                   which == OWNER || which == DEMOTED_OWNER ? "owner" : "somebody");
    return actor;
}

/* An unfinished lecture of "owner", as its kind would find it for the actor. */
static struct object seen_by(const struct actor *actor)
{
    const struct viewer viewer = policy_viewer(actor);

    return (struct object){
        .is_own = strcmp(viewer.own_id, "owner") == 0,
        .is_visible = policy_may_see_lecture(actor, LECTURE_UPLOADING, "owner"),
    };
}

/* One row per policy, one letter per actor: allow, sign in, forbid, not found. */
Test(policy, every_actor_gets_the_verdict_of_the_table)
{
    static const struct {
        enum policy policy;
        const char *verdicts;
    } ROWS[] = {
        {POLICY_ANYONE, "aaaaaaaa"},   {POLICY_SIGNED_IN, "saaaaaaa"},
        {POLICY_TEACHING, "sffaafaa"}, {POLICY_OWNER, "snnnanaa"},
        {POLICY_ADMIN, "sfffffaa"},    {POLICY_LOCAL, "nnnnnnna"},
        {POLICY_PLAYBACK, "aaaaaaaa"}, {POLICY_METRICS, "sfffffaa"},
        {POLICY_VISIBLE, "nnnnanaa"},
    };
    static const char LETTERS[] = {[VERDICT_ALLOW] = 'a',
                                   [VERDICT_SIGN_IN] = 's',
                                   [VERDICT_FORBID] = 'f',
                                   [VERDICT_NOT_FOUND] = 'n'};

    for (size_t row = 0; row < sizeof ROWS / sizeof ROWS[0]; row++) {
        for (int which = 0; which < N_ACTORS; which++) {
            const struct actor actor = make(which);
            const struct object object = seen_by(&actor);
            const enum verdict verdict = policy_judge(ROWS[row].policy, &actor, &object);
            cr_assert_eq(LETTERS[verdict], ROWS[row].verdicts[which], "policy %d, actor %d",
                         ROWS[row].policy, which);
        }
    }
}

Test(policy, an_object_that_is_not_there_is_not_found_by_anybody)
{
    for (int which = LEARNER; which < N_ACTORS; which++) {
        const struct actor actor = make(which);
        cr_assert_eq(policy_judge(POLICY_OWNER, &actor, NULL), VERDICT_NOT_FOUND, "actor %d",
                     which);
        cr_assert_eq(policy_judge(POLICY_VISIBLE, &actor, NULL), VERDICT_NOT_FOUND);
    }
}

Test(policy, an_unfinished_lecture_is_seen_by_its_owner_and_admins)
{
    static const char SEEN[] = "nnnnynyy";

    for (int which = 0; which < N_ACTORS; which++) {
        const struct actor actor = make(which);
        for (enum lecture_state state = 0; state < N_LECTURE_STATES; state++) {
            const bool is_open = state == LECTURE_PROCESSING || state == LECTURE_READY;
            cr_assert_eq(policy_may_see_lecture(&actor, state, "owner"),
                         is_open || SEEN[which] == 'y', "actor %d, state %d", which, state);
        }
    }
}
