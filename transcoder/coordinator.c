// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/coordinator.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "transcoder/child.h"
#include "transcoder/plan/pass_list.h"
#include "transcoder/report.h"

enum phase { PHASE_PLANNING, PHASE_MAKING, PHASE_JOINING, PHASE_ENDED };

enum {
    SILENCE_MS = 120 * 1000, /* of a task, taken for a hang */
    REPORT_MS = 500,
    MAX_CRASHES = 2,    /* of one task: then it is the source's fault */
    MAX_EVENTS = 20000, /* of one task, progress left out; an honest one has hundreds */
    MAX_PARTS = 10000,
    MESSAGES_AT_ONCE = 64, /* from one child, before the others get their turn */
};

static const char TOO_MUCH_OUTPUT[] = "a task writes more than a task has to write";

struct coordinator {
    const struct coordinator_config *config;
    struct child_config child_config;
    enum phase phase;
    bool is_run; /* else a single task */
    uint32_t n_jobs;
    struct child children[CLI_MAX_JOBS]; /* pid 0: free */
    size_t n_running;
    int signal_fd;
    uint32_t n_chunks, next_chunk; /* tasks of the picture, */
    uint32_t n_passes;             /* which go through all of it so often */
    bool has_sound, sound_was_started, single_was_started;
    int64_t duration_us;
    int64_t finished_us; /* media time of chunks that are done */
    int64_t sound_us;    /* how far the sound is */
    int64_t started_ms;  /* of the phase */
    int64_t reported_ms;
    bool has_errors;    /* in what was checked */
    struct fault fault; /* why it failed, FAILURE_NONE while it goes well */
    int fault_signal;
};

static struct task single_task(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_PROBE:
        return (struct task){.stage = STAGE_PROBE};
    case COMMAND_PLAN:
        return (struct task){.stage = STAGE_PLAN};
    case COMMAND_SOUND:
        return (struct task){.stage = STAGE_SOUND};
    case COMMAND_CHUNK:
        return (struct task){.stage = STAGE_CHUNK, .number = command->number};
    case COMMAND_CHECK:
        return (struct task){.stage = STAGE_CHECK};
    default:
        return (struct task){.stage = STAGE_JOIN};
    }
}

static bool next_single(struct coordinator *c, struct task *ret_task)
{
    if (c->single_was_started)
        return false;
    c->single_was_started = true;
    *ret_task = single_task(c->config->command);
    return true;
}

/* Sound first: one can listen while the picture is made. */
static bool next_part(struct coordinator *c, struct task *ret_task)
{
    if (c->has_sound && !c->sound_was_started) {
        c->sound_was_started = true;
        *ret_task = (struct task){.stage = STAGE_SOUND};
        return true;
    }
    if (c->next_chunk == c->n_chunks)
        return false;
    *ret_task = (struct task){.stage = STAGE_CHUNK, .number = c->next_chunk++};
    return true;
}

/* The next task that can be started now, if there is one. */
static bool next_task(struct coordinator *c, struct task *ret_task)
{
    if (!c->is_run)
        return next_single(c, ret_task);
    if (c->phase == PHASE_MAKING)
        return next_part(c, ret_task);
    if (c->single_was_started)
        return false;
    c->single_was_started = true;
    if (c->phase == PHASE_PLANNING)
        *ret_task = (struct task){.stage = STAGE_PLAN};
    else
        *ret_task = (struct task){.stage = STAGE_JOIN, .with_playlists = true};
    return true;
}

static void enter(struct coordinator *c, enum phase phase)
{
    c->phase = phase;
    c->single_was_started = false;
    c->started_ms = clock_monotonic_ms();
}

/* Everything that was started has ended well: what comes now? */
static void move_on(struct coordinator *c)
{
    if (!c->is_run || c->phase == PHASE_JOINING)
        c->phase = PHASE_ENDED;
    else
        enter(c, c->phase == PHASE_PLANNING ? PHASE_MAKING : PHASE_JOINING);
}

static void task_failed(struct coordinator *c, const struct fault *fault, int signal_number)
{
    if (c->fault.failure == FAILURE_NONE) {
        c->fault = *fault;
        c->fault_signal = signal_number;
    }
    for (size_t i = 0; i < CLI_MAX_JOBS; i++) {
        if (c->children[i].pid)
            (void)child_end(&c->children[i]);
    }
    c->n_running = 0;
    c->phase = PHASE_ENDED;
}

static void fail(struct coordinator *c, enum failure failure, const char *detail)
{
    struct fault fault = {0};

    (void)fault_set(&fault, failure, 0, "%s", detail);
    task_failed(c, &fault, 0);
}

static int64_t in_range(int64_t value, int64_t max)
{
    if (value < 0)
        return 0;
    return value > max ? max : value;
}

/* Progress of a whole run is that of the picture, which takes the time. */
static void report_making(const struct coordinator *c, int64_t elapsed_ms)
{
    int64_t done_us = c->finished_us;

    for (size_t i = 0; i < CLI_MAX_JOBS; i++) {
        if (c->children[i].pid && c->children[i].task.stage == STAGE_CHUNK)
            done_us += c->children[i].done_us;
    }
    if (c->n_chunks == 0)
        done_us = c->sound_us;
    const int64_t total_us = c->duration_us * (c->n_chunks ? c->n_passes : 1);
    report_progress(c->n_chunks ? STAGE_CHUNK : STAGE_SOUND,
                    in_range(done_us / (total_us / 1000 + 1), 1000),
                    elapsed_ms > 0 ? done_us / elapsed_ms : 0);
}

static void on_progress(struct coordinator *c, struct child *child, const struct message *message)
{
    const int64_t now_ms = clock_monotonic_ms();
    const int64_t elapsed_ms = now_ms - c->started_ms;

    child->permille = in_range(message->numbers[0], 1000);
    child->done_us = in_range(message->numbers[1], PLAN_MAX_DURATION_S * INT64_C(1000000));
    if (child->task.stage == STAGE_SOUND)
        c->sound_us = child->done_us;
    if (child->task.stage == STAGE_CHECK || (c->reported_ms && now_ms - c->reported_ms < REPORT_MS))
        return; /* a check prints its findings alone */
    c->reported_ms = now_ms;
    if (c->is_run && c->phase == PHASE_MAKING)
        report_making(c, elapsed_ms);
    else
        report_progress(child->task.stage, child->permille,
                        elapsed_ms > 0 ? child->done_us / elapsed_ms : 0);
}

static void on_planned(struct coordinator *c, const struct child *child,
                       const struct message *message)
{
    if (child->task.stage != STAGE_PLAN)
        return;
    c->n_chunks = (uint32_t)in_range(message->numbers[0], PASS_LIST_MAX_TASKS);
    c->n_passes = (uint32_t)in_range(message->numbers[3], 1 + LADDER_MAX_RUNGS);
    c->has_sound = message->numbers[1] > 0;
    c->duration_us = in_range(message->numbers[2], PLAN_MAX_DURATION_S * INT64_C(2000000));
    report_planned(c->n_chunks, in_range(message->numbers[1], PLAN_MAX_SOUNDS), c->duration_us);
}

static void reply(struct child *child, int code, int fd)
{
    const struct message message = {.kind = MESSAGE_REPLY, .code = code};

    /* A child that does not read its replies has no more than its socket's buffer. */
    (void)message_send(child->socket, &message, fd);
    if (fd >= 0)
        (void)close(fd);
}

static void on_request(struct coordinator *c, struct child *child, const struct message *message)
{
    const struct slice name = slice_of(message->text, message->text_length);
    int fd = -1;
    int err;

    switch (message->kind) {
    case MESSAGE_CREATE:
        err = broker_create(&child->broker, name, &fd);
        break;
    case MESSAGE_OPEN:
        err = broker_open(&child->broker, name, &fd);
        break;
    default:
        err = broker_publish(&child->broker, name);
        break;
    }
    if (err == ERR_TOO_LARGE)
        fail(c, FAILURE_SOURCE_CRASHES, TOO_MUCH_OUTPUT);
    else
        reply(child, err, fd);
}

static void on_failed(struct child *child, const struct message *message)
{
    const bool is_known = message->code > FAILURE_NONE && message->code < N_FAILURES;

    (void)fault_set(&child->fault, is_known ? (enum failure)message->code : FAILURE_INTERNAL, 0,
                    "%.*s", (int)message->text_length, message->text);
}

/* Of a task that may have been taken over: times that are none are of the whole lecture. */
static void on_warning(const struct message *message)
{
    struct warning warning = {.failure = (enum failure)message->code};
    const int64_t from_us = in_range(message->numbers[0], WARNING_MAX_US);
    const int64_t until_us = in_range(message->numbers[1], WARNING_MAX_US);
    char detail[WARNING_DETAIL_SIZE];

    if (message->code <= FAILURE_NONE || message->code >= N_FAILURES)
        return;
    if (until_us >= from_us) {
        warning.from_us = from_us;
        warning.until_us = until_us;
    }
    (void)snprintf(detail, sizeof detail, "%.*s", (int)message->text_length, message->text);
    warning_set_detail(&warning, detail);
    report_warning(&warning);
}

static void on_event(struct coordinator *c, struct child *child, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_PLANNED:
        on_planned(c, child, message);
        break;
    case MESSAGE_PART:
        if (message->code >= 0 && message->code < N_PART_KINDS)
            report_part((enum part_kind)message->code, in_range(message->numbers[0], MAX_PARTS));
        break;
    case MESSAGE_WARNING:
        on_warning(message);
        break;
    case MESSAGE_OUTPUT:
        if (child->task.stage == STAGE_PROBE || child->task.stage == STAGE_CHECK)
            report_output(slice_of(message->text, message->text_length));
        break;
    case MESSAGE_VERDICT:
        c->has_errors = message->numbers[0] > 0;
        break;
    case MESSAGE_FAILED:
        on_failed(child, message);
        break;
    case MESSAGE_DONE:
        child->is_done = true;
        break;
    default:
        break;
    }
}

static void on_message(struct coordinator *c, struct child *child, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_CREATE:
    case MESSAGE_OPEN:
    case MESSAGE_PUBLISH:
        on_request(c, child, message);
        break;
    case MESSAGE_PROGRESS:
        on_progress(c, child, message);
        break;
    default:
        if (++child->n_events > MAX_EVENTS)
            fail(c, FAILURE_SOURCE_CRASHES, "a task says more than a task has to say");
        else
            on_event(c, child, message);
        break;
    }
}

static int start(struct coordinator *c, struct child *child, const struct task *task)
{
    const int err = child_start(child, task, &c->child_config);

    if (err)
        fail(c, FAILURE_INTERNAL, "cannot start a process");
    else
        c->n_running++;
    return err;
}

/* It ended without a word: a decoder crashed, or the kernel's memory ran out. Once more, for it may
 * have been the machine; but not where it would only use up its time again. */
static void on_crash(struct coordinator *c, struct child *child, int signal_number)
{
    const uint32_t n_crashes = child->n_crashes + 1;
    const struct task task = child->task;
    struct fault fault = {0};

    if (c->is_run && n_crashes < MAX_CRASHES && signal_number != SIGXCPU) {
        if (start(c, child, &task) == 0)
            child->n_crashes = n_crashes;
        return;
    }
    if (signal_number == SIGKILL)
        (void)fault_set(&fault, FAILURE_WORKER_LOST, 0, "the task was killed");
    else if (signal_number == SIGXCPU)
        (void)fault_set(&fault, FAILURE_TIMEOUT, 0, "the task used up its processor time");
    else
        (void)fault_set(&fault, FAILURE_SOURCE_CRASHES, 0, "the task died of signal %d (%s)",
                        signal_number, strsignal(signal_number));
    task_failed(c, &fault, signal_number);
}

static void on_end(struct coordinator *c, struct child *child)
{
    const bool has_spoken = child->is_done || child->fault.failure != FAILURE_NONE;
    const int signal_number = child_end(child);

    c->n_running--;
    if (child->is_done) {
        if (child->task.stage == STAGE_CHUNK)
            c->finished_us += child->done_us;
    } else if (has_spoken && child->fault.failure != FAILURE_NONE) {
        task_failed(c, &child->fault, 0);
    } else {
        on_crash(c, child, signal_number);
    }
}

/* Reads what a child says, at most so much that others get their turn. */
static void listen_to(struct coordinator *c, struct child *child)
{
    for (int i = 0; i < MESSAGES_AT_ONCE && child->pid; i++) {
        struct message message;
        const int err = message_receive(child->socket, &message, NULL);
        if (err == ERR_AGAIN)
            return;
        if (err) {
            on_end(c, child);
            return;
        }
        watchdog_feed(&child->watchdog, clock_monotonic_ms());
        on_message(c, child, &message);
    }
}

static void watch(struct coordinator *c)
{
    const int64_t now_ms = clock_monotonic_ms();

    for (size_t i = 0; i < CLI_MAX_JOBS; i++) {
        struct child *child = &c->children[i];
        if (child->pid && child->broker.n_created > 0 && broker_measure(&child->broker)) {
            fail(c, FAILURE_SOURCE_CRASHES, TOO_MUCH_OUTPUT);
            return;
        }
        if (child->pid && watchdog_look(&child->watchdog, now_ms) > SILENCE_MS) {
            fail(c, FAILURE_TIMEOUT, "a task was silent for two minutes");
            return;
        }
    }
}

static void fill_slots(struct coordinator *c)
{
    struct task task;

    for (size_t i = 0; i < c->n_jobs && c->phase != PHASE_ENDED; i++) {
        if (!c->children[i].pid && next_task(c, &task) && start(c, &c->children[i], &task))
            return;
    }
}

/* Waits for a child or a signal; a second at most, for the watch. */
static void wait_once(struct coordinator *c)
{
    enum { TICK_MS = 1000 };
    struct pollfd polls[CLI_MAX_JOBS + 1] = {{.fd = c->signal_fd, .events = POLLIN}};

    for (size_t i = 0; i < CLI_MAX_JOBS; i++)
        polls[i + 1] = (struct pollfd){.fd = c->children[i].pid ? c->children[i].socket : -1,
                                       .events = POLLIN};
    if (poll(polls, CLI_MAX_JOBS + 1, TICK_MS) < 0)
        return; /* EINTR */
    if (polls[0].revents) {
        fail(c, FAILURE_CANCELLED, "told to stop");
        return;
    }
    for (size_t i = 0; i < CLI_MAX_JOBS; i++) {
        if (polls[i + 1].revents && c->children[i].pid)
            listen_to(c, &c->children[i]);
    }
}

static uint32_t processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return 1;
    const int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > CLI_MAX_JOBS ? CLI_MAX_JOBS : (uint32_t)n;
}

static int open_signals(void)
{
    sigset_t stop;

    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)sigaddset(&stop, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* whoever reads our lines may go away */
    return signalfd(-1, &stop, SFD_CLOEXEC);
}

static int finish(const struct coordinator *c)
{
    if (c->fault.failure != FAILURE_NONE) {
        report_failed(c->fault.failure, c->fault.detail, c->fault_signal);
        return 1;
    }
    if (c->is_run || c->config->command->kind == COMMAND_JOIN)
        broker_sweep(c->config->dir_fd);
    if (c->is_run)
        broker_remove_parts(c->config->dir_fd);
    if (c->config->command->kind == COMMAND_CHECK)
        return c->has_errors ? 1 : 0;
    if (c->config->command->kind != COMMAND_PROBE)
        report_done();
    return 0;
}

int coordinator_run(const struct coordinator_config *config)
{
    struct coordinator c = {
        .config = config,
        .child_config = {.source_fd = config->source_fd,
                         .source_bytes = config->source_bytes,
                         .dir_fd = config->dir_fd,
                         .is_unsafe = config->command->is_unsafe,
                         .with_v1800 = config->command->with_v1800,
                         .with_av1 = config->command->codec == VIDEO_AV1,
                         .without_sound = config->command->without_sound},
        .is_run = config->command->kind == COMMAND_RUN,
        .n_jobs = config->command->n_jobs ? config->command->n_jobs : processors(),
        .signal_fd = open_signals(),
        .started_ms = clock_monotonic_ms(),
    };

    c.phase = c.is_run ? PHASE_PLANNING : PHASE_MAKING;
    while (c.phase != PHASE_ENDED) {
        fill_slots(&c);
        if (c.phase == PHASE_ENDED)
            break;
        if (c.n_running == 0) {
            move_on(&c);
            continue;
        }
        wait_once(&c);
        watch(&c);
    }
    (void)close(c.signal_fd);
    return finish(&c);
}
