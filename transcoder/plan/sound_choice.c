// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_choice.h"

static bool is_audible(const struct sound_candidate *candidate)
{
    return candidate->peak_centi_dbfs > SOUND_SILENT_CENTI_DBFS;
}

/* Whether the flag tells the candidates apart. */
static bool is_flag_meant(const struct sound_candidate *candidates, size_t n)
{
    size_t n_flagged = 0;

    for (size_t i = 0; i < n; i++)
        n_flagged += candidates[i].is_default;
    return n_flagged > 0 && n_flagged < n;
}

size_t sound_choice_default(const struct sound_candidate *candidates, size_t n)
{
    const bool is_meant = is_flag_meant(candidates, n);
    size_t first = n;

    for (size_t i = 0; i < n; i++) {
        if (!is_audible(&candidates[i]))
            continue;
        if (is_meant && candidates[i].is_default)
            return i;
        first = first == n ? i : first;
    }
    return first == n ? 0 : first;
}
