// SPDX-License-Identifier: GPL-3.0-or-later
/* Uploads: the tus resumable upload protocol 1.0.0 with creation, creation-with-upload, expiration,
 * checksum and termination. https://tus.io/protocols/resumable-upload
 *
 * An upload's id is its lecture's id. What an answer acknowledges is on disk (upload_receiver.h);
 * one request at a time works on an upload, and a newcomer takes over (upload_registry.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "server/config.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/uploads/metadata_problem.h"
#include "server/features/uploads/tus_headers.h"
#include "server/features/uploads/upload_call.h"
#include "server/features/uploads/upload_receiver.h"
#include "server/features/uploads/upload_registry.h"
#include "server/features/uploads/upload_removal.h"
#include "server/features/uploads/uploads.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/http/message/date.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/jobs/upload_store.h"
#include "storage/media/media_store.h"
#include "storage/sqlite/db.h"

_Static_assert((int)TUS_FILENAME_SIZE <= (int)LECTURE_FILENAME_SIZE &&
                   (int)TUS_METADATA_MAX_BYTES < (int)UPLOAD_METADATA_SIZE,
               "names and metadata fit where they are stored");

enum { MAX_UPLOADS_PER_OWNER = 1000 }; /* unfinished ones: far more than anybody sends by hand */

static const char CONTENT_TYPE[] = "application/offset+octet-stream";

static void handle_upload_options(struct call *call)
{
    char max_size[32];

    (void)snprintf(max_size, sizeof max_size, "%" PRIu64,
                   services_config(call->services)->max_upload_bytes);
    const struct http_header fields[] = {
        HTTP_HEADER("Tus-Resumable", "1.0.0"),
        HTTP_HEADER("Tus-Version", "1.0.0"),
        HTTP_HEADER("Tus-Max-Size", max_size),
        HTTP_HEADER("Tus-Extension",
                    "creation,creation-with-upload,expiration,checksum,termination"),
        HTTP_HEADER("Tus-Checksum-Algorithm", "sha256,sha1"),
    };
    const struct http_headers headers = {fields, sizeof fields / sizeof fields[0]};
    http_answer(call->x, 204, &headers);
}

/* ---- receiving a body: PATCH, and POST with creation-with-upload ---- */

static void answer_received(struct upload_call *u, int64_t offset)
{
    struct upload_fields f = {0};
    char location[UPLOAD_VALUE_SIZE];

    (void)snprintf(location, sizeof location, "/api/v1/uploads/%s", u->upload.id);
    if (u->is_creation)
        upload_add_field(&f, "Location", location);
    upload_add_number(&f, "Upload-Offset", offset);
    upload_add_expiry(&f, u, 0);
    upload_answer(u, u->is_creation ? 201 : 204, &f);
}

static void on_received(void *arg, int err, int64_t offset)
{
    struct upload_call *u = arg;
    char text[32];

    upload_call_release(u);
    switch (err) {
    case 0:
        if (offset == u->upload.length_bytes)
            log_info("upload complete", log_str("upload", u->upload.id),
                     log_int("size_bytes", offset));
        answer_received(u, offset);
        break;
    case ERR_CORRUPT:
        upload_refuse(u, PROBLEM_CHECKSUM_MISMATCH);
        break;
    case ERR_CANCELLED:
        upload_refuse(u, PROBLEM_UPLOAD_TAKEN_OVER);
        break;
    case ERR_TOO_LARGE:
        upload_refuse(u, PROBLEM_UPLOAD_TOO_LONG);
        break;
    case ERR_NO_SPACE:
        upload_refuse(u, PROBLEM_DISK_FULL);
        break;
    case ERR_DENIED:
        upload_refuse(u, PROBLEM_UPLOAD_QUOTA);
        break;
    case ERR_CONFLICT:
        (void)snprintf(text, sizeof text, "%" PRId64, offset);
        upload_refuse_about(u, PROBLEM_UPLOAD_SET_BACK, text);
        break;
    default: /* most often the peer is gone, and the answer is dropped */
        answer_err(u->call->x, err);
        break;
    }
}

/* What the upload's owner may keep here; 0 for no limit: an admin decides alone. */
static int64_t max_owner_bytes(const struct upload_call *u)
{
    return u->call->actor.user.role == ROLE_ADMIN
               ? 0
               : (int64_t)services_config(u->call->services)->instructor_quota_bytes;
}

static void receive(struct upload_call *u)
{
    const int err = upload_receive(u->call, &u->upload, u->has_checksum ? &u->checksum : NULL,
                                   max_owner_bytes(u), &u->claim.is_wanted, on_received, u);

    if (err) {
        upload_call_release(u);
        answer_err(u->call->x, err);
    }
}

/* Reads Upload-Checksum; false when the exchange has been answered. */
static bool read_checksum(struct upload_call *u)
{
    const struct slice value = http_request_header(upload_request(u), "upload-checksum");
    const int err = value.data ? tus_parse_checksum(value, &u->checksum) : 0;

    u->has_checksum = value.data != NULL;
    if (err == ERR_UNSUPPORTED)
        upload_refuse(u, PROBLEM_CHECKSUM_ALGORITHM);
    else if (err)
        upload_refuse(u, PROBLEM_CHECKSUM_INVALID);
    return err == 0;
}

/* Whether the request asks for nothing that we do not do and that would make something else of the
 * upload; false when the exchange has been answered. */
static bool check_extensions(struct upload_call *u)
{
    static const char *const FIELDS[][2] = {{"upload-concat", "Upload-Concat"},
                                            {"upload-defer-length", "Upload-Defer-Length"}};
    struct slice trailers = http_request_header(upload_request(u), "trailer");

    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        if (http_request_header(upload_request(u), FIELDS[i][0]).data) {
            upload_refuse_about(u, PROBLEM_UPLOAD_EXTENSION, FIELDS[i][1]);
            return false;
        }
    }
    while (trailers.length > 0) {
        const struct slice name = slice_trim(slice_split(&trailers, ','));
        if (slice_equals_nocase(name, slice_from("upload-checksum"))) {
            upload_refuse_about(u, PROBLEM_UPLOAD_EXTENSION, "Trailer: Upload-Checksum");
            return false;
        }
    }
    return true;
}

/* ---- an upload's row ---- */

/* Reads the upload's row. An upload that was finished has none any more, but its client may not
 * know yet: then the lecture speaks for it. Returns 0, ERR_NOT_FOUND, or a failure. */
static int find_upload(struct upload_call *u)
{
    struct db *reader = u->call->services->reader;
    int err = upload_store_find(reader, u->claim.id, &u->upload);

    if (err != ERR_NOT_FOUND)
        return err;
    err = lecture_store_find(reader, u->claim.id, &u->lecture);
    if (err)
        return err;
    memcpy(u->upload.id, u->lecture.id, ID_SIZE);
    u->upload.length_bytes = u->lecture.source_bytes;
    u->upload.durable_offset = u->lecture.source_bytes;
    u->upload.is_complete = true;
    return 0;
}

static void receive_created(struct upload_call *u)
{
    const int err = find_upload(u); /* it may have been deleted before we had it */

    if (err) {
        upload_call_release(u);
        answer_err(u->call->x, err);
    } else {
        receive(u);
    }
}

/* ---- POST: creation ---- */

static void answer_created(struct upload_call *u)
{
    struct upload_fields f = {0};
    char location[UPLOAD_VALUE_SIZE];

    (void)snprintf(location, sizeof location, "/api/v1/uploads/%s", u->upload.id);
    upload_add_field(&f, "Location", location);
    if (u->is_creation)
        upload_add_number(&f, "Upload-Offset", 0);
    upload_add_expiry(&f, u, 0);
    upload_answer(u, 201, &f);
}

/* database */
static void create(struct work *work, void *context)
{
    struct upload_call *u = upload_call_of(work);
    struct db *db = context;
    CLEANUP(db_rollback) struct db *open = NULL;

    u->err = db_begin(db, &open);
    if (!u->err)
        u->err =
            course_choose(db, &u->call->actor, u->upload.owner_id, slice_from(u->metadata.course),
                          u->upload.created_at_ms, u->lecture.course_id);
    u->has_bad_course = u->err == ERR_NOT_FOUND || u->err == ERR_DENIED;
    if (!u->err)
        u->err = upload_store_check_owner_count(db, u->upload.owner_id, MAX_UPLOADS_PER_OWNER);
    if (!u->err)
        u->err = upload_store_check_owner_bytes(db, u->upload.owner_id, u->upload.length_bytes,
                                                max_owner_bytes(u));
    if (!u->err)
        u->err = upload_store_create(db, &u->upload, &u->lecture);
    if (!u->err)
        u->err = db_commit(&open);
}

static bool has_upload_body(const struct upload_call *u)
{
    return slice_is(http_request_header(upload_request(u), "content-type"), CONTENT_TYPE);
}

static void on_created(struct work *work)
{
    struct upload_call *u = upload_call_of(work);

    if (u->has_bad_course) {
        upload_answer_bad_metadata(u, metadata_problem_of_course(u->err));
        return;
    }
    if (u->err == ERR_DENIED || u->err == ERR_TOO_LARGE) {
        upload_refuse(u, u->err == ERR_DENIED ? PROBLEM_UPLOAD_QUOTA : PROBLEM_UPLOADS_TOO_MANY);
        return;
    }
    if (u->err) {
        answer_err(u->call->x, u->err);
        return;
    }
    log_info("upload created", log_str("upload", u->upload.id),
             log_int("size_bytes", u->upload.length_bytes), log_str("by", u->upload.owner_id));
    u->is_creation = has_upload_body(u);
    if (u->is_creation && u->upload.length_bytes > 0)
        upload_call_claim(u, receive_created);
    else
        answer_created(u); /* of nothing: it is complete */
}

static int read_length(const struct upload_call *u, int64_t *ret_length)
{
    uint64_t length;
    const int err = slice_to_u64(http_request_header(upload_request(u), "upload-length"), &length);

    if (err)
        return err;
    if (length > services_config(u->call->services)->max_upload_bytes)
        return ERR_TOO_LARGE;
    *ret_length = (int64_t)length;
    return 0;
}

/* Fills upload and lecture from the request; false when the exchange has been answered. */
static bool read_creation(struct upload_call *u)
{
    const struct slice metadata = http_request_header(upload_request(u), "upload-metadata");
    const int length_err = read_length(u, &u->upload.length_bytes);

    if (length_err == ERR_TOO_LARGE) {
        upload_refuse(u, PROBLEM_UPLOAD_TOO_LARGE);
        return false;
    }
    if (length_err) {
        upload_refuse(u, PROBLEM_UPLOAD_LENGTH_MISSING);
        return false;
    }
    if (has_upload_body(u) && upload_request(u)->content_length != HTTP_LENGTH_UNKNOWN &&
        upload_request(u)->content_length > (uint64_t)u->upload.length_bytes) {
        upload_refuse(u, PROBLEM_UPLOAD_TOO_LONG);
        return false;
    }
    const struct tus_fault fault = tus_parse_metadata(metadata, &u->metadata);
    if (fault.kind) {
        upload_answer_bad_metadata(u, metadata_problem_of(fault));
        return false;
    }
    id_new(u->upload.id);
    memcpy(u->upload.owner_id, u->call->actor.user.id, ID_SIZE);
    u->upload.created_at_ms = clock_wall_ms();
    u->upload.without_sound = u->metadata.without_sound;
    (void)slice_to_cstr(metadata, u->upload.metadata, sizeof u->upload.metadata);
    tus_choose_title(&u->metadata, u->lecture.title);
    (void)slice_to_cstr(slice_from(u->metadata.filename), u->lecture.filename,
                        sizeof u->lecture.filename);
    return true;
}

static void handle_upload_create(struct call *call)
{
    struct upload_call *u = upload_call_start(call);

    if (!u || !check_extensions(u) || !read_creation(u) || !read_checksum(u))
        return;
    /* What others have announced takes no room: bytes do, as they come. */
    const int err =
        media_store_check_space(call->services->media, (uint64_t)u->upload.length_bytes);
    if (err == ERR_NO_SPACE)
        upload_refuse(u, PROBLEM_DISK_FULL);
    else if (err)
        answer_err(call->x, err);
    else
        upload_call_submit(u, call->services->database, create, on_created, upload_answer_busy);
}

/* ---- HEAD, PATCH, DELETE: an upload that is there ---- */

static void start_claimed(struct call *call, void (*on_claimed)(struct upload_call *u))
{
    struct upload_call *u = upload_call_start(call);

    if (!u)
        return;
    (void)slice_to_cstr(call->params[0], u->upload.id, ID_SIZE); /* judged: it is an id */
    upload_call_claim(u, on_claimed);
}

static void head_claimed(struct upload_call *u)
{
    struct upload_fields f = {0};
    const int err = find_upload(u);

    upload_call_release(u);
    if (err) {
        answer_err(u->call->x, err);
        return;
    }
    upload_add_number(&f, "Upload-Offset", u->upload.durable_offset);
    upload_add_number(&f, "Upload-Length", u->upload.length_bytes);
    if (u->upload.metadata[0])
        upload_add_field(&f, "Upload-Metadata", u->upload.metadata);
    upload_add_expiry(&f, u, u->upload.idle_ms);
    upload_add_field(&f, "Cache-Control", "no-store");
    upload_answer(u, 200, &f);
}

static void handle_upload_head(struct call *call)
{
    start_claimed(call, head_claimed);
}

/* Whether a PATCH fits the upload as it is now; otherwise the claim was released and the exchange
 * answered. */
static bool may_append(struct upload_call *u)
{
    const struct http_request *request = upload_request(u);
    const uint64_t durable = (uint64_t)u->upload.durable_offset;
    const uint64_t missing = (uint64_t)u->upload.length_bytes - durable;
    char text[32];
    uint64_t offset;

    if (slice_to_u64(http_request_header(request, "upload-offset"), &offset)) {
        upload_call_release(u);
        upload_refuse(u, PROBLEM_UPLOAD_OFFSET_MISSING);
    } else if (offset != durable) {
        (void)snprintf(text, sizeof text, "%" PRIu64, durable);
        upload_call_release(u);
        upload_refuse_about(u, PROBLEM_UPLOAD_OFFSET_WRONG, text);
    } else if (request->content_length != HTTP_LENGTH_UNKNOWN &&
               request->content_length > missing) {
        upload_call_release(u);
        upload_refuse(u, PROBLEM_UPLOAD_TOO_LONG);
    } else if (media_store_check_space(u->call->services->media, missing)) {
        upload_call_release(u);
        upload_refuse(u, PROBLEM_DISK_FULL);
    } else {
        return true;
    }
    return false;
}

static void patch_claimed(struct upload_call *u)
{
    const int err = find_upload(u);

    if (err) {
        upload_call_release(u);
        answer_err(u->call->x, err);
    } else if (may_append(u)) {
        receive(u);
    }
}

static void handle_upload_patch(struct call *call)
{
    struct upload_call *u = upload_call_start(call);

    if (!u)
        return;
    if (!has_upload_body(u)) {
        upload_refuse(u, PROBLEM_UPLOAD_TYPE);
        return;
    }
    if (!check_extensions(u) || !read_checksum(u))
        return;
    (void)slice_to_cstr(call->params[0], u->upload.id, ID_SIZE); /* judged: it is an id */
    upload_call_claim(u, patch_claimed);
}

static void on_upload_deleted(struct call *call, const char *id, int err)
{
    const struct http_header field = HTTP_HEADER("Tus-Resumable", "1.0.0");
    const struct http_headers headers = {&field, 1};

    if (err) {
        answer_err(call->x, err);
        return;
    }
    log_info("upload deleted", log_str("upload", id));
    http_answer(call->x, 204, &headers);
}

static void handle_upload_delete(struct call *call)
{
    if (upload_call_start(call))
        upload_removal_start(call, "upload.delete", upload_store_delete, on_upload_deleted);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_OPTIONS, "/api/v1/uploads", POLICY_ANYONE, NULL, handle_upload_options),
    ROUTE(HTTP_POST, "/api/v1/uploads", POLICY_TEACHING, NULL, handle_upload_create),
    ROUTE(HTTP_OPTIONS, "/api/v1/uploads/{id}", POLICY_ANYONE, NULL, handle_upload_options),
    ROUTE(HTTP_HEAD, "/api/v1/uploads/{id}", POLICY_OWNER, &LECTURE_OBJECT, handle_upload_head),
    ROUTE(HTTP_PATCH, "/api/v1/uploads/{id}", POLICY_OWNER, &LECTURE_OBJECT, handle_upload_patch),
    ROUTE(HTTP_DELETE, "/api/v1/uploads/{id}", POLICY_OWNER, &LECTURE_OBJECT, handle_upload_delete),
};
/* clang-format on */

const struct route_table UPLOAD_ROUTES = ROUTE_TABLE("uploads", ROUTES);
