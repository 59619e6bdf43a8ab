// SPDX-License-Identifier: GPL-3.0-or-later
/* metadata_problem.h - which refusal says what is wrong with the metadata of an upload: each way to
 * be wrong has its own. Pure. */
#ifndef SERVER_FEATURES_UPLOADS_METADATA_PROBLEM_H
#define SERVER_FEATURES_UPLOADS_METADATA_PROBLEM_H

#include "server/features/uploads/tus_headers.h"

struct http_problem;

/* The fault must be one: not TUS_METADATA_FINE. */
const struct http_problem *metadata_problem_of(struct tus_fault fault);

/* Of course_choose(): ERR_NOT_FOUND or ERR_DENIED. */
const struct http_problem *metadata_problem_of_course(int err);

#endif
