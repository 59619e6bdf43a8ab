// SPDX-License-Identifier: GPL-3.0-or-later
/* course_row.h - a row of courses as a struct, for the stores that join with it. */
#ifndef SERVER_FEATURES_CATALOGUE_COURSE_ROW_H
#define SERVER_FEATURES_CATALOGUE_COURSE_ROW_H

#include "server/features/catalogue/course_store.h"
#include "storage/sqlite/db_query.h"

/* In the order in which course_row_read reads them into a struct course (query_row_fn). */
#define COURSE_COLUMNS "courses.id, courses.title, courses.owner_id, courses.created_at_ms"

void course_row_read(struct query *q, void *row);

#endif
