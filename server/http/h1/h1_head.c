// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h1/h1_head.h"

#include "common/err.h"
#include "server/http/message/chars.h"
#include "server/http/message/fields.h"
#include "server/http/message/limits.h"
#include "server/http/message/target.h"

/* Method and version are short; unknown methods of any length get 501 up to here. */
enum { MAX_REQUEST_LINE_BYTES = HTTP_MAX_TARGET_BYTES + 64 };

/* At a line feed: 0 ends the head, ERR_AGAIN goes on, a status refuses. */
static int end_line(struct h1_scan *scan, const char *data, size_t at)
{
    if (at == scan->line_start || data[at - 1] != '\r')
        return 400;
    const size_t length = at - 1 - scan->line_start;
    scan->line_start = at + 1;
    if (length > 0) {
        scan->n_lines++;
        return scan->n_lines == 1 && length > MAX_REQUEST_LINE_BYTES ? 414 : ERR_AGAIN;
    }
    if (scan->n_lines > 0)
        return 0;
    if (scan->start > 0)
        return 400;
    scan->start = at + 1;
    return ERR_AGAIN;
}

static int check_size(const struct h1_scan *scan)
{
    if (scan->n_lines == 0 && scan->at - scan->line_start > MAX_REQUEST_LINE_BYTES)
        return 414;
    if (scan->at - scan->start > HTTP_MAX_HEAD_BYTES || scan->n_lines > HTTP_MAX_FIELDS + 1)
        return 431;
    return 0;
}

int h1_scan(struct h1_scan *scan, const char *data, size_t length)
{
    int result = ERR_AGAIN;
    size_t i = scan->at;

    for (; i < length && result == ERR_AGAIN; i++) {
        if (i == scan->line_start || data[i - 1] != '\r')
            i += chars_plain_run(slice_of(data + i, length - i));
        if (i == length)
            break;
        const char c = data[i];
        if (c == '\n')
            result = end_line(scan, data, i);
        else if ((i > scan->line_start && data[i - 1] == '\r') ||
                 (!char_is_field_value(c) && c != '\r'))
            result = 400;
    }
    scan->at = i;
    if (result > 0)
        return result;
    const int refusal = check_size(scan);
    return refusal ? refusal : result;
}

/* The next line without its CRLF; h1_scan has seen that it is there. */
static struct slice take_line(struct slice *rest)
{
    const struct slice line = slice_split(rest, '\n');

    return slice_of(line.data, line.length > 0 ? line.length - 1 : 0);
}

static int parse_version(struct slice version, struct h1_head *head)
{
    const char *text = version.data;

    if (version.length != 8 || !slice_starts_with(version, "HTTP/") || text[6] != '.' ||
        text[5] < '0' || text[5] > '9' || text[7] < '0' || text[7] > '9')
        return 400;
    if (text[5] != '1')
        return 505;
    head->is_http_1_0 = text[7] == '0';
    return 0;
}

/* Sets the authority of an absolute form, which overrules the Host field (RFC 9112 §3.2.2). */
static int parse_target(char *data, size_t length, struct h1_head *head)
{
    struct http_target target;

    if (length > HTTP_MAX_TARGET_BYTES)
        return 414;
    if (http_target_parse(data, length, &target) < 0)
        return 400;
    if (target.path.data[0] == '*' && head->method != HTTP_OPTIONS)
        return 400;
    head->path = target.path;
    head->query = target.query;
    if (target.authority.length == 0)
        return 0;
    return http_authority_parse(data + (target.authority.data - data), target.authority.length,
                                &head->host) < 0
               ? 400
               : 0;
}

/* method SP target SP version */
static int parse_request_line(char *data, size_t length, struct h1_head *head)
{
    struct slice rest = slice_of(data, length);
    const struct slice method = slice_split(&rest, ' ');
    const struct slice target = slice_split(&rest, ' ');

    if (!rest.data || !chars_all_in(&CHARS_TOKEN, method) || target.length == 0)
        return 400;
    if (slice_is(method, "PRI")) /* the preface of HTTP/2 (RFC 9113 §3.4), never a request */
        return 400;
    const int refusal = parse_version(rest, head);
    if (refusal)
        return refusal;
    if (http_method_parse(method, &head->method) < 0)
        return 501;
    return parse_target(data + (target.data - data), target.length, head);
}

/* What the fields say together; judged when all are known. */
struct framing {
    struct field_memory memory;
    struct field_connection connection;
    bool has_host;
    bool has_length;
    bool has_transfer_encoding;
    bool has_unknown_coding; /* in it */
};

static int take_host(char *data, struct slice value, struct framing *framing, struct h1_head *head)
{
    struct slice host;

    framing->has_host = true;
    if (http_authority_parse(data + (value.data - data), value.length, &host) < 0)
        return 400;
    if (head->host.length == 0)
        head->host = host;
    return 0;
}

static int take_transfer_encoding(struct slice value, struct framing *framing, struct h1_head *head)
{
    const int err = field_parse_transfer_encoding(value);

    framing->has_transfer_encoding = true;
    head->is_chunked = true;
    head->content_length = HTTP_LENGTH_UNKNOWN;
    framing->has_unknown_coding = err == ERR_UNSUPPORTED;
    return err == ERR_INVALID ? 400 : 0;
}

static int take_expect(struct slice value, struct h1_head *head)
{
    if (!slice_equals_nocase(value, slice_from("100-continue")))
        return 417;
    head->expects_continue = !head->is_http_1_0;
    return 0;
}

static int take_field(char *data, const struct http_header *field, struct framing *framing,
                      struct h1_head *head)
{
    switch (field_note(&framing->memory, field->name)) {
    case FIELD_HOST:
        return take_host(data, field->value, framing, head);
    case FIELD_CONTENT_LENGTH:
        framing->has_length = true;
        return field_parse_length(field->value, &head->content_length) < 0 ? 400 : 0;
    case FIELD_TRANSFER_ENCODING:
        return take_transfer_encoding(field->value, framing, head);
    case FIELD_CONNECTION:
        return field_parse_connection(field->value, &framing->connection) < 0 ? 400 : 0;
    case FIELD_EXPECT:
        return take_expect(field->value, head);
    case ERR_INVALID:
        return 400;
    default:
        return 0;
    }
}

/* RFC 9112 §6: a body whose end is not told in exactly one way is refused. */
static int judge(const struct framing *framing, struct h1_head *head)
{
    if (!framing->has_host && !head->is_http_1_0)
        return 400;
    if (framing->has_transfer_encoding && (framing->has_length || head->is_http_1_0))
        return 400;
    if (framing->has_unknown_coding)
        return 501;
    head->has_body = framing->has_length || framing->has_transfer_encoding;
    head->expects_continue = head->expects_continue && head->has_body;
    head->wants_keep_alive = !framing->connection.has_close &&
                             (!head->is_http_1_0 || framing->connection.has_keep_alive);
    return 0;
}

int h1_head_parse(char *data, size_t length, size_t n_lines, struct http_header *fields,
                  struct h1_head *ret_head)
{
    struct slice rest = slice_of(data, length);
    struct h1_head head = {.n_fields = n_lines - 1};
    struct framing framing = {.has_host = false};
    const struct slice request_line = take_line(&rest);

    int refusal = parse_request_line(data, request_line.length, &head);
    for (size_t i = 0; i < head.n_fields && !refusal; i++) {
        const struct slice line = take_line(&rest);
        if (line.length > HTTP_MAX_FIELD_BYTES)
            return 431;
        if (field_parse_line(line, &fields[i].name, &fields[i].value) < 0)
            return 400;
        refusal = take_field(data, &fields[i], &framing, &head);
    }
    if (!refusal)
        refusal = judge(&framing, &head);
    if (!refusal)
        *ret_head = head;
    return refusal;
}
