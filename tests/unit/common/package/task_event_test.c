// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/task_event.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"

static int parse(const char *text, struct task_event *event)
{
    return task_event_parse(slice_from(text), event);
}

/* As it is on the wire, and the same again when it is read and written. */
static void expect_line(const struct task_event *event, const char *wanted)
{
    struct buf line = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);
    struct task_event parsed;

    task_event_write(event, &line);
    cr_assert(slice_is(buf_slice(&line), wanted), "%.*s", SLICE_ARGS(buf_slice(&line)));
    cr_assert_eq(task_event_parse(buf_slice(&line), &parsed), 0, "%s", wanted);
    buf_reset(&line);
    task_event_write(&parsed, &line);
    cr_assert(slice_is(buf_slice(&line), wanted), "%.*s", SLICE_ARGS(buf_slice(&line)));
    buf_clear(&line);
}

Test(task_event, each_kind_has_one_line_and_comes_back_from_it)
{
    const struct {
        struct task_event event;
        const char *line;
    } cases[] = {
        {{.kind = TASK_EVENT_STARTED}, "{\"event\":\"started\"}"},
        {{.kind = TASK_EVENT_PROGRESS, .stage = "chunk", .permille = 250, .speed_permille = 4100},
         "{\"event\":\"progress\",\"stage\":\"chunk\",\"permille\":250,\"speed_permille\":4100}"},
        {{.kind = TASK_EVENT_PLANNED, .n_chunks = 3, .n_sounds = 1, .duration_us = 145520000},
         "{\"event\":\"planned\",\"n_chunks\":3,\"n_sounds\":1,\"duration_us\":145520000}"},
        {{.kind = TASK_EVENT_PART, .part_kind = "sound", .number = 7},
         "{\"event\":\"part\",\"kind\":\"sound\",\"number\":7}"},
        {{.kind = TASK_EVENT_WARNING, .warning.failure = FAILURE_NO_AUDIO},
         "{\"event\":\"warning\",\"code\":\"E_NO_AUDIO\"}"},
        {{.kind = TASK_EVENT_DONE}, "{\"event\":\"done\"}"},
        {{.kind = TASK_EVENT_FAILED, .failure = FAILURE_DRM, .detail = "\"cenc\""},
         "{\"event\":\"failed\",\"code\":\"E_DRM\",\"detail\":\"\\\"cenc\\\"\"}"},
        {{.kind = TASK_EVENT_FAILED, .failure = FAILURE_INTERNAL, .signal = 11, .is_crash = true},
         "{\"event\":\"failed\",\"code\":\"E_INTERNAL\",\"detail\":\"\",\"signal\":11,\"crash\":"
         "true"
         "}"},
        {{.kind = TASK_EVENT_RELEASED}, "{\"event\":\"released\"}"},
        {{.kind = TASK_EVENT_RELEASED, .failure = FAILURE_DISK_FULL},
         "{\"event\":\"released\",\"code\":\"E_DISK_FULL\"}"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_line(&cases[i].event, cases[i].line);
}

Test(task_event, a_taken_over_program_cannot_send_nonsense)
{
    static const char *const WRONG[] = {
        "",
        "progress",
        "[]",
        "{}",
        "{\"event\":1}",
        "{\"event\":\"progress\",\"permille\":1001,\"speed_permille\":0}",
        "{\"event\":\"progress\",\"permille\":1000,\"speed_permille\":-1}",
        "{\"event\":\"progress\",\"permille\":1000}",
        "{\"event\":\"planned\",\"n_chunks\":0,\"n_sounds\":0,\"duration_us\":1}",
        "{\"event\":\"planned\",\"n_chunks\":1000000,\"n_sounds\":0,\"duration_us\":1}",
        "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":33,\"duration_us\":1}",
        "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":1,\"duration_us\":0}",
        "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":1,\"duration_us\":9223372036854775807}",
        "{\"event\":\"part\",\"kind\":\"../x\",\"number\":1}",
        "{\"event\":\"part\",\"number\":1}",
        "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":-1}",
        "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":100000}",
        "{\"event\":\"warning\"}",
        "{\"event\":\"warning\",\"code\":\"\"}",
        "{\"event\":\"warning\",\"code\":\"E_DRM\",\"from_us\":2,\"until_us\":1}",
        "{\"event\":\"failed\",\"code\":\"E_DRM\",\"signal\":65}",
        "{\"event\":\"exec\",\"command\":\"sh\"}",
        "{\"event\":\"done\"}{\"event\":\"done\"}",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct task_event event;
        cr_assert_eq(parse(WRONG[i], &event), ERR_INVALID, "\"%s\"", WRONG[i]);
    }
}

Test(task_event, an_unknown_code_is_an_internal_failure)
{
    struct task_event event;

    cr_assert_eq(parse("{\"event\":\"failed\",\"code\":\"E_NEW\"}", &event), 0);
    cr_assert_eq(event.failure, FAILURE_INTERNAL);
    cr_assert_str_eq(event.detail, "");
}

Test(task_event, members_of_another_kind_are_passed_over)
{
    struct task_event event;

    cr_assert_eq(
        parse("{\"event\":\"done\",\"code\":\"E_DRM\",\"crash\":true,\"permille\":7,\"new\":[]"
              "}",
              &event),
        0);
    cr_assert_eq(event.failure, FAILURE_NONE);
    cr_assert_eq(event.permille, 0);
    cr_assert_not(event.is_crash);
}

Test(task_event, words_that_cannot_be_shown_are_left_out_and_the_event_stays)
{
    static char line[TASK_EVENT_LINE_MAX_BYTES];
    static char words[TASK_EVENT_DETAIL_SIZE + 1];
    struct task_event event;

    memset(words, 'x', sizeof words - 1);
    (void)snprintf(line, sizeof line, "{\"event\":\"failed\",\"code\":\"E_DRM\",\"detail\":\"%s\"}",
                   words);
    cr_assert_eq(parse(line, &event), 0);
    cr_assert_str_eq(event.detail, "");
    cr_assert_eq(parse("{\"event\":\"failed\",\"code\":\"E_DRM\",\"detail\":\"a\\u0007\"}", &event),
                 0);
    cr_assert_str_eq(event.detail, "");
}

Test(task_event, a_line_that_is_too_long_is_refused)
{
    static char line[TASK_EVENT_LINE_MAX_BYTES + 64];

    memset(line, ' ', sizeof line - 1);
    memcpy(line, "{\"event\":\"done\"}", strlen("{\"event\":\"done\"}"));
    struct task_event event;
    cr_assert_eq(parse(line, &event), ERR_INVALID);
    line[TASK_EVENT_LINE_MAX_BYTES] = '\0';
    cr_assert_eq(parse(line, &event), 0);
}
