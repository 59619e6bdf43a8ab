// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/faulty_memory.h"

#include <stddef.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

static struct {
    int left; /* allocations until the fault; 0 when there is none to come */
    bool is_sticky;
    bool has_happened;
} fault;

static sqlite3_mem_methods real;

static bool fails(void)
{
    if (fault.has_happened && fault.is_sticky)
        return true;
    if (fault.left == 0 || --fault.left > 0)
        return false;
    fault.has_happened = true;
    return true;
}

static void *on_malloc(int size)
{
    return fails() ? NULL : real.xMalloc(size);
}

static void *on_realloc(void *memory, int size)
{
    return fails() ? NULL : real.xRealloc(memory, size);
}

void faulty_memory_install(void)
{
    cr_assert_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
    sqlite3_mem_methods faulty = real;
    faulty.xMalloc = on_malloc;
    faulty.xRealloc = on_realloc;
    cr_assert_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty), SQLITE_OK);
    /* Without it small allocations would not come by here. */
    cr_assert_eq(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

void faulty_memory_arm(int nth, bool is_sticky)
{
    fault.left = nth;
    fault.is_sticky = is_sticky;
    fault.has_happened = false;
}

bool faulty_memory_disarm(void)
{
    const bool has_happened = fault.has_happened;

    fault.left = 0;
    fault.is_sticky = false;
    fault.has_happened = false;
    return has_happened;
}
