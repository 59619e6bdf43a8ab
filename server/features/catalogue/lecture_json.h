// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_json.h - lectures and courses as the API shows them (docs/openapi.yaml). For any thread:
 * of a call's services only what is shared is looked at.
 *
 * New references; NULL when memory fails, or when what is stored cannot be shown: never a poorer
 * object. */
#ifndef SERVER_FEATURES_CATALOGUE_LECTURE_JSON_H
#define SERVER_FEATURES_CATALOGUE_LECTURE_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "server/features/catalogue/catalogue_store.h"

struct call;
struct package;

/* Who asks, for queries: what the actor may see, and whose progress is told. */
struct catalogue_reader catalogue_reader_of(const struct call *call);

/* All that is known: of one lecture. */
json_t *lecture_json(const struct call *call, const struct catalogue_lecture *lecture);

/* What lists show of a lecture: where its picture is and not where it plays; no job of one that is
 * ready, but for who looks after it when there are warnings. */
json_t *lecture_row_json(const struct call *call, const struct catalogue_lecture *lecture);

/* Adds to a ready lecture's playback where its storyboard and slide list are; null each when there
 * is none, and for less than two slides. Returns 0 or ERR_NO_MEMORY. */
int lecture_json_add_storyboard(const struct call *call, const struct package *package,
                                const char *package_id, json_t *object);

json_t *course_row_json(const struct catalogue_course *course);

/* Durations are given in seconds with three places; JSON numbers are decimal anyway. */
double seconds_with_ms(int64_t us);

#endif
