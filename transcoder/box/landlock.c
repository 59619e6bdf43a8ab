// SPDX-License-Identifier: GPL-3.0-or-later
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transcoder/box/box.h"
#include "transcoder/box/sanitizer.h"

/* As the kernel has it today: headers may be older than the kernel, which takes a shorter form from
 * an older program, and a longer one whose end is zero. */
struct ruleset {
    uint64_t files;
    uint64_t network; /* since version 4 */
    uint64_t scope;   /* since version 6 */
};

/* Rights that each version of the interface knows; a kernel refuses those it does not. */
static struct ruleset known_rights(long version)
{
    enum { FILES_1 = 13, FILES_2 = 14, FILES_3 = 15, FILES_5 = 16 };
    const int n = version >= 5   ? FILES_5
                  : version >= 3 ? FILES_3
                  : version == 2 ? FILES_2
                                 : FILES_1;
    const uint64_t bind_and_connect = 3;
    const uint64_t named_sockets_and_signals = 3;

    return (struct ruleset){
        .files = (UINT64_C(1) << n) - 1,
        .network = version >= 4 ? bind_and_connect : 0,
        .scope = version >= 6 ? named_sockets_and_signals : 0,
    };
}

void box_forbid_paths(void)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 1 || box_is_sanitized()) /* reports are written to files */
        return;
    const struct ruleset rights = known_rights(version);
    const long ruleset = syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    if (ruleset < 0)
        return;
    (void)syscall(SYS_landlock_restrict_self, ruleset, 0); /* no rule: nothing is allowed */
    (void)close((int)ruleset);
}
