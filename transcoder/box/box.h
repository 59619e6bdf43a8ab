// SPDX-License-Identifier: GPL-3.0-or-later
/* box.h - the lock that a process puts on itself before it reads a byte of a file of unknown
 * origin.
 *
 * Decoders are large, old and written in C: assume that one of them can be taken over. What is left
 * to the intruder is arithmetic on its own memory, reading the source that it came in, writing
 * files that it was handed, and talking to the coordinator, which believes nothing. Layers,
 * outermost first; each would do alone:
 *
 *   1. no descriptors but those named below, no environment, no core dump, no way to new rights
 *   2. limits on memory, time, file size
 *   3. its own network, IPC, host name and user namespace, without capabilities (where the kernel
 *      lets us: containers often do not)
 *   4. Landlock: no file can be opened by path, and, where the kernel knows how, nothing outside be
 *      connected to or signalled (where the kernel has it)
 *   5. seccomp: a short list of system calls; any other ends the process. Required.
 *
 * There is no system call left that takes a path and succeeds: files come from the coordinator as
 * open descriptors. */
#ifndef TRANSCODER_BOX_BOX_H
#define TRANSCODER_BOX_BOX_H

#include <stdbool.h>
#include <stdint.h>

/* Where the process finds its descriptors inside. 0, 1 and 2 are /dev/null. */
enum { BOX_LINK_FD = 3, BOX_SOURCE_FD = 4, BOX_FIRST_FREE_FD = 5 };

struct box_config {
    int link_fd;           /* becomes BOX_LINK_FD */
    int source_fd;         /* becomes BOX_SOURCE_FD; -1: there is none */
    uint64_t memory_bytes; /* of address space */
    uint64_t file_bytes;   /* of any file that it writes */
    uint32_t cpu_s;        /* then SIGXCPU ends it */
    int32_t parent_pid;    /* the coordinator's: the box does not outlive it */
    bool is_unsafe;        /* go on without seccomp */
};

/* Locks the calling process, which must have one thread and be a child of the coordinator (it dies
 * with it). There is no way back. Returns 0; ERR_UNAVAILABLE when seccomp cannot be had and
 * is_unsafe is not set; ERR_IO. After a failure the process must exit. */
int box_enter(const struct box_config *config);

/* box/syscalls.c: the filter alone. Returns 0 or ERR_UNAVAILABLE. */
int box_filter_syscalls(void);

/* box/landlock.c: takes away every right to files by path, to TCP, to sockets and processes
 * outside. Needs no_new_privs. Best effort. */
void box_forbid_paths(void);

#endif
