// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/progress/beats.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/json.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct arena arena;

static void start(void)
{
    arena = arena_with_limit(1 << 20);
}

static void stop(void)
{
    arena_clear(&arena);
}

TestSuite(beats, .init = start, .fini = stop);

static int parse(const char *text, struct beats *beats)
{
    json_t *document = NULL;

    cr_assert_eq(json_parse(slice_from(text), &document), 0, "%s", text);
    const int err = beats_parse(document, &arena, beats);
    json_decref(document);
    return err;
}

Test(beats, seconds_become_milliseconds)
{
    struct beats beats;

    cr_assert_eq(
        parse("{\"session\":\"" ID "\",\"beats\":[{\"lecture\":\"" ID "\",\"seq\":3,"
              "\"watched\":[[0,14.8],[20.0004,21]],\"position_s\":14.8,\"age_s\":\"old\"}]}",
              &beats),
        0);
    cr_assert_eq(beats.n_reports, 1);
    const struct beat_report *report = &beats.reports[0];
    cr_assert_not(report->is_malformed);
    cr_assert_eq(report->n_ranges, 2);
    cr_assert_eq(report->ranges_ms[0].to, 14800);
    cr_assert_eq(report->ranges_ms[1].from, 20000);
    cr_assert_eq(report->position_ms, 14800);
    cr_assert_eq(report->seq, 3);
}

Test(beats, one_bad_beat_only_spoils_itself)
{
    static const char *const WRONG[] = {
        "1",
        "{}",
        "{\"lecture\":\"x\",\"seq\":1,\"watched\":[],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":-1,\"watched\":[],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1.5,\"watched\":[],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":{},\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":[[1]],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":[[2,1]],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":[[-1,1]],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":[[0,1e300]],\"position_s\":0}",
        "{\"lecture\":\"" ID "\",\"seq\":1,\"watched\":[],\"position_s\":\"0\"}",
        "{\"lecture\":\"" ID "\",\"seq\":9007199254740992,\"watched\":[],\"position_s\":0}",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        char text[600];
        struct beats beats;
        snprintf(text, sizeof text,
                 "{\"session\":\"" ID "\",\"beats\":[%s,{\"lecture\":\"" ID
                 "\",\"seq\":1,\"watched\":[],\"position_s\":0}]}",
                 WRONG[i]);
        cr_assert_eq(parse(text, &beats), 0, "%s", WRONG[i]);
        cr_assert(beats.reports[0].is_malformed, "%s", WRONG[i]);
        cr_assert_not(beats.reports[1].is_malformed, "%s", WRONG[i]);
    }
}

Test(beats, a_body_of_another_form_is_refused_as_a_whole)
{
    static const char *const WRONG[] = {
        "{}",
        "{\"session\":\"" ID "\"}",
        "{\"session\":\"short\",\"beats\":[]}",
        "{\"session\":7,\"beats\":[]}",
        "{\"session\":\"" ID "\",\"beats\":{}}",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct beats beats;
        cr_assert_eq(parse(WRONG[i], &beats), ERR_INVALID, "%s", WRONG[i]);
    }
}

/* A script in Redis looks at each of them. */
Test(beats, ranges_of_all_beats_together_are_limited)
{
    for (int extra = 0; extra < 2; extra++) {
        struct buf text = buf_with_limit(BEATS_BODY_LIMIT);
        struct beats beats;
        buf_append_text(&text, "{\"session\":\"" ID "\",\"beats\":[1");
        for (int i = 0; i < BEATS_RANGES_LIMIT + extra; i++)
            buf_append_text(&text, i % 40 ? ",[0,1]"
                                   : i    ? "]},{\"watched\":[[0,1]"
                                          : ",{\"watched\":[[0,1]");
        buf_append_text(&text, "]}]}");
        cr_assert_eq(parse(buf_slice(&text).data, &beats), extra ? ERR_TOO_LARGE : 0);
        buf_clear(&text);
    }
}

/* The arena keeps its first block, so what is too much must not fit into that. */
Test(beats, an_arena_that_is_full_is_told)
{
    const size_t limits[] = {0, BEATS_LIMIT * sizeof(struct beat_report)};
    struct buf text = buf_with_limit(BEATS_BODY_LIMIT);

    buf_append_text(&text, "{\"session\":\"" ID "\",\"beats\":[");
    for (int i = 0; i < BEATS_LIMIT; i++) {
        buf_printf(&text, "%s{\"lecture\":\"" ID "\",\"seq\":1,\"position_s\":0,\"watched\":[",
                   i ? "," : "");
        for (int k = 0; k < BEATS_RANGES_LIMIT / BEATS_LIMIT; k++)
            buf_append_text(&text, k ? ",[0,1]" : "[0,1]");
        buf_append_text(&text, "]}");
    }
    buf_append_text(&text, "]}");
    cr_assert_eq(text.err, 0);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct beats beats = {.n_reports = 99};
        struct arena small = arena_with_limit(limits[i]);
        json_t *document = NULL;
        cr_assert_eq(json_parse(buf_slice(&text), &document), 0);
        cr_assert_eq(beats_parse(document, &small, &beats), ERR_NO_MEMORY);
        cr_assert_eq(beats.n_reports, 99);
        json_decref(document);
        arena_clear(&small);
    }
    buf_clear(&text);
}

/* The largest body that is accepted must fit the arena of an exchange when it is parsed. */
Test(beats, the_densest_body_fits_the_arena)
{
    struct buf text = buf_with_limit(BEATS_BODY_LIMIT);
    struct beats beats;
    size_t n_reports = 0;

    buf_append_text(&text, "{\"session\":\"" ID "\",\"beats\":[");
    while (n_reports < BEATS_LIMIT && text.length + 3200 < BEATS_BODY_LIMIT) {
        buf_printf(&text, "%s{\"lecture\":\"" ID "\",\"seq\":1,\"position_s\":0,\"watched\":[[0,1]",
                   n_reports++ ? "," : "");
        for (int i = 1; i < BEATS_RANGES_LIMIT / BEATS_LIMIT; i++)
            buf_append_text(&text, ",[0,1]");
        buf_append_text(&text, "]}");
    }
    buf_append_text(&text, "]}");
    cr_assert_eq(text.err, 0);
    cr_assert_eq(parse(text.data, &beats), 0);
    cr_assert_eq(beats.n_reports, n_reports);
    cr_assert_lt(arena.total_bytes + text.length, 700000, "%zu bytes", arena.total_bytes);
    buf_clear(&text);
}
