// SPDX-License-Identifier: GPL-3.0-or-later
/* tus, in process: small bodies that come at once. Broken connections, take-overs and full disks
 * need a server: tests/integration/upload_test.py. */
#include <criterion/criterion.h>
#include <string.h>

#include "server/http/exchange/response.h"
#include "tests/unit/server/web_fixture.h"

#define UPLOADS  "/api/v1/uploads"
#define TUS      HTTP_HEADER("tus-resumable", "1.0.0")
#define BYTES    HTTP_HEADER("content-type", "application/offset+octet-stream")
#define METADATA HTTP_HEADER("upload-metadata", "filename YS5tcDQ=") /* a.mp4 */

#define SEND(method_, path_, body_, ...)                                \
    web_send(method_, path_, (const struct http_header[]){__VA_ARGS__}, \
             sizeof((struct http_header[]){__VA_ARGS__}) / sizeof(struct http_header), body_)

static char teacher[ID_SIZE], path[100];

static void start(void)
{
    char other[ID_SIZE];

    web_open();
    web.config.max_upload_bytes = 1000;
    web.config.instructor_quota_bytes = 5000;
    web_sign_in("learner", ROLE_LEARNER, other);
    web_sign_in("colleague", ROLE_INSTRUCTOR, other);
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher);
}

TestSuite(upload_routes, .init = start, .fini = web_close);

static int64_t count(const char *sql)
{
    return fixture_number(&web.storage, sql);
}

/* An upload of ten bytes; `path` is its address. */
static void create(void)
{
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA, HTTP_HEADER("upload-length", "10")),
                 201);
    const char *at = strstr(web.head, "Location: ");
    cr_assert_not_null(at, "%s", web.head);
    at += strlen("Location: ");
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "\n"), at);
}

static int patch(const char *offset, const char *body)
{
    return SEND("PATCH", path, body, TUS, BYTES, HTTP_HEADER("upload-offset", offset));
}

Test(upload_routes, options_says_what_the_server_does)
{
    web_as("");
    cr_assert_eq(web_ask("OPTIONS", UPLOADS, NULL), 204);
    cr_assert(web_has("Tus-Version: 1.0.0"));
    cr_assert(web_has("Tus-Max-Size: 1000"));
    cr_assert(web_has("creation-with-upload"));
}

Test(upload_routes, a_new_upload_is_a_lecture_in_the_course_that_was_named)
{
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, HTTP_HEADER("upload-length", "10"),
                      HTTP_HEADER("upload-metadata",
                                  "filename YS5tcDQ=,course VG/DoW4=")), /* Toán */
                 201);
    cr_assert_eq(count("SELECT count(*) FROM uploads WHERE length_bytes = 10"), 1);
    cr_assert_eq(count("SELECT count(*) FROM lectures JOIN courses ON courses.id ="
                       " lectures.course_id WHERE lectures.state = 'uploading' AND"
                       " courses.title = 'Toán' AND courses.owner_id = lectures.owner_id"),
                 1);
}

Test(upload_routes, a_body_may_come_with_the_creation)
{
    cr_assert_eq(SEND("POST", UPLOADS, "01234", TUS, BYTES, METADATA,
                      HTTP_HEADER("upload-length", "10")),
                 201);
    cr_assert(web_has("Upload-Offset: 5\n"));
}

Test(upload_routes, what_cannot_be_an_upload_is_refused_and_nothing_is_made)
{
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA), 400);
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA, HTTP_HEADER("upload-length", "1001")),
                 413);
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA, HTTP_HEADER("upload-length", "-1")),
                 400);
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, HTTP_HEADER("upload-length", "1"),
                      HTTP_HEADER("upload-metadata", "filename %%")),
                 400);
    cr_assert_eq(SEND("POST", UPLOADS, NULL, METADATA, HTTP_HEADER("upload-length", "1")), 412);
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA,
                      HTTP_HEADER("upload-defer-length", "1")),
                 400);
    cr_assert_eq(SEND("POST", UPLOADS, "01234", TUS, BYTES, METADATA,
                      HTTP_HEADER("upload-length", "4")),
                 413);
    cr_assert_eq(count("SELECT count(*) FROM uploads"), 0);
    cr_assert_eq(count("SELECT count(*) FROM lectures"), 0);
}

Test(upload_routes, learners_upload_nothing)
{
    web_as("learner");
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA, HTTP_HEADER("upload-length", "1")),
                 403);
}

Test(upload_routes, what_is_acknowledged_is_what_head_says)
{
    create();
    cr_assert_eq(patch("0", "01234"), 204);
    cr_assert(web_has("Upload-Offset: 5\n"));
    cr_assert_eq(SEND("HEAD", path, NULL, TUS), 200);
    cr_assert(web_has("Upload-Offset: 5\n"));
    cr_assert(web_has("Upload-Length: 10\n"));
    cr_assert(web_has("Cache-Control: no-store"));
    cr_assert_eq(patch("5", "56789"), 204);
    cr_assert(web_has("Upload-Offset: 10\n"));
    cr_assert_eq(count("SELECT durable_offset FROM uploads"), 10);
}

Test(upload_routes, a_patch_has_to_go_on_where_the_upload_stands)
{
    create();
    cr_assert_eq(patch("0", "01234"), 204);
    cr_assert_eq(patch("0", "01234"), 409);
    cr_assert_eq(patch("x", "01234"), 400);
    cr_assert_eq(patch("5", "567890"), 413);
    cr_assert_eq(SEND("PATCH", path, "5", TUS), 415);
    cr_assert_eq(count("SELECT durable_offset FROM uploads"), 5);
}

#define SHA1 HTTP_HEADER("upload-checksum", "sha1 8iMdKHHmkKKZVwT3ope9e8ZL5yA=") /* of "56789" */

Test(upload_routes, a_wrong_checksum_keeps_nothing_of_the_body)
{
    create();
    cr_assert_eq(SEND("PATCH", path, "01234", TUS, BYTES, HTTP_HEADER("upload-offset", "0"),
                      HTTP_HEADER("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
                 460);
    cr_assert_eq(count("SELECT durable_offset FROM uploads"), 0);
    cr_assert_eq(SEND("PATCH", path, "01234", TUS, BYTES, HTTP_HEADER("upload-offset", "0"),
                      HTTP_HEADER("upload-checksum", "md5 AAAA")),
                 400);
    cr_assert_eq(SEND("PATCH", path, "56789", TUS, BYTES, HTTP_HEADER("upload-offset", "0"), SHA1),
                 204);
}

Test(upload_routes, a_colleague_neither_sees_nor_touches_it)
{
    create();
    web_as("colleague");
    cr_assert_geq(SEND("HEAD", path, NULL, TUS), 403);
    cr_assert_geq(patch("0", "01234"), 403);
    cr_assert_geq(SEND("DELETE", path, NULL, TUS), 403);
    cr_assert_eq(count("SELECT durable_offset FROM uploads"), 0);
}

Test(upload_routes, a_deleted_upload_is_gone_with_its_lecture)
{
    create();
    cr_assert_eq(SEND("DELETE", path, NULL, TUS), 204);
    cr_assert(web_has("Tus-Resumable: 1.0.0"));
    cr_assert_eq(count("SELECT count(*) FROM uploads"), 0);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE action = 'upload.delete'"), 1);
    cr_assert_eq(SEND("HEAD", path, NULL, TUS), 404);
    cr_assert_eq(patch("0", "01234"), 404);
}

Test(upload_routes, a_full_queue_is_told_and_nothing_is_made)
{
    web_hold_database();
    cr_assert_eq(SEND("POST", UPLOADS, NULL, TUS, METADATA, HTTP_HEADER("upload-length", "1")),
                 503);
    web_release_database();
    cr_assert_eq(count("SELECT count(*) FROM uploads"), 0);
}
