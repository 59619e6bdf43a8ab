// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media_sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "media_fixture.h"

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

#define KEPT    "00112233445566778899aabbccddeeff"
#define ORPHAN  "ffeeddccbbaa99887766554433221100"
#define ORPHAN2 "ffeeddccbbaa99887766554433221101"

static int refers_to_kept(enum media_folder folder, const char *name, void *arg)
{
    (void)folder, (void)arg;
    return strncmp(name, "0011", 4) == 0;
}

static int cannot_tell(enum media_folder folder, const char *name, void *arg)
{
    (void)folder, (void)name, (void)arg;
    return ERR_UNAVAILABLE;
}

/* Touches what it is asked for, as somebody else might at this moment. */
static int touches_it(enum media_folder folder, const char *name, void *arg)
{
    (void)folder, (void)arg;
    char path[96];
    (void)snprintf(path, sizeof path, "packages/%s", name);
    cr_assert_eq(utimensat(media_store_root_fd(m.store), path, NULL, 0), 0);
    return 0;
}

static int64_t soon_ms(void)
{
    return clock_wall_ms() + 60000;
}

static size_t sweep(enum media_folder folder, int64_t before_ms, size_t limit)
{
    size_t n = 99;

    cr_assert_eq(media_store_sweep(m.store, folder, before_ms, limit, refers_to_kept, NULL, &n), 0);
    return n;
}

static void make_package(const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof path, "packages/%s", name);
    cr_assert_eq(mkdirat(media_store_root_fd(m.store), path, 0700), 0);
    (void)snprintf(path, sizeof path, "media/packages/%s/package.json", name);
    media_fixture_write(&m, path, "{}");
}

Test(media_sweep, old_things_that_nothing_refers_to_go)
{
    make_package(KEPT);
    make_package(ORPHAN);
    cr_assert_eq(sweep(MEDIA_PACKAGES, soon_ms(), 9), 1);
    cr_assert(media_fixture_has(&m, "media/packages/" KEPT "/package.json"));
    cr_assert_not(media_fixture_has(&m, "media/packages/" ORPHAN));
}

Test(media_sweep, young_things_stay)
{
    make_package(ORPHAN);
    cr_assert_eq(sweep(MEDIA_PACKAGES, clock_wall_ms() - 60000, 9), 0);
    cr_assert(media_fixture_has(&m, "media/packages/" ORPHAN));
}

Test(media_sweep, a_thing_that_is_touched_while_it_is_asked_for_stays)
{
    size_t n = 99;

    make_package(ORPHAN);
    const int64_t before_ms = clock_wall_ms() + 20;
    while (clock_wall_ms() < before_ms + 20)
        ;
    cr_assert_eq(media_store_sweep(m.store, MEDIA_PACKAGES, before_ms, 9, touches_it, NULL, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert(media_fixture_has(&m, "media/packages/" ORPHAN));
}

Test(media_sweep, sources_lie_one_level_deeper)
{
    char id[ID_SIZE], kept[SHA256_HEX_SIZE], orphan[SHA256_HEX_SIZE], path[160];

    media_fixture_upload(&m, "abc", id, orphan);
    cr_assert_eq(media_store_adopt_source(m.store, id, orphan), 0);
    memcpy(kept, orphan, sizeof kept);
    memcpy(kept, "0011", 4);
    cr_assert_eq(media_store_adopt_source(m.store, id, kept), 0);
    cr_assert_eq(sweep(MEDIA_SOURCES, soon_ms(), 9), 1);
    (void)snprintf(path, sizeof path, "media/sources/00/%s", kept);
    cr_assert(media_fixture_has(&m, path));
    (void)snprintf(path, sizeof path, "media/sources/ba/%s", orphan);
    cr_assert_not(media_fixture_has(&m, path));
}

Test(media_sweep, names_of_another_form_go_when_they_are_old)
{
    media_fixture_write(&m, "uploads/" KEPT ".tmp-7", "half");
    media_fixture_write(&m, "uploads/README", "hello");
    media_fixture_write(&m, "uploads/" KEPT, "whole");
    cr_assert_eq(sweep(MEDIA_UPLOADS, clock_wall_ms() - 60000, 9), 0);
    cr_assert_eq(sweep(MEDIA_UPLOADS, soon_ms(), 9), 2);
    cr_assert(media_fixture_has(&m, "uploads/" KEPT));
    cr_assert_not(media_fixture_has(&m, "uploads/README"));
}

Test(media_sweep, no_more_than_the_limit_goes_and_what_is_referred_to_does_not_count)
{
    make_package(KEPT);
    make_package(ORPHAN);
    make_package(ORPHAN2);
    cr_assert_eq(sweep(MEDIA_PACKAGES, soon_ms(), 0), 0);
    cr_assert_eq(sweep(MEDIA_PACKAGES, soon_ms(), 1), 1);
    cr_assert_eq(sweep(MEDIA_PACKAGES, soon_ms(), 1), 1);
    cr_assert_eq(sweep(MEDIA_PACKAGES, soon_ms(), 1), 0);
    cr_assert(media_fixture_has(&m, "media/packages/" KEPT));
}

Test(media_sweep, who_cannot_tell_ends_the_sweep_and_nothing_goes)
{
    size_t n = 99;

    make_package(ORPHAN);
    cr_assert_eq(media_store_sweep(m.store, MEDIA_PACKAGES, soon_ms(), 9, cannot_tell, NULL, &n),
                 ERR_UNAVAILABLE);
    cr_assert_eq(n, 0);
    cr_assert(media_fixture_has(&m, "media/packages/" ORPHAN));
}

Test(media_sweep, names_have_the_form_of_their_folder)
{
    cr_assert(media_name_is_valid(MEDIA_PACKAGES, KEPT));
    cr_assert_not(media_name_is_valid(MEDIA_SOURCES, KEPT));
    cr_assert(media_name_is_valid(MEDIA_SOURCES, KEPT KEPT));
    cr_assert_not(media_name_is_valid(MEDIA_UPLOADS, "../../../../etc/passwd/0123456789"));
    cr_assert_not(media_name_is_valid(MEDIA_JOBS, ""));
}
