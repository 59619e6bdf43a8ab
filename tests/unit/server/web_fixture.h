// SPDX-License-Identifier: GPL-3.0-or-later
/* web_fixture.h - the server's routes in process: router_handle over a database of its own, real
 * pools, and a protocol that writes the answer down. Milliseconds a request; no socket, no Redis.
 *
 *     web_open();                             in the suite's init; web_close() in its fini
 *     web_sign_in("teacher", ROLE_INSTRUCTOR) a new account whose cookie the next requests carry
 *     web_ask("PATCH", "/api/v1/lectures/x", "{\"title\":\"y\"}")  ─▶ web.status, web.document
 */
#ifndef TESTS_UNIT_SERVER_WEB_FIXTURE_H
#define TESTS_UNIT_SERVER_WEB_FIXTURE_H

#include <jansson.h>
#include <stdbool.h>

#include "server/config.h"
#include "server/features/health/health.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "tests/unit/storage/fixture.h"

struct web {
    struct fixture storage; /* database and folder; storage.db is the writer */
    struct config config;
    struct health health;
    struct services services;

    int status;       /* of the last answer */
    json_t *document; /* its body, if that is JSON; until the next request */
    const char *head; /* "200\nname: value\n…" */
    const char *body;
};

extern struct web web;

void web_open(void);
void web_close(void);

/* Makes an account; web_as then says who asks. */
void web_sign_in(const char *login, enum role role, char id[ID_SIZE]);

/* Who asks from now on: a login of web_sign_in, "" for a stranger, "local" for the control socket.
 */
void web_as(const char *login);

/* Asks and waits for the answer. The path may have a query; a body is JSON, NULL for none. Returns
 * the status. */
int web_ask(const char *method, const char *path, const char *body);

/* The same with one more header field. */
int web_ask_with(const char *method, const char *path, const char *name, const char *value,
                 const char *body);

/* The same with these fields and no content-type but theirs; the body is what it is. */
int web_send(const char *method, const char *path, const struct http_header *fields, size_t n,
             const char *body);

/* The server has these routes alone from now on. */
void web_use(const struct route_table *table);

/* The writer's thread is held and its queue is full, until it is released. */
void web_hold_database(void);
void web_release_database(void);

/* The last answer's problem, without "/problems/"; "" when it is none. */
const char *web_problem(void);

/* Whether its head has the line "name: value". */
bool web_has(const char *line);

#endif
