// SPDX-License-Identifier: GPL-3.0-or-later
/* faulty_vfs.h - a disk for SQLite whose Nth write, sync or truncation fails. */
#ifndef TESTS_UNIT_STORAGE_FAULTY_VFS_H
#define TESTS_UNIT_STORAGE_FAULTY_VFS_H

#include <stdbool.h>

/* Becomes SQLite's default for databases that are opened from now on; without faults at first. */
void faulty_vfs_register(void);

enum { FAULTY_VFS_KILL = -1 }; /* for a code: the process is killed instead (SIGKILL) */

/* The nth operation (from 1) fails with this code (SQLITE_IOERR_FSYNC, SQLITE_FULL, …), and with
 * is_sticky all after it. */
void faulty_vfs_arm(int nth, int code, bool is_sticky);

/* No more faults. Returns whether one happened. */
bool faulty_vfs_disarm(void);

#endif
