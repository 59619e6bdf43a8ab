// SPDX-License-Identifier: GPL-3.0-or-later
/* course_store.h - courses: ordered sets of lectures. db.h says what all stores have in common. */
#ifndef STORAGE_COURSE_STORE_H
#define STORAGE_COURSE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "common/slice.h"

struct db;

enum { COURSE_TITLE_SIZE = 301 };

struct course {
    char id[ID_SIZE];
    char title[COURSE_TITLE_SIZE]; /* 1 to 300 bytes of plain UTF-8; need not be unique */
    char owner_id[ID_SIZE];
    int64_t created_at_ms;
    int64_t n_lectures;  /* that are ready; not for course_store_add */
    int64_t duration_us; /* of those together; not for course_store_add */
};

/* Returns 0, ERR_EXISTS for a taken id, ERR_CONFLICT for an unknown owner. */
int course_store_add(struct db *db, const struct course *course);

/* Return 0 or ERR_NOT_FOUND. By title: exactly these bytes, the oldest of several. */
int course_store_find(struct db *db, const char *id, struct course *ret_course);
int course_store_find_by_title(struct db *db, struct slice title, struct course *ret_course);

/* By title, at most `limit` (>= 1). The array is in the arena. */
int course_store_list(struct db *db, size_t limit, struct arena *arena, struct course **ret_courses,
                      size_t *ret_n);

#endif
