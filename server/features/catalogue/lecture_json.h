// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_json.h - lectures and courses as the API shows them (docs/openapi.yaml). For any thread:
 * of a call's services only what is shared is looked at.
 *
 * Whole objects. What is stored and cannot be shown is an error of the buffer, never a poorer
 * object. */
#ifndef SERVER_FEATURES_CATALOGUE_LECTURE_JSON_H
#define SERVER_FEATURES_CATALOGUE_LECTURE_JSON_H

#include <stdint.h>

#include "server/features/catalogue/catalogue_store.h"

struct buf;
struct call;
struct package;

/* Who asks, for queries: what the actor may see, and whose progress is told. */
struct catalogue_reader catalogue_reader_of(const struct call *call);

/* All that is known of one lecture. package: its own when it is ready and its files are there, else
 * NULL; says where its storyboard and slide list are: null each when there is none, and for less
 * than two slides. */
void lecture_json(const struct call *call, const struct catalogue_lecture *lecture,
                  const struct package *package, struct buf *json);

/* What lists show of a lecture: where its picture is and not where it plays; no job of one that is
 * ready, but for who looks after it when there are warnings. */
void lecture_row_json(const struct call *call, const struct catalogue_lecture *lecture,
                      struct buf *json);

/* The members of a course, without braces. */
void course_members_json(const struct catalogue_course *course, struct buf *json);

#endif
