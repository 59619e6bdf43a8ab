// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"

static char folder[PATH_MAX];
static int dir_fd = -1;

static void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "%s/banmai-file-XXXXXX",
                   getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    cr_assert_not_null(mkdtemp(folder));
    dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(dir_fd, 0);
}

static void remove_folder(void)
{
    close(dir_fd);
    cr_assert_eq(file_remove_tree(AT_FDCWD, folder), 0);
}

TestSuite(file, .init = make_folder, .fini = remove_folder);

/* Text of a file below the folder; NULL when it cannot be read. */
static const char *text_of(const char *path)
{
    static struct buf b = {.limit = 100000};

    buf_reset(&b);
    buf_append_text(&b, "");
    return file_read_all(dir_fd, path, &b) ? NULL : b.data;
}

static int n_entries(void)
{
    DIR *dir = opendir(folder);
    int n = -2; /* "." and ".." */

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

Test(file, replacing_makes_and_changes_a_file)
{
    struct stat st;

    cr_assert_eq(file_replace(dir_fd, "settings", "one", 3, 0600), 0);
    cr_assert_str_eq(text_of("settings"), "one");
    cr_assert_eq(fstatat(dir_fd, "settings", &st, 0), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(file_replace(dir_fd, "settings", "second", 6, 0600), 0);
    cr_assert_str_eq(text_of("settings"), "second");
    cr_assert_eq(file_replace(dir_fd, "settings", NULL, 0, 0600), 0);
    cr_assert_str_eq(text_of("settings"), "");
    cr_assert_eq(n_entries(), 1, "no temporary file stays");
}

Test(file, replacing_works_by_absolute_and_by_nested_path)
{
    char path[PATH_MAX + 16];

    cr_assert_eq(mkdirat(dir_fd, "sub", 0700), 0);
    cr_assert_eq(file_replace(dir_fd, "sub/a", "x", 1, 0600), 0);
    cr_assert_str_eq(text_of("sub/a"), "x");
    (void)snprintf(path, sizeof path, "%s/b", folder);
    cr_assert_eq(file_replace(AT_FDCWD, path, "y", 1, 0600), 0);
    cr_assert_str_eq(text_of("b"), "y");
}

/* RLIMIT_FSIZE stands in for a full disk: the write fails half-way in the same place. */
Test(file, a_write_that_fails_half_way_leaves_the_old_content_and_no_temporary_file)
{
    static char large[65536];
    const struct rlimit limit = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};

    cr_assert_eq(file_replace(dir_fd, "settings", "old", 3, 0600), 0);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(file_replace(dir_fd, "settings", large, sizeof large, 0600), ERR_TOO_LARGE);
    cr_assert_str_eq(text_of("settings"), "old");
    cr_assert_eq(n_entries(), 1);
}

Test(file, replacing_in_a_folder_that_is_not_there_fails)
{
    cr_assert_eq(file_replace(dir_fd, "gone/a", "x", 1, 0600), ERR_NOT_FOUND);
    cr_assert_eq(mkdirat(dir_fd, "taken", 0700), 0);
    cr_assert_neq(file_replace(dir_fd, "taken", "x", 1, 0600), 0);
    cr_assert_eq(n_entries(), 1);
}

Test(file, a_path_that_is_too_long_is_refused)
{
    static char path[PATH_MAX];

    memset(path, 'a', sizeof path - 4);
    cr_assert_eq(file_replace(dir_fd, path, "x", 1, 0600), ERR_INVALID);
}

Test(file, a_full_disk_is_told_as_such)
{
    CLEANUP(close_fd) const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(file_write_all(fd, "x", 1), ERR_NO_SPACE);
    cr_assert_eq(file_write_all(fd, "", 0), 0);
}

struct reader {
    int fd;
    size_t n_bytes;
};

static void *read_slowly(void *arg)
{
    struct reader *reader = arg;
    char part[777];
    ssize_t n;

    while ((n = read(reader->fd, part, sizeof part)) > 0)
        reader->n_bytes += (size_t)n;
    return NULL;
}

Test(file, partial_writes_are_continued)
{
    static char data[300000];
    int ends[2];
    pthread_t thread;

    cr_assert_eq(pipe(ends), 0);
    struct reader reader = {.fd = ends[0]};
    cr_assert_eq(pthread_create(&thread, NULL, read_slowly, &reader), 0);
    cr_assert_eq(file_write_all(ends[1], data, sizeof data), 0);
    close(ends[1]);
    pthread_join(thread, NULL);
    close(ends[0]);
    cr_assert_eq(reader.n_bytes, sizeof data);
}

Test(file, reading_appends_and_respects_the_cap)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(8);

    cr_assert_eq(file_replace(dir_fd, "a", "12345", 5, 0600), 0);
    buf_append_text(&b, "<");
    cr_assert_eq(file_read_all(dir_fd, "a", &b), 0);
    cr_assert_str_eq(b.data, "<12345");
    cr_assert_eq(file_read_all(dir_fd, "a", &b), ERR_TOO_LARGE);
    cr_assert_eq(file_read_all(dir_fd, "gone", &b), ERR_NOT_FOUND);
    cr_assert_neq(file_read_all(dir_fd, ".", &b), 0);
}

Test(file, a_large_file_is_read_whole)
{
    static char data[100000];
    CLEANUP(buf_clear) struct buf b = buf_with_limit(sizeof data);

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    cr_assert_eq(file_replace(dir_fd, "a", data, sizeof data, 0600), 0);
    cr_assert_eq(file_read_all(dir_fd, "a", &b), 0);
    cr_assert_eq(b.length, sizeof data);
    cr_assert_arr_eq(b.data, data, sizeof data);
}

Test(file, folders_are_made_with_their_parents_and_may_exist)
{
    char path[PATH_MAX + 16];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/a/b/c", folder);
    cr_assert_eq(file_make_dirs(path, 0700), 0);
    cr_assert_eq(file_make_dirs(path, 0700), 0);
    cr_assert(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
    (void)snprintf(path, sizeof path, "%s/a//d/", folder);
    cr_assert_eq(file_make_dirs(path, 0700), 0);
    cr_assert_eq(fstatat(dir_fd, "a/d", &st, 0), 0);
    cr_assert_eq(file_make_dirs("", 0700), ERR_INVALID);
    cr_assert_eq(file_make_dirs("/", 0700), 0);
}

Test(file, a_file_where_a_folder_should_be_is_no_folder)
{
    char path[PATH_MAX + 16];

    cr_assert_eq(file_replace(dir_fd, "a", "x", 1, 0600), 0);
    (void)snprintf(path, sizeof path, "%s/a", folder);
    cr_assert_eq(file_make_dirs(path, 0700), ERR_EXISTS);
    (void)snprintf(path, sizeof path, "%s/a/b", folder);
    cr_assert_neq(file_make_dirs(path, 0700), 0);
    cr_assert_str_eq(text_of("a"), "x");
}

Test(file, removing_a_tree_follows_no_link)
{
    cr_assert_eq(file_replace(dir_fd, "precious", "keep", 4, 0600), 0);
    cr_assert_eq(mkdirat(dir_fd, "outside", 0700), 0);
    cr_assert_eq(file_replace(dir_fd, "outside/file", "keep", 4, 0600), 0);
    cr_assert_eq(mkdirat(dir_fd, "tree", 0700), 0);
    cr_assert_eq(mkdirat(dir_fd, "tree/deep", 0700), 0);
    cr_assert_eq(file_replace(dir_fd, "tree/deep/a", "x", 1, 0600), 0);
    cr_assert_eq(symlinkat("../precious", dir_fd, "tree/to-file"), 0);
    cr_assert_eq(symlinkat("../outside", dir_fd, "tree/to-folder"), 0);
    cr_assert_eq(symlinkat("..", dir_fd, "tree/deep/up"), 0);
    cr_assert_eq(file_remove_tree(dir_fd, "tree"), 0);
    cr_assert_neq(faccessat(dir_fd, "tree", F_OK, 0), 0);
    cr_assert_str_eq(text_of("precious"), "keep");
    cr_assert_str_eq(text_of("outside/file"), "keep");
}

Test(file, removing_what_is_not_there_or_a_single_file_is_fine)
{
    cr_assert_eq(file_remove_tree(dir_fd, "gone"), 0);
    cr_assert_eq(file_replace(dir_fd, "a", "x", 1, 0600), 0);
    cr_assert_eq(symlinkat("a", dir_fd, "link"), 0);
    cr_assert_eq(file_remove_tree(dir_fd, "link"), 0);
    cr_assert_str_eq(text_of("a"), "x");
    cr_assert_eq(file_remove_tree(dir_fd, "a"), 0);
    cr_assert_eq(n_entries(), 0);
}

Test(file, names_are_made_durable_in_folders_only)
{
    cr_assert_eq(file_sync_dir(dir_fd, "."), 0);
    cr_assert_eq(file_sync_dir(dir_fd, "gone"), ERR_NOT_FOUND);
    cr_assert_eq(file_replace(dir_fd, "a", "x", 1, 0600), 0);
    cr_assert_eq(file_sync_dir(dir_fd, "a"), ERR_NOT_FOUND);
}

/* A reader that looks at any moment sees one content or the other, whole: also when the writer is
 * killed. */
Test(file, a_reader_never_sees_a_half_written_file)
{
    static char a[20000];
    static char b[20000];

    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    cr_assert_eq(file_replace(dir_fd, "state", a, sizeof a, 0600), 0);
    for (int round = 0; round < 10; round++) {
        const pid_t writer = fork();
        if (writer == 0) {
            for (;;) {
                (void)file_replace(dir_fd, "state", b, sizeof b, 0600);
                (void)file_replace(dir_fd, "state", a, sizeof a, 0600);
            }
        }
        cr_assert_gt(writer, 0);
        for (int look = 0; look < 20; look++) {
            const char *text = text_of("state");
            cr_assert_not_null(text);
            cr_assert_eq(strlen(text), sizeof a);
            cr_assert_eq(strspn(text, (char[]){text[0], '\0'}), sizeof a);
        }
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
    }
}
