// SPDX-License-Identifier: GPL-3.0-or-later
/* storyboard_files.h - the files of a package's storyboard: small pictures (tiles) on a few sheets,
 * cues that say which tile stands for which time, and the list of slides. Pure. */
#ifndef COMMON_PACKAGE_STORYBOARD_FILES_H
#define COMMON_PACKAGE_STORYBOARD_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/package/package.h"

#define STORYBOARD_CUES_NAME   "storyboard.vtt"
#define STORYBOARD_SLIDES_NAME "slides.json"

/* "storyboard-0.jpg": sheets are numbered from 0. */
enum { STORYBOARD_NAME_SIZE = 28 };
void storyboard_sheet_name(uint32_t sheet, char name[STORYBOARD_NAME_SIZE]);

/* The media type of a file of the package's storyboard; NULL when that is none of them. Static. */
const char *storyboard_media_type(const struct package *package, const char *name);

#endif
