// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/accept_encoding.h"

#include "common/err.h"

enum { QUALITY_MAX = 1000 };

/* "0", "1", "0.5", "1.000" in thousandths; ERR_INVALID otherwise. */
static int parse_quality(struct slice text, int *ret_thousandths)
{
    static const int WEIGHTS[] = {100, 10, 1};
    int value = 0;

    if (text.length == 0 || text.length > 5 || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.length > 1 && text.data[1] != '.'))
        return ERR_INVALID;
    for (size_t i = 2; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return ERR_INVALID;
        value += (text.data[i] - '0') * WEIGHTS[i - 2];
    }
    value += text.data[0] == '1' ? QUALITY_MAX : 0;
    if (value > QUALITY_MAX)
        return ERR_INVALID;
    *ret_thousandths = value;
    return 0;
}

/* "coding" or "coding;q=value"; a malformed quality refuses the coding. */
static struct slice parse_item(struct slice item, int *ret_quality)
{
    struct slice parameter = item;
    const struct slice name = slice_trim(slice_split(&parameter, ';'));
    int quality = QUALITY_MAX;

    if (parameter.data) {
        const struct slice key = slice_trim(slice_split(&parameter, '='));
        if (!slice_equals_nocase(key, slice_from("q")) ||
            parse_quality(slice_trim(parameter), &quality) < 0)
            quality = 0;
    }
    *ret_quality = quality;
    return name;
}

bool accepts_encoding(struct slice value, const char *coding)
{
    int coding_quality = -1;
    int any_quality = -1;
    int identity_quality = -1;

    while (value.data) {
        int quality = 0;
        const struct slice name = parse_item(slice_split(&value, ','), &quality);
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
