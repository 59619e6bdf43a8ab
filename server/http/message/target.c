// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/target.h"

#include "common/err.h"
#include "server/http/message/chars.h"

/* Decodes "%xx" in place. A decoded slash or backslash would change the path's structure after it
 * was looked at: refused. */
static int decode_path(char *data, size_t length, size_t *ret_length)
{
    size_t to = 0;

    for (size_t from = 0; from < length; from++) {
        char c = data[from];
        if (c == '%') {
            const int high = from + 2 < length ? char_hex_value(data[from + 1]) : -1;
            const int low = from + 2 < length ? char_hex_value(data[from + 2]) : -1;
            if (high < 0 || low < 0)
                return ERR_INVALID;
            c = (char)(high << 4 | low);
            if (c == '/' || c == '\\')
                return ERR_INVALID;
            from += 2;
        } else if (!char_in(&CHARS_PATH, c)) {
            return ERR_INVALID;
        }
        data[to++] = c;
    }
    *ret_length = to;
    return 0;
}

/* "." and "..", also with parameters ("..;x"), which some servers strip before they resolve. */
static bool is_dot_part(struct slice part)
{
    const struct slice name = slice_split(&part, ';');

    return slice_is(name, ".") || slice_is(name, "..");
}

/* The path starts with "/". An empty last part is a trailing slash, which is kept. */
static bool has_normal_parts(struct slice path)
{
    struct slice rest = slice_skip(path, 1);

    if (!path.data)
        return false;
    while (rest.data) {
        const struct slice part = slice_split(&rest, '/');
        if (is_dot_part(part) || (part.length == 0 && rest.data))
            return false;
    }
    return path.length < 2 || path.data[1] != '/';
}

static int parse_origin(char *data, size_t length, struct http_target *target)
{
    struct slice query = slice_of(data, length);
    const struct slice raw_path = slice_split(&query, '?');
    size_t path_length = 0;

    if (raw_path.length == 0 || data[0] != '/')
        return ERR_INVALID;
    if (query.length > 0 && !chars_all_in(&CHARS_QUERY, query))
        return ERR_INVALID;
    target->path = raw_path;
    target->query = query;
    if (chars_span(&CHARS_PATH, raw_path) < raw_path.length) { /* encoded, or malformed */
        if (decode_path(data, raw_path.length, &path_length) < 0)
            return ERR_INVALID;
        target->path = slice_of(data, path_length);
        if (!slice_is_plain_utf8(target->path))
            return ERR_INVALID;
    }
    return has_normal_parts(target->path) ? 0 : ERR_INVALID;
}

/* What follows "http://". An empty path means "/" (RFC 9110 §4.2.3): the slash that ended the
 * scheme stands in for it. */
static int parse_absolute(char *data, size_t length, struct http_target *target)
{
    size_t end = 0;

    while (end < length && data[end] != '/' && data[end] != '?')
        end++;
    if (end == 0)
        return ERR_INVALID;
    target->authority = slice_of(data, end);
    if (end < length && data[end] == '/')
        return parse_origin(data + end, length - end, target);
    target->path = slice_from("/");
    target->query = end < length ? slice_of(data + end + 1, length - end - 1) : slice_of(NULL, 0);
    if (target->query.length > 0 && !chars_all_in(&CHARS_QUERY, target->query))
        return ERR_INVALID;
    return 0;
}

static bool starts_with_nocase(struct slice s, const char *prefix)
{
    const struct slice wanted = slice_from(prefix);

    return s.length >= wanted.length &&
           slice_equals_nocase(slice_of(s.data, wanted.length), wanted);
}

int http_target_parse(char *data, size_t length, struct http_target *ret_target)
{
    const struct slice whole = slice_of(data, length);
    struct http_target target = {.path = slice_of(NULL, 0)};
    int err = ERR_INVALID;

    if (slice_is(whole, "*")) {
        target.path = whole;
        err = 0;
    } else if (length > 0 && data[0] == '/') {
        err = parse_origin(data, length, &target);
    } else if (starts_with_nocase(whole, "http://")) {
        err = parse_absolute(data + 7, length - 7, &target);
    } else if (starts_with_nocase(whole, "https://")) {
        err = parse_absolute(data + 8, length - 8, &target);
    }
    if (err == 0)
        *ret_target = target;
    return err;
}

/* "[" hexadecimal digits, ":" and "." "]"; length up to and including the bracket. */
static size_t ip_literal_length(const char *data, size_t length)
{
    size_t i = 1;

    while (i < length && (char_hex_value(data[i]) >= 0 || data[i] == ':' || data[i] == '.'))
        i++;
    return i > 2 && i < length && data[i] == ']' ? i + 1 : 0;
}

static bool is_port(struct slice s)
{
    uint64_t port = 0;

    return s.length <= 5 && slice_to_u64(s, &port) == 0 && port <= 65535;
}

int http_authority_parse(char *data, size_t length, struct slice *ret_host)
{
    size_t host_length = 0;

    if (length > 0 && data[0] == '[') {
        host_length = ip_literal_length(data, length);
    } else {
        while (host_length < length && char_in(&CHARS_HOST, data[host_length]))
            host_length++;
    }
    if (host_length == 0)
        return ERR_INVALID;
    if (host_length < length) {
        const struct slice rest = slice_of(data + host_length, length - host_length);
        if (rest.data[0] != ':' || !is_port(slice_skip(rest, 1)))
            return ERR_INVALID;
    }
    for (size_t i = 0; i < host_length; i++)
        data[i] = char_lower(data[i]);
    *ret_host = slice_of(data, host_length);
    return 0;
}
