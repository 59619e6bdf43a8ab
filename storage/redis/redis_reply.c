// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_reply.h"

#include <hiredis/hiredis.h>

#include "common/err.h"

bool redis_reply_is_nil(const struct redisReply *reply)
{
    return !reply || reply->type == REDIS_REPLY_NIL;
}

int redis_reply_error(const struct redisReply *reply)
{
    static const struct {
        const char *prefix;
        int err;
    } errors[] = {
        {"LOADING ", ERR_UNAVAILABLE},      {"OOM ", ERR_UNAVAILABLE},
        {"MISCONF ", ERR_UNAVAILABLE},      {"READONLY ", ERR_UNAVAILABLE},
        {"BUSY ", ERR_UNAVAILABLE},         {"MASTERDOWN ", ERR_UNAVAILABLE},
        {"NOREPLICAS ", ERR_UNAVAILABLE},   {"TRYAGAIN ", ERR_UNAVAILABLE},
        {"NOSCRIPT ", ERR_NOT_FOUND},       {"NOGROUP ", ERR_NOT_FOUND},
        {"ERR no such key", ERR_NOT_FOUND}, {"UNBLOCKED ", ERR_NOT_FOUND},
        {"BUSYGROUP ", ERR_EXISTS},         {"NOAUTH ", ERR_DENIED},
        {"WRONGPASS ", ERR_DENIED},         {"NOPERM ", ERR_DENIED},
        {"WRONGTYPE ", ERR_CORRUPT},
    };

    if (!reply || reply->type != REDIS_REPLY_ERROR)
        return 0;
    const struct slice text = slice_of(reply->str, reply->len);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (slice_starts_with(text, errors[i].prefix))
            return errors[i].err;
    return ERR_INVALID;
}

struct slice redis_reply_text(const struct redisReply *reply)
{
    if (reply && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS ||
                  reply->type == REDIS_REPLY_ERROR))
        return slice_of(reply->str, reply->len);
    return slice_of(NULL, 0);
}

static int text_to_int(struct slice text, int64_t *ret_value)
{
    const bool is_negative = slice_starts_with(text, "-");
    uint64_t magnitude = 0;

    if (slice_to_u64(slice_skip(text, is_negative), &magnitude) || magnitude > INT64_MAX)
        return ERR_INVALID;
    *ret_value = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return 0;
}

int redis_reply_int(const struct redisReply *reply, int64_t *ret_value)
{
    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        *ret_value = reply->integer;
        return 0;
    }
    if (reply && reply->type == REDIS_REPLY_STRING)
        return text_to_int(slice_of(reply->str, reply->len), ret_value);
    return ERR_INVALID;
}

size_t redis_reply_length(const struct redisReply *reply)
{
    return reply && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

const struct redisReply *redis_reply_at(const struct redisReply *reply, size_t i)
{
    return i < redis_reply_length(reply) ? reply->element[i] : NULL;
}

void redis_reply_free(struct redisReply *reply)
{
    if (reply)
        freeReplyObject(reply);
}
