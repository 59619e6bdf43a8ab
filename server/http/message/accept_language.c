// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/accept_language.h"

#include "server/http/message/weighted_item.h"

static const char *const TAGS[HTTP_N_LANGUAGES] = {
    [HTTP_ENGLISH] = "en",
    [HTTP_VIETNAMESE] = "vi",
};

enum http_language accept_language(struct slice value)
{
    enum http_language wanted = HTTP_ENGLISH;
    int best = 0;

    while (value.data) {
        int weight = 0;
        struct slice range = weighted_item_take(&value, &weight);
        const struct slice primary = slice_split(&range, '-');
        for (int i = 0; i < HTTP_N_LANGUAGES; i++) {
            if (weight > best && slice_equals_nocase(primary, slice_from(TAGS[i]))) {
                best = weight;
                wanted = (enum http_language)i;
            }
        }
    }
    return wanted;
}

const char *http_language_tag(enum http_language language)
{
    return TAGS[language];
}
