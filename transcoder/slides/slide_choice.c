// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slide_choice.h"

#include <stdbool.h>
#include <string.h>

static const int64_t HOUR_US = INT64_C(3600000000);

size_t slide_choice_most(int64_t duration_us)
{
    if (duration_us >= HOUR_US)
        return (size_t)(duration_us / 1000 * SLIDE_MOST_AN_HOUR / (HOUR_US / 1000));
    return SLIDE_FEW + (size_t)(duration_us * (SLIDE_MOST_AN_HOUR - SLIDE_FEW) / HOUR_US);
}

/* Whether nothing of candidate i would be seen from that time on. */
static bool is_gone_by(const struct slide_candidate *list, size_t n, size_t i, int64_t at_us,
                       int64_t duration_us)
{
    return at_us >= (i + 1 < n ? list[i + 1].start_us : duration_us);
}

/* Another slide comes so soon after the last picture that was kept that one of them must give way.
 * Where the slide before has another picture, its last state comes earlier, or instead of that one:
 * nobody wants the next slide late. Returns how many are kept now. */
static size_t make_way(struct slide_candidate *kept, size_t n, int64_t next_us)
{
    struct slide_candidate *last = &kept[n - 1];

    if (n < 2 || last[-1].slide != last->slide)
        return n;
    if (next_us - SLIDE_APART_US >= last[-1].start_us + SLIDE_APART_US) {
        last->start_us = next_us - SLIDE_APART_US;
        return n;
    }
    last->start_us = last[-1].start_us;
    last[-1] = *last;
    return n - 1;
}

/* Moves them apart: a state of the same slide takes the place of one that just came; another slide
 * waits where nothing gives way, as long as it is still there then. */
static size_t move_apart(struct slide_candidate *list, size_t n, int64_t duration_us)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct slide_candidate next = list[i];
        const struct slide_candidate *last = n_kept ? &list[n_kept - 1] : NULL;
        if (last && next.slide == last->slide && next.start_us < last->start_us + SLIDE_APART_US) {
            next.start_us = last->start_us;
            list[n_kept - 1] = next;
            continue;
        }
        if (last && next.start_us < last->start_us + SLIDE_APART_US)
            n_kept = make_way(list, n_kept, next.start_us);
        const int64_t earliest_us = n_kept ? list[n_kept - 1].start_us + SLIDE_APART_US : 0;
        if (n_kept == 0 && next.start_us < SLIDE_APART_US)
            next.start_us = 0;
        if (next.start_us < earliest_us) {
            if (is_gone_by(list, n, i, earliest_us, duration_us))
                continue;
            next.start_us = earliest_us;
        }
        list[n_kept++] = next;
    }
    return n_kept;
}

static bool is_last_state(const struct slide_candidate *list, size_t n, size_t i)
{
    return i + 1 == n || list[i + 1].slide != list[i].slide;
}

/* The one that is missed least. */
static size_t find_least(const struct slide_candidate *list, size_t n, int64_t duration_us)
{
    size_t least = 0;
    int64_t least_us = INT64_MAX;
    bool is_least_last = true;

    for (size_t i = 0; i < n; i++) {
        const bool is_last = is_last_state(list, n, i);
        const int64_t end_us = i + 1 < n ? list[i + 1].start_us : duration_us;
        const int64_t shown_us = end_us - list[i].start_us;
        if (is_last != is_least_last ? is_least_last : shown_us < least_us) {
            least = i;
            least_us = shown_us;
            is_least_last = is_last;
        }
    }
    return least;
}

static void take_out(struct slide_candidate *list, size_t n, size_t i)
{
    if (i + 1 < n && (i == 0 || !is_last_state(list, n, i)))
        list[i + 1].start_us = list[i].start_us;
    memmove(list + i, list + i + 1, (n - i - 1) * sizeof *list);
}

size_t slide_choice_make(struct slide_candidate *list, size_t n, int64_t duration_us)
{
    const size_t most = slide_choice_most(duration_us);

    n = move_apart(list, n, duration_us);
    for (; n > most; n--)
        take_out(list, n, find_least(list, n, duration_us));
    return n;
}
