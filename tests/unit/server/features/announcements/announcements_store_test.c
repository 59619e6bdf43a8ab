// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "common/err.h"
#include "server/features/announcements/announcements.h"
#include "tests/unit/server/web_fixture.h"

static char first[ID_SIZE], second[ID_SIZE];

static void start(void)
{
    char admin[ID_SIZE];

    web_open();
    web_sign_in("admin", ROLE_ADMIN, admin);
    fixture_new_id(first);
    fixture_new_id(second);
    cr_assert_eq(announcement_store_add(web.storage.db, first, "Một\nhai", 10), 0);
    cr_assert_eq(announcement_store_add(web.storage.db, second, "Ba", 20), 0);
}

TestSuite(announcements_store, .init = start, .fini = web_close);

static const json_t *rows(const char *path)
{
    cr_assert_eq(web_ask("GET", path, NULL), 200, "%s", web.body);
    return json_object_get(web.document, "announcements");
}

static const char *text(const json_t *row, const char *name)
{
    const char *value = json_string_value(json_object_get(row, name));

    return value ? value : "";
}

Test(announcements_store, the_newest_comes_first_with_its_lines)
{
    const json_t *list = rows("/api/v1/announcements");

    cr_assert_eq(json_array_size(list), 2);
    cr_assert_str_eq(text(json_array_get(list, 0), "id"), second);
    cr_assert_str_eq(text(json_array_get(list, 1), "text"), "Một\nhai");
    cr_assert_str_eq(text(json_array_get(list, 1), "made_at"), "1970-01-01T00:00:00.010Z");
    cr_assert_null(json_object_get(json_array_get(list, 1), "withdrawn_at"));
}

Test(announcements_store, each_is_reached_page_by_page)
{
    char path[500];

    cr_assert_str_eq(text(json_array_get(rows("/api/v1/announcements?limit=1"), 0), "id"), second);
    (void)snprintf(path, sizeof path, "/api/v1/announcements?limit=1&after=%s",
                   text(web.document, "next"));
    cr_assert_str_eq(text(json_array_get(rows(path), 0), "id"), first);
    cr_assert(json_is_null(json_object_get(web.document, "next")));
}

Test(announcements_store, what_was_withdrawn_is_gone_and_kept_for_those_who_see_all)
{
    cr_assert_eq(announcement_store_withdraw(web.storage.db, second, 30), 0);
    cr_assert_eq(json_array_size(rows("/api/v1/announcements")), 1);
    const json_t *row = json_array_get(rows("/api/v1/announcements?all=true"), 0);
    cr_assert_str_eq(text(row, "id"), second);
    cr_assert_str_eq(text(row, "withdrawn_at"), "1970-01-01T00:00:00.030Z");
}

Test(announcements_store, nothing_is_withdrawn_twice_and_nothing_that_was_never_made)
{
    cr_assert_eq(announcement_store_withdraw(web.storage.db, first, 30), 0);
    cr_assert_eq(announcement_store_withdraw(web.storage.db, first, 40), ERR_NOT_FOUND);
    cr_assert_eq(announcement_store_withdraw(web.storage.db, "", 40), ERR_NOT_FOUND);
    const json_t *row = json_array_get(rows("/api/v1/announcements?all=true"), 1);
    cr_assert_str_eq(text(row, "withdrawn_at"), "1970-01-01T00:00:00.030Z", "the first time stays");
}
