// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/priority.h"

#include "server/http/message/chars.h"

/* "?1", "?0" or, without a value, true (RFC 8941 §3.2). */
static bool take_incremental(struct slice value, struct priority *p)
{
    if (value.data && !slice_is(value, "?1") && !slice_is(value, "?0"))
        return false;
    p->is_incremental = !value.data || value.data[1] == '1';
    return true;
}

/* An integer; one that is out of range is as good as none. */
static bool take_urgency(struct slice value, struct priority *p)
{
    uint64_t urgency = 0;

    if (!value.data || slice_to_u64(value, &urgency) < 0)
        return false;
    if (urgency <= PRIORITY_LEAST_URGENT)
        p->urgency = (uint8_t)urgency;
    return true;
}

/* key, key=value, each with parameters, which mean nothing here. */
static bool take_member(struct slice member, struct priority *p)
{
    struct slice value = slice_split(&member, ';');
    const struct slice key = slice_split(&value, '=');

    if (!chars_all_in(&CHARS_TOKEN, key))
        return false;
    if (slice_is(key, "u"))
        return take_urgency(value, p);
    if (slice_is(key, "i"))
        return take_incremental(value, p);
    return true;
}

struct priority priority_parse(struct slice value)
{
    struct priority p = priority_default();
    struct slice rest = slice_trim(value);

    if (rest.length == 0)
        return p;
    while (rest.data) {
        if (!take_member(slice_trim(slice_split(&rest, ',')), &p))
            return priority_default();
    }
    return p;
}

struct priority priority_of_answer(struct priority wanted, uint64_t body_bytes)
{
    if (body_bytes <= PRIORITY_SHORT_BYTES && wanted.urgency > PRIORITY_MOST_URGENT)
        wanted.urgency--;
    return wanted;
}
