// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/catalogue_store.h"

#include <assert.h>

#include "common/err.h"
#include "server/features/catalogue/course_row.h"
#include "storage/jobs/job_row.h"
#include "storage/jobs/lecture_row.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

/* Parameters of all statements here: ?1 and ?2 are the viewer (visibility.h), ?3 whose progress is
 * told, ?4 the number of rows; those after are the statement's own. Each list has two statements:
 * a stranger's reads the partial index of what is open, so that rows which strangers do not see
 * cost them nothing, however many there are. */
#define SELECT_LECTURES(SOURCE)                                                          \
    "SELECT " LECTURE_COLUMNS ", courses.title, coalesce(uploads.durable_offset, -1),"   \
    " uploads.length_bytes, coalesce(progress.position_ms, -1), progress.watched_s,"     \
    " jobs.id IS NOT NULL, " JOB_COLUMNS " FROM " SOURCE                                 \
    " LEFT JOIN courses ON courses.id = lectures.course_id"                              \
    " LEFT JOIN uploads ON uploads.id = lectures.id AND lectures.state = 'uploading'"    \
    " LEFT JOIN progress ON progress.user_id = ?3 AND progress.lecture_id = lectures.id" \
    " LEFT JOIN jobs ON jobs.id = (SELECT id FROM jobs WHERE lecture_id = lectures.id"   \
    " ORDER BY created_at_ms DESC, id DESC LIMIT 1) "

#define NEWEST_FIRST " AND lectures.id < ?5 ORDER BY lectures.id DESC LIMIT ?4"

#define IN_COURSE                                                                  \
    " AND lectures.course_id = ?5 AND (lectures.position, lectures.id) > (?6, ?7)" \
    " ORDER BY lectures.position, lectures.id LIMIT ?4"

/* Sums over what is visible; the rule's parameters as above, the page's are ?4 to ?6. */
#define SELECT_COURSES(RULE, SEEN)                                                \
    "SELECT " COURSE_COLUMNS ","                                                  \
    " (SELECT count(*) FROM lectures WHERE course_id = courses.id AND " RULE ")," \
    " (SELECT coalesce(sum(duration_us), 0) FROM lectures"                        \
    " WHERE course_id = courses.id AND " RULE ") FROM courses WHERE (" SEEN       \
    "EXISTS (SELECT 1 FROM lectures WHERE course_id = courses.id AND " RULE "))"

#define IS_OWN_COURSE "courses.owner_id = ?1 OR ?2 OR "

#define BY_TITLE \
    " AND (courses.title, courses.id) > (?5, ?6) ORDER BY courses.title, courses.id LIMIT ?4"

/* Larger than every id, for lists that start at the newest. */
static const char AFTER_ALL_IDS[] = "g";

static void bind_reader(struct query *q, const struct viewer *viewer, const char *user_id)
{
    query_bind_text(q, viewer->own_id);
    query_bind_int(q, viewer->sees_all);
    query_bind_text(q, user_id);
}

/* ---- lectures ---- */

static void read_lecture(struct query *q, void *ret_row)
{
    struct catalogue_lecture *row = ret_row;

    lecture_row_read(q, &row->lecture);
    query_read_text(q, row->course_title, sizeof row->course_title);
    row->upload_offset = query_read_int(q);
    row->upload_length = query_read_int(q);
    row->position_ms = query_read_int(q);
    row->watched_s = query_read_int(q);
    row->has_job = query_read_int(q) != 0;
    if (row->has_job)
        job_row_read(q, &row->job);
}

int catalogue_find_lecture(struct db *db, const struct catalogue_reader *reader, const char *id,
                           struct catalogue_lecture *ret_lecture)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_LECTURES("lectures") "WHERE " LECTURE_IS_VISIBLE
                                                                 " AND lectures.id = ?5 LIMIT ?4");
    bind_reader(&q, &reader->viewer, reader->user_id);
    query_bind_int(&q, 1);
    query_bind_text(&q, id);
    return query_one(&q, read_lecture, ret_lecture, sizeof *ret_lecture);
}

static int read_lectures(struct query *q, struct arena *arena,
                         struct catalogue_lecture **ret_lectures, size_t *ret_n)
{
    return query_list(q, read_lecture, sizeof(struct catalogue_lecture), arena, ret_lectures,
                      ret_n);
}

int catalogue_list_lectures(struct db *db, const struct catalogue_reader *reader,
                            const struct list_page *page, struct arena *arena,
                            struct catalogue_lecture **ret_lectures, size_t *ret_n)
{
    static const char OPEN[] =
        SELECT_LECTURES("lectures INDEXED BY lectures_open") "WHERE " LECTURE_IS_OPEN NEWEST_FIRST;
    static const char VISIBLE[] =
        SELECT_LECTURES("lectures") "WHERE " LECTURE_IS_VISIBLE NEWEST_FIRST;

    CLEANUP(query_end)
    struct query q = query_start(db, viewer_is_stranger(&reader->viewer) ? OPEN : VISIBLE);
    bind_reader(&q, &reader->viewer, reader->user_id);
    query_bind_rows(&q, page);
    query_bind_text(&q, page->is_first ? AFTER_ALL_IDS : page->after.id);
    return read_lectures(&q, arena, ret_lectures, ret_n);
}

int catalogue_list_by_owner(struct db *db, const struct catalogue_reader *reader,
                            const char *owner_id, const struct list_page *page, struct arena *arena,
                            struct catalogue_lecture **ret_lectures, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db,
        SELECT_LECTURES(
            "lectures INDEXED BY lectures_by_owner") "WHERE " LECTURE_IS_VISIBLE
                                                     " AND lectures.owner_id = ?6" NEWEST_FIRST);

    bind_reader(&q, &reader->viewer, reader->user_id);
    query_bind_rows(&q, page);
    query_bind_text(&q, page->is_first ? AFTER_ALL_IDS : page->after.id);
    query_bind_text(&q, owner_id);
    return read_lectures(&q, arena, ret_lectures, ret_n);
}

int catalogue_list_by_course(struct db *db, const struct catalogue_reader *reader,
                             const char *course_id, const struct list_page *page,
                             struct arena *arena, struct catalogue_lecture **ret_lectures,
                             size_t *ret_n)
{
    static const char OPEN[] = SELECT_LECTURES(
        "lectures INDEXED BY lectures_open_by_course") "WHERE " LECTURE_IS_OPEN IN_COURSE;
    static const char VISIBLE[] = SELECT_LECTURES(
        "lectures INDEXED BY lectures_by_course") "WHERE " LECTURE_IS_VISIBLE IN_COURSE;

    CLEANUP(query_end)
    struct query q = query_start(db, viewer_is_stranger(&reader->viewer) ? OPEN : VISIBLE);
    bind_reader(&q, &reader->viewer, reader->user_id);
    query_bind_rows(&q, page);
    query_bind_text(&q, course_id);
    query_bind_int(&q, page->is_first ? INT64_MIN : page->after.number);
    query_bind_text(&q, page->is_first ? "" : page->after.id);
    return read_lectures(&q, arena, ret_lectures, ret_n);
}

/* ---- courses ---- */

static_assert((int)LIST_KEY_TEXT_SIZE >= (int)COURSE_TITLE_SIZE, "a title is a key of a list");

static void read_course(struct query *q, void *ret_row)
{
    struct catalogue_course *row = ret_row;

    course_row_read(q, &row->course);
    row->n_lectures = query_read_int(q);
    row->duration_us = query_read_int(q);
}

int catalogue_find_course(struct db *db, const struct viewer *viewer, const char *id,
                          struct catalogue_course *ret_course)
{
    static const char OPEN[] = SELECT_COURSES(LECTURE_IS_OPEN, "") " AND courses.id = ?5 LIMIT ?4";
    static const char VISIBLE[] =
        SELECT_COURSES(LECTURE_IS_VISIBLE, IS_OWN_COURSE) " AND courses.id = ?5 LIMIT ?4";
    CLEANUP(query_end)
    struct query q = query_start(db, viewer_is_stranger(viewer) ? OPEN : VISIBLE);
    bind_reader(&q, viewer, "");
    query_bind_int(&q, 1);
    query_bind_text(&q, id);
    return query_one(&q, read_course, ret_course, sizeof *ret_course);
}

int catalogue_see_course(struct db *db, const struct viewer *viewer, const char *id,
                         struct object *ret_object)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db,
                    "SELECT owner_id = ?1, owner_id = ?1 OR ?2 OR EXISTS (SELECT 1 FROM lectures"
                    " WHERE course_id = courses.id AND " LECTURE_IS_VISIBLE
                    ") FROM courses WHERE id = ?3");

    query_bind_text(&q, viewer->own_id);
    query_bind_int(&q, viewer->sees_all);
    query_bind_text(&q, id);
    const int err = query_next(&q);
    if (err)
        return err;
    ret_object->is_own = query_read_int(&q) != 0;
    ret_object->is_visible = query_read_int(&q) != 0;
    return q.err;
}

int catalogue_list_courses(struct db *db, const struct viewer *viewer, const struct list_page *page,
                           struct arena *arena, struct catalogue_course **ret_courses,
                           size_t *ret_n)
{
    static const char OPEN[] = SELECT_COURSES(LECTURE_IS_OPEN, "") BY_TITLE;
    static const char VISIBLE[] = SELECT_COURSES(LECTURE_IS_VISIBLE, IS_OWN_COURSE) BY_TITLE;
    CLEANUP(query_end)
    struct query q = query_start(db, viewer_is_stranger(viewer) ? OPEN : VISIBLE);
    bind_reader(&q, viewer, "");
    query_bind_rows(&q, page);
    query_bind_text(&q, page->is_first ? "" : page->after.text);
    query_bind_text(&q, page->is_first ? "" : page->after.id);
    return query_list(&q, read_course, sizeof(struct catalogue_course), arena, ret_courses, ret_n);
}
