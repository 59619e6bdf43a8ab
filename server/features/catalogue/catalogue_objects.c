// SPDX-License-Identifier: GPL-3.0-or-later
/* Whose courses and lectures are, and who sees them: what policies ask. */
#include <string.h>

#include "server/features/catalogue/catalogue.h"
#include "server/features/catalogue/catalogue_store.h"
#include "storage/jobs/lecture_store.h"

static int find_lecture(struct db *db, const struct viewer *viewer, const char *id,
                        struct object *ret_object)
{
    struct lecture lecture;

    const int err = lecture_store_find(db, id, &lecture);
    if (err)
        return err;
    *ret_object = (struct object){
        .is_own = strcmp(lecture.owner_id, viewer->own_id) == 0,
        .is_visible = lecture_is_visible(viewer, lecture.state, lecture.owner_id),
    };
    return 0;
}

const struct object_kind LECTURE_OBJECT = {.name = "lecture", .find = find_lecture};
const struct object_kind COURSE_OBJECT = {.name = "course", .find = catalogue_see_course};
