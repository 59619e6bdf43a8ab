// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/progress/beats.h"

#include <math.h>

#include "common/err.h"
#include "common/json.h"
#include "storage/hot/hot_progress.h"

/* Media seconds as JSON gives them, to whole milliseconds; up to a year. */
static int get_ms(const json_t *value, int64_t *ret_ms)
{
    if (!json_is_number(value))
        return ERR_INVALID;
    const double seconds = json_number_value(value);
    if (!isfinite(seconds) || seconds < 0 || seconds > 366.0 * 86400)
        return ERR_INVALID;
    *ret_ms = (int64_t)llround(seconds * 1000);
    return 0;
}

static int parse_range(const json_t *pair, struct watched_range *range)
{
    if (json_array_size(pair) != 2 || get_ms(json_array_get(pair, 0), &range->from) ||
        get_ms(json_array_get(pair, 1), &range->to) || range->to < range->from)
        return ERR_INVALID;
    return 0;
}

static int parse_ranges(const json_t *array, struct arena *arena, struct beat_report *report)
{
    const size_t n = json_array_size(array);

    if (!json_is_array(array))
        return ERR_INVALID;
    report->ranges_ms = arena_alloc(arena, n * sizeof report->ranges_ms[0]);
    if (!report->ranges_ms)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (parse_range(json_array_get(array, i), &report->ranges_ms[i]))
            return ERR_INVALID;
    }
    report->n_ranges = n;
    return 0;
}

static int parse_report(const json_t *object, struct arena *arena, struct beat_report *report)
{
    if (json_get_text(object, "lecture", report->lecture_id, sizeof report->lecture_id) ||
        !id_is_valid(slice_from(report->lecture_id)) ||
        json_get_int(object, "seq", 0, BEAT_MAX_SEQ, &report->seq) ||
        get_ms(json_object_get(object, "position_s"), &report->position_ms))
        return ERR_INVALID;
    return parse_ranges(json_object_get(object, "watched"), arena, report);
}

/* Of all beats, before anything is made of them. */
static size_t count_ranges(const json_t *beats)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(beats); i++)
        n += json_array_size(json_object_get(json_array_get(beats, i), "watched"));
    return n;
}

int beats_parse(const json_t *document, struct arena *arena, struct beats *ret_beats)
{
    struct beats beats = {0};
    const json_t *array;

    if (json_get_text(document, "session", beats.session, sizeof beats.session) ||
        !id_is_valid(slice_from(beats.session)) || json_get_array(document, "beats", &array) ||
        json_array_size(array) > BEATS_LIMIT)
        return ERR_INVALID;
    if (count_ranges(array) > BEATS_RANGES_LIMIT)
        return ERR_TOO_LARGE;
    beats.n_reports = json_array_size(array);
    beats.reports = arena_alloc(arena, beats.n_reports * sizeof beats.reports[0]);
    if (!beats.reports)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < beats.n_reports; i++) {
        struct beat_report *report = &beats.reports[i];
        const int err = parse_report(json_array_get(array, i), arena, report);
        if (err == ERR_NO_MEMORY)
            return err;
        report->is_malformed = err != 0;
    }
    *ret_beats = beats;
    return 0;
}
