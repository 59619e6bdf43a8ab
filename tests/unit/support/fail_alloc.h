// SPDX-License-Identifier: GPL-3.0-or-later
/* fail_alloc.h - lets the N-th allocation fail, to see whether the code under test lives with it.
 *
 *     for (size_t n = 0; fail_alloc_again(&n);) {
 *         fail_alloc_start(n);
 *         err = thing_new(&thing);
 *         if (fail_alloc_stop())  // this time one failed
 *             cr_assert_eq(err, ERR_NO_MEMORY);
 *         ...
 *     }
 *
 * A suite asks for it in its CMakeLists.txt by can_fail_alloc(NAME). It counts what our own code
 * and jansson allocate; other libraries are left alone. One thread. */
#ifndef TESTS_UNIT_SUPPORT_FAIL_ALLOC_H
#define TESTS_UNIT_SUPPORT_FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* From now on allocation number n (from 0) fails, and every one after it. */
void fail_alloc_start(size_t n);

/* The same, but only that one fails. */
void fail_alloc_start_once(size_t n);

/* All allocations succeed again. Returns whether one has failed since the start. */
bool fail_alloc_stop(void);

/* Counts *n up from call to call, for as long as the last round saw a failure. */
bool fail_alloc_again(size_t *n);

#endif
