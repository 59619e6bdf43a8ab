// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "common/clock.h"
#include "common/err.h"
#include "transcoder/box/box.h"
#include "transcoder/box/sanitizer.h"
#include "transcoder/link.h"
#include "transcoder/source/source.h"
#include "transcoder/stages/stage.h"

/* Enough for any honest task, little enough for the machine. */
#define MEMORY_BYTES (UINT64_C(2) << 30)

/* Of libav's at once: no picture or packet that we take is near it. */
#define ALLOCATION_BYTES ((size_t)512 << 20)

enum { CPU_S = 4 * 3600 };

static int do_task(const struct task *task, const struct stage_context *context)
{
    switch (task->stage) {
    case STAGE_PROBE:
        return stage_probe(context);
    case STAGE_PLAN:
        return stage_plan(context);
    case STAGE_SOUND:
        return stage_sound(context);
    case STAGE_CHUNK:
        return stage_chunk(context, task->number);
    case STAGE_JOIN:
        return stage_join(context, task->with_playlists);
    case STAGE_CHECK:
        return stage_check(context);
    default:
        return ERR_INVALID;
    }
}

static int enter_box(const struct child_config *config, uint64_t file_bytes, int socket,
                     pid_t parent)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    return box_enter(&(struct box_config){
        .link_fd = socket,
        .source_fd = config->source_fd,
        .memory_bytes = MEMORY_BYTES,
        .file_bytes = file_bytes,
        .cpu_s = CPU_S,
        .parent_pid = parent,
        .is_unsafe = config->is_unsafe,
    });
}

/* The child's whole life. */
static int live(const struct task *task, const struct child_config *config,
                const struct output_budget *budget, int socket, pid_t parent)
{
    struct fault fault = {0};

    av_log_set_callback(source_on_log);
    av_max_alloc(ALLOCATION_BYTES);
    int err = enter_box(config, budget->file_bytes, socket, parent);
    if (err && err != ERR_UNAVAILABLE)
        return 1; /* the link may not be where it should */
    struct link link = link_over(BOX_LINK_FD);
    const struct stage_context context = {
        .link = &link,
        .fault = &fault,
        .source_fd = config->source_fd < 0 ? -1 : BOX_SOURCE_FD,
        .source_bytes = config->source_bytes,
        .with_v1800 = config->with_v1800,
        .with_av1 = config->with_av1,
        .without_sound = config->without_sound,
    };
    if (err)
        err = fault_set(&fault, FAILURE_SANDBOX, err,
                        "seccomp is not to be had; --unsafe-no-sandbox goes on without");
    else
        err = do_task(task, &context);
    if (!err) {
        link_done(&link);
        return 0;
    }
    fault_complete(&fault, err);
    link_failed(&link, fault.failure, fault.detail);
    return 1;
}

int child_start(struct child *child, const struct task *task, const struct child_config *config)
{
    int sockets[2];
    const pid_t parent = getpid();
    const struct output_budget budget =
        output_budget_of(task->stage, task->stage == STAGE_JOIN && config->dir_fd >= 0
                                          ? broker_folder_bytes(config->dir_fd)
                                          : 0);

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return ERR_IO;
    const pid_t pid = fork();
    if (pid == 0) {
        const int status = live(task, config, &budget, sockets[1], parent);
        if (box_is_sanitized())
            exit(status); /* leaks are looked for on the way out */
        _exit(status);
    }
    (void)close(sockets[1]);
    if (pid < 0 || fcntl(sockets[0], F_SETFL, O_NONBLOCK) < 0) {
        (void)close(sockets[0]);
        return pid < 0 ? ERR_NO_MEMORY : ERR_IO;
    }
    *child = (struct child){
        .pid = pid,
        .socket = sockets[0],
        .task = *task,
        .broker = {.dir_fd = config->dir_fd, .budget = budget},
        .watchdog = {.looked_ms = clock_monotonic_ms()},
    };
    return 0;
}

int child_end(struct child *child)
{
    int status = 0;

    if (!(box_is_sanitized() && (child->is_done || child->fault.failure != FAILURE_NONE)))
        (void)kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    (void)close(child->socket);
    broker_abandon(&child->broker);
    child->pid = 0;
    if (box_is_sanitized() && child->is_done && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        child->is_done = false; /* a report on the way out */
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
