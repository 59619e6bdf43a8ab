// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/report.h"

#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/package/task_event.h"

static const char *const STAGES[N_STAGES] = {"probe", "plan", "sound", "chunk", "join", "check"};
static const char *const PART_KINDS[N_PART_KINDS] = {"sound", "chunk"};

/* A reader that went away takes nothing from the work: the result is in the folder. */
static void write_event(const struct task_event *event)
{
    struct buf line = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);

    task_event_write(event, &line);
    buf_append_char(&line, '\n');
    if (!line.err)
        (void)file_write_all(STDOUT_FILENO, line.data, line.length);
    buf_clear(&line);
}

void report_progress(enum stage stage, int64_t permille, int64_t speed_permille)
{
    struct task_event event = {.kind = TASK_EVENT_PROGRESS,
                               .permille = permille,
                               .speed_permille = speed_permille};

    (void)snprintf(event.stage, sizeof event.stage, "%s", STAGES[stage]);
    write_event(&event);
}

void report_planned(int64_t n_chunks, int64_t n_sounds, int64_t duration_us)
{
    write_event(&(struct task_event){.kind = TASK_EVENT_PLANNED,
                                     .n_chunks = n_chunks,
                                     .n_sounds = n_sounds,
                                     .duration_us = duration_us});
}

void report_part(enum part_kind kind, int64_t number)
{
    struct task_event event = {.kind = TASK_EVENT_PART, .number = number};

    (void)snprintf(event.part_kind, sizeof event.part_kind, "%s", PART_KINDS[kind]);
    write_event(&event);
}

void report_warning(const struct warning *warning)
{
    write_event(&(struct task_event){.kind = TASK_EVENT_WARNING, .warning = *warning});
}

void report_done(void)
{
    write_event(&(struct task_event){.kind = TASK_EVENT_DONE});
}

/* For people at a terminal. */
static void print_failure(enum failure failure, const char *detail)
{
    struct buf text = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);

    failure_say_en(failure, detail, &text);
    (void)fprintf(stderr, "%s: %s. %.*s\n", failure_code(failure),
                  detail[0] ? detail : "no details", SLICE_ARGS(buf_slice(&text)));
    buf_clear(&text);
}

void report_failed(enum failure failure, const char *detail, int signal_number)
{
    struct task_event event = {.kind = TASK_EVENT_FAILED,
                               .failure = failure,
                               .signal = signal_number};

    (void)snprintf(event.detail, sizeof event.detail, "%s", detail);
    write_event(&event);
    print_failure(failure, detail);
}

void report_output(struct slice bytes)
{
    (void)file_write_all(STDOUT_FILENO, bytes.data, bytes.length);
}
