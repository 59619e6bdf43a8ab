// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/conditional.h"

/* Cuts the next entity tag off the list, with its quotes. An empty result ends the walk: the list
 * is over or malformed. */
static struct slice take_etag(struct slice *list, bool *ret_is_weak)
{
    struct slice rest = slice_trim(*list);

    while (rest.length > 0 && rest.data[0] == ',')
        rest = slice_trim(slice_skip(rest, 1));
    *ret_is_weak = slice_starts_with(rest, "W/");
    if (*ret_is_weak)
        rest = slice_skip(rest, 2);
    if (rest.length < 2 || rest.data[0] != '"')
        return slice_of(NULL, 0);
    const char *end = memchr(rest.data + 1, '"', rest.length - 1);
    if (!end)
        return slice_of(NULL, 0);
    const struct slice etag = slice_of(rest.data, (size_t)(end + 1 - rest.data));
    *list = slice_trim(slice_skip(rest, etag.length));
    if (list->length > 0 && list->data[0] != ',')
        return slice_of(NULL, 0);
    return etag;
}

/* The compressed form of a version is the same version. */
static bool is_same_version(struct slice candidate, struct slice etag)
{
    const size_t suffix_length = sizeof ETAG_GZIP_SUFFIX - 1; /* the other is as long */

    if (slice_equals(candidate, etag))
        return true;
    if (etag.length < 2 || candidate.length != etag.length - 1 + suffix_length)
        return false;
    const struct slice stem = slice_of(etag.data, etag.length - 1);
    const char *suffix = candidate.data + stem.length;
    return slice_equals(slice_of(candidate.data, stem.length), stem) &&
           (memcmp(suffix, ETAG_GZIP_SUFFIX, suffix_length) == 0 ||
            memcmp(suffix, ETAG_BROTLI_SUFFIX, suffix_length) == 0);
}

/* The first tag in the list that names the version, or an empty slice. */
static struct slice find_etag(struct slice list, struct slice etag, bool is_weak_comparison)
{
    bool is_weak = false;

    for (;;) {
        const struct slice candidate = take_etag(&list, &is_weak);
        if (candidate.length == 0 ||
            (is_same_version(candidate, etag) && (is_weak_comparison || !is_weak)))
            return candidate;
    }
}

bool etag_list_has(struct slice list, struct slice etag, bool is_weak_comparison)
{
    return slice_is(list, "*") || find_etag(list, etag, is_weak_comparison).length > 0;
}

struct slice etag_list_known(struct slice list, struct slice etag)
{
    return find_etag(list, etag, true);
}

enum precondition precondition_check(struct slice if_match, struct slice if_none_match,
                                     struct slice etag, bool is_read)
{
    if (if_match.data && !etag_list_has(if_match, etag, false))
        return PRECONDITION_FAILED;
    if (if_none_match.data && etag_list_has(if_none_match, etag, true))
        return is_read ? PRECONDITION_NOT_MODIFIED : PRECONDITION_FAILED;
    return PRECONDITION_HOLDS;
}

bool if_range_holds(struct slice if_range, struct slice etag)
{
    return !if_range.data || (etag.length > 0 && slice_equals(if_range, etag));
}
