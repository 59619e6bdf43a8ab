// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/process_reading.h"

#include <criterion/criterion.h>
#include <unistd.h>

Test(process_reading, a_new_descriptor_is_seen)
{
    struct process_reading before, after;

    process_reading_take(&before);
    const int fd = dup(STDERR_FILENO);
    process_reading_take(&after);
    (void)close(fd);
    cr_assert_eq(after.open_fds, before.open_fds + 1);
    cr_assert_gt(after.resident_bytes, 100000);
    cr_assert_gt(after.max_fds, after.open_fds);
    cr_assert_geq(after.cpu_s, before.cpu_s);
}
