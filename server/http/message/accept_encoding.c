// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/accept_encoding.h"

#include "server/http/message/weighted_item.h"

bool accepts_encoding(struct slice value, const char *coding)
{
    int coding_quality = -1;
    int any_quality = -1;
    int identity_quality = -1;

    while (value.data) {
        int quality = 0;
        const struct slice name = weighted_item_take(&value, &quality);
        if (slice_equals_nocase(name, slice_from(coding)))
            coding_quality = quality;
        else if (slice_equals_nocase(name, slice_from("identity")))
            identity_quality = quality;
        else if (slice_is(name, "*"))
            any_quality = quality;
    }
    if (coding_quality < 0)
        coding_quality = any_quality;
    return coding_quality > 0 && coding_quality >= identity_quality;
}
