// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"
#include "server/http/exchange/file.h"
#include "server/http/exchange/file_core.h"

static char dir_path[] = "/tmp/banmai-file-test-XXXXXX";
static int dir_fd = -1;
static struct http_file_cache *cache;

static void set_up(void)
{
    cr_assert(mkdtemp(dir_path));
    dir_fd = open(dir_path, O_RDONLY | O_DIRECTORY);
    cr_assert_eq(mkdirat(dir_fd, "in", 0700), 0);
    cr_assert_eq(file_replace(dir_fd, "a", "12345", 5, 0600), 0);
    cr_assert_eq(file_replace(dir_fd, "in/b", "1", 1, 0600), 0);
    cr_assert_eq(file_replace(dir_fd, "c", "", 0, 0600), 0);
    cr_assert_eq(http_file_cache_new(2, &cache), 0);
}

static void tear_down(void)
{
    http_file_cache_free(cache);
    close(dir_fd);
    file_remove_tree(AT_FDCWD, dir_path);
}

TestSuite(file, .init = set_up, .fini = tear_down);

static int open_key(const char *key, const char *path, struct http_file **ret_file)
{
    return http_file_cache_open(cache, key, dir_fd, path, ret_file);
}

Test(file, is_opened_once)
{
    struct http_file *first = NULL;
    struct http_file *second = NULL;

    cr_assert_eq(open_key("a", "a", &first), 0);
    cr_assert_eq(http_file_size(first), 5);
    cr_assert_eq(unlinkat(dir_fd, "a", 0), 0);
    cr_assert_eq(open_key("a", "a", &second), 0);
    cr_assert_eq(first, second);
    http_file_unref(first);
    http_file_unref(second);
}

Test(file, the_least_recently_used_is_evicted)
{
    struct http_file *a = NULL;
    struct http_file *other = NULL;

    cr_assert_eq(open_key("a", "a", &a), 0);
    cr_assert_eq(open_key("b", "in/b", &other), 0);
    http_file_unref(other);
    cr_assert_eq(open_key("a", "a", &other), 0); /* now b is older */
    http_file_unref(other);
    cr_assert_eq(open_key("c", "c", &other), 0);
    http_file_unref(other);
    cr_assert_eq(unlinkat(dir_fd, "in/b", 0), 0);
    cr_assert_eq(open_key("b", "in/b", &other), ERR_NOT_FOUND);
    cr_assert_eq(open_key("a", "a", &other), 0);
    cr_assert_eq(other, a);
    http_file_unref(other);
    http_file_unref(a);
}

Test(file, stays_usable_after_eviction_while_somebody_sends_it)
{
    struct http_file *a = NULL;
    char byte = 0;

    cr_assert_eq(open_key("a", "a", &a), 0);
    http_file_cache_free(cache);
    cache = NULL;
    cr_assert_eq(pread(a->fd, &byte, 1, 4), 1);
    cr_assert_eq(byte, '5');
    http_file_unref(a);
}

Test(file, nothing_outside_the_folder_is_opened)
{
    struct http_file *f = NULL;

    cr_assert_eq(symlinkat("/etc/passwd", dir_fd, "out"), 0);
    cr_assert_eq(symlinkat("/etc", dir_fd, "outdir"), 0);
    cr_assert_eq(open_key("1", "../../etc/passwd", &f), ERR_DENIED);
    cr_assert_eq(open_key("2", "/etc/passwd", &f), ERR_DENIED);
    cr_assert_eq(open_key("3", "out", &f), ERR_DENIED);
    cr_assert_eq(open_key("4", "outdir/passwd", &f), ERR_DENIED);
    cr_assert_null(f);
}

Test(file, only_regular_files_are_served)
{
    struct http_file *f = NULL;

    cr_assert_eq(mkfifoat(dir_fd, "fifo", 0600), 0);
    cr_assert_eq(open_key("1", "fifo", &f), ERR_NOT_FOUND);
    cr_assert_eq(open_key("2", "in", &f), ERR_NOT_FOUND);
    cr_assert_eq(open_key("3", "none", &f), ERR_NOT_FOUND);
}

Test(file, keys_have_a_limit)
{
    struct http_file *f = NULL;
    char key[300];

    memset(key, 'k', sizeof key);
    key[256] = '\0';
    cr_assert_eq(open_key(key, "a", &f), ERR_INVALID);
    key[255] = '\0';
    cr_assert_eq(open_key(key, "a", &f), 0);
    http_file_unref(f);
}

Test(file, a_cache_of_none_opens_each_time)
{
    struct http_file_cache *none = NULL;
    struct http_file *a = NULL;
    struct http_file *b = NULL;

    cr_assert_eq(http_file_cache_new(0, &none), 0);
    cr_assert_eq(http_file_cache_open(none, "a", dir_fd, "a", &a), 0);
    cr_assert_eq(http_file_cache_open(none, "a", dir_fd, "a", &b), 0);
    cr_assert_neq(a, b);
    http_file_unref(a);
    http_file_unref(b);
    http_file_cache_free(none);
}
