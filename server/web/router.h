// SPDX-License-Identifier: GPL-3.0-or-later
/* router.h - from a request to its handler: find the route, find out who asks, judge, call.
 *
 *     find route ─▶ same origin? ─▶ who asks ─▶ judge by policy ─▶ handler
 *         │ 404, 405      │ 403        │ 503         │ 401, 403, 404
 */
#ifndef SERVER_WEB_ROUTER_H
#define SERVER_WEB_ROUTER_H

#include "server/http/exchange/exchange.h"
#include "server/web/route.h"

/* Handles every request of the server: an http_handler. The loop's context is a struct services. */
void router_handle(struct http_exchange *x, void *arg);

/* Whether the actor of a long answer may still have it: signed out, deleted or demoted, it may not.
 * Not for policies of objects. */
bool call_is_still_allowed(const struct call *call);

#endif
