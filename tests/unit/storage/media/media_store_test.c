// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "common/file.h"
#include "tests/unit/storage/media_fixture.h"
#include "tests/unit/support/fail_alloc.h"

static struct media_fixture m;
static char id[ID_SIZE], hash[SHA256_HEX_SIZE], text[64];

static void set_up(void)
{
    media_fixture_open(&m);
}

static void tear_down(void)
{
    media_fixture_close(&m);
}

TestSuite(media_store, .init = set_up, .fini = tear_down);

static const char *source_path(const char *sha256_text)
{
    static char path[MEDIA_PATH_SIZE + 8];
    char relative[MEDIA_PATH_SIZE];

    media_path_source(sha256_text, relative);
    (void)snprintf(path, sizeof path, "media/%s", relative);
    return path;
}

Test(media_store, paths_are_relative_to_the_media_root)
{
    char path[MEDIA_PATH_SIZE];

    media_path_source("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", path);
    cr_assert_str_eq(path,
                     "sources/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    media_path_job("00112233445566778899aabbccddeeff", path);
    cr_assert_str_eq(path, "jobs/00112233445566778899aabbccddeeff");
    media_path_package("00112233445566778899aabbccddeeff", path);
    cr_assert_str_eq(path, "packages/00112233445566778899aabbccddeeff");
    cr_assert_eq(media_store_root(m.store)[0], '/');
    cr_assert_eq(faccessat(media_store_root_fd(m.store), "packages", F_OK, 0), 0);
}

Test(media_store, opening_again_finds_what_is_there)
{
    struct media_store *again = NULL, *remote = NULL;
    char root[128];

    media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(media_store_open(m.directory, 0, &again), 0);
    cr_assert_eq(media_store_adopt_source(again, id, hash), 0);
    media_store_free(again);
    (void)snprintf(root, sizeof root, "%s/media", m.directory);
    cr_assert_eq(media_store_open_root(root, &remote), 0);
    cr_assert_eq(media_store_uploads_fd(remote), -1);
    cr_assert_eq(media_store_adopt_source(remote, id, hash), ERR_INVALID);
    media_store_free(remote);
    cr_assert_eq(media_store_open("/tmp/banmai-no-such-folder", 0, &again), ERR_NOT_FOUND);
    cr_assert_eq(media_store_open_root("/tmp/banmai-no-such-folder", &again), ERR_NOT_FOUND);
}

Test(media_store, an_upload_becomes_a_source_and_stays_until_it_is_removed)
{
    media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0);
    media_fixture_read(&m, source_path(hash), text, sizeof text);
    cr_assert_str_eq(text, "abc");
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0, "again, as after a crash");
    media_fixture_read(&m, source_path(hash), text, sizeof text);
    cr_assert_str_eq(text, "abc");
}

Test(media_store, the_same_content_is_kept_once)
{
    char other[ID_SIZE];

    media_fixture_upload(&m, "abc", id, hash);
    media_fixture_upload(&m, "abc", other, hash);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0);
    cr_assert_eq(media_store_adopt_source(m.store, other, hash), 0);
    media_fixture_read(&m, source_path(hash), text, sizeof text);
    cr_assert_str_eq(text, "abc");
}

Test(media_store, a_source_that_a_disk_cut_short_is_replaced_by_the_whole_one)
{
    char other[ID_SIZE];

    media_fixture_upload(&m, "abcdef", id, hash);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0);
    media_fixture_upload(&m, "abcdef", other, hash);
    media_fixture_write(&m, source_path(hash), "abc");
    cr_assert_eq(media_store_adopt_source(m.store, other, hash), 0);
    media_fixture_read(&m, source_path(hash), text, sizeof text);
    cr_assert_str_eq(text, "abcdef");
}

Test(media_store, what_is_not_there_or_no_name_cannot_be_adopted)
{
    media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(media_store_adopt_source(m.store, "../lock", hash), ERR_INVALID);
    cr_assert_eq(media_store_adopt_source(m.store, id, "../../x"), ERR_INVALID);
    cr_assert_eq(media_store_adopt_source(m.store, id, id), ERR_INVALID);
    id_new(id);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), ERR_NOT_FOUND);
}

/* The media folder may be a disk of its own: then a name cannot be linked there. */
Test(media_store, a_source_on_another_file_system_is_copied)
{
    char other_disk[] = "/dev/shm/banmai-media-XXXXXX", media[128];
    struct media_store *split = NULL;
    struct stat here, there;

    if (!mkdtemp(other_disk) || stat(other_disk, &there) < 0 || stat(m.directory, &here) < 0 ||
        here.st_dev == there.st_dev)
        cr_skip_test("there is one file system alone");
    (void)snprintf(media, sizeof media, "%s/media", m.directory);
    cr_assert_eq(file_remove_tree(AT_FDCWD, media), 0);
    cr_assert_eq(symlink(other_disk, media), 0);
    media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(media_store_open(m.directory, 0, &split), 0);
    cr_assert_eq(media_store_adopt_source(split, id, hash), 0);
    cr_assert_eq(media_store_adopt_source(split, id, hash), 0);
    media_fixture_read(&m, source_path(hash), text, sizeof text);
    cr_assert_str_eq(text, "abc");
    media_store_free(split);
    cr_assert_eq(unlink(media), 0);
    cr_assert_eq(file_remove_tree(AT_FDCWD, other_disk), 0);
}

#define JOB     "00112233445566778899aabbccddeeff"
#define PACKAGE "ffeeddccbbaa99887766554433221100"

static void make_slides(void)
{
    cr_assert_eq(mkdirat(media_store_root_fd(m.store), "jobs/" JOB "/slides", 0755), 0);
    media_fixture_write(&m, "media/jobs/" JOB "/slides/0001.webp", "RIFF");
}

Test(media_store, a_planned_jobs_files_get_their_place_in_the_package)
{
    cr_assert_eq(media_store_make_package(m.store, JOB, PACKAGE), ERR_NOT_FOUND);
    cr_assert_eq(media_store_make_job_dir(m.store, JOB), 0);
    cr_assert_eq(media_store_make_job_dir(m.store, JOB), 0);
    media_fixture_write(&m, "media/jobs/" JOB "/plan.json", "{}");
    media_fixture_write(&m, "media/jobs/" JOB "/poster.jpg.tmp-7", "half");
    make_slides();
    cr_assert_eq(media_store_make_package(m.store, JOB, PACKAGE), 0);
    cr_assert(media_fixture_has(&m, "media/packages/" PACKAGE "/slides/0001.webp"));
    media_fixture_read(&m, "media/packages/" PACKAGE "/plan.json", text, sizeof text);
    cr_assert_str_eq(text, "{}");
    cr_assert_not(media_fixture_has(&m, "media/packages/" PACKAGE "/poster.jpg.tmp-7"));
    cr_assert_eq(media_store_make_package(m.store, JOB, PACKAGE), 0, "again, as after a crash");
    cr_assert_eq(media_store_remove_job_dir(m.store, JOB), 0);
    cr_assert_eq(media_store_remove_job_dir(m.store, JOB), 0);
    cr_assert_not(media_fixture_has(&m, "media/jobs/" JOB));
    cr_assert(media_fixture_has(&m, "media/packages/" PACKAGE "/plan.json"));
}

Test(media_store, a_package_that_is_there_keeps_its_files)
{
    cr_assert_eq(media_store_make_job_dir(m.store, JOB), 0);
    media_fixture_write(&m, "media/jobs/" JOB "/plan.json", "new");
    cr_assert_eq(mkdirat(media_store_root_fd(m.store), "packages/" PACKAGE, 0700), 0);
    media_fixture_write(&m, "media/packages/" PACKAGE "/plan.json", "old");
    media_fixture_write(&m, "media/packages/" PACKAGE "/v240.0000.mp4", "part");
    cr_assert_eq(media_store_make_package(m.store, JOB, PACKAGE), 0);
    media_fixture_read(&m, "media/packages/" PACKAGE "/plan.json", text, sizeof text);
    cr_assert_str_eq(text, "old");
    cr_assert(media_fixture_has(&m, "media/packages/" PACKAGE "/v240.0000.mp4"));
}

Test(media_store, the_floor_is_left_free)
{
    struct media_store *full = NULL;
    uint64_t bytes = 0;

    cr_assert_eq(media_store_free_bytes(m.store, &bytes), 0);
    cr_assert_gt(bytes, 0);
    cr_assert_eq(media_store_check_space(m.store, 1), 0);
    cr_assert_eq(media_store_check_space(m.store, UINT64_MAX), ERR_NO_SPACE);
    cr_assert_eq(media_store_open(m.directory, UINT64_MAX, &full), 0);
    cr_assert_eq(media_store_free_bytes(full, &bytes), 0);
    cr_assert_eq(bytes, 0);
    cr_assert_eq(media_store_check_space(full, 0), 0);
    cr_assert_eq(media_store_check_space(full, 1), ERR_NO_SPACE);
    media_store_free(full);
}

Test(media_store, opening_without_memory_fails)
{
    struct media_store *store = NULL;

    fail_alloc_start(0);
    const int err = media_store_open(m.directory, 0, &store);
    const int root_err = media_store_open_root(m.directory, &store);
    cr_assert(fail_alloc_stop());
    cr_assert_eq(err, ERR_NO_MEMORY);
    cr_assert_eq(root_err, ERR_NO_MEMORY);
    cr_assert_null(store);
}

Test(media_store, beginning_needs_more_room_above_the_floor_than_going_on)
{
    uint64_t all = 0;

    cr_assert_eq(media_store_all_free_bytes(m.store, &all), 0);
    cr_assert(media_store_has_room(m.store, 0, false));
    cr_assert_not(media_store_has_room(m.store, all * 2, true));
    cr_assert_eq(media_store_room_bytes(0), 0);
    cr_assert_eq(media_store_room_bytes(8 << 20), 4 << 20);
    cr_assert_eq(media_store_room_bytes(UINT64_C(1) << 40), 128 << 20);
    const uint64_t almost = all - (96 << 20); /* others may write meanwhile */
    cr_assert_not(media_store_has_room(m.store, almost, false));
    cr_assert(media_store_has_room(m.store, almost, true));
}
