// SPDX-License-Identifier: GPL-3.0-or-later
/* Landlock alone, without the filter behind it: each layer has to hold by itself. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/transcoder/box/attempt.h"
#include "transcoder/box/sanitizer.h"

enum { WITH_FILES = 1, WITH_NETWORK = 4, WITH_SCOPE = 6 };

static long version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static long open_the_secret(const void *arg)
{
    (void)arg;
    return open(attempt_secret, O_RDONLY);
}

static long create_a_file(const void *arg)
{
    (void)arg;
    return open(attempt_fresh, O_WRONLY | O_CREAT, 0600);
}

static long make_a_folder(const void *arg)
{
    (void)arg;
    return mkdir(attempt_fresh, 0700);
}

static long remove_the_secret(const void *arg)
{
    (void)arg;
    return unlink(attempt_secret);
}

static long cut_the_secret_off(const void *arg)
{
    (void)arg;
    return truncate(attempt_secret, 0);
}

static long listen_for_tcp(const void *arg)
{
    const struct sockaddr_in any_port = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    (void)arg;
    return bind(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&any_port,
                sizeof any_port);
}

static long kill_the_bystander(const void *arg)
{
    (void)arg;
    return kill(attempt_bystander, SIGKILL);
}

struct way {
    const char *name;
    long since; /* version of the interface */
    attempt_function function;
    int errnum;
};

static const struct way WAYS[] = {
    {"open a file", WITH_FILES, open_the_secret, EACCES},
    {"create a file", WITH_FILES, create_a_file, EACCES},
    {"make a folder", WITH_FILES, make_a_folder, EACCES},
    {"remove a file", WITH_FILES, remove_the_secret, EACCES},
    {"cut a file off", WITH_FILES + 2, cut_the_secret_off, EACCES},
    {"listen for TCP", WITH_NETWORK, listen_for_tcp, EACCES},
    {"kill a process", WITH_SCOPE, kill_the_bystander, EPERM},
};

static long behind_landlock(const void *arg)
{
    const struct way *way = arg;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return 0; /* an attempt that works fails the test */
    box_forbid_paths();
    return way->function(NULL);
}

Test(landlock, shuts_what_it_knows_of_by_itself)
{
    if (version() < WITH_FILES || box_is_sanitized())
        cr_skip_test("this kernel has no Landlock, or the build wants files");
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        if (version() < WAYS[i].since)
            continue;
        const struct outcome inside = attempt_outside(behind_landlock, &WAYS[i]);
        cr_expect(outcome_is(inside, OUTCOME_FAILED, WAYS[i].errnum), "%s: outcome %d, %d",
                  WAYS[i].name, inside.kind, inside.number);
        const struct outcome outside = attempt_outside(WAYS[i].function, NULL);
        cr_expect(outside.kind == OUTCOME_WORKED, "%s fails outside: %d, %d", WAYS[i].name,
                  outside.kind, outside.number);
    }
}
