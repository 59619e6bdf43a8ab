// SPDX-License-Identifier: GPL-3.0-or-later
/* course_store.h - courses: ordered sets of lectures. Lists of them are the catalogue's
 * (catalogue_store.h). db.h says what all stores have in common. */
#ifndef SERVER_FEATURES_CATALOGUE_COURSE_STORE_H
#define SERVER_FEATURES_CATALOGUE_COURSE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/id.h"
#include "common/slice.h"
#include "storage/jobs/title.h"

struct db;

enum { COURSE_TITLE_SIZE = TITLE_SIZE };

struct course {
    char id[ID_SIZE];
    char title[COURSE_TITLE_SIZE]; /* as title_check wants it; need not be unique */
    char owner_id[ID_SIZE];
    int64_t created_at_ms;
};

/* Returns 0, ERR_EXISTS for a taken id, ERR_CONFLICT for an unknown owner. */
int course_store_add(struct db *db, const struct course *course);

/* Returns 0 or ERR_NOT_FOUND. */
int course_store_find(struct db *db, const char *id, struct course *ret_course);

/* A course that somebody wants to add a lecture to. */
struct course_wish {
    struct slice wanted;   /* an id, or a title */
    const char *person_id; /* who wants it, and owns a course that has to be made */
    bool may_add_by_id;    /* to courses of others, named by their ids */
    bool may_add_by_title; /* to courses of others that have this title, when the person's own have
                            * not */
    int64_t now_ms;
};

/* The course that is meant: by its id, or by exactly its title, the person's oldest of several; one
 * with that title is made when there is none. In the caller's transaction, or in none.
 * Returns 0, ERR_NOT_FOUND for an id that no course has, ERR_DENIED for the id of a course that
 * the person may not add to, or ERR_INVALID for what can be no title; then nothing was made. */
int course_store_find_or_add(struct db *db, const struct course_wish *wish,
                             struct course *ret_course);

#endif
