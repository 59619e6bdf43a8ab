// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/device_store.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char lan[ID_SIZE];
static char minh[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "lan", ROLE_LEARNER, lan);
    fixture_add_user(&f, "minh", ROLE_LEARNER, minh);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(device_store, .init = set_up, .fini = tear_down);

static const uint8_t *device(int n)
{
    static uint8_t hash[SHA256_BYTES];

    hash[0] = (uint8_t)n;
    return hash;
}

Test(device_store, knows_a_device_at_the_account_that_it_signed_in_to)
{
    cr_assert_eq(device_store_note(f.db, lan, device(1), 10), 0);
    cr_assert_eq(device_store_note(f.db, lan, device(1), 11), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), 0);
    cr_assert_eq(device_store_find(f.db, minh, device(1)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_find(f.db, "", device(1)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_find_any(f.db, device(1)), 0);
    cr_assert_eq(device_store_find_any(f.db, device(2)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_note(f.db, "nobody", device(1), 10), ERR_CONFLICT);
}

Test(device_store, one_phone_may_be_of_a_whole_village)
{
    cr_assert_eq(device_store_note(f.db, lan, device(1), 10), 0);
    cr_assert_eq(device_store_note(f.db, minh, device(1), 10), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), 0);
    cr_assert_eq(device_store_find(f.db, minh, device(1)), 0);
}

/* The clock goes back with each sign-in: the order of use counts. */
Test(device_store, the_device_that_was_not_used_for_longest_makes_room)
{
    cr_assert_eq(device_store_note(f.db, minh, device(0), 1), 0);
    for (int i = 0; i < DEVICES_PER_USER; i++)
        cr_assert_eq(device_store_note(f.db, lan, device(i), 1000 - i), 0);
    cr_assert_eq(device_store_note(f.db, lan, device(0), 5), 0);
    cr_assert_eq(device_store_note(f.db, lan, device(200), 4), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(0)), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_find(f.db, minh, device(0)), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM devices"), DEVICES_PER_USER + 1);
}

Test(device_store, a_new_password_forgets_all_and_a_new_role_none)
{
    cr_assert_eq(device_store_note(f.db, lan, device(1), 10), 0);
    cr_assert_eq(device_store_note(f.db, minh, device(1), 10), 0);
    cr_assert_eq(user_store_set_role(f.db, lan, ROLE_ADMIN), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), 0);
    cr_assert_eq(user_store_set_password(f.db, lan, "$argon2id$new"), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_find(f.db, minh, device(1)), 0);
}

Test(device_store, a_database_of_the_first_version_keeps_its_people_and_knows_no_device)
{
    struct user user;

    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert_eq(user_store_find(f.db, lan, &user), 0);
    cr_assert_eq(device_store_find(f.db, lan, device(1)), ERR_NOT_FOUND);
    cr_assert_eq(device_store_note(f.db, lan, device(1), 10), 0);
}
