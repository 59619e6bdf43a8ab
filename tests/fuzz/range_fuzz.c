// SPDX-License-Identifier: GPL-3.0-or-later
/* Range: disjoint, inside, never more in all than there is. The first two bytes are the size. */
#include "common/err.h"
#include "server/http/message/range.h"
#include "tests/fuzz/fuzz.h"

static void check_ranges(const struct http_ranges *ranges, uint64_t size)
{
    uint64_t total = 0;

    MUST(ranges->n >= 1 && ranges->n <= HTTP_MAX_RANGES);
    for (size_t i = 0; i < ranges->n; i++) {
        const struct http_range *a = &ranges->items[i];
        MUST(a->length > 0 && a->offset < size && a->length <= size - a->offset);
        total += a->length;
        for (size_t k = 0; k < i; k++) {
            const struct http_range *b = &ranges->items[k];
            MUST(a->offset >= b->offset + b->length || b->offset >= a->offset + a->length);
        }
    }
    MUST(total <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_ranges ranges = {.n = 99};

    if (size < 2)
        return 0;
    const uint64_t length = (uint64_t)data[0] << 8 | data[1];
    const int err = http_ranges_parse(fuzz_slice(data + 2, size - 2), length, &ranges);
    MUST(err == 0 || err == ERR_NOT_FOUND || err == ERR_INVALID);
    if (err == 0)
        check_ranges(&ranges, length);
    else
        MUST(ranges.n == 99);
    /* Whatever a huge file is asked for ends within it. */
    if (http_ranges_parse(fuzz_slice(data + 2, size - 2), INT64_MAX, &ranges) == 0)
        check_ranges(&ranges, INT64_MAX);
    return 0;
}
