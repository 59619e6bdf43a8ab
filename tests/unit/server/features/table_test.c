// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/table.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/buf.h"
#include "server/http/exchange/problem.h"
#include "server/web/problem.h"
#include "server/web/route_index.h"
#include "tests/unit/server/web_fixture.h"

Test(table, no_row_hides_another_and_each_has_a_policy)
{
    struct buf fault = buf_with_limit(1000);
    struct route_index *index = NULL;

    cr_assert_eq(route_index_new(ROUTE_TABLES, N_ROUTE_TABLES, &fault, &index), 0, "%.*s",
                 SLICE_ARGS(buf_slice(&fault)));
    route_index_free(index);
}

/* Pages own every other path, and what is under them is told by its kind. */
Test(table, paths_begin_as_the_router_knows_them)
{
    static const char *const BEGINNINGS[] = {"/api/v1/", "/control/v1/", "/v/{token}/{package}/"};
    static const char *const ALONE[] = {"/healthz", "/readyz", "/metrics"};

    for (size_t t = 0; t < N_ROUTE_TABLES; t++) {
        for (size_t i = 0; i < ROUTE_TABLES[t]->n_routes; i++) {
            const char *pattern = ROUTE_TABLES[t]->routes[i].pattern;
            bool is_known = false;
            for (size_t k = 0; k < 3; k++)
                is_known = is_known ||
                           strncmp(pattern, BEGINNINGS[k], strlen(BEGINNINGS[k])) == 0 ||
                           strcmp(pattern, ALONE[k]) == 0;
            cr_assert(is_known, "%s of %s", pattern, ROUTE_TABLES[t]->name);
        }
    }
}

/* ---- refusals ---- */

/* NULL when nobody shares it. */
static const struct http_problem *shared_row(const char *name)
{
    for (int i = 0; i < N_PROBLEMS; i++)
        if (strcmp(problem_row((enum problem)i)->name, name) == 0)
            return problem_row((enum problem)i);
    return NULL;
}

static bool is_of_another_feature(size_t table, const char *name)
{
    for (size_t t = 0; t < N_ROUTE_TABLES; t++)
        for (size_t i = 0; t != table && i < ROUTE_TABLES[t]->n_problems; i++)
            if (strcmp(ROUTE_TABLES[t]->problems[i].name, name) == 0)
                return true;
    return false;
}

static void check_row(size_t table, const struct http_problem *row)
{
    const struct http_problem *shared = shared_row(row->name);

    cr_assert(row->status >= 400 && row->status < 600, "%s", row->name);
    for (int l = 0; l < HTTP_N_LANGUAGES; l++) {
        cr_assert(row->title[l] && row->title[l][0], "%s", row->name);
        cr_assert(!row->detail[l] || !strchr(row->detail[l], '%'), "nothing fills that in: %s",
                  row->name);
    }
    cr_assert_eq(!row->detail[HTTP_ENGLISH], !row->detail[HTTP_VIETNAMESE], "%s", row->name);
    cr_assert_str_neq(row->title[HTTP_ENGLISH], row->title[HTTP_VIETNAMESE]);
    cr_assert(shared ? shared->status == row->status : !is_of_another_feature(table, row->name),
              "%s means two things", row->name);
}

Test(table, refusals_of_features_speak_both_languages_and_have_names_of_their_own)
{
    size_t n = 0;

    for (size_t t = 0; t < N_ROUTE_TABLES; t++)
        for (size_t i = 0; i < ROUTE_TABLES[t]->n_problems; i++, n++)
            check_row(t, &ROUTE_TABLES[t]->problems[i]);
    cr_assert_gt(n, 0);
}

/* ---- every row, every actor, objects of every kind ---- */

TestSuite(every_row, .init = web_open, .fini = web_close);

static char teacher[ID_SIZE], lecture[ID_SIZE], course[ID_SIZE];

static void make_world(void)
{
    char other[ID_SIZE], sql[300];

    web_sign_in("learner", ROLE_LEARNER, other);
    web_sign_in("ambassador", ROLE_AMBASSADOR, other);
    web_sign_in("colleague", ROLE_INSTRUCTOR, other);
    web_sign_in("admin", ROLE_ADMIN, other);
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher);
    fixture_add_upload(&web.storage, teacher, 100, 1, lecture);
    fixture_new_id(course);
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO courses (id, title, owner_id, created_at_ms) VALUES ('%s', 'x',"
                   " '%s', 1)",
                   course, teacher);
    fixture_execute(&web.storage, sql);
}

/* The pattern with this for its first {…}, and nothing that exists for the others. */
static void fill_in(const char *pattern, const char *first, char *path, size_t size)
{
    struct buf b = buf_with_limit(size - 1);

    for (const char *at = pattern; *at; at++) {
        if (*at != '{') {
            buf_append_char(&b, *at);
            continue;
        }
        buf_append_text(&b, first);
        first = "nothing";
        at = strchr(at, '}');
    }
    (void)slice_to_cstr(buf_slice(&b), path, size);
    buf_clear(&b);
}

/* What comes of the policy alone: 401, 403 or 404, or 0 for "goes through". An unfinished lecture
 * is seen by its owner and admins, and so is a course of such lectures alone. */
static int expected(const struct route *route, const char *actor, bool is_there)
{
    const bool is_admin = strcmp(actor, "admin") == 0 || strcmp(actor, "local") == 0;
    const bool is_owner = strcmp(actor, "teacher") == 0;
    const bool is_teaching = is_admin || is_owner || strcmp(actor, "colleague") == 0;
    const bool is_stranger = !actor[0];
    const int refused = is_stranger ? 401 : 403;

    switch (route->policy) {
    case POLICY_ANYONE:
        return 0;
    case POLICY_SIGNED_IN:
        return is_stranger ? 401 : 0;
    case POLICY_TEACHING:
        return is_teaching ? 0 : refused;
    case POLICY_VISIBLE:
        return is_there && (is_owner || is_admin) ? 0 : 404;
    case POLICY_OWNER:
        if (is_stranger)
            return 401;
        return is_there && (is_owner || is_admin) ? 0 : 404;
    case POLICY_ADMIN:
    case POLICY_METRICS:
        return is_admin ? 0 : refused;
    case POLICY_LOCAL:
        return strcmp(actor, "local") == 0 ? 0 : 404;
    case POLICY_PLAYBACK:
        return 403;
    }
    return -1;
}

/* Whether the answer is the policy's. Whoever gets through may be refused by the handler; of a path
 * with an object that exists, not as if it was not there. */
static bool is_verdict(const struct route *route, int wanted, bool is_there)
{
    if (wanted)
        return web.status == wanted;
    if (web.status == 401 || strcmp(web_problem(), "forbidden") == 0)
        return false;
    return !route->object || !is_there || web.status != 404;
}

static void ask_row(const struct route *route, const char *actor, bool is_there)
{
    const bool is_course = route->object && strcmp(route->object->name, "course") == 0;
    const char *object = !is_there   ? "00000000000070008000000000000009"
                         : is_course ? course
                                     : lecture;
    const bool has_body = route->method == HTTP_POST || route->method == HTTP_PATCH;
    char path[300];

    fill_in(route->pattern, object, path, sizeof path);
    web_as(actor);
    (void)web_ask(http_method_name(route->method), path, has_body ? "[]" : NULL);
    cr_assert(is_verdict(route, expected(route, actor, is_there), is_there),
              "%s %s for \"%s\": %d %s", http_method_name(route->method), path, actor, web.status,
              web_problem());
}

/* What ends the object, waits for ever, or needs Redis, is asked by those whom it refuses alone. */
static bool may_be_let_through(const struct route *route)
{
    return route->method != HTTP_DELETE && !strstr(route->pattern, "/events") &&
           !strstr(route->pattern, "/cancel") && !strstr(route->pattern, "/retry") &&
           !strstr(route->pattern, "progress") && strcmp(route->pattern, "/readyz") != 0;
}

Test(every_row, every_actor_gets_what_the_policy_says)
{
    static const char *const ACTORS[] = {"",        "learner", "ambassador", "colleague",
                                         "teacher", "admin",   "local"};
    size_t n = 0;

    make_world();
    for (size_t t = 0; t < N_ROUTE_TABLES; t++) {
        for (size_t i = 0; i < ROUTE_TABLES[t]->n_routes; i++) {
            const struct route *route = &ROUTE_TABLES[t]->routes[i];
            for (size_t a = 0; a < sizeof ACTORS / sizeof ACTORS[0]; a++) {
                for (int is_there = 0; is_there < 2; is_there++) {
                    if (expected(route, ACTORS[a], is_there) == 0 && !may_be_let_through(route))
                        continue;
                    ask_row(route, ACTORS[a], is_there);
                    n++;
                }
            }
        }
    }
    cr_assert_gt(n, 400, "%zu", n);
}
