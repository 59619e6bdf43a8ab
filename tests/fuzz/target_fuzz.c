// SPDX-License-Identifier: GPL-3.0-or-later
/* Request targets and authorities: what is accepted has one spelling and cannot climb. */
#include "common/err.h"
#include "server/http/message/chars.h"
#include "server/http/message/target.h"
#include "tests/fuzz/fuzz.h"

static void check_path(struct slice path)
{
    struct slice rest = path;

    MUST(slice_is_plain_utf8(path) && path.length > 0);
    if (slice_is(path, "*"))
        return;
    MUST(path.data[0] == '/');
    MUST(!memchr(path.data, '\\', path.length) && !memchr(path.data, '\0', path.length));
    while (rest.data) {
        const struct slice part = slice_split(&rest, '/');
        MUST(!slice_is(part, ".") && !slice_is(part, ".."));
        MUST(part.length > 0 || part.data == path.data || !rest.data);
    }
}

static void check_authority(struct slice text)
{
    char *copy = fuzz_copy(text);
    struct slice host = slice_from("untouched");

    if (http_authority_parse(copy, text.length, &host) == 0) {
        MUST(host.length > 0 && host.length <= text.length && host.data == copy);
        for (size_t i = 0; i < host.length; i++)
            MUST(host.data[i] == char_lower(host.data[i]) && host.data[i] > ' ');
        MUST(host.length == text.length || copy[host.length] == ':');
    } else {
        MUST(slice_is(host, "untouched"));
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice input = fuzz_slice(data, size);
    char *copy = fuzz_copy(input);
    struct http_target target = {.path = {"untouched", 9}};

    const int err = http_target_parse(copy, size, &target);
    MUST(err == 0 || (err == ERR_INVALID && slice_is(target.path, "untouched")));
    if (err == 0) {
        check_path(target.path);
        MUST(fuzz_is_within(target.query, slice_of(copy, size)));
        MUST(target.query.length == 0 || chars_all_in(&CHARS_QUERY, target.query));
        MUST(fuzz_is_within(target.authority, slice_of(copy, size)));
    }
    free(copy);
    check_authority(input);
    return 0;
}
