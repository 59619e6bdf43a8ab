// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/misbehaviour.h"

#include "server/http/message/limits.h"

/* In points of HTTP_MISBEHAVIOUR_LIMIT. The unit is one control frame. */
static const int WEIGHTS[] = {
    [MISDEED_EARLY_RESET] = HTTP_MISBEHAVIOUR_WARNING / HTTP_MAX_RESETS,
    [MISDEED_LATE_RESET] = 1,
    [MISDEED_PROVOKED_RESET] = HTTP_MISBEHAVIOUR_WARNING / HTTP_MAX_RESETS,
    [MISDEED_BAD_REQUEST] = HTTP_MISBEHAVIOUR_WARNING / HTTP_MAX_RESETS,
    [MISDEED_LARGE_HEAD] = HTTP_MISBEHAVIOUR_WARNING / 6,
    [MISDEED_CONTROL_FRAME] = 1,
    [MISDEED_EMPTY_FRAME] = 1,
    [MISDEED_DROPPED_FRAME] = 1,
    [MISDEED_STALL] = HTTP_MISBEHAVIOUR_WARNING / 20,
};

_Static_assert(sizeof WEIGHTS / sizeof WEIGHTS[0] == MISDEED_N, "each deed has a weight");

/* From the warning to nothing in this long. */
enum { FADE_S = 60 };

static void fade(struct misbehaviour *m, int64_t now_ms)
{
    const int64_t gone = (now_ms - m->at_ms) * HTTP_MISBEHAVIOUR_WARNING / FADE_S;

    m->milli_points = gone < m->milli_points ? m->milli_points - gone : 0;
    m->at_ms = now_ms;
}

enum misbehaviour_verdict misbehaviour_add(struct misbehaviour *m, enum misdeed deed,
                                           int64_t now_ms)
{
    fade(m, now_ms);
    m->milli_points += (int64_t)WEIGHTS[deed] * 1000;
    if (m->milli_points >= (int64_t)HTTP_MISBEHAVIOUR_LIMIT * 1000)
        return MISBEHAVIOUR_OVER;
    if (m->milli_points >= (int64_t)HTTP_MISBEHAVIOUR_WARNING * 1000)
        return MISBEHAVIOUR_WARNED;
    return MISBEHAVIOUR_TOLERATED;
}
