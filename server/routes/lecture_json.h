// SPDX-License-Identifier: GPL-3.0-or-later
/* lecture_json.h - lectures and courses as the API shows them (docs/openapi.yaml). */
#ifndef SERVER_ROUTES_LECTURE_JSON_H
#define SERVER_ROUTES_LECTURE_JSON_H

#include <jansson.h>
#include <stdint.h>

struct call;
struct course;
struct lecture;

/* New references; NULL when memory or the database fails. course may be NULL: it is looked up. */
json_t *lecture_json(struct call *call, const struct lecture *lecture, const struct course *course);

/* Adds to a ready lecture's playback where its storyboard and slide list are; null each when there
 * is none, and for less than two slides. Reads the package's index. */
void lecture_json_add_storyboard(struct call *call, const struct lecture *lecture, json_t *object);

json_t *course_summary_json(const struct course *course);

/* Durations are given in seconds with three places; JSON numbers are decimal anyway. */
double seconds_with_ms(int64_t us);

#endif
