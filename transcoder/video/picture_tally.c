// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_tally.h"

#include <string.h>

#define SAME_US INT64_C(1000) /* containers round times */

struct picture_tally picture_tally_empty(void)
{
    return (struct picture_tally){.first_us = INT64_MAX};
}

void picture_tally_offer(struct picture_tally *tally, int64_t time_us)
{
    if (tally->n_pending == PICTURE_TALLY_MAX_PENDING)
        memmove(tally->pending_us, tally->pending_us + 1,
                --tally->n_pending * sizeof tally->pending_us[0]);
    tally->pending_us[tally->n_pending++] = time_us;
}

/* Takes those that are before that time out and returns the earliest, or INT64_MAX. */
static int64_t take_earlier(struct picture_tally *tally, int64_t time_us)
{
    int64_t earliest_us = INT64_MAX;
    size_t n = 0;

    for (size_t i = 0; i < tally->n_pending; i++) {
        const int64_t us = tally->pending_us[i];
        if (us >= time_us)
            tally->pending_us[n++] = us;
        else if (us < earliest_us)
            earliest_us = us;
    }
    tally->n_pending = n;
    return earliest_us;
}

static void leave(struct picture_tally *tally, int64_t from_us, int64_t until_us)
{
    if (from_us < until_us && until_us - from_us > TALLY_SLACK_US)
        span_list_add(&tally->left, (struct time_span){from_us, until_us}, 0);
}

void picture_tally_take(struct picture_tally *tally, int64_t time_us)
{
    leave(tally, take_earlier(tally, time_us - SAME_US), time_us);
    (void)take_earlier(tally, time_us + SAME_US + 1); /* its own */
    tally->first_us = time_us < tally->first_us ? time_us : tally->first_us;
}

void picture_tally_end(struct picture_tally *tally)
{
    const int64_t from_us = take_earlier(tally, TALLY_MAX_US);

    leave(tally, from_us, TALLY_MAX_US);
}

void picture_tally_report(const struct picture_tally *tally, struct time_span seconds,
                          struct tally *ret_tally)
{
    int64_t from_us = tally->first_us;

    if (tally->left.n > 0 && tally->left.items[0].from_us < from_us)
        from_us = tally->left.items[0].from_us;
    ret_tally->offered.n = 0;
    if (from_us < seconds.until_us)
        span_list_add(&ret_tally->offered, (struct time_span){from_us, seconds.until_us}, 0);
    span_list_clip(&ret_tally->offered, seconds);
    span_list_subtract(&ret_tally->offered, &tally->left, 0, &ret_tally->taken);
}
