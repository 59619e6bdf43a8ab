// SPDX-License-Identifier: GPL-3.0-or-later
/* upload_call.h - one request about one upload, whatever its method: the protocol's version, the
 * claim on the upload, work on pools, and answers with the protocol's fields. On the loop. */
#ifndef SERVER_FEATURES_UPLOADS_UPLOAD_CALL_H
#define SERVER_FEATURES_UPLOADS_UPLOAD_CALL_H

#include "common/work_pool.h"
#include "server/features/uploads/tus_headers.h"
#include "server/features/uploads/upload_registry.h"
#include "server/http/message/request.h"
#include "server/web/problem.h"
#include "storage/jobs/upload_store.h"

struct call;

/* Lives in the exchange's arena. */
struct upload_call {
    struct call *call;
    struct upload_claim claim;
    void (*on_claimed)(struct upload_call *u);
    struct upload upload;
    struct lecture lecture;
    struct tus_metadata metadata;
    struct tus_checksum checksum;
    bool has_checksum;
    bool is_creation;
    bool has_bad_course; /* then err says how */
    int err;
    struct work work;
};

/* A request about uploads in the protocol's version, or NULL when it has been answered. */
struct upload_call *upload_call_start(struct call *call);

const struct http_request *upload_request(const struct upload_call *u);

/* Calls on_claimed when nobody else works on u->upload.id any more; upload_call_release ends it. */
void upload_call_claim(struct upload_call *u, void (*on_claimed)(struct upload_call *u));
void upload_call_release(struct upload_call *u);

/* Runs u->work on the pool; on_refused when its queue is full. */
void upload_call_submit(struct upload_call *u, struct work_pool *pool,
                        void (*run)(struct work *work, void *context),
                        void (*done)(struct work *work), void (*on_refused)(struct upload_call *u));
struct upload_call *upload_call_of(struct work *work);

/* ---- answers ---- */

enum { UPLOAD_MAX_FIELDS = 8, UPLOAD_VALUE_SIZE = 160 };

/* Header fields of an answer, gathered with their values. Starts as zeros. */
struct upload_fields {
    struct http_header fields[UPLOAD_MAX_FIELDS];
    char values[UPLOAD_MAX_FIELDS][UPLOAD_VALUE_SIZE];
    size_t n;
};

void upload_add_field(struct upload_fields *f, const char *name, const char *value); /* borrowed */
void upload_add_number(struct upload_fields *f, const char *name, int64_t value);

/* Upload-Expires, an HTTP date (RFC 9110 §5.6.7): when it expires if no byte comes any more and the
 * server is never down. idle_ms: for how long none has come. */
void upload_add_expiry(struct upload_fields *f, const struct upload_call *u, int64_t idle_ms);

void upload_answer(struct upload_call *u, int status, struct upload_fields *f);

/* subject: what the row's detail has room for, or NULL. */
void upload_refuse_about(struct upload_call *u, enum problem problem, const char *subject);
void upload_refuse(struct upload_call *u, enum problem problem);
void upload_answer_bad_metadata(struct upload_call *u, const struct http_problem *problem);
void upload_answer_busy(struct upload_call *u);

#endif
