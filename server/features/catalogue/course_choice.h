// SPDX-License-Identifier: GPL-3.0-or-later
/* course_choice.h - to which course somebody may add a lecture. */
#ifndef SERVER_FEATURES_CATALOGUE_COURSE_CHOICE_H
#define SERVER_FEATURES_CATALOGUE_COURSE_CHOICE_H

#include "common/id.h"
#include "common/slice.h"
#include "server/auth/policy.h"

struct db;

/* The course that `wanted`, an id or a title, means for this actor, who acts as person_id; made
 * when nothing of theirs has the title. "" for an empty text. Database thread. Returns 0;
 * ERR_NOT_FOUND for an unknown id and ERR_DENIED for somebody else's, then nothing was made and
 * metadata_problem_of_course() has the words; or another failure. */
int course_choose(struct db *db, const struct actor *actor, const char *person_id,
                  struct slice wanted, int64_t now_ms, char course_id[ID_SIZE]);

#endif
