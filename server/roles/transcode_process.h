// SPDX-License-Identifier: GPL-3.0-or-later
/* transcode_process.h - one run of banmai-transcode: started, listened to, and stopped when it must
 * be. Blocking; each run belongs to one thread that lives at least as long. */
#ifndef SERVER_ROLES_TRANSCODE_PROCESS_H
#define SERVER_ROLES_TRANSCODE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/package/task_event.h"
#include "common/slice.h"

enum {
    TRANSCODE_SILENCE_MS =
        120000, /* without a line while it is listened to: it hangs, and is killed */
    TRANSCODE_TICK_MS = 100,
};

struct transcode_command {
    const char *program;
    const char *step;   /* "plan", "sound", "chunk", "join" */
    const char *source; /* absolute; NULL for join */
    const char *folder; /* absolute */
    int64_t number;     /* of the chunk */
    bool is_sandboxed;
    bool without_sound; /* plan: leave the sound of a picture out */
};

struct transcode_listener {
    /* A line of the program's, other than "done" and "failed": as it is, and what it says. */
    void (*on_line)(void *arg, struct slice line, const struct task_event *event);

    /* Called about every TRANSCODE_TICK_MS. false: stop the program, nobody wants its result. */
    bool (*on_tick)(void *arg);

    void *arg;
};

enum transcode_end {
    TRANSCODE_ENDED_WELL,
    TRANSCODE_ENDED_BADLY,
    TRANSCODE_STOPPED, /* on_tick wanted it */
};

struct transcode_result {
    enum transcode_end end;
    struct task_event
        event; /* ENDED_WELL: DONE; ENDED_BADLY: FAILED. is_crash: the source did it */
};

/* Runs the program to its end. */
void transcode_run(const struct transcode_command *command,
                   const struct transcode_listener *listener, struct transcode_result *ret_result);

#endif
