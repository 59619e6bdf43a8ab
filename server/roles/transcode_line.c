// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/transcode_line.h"

#include <string.h>

#include "common/err.h"
#include "common/json.h"

/* Longest lecture that a plan may claim: a year, far above any limit of the transcoder's. */
#define MAX_DURATION_US (INT64_C(366) * 86400 * 1000000)

static int get_u32(const json_t *object, const char *name, uint32_t max, uint32_t *ret_value)
{
    int64_t value;
    const int err = json_get_int(object, name, 0, max, &value);

    if (!err)
        *ret_value = (uint32_t)value;
    return err;
}

static int parse_progress(const json_t *object, struct transcode_line *line)
{
    line->event = TRANSCODE_PROGRESS;
    const int err = get_u32(object, "permille", 1000, &line->permille);
    return err ? err : get_u32(object, "speed_permille", UINT32_MAX, &line->speed_permille);
}

static int parse_planned(const json_t *object, struct transcode_line *line)
{
    line->event = TRANSCODE_PLANNED;
    if (get_u32(object, "n_chunks", TRANSCODE_MAX_CHUNKS, &line->n_chunks) ||
        get_u32(object, "n_sounds", TRANSCODE_MAX_SOUNDS, &line->n_sounds) ||
        json_get_int(object, "duration_us", 1, MAX_DURATION_US, &line->duration_us))
        return ERR_INVALID;
    return line->n_chunks + line->n_sounds > 0 ? 0 : ERR_INVALID;
}

static int parse_part(const json_t *object, struct transcode_line *line)
{
    struct slice kind;

    line->event = TRANSCODE_PART;
    if (json_get_string(object, "kind", &kind))
        return ERR_INVALID;
    line->is_sound = slice_is(kind, "sound");
    if (!line->is_sound && !slice_is(kind, "chunk"))
        return ERR_INVALID;
    return get_u32(object, "number", TRANSCODE_MAX_PARTS, &line->number);
}

static int parse_failure(const json_t *object, enum transcode_event event,
                         struct transcode_line *line)
{
    struct slice code;
    struct slice detail;

    line->event = event;
    if (json_get_string(object, "code", &code))
        return ERR_INVALID;
    line->failure = failure_from_code(code);
    if (json_get_string(object, "detail", &detail) == 0 && slice_is_plain_utf8(detail))
        (void)slice_to_cstr(detail, line->detail, sizeof line->detail); /* too long: left out */
    return 0;
}

int transcode_line_parse(struct slice line, struct transcode_line *ret_line)
{
    CLEANUP(json_decref) json_t *object = NULL;
    struct transcode_line parsed = {0};
    struct slice event;
    int err = ERR_INVALID;

    if (line.length > TRANSCODE_LINE_MAX_BYTES || json_parse(line, &object) ||
        json_get_string(object, "event", &event))
        return ERR_INVALID;
    if (slice_is(event, "progress")) {
        err = parse_progress(object, &parsed);
    } else if (slice_is(event, "planned")) {
        err = parse_planned(object, &parsed);
    } else if (slice_is(event, "part")) {
        err = parse_part(object, &parsed);
    } else if (slice_is(event, "warning")) {
        err = parse_failure(object, TRANSCODE_WARNING, &parsed);
    } else if (slice_is(event, "failed")) {
        err = parse_failure(object, TRANSCODE_FAILED, &parsed);
    } else if (slice_is(event, "done")) {
        parsed.event = TRANSCODE_DONE;
        err = 0;
    }
    if (!err)
        *ret_line = parsed;
    return err;
}
