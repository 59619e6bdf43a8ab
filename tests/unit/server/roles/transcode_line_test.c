// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/transcode_line.h"

#include <criterion/criterion.h>

#include "common/err.h"

static int parse(const char *text, struct transcode_line *line)
{
    return transcode_line_parse(slice_from(text), line);
}

Test(transcode_line, each_event_is_understood)
{
    struct transcode_line line;

    cr_assert_eq(parse("{\"event\":\"progress\",\"stage\":\"chunk\",\"permille\":250,"
                       "\"speed_permille\":4100}",
                       &line),
                 0);
    cr_assert_eq(line.event, TRANSCODE_PROGRESS);
    cr_assert_eq(line.permille, 250);
    cr_assert_eq(line.speed_permille, 4100);

    cr_assert_eq(
        parse("{\"event\":\"planned\",\"n_chunks\":3,\"n_sounds\":1,\"duration_us\":145520000}",
              &line),
        0);
    cr_assert_eq(line.n_chunks, 3);
    cr_assert_eq(line.duration_us, 145520000);

    cr_assert_eq(parse("{\"event\":\"part\",\"kind\":\"sound\",\"number\":7}", &line), 0);
    cr_assert(line.is_sound);
    cr_assert_eq(line.number, 7);

    cr_assert_eq(parse("{\"event\":\"failed\",\"code\":\"E_DRM\",\"detail\":\"cenc\"}", &line), 0);
    cr_assert_eq(line.failure, FAILURE_DRM);
    cr_assert_str_eq(line.detail, "cenc");

    cr_assert_eq(parse("{\"event\":\"done\"}", &line), 0);
    cr_assert_eq(line.event, TRANSCODE_DONE);
}

Test(transcode_line, a_taken_over_program_cannot_send_nonsense)
{
    static const char *const WRONG[] = {
        "",
        "progress",
        "[]",
        "{\"event\":\"progress\",\"permille\":1001,\"speed_permille\":0}",
        "{\"event\":\"planned\",\"n_chunks\":0,\"n_sounds\":0,\"duration_us\":1}",
        "{\"event\":\"planned\",\"n_chunks\":1000000,\"n_sounds\":0,\"duration_us\":1}",
        "{\"event\":\"planned\",\"n_chunks\":1,\"n_sounds\":1,\"duration_us\":0}",
        "{\"event\":\"part\",\"kind\":\"../x\",\"number\":1}",
        "{\"event\":\"part\",\"kind\":\"chunk\",\"number\":-1}",
        "{\"event\":\"exec\",\"command\":\"sh\"}",
        "{\"event\":\"done\"}{\"event\":\"done\"}",
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct transcode_line line;
        cr_assert_eq(parse(WRONG[i], &line), ERR_INVALID, "\"%s\"", WRONG[i]);
    }
}

Test(transcode_line, an_unknown_code_is_an_internal_failure)
{
    struct transcode_line line;

    cr_assert_eq(parse("{\"event\":\"failed\",\"code\":\"E_NEW\"}", &line), 0);
    cr_assert_eq(line.failure, FAILURE_INTERNAL);
    cr_assert_str_eq(line.detail, "");
}
