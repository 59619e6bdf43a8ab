// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/transcode_process.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"

static char dir[] = "/tmp/banmai-process-XXXXXX";
static char program[128];
static int n_lines;
static int n_ticks;
static int max_ticks = 1000;

static void start(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(program, sizeof program, "%s/transcode", dir);
}

static void stop(void)
{
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(transcode_process, .init = start, .fini = stop);

static void on_line(void *arg, struct slice line, const struct task_event *event)
{
    (void)arg;
    (void)line;
    (void)event;
    n_lines++;
}

static bool on_tick(void *arg)
{
    (void)arg;
    return ++n_ticks < max_ticks;
}

/* Runs a shell script in the transcoder's place. */
static struct transcode_result run(const char *script)
{
    const struct transcode_listener listener = {on_line, on_tick, NULL};
    const struct transcode_command command = {
        .program = program, .step = "chunk", .source = "/s", .folder = "/f", .number = 7};
    struct transcode_result result;
    char text[1000];

    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    cr_assert_eq(file_replace(AT_FDCWD, program, text, strlen(text), 0755), 0);
    transcode_run(&command, &listener, &result);
    return result;
}

Test(transcode_process, done_and_status_0_together_are_success)
{
    struct transcode_result result =
        run("test \"$*\" = '--unsafe-no-sandbox chunk /s /f 7' || exit 9\n"
            "echo '{\"event\":\"part\",\"kind\":\"chunk\",\"number\":7}'\n"
            "echo '{\"event\":\"done\"}'");

    cr_assert_eq(result.end, TRANSCODE_ENDED_WELL, "%s", result.event.detail);
    cr_assert_eq(n_lines, 1);
    cr_assert_eq(run("exit 0").end, TRANSCODE_ENDED_BADLY, "status 0 without a word");
    result = run("echo '{\"event\":\"done\"}'; exit 1");
    cr_assert_eq(result.end, TRANSCODE_ENDED_BADLY);
    cr_assert_eq(result.event.failure, FAILURE_INTERNAL);
}

Test(transcode_process, a_plan_without_sound_is_ordered_as_one)
{
    const struct transcode_listener listener = {on_line, on_tick, NULL};
    const struct transcode_command command = {.program = program,
                                              .step = "plan",
                                              .source = "/s",
                                              .folder = "/f",
                                              .is_sandboxed = true,
                                              .without_sound = true};
    static const char SCRIPT[] = "#!/bin/sh\ntest \"$*\" = '--without-sound plan /s /f' || exit 9\n"
                                 "echo '{\"event\":\"done\"}'\n";
    struct transcode_result result;

    cr_assert_eq(file_replace(AT_FDCWD, program, SCRIPT, strlen(SCRIPT), 0755), 0);
    transcode_run(&command, &listener, &result);
    cr_assert_eq(result.end, TRANSCODE_ENDED_WELL, "%s", result.event.detail);
}

Test(transcode_process, a_failure_is_told_with_its_code)
{
    const struct transcode_result result =
        run("echo '{\"event\":\"failed\",\"code\":\"E_DRM\",\"detail\":\"cenc\"}'; exit 1");

    cr_assert_eq(result.end, TRANSCODE_ENDED_BADLY);
    cr_assert_eq(result.event.failure, FAILURE_DRM);
    cr_assert_str_eq(result.event.detail, "cenc");
    cr_assert_not(result.event.is_crash);
}

/* A crash in the box was once taken for a failure like others, which are final: the first one ended
 * the job, and said that it had been more than one. */
Test(transcode_process, a_decoder_that_died_in_its_box_is_a_crash)
{
    const struct transcode_result result =
        run("echo '{\"event\":\"failed\",\"code\":\"E_SOURCE_CRASHES\",\"detail\":\"signal 11\"}'; "
            "exit 1");

    cr_assert_eq(result.event.failure, FAILURE_SOURCE_CRASHES);
    cr_assert(result.event.is_crash);
}

Test(transcode_process, a_program_that_was_killed_is_no_crash_of_the_source)
{
    const struct transcode_result result = run("kill -KILL $$");

    cr_assert_eq(result.event.failure, FAILURE_WORKER_LOST);
    cr_assert_not(result.event.is_crash);
}

Test(transcode_process, death_by_a_signal_is_a_crash_whatever_was_said)
{
    const struct transcode_result result = run("echo '{\"event\":\"done\"}'; kill -SEGV $$");

    cr_assert_eq(result.end, TRANSCODE_ENDED_BADLY);
    cr_assert(result.event.is_crash);
    cr_assert_str_eq(result.event.detail, "died of signal 11 (SEGV)");
}

Test(transcode_process, lines_may_come_in_pieces_and_nonsense_is_passed_over)
{
    cr_assert_eq(run("printf '{\"event\":\"pro'; sleep 0.1; printf "
                     "'gress\",\"permille\":1,\"speed_permille\":1}\\n'\n"
                     "echo nonsense; head -c 9000 /dev/zero | tr '\\0' x; echo\n"
                     "echo '{\"event\":\"done\"}'")
                     .end,
                 TRANSCODE_ENDED_WELL);
    cr_assert_eq(n_lines, 1);
}

Test(transcode_process, a_long_line_once_took_those_before_it_along)
{
    cr_assert_eq(
        run("printf '{\"event\":\"pro'; sleep 0.3\n"
            "{ echo 'gress\",\"permille\":1,\"speed_permille\":1}'\n"
            "head -c 9000 /dev/zero | tr '\\0' x; echo; echo '{\"event\":\"done\"}'; } >$0.all\n"
            "cat $0.all; rm $0.all")
            .end,
        TRANSCODE_ENDED_WELL);
    cr_assert_eq(n_lines, 1);
}

Test(transcode_process, a_program_that_nobody_wants_is_killed)
{
    const int64_t before_ms = clock_monotonic_ms();

    max_ticks = 1;
    cr_assert_eq(run("sleep 60").end, TRANSCODE_STOPPED);
    cr_assert_lt(clock_monotonic_ms() - before_ms, 20000);
}
