// SPDX-License-Identifier: GPL-3.0-or-later
/* visibility.h - who sees which lecture. The rule stands here twice, for one lecture and for
 * queries over many; visibility_test.c holds the two against each other.
 *
 * A lecture is open when it can be watched, or is about to be: everybody sees it. The others are
 * their owner's to see, while that account teaches, and the admins'. */
#ifndef SERVER_AUTH_VISIBILITY_H
#define SERVER_AUTH_VISIBILITY_H

#include <stdbool.h>

#include "common/id.h"
#include "storage/jobs/lecture_store.h"

/* Whose eyes: made by policy_viewer() of server/auth/policy.h. All zeros is a stranger. */
struct viewer {
    char own_id[ID_SIZE]; /* sees all lectures of this owner; "" for nobody's */
    bool sees_all;
};

/* An object, a lecture or another, as one viewer has it. */
struct object {
    bool is_own;     /* the viewer is one of its owners, and still teaches */
    bool is_visible; /* it is shown to the viewer */
};

/* Whether a lecture in this state, of this owner, is there for the viewer. Pure. */
bool lecture_is_visible(const struct viewer *viewer, enum lecture_state state,
                        const char *owner_id);

/* Whether the viewer sees open lectures alone: then LECTURE_IS_OPEN is the whole rule, and the
 * partial indexes over it serve. */
bool viewer_is_stranger(const struct viewer *viewer);

/* The same in SQL, of the table `lectures`. The viewer's own_id is parameter ?1, sees_all ?2. */
#define LECTURE_IS_OPEN    "lectures.state IN ('processing', 'ready')"
#define LECTURE_IS_VISIBLE "(" LECTURE_IS_OPEN " OR lectures.owner_id = ?1 OR ?2)"

#endif
