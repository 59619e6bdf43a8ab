// SPDX-License-Identifier: GPL-3.0-or-later
/* metadata_problem.h - words for everything that can be wrong with a title, a course or the
 * metadata of an upload: each has a name and a sentence of its own. Pure. */
#ifndef SERVER_ROUTES_METADATA_PROBLEM_H
#define SERVER_ROUTES_METADATA_PROBLEM_H

#include "server/routes/tus_headers.h"

/* A problem (RFC 9457); static texts. */
struct metadata_problem {
    int status;
    const char *name;
    const char *title;
    const char *detail;
};

/* The fault must be one: not TUS_METADATA_FINE. */
struct metadata_problem metadata_problem_of(struct tus_fault fault);

/* Of course_choose(): ERR_NOT_FOUND or ERR_DENIED. */
struct metadata_problem metadata_problem_of_course(int err);

/* Of a lecture's title; not TITLE_FINE. */
struct metadata_problem metadata_problem_of_title(enum title_fault fault);

#endif
