// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"

static struct buf message;

static void start(void)
{
    message = buf_with_limit(1000);
    unsetenv("BANMAI_CONFIG");
}

static void stop(void)
{
    buf_clear(&message);
}

TestSuite(config, .init = start, .fini = stop);

/* Loads from a NULL-terminated list of arguments. */
static int load(struct config *config, char **argv, int *n_left)
{
    int argc = 0;

    while (argv[argc])
        argc++;
    return config_load(config, argc, argv, n_left, &message);
}

static void write_ini(char *path, const char *text)
{
    const int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

Test(config, flag_wins_over_variable_and_variable_over_file)
{
    char path[] = "/tmp/banmai-config-XXXXXX";
    char *argv[] = {"--config", path, "--loops=3", NULL};
    struct config config;
    int n_left;

    write_ini(path, "[server]\nloops = 1\nworkers = 1\ndata = /from/file\n");
    setenv("BANMAI_LOOPS", "2", 1);
    setenv("BANMAI_WORKERS", "2", 1);
    cr_assert_eq(load(&config, argv, &n_left), 0, "%s", message.data);
    cr_assert_eq(config.loops, 3);
    cr_assert_eq(config.workers, 2);
    cr_assert_str_eq(config.data, "/from/file");
    cr_assert_eq(n_left, 0);
    unlink(path);
}

Test(config, words_and_foreign_options_stay_in_order)
{
    char *argv[] = {"add", "--data", "/d", "lan", "--role", "learner", "--local-worker", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, argv, &n_left), 0);
    cr_assert_eq(n_left, 4);
    cr_assert_str_eq(argv[0], "add");
    cr_assert_str_eq(argv[1], "lan");
    cr_assert_str_eq(argv[2], "--role");
    cr_assert_str_eq(argv[3], "learner");
    cr_assert_str_eq(config.data, "/d");
    cr_assert(config.local_worker);
}

Test(config, sizes_take_units)
{
    char *argv[] = {"--disk-floor-bytes", "5M", "--max-upload-bytes", "1073741824", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, argv, &n_left), 0);
    cr_assert_eq(config.disk_floor_bytes, 5 * 1024 * 1024);
    cr_assert_eq(config.max_upload_bytes, 1 << 30);
}

Test(config, every_mistake_names_its_place)
{
    static char *wrong[][3] = {{"--loops", "many", NULL},
                               {"--loops", "65", NULL},
                               {"--loops", NULL},
                               {"--log-level", "loud", NULL},
                               {"--tls-cert", "c.pem", NULL},
                               {"--access-log=maybe", NULL},
                               {"--local-worker=maybe", NULL},
                               {"--access-log-every", "0", NULL},
                               {"--data", "", NULL},
                               {"--disk-floor-bytes", "5X", NULL},
                               {"--disk-floor-bytes", "18446744073709551615T", NULL}};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct config config;
        int n_left;
        buf_reset(&message);
        cr_assert_eq(load(&config, wrong[i], &n_left), ERR_INVALID, "row %zu", i);
        cr_assert_gt(message.length, 0, "row %zu has no message", i);
    }
}

Test(config, a_word_behind_a_switch_once_was_called_unknown)
{
    char *stray[] = {"--local-worker", "no", NULL};
    char *meant[] = {"--local-worker=no", "--pacing", "off-the-record.mp4", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, stray, &n_left), ERR_INVALID);
    cr_assert(strstr(message.data, "write --local-worker=no"), "%s", message.data);
    buf_reset(&message);
    cr_assert_eq(load(&config, meant, &n_left), 0);
    cr_assert_not(config.local_worker);
    cr_assert(config.pacing);
    cr_assert_eq(n_left, 1);
}

Test(config, an_unknown_name_in_the_file_is_told_with_its_line)
{
    char path[] = "/tmp/banmai-config-XXXXXX";
    char *argv[] = {"--config", path, NULL};
    struct config config;
    int n_left;

    write_ini(path, "loops = 1\nlops = 2\n");
    cr_assert_eq(load(&config, argv, &n_left), ERR_INVALID);
    cr_assert_not_null(strstr(message.data, "\"lops\""), "%s", message.data);
    cr_assert_not_null(strstr(message.data, "line 2"), "%s", message.data);
    unlink(path);
}

Test(config, a_missing_file_is_an_error)
{
    char *argv[] = {"--config", "/nowhere/banmai.ini", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, argv, &n_left), ERR_INVALID);
    cr_assert_not_null(strstr(message.data, "/nowhere/banmai.ini"));
}

Test(config, a_word_that_is_none_of_the_choices_is_told_them)
{
    char *argv[] = {"--access-log", "apache", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, argv, &n_left), ERR_INVALID);
    cr_assert_str_eq(message.data, "bad access_log \"apache\": off, json or combined expected");
}

static size_t n_kept;

static void count_kept(const char *name)
{
    (void)name;
    n_kept++;
}

Test(config, a_reload_keeps_what_counts_at_start_and_tells_it)
{
    char *argv[] = {NULL};
    struct config started;
    struct config wanted;
    int n_left;

    cr_assert_eq(load(&started, argv, &n_left), 0);
    wanted = started;
    wanted.redis[100] = 'x'; /* behind the end of the text */
    cr_assert_eq(config_keep_started(&started, &wanted, count_kept), 0);
    cr_assert_eq(n_kept, 0);
    wanted.redis[0] = 'x';
    wanted.loops++;
    /* These three were called reloaded and changed nothing. */
    wanted.kernel_tls = !started.kernel_tls;
    wanted.local_worker = !started.local_worker;
    wanted.unsafe_no_sandbox = !started.unsafe_no_sandbox;
    wanted.session_days++;
    cr_assert_eq(config_keep_started(&started, &wanted, count_kept), 1);
    cr_assert_eq(n_kept, 5);
    cr_assert_str_eq(wanted.redis, "");
    cr_assert_eq(wanted.loops, started.loops);
    cr_assert_eq(wanted.kernel_tls, started.kernel_tls);
    cr_assert_eq(wanted.session_days, started.session_days + 1);
}

Test(config, a_bad_address_in_front_is_told_with_its_setting)
{
    char *path[] = {"--public-url", "https://a.vn/banmai/", NULL};
    char *name[] = {"--trusted-proxies=nginx", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, path, &n_left), ERR_INVALID);
    cr_assert(strstr(message.data, "bad public_url \"https://a.vn/banmai/\": a sub-path"), "%s",
              message.data);
    buf_reset(&message);
    cr_assert_eq(load(&config, name, &n_left), ERR_INVALID);
    cr_assert(strstr(message.data, "bad trusted_proxies \"nginx\""), "%s", message.data);
}

Test(config, a_typed_password_was_left_in_the_command_line_for_everybody)
{
    char url[] = "redis://ban:s3cr3t@db:1", joined[] = "--redis=redis://:s3cr3t@db";
    char token[] = "--metrics-token=0123456789abcdef", plain[] = "--data=./x";
    char flag[] = "--redis";
    char *argv[] = {flag, url, joined, token, plain};

    config_blot_secrets(5, argv);
    cr_assert_str_eq(url, "redis://xxxxxxxxxx@db:1");
    cr_assert_str_eq(joined, "--redis=redis://xxxxxxx@db");
    cr_assert_str_eq(token, "--metrics-token=xxxxxxxxxxxxxxxx");
    cr_assert_str_eq(plain, "--data=./x");
}

Test(config, a_refused_secret_is_not_told)
{
    char long_url[PATH_MAX + 20];
    char *argv[] = {long_url, NULL};
    struct config config;
    int n_left;

    memset(long_url, 'a', sizeof long_url - 1);
    memcpy(long_url, "--redis=s3cr3t", 14);
    long_url[sizeof long_url - 1] = '\0';
    cr_assert_eq(load(&config, argv, &n_left), ERR_INVALID);
    cr_assert_null(strstr(message.data, "s3cr3t"));
    char *short_token[] = {"--metrics-token=s3cr3t", NULL};
    buf_clear(&message);
    message = buf_with_limit(1000);
    cr_assert_eq(load(&config, short_token, &n_left), ERR_INVALID);
    cr_assert_null(strstr(message.data, "s3cr3t"));
}

Test(config, kernel_tls_was_on_before_anybody_measured_its_time)
{
    char *argv[] = {"--data=/srv/banmai", NULL};
    struct config config;
    int n_left;

    cr_assert_eq(load(&config, argv, &n_left), 0, "%s", message.data);
    cr_assert(!config.kernel_tls);
}
