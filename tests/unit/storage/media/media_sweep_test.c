// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "tests/unit/storage/media_fixture.h"

static struct media_fixture m;

static void set_up(void)
{
    media_fixture_open(&m);
}

static void tear_down(void)
{
    media_fixture_close(&m);
}

TestSuite(media_sweep, .init = set_up, .fini = tear_down);

#define KNOWN   "00112233445566778899aabbccddeeff"
#define UNKNOWN "ffeeddccbbaa99887766554433221100"

static int knows_some(enum media_folder folder, const char *name, void *arg)
{
    (void)folder, (void)arg;
    return strncmp(name, "0011", 4) == 0;
}

static int cannot_tell(enum media_folder folder, const char *name, void *arg)
{
    (void)folder, (void)name, (void)arg;
    return ERR_UNAVAILABLE;
}

static int64_t soon_ms(void)
{
    return clock_wall_ms() + 60000;
}

static struct media_unknown count(enum media_folder folder)
{
    struct media_unknown unknown = {0};

    cr_assert_eq(media_store_count_unknown(m.store, folder, knows_some, NULL, &unknown), 0);
    return unknown;
}

static void make_package(const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof path, "packages/%s", name);
    cr_assert_eq(mkdirat(media_store_root_fd(m.store), path, 0700), 0);
    (void)snprintf(path, sizeof path, "media/packages/%s/package.json", name);
    media_fixture_write(&m, path, "{}");
}

Test(media_sweep, what_is_removed_is_gone_with_all_that_is_in_it)
{
    make_package(KNOWN);
    make_package(UNKNOWN);
    cr_assert_eq(media_store_remove(m.store, MEDIA_PACKAGES, UNKNOWN, soon_ms()), 0);
    cr_assert(media_fixture_has(&m, "media/packages/" KNOWN "/package.json"));
    cr_assert_not(media_fixture_has(&m, "media/packages/" UNKNOWN));
    cr_assert_eq(media_store_remove(m.store, MEDIA_PACKAGES, UNKNOWN, soon_ms()), 0);
}

Test(media_sweep, what_changed_later_stays)
{
    make_package(UNKNOWN);
    cr_assert_eq(media_store_remove(m.store, MEDIA_PACKAGES, UNKNOWN, clock_wall_ms() - 60000),
                 ERR_CONFLICT);
    cr_assert(media_fixture_has(&m, "media/packages/" UNKNOWN));
}

Test(media_sweep, what_was_just_made_on_its_way_to_a_row_stays)
{
    cr_assert_eq(media_store_make_job_dir(m.store, KNOWN), 0);
    cr_assert_eq(media_store_make_package(m.store, KNOWN, UNKNOWN), 0);
    cr_assert_eq(media_store_remove(m.store, MEDIA_JOBS, KNOWN, soon_ms()), ERR_AGAIN);
    cr_assert_eq(media_store_remove(m.store, MEDIA_PACKAGES, UNKNOWN, soon_ms()), ERR_AGAIN);
    cr_assert_eq(count(MEDIA_PACKAGES).n, 0);
}

Test(media_sweep, names_of_another_form_are_never_removed)
{
    media_fixture_write(&m, "uploads/README", "hello");
    cr_assert_eq(media_store_remove(m.store, MEDIA_UPLOADS, "README", soon_ms()), ERR_INVALID);
    cr_assert_eq(media_store_remove(m.store, MEDIA_JOBS, "..", soon_ms()), ERR_INVALID);
    cr_assert(media_fixture_has(&m, "uploads/README"));
}

Test(media_sweep, what_nobody_knows_is_counted_with_its_bytes_and_left_alone)
{
    make_package(KNOWN);
    make_package(UNKNOWN);
    media_fixture_write(&m, "media/packages/NOTES.txt", "whose is this?");
    const struct media_unknown unknown = count(MEDIA_PACKAGES);
    cr_assert_eq(unknown.n, 2);
    cr_assert_gt(unknown.bytes, 0);
    cr_assert(media_fixture_has(&m, "media/packages/" UNKNOWN "/package.json"));
    cr_assert(media_fixture_has(&m, "media/packages/NOTES.txt"));
}

Test(media_sweep, sources_lie_one_level_deeper)
{
    char id[ID_SIZE], sha256[SHA256_HEX_SIZE];

    media_fixture_upload(&m, "abc", id, sha256);
    cr_assert_eq(media_store_adopt_source(m.store, id, sha256), 0);
    cr_assert_eq(count(MEDIA_SOURCES).n, 0, "just adopted");
    media_store_free(m.store);
    cr_assert_eq(media_store_open(m.directory, 0, &m.store), 0);
    cr_assert_eq(count(MEDIA_SOURCES).n, 1);
    cr_assert_eq(media_store_remove(m.store, MEDIA_SOURCES, sha256, soon_ms()), 0);
    cr_assert_eq(count(MEDIA_SOURCES).n, 0);
}

Test(media_sweep, a_half_copied_source_of_a_crash_goes)
{
    media_fixture_write(&m, "media/sources/" KNOWN UNKNOWN ".tmp-77", "half");
    media_fixture_write(&m, "media/sources/" KNOWN UNKNOWN ".tmp-", "no number");
    media_fixture_write(&m, "uploads/" KNOWN ".tmp-7", "not ours");
    cr_assert_eq(count(MEDIA_SOURCES).n, 1);
    cr_assert_not(media_fixture_has(&m, "media/sources/" KNOWN UNKNOWN ".tmp-77"));
    cr_assert_eq(count(MEDIA_UPLOADS).n, 1);
    cr_assert(media_fixture_has(&m, "uploads/" KNOWN ".tmp-7"));
}

Test(media_sweep, who_cannot_tell_ends_the_count)
{
    struct media_unknown unknown = {0};

    make_package(UNKNOWN);
    cr_assert_eq(media_store_count_unknown(m.store, MEDIA_PACKAGES, cannot_tell, NULL, &unknown),
                 ERR_UNAVAILABLE);
}

Test(media_sweep, names_have_the_form_of_their_folder)
{
    cr_assert(media_name_is_valid(MEDIA_PACKAGES, KNOWN));
    cr_assert_not(media_name_is_valid(MEDIA_SOURCES, KNOWN));
    cr_assert(media_name_is_valid(MEDIA_SOURCES, KNOWN KNOWN));
    cr_assert_not(media_name_is_valid(MEDIA_UPLOADS, "../../../../etc/passwd/0123456789"));
    cr_assert_not(media_name_is_valid(MEDIA_JOBS, ""));
    cr_assert(media_name_is_temporary(MEDIA_SOURCES, KNOWN KNOWN ".tmp-1"));
    cr_assert_not(media_name_is_temporary(MEDIA_SOURCES, KNOWN ".tmp-1"));
    cr_assert_not(media_name_is_temporary(MEDIA_SOURCES, KNOWN KNOWN ".tmp-1x"));
    cr_assert_not(media_name_is_temporary(MEDIA_PACKAGES, KNOWN KNOWN ".tmp-1"));
}
