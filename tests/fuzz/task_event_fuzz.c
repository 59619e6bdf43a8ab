// SPDX-License-Identifier: GPL-3.0-or-later
/* Lines of a program that a hostile file has taken over. */
#include "common/err.h"
#include "common/package/task_event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf line = buf_with_limit(TASK_EVENT_LINE_MAX_BYTES);
    struct task_event event, again;

    if (task_event_parse(fuzz_slice(data, size), &event))
        return 0;
    MUST(event.kind >= 0 && event.kind < N_TASK_EVENTS && event.failure < N_FAILURES);
    MUST(event.permille >= 0 && event.permille <= 1000 && event.duration_us >= 0);
    task_event_write(&event, &line);
    MUST(line.err == 0 && task_event_parse(buf_slice(&line), &again) == 0);
    MUST(again.kind == event.kind && again.failure == event.failure &&
         again.number == event.number && again.is_crash == event.is_crash);
    buf_clear(&line);
    return 0;
}
