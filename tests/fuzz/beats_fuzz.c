// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON that others wrote, and the watch progress that may be in it. */
#include <string.h>

#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "server/features/progress/beats.h"
#include "server/http/message/limits.h"
#include "tests/fuzz/fuzz.h"

static void check_report(const struct beat_report *report)
{
    if (report->is_malformed)
        return;
    MUST(id_is_valid(slice_from(report->lecture_id)));
    MUST(report->position_ms >= 0 && report->seq >= 0 && report->n_ranges <= BEATS_RANGES_LIMIT);
    for (size_t i = 0; i < report->n_ranges; i++)
        MUST(report->ranges_ms[i].from >= 0 &&
             report->ranges_ms[i].from <= report->ranges_ms[i].to);
}

static void check_beats(const json_t *document)
{
    struct arena arena = arena_with_limit(HTTP_MAX_EXCHANGE_BYTES);
    struct beats beats;

    const int err = beats_parse(document, &arena, &beats);
    MUST(err == 0 || err == ERR_INVALID); /* the body's limit is chosen so that memory suffices */
    if (err == 0) {
        MUST(beats.n_reports <= BEATS_LIMIT && id_is_valid(slice_from(beats.session)));
        for (size_t i = 0; i < beats.n_reports; i++)
            check_report(&beats.reports[i]);
    }
    arena_clear(&arena);
}

/* What we write is what we read. */
static void check_writing(const json_t *document, size_t size)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(8 * size + 64);
    const char *given = json_string_value(json_object_get(document, "session"));
    json_t *again = NULL;

    if (!given)
        return;
    json_begin_array(&text, NULL);
    json_put_slice(&text, NULL,
                   slice_of(given, json_string_length(json_object_get(document, "session"))));
    json_end_array(&text);
    if (text.err == ERR_CORRUPT) /* it holds a NUL */
        return;
    MUST(text.err == 0 && json_parse(buf_slice(&text), &again) == 0);
    MUST(strcmp(json_string_value(json_array_get(again, 0)), given) == 0);
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *document = NULL;

    if (size > BEATS_BODY_LIMIT || json_parse(fuzz_slice(data, size), &document) < 0)
        return 0;
    check_beats(document);
    check_writing(document, size);
    json_decref(document);
    return 0;
}
