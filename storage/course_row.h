// SPDX-License-Identifier: GPL-3.0-or-later
/* course_row.h - a row of courses as a struct, for the stores that join with it. */
#ifndef STORAGE_COURSE_ROW_H
#define STORAGE_COURSE_ROW_H

#include "storage/course_store.h"
#include "storage/db_query.h"

/* In the order in which course_row_read reads them. */
#define COURSE_COLUMNS "courses.id, courses.title, courses.owner_id, courses.created_at_ms"

void course_row_read(struct query *q, struct course *course);

#endif
