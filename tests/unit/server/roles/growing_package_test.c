// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/growing_package.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/file.h"
#include "common/package/package.h"
#include "storage/media/media_store.h"

#define PACKAGE "0123456789abcdef0123456789abcdef"

static char dir[] = "/tmp/banmai-growing-XXXXXX";
static struct media_store *media;
static int folder_fd = -1;

static void start(void)
{
    char path[MEDIA_PATH_SIZE];

    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(media_store_open(dir, 0, &media), 0);
    media_path_package(PACKAGE, path);
    cr_assert_eq(mkdirat(media_store_root_fd(media), path, 0755), 0);
    folder_fd = openat(media_store_root_fd(media), path, O_RDONLY | O_DIRECTORY);
    cr_assert_geq(folder_fd, 0);
}

static void stop(void)
{
    close(folder_fd);
    media_store_free(media);
    file_remove_tree(AT_FDCWD, dir);
}

TestSuite(growing_package, .init = start, .fini = stop);

/* Writes the index of a part with one rendition of one fragment. */
static void put_part(const char *kind, unsigned number, bool is_complete, const char *as)
{
    const bool is_sound = strcmp(kind, "sound") == 0;
    struct rendition description = {.kind = is_sound ? RENDITION_AUDIO : RENDITION_VIDEO,
                                    .codecs = "x",
                                    .timescale = 1000,
                                    .width = 16,
                                    .height = 16,
                                    .rate_num = 25,
                                    .rate_den = 1,
                                    .sample_rate = 24000,
                                    .n_channels = 1,
                                    .language = "und",
                                    .group = "g"};
    struct package *package = package_new();
    struct rendition *r = NULL;
    struct buf json = buf_with_limit(1 << 20);
    char name[64];
    uint32_t file;

    (void)snprintf(description.name, sizeof description.name, "%s", is_sound ? "a48" : "v240");
    package->duration_us = 60000000;
    package->target_duration_s = 6;
    package->is_complete = is_complete;
    cr_assert_eq(package_add_rendition(package, &description, &r), 0);
    snprintf(name, sizeof name, is_complete ? "%s.mp4" : "%s.%04u.mp4", description.name, number);
    cr_assert_eq(rendition_add_file(r, name, &file), 0);
    cr_assert_eq(file_replace(folder_fd, name, "media", 5, 0644), 0);
    const struct fragment fragment = {.offset = 10,
                                      .size_bytes = 100 + number,
                                      .duration_ticks = 6000};
    cr_assert_eq(rendition_add_fragment(r, &fragment), 0);
    r->init = (struct fragment){.size_bytes = 10};
    package_write(package, &json);
    if (as)
        snprintf(name, sizeof name, "%s", as);
    else
        snprintf(name, sizeof name, "part-%s-%04u.json", kind, number);
    cr_assert_eq(file_replace(folder_fd, name, json.data, json.length, 0644), 0);
    buf_clear(&json);
    package_free(package);
}

static struct package *read_index(void)
{
    struct package *package = NULL;
    struct buf json = buf_with_limit(1 << 20);

    cr_assert_eq(file_read_all(folder_fd, "package.json", &json), 0);
    cr_assert_eq(package_parse(buf_slice(&json), &package), 0);
    buf_clear(&json);
    return package;
}

static int update(const int64_t *chunks, size_t n_chunks, const int64_t *sound, size_t n_sound)
{
    const struct finished_parts parts = {sound, n_sound, chunks, n_chunks};

    return growing_package_update(media, PACKAGE, 60000000, &parts);
}

Test(growing_package, parts_are_listed_as_far_as_there_is_no_gap)
{
    put_part("chunk", 0, false, NULL);
    put_part("chunk", 1, false, NULL);
    put_part("chunk", 3, false, NULL);
    put_part("sound", 0, false, NULL);
    cr_assert_eq(update((int64_t[]){0, 1, 3}, 3, (int64_t[]){0}, 1), 0);
    struct package *package = read_index();
    cr_assert_not(package->is_complete);
    cr_assert_eq(package->duration_us, 60000000);
    cr_assert_eq(package_find(package, slice_from("v240"))->n_fragments, 2);
    cr_assert_eq(package_find(package, slice_from("a48"))->n_fragments, 1);
    cr_assert_gt(package_find(package, slice_from("v240"))->peak_bps, 0);
    package_free(package);
}

Test(growing_package, without_a_first_part_there_is_no_index)
{
    put_part("chunk", 1, false, NULL);
    cr_assert_eq(update((int64_t[]){1}, 1, NULL, 0), 0);
    cr_assert_neq(faccessat(folder_fd, "package.json", F_OK, 0), 0);
}

Test(growing_package, a_complete_index_is_never_touched)
{
    put_part("chunk", 0, false, NULL);
    put_part("chunk", 0, true, "package.json");
    cr_assert_eq(update((int64_t[]){0}, 1, NULL, 0), 0);
    struct package *package = read_index();
    cr_assert(package->is_complete);
    package_free(package);
}

Test(growing_package, a_broken_or_missing_part_is_told)
{
    cr_assert_eq(file_replace(folder_fd, "part-chunk-0000.json", "{", 1, 0644), 0);
    cr_assert_eq(update((int64_t[]){0}, 1, NULL, 0), ERR_CORRUPT);
    cr_assert_eq(unlinkat(folder_fd, "part-chunk-0000.json", 0), 0);
    cr_assert_eq(update((int64_t[]){0}, 1, NULL, 0), ERR_NOT_FOUND);
}

/* A complete package keeps what it lists of a storyboard. */
Test(growing_package, a_storyboard_is_kept_as_far_as_the_index_names_it)
{
    static const char INDEX[] =
        "{\"version\":1,\"complete\":true,\"duration_us\":9,"
        "\"target_duration_s\":1,\"storyboard\":{\"sheets\":1,\"slides\":2},"
        "\"renditions\":[]}";
    static const struct {
        const char *name;
        bool stays;
    } FILES[] = {{"storyboard.vtt", true},
                 {"slides.json", true},
                 {"storyboard-0.jpg", true},
                 {"storyboard-1.jpg", false},
                 {"part-stills-0000.bin", false}};

    cr_assert_eq(file_replace(folder_fd, "package.json", INDEX, sizeof INDEX - 1, 0644), 0);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        cr_assert_eq(file_replace(folder_fd, FILES[i].name, "x", 1, 0644), 0);
    cr_assert_eq(growing_package_tidy(media, PACKAGE), 0);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        cr_assert_eq(faccessat(folder_fd, FILES[i].name, F_OK, 0) == 0, FILES[i].stays, "%s",
                     FILES[i].name);
}

Test(growing_package, only_a_complete_package_is_tidied_and_keeps_what_it_names)
{
    put_part("chunk", 0, false, NULL);
    cr_assert_eq(update((int64_t[]){0}, 1, NULL, 0), 0);
    cr_assert_eq(growing_package_tidy(media, PACKAGE), 0);
    cr_assert_eq(faccessat(folder_fd, "v240.0000.mp4", F_OK, 0), 0, "still needed");
    put_part("chunk", 0, true, "package.json");
    cr_assert_eq(file_replace(folder_fd, "plan.json", "{}", 2, 0644), 0);
    cr_assert_eq(file_replace(folder_fd, "poster.jpg", "x", 1, 0644), 0);
    cr_assert_eq(growing_package_tidy(media, PACKAGE), 0);
    cr_assert_neq(faccessat(folder_fd, "v240.0000.mp4", F_OK, 0), 0);
    cr_assert_neq(faccessat(folder_fd, "part-chunk-0000.json", F_OK, 0), 0);
    static const char *const KEPT[] = {"v240.mp4", "package.json", "plan.json", "poster.jpg"};
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(faccessat(folder_fd, KEPT[i], F_OK, 0), 0, "%s", KEPT[i]);
}
