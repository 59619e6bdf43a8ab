// SPDX-License-Identifier: GPL-3.0-or-later
/* A request head: however it arrives, the same bytes are the same request or the same refusal. */
#include "common/err.h"
#include "server/http/h1/h1_head.h"
#include "server/http/message/chars.h"
#include "server/http/message/limits.h"
#include "tests/fuzz/fuzz.h"

static int scan_whole(struct slice input, struct h1_scan *scan)
{
    *scan = (struct h1_scan){.at = 0};
    return h1_scan(scan, input.data, input.length);
}

/* In pieces of `step` bytes, each call seeing no byte more than has come. */
static int scan_in_pieces(struct slice input, size_t step, struct h1_scan *scan)
{
    int result = ERR_AGAIN;

    *scan = (struct h1_scan){.at = 0};
    for (size_t end = 0; end < input.length && result == ERR_AGAIN;) {
        end = input.length - end > step ? end + step : input.length;
        char *come = fuzz_copy(slice_of(input.data, end));
        result = h1_scan(scan, come, end);
        free(come);
    }
    return result;
}

static bool is_lower_case(struct slice s)
{
    for (size_t i = 0; i < s.length; i++) {
        if (s.data[i] >= 'A' && s.data[i] <= 'Z')
            return false;
    }
    return true;
}

static void check_fields(const struct h1_head *head, const struct http_header *fields,
                         struct slice whole)
{
    for (size_t i = 0; i < head->n_fields; i++) {
        MUST(chars_all_in(&CHARS_TOKEN, fields[i].name));
        MUST(fuzz_is_within(fields[i].name, whole) && fuzz_is_within(fields[i].value, whole));
        MUST(slice_equals(fields[i].value, slice_trim(fields[i].value)));
        MUST(!memchr(fields[i].value.data, '\n', fields[i].value.length));
        MUST(!memchr(fields[i].value.data, '\r', fields[i].value.length));
        MUST(!memchr(fields[i].value.data, '\0', fields[i].value.length));
    }
}

static void check_head(const struct h1_head *head, const struct http_header *fields,
                       struct slice whole)
{
    MUST(head->path.length > 0 && slice_is_plain_utf8(head->path));
    MUST(head->path.data[0] == '/' || (slice_is(head->path, "*") && head->method == HTTP_OPTIONS));
    MUST(!memchr(head->path.data, '\\', head->path.length));
    MUST(fuzz_is_within(head->query, whole) && fuzz_is_within(head->host, whole));
    MUST(is_lower_case(head->host));
    MUST(head->host.length > 0 || head->is_http_1_0);
    MUST(!head->is_chunked || (head->has_body && !head->is_http_1_0));
    MUST((head->content_length == HTTP_LENGTH_UNKNOWN) == head->is_chunked);
    MUST(!head->expects_continue || head->has_body);
    check_fields(head, fields, whole);
}

static void parse(struct slice input, const struct h1_scan *scan)
{
    const struct slice whole = slice_of(input.data + scan->start, scan->at - scan->start);
    char *copy = fuzz_copy(whole);
    struct http_header *fields = calloc(scan->n_lines, sizeof *fields);
    struct h1_head head = {.n_fields = SIZE_MAX};

    MUST(fields && scan->n_lines > 0 && scan->n_lines <= HTTP_MAX_FIELDS + 1);
    const int status = h1_head_parse(copy, whole.length, scan->n_lines, fields, &head);
    if (status == 0)
        check_head(&head, fields, slice_of(copy, whole.length));
    else
        MUST((status == 400 || status == 414 || status == 417 || status == 431 || status == 501 ||
              status == 505) &&
             head.n_fields == SIZE_MAX);
    free(fields);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t step = size > 0 ? 1 + data[0] % 64 : 1;
    const struct slice input = fuzz_slice(data + (size > 0), size > 0 ? size - 1 : 0);
    struct h1_scan whole;
    struct h1_scan pieces;

    const int result = scan_whole(input, &whole);
    const int result_in_pieces = scan_in_pieces(input, step, &pieces);
    MUST(whole.at <= input.length && whole.start <= whole.at);
    /* Which of two faults is met first may depend on the pieces; that there is one must not. */
    MUST((result > 0) == (result_in_pieces > 0) && (result == 0) == (result_in_pieces == 0));
    if (result == 0) {
        MUST(memcmp(&whole, &pieces, sizeof whole) == 0);
        parse(input, &whole);
    }
    return 0;
}
