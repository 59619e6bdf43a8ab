// SPDX-License-Identifier: GPL-3.0-or-later
/* Changes to lectures, in process. */
#include <criterion/criterion.h>
#include <string.h>

#include "storage/jobs/job_store.h"
#include "tests/unit/server/web_fixture.h"

static char teacher[ID_SIZE], lecture[ID_SIZE], job[ID_SIZE];

static void start(void)
{
    char other[ID_SIZE];

    web_open();
    web_sign_in("learner", ROLE_LEARNER, other);
    web_sign_in("colleague", ROLE_INSTRUCTOR, other);
    web_sign_in("admin", ROLE_ADMIN, other);
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher);
    fixture_add_job(&web.storage, teacher, 1, lecture, job);
}

TestSuite(lecture_routes, .init = start, .fini = web_close);

static int64_t count(const char *sql)
{
    return fixture_number(&web.storage, sql);
}

static int ask(const char *method, const char *under, const char *body)
{
    char path[100];

    (void)snprintf(path, sizeof path, "/api/v1/lectures/%s%s", lecture, under);
    return web_ask(method, path, body);
}

#define RENAMED "SELECT count(*) FROM lectures WHERE title = 'Bài một'"
#define AUDITED "SELECT count(*) FROM audit WHERE action = "

Test(lecture_routes, its_owner_renames_it)
{
    cr_assert_eq(ask("PATCH", "", "{\"title\":\"Bài một\"}"), 204);
    cr_assert_eq(count(RENAMED), 1);
    cr_assert_eq(count(AUDITED "'lecture.rename'"), 1);
}

Test(lecture_routes, a_title_has_to_be_one)
{
    static const char *const BODIES[] = {"{}", "{\"title\":\"\"}", "{\"title\":7}", "[]"};

    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++)
        cr_assert_eq(ask("PATCH", "", BODIES[i]), 400, "%s", BODIES[i]);
    cr_assert_eq(count("SELECT count(*) FROM audit"), 0);
}

Test(lecture_routes, who_is_not_its_owner_changes_nothing)
{
    static const char *const STRANGERS[] = {"", "learner", "colleague"};

    for (size_t i = 0; i < sizeof STRANGERS / sizeof STRANGERS[0]; i++) {
        web_as(STRANGERS[i]);
        cr_assert_geq(ask("PATCH", "", "{\"title\":\"Bài một\"}"), 401, "%s", STRANGERS[i]);
        cr_assert_geq(ask("POST", "/cancel", NULL), 401, "%s", STRANGERS[i]);
        cr_assert_geq(ask("POST", "/retry", NULL), 401, "%s", STRANGERS[i]);
        cr_assert_geq(ask("DELETE", "", NULL), 401, "%s", STRANGERS[i]);
    }
    cr_assert_eq(count("SELECT count(*) FROM lectures"), 1);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE state NOT IN ('failed', 'cancelled')"), 1);
    cr_assert_eq(count("SELECT count(*) FROM audit"), 0);
}

Test(lecture_routes, an_admin_changes_everybodys)
{
    web_as("admin");
    cr_assert_eq(ask("PATCH", "", "{\"title\":\"Bài một\"}"), 204);
    cr_assert_eq(ask("POST", "/cancel", NULL), 202);
    cr_assert_eq(ask("POST", "/retry", NULL), 202);
    cr_assert_eq(ask("DELETE", "", NULL), 204);
}

Test(lecture_routes, a_cancelled_job_is_retried_and_its_packages_are_taken_back)
{
    const unsigned before = atomic_load(web.services.taken_back);

    cr_assert_eq(ask("POST", "/cancel", NULL), 202);
    cr_assert_eq(atomic_load(web.services.taken_back), before + 1);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE state = 'cancelled'"), 1);
    cr_assert_eq(ask("POST", "/cancel", NULL), 409);
    cr_assert_eq(ask("POST", "/retry", NULL), 202);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE state = 'cancelled'"), 0);
    cr_assert_eq(ask("POST", "/retry", NULL), 409);
    cr_assert_eq(count(AUDITED "'lecture.cancel'"), 1);
    cr_assert_eq(count(AUDITED "'lecture.retry'"), 1);
}

Test(lecture_routes, a_job_is_retried_without_sound_when_its_owner_says_so)
{
    cr_assert_eq(ask("POST", "/cancel", NULL), 202);
    cr_assert_eq(ask("POST", "/retry?without_sound=maybe", NULL), 400);
    cr_assert_eq(ask("POST", "/retry?without_sound=false", NULL), 202);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE without_sound = 1"), 0);
    cr_assert_eq(ask("POST", "/retry?without_sound=true", NULL), 409, "it runs");
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE without_sound = 1"), 0);
    cr_assert_eq(ask("POST", "/cancel", NULL), 202);
    cr_assert_eq(ask("POST", "/retry?without_sound=true", NULL), 202);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE without_sound = 1"), 1);
    cr_assert_eq(ask("POST", "/cancel", NULL), 202);
    cr_assert_eq(ask("POST", "/retry", NULL), 202);
    cr_assert_eq(count("SELECT count(*) FROM jobs WHERE without_sound = 1"), 1, "it is kept");
}

Test(lecture_routes, a_failure_says_what_it_is_about)
{
    fixture_execute(&web.storage,
                    "UPDATE jobs SET state = 'failed', failure_code = 'E_SOUND_CODEC',"
                    " failure_detail = 'DTS'");
    cr_assert_eq(ask("GET", "", NULL), 200);
    const json_t *error = json_object_get(json_object_get(web.document, "job"), "error");
    cr_assert_str_eq(json_string_value(json_object_get(error, "detail")), "DTS");
    cr_assert_not_null(strstr(json_string_value(json_object_get(error, "message_en")),
                              "The sound is in DTS, which is not accepted."));
    cr_assert_not_null(strstr(json_string_value(json_object_get(error, "message")),
                              "Âm thanh của tệp ở dạng DTS"));
}

Test(lecture_routes, a_deleted_lecture_is_not_there)
{
    const unsigned before = atomic_load(web.services.taken_back);

    cr_assert_eq(ask("DELETE", "", NULL), 204);
    cr_assert_eq(atomic_load(web.services.taken_back), before + 1);
    cr_assert_eq(count("SELECT count(*) FROM lectures WHERE state <> 'deleted'"), 0);
    cr_assert_eq(count(AUDITED "'lecture.delete'"), 1);
    cr_assert_eq(ask("GET", "", NULL), 404);
    cr_assert_eq(ask("DELETE", "", NULL), 404);
}

Test(lecture_routes, a_full_queue_is_told_and_nothing_is_changed)
{
    web_hold_database();
    cr_assert_eq(ask("PATCH", "", "{\"title\":\"Bài một\"}"), 503);
    cr_assert_eq(ask("POST", "/cancel", NULL), 503);
    web_release_database();
    cr_assert_eq(count(RENAMED), 0);
    cr_assert_eq(count("SELECT count(*) FROM audit"), 0);
}
