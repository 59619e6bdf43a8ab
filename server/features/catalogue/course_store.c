// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/course_store.h"

#include <string.h>

#include "common/err.h"
#include "server/features/catalogue/course_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

void course_row_read(struct query *q, void *row)
{
    struct course *course = row;

    query_read_text(q, course->id, sizeof course->id);
    query_read_text(q, course->title, sizeof course->title);
    query_read_text(q, course->owner_id, sizeof course->owner_id);
    course->created_at_ms = query_read_int(q);
}

int course_store_add(struct db *db, const struct course *course)
{
    const struct slice title = slice_from(course->title);

    if (!id_is_valid(slice_from(course->id)) || title_check(title))
        return ERR_INVALID;
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "INSERT INTO courses (id, title, owner_id, created_at_ms) VALUES (?, ?, ?, ?)");
    query_bind_text(&q, course->id);
    query_bind_slice(&q, title);
    query_bind_text(&q, course->owner_id);
    query_bind_int(&q, course->created_at_ms);
    return query_run(&q);
}

int course_store_find(struct db *db, const char *id, struct course *ret_course)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT " COURSE_COLUMNS " FROM courses WHERE id = ?");

    query_bind_text(&q, id);
    return query_one(&q, course_row_read, ret_course, sizeof *ret_course);
}

/* The person's own first, then, when they may be used, those of others. */
static int find_by_title(struct db *db, const struct course_wish *wish, struct course *ret_course)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT " COURSE_COLUMNS " FROM courses"
                                     " WHERE title = ?1 AND (owner_id = ?2 OR ?3)"
                                     " ORDER BY owner_id <> ?2, id LIMIT 1");

    query_bind_slice(&q, wish->wanted);
    query_bind_text(&q, wish->person_id);
    query_bind_int(&q, wish->may_add_by_title);
    return query_one(&q, course_row_read, ret_course, sizeof *ret_course);
}

static int find_by_id(struct db *db, const struct course_wish *wish, struct course *ret_course)
{
    struct course course;
    char id[ID_SIZE];

    (void)slice_to_cstr(wish->wanted, id, sizeof id);
    const int err = course_store_find(db, id, &course);
    if (err)
        return err;
    if (!wish->may_add_by_id && strcmp(course.owner_id, wish->person_id) != 0)
        return ERR_DENIED;
    *ret_course = course;
    return 0;
}

static int add_wanted(struct db *db, const struct course_wish *wish, struct course *ret_course)
{
    struct course course = {.created_at_ms = wish->now_ms};

    if (slice_to_cstr(wish->wanted, course.title, sizeof course.title) ||
        slice_to_cstr(slice_from(wish->person_id), course.owner_id, sizeof course.owner_id))
        return ERR_INVALID;
    id_new(course.id);
    const int err = course_store_add(db, &course);
    if (!err)
        *ret_course = course;
    return err;
}

int course_store_find_or_add(struct db *db, const struct course_wish *wish,
                             struct course *ret_course)
{
    if (id_is_valid(wish->wanted))
        return find_by_id(db, wish, ret_course);
    const int err = find_by_title(db, wish, ret_course);
    return err == ERR_NOT_FOUND ? add_wanted(db, wish, ret_course) : err;
}
