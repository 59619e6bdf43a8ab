// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue.h - courses and lectures: lists, single ones, and what their owners change. */
#ifndef SERVER_FEATURES_CATALOGUE_CATALOGUE_H
#define SERVER_FEATURES_CATALOGUE_CATALOGUE_H

#include "server/features/catalogue/course_choice.h"
#include "server/features/catalogue/lecture_json.h"
#include "server/web/route.h"

extern const struct route_table CATALOGUE_ROUTES;
extern const struct route_table LECTURE_ROUTES;

/* An upload has the id of its lecture, and is the same object. */
extern const struct object_kind LECTURE_OBJECT;
extern const struct object_kind COURSE_OBJECT;

#endif
