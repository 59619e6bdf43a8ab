// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/own_user.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

enum { NOBODY = 65534 };

static char dir[] = "/tmp/banmai-user-XXXXXX";
static struct buf message;

static void start(void)
{
    message = buf_with_limit(1000);
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chmod(dir, 0755), 0);
}

static void stop(void)
{
    buf_clear(&message);
    (void)file_remove_tree(AT_FDCWD, dir);
}

TestSuite(own_user, .init = start, .fini = stop);

/* Of a child process: who became whom is not undone. */
static int status_of(int (*fn)(void))
{
    int status = 0;

    const pid_t pid = fork();
    if (pid == 0)
        _exit(fn());
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static int become(const char *name, const char *folder)
{
    struct own_user user;
    const int err = own_user_find(name, folder, &user, &message);

    return err ? err : own_user_become(&user, folder, &message);
}

static bool has_capabilities(void)
{
    char line[256];
    bool has = false;
    FILE *file = fopen("/proc/self/status", "r");

    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "CapPrm:", 7) == 0 || strncmp(line, "CapEff:", 7) == 0)
            has |= strtoull(line + 7, NULL, 16) != 0;
    }
    if (file)
        (void)fclose(file);
    return !file || has;
}

static int becomes_the_owner(void)
{
    int death_signal = 0;

    if (chown(dir, NOBODY, NOBODY) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || become("", dir))
        return 1;
    if (prctl(PR_GET_PDEATHSIG, &death_signal) < 0 || death_signal != SIGTERM)
        return 4;
    if (getuid() != NOBODY || geteuid() != NOBODY || getegid() != NOBODY || has_capabilities())
        return 2;
    return setuid(0) == 0 ? 3 : 0;
}

Test(own_user, root_becomes_the_owner_of_the_folder_for_good)
{
    if (geteuid() == 0)
        cr_assert_eq(status_of(becomes_the_owner), 0);
}

static int becomes_the_named(void)
{
    char folder[64];
    struct stat st;

    (void)snprintf(folder, sizeof folder, "%s/new", dir);
    if (become("nobody", folder) || geteuid() != NOBODY || stat(folder, &st) < 0)
        return 1;
    return st.st_uid == NOBODY ? 0 : 2;
}

Test(own_user, root_becomes_the_user_that_is_named_and_gives_it_a_new_folder)
{
    if (geteuid() == 0)
        cr_assert_eq(status_of(becomes_the_named), 0);
}

static int is_told(void)
{
    return become("nobody", dir) == ERR_DENIED && strstr(message.data, "chown -R nobody") ? 0 : 1;
}

Test(own_user, a_folder_that_the_user_cannot_write_is_refused_with_what_to_do)
{
    if (geteuid() == 0)
        cr_assert_eq(status_of(is_told), 0);
}

Test(own_user, an_unknown_user_is_refused_and_roots_own_folder_changes_nothing)
{
    if (geteuid() == 0) {
        cr_assert_eq(become("no-such-user", dir), ERR_NOT_FOUND);
        cr_assert_not_null(strstr(message.data, "adduser --system"));
    }
    cr_assert_eq(become("", "/"), 0);
    cr_assert_eq(become("", "/no/such/folder"), 0);
}

static int stays(void)
{
    if (setuid(NOBODY) < 0)
        return 1;
    return become("no-such-user", dir) == 0 && geteuid() == NOBODY ? 0 : 2;
}

Test(own_user, who_is_not_root_stays)
{
    if (geteuid() == 0)
        cr_assert_eq(status_of(stays), 0);
}
