// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/weighted_item.h"

#include "common/err.h"

enum { WEIGHT_MAX = 1000 };

/* "0", "1", "0.5", "1.000" in thousandths; ERR_INVALID otherwise. */
static int parse_weight(struct slice text, int *ret_thousandths)
{
    static const int DIGITS[] = {100, 10, 1};
    int value = 0;

    if (text.length == 0 || text.length > 5 || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.length > 1 && text.data[1] != '.'))
        return ERR_INVALID;
    for (size_t i = 2; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return ERR_INVALID;
        value += (text.data[i] - '0') * DIGITS[i - 2];
    }
    value += text.data[0] == '1' ? WEIGHT_MAX : 0;
    if (value > WEIGHT_MAX)
        return ERR_INVALID;
    *ret_thousandths = value;
    return 0;
}

struct slice weighted_item_take(struct slice *rest, int *ret_weight)
{
    struct slice parameter = slice_split(rest, ',');
    const struct slice name = slice_trim(slice_split(&parameter, ';'));
    int weight = WEIGHT_MAX;

    if (parameter.data) {
        const struct slice key = slice_trim(slice_split(&parameter, '='));
        if (!slice_equals_nocase(key, slice_from("q")) ||
            parse_weight(slice_trim(parameter), &weight) < 0)
            weight = 0;
    }
    *ret_weight = weight;
    return name;
}
