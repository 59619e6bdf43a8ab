// SPDX-License-Identifier: GPL-3.0-or-later
/* storyboard_files.h - the files of a package's storyboard: small pictures (tiles) on a few sheets,
 * cues that say which tile stands for which time, and the list of slides; and its slides as
 * pictures, in a folder of their own. Pure. */
#ifndef COMMON_PACKAGE_STORYBOARD_FILES_H
#define COMMON_PACKAGE_STORYBOARD_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/package/package.h"

#define STORYBOARD_CUES_NAME   "storyboard.vtt"
#define STORYBOARD_SLIDES_NAME "slides.json"

/* The lecture in one picture: for its own page, and for lists of many (240 x 135, 4 KB at most). */
#define POSTER_NAME       "poster.jpg"
#define POSTER_SMALL_NAME "poster-small.jpg"

/* "storyboard-0.jpg": sheets are numbered from 0. */
enum { STORYBOARD_NAME_SIZE = 28 };
void storyboard_sheet_name(uint32_t sheet, char name[STORYBOARD_NAME_SIZE]);

/* "slides/0001.webp": they are numbered from 1. */
#define SLIDE_FOLDER "slides"
enum { SLIDE_NAME_SIZE = 28 };
void slide_picture_name(uint32_t number, char name[SLIDE_NAME_SIZE]);

/* The number in such a name; 0 for what is none. */
uint32_t slide_picture_number(struct slice name);

/* Whether the package shows that file of slides/. */
bool slide_picture_is_shown(const struct package *package, uint32_t number);

/* The media type of a file of the package's storyboard; NULL when that is none of them. Static. */
const char *storyboard_media_type(const struct package *package, const char *name);

#endif
