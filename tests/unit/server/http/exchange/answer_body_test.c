// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err.h"
#include "server/http/exchange/answer_body.h"
#include "server/http/exchange/file_core.h"

static struct http_file *new_file(const char *content)
{
    struct http_file *file = calloc(1, sizeof *file + 1);

    file->fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    file->size = strlen(content);
    file->n_references = 1;
    cr_assert_eq(write(file->fd, content, file->size), (ssize_t)file->size);
    return file;
}

static void check_copy(const struct answer_body *body, size_t size, const char *expected)
{
    char to[64];

    cr_assert_eq(answer_body_copy(body, to, size), (ssize_t)strlen(expected));
    cr_assert(slice_is(slice_of(to, strlen(expected)), expected));
}

Test(answer_body, of_memory)
{
    struct answer_body body = {.n_parts = 0};

    cr_assert(answer_body_is_done(&body));
    answer_body_set_memory(&body, slice_from("hello"));
    check_copy(&body, 64, "hello");
    answer_body_advance(&body, 2);
    check_copy(&body, 2, "ll");
    cr_assert(slice_is(answer_body_memory(&body), "llo"));
    answer_body_advance(&body, 3);
    cr_assert(answer_body_is_done(&body));
    answer_body_clear(&body);
}

Test(answer_body, empty_ones_are_done_at_once)
{
    struct answer_body body = {.n_parts = 0};
    struct http_file *file = new_file("");

    answer_body_set_memory(&body, slice_from(""));
    cr_assert(answer_body_is_done(&body));
    answer_body_set_file(&body, file, 0, 0);
    cr_assert(answer_body_is_done(&body));
    answer_body_clear(&body);
    http_file_unref(file);
}

Test(answer_body, of_parts_crosses_their_borders)
{
    struct answer_body body = {.n_parts = 0};
    struct http_file *file = new_file("0123456789");
    const struct body_part parts[] = {{.memory = "[", .length = 1},
                                      {.offset = 2, .length = 3},
                                      {.memory = "|", .length = 1},
                                      {.offset = 9, .length = 1},
                                      {.memory = "]", .length = 1}};
    uint64_t offset = 0;
    uint64_t length = 0;

    answer_body_set_parts(&body, parts, 5, file);
    http_file_unref(file); /* the body has its own reference */
    check_copy(&body, 64, "[234|9]");
    answer_body_advance(&body, 2);
    check_copy(&body, 64, "34|9]");
    cr_assert_eq(answer_body_memory(&body).length, 0);
    cr_assert_eq(answer_body_file(&body, &offset, &length), file->fd);
    cr_assert_eq(offset, 3);
    cr_assert_eq(length, 2);
    answer_body_advance(&body, 3);
    check_copy(&body, 64, "9]");
    answer_body_advance(&body, 2);
    cr_assert(answer_body_is_done(&body));
    answer_body_clear(&body);
}

Test(answer_body, a_file_that_has_become_shorter_is_an_error)
{
    struct answer_body body = {.n_parts = 0};
    struct http_file *file = new_file("0123456789");
    char to[64];

    answer_body_set_file(&body, file, 0, 10);
    cr_assert_eq(ftruncate(file->fd, 5), 0);
    cr_assert_eq(answer_body_copy(&body, to, sizeof to), ERR_IO);
    cr_assert_eq(answer_body_copy(&body, to, 5), 5);
    answer_body_clear(&body);
    http_file_unref(file);
}

static void let_go(void *owner)
{
    ++*(int *)owner;
}

Test(answer_body, its_owner_lives_as_long_as_it_even_when_the_bytes_are_dropped)
{
    struct answer_body body = {.n_parts = 0};
    int n_times = 0;

    answer_body_set_owner(&body, &n_times, let_go);
    answer_body_set_memory(&body, slice_from("hello"));
    answer_body_advance(&body, 5);
    answer_body_set_memory(&body, slice_from("hello"));
    answer_body_drop(&body);
    cr_assert(answer_body_is_done(&body));
    cr_assert_eq(n_times, 0);
    answer_body_clear(&body);
    answer_body_clear(&body);
    cr_assert_eq(n_times, 1);
}
