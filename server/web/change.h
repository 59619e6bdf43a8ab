// SPDX-License-Identifier: GPL-3.0-or-later
/* change.h - a write, from the request to its answer:
 *
 *     loop                          database thread, one transaction           loop
 *     change_start ─▶ body, fields ─▶ apply(db, c), then a row of audit ─────▶ answer
 *                     400, 415        a failure: nothing was kept              its problem
 *
 *     static int make(struct db *db, struct change *c)
 *     {
 *         const struct thing *thing = c->body;
 *         id_new(c->object_id);
 *         return thing_store_add(db, c->object_id, thing->title, c->now_ms);
 *     }
 *     static const struct change_kind MAKE = {"thing.make", CHANGE_BODY(struct thing, FIELDS),
 *                                             .apply = make, .status = 201};
 *     static void handle_make(struct call *call) { change_start(call, &MAKE); }
 *
 * Answers: 201 with {"id":…} and Location, 200 with what apply wrote to c->json, or the kind's
 * status alone. A full queue is 503 with Retry-After. Where an object has a revision, answers carry
 * it as the ETag, and If-Match that names another one is 412 (RFC 9110 §13.1.1). */
#ifndef SERVER_WEB_CHANGE_H
#define SERVER_WEB_CHANGE_H

#include "common/buf.h"
#include "common/id.h"
#include "common/work_pool.h"
#include "server/web/fields.h"

struct call;
struct change;
struct db;
struct http_problem;

struct change_kind {
    const char *action; /* "thing.make": in the audit and in the log */
    const struct field *fields;
    size_t n_fields; /* 0: the request has no body */
    size_t body_size;

    /* On a hasher's thread, before apply: what takes long and needs no database. NULL for nothing.
     * Returns as apply does. */
    int (*prepare)(struct change *c);

    /* On the database's thread, in the transaction. Returns 0, what change_refuse returned, or
     * another failure, which answer_err tells. May set object_id, revision, detail, and write
     * json. */
    int (*apply)(struct db *db, struct change *c);

    /* The loop, after the commit, before the answer; NULL for nothing. */
    void (*applied)(struct change *c);
    int status;        /* of success: 200, 201, 202 or 204 */
    bool has_no_place; /* 201 without Location: no path leads to what was made */
};

/* Members fields, n_fields and body_size of a kind. */
#define CHANGE_BODY(type_, fields_)                                        \
    .fields = (fields_), .n_fields = sizeof(fields_) / sizeof(fields_)[0], \
    .body_size = sizeof(type_)

enum { CHANGE_BODY_LIMIT = 65536, CHANGE_JSON_LIMIT = 65536, CHANGE_DETAIL_SIZE = 128 };

/* Lives in the exchange's arena. */
struct change {
    struct call *call;
    const struct change_kind *kind;
    void *body;              /* the struct that the fields filled; zeros but for what was given */
    struct fields_seen seen; /* which fields were given */
    char object_id[ID_SIZE]; /* the route's first {…}, "" for what is no id; or what apply made */
    int64_t now_ms;          /* wall clock */
    int64_t revision;        /* set by apply: of the object now; 0: it has none */
    char detail[CHANGE_DETAIL_SIZE]; /* set by apply: a few words for the audit; no secrets */
    struct buf json;                 /* written by apply */
    /* change.c's own */
    int64_t wanted_revision; /* of If-Match; -1: any */
    const struct http_problem *refusal;
    int err;
    struct work work;
};

/* Takes the exchange over. */
void change_start(struct call *call, const struct change_kind *kind);

/* For prepare and apply: the failure to return, so that nothing is kept and this row is the answer.
 * The row is static: the feature's own, or problem_row's. */
int change_refuse(struct change *c, const struct http_problem *problem);

/* For apply: 0 when the request is about this revision, or about none; else the failure to return,
 * which is answered with 412. */
int change_check_revision(struct change *c, int64_t current);

/* For writes that go another way: a row of audit, in the caller's transaction. */
int change_audit(struct db *db, const struct call *call, const char *action, const char *object_id,
                 const char *detail);

#endif
