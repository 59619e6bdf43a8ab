// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/ssim.h"

#include <math.h>
#include <stdbool.h>

enum {
    BLOCK = 4,          /* sums are kept for blocks; a window is 2 x 2 of them */
    WINDOW_PIXELS = 64, /* 8 x 8 */
    MAX_BLOCKS = 8192 / BLOCK,
};

/* Of one block: of a, of b, of both squared, of their product. */
struct sums {
    uint32_t a, b, squares, product;
};

static struct sums block_sums(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b,
                              ptrdiff_t b_stride)
{
    struct sums s = {0};

    for (int y = 0; y < BLOCK; y++) {
        for (int x = 0; x < BLOCK; x++) {
            const uint32_t pa = a[y * a_stride + x];
            const uint32_t pb = b[y * b_stride + x];
            s.a += pa;
            s.b += pb;
            s.squares += pa * pa + pb * pb;
            s.product += pa * pb;
        }
    }
    return s;
}

static void row_sums(const struct plane *a, const struct plane *b, int row, int n,
                     struct sums sums[MAX_BLOCKS])
{
    const uint8_t *line_a = a->data + (ptrdiff_t)row * BLOCK * a->stride;
    const uint8_t *line_b = b->data + (ptrdiff_t)row * BLOCK * b->stride;

    for (int i = 0; i < n; i++)
        sums[i] = block_sums(line_a + (ptrdiff_t)i * BLOCK, a->stride,
                             line_b + (ptrdiff_t)i * BLOCK, b->stride);
}

/* The constants are those of the paper, for sums instead of means. */
static float window_ssim(const struct sums *w, const struct sums *x, const struct sums *y,
                         const struct sums *z)
{
    static const float C1 = 0.01F * 255 * 0.01F * 255 * WINDOW_PIXELS * WINDOW_PIXELS;
    static const float C2 = 0.03F * 255 * 0.03F * 255 * WINDOW_PIXELS * WINDOW_PIXELS;
    const float a = (float)(w->a + x->a + y->a + z->a);
    const float b = (float)(w->b + x->b + y->b + z->b);
    const float squares = (float)(w->squares + x->squares + y->squares + z->squares);
    const float product = (float)(w->product + x->product + y->product + z->product);
    const float variances = squares * WINDOW_PIXELS - a * a - b * b;
    const float covariance = product * WINDOW_PIXELS - a * b;

    return (2 * a * b + C1) * (2 * covariance + C2) / ((a * a + b * b + C1) * (variances + C2));
}

double ssim_mean(const struct plane *a, const struct plane *b)
{
    struct sums rows[2][MAX_BLOCKS];
    const int n = a->width / BLOCK < MAX_BLOCKS ? a->width / BLOCK : MAX_BLOCKS;
    const int n_rows = a->height / BLOCK;
    double total = 0;

    if (a->width != b->width || a->height != b->height || n < 2 || n_rows < 2)
        return 0;
    row_sums(a, b, 0, n, rows[0]);
    for (int row = 1; row < n_rows; row++) {
        const struct sums *above = rows[(row - 1) & 1];
        struct sums *here = rows[row & 1];
        float sum = 0;
        row_sums(a, b, row, n, here);
        for (int i = 0; i + 1 < n; i++)
            sum += window_ssim(&above[i], &above[i + 1], &here[i], &here[i + 1]);
        total += (double)sum;
    }
    return total / ((double)(n - 1) * (n_rows - 1));
}

/* More than a codec's noise, in some pixel of every other line. */
static bool has_moved(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride)
{
    enum { SEEN = 24 };

    for (int y = 0; y < 2 * BLOCK; y += 2) {
        for (int x = 0; x < 2 * BLOCK; x++) {
            const int difference = a[y * a_stride + x] - b[y * b_stride + x];
            if (difference > SEEN || difference < -SEEN)
                return true;
        }
    }
    return false;
}

static float window_at(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride)
{
    const struct sums sums[4] = {
        block_sums(a, a_stride, b, b_stride),
        block_sums(a + BLOCK, a_stride, b + BLOCK, b_stride),
        block_sums(a + BLOCK * a_stride, a_stride, b + BLOCK * b_stride, b_stride),
        block_sums(a + BLOCK * a_stride + BLOCK, a_stride, b + BLOCK * b_stride + BLOCK, b_stride),
    };

    return window_ssim(&sums[0], &sums[1], &sums[2], &sums[3]);
}

void ssim_add_motion(const struct plane *before, const struct plane *now, const struct plane *shown,
                     struct ssim_motion *motion)
{
    if (now->width != before->width || now->height != before->height ||
        now->width != shown->width || now->height != shown->height)
        return;
    for (int y = 0; y + 2 * BLOCK <= now->height; y += 2 * BLOCK) {
        for (int x = 0; x + 2 * BLOCK <= now->width; x += 2 * BLOCK) {
            const uint8_t *at = now->data + y * now->stride + x;
            if (!has_moved(at, now->stride, before->data + y * before->stride + x, before->stride))
                continue;
            motion->sum += (double)window_at(at, now->stride, shown->data + y * shown->stride + x,
                                             shown->stride);
            motion->n++;
        }
    }
}

uint32_t ssim_mdb(double ssim)
{
    if (ssim <= 0)
        return 0;
    const double mdb = ssim < 1 ? -10000 * log10(1 - ssim) : SSIM_MDB_MAX;

    return mdb < SSIM_MDB_MAX ? (uint32_t)lround(mdb) : SSIM_MDB_MAX;
}
