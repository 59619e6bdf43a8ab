// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/router.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/auth/live_packages.h"
#include "server/auth/session_store.h"
#include "server/auth/session_token.h"
#include "server/auth/verified_tokens.h"
#include "server/config.h"
#include "server/http/exchange/answer_cache.h"
#include "server/http/exchange/prepared.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/load/load.h"
#include "server/web/answers.h"
#include "server/web/forwarded.h"
#include "server/web/page_routes.h"
#include "server/web/problem.h"
#include "server/web/route_index.h"
#include "server/web/services.h"
#include "storage/jobs/title.h"

/* A player on another site may know why it gets nothing. */
static const struct http_header ANY_ORIGIN = {SLICE_LITERAL("Access-Control-Allow-Origin"),
                                              SLICE_LITERAL("*")};

static bool is_unsafe(enum http_method method)
{
    return method != HTTP_GET && method != HTTP_HEAD && method != HTTP_OPTIONS;
}

/* Tells both names: who set a proxy up sees what it does, or is told by who does. */
static void answer_other_site(struct http_exchange *x, const struct config *config,
                              enum request_source source)
{
    enum { SHOWN_BYTES = 120 };
    struct slice origin = http_request_header(http_exchange_request(x), "origin");
    char names[2 * SHOWN_BYTES + 8];
    struct forwarded f;

    if (source == SOURCE_OTHER_SITE) {
        answer_problem(x, PROBLEM_CROSS_ORIGIN);
        return;
    }
    forwarded_read(config, http_exchange_request(x), &f);
    origin = title_cut(origin, SHOWN_BYTES, SHOWN_BYTES);
    f.host = title_cut(f.host, SHOWN_BYTES, SHOWN_BYTES);
    (void)snprintf(names, sizeof names, "%.*s → %.*s", SLICE_ARGS(origin), SLICE_ARGS(f.host));
    answer_problem_about(x, PROBLEM_ORIGIN_UNKNOWN, names);
}

/* Sets the actor from where the request came and the cookie it carries. A cookie that is not known
 * (any more) is no error: the request is anonymous. */
static int identify(struct call *call, const struct http_request *request)
{
    const struct slice token = http_request_cookie(request, SESSION_COOKIE_NAME);
    uint8_t hash[SHA256_BYTES];
    int64_t expires_at_ms;

    if (request->peer->is_local_socket) {
        if (request->peer->uid != 0 && request->peer->uid != geteuid())
            return 0;
        call->actor.kind = ACTOR_LOCAL;
        return user_store_find(call->services->reader, SYSTEM_USER_ID, &call->actor.user);
    }
    if (!token.data || session_token_hash(token, hash))
        return 0;
    const int err = session_store_find(call->services->reader, hash, clock_wall_ms(),
                                       &call->actor.user, &expires_at_ms);
    if (err == 0) {
        call->actor.kind = ACTOR_USER;
        call->has_session = true;
        memcpy(call->session_hash, hash, sizeof hash);
    }
    return err == ERR_NOT_FOUND ? 0 : err;
}

bool call_is_still_allowed(const struct call *call)
{
    struct actor actor = call->actor;
    int64_t expires_at_ms;

    if (call->has_session && session_store_find(call->services->reader, call->session_hash,
                                                clock_wall_ms(), &actor.user, &expires_at_ms))
        return false;
    return policy_judge(call->policy, &actor, NULL) == VERDICT_ALLOW;
}

/* POLICY_METRICS: "Authorization: Bearer TOKEN". An address is no right: behind a proxy on this
 * machine every request comes from loopback. */
static bool bears_metrics_token(const struct call *call)
{
    const struct slice field = http_request_header(http_exchange_request(call->x), "authorization");
    const struct slice wanted = slice_from(services_config(call->services)->metrics_token);
    static const char BEARER[] = "Bearer ";

    if (wanted.length == 0 || !slice_starts_with(field, BEARER))
        return false;
    const struct slice token = slice_skip(field, sizeof BEARER - 1);
    return token.length == wanted.length &&
           bytes_equal_constant_time(token.data, wanted.data, wanted.length);
}

/* The object that the route is about, as the actor has it. ERR_NOT_FOUND when there is none. */
static int find_object(const struct call *call, const struct route *route,
                       struct object *ret_object)
{
    const struct viewer viewer = policy_viewer(&call->actor);

    if (!call->object_id[0])
        return ERR_NOT_FOUND;
    return route->object->find(call->services->reader, &viewer, call->object_id, ret_object);
}

static void answer_verdict(struct http_exchange *x, enum verdict verdict)
{
    if (verdict == VERDICT_SIGN_IN)
        answer_problem(x, PROBLEM_SIGN_IN_FIRST);
    else if (verdict == VERDICT_FORBID)
        answer_problem(x, PROBLEM_FORBIDDEN);
    else
        answer_not_found(x);
}

/* Logs see "/PACKAGE/…" of "/v/TOKEN/PACKAGE/…", whatever becomes of the request. */
static void hide_token(struct http_exchange *x)
{
    struct slice rest = http_exchange_request(x)->path;

    if (!slice_starts_with(rest, "/v/"))
        return;
    rest = slice_skip(rest, 3);
    (void)slice_split(&rest, '/');
    http_exchange_set_log_path(x, rest.data ? slice_of(rest.data - 1, rest.length + 1)
                                            : slice_from("/v/"));
}

static void refuse_playback(struct http_exchange *x, enum problem problem)
{
    const struct http_headers headers = {&ANY_ORIGIN, 1};

    answer_problem_with(x, problem, &headers);
}

/* POLICY_PLAYBACK: the token is in the path, the package beside it; and a lecture still shows the
 * package. */
static bool may_play(struct http_exchange *x, const struct services *services, struct slice token,
                     struct slice package)
{
    int err = verified_tokens_check(services->tokens, token, package, clock_wall_ms());

    if (err) {
        refuse_playback(x, err == ERR_TIMEOUT ? PROBLEM_PLAYBACK_OVER : PROBLEM_PLAYBACK_FORBIDDEN);
        return false;
    }
    err = live_packages_check(services->live, services->reader, package, clock_monotonic_ms());
    if (err && err != ERR_NOT_FOUND)
        log_error("cannot read whether a package may be played", log_err(err));
    if (err)
        refuse_playback(x, err == ERR_NOT_FOUND ? PROBLEM_PLAYBACK_GONE : PROBLEM_DATABASE_AWAY);
    return err == 0;
}

/* Most requests are for media that somebody has asked for before: they need no route, only the
 * right to have it. */
static bool answer_known_media(struct http_exchange *x, const struct services *services)
{
    const struct http_request *request = http_exchange_request(x);
    struct slice rest = slice_skip(request->path, sizeof "/v/" - 1);

    if ((request->method != HTTP_GET && request->method != HTTP_HEAD) ||
        !slice_starts_with(request->path, "/v/"))
        return false;
    struct http_prepared *answer =
        http_answer_cache_find(services->answers, rest, clock_monotonic_ms());
    if (!answer)
        return false;
    const struct slice token = slice_split(&rest, '/');
    const struct slice package = slice_split(&rest, '/');
    if (may_play(x, services, token, package))
        http_answer_prepared(x, answer);
    return true;
}

static void judge_and_call(struct call *call, const struct route *route)
{
    struct object object;
    bool has_object = false;
    int err = identify(call, http_exchange_request(call->x));

    if (!err && route->object) {
        err = find_object(call, route, &object);
        has_object = !err;
    }
    if (err && err != ERR_NOT_FOUND) {
        log_error("cannot read the database to judge a request", log_err(err));
        answer_problem(call->x, PROBLEM_DATABASE_AWAY);
        return;
    }
    const enum verdict verdict =
        policy_judge(route->policy, &call->actor, has_object ? &object : NULL);
    if (verdict != VERDICT_ALLOW)
        answer_verdict(call->x, verdict);
    else
        call->handle(call);
}

/* What a browser asks before it lets a player on another site send Range and the like. */
static const struct http_header PREFLIGHT[] = {
    {SLICE_LITERAL("Access-Control-Allow-Methods"), SLICE_LITERAL("GET, HEAD, OPTIONS")},
    {SLICE_LITERAL("Access-Control-Allow-Headers"),
     SLICE_LITERAL("Range, If-Range, If-None-Match, Save-Data")},
    {SLICE_LITERAL("Access-Control-Max-Age"), SLICE_LITERAL("86400")},
};

enum { N_PREFLIGHT = sizeof PREFLIGHT / sizeof PREFLIGHT[0] };

/* "GET, HEAD, OPTIONS" for the methods in the set. */
static void answer_methods(struct http_exchange *x, unsigned allowed)
{
    struct http_header fields[2 + N_PREFLIGHT];
    char text[64];
    struct buf list = buf_with_limit(sizeof text - 1);

    if (allowed & 1U << HTTP_GET)
        allowed |= 1U << HTTP_HEAD;
    for (unsigned method = HTTP_GET; method <= HTTP_OPTIONS; method++) {
        if (method == HTTP_OPTIONS || (allowed & 1U << method))
            buf_printf(&list, "%s%s", list.length ? ", " : "",
                       http_method_name((enum http_method)method));
    }
    (void)slice_to_cstr(buf_slice(&list), text, sizeof text);
    buf_clear(&list);
    fields[0] = HTTP_HEADER("Allow", text);
    fields[1] = ANY_ORIGIN;
    memcpy(fields + 2, PREFLIGHT, sizeof PREFLIGHT);
    const bool is_playback = slice_starts_with(http_exchange_request(x)->path, "/v/");
    const struct http_headers headers = {fields, is_playback ? 2 + N_PREFLIGHT : 1};
    if (http_exchange_request(x)->method == HTTP_OPTIONS)
        http_answer(x, 204, &headers);
    else
        answer_problem_with(x, PROBLEM_METHOD, &headers);
}

static bool is_page_path(const struct http_request *request)
{
    return (request->method == HTTP_GET || request->method == HTTP_HEAD) &&
           !slice_starts_with(request->path, "/api/") && !slice_starts_with(request->path, "/v/") &&
           !slice_starts_with(request->path, "/control/");
}

static enum load_kind kind_of(const struct http_request *request)
{
    static const char PLAYLIST[] = ".m3u8";
    const size_t length = request->path.length;

    if (slice_starts_with(request->path, "/v/"))
        return length > sizeof PLAYLIST &&
                       slice_is(slice_skip(request->path, length - sizeof PLAYLIST + 1), PLAYLIST)
                   ? KIND_PLAYLIST
                   : KIND_SEGMENT;
    if (slice_starts_with(request->path, "/api/"))
        return KIND_API;
    if (slice_is(request->path, "/readyz") || slice_is(request->path, "/healthz") ||
        slice_is(request->path, "/metrics"))
        return KIND_OTHER;
    return is_page_path(request) ? KIND_PAGE : KIND_OTHER;
}

/* tus: a client that can only POST says the method that it means. */
static enum http_method method_meant(const struct http_request *request)
{
    const struct slice meant = http_request_header(request, "x-http-method-override");

    if (request->method != HTTP_POST || !meant.data)
        return request->method;
    if (slice_is(meant, "PATCH"))
        return HTTP_PATCH;
    return slice_is(meant, "DELETE") ? HTTP_DELETE : request->method;
}

static void admit(struct call *call, const struct route *route)
{
    call->handle = route->handle;
    call->policy = route->policy;
    if (id_is_valid(call->params[0]))
        (void)slice_to_cstr(call->params[0], call->object_id, sizeof call->object_id);
    const bool has_token = route->policy == POLICY_METRICS && bears_metrics_token(call);
    const bool is_playback = route->policy == POLICY_PLAYBACK;

    if (!has_token && !is_playback)
        judge_and_call(call, route);
    else if (has_token || may_play(call->x, call->services, call->params[0], call->params[1]))
        call->handle(call);
}

void router_handle(struct http_exchange *x, void *arg)
{
    static const struct route PAGES = ROUTE(HTTP_GET, "/", POLICY_ANYONE, NULL, handle_page);
    const struct http_request *request = http_exchange_request(x);
    const struct services *services = http_loop_context(http_exchange_loop(x));
    const struct config *config = services_config(services);
    unsigned allowed = 0;

    (void)arg;
    hide_token(x);
    http_exchange_set_kind(x, kind_of(request));
    if (answer_known_media(x, services))
        return;
    struct call *call = arena_alloc(http_exchange_arena(x), sizeof *call);
    if (!call) {
        answer_problem(x, PROBLEM_NO_MEMORY);
        return;
    }
    call->x = x;
    call->services = services;
    const struct route *route = route_index_find(services->routes, method_meant(request),
                                                 request->path, call->params, &allowed);
    if (!route && allowed == 0 && is_page_path(request))
        route = &PAGES;
    if (!route && allowed == 0)
        answer_not_found(x);
    else if (!route)
        answer_methods(x, allowed);
    else if (is_unsafe(request->method) && forwarded_source(config, request) != SOURCE_OURS)
        answer_other_site(x, config, forwarded_source(config, request));
    else
        admit(call, route);
}
