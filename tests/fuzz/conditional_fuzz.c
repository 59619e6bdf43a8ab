// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists of entity tags and Accept-Encoding: the rules that hold whatever the list says. */
#include "server/http/message/accept_encoding.h"
#include "server/http/message/conditional.h"
#include "tests/fuzz/fuzz.h"

static void check_etags(struct slice list)
{
    const struct slice etag = slice_from("\"abc\"");
    const bool is_strong = etag_list_has(list, etag, false);
    const bool is_weak = etag_list_has(list, etag, true);
    const struct slice known = etag_list_known(list, etag);

    MUST(!is_strong || is_weak);
    MUST(!if_range_holds(list, etag) || !list.data || slice_equals(list, etag));
    MUST(precondition_check(list, slice_of(NULL, 0), etag, true) != PRECONDITION_NOT_MODIFIED);
    MUST((precondition_check(slice_of(NULL, 0), list, etag, true) == PRECONDITION_NOT_MODIFIED) ==
         (list.data && is_weak));
    MUST((precondition_check(slice_of(NULL, 0), list, etag, false) == PRECONDITION_FAILED) ==
         (list.data && is_weak));
    MUST((precondition_check(list, slice_of(NULL, 0), etag, false) == PRECONDITION_FAILED) ==
         (list.data && !is_strong));
    /* What has no tag can match "*" alone. */
    MUST((known.length > 0) == (is_weak && !slice_is(list, "*")));
    MUST(fuzz_is_within(known, list));
    MUST(slice_is(list, "*") || !etag_list_has(list, slice_of(NULL, 0), true));
}

static bool has(struct slice list, const char *word)
{
    const size_t length = strlen(word);

    for (size_t i = 0; i + length <= list.length; i++) {
        if (slice_equals_nocase(slice_of(list.data + i, length), slice_from(word)))
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(fuzz_slice(data, size));
    const struct slice list = slice_of(copy, size);

    check_etags(list);
    MUST(!accepts_encoding(list, "gzip") || has(list, "gzip") || has(list, "*"));
    MUST(!accepts_encoding(list, "br") || has(list, "br") || has(list, "*"));
    free(copy);
    return 0;
}
