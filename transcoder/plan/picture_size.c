// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/picture_size.h"

#define LASTS_US INT64_C(2000000) /* as long as it takes to see something */

void picture_sizes_add(struct picture_sizes *sizes, uint32_t width, uint32_t height)
{
    size_t i = 0;

    sizes->n_looks++;
    while (i < sizes->n && (sizes->items[i].width != width || sizes->items[i].height != height))
        i++;
    if (i == PICTURE_SIZES_MAX)
        return;
    if (i == sizes->n)
        sizes->items[sizes->n++] = (struct picture_size){.width = width, .height = height};
    sizes->items[i].n_looks++;
}

static uint64_t area(const struct picture_size *size)
{
    return (uint64_t)size->width * size->height;
}

/* Of sizes as large, which are one that was turned, the one that lasts longer. */
static int is_better(const struct picture_size *a, const struct picture_size *b)
{
    return area(a) != area(b) ? area(a) > area(b) : a->n_looks > b->n_looks;
}

struct picture_size picture_sizes_choose(const struct picture_sizes *sizes, int64_t length_us)
{
    struct picture_size best = sizes->items[0];

    for (size_t i = 1; i < sizes->n; i++) {
        const struct picture_size *size = &sizes->items[i];
        if (length_us / sizes->n_looks * size->n_looks >= LASTS_US && is_better(size, &best))
            best = *size;
    }
    return best;
}
