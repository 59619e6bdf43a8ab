// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/request.h"

#include "common/err.h"

static const char *const METHODS[] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS",
};

const char *http_method_name(enum http_method method)
{
    return METHODS[method];
}

int http_method_parse(struct slice name, enum http_method *ret_method)
{
    for (enum http_method m = HTTP_GET; m <= HTTP_OPTIONS; m++) {
        if (slice_is(name, METHODS[m])) {
            *ret_method = m;
            return 0;
        }
    }
    return ERR_UNSUPPORTED;
}

struct slice http_request_header(const struct http_request *request, const char *name)
{
    const struct slice wanted = slice_from(name);

    for (size_t i = 0; i < request->n_headers; i++) {
        if (slice_equals_nocase(request->headers[i].name, wanted))
            return request->headers[i].value;
    }
    return slice_of(NULL, 0);
}

/* "a=1; b=2": HTTP/1.1 sends one field, HTTP/2 may send one per cookie. */
static struct slice find_cookie(struct slice field, struct slice name)
{
    while (field.data) {
        struct slice value = slice_trim(slice_split(&field, ';'));
        if (slice_equals(slice_split(&value, '='), name) && value.data)
            return value;
    }
    return slice_of(NULL, 0);
}

struct slice http_request_cookie(const struct http_request *request, const char *name)
{
    const struct slice field_name = slice_from("cookie");

    for (size_t i = 0; i < request->n_headers; i++) {
        if (!slice_equals_nocase(request->headers[i].name, field_name))
            continue;
        const struct slice value = find_cookie(request->headers[i].value, slice_from(name));
        if (value.data)
            return value;
    }
    return slice_of(NULL, 0);
}

struct slice http_request_query(const struct http_request *request, const char *name)
{
    struct slice rest = request->query;

    while (rest.data) {
        struct slice value = slice_split(&rest, '&');
        if (slice_is(slice_split(&value, '='), name))
            return value.data ? value : slice_from("");
    }
    return slice_of(NULL, 0);
}
