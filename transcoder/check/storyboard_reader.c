// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/storyboard_reader.h"

#include <stdbool.h>

#include "common/err.h"

static struct slice next_line(struct slice *rest)
{
    struct slice line = slice_split(rest, '\n');

    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

static bool starts_note(struct slice line)
{
    return slice_is(line, "NOTE") || slice_starts_with(line, "NOTE ");
}

int storyboard_read_head(struct slice *rest)
{
    const struct slice line = next_line(rest);

    if (!slice_is(line, "WEBVTT") && !slice_starts_with(line, "WEBVTT "))
        return ERR_INVALID;
    while (next_line(rest).length > 0) {
    }
    return 0;
}

/* The next field of a time, of so many digits at least. */
static int read_field(struct slice digits, size_t n_digits, uint64_t max, uint64_t *ret_value)
{
    if (digits.length < n_digits || slice_to_u64(digits, ret_value) || *ret_value > max)
        return ERR_INVALID;
    return 0;
}

/* "01:02:03.004" or "02:03.004". */
static int read_time(struct slice text, int64_t *ret_ms)
{
    enum { MAX_HOURS = 10000 };
    struct slice whole = slice_split(&text, '.');
    struct slice parts[3] = {{0}};
    size_t n = 0;
    uint64_t hours = 0;
    uint64_t minutes;
    uint64_t seconds;
    uint64_t ms;

    while (whole.data && n < 3)
        parts[n++] = slice_split(&whole, ':');
    if (n < 2 || whole.data || text.length != 3 ||
        (n == 3 && read_field(parts[0], 2, MAX_HOURS, &hours)) ||
        read_field(parts[n - 2], 2, 59, &minutes) || read_field(parts[n - 1], 2, 59, &seconds) ||
        read_field(text, 3, 999, &ms))
        return ERR_INVALID;
    *ret_ms = (int64_t)(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms);
    return 0;
}

/* "START --> END", perhaps with settings behind it. */
static int read_times(struct slice line, struct storyboard_cue *cue)
{
    const struct slice start = slice_split(&line, ' ');
    const struct slice arrow = slice_split(&line, ' ');
    const struct slice end = slice_split(&line, ' ');

    if (!slice_is(arrow, "-->") || read_time(start, &cue->start_ms) || read_time(end, &cue->end_ms))
        return ERR_INVALID;
    return 0;
}

int storyboard_read_cue(struct slice *rest, struct storyboard_cue *ret_cue)
{
    struct storyboard_cue cue = {0};
    struct slice line = slice_of(NULL, 0);

    while (rest->data && line.length == 0) {
        line = next_line(rest);
        if (!starts_note(line))
            continue;
        while (next_line(rest).length > 0) {
        }
        line.length = 0;
    }
    if (line.length == 0)
        return ERR_NOT_FOUND;
    /* a cue may have a name, on a line of its own */
    if (read_times(line, &cue) && read_times(next_line(rest), &cue))
        return ERR_INVALID;
    cue.target = next_line(rest);
    if (cue.target.length == 0 || next_line(rest).length > 0)
        return ERR_INVALID;
    *ret_cue = cue;
    return 0;
}

int storyboard_read_tile(struct slice target, struct storyboard_tile *ret_tile)
{
    static const char KEY[] = "xywh=";
    struct storyboard_tile tile = {.sheet = slice_split(&target, '#')};
    uint32_t *const numbers[] = {&tile.x, &tile.y, &tile.width, &tile.height};
    enum { N_NUMBERS = sizeof numbers / sizeof numbers[0] };

    if (tile.sheet.length == 0 || !slice_starts_with(target, KEY))
        return ERR_INVALID;
    target = slice_skip(target, sizeof KEY - 1);
    for (size_t i = 0; i < N_NUMBERS; i++) {
        uint64_t value;
        if (read_field(slice_split(&target, ','), 1, UINT16_MAX, &value))
            return ERR_INVALID;
        *numbers[i] = (uint32_t)value;
    }
    if (target.data || tile.width == 0 || tile.height == 0)
        return ERR_INVALID;
    *ret_tile = tile;
    return 0;
}
