// SPDX-License-Identifier: GPL-3.0-or-later
/* process_reading.h - what this process takes of the machine. Reads /proc: not on a loop. */
#ifndef SERVER_LOAD_PROCESS_READING_H
#define SERVER_LOAD_PROCESS_READING_H

#include <stdint.h>

struct process_reading {
    double cpu_s;
    int64_t resident_bytes; /* -1 unknown, as below */
    int64_t open_fds;
    int64_t max_fds;
};

void process_reading_take(struct process_reading *ret_reading);

#endif
