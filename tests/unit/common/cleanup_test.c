// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/cleanup.h"

#include <criterion/criterion.h>
#include <fcntl.h>

static int n_released;

static void release(const char *thing)
{
    n_released += thing != NULL;
}

DEFINE_CLEANUP(release, const char *)

Test(cleanup, an_owner_releases_at_the_end_of_its_scope)
{
    {
        CLEANUP(release) const char *thing = "thing";
        (void)thing;
        cr_assert_eq(n_released, 0);
    }
    cr_assert_eq(n_released, 1);
}

Test(cleanup, what_was_handed_over_is_not_released)
{
    const char *taken = NULL;

    {
        CLEANUP(release) const char *thing = "thing";
        taken = thing;
        thing = NULL;
    }
    cr_assert_not_null(taken);
    cr_assert_eq(n_released, 0);
}

Test(cleanup, descriptors_are_closed_unless_handed_over)
{
    int kept;
    int closed;

    {
        CLEANUP(close_fd) int a = open("/dev/null", O_RDONLY);
        CLEANUP(close_fd) const int b = open("/dev/null", O_RDONLY);
        CLEANUP(free_ptr) char *text = strdup("freed, or LeakSanitizer says so");
        cr_assert(a >= 0 && b >= 0 && text);
        kept = a;
        closed = b;
        a = -1;
    }
    cr_assert_neq(fcntl(kept, F_GETFD), -1);
    cr_assert_eq(fcntl(closed, F_GETFD), -1);
    close(kept);
}
