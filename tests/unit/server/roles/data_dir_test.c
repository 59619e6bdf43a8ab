// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/data_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

static char dir[] = "/tmp/banmai-data-XXXXXX";
static struct buf message;

static void start(void)
{
    cr_assert_not_null(mkdtemp(dir));
    message = buf_with_limit(1000);
}

static void stop(void)
{
    buf_clear(&message);
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(data_dir, .init = start, .fini = stop);

Test(data_dir, a_second_opener_is_told_who_holds_it)
{
    struct data_dir first;
    char pid[16];

    cr_assert_eq(data_dir_open(dir, &first, &message), 0);
    snprintf(pid, sizeof pid, "process %d", (int)getpid());
    const pid_t other = fork();
    if (other == 0) {
        struct data_dir second;
        const int err = data_dir_open(dir, &second, &message);
        _exit(err == ERR_CONFLICT && strstr(message.data, pid) ? 0 : 1);
    }
    int status;
    waitpid(other, &status, 0);
    cr_assert_eq(WEXITSTATUS(status), 0);
    data_dir_close(&first);
    cr_assert_eq(data_dir_open(dir, &first, &message), 0, "free again");
    data_dir_close(&first);
}

static void make_file(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(file_replace(AT_FDCWD, path, text, strlen(text), 0600), 0);
}

static int open_and_close(void)
{
    struct data_dir d;
    const int err = data_dir_open(dir, &d, &message);

    if (!err)
        data_dir_close(&d);
    return err;
}

Test(data_dir, recordings_without_a_database_are_refused_with_what_to_do)
{
    char path[160];

    cr_assert_eq(open_and_close(), 0, "a new folder");
    cr_assert_eq(open_and_close(), 0, "its empty folders");
    snprintf(path, sizeof path, "%s/media/sources/ab", dir);
    cr_assert_eq(file_make_dirs(path, 0700), 0);
    cr_assert_eq(open_and_close(), 0, "no file in them");
    make_file("media/sources/ab/abcdef", "a recording");
    cr_assert_eq(open_and_close(), ERR_CORRUPT);
    cr_assert_not_null(strstr(message.data, "is missing: put a backup of it there"));
    make_file("banmai.sqlite3", "");
    buf_reset(&message);
    cr_assert_eq(open_and_close(), ERR_CORRUPT);
    cr_assert_not_null(strstr(message.data, "is empty"));
    make_file("banmai.sqlite3", "SQLite format 3");
    cr_assert_eq(open_and_close(), 0);
}

Test(data_dir, uploads_without_a_database_are_refused)
{
    cr_assert_eq(open_and_close(), 0);
    make_file("uploads/00112233445566778899aabbccddeeff", "half a recording");
    cr_assert_eq(open_and_close(), ERR_CORRUPT);
}

Test(data_dir, the_playback_key_is_made_once)
{
    struct data_dir d;
    struct playback_key a;
    struct playback_key b;

    cr_assert_eq(data_dir_open(dir, &d, &message), 0);
    cr_assert_eq(data_dir_playback_key(&d, &a), 0);
    cr_assert_eq(data_dir_playback_key(&d, &b), 0);
    cr_assert_arr_eq(a.bytes, b.bytes, sizeof a.bytes);
    data_dir_close(&d);
}

Test(data_dir, a_cut_key_is_not_replaced_silently)
{
    struct data_dir d;
    struct playback_key key;
    char path[PATH_MAX];

    cr_assert_eq(data_dir_open(dir, &d, &message), 0);
    data_dir_path(&d, "playback.key", path);
    cr_assert_eq(file_replace(AT_FDCWD, path, "short", 5, 0600), 0);
    cr_assert_eq(data_dir_playback_key(&d, &key), ERR_CORRUPT);
    data_dir_close(&d);
}

Test(data_dir, a_path_too_long_for_sockets_is_refused_in_words)
{
    struct data_dir d;
    char path[300];

    snprintf(path, sizeof path, "%s/%0120d", dir, 0);
    cr_assert_eq(data_dir_open(path, &d, &message), ERR_INVALID);
    cr_assert_not_null(strstr(message.data, "--data"));
}
