// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/course_choice.h"

#include "server/features/catalogue/course_store.h"

/* Admins add to all courses. Whoever publishes on the machine itself does not see whose course has
 * a title: there only an id leads into somebody else's. */
int course_choose(struct db *db, const struct actor *actor, const char *person_id,
                  struct slice wanted, int64_t now_ms, char course_id[ID_SIZE])
{
    const bool is_local = actor->kind == ACTOR_LOCAL;
    const bool is_admin = is_local || actor->user.role == ROLE_ADMIN;
    const struct course_wish wish = {.wanted = wanted,
                                     .person_id = person_id,
                                     .may_add_by_id = is_admin,
                                     .may_add_by_title = is_admin && !is_local,
                                     .now_ms = now_ms};
    struct course course;

    course_id[0] = '\0';
    if (wanted.length == 0)
        return 0;
    const int err = course_store_find_or_add(db, &wish, &course);
    if (!err)
        memcpy(course_id, course.id, ID_SIZE);
    return err;
}
