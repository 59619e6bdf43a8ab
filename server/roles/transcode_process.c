// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/transcode_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/watchdog.h"
#include "server/roles/child.h"

enum {
    EXIT_WAIT_MS = 10000, /* from the last output to the end: memory and files are given back */
    READ_BYTES = 4096,
};

struct run {
    const struct transcode_listener *listener;
    pid_t pid;
    int output_fd;
    struct buf pending; /* the start of a line whose end has not come */
    bool has_failed_line;
    bool has_done_line;
    struct task_event failed;
    struct watchdog lines; /* since the last one */
    int64_t next_tick_ms;  /* monotonic */
};

static int start(const struct transcode_command *command, struct run *run)
{
    char number[24];
    const char *argv[9] = {command->program};
    size_t n = 1;
    int pipe_fds[2];

    if (!command->is_sandboxed)
        argv[n++] = "--unsafe-no-sandbox";
    if (command->without_sound)
        argv[n++] = "--without-sound";
    argv[n++] = command->step;
    if (command->source)
        argv[n++] = command->source;
    argv[n++] = command->folder;
    if (strcmp(command->step, "chunk") == 0) {
        (void)snprintf(number, sizeof number, "%" PRId64, command->number);
        argv[n++] = number;
    }
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return err_from_errno(errno);
    const struct child_spec spec = {.argv = argv,
                                    .stdin_fd = -1,
                                    .stdout_fd = pipe_fds[1],
                                    .kept_fd = -1,
                                    .is_quiet = true, /* its events say all in our form */
                                    .death_signal = SIGKILL};
    const int err = child_start(&spec, &run->pid);
    (void)close(pipe_fds[1]);
    if (err)
        (void)close(pipe_fds[0]);
    else
        run->output_fd = pipe_fds[0];
    return err;
}

static void take_line(struct run *run, struct slice text)
{
    struct task_event event;

    if (task_event_parse(text, &event))
        return; /* not of our form: the program's end decides */
    watchdog_feed(&run->lines, clock_monotonic_ms());
    if (event.kind == TASK_EVENT_FAILED) {
        run->has_failed_line = true;
        run->failed = event;
    } else if (event.kind == TASK_EVENT_DONE) {
        run->has_done_line = true;
    } else if (event.kind != TASK_EVENT_STARTED && event.kind != TASK_EVENT_RELEASED) {
        run->listener->on_line(run->listener->arg, text, &event);
    }
}

/* Line by line, so that one of any length costs no other. */
static void take_output(struct run *run, struct slice bytes)
{
    while (bytes.length > 0) {
        struct slice rest = bytes;
        buf_append_slice(&run->pending, slice_split(&rest, '\n'));
        if (!rest.data)
            return;            /* the line goes on */
        if (!run->pending.err) /* else it is longer than any that we would understand */
            take_line(run, buf_slice(&run->pending));
        buf_reset(&run->pending);
        bytes = rest;
    }
}

/* Waits for output until the next tick. Returns false when there will be no more. */
static bool listen_once(struct run *run)
{
    struct pollfd poll_fd = {.fd = run->output_fd, .events = POLLIN};
    const int64_t wait_ms = run->next_tick_ms - clock_monotonic_ms();
    char bytes[READ_BYTES];

    if (poll(&poll_fd, 1, wait_ms > 0 ? (int)wait_ms : 0) <= 0)
        return true;
    const ssize_t n = read(run->output_fd, bytes, sizeof bytes);
    if (n < 0)
        return errno == EINTR;
    take_output(run, slice_of(bytes, (size_t)n));
    return n > 0;
}

static void set_failure(struct transcode_result *result, enum failure failure, const char *detail)
{
    result->end = TRANSCODE_ENDED_BADLY;
    result->event = (struct task_event){.kind = TASK_EVENT_FAILED, .failure = failure};
    (void)snprintf(result->event.detail, sizeof result->event.detail, "%s", detail);
}

/* A signal that no program's own fault raises: somebody, or the kernel short of memory. */
static bool is_from_outside(int signal_number)
{
    return signal_number == SIGKILL || signal_number == SIGTERM || signal_number == SIGINT ||
           signal_number == SIGHUP;
}

/* What the wait status means when nobody stopped the program. */
static void judge_end(const struct run *run, int status, struct transcode_result *result)
{
    char detail[64];

    if (WIFSIGNALED(status)) {
        (void)snprintf(detail, sizeof detail, "died of signal %d (%s)", WTERMSIG(status),
                       sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
        if (is_from_outside(WTERMSIG(status))) {
            set_failure(result, FAILURE_WORKER_LOST, detail);
            return;
        }
        set_failure(result, FAILURE_INTERNAL, detail);
        result->event.is_crash = true;
    } else if (run->has_failed_line) {
        result->end = TRANSCODE_ENDED_BADLY;
        result->event = run->failed;
        result->event.is_crash = run->failed.failure == FAILURE_SOURCE_CRASHES; /* in the box */
    } else if (WEXITSTATUS(status) == 0 && run->has_done_line) {
        result->end = TRANSCODE_ENDED_WELL;
        result->event = (struct task_event){.kind = TASK_EVENT_DONE};
    } else {
        (void)snprintf(detail, sizeof detail, "exit status %d without a word", WEXITSTATUS(status));
        set_failure(result, FAILURE_INTERNAL, detail);
    }
}

/* Listens until the output ends, or the program is to be stopped. */
static void listen_to_end(struct run *run, struct transcode_result *result)
{
    while (listen_once(run)) {
        const int64_t now_ms = clock_monotonic_ms();
        if (now_ms < run->next_tick_ms)
            continue;
        run->next_tick_ms = now_ms + TRANSCODE_TICK_MS;
        if (!run->listener->on_tick(run->listener->arg)) {
            result->end = TRANSCODE_STOPPED;
            return;
        }
        if (watchdog_look(&run->lines, now_ms) > TRANSCODE_SILENCE_MS) {
            set_failure(result, FAILURE_TIMEOUT, "no word for two minutes");
            return;
        }
    }
}

void transcode_run(const struct transcode_command *command,
                   const struct transcode_listener *listener, struct transcode_result *ret_result)
{
    struct run run = {.listener = listener, .pending = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES)};
    struct transcode_result result = {0};

    const int64_t now_ms = clock_monotonic_ms();
    watchdog_feed(&run.lines, now_ms);
    run.next_tick_ms = now_ms + TRANSCODE_TICK_MS;
    const int err = start(command, &run);
    if (err) {
        set_failure(&result, FAILURE_INTERNAL, "cannot start the transcoder");
        *ret_result = result;
        return;
    }
    listen_to_end(&run, &result);
    const bool was_stopped = result.end != TRANSCODE_ENDED_WELL;
    const int status = child_stop(run.pid, was_stopped ? SIGKILL : 0, EXIT_WAIT_MS);
    if (!was_stopped)
        judge_end(&run, status, &result);
    (void)close(run.output_fd);
    buf_clear(&run.pending);
    *ret_result = result;
}
