// SPDX-License-Identifier: GPL-3.0-or-later
/* The catalogue: courses and lectures, as the caller may see them. All of it is read on the
 * readers' threads; changes are lecture_routes.c's. */
#include <string.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/json_writer.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/catalogue/catalogue_store.h"
#include "server/features/catalogue/lecture_json.h"
#include "server/features/playback/playback.h"
#include "server/http/exchange/exchange.h"
#include "server/http/message/request.h"
#include "server/web/answers.h"
#include "server/web/fields.h"
#include "server/web/page.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "server/web/services.h"

enum { LECTURE_JSON_LIMIT = 1 << 20 };

/* A page of a list, or one object: made on the loop, read by a reader. */
struct catalogue_reading {
    struct reading reading; /* first member */
    struct list_page page;
    char id[ID_SIZE];                 /* of the object; "" when there is none such */
    struct catalogue_lecture lecture; /* of handle_lecture */
};

static struct catalogue_reading *new_reading(struct call *call,
                                             int (*read)(struct reading *r, struct db *db))
{
    struct catalogue_reading *c = arena_alloc(http_exchange_arena(call->x), sizeof *c);

    if (c)
        c->reading.read = read;
    return c;
}

/* Starts the read of a page, or refuses the request. */
static void read_list(struct call *call, enum list_order order,
                      int (*read)(struct reading *r, struct db *db))
{
    struct list_page page;

    if (list_request_read(call->x, order, &page))
        return;
    struct catalogue_reading *c = new_reading(call, read);
    if (c)
        c->page = page;
    if (c && id_is_valid(call->params[0]))
        (void)slice_to_cstr(call->params[0], c->id, sizeof c->id);
    reading_start(c ? &c->reading : NULL, call);
}

/* Cuts the row off that says that there are more; whether there was one. */
static bool cut_to_page(const struct list_page *page, size_t *n)
{
    const bool has_more = *n > page->limit;

    if (has_more)
        *n = page->limit;
    return has_more;
}

/* ---- courses ---- */

static struct list_key course_key(const struct course *course)
{
    struct list_key key = {0};

    memcpy(key.text, course->title, sizeof course->title);
    memcpy(key.id, course->id, sizeof key.id);
    return key;
}

static void put_courses(struct buf *json, const struct list_page *page,
                        const struct catalogue_course *rows, size_t n)
{
    const bool has_more = cut_to_page(page, &n);
    const struct list_key last = n > 0 ? course_key(&rows[n - 1].course) : (struct list_key){0};

    json_begin_object(json, NULL);
    json_begin_array(json, "courses");
    for (size_t i = 0; i < n; i++) {
        json_begin_object(json, NULL);
        course_members_json(&rows[i], json);
        json_end_object(json);
    }
    json_end_array(json);
    list_put_next(json, LIST_BY_TITLE, has_more, &last);
    json_end_object(json);
}

static int read_courses(struct reading *r, struct db *db)
{
    const struct catalogue_reading *c = (struct catalogue_reading *)r;
    const struct viewer viewer = policy_viewer(&r->call->actor);
    struct catalogue_course *rows = NULL;
    size_t n = 0;

    const int err = catalogue_list_courses(db, &viewer, &c->page, &r->arena, &rows, &n);
    if (!err)
        put_courses(&r->json, &c->page, rows, n);
    return err;
}

static void handle_courses(struct call *call)
{
    read_list(call, LIST_BY_TITLE, read_courses);
}

/* ---- lectures ---- */

/* Writes members `lectures` and `next`. */
static void put_rows(struct catalogue_reading *c, enum list_order order,
                     const struct catalogue_lecture *rows, size_t n)
{
    const bool has_more = cut_to_page(&c->page, &n);
    struct buf *json = &c->reading.json;
    struct list_key last = {0};

    json_begin_array(json, "lectures");
    for (size_t i = 0; i < n; i++)
        lecture_row_json(c->reading.call, &rows[i], json);
    json_end_array(json);
    if (n > 0)
        memcpy(last.id, rows[n - 1].lecture.id, sizeof last.id);
    if (n > 0 && order == LIST_BY_POSITION)
        last.number = rows[n - 1].lecture.position;
    list_put_next(json, order, has_more, &last);
}

static int read_course(struct reading *r, struct db *db)
{
    struct catalogue_reading *c = (struct catalogue_reading *)r;
    const struct catalogue_reader reader = catalogue_reader_of(r->call);
    struct catalogue_lecture *rows = NULL;
    struct catalogue_course course;
    size_t n = 0;

    int err = catalogue_find_course(db, &reader.viewer, c->id, &course);
    if (!err)
        err = catalogue_list_by_course(db, &reader, c->id, &c->page, &r->arena, &rows, &n);
    if (err)
        return err;
    json_begin_object(&r->json, NULL);
    course_members_json(&course, &r->json);
    put_rows(c, LIST_BY_POSITION, rows, n);
    json_end_object(&r->json);
    return 0;
}

static void handle_course(struct call *call)
{
    read_list(call, LIST_BY_POSITION, read_course);
}

static int read_newest(struct reading *r, struct db *db)
{
    struct catalogue_reading *c = (struct catalogue_reading *)r;
    const struct catalogue_reader reader = catalogue_reader_of(r->call);
    struct catalogue_lecture *rows = NULL;
    size_t n = 0;

    const int err = catalogue_list_lectures(db, &reader, &c->page, &r->arena, &rows, &n);
    if (err)
        return err;
    json_begin_object(&r->json, NULL);
    put_rows(c, LIST_BY_AGE, rows, n);
    json_end_object(&r->json);
    return 0;
}

static int read_own(struct reading *r, struct db *db)
{
    struct catalogue_reading *c = (struct catalogue_reading *)r;
    const struct catalogue_reader reader = catalogue_reader_of(r->call);
    const char *owner_id = r->call->actor.user.id; /* "" of nobody: no rows */
    struct catalogue_lecture *rows = NULL;
    size_t n = 0;

    const int err = catalogue_list_by_owner(db, &reader, owner_id, &c->page, &r->arena, &rows, &n);
    if (err)
        return err;
    json_begin_object(&r->json, NULL);
    put_rows(c, LIST_BY_AGE, rows, n);
    json_end_object(&r->json);
    return 0;
}

struct lectures_query {
    bool mine;
};

static const struct field LECTURES_QUERY[] = {
    FIELD(FIELD_BOOL, struct lectures_query, mine, .is_required = false)};

static void handle_lectures(struct call *call)
{
    struct lectures_query query = {0};
    struct field_faults faults;

    (void)fields_read_query(http_exchange_request(call->x), LECTURES_QUERY, 1, &query, &faults);
    if (faults.n > 0)
        answer_faults(call->x, &faults);
    else
        read_list(call, LIST_BY_AGE, query.mine ? read_own : read_newest);
}

/* ---- one lecture ---- */

static int read_lecture(struct reading *r, struct db *db)
{
    struct catalogue_reading *c = (struct catalogue_reading *)r;
    const struct catalogue_reader reader = catalogue_reader_of(r->call);

    return catalogue_find_lecture(db, &reader, c->id, &c->lecture);
}

/* With what only its package knows, which a player will ask for next. A package that cannot be read
 * is a failure, too: its lecture would look as if it had no pictures. */
static void answer_lecture(struct reading *r)
{
    const struct catalogue_reading *c = (struct catalogue_reading *)r;
    CLEANUP(buf_clear) struct buf json = buf_with_limit(LECTURE_JSON_LIMIT);
    const struct lecture *lecture = &c->lecture.lecture;
    const struct package *package = NULL;
    struct call *call = r->call;
    int err = 0;

    if (lecture->state == LECTURE_READY && near_package_wait(call, slice_from(lecture->package_id)))
        return; /* everything is read again when the package is near */
    if (lecture->state == LECTURE_READY && c->lecture.has_job)
        err =
            package_cache_get(call->services->packages, slice_from(lecture->package_id), &package);
    if (err && err != ERR_NOT_FOUND) { /* the files are gone, and with them the pictures */
        answer_err(call->x, err);
        return;
    }
    lecture_json(call, &c->lecture, package, &json);
    answer_json(call->x, 200, &json);
}

static void handle_lecture(struct call *call)
{
    struct catalogue_reading *c = new_reading(call, read_lecture);

    if (c && id_is_valid(call->params[0]))
        (void)slice_to_cstr(call->params[0], c->id, sizeof c->id);
    if (c)
        c->reading.done = answer_lecture;
    reading_start(c ? &c->reading : NULL, call);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/courses", POLICY_ANYONE, NULL, handle_courses),
    ROUTE(HTTP_GET, "/api/v1/courses/{id}", POLICY_VISIBLE, &COURSE_OBJECT, handle_course),
    ROUTE(HTTP_GET, "/api/v1/lectures", POLICY_ANYONE, NULL, handle_lectures),
    ROUTE(HTTP_GET, "/api/v1/lectures/{id}", POLICY_VISIBLE, &LECTURE_OBJECT, handle_lecture),
};
/* clang-format on */

const struct route_table CATALOGUE_ROUTES = ROUTE_TABLE("catalogue", ROUTES);
