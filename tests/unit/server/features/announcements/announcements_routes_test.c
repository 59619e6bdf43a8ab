// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/features/announcements/announcements.h"
#include "tests/unit/server/web_fixture.h"

#define NEWS "/api/v1/announcements"

static void start(void)
{
    char id[ID_SIZE];

    web_open();
    web_sign_in("learner", ROLE_LEARNER, id);
    web_sign_in("admin", ROLE_ADMIN, id);
}

TestSuite(announcements_routes, .init = start, .fini = web_close);

static size_t count_for(const char *who, const char *path)
{
    web_as(who);
    cr_assert_eq(web_ask("GET", path, NULL), 200, "%s", web.body);
    return json_array_size(json_object_get(web.document, "announcements"));
}

/* Made by an admin, who asks from now on; the path of the new one. */
static void make(const char *body, char *path, size_t size)
{
    web_as("admin");
    cr_assert_eq(web_ask("POST", NEWS, body), 201, "%s", web.body);
    (void)snprintf(path, size, "%s/%s", NEWS,
                   json_string_value(json_object_get(web.document, "id")));
}

static const char *code(void)
{
    const json_t *fault = json_array_get(json_object_get(web.document, "errors"), 0);
    const char *value = json_string_value(json_object_get(fault, "code"));

    return value ? value : "";
}

Test(announcements_routes, an_announcement_is_made_read_by_everybody_and_withdrawn)
{
    char path[100], line[120];

    make("{\"text\":\"  Một\\nhai \"}", path, sizeof path);
    (void)snprintf(line, sizeof line, "Location: %s", path);
    cr_assert(web_has(line), "%s", web.head);
    cr_assert_eq(count_for("", NEWS), 1);
    const json_t *row = json_array_get(json_object_get(web.document, "announcements"), 0);
    cr_assert_str_eq(json_string_value(json_object_get(row, "text")), "Một\nhai");
    web_as("admin");
    cr_assert_eq(web_ask("DELETE", path, NULL), 204);
    cr_assert_eq(web_ask("DELETE", path, NULL), 404);
    cr_assert_eq(count_for("", NEWS), 0);
}

Test(announcements_routes, all_is_for_admins_alone)
{
    char path[100];

    make("{\"text\":\"x\"}", path, sizeof path);
    cr_assert_eq(web_ask("DELETE", path, NULL), 204);
    cr_assert_eq(count_for("", NEWS "?all=true"), 0);
    cr_assert_eq(count_for("learner", NEWS "?all=true"), 0);
    cr_assert_eq(count_for("admin", NEWS "?all=true"), 1);
    cr_assert_eq(count_for("admin", NEWS), 0);
}

Test(announcements_routes, a_text_has_from_1_to_500_characters)
{
    char path[100], letters[2 * ANNOUNCEMENT_MAX_CHARS + 3] = "",
                                                         body[2 * ANNOUNCEMENT_MAX_CHARS + 40];

    web_as("admin");
    cr_assert_eq(web_ask("POST", NEWS, "{}"), 400);
    cr_assert_str_eq(code(), "required");
    cr_assert_eq(web_ask("POST", NEWS, "{\"text\":\" \\n \"}"), 400);
    cr_assert_str_eq(code(), "too-short");
    for (int i = 0; i < ANNOUNCEMENT_MAX_CHARS; i++)
        (void)memcpy(letters + 2 * i, "đ", 3);
    (void)snprintf(body, sizeof body, "{\"text\":\"%s\"}", letters);
    make(body, path, sizeof path);
    (void)snprintf(body, sizeof body, "{\"text\":\"%sa\"}", letters);
    cr_assert_eq(web_ask("POST", NEWS, body), 400);
    cr_assert_str_eq(code(), "too-long");
    cr_assert_eq(count_for("", NEWS), 1);
}

Test(announcements_routes, what_is_no_id_is_not_found)
{
    web_as("admin");
    cr_assert_eq(web_ask("DELETE", NEWS "/nothing", NULL), 404);
    cr_assert_eq(web_ask("DELETE", NEWS "/00000000000070008000000000000009", NULL), 404);
}
