// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/storyboard_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void storyboard_sheet_name(uint32_t sheet, char name[STORYBOARD_NAME_SIZE])
{
    (void)snprintf(name, STORYBOARD_NAME_SIZE, "storyboard-%" PRIu32 ".jpg", sheet);
}

const char *storyboard_media_type(const struct package *package, const char *name)
{
    char sheet[STORYBOARD_NAME_SIZE];

    if (package->n_sheets == 0)
        return NULL;
    if (strcmp(name, STORYBOARD_CUES_NAME) == 0)
        return "text/vtt; charset=utf-8";
    if (strcmp(name, STORYBOARD_SLIDES_NAME) == 0)
        return "application/json";
    for (uint32_t i = 0; i < package->n_sheets; i++) {
        storyboard_sheet_name(i, sheet);
        if (strcmp(name, sheet) == 0)
            return "image/jpeg";
    }
    return NULL;
}
