// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/broker.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

static char dir[] = "/tmp/banmai-broker-XXXXXX";
static struct broker broker;

static void make_dir(void)
{
    cr_assert_not_null(mkdtemp(dir));
    broker = (struct broker){.dir_fd = open(dir, O_RDONLY | O_DIRECTORY),
                             .budget = {.n_files = 200, .file_bytes = 50, .total_bytes = 100}};
}

static void remove_dir(void)
{
    close(broker.dir_fd);
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(broker, .init = make_dir, .fini = remove_dir);

static bool is_there(const char *name)
{
    return faccessat(broker.dir_fd, name, F_OK, 0) == 0;
}

static int create(const char *name)
{
    int fd = -1;
    const int err = broker_create(&broker, slice_from(name), &fd);

    if (fd >= 0)
        close(fd);
    return err;
}

Test(broker, a_file_has_no_name_until_it_is_published)
{
    cr_assert_eq(create("v240.mp4"), 0);
    cr_assert_not(is_there("v240.mp4"));
    cr_assert_eq(broker_publish(&broker, slice_from("v240.mp4")), 0);
    cr_assert(is_there("v240.mp4"));
    cr_assert_eq(broker.n_pending, 0);
}

Test(broker, what_is_not_published_is_removed)
{
    cr_assert_eq(create("v240.mp4"), 0);
    char temporary[BROKER_TEMPORARY_SIZE];
    snprintf(temporary, sizeof temporary, "%s", broker.pending[0].temporary);
    cr_assert(is_there(temporary));
    broker_abandon(&broker);
    cr_assert_not(is_there(temporary));
    cr_assert_eq(broker_publish(&broker, slice_from("v240.mp4")), ERR_NOT_FOUND);
}

Test(broker, no_name_leads_out_of_the_folder)
{
    static const char *const NAMES[] = {"",
                                        ".",
                                        "..",
                                        "../x",
                                        "/etc/passwd",
                                        "a/b",
                                        "a\\b",
                                        ".hidden",
                                        "A",
                                        "a b",
                                        "a\n",
                                        "ă",
                                        "tmp-0123",
                                        "a;rm",
                                        "name-that-is-far-too-long-for-a-file.mp4",
                                        "slides",
                                        "slides/",
                                        "slides/.",
                                        "slides/../x",
                                        "slides/a/b",
                                        "slides/tmp-0",
                                        "slide/0001.webp"};
    int fd = -1;

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        cr_assert_eq(create(NAMES[i]), ERR_DENIED, "created \"%s\"", NAMES[i]);
        cr_assert_eq(broker_open(&broker, slice_from(NAMES[i]), &fd), ERR_DENIED, "opened \"%s\"",
                     NAMES[i]);
    }
    cr_assert_eq(broker_open(&broker, slice_of("a\0b", 3), &fd), ERR_DENIED);
}

Test(broker, the_folder_of_the_slides_is_made_when_it_is_wanted)
{
    int fd = -1;

    cr_assert_neq(create("slides"), 0, "a file of that name would be in its way");
    cr_assert_eq(create("slides/0001.webp"), 0);
    cr_assert_not(is_there("slides/0001.webp"));
    cr_assert_eq(broker_publish(&broker, slice_from("slides/0001.webp")), 0);
    cr_assert(is_there("slides/0001.webp"));
    cr_assert_eq(broker_open(&broker, slice_from("slides/0001.webp"), &fd), 0);
    cr_assert_eq(close(fd), 0);
}

Test(broker, a_link_in_the_folder_is_not_followed)
{
    int fd = -1;

    cr_assert_eq(symlinkat("/etc/passwd", broker.dir_fd, "plan.json"), 0);
    cr_assert_lt(broker_open(&broker, slice_from("plan.json"), &fd), 0);
    cr_assert_eq(fd, -1);
}

Test(broker, without_a_folder_everything_is_refused)
{
    struct broker none = {.dir_fd = -1};
    int fd = -1;

    cr_assert_eq(broker_create(&none, slice_from("a"), &fd), ERR_DENIED);
    cr_assert_eq(broker_open(&none, slice_from("a"), &fd), ERR_DENIED);
}

Test(broker, files_at_once_are_bounded)
{
    char name[16];

    for (int i = 0; i < BROKER_MAX_PENDING; i++) {
        snprintf(name, sizeof name, "f%d", i);
        cr_assert_eq(create(name), 0);
    }
    cr_assert_eq(create("more"), ERR_TOO_LARGE);
    broker_abandon(&broker);
}

static int create_and_write(const char *name, size_t n_bytes)
{
    static const char bytes[200];
    int fd = -1;

    cr_assert_eq(broker_create(&broker, slice_from(name), &fd), 0);
    cr_assert_eq(write(fd, bytes, n_bytes), (ssize_t)n_bytes);
    return fd; /* as a task that keeps it open */
}

Test(broker, a_task_that_was_taken_over_publishes_no_more_bytes_than_its_budget)
{
    close(create_and_write("a", 60));
    cr_assert_eq(broker_measure(&broker), 0);
    cr_assert_eq(broker_publish(&broker, slice_from("a")), 0);
    close(create_and_write("b", 60));
    cr_assert_eq(broker_measure(&broker), ERR_TOO_LARGE, "also before it asks");
    cr_assert_eq(broker_publish(&broker, slice_from("b")), ERR_TOO_LARGE);
    cr_assert_not(is_there("b"));
    broker_abandon(&broker);
}

Test(broker, what_a_task_writes_after_it_was_published_counts)
{
    const int fd = create_and_write("a", 60);

    cr_assert_eq(broker_publish(&broker, slice_from("a")), 0);
    cr_assert_eq(broker_measure(&broker), 0);
    cr_assert_eq(pwrite(fd, "x", 1, 200), 1);
    cr_assert_eq(broker_measure(&broker), ERR_TOO_LARGE);
    close(fd);
}

Test(broker, a_task_that_was_taken_over_creates_no_more_files_than_its_budget)
{
    char name[16];

    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "f%d", i);
        cr_assert_eq(create(name), 0);
        cr_assert_eq(broker_publish(&broker, slice_from(name)), 0);
    }
    cr_assert_eq(create("more"), ERR_TOO_LARGE);
}

Test(broker, bytes_of_files_published_long_ago_still_count)
{
    char name[16];

    for (int i = 0; i < 90; i++) {
        snprintf(name, sizeof name, "f%d", i);
        close(create_and_write(name, 1));
        cr_assert_eq(broker_publish(&broker, slice_from(name)), 0);
    }
    cr_assert_eq(broker_folder_bytes(broker.dir_fd), 90);
    close(create_and_write("more", 11));
    cr_assert_eq(broker_publish(&broker, slice_from("more")), ERR_TOO_LARGE);
    broker_abandon(&broker);
}

Test(broker, removing_parts_leaves_the_package)
{
    static const char *const NAMES[] = {
        "part-chunk-0003.json", "v240.0003.mp4", "v240.mp4",
        "package.json",         "poster.jpg",    "part-stills-0003.bin"};

    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(file_replace(broker.dir_fd, NAMES[i], "x", 1, 0644), 0);
    broker_remove_parts(broker.dir_fd);
    cr_assert_not(is_there("part-chunk-0003.json"));
    cr_assert_not(is_there("part-stills-0003.bin"));
    cr_assert_not(is_there("v240.0003.mp4"));
    cr_assert(is_there("v240.mp4"));
    cr_assert(is_there("package.json"));
    cr_assert(is_there("poster.jpg"));
}
