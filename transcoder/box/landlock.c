// SPDX-License-Identifier: GPL-3.0-or-later
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transcoder/box/box.h"
#include "transcoder/box/sanitizer.h"

/* Rights that each version of the interface knows; a kernel refuses those it does not. */
static uint64_t known_rights(long version)
{
    enum { RIGHTS_1 = 13, RIGHTS_2 = 14, RIGHTS_3 = 15, RIGHTS_5 = 16 };
    const int n = version >= 5   ? RIGHTS_5
                  : version >= 3 ? RIGHTS_3
                  : version == 2 ? RIGHTS_2
                                 : RIGHTS_1;

    return (UINT64_C(1) << n) - 1;
}

void box_forbid_paths(void)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 1 || box_is_sanitized()) /* reports are written to files */
        return;
    const struct landlock_ruleset_attr attributes = {.handled_access_fs = known_rights(version)};
    const long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return;
    (void)syscall(SYS_landlock_restrict_self, ruleset, 0); /* no rule: nothing is allowed */
    (void)close((int)ruleset);
}
