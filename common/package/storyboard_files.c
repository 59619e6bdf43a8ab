// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/storyboard_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void storyboard_sheet_name(uint32_t sheet, char name[STORYBOARD_NAME_SIZE])
{
    (void)snprintf(name, STORYBOARD_NAME_SIZE, "storyboard-%" PRIu32 ".jpg", sheet);
}

void slide_picture_name(uint32_t number, char name[SLIDE_NAME_SIZE])
{
    (void)snprintf(name, SLIDE_NAME_SIZE, SLIDE_FOLDER "/%04" PRIu32 ".webp", number);
}

uint32_t slide_picture_number(struct slice name)
{
    static const size_t HEAD = sizeof SLIDE_FOLDER; /* with its slash */
    static const size_t TAIL = sizeof ".webp" - 1;
    char again[SLIDE_NAME_SIZE];
    uint64_t number;

    if (name.length <= HEAD + TAIL ||
        slice_to_u64(slice_of(name.data + HEAD, name.length - HEAD - TAIL), &number) ||
        number > PACKAGE_MAX_PICTURES)
        return 0;
    slide_picture_name((uint32_t)number, again);
    return slice_is(name, again) ? (uint32_t)number : 0;
}

bool slide_picture_is_shown(const struct package *package, uint32_t number)
{
    for (size_t i = 0; i < package->n_pictures; i++) {
        if (package->pictures[i].file == number)
            return true;
    }
    return false;
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
