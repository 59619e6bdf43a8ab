// SPDX-License-Identifier: GPL-3.0-or-later
/* faulty_memory.h - memory for SQLite whose Nth allocation fails. */
#ifndef TESTS_UNIT_STORAGE_FAULTY_MEMORY_H
#define TESTS_UNIT_STORAGE_FAULTY_MEMORY_H

#include <stdbool.h>

/* Before SQLite is used for the first time in this process. */
void faulty_memory_install(void);

/* Allocation number n (from 1), and with is_sticky every later one, fails. */
void faulty_memory_arm(int nth, bool is_sticky);

/* No more faults. Returns whether one happened. */
bool faulty_memory_disarm(void);

#endif
