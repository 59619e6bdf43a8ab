// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/page_routes.h"

#include <string.h>

#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/http/message/accept_encoding.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "server/web/site.h"

static const struct http_header FIELDS[] = {
    {SLICE_LITERAL("Vary"), SLICE_LITERAL("Accept-Encoding")},
    {SLICE_LITERAL("Referrer-Policy"), SLICE_LITERAL("no-referrer")},
    {SLICE_LITERAL("Cross-Origin-Opener-Policy"), SLICE_LITERAL("same-origin")},
    /* blob: is what hls.js feeds the video element with */
    {SLICE_LITERAL("Content-Security-Policy"),
     SLICE_LITERAL("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                   "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; "
                   "manifest-src 'self'; base-uri 'none'; form-action 'self'; "
                   "frame-ancestors 'none'")},
};

enum { N_FIELDS = sizeof FIELDS / sizeof FIELDS[0], N_ENCODED_FIELDS = N_FIELDS + 1 };

/* The smallest form that the client takes. A form that the build did not make is left to the
 * engine, which compresses. */
static struct slice choose_form(const struct http_request *request, const struct site_file *file,
                                const char **ret_encoding)
{
    const struct slice accepted = http_request_header(request, "accept-encoding");

    if (file->brotli.length > 0 && accepts_encoding(accepted, "br")) {
        *ret_encoding = "br";
        return file->brotli;
    }
    if (file->gzip.length > 0 && accepts_encoding(accepted, "gzip")) {
        *ret_encoding = "gzip";
        return file->gzip;
    }
    *ret_encoding = NULL;
    return file->identity;
}

static void answer_file(struct http_exchange *x, const struct site_file *file)
{
    const char *encoding = NULL;
    const struct slice body = choose_form(http_exchange_request(x), file, &encoding);
    struct http_header fields[N_ENCODED_FIELDS];
    size_t n_fields = N_FIELDS;

    memcpy(fields, FIELDS, sizeof FIELDS);
    if (encoding)
        fields[n_fields++] = HTTP_HEADER("Content-Encoding", encoding);
    const struct http_headers headers = {fields, n_fields};
    const struct http_representation representation = {
        .content_type = file->content_type,
        /* each form is a representation of its own (RFC 9110 §8.8.3.3): only one has the tag */
        .etag = encoding ? NULL : file->etag,
        .cache_control = file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache",
        .headers = &headers,
    };
    http_answer_representation(x, &representation, body);
}

void handle_page(struct call *call)
{
    const struct site *site = call->services->site;
    const struct site_file *file =
        site ? site_find(site, http_exchange_request(call->x)->path) : NULL;

    if (!site)
        answer_problem(call->x, PROBLEM_NOT_BUILT);
    else if (!file)
        answer_not_found(call->x);
    else
        answer_file(call->x, file);
}
