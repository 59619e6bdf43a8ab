// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue_store.h - courses and lectures as somebody sees them (visibility.h): what a viewer may
 * not see is not there, in lists, in counts and by id. Each call is one query, with all that is
 * told of a lecture joined in. Lists are read by keys along an index and cost what their page
 * holds, whatever else is stored. For readers of the database; db.h says what all stores have in
 * common.
 *
 * Lists return one row more than the page's limit when there is a next page. */
#ifndef SERVER_FEATURES_CATALOGUE_CATALOGUE_STORE_H
#define SERVER_FEATURES_CATALOGUE_CATALOGUE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "server/auth/visibility.h"
#include "server/features/catalogue/course_store.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"
#include "storage/sqlite/list_page.h"

struct db;

/* Who asks. */
struct catalogue_reader {
    struct viewer viewer;
    char user_id[ID_SIZE]; /* whose progress is told; "" for nobody's */
};

struct catalogue_lecture {
    struct lecture lecture;
    char course_title[COURSE_TITLE_SIZE]; /* "" without a course */
    int64_t upload_offset;                /* -1 unless LECTURE_UPLOADING */
    int64_t upload_length;
    int64_t position_ms; /* the reader's own progress, as far as it was drained; -1 for none */
    int64_t watched_s;
    bool has_job;
    struct job job; /* its latest */
};

struct catalogue_course {
    struct course course;
    int64_t n_lectures;  /* that the viewer sees */
    int64_t duration_us; /* of those together, as far as it is known */
};

/* Return 0, or ERR_NOT_FOUND, also for what the viewer does not see. A course is seen with a
 * lecture in it that is, or when it is the viewer's own. */
int catalogue_find_lecture(struct db *db, const struct catalogue_reader *reader, const char *id,
                           struct catalogue_lecture *ret_lecture);
int catalogue_find_course(struct db *db, const struct viewer *viewer, const char *id,
                          struct catalogue_course *ret_course);

/* What policies ask about a course: a few keys. Returns 0 or ERR_NOT_FOUND. */
int catalogue_see_course(struct db *db, const struct viewer *viewer, const char *id,
                         struct object *ret_object);

/* From the newest. Key: id. */
int catalogue_list_lectures(struct db *db, const struct catalogue_reader *reader,
                            const struct list_page *page, struct arena *arena,
                            struct catalogue_lecture **ret_lectures, size_t *ret_n);

/* The same of one owner. */
int catalogue_list_by_owner(struct db *db, const struct catalogue_reader *reader,
                            const char *owner_id, const struct list_page *page, struct arena *arena,
                            struct catalogue_lecture **ret_lectures, size_t *ret_n);

/* In the course's order. Key: number (the position), id. */
int catalogue_list_by_course(struct db *db, const struct catalogue_reader *reader,
                             const char *course_id, const struct list_page *page,
                             struct arena *arena, struct catalogue_lecture **ret_lectures,
                             size_t *ret_n);

/* By title. Key: text (the title), id. */
int catalogue_list_courses(struct db *db, const struct viewer *viewer, const struct list_page *page,
                           struct arena *arena, struct catalogue_course **ret_courses,
                           size_t *ret_n);

#endif
