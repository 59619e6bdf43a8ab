// SPDX-License-Identifier: GPL-3.0-or-later
/* Cookies and query parameters of a request. The first line of the input is the query, the others
 * are Cookie fields. */
#include "server/http/message/request.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_FIELDS = 16 };

/* "name=" stands before the value where it was found. */
static void check_found(struct slice value, const char *name, struct slice within)
{
    const size_t length = strlen(name);

    if (!value.data || (value.length == 0 && !fuzz_is_within(value, within)))
        return;
    if (value.length > 0) {
        MUST(fuzz_is_within(value, within));
        MUST((size_t)(value.data - within.data) > length && value.data[-1] == '=');
        MUST(memcmp(value.data - 1 - length, name, length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_header fields[MAX_FIELDS];
    struct slice rest = fuzz_slice(data, size);
    struct http_request request = {.query = slice_split(&rest, '\n'), .headers = fields};
    const struct slice whole = fuzz_slice(data, size);

    while (rest.data && request.n_headers < MAX_FIELDS)
        fields[request.n_headers++] =
            (struct http_header){slice_from("Cookie"), slice_split(&rest, '\n')};
    const struct slice cookie = http_request_cookie(&request, "banmai_session");
    check_found(cookie, "banmai_session", whole);
    MUST(!cookie.data || !memchr(cookie.data, ';', cookie.length));
    const struct slice course = http_request_query(&request, "course");
    check_found(course, "course", request.query);
    MUST(course.length == 0 || !memchr(course.data, '&', course.length));
    MUST(!http_request_header(&request, "Host").data);
    return 0;
}
