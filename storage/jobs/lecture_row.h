// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_row.h - a row of lectures as a struct, for the stores that join with it. */
#ifndef STORAGE_JOBS_LECTURE_ROW_H
#define STORAGE_JOBS_LECTURE_ROW_H

#include "storage/jobs/lecture_store.h"
#include "storage/sqlite/db_query.h"

/* In the order in which lecture_row_read reads them into a struct lecture (query_row_fn). */
#define LECTURE_COLUMNS                                                                      \
    "lectures.id, lectures.course_id, lectures.position, lectures.title, lectures.owner_id," \
    " lectures.state, lectures.source_sha256, lectures.source_bytes, lectures.filename,"     \
    " lectures.duration_us, lectures.package_id, lectures.created_at_ms,"                    \
    " lectures.updated_at_ms"

void lecture_row_read(struct query *q, void *row);

#endif
