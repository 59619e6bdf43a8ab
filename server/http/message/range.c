// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/range.h"

#include "common/err.h"

/* Digits only; a number too large for us is beyond any file, so the largest one stands for it. */
static int parse_position(struct slice text, uint64_t *ret_position)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return ERR_INVALID;
    }
    if (text.length == 0)
        return ERR_INVALID;
    if (slice_to_u64(text, ret_position) < 0)
        *ret_position = UINT64_MAX;
    return 0;
}

/* "-n": the last n bytes. */
static int parse_suffix(struct slice text, uint64_t size, struct http_range *ret_range)
{
    uint64_t length = 0;

    if (parse_position(text, &length) < 0)
        return ERR_INVALID;
    if (length == 0 || size == 0)
        return ERR_NOT_FOUND;
    if (length > size)
        length = size;
    *ret_range = (struct http_range){.offset = size - length, .length = length};
    return 0;
}

/* "first-", "first-last", "-n". ERR_NOT_FOUND for one that selects nothing. */
static int parse_one(struct slice spec, uint64_t size, struct http_range *ret_range)
{
    struct slice last_text = spec;
    const struct slice first_text = slice_split(&last_text, '-');
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;

    if (!last_text.data)
        return ERR_INVALID;
    if (first_text.length == 0)
        return parse_suffix(last_text, size, ret_range);
    if (parse_position(first_text, &first) < 0)
        return ERR_INVALID;
    if (last_text.length > 0 && (parse_position(last_text, &last) < 0 || last < first))
        return ERR_INVALID;
    if (first >= size)
        return ERR_NOT_FOUND;
    if (last >= size)
        last = size - 1;
    *ret_range = (struct http_range){.offset = first, .length = last - first + 1};
    return 0;
}

static bool are_close(const struct http_range *a, const struct http_range *b)
{
    const struct http_range *low = a->offset <= b->offset ? a : b;
    const struct http_range *high = low == a ? b : a;
    const uint64_t low_end = low->offset + low->length;

    return high->offset <= low_end || high->offset - low_end <= HTTP_RANGE_GAP_BYTES;
}

static struct http_range join(const struct http_range *a, const struct http_range *b)
{
    const uint64_t offset = a->offset < b->offset ? a->offset : b->offset;
    const uint64_t a_end = a->offset + a->length;
    const uint64_t b_end = b->offset + b->length;

    return (struct http_range){.offset = offset,
                               .length = (a_end > b_end ? a_end : b_end) - offset};
}

/* Joins the range with those that it touches; the result takes the place of the first of them. */
static int add(struct http_ranges *ranges, struct http_range range)
{
    size_t place = ranges->n;
    size_t i = 0;

    while (i < ranges->n) {
        if (i == place || !are_close(&ranges->items[i], &range)) {
            i++;
            continue;
        }
        range = join(&ranges->items[i], &range);
        if (place == ranges->n) {
            place = i;
        } else {
            const size_t gone = i > place ? i : place;
            place = i < place ? i : place;
            for (size_t k = gone; k + 1 < ranges->n; k++)
                ranges->items[k] = ranges->items[k + 1];
            ranges->n--;
        }
        i = 0; /* the joined range may now touch an earlier one */
    }
    if (place == HTTP_MAX_RANGES)
        return ERR_INVALID;
    ranges->items[place] = range;
    if (place == ranges->n)
        ranges->n++;
    return 0;
}

int http_ranges_parse(struct slice value, uint64_t size, struct http_ranges *ret_ranges)
{
    struct http_ranges ranges = {.n = 0};
    struct slice rest = value;

    if (!slice_equals_nocase(slice_split(&rest, '='), slice_from("bytes")) || !rest.data)
        return ERR_INVALID;
    while (rest.data) {
        const struct slice spec = slice_trim(slice_split(&rest, ','));
        struct http_range range;
        int err = parse_one(spec, size, &range);
        if (err == 0)
            err = add(&ranges, range);
        if (err == ERR_INVALID)
            return ERR_INVALID;
    }
    if (ranges.n == 0)
        return ERR_NOT_FOUND;
    *ret_ranges = ranges;
    return 0;
}
