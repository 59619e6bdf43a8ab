// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cli.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"

/* Parses a command line whose words are separated by single spaces. The words live until the next
 * call. */
static const char *wrong;

static int parse(struct command *command, const char *line)
{
    static char text[256];
    static char *argv[16];
    int argc = 0;

    snprintf(text, sizeof text, "banmai-transcode %s", line);
    for (char *at = text; at; at = strchr(at, ' ')) {
        if (*at == ' ')
            *at++ = '\0';
        if (*at)
            argv[argc++] = at;
    }
    argv[argc] = NULL;
    return cli_parse(argc, argv, command, &wrong);
}

Test(cli, run_takes_a_source_a_folder_and_jobs_in_any_order)
{
    struct command c;

    cr_assert_eq(parse(&c, "run a.mp4 out -j 2"), 0);
    cr_assert_eq(c.kind, COMMAND_RUN);
    cr_assert_str_eq(c.source, "a.mp4");
    cr_assert_str_eq(c.dir, "out");
    cr_assert_eq(c.n_jobs, 2);
    cr_assert_not(c.is_unsafe);
    cr_assert_not(c.with_v1800);
    cr_assert_eq(parse(&c, "-j3 run a.mp4 --unsafe-no-sandbox out"), 0);
    cr_assert_eq(c.n_jobs, 3);
    cr_assert(c.is_unsafe);
    cr_assert_eq(parse(&c, "plan --v1800 a.mp4 out"), 0);
    cr_assert(c.with_v1800);
    cr_assert_not(c.without_sound);
    cr_assert_eq(parse(&c, "run --without-sound a.mp4 out"), 0);
    cr_assert(c.without_sound);
    cr_assert_eq(c.codec, VIDEO_H264);
    cr_assert_eq(parse(&c, "run --codec av1 a.mp4 out"), 0);
    cr_assert_eq(c.codec, VIDEO_AV1);
    cr_assert_str_eq(c.source, "a.mp4");
    cr_assert_eq(parse(&c, "run --codec=av1 a.mp4 out"), 0);
    cr_assert_eq(c.codec, VIDEO_AV1);
}

Test(cli, a_value_that_a_switch_does_not_take_is_told)
{
    struct command c;

    cr_assert_eq(parse(&c, "run --v1800=no a out"), ERR_INVALID);
    cr_assert_str_eq(wrong, "--v1800=no");
    cr_assert_eq(parse(&c, "run a out --codec=vp9"), ERR_INVALID);
    cr_assert_str_eq(wrong, "--codec=vp9");
    cr_assert_eq(parse(&c, "run --v1800 no a out"), ERR_INVALID);
    cr_assert_null(wrong, "one word too many");
    cr_assert(strstr(cli_usage(), "take no value"));
}

Test(cli, names_that_begin_with_a_dash_follow_two_dashes)
{
    struct command c;

    cr_assert_eq(parse(&c, "probe -- -j"), 0);
    cr_assert_str_eq(c.source, "-j");
    cr_assert_eq(parse(&c, "probe -x"), ERR_INVALID);
}

Test(cli, a_chunk_has_a_number_and_a_join_no_source)
{
    struct command c;

    cr_assert_eq(parse(&c, "chunk a d 17"), 0);
    cr_assert_eq(c.number, 17);
    cr_assert_eq(parse(&c, "join d"), 0);
    cr_assert_null(c.source);
    cr_assert_str_eq(c.dir, "d");
}

Test(cli, what_makes_no_sense_is_refused)
{
    struct command c;

    cr_assert_eq(parse(&c, ""), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b c"), ERR_INVALID);
    cr_assert_eq(parse(&c, "chunk a d -1"), ERR_INVALID);
    cr_assert_eq(parse(&c, "chunk a d 9216"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b --codec"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b --codec vp9"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b -j"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b -j 0"), ERR_INVALID);
    cr_assert_eq(parse(&c, "run a b -j 65"), ERR_INVALID);
    cr_assert_eq(parse(&c, "frobnicate"), ERR_INVALID);
}
