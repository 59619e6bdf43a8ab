// SPDX-License-Identifier: GPL-3.0-or-later
/* cleanup.h - local owners that release what they own when their scope ends.
 *
 *     CLEANUP(free_ptr) char *name = NULL;
 *
 * Handing ownership over means setting the local to NULL (or -1 for a descriptor). */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function##_cleanup)))

/* Defines what CLEANUP(function) calls, for a destructor that takes a pointer (NULL allowed). */
#define DEFINE_CLEANUP(function, type) /* NOLINTNEXTLINE(bugprone-macro-parentheses): a type */ \
    static inline void function##_cleanup(type *owned)                                          \
    {                                                                                           \
        function(*owned);                                                                       \
    }

static inline void free_ptr_cleanup(void *owned)
{
    free(*(void **)owned);
}

static inline void close_fd_cleanup(const int *owned)
{
    if (*owned >= 0)
        (void)close(*owned);
}

#endif
